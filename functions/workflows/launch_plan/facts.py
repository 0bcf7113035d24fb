"""The plan that a brief's facts make, as people corrected it, and what is wrong with it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from countersign.actions.plans import lines
from countersign.actions.plans.delivery import Delivery, changes, in_effect, versions
from countersign.actions.plans.plan import MAY_BE_MEANT, Flaw, Milestone, flaws
from countersign.domain.approvals.working_hours import Hours, works
from countersign.domain.errors import Refused
from countersign.domain.money import Money
from countersign.domain.policy.proposal import Proposal
from countersign.domain.policy.records import PEOPLE, Record, Records
from countersign.domain.policy.release import Limits
from countersign.domain.policy.rules import Situation
from countersign.extraction.replies import language_of
from workflows.launch_plan.contract import Brief

UNTITLED = "Launch plan"


def delivery(situation: Situation[Brief]) -> Delivery:
    """The plan as people would sign it: as somebody edited it, else as the brief says it."""
    edited = edited_ones(situation)
    return edited[-1] if edited else _planned(situation)


def edited_ones(situation: Situation[Brief]) -> list[Delivery]:
    """What people made of the plan; a print is none, it only follows."""
    return [one for one in situation.edited if type(one) is Delivery]


def found_flaws(situation: Situation[Brief]) -> tuple[Flaw, ...]:
    """What is missing in the plan or contradicts itself, on the company's calendar. A day that
    stands so in the version that was signed is not asked about again."""
    zone, holidays = _calendar(situation.limits)
    plan, signed = delivery(situation).plan, in_effect(situation.records)
    known = {one.name for one in plan.milestones if signed and one in signed.plan.milestones}
    found = flaws(
        plan,
        owners={one.fields["name"] for one in situation.records.all(PEOPLE)},
        works=lambda day: works(day, Hours(), holidays),
        today=situation.now.astimezone(zone).date(),
    )
    return tuple(one for one in found if one.kind not in MAY_BE_MEANT or one.about not in known)


def is_news(situation: Situation[Brief]) -> bool:
    """Whether the plan is another than the version that is in effect."""
    signed = in_effect(situation.records)
    return signed is None or bool(changes(signed, delivery(situation)))


def zone_of(limits: Limits) -> str:
    """The company's time zone."""
    return next(iter(limits.lists.get("company.zone", ())), "UTC")


def font_of(limits: Limits) -> str:
    """The font file that the stage names for letters that the shipped fonts lack; empty: none."""
    return next(iter(limits.lists.get("plan.font", ())), "")


def member_of(records: Records, said: str) -> Record | None:
    """Whom of the directory somebody means: by name, id or address, or by a part of the name that
    is nobody else's."""
    wanted = said.casefold().strip()
    people = records.all(PEOPLE)
    exact = [one for one in people if wanted in _called(one)]
    parts = [one for one in people if wanted in one.fields["name"].casefold().split()]
    found = exact or parts
    return found[0] if len(found) == 1 else None


def _called(one: Record) -> frozenset[str]:
    return frozenset(one.fields[name].casefold() for name in ("id", "name", "address"))


def _calendar(limits: Limits) -> tuple[ZoneInfo, frozenset[date]]:
    listed = limits.lists.get("company.holidays", ())
    return ZoneInfo(zone_of(limits)), frozenset(map(date.fromisoformat, listed))


def _planned(situation: Situation[Brief]) -> Delivery:
    held, given = situation.proposal, situation.input
    title = title_of(given, held)
    listed = {name: "\n".join(_lines(held, one)) for name, one in _LISTS.items()}
    milestones = (_owned(one, situation.records) for one in _milestones(held))
    try:
        return Delivery(
            **listed,
            title=title,
            milestones="\n".join(map(lines.of_milestone, milestones)),
            total=_total(held),
            language=language_of(situation) or "en",
            key=key_of(title),
            number=1 + max((one.number for one in versions(situation.records)), default=0),
            at=situation.now,
        )
    except ValidationError:
        raise Refused("the brief has more in a list than a plan holds") from None


def title_of(given: Brief, held: Proposal) -> str:
    """What the plan is called."""
    return held.value("title") or given.title or UNTITLED


def key_of(title: str) -> str:
    """What names a plan in all its versions: a brief of the same title is about the same launch."""
    return hashlib.sha256(f"launch_plan\n{title.casefold()}".encode()).hexdigest()[:32]


_LISTS: Mapping[str, str] = {
    "goals": "goal",
    "audience": "audience",
    "risks": "risk",
    "budget": "cost",
}


def _lines(held: Proposal, one: str) -> Iterator[str]:
    """The lines of a list, in the order of the answer: stored facts stand by their names, and a
    tenth before a second."""
    named = (name.rpartition(" ") for name in held.facts)
    numbers = sorted(int(number) for of, _, number in named if of == one)
    return (held.facts[f"{one} {number}"].value for number in numbers)


def _milestones(held: Proposal) -> Sequence[Milestone]:
    return lines.milestones("\n".join(_lines(held, "milestone")))


def _owned(one: Milestone, records: Records) -> Milestone:
    """With its owner by the name that the directory has."""
    member = member_of(records, one.owner) if one.owner else None
    return one.model_copy(update={"owner": member.fields["name"]}) if member else one


def _total(held: Proposal) -> Money | None:
    amount, currency = held.value("total_amount"), held.value("total_currency")
    if not amount or not currency:
        return None
    try:
        return Money(amount=Decimal(amount), currency=currency)
    except ValueError:
        return None
