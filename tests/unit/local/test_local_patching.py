"""A patch fits exactly the emulator that it was written for."""

import sys
import types
from pathlib import Path

import pytest

from infra.local.cloud import patching
from infra.local.cloud.patches import PATCHES
from infra.local.cloud.patching import Patch, PatchError

SOURCE = """
class Clock:
    def tick(self):
        return 1

def slow():
    return "slow"
"""


def module(folder: Path, source: str) -> types.ModuleType:
    """A module from a file, as the emulator's are, so that its source can be read."""
    file = folder / "clockwork.py"
    file.write_text(source)
    made = types.ModuleType("clockwork")
    exec(compile(source, str(file), "exec"), vars(made))  # noqa: S102  # a module made for the test
    return made


def patch(**changes: str) -> Patch:
    row = {"name": "faster", "reason": "r", "module": "clockwork", "target": "slow"}
    return Patch(**{**row, "old": '"slow"', "new": '"fast"', **changes})


def test_a_function_and_a_method_are_replaced(tmp_path: Path) -> None:
    """The changed text runs in place of the old one, in functions and in methods."""
    clockwork = module(tmp_path, SOURCE)
    rows = [patch(), patch(target="Clock.tick", old="return 1", new="return 2")]
    patching.apply(rows, lambda _: clockwork)
    assert (clockwork.slow(), clockwork.Clock().tick()) == ("fast", 2)


def test_two_patches_can_change_one_function(tmp_path: Path) -> None:
    """A second patch sees the text that the first one left."""
    clockwork = module(tmp_path, SOURCE)
    rows = [patch(), patch(name="second", old='"fast"', new='"fastest"')]
    patching.apply(rows, lambda _: clockwork)
    assert clockwork.slow() == "fastest"


@pytest.mark.control
@pytest.mark.parametrize(
    "source",
    [
        SOURCE.replace('"slow"', '"slower"'),
        SOURCE.replace('return "slow"', 'return "slow" or "slow"'),
        SOURCE.replace("def slow", "def renamed"),
    ],
    ids=["text changed", "text twice", "function gone"],
)
def test_another_version_fails_in_one_line_that_names_the_patch(
    tmp_path: Path, source: str
) -> None:
    """A patch whose text is not there exactly once is refused, loudly."""
    with pytest.raises(PatchError, match=r"^emulator patch 'faster' does not fit[^\n]*$"):
        patching.apply([patch()], lambda _: module(tmp_path, source))


def test_every_patch_gives_its_reason_and_changes_something() -> None:
    """Names are unique, reasons are there, and no row is without effect."""
    assert len({row.name for row in PATCHES}) == len(PATCHES)
    assert all(row.reason and row.old != row.new for row in PATCHES)


def test_loading_the_rows_does_not_load_the_emulator() -> None:
    """The rows are data: our own environment does not need the emulator to read them."""
    assert not any(name.startswith("ministack") for name in sys.modules)
