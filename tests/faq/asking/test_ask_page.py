"""Asking: the nearest entries first, nothing typed lost, nothing doubled, nothing that only programs send."""

from __future__ import annotations

from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from faq import search
from faq.asking import pictures, steps
from faq.models import Feedback, Question, QuestionPicture
from tests.cast import Place, signed_in
from tests.faq.asking.asking import UNHEARD_OF, form_key_of_before, picture_file, send

pytestmark = pytest.mark.django_db


def page(answer: Any) -> str:
    return unescape(answer.content.decode())


def only() -> Question:
    return Question.objects.get()


def test_a_question_is_sent_and_followed(client: Client) -> None:
    answer = send(client, school="桃源一小", name="张三", contact="13800000000")
    question = only()
    assert (answer.status_code, answer["Location"]) == (303, f"/ask/{question.token}/?sent=1")
    assert (question.text, question.school, question.name) == (UNHEARD_OF, "桃源一小", "张三")
    assert (question.contact, question.state, question.asker) == ("13800000000", "received", None)
    followed = page(client.get(answer["Location"]))
    assert "已经收到您的问题" in followed
    assert question.spaced_code in followed


def test_the_nearest_entries_come_first(client: Client, content: None) -> None:
    answer = send(client, text="密码不对", school="桃源一小")
    assert answer.status_code == 200
    assert "先看看，这几条是不是您要的答案？" in page(answer)
    assert "您写的还在下面，还没有提交。" in page(answer)
    assert 'value="桃源一小"' in page(answer)
    assert not Question.objects.exists()
    assert send(client, text="密码不对", send="1").status_code == 303
    assert only().text == "密码不对"


def test_entries_seen_while_typing_are_not_shown_again(client: Client, content: None) -> None:
    assert send(client, text="密码不对", looked=" 密码不对\r\n").status_code == 303
    assert send(client, text="密码不对", looked="密码").status_code == 200


def test_an_entry_that_helped_is_counted_but_not_at_home(client: Client, content: None) -> None:
    answer = send(client, "/ask/helped/upgrade-01/")
    assert (answer.status_code, answer["Location"]) == (303, "/faq/upgrade-01/?solved=1")
    assert Feedback.objects.values_list("entry__ref", "helpful", "counts").get() == ("upgrade-01", True, False)
    assert "很高兴帮到您" in page(client.get(answer["Location"]))
    assert not Question.objects.exists()


def test_words_come_along_from_a_search(client: Client, content: None) -> None:
    assert "/ask/?q=食堂菜单" in page(client.get("/search/", {"q": "食堂菜单"})).replace(
        "%E9%A3%9F%E5%A0%82%E8%8F%9C%E5%8D%95", "食堂菜单"
    )
    assert ">\n食堂菜单</textarea>" in page(client.get("/ask/", {"q": "食堂菜单"}))


def test_the_entry_that_did_not_help_comes_along(client: Client, content: None) -> None:
    assert "您刚才看的是" in page(client.get("/ask/", {"from": "upgrade-01"}))
    send(client, entry="upgrade-01")
    assert only().entry is not None
    assert "您刚才看的是" not in page(client.get("/ask/", {"from": "no-such\x00entry"}))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"text": ""}, "请用文字写清楚您想问什么。"),
        ({"text": "😀😀😀"}, "请用文字写清楚您想问什么。"),
        ({"text": "\u202e\u200b"}, "请用文字写清楚您想问什么。"),
        ({"text": "\u3164\uffa0 \U000e0041"}, "请用文字写清楚您想问什么。"),  # letters that are blank
        ({"text": "问" * 2001}, "最多 2,000 个字，现在有 2,001 个。"),
        ({"text": "看 http://a.cn http://b.cn www.c.cn https://d.cn"}, "里面的网址太多了"),
        ({"text": "怎么\x00办"}, "里面有保存不了的字符"),
        ({"school": "校" * 101}, "最多 100 个字，现在有 101 个。"),
        ({"name": "名" * 51}, "最多 50 个字，现在有 51 个。"),
        ({"website": "http://spam.example"}, "请把它清空再提交"),
        ({"form_key": ""}, "提交得太快了"),
        ({"form_key": "forged:1abc:xyz"}, "提交得太快了"),
    ],
)
def test_what_cannot_be_taken_is_told_and_stays(client: Client, fields: dict[str, str], sentence: str) -> None:
    sent = {"text": UNHEARD_OF, "contact": "微信 abc"} | fields
    answer = send(client, **sent)
    assert answer.status_code == 400
    assert sentence in page(answer)
    assert sent["text"].replace("\x00", "\ufffd") in page(answer)
    assert 'value="微信 abc"' in page(answer)
    assert not Question.objects.exists()


