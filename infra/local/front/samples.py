"""The sample events in `events/`: what is sent, through which door, and how it must end."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from countersign.domain.jobs.job import Status
from countersign.domain.jobs.senders import DEFAULT
from countersign.domain.ledger.entry import ActionStatus
from countersign.domain.money import Money
from infra.settings import ROOT

FOLDER = ROOT / "events"


_ABBREVIATIONS = frozenset({"html", "iso", "jp", "json", "mime"})


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SampleFault(_Part):
    """What befalls the next requests of a demo system; such events are played alone."""

    system: Literal["payments", "shop"]
    fault: str
    which: Literal["any", "reads", "writes"]
    times: int


class ByColleague(_Part):
    """A refund that somebody makes at the provider, without us, while the job waits."""

    system: Literal["payments"]
    order: str
    refund: Money


class Answered(_Part):
    """A colleague mails the contact with this address, and the CRM logs it, while the job waits."""

    system: Literal["crm"]
    answers: str


class Edit(_Part):
    """What somebody changes on the page before the decision. `refused`: the page says no."""

    by: str
    action: str
    field: str
    text: str
    refused: bool


class Touched(_Part):
    """What somebody changes in the CRM, in its own pages, of what an action of the job made."""

    action: str
    kind: Literal["contacts", "deals", "tasks"]
    properties: Mapping[str, str]


class RolledBack(_Part):
    """Who orders to undo what the job did, once it is complete, and what was changed before."""

    by: str
    reason: str
    touched: Touched | None = None


class TakenUp(_Part):
    """What becomes of what people rejected: a team of the company gets it, or it ends with a mail
    to whoever wrote, which is signed as `decision` says; without a text the fixed one."""

    by: str
    why: str = ""
    team: str = ""
    text: str = ""
    decision: Literal["approve", "reject"] | None = None
    signers: tuple[str, ...] = ()


class CaseExpected(_Part):
    """Who has the case, and the most hours until they are to have taken it up."""

    owner: str
    hours: int


class HandedOver(_Part):
    """A child of the job: who gets it, and how that ends. `owner` and `due_hours` are of its case:
    the team, and the most hours until it is due."""

    to: str
    status: Status
    actions: Mapping[str, ActionStatus] = {}
    mails_to_sender: int = 0
    crm_writes: int = 0
    refunds: int = 0
    owner: str = ""
    due_hours: int = 0
    neglected: bool = False
    """Nobody takes its case up, until it is a day over its time. Such events are played last."""


class SpentBudget(_Part):
    """Others used up what the workflow's calls of the model may cost today; once the job waits for
    it, somebody adds to it. Such events are played alone."""

    by: str
    reason: str
    usd: str
    tokens: int


Ending = Literal["refused", "cut off"]


class Expectation(BaseModel):
    """An event's `expect.json`, written by hand: see events/README.md."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    door: Literal["webhook", "upload", "propose"]
    workflow: str
    deliveries: int
    """How often the same event is delivered."""
    answer: int | None
    """The door's answer to each delivery; null for uploads."""
    after: tuple[str, ...]
    """Events that must have ended before this one is sent."""
    decision: Literal["approve", "reject", "expire"] | None
    status: Status | None
    """How the job ends; null when the door refuses and there is no job."""
    actions: Mapping[str, ActionStatus]
    mails_to_sender: int
    crm_writes: int
    reason: str
    refunds: int = 0
    """Refunds with one of our keys that the payments journal holds for this event."""
    pushes: int = 0
    """Messages that the channels' journal holds for this event."""
    shop: int = 0
    """Effects under one of our keys that the shop's journal holds for this event."""
    children: tuple[HandedOver, ...] = ()
    """The jobs to which this one hands the message over, in their order."""
    signers: tuple[str, ...] = ()
    """Who signs, in order; without it whoever is asked first."""
    unreachable: tuple[str, ...] = ()
    """Whose mail bounces while this is played, which is then played alone."""
    fault: SampleFault | None = None
    ending: Ending | None = None
    """How the model's answers to exactly this message end; a repair is answered whole."""
    budget: SpentBudget | None = None
    meanwhile: ByColleague | Answered | None = None
    edit: Edit | None = None
    rollback: RolledBack | None = None
    answered: str = ""
    """What whoever wrote answers, in the mailbox, to the question of the job that waits for it."""
    taken_up: TakenUp | None = None
    generate: Mapping[str, int] | None = None
    """How to make the body of an event that has no file: `{"bytes": 1100000}`."""
    sender: str = DEFAULT
    """Who posts it, of the stage's senders."""
    problems: tuple[str, ...] = ()
    """The fields that the door's answer names as missing or wrong, and the case's reason too."""
    case: CaseExpected | None = None
    """The case that it ends in."""


