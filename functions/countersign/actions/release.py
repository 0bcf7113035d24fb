"""The action on our own releases: how far a stored one comes is changed, and taken back."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import ClassVar, Literal, Protocol

from countersign.domain.contract import Contract
from countersign.domain.errors import Refused
from countersign.domain.ledger.action import Action, Prose, Receipt, Undo

To = Literal["shadow", "canary", "live", "aborted", "retired"]
_SHORT = 12
_SHARED = frozenset({"shadow", "canary"})


class ChangeState(Contract):
    """A stored release comes into another state."""

    CONTRACT: ClassVar[str] = "release.promote"
    VERSION: ClassVar[int] = 1

    workflow: str
    release: str
    """Its digest: what is signed is these bytes, whatever is made later."""
    to: To
    share: Decimal = Decimal(0)
    """Of new jobs, 0 to 1, in shadow and as a canary."""
    by: str
    """A person's id: who asked for it."""
    why: Prose


class Releases(Protocol):
    """Stored releases of one stage."""

    def change_state(self, order: ChangeState, key: str) -> None:
        """Raises Refused, with why, for what may not be done, and Unavailable when somebody was
        quicker."""

    def state_changed(self, order: ChangeState, key: str) -> bool:
        """Whether this key has done it."""

    def standing(self, order: ChangeState) -> Mapping[str, str]:
        """The release's own `state`, with its share, and the digest that is `live`."""

    def take_back(self, order: ChangeState, key: str) -> None:
        """The one before is live again, or the release is stopped. Raises Refused."""


_SENTENCES: Mapping[To, str] = {
    "shadow": "Let {it} answer in shadow beside {share:.0%} of new jobs, and act on nothing",
    "canary": "Give {share:.0%} of new jobs to {it}, as a canary",
    "live": "Give all new jobs to {it}",
    "aborted": "Stop {it} for good",
    "retired": "Take {it} back: new jobs get the one before",
}


def _words(order: ChangeState) -> str:
    it = f"release {order.release[:_SHORT]} of {order.workflow.replace('_', ' ')}"
    return f"{_SENTENCES[order.to].format(it=it, share=order.share)}."


def _do(releases: Releases, order: ChangeState, key: str) -> Receipt:
    releases.change_state(order, key)
    return Receipt(id=order.release)


def _find(releases: Releases, order: ChangeState, key: str) -> Receipt | None:
    return Receipt(id=order.release) if releases.state_changed(order, key) else None


def _read_back(releases: Releases, order: ChangeState, receipt: Receipt) -> Mapping[str, str]:
    return {"id": receipt.id, "state": releases.standing(order)["state"]}


def _expected(order: ChangeState) -> Mapping[str, str]:
    return {"id": order.release, "state": standing_as(order.to, order.share)}


def standing_as(state: str, share: Decimal) -> str:
    """`canary 0.1`; a state without a share is its name."""
    return f"{state} {share.normalize():f}" if share else state


def _undo_words(order: ChangeState) -> str:
    return f"Take back: {_words(order)}"


def _state(releases: Releases, order: ChangeState, _key: str, _at: str) -> Mapping[str, str]:
    """What jobs get of it. One that is not begun and one that is stopped get none."""
    now = releases.standing(order)
    if order.to == "live":
        return {"id": order.release, "live": now["live"]}
    if order.to in _SHARED:
        shared = now["state"] if now["state"].startswith(tuple(_SHARED)) else ""
        return {"id": order.release, "jobs": shared}
    return {"id": order.release, "state": now["state"]}


def _restore(
    releases: Releases, order: ChangeState, key: str, _at: str, values: Mapping[str, str]
) -> None:
    if order.to in {"aborted", "retired"}:
        raise Refused("what was stopped is not begun anew: make the release once more")
    if values.get("jobs"):
        raise Refused("a share that was changed is not changed back: stop the release")
    releases.take_back(order, key)


PROMOTE: Action[ChangeState, Releases] = Action(
    id="release.promote",
    version=1,
    connector="desk",
    params=ChangeState,
    words=_words,
    do=_do,
    find=_find,
    read_back=_read_back,
    expected=_expected,
    inner=("release", "workflow", "to", "share"),
    undo=Undo(words=_undo_words, creates=False, state=_state, restore=_restore),
)
