"""The lock of contracts: a version means one thing, for as long as anything may wait under it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar

import pytest

from countersign.domain.canonical import canonical, digest
from countersign.domain.contract import Contract
from countersign.domain.errors import ContractBroken
from countersign.domain.ledger.action import Action, Prose, Undo
from countersign.domain.workflow import Workflow
from infra.build.contract_lock import (
    Lock,
    described,
    earlier,
    faults,
    present,
    raised,
    read,
    retired,
    written,
)
from tests.builders import action
from tests.flows import workflow

ID = "crm.memo"
MEMO: Action[Any, Any] = action()


class Longer(Contract):
    """The parameters of a memo, with one field more and another default."""

    CONTRACT: ClassVar[str] = "test.memo"
    VERSION: ClassVar[int] = 1

    text: str
    title: str = ""


class Lines(Contract):
    """The parameters of a memo whose text may have line breaks, with the number of its copies."""

    CONTRACT: ClassVar[str] = "test.memo"
    VERSION: ClassVar[int] = 1

    text: Prose
    weight: float = 1.5


def code(*present_ones: Action[Any, Any], before: tuple[Action[Any, Any], ...] = ()) -> Any:
    """A workflow with these actions."""
    return replace(workflow(), actions={one.id: one for one in present_ones}, earlier=before)


def locked(one: Workflow[Any], lock: Lock | None = None) -> Lock:
    """What `make contracts` writes for the code."""
    return raised(lock or {}, present([one]), one.actions)


def wrong(lock: Lock, one: Workflow[Any]) -> list[str]:
    """What `make check` says about the code."""
    return faults(lock, present([one]), earlier([one]))


CHANGED = {
    "a parameter more": replace(MEMO, params=Longer),
    "a text with line breaks": replace(MEMO, params=Lines),
    "another connector": replace(MEMO, connector="post"),
    "a field that may be edited": replace(MEMO, editable=("text",)),
    "nothing to find an attempt by": replace(MEMO, find=lambda _port, _params, _key: None),
    "a way to undo": replace(
        MEMO,
        undo=Undo(
            words=lambda _: "",
            creates=True,
            state=lambda _port, _params, _key, _at: {},
            restore=lambda _port, _params, _key, _at, _values: None,
        ),
    ),
    "a time to settle": replace(MEMO, settle=timedelta(seconds=3)),
}


def test_what_is_locked_is_accepted_as_it_is() -> None:
    """The code whose lock was written has no fault, and writing it again changes nothing."""
    lock = locked(code(action()))
    assert wrong(lock, code(action())) == []
    assert locked(code(action()), lock) == lock
    assert read(written(lock)) == lock


@pytest.mark.parametrize("what", CHANGED)
def test_a_contract_changed_under_its_version_is_a_fault_that_says_what_to_do(what: str) -> None:
    """`make check` names the action and the next version; `make contracts` refuses to overwrite."""
    lock = locked(code(action()))
    (fault,) = wrong(lock, code(CHANGED[what]))
    assert "crm.memo changed and is still v1: raise its version to 2" in fault
    with pytest.raises(ContractBroken, match="raise its version to 2"):
        locked(code(CHANGED[what]), lock)


@pytest.mark.control
def test_control_a_lock_of_ids_and_versions_alone_would_let_every_change_pass() -> None:
    """The naive lock compares names and numbers: none of the changes differs for it."""

    def naive(one: Action[Any, Any]) -> str:
        return digest(canonical([one.id, one.version]))

    assert {naive(one) for one in CHANGED.values()} == {naive(action())}
    of_all = {digest(canonical(described(one))) for one in (*CHANGED.values(), action())}
    assert len(of_all) == len(CHANGED) + 1


def test_other_words_for_the_same_contract_change_nothing() -> None:
    """Docstrings and sentences for people are no part of what a version means."""

    class Memo(Contract):
        """Said in other words."""

        CONTRACT: ClassVar[str] = "test.memo"
        VERSION: ClassVar[int] = 1

        text: str

    same = replace(MEMO, params=Memo, words=lambda _: "Other words")
    assert wrong(locked(code(action())), code(same)) == []


def test_what_may_only_stop_an_action_is_no_part_of_its_contract() -> None:
    """What was signed before still means the same; whether it may run is judged when it runs."""
    judging = replace(MEMO, unfit=lambda *_: "never")
    assert described(judging) == described(MEMO)


def test_a_raised_version_moves_the_old_one_to_previous_and_demands_that_it_still_runs() -> None:
    """Until the lock is written it asks for that; then for the old version in `earlier`."""
    first, second = action(), action(version=2)
    lock = locked(code(first))
    assert (
        wrong(lock, code(second, before=(first,)))[0] == "crm.memo is v2 now: run `make contracts`"
    )
    lock = locked(code(second), lock)
    previous = lock[ID].previous
    assert previous
    assert previous.version == 1
    assert wrong(lock, code(second)) == [
        "crm.memo v1 must run for one deploy: keep it in `earlier`"
    ]
    assert wrong(lock, code(second, before=(first,))) == []
    (other,) = wrong(lock, code(second, before=(replace(first, editable=("text",)),)))
    assert other.endswith("is not the contract that it was: put it back")


def test_after_the_deploy_the_previous_version_may_go() -> None:
    """Retired, it is not waited for, and code that still has it is told so."""
    first, second = action(), action(version=2)
    lock = retired(locked(code(second), locked(code(first))))
    assert wrong(lock, code(second)) == []
    (fault,) = wrong(lock, code(second, before=(first,)))
    assert "take it out" in fault


def test_a_version_never_goes_back() -> None:
    """Going back is refused: jobs of the higher version wait."""
    lock = locked(code(action(version=2)))
    (fault,) = wrong(lock, code(action()))
    assert "went back from v2 to v1" in fault
    with pytest.raises(ContractBroken, match="versions only rise"):
        locked(code(action()), lock)


def test_new_and_removed_contracts_ask_for_a_new_lock() -> None:
    """What is not locked, or no longer there, is said by name."""
    lock = locked(code(action()))
    assert "crm.memo v1 is new: run `make contracts`" in wrong({}, code(action()))
    assert wrong(lock, code()) == [
        "crm.memo is locked and gone from the code: run `make contracts`"
    ]
    assert ID not in locked(code(), lock)


def test_input_and_answer_are_locked_and_have_no_previous_version() -> None:
    """A workflow's messages rise without an older reader: what was stored becomes a case."""

    class Letter(Contract):
        """Another letter."""

        CONTRACT: ClassVar[str] = "test.letter"
        VERSION: ClassVar[int] = 2

        text: str
        to: str

    lock = locked(code(action()))
    newer = replace(code(action()), input=Letter, answer=Letter)
    held = locked(newer, lock)["test.letter"]
    assert (held.current.version, held.previous) == (2, None)
