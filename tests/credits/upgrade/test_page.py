"""`/upgrade/`: each part that is filled in is answered, and whatever was typed stays."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from helpdesk import middleware
from tests.credits.test_statement_api import rows_of_all_tables
from tests.credits.upgrade.test_pasted import SAMPLE
from tests.markup import read

pytestmark = pytest.mark.django_db
URL = "/upgrade/"
PASS = {"compulsory_done": "yes", "total_score": "61.5", "video_minutes": "850"}
COUNTY = {"points_sum": "100", "users": "3", "item_0": "on"}


def posted(data: dict[str, str], **more: str) -> str:
    answer = Client().post(URL, {"part": "points", **data, **more})
    assert answer.status_code == 200
    return answer.content.decode()


def words_of(body: str) -> str:
    main = body.partition("<form")[2].partition('<section class="clauses"')[0]
    return re.sub(r"\s+", "", re.sub(r"<[^>]*>", "", main))


def row(number: int, kind: str, on: str, until: str = "") -> dict[str, str]:
    return {f"deeds-{number}-kind": kind, f"deeds-{number}-on": on, f"deeds-{number}-until": until}


# --- passing -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (PASS, "按资料的要求，可以通过"),
        (PASS | {"total_score": "５９．５ 分"}, "还差0.5分到60分"),
        (PASS | {"compulsory_done": "no"}, "必修项还没有全部完成"),
        (PASS | {"compulsory_done": ""}, "还不能判断"),
        ({"video_minutes": "850 分钟"}, "还差50分钟到900分钟"),
        (PASS, "这两处对不上"),
    ],
)
def test_passing_is_told_with_what_is_missing(data: dict[str, str], words: str) -> None:
    assert words in words_of(posted(data, part="pass"))


@pytest.mark.parametrize(
    ("name", "typed", "words"),
    [
        ("total_score", "1000.01", "总分要在0到1000之间"),
        ("total_score", "六十", "请填数字"),
        ("total_score", "-1", "请填数字"),
        ("video_minutes", "100001", "要在0到100000之间"),
        ("compulsory_done", "maybe", "没有这个选项"),
        ("year", "0000", "1950到2100的整数"),
        ("year", "10000", "之间"),
        ("as_of", "0000-01-01", "没有这一天"),
        ("points_sum", "x", "请填数字"),
        ("users", "0", "1到10000000的整数"),
        ("users", "1.5", "的整数"),
    ],
)
def test_a_wrong_field_is_named_and_keeps_what_was_typed(name: str, typed: str, words: str) -> None:
    body = posted(PASS | COUNTY | {name: typed, "pasted": SAMPLE}, part="pass")
    told = words_of(body)
    assert words in told
    assert "有1处需要修改" in re.sub(r"\s", "", body)
    assert name == "compulsory_done" or f'value="{typed}"' in body
    assert "学科基地校" in body


# --- points ------------------------------------------------------------------------------------------------------


def test_the_pasted_sample_is_counted_and_both_sums_shown() -> None:
    told = words_of(posted({"pasted": SAMPLE, "as_of": "2021-11-30"}))
    assert "2021年，算到2021年11月30日" in told
    assert "按细则表，经验值8分" in told
    assert "合计6分，和细则表不一样" in told
    assert "以平台自己的“经验值明细”为准" in told
    assert "2021年3月24日，省级应用有3次：每天只计1次（1分），2次不计" in told
    assert "空间使用22分2分U7" in told
    assert "师生互动15分1分U13" in told


def test_lines_that_were_not_read_are_named_together() -> None:
    told = words_of(posted({"pasted": SAMPLE + "看新闻\t首页\t1\t2021-03-01\n" * 3 + "用户登录\t平台\t1\t2021-03-40"}))
    assert "第8—10行：“看新闻”" in told
    assert "第11行：“时间”" in told
    assert "经验值8分" in told


def test_typed_deeds_count_beside_pasted_ones() -> None:
    data = (
        {"pasted": SAMPLE} | row(0, "login", "2021年3月1日", "2021-03-10") | row(1, "submission:province", "2021-05-01")
    )
    told = words_of(posted(data))
    assert "经验值42分" in told  # 8 + 6 and 4 × 2 + 20
    assert "用户登录1014分" in told


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (row(0, "profile", "2021-03-01", "2021-03-02"), "请一次填一条"),
        (row(0, "teach", "2021-03-02", "2021-03-01"), "不能早于前面的日期"),
        (row(0, "teach", "1950-01-01", "2100-12-31"), "一次最多算5000条"),
        (row(0, "teach", "2021-03-01") | {"deeds-0-deleted": "on"}, "只有资源报送才有删除"),
        (row(0, "", "2021-03-01"), "请选择"),
        (row(0, "teach", "10000-01-01"), "请写完整的年、月、日"),
        (row(0, "unknown", "2021-03-01"), "没有这个选项"),
        (row(7, "teach", ""), "第8条：日期"),
    ],
)
def test_a_wrong_row_is_told_at_its_field(data: dict[str, str], words: str) -> None:
    body = posted(data)
    assert words in re.sub(r"<[^>]*>|\s", "", body)
    assert "细则表，经验值" not in body


@pytest.mark.parametrize(
    ("deeds", "sentence"),
    [
        (row(0, "download", "2021-01-01", "2021-04-12"), "资源下载一年最多100分：2021年4月11日起已满，之后的2次都不计"),
        (row(0, "profile", "2020-03-01") | row(1, "profile", "2021-03-01"), "数据完善限1次，另外填的1次不计"),
        (row(0, "teach", "2022-03-01"), "不在2021年的1次不计"),
        (row(0, "submission:city", "2021-03-01") | {"deeds-0-deleted": "on"}, "删除了的1个不计"),
        (row(0, "teach", "2021-12-01") | {"as_of": "2021-11-30"}, "以后的1次现在不计"),
    ],
)
def test_every_cap_is_told_where_it_bit(deeds: dict[str, str], sentence: str) -> None:
    assert sentence in words_of(posted(deeds))


def test_more_lines_than_are_counted_stay_as_pasted() -> None:
    body = posted({"pasted": "用户登录\t平台\t1\t2021-03-01\n" * 5001})
    assert "从第 5001 行起多了" in body
    assert body.count("用户登录\t平台") == 5001


def test_too_many_typed_and_pasted_together_are_refused() -> None:
    data = {"pasted": "用户登录\t平台\t1\t2021-03-01\n" * 4900} | row(0, "teach", "2021-01-01", "2021-12-31")
    body = posted(data)
    assert "一次最多算 5000 条，现在有 5265 条" in body
    assert "用户登录\t平台" in body


def test_a_body_of_a_million_lines_is_refused_in_words() -> None:
    answer = Client().post(URL, "pasted=" + "a%0A" * 1_000_000, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 413
    assert "2 MB" in answer.content.decode()


# --- the county --------------------------------------------------------------------------------------------------


def test_activity_comes_from_sums_and_says_what_is_left_out() -> None:
    told = words_of(posted(COUNTY, part="county"))
    assert "活跃度38.33" in told
    assert "刷分会被核减、倒扣，扣多少资料没有写，这里没有扣" in told


def test_a_county_needs_both_sums() -> None:
    assert "有 1 处需要修改" in posted({"points_sum": "5"}, part="county")


# --- the page ----------------------------------------------------------------------------------------------------


def test_the_page_says_whose_platform_and_how_old(content: None) -> None:
    body = Client().get(URL).content.decode()
    assert "能力提升工程 · 2021" in body
    assert re.search(r"距今 \d+ 年，规定可能已调整", body)
    assert "浙江的教师学习平台和之江汇，不是本站" in body


def test_all_parts_are_answered_by_any_button() -> None:
    told = words_of(posted(PASS | COUNTY | {"pasted": SAMPLE}, part="county"))
    assert all(words in told for words in ("可以通过", "经验值8分", "活跃度38.33"))


@pytest.mark.parametrize(
    ("part", "words"), [("pass", "先填知道的"), ("points", "请粘贴明细"), ("county", "请填经验值之和")]
)
def test_an_empty_part_asks_to_be_filled_in(part: str, words: str) -> None:
    assert words in posted({}, part=part)


def test_more_rows_keep_what_was_typed_unjudged() -> None:
    answer = Client().post(URL, {"add": "rows", "total_score": "六十", **row(1, "teach", "x")})
    page = answer.content.decode()
    assert page.count('class="row-card"') == 5
    assert 'value="六十"' in page and 'value="x"' in page
    assert "需要修改" not in page


@pytest.mark.parametrize("name", ["deeds-999-on", "deeds-9999-on", "deeds-x-on", "deeds-TOTAL_FORMS", "deeds-0-kind"])
@pytest.mark.parametrize("value", ["", "9" * 5000, "\x00", "²"])
def test_tampered_fields_never_break_the_page(name: str, value: str) -> None:
    assert posted({name: value}).count('class="row-card"') <= 60


def test_an_untrusted_form_is_kept() -> None:
    answer = Client(enforce_csrf_checks=True).post(URL, {"part": "pass", "pasted": "课堂教学 <7>"})
    assert answer.status_code == 403
    assert "课堂教学 &lt;7&gt;" in answer.content.decode()


def test_nothing_is_stored_and_limits_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    before = rows_of_all_tables()
    posted(PASS | COUNTY | {"pasted": SAMPLE})
    assert rows_of_all_tables() == before
    monkeypatch.setitem(middleware.RATE_LIMITED, "upgrade", (1, 10**9))
    statuses = [Client().post(URL, {"part": "pass"}).status_code for _ in range(2)]
    assert statuses == [200, 429]


@pytest.mark.parametrize("ref", ["upgrade-09", "upgrade-11", "upgrade-13", "upgrade-14", "upgrade-15"])
def test_the_entries_lead_to_the_page(content: None, client: Client, ref: str) -> None:
    links: Any = read(client, f"/faq/{ref}/").all("a", href=URL)
    assert links
    assert "打开“考核与经验值”" in client.get(f"/faq/{ref}/").content.decode()


def test_other_entries_do_not_lead_there(content: None, client: Client) -> None:
    assert "考核与经验值" not in client.get("/faq/upgrade-18/").content.decode()
