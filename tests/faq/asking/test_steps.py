"""Steps of a question: what each changes and leaves in the history, who may take it, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError

from faq.asking import steps
from faq.models import Question, QuestionMessage, QuestionPicture
from helpdesk.common.decisions import Refusal
from tests.cast import Place, make_editor, make_member, make_organization, make_teacher
from tests.faq.asking.asked import answered, closed, history, make_question, now

pytestmark = pytest.mark.django_db
State = Question.State
Taken = Callable[[Question, User], object]

#: Every step of the staff, as it is taken where nothing speaks against it.
STAFF_STEPS: dict[str, Taken] = {
    "take": lambda question, by: steps.take(question, by),
    "release": lambda question, by: steps.release(question, by),
    "assign": lambda question, by: steps.assign(question, by, by),
    "note": lambda question, by: steps.note(question, "问过了", by),
    "answer": lambda question, by: steps.answer(question, "毕业证复印件。", by),
    "hand_on": lambda question, by: steps.hand_on(question, "", "不是学校的事", by),
    "close": lambda question, by: steps.close(question, "重复了", by),
}
#: Those that a closed question, or one's own, does not take.
WORKING_STEPS = {name: taken for name, taken in STAFF_STEPS.items() if name != "note"}


def refusal_of(act: Callable[[], object]) -> dict[str, list[str]]:
    """The refusal of a step, field → sentences; what is about no field stands under an empty name."""
    with pytest.raises(Refusal) as caught:
        act()
    refusal = caught.value
    return refusal.message_dict if hasattr(refusal, "error_dict") else {"": refusal.messages}


# --- asking ------------------------------------------------------------------------------------------------------


def test_a_form_sent_twice_is_one_question(db: None) -> None:
    asked = steps.Asked(text="密码忘了怎么办", form_key="k1")
    assert steps.ask(asked) == steps.ask(asked)
    assert Question.objects.count() == 1


@pytest.mark.parametrize("text", ["", "？！…", "😀😀", "\u202e\u200b"])
def test_a_question_without_words_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="请用文字写清楚"):
        steps.ask(steps.Asked(text=text, form_key="k1"))
    assert not Question.objects.exists()


def test_a_question_of_many_addresses_is_refused() -> None:
    links = " ".join(f"https://example.com/{number}" for number in range(4))
    with pytest.raises(ValidationError, match="网址太多"):
        steps.ask(steps.Asked(text=f"看看 {links}", form_key="k1"))


def test_a_question_goes_to_the_school_of_the_teacher(place: Place) -> None:
    asked = steps.Asked(text="学分没有记", form_key="k1", asker=place.herself, school="桃源二小")
    assert steps.ask(asked).office == place.school.path


@pytest.mark.parametrize(("school", "office"), [("桃源二小", "other"), ("没有这所学校", None), ("", None)])
def test_a_question_goes_to_the_school_that_was_named(place: Place, school: str, office: str | None) -> None:
    question = steps.ask(steps.Asked(text="学分没有记", form_key="k1", school=school))
    assert question.office == (getattr(place, office).path if office else "")


def test_a_school_without_staff_lets_the_county_answer(place: Place) -> None:
    make_organization(parent=place.county, name="桃源三小")
    question = steps.ask(steps.Asked(text="学分没有记", form_key="k1", school="桃源三小"))
    assert question.office == place.county.path


def test_the_first_three_pictures_of_the_form_come_along() -> None:
    for number in range(4):
        QuestionPicture.objects.create(form_key="k1", name=f"{number}.png", width=1, height=1)
    question = steps.ask(steps.Asked(text="看图", form_key="k1"))
    assert [picture.name for picture in question.pictures.all()] == ["0.png", "1.png", "2.png"]


# --- the asker's further words -----------------------------------------------------------------------------------


def test_a_word_that_is_added_opens_an_answered_question(place: Place) -> None:
    question = answered(make_question(place), place.staff)
    before = question.waiting_since
    steps.add(question, "  还有一个问题 \n")
    again = now(question)
    assert (again.state, again.assignee) == (State.WORKING, place.staff)
    assert again.waiting_since > before
    assert history(question)[-1] == ("added", "还有一个问题")


def test_a_closed_question_opens_with_a_word(place: Place) -> None:
    question = closed(make_question(place), place.staff)
    steps.add(question, "没有解决")
    assert (now(question).state, now(question).closed_at) == (State.RECEIVED, None)


def test_a_waiting_question_keeps_its_place_for_a_word(place: Place) -> None:
    question = make_question(place)
    steps.add(question, "补一句")
    assert now(question).waiting_since == question.waiting_since


@pytest.mark.parametrize(("text", "said"), [(" \n", "请写上要补充的话"), ("字" * 1001, "最多 1,000 个字")])
def test_a_word_is_neither_empty_nor_too_long(text: str, said: str) -> None:
    question = make_question()
    assert said in refusal_of(lambda: steps.add(question, text))["text"][0]
    assert history(question) == []


def test_words_before_an_answer_are_counted(place: Place) -> None:
    question = make_question(place)
    for number in range(20):
        steps.add(question, f"第 {number} 句")
    assert "已经补充了 20 次" in refusal_of(lambda: steps.add(question, "再一句"))[""][0]
    answered(question, place.staff)
    steps.add(question, "再一句")


def test_an_answer_that_did_not_help_opens_the_question(place: Place) -> None:
    question = answered(make_question(place), place.staff)
    first = steps.not_helped(question, "还是不行")
    assert [steps.not_helped(question, text) for text in ("", "还是不行", " 还是不行\r\n")] == [first] * 3
    assert now(question).state == State.WORKING
    assert [kind for kind, _ in history(question)] == ["answer", "not_helped"]


def test_words_of_a_second_press_are_added(place: Place) -> None:
    question = answered(make_question(place), place.staff)
    steps.not_helped(question, "")
    for _ in range(2):
        steps.not_helped(question, "系统提示错误 7。")
    assert history(question)[1:] == [("not_helped", ""), ("added", "系统提示错误 7。")]


def test_what_has_no_answer_cannot_have_failed_to_help() -> None:
    assert "还没有答复" in refusal_of(lambda: steps.not_helped(make_question()))[""][0]


def test_an_asker_closes_a_solved_question(place: Place) -> None:
    question = answered(make_question(place), place.staff)
    steps.solved(question)
    steps.solved(question)
    assert now(question).is_closed
    assert now(question).closed_at
    assert [kind for kind, _ in history(question)] == ["answer", "solved"]


# --- taking, giving back, assigning ------------------------------------------------------------------------------


def test_taking_makes_one_the_person_who_answers(place: Place) -> None:
    question = make_question(place)
    steps.take(question, place.staff)
    steps.take(question, place.staff)
    assert (now(question).state, now(question).assignee) == (State.WORKING, place.staff)
    assert history(question) == [("taken", "")]


def test_a_colleague_may_take_over(place: Place) -> None:
    question = steps.take(make_question(place), place.staff)
    steps.take(question, place.reviewer)
    assert now(question).assignee == place.reviewer


def test_giving_back_lets_a_question_wait_again(place: Place) -> None:
    question = steps.take(make_question(place), place.staff)
    steps.release(question, place.staff)
    steps.release(question, place.staff)
    assert (now(question).state, now(question).assignee) == (State.RECEIVED, None)
    assert [kind for kind, _ in history(question)] == ["taken", "released"]


def test_an_answered_question_stays_answered_when_it_changes_hands(place: Place) -> None:
    question = answered(make_question(place), place.staff)
    steps.take(question, place.reviewer)
    assert now(question).state == State.ANSWERED
    steps.release(question, place.reviewer)
    assert now(question).state == State.ANSWERED


def test_a_question_is_given_to_a_colleague(place: Place) -> None:
    question = make_question(place)
    place.school_reviewer.last_name, place.school_reviewer.first_name = "王", "芳"
    steps.assign(question, place.school_reviewer, place.staff)
    steps.assign(question, place.school_reviewer, place.staff)
    assert now(question).assignee == place.school_reviewer
    assert history(question) == [("assigned", "王芳")]


@pytest.mark.parametrize("who", ["other_staff", "herself", "editor"])
def test_nobody_is_given_what_they_cannot_see(place: Place, who: str) -> None:
    question = make_question(place)
    refused = refusal_of(lambda: steps.assign(question, getattr(place, who), place.staff))
    assert "看不到这个提问" in refused["to"][0]


def test_nobody_is_given_their_own_question(place: Place) -> None:
    question = make_question(place, asker=place.school_reviewer)
    refused = refusal_of(lambda: steps.assign(question, place.school_reviewer, place.staff))
    assert "自己提的问题" in refused["to"][0]


# --- answering and closing ---------------------------------------------------------------------------------------


def test_an_answer_is_dated_and_mailed(place: Place, settings: Any) -> None:
    settings.MAIL = True
    question = answered(make_question(place, contact="zhang@example.cn"), place.staff)
    assert (question.state, question.assignee, question.mail_due) == (State.ANSWERED, place.staff, True)
    first = question.first_answered_at
    assert first
    steps.answer(question, "补一句", place.reviewer)
    assert (now(question).first_answered_at, now(question).assignee) == (first, place.staff)
    assert history(question) == [("answer", "毕业证复印件。"), ("answer", "补一句")]


def test_an_address_is_one_however_it_was_typed(place: Place, settings: Any) -> None:
    settings.MAIL = True
    typed = {"abc＠qq.com": True, "微信同号 @小明": False, "": False}
    assert {words: answered(make_question(place, contact=words), place.staff).mail_due for words in typed} == typed


def test_without_an_address_nothing_is_mailed(place: Place) -> None:
    assert not answered(make_question(place, contact="13800000000"), place.staff).mail_due


@pytest.mark.parametrize(("text", "said"), [(" ", "请写上答复"), ("字" * 5001, "最多 5,000 个字，现在有 5,001 个")])
def test_an_answer_is_neither_empty_nor_too_long(place: Place, text: str, said: str) -> None:
    question = make_question(place)
    assert said in refusal_of(lambda: steps.answer(question, text, place.staff))["text"][0]
    assert now(question).state == State.RECEIVED


def test_a_note_changes_no_state(place: Place) -> None:
    question = closed(make_question(place), place.staff)
    steps.note(question, "电话问过了", place.reviewer)
    assert now(question).is_closed
    assert history(question)[-1] == ("note", "电话问过了")
    assert QuestionMessage.Kind.NOTE not in QuestionMessage.FOR_ASKER


def test_a_note_needs_words(place: Place) -> None:
    assert refusal_of(lambda: steps.note(make_question(place), "", place.staff)).keys() == {"text"}


def test_closing_without_an_answer_needs_a_reason(place: Place) -> None:
    question = make_question(place)
    assert "请写一句原因" in refusal_of(lambda: steps.close(question, " ", place.staff))["reason"][0]
    assert "最多 300 个字" in refusal_of(lambda: steps.close(question, "字" * 301, place.staff))["reason"][0]
    steps.close(question, "不是培训的事", place.staff)
    assert now(question).is_closed
    assert now(question).closed_at


def test_closing_an_answered_question_needs_no_word(place: Place) -> None:
    question = answered(make_question(place), place.staff)
    steps.close(question, "", place.staff)
    assert history(question)[-1] == ("closed", "")


# --- handing on --------------------------------------------------------------------------------------------------


def test_a_question_goes_up_with_its_history(place: Place) -> None:
    question = steps.take(make_question(place), place.staff)
    steps.hand_on(question, place.county.path, "学校定不了", place.staff)
    again = now(question)
    assert (again.office, again.assignee, again.state) == (place.county.path, None, State.RECEIVED)
    assert history(question) == [("taken", ""), ("handed_on", "转交桃源县：学校定不了")]
    with pytest.raises(PermissionDenied):
        steps.answer(question, "晚了", place.staff)


def test_a_question_goes_to_the_editors(place: Place) -> None:
    question = make_question(place)
    steps.hand_on(question, "", "是网站的事", place.staff)
    assert history(question) == [("handed_on", "转交本站编辑：是网站的事")]
    steps.take(question, place.editor)


def test_an_answered_question_stays_answered_when_handed_on(place: Place) -> None:
    question = answered(make_question(place), place.staff)
    steps.hand_on(question, place.other.path, "请二小留存", place.staff)
    assert now(question).state == State.ANSWERED


def test_handing_on_needs_another_place_with_people(place: Place) -> None:
    question = make_question(place)
    empty = make_organization(parent=place.county)
    for office, said in ((place.school.path, "现在就在那里"), (empty.path, "还没有人"), ("9999.", "还没有人")):
        refused = refusal_of(partial(steps.hand_on, question, office, "理由", place.staff))
        assert said in refused["office"][0]
    assert "为什么转交" in refusal_of(lambda: steps.hand_on(question, "", "", place.staff))["reason"][0]
    assert history(question) == []


# --- who may, and when -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", STAFF_STEPS)
@pytest.mark.parametrize("who", ["herself", "other_staff", "editor", "auditor", "nobody"])
def test_only_staff_of_the_office_and_above_take_steps(place: Place, name: str, who: str) -> None:
    question = make_question(place)
    with pytest.raises(PermissionDenied):
        STAFF_STEPS[name](question, getattr(place, who))
    assert history(question) == []


@pytest.mark.parametrize("name", STAFF_STEPS)
@pytest.mark.parametrize("who", ["staff", "reviewer", "above", "superuser"])
def test_staff_of_the_office_and_above_take_every_step(place: Place, name: str, who: str) -> None:
    question = make_question(place)
    STAFF_STEPS[name](question, getattr(place, who))


def test_only_editors_take_what_has_no_office(place: Place) -> None:
    question = make_question()
    steps.take(question, place.editor)
    for who in (place.staff, place.above, place.auditor):
        with pytest.raises(PermissionDenied):
            steps.take(question, who)


@pytest.mark.parametrize("name", WORKING_STEPS)
def test_nobody_answers_their_own_question(place: Place, name: str) -> None:
    question = make_question(place, asker=place.staff)
    assert "您自己提的问题" in refusal_of(lambda: WORKING_STEPS[name](question, place.staff))[""][0]


@pytest.mark.parametrize("name", WORKING_STEPS)
def test_a_closed_question_takes_notes_only(place: Place, name: str) -> None:
    question = closed(make_question(place), place.staff)
    assert "已经关闭" in refusal_of(lambda: WORKING_STEPS[name](question, place.staff))[""][0]


@pytest.mark.parametrize("name", WORKING_STEPS)
def test_a_step_on_an_older_version_is_refused(place: Place, name: str) -> None:
    question = make_question(place)
    seen = steps.seen_of(question)
    steps.add(question, "补一句")
    given: dict[str, tuple[Any, ...]] = {
        "assign": (place.school_reviewer,),
        "answer": ("毕业证。",),
        "hand_on": ("", "理由"),
        "close": ("理由",),
    }
    act = getattr(steps, name)
    refused = refusal_of(lambda: act(question, *given.get(name, ()), place.staff, seen=seen))
    assert "有了新的变化" in refused[""][0]
    act(question, *given.get(name, ()), place.staff, seen=steps.seen_of(question))


def test_a_deleted_question_is_refused(place: Place) -> None:
    question = make_question(place)
    Question.objects.all().delete()
    assert "已经删除" in refusal_of(lambda: steps.add(question, "补一句"))[""][0]


def test_an_account_that_is_off_answers_nothing(place: Place) -> None:
    question = make_question(place)
    place.staff.is_active = False
    with pytest.raises(PermissionDenied):
        steps.take(question, place.staff)


def test_an_office_may_have_workers_of_two_schools(place: Place) -> None:
    both = make_member("both", place.school)
    make_teacher(place.school)
    both.groups.add(*make_editor("second").groups.all())
    for office in (place.school.path, ""):
        steps.take(make_question(office=office), both)
