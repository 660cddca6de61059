"""The page of a question: what it shows to whom, each step of it, refusals beside what was typed, and similar ones."""

from __future__ import annotations

import datetime
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from faq.asking import steps
from faq.models import Question, QuestionLook, QuestionPicture
from tests.cast import Place
from tests.faq.asking.asked import TEXT, answered, closed, history, make_question, now

pytestmark = pytest.mark.django_db
ANSWER = "交毕业证复印件，找桃源一小教务处。"


def address(question: Question) -> str:
    return f"/questions/{question.public_id}/"


def read(client: Client, question: Question) -> str:
    answer = client.get(address(question))
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def send(client: Client, question: Question, do: str, seen: str = "", **typed: Any) -> HttpResponse:
    """Sends the form of the page with the button `do`."""
    sent = {"do": do, "seen": seen or steps.seen_of(now(question))} | typed
    return client.post(address(question), sent)  # type: ignore[return-value]


def refused(client: Client, question: Question, do: str, **typed: Any) -> str:
    """The page that refuses a form."""
    answer = send(client, question, do, **typed)
    assert answer.status_code == 200
    body = unescape(answer.content.decode())
    assert "note-error" in body
    return body


# --- what it shows -----------------------------------------------------------------------------------------------


def test_all_that_was_asked_and_said_is_shown(place: Place, content: None) -> None:
    question = make_question(place, name="张三", school="桃源一小", contact="0570-1", text="学历冲抵<b>\n\n第二段")
    steps.note(question, "电话问过了", place.staff)
    answered(question, place.staff, "请看第五条")
    body = place.client("reviewer").get(address(question)).content.decode()
    for words in ("学历冲抵&lt;b&gt;", "第二段", "张三", "桃源一小", "0570-1", "电话问过了", "请看第五条", "已答复"):
        assert words in body
    assert "放进答复" in body


def test_a_forgotten_person_is_not_asked_for(place: Place) -> None:
    question = make_question(place, forgotten_at=timezone.now())
    assert "个人信息已经按规定删除" in read(place.client("staff"), question)


