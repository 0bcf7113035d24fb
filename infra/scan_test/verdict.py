"""Whether a scanner decided: a fresh look at the page before and after, compared without noise."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import StrEnum

from infra.scan_test.visitor import Exchange

REFUSED = 400
"""From this status on, an answer took nothing."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_NOT_NOW = frozenset({408, 425, 429, 502, 503, 504})
"""Statuses that say something about the moment, not about the link."""
_NOISE = "\0"
_QUOTED = 100
"""Characters of a page that are repeated in a verdict."""

_DONE = (
    r"(?:approved|rejected|declined|denied|accepted|confirmed|decided|completed|processed|recorded"
    r"|signed|voted|submitted|responded|authori[sz]ed|granted|unsubscribed)"
)
_ALWAYS = re.compile(rf"(?i)\balready\b.*\b(?:{_DONE}|used)\b|does not exist any ?more|\bthank you")
_UNLESS_DENIED = re.compile(rf"(?i)\b{_DONE}\b")
_DENIED = re.compile(
    r"(?i)\b(?:nothing|not|never|nobody|no|cannot|unless|until|to be)\b|n['\u2019]t\b"
)


class Verdict(StrEnum):
    """What is said of one kind of scanner."""

    DECIDED = "decided"
    DID_NOT = "did not decide"
    UNKNOWN = "cannot tell"
    NOT_RUN = "not run"


@dataclass(frozen=True)
class Judged:
    """The verdict, how it is known, and whether the page changed (None: it could not be seen)."""

    verdict: Verdict
    how: str
    changed: bool | None = None


@dataclass(frozen=True)
class Baseline:
    """The page before a scanner came. `words` has a blank where two fresh looks differed."""

    look: Exchange
    words: tuple[str, ...]

    @classmethod
    def of(cls, one: Exchange, two: Exchange) -> Baseline:
        """From two fresh looks with nothing in between; `two` is the one that is kept."""
        mine, theirs = _words(one), _words(two)
        merged: list[str] = []
        for tag, a1, a2, b1, b2 in _matched(mine, theirs):
            noise = [_NOISE] * max(a2 - a1, b2 - b1)
            merged += mine[a1:a2] if tag == "equal" else noise
        return cls(two, tuple(merged))


@dataclass(frozen=True)
class Change:
    """What a later look at the page has that the earlier one had not."""

    was: int
    status: int
    asked: bool
    fewer_controls: bool
    moved: bool
    settled: str
    """The first new sentence that speaks of a decision; empty for none."""


def compare(before: Baseline, after: Exchange) -> Change:
    """What changed, beyond the words that change by themselves."""
    words = after.page.words
    touched: set[int] = set()
    moved = False
    for tag, i1, i2, j1, j2 in _matched(before.words, [word for word, _ in words]):
        if tag == "equal" or _noise(before.words[i1:i2], j2 - j1):
            continue
        moved = True
        touched |= {number for _, number in words[j1:j2]}
    known = set(before.look.page.sentences)
    said = [s for n, s in enumerate(after.page.sentences) if n in touched and s not in known]
    return Change(
        was=before.look.status,
        status=after.status,
        asked=before.look.page.asks,
        fewer_controls=after.page.controls < before.look.page.controls,
        moved=moved,
        settled=next((one for one in said if settled(one)), ""),
    )


def settled(sentence: str) -> bool:
    """Whether a sentence speaks of a decision that was taken. "Nothing was decided" does not."""
    if _ALWAYS.search(sentence):
        return True
    return bool(_UNLESS_DENIED.search(sentence)) and not _DENIED.search(sentence)


def judge(before: Baseline, exchanges: Sequence[Exchange], after: Exchange) -> Judged:
    """The verdict on a scanner that had `exchanges` between the two looks."""
    return _ruled(compare(before, after), exchanges, before)


def first_contact(one: Exchange, two: Exchange, three: Exchange) -> Judged:
    """The verdict on the very first look, before which nobody knows the page: the same GET again,
    and once more to know what changes by itself."""
    change = compare(Baseline.of(one, one), two)
    by_itself = not compare(Baseline.of(two, three), one).moved
    change = replace(change, moved=change.moved and not by_itself)
    judged = _ruled(change, (), Baseline.of(one, one))
    if judged.verdict is Verdict.UNKNOWN and not change.asked:
        return replace(judged, how=f"{judged.how} {_ADVICE}")
    return judged


_ADVICE = (
    "If the request was open when this test started, the first GET may have decided it: look at "
    "the request."
)


def _ruled(change: Change, exchanges: Sequence[Exchange], before: Baseline) -> Judged:
    if change.status in _NOT_NOW:
        return Judged(Verdict.UNKNOWN, f"afterwards the page answers {change.status}.")
    if decided := _decided(change, exchanges):
        return Judged(Verdict.DECIDED, decided, changed=True)
    if unclear := _unclear(change):
        return Judged(Verdict.UNKNOWN, unclear, changed=True)
    if doubt := _doubt(change, exchanges, before):
        return Judged(Verdict.UNKNOWN, doubt, changed=False)
    how = "a fresh GET shows the same words, and asks as before."
    return Judged(Verdict.DID_NOT, how, changed=False)


def _decided(change: Change, exchanges: Sequence[Exchange]) -> str:
    """How it is known that something decided; empty when it is not."""
    if change.settled:
        return f"the same GET then says “{_short(change.settled)}”."
    took = (one for one in exchanges if one.method not in SAFE and one.status < REFUSED)
    if change.fewer_controls and (taken := next(took, None)):
        return f"its {taken.method} was answered {taken.status}, and the page then asks less."
    return ""


def _unclear(change: Change) -> str:
    """What changed without telling whether it was a decision; empty for nothing."""
    if change.was < REFUSED <= change.status:
        return f"the link no longer opens ({change.status}): decided, used up, or blocked."
    if change.was != change.status:
        return f"the page answered {change.was} before and {change.status} then."
    if change.fewer_controls:
        return "the page asks less than before, and does not say that it is decided."
    return "the page's words changed, and do not say that it is decided." if change.moved else ""


def _doubt(change: Change, exchanges: Sequence[Exchange], before: Baseline) -> str:
    """Why an unchanged page proves nothing; empty when it does."""
    if told := _told(exchanges, before):
        return f"the page is as before, but an answer said “{_short(told)}”."
    if not change.asked:
        return f"the link answers {change.status} and offers nothing to decide at first sight."
    return ""


def _told(exchanges: Sequence[Exchange], before: Baseline) -> str:
    known = set(before.look.page.sentences)
    answers = (one for one in exchanges if one.status < REFUSED)
    said = (sentence for one in answers for sentence in one.page.sentences)
    return next((one for one in said if one not in known and settled(one)), "")


def _words(look: Exchange) -> list[str]:
    return [word for word, _ in look.page.words]


def _noise(before: Sequence[str], gained: int) -> bool:
    return set(before) == {_NOISE} and gained <= len(before)


def _matched(one: Sequence[str], two: Sequence[str]) -> Sequence[tuple[str, int, int, int, int]]:
    return SequenceMatcher(None, one, two, autojunk=False).get_opcodes()


def _short(sentence: str) -> str:
    return sentence if len(sentence) <= _QUOTED else f"{sentence[:_QUOTED]}…"
