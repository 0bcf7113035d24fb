"""Every error that Countersign raises on purpose. The class decides what the state machine does.

CountersignError
├── Transient                 Step Functions retries with jitter; then the job is parked
│   ├── Throttled             the other side said "later"
│   ├── Unavailable           no answer, or 5xx, before the other side applied anything
│   ├── TurnNotBooked         our own table could not book a turn; nobody was asked
│   └── StoreConflict         somebody else wrote the job first
│       └── ClaimHeld         or another job was first with what it is about
├── NotNow                    the job is parked at once; nothing is retried
│   ├── ConnectorResting      the other side failed too often
│   │   └── Paused            an operator stopped it, or the job's workflow
│   ├── ConnectorBusy         its turn is far ahead; parked until then
│   ├── NotYourTurn           its turn comes within minutes; waited for in the same execution
│   ├── BudgetSpent           the model's budget of the day is used up; parked until there is more
│   ├── ItemsUnderWay         its file's items are worked on; parked until they are
│   ├── ModelAway             or they wait for the model: it rests, or does not take our key
│   └── Misconfigured         the other side does not take our key, sender or setting
│       └── SecretMissing     or nobody has set that key
├── NeedsPerson               no retry helps; the job becomes a case
│   ├── ForTeam               a desk handed the message over to a team; nothing went wrong
│   ├── Quarantined           the bytes from outside cannot be read safely
│   ├── Ungrounded            the model's answer stayed invalid or unsupported after its repair
│   ├── JobBudgetSpent        the job's own budget of the model is used up
│   ├── UnknownVersion        a stored result was written by code that is no longer here
│   ├── Refused               the other side rejected what we sent, and will again
│   └── InternalError         a defect of ours; the log has the trace
│       └── DefinitionBroken  a workflow's folder or a stage file states what cannot be
├── Dismissed                 nothing is wanted; the job closes with that reason
├── Joined                    another job has what arrived; this one closes
├── ModelDown                 the model is away for longer than its workflow waits; its fallback
├── UndoOrdered               what is left of the job is to be taken back
├── ContractBroken            the sender's input breaks the published contract; the job is rejected
│   └── EditForbidden         or a person typed what policy forbids; they are told why
├── StaleExecution            another execution owns the job now; this one ends
└── (raised and handled within one function, never seen by the state machine)
    ├── IllegalMove           a status change that the table of moves does not have
    ├── Ambiguous             an effect may or may not have happened
    ├── NotAuthorised         an action without a live, matching authority
    │   └── NotPermitted      this person may not do this now; nothing is wrong with what is stored
    ├── AlreadyDecided        a second decision on the same approval
    ├── BatchTaken            somebody else works on a batch of a file now
    └── NotFound              no such job, link or payload

Messages are safe to log and to show to an operator: they never quote content from outside.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from countersign.domain.limits.pace import Turn


class CountersignError(Exception):
    """Root of the tree."""


class Transient(CountersignError):  # noqa: N818 - Step Functions shows class names; these read as outcomes
    """Worth another try."""


class Throttled(Transient):
    """The other side asked us to slow down."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        """Seconds that the other side asked for, if it did."""


class Unavailable(Transient):
    """The other side could not be reached, or failed before it applied anything."""


class TurnNotBooked(Transient):
    """Our own table was in trouble before a request of a visit: the other side was not asked, and
    knows of nothing."""


class StoreConflict(Transient):
    """The job changed between our read and our write; read again and decide again."""


class ClaimHeld(StoreConflict):
    """What was to be claimed in the same write is held by some job; nothing was written."""


class NotNow(CountersignError):  # noqa: N818 - as Transient
    """Nothing is wrong with the job, and trying again at once would be a burden."""


_RESTS = "it failed too often or asked for a pause"


class ConnectorResting(NotNow):
    """The breaker of a connector is open."""

    def __init__(
        self, connector: str, until: datetime | None = None, *, misconfigured: bool = False
    ) -> None:
        ends = f" until {until:%H:%M:%S} UTC" if until else ""
        why = "its key or a setting is not taken" if misconfigured else _RESTS
        super().__init__(f"{connector} rests{ends}: {why}")
        self.until = until
        """When it closes, in the machine's own time, if that is known."""
        self.misconfigured = misconfigured


