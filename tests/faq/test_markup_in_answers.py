"""Script in what editors write: clean when it is saved, and clean when it is shown."""

from __future__ import annotations

import re
import time

import pytest
from django.contrib.auth.models import User
from django.test import Client
from hypothesis import example, given
from hypothesis import strategies as st

from faq import html
from faq.models import Category, Document, Entry
from tests.cast import make_entry
from tests.markup import ANY_TEXT, SLOWEST, Markup, read

pytestmark = pytest.mark.django_db


XSS = [
    "<script>alert(1)</script>",
    "<p>好<script src=//evil.example/x.js></script></p>",
    "<img src=x onerror=alert(1)>",
    '<p onclick="alert(1)" style="background:url(javascript:alert(1))">点</p>',
    '<a href="javascript:alert(1)">点</a>',
    '<a href=" java\tscript:alert(1)">点</a>',
    '<a href="&#106;avascript&colon;alert(1)">点</a>',
    '<a href="data:text/html,<script>alert(1)</script>">点</a>',
    '<a href="vbscript:msgbox(1)">点</a>',
    '<a href="//evil.example" target="_blank" onmouseover=alert(1)>点</a>',
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    "<style>body{display:none}</style><link rel=stylesheet href=//evil.example>",
    "<iframe src=javascript:alert(1)></iframe><object data=x></object><embed src=x>",
    "<form action=//evil.example><input name=password><button formaction=javascript:alert(1)>x</button></form>",
    "<base href=//evil.example><meta http-equiv=refresh content=0;url=//evil.example>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "<div class='note answer' id=main>x</div><p id=verdict class=x>y</p>",
    "<!--><script>alert(1)</script-->",
    "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>",
    "&lt;img src=x onerror=alert(1)&gt;",
    "&amp;lt;script&amp;gt;",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<p>a\x00<scr\x00ipt>alert(1)</script>",
    "<table><tr><td background='javascript:alert(1)' colspan=2>x</td></tr></table>",
]
KNOWN_TAGS = {*html.TAGS, "tbody"}


def assert_harmless(markup: str) -> None:
    """Only the allow-list: its tags, its attributes, its schemes, `note` as the only class."""
    for tag, attributes in Markup(markup).elements:
        assert tag in KNOWN_TAGS, tag
        if attributes.get("class") == "table-scroll":  # our own box around each table
            continue
        assert set(attributes) <= html.ATTRIBUTES.get(tag, set()) | ({"rel"} if tag == "a" else set())
        assert attributes.get("class", "note") in ("note", "")
        scheme = re.match(r"\s*([a-z][a-z0-9+.-]*):", attributes.get("href", "").lower())
        assert not scheme or scheme[1] in ("http", "https", "mailto", "tel")


def save_in_admin(client: Client, answer: str, ref: str = "bounded") -> bool:
    """Saves an entry as an editor; returns False where the form refused the answer and says so at its field."""
    category = Category.objects.get(slug="upgrade-study").pk
    form = {
        "ref": ref,
        "question": "问",
        "answer": answer.replace("\x00", ""),
        "category": category,
    }
    response = client.post("/admin/faq/entry/add/", form)
    assert response.status_code == 302 or "answer" in response.context["adminform"].form.errors
    return response.status_code == 302


def shown_answer(client: Client, entry: Entry) -> str:
    body = client.get(entry.get_absolute_url()).content.decode()
    until_source = body.partition('<div class="answer">')[2].partition('<footer class="entry-source">')[0]
    return until_source.rstrip().removesuffix("</div>")


def test_script_saved_in_the_admin_is_cleaned(client: Client, content: None, editor: User) -> None:
    saved = [number for number, answer in enumerate(XSS) if save_in_admin(client, answer, ref=f"xss-{number}")]
    assert saved == list(range(len(XSS)))
    for entry in Entry.objects.filter(ref__startswith="xss-"):
        assert_harmless(entry.answer)
        assert_harmless(shown_answer(client, entry))


def test_script_past_the_model_is_cleaned_when_shown(client: Client, content: None) -> None:
    for number in range(len(XSS)):
        make_entry(ref=f"xss-{number}")
        Entry.objects.filter(ref=f"xss-{number}").update(answer=XSS[number].replace("\x00", ""))
    for entry in Entry.objects.filter(ref__startswith="xss-"):
        assert_harmless(shown_answer(client, entry))
        assert_harmless(client.get(f"/api/v1/entries/{entry.ref}/").json()["answer_html"])


