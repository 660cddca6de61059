"""The database goes away under a running server, and comes back: nothing typed is lost, nobody restarts anything."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.faults import outages, power, saving
from tests.faults.outages import JSON, PAGES, TYPED, kept, locked, without_database
from tests.faults.table import failures
from tests.installation import DEMO_PASSWORD, Answer, Installation, ProxiedVisitor, Server

pytestmark = pytest.mark.server
SIGN_IN = "/admin/login/?next=/admin/"


@pytest.fixture(scope="module")
def answers_without_database(installation: Installation, server: Server) -> dict[str, Answer]:
    """Answers by path while the database is away; asked several times, so that both workers answer."""
    with without_database(installation):
        return {path: server.visitor().get(path) for path in [*PAGES, SIGN_IN, *JSON, "/healthz", "/readyz"] * 3}


def test_the_form_to_sign_in_needs_no_database(answers_without_database: dict[str, Answer]) -> None:
    assert answers_without_database[SIGN_IN].status == 200


@pytest.mark.parametrize("path", PAGES[:-1])
def test_a_page_says_the_database_is_away(answers_without_database: dict[str, Answer], path: str) -> None:
    answer = answers_without_database[path]
    assert answer.status == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "系统正忙，请稍后再试" in answer.text
    assert '<form method="post"' not in answer.text


@pytest.mark.parametrize("path", JSON)
def test_json_says_that_the_database_is_away(answers_without_database: dict[str, Answer], path: str) -> None:
    answer = answers_without_database[path]
    assert answer.status == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.json()["error"]["code"] == "unavailable"


def test_liveness_stays_and_readiness_goes(answers_without_database: dict[str, Answer]) -> None:
    assert answers_without_database["/healthz"].status == 200
    assert answers_without_database["/readyz"].status == 503
    assert answers_without_database["/readyz"].json() == {"status": "unavailable", "database": "unavailable"}


def test_pages_about_errors_do_not_need_the_database(installation: Installation, server: Server) -> None:
    with without_database(installation):
        assert server.visitor().get("/no-such-page/").status == 404
        assert server.visitor().get("/", Host="evil.example").status == 400


def test_error_pages_keep_type_and_colours(installation: Installation, server: Server) -> None:
    visitor = server.visitor()
    visitor.cookies = {"size": "large", "theme": "dark"}
    with without_database(installation):
        for path, status in {"/no-such-page/": 404, "/faq/": 503}.items():
            answer = visitor.get(path)
            assert answer.status == status
            assert '<html lang="zh-Hans" data-size="large">' in answer.text
            assert re.search(r'<link rel="stylesheet" href="[^"]*dark[^"]*\.css"\s+media="screen">', answer.text)


def test_the_credit_form_gives_back_what_was_typed(installation: Installation, server: Server) -> None:
    visitor = server.visitor()
    typed = TYPED | {"csrfmiddlewaretoken": visitor.token("/credits/check/")}
    with without_database(installation):
        answer = visitor.post("/credits/check/", typed)
    assert answer.status == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert kept(answer) == typed
    assert "<script>alert" not in answer.text


def test_sending_again_works_with_the_database_back(installation: Installation, server: Server) -> None:
    visitor = server.visitor()
    right = TYPED | {"formally_employed_on": "", "csrfmiddlewaretoken": visitor.token("/credits/check/")}
    with without_database(installation):
        again = kept(visitor.post("/credits/check/", right))
    answer = visitor.post("/credits/check/", again)
    assert answer.status == 200
    assert 'id="verdict"' in answer.text


def test_a_password_is_never_sent_back(installation: Installation, server: Server) -> None:
    visitor = server.visitor()
    token = visitor.token("/admin/login/")
    with without_database(installation):
        form = {"csrfmiddlewaretoken": token, "username": "editor", "password": DEMO_PASSWORD}
        answer = visitor.post("/admin/login/", form)
    assert answer.status == 503
    assert "password" not in kept(answer)
    assert DEMO_PASSWORD not in answer.text


def test_json_statements_answer_503_too(installation: Installation, server: Server) -> None:
    with without_database(installation):
        answer = server.visitor().post("/api/v1/credits/statement", Content_Type="application/json")
    assert answer.status == 503
    assert answer.json()["error"]["code"] == "unavailable"


def test_what_an_editor_typed_is_given_back(installation: Installation, server: Server) -> None:
    editor = server.visitor()
    editor.sign_in("editor", DEMO_PASSWORD)
    form = {"csrfmiddlewaretoken": editor.token("/admin/faq/entry/add/"), "question": "问", "answer": "<p>答</p>"}
    with without_database(installation):
        answer = editor.post("/admin/faq/entry/add/", form)
    assert answer.status == 503
    assert kept(answer) == form


def test_everything_is_back_without_a_restart(installation: Installation, server: Server) -> None:
    with without_database(installation):
        assert server.visitor().get("/").status == 503
    for path in [*PAGES, *JSON, "/readyz"] * 2:
        assert server.visitor().get(path).status == 200


def test_the_log_holds_nothing_that_was_typed(server: Server, answers_without_database: dict[str, Answer]) -> None:
    log = server.log.read_text(encoding="utf-8")
    assert "unable to open database file" in log
    assert DEMO_PASSWORD not in log
    assert "县培" not in log


def test_editors_who_save_at_once_lose_nothing(installation: Installation, server: Server) -> None:
    editor = signed_in(server)
    form = {"csrfmiddlewaretoken": editor.token("/admin/faq/entry/add/"), "question": "同时", "answer": "答"}
    forms = [form | {"category": "1", "_draft": "1", "ref": f"at-once-{number}"} for number in range(12)]
    with ThreadPoolExecutor(4) as threads:
        statuses = set(threads.map(lambda form: editor.post("/admin/faq/entry/add/", form).status, forms))
    with sqlite3.connect(installation.database) as database:
        saved = database.execute("SELECT id, stamp FROM faq_entry WHERE ref LIKE 'at-once-%'").fetchall()
    away = {"action": "delete_selected", "_selected_action": [pk for pk, _ in saved], "post": "yes"}
    editor.post("/admin/faq/entry/", away | {"csrfmiddlewaretoken": form["csrfmiddlewaretoken"]})
    assert statuses == {302}
    assert len(saved) == len({stamp for _, stamp in saved}) == 12


# --- a database that is there, but locked ------------------------------------------------------------------


@pytest.fixture(scope="module")
def impatient_place(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """The same content, where a save waits 0.3 s for a lock instead of 20 s."""
    made = installation.twin(tmp_path_factory.mktemp("impatient"))
    settings = made.home / "helpdesk" / "settings.py"
    text = settings.read_text(encoding="utf-8")
    assert text.count('"timeout": 20,') == 1
    settings.write_text(text.replace('"timeout": 20,', '"timeout": 0.3,'), encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def impatient(impatient_place: Installation) -> Iterator[Server]:
    with impatient_place.serve(workers=1) as server:
        yield server


def signed_in(server: Server) -> ProxiedVisitor:
    visitor = server.visitor()
    assert visitor.sign_in("editor", DEMO_PASSWORD).status == 302
    return visitor


def test_readers_do_not_wait_for_a_writer(impatient_place: Installation, impatient: Server) -> None:
    with locked(impatient_place.database):
        assert [impatient.visitor().get(path).status for path in [*PAGES, *JSON]] == [200] * len(PAGES + JSON)


def test_a_save_beyond_the_timeout_is_given_back(impatient_place: Installation, impatient: Server) -> None:
    editor = signed_in(impatient)
    form = {"csrfmiddlewaretoken": editor.token("/admin/faq/entry/add/"), "question": "锁住时", "answer": "答"}
    form |= {"category": "1", "_draft": "1", "ref": "while-locked"}
    with locked(impatient_place.database):
        answer = editor.post("/admin/faq/entry/add/", form)
    assert answer.status == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert kept(answer) == form
    assert editor.post("/admin/faq/entry/add/", kept(answer)).status == 302


def test_the_credit_form_beyond_the_timeout_is_kept(impatient_place: Installation, impatient: Server) -> None:
    visitor = impatient.visitor()
    typed = TYPED | {"csrfmiddlewaretoken": visitor.token("/credits/check/")}
    with locked(impatient_place.database):
        answer = visitor.post("/credits/check/", typed)
    assert answer.status == 503
    assert kept(answer) == typed


def test_signing_in_beyond_the_timeout_is_put_off(impatient_place: Installation, impatient: Server) -> None:
    visitor = impatient.visitor()
    with locked(impatient_place.database):
        assert visitor.sign_in("editor", DEMO_PASSWORD).status == 503
    assert visitor.sign_in("editor", DEMO_PASSWORD).status == 302


# --- a database that is gone for good ----------------------------------------------------------------------------


def test_no_empty_database_takes_the_place_of_a_deleted_one(impatient_place: Installation, impatient: Server) -> None:
    assert failures(outages.file_gone(impatient_place, impatient)) == []


# --- saved at once, and killed while saving ----------------------------------------------------------------------


def test_two_processes_that_save_at_once_lose_nothing(impatient_place: Installation) -> None:
    assert failures(saving.two_processes(impatient_place, 20)) == []


def test_credit_data_outlives_the_death_of_everything(installation: Installation, tmp_path: Path) -> None:
    place = installation.twin(tmp_path, JOBS="on", RATE_LIMITS="off")
    assert failures(power.power_lost(place, 1)) == []
