"""What enters launch_plan, and what the model must answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Protocol

from pydantic import AfterValidator

from countersign.actions.plans import lines
from countersign.actions.plans.plan import Goal, Milestone, Risk
from countersign.domain.contract import Value
from countersign.domain.errors import Quarantined
from countersign.domain.money import Money
from countersign.domain.policy.proposal import Fact
from countersign.domain.workflow import Ours, Raw
from countersign.extraction import grounding, inbound
from countersign.extraction.answers import Quotes, Said, Short
from countersign.extraction.kinds import Answer, Given, Ground, Kind, Language, Quoted, Sum
from countersign.extraction.messages import Document, Message, Source
from countersign.extraction.patterns import amounts
from countersign.parsing import docx
from countersign.parsing.sniff import sniff
from workflows.launch_plan import days


class Brief(Document):
    """What somebody wants to launch, in their own words and order."""

    CONTRACT: ClassVar[str] = "launch_plan.input"
    VERSION: ClassVar[int] = 1


_ZIP = b"PK\x03\x04"
_MOST = 60
"""Entries of a list that a model may give."""


def _few(found: tuple[Any, ...]) -> tuple[Any, ...]:
    # A validator and no keyword of the schema: strict output modes refuse the keywords.
    if len(found) > _MOST:
        raise ValueError(f"more than {_MOST} of them")
    return found


class SaidGoal(Value):
    """What is to be reached, and how anybody can tell; null where the brief does not say."""

    text: Short
    measure: Short | None
    quotes: Quotes


class SaidMilestone(Value):
    """A milestone: its day as 2027-03-01, whose it is, the names of those that come first."""

    name: Short
    date: Short | None
    owner: Short | None
    after: Annotated[tuple[Short, ...], AfterValidator(_few)]
    quotes: Quotes


class SaidRisk(Value):
    """A risk, and what is done about it."""

    text: Short
    mitigation: Short | None
    quotes: Quotes


class SaidCost(Value):
    """What money is for, as plain digits with a point, and an ISO 4217 code or null."""

    item: Short
    amount: Short
    currency: Short | None
    quotes: Quotes


class Quoting(Protocol):
    """An entry with its quotes."""

    @property
    def quotes(self) -> tuple[str, ...]:
        """Where it is said."""


Entered = Callable[[Any, Given], "str | None"]
"""(an entry as it was said, what it was said beside) → its line; None when its quotes do not say
it."""


@dataclass(frozen=True)
class Entries(Kind):
    """A list of which each entry is a fact: `goal 1`, `goal 2` … The value is its line in the plan,
    and a line that its quotes do not bear out has none of them left."""

    ground: Ground = lambda _said, _given: None
    word: str = "list"
    one: str = ""
    line: Entered = lambda _said, _given: None
    prose: bool = False

    def facts(self, name: str, said: Any, given: Given) -> Mapping[str, Fact | None]:  # noqa: ARG002 - a kind's shape
        """Each entry by its number."""
        return {f"{self.one} {at}": self._fact(one, given) for at, one in enumerate(said, start=1)}

    def _fact(self, one: Quoting, given: Given) -> Fact:
        line = self.line(one, given)
        shown = line if line is not None else _first_words(one)
        return Fact(
            value=shown,
            quotes=() if line is None else one.quotes,
            derived=True,
            prose=self.prose,
        )


def _first_words(one: Any) -> str:
    """What an entry that is dropped is called by."""
    return lines.flat(str(next(iter(one.model_dump().values()))))


def _goal(said: SaidGoal, _: Given) -> str | None:
    return _if_said(said.text, lines.of_goal(Goal(text=said.text, measure=said.measure or "")))


def _group(said: Said, _: Given) -> str | None:
    return _if_said(said.value, lines.flat(said.value))


def _risk(said: SaidRisk, _: Given) -> str | None:
    risk = Risk(text=said.text, mitigation=said.mitigation or "")
    return _if_said(said.text, lines.of_risk(risk))


def _if_said(text: str, line: str) -> str | None:
    return line if re.search(r"\w", text) else None


def _milestone(said: SaidMilestone, _: Given) -> str | None:
    """A name, a day and an owner that its quotes say. What has to come first may be said anywhere:
    whether it is there the plan's rules judge."""
    on = _day(said.date)
    held = " ".join(said.quotes)
    named = grounding.all_words(held, said.name)
    dated = said.date is None or (on is not None and days.says(held, on))
    owned = said.owner is None or grounding.all_words(held, said.owner)
    if not (named and dated and owned):
        return None
    return lines.of_milestone(
        Milestone(name=said.name, on=on, owner=said.owner or "", after=said.after)
    )