def test_markup_written_as_text_stays_text(client: Client, content: None) -> None:
    entry = make_entry(answer="<p>&lt;script&gt;alert(1)&lt;/script&gt; &amp;lt;b&amp;gt;</p>")
    assert (
        shown_answer(client, entry) == entry.answer == "<p>&lt;script&gt;alert(1)&lt;/script&gt; &amp;lt;b&amp;gt;</p>"
    )
    assert entry.answer_text == "<script>alert(1)</script> &lt;b&gt;"


@pytest.mark.parametrize(
    "path", ["/faq/evil/", "/", "/faq/", "/faq/category/evil/", "/faq/evil-2/", "/search/?q=onerror"]
)
def test_markup_in_other_fields_is_text(client: Client, content: None, path: str) -> None:
    evil = '"><img src=x onerror=alert(1)><script>alert(1)</script>'
    category = Category.objects.create(slug="evil", name=evil[:40], description=evil, position=1)
    document = Document.objects.create(slug="evil", title=evil, year=2020)
    for number, ref in enumerate(("evil", "evil-2"), start=1):
        make_entry(ref=ref, question=evil, notice=evil, category=category, document=document, number=number)
    page = read(client, path, "script")
    assert not page.all("img")
    assert all("alert" not in text for text in page.texts["script"] if not text.startswith("{"))
    assert not any(name.startswith("on") for _, attributes in page.elements for name in attributes)


def test_a_quoted_answer_is_text(client: Client, content: None) -> None:
    make_entry(question="玄武岩", answer="<p>玄武岩&lt;script&gt;alert(1)&lt;/script&gt;</p>", ref="basalt")
    for path in ("/search/?q=玄武岩", "/faq/basalt/"):
        assert "<script>alert" not in client.get(path).content.decode()
    [hit] = client.get("/api/v1/search?q=玄武岩").json()["results"]
    assert "&lt;script&gt;" in hit["snippet"] and not Markup(hit["snippet"]).all("script")


PIECES = ["<p>", "</p>", "<p", "<div class=note>", "<div>", "</div>", "<br>", "<b>", "<em>", "</em>", "<a href='/x'>"]
PIECES += ["</a>", "<ol>", "<li>", "</ol>", "<table>", "<tr>", "<td>", "<caption>", "</table>", "<h3>", "<hr>", "<!--"]
PIECES += [
    "-->",
    "<script>",
    "</script>",
    "<style>",
    "<svg>",
    "<plain",
    "<order>",
    "<",
    ">",
    "&",
    "&lt;",
    "&#13;",
    "&#0;",
]
PIECES += ["\n", "\n\n", "\r", " ", "\t", "\u3000", "\x00", "学分", "a", "'", '"', "<math>", "<select>", "<template>"]


@example(["<plain", ">", "学分"])
@example(["<!--", "<p>", "-->", "学分"])
@example(["<script>", "</script>", " ", "<p>", "学分"])
@example(["<p>", "&#13;"])
@example(["<a href='/x'>", "<table>", "<a href='/x'>"])
@given(st.lists(st.sampled_from(PIECES) | ANY_TEXT, max_size=12))
def test_cleaning_again_changes_nothing(pieces: list[str]) -> None:
    cleaned = html.clean("".join(pieces))
    assert html.clean(cleaned) == cleaned
    assert_harmless(cleaned)


def depth(markup: str) -> int:
    deepest = level = 0
    for closing in re.findall(r"<(/?)(?!br)[a-z]", markup):
        level += -1 if closing else 1
        deepest = max(deepest, level)
    return deepest


@pytest.mark.parametrize("tags", ["<div>", "<DIV>", "<ol><li>", "<table><tr><td>"])
def test_endless_nesting_is_refused_or_cut(client: Client, content: None, editor: User, tags: str) -> None:
    began = time.process_time()
    if save_in_admin(client, (tags * 49_000)[:49_000]):
        deepest = depth(shown_answer(client, Entry.objects.get(ref="bounded")))
        assert deepest <= 100
    assert time.process_time() - began < SLOWEST


@pytest.mark.parametrize("answer", ["学" * 50_000, "&" * 40_000, "<a href=/x>" * 4_500, "学\n\n" * 16_000])
def test_what_was_saved_once_can_be_saved_again(client: Client, content: None, editor: User, answer: str) -> None:
    if save_in_admin(client, answer):
        saved_again = save_in_admin(client, Entry.objects.get(ref="bounded").answer, ref="again")
        assert saved_again


def test_too_long_an_answer_is_refused(client: Client, content: None, editor: User) -> None:
    assert not save_in_admin(client, "学" * 50_001)
