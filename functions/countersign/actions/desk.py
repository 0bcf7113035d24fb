"""Actions on our own desk: a matter of a message goes to the process or the team that takes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar, Protocol

from pydantic import Field

from countersign.domain.contract import Contract
from countersign.domain.errors import Refused
from countersign.domain.jobs.handing import MOST_CHILDREN, Destination, team_of
from countersign.domain.ledger.action import Action, OneOf, Prose, Receipt


class HandOver(Contract):
    """One matter of a message, for one destination. What was understood is evidence: the child
    reads the message itself."""

    CONTRACT: ClassVar[str] = "desk.hand_over"
    VERSION: ClassVar[int] = 1

    number: Annotated[int, Field(ge=1, le=MOST_CHILDREN)]
    """Which child of the job: the same number is the same child."""
    destination: Annotated[Destination, OneOf("choices")]
    about: tuple[str, ...]
    """What the matter is, in the workflow's own words."""
    quotes: tuple[Prose, ...]
    """The pieces of the message that say so."""
    choices: tuple[Destination, ...]
    """Where else it could go."""


@dataclass(frozen=True)
class Child:
    """A job that was handed over: where to, and by which action."""

    job_id: str
    to: str
    key: str


class Desk(Protocol):
    """Creating children of one job."""

    def hand_over(self, order: HandOver, key: str) -> Child:
        """The child of this number: a new one, which is queued, or the one that is there. Raises
        Refused for a destination that there is not."""

    def child(self, number: int) -> Child | None:
        """The child of this number, if there is one."""


def _words(order: HandOver) -> str:
    team = team_of(order.destination)
    where = f"the team {team}" if team else f"the process {order.destination.replace('_', ' ')}"
    return f"Hand over to {where}: {', '.join(order.about)}"


def _hand_over(desk: Desk, order: HandOver, key: str) -> Receipt:
    return _receipt(desk.hand_over(order, key), key)


def _find(desk: Desk, order: HandOver, key: str) -> Receipt | None:
    child = desk.child(order.number)
    return _receipt(child, key) if child else None


def _receipt(child: Child, key: str) -> Receipt:
    """Raises Refused when the child of this number is another action's."""
    if child.key != key:
        raise Refused("another matter was handed over under this number")
    return Receipt(id=child.job_id)


def _read_back(desk: Desk, order: HandOver, receipt: Receipt) -> Mapping[str, str]:
    child = desk.child(order.number)
    return {"to": child.to} if child and child.job_id == receipt.id else {}


def _expected(order: HandOver) -> Mapping[str, str]:
    return {"to": order.destination}


HAND_OVER: Action[HandOver, Desk] = Action(
    id="desk.hand_over",
    version=1,
    connector="desk",
    params=HandOver,
    words=_words,
    do=_hand_over,
    find=_find,
    read_back=_read_back,
    expected=_expected,
    inner=("number", "choices", "destination"),
    editable=("destination",),
    chooser_signs=True,
)
