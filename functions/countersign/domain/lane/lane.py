"""What a workflow says of a file of many items: how it is read, worked on, and summed up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, BinaryIO, ClassVar, Generic, TypeVar

from countersign.domain.contract import Contract
from countersign.domain.lane.items import ItemState

InputT = TypeVar("InputT", bound=Contract)

Open = Callable[[], BinaryIO]
"""The file on the disk, from its beginning at each call. It may be larger than the memory."""


@dataclass(frozen=True)
class Unreadable:
    """A row that cannot be read: it is quarantined, with this reason in our own words."""

    reason: str


FILED = "filed"
"""Name of the result that holds what is known of a file once it is read."""


class Filed(Contract):
    """What is known of a file once every row of it was read."""

    CONTRACT: ClassVar[str] = "lane.filed"
    VERSION: ClassVar[int] = 1

    name: str
    """As it was uploaded; empty of one that was posted."""
    size: int
    """Bytes."""
    rows: int
    """All of them, those that cannot be read among them."""
    quarantined: int
    batches: int
    digest: str
    """Over every row that can be read."""
    reasons: Mapping[str, int] = {}
    """Of what cannot be read: how many rows, by reason."""


@dataclass(frozen=True)
class Done:
    """The item's work is done."""

    result: Mapping[str, Any]


@dataclass(frozen=True)
class Skipped:
    """A rule says that nothing is to be done with the item."""

    rule: str


@dataclass(frozen=True)
class Failed:
    """The item's work cannot be done."""

    cause: str


Worked = Done | Skipped | Failed


@dataclass(frozen=True)
class Settled:
    """One row of the file, when all is over."""

    number: int
    state: ItemState
    cause: str = ""
    result: Mapping[str, Any] | None = None


Document = tuple[str, bytes]
"""A file's name, and what is in it."""


def nothing(_input: Any, _open: Open, _settled: Iterable[Settled]) -> Iterator[Document]:
    """No documents."""
    return iter(())


@dataclass(frozen=True)
class Lane(Generic[InputT]):
    """How a file of many items is worked through, one by one and many side by side."""

    read: Callable[[Open], Iterator[str | Unreadable]]
    """Every row once, in the order of the file: the item as `work` wants it. The same bytes give
    the same rows. Raises Quarantined for what is no such file."""
    describe: Callable[[Filed], InputT]
    """The job's input."""
    work: Callable[[InputT, str], Worked]
    """One item. Raises Ambiguous where nobody can say whether it was done."""
    finish: Callable[[InputT, Open, Iterable[Settled]], Iterable[Document]] = nothing
    """What is made of the results, in the order of the file: the same rows give the same bytes."""
    batch: int = 50
    """Items of one batch: what its pace allows in a child's time."""
    failed_at_most: Decimal = Decimal("0.01")
    """The share of rows, 0 to 1, that may fail, stay unknown or be unreadable; with more a person
    gets the job."""
    most_bytes: int = 200_000_000
    most_rows: int = 200_000
