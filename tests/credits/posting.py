"""Forms as staff send them, and what the page says then."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client

from tests.cast import (
    Place,
)


def said(client: Client, path: str, data: dict[str, Any]) -> str:
    """The page after a POST, wherever it leads."""
    return client.post(path, data, follow=True).content.decode()


def errors_of(body: str) -> dict[str, list[str]]:
    """The sentences at each field of a form; none may stand at its head."""
    found: dict[str, list[str]] = {}
    for name, sentence in re.findall(r'<p id="error_\d+_id_(\w+)"><strong>(.*?)</strong></p>', body):
        found.setdefault(name, []).append(sentence)
    assert "alert-danger" not in body
    return found


def project_data(place: Place, **fields: Any) -> dict[str, Any]:
    return {
        "name": "县级语文骨干班",
        "code": "Y-01",
        "organizer": place.county.pk,
        "category": "county",
        "hours": "４０",
        "converted": "on",
        "starts_on": "",
        "ends_on": "２０１９年７月１０日",
    } | fields


def activity_data(**fields: Any) -> dict[str, Any]:
    data = {"activity": "open_class:school", "amount": "2", "completed_on": "2019-10-12", "has_record": "on"}
    return data | {"in_plan": "on", "evidence": "评课表"} | fields
