"""An answered question becomes a draft entry, or a phrasing of an entry that is there: by editors, without names.

Both are taken once: the question is locked, and who comes second is led to what the first has made.
"""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import QuerySet

from helpdesk.common import audit, people
from helpdesk.common.decisions import Refusal, step

from .. import search
from ..editing import content, rights
from ..editing import steps as editing
from ..editing.content import Content
from ..editing.steps.ground import locked_entry
from ..models import Entry, Phrasing, Question, QuestionMessage, normal_words
from .steps.ground import CHANGED, Kind, locked_question, say, seen_of
from .striking import INSTEAD, Piece, Struck, strike
from .suggesting import demand_publishable

NO_ANSWER = "这个提问还没有答复，不能整理成问答。请先答复提问人，再来整理。"
FROM_A_QUESTION = "由老师的提问整理"
NO_ENTRY = "没有这个编号的问答，或者它还没有发布。请检查编号，或者在上面选一条。"
UNDER_WAY = (
    "这条问答还有没发布的内容，现在加问法会把它顶掉。请先在管理后台发布或放弃那一版，或者直接把这个问法写进那一版。"
)
NEAREST = 5
#: Greetings and polite words before what somebody asks.
_GREETING = re.compile(
    "(?:各位|某)?(?:老师|领导|同志)?们?(?:您好|你好|好|早上好|下午好)[啊呀]?[，,!！。.~～ ]*|"
    "(?:请问|想问一下|问一下|咨询一下)[，,：: ]*"
)
_ASKS = re.compile("[？?吗呢哪啥]|怎[么样]|如何|什么|多少|是否|能不能|可不可以|为何|几[个年时次分]")
#: Parts between commas and at the ends of sentences.
_PART = re.compile(r"[^，,。！？!?；;]+[，,。！？!?；;]*")
_INSTEAD = re.compile("|".join(map(re.escape, INSTEAD)))
#: Characters, beside what was struck, of a part that only says who asks: 是（某学校）的语文老师，.
LONGEST_ABOUT_ASKER = 8
_HAN = re.compile("[\u3400-\u9fff]")
_SENTENCE = re.compile(r"[^。！？!?；;\n]+[？?]?")


# --- what is offered ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Offer:
    """Question and answer as they may be published, each cut into what stays and what is struck."""

    question: Struck
    answer: Struck

    @property
    def heading(self) -> str:
        """The question on one line; its first sentence where all of it is too long for an entry."""
        whole = _of_everybody(normal_words(self.question.text))
        longest = Entry._meta.get_field("question").max_length or 0
        return whole if len(whole) <= longest else first_sentence(self.question.text)[:longest]

    @property
    def phrasing(self) -> str:
        """The first sentence that asks, without a greeting, no longer than a phrasing may be."""
        return _shortened(first_sentence(self.question.text), Phrasing.LONGEST)

    @property
    def has_findings(self) -> bool:
        return bool(self.question.found or self.answer.found)


def offer_of(question: Question, *, whole: bool = True) -> Offer:
    """Returns what an editor is offered: the question and the last answer, with what was struck.

    Without `whole` nobody can tell from it what was struck: for those who do not answer the question.
    """
    said = last_answer(question)
    offer = Offer(_struck(question.text, question), _struck(said.text if said else "", question))
    return offer if whole else Offer(_without_findings(offer.question), _without_findings(offer.answer))


def _without_findings(struck: Struck) -> Struck:
    return Struck((Piece(struck.text),))


def last_answer(question: Question) -> QuestionMessage | None:
    return question.messages.filter(kind=Kind.ANSWER).order_by("-id").first()


def _struck(text: str, question: Question) -> Struck:
    """Strikes what the question tells of its asker, and of those who answered, beside what is found anyhow."""
    asker = question.asker.get_full_name() if question.asker else ""
    answered_by = question.messages.exclude(author=None).values_list("author_name", flat=True)
    # Names of accounts, in letters, may be words of the field.
    names = [question.name, *(name for name in {asker, *answered_by} if _HAN.search(name))]
    return strike(text, names=names, schools=[question.school], others=[question.contact], people=people_in(text))


