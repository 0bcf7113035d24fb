"""`plan.deliver`: the plan that somebody signed, kept as Markdown, JSON and a calendar."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints, ValidationInfo, field_validator

from countersign.actions.files import Documents, Files
from countersign.actions.paper import Block, markdown
from countersign.actions.plans import forms, ics, lines
from countersign.actions.plans.plan import Plan, flaws, left_open
from countersign.domain.contract import Contract
from countersign.domain.ledger.action import Action, Difference, Prose, Undo
from countersign.domain.money import Money
from countersign.domain.policy.records import IN_EFFECT, PEOPLE, VERSIONS, Record, Records

NAME = "launch-plan"
"""Of its files, before their endings."""
_LISTS = ("goals", "audience", "milestones", "risks", "budget")
Listed = Annotated[Prose, StringConstraints(max_length=10_000)]


class Delivery(Contract):
    """A version of a plan, as who signs it reads and edits it: each list in the lines of
    `plans.lines`. `key` names the plan in all its versions, `number` counts them from 1."""

    CONTRACT: ClassVar[str] = "plan.deliver"
    VERSION: ClassVar[int] = 1

    title: Annotated[str, StringConstraints(min_length=1, max_length=300)]
    goals: Listed
    milestones: Listed
    audience: Listed = ""
    risks: Listed = ""
    budget: Listed = ""
    total: Money | None = None
    language: str
    """ISO 639-1 code of the words that head its lists."""
    key: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
    number: Annotated[int, Field(ge=1)]
    at: datetime
    """When it was planned: the stamp of its calendar."""

    @field_validator(*_LISTS)
    @classmethod
    def _in_form(cls, text: str, field: ValidationInfo) -> str:
        """Raises NotInFormError for a line that is in no form."""
        lines.READ[str(field.field_name)](text)
        return text

    @property
    def plan(self) -> Plan:
        """The plan that the lines say."""
        return Plan(
            title=self.title,
            goals=lines.goals(self.goals),
            audience=lines.audience(self.audience),
            milestones=lines.milestones(self.milestones),
            risks=lines.risks(self.risks),
            budget=lines.budget(self.budget),
            total=self.total,
        )

    @property
    def data(self) -> str:
        """The plan as JSON."""
        return forms.as_json(self.key, self.number, self.plan)

    @property
    def markdown(self) -> str:
        """The plan for people, with the digest of its data."""
        return markdown(self.blocks)

    @property
    def digest(self) -> str:
        """Of the JSON: what every form carries of the data that was signed."""
        return forms.digest_of(self.data)

    @property
    def blocks(self) -> tuple[Block, ...]:
        """What is made of it for people."""
        return forms.blocks(self.number, self.plan, self.language, self.digest)


def documents(delivery: Delivery) -> Mapping[str, str]:
    """The texts of its files, by their names."""
    heads, plan = forms.headed(delivery.language), delivery.plan
    days = ics.calendar(delivery.key, delivery.number, delivery.at, plan.milestones, heads)
    return {
        f"{NAME}.md": delivery.markdown,
        f"{NAME}.json": delivery.data,
        f"{NAME}.ics": days,
    }


def enclosed(delivery: Delivery) -> Mapping[str, str]:
    """Those that go with a mail whose text is the Markdown."""
    return {name: text for name, text in documents(delivery).items() if not name.endswith(".md")}


def _words(delivery: Delivery) -> str:
    return f"Deliver version {delivery.number} of the launch plan “{delivery.title}”."


def _undo_words(delivery: Delivery) -> str:
    return f"Remove version {delivery.number} of the launch plan “{delivery.title}”."


def versions(records: Records) -> tuple[Delivery, ...]:
    """Every version that was delivered before, the newest first, also those taken back since."""
    return tuple(_read(one) for one in records.all(VERSIONS))


def in_effect(records: Records) -> Delivery | None:
    """The newest version that was not taken back."""
    held = (one for one in records.all(VERSIONS) if IN_EFFECT in one.fields)
    return next(map(_read, held), None)


def changes(before: Delivery, after: Delivery) -> tuple[Difference, ...]:
    """What another version says otherwise: of a list the lines that are gone and those that are
    new, whatever their order."""
    found = []
    for name in (*_LISTS, "title", "total"):
        was, now = (str(getattr(one, name) or "").splitlines() for one in (before, after))
        gone, new = [o for o in was if o not in now], [o for o in now if o not in was]
        if gone or new:
            found.append(Difference(name=name, before="\n".join(gone), after="\n".join(new)))
    return tuple(found)


def _read(record: Record) -> Delivery:
    return Delivery.read(json.loads(record.fields["params"]))


def differences(delivery: Delivery, records: Records) -> tuple[Difference, ...] | None:
    """What it changes of the version that is in effect; None: there is none."""
    signed = in_effect(records)
    return changes(signed, delivery) if signed else None


def _unfit(delivery: Delivery, records: Records) -> str:
    """What keeps the plan from being one, whoever signed it. Days of work are a person's matter."""
    newest = max((one.number for one in versions(records)), default=0)
    if newest >= delivery.number:
        return f"version {newest} was delivered meanwhile: hand the brief in again"
    owners = {one.fields["name"] for one in records.all(PEOPLE)}
    found = flaws(delivery.plan, owners=owners, works=lambda _day: True, today=date.min)
    return f"the plan leaves open: {', '.join(left_open(found))}" if found else ""


_KEPT = Documents(documents)
DELIVER: Action[Delivery, Files] = Action(
    id="plan.deliver",
    version=1,
    connector="files",
    params=Delivery,
    words=_words,
    do=_KEPT.store,
    find=_KEPT.find,
    read_back=_KEPT.read_back,
    expected=_KEPT.expected,
    inner=("key", "number", "at", "language"),
    editable=("title", *_LISTS, "total"),
    hints={name: f"One entry a line: {form}" for name, form in lines.FORMS.items()},
    unfit=_unfit,
    documents=documents,
    undo=Undo(words=_undo_words, creates=True, state=_KEPT.state, restore=_KEPT.restore),
)
