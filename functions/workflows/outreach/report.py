"""What is made of a campaign that is over: every row of the list with its end."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from io import StringIO
from typing import Any

from countersign.actions.campaigns import UNKNOWN
from countersign.domain.lane.items import ItemState
from countersign.domain.lane.lane import Document, Figure, Open, Pinned, Settled

_NAMED = 20
"""Rows that are named in a sentence; all stand in the document."""
_SAID = {ItemState.DONE: "sent", ItemState.SKIPPED: "left out", ItemState.QUARANTINED: "unreadable"}


def finish(
    _of: Pinned[Any], _open: Open, settled: Iterable[Settled]
) -> Iterator[Document | Figure]:
    """One line for each row; those of which nobody can tell in a document of their own."""
    every, unknown = StringIO(), StringIO()
    all_rows, lost = csv.writer(every), csv.writer(unknown)
    header = ("row", "state", "why", "message id")
    all_rows.writerow(header)
    lost.writerow(header)
    numbers: list[int] = []
    for one in settled:
        line = _line(one)
        all_rows.writerow(line)
        if one.state is ItemState.UNKNOWN:
            lost.writerow(line)
            numbers.append(one.number)
    yield "rows.csv", every.getvalue().encode()
    if numbers:
        more = f" and {len(numbers) - _NAMED} more" if len(numbers) > _NAMED else ""
        yield "unknown.csv", unknown.getvalue().encode()
        yield Figure(UNKNOWN, f"rows {', '.join(map(str, numbers[:_NAMED]))}{more}")


def _line(one: Settled) -> tuple[str, ...]:
    """No address: whoever has the list finds it by its row."""
    sent = str((one.result or {}).get("message_id", ""))
    return (str(one.number), _SAID.get(one.state, one.state.value), one.cause, sent)
