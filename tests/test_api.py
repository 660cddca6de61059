"""The public JSON, version 1: shapes others rely on, errors of one form, open to every origin."""

from __future__ import annotations

import datetime
import gzip
import json
import re
from typing import Any

import pytest
from django.db.models import Count
from django.test import Client

import faq.api
from faq.models import Entry

pytestmark = pytest.mark.django_db

ADDRESSES = ["search?q=学历冲抵", "suggest?q=学历", "entries/", "entries/credits-05/", "openapi.json"]
CODES = {400: "bad_request", 404: "not_found", 405: "method_not_allowed"}


def get(client: Client, path: str, status: int = 200) -> Any:
    answer = client.get(f"/api/v1/{path}")
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/json")
    return answer.json()


def assert_error(answer: Any, status: int) -> dict[str, str]:
    """The one shape of an error; returns its fields."""
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/json")
    error = answer.json()["error"]
    assert set(answer.json()) == {"error"} and set(error) == {"code", "message", "fields"}
    assert error["code"] == CODES[status]
    assert all(re.search(r"[\u4e00-\u9fff]", text) for text in (error["message"], *error["fields"].values()))
    return error["fields"]


# --- entries ---------------------------------------------------------------------------------------------------


def test_all_forty_entries_are_listed_in_order(client: Client, content: None) -> None:
    entries = get(client, "entries/")["entries"]
    assert [entry["ref"] for entry in entries] == [entry.ref for entry in Entry.objects.in_order()]
    assert len(entries) == 62


