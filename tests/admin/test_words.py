"""Django's own sentences, which the admin shows beside ours, in the same plain words."""

from __future__ import annotations

import re
from pathlib import Path

import django
import polib
import pytest
from django.contrib.auth.models import User
from django.test import Client

from faq.models import Entry, SynonymGroup
from tests import words

SHIPPED = Path(django.__file__).parent
CATALOGS = [
    path
    for app in ("conf", "contrib/admin", "contrib/auth")
    for path in (SHIPPED / app / "locale" / "en" / "LC_MESSAGES").glob("*.po")
]
PLACEHOLDERS = re.compile(r"%\(\w+\)[sdr]|%[sd]|\{\w*\}|</?\w+>")
OURS = [entry for source in words.SOURCES for entry in polib.pofile(str(source))]


def translation(entry: polib.POEntry) -> str:
    return entry.msgstr_plural[0] if entry.msgid_plural else entry.msgstr


@pytest.mark.parametrize("source", words.SOURCES, ids=lambda source: source.name)
def test_the_compiled_sentences_are_current(source: Path) -> None:
    assert source.with_suffix(".mo").read_bytes() == words.compiled(source), "run make words"


def test_each_replaces_a_sentence_of_django() -> None:
    shipped = {(entry.msgctxt, entry.msgid) for path in CATALOGS for entry in polib.pofile(str(path))}
    assert [entry.msgid for entry in OURS if (entry.msgctxt, entry.msgid) not in shipped] == []


def placeholders(text: str) -> set[str]:
    return set(PLACEHOLDERS.findall(text))


def test_a_sentence_names_nothing_unknown() -> None:
    unknown = [
        entry.msgid
        for entry in OURS
        if placeholders(translation(entry)) - placeholders(f"{entry.msgid} {entry.msgid_plural}")
    ]
    assert unknown == []


def text(client: Client, path: str) -> str:
    return re.sub(r"<[^>]+>", "", client.get(path).content.decode())


def test_the_list_is_called_a_list(client: Client, editor: User) -> None:
    listed = text(client, "/admin/faq/entry/")
    assert "问答列表" in listed
    assert "新增问答" in listed
    assert "已选 0 条，共 50 条" in listed
    assert "按状态" in listed
    assert f"{Entry.objects.count()} 条问答" in listed


@pytest.mark.parametrize(
    ("path", "counted"),
    [
        ("faq/entry/?q=upgrade-05", "找到 1 条"),
        ("faq/entry/?q=upgrade-05", "1 条问答"),
        ("faq/feedback/", "0 条意见"),
        ("faq/synonymgroup/?q=没有这个词", "0 组同义词"),
        ("auth/user/?q=root", "1 个账号"),
        ("auth/group/?q=没有这个组", "0 个组"),
        ("credits/teacher/", "0 位教师"),
    ],
)
def test_a_number_has_its_measure_word(client: Client, content: None, path: str, counted: str) -> None:
    client.force_login(User.objects.create_superuser("root"))
    assert counted in text(client, f"/admin/{path}")


def test_deleting_says_whether_it_is_final(client: Client, editor: User) -> None:
    entry, group = Entry.objects.get(ref="credits-05"), SynonymGroup.objects.all()[0]
    assert "30 天内可以从回收站取回" in text(client, f"/admin/faq/entry/{entry.pk}/delete/")
    assert "删除后不能恢复" in text(client, f"/admin/faq/synonymgroup/{group.pk}/delete/")


def test_a_wrong_address_name_is_explained(client: Client, editor: User) -> None:
    typed = {"slug": "登 录", "name": "登录", "position": "1"}
    answer = client.post("/admin/faq/category/add/", typed).content.decode()
    assert "只能用英文字母、数字和短横线。" in answer


def test_scripts_speak_the_same_words(client: Client, editor: User) -> None:
    catalog = client.get("/admin/jsi18n/").content.decode()
    assert "\\u5df2\\u9009 %(sel)s" in catalog or "已选 %(sel)s" in catalog
