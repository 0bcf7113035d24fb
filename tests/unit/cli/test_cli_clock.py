"""`countersign clock`: what moves, who is told, and that events are signed in the moved time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import typer

from countersign.connectors.clock import KEPT_FOR
from countersign.runtime.deps import Deps
from countersign.runtime.settings import Settings
from countersign.web.signature import BadSignature, verify
from infra.cli.clock import by, moved
from infra.cli.submit import headers
from tests.fakes.clock import FakeOffset
from tests.unit.cli.terminal import Terminal

HOUR = timedelta(hours=1)
SECRET = "whsec_" + "QUFB" * 8


def local(offset: FakeOffset, stage: str = "local", naps: list[float] | None = None) -> Deps:
    """The adapters of a stage with an offset; pauses are noted in `naps`."""
    pause = [] if naps is None else naps
    return Deps(Settings(stage=stage), offset=offset, pause=pause.append)


def test_moves_add_up_until_reset() -> None:
    """Each move starts from the last; `now` changes nothing; reset is real time."""
    deps = local(FakeOffset())
    found = [moved(deps, move) for move in ("+48h", "-1h", "+1d12h", "now", "reset")]
    assert found == [48 * HOUR, 47 * HOUR, 83 * HOUR, 83 * HOUR, timedelta()]


def test_it_returns_when_every_function_has_seen_the_move() -> None:
    """It waits longer than a process keeps an old offset, and not at all when nothing moved."""
    naps = list[float]()
    deps = local(FakeOffset(), naps=naps)
    moved(deps, "now")
    assert naps == []
    moved(deps, "+1h")
    assert naps[0] > KEPT_FOR


@pytest.mark.parametrize("move", ["48h", "+", "+48", "+2y", "tomorrow", "+1h ", "+999999w", ""])
def test_what_is_no_move_changes_nothing(move: str) -> None:
    """It is wrong use, and says how a move is written."""
    offset = FakeOffset(HOUR)
    with pytest.raises(typer.BadParameter):
        moved(local(offset), move)
    assert offset.read() == HOUR


@pytest.mark.parametrize("stage", ["", "dev", "prod"])
def test_no_other_stage_can_be_moved(stage: str) -> None:
    """The command refuses before it touches anything."""
    offset = FakeOffset()
    with pytest.raises(typer.BadParameter, match="this machine only"):
        moved(local(offset, stage), "+48h")
    assert offset.reads == 0


def test_the_command_takes_signs_on_both_sides(capsys: pytest.CaptureFixture[str]) -> None:
    """`-1h` is a move, not an option."""
    terminal = Terminal(capsys)
    terminal.settings = Settings(stage="local")
    naps = list[float]()
    terminal.given = {"offset": FakeOffset(), "clock": terminal.world.clock, "pause": naps.append}
    assert terminal.json("clock", "-1h")["offset_seconds"] == -3600
    assert "moved by -1 h" in terminal.types("clock", "now")[1]
    assert "not moved" in terminal.types("clock", "reset")[1]
    assert terminal.chosen == [("local", "local")] * 3


def test_the_command_has_no_target(capsys: pytest.CaptureFixture[str]) -> None:
    """There is no way to say `--target aws`."""
    assert Terminal(capsys).types("clock", "+48h", "--target", "aws")[0] == 2


def test_offsets_are_told_in_words() -> None:
    """From days to seconds; no offset, no words."""
    assert by(timedelta(days=2, hours=3)) == "+2 d 3 h"
    assert by(-timedelta(minutes=90)) == "-1 h 30 min"
    assert by(timedelta(seconds=5)) == "+5 s"
    assert by(timedelta()) == ""


@pytest.mark.parametrize("offset", [48 * HOUR, -48 * HOUR])
def test_an_event_signed_in_moved_time_is_taken(offset: timedelta) -> None:
    """The sender and the door look at the same moved clock."""
    here = datetime.now(UTC) + offset
    assert verify([SECRET], headers(SECRET, "evt-1", b"{}", here), b"{}", here).id == "evt-1"


@pytest.mark.control
@pytest.mark.parametrize("offset", [48 * HOUR, -48 * HOUR])
def test_an_event_signed_in_real_time_is_turned_away(offset: timedelta) -> None:
    """Control: a sender that does not know of the move fails at the door's five minutes."""
    real = datetime.now(UTC)
    with pytest.raises(BadSignature, match="300 seconds"):
        verify([SECRET], headers(SECRET, "evt-1", b"{}", real), b"{}", real + offset)