def test_a_long_list_is_streamed_and_says_the_same(
    client: Client, content: None, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    whole = client.get("/api/v1/entries/")
    monkeypatch.setattr(faq.api, "AT_ONCE", 25)
    with django_assert_num_queries(4):  # the order, and a batch each
        streamed = client.get("/api/v1/entries/")
        parts = list(streamed.streaming_content)  # type: ignore[attr-defined]
    assert b"".join(parts) == whole.content
    assert (len(parts), streamed["Content-Type"]) == (5, whole["Content-Type"])
    assert streamed["Access-Control-Allow-Origin"] == "*"


def test_a_streamed_list_is_compressed_for_those_who_take_it(
    client: Client, content: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faq.api, "AT_ONCE", 25)
    answer = client.get("/api/v1/entries/", HTTP_ACCEPT_ENCODING="gzip")
    packed = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert answer["Content-Encoding"] == "gzip"
    assert len(json.loads(gzip.decompress(packed))["entries"]) == 62


def test_what_is_withdrawn_while_a_list_is_sent_is_left_out(
    client: Client, content: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faq.api, "AT_ONCE", 1)
    answer = client.get("/api/v1/entries/")
    first, *_, last = Entry.objects.in_order()
    Entry.objects.filter(pk__in=[first.pk, last.pk]).update(status="draft")
    listed = json.loads(b"".join(answer.streaming_content))["entries"]  # type: ignore[attr-defined]
    assert len(listed) == 60 and {first.ref, last.ref}.isdisjoint(entry["ref"] for entry in listed)


def test_a_listed_entry_has_these_fields_only(client: Client, content: None) -> None:
    [entry] = [entry for entry in get(client, "entries/")["entries"] if entry["ref"] == "upgrade-01"]
    updated_at = datetime.datetime.fromisoformat(entry.pop("updated_at"))
    assert updated_at.utcoffset() == datetime.timedelta(hours=8)
    assert entry == {
        "ref": "upgrade-01",
        "question": "电脑端如何登录学习？",
        "category": "登录问题",
        "url": "http://testserver/faq/upgrade-01/",
    }


def test_an_entry_has_two_answers_and_a_source(client: Client, content: None) -> None:
    entry = get(client, "entries/upgrade-14/")
    assert set(entry) >= {"ref", "question", "category", "url", "updated_at"}
    assert "<table>" in entry["answer_html"]
    assert "<" not in entry["answer_text"] and "\n" in entry["answer_text"]
    assert entry["source"] == {"document": "2021 年上提升工程学员咨询常见问题汇总", "number": 14}


def test_related_entries_are_brief(client: Client, content: None) -> None:
    related = get(client, "entries/credits-05/")["related"]
    assert related
    for other in related:
        assert set(other) == {"ref", "question", "url"}
        assert client.get(other["url"]).status_code == 200


def test_an_entry_from_no_document_has_no_source(client: Client, content: None) -> None:
    Entry.objects.filter(ref="credits-05").update(document=None, number=None)
    assert get(client, "entries/credits-05/")["source"] is None


def test_every_listed_entry_can_be_fetched(client: Client, content: None) -> None:
    for ref in Entry.objects.values_list("ref", flat=True)[::8]:
        assert get(client, f"entries/{ref}/")["ref"] == ref


@pytest.mark.parametrize(
    "ref", ["none", "%00", "upgrade-01%00", "9" * 20, "..", "UPGRADE-01", "学分", "%FF", "a" * 5000]
)
def test_a_missing_entry_is_not_found(client: Client, content: None, ref: str) -> None:
    assert assert_error(client.get(f"/api/v1/entries/{ref}/"), 404) == {}


# --- search ----------------------------------------------------------------------------------------------------


def test_a_question_finds_its_entry_with_confidence(client: Client, content: None) -> None:
    found = get(client, "search?q=学历怎么冲抵学分")
    assert set(found) >= {"query", "normalized", "confident", "results", "suggestions"}
    assert found["query"] == "学历怎么冲抵学分"
    assert found["confident"] is True
    assert "credits-05" in [hit["ref"] for hit in found["results"][:3]]


def test_a_hit_has_these_fields_and_no_others(client: Client, content: None) -> None:
    hit = get(client, "search?q=学历冲抵")["results"][0]
    assert set(hit) == {"ref", "question", "snippet", "category", "url", "score"}
    assert isinstance(hit["score"], float)
    assert "<mark>" in hit["snippet"]
    assert re.sub(r"</?mark>", "", hit["snippet"]).count("<") == 0
    assert hit["url"] == f"http://testserver/faq/{hit['ref']}/"


def test_hits_come_best_first(client: Client, content: None) -> None:
    scores = [hit["score"] for hit in get(client, "search?q=学分&limit=50")["results"]]
    assert len(scores) > 3
    assert scores == sorted(scores, reverse=True)


def test_an_unrelated_question_gets_no_confident_answer(client: Client, content: None) -> None:
    found = get(client, "search?q=附近哪家火锅好吃")
    assert found["confident"] is False
    assert len(found["results"]) <= 3


@pytest.mark.parametrize("query", ["", "%20", "%00", "？？", "%E3%80%80"])
def test_an_empty_query_finds_nothing_and_fails_nothing(client: Client, content: None, query: str) -> None:
    found = get(client, f"search?q={query}")
    assert (found["confident"], found["results"]) == (False, [])
    assert get(client, f"suggest?q={query}") == {"suggestions": []}


@pytest.mark.parametrize("limit", ["1", "2", "50", "01"])
def test_a_limit_is_kept(client: Client, content: None, limit: str) -> None:
    assert 1 <= len(get(client, f"search?q=学分&limit={limit}")["results"]) <= int(limit)


def test_ten_hits_unless_asked_otherwise(client: Client, content: None) -> None:
    assert len(get(client, "search?q=学分&limit=50")["results"]) > 10
    assert len(get(client, "search?q=学分")["results"]) == 10


@pytest.mark.parametrize(
    "limit", ["abc", "0", "51", "１", "-1", "1.0", "+5", "%205", "", "9" * 30, "²", "%00", "5%00", "1e1"]
)
def test_a_limit_that_is_none_is_refused(client: Client, content: None, limit: str) -> None:
    fields = assert_error(client.get(f"/api/v1/search?q=学分&limit={limit}"), 400)
    assert set(fields) == {"limit"}


@pytest.mark.parametrize("address", ["search", "suggest"])
def test_a_missing_query_is_named(client: Client, content: None, address: str) -> None:
    assert set(assert_error(client.get(f"/api/v1/{address}"), 400)) == {"q"}
    assert set(assert_error(client.get(f"/api/v1/{address}?Q=学分"), 400)) == {"q"}


def test_suggestions_come_while_one_types(client: Client, content: None) -> None:
    for typed in ("学历", "xueli", "xlcd"):
        suggestions = get(client, f"suggest?q={typed}")["suggestions"]
        assert 1 <= len(suggestions) <= 8
        assert set(suggestions[0]) == {"ref", "question", "url"}


def test_suggestions_show_the_short_title(client: Client, content: None) -> None:
    questions = [entry["question"] for entry in get(client, "suggest?q=听课公开课")["suggestions"]]
    assert "听课、公开课、讲座怎么计学分？两项能计 2 学分吗？" in questions


def test_a_query_comes_back_as_written_but_cut(client: Client, content: None) -> None:
    assert get(client, "search?q=ＸＬ冲抵")["query"] == "ＸＬ冲抵"
    assert len(get(client, f"search?q={'学' * 10_000}")["query"]) == 300


# --- manners ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ADDRESSES)
def test_every_origin_may_read(client: Client, content: None, path: str) -> None:
    for answer in (client.get(f"/api/v1/{path}", HTTP_ORIGIN="https://school.example"), client.head(f"/api/v1/{path}")):
        assert answer.status_code == 200
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in answer
        assert "Set-Cookie" not in answer and not answer.cookies


def test_errors_may_be_read_from_every_origin_too(client: Client, content: None) -> None:
    for path in ("search", "search?q=a&limit=0", "entries/none/", "nothing"):
        assert client.get(f"/api/v1/{path}")["Access-Control-Allow-Origin"] == "*"


def test_statements_are_not_opened_to_other_sites(client: Client, content: None) -> None:
    answer = client.post("/api/v1/credits/statement", "{}", "application/json", HTTP_ORIGIN="https://school.example")
    assert "Access-Control-Allow-Origin" not in answer


@pytest.mark.parametrize("path", ADDRESSES)
def test_what_is_read_only_refuses_to_be_written(content: None, path: str) -> None:
    stranger = Client(enforce_csrf_checks=True)  # as any program that has no cookies
    for method in ("post", "put", "patch", "delete"):
        answer = getattr(stranger, method)(f"/api/v1/{path}")
        assert_error(answer, 405)
        assert set(answer["Allow"].split(", ")) == {"GET", "HEAD"}


def test_statements_are_only_posted(client: Client, content: None) -> None:
    answer = client.get("/api/v1/credits/statement")
    assert_error(answer, 405)
    assert answer["Allow"] == "POST"


@pytest.mark.parametrize(
    "path", ["", "nothing", "nothing/", "search/more", "credits/", "openapi.yaml", "%00", "../admin/"]
)
def test_a_missing_address_says_so_in_json(client: Client, path: str) -> None:
    assert_error(client.get(f"/api/v1/{path}"), 404)


def test_a_bad_host_says_so_in_json(client: Client) -> None:
    assert_error(client.get("/api/v1/entries/", HTTP_HOST="evil.example"), 400)


def test_a_list_takes_few_queries(client: Client, content: None, django_assert_max_num_queries: Any) -> None:
    assert Entry.objects.aggregate(Count("id")) == {"id__count": 62}
    with django_assert_max_num_queries(3):
        get(client, "entries/")


def test_the_description_names_its_own_server(client: Client) -> None:
    document = get(client, "openapi.json")
    assert document["openapi"].startswith("3.")
    assert document["servers"] == [{"url": "http://testserver"}]


def test_nothing_is_read_from_cookies(client: Client, content: None, django_assert_max_num_queries: Any) -> None:
    client.cookies["sessionid"] = "a" * 32
    with django_assert_max_num_queries(3) as queries:
        get(client, "entries/")
    assert not any("django_session" in query["sql"] for query in queries.captured_queries)
