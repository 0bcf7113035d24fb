"""One `make run` to a folder: the second is told who has it, and a killed one leaves it free."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra.local.claim import LOCK, TakenError, claimed

HOLD = """
import sys
from pathlib import Path
from infra.local.claim import claimed
with claimed(Path(sys.argv[1]), "http://127.0.0.1:8400"):
    print("held", flush=True)
    sys.stdin.read()
"""


def held(folder: Path) -> subprocess.Popen[str]:
    """Another process that holds `folder` until it is killed or its input ends."""
    command = [sys.executable, "-c", HOLD, str(folder)]
    other = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert other.stdout
    assert other.stdout.readline() == "held\n"
    return other


def test_the_second_is_told_who_has_the_folder_and_what_to_do(tmp_path: Path) -> None:
    """One sentence names process and address, and the three ways on."""
    with (
        held(tmp_path) as other,
        pytest.raises(
            TakenError, match=f"process {other.pid} serves http://127.0.0.1:8400"
        ) as said,
        claimed(tmp_path, "http://127.0.0.1:9400"),
    ):
        pytest.fail("taken twice")
    assert f"kill {other.pid}" in str(said.value)
    assert "COUNTERSIGN_HOME=" in str(said.value)


def test_a_killed_run_leaves_its_folder_free(tmp_path: Path) -> None:
    """What a process that is gone wrote into the lock keeps nobody out."""
    with held(tmp_path) as other:
        other.kill()
    assert (tmp_path / LOCK).read_text().startswith(f"{other.pid} ")
    with claimed(tmp_path, "http://127.0.0.1:9400"):
        assert (tmp_path / LOCK).read_text() == f"{os.getpid()} http://127.0.0.1:9400"


@pytest.mark.control
def test_control_the_file_alone_would_keep_everybody_out(tmp_path: Path) -> None:
    """The naive lock, a file that is made once, is stale after a kill."""
    with held(tmp_path) as other:
        other.kill()
    with pytest.raises(FileExistsError):
        (tmp_path / LOCK).touch(exist_ok=False)
