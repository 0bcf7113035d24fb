"""The virtual clock: moved in the stage `local`, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from countersign.connectors.clock import (
    KEPT_FOR,
    DynamoOffset,
    Offset,
    SystemClock,
    VirtualClock,
    clock_of,
)
from countersign.domain.ports import Clock
from countersign.runtime.deps import Deps
from countersign.runtime.settings import Settings
from infra.cli.target import settings_of
from tests.fakes.clock import FakeOffset, Forbidden, Stopwatch
from tests.fakes.on_moto import jobs_table
from tests.fakes.world import START, FakeClock

TWO_DAYS = timedelta(days=2)
OTHER_STAGES = ["", "dev", "prod", "test", "measured", "Local", "LOCAL", "local2", " local"]
OUTPUTS = dict.fromkeys(
    ("JobsTable", "PayloadsBucket", "UploadsBucket", "IntakeQueueUrl", "StateMachineArn"), "x"
)


def test_time_is_real_time_plus_the_offset() -> None:
    """Forwards and backwards."""
    for offset in (TWO_DAYS, -timedelta(hours=1), timedelta()):
        assert VirtualClock(FakeOffset(offset), FakeClock()).now() == START + offset


def test_the_offset_is_read_at_most_once_a_second() -> None:
    """However often time is asked for; a new offset shows when the second is over."""
    offset, stopwatch = FakeOffset(), Stopwatch()
    clock = VirtualClock(offset, FakeClock(), stopwatch)
    for _ in range(100):
        clock.now()
    offset.write(TWO_DAYS)
    stopwatch.runs(KEPT_FOR * 0.9)
    assert (clock.now(), offset.reads) == (START, 1)
    stopwatch.runs(KEPT_FOR * 0.2)
    assert (clock.now(), offset.reads) == (START + TWO_DAYS, 2)


def reads_the_row(clock_for: Callable[[str, Callable[[], Offset]], Clock], stage: str) -> bool:
    """Whether a clock asks for an offset in this stage."""
    try:
        return clock_for(stage, Forbidden).now() is None
    except AssertionError:
        return True


@pytest.mark.parametrize("stage", OTHER_STAGES)
def test_no_other_stage_reads_the_row(stage: str) -> None:
    """Whoever can write the table of a real stage cannot move its time."""
    assert not reads_the_row(clock_of, stage)


@pytest.mark.control
def test_a_clock_that_reads_it_everywhere_is_seen() -> None:
    """Control: the check above notices one that asks without looking at the stage."""
    naive = lambda _, offset: VirtualClock(offset(), SystemClock())  # noqa: E731 - a shape, not a name
    assert all(reads_the_row(naive, stage) for stage in OTHER_STAGES)
    assert reads_the_row(clock_of, "local")


@pytest.mark.parametrize(
    "settings",
    [Settings(), Settings.of({}), Settings.of({"STAGE": "prod"}), settings_of("prod", OUTPUTS)],
)
def test_functions_and_commands_of_a_real_stage_have_real_time(settings: Settings) -> None:
    """A stage that nobody named is none whose time can be moved."""
    deps = Deps(settings, offset=Forbidden())
    assert abs(deps.clock.now() - datetime.now(UTC)) < timedelta(minutes=1)


def test_functions_of_the_local_stage_have_moved_time() -> None:
    """STAGE is what the stack tells each function."""
    deps = Deps(Settings.of({"STAGE": "local"}), offset=FakeOffset(TWO_DAYS))
    assert deps.clock.now() - datetime.now(UTC) > TWO_DAYS - timedelta(minutes=1)


def test_the_offset_is_kept_in_the_table() -> None:
    """Nothing before the first move; then what was written last, to the second."""
    with jobs_table() as client:
        offset = DynamoOffset("jobs", client)
        assert offset.read() == timedelta()
        for moved in (TWO_DAYS, -timedelta(hours=1), timedelta()):
            offset.write(moved)
            assert offset.read() == moved