PAUSED = " is paused by "


class Paused(ConnectorResting):
    """An operator stopped it: only a person lets it go on."""

    def __init__(self, what: str, said: str, until: datetime) -> None:
        super().__init__(what, until)
        self.args = (f"{what}{PAUSED}{said}",)


class ConnectorBusy(NotNow):
    """So many are ahead that the job waits in the table."""

    def __init__(self, connector: str, until: datetime) -> None:
        super().__init__(f"its turn at {connector} comes at {until:%H:%M:%S} UTC")


class NotYourTurn(NotNow):
    """Others are ahead. The state machine reads the seconds out of the message, between the two
    signs `#`."""

    def __init__(self, key: str, turn: Turn, wait: timedelta) -> None:
        self.seconds = max(1, int(wait.total_seconds()))
        """Whole ones, rounded down: the rest is waited in the function."""
        super().__init__(f"its turn at {key} comes in #{self.seconds}# seconds")
        self.key = key
        self.turn = turn


BUDGET = "the model's budget "


class BudgetSpent(NotNow):
    """The model's budget of a day is used up: jobs go on with tomorrow's, or when an operator
    raises it."""

    def __init__(self, name: str, day: str, most: str, needs: str) -> None:
        super().__init__(
            f"{BUDGET}of {day} (UTC) for {name}, {most}, has no room for a call of up to {needs}:"
            f" it waits for the budget of tomorrow, or `countersign budget raise {name}`"
        )


class ItemsUnderWay(NotNow):
    """The items of the job's file are worked on by another machine, which wakes the job."""


class ModelAway(NotNow):
    """The items of the job's file wait for the model: it rests, is paused, or does not take our
    key or a setting. The message says which."""


class MoreToRead(CountersignError):  # noqa: N818 - as Transient
    """A long input is not read to its end: what was read is stored, the state is entered again."""


class Misconfigured(NotNow):
    """The other side does not take our key, our sender or a setting, whatever the job is: nothing
    was applied. Once an operator has mended it, all jobs go on by themselves. The message says what
    is not taken and how that is mended."""


class SecretMissing(Misconfigured):
    """A credential is not set. The message names it and the command that sets it."""


class NeedsPerson(CountersignError):  # noqa: N818 - as Transient
    """No retry helps: a person has to look."""


class ForTeam(NeedsPerson):
    """A desk handed the message over to a team: no process takes it, and nothing went wrong."""


class Quarantined(NeedsPerson):
    """The raw bytes are kept and nobody tries to read them again by machine."""


class Ungrounded(NeedsPerson):
    """The model's answer is invalid, or says things its source does not."""


class JobBudgetSpent(NeedsPerson):
    """What the model may cost for one job is used up."""

    def __init__(self, job_id: str, most: str) -> None:
        super().__init__(
            f"the job's budget of the model, {most}, is used up:"
            f" `countersign budget raise {job_id}` and resume its case, or end it by hand"
        )


class UnknownVersion(NeedsPerson):
    """A stored result has a contract version which this code does not know."""


