"""The action on many items: a file that was read is worked through, row by row."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import ClassVar, Protocol

from countersign.domain.contract import Contract
from countersign.domain.ledger.action import Action, Receipt


class RunItems(Contract):
    """Every row of a file that can be read is worked on. What is signed is these rows."""

    CONTRACT: ClassVar[str] = "bulk.run"
    VERSION: ClassVar[int] = 1

    file: str
    """Its name, for people."""
    digest: str
    """Over every row."""
    rows: int
    """Those that cannot be read among them."""
    quarantined: int
    failed_at_most: Decimal
    """The share of rows, 0 to 1, that may come to nothing."""

    @property
    def terms(self) -> str:
        """The digest of what is done with the rows, where that is signed too."""
        return ""


class Items(Protocol):
    """The rows of one job's file."""

    def go_on(self, order: RunItems) -> None:
        """Begin, or go on with what is left. Raises ItemsUnderWay until it is over, and Refused
        where other rows were begun than those of the order."""

    def outcome(self, order: RunItems) -> Mapping[str, str] | None:
        """What came of it, by name; None while it is not over."""

    def verdict(self, order: RunItems) -> str:
        """`accepted`, or why that is not accepted."""


def _words(order: RunItems) -> str:
    readable = order.rows - order.quarantined
    left_out = f"; {order.quarantined:,} cannot be read" if order.quarantined else ""
    lost = f"{(order.failed_at_most * 100).normalize():f} %"
    return f"Work through {readable:,} rows of {order.file}, of which {lost} may fail{left_out}."


def begun(items: Items, order: RunItems, _key: str) -> Receipt:
    """Begin, or go on; what came of it once it is over."""
    items.go_on(order)
    return Receipt(id=order.digest, evidence=items.outcome(order) or {})


def found(items: Items, order: RunItems, _key: str) -> Receipt | None:
    """What came of it, if it is over."""
    over = items.outcome(order)
    return None if over is None else Receipt(id=order.digest, evidence=over)


def _read_back(items: Items, order: RunItems, receipt: Receipt) -> Mapping[str, str]:
    return {"id": receipt.id, "outcome": items.verdict(order)}


def expected(order: RunItems) -> Mapping[str, str]:
    """That what came of these rows is accepted."""
    return {"id": order.digest, "outcome": "accepted"}


RUN: Action[RunItems, Items] = Action(
    id="bulk.run",
    version=1,
    connector="bulk",
    params=RunItems,
    words=_words,
    do=begun,
    find=found,
    read_back=_read_back,
    expected=expected,
    inner=("digest", "rows", "failed_at_most"),
    inside=True,
    leads_on=True,
)
