"""What a workflow says of a file of many items: how it is read, worked on, and summed up."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, BinaryIO, ClassVar, Generic, Protocol, TypeVar

from countersign.domain.contract import Contract
from countersign.domain.lane.batches import Line, together
from countersign.domain.lane.items import ItemState
from countersign.domain.policy.release import Release

InputT = TypeVar("InputT", bound=Contract)
SurveyedT_co = TypeVar("SurveyedT_co", bound=Contract, covariant=True)

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
class Pinned(Generic[InputT]):
    """What is the same for all items of a job: its input, and the release that it is pinned to."""

    input: InputT
    release: Release


@dataclass(frozen=True)
class Told:
    """What the model said of one item."""

    answer: Any = None
    """By the contract of the lane's question; None: there is none."""
    why: str = ""
    """Why there is none, in our own words; empty where nothing was asked."""


@dataclass(frozen=True)
class Asking(Generic[InputT]):
    """How the model is asked about one item: one strict answer for all that is asked of it. Whoever
    asks the same under the same release is given what the first one was."""

    answer: type[Contract]
    shown: Callable[[Pinned[InputT], str], str]
    """What the model reads of an item; empty: nothing of it needs to be asked."""
    faults: Callable[[Pinned[InputT], str, Any], Sequence[str]]
    """What an answer gets wrong about its item, in sentences for the one repair."""
    offline: Callable[[str], Mapping[str, Any]]
    """The plain heuristics: what the model is shown to an answer."""


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


@dataclass(frozen=True)
class Figure:
    """A number of the whole file that the next plan, and who signs it, should know."""

    name: str
    value: str


@dataclass(frozen=True)
class Sheet:
    """A document that people read: a page that loads nothing, made of `data` by a template."""

    name: str
    template: str
    data: Mapping[str, Any]


Made = Document | Figure | Sheet


def nothing(_of: Any, _open: Open, _settled: Iterable[Settled]) -> Iterator[Made]:
    """No documents."""
    return iter(())


class Survey(Protocol[SurveyedT_co]):
    """What is learnt of a file while it is read, once for each row of it that can be read."""

    @property
    def apart(self) -> timedelta:
        """How long ago somebody must have been written to, not to be left out for that."""

    def add(self, line: Line) -> None:
        """The next row."""

    def contacts(self, lines: Iterable[Line]) -> Sequence[str]:
        """Whom these rows would write to, by their digests, for a look at what forbids it now."""

    def describe(self, filed: Filed, standing: Mapping[str, int]) -> SurveyedT_co:
        """The job's input; `standing`: for how many contacts a look found something against it,
        by the rule."""


@dataclass(frozen=True)
class Lane(Generic[InputT]):
    """How a file of many items is worked through, one by one and many side by side."""

    read: Callable[[Open], Iterator[str | Unreadable]]
    """Every row once, in the order of the file: the item as `work` wants it. The same bytes give
    the same rows. Raises Quarantined for what is no such file."""
    describe: Callable[[Filed, Release], InputT]
    """The job's input."""
    work: Callable[[Pinned[InputT], str, Told], Worked] | None = None
    """One item, with what the model said of it. Raises Ambiguous where nobody can say whether it
    was done. None: each item is a message, whose work has an effect outside: another function's."""
    finish: Callable[[Pinned[InputT], Open, Iterable[Settled]], Iterable[Made]] = nothing
    """What is made of the results, in the order of the file: the same rows give the same bytes."""
    asks: Asking[InputT] | None = None
    """What the model is asked about each item before its work; None: nothing."""
    batch: int = 50
    """Items of one batch: what its pace allows in a child's time."""
    group: Callable[[str], str] = together
    """What a batch has in common: a row lies among others of its group."""
    survey: Callable[[Open, Release], Survey[InputT]] | None = None
    """Who looks at each row while the file is read; its word is the job's input then, and
    `describe` is not asked."""
    quotes: Callable[[InputT, Collection[int]], Iterable[str]] = lambda _given, _rows: ()
    """The parts of the job's input that are about these rows, word for word: they go with whoever
    stands there and wants to be forgotten."""
    failed_at_most: Decimal = Decimal("0.01")
    """The share of rows, 0 to 1, that may fail, stay unknown or be unreadable; with more a person
    gets the job."""
    most_bytes: int = 200_000_000
    most_rows: int = 200_000

    @property
    def sends(self) -> bool:
        """Whether its items are messages."""
        return self.work is None
