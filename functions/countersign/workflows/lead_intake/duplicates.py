"""Two messages of one contact about one need are one lead; the earlier job holds the claim."""

from __future__ import annotations

import re

from countersign.domain.canonical import canonical, digest
from countersign.domain.proposal import Proposal
from countersign.domain.workflow import Claim
from countersign.understanding.stop_words import STOP_WORDS
from countersign.workflows.lead_intake import facts
from countersign.workflows.lead_intake.contract import LeadInput
from countersign.workflows.lead_intake.limits import limits
from countersign.workflows.lead_intake.reading import source_text

_WORD = re.compile(r"[^\W_]{3,}")
_DENSE = re.compile("[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]{2,}")
_STEM = 5
_MAX_TOKENS = 60
_TEN_MINUTES = 1 / 6
_SAME = 0.5
_COMMON = frozenset(word for words in STOP_WORDS.values() for word in words)


def claim(message: LeadInput, proposal: Proposal) -> Claim | None:
    """The claim on this contact's need, for messages that would become a lead; else None.

    The body holds the need's word stems and nothing else: the row outlives the message.
    """
    if facts.intent(proposal) != "sales":
        return None
    key = digest(canonical(["lead_intake", message.sender.casefold()]))
    need = proposal.value("need") or proposal.value("summary") or source_text(message)
    return Claim(key=key, body=" ".join(_stems(need)), days=int(limits().number("duplicate.days")))


def joins(mine: str, holder: str, hours: float) -> bool:
    """Whether my need joins the holder's: within ten minutes always, later when they are alike.

    Alike: of the smaller set of word stems at least half are in the larger one (the overlap
    coefficient), and at least two. Stems are first letters, so that inflections meet; "10 desks"
    and "desks, please" are one need, desks and chairs are two.
    """
    if abs(hours) <= _TEN_MINUTES:
        return True
    left, right = set(mine.split()), set(holder.split())
    shared, smaller = len(left & right), min(len(left), len(right))
    return bool(shared) and shared >= min(2, smaller) and shared / smaller >= _SAME


def _stems(text: str) -> list[str]:
    words = [word.lower() for word in _WORD.findall(text)]
    spaced = [word[:_STEM] for word in words if word not in _COMMON and not word.isdecimal()]
    dense = [run[at : at + 2] for run in _DENSE.findall(text) for at in range(len(run) - 1)]
    return sorted({*spaced, *dense})[:_MAX_TOKENS]
