"""What an approval system must let a bench do to it: five functions, in the bench's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Meanwhile(StrEnum):
    """What happens around a request, after people were asked and before anybody answers."""

    NOTHING = "nothing"
    TOO_LATE = "longer passes than anybody may wait"
    RELEASE = "the next version of the system is deployed"
    LOST = "the target will say yes, and do nothing"


class Says(StrEnum):
    """What somebody answers."""

    APPROVE = "approve"
    REJECT = "reject"
    EDIT = "edit, then approve"
    UNREADABLE = "an answer that the system does not know"


class Reply(StrEnum):
    """What becomes of an answer, as its sender is told."""

    TAKEN = "taken"
    REFUSED = "refused"
    NOT_OFFERED = "not offered"


class State(StrEnum):
    """What a request says of itself, once everything that can go on has gone on."""

    WAITING = "waiting"
    DONE = "done"
    REJECTED = "rejected"
    CLOSED = "closed"
    """It ended without an answer, and whoever looks is told so."""
    TROUBLE = "in trouble"
    """Somebody is told that it is not known to have been done."""


@dataclass(frozen=True)
class Request:
    """A refund that somebody must approve, in cents. The same key is the same request, again."""

    key: str
    cents: int
    requester: str = "agent@bench.example"
    meanwhile: Meanwhile = Meanwhile.NOTHING


@dataclass(frozen=True)
class Mail:
    """Somebody was asked, by these links if there are any."""

    to: str
    about: str
    """Its key, or what else the system knows it by."""
    links: tuple[str, ...] = ()


class System(Protocol):
    """An approval system, empty and of its own for each check."""

    @property
    def name(self) -> str:
        """Its heading."""
        ...

    @property
    def what(self) -> str:
        """What it is, and where its shape is from."""
        ...

    @property
    def unpromised(self) -> Mapping[str, str]:
        """By a check's name: why the system does not promise it."""
        ...

    def ask(self, request: Request) -> Sequence[Mail]:
        """Hand a request in; every mail that has asked somebody about its key so far."""
        ...

    def opens(self, link: str, method: str) -> None:
        """Somebody's program fetches a link: GET or HEAD, without a session."""
        ...

    def decides(self, mail: Mail, says: Says, by: str, cents: int = 0) -> Reply:
        """`by` answers with what stands in `mail`; `cents` are those of an edit."""
        ...

    def state(self, key: str) -> State:
        """Let everything go on that can, and read where the request stands."""
        ...

    def effects(self, key: str) -> Sequence[int]:
        """The cents of each refund that the target's own books have for this key."""
        ...
