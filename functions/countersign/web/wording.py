"""The words in which statuses and actions stand on every page and in every mail."""

from __future__ import annotations

import re
from typing import Any

from countersign.domain.canonical import digest
from countersign.domain.errors import UnknownVersion
from countersign.domain.ledger.action import Difference
from countersign.domain.ledger.entry import ActionStatus, LedgerEntry, params_of
from countersign.domain.policy.policy import Answer
from countersign.domain.workflow import Workflow, action_for
from countersign.web.text import label

SHORT = 12
"""Characters of a digest that a person compares; the whole one is on the page too."""


def tries_left(number: int) -> str:
    """`1 try is left`, `3 tries are left`."""
    return "1 try is left" if number == 1 else f"{number} tries are left"


_OWNER = re.compile(r"\b([Oo]wner )(\w+)")
STATUS_WORDS = {
    ActionStatus.PLANNED: "waits for a signature",
    ActionStatus.AUTHORISED: "about to run",
    ActionStatus.CLAIMED: "is running",
    ActionStatus.VERIFIED: "done and checked",
    ActionStatus.FAILED: "failed",
    ActionStatus.UNKNOWN: "not known whether it took effect",
    ActionStatus.REJECTED: "did not run",
    ActionStatus.EXPIRED: "did not run",
    ActionStatus.FORBIDDEN: "not allowed by policy, will not run",
    ActionStatus.DROPPED: "does not run any more",
    ActionStatus.UNDO: "done; to be undone",
    ActionStatus.UNDOING: "is being undone",
    ActionStatus.UNDONE: "undone and checked",
    ActionStatus.KEPT: "done and not undone",
}


WOULD_WORDS = {
    Answer.RUN: "would have run by itself; in shadow, so it did not",
    Answer.ASK: "would have waited for a signature; in shadow, so it did not run",
    Answer.FORBID: "would not have been allowed",
}


def status_words(held: LedgerEntry) -> str:
    """How an action stands; of one in shadow, how it would have."""
    would = held.verdict.would
    return STATUS_WORDS[held.status] if would is None else WOULD_WORDS[would]


def seller(number: str, workflow: Workflow[Any]) -> str:
    """The name of a seller of the CRM; the number where the company's file does not know it."""
    return next(iter(workflow.release.limits.lists.get(f"name.{number}", (number,))))


def named(words: str, workflow: Workflow[Any]) -> str:
    """`words` with the names of sellers where they have an owner's number in the CRM."""
    return _OWNER.sub(lambda at: at[1] + seller(at[2], workflow), words)


def told_since(one: Difference, workflow: Workflow[Any]) -> str:
    """`Left to refund: 390.00 EUR → 380.00 EUR`; of what was not there, what is there now."""
    sellers = one.name == "owner"
    before, after = (seller(v, workflow) if sellers else v for v in (one.before, one.after))
    return f"{label(one.name)}: {f'{before} → ' if before else ''}{after or 'nothing'}".rstrip(".")


def in_words(held: LedgerEntry, workflow: Workflow[Any]) -> str:
    """The action's sentence; its id and digest when its bytes or its version cannot be read."""
    if digest(held.body.encode()) != held.digest:
        return f"{held.action} ({held.digest[:SHORT]}), which cannot be read any more"
    try:
        action = action_for(workflow, held)
        return named(action.words(params_of(held, action)), workflow)
    except UnknownVersion:
        return f"{held.action} v{held.action_version} ({held.digest[:SHORT]})"
