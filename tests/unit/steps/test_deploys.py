"""Jobs wait for days, and code changes under them: the version that was signed runs for one deploy
more, and then nobody guesses."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import countersign
from countersign.domain.approvals.approval import Choice
from tests.fakes.journey import Journey, accept, form
from tests.fakes.world import World
from tests.unit.steps.test_journeys import offline

ROOT = Path(__file__).parents[3]
CODE = Path(countersign.__file__).parents[1]
PLANNED = "mail.SEND_REPLY)"
FIRST = "from __future__ import annotations\n"
ACTION = "countersign.domain.ledger.action import Action"
LAST = "    heeds=HEEDS,\n"


@pytest.fixture(scope="module")
def waiting(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A job whose reply was planned and signed under version 1, as it is stored."""
    world = World(offline)
    journey = Journey(world, accept(world, form()))
    journey.goes()
    journey.is_decided(Choice.APPROVE)
    file = tmp_path_factory.mktemp("job") / "record"
    file.write_bytes(pickle.dumps(journey.record))
    return file


def deployed(folder: Path, version: int, *earlier: int) -> Path:
    """A copy of the code in which the reply has this version, and these still run. Bytecode is
    copied too: what is not rewritten need not be compiled."""
    shutil.copytree(CODE, folder, dirs_exist_ok=True)
    flow = folder / "workflows/lead_intake"
    rewritten(flow / "actions.py", PLANNED, f"{reply(version)})")
    kept = "".join(f"{reply(number)}, " for number in earlier)
    rewritten(flow / "__init__.py", LAST, f"{LAST}    earlier=({kept}),\n")
    for name in ("countersign.actions import mail", ACTION):
        rewritten(flow / "__init__.py", FIRST, f"{FIRST}from {name}\n")
    rewritten(flow / "actions.py", FIRST, f"{FIRST}from {ACTION}\n")
    return folder


def reply(version: int) -> str:
    """The action of that version, as code."""
    return f'Action(**(vars(mail.SEND_REPLY) | {{"version": {version}}}))'


def rewritten(file: Path, old: str, new: str) -> None:
    """The file with its one `old` as `new`."""
    text = file.read_text()
    assert text.count(old) == 1, f"{file.name} does not say {old!r} once"
    file.write_text(text.replace(old, new))


def goes_on(code: Path, job: Path) -> dict[str, Any]:
    """What becomes of the job in a new process with that code."""
    path = os.pathsep.join((str(code), str(ROOT)))
    command = [sys.executable, "-m", "tests.unit.steps.deployed", str(job)]
    environment = {**os.environ, "PYTHONPATH": path}
    done = subprocess.run(
        command, env=environment, cwd=code, check=True, capture_output=True, text=True
    )
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return said


def test_what_was_signed_under_the_previous_version_runs_under_it(
    waiting: Path, tmp_path: Path
) -> None:
    """One deploy later the code plans version 2 and still has version 1: the signed mail leaves."""
    ended = goes_on(deployed(tmp_path, 2, 1), waiting)
    assert ended == {"status": "COMPLETED", "reason": "", "mails": 1}


def test_two_deploys_later_a_person_gets_it_with_both_versions_named(
    waiting: Path, tmp_path: Path
) -> None:
    """Nothing runs that no code knows any more; the reason says what was planned and what there
    is."""
    ended = goes_on(deployed(tmp_path, 3, 2), waiting)
    assert (ended["status"], ended["mails"]) == ("ESCALATED", 0)
    assert "planned email.send_reply v1" in ended["reason"]
    assert "this code has email.send_reply v3 and email.send_reply v2" in ended["reason"]


@pytest.mark.control
def test_control_a_deploy_that_does_not_keep_the_previous_version_strands_what_waits(
    waiting: Path, tmp_path: Path
) -> None:
    """The naive deploy replaces the action: the same signed job ends with a person."""
    ended = goes_on(deployed(tmp_path, 2), waiting)
    assert (ended["status"], ended["mails"]) == ("ESCALATED", 0)
