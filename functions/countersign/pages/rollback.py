"""What a rollback would do, in words: what is undone, in which order, and what stays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from countersign.domain.actions import ActionStatus, LedgerEntry, params_of
from countersign.domain.change import JobRecord
from countersign.domain.errors import UnknownVersion
from countersign.domain.rollback import outcome
from countersign.domain.workflow import Workflow, known
from countersign.pages.approval import in_words
from countersign.pages.text import Pieces, visible


@dataclass(frozen=True)
class Stays:
    """An action that cannot be undone, and why."""

    words: str
    why: str


@dataclass(frozen=True)
class Preview:
    """What an order would do."""

    undone: tuple[str, ...]
    """One sentence each, in the order in which they are undone."""
    stays: tuple[Stays, ...]

    def shown(self) -> tuple[tuple[Pieces, ...], tuple[tuple[Pieces, Pieces], ...]]:
        """The same for a page."""
        stays = tuple((visible(one.words), visible(one.why)) for one in self.stays)
        return tuple(visible(one) for one in self.undone), stays


def preview(record: JobRecord, workflow: Workflow[Any]) -> Preview:
    """What an order would do to the job as it stands, should nobody have changed the targets."""
    after = outcome(record, workflow)
    return Preview(
        undone=tuple(
            undo_words(held, workflow)
            for held in reversed(after)
            if held.status is ActionStatus.UNDO
        ),
        stays=tuple(
            Stays(in_words(held, workflow), held.note)
            for held in after
            if held.status in (ActionStatus.KEPT, ActionStatus.UNKNOWN)
        ),
    )


def undo_words(held: LedgerEntry, workflow: Workflow[Any]) -> str:
    """What undoing it does; the action's own sentence when this code cannot read its bytes."""
    action = known(workflow, held)
    try:
        if action and action.undo:
            return action.undo.words(params_of(held, action))
    except UnknownVersion:
        pass
    return in_words(held, workflow)