def test_a_form_sent_at_once_has_to_be_sent_again(client: Client) -> None:
    key = form_key_of_before(-60)  # never old enough, however slow the machine is
    answer = page(send(client, form_key=key))
    assert "还没有提交。您写的都还在。" in answer
    assert "提交得太快了，请再按一次。" in answer
    assert send(client, form_key=form_key_of_before(4)).status_code == 303


def test_a_million_characters_come_back_to_be_shortened(client: Client) -> None:
    answer = send(client, text="问" * 1_000_000)
    assert answer.status_code == 400
    assert "现在有 1,000,000 个" in page(answer)


def test_marks_that_hide_words_are_left_out(client: Client) -> None:
    send(client, text="怎么\u202e办\r\n\r\n\r\n\r\n<script>alert(1)</script>  ")
    assert only().text == "怎么办\n\n<script>alert(1)</script>"
    assert "<script>alert" not in client.get(f"/ask/{only().token}/").content.decode()


def test_a_form_sent_twice_is_one_question(client: Client) -> None:
    key = form_key_of_before()
    first, second = send(client, form_key=key), send(client, form_key=key)
    assert first["Location"] == second["Location"]
    assert Question.objects.count() == 1


def test_what_is_added_before_sending_again_is_not_lost(client: Client) -> None:
    key = form_key_of_before()
    send(client, form_key=key)
    send(client, form_key=key, name="张三", contact="13800000000")
    assert (only().name, only().contact) == ("张三", "13800000000")
    send(client, form_key=key)
    assert only().name == "张三"


def test_a_school_named_later_gets_it_unless_somebody_has_begun(client: Client) -> None:
    place, key = Place(), form_key_of_before()
    send(client, form_key=key)
    send(client, form_key=key, school=place.school.name)
    assert only().office == place.school.path
    steps.take(only(), place.superuser)
    send(client, form_key=key, school=place.other.name)
    assert (only().school, only().office) == (place.other.name, place.school.path)


def test_a_form_sent_again_after_its_time_tells_nothing_of_anybody(client: Client) -> None:
    key = form_key_of_before()
    send(client, form_key=key)
    Question.objects.update(forgotten_at=timezone.now())
    send(client, form_key=key, name="张三")
    assert only().name == ""


def test_another_question_from_the_same_page_is_not_lost(client: Client) -> None:
    key = form_key_of_before()
    send(client, form_key=key)
    send(client, form_key=key, text="量子望远镜坏了找谁")
    assert set(Question.objects.values_list("text", flat=True)) == {UNHEARD_OF, "量子望远镜坏了找谁"}


def test_a_form_of_another_site_is_refused_with_its_words(client: Client) -> None:
    fields = {"text": "怎么看学分？有人吗", "form_key": form_key_of_before()}
    answer = client.post("/ask/", fields, headers={"Origin": "http://evil.example"})
    assert answer.status_code == 403
    assert fields["form_key"] not in answer.content.decode()
    assert "怎么看学分？有人吗" in page(answer)
    assert not Question.objects.exists()


# --- where it goes -------------------------------------------------------------------------------------------------


def test_it_goes_to_the_school_that_was_named(client: Client) -> None:
    place = Place()
    send(client, school=place.school.name)
    assert only().office == place.school.path
    send(client, text="另一个问题", school="不认识的学校")
    assert Question.objects.get(text="另一个问题").office == ""


def test_a_school_without_workers_leaves_it_to_those_above(client: Client) -> None:
    place = Place()
    place.school.memberships.all().delete()
    send(client, school=place.school.name)
    assert only().office == place.county.path


def test_the_home_page_leads_back_to_what_was_asked(client: Client) -> None:
    assert 'href="/ask/find/">看进度' in page(client.get("/"))
    assert 'href="/ask/mine/">我的提问' in page(signed_in(Place().herself).get("/"))


