"""`countersign clock`: move the time that everything on this machine sees."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import typer

from countersign.connectors.clock import KEPT_FOR, MOVABLE
from countersign.runtime.deps import Deps

FARTHEST = timedelta(days=3650)
_UNITS = {"w": 7 * 86_400, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
_MOVE = re.compile(r"([+-])((?:[0-9]{1,6}[wdhms])+)")
_PART = re.compile(r"([0-9]+)([wdhms])")


def moved(deps: Deps, move: str) -> timedelta:
    """The offset after `move`: `+48h`, `-1h`, `+1d12h`, `now` to leave it, `reset` for real time.

    Returns when every function has let go of the old offset: an event signed in the new time is
    not turned away by a door that still lives in the old one. Raises BadParameter.
    """
    if deps.settings.stage != MOVABLE:
        raise typer.BadParameter("time can be moved on this machine only, with --target local")
    before = deps.offset.read()
    after = _after(before, move)
    if after != before:
        deps.offset.write(after)
        deps.pause(2 * KEPT_FOR)
    return after


def as_data(now: datetime, offset: timedelta) -> dict[str, str | int]:
    """For `--json`."""
    return {"now": now.isoformat(timespec="seconds"), "offset_seconds": int(offset.total_seconds())}


def by(offset: timedelta) -> str:
    """`+2 d 3 h`, `-1 h`; empty for no offset."""
    seconds, words = abs(int(offset.total_seconds())), []
    for unit in ("d", "h", "m", "s"):
        count, seconds = divmod(seconds, _UNITS[unit])
        words += [f"{count} {'min' if unit == 'm' else unit}"] if count else []
    return ("-" if offset < timedelta() else "+") + " ".join(words) if words else ""


def _after(before: timedelta, move: str) -> timedelta:
    if move in ("now", "reset"):
        return before if move == "now" else timedelta()
    found = _MOVE.fullmatch(move)
    if not found:
        raise typer.BadParameter(f"{move!r} is not a move: say +48h, -1h, +1d12h, now or reset")
    seconds = sum(int(count) * _UNITS[unit] for count, unit in _PART.findall(found[2]))
    after = before + timedelta(seconds=seconds if found[1] == "+" else -seconds)
    if abs(after) > FARTHEST:
        raise typer.BadParameter("the clock can be moved by ten years at most")
    return after