@dataclass(frozen=True)
class Sample:
    """One event. `file` is the name under which it is sent; `answer` what a model says to it,
    where the offline model gives an answer that is not its own."""

    name: str
    expect: Expectation
    file: str
    load: Callable[[], bytes]
    answer: Mapping[str, Any] | None = None

    @property
    def title(self) -> str:
        """The folder's name in words."""
        words = self.name.partition("-")[2].split("-")
        title = " ".join(word.upper() if word in _ABBREVIATIONS else word for word in words)
        return title[:1].upper() + title[1:]

    @property
    def kinds(self) -> frozenset[tuple[object, ...]]:
        """What can be seen when it is played. Of the engine, which is one for all workflows: how
        each door and decision ends, with a plan and without, how many sign, who sends, and what
        befalls it. Of its workflow: how it ends."""
        one = self.expect
        befalls = (
            *(one.children, one.unreachable, one.fault, one.meanwhile, one.edit, one.rollback),
            *(one.ending, one.budget, one.taken_up),
        )
        seen: tuple[tuple[object, ...], ...] = (
            ("door", one.door, one.answer, one.status),
            ("decision", one.decision, one.status),
            ("signers", len(one.signers)),
            ("sender", one.sender, one.status is None),
            *(("befalls", at, type(each)) for at, each in enumerate(befalls) if each),
            ("plan", bool(one.actions), one.status),
            ("workflow", one.workflow, one.status),
        )
        return frozenset(seen)


class EventsError(ValueError):
    """A folder in `events/` cannot be read; the message names it."""


def samples(folder: Path = FOLDER) -> tuple[Sample, ...]:
    """All events in order of their names. Raises EventsError."""
    return tuple(_sample(one) for one in sorted(folder.iterdir()) if one.is_dir())


def beginning_with(prefix: str) -> tuple[Sample, ...]:
    """The events whose names begin so, and those that they come after. Raises EventsError when
    there is none."""
    events = samples()
    found = [one for one in events if one.name.startswith(prefix)]
    if not found:
        raise EventsError(f"no event in {FOLDER.name}/ begins with {prefix}")
    return _with_earlier(events, found)


def one_of_each_kind(events: Sequence[Sample]) -> tuple[Sample, ...]:
    """A few events that show every kind, each the one that shows most of what is still missing,
    and those that they name as coming before them, in order."""
    chosen, missing = list[Sample](), frozenset[object]().union(*(one.kinds for one in events))
    while missing:
        chosen.append(max(events, key=lambda one: len(one.kinds & missing)))
        missing -= chosen[-1].kinds
    return _with_earlier(events, chosen)


def _with_earlier(events: Sequence[Sample], some: Collection[Sample]) -> tuple[Sample, ...]:
    """`some`, and those that they name as coming before them, in order."""
    needed = {name for event in some for name in event.expect.after}
    return tuple(event for event in events if event in some or event.name in needed)


def _sample(folder: Path) -> Sample:
    try:
        raw = (folder / "expect.json").read_text(encoding="utf-8")
        expect = Expectation.model_validate_json(raw)
    except (OSError, ValueError) as error:
        raise EventsError(f"events/{folder.name}/expect.json: {error}") from error
    file = next(folder.glob("event.*"), None)
    if file:
        return Sample(folder.name, expect, file.name, file.read_bytes, _answer(folder))
    if expect.generate is None:
        raise EventsError(f"events/{folder.name} has no event file and nothing to generate")
    size = expect.generate["bytes"]
    return Sample(folder.name, expect, "event.json", lambda: _filled(size))


def _answer(folder: Path) -> Mapping[str, Any] | None:
    file = folder / "answer.json"
    found: Mapping[str, Any] | None = json.loads(file.read_bytes()) if file.is_file() else None
    return found


def _filled(size: int) -> bytes:
    """A JSON form of exactly `size` bytes."""
    form: dict[str, Any] = {"name": "Pat", "email": "pat@example.com", "message": ""}
    form["message"] = "x" * (size - len(json.dumps(form)))
    return json.dumps(form).encode()