def _cost(said: SaidCost, given: Given) -> str | None:
    """An amount that its quotes say, in its own currency or in the total's."""
    total = given.answer.total
    code = amounts.currency_code(said.currency or (total.currency if total else "") or "")
    amount = _amount(said.amount, code)
    borne = amount and any(amounts.supports(quote, amount.amount) for quote in said.quotes)
    return _if_said(said.item, lines.of_cost(said.item, amount)) if amount and borne else None


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _amount(text: str, code: str) -> Money | None:
    try:
        return Money(amount=Decimal(text), currency=code)
    except (ArithmeticError, ValueError):
        return None


_FEW = AfterValidator(_few)
Goals = Annotated[tuple[SaidGoal, ...], _FEW, Entries(one="goal", line=_goal, prose=True)]
Audience = Annotated[tuple[Said, ...], _FEW, Entries(one="audience", line=_group, prose=True)]
Milestones = Annotated[tuple[SaidMilestone, ...], _FEW, Entries(one="milestone", line=_milestone)]
Risks = Annotated[tuple[SaidRisk, ...], _FEW, Entries(one="risk", line=_risk, prose=True)]
Costs = Annotated[tuple[SaidCost, ...], _FEW, Entries(one="cost", line=_cost)]


class Says(Answer):
    """The model's answer. Null, or an empty list, wherever the brief does not say."""

    CONTRACT: ClassVar[str] = "launch_plan.answer"
    VERSION: ClassVar[int] = 1

    title: Quoted | None
    goals: Goals | None
    audience: Audience | None
    milestones: Milestones | None
    risks: Risks | None
    costs: Costs | None
    total: Sum | None
    language: Language | None


class _Letter(Message):
    """A brief that came by mail, before its parts are a brief's."""

    CONTRACT: ClassVar[str] = "launch_plan.letter"
    VERSION: ClassVar[int] = 1


def read(raw: Raw) -> Brief:
    """A brief as text, Markdown, .docx, a mail or a JSON object of texts. Whose it is is known
    where our receiver vouches for the mail, or a system that knows its people posted it. Raises
    Quarantined for what is no text, and ContractBroken for JSON of another shape."""
    if sniff(raw.body) == "mail":
        # Nobody of ours is looked past for a customer: whoever wrote it has written a brief.
        return _of_letter(inbound.read_letter(replace(raw, ours=Ours()), _Letter))
    if raw.body.startswith(_ZIP):
        raw = replace(raw, body=_of_word(raw.body))
    brief = inbound.read_document(raw, Brief)
    return brief.model_copy(update={"authenticated": raw.vouched and bool(brief.sender)})


def _of_word(body: bytes) -> bytes:
    """The text of a .docx. Raises Quarantined."""
    try:
        return docx.read(body).encode()
    except docx.NotDocxError as wrong:
        raise Quarantined(
            f"This is no .docx that can be read: {wrong}. Upload the brief as text."
        ) from None


def _of_letter(mail: Message) -> Brief:
    shared = {name: getattr(mail, name) for name in Source.model_fields if name != "channel"}
    return Brief(channel="mail", title=mail.subject, parts={"text": mail.text}, **shared)