def people_in(text: str) -> set[str]:
    """Returns the names of teachers and accounts that stand in a text. Raises django.db.Error if the database fails."""
    return people.known_in(people.pieces_of(text))


def first_sentence(text: str) -> str:
    """Returns on one line the first sentence that asks something, else the first that says more than a greeting."""
    sentences = [_of_everybody(normal_words(found[0])) for found in _SENTENCE.finditer(text)]
    telling = [words for words in sentences if search.normalize(words).strip()]
    asking = [words for words in telling if _ASKS.search(words)]
    return next(iter([*asking, *telling]), normal_words(text))


def _of_everybody(sentence: str) -> str:
    """Returns words without greeting, and without what its asker says of themselves."""
    return _without_asker(_without_greeting(sentence))


def _without_asker(words: str) -> str:
    """Leaves out the parts that only say who asks, as 我叫某老师 does; all stays where nothing would be left."""
    parts = [found[0] for found in _PART.finditer(words)]
    kept = "".join(part for part in parts if not _tells_of_asker(part))
    return kept if search.normalize(kept).strip() else words


def _tells_of_asker(part: str) -> bool:
    rest, struck = _INSTEAD.subn("", part)
    return bool(struck) and len(rest) <= LONGEST_ABOUT_ASKER and not _ASKS.search(rest)


def _without_greeting(words: str) -> str:
    while greeting := _GREETING.match(words):
        words = words[greeting.end() :]
    return words


def _shortened(words: str, longest: int) -> str:
    """Returns the words, or where they are too long their beginning, up to a comma where there is one."""
    if len(words) <= longest:
        return words
    beginning = words[:longest]
    comma = max(beginning.rfind(sign) for sign in "，,、 ")
    return beginning[:comma] if comma > 0 else beginning


def nearest(offer: Offer) -> list[Entry]:
    """Returns the published entries that come nearest to a question, the best first.

    It is asked without personal data, since search keeps what it was asked in memory.
    """
    found = search.search(offer.question.text, limit=NEAREST, private=True)
    honest = [found.not_stated] if found.not_stated else []
    return [hit.entry for hit in [*honest, *found.hits]][:NEAREST]


# --- a draft entry ------------------------------------------------------------------------------------------------


def entry_of(question: Question) -> Entry | None:
    """Returns the entry that was made of a question; None where there is none, or where it lies in the bin."""
    return Entry.objects.not_binned().filter(pk=question.published_as_id).first()


@step
def make_entry(question: Question, new: Content, by: User, *, seen: str = "") -> Entry:
    """Saves a draft entry made of a question and returns it; where there is one already, that one, unchanged.

    Raises Refusal where the question has no answer, or is not as `seen` says.
    """
    demand_publishable(by, question)
    row = locked_question(question)
    demand_publishable(by, row)
    made = entry_of(row)
    if made is not None:
        return made
    if last_answer(row) is None:
        raise Refusal(NO_ANSWER)
    if seen and seen != seen_of(row):
        raise Refusal(CHANGED)
    draft = editing.write(Entry(), new, by, note=FROM_A_QUESTION)
    row.published_as = draft.entry
    row.save(update_fields=["published_as"])
    say(row, Kind.PUBLISHED, by, draft.entry.title)
    audit.note(audit.Kind.ADD, by, draft.entry, step="question")
    return draft.entry


# --- a phrasing ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Phrased:
    """What became of a phrasing: `live` where readers find it at once, else it waits for a review."""

    entry: Entry
    text: str
    live: bool
    #: False where the entry had it before.
    new: bool = True


