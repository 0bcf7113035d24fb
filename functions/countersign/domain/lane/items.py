"""Items: every row of the file is at every moment in exactly one state, and their sum is the file.

An item that nobody has begun has no row anywhere: it is left. So is one that somebody works on, and
one whose worker was killed: an item's work has no effect but its answer, and may be done again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from enum import StrEnum

from countersign.domain.contract import Value

MOST_TRIES = 2
"""An item whose work was cut off so often is what cuts it off."""
CUT_OFF = f"its work was cut off {MOST_TRIES} times"


class ItemState(StrEnum):
    """Where a row of the file stands."""

    QUARANTINED = "quarantined"
    """It cannot be read."""
    SKIPPED = "skipped"
    """A rule says that nothing is to be done with it."""
    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"
    """Nobody can say whether it was done."""
    LEFT = "left"


_S = ItemState


class Ended(Value):
    """How the work on one item ended. Once it is stored it never changes."""

    state: ItemState
    cause: str = ""
    """The rule by which it was skipped, or why it failed."""
    result: str = ""
    """What came of it, as canonical JSON."""
    usd: Decimal = Decimal(0)
    """What the model cost."""
    tokens: int = 0
    """What it used, in and out."""


class Item(Value):
    """What is stored of an item that somebody has begun."""

    number: int
    """Its row in the file, the first is 1."""
    entry: int
    """Which entry into its batch claimed it last."""
    tries: int
    ended: Ended | None = None


class Tally(Value):
    """How many rows are in each state, and what they cost."""

    quarantined: int = 0
    skipped: int = 0
    done: int = 0
    failed: int = 0
    unknown: int = 0
    left: int = 0
    causes: Mapping[str, int] = {}
    """Of what was skipped, failed or is unknown, by its cause."""
    usd: Decimal = Decimal(0)
    tokens: int = 0

    @property
    def rows(self) -> int:
        """All of them."""
        return sum(getattr(self, state.value) for state in ItemState)

    def plus(self, other: Tally) -> Tally:
        """Both together."""
        counts = {one.value: getattr(self, one) + getattr(other, one) for one in ItemState}
        causes = Counter(self.causes) + Counter(other.causes)
        return Tally(
            **counts,
            causes=dict(sorted(causes.items())),
            usd=self.usd + other.usd,
            tokens=self.tokens + other.tokens,
        )


def tally(size: int, begun: Iterable[Item]) -> Tally:
    """That of a batch of so many items, of which these are begun."""
    over = [one.ended for one in begun if one.ended]
    counts = Counter(one.state.value for one in over)
    causes = Counter(one.cause for one in over if one.cause)
    return Tally(
        **counts,
        left=size - len(over),
        causes=dict(sorted(causes.items())),
        usd=sum((one.usd for one in over), Decimal(0)),
        tokens=sum(one.tokens for one in over),
    )


def claimed(held: Item | None, number: int, entry: int) -> Item:
    """The item as whoever entered its batch last claims it."""
    return Item(number=number, entry=entry, tries=held.tries + 1 if held else 1)


def is_left(held: Item | None) -> bool:
    """Whether its work is still to be done."""
    return held is None or held.ended is None


def is_claimed(held: Item | None) -> bool:
    """Whether somebody began its work, and nobody has said how it ended."""
    return held is not None and held.ended is None and held.tries > 0


def given_up(held: Item | None) -> Ended | None:
    """How an item ends whose work was cut off too often; None: it is worked on."""
    if held is None or held.ended is not None or held.tries < MOST_TRIES:
        return None
    return Ended(state=_S.FAILED, cause=CUT_OFF)


def ended_as(held: Item, ended: Ended) -> Item:
    """The item, ended."""
    return held.model_copy(update={"ended": ended})


def put_back(held: Item) -> Item:
    """The item as if it had not been claimed: what kept its work from being done was not it."""
    return held.model_copy(update={"tries": held.tries - 1})


def evidence(seen: Tally) -> Mapping[str, str]:
    """The counts as an action's receipt tells them."""
    counts = {state.value: str(getattr(seen, state)) for state in ItemState}
    spent = {"usd": f"{seen.usd.normalize():f}"} if seen.usd else {}
    return {"rows": str(seen.rows), **counts, **spent}


class Outcome(Value):
    """How one row of the file ended, as it is kept in the bucket."""

    number: int
    ended: Ended


def outcomes(numbers: Iterable[int], begun: Mapping[int, Item]) -> Iterator[Outcome]:
    """Those of a batch's rows; one that nobody ended is left."""
    for number in numbers:
        ended = begun[number].ended if number in begun else None
        yield Outcome(number=number, ended=ended or Ended(state=_S.LEFT))