def test_pictures_are_served_to_staff_and_kept_by_nobody(place: Place, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    question, name = make_question(place), f"{'a' * 32}.png"
    (tmp_path / "questions").mkdir()
    (tmp_path / "questions" / name).write_bytes(b"picture")
    QuestionPicture.objects.create(form_key="k", name=name, width=1, height=1, question=question)
    path = f"{address(question)}pictures/{name}"
    assert path in read(place.client("staff"), question)
    answer: Any = place.client("staff").get(path)
    assert b"".join(answer.streaming_content) == b"picture"
    assert answer.headers["Content-Type"] == "image/png"
    assert "no-store" in answer.headers["Cache-Control"]
    other = make_question(place)
    wrong = (place.client("other_staff").get(path), place.client("staff").get(f"{address(other)}pictures/{name}"))
    assert [one.status_code for one in wrong] == [404, 404]
    (tmp_path / "questions" / name).unlink()
    assert place.client("staff").get(path).status_code == 404


def test_two_people_on_one_question_are_warned(place: Place) -> None:
    place.staff.last_name, place.staff.first_name = "王", "芳"
    place.staff.save()
    question = make_question(place)
    staff, reviewer = place.client("staff"), place.client("reviewer")
    assert "也打开了" not in read(staff, question) + read(staff, question)
    assert "王芳 刚才也打开了这个提问" in read(reviewer, question)
    QuestionLook.objects.filter(user=place.staff).update(at=timezone.now() - datetime.timedelta(minutes=5))
    assert "王芳 5 分钟前也打开了这个提问" in read(reviewer, question)
    QuestionLook.objects.filter(user=place.staff).update(at=timezone.now() - datetime.timedelta(minutes=11))
    assert "也打开了" not in read(reviewer, question)
    assert QuestionLook.objects.count() == 2


# --- each step ---------------------------------------------------------------------------------------------------


def test_a_question_is_taken_answered_and_closed(place: Place) -> None:
    client, question = place.client("staff"), make_question(place)
    for do, typed in {"take": {}, "answer": {"answer": ANSWER}, "close": {"close_reason": ""}}.items():
        answer = send(client, question, do, **typed)
        assert (answer.status_code, answer.headers["Location"]) == (303, f"{address(question)}?done=1")
    assert now(question).is_closed
    assert history(question) == [("taken", ""), ("answer", ANSWER), ("closed", "")]
    assert "已经关闭。提问人补充以后会重新打开" in read(client, question)


def test_a_question_is_given_back_and_to_a_colleague(place: Place) -> None:
    client, question = place.client("staff"), steps.take(make_question(place), place.staff)
    assert send(client, question, "release").status_code == 303
    assert send(client, question, "assign", to=str(place.school_reviewer.pk)).status_code == 303
    assert now(question).assignee == place.school_reviewer


def test_colleagues_of_the_office_and_above_may_be_chosen(place: Place) -> None:
    body = read(place.client("staff"), make_question(place))
    offered = set(re.findall(r'<option value="(\d+)"', body))
    assert offered == {str(person.pk) for person in (place.school_reviewer, place.reviewer, place.above)}


def test_a_note_is_for_colleagues_alone(place: Place) -> None:
    client, question = place.client("staff"), closed(make_question(place), place.staff)
    assert send(client, question, "note", note="电话问过了").status_code == 303
    assert history(question)[-1] == ("note", "电话问过了")


@pytest.mark.parametrize(
    ("where", "school", "office"), [("up", "", "county"), ("desk", "", None), ("school", " 桃源二小 ", "other")]
)
def test_a_question_is_handed_on(place: Place, where: str, school: str, office: str | None) -> None:
    client, question = place.client("staff"), make_question(place)
    answer = send(client, question, "hand_on", where=where, school=school, hand_reason="学校定不了")
    assert answer.headers["Location"] == "/questions/"
    assert now(question).office == (getattr(place, office).path if office else "")
    assert "已经转交" in client.get("/questions/").content.decode()


def test_an_entry_is_put_into_the_answer_without_a_script(place: Place, content: None) -> None:
    client, question = place.client("staff"), make_question(place)
    body = unescape(send(client, question, "", insert="credits-05", answer="您好").content.decode())
    assert re.search(r"您好\n\n[^<]+\nhttp://testserver/faq/credits-05/</textarea>", body)
    assert "您好" in send(client, question, "keep", answer="您好", insert="nothing").content.decode()
    assert history(question) == []


# --- refusals ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("do", "typed", "said"),
    [
        ("answer", {"answer": " "}, "请写上答复的内容"),
        ("answer", {"answer": "字" * 5001}, "最多 5,000 个字"),
        ("note", {"note": ""}, "请写上备注的内容"),
        ("assign", {}, "请选择一位同事"),
        ("assign", {"to": "9" * 30}, "请选择一位同事"),
        ("hand_on", {"hand_reason": "理由"}, "请选择转交到哪里"),
        ("hand_on", {"where": "school", "hand_reason": "理由"}, "请填写学校的全称"),
        ("hand_on", {"where": "school", "school": "没有的学校", "hand_reason": "理由"}, "没有找到叫这个名字的学校"),
        ("hand_on", {"where": "school", "school": "桃源一小", "hand_reason": "理由"}, "现在就在那里"),
        ("hand_on", {"where": "up"}, "请写一句为什么转交"),
        ("close", {}, "还没有答复就关闭，请写一句原因"),
        ("close", {"answer": ANSWER, "close_reason": "重复"}, "这段话还没有发送"),
        ("hand_on", {"note": "备注", "where": "up", "hand_reason": "理由"}, "这段话还没有发送"),
    ],
)
def test_a_refusal_stands_at_its_field(place: Place, do: str, typed: dict[str, str], said: str) -> None:
    question = make_question(place)
    body = refused(place.client("staff"), question, do, **typed)
    assert re.search(rf'<p id="error_\d+_id_\w+"><strong>[^<]*{re.escape(said)}', body)
    assert all(text in body for text in typed.values() if len(text) < 30)
    assert history(question) == []


def test_whoever_was_slower_reads_what_is_new_and_keeps_the_answer(place: Place) -> None:
    question = make_question(place)
    seen = steps.seen_of(question)
    answered(question, place.reviewer, "县里已经答了")
    body = refused(place.client("staff"), question, "answer", seen=seen, answer=ANSWER, note="想到的")
    assert "有了新的变化" in body
    assert "县里已经答了" in body
    assert body.count(ANSWER) == body.count("想到的") == 1
    assert f'name="seen" value="{steps.seen_of(now(question))}"' in body


def test_a_refusal_is_told_above_all_that_was_said(place: Place) -> None:
    question = make_question(place)
    body = refused(place.client("staff"), question, "hand_on", where="up")
    told = body.index('<a href="#id_hand_reason">为什么转交</a>：请写一句为什么转交')
    assert body.index("<h1>") < told < body.index('class="asked"')


