"""The public pages: what they show, whom they show drafts, and that nothing anybody sends breaks them."""

from __future__ import annotations

import json
import re
import time
from html.parser import HTMLParser
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from hypothesis import example, given
from hypothesis import strategies as st

from faq import html, search, structured_data
from faq.models import Category, Document, Entry
from helpdesk.management.commands.bootstrap import editors

pytestmark = pytest.mark.django_db

CHINESE = re.compile(r"[\u4e00-\u9fff]")
PAGES = {
    "/": "师训问答",
    "/faq/": "全部常见问题",
    "/faq/category/upgrade-login/": "登录问题",
    "/faq/upgrade-01/": "电脑端如何登录学习？",
    "/faq/credits-21/": "-",
    "/credits/check/": "查学分",
    "/credits/rules/": "学分规则",
    "/privacy/": "隐私说明",
}
NOT_FOR_CRAWLERS = {"/search/": "搜索", "/search/?q=学历冲抵": "搜索：学历冲抵", "/search/?q=今天星期几": "搜索"}
SLOWEST = 5.0  # seconds of computing, whatever else the machine does


class Markup(HTMLParser):
    """What a page holds: its elements, and the text of each that was asked for."""

    def __init__(self, markup: str, *texts_of: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: dict[str, list[str]] = {tag: [] for tag in texts_of}
        self._open = ""
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag in self.texts:
            self.texts[tag].append("")
            self._open = tag

    def handle_endtag(self, tag: str) -> None:
        self._open = "" if tag == self._open else self._open

    def handle_data(self, data: str) -> None:
        if self._open:
            self.texts[self._open][-1] += data

    def all(self, tag: str, **attributes: str) -> list[dict[str, str]]:
        return [found for name, found in self.elements if name == tag and attributes.items() <= found.items()]


def read(client: Client, path: str, *texts_of: str) -> Markup:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return Markup(answer.content.decode(), *texts_of)


def make_entry(**fields: Any) -> Entry:
    given = {"question": "新问题", "answer": "<p>新答案</p>", "status": "published"} | fields
    given.setdefault("category", Category.objects.get(slug="upgrade-study"))
    return Entry.objects.create(**given)


@pytest.fixture
def editor(client: Client) -> User:
    """Signed in with the rights of the editors' group and no others."""
    user = User.objects.create_user("editor", is_staff=True)
    user.groups.add(editors())
    client.force_login(user)
    return user


# --- what every page has ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("path", "title"), (PAGES | NOT_FOR_CRAWLERS).items())
def test_a_page_has_a_chinese_title_and_one_heading(client: Client, content: None, path: str, title: str) -> None:
    page = read(client, path, "title", "h1")
    assert title in page.texts["title"][0]
    assert [bool(CHINESE.search(text)) for text in page.texts["title"] + page.texts["h1"]] == [True, True]
    assert page.all("html", lang="zh-Hans")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_names_its_own_address(client: Client, content: None, path: str) -> None:
    page = read(client, f"{path}?utm_source=wechat")
    assert page.all("link", rel="canonical") == [{"rel": "canonical", "href": f"http://testserver{path}"}]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_describes_itself_to_crawlers(client: Client, content: None, path: str) -> None:
    page = read(client, path)
    [description] = page.all("meta", name="description")
    assert len(CHINESE.findall(description["content"])) > 10
    assert not page.all("meta", name="robots")


@pytest.mark.parametrize("path", NOT_FOR_CRAWLERS)
def test_search_results_are_not_for_crawlers(client: Client, content: None, path: str) -> None:
    assert read(client, path).all("meta", name="robots", content="noindex")


def test_descriptions_of_entries_are_their_own(client: Client, content: None) -> None:
    pages = [read(client, entry.get_absolute_url()) for entry in Entry.objects.all()[:10]]
    assert len({page.all("meta", name="description")[0]["content"] for page in pages}) == 10


@pytest.mark.parametrize("path", [*PAGES, *NOT_FOR_CRAWLERS, "/sitemap.xml", "/robots.txt", "/healthz", "/readyz"])
def test_head_answers_as_get_does(client: Client, content: None, path: str) -> None:
    get, head = client.get(path), client.head(path)
    assert (head.status_code, head["Content-Type"]) == (get.status_code, get["Content-Type"]) != 405


@pytest.mark.parametrize("path", [*PAGES, "/search/", "/robots.txt", "/healthz", "/readyz"])
def test_only_the_form_takes_posts(client: Client, content: None, path: str) -> None:
    if path == "/credits/check/":
        return
    for method in ("post", "put", "delete", "patch"):
        answer = getattr(client, method)(path)
        assert answer.status_code == 405
        assert set(answer["Allow"].split(", ")) == {"GET", "HEAD"}


# --- one entry -------------------------------------------------------------------------------------------------


def test_an_entry_leads_to_its_neighbours_in_the_category(client: Client, content: None) -> None:
    page = read(client, "/faq/upgrade-03/")
    assert [page.all("a", rel=rel)[0]["href"] for rel in ("prev", "next")] == ["/faq/upgrade-02/", "/faq/upgrade-04/"]


def test_the_first_and_the_last_of_a_category_have_one_neighbour(client: Client, content: None) -> None:
    refs = list(Entry.objects.in_order().filter(category__slug="upgrade-login").values_list("ref", flat=True))
    first, last = (read(client, f"/faq/{ref}/") for ref in (refs[0], refs[-1]))
    assert not first.all("a", rel="prev") and first.all("a", rel="next")
    assert last.all("a", rel="prev") and not last.all("a", rel="next")


@pytest.mark.parametrize("ref", ["upgrade-01", "upgrade-14", "credits-05", "credits-21"])
def test_an_entry_names_relatives_but_not_itself(client: Client, content: None, ref: str) -> None:
    body = client.get(f"/faq/{ref}/").content.decode()
    related = re.findall(r'href="(/faq/[a-z0-9-]+/)"', body.partition('id="related"')[2].partition("</section>")[0])
    assert 1 <= len(related) == len(set(related)) <= 5
    assert f"/faq/{ref}/" not in related


def test_an_entry_of_the_2021_document_says_where_it_is_from_and_how_old(client: Client, content: None) -> None:
    body = client.get("/faq/upgrade-05/").content.decode()
    assert "来源：《2021 年上提升工程学员咨询常见问题汇总》第 5 条" in body
    assert f"这份资料是 2021 年的，已有 {timezone.localdate().year - 2021} 年" in body


def test_a_document_without_a_year_is_given_no_age(client: Client, content: None) -> None:
    body = client.get("/faq/credits-05/").content.decode()
    assert "来源：《教师学分管理（系统）常见问题》第 5 条。" in body
    assert "年的，已有" not in body


def test_an_entry_of_this_year_is_not_called_old(client: Client, content: None) -> None:
    document = Document.objects.create(slug="new", title="新资料", year=timezone.localdate().year)
    entry = make_entry(document=document, number=1)
    assert "已有" not in client.get(entry.get_absolute_url()).content.decode()


def test_an_entry_without_a_document_names_no_source(client: Client, content: None) -> None:
    assert "来源：" not in client.get(make_entry().get_absolute_url()).content.decode()


def test_signing_in_elsewhere_is_told_from_signing_in_here(client: Client, content: None) -> None:
    body = client.get("/faq/upgrade-01/").content.decode()
    notice = body.index("以下是登录浙江的教师学习平台的方法，不是本站的账号。本站不会请您提供身份证号码")
    assert notice < body.index('class="answer"') < body.rindex("身份证后六位，即可登录学习")


def test_visitors_are_offered_nothing_to_edit(client: Client, content: None) -> None:
    assert "/admin/" not in client.get("/faq/upgrade-01/").content.decode()


def test_an_editor_is_one_click_from_editing(client: Client, content: None, editor: User) -> None:
    entry = Entry.objects.get(ref="upgrade-01")
    assert f"/admin/faq/entry/{entry.pk}/change/" in client.get("/faq/upgrade-01/").content.decode()


# --- drafts ----------------------------------------------------------------------------------------------------

SECRET = "玄武岩办法尚未公开"  # asked for by its first word, so that only a leak shows the others
PLACES = ["/", "/faq/", "/faq/category/upgrade-study/", "/faq/upgrade-08/", "/sitemap.xml", "/api/v1/entries/"]
PLACES += ["/api/v1/entries/upgrade-08/"]
PLACES += [f"{place}?q={query}" for place in ("/search/", "/api/v1/search") for query in ("玄武岩", "xuanwuyan", "xwy")]
PLACES += ["/api/v1/suggest?q=玄武岩", "/api/v1/suggest?q=玄", "/api/v1/suggest?q=xuanwu"]


@pytest.fixture
def draft(content: None) -> Entry:
    """A draft that is the first of its category, and another that is the only one: the places where it would show."""
    first = Entry.objects.in_order().filter(category__slug="upgrade-study")[0]
    fields = {"ref": "secret-draft", "question": SECRET, "answer": f"<p>{SECRET}</p>", "status": "draft"}
    draft = make_entry(**fields, document=first.document, number=0)
    hidden = Category.objects.create(slug="hidden", name="尚未公开的分类")
    make_entry(question=SECRET, ref="secret-draft-2", status="draft", category=hidden)
    return draft


@pytest.mark.parametrize("path", PLACES)
def test_a_visitor_finds_no_trace_of_a_draft(client: Client, draft: Entry, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    shown = str(answer.json()) if "json" in answer["Content-Type"] else answer.content.decode()
    assert "尚未公开" not in shown
    assert "secret-draft" not in shown
    assert "/faq/category/hidden/" not in shown


@pytest.mark.parametrize("path", ["/faq/secret-draft/", "/api/v1/entries/secret-draft/", "/faq/category/hidden/"])
def test_a_draft_looks_like_an_entry_that_does_not_exist(client: Client, draft: Entry, path: str) -> None:
    answer = client.get(path)
    absent = client.get(re.sub("secret-draft|hidden", "nothing-there", path))
    assert (answer.status_code, answer.content) == (404, absent.content)


def test_a_signed_in_teacher_sees_no_more_than_a_visitor(client: Client, draft: Entry) -> None:
    client.force_login(User.objects.create_user("teacher"))
    assert client.get("/faq/secret-draft/").status_code == 404
    assert SECRET not in client.get("/faq/").content.decode()


def test_counts_leave_drafts_out(client: Client, draft: Entry) -> None:
    count = Entry.objects.filter(category__slug="upgrade-study", status="published").count()
    for path in ("/", "/faq/"):
        body = client.get(path).content.decode()
        near = body[body.index("/faq/category/upgrade-study/") :]
        assert re.search(r"(\d+) 条", near)[1] == str(count)  # type: ignore[index]


@pytest.mark.parametrize("path", ["/", "/faq/", "/faq/category/upgrade-study/"])
def test_an_editor_sees_the_draft_with_its_badge(client: Client, draft: Entry, editor: User, path: str) -> None:
    body = client.get(path).content.decode()
    assert re.search(rf'{SECRET}</a> <span class="tag tag-draft">草稿</span>', body)


def test_an_editor_reads_the_draft_itself(client: Client, draft: Entry, editor: User) -> None:
    page = client.get("/faq/secret-draft/").content.decode()
    assert "这一条是<strong>草稿</strong>" in page
    assert '<meta name="robots" content="noindex">' in page
    assert "application/ld+json" not in page


@pytest.mark.parametrize("path", [path for path in PLACES if path.startswith(("/api", "/sitemap", "/search"))])
def test_what_is_public_by_nature_hides_drafts_from_editors_too(
    client: Client, draft: Entry, editor: User, path: str
) -> None:
    test_a_visitor_finds_no_trace_of_a_draft(client, draft, path)


def test_unpublishing_takes_an_entry_away_everywhere_at_once(client: Client, content: None) -> None:
    entry = Entry.objects.get(ref="credits-05")
    client.get("/search/?q=学历冲抵")
    entry.status = "draft"
    entry.save()
    for path in ("/", "/faq/", "/search/?q=学历冲抵", "/sitemap.xml", "/api/v1/search?q=学历冲抵", "/credits/rules/"):
        assert "/faq/credits-05/" not in client.get(path).content.decode()
    assert client.get("/faq/credits-05/").status_code == 404


# --- for search engines ----------------------------------------------------------------------------------------


def data_of(page: Markup) -> dict[str, Any]:
    blocks = [text for text in page.texts["script"] if text.strip()]
    assert len(blocks) == 1
    return json.loads(blocks[0])


def test_structured_data_says_what_the_page_says(client: Client, content: None) -> None:
    data = data_of(read(client, "/faq/credits-05/", "script"))
    entry = Entry.objects.get(ref="credits-05")
    assert (data["@type"], data["inLanguage"]) == ("FAQPage", "zh-CN")
    [question] = data["mainEntity"]
    assert (question["name"], question["acceptedAnswer"]["text"]) == (entry.question, entry.answer)


@pytest.mark.parametrize(
    "question", ["a</script><script>alert(1)</script>", "<!--<script>", "\u2028\u2029'\"\\", "&lt;/script&gt;"]
)
def test_nothing_breaks_out_of_the_structured_data(client: Client, content: None, question: str) -> None:
    page = read(client, make_entry(question=question, answer="<p>&lt;/script&gt;</p>").get_absolute_url(), "script")
    assert data_of(page)["mainEntity"][0]["name"] == question
    assert [attributes for attributes in page.all("script") if "src" not in attributes] == [
        {"type": "application/ld+json"}
    ]


#: As st.text(), which first tries how UTF-8 writes each of a million characters.
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(ANY_TEXT)
def test_structured_data_of_any_text_is_json_without_markup(text: str) -> None:
    block = structured_data.faq_page([Entry(question=text, answer=text)])
    assert json.loads(block)["mainEntity"][0]["name"] == text
    assert not set(block) & set("<>&")


def test_the_sitemap_names_every_page_once(client: Client, content: None) -> None:
    addresses = re.findall("<loc>http://testserver(.*?)</loc>", client.get("/sitemap.xml").content.decode())
    expected = {entry.get_absolute_url() for entry in Entry.objects.all()}
    expected |= {category.get_absolute_url() for category in Category.objects.all()}
    assert sorted(addresses) == sorted(expected | {"/", "/faq/", "/credits/check/", "/credits/rules/"})
    assert {client.get(address).status_code for address in addresses} == {200}


def test_robots_leads_to_the_sitemap_and_away_from_the_admin(client: Client) -> None:
    answer = client.get("/robots.txt")
    assert answer["Content-Type"].startswith("text/plain")
    lines = answer.content.decode().splitlines()
    assert {"User-agent: *", "Disallow: /admin/", "Sitemap: http://testserver/sitemap.xml"} <= set(lines)


# --- whatever is sent ------------------------------------------------------------------------------------------

NO_SUCH_ADDRESS = [
    "/faq/none/",
    "/faq/%00/",
    "/faq/99999999999999999999/",
    "/faq/../admin/",
    "/faq/..%2f..%2fetc%2fpasswd/",
    "/faq/%2e%2e/",
    "/faq/" + "a" * 5000 + "/",
    "/faq/学分/",
    "/faq/%ff%fe/",
    "/faq/%ed%a0%80/",
    "/faq/category/",
    "/faq/category/none/",
    "/faq/category/%00/",
    "/faq/category/99999999999999999999/",
    "/faq/category/../../admin/",
    "/faq/upgrade-01/more/",
    "/%00",
    "/../../etc/passwd",
    "/.git/config",
    "/static/../helpdesk/settings.py",
    "/static/%2e%2e/helpdesk/settings.py",
    "/static/css/site.css%00",
    "/sitemap.xml?p=2",
    "/sitemap.xml?p=abc",
    "/sitemap.xml?p=99999999999999999999",
    "/sitemap.xml?p=%00",
]


@pytest.mark.parametrize("path", NO_SUCH_ADDRESS)
def test_an_address_that_does_not_exist_is_not_found(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "没有找到这一页" in answer.content.decode()


def test_an_address_that_is_nearly_an_entry_is_not_found(client: Client, content: None) -> None:
    near = [
        "upgrade-01%00",
        "UPGRADE-01",
        "%20upgrade-01",
        "upgrade-01%0a",
        "upgrade-1",
        "upgrade－01",
        "upgrade-01/more",
    ]
    assert {ref: client.get(f"/faq/{ref}/").status_code for ref in near} == dict.fromkeys(near, 404)
    assert {client.get(f"/api/v1/entries/{ref}/").status_code for ref in near} == {404}


HOSTILE = {
    "nothing": "",
    "space": "%20%09%0a%E3%80%80",
    "full-width": "２６学分！＂＃＄",
    "zero-width": "学\u200b分\u200d\ufeff",
    "right-to-left": "\u202e分学\u202c",
    "traditional": "學分沖抵",
    "emoji": "👨‍👩‍👧‍👦🇨🇳",
    "nul": "学分%00冲抵",
    "half a surrogate": "%ED%A0%80%ED%BF%BF",
    "not utf-8": "%FF%FE%C0%AF",
    "star": "*",
    "stars": "*" * 100,
    "question marks": "?" * 30,
    "open or": "a OR",
    "nots": "NOT " * 1000,
    "quote": '"',
    "open range": "[a TO",
    "brackets": "(" * 5000,
    "infinity": "学分%5E1e309",
    "fuzzy": "学分~2",
    "sql": "' OR 1=1; DROP TABLE faq_entry; --",
    "like": "%25_%25_\\",
    "template": "{{ settings.SECRET_KEY }}{% include 'x' %}${7*7}",
    "path": "../../../etc/passwd",
    "regex": "(a+)+$" * 16,
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "entities": "&lt;script&gt;",
    "combining": "e" + "\u0301" * 5000,
    "ligatures": "ﷺ" * 100,
    "numerals": "一" * 100 + "学分",
    "every plane": "\U0001f9ff\U0002ffff\U000e0001\U0010ffff",
    "rare characters": "𠮷𡃁𪚥" * 30,
    "a million characters": "学分" * 500_000,
    "a million brackets": "(" * 1_000_000,
}


def escaped(query: str) -> str:
    return query.translate({ord(char): f"%{ord(char):02X}" for char in "&#+ "})


@pytest.mark.parametrize("address", ["/search/", "/api/v1/search", "/api/v1/suggest"])
def test_no_query_breaks_or_slows_a_search(client: Client, content: None, address: str) -> None:
    client.get(f"{address}?q=a")
    status, seconds = {}, {}
    for name, query in HOSTILE.items():
        began = time.process_time()
        status[name] = client.get(f"{address}?q={escaped(query)}").status_code
        seconds[name] = time.process_time() - began
    assert {name: code for name, code in status.items() if code not in (200, 400, 414)} == {}
    assert {name: taken for name, taken in seconds.items() if taken > SLOWEST} == {}


@pytest.mark.parametrize(
    "query", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>学分', "{{ 7|add:7 }}学分"]
)
def test_a_query_is_shown_as_it_was_typed_and_nothing_more(client: Client, content: None, query: str) -> None:
    page = read(client, f"/search/?q={escaped(query)}", "script")
    assert [field["value"] for field in page.all("input", name="q")] == [query]
    assert not page.all("img") and not any("alert" in text for text in page.texts["script"])
    assert client.get(f"/api/v1/search?q={escaped(query)}").json()["query"] == query


PAGE_NUMBERS = ["-1", "0", "１", "1e9", "abc", "", "%00", "1.5", "9" * 20, "9" * 5000, "²", "٣", "1&page=2", "last"]


def test_an_odd_page_number_leads_to_some_page(client: Client, content: None) -> None:
    for number in PAGE_NUMBERS:
        answer = client.get(f"/search/?q=学分&page={number}")
        assert (answer.status_code, b'class="result"' in answer.content) == (200, True), number


def test_results_are_shown_ten_a_page(client: Client, content: None) -> None:
    for number in range(15):
        make_entry(question=f"玄武岩问题第{number}个")
    pages = [client.get(f"/search/?q=玄武岩问题&page={page}").content.decode() for page in (1, 2)]
    assert [body.count('class="result"') for body in pages] == [10, 5]
    assert 'rel="next"' in pages[0] and 'rel="prev"' in pages[1]
    assert '<ol class="results" start="11">' in pages[1]


def test_a_long_query_is_cut_and_the_page_says_so(client: Client, content: None) -> None:
    body = client.get(f"/search/?q={'学历冲抵' * 40}").content.decode()
    assert "只用了前 100 个字来找" in body
    assert "学历冲抵" * 26 not in body


@pytest.mark.parametrize("path", PAGES)
def test_parameters_nobody_asked_for_are_ignored(client: Client, content: None, path: str) -> None:
    for extra in ("?%00=%00", "?page=abc", "?=&&=", "?a[]=1&a[b]=2", "?__proto__=1", f"?{'a' * 10_000}"):
        assert client.get(path + extra).status_code == 200
    assert client.get(path + "?" + "a=1&" * 5000).status_code in (200, 400)


# --- script in what editors write ----------------------------------------------------------------------------

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
    """Whether an editor's `answer` was taken; where it was not, the form says why."""
    category = Category.objects.get(slug="upgrade-study").pk
    form = {
        "ref": ref,
        "question": "问",
        "answer": answer.replace("\x00", ""),
        "status": "published",
        "category": category,
    }
    response = client.post("/admin/faq/entry/add/", form)
    assert response.status_code == 302 or "answer" in response.context["adminform"].form.errors
    return response.status_code == 302


def shown_answer(client: Client, entry: Entry) -> str:
    body = client.get(entry.get_absolute_url()).content.decode()
    return body.partition('<div class="answer">')[2].partition('</div>\n  <footer class="entry-source">')[0]


def test_script_saved_in_the_admin_is_clean_when_saved_and_when_shown(
    client: Client, content: None, editor: User
) -> None:
    saved = [number for number, answer in enumerate(XSS) if save_in_admin(client, answer, ref=f"xss-{number}")]
    assert saved == list(range(len(XSS)))
    for entry in Entry.objects.filter(ref__startswith="xss-"):
        assert_harmless(entry.answer)
        assert_harmless(shown_answer(client, entry))


def test_script_that_went_past_the_model_is_clean_when_shown(client: Client, content: None) -> None:
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
def test_markup_in_any_other_field_is_shown_as_text(client: Client, content: None, path: str) -> None:
    evil = '"><img src=x onerror=alert(1)><script>alert(1)</script>'
    category = Category.objects.create(slug="evil", name=evil[:40], description=evil, position=1)
    document = Document.objects.create(slug="evil", title=evil, year=2020)
    for number, ref in enumerate(("evil", "evil-2"), start=1):
        make_entry(ref=ref, question=evil, notice=evil, category=category, document=document, number=number)
    page = read(client, path, "script")
    assert not page.all("img")
    assert all("alert" not in text for text in page.texts["script"] if not text.startswith("{"))
    assert not any(name.startswith("on") for _, attributes in page.elements for name in attributes)


def test_an_answer_quoted_in_results_and_descriptions_is_text(client: Client, content: None) -> None:
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
def test_an_answer_nested_without_end_is_refused_or_cut(client: Client, content: None, editor: User, tags: str) -> None:
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


def test_too_long_an_answer_is_refused_at_its_field(client: Client, content: None, editor: User) -> None:
    assert not save_in_admin(client, "学" * 50_001)


# --- pages about errors --------------------------------------------------------------------------------------


def assert_ours(body: str, heading: str) -> None:
    page = Markup(body, "title", "h1")
    assert page.texts["h1"] == [heading]
    assert page.all("a", href="/") and page.all("meta", name="robots", content="noindex")
    assert "Traceback" not in body and "Django" not in body


def test_bad_requests_get_our_page(client: Client) -> None:
    answer = client.get("/", HTTP_HOST="evil.example")
    assert answer.status_code == 400
    assert_ours(answer.content.decode(), "这一页打不开")


def test_forbidden_pages_are_ours(client: Client, content: None, editor: User) -> None:
    answer = client.get("/admin/auth/user/")
    assert answer.status_code == 403
    assert_ours(answer.content.decode(), "您没有权限看这一页")


def test_a_lost_csrf_token_keeps_what_was_typed(content: None) -> None:
    answer = Client(enforce_csrf_checks=True).post("/credits/check/", {"project": "县培 <7>"})
    assert answer.status_code == 403
    assert_ours(answer.content.decode(), "刚才没有提交成功")
    assert '<input type="hidden" name="project" value="县培 &lt;7&gt;">' in answer.content.decode()


def test_sending_it_again_from_that_page_succeeds(content: None) -> None:
    visitor = Client(enforce_csrf_checks=True)
    page = Markup(visitor.post("/credits/check/", {"cycle": "2018", "csrfmiddlewaretoken": "old"}).content.decode())
    again = {field["name"]: field["value"] for field in page.all("input", type="hidden")}
    answer = visitor.post("/credits/check/", again)
    assert answer.status_code == 200
    assert "查学分" in answer.content.decode()


def test_a_page_that_is_not_there_offers_the_search(client: Client) -> None:
    answer = client.get("/no-such-page/")
    assert answer.status_code == 404
    assert_ours(answer.content.decode(), "没有找到这一页")
    assert Markup(answer.content.decode()).all("form", action="/search/")


def test_too_large_a_form_is_told_so(client: Client, settings: Any, content: None) -> None:
    answer = client.post("/credits/check/", {"project": "a" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)})
    multipart = client.post("/credits/check/", "a=" + "b" * 5_000_000, "application/x-www-form-urlencoded")
    for each in (answer, multipart):
        assert each.status_code == 413
        assert_ours(each.content.decode(), "提交的内容太大")


def test_too_many_fields_are_a_bad_request(client: Client, content: None) -> None:
    answer = client.post("/credits/check/", "a=b&" * 4000, "application/x-www-form-urlencoded")
    assert answer.status_code == 400
    assert_ours(answer.content.decode(), "这一页打不开")


@pytest.mark.parametrize(
    ("error", "status", "heading"),
    [(RuntimeError("秘密"), 500, "系统出了点问题"), (OperationalError("秘密"), 503, "系统正忙，请稍后再试")],
)
def test_failures_get_our_page_and_tell_no_secret(
    content: None, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, heading: str
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise error

    monkeypatch.setattr(search, "search", fail)
    answer = Client(raise_request_exception=False).get("/search/?q=学分")
    assert answer.status_code == status
    assert_ours(answer.content.decode(), heading)
    assert "秘密" not in answer.content.decode()


# --- the footer and the privacy page ----------------------------------------------------------------------------


def test_the_footer_shows_what_an_installation_sets_and_nothing_empty(client: Client, settings: Any) -> None:
    plain = client.get("/").content.decode()
    assert 'href="/privacy/"' in plain
    assert "beian" not in plain
    settings.ICP_NUMBER, settings.POLICE_NUMBER = "浙ICP备00000000号-1", "浙公网安备00000000000000号"
    settings.CONTACT_LINE = "教师发展中心 0570-0000000"
    body = client.get("/").content.decode()
    assert '<a href="https://beian.miit.gov.cn/" rel="noopener">浙ICP备00000000号-1</a>' in body
    assert '<a href="https://beian.mps.gov.cn/" rel="noopener">浙公网安备00000000000000号</a>' in body
    assert "教师发展中心 0570-0000000" in body


def test_the_privacy_page_adds_what_an_installation_says(client: Client, settings: Any) -> None:
    assert 'class="note"' not in client.get("/privacy/").content.decode()
    settings.PRIVACY_NOTICE = "由某县教育局负责。\n\n<b>电话</b> 0570-0000000"
    body = client.get("/privacy/").content.decode()
    assert "<p>由某县教育局负责。</p>" in body
    assert "&lt;b&gt;电话&lt;/b&gt; 0570-0000000" in body


def test_what_the_privacy_page_says_of_cookies_is_true(client: Client, content: None) -> None:
    """Reading, searching and working a statement out leave no cookie of the portal's own."""
    for path in ("/", "/faq/", "/faq/upgrade-01/", "/search/?q=学历冲抵", "/privacy/"):
        assert not client.get(path).cookies, path
    assert set(client.get("/credits/check/").cookies) <= {"csrftoken"}


@pytest.mark.parametrize("path", ["/credits/check/", "/sign-in/", "/sign-in/first/", "/faq/upgrade-01/feedback/"])
@pytest.mark.parametrize("charset", ["raw_unicode_escape", "utf-7", "utf-16", "hex", "nonsense"])
def test_a_form_is_read_as_utf_8_whatever_it_calls_itself(
    client: Client, content: None, path: str, charset: str
) -> None:
    """Some of Python's encodings would bring lone surrogates, which no page could show again."""
    names = ("staff_number", "code", "comment", "username", "password", "helpful", "as_of", "coordinated-0-project")
    parts = "".join(f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\na\\ud800b\r\n' for name in names)
    kind = f"multipart/form-data; boundary=x; charset={charset}"
    headers = {"Origin": "http://testserver"}
    answer = client.generic("POST", path, f"{parts}--x--\r\n", kind, headers=headers)
    assert answer.status_code < 500


def test_what_no_page_reads_is_not_parsed(client: Client) -> None:
    """A form's encoding is looked after without reading the query of every address, which may hold too many fields."""
    answer = client.get("/healthz?" + "a&" * 3001)
    assert answer.status_code == 200
    assert "Content-Security-Policy" in answer.headers


@pytest.mark.parametrize("path", ["/faq/", "/faq/category/upgrade-login/", "/faq/upgrade-01/"])
def test_the_menu_says_where_one_is(client: Client, content: None, path: str) -> None:
    assert '<a href="/faq/" aria-current="page">常见问题</a>' in client.get(path).content.decode()
