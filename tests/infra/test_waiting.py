"""A version of an action stays while jobs wait under it: a deploy that would lose it is refused."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from infra.build import contracts
from infra.build.waiting import refusals, unfinished
from tests.fakes.journey import Journey, accept, form
from tests.fakes.world import World
from workflows import WORKFLOWS

NAME, ACTION = "lead_intake", "email.send_reply"


@pytest.fixture(scope="module")
def world() -> World:
    """A stage in which one job waits for a signature."""
    made = World(WORKFLOWS[NAME].offline)
    assert Journey(made, accept(made, form())).goes() == "Ask"
    return made


def test_a_version_that_jobs_wait_under_is_named_with_their_number(world: World) -> None:
    """Lost at once, or kept for one deploy and retired; nothing where the code is as it was."""
    records, now = unfinished(world.deps), WORKFLOWS[NAME]
    assert refusals(WORKFLOWS, records, retiring=True) == ()
    old = now.actions[ACTION]
    raised = {**now.actions, ACTION: replace(old, version=old.version + 1)}
    lost = {NAME: replace(now, actions=raised)}
    (said,) = refusals(lost, records, retiring=False)
    assert said.startswith(f"1 job of {NAME} waits under {ACTION} v{old.version}: keep it")
    kept = {NAME: replace(now, actions=raised, earlier=(old,))}
    assert refusals(kept, records, retiring=False) == ()
    assert refusals(kept, records, retiring=True) == (said,)
    assert refusals({}, records, retiring=True) == ()


def test_who_retires_versions_is_asked_for_the_stages(capsys: pytest.CaptureFixture[str]) -> None:
    """Without credentials for them nothing is written, and a sentence says what to do."""
    before, lock = dict(os.environ), contracts.LOCK.read_bytes()
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        os.environ.pop(name, None)
    os.environ["AWS_CONFIG_FILE"] = os.devnull
    try:
        assert contracts.main(["--retire"]) == 1
    finally:
        os.environ.clear()
        os.environ.update(before)
    assert "No region is chosen" in capsys.readouterr().err
    assert contracts.LOCK.read_bytes() == lock


@pytest.mark.control
def test_what_is_done_keeps_no_version(world: World) -> None:
    """Control: the same job once it has ended."""
    (record,) = unfinished(world.deps)
    done = replace(record, ledger=())
    lost = {NAME: replace(WORKFLOWS[NAME], actions={})}
    assert refusals(lost, [record], retiring=False) != ()
    assert refusals(lost, [done], retiring=False) == ()
