"""`crm.create_task`: a task for one of ours, due on a day, found again by its action key."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, Protocol

from countersign.actions.crm.shared import (
    ACTION_KEY,
    SETTLE,
    by_key,
    html_notes,
    instant_ms,
    instant_words,
    or_none,
    plain_notes,
    same_instant,
    tidy,
)
from countersign.actions.crm.undo import archived
from countersign.domain.contract import Contract
from countersign.domain.ledger.action import Action, Prose, Receipt
from countersign.domain.policy.records import Record
from countersign.domain.ports import Crm


class Task(Contract):
    """Something that `owner`, by the CRM's id of theirs, does by `due_at`; of nobody where that is
    empty. It belongs to no contact."""

    CONTRACT: ClassVar[str] = "crm.create_task"
    VERSION: ClassVar[int] = 1

    title: str
    notes: Prose
    owner: str
    due_at: datetime


def _words(task: Task) -> str:
    whose = f"owner {task.owner}" if task.owner else "nobody yet"
    return tidy(f"Create the task “{task.title}” for {whose}, by {instant_words(task.due_at)}.")


class Dated(Protocol):
    """What every task says, whoever it is for."""

    @property
    def title(self) -> str:
        """One line."""

    @property
    def notes(self) -> str:
        """What is to be known for it; several lines."""

    @property
    def owner(self) -> str:
        """The CRM's id of whoever does it."""

    @property
    def due_at(self) -> datetime:
        """By when."""


def fields_of(task: Dated, kind: str, key: str) -> dict[str, str]:
    """A task of this type as the CRM is told it, under `key`."""
    return {
        "hs_task_subject": task.title,
        "hs_task_body": html_notes(task.notes),
        "hs_timestamp": instant_ms(task.due_at),
        "hs_task_status": "NOT_STARTED",
        "hs_task_type": kind,
        "hubspot_owner_id": task.owner,
        ACTION_KEY: key,
    }


def held_of(record: Record) -> dict[str, str]:
    """What the CRM holds of a task, by the names of `wanted_of`."""
    held = record.fields.get
    return {
        "title": tidy(held("hs_task_subject", "")),
        "notes": tidy(plain_notes(held("hs_task_body", ""))),
        "due": same_instant(held("hs_timestamp", "")),
        "owner": held("hubspot_owner_id", ""),
    }


def wanted_of(task: Dated) -> dict[str, str]:
    """What it must hold."""
    return {
        "title": tidy(task.title),
        "notes": tidy(task.notes),
        "due": instant_ms(task.due_at),
        "owner": task.owner,
    }


def _do(crm: Crm, task: Task, key: str) -> Receipt:
    fields = fields_of(task, "TODO", key)
    made = crm.create("tasks", {name: value for name, value in fields.items() if value})
    return Receipt(id=made.id, evidence={ACTION_KEY: key})


def _find(crm: Crm, task: Task, key: str) -> Receipt | None:  # noqa: ARG001 - the key says it
    return by_key(crm, "tasks", key)


def _read_back(crm: Crm, task: Task, receipt: Receipt) -> Mapping[str, str]:  # noqa: ARG001 - its id says it
    record = or_none(crm, "tasks", receipt.id)
    return {} if record is None else held_of(record)


def _undo_words(task: Task) -> str:
    return f"Archive the task “{task.title}”."


CREATE_TASK: Action[Task, Crm] = Action(
    id="crm.create_task",
    version=1,
    connector="crm",
    params=Task,
    words=_words,
    do=_do,
    find=_find,
    read_back=_read_back,
    expected=wanted_of,
    inner=("owner", "due_at"),
    undo=archived("tasks", _undo_words),
    settle=SETTLE,
)
