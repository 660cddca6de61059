"""What is told of a person is deleted in time, and mail goes to whoever left an address."""

from __future__ import annotations

import datetime
from pathlib import Path
from smtplib import SMTPException, SMTPRecipientsRefused
from typing import Any

import pytest
from django.conf import settings
from django.core import mail as outbox
from django.core.management import call_command
from django.utils import timezone

from faq.asking import forgetting, mail, pictures, steps
from faq.models import Question, QuestionMessage, QuestionPicture
from tests.cast import make_editor
from tests.faq.asking.asking import asked, picture_file, said_of

pytestmark = pytest.mark.django_db


def days_ago(days: float) -> datetime.datetime:
    return timezone.now() - datetime.timedelta(days=days)


@pytest.fixture(autouse=True)
def media(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "MEDIA_ROOT", tmp_path)
    return tmp_path


def closed(days: float) -> Question:
    """A question with a picture that was closed so many days ago."""
    key = f"key-{days}"
    pictures.keep([picture_file()], key, "192.0.2.7")
    question = asked(form_key=key, name="张三", school="桃源一小", contact="13800000000")
    steps.solved(question)
    Question.objects.filter(pk=question.pk).update(closed_at=days_ago(days))
    return question


def test_personal_data_goes_after_its_days(media: Path) -> None:
    old, recent = closed(181), closed(179)
    assert forgetting.forget_due() == 1
    assert forgetting.forget_due() == 0
    old.refresh_from_db()
    recent.refresh_from_db()
    assert (old.name, old.school, old.contact, old.pictures.count()) == ("", "", "", 0)
    assert (recent.name, recent.pictures.count()) == ("张三", 1)
    assert old.text
    assert said_of(old)[-1][0] == "forgotten"
    assert len(list((media / "questions").iterdir())) == 1


def test_an_answered_question_closes_when_nobody_says_more() -> None:
    question, spoken_of = asked(), asked()
    for one in (question, spoken_of):
        steps.answer(one, "这样办。", make_editor(f"editor-{one.pk}"))
        QuestionMessage.objects.filter(question=one).update(at=days_ago(15))
        Question.objects.filter(pk=one.pk).update(first_answered_at=days_ago(15))
    steps.note(spoken_of, "再看看", make_editor("third"))
    assert forgetting.close_settled() == 1
    question.refresh_from_db()
    spoken_of.refresh_from_db()
    assert question.is_closed
    assert said_of(question)[-1][1].startswith("答复以后没有再补充")
    assert spoken_of.state == Question.State.ANSWERED


def test_pictures_never_sent_are_swept(media: Path) -> None:
    pictures.keep([picture_file()], "old", "192.0.2.7")
    QuestionPicture.objects.update(stored_at=days_ago(2))
    pictures.keep([picture_file()], "new", "192.0.2.7")
    pictures.sweep()
    assert QuestionPicture.objects.get().form_key == "new"
    assert len(list((media / "questions").iterdir())) == 1


def test_the_command_does_all_of_it(capsys: Any) -> None:
    closed(200)
    call_command("forget_questions")
    assert "删除了 1 个提问里的个人信息" in capsys.readouterr().out


# --- mail ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def with_mail(settings: Any) -> None:
    settings.MAIL = True


def answered(contact: str) -> Question:
    question = asked(contact=contact, origin="https://portal.example.invalid")
    steps.answer(question, "这样办。", make_editor(f"editor-{question.pk}"))
    question.refresh_from_db()
    return question


@pytest.mark.parametrize("contact", ["teacher@example.invalid", "邮箱：teacher@example.invalid，微信同号"])
def test_an_answer_is_told_by_mail_once(with_mail: None, contact: str) -> None:
    question = answered(contact)
    assert mail.send_due() == 1
    assert mail.send_due() == 0
    (sent,) = outbox.outbox
    assert sent.to == ["teacher@example.invalid"]
    assert f"https://portal.example.invalid/ask/{question.token}/" in sent.body
    assert "这样办" not in sent.body


@pytest.mark.parametrize(
    "contact",
    [
        "邮箱:a.b@c.cn",
        "a.b@c.cn,13800000000",
        "a.b@c.cn/微信",
        "我的a.b@c.cn。",
        "（a.b@c.cn）",
        "ａ.b＠c.cn",
        "a.b@c.cn；d@e.cn",
    ],
)
def test_an_address_is_found_however_it_is_written_around(contact: str) -> None:
    assert mail.address_in(contact) == "a.b@c.cn"


@pytest.mark.parametrize(
    "error", [SMTPRecipientsRefused({"teacher@example.invalid": (550, b"no")}), UnicodeError("idna")]
)
def test_a_refused_mail_leaves_no_address_in_the_log(
    with_mail: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    def fail(*given: Any, **named: Any) -> None:
        raise error

    answered("teacher@example.invalid")
    monkeypatch.setattr(mail, "send_mail", fail)
    assert mail.send_due() == 0
    assert "the mail was not sent" in caplog.text
    assert "example.invalid" not in caplog.text


@pytest.mark.parametrize("contact", ["", "13800000000", "微信 a@b", "@c.cn", "a@长.cn"])
def test_without_an_address_no_mail_is_sent(with_mail: None, contact: str) -> None:
    answered(contact)
    assert mail.send_due() == 0
    assert outbox.outbox == []


def test_without_a_mail_server_nothing_waits_for_one() -> None:
    assert not answered("teacher@example.invalid").mail_due
    assert mail.send_due() == 0


def test_a_failing_mail_server_is_tried_a_few_times(with_mail: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*given: Any, **named: Any) -> None:
        raise SMTPException("451")

    answered("teacher@example.invalid")
    with monkeypatch.context() as patch:
        patch.setattr(mail, "send_mail", fail)
        for _ in range(3):
            assert mail.send_due() == 0
    assert mail.send_due() == 1
    answered("teacher@example.invalid")
    with monkeypatch.context() as patch:
        patch.setattr(mail, "send_mail", fail)
        for _ in range(10):
            mail.send_due()
    assert mail.send_due() == 0
