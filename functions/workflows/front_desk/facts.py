"""What is known of a message's matters, and how sure it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from countersign.domain.policy.proposal import Fact, Proposal
from countersign.domain.policy.records import EARLIER
from countersign.domain.policy.release import Limits
from countersign.domain.policy.rules import Situation
from countersign.domain.workflow import Draft
from countersign.extraction import scoring
from countersign.extraction.prompts import Prompts
from workflows.front_desk.contract import MATTERS, DeskInput, form_shown
from workflows.front_desk.keywords import WORDS

Desk = Situation[DeskInput]
_PROMPTS: Prompts[DeskInput] = Prompts(form_shown)
source_text = _PROMPTS.source_text
_SILENT = 0.6
"""No key word speaks for or against what the model says."""


@dataclass(frozen=True)
class Share:
    """What one destination gets: the matters, and the quotes that say so."""

    destination: str
    about: tuple[str, ...]
    quotes: tuple[str, ...]


def matters(proposal: Proposal) -> Mapping[str, Fact]:
    """The matters that are known, each once, the most pressing first."""
    known: dict[str, Fact] = {}
    for fact in (proposal.facts.get(name) for name in MATTERS):
        if fact:
            known.setdefault(fact.value, fact)
    return known


def shares(situation: Desk) -> tuple[Share, ...]:
    """Each destination once, with all that is for it, in the order of the matters. A sign decides
    for all of them; a thread goes where its first message went."""
    proposal, limits = situation.proposal, situation.limits
    sign = proposal.facts.get("sign")
    if sign:
        why = "by its address, sender or form" if sign.quotes else "goes back to what is there"
        return (Share(sign.value, (why,), sign.quotes),)
    known = matters(proposal)
    if not known:
        known_at = wrote_to(situation)
        about = ("not understood", "wrote there before") if known_at else ("not understood",)
        return (Share(known_at or route("other", limits), about, ()),)
    followed = follows(situation)
    if followed:
        return (_share(followed, known),)
    by_destination: dict[str, dict[str, Fact]] = {}
    for matter, fact in known.items():
        if matter != "spam" or len(known) == 1:
            by_destination.setdefault(route(matter, limits), {})[matter] = fact
    return tuple(_share(one, among) for one, among in by_destination.items())


def follows(situation: Desk) -> str:
    """The process or team that has the matter which the message goes back to; empty for none."""
    there = situation.limits.list("desk.destinations")
    held = [one.fields for one in situation.records.all(EARLIER) if one.fields.get("follows")]
    found = (one.get("to") or one.get("workflow", "") for one in held)
    return next((one for one in found if one in there), "")


def wrote_to(situation: Desk) -> str:
    """Where this correspondent's earlier messages went, if all went to one place; empty for a
    stranger. It says where to ask first, and lets nothing run."""
    there = situation.limits.list("desk.destinations")
    held = [one.fields for one in situation.records.all(EARLIER)]
    found = {one.get("to") or one.get("workflow", "") for one in held} & {*there}
    return found.pop() if len(found) == 1 else ""


def route(matter: str, limits: Limits) -> str:
    """Who takes the matter; who takes any other where nobody is named."""
    return next(iter(limits.lists.get(f"route.{matter}") or limits.list("route.other")))


def is_surely_spam(situation: Desk) -> bool:
    """Whether it is spam and nothing else, by more than a model's word."""
    least = situation.limits.number("confidence.min")
    return [*matters(situation.proposal)] == ["spam"] and situation.proposal.confidence >= least


def confidence(message: DeskInput, draft: Draft) -> Decimal:
    """Our confidence in the matters. A sign is sure; a word of the model's as far as key words do
    not speak for something else."""
    if "sign" in draft.facts:
        return Decimal(1)
    text = f"{message.subject}\n{message.text}"
    found = [draft.facts[name].value for name in MATTERS if name in draft.facts]
    support = max((_support(one, text) for one in found), default=0.0)
    return scoring.by_keywords(
        message, source_text(message), draft, support=support, needed=("first",), stated={}
    )


def _support(matter: str, text: str) -> float:
    if not any(WORDS.weight(name, text) for name in WORDS.order):
        return _SILENT
    return WORDS.support(matter, text)


def _share(destination: str, among: Mapping[str, Fact]) -> Share:
    quotes = tuple(quote for fact in among.values() for quote in fact.quotes)
    return Share(destination, tuple(among), quotes)
