"""T15: what is undone is as it was, once, and never over what somebody else has changed since."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from countersign.domain.approvals.approval import Choice
from countersign.domain.errors import ContractBroken
from countersign.domain.jobs.job import Status
from countersign.domain.ledger.entry import ActionStatus, params_of
from countersign.domain.ledger.undo import changed, earlier
from countersign.domain.planning.plan import next_move
from countersign.domain.planning.rollback import taken_back
from countersign.jobs.rollback import roll_back
from tests.contract.crm_sides import server_side
from tests.fakes.journey import Journey
from tests.fakes.world import World
from tests.forms import forms
from tests.guarantees.undoing import KINDS, LEADS, Ground, state
from tests.seeds import dealt_by
from tests.unit.steps.test_rollback import MAIL, done

Figure = Callable[[str, int], None]
SEED = 20260915
STATES, EDITS, JOBS = (25, 200), (20, 60), (5, 40)
"""In the short form and in the long one."""
ORDERS = 10
pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(300), pytest.mark.guarantee("T15")]


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """A demo CRM that answers the real adapter over HTTP."""
    folder: Path = tmp_path_factory.mktemp("crm")
    with server_side(folder) as side:
        yield Ground.of(side)


@pytest.mark.parametrize("states", forms(*STATES))
@pytest.mark.parametrize("action", sorted(KINDS))
def test_every_state_is_as_it_was_after_do_and_undo(
    ground: Ground, figure: Figure, action: str, states: int
) -> None:
    """So many states, ten orders each: every object equal, one undo in the CRM's journal."""
    ground = Ground.of(ground.side)
    dice = dealt_by(f"{SEED} {action}")
    print(f"seed {SEED} {action}")  # noqa: T201 - the seed
    effects = 0
    for number in range(states):
        wanted = state(ground, number, dice, action)
        before = ground.live()
        journey = ground.does(number, wanted)
        acted = ground.live() != before
        effects += acted
        written = len(ground.writes())
        assert ground.undoes(journey) == "ROLLED_BACK"
        assert ground.live() == before
        for _ in range(ORDERS - 1):
            with pytest.raises(ContractBroken):
                roll_back(ground.world.deps, journey.job_id, by="ana", reason="again")
        assert len(ground.writes()) - written == acted
    assert effects >= 0.95 * states, "hardly anything was done that could be undone"
    figure(f"{states} × {action}: as before, one undo each of {ORDERS} orders", states)


@pytest.mark.parametrize("edits", forms(*EDITS))
@pytest.mark.parametrize("action", sorted(KINDS))
def test_what_a_seller_changed_since_is_refused_and_not_overwritten(
    ground: Ground, figure: Figure, action: str, edits: int
) -> None:
    """The order ends as a case that names the property; the CRM stays as the seller left it."""
    ground = Ground.of(ground.side)
    dice = dealt_by(f"{SEED} edits {action}")
    print(f"seed {SEED} edits {action}")  # noqa: T201 - the seed
    refused = 0
    for number in range(edits):
        journey = ground.does(number, state(ground, number, dice, action))
        (held,) = journey.record.ledger
        assert held.receipt
        ground.seller_changes(held.receipt.id, KINDS[action], dice)
        (left, written) = ground.live(), len(ground.writes())
        status = ground.undoes(journey)
        (held,) = journey.record.ledger
        if status == "ROLLED_BACK":  # the seller changed what this action had not
            made = held.receipt.id if held.receipt else ""
            _only_ours_went_back(ground, held.before or {}, held.left or {}, made)
            continue
        refused += 1
        assert (status, held.status) == ("ESCALATED", ActionStatus.KEPT)
        assert held.conflict[0].name in journey.record.job.reason
        assert (ground.live(), len(ground.writes())) == (left, written)
    assert refused >= 0.3 * edits, "hardly any edit was a conflict"
    figure(f"{edits} edits by a seller on {action}: {refused} refused, 0 overwritten", edits)


def _only_ours_went_back(
    ground: Ground, before: Mapping[str, str], left: Mapping[str, str], record_id: str
) -> None:
    """The properties that the action had changed are as before, the contact is there."""
    assert before, "an object that we made and somebody changed is gone"
    now = ground.side.crm.read("contacts", record_id).fields
    assert all(now.get(n, "") == before.get(n, "") for n in changed(before, left) if n != "id")


@pytest.mark.control
def test_control_a_blind_restore_overwrites_the_seller(ground: Ground) -> None:
    """The naive design writes the old values back without looking: the same check finds it."""
    ground = Ground.of(ground.side)
    dice = dealt_by(SEED)
    overwritten = 0
    for number in range(20):
        action = dice.choice(sorted(KINDS))
        journey = ground.does(number, state(ground, number, dice, action))
        (held,) = journey.record.ledger
        assert held.receipt
        ground.seller_changes(held.receipt.id, KINDS[action], dice)
        left, undo = ground.live(), LEADS.actions[action].undo
        assert undo
        params = params_of(held, LEADS.actions[action])
        values = earlier(held.before or {}, held.left or {})
        if values or not held.before:
            undo.restore(ground.side.crm, params, held.key, held.receipt.id, values)
        overwritten += ground.live() != left
    assert overwritten >= 10


@pytest.mark.parametrize("jobs", forms(*JOBS))
def test_what_is_irreversible_is_never_undone_by_anybody(figure: Figure, jobs: int) -> None:
    """Sent mail: neither a person's order nor policy's undoes it; it is named, and stays sent."""
    for number in range(jobs):
        world, journey = done(Choice.APPROVE)
        (_ordered if number % 2 else _by_policy)(world, journey)
        assert journey.statuses()["email.send_reply"] == "kept"
        assert len(world.mail.to(MAIL)) == 1
        assert journey.record.job.status == "ESCALATED"
        assert "email.send_reply is not undone (irreversible" in journey.record.job.reason
    figure(f"{jobs} jobs with a sent mail: {jobs} kept and named", jobs)


def _ordered(world: World, journey: Journey) -> None:
    roll_back(world.deps, journey.job_id, by="ana", reason="a test")
    Journey(world, journey.job_id).goes()


def _by_policy(world: World, journey: Journey) -> None:
    """The job stands where a step asks for it, and policy's order is carried out there."""
    record = journey.record
    running = replace(record, job=record.job.model_copy(update={"status": Status.PROCESSING}))
    world.store.put(running)
    change = taken_back(running, LEADS, "an action failed", world.clock.now())
    assert change
    after = world.deps.commit(running, change)
    assert next_move(after.ledger).state == "Act"
    Journey(world, journey.job_id).goes("Act", {"connector": "crm"})
