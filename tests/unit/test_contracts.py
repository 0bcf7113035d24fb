"""The checked-in lock of contracts: what waits for days finds the contract that it was planned
under."""

from __future__ import annotations

from functools import cache

import pytest

from countersign.actions.registry import ACTIONS
from infra.build import contract_lock
from infra.build.contracts import FOLDERS, LOCK, NAME, locked
from workflows import WORKFLOWS


@cache
def now() -> dict[str, contract_lock.Version]:
    """Today's contracts, by name."""
    return contract_lock.present(WORKFLOWS.values())


@cache
def earlier() -> dict[str, contract_lock.Version]:
    """The previous versions, by name."""
    return contract_lock.earlier(WORKFLOWS.values())


def test_no_contract_changed_without_a_new_version() -> None:
    """Lock and code agree, and the previous versions still run."""
    assert contract_lock.faults(locked(), now(), earlier()) == []


def test_what_is_compared_has_every_action_input_and_answer() -> None:
    """Not an empty comparison: each workflow gives its actions and two messages."""
    for workflow in WORKFLOWS.values():
        names = {*workflow.actions, workflow.input.CONTRACT, workflow.answer.CONTRACT}
        assert names <= now().keys()
        assert len(names) == len(workflow.actions) + 2


def test_a_workflow_s_own_contracts_are_locked_in_its_folder() -> None:
    """The engine's file has the engine's actions alone: a business's workflow adds no line to a
    file that a later version of the engine changes too."""
    assert {*contract_lock.read(LOCK.read_text())} == {*ACTIONS}
    for name, workflow in WORKFLOWS.items():
        own = {*contract_lock.read((FOLDERS / name / NAME).read_text())}
        assert {workflow.input.CONTRACT, workflow.answer.CONTRACT} <= own
        assert not own & {*ACTIONS}


@pytest.mark.control
def test_control_another_digest_is_a_fault() -> None:
    """A lock in which one digest differs is found out, by name."""
    lock = locked()
    name, held = next(iter(lock.items()))
    other = held.model_copy(
        update={"current": held.current.model_copy(update={"digest": "0" * 64})}
    )
    before = contract_lock.faults(lock, now(), earlier())
    (fault,) = (
        f for f in contract_lock.faults(lock | {name: other}, now(), earlier()) if f not in before
    )
    assert name in fault
