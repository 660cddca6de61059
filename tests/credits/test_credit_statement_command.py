"""`manage.py credit_statement`: one ledger or a list of them, from a file or from standard input."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from credits.rules.evaluate import evaluate
from credits.rules.serialize import statement_data
from credits.rules.types import Ledger
from tests.credits.ledgers import make_coordinated, make_json, make_ledger, make_mixed_ledger

pytestmark = pytest.mark.usefixtures("cycles")


def run(content: Any, folder: Path) -> tuple[int, Any]:
    """Exit code and printed JSON on a file of `content`: bytes as they are, anything else as JSON."""
    file = folder / "ledger.json"
    file.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return run_on(str(file))


def run_on(argument: str) -> tuple[int, Any]:
    out = io.StringIO()
    try:
        call_command("credit_statement", argument, stdout=out)
    except SystemExit as stop:
        return int(str(stop.code)), json.loads(out.getvalue().encode())
    return 0, json.loads(out.getvalue().encode())


def verdicts(answers: Any) -> list[str]:
    return [answer["verdict"] if "verdict" in answer else answer["error"]["code"] for answer in answers]


def statement_of(ledger: Ledger, answer: dict[str, Any]) -> bool:
    return {key: value for key, value in answer.items() if key not in ("scheme", "notice")} == statement_data(
        evaluate(ledger)
    )


def test_one_ledger_gives_its_statement(tmp_path: Path) -> None:
    code, answer = run(make_json(make_mixed_ledger()), tmp_path)
    assert code == 0
    assert statement_of(make_mixed_ledger(), answer)


def test_list_gives_a_list_in_order(tmp_path: Path) -> None:
    ledgers = [make_ledger(), make_mixed_ledger(), make_ledger(position="seconded")]
    code, answers = run([make_json(ledger) for ledger in ledgers], tmp_path)
    assert code == 0
    assert all(statement_of(ledger, answer) for ledger, answer in zip(ledgers, answers, strict=True))


def test_lists_of_one_and_none_stay_lists(tmp_path: Path) -> None:
    assert verdicts(run([make_json(make_ledger())], tmp_path)[1]) == ["short"]
    assert run([], tmp_path) == (0, [])


def test_invalid_ledger_gives_its_error_in_its_place(tmp_path: Path) -> None:
    good = make_json(make_ledger())
    code, answers = run([good, good | {"cycle": "1999"}, 5, good], tmp_path)
    assert code == 1
    assert verdicts(answers) == ["short", "bad_request", "bad_request", "short"]
    assert set(answers[1]["error"]) == {"code", "message", "fields"}
    assert answers[1]["error"]["fields"] == {"cycle": "没有这个培训周期，只能是：2018、2023。"}
    assert set(answers[2]["error"]["fields"]) == {"ledger"}


def test_one_invalid_ledger_exits_with_one(tmp_path: Path) -> None:
    code, answer = run(make_json(make_ledger()) | {"teacher": None}, tmp_path)
    assert code == 1
    assert set(answer["error"]["fields"]) == {"teacher"}


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", "台账".encode("gbk"), b"[" * 100_000])
def test_a_file_without_json_gives_an_error(content: bytes, tmp_path: Path) -> None:
    code, answer = run(content, tmp_path)
    assert (code, answer["error"]["code"]) == (1, "bad_request")
    assert answer["error"]["message"].endswith("。")


def test_byte_order_mark_is_skipped(tmp_path: Path) -> None:
    assert run(b"\xef\xbb\xbf" + json.dumps(make_json(make_ledger())).encode(), tmp_path)[0] == 0


@pytest.mark.parametrize("name", ["missing.json", "."])
def test_file_that_cannot_be_read_is_named(name: str, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=f"读不到文件 .*{name}"):
        run_on(str(tmp_path / name))


def test_lone_surrogate_can_still_be_printed(tmp_path: Path) -> None:
    code, answer = run(make_json(make_ledger(make_coordinated(1, id="\ud800"))), tmp_path)
    assert (code, answer["lines"][0]["records"]) == (0, ["\ud800"])


def test_output_is_readable_chinese(tmp_path: Path) -> None:
    file, out = tmp_path / "ledger.json", io.StringIO()
    file.write_text(json.dumps(make_json(make_ledger())), encoding="utf-8")
    call_command("credit_statement", str(file), stdout=out)
    assert "统筹还差 26 学分" in out.getvalue()


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    text = json.dumps([make_json(make_ledger()), {}])
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    code, answers = run_on("-")
    assert (code, verdicts(answers)) == (1, ["short", "bad_request"])