def test_a_signed_in_teacher_finds_it_again() -> None:
    place = Place()
    teacher = place.client("herself")
    assert f'value="{place.school.name}"' in page(teacher.get("/ask/"))
    send(teacher)
    assert only().office == place.school.path
    assert UNHEARD_OF in page(teacher.get("/ask/mine/"))
    assert UNHEARD_OF not in page(signed_in(place.staff).get("/ask/mine/"))


# --- pictures ------------------------------------------------------------------------------------------------------


@pytest.fixture
def media(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "MEDIA_ROOT", tmp_path)
    return tmp_path


def test_pictures_come_along_for_the_asker_alone(client: Client, media: Path) -> None:
    send(client, pictures=[picture_file(), picture_file("二.png")])
    question = only()
    names = list(question.pictures.values_list("name", flat=True))
    assert len(names) == 2
    answer = client.get(f"/ask/{question.token}/pictures/{names[0]}")
    assert answer.status_code == 200
    assert answer["Cache-Control"].startswith("private, no-store")
    assert client.get(f"/media/{names[0]}").status_code == 404
    assert client.get(f"/ask/{'x' * 22}/pictures/{names[0]}").status_code == 404


def test_pictures_stay_when_the_form_comes_back(client: Client, media: Path) -> None:
    key = form_key_of_before()
    answer = send(client, form_key=key, text="", pictures=[picture_file()])
    assert answer.status_code == 400
    assert "第 1 张已经放上" in page(answer)
    send(client, form_key=key)
    assert only().pictures.count() == 1


def test_a_kept_picture_is_taken_off_by_a_tick(client: Client, media: Path) -> None:
    key = form_key_of_before()
    send(client, form_key=key, text="", pictures=[picture_file()])
    name = QuestionPicture.objects.get().name
    send(client, form_key=key, drop=[name])
    assert only().pictures.count() == 0
    assert not (media / "questions" / name).exists()


@pytest.mark.parametrize("content", [b"no picture", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b""])
def test_what_is_no_picture_is_named_and_nothing_lost(client: Client, media: Path, content: bytes) -> None:
    file = SimpleUploadedFile("报表.png", content or b"\x00", "image/png")
    answer = send(client, pictures=[file, picture_file()])
    assert answer.status_code == 400
    assert "“报表.png”没有放上" in page(answer)
    assert "第 1 张已经放上" in page(answer)
    assert UNHEARD_OF in page(answer)


def test_more_than_three_pictures_are_told(client: Client, media: Path) -> None:
    answer = send(client, pictures=[picture_file(f"{number}.png") for number in range(4)])
    assert "最多放 3 张图片" in page(answer)
    assert QuestionPicture.objects.count() == 3


def test_a_form_sent_again_never_holds_more_than_three(client: Client, media: Path) -> None:
    key = form_key_of_before()
    for _ in range(2):
        send(client, form_key=key, pictures=[picture_file("一.png"), picture_file("二.png")])
    assert only().pictures.count() == 3


def test_no_more_files_are_looked_at_than_a_form_holds(client: Client, media: Path) -> None:
    answer = send(client, pictures=[SimpleUploadedFile(f"{number}.png", b"x") for number in range(90)])
    assert "最多放 3 张图片" in page(answer)
    assert page(answer).count("没有放上：") == 3


def test_a_network_cannot_fill_the_disk_in_a_day(
    client: Client, media: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.RATE_LIMITS = True
    monkeypatch.setattr(pictures, "MOST_A_DAY", 2)
    answer = send(client, pictures=[picture_file(f"{number}.png") for number in range(3)])
    assert "今天从您这个网络放的图片太多了" in page(answer)
    assert UNHEARD_OF in page(answer)
    assert QuestionPicture.objects.count() == 2


def test_what_is_being_typed_is_looked_up_and_remembered_nowhere(client: Client, content: None) -> None:
    answer = send(client, "/ask/look/", text="登录时密码不对 张三")
    assert [found["ref"] for found in answer.json()["answers"]]  # type: ignore[attr-defined]
    assert len(answer.json()["answers"]) <= 3  # type: ignore[attr-defined]
    index = search.own_replica.current()
    assert index is not None
    assert not [key for key in index.answers if "张三" in str(key)]
    assert client.post("/ask/look/", {"text": "密码"}, headers={"Origin": "http://evil.example"}).status_code == 403
