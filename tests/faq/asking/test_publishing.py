"""A question becomes a draft entry, or a phrasing of an entry that is there: once, and without names."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.exceptions import PermissionDenied
from django.test import Client

from faq import search
from faq.asking import publishing, steps
from faq.editing import steps as editing
from faq.editing.content import Content
from faq.models import Category, Entry, EntryEvent, Phrasing, Question, QuestionMessage, Revision
from helpdesk.common.decisions import Refusal
from tests.at_once import AT_ONCE, NOT_ON_SQLITE, at_once
from tests.cast import make_editor, make_entry, make_member, make_organization, make_teacher, signed_in
from tests.faq.editing.authors import changed

pytestmark = pytest.mark.django_db

ASKED = "各位老师好，我叫王芳。铁疙瘩按哪里才能签到？电话13800138000，急"
SAID = "王老师您好：\n\n1. 打开首页；\n2. 点铁疙瘩。\n\n有事打13900139000，看 https://a.cn/b 。"


def make_question(text: str = ASKED, **fields: Any) -> Question:
    return Question.objects.create(text=text, **{"name": "王芳", "school": "桃源一小"} | fields)


def answered(by: User, text: str = SAID, **fields: Any) -> Question:
    question = make_question(**fields)
    steps.answer(question, text, by)
    return question


def page(question: Question, end: str) -> str:
    return f"/questions/{question.public_id}/{end}/"


def text_of(answer: Any) -> str:
    return unescape(answer.content.decode())


def payload(**fields: Any) -> dict[str, Any]:
    category = Category.objects.get(slug="upgrade-study").pk
    return {"question": "铁疙瘩在哪里？", "answer": "在首页。", "category": category} | fields


def said(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


# --- a draft entry -----------------------------------------------------------------------------------------------


def test_the_form_offers_question_and_answer_without_names(client: Client, editor: User) -> None:
    answer = client.get(page(answered(editor), "entry"))
    initial = answer.context["form"].initial
    assert initial["question"] == "铁疙瘩按哪里才能签到？急"
    assert initial["answer"] == SAID.replace("王老师", "某老师").replace("13900139000", "（电话已删去）")
    body = text_of(answer)
    assert "<mark>13800138000</mark>" in body
    assert "“13800138000”换成了“（电话已删去）”：手机号码" in body


def test_saving_makes_a_draft_that_nobody_finds(client: Client, editor: User) -> None:
    question = answered(editor)
    answer = client.post(page(question, "entry"), payload(answer=SAID), follow=True)
    made = Entry.objects.get(question="铁疙瘩在哪里？")
    assert (made.status, made.made_of.get()) == (Entry.Status.DRAFT, question)
    assert "<ol><li>打开首页；</li><li>点铁疙瘩。</li></ol>" in made.answer
    assert '<a href="https://a.cn/b"' in made.answer
    assert answer.redirect_chain[0][0] == f"/admin/faq/entry/{made.pk}/change/"
    assert search.search("铁疙瘩").confident is False
    event = EntryEvent.objects.get(entry=made)
    assert (event.kind, event.note, event.actor) == ("written", "由老师的提问整理", editor)
    told = question.messages.last()
    assert told is not None and (told.kind, told.text) == (QuestionMessage.Kind.PUBLISHED, "铁疙瘩在哪里？")


def test_what_still_looks_personal_is_named_after_saving(client: Client, editor: User) -> None:
    typed = payload(answer="请打13900139000。")
    answer = client.post(page(answered(editor), "entry"), typed, follow=True)
    assert "“13900139000”（手机号码）像是个人信息" in said(answer)[-1]


def test_a_second_press_leads_to_the_same_entry(client: Client, editor: User) -> None:
    question = answered(editor)
    typed = payload(seen=client.get(page(question, "entry")).context["seen"])
    first, second = [client.post(page(question, "entry"), typed).headers["Location"] for _ in range(2)]
    assert first == second
    assert Entry.objects.filter(question="铁疙瘩在哪里？").count() == 1
    assert "已整理成问答" in text_of(client.get(page(question, "entry")))


def test_a_newer_answer_is_seen_before_saving(client: Client, editor: User) -> None:
    question = answered(editor)
    seen = client.get(page(question, "entry")).context["seen"]
    steps.answer(question, "现在改了：点右上角。", editor)
    refused = client.post(page(question, "entry"), payload(seen=seen))
    assert "这个提问有了新的变化" in refused.context["form"].non_field_errors()[0]
    assert "现在改了：点右上角。" in text_of(refused) and "在首页。" in text_of(refused)
    client.post(page(question, "entry"), payload(seen=refused.context["seen"]))
    assert Entry.objects.get(made_of=question).question == "铁疙瘩在哪里？"


def test_an_entry_in_the_bin_may_be_made_anew(client: Client, editor: User) -> None:
    question = answered(editor)
    client.post(page(question, "entry"), payload())
    first = Entry.objects.get(made_of=question)
    editing.throw_away(first, editor)
    client.post(page(question, "entry"), payload())
    assert Entry.objects.get(made_of=question) != first


def test_a_question_without_an_answer_is_refused(client: Client, editor: User) -> None:
    question = make_question()
    for answer in (client.get(page(question, "entry")), client.post(page(question, "entry"), payload())):
        assert "还没有答复，不能整理成问答" in text_of(answer)
    assert "在首页。" in text_of(client.post(page(question, "entry"), payload()))
    assert not Entry.objects.filter(made_of=question).exists()
    with pytest.raises(Refusal, match="还没有答复"):
        publishing.make_entry(question, Content(question="一", answer="二", category="upgrade-study"), editor)


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("question", " \n", "请填写。"),
        ("question", "问" * 501, "最多 500 个字，现在有 501 个。"),
        ("answer", "", "请填写。"),
        ("answer", "答" * 20_001, "最多 20000 个字，现在有 20001 个。"),
        ("answer", "<p> </p>", "请填写。"),
        ("category", "", "请选择。"),
        ("category", "9999", "没有这个选项。"),
    ],
)
def test_wrong_fields_are_named_and_nothing_is_lost(
    client: Client, editor: User, field: str, value: str, complaint: str
) -> None:
    question = answered(editor)
    answer = client.post(page(question, "entry"), payload(answer="要留下的话") | {field: value})
    assert answer.context["form"].errors[field] == [complaint]
    assert field == "answer" or "要留下的话" in text_of(answer)
    assert publishing.entry_of(question) is None


def test_what_no_database_takes_is_left_out(client: Client, editor: User) -> None:
    question = answered(editor)
    client.post(page(question, "entry"), payload(question="铁\x00疙\u202e瘩？"))
    assert Entry.objects.get(made_of=question).question == "铁疙瘩？"


def test_a_long_question_gives_its_first_sentence(editor: User) -> None:
    offer = publishing.offer_of(make_question("老师好！" + "学分怎么看？" + "真的很急。" * 200))
    assert offer.heading == offer.phrasing == "学分怎么看？"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (ASKED, "铁疙瘩按哪里才能签到？"),
        ("老师您好，请问学历怎么冲抵", "学历怎么冲抵"),
        ("张老师好！看课没时长。急。", "看课没时长"),
        ("您好\n登不上去了\n怎么办？", "怎么办？"),
        ("？？", "？？"),
    ],
)
def test_the_first_sentence_that_asks_is_offered(editor: User, text: str, sentence: str) -> None:
    assert publishing.offer_of(make_question(text)).phrasing == sentence


def test_who_asks_is_left_out_of_what_is_offered(editor: User) -> None:
    text = "我叫王芳，是桃源一小的语文老师，电话13800138000，学历能冲抵学分吗？要交什么材料？"
    offer = publishing.offer_of(make_question(text))
    assert offer.heading == "学历能冲抵学分吗？要交什么材料？"
    assert offer.phrasing == "学历能冲抵学分吗？"
    assert publishing.offer_of(make_question("我叫王芳，电话13800138000")).heading == "我叫某老师，电话（电话已删去）"


def test_a_name_of_the_roster_is_struck_wherever_it_stands(editor: User) -> None:
    make_teacher(name="仝卓然")
    offer = publishing.offer_of(make_question("仝卓然录的学分，请问怎么改"))
    assert offer.question.text == "某老师录的学分，请问怎么改"


def test_a_phrasing_is_cut_at_a_comma(editor: User) -> None:
    offer = publishing.offer_of(make_question("请问" + "看课" * 20 + "，" + "没时长" * 20))
    assert offer.phrasing == "看课" * 20


# --- a phrasing --------------------------------------------------------------------------------------------------


def test_a_phrasing_is_found_at_once_and_shown_before_and_after(client: Client, editor: User) -> None:
    question = make_question("铁疙瘩捅哪儿？")
    assert "铁疙瘩捅哪儿？" in text_of(client.get(page(question, "phrasing")))
    typed = {"phrasing": "铁疙瘩捅哪儿？", "ref": "credits-05"}
    answer = client.post(page(question, "phrasing"), typed, follow=True)
    assert "搜“铁疙瘩捅哪儿？”，以前：没有直接的答案 → 现在：第一条" in said(answer)
    assert search.search("铁疙瘩捅哪儿").hits[0].entry.ref == "credits-05"
    version = Revision.objects.filter(entry__ref="credits-05").first()
    assert version is not None and (version.state, version.author) == (Revision.State.PUBLISHED, editor)
    assert "铁疙瘩捅哪儿？" in version.content["phrasings"]
    told = question.messages.last()
    assert told is not None and told.kind == QuestionMessage.Kind.PHRASED


def test_the_askers_own_words_are_compared_too(client: Client, editor: User) -> None:
    question = make_question("铁疙瘩捅哪儿？")
    answer = client.post(page(question, "phrasing"), {"phrasing": "黑按钮", "ref": "credits-05"}, follow=True)
    compared = [words for words in said(answer) if words.startswith("搜")]
    assert compared[0] == "搜“黑按钮”，以前：没有直接的答案 → 现在：第一条"
    assert compared[1].startswith("搜“铁疙瘩捅哪儿？”，以前：没有直接的答案 → 现在：")


def test_the_nearest_entries_are_offered(client: Client, editor: User) -> None:
    question = make_question("学历能冲抵学分吗？")
    form = client.get(page(question, "phrasing")).context["form"]
    refs = [ref for ref, _ in form.fields["entry"].widget.choices]
    assert "credits-05" in refs
    client.post(page(question, "phrasing"), {"phrasing": "读研顶学分不", "entry": "credits-05"})
    assert Phrasing.objects.filter(entry__ref="credits-05", text="读研顶学分不").exists()


def test_a_phrasing_that_is_there_is_not_doubled(client: Client, editor: User) -> None:
    question = make_question()
    for words in ("铁疙瘩 捅哪儿", "鐵疙瘩捅哪儿！"):
        answer = client.post(page(question, "phrasing"), {"phrasing": words, "ref": "credits-05"}, follow=True)
    assert said(answer)[0].startswith("不用再加")
    assert Phrasing.objects.filter(text__contains="疙瘩").count() == 1
    assert question.messages.count() == 1


@pytest.mark.parametrize(
    ("typed", "field", "complaint"),
    [
        ({"phrasing": "", "ref": "credits-05"}, "phrasing", "请填写。"),
        ({"phrasing": "？？", "ref": "credits-05"}, "phrasing", "请写一句老师会怎么问，里面要有可以搜索的字。"),
        (
            {"phrasing": "问" * 61, "ref": "credits-05"},
            "phrasing",
            "一种问法最多 60 个字，现在有 61 个，请只留最要紧的话。",
        ),
        ({"phrasing": "铁疙瘩"}, "entry", "请选一条，或者在下面填编号。"),
        ({"phrasing": "铁疙瘩", "ref": "credits-99"}, "ref", publishing.NO_ENTRY),
        ({"phrasing": "铁疙瘩", "entry": "credits-99"}, "entry", publishing.NO_ENTRY),
        ({"phrasing": "铁疙瘩", "ref": "draft-1"}, "ref", publishing.NO_ENTRY),
        ({"phrasing": "铁疙瘩", "ref": "full-1"}, "ref", "这条问答已经有 120 种相似问法，不能再加了。"),
        ({"phrasing": "铁疙瘩", "ref": "under-way"}, "ref", publishing.UNDER_WAY),
    ],
)
def test_what_can_be_no_phrasing_is_refused(
    client: Client, editor: User, typed: dict[str, str], field: str, complaint: str
) -> None:
    make_entry(ref="draft-1", status="draft")
    full, going = make_entry(ref="full-1"), make_entry(ref="under-way")
    Phrasing.objects.bulk_create(Phrasing(entry=full, text=f"第 {number} 种") for number in range(120))
    editing.write(going, changed(going, notice="在写"), editor)
    before = Phrasing.objects.count()
    answer = client.post(page(make_question(), "phrasing"), typed)
    assert answer.context["form"].errors[field][0].startswith(complaint)
    assert typed["phrasing"] in text_of(answer)
    assert Phrasing.objects.count() == before


def test_where_a_review_is_needed_the_phrasing_waits(client: Client, editor: User, settings: Any) -> None:
    settings.DIRECT_PUBLISHING = False
    answer = client.post(page(make_question(), "phrasing"), {"phrasing": "铁疙瘩", "ref": "credits-05"}, follow=True)
    assert [words[:6] for words in said(answer)] == ["已提交审核。"]
    assert not Phrasing.objects.filter(text="铁疙瘩").exists()
    assert Revision.objects.get(state=Revision.State.WAITING).content["phrasings"][-1] == "铁疙瘩"


# --- rights ------------------------------------------------------------------------------------------------------


def test_staff_who_answer_but_write_no_entries_are_kept_out(content: None) -> None:
    school = make_organization()
    staff = make_member("staff", school)
    question = make_question(office=school.path)
    new = Content(question="一", answer="二", category="upgrade-study")
    assert [signed_in(staff).get(page(question, end)).status_code for end in ("entry", "phrasing")] == [403, 403]
    with pytest.raises(PermissionDenied):
        publishing.make_entry(question, new, staff)
    with pytest.raises(PermissionDenied):
        publishing.add_phrasing(question, "credits-05", "铁疙瘩", staff)


def test_a_question_of_an_office_is_not_there_for_editors(client: Client, editor: User) -> None:
    question = make_question(office=make_organization().path)
    assert [client.get(page(question, end)).status_code for end in ("entry", "phrasing")] == [404, 404]
    with pytest.raises(PermissionDenied):
        publishing.add_phrasing(question, "credits-05", "铁疙瘩", editor)


def test_an_editor_who_works_elsewhere_than_the_admin_reads_the_draft(content: None) -> None:
    plain = make_editor("plain")
    User.objects.filter(pk=plain.pk).update(is_staff=False)
    question = answered(plain)
    answer = signed_in(plain).post(page(question, "entry"), payload(), follow=True)
    assert (answer.status_code, "铁疙瘩在哪里" in text_of(answer)) == (200, True)


def test_who_may_change_but_not_add_makes_nothing(content: None) -> None:
    changer = User.objects.create_user("changer")
    changer.user_permissions.set(Permission.objects.filter(codename__in=("change_entry", "answer_question")))
    assert signed_in(changer).get(page(make_question(), "entry")).status_code == 403


# --- at the same moment ------------------------------------------------------------------------------------------


@NOT_ON_SQLITE
@pytest.mark.django_db(transaction=True)
def test_presses_at_once_make_one_entry_and_one_phrasing(content: None) -> None:
    by = User.objects.create_superuser("root")
    question, new = answered(by), Content(question="一？", answer="<p>二</p>", category="upgrade-study")
    made = at_once(lambda: publishing.make_entry(question, new, by))
    assert (len(made.returned), len(set(made.returned)), made.refused + made.errors) == (AT_ONCE, 1, [])
    phrased = at_once(lambda: publishing.add_phrasing(question, "credits-05", "铁疙瘩", by))
    new_ones = sorted(one.new for one in phrased.returned)
    assert (new_ones, phrased.refused + phrased.errors) == ([False, False, True], [])
    kinds = [message.kind for message in question.messages.all()]
    assert kinds == ["answer", "published", "phrased"]
