"""Passing the 2021 project: compulsory items done and 60 points (upgrade-15), 900 minutes of video (upgrade-09)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from ..rules.wording import amount_text

PASS_SCORE = Decimal(60)
VIDEO_MINUTES = Decimal(900)
MOST_SCORE = Decimal(1000)
MOST_MINUTES = Decimal(100_000)


class PassVerdict(StrEnum):
    """Verdicts on the project, in the order in which their rules are tried."""

    NOT_YET = "not_yet"
    UNKNOWN = "unknown"
    PASSED = "passed"


@dataclass(frozen=True, slots=True)
class Progress:
    """The results a teacher has reached; None for each that is not known."""

    compulsory_done: bool | None
    total_score: Decimal | None
    video_minutes: Decimal | None


@dataclass(frozen=True, slots=True)
class PassCheck:
    """The verdict with what is missing in points and minutes, None where not known, and Chinese sentences why."""

    verdict: PassVerdict
    missing_score: Decimal | None
    missing_minutes: Decimal | None
    because: tuple[str, ...]
    entries: tuple[str, ...]


def check_pass(progress: Progress) -> PassCheck:
    """Returns whether `progress` passes the project. Minutes alone decide nothing."""
    verdict = _verdict(progress)
    return PassCheck(
        verdict=verdict,
        missing_score=_missing(PASS_SCORE, progress.total_score),
        missing_minutes=_missing(VIDEO_MINUTES, progress.video_minutes),
        because=tuple(_because(progress, verdict)),
        entries=("upgrade-15",) if progress.video_minutes is None else ("upgrade-15", "upgrade-09"),
    )


def _verdict(progress: Progress) -> PassVerdict:
    score = progress.total_score
    if progress.compulsory_done is False or (score is not None and score < PASS_SCORE):
        return PassVerdict.NOT_YET
    if progress.compulsory_done is None or score is None:
        return PassVerdict.UNKNOWN
    return PassVerdict.PASSED


def _missing(required: Decimal, reached: Decimal | None) -> Decimal | None:
    return None if reached is None else max(Decimal(0), required - reached)


def _because(progress: Progress, verdict: PassVerdict) -> Iterator[str]:
    yield _of_compulsory(progress.compulsory_done)
    yield from _of_score(progress.total_score)
    yield from _of_minutes(progress)
    if verdict is PassVerdict.PASSED:
        yield "还要看平台：“成绩统计”显示“考核通过”才算通过，以平台为准。"


def _of_compulsory(done: bool | None) -> str:
    if done is None:
        return "必修项有没有全部完成还不清楚，请到平台上看一看。"
    return "必修项已经全部完成。" if done else "必修项还没有全部完成。"


def _of_score(score: Decimal | None) -> Iterator[str]:
    required = amount_text(PASS_SCORE)
    if score is None:
        yield f"总分还不清楚，请在平台的“成绩统计”里看；要达到 {required} 分。"
    elif score < PASS_SCORE:
        short = amount_text(PASS_SCORE - score)
        yield f"总分 {amount_text(score)} 分，还差 {short} 分到 {required} 分。观看直播回放也会计入分数。"
    else:
        yield f"总分 {amount_text(score)} 分，达到了 {required} 分。"


def _of_minutes(progress: Progress) -> Iterator[str]:
    minutes = progress.video_minutes
    if minutes is None:
        return
    required, seen = amount_text(VIDEO_MINUTES), amount_text(minutes)
    if minutes >= VIDEO_MINUTES:
        yield f"视频看了 {seen} 分钟，已满 {required} 分钟，其他视频可以选修。"
        return
    short = amount_text(VIDEO_MINUTES - minutes)
    yield f"视频看了 {seen} 分钟，还差 {short} 分钟到 {required} 分钟。看直播回放算不算在这里面，资料没有写明。"
    if progress.compulsory_done:
        yield f"您填了必修项已完成，视频却不到 {required} 分钟，这两处对不上，请到平台上核对。"
