"""What launch_plan wants done: a question where the brief leaves something open, or the plan with
all that follows from it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from countersign.actions import crm, mail, notify
from countersign.actions.plans.delivery import DELIVER, Delivery, enclosed, in_effect
from countersign.actions.plans.plan import MAY_BE_MEANT, Flaw, Milestone, left_open
from countersign.actions.plans.printing import FILE, PRINT, Printing, place, unprintable
from countersign.domain.ledger.action import ProposedAction
from countersign.domain.policy.records import PEOPLE
from countersign.domain.policy.rules import Situation
from countersign.extraction import inquiries
from countersign.extraction.replies import language_of
from workflows.launch_plan.contract import Brief
from workflows.launch_plan.facts import delivery, font_of, found_flaws, is_news, member_of, zone_of
from workflows.launch_plan.questions import asked

ACTIONS = (DELIVER, PRINT, crm.CREATE_TASK, notify.DOCUMENTS, notify.PUSH, mail.ASK_SENDER)
_CLOSES = 17
"""The hour at which a milestone is due on its day."""
_TITLE, _PUSHED = 150, 1_800
"""Characters."""


def propose(situation: Situation[Brief]) -> Iterator[ProposedAction]:
    """One question to whoever wrote the brief, if something is open and they can answer; else the
    plan, and once it is whole, what follows from it. Nothing of a brief that says what is in effect
    already."""
    if not is_news(situation):
        return
    wanted = delivery(situation)
    open_ones = [one for one in found_flaws(situation) if one.kind not in MAY_BE_MEANT]
    if open_ones and not situation.edited and inquiries.may_ask(situation):
        yield _question(situation, open_ones)
        return
    yield ProposedAction(DELIVER.id, wanted, wanted.key)
    if not open_ones:
        yield from _following(situation, wanted)


def _question(situation: Situation[Brief], flaws: list[Flaw]) -> ProposedAction:
    language, to = inquiries.spoken(language_of(situation)), situation.input.sender
    subject, text = inquiries.worded(language, asked(flaws, language), "request")
    return mail.ASK_SENDER.proposed(
        target=to,
        to=to,
        subject=subject,
        text=text,
        language=language,
        missing=left_open(flaws),
        purpose="a launch plan",
    )


def _following(situation: Situation[Brief], wanted: Delivery) -> Iterator[ProposedAction]:
    """Its print, where a font has all its letters; a task for each milestone that is new or another
    one, a mail to each whom the stage names by role, a word to a team."""
    font = font_of(situation.limits)
    prints = bool(font) or not unprintable(wanted)
    if prints:
        printing = Printing(**dict(wanted), font=font)
        yield ProposedAction(PRINT.id, printing, FILE, after=DELIVER.id)
    signed = in_effect(situation.records)
    known = signed.plan.milestones if signed else ()
    dated = ((one, one.on) for one in wanted.plan.milestones if one.on and one not in known)
    yield from (_task(situation, wanted, one, on) for one, on in dated)
    yield from _mails(situation, wanted, prints=prints)
    for channel in situation.limits.lists.get("destination.launch", ()):
        yield notify.PUSH.proposed(
            target=channel,
            after=DELIVER.id,
            channel=channel,
            title=_headline(wanted)[:_TITLE],
            text=wanted.milestones[:_PUSHED],
        )


def _headline(wanted: Delivery) -> str:
    return f"{wanted.title}, version {wanted.number}"


def _mails(
    situation: Situation[Brief], wanted: Delivery, *, prints: bool
) -> Iterator[ProposedAction]:
    """After the print, which they enclose."""
    roles = {*situation.limits.lists.get("plan.told", ())}
    for member in situation.records.all(PEOPLE):
        if roles & {*member.fields["roles"].split()}:
            to = member.fields["address"]
            yield notify.DOCUMENTS.proposed(
                target=to,
                after=PRINT.id if prints else DELIVER.id,
                to=to,
                subject=_headline(wanted)[:_TITLE],
                text=wanted.markdown,
                texts=enclosed(wanted),
                stored=(place(wanted),) if prints else (),
            )


def _task(
    situation: Situation[Brief], wanted: Delivery, one: Milestone, on: date
) -> ProposedAction:
    """Due at the end of the milestone's day where the company is; by the CRM's own id of its owner,
    where the stage says it."""
    owner = member_of(situation.records, one.owner)
    ids = situation.limits.lists.get(f"crm.owner.{owner.fields['id']}", ()) if owner else ()
    first = f"\nAfter: {', '.join(one.after)}" if one.after else ""
    return crm.CREATE_TASK.proposed(
        target=one.name,
        after=DELIVER.id,
        title=one.name,
        notes=f"{wanted.title}, version {wanted.number}\nOwner: {one.owner}{first}",
        owner=next(iter(ids), ""),
        due_at=datetime.combine(on, time(_CLOSES), tzinfo=ZoneInfo(zone_of(situation.limits))),
    )
