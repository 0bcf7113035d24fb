"""The table of prices, `prices.csv`: one row per model, endpoint kind and service tier, each with
its source; its first line says of which day it is."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources

from countersign.domain.errors import DefinitionBroken
from countersign.domain.policy.prices import Price, Rates

_RATES = ("input", "cached", "written", "output")
_AS_OF = "as of "


@dataclass(frozen=True)
class Prices:
    """The rows by model and tier, and the day of which they are: it is the only today that judges
    what has retired, so that no clone turns red by the calendar."""

    as_of: date
    rows: Mapping[tuple[str, str], Mapping[str, str]]
    """By model and tier, as the file has them; few of them are ever asked for."""

    def of(self, model: str, tier: str, *, where: str, own: Iterable[Price] = ()) -> Price:
        """The row, `own` ones first. Raises DefinitionBroken for a model without one, and for one
        that has retired."""
        there = {(one.model, one.tier): one for one in own}
        row = there.get((model, tier)) or self.row(model, tier)
        if row is None:
            raise DefinitionBroken(
                f"{where}: no price is known of the model {model} in the tier {tier}: give it a"
                " row under [[prices]] in workflows/stages/, with its source"
            )
        if row.retired(self.as_of):
            instead = f"; its successor is {row.successor}" if row.successor else ""
            raise DefinitionBroken(f"{where}: the model {model} retired on {row.retires}{instead}")
        return row

    def row(self, model: str, tier: str) -> Price | None:
        """The table's own row; None: it has none. Raises DefinitionBroken for one that is wrong."""
        said = self.rows.get((model, tier))
        try:
            return _row(said) if said else None
        except (ValueError, ArithmeticError) as wrong:
            raise DefinitionBroken(f"prices.csv: {model} in {tier}: {wrong}") from None

    def retiring(self, rows: Iterable[Price]) -> tuple[str, ...]:
        """A sentence for each model that retires within ninety days of the table's day."""
        named = {one.model: one for one in rows if one.retires_soon(self.as_of)}
        return tuple(
            f"the model {name} retires on {one.retires}"
            + (f": move to {one.successor}" if one.successor else "")
            for name, one in sorted(named.items())
        )


@cache
def prices() -> Prices:
    """The table as it ships."""
    text = resources.files("countersign.stages").joinpath("prices.csv").read_text("utf-8")
    return read(text)


def read(text: str) -> Prices:
    """A table out of its text. Raises DefinitionBroken for what is none."""
    head, _, body = text.partition("\n")
    try:
        rows = {(one["model"], one["tier"]): one for one in csv.DictReader(body.splitlines())}
        return Prices(date.fromisoformat(head.rpartition(_AS_OF)[2]), rows)
    except (ValueError, KeyError) as wrong:
        raise DefinitionBroken(f"prices.csv cannot be read: {type(wrong).__name__}") from None


def _row(said: Mapping[str, str]) -> Price:
    above = int(said["long_above"] or 0)
    return Price(
        provider=said["provider"],
        model=said["model"],
        endpoint=said["endpoint"],
        tier=said["tier"],
        rates=_rates(said, ""),
        long_above=above,
        long_rates=_rates(said, "long_") if above else None,
        retires=date.fromisoformat(said["retires"]) if said["retires"] else None,
        successor=said["successor"],
        temperature=said["temperature"] == "yes",
        effort=said["effort"],
        source=said["source"],
    )


def _rates(said: Mapping[str, str], prefix: str) -> Rates:
    return Rates(**{name: Decimal(said[prefix + name]) for name in _RATES})