@step
def add_phrasing(question: Question, ref: str, written: str, by: User) -> Phrased:
    """Makes words of a question a phrasing of the published entry `ref`, the way the entry's form does.

    Whoever may publish their own writing publishes it; others submit it for a review. Raises Refusal, at its field,
    for words that can be no phrasing, and for an entry that is not published, has as many as it may have, or has a
    version under way, which would be pushed aside.
    """
    demand_publishable(by, question)
    row = locked_question(question)
    demand_publishable(by, row)
    text = _demanded_phrasing(written)
    entry = _demanded_entry(ref)
    before = content.of_entry(entry)
    live = rights.may_publish_own(by)
    if _is_among(text, before.phrasings):
        return Phrased(entry, text, live=True, new=False)
    _demand_room(entry, before)
    new = dataclasses.replace(before, phrasings=(*before.phrasings, text))
    if live:
        editing.write_and_publish(entry, new, by)
    else:
        editing.write(entry, new, by, note=FROM_A_QUESTION)
        editing.submit(entry, by)
    say(row, Kind.PHRASED, by, f"“{text}”→ {entry.title}")
    audit.note(audit.Kind.CHANGE, by, entry, step="question")
    return Phrased(entry, text, live)


def published() -> QuerySet[Entry]:
    return Entry.objects.filter(status=Entry.Status.PUBLISHED)


def _demanded_phrasing(written: str) -> str:
    text = normal_words(written)
    if len(text) > Phrasing.LONGEST:
        raise Refusal({"phrasing": f"一种问法最多 {Phrasing.LONGEST} 个字，现在有 {len(text)} 个，请只留最要紧的话。"})
    if not search.normalize(text).strip():
        raise Refusal({"phrasing": "请写一句老师会怎么问，里面要有可以搜索的字。"})
    return text


def _demanded_entry(ref: str) -> Entry:
    """Returns the row of the published entry with that ref, locked."""
    found = published().filter(ref=ref).first()
    if found is None:
        raise Refusal({"ref": NO_ENTRY})
    return locked_entry(found)


def _demand_room(entry: Entry, present: Content) -> None:
    if not entry.is_published:  # it was withdrawn a moment ago
        raise Refusal({"ref": NO_ENTRY})
    if editing.open_revision(entry) is not None:
        raise Refusal({"ref": UNDER_WAY})
    most = Phrasing.MOST_PER_ENTRY
    if len(present.phrasings) >= most:
        raise Refusal(
            {"ref": f"这条问答已经有 {most} 种相似问法，不能再加了。请先在管理后台删去不常用的，或者另选一条。"}
        )


def _is_among(text: str, phrasings: tuple[str, ...]) -> bool:
    """Tells whether a phrasing that search takes for the same is there already."""
    return _key(text) in {_key(other) for other in phrasings}


def _key(text: str) -> str:
    return search.normalize(text).replace(" ", "")


# --- before and after ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Compared:
    """How a search for `query` shows an entry, in Chinese, before and after it was given a phrasing."""

    query: str
    before: str
    after: str


def phrase(question: Question, ref: str, written: str, by: User) -> tuple[Phrased, list[Compared]]:
    """Takes the step `add_phrasing`; returns what became of it, and what a search for these words says now.

    The asker's own words are searched for too, where the editor has changed them. Nothing is compared where readers
    do not find the phrasing yet, or found it before.
    """
    queries = list(dict.fromkeys(filter(None, [normal_words(written), offer_of(question).phrasing])))
    entry = published().filter(ref=ref).first()
    before = [place_of(entry, query) for query in queries] if entry else []
    done = add_phrasing(question, ref, written, by)
    if not (done.live and done.new):
        return done, []
    after = [place_of(done.entry, query) for query in queries]
    return done, [Compared(*one) for one in zip(queries, before, after, strict=True)]


def place_of(entry: Entry, query: str) -> str:
    """Returns in Chinese how a search for `query` shows the entry now."""
    found = search.search(query)
    if found.not_stated and found.not_stated.entry == entry:
        return "在最前面说明资料没有写明"
    if not found.confident:
        return "没有直接的答案"
    refs = [hit.entry.ref for hit in found.hits]
    if entry.ref not in refs:
        return "找到的是别的问答"
    place = refs.index(entry.ref) + 1
    return "第一条" if place == 1 else f"第 {place} 条"