class Refused(NeedsPerson):
    """The other side rejected the request for good (4xx): this job's data are wrong."""

    def __init__(self, message: str, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.fields = dict(fields or {})
        """Names of ours that it would not take, with its code for why, when it says so."""


class InternalError(NeedsPerson):
    """A defect of ours. The message names exception class and state; the log has the trace."""


class DefinitionBroken(InternalError):  # noqa: N818 - as Transient
    """A workflow's folder or a stage file states what cannot be. The message names the place and
    what is wrong there. Never the sender's fault: no job is rejected for it."""


class Dismissed(CountersignError):  # noqa: N818 - as Transient
    """A machine wrote it, or nothing else asks for an answer. The message says what."""


class ModelDown(CountersignError):  # noqa: N818 - as Transient
    """The model is not there for as long as the workflow waits: what the workflow declared for that
    follows."""


class Joined(CountersignError):  # noqa: N818 - as Transient
    """What arrived belongs to another job, which has it now. The message says to which."""


class UndoOrdered(CountersignError):  # noqa: N818 - as Transient
    """The job needs no answer any more: an order to undo it is open."""


class ContractBroken(CountersignError):  # noqa: N818 - as Transient
    """Input that breaks the published contract. The message lists the fields."""

    def __init__(self, message: str, problems: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.problems = tuple(problems) or (message,)
        """What is wrong, a sentence for each field, without any value of them."""


class EditForbidden(ContractBroken):
    """What a person typed, and policy forbids."""

    def __init__(self, message: str, told: Sequence[str]) -> None:
        super().__init__(message)
        self.told = tuple(told)
        """Why, with what was typed: for the page of whoever typed it, never for a log."""


class StaleExecution(CountersignError):  # noqa: N818 - as Transient
    """This execution no longer owns its job."""


class IllegalMove(CountersignError):  # noqa: N818 - as Transient
    """A status change that the table of legal moves does not allow."""


class Ambiguous(CountersignError):  # noqa: N818 - as Transient
    """The answer to an effect was lost: it may have happened."""

    def __init__(self, message: str, *, settled: bool = False) -> None:
        super().__init__(message)
        self.settled = settled
        """Whether asking again under the same key would give the same answer: no retry helps."""


class NotAuthorised(CountersignError):  # noqa: N818 - as Transient
    """An action reached Act without an authority that covers its exact bytes."""


class NotWanted(NotAuthorised):
    """Whoever a mail is for wants none: seen in the write that was to claim it."""


class NotPermitted(NotAuthorised):
    """A judge of people said no. The message is its reason, for the person to read."""


class AlreadyDecided(CountersignError):  # noqa: N818 - as Transient
    """The approval has its decision."""


class BatchTaken(CountersignError):  # noqa: N818 - as Transient
    """Somebody else entered the batch, or a later run owns it: nothing was written."""


class NotFound(CountersignError):  # noqa: N818 - as Transient
    """There is no such thing under this id."""


Category = Literal["defect", "misconfigured", "resting", "transient", "refused", "contract"]
"""What kind of trouble a step met: ours, an operator's to mend, an outside system's for a while,
one try's, one job's data, or its sender's."""


def category(error: Exception) -> Category | None:
    """The kind of an error that a step raised; None for one by which nothing goes wrong: others are
    ahead, an operator pauses, a team takes over, the job has nothing left to do."""
    return next((kind for one, kind in _CATEGORIES if isinstance(error, one)), None)


_Kinds = type[CountersignError] | tuple[type[CountersignError], ...]
_CATEGORIES: tuple[tuple[_Kinds, Category | None], ...] = (
    (Paused, None),
    (Misconfigured, "misconfigured"),
    ((ConnectorResting, ModelDown), "resting"),
    (ForTeam, None),
    (InternalError, "defect"),
    (NeedsPerson, "refused"),
    (Transient, "transient"),
    (ContractBroken, "contract"),
)


def family(root: type[CountersignError]) -> tuple[str, ...]:
    """Names of `root` and all its subclasses, as Step Functions' `ErrorEquals` wants them."""
    names = [root.__name__]
    for child in root.__subclasses__():
        names.extend(family(child))
    return tuple(names)


def failed_with(given: Mapping[str, Any]) -> str:
    """The class of the error that a Catch handed on in a state's input; empty without one."""
    error = given.get("error")
    return str(error.get("Error", "")) if isinstance(error, dict) else ""


def failure(given: Mapping[str, Any]) -> str:
    """The sentence of the error that a Catch handed on in a state's input; empty without one.

    Step Functions gives `{"Error": class name, "Cause": Lambda's JSON with "errorMessage"}`.
    Messages of classes that are not ours are not repeated: they may hold content.
    """
    error = given.get("error")
    if not isinstance(error, dict):
        return ""
    name = str(error.get("Error", "?"))
    if name not in family(CountersignError):
        return f"{name} in a step"
    try:
        return str(json.loads(str(error.get("Cause", ""))).get("errorMessage") or name)
    except (ValueError, AttributeError):
        return name