def test_after_an_answer_the_next_question_is_one_press_away(place: Place) -> None:
    first, second = make_question(place, text="先答的"), make_question(place, text="轮到的")
    steps.take(make_question(place, text="同事的"), place.reviewer)
    client = place.client("staff")
    after = client.get(send(client, first, "answer", answer=ANSWER)["Location"]).content.decode()
    assert f'下一个等待办理的：<a\n  href="{address(second)}">轮到的</a>' in after
    last = client.get(send(client, second, "answer", answer=ANSWER)["Location"]).content.decode()
    assert "没有别的等着您办了" in last
    assert "下一个等待办理的" not in read(client, second)


def test_an_answer_to_a_closed_question_can_be_copied(place: Place) -> None:
    question = make_question(place)
    seen = steps.seen_of(question)
    closed(question, place.reviewer)
    body = refused(place.client("staff"), question, "answer", seen=seen, answer=ANSWER)
    assert f"readonly>\n{ANSWER}</textarea>" in body
    assert 'value="answer"' not in body


def test_an_answer_to_what_was_handed_on_can_be_copied(place: Place) -> None:
    question = make_question(place)
    seen = steps.seen_of(question)
    client = place.client("staff")
    assert client.get(address(question)).status_code == 200
    steps.hand_on(question, place.other.path, "是二小的", place.reviewer)
    assert send(client, question, "answer", seen=seen, answer=ANSWER).status_code == 404
    assert ANSWER in send(client, question, "answer", seen=seen, answer=ANSWER).content.decode()


def test_one_step_keeps_what_was_typed_for_another(place: Place) -> None:
    question = make_question(place)
    answer = send(place.client("staff"), question, "take", answer=ANSWER, note="想到的")
    body = answer.content.decode()
    assert answer.status_code == 200
    assert ANSWER in body
    assert "想到的" in body
    assert "现在由您办理这个提问" in body
    assert "data-unsent" in body
    answer = send(place.client("staff"), question, "answer", answer=ANSWER, note="想到的")
    assert f"{ANSWER}</textarea>" not in answer.content.decode()
    assert "想到的" in answer.content.decode()


def test_nobody_has_forms_for_their_own_question(place: Place) -> None:
    question = make_question(place, asker=place.staff)
    body = read(place.client("staff"), question)
    assert "这是您自己提的问题" in body
    assert 'name="do"' not in body
    assert "您自己提的问题" in refused(place.client("staff"), question, "answer", answer=ANSWER)


@pytest.mark.parametrize(
    "typed", ["a\x00b", "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"), "\u202e反"]
)
def test_signs_that_nothing_can_store_break_nothing(place: Place, typed: str) -> None:
    question = make_question(place)
    answer = send(place.client("staff"), question, "answer", answer=typed, school=typed, to=typed, also=[typed, ":"])
    assert answer.status_code in (200, 303)


def test_a_button_that_does_not_exist_does_nothing(place: Place) -> None:
    question = make_question(place)
    assert send(place.client("staff"), question, "delete", answer=ANSWER).status_code == 200
    assert history(question) == []


# --- similar questions -------------------------------------------------------------------------------------------


def ticks(body: str) -> list[str]:
    return re.findall(r'name="also"\s+value="([^"]+)"', body)


def test_similar_waiting_questions_are_answered_together(place: Place) -> None:
    question = make_question(place)
    others = [make_question(place, text=f"请问{TEXT}"), make_question(place, text=f"{TEXT}急")]
    make_question(place, text="密码忘了怎么办")
    closed(make_question(place), place.staff)
    make_question(office=place.other.path)
    make_question(place, asker=place.staff)
    values = ticks(read(place.client("staff"), question))
    assert {value.split(":")[0] for value in values} == {other.public_id for other in others}
    steps.add(others[1], "补一句")
    client = place.client("staff")
    assert send(client, question, "answer", answer=ANSWER, also=values).status_code == 303
    body = read(client, question)
    assert "另外 1 位提问人也收到了同样的答复" in body
    assert f"没有发给它们，请分别打开看看：“{TEXT}急”" in body
    assert [now(other).state for other in others] == ["answered", "received"]


def test_a_ticked_question_stays_ticked_when_the_answer_is_refused(place: Place) -> None:
    question = make_question(place)
    make_question(place, text=f"请问{TEXT}")
    [value] = ticks(read(place.client("staff"), question))
    assert "checked" in refused(place.client("staff"), question, "answer", answer="", also=value)


def test_nobody_answers_what_they_cannot_see_by_a_tick(place: Place) -> None:
    question, foreign = make_question(place), make_question(office=place.other.path)
    also = f"{foreign.public_id}:{steps.seen_of(foreign)}"
    send(place.client("staff"), question, "answer", answer=ANSWER, also=also)
    assert history(foreign) == []
    assert history(question) == [("answer", ANSWER)]
