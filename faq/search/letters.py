"""Splitting of letters into the sounds of Chinese words: xuefenzhesuan → xuefen zhesuan.

Only sounds count that words of the entries, or stop words, have.
"""

from __future__ import annotations

from . import text
from .session import Session

# The most sounds that the beginning of a word stands for while it is being typed.
BEGINNINGS = 30
_LONGEST_SOUND = 24  # letters: four syllables


def split(letters: str, session: Session) -> list[str]:
    """Return the fewest known sounds that the letters are made of, or an empty list where that is impossible."""
    whole = _splits(letters, session)[-1]
    return whole or []


def complete(letters: str, session: Session) -> list[list[str]]:
    """Return the sounds that the letters are made of, each as a list of alternatives; the last may be incomplete.

    For example xuefenzh → xuefen, then zhesuan or zhongxin or others. The fewest sounds count, and of several ways
    with equally few the one with the longest complete sounds.
    """
    best: list[list[str]] = []
    for start, head in enumerate(_splits(letters, session)[:-1]):
        if head is None or (best and len(head) >= len(best)):
            continue
        endings = session.sounds_beginning(letters[start:], BEGINNINGS)
        if endings:
            best = [[sound] for sound in head]
            best.append(endings)
    return best


def _splits(letters: str, session: Session) -> list[list[str] | None]:
    """Return, for each number n from 0 on, the fewest known sounds that the first n letters are made of.

    The entry is None where that is impossible.
    """
    best: list[list[str] | None] = [[], *[None] * len(letters)]
    if not (letters.isascii() and letters.isalpha()):
        return best
    for end in range(2, len(letters) + 1):
        for start in range(max(0, end - _LONGEST_SOUND), end - 1):
            head = best[start]
            fewest = best[end]
            if head is None or (fewest is not None and len(fewest) <= len(head) + 1):
                continue
            sound = letters[start:end]
            if _is_known(sound, session):
                best[end] = [*head, sound]
    return best


def _is_known(sound: str, session: Session) -> bool:
    return session.sound_frequency(sound) > 0 or sound in text.stop_sounds()
