"""Undoing one action: check the order, claim, look for changes since, restore, look again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from countersign.domain.errors import Ambiguous, NotAuthorised, NotFound, Refused, Unavailable
from countersign.domain.jobs.change import JobRecord
from countersign.domain.ledger.action import Action, Difference, Undo
from countersign.domain.ledger.entry import ActionStatus, LedgerEntry, params_of
from countersign.domain.ledger.undo import conflict, earlier, is_undone
from countersign.domain.planning.rollback import check_order
from countersign.domain.workflow import known
from countersign.steps.act import verify
from countersign.steps.act.claim import claimed, moved
from countersign.steps.act.visit import Visit

_A = ActionStatus


def take_back(
    visit: Visit, record: JobRecord, held: LedgerEntry, ended: tuple[LedgerEntry, ...]
) -> tuple[JobRecord, LedgerEntry]:
    """The record after the claim, and the entry UNDONE or KEPT; the record as given when nothing
    was claimed. `ended` are the entries before it that are not stored yet: the claim does."""
    try:
        check_order(record, held)
    except NotAuthorised as refusal:
        return record, moved(held, _A.KEPT, f"not authorised: {refusal}")
    action = known(visit.deps.workflows[record.job.workflow], held)
    if action is None or action.undo is None:
        return record, moved(held, _A.KEPT, "irreversible: this code cannot undo it")
    claim = moved(held, _A.UNDOING, attempt=visit.deps.ids.token(64))
    record = claimed(visit, record, claim, ended)
    if claim.before is None or not claim.left:
        return record, moved(claim, _A.KEPT, "what it left at the target was not recorded")
    try:
        return record, _restored(_Attempt(visit, claim, action, action.undo))
    except Refused as refused:
        return record, moved(claim, _A.KEPT, str(refused))
    except (Ambiguous, NotFound):
        raise Unavailable(f"the undo of {action.id} has no answer; the next try looks") from None


@dataclass(frozen=True)
class _Attempt:
    """One claimed undo."""

    visit: Visit
    claim: LedgerEntry
    action: Action[Any, Any]
    undo: Undo[Any, Any]

    def state(self) -> Mapping[str, str]:
        return self.undo.state(self._port, self._params, self.claim.key, self._at)

    def restore(self, values: Mapping[str, str]) -> None:
        self.undo.restore(self._port, self._params, self.claim.key, self._at, values)

    @property
    def _port(self) -> object:
        return self.visit.port

    @property
    def _at(self) -> str:
        return (self.claim.left or {}).get("id", "")

    @property
    def _params(self) -> Any:
        return params_of(self.claim, self.action)


def _restored(attempt: _Attempt) -> LedgerEntry:
    """Nothing is written when it is undone already, or when somebody has changed it since."""
    claim, now = attempt.claim, attempt.state()
    before, left = claim.before or {}, claim.left or {}
    if is_undone(before, left, now):
        return moved(claim, _A.UNDONE, "the target is as it was before")
    changed = conflict(before, left, now)
    if changed:
        return moved(claim, _A.KEPT, in_words(changed), conflict=changed)
    attempt.restore(earlier(before, left))
    seen = verify.poll_until(
        attempt.visit.deps,
        attempt.visit.call,
        attempt.action.settle,
        look=attempt.state,
        good=lambda state: is_undone(before, left, state),
    )
    if is_undone(before, left, seen):
        return moved(claim, _A.UNDONE, "undone and read back")
    return moved(claim, _A.KEPT, "the target took the undo and does not show it")


def in_words(changed: Sequence[Difference]) -> str:
    """The conflict by its names; the values stand beside it and are not for mails and logs."""
    return f"changed since by somebody else: {', '.join(one.name for one in changed)}"
