"""Prometheus' text format, version 0.0.4, of gauges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Gauge:
    """A number that goes up and down: its name, words about it in Chinese, and its value for each set of labels."""

    name: str
    about: str
    values: dict[tuple[tuple[str, str], ...], float] = field(default_factory=dict)


def gauge(name: str, about: str, value: float) -> Gauge:
    """Returns a gauge without labels."""
    return Gauge(name, about, {(): value})


def labelled(name: str, about: str, label: str, values: Mapping[str, float]) -> Gauge:
    """Returns a gauge with one label."""
    return Gauge(name, about, {((label, kind),): value for kind, value in values.items()})


def written(gauges: Iterable[Gauge]) -> str:
    """Returns the text that Prometheus reads."""
    return "".join(line + "\n" for one in gauges for line in _lines(one))


def _lines(one: Gauge) -> list[str]:
    head = [f"# HELP {one.name} {_escaped(one.about)}", f"# TYPE {one.name} gauge"]
    return head + [f"{one.name}{_labels(labels)} {value!r}" for labels, value in one.values.items()]


def _labels(labels: tuple[tuple[str, str], ...]) -> str:
    if not labels:
        return ""
    pairs = [f'{name}="{_quoted(value)}"' for name, value in labels]
    return "{" + ",".join(pairs) + "}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n")


def _quoted(text: str) -> str:
    return _escaped(text).replace('"', '\\"')
