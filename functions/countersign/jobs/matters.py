"""Reading the index of matters: which job a mail belongs to, and what was before with somebody."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from countersign.domain.errors import NotFound, UnknownVersion
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.handing import handed_of
from countersign.domain.jobs.inbox import open_case
from countersign.domain.jobs.matters import (
    FOLLOWS,
    MOST,
    Follows,
    Thread,
    contact_key,
    subject_key,
    thread_keys,
)
from countersign.domain.ledger.action import Action
from countersign.domain.ledger.entry import ActionStatus
from countersign.domain.planning.inquiry import WAITING
from countersign.domain.planning.rerun import family
from countersign.domain.policy.policy import Answer
from countersign.domain.policy.records import (
    EARLIER,
    ENOUGH,
    IN_EFFECT,
    SENT,
    TEXTS_RULE,
    VERSIONS,
    Record,
)
from countersign.domain.policy.rules import Findings
from countersign.runtime.deps import Deps

_A = ActionStatus
_DONE = frozenset({_A.VERIFIED, _A.UNDONE})
_LEAVES = frozenset({_A.AUTHORISED, _A.CLAIMED, _A.VERIFIED, _A.UNKNOWN, _A.KEPT})


def belongs_to(deps: Deps, thread: Thread, job_id: str) -> str:
    """The job that a mail goes back to; empty when we know none. The first sign decides."""
    for key in thread_keys(thread, deps.settings.mail_inbound):
        found = deps.store.matters(key, 1)
        if found and found[0].job_id != job_id:
            return found[0].job_id
    return ""


def went(deps: Deps, record: JobRecord) -> str:
    """The workflow or team that has the job to which the input of `record` goes back; empty where
    it goes back to none, or to one that is gone."""
    followed = record.results.get(FOLLOWS)
    try:
        held = deps.store.load(followed.as_(Follows).job_id) if followed else None
    except NotFound:
        return ""
    handed = handed_of(held) if held else None
    return handed.to if handed else held.job.workflow if held else ""


def earlier_jobs(deps: Deps, record: JobRecord, address: str) -> Mapping[str, tuple[Record, ...]]:
    """The job that this one follows, and the latest others with whoever wrote, as records. The
    last one that asked them a question is among them, however many came after it."""
    followed = record.results.get(FOLLOWS)
    first = [followed.as_(Follows).job_id] if followed else []
    latest = deps.store.matters(contact_key(address), MOST + 2, newest_first=True)
    ids = dict.fromkeys((*first, *(row.job_id for row in latest)))
    for own in (record.job.job_id, *family(record)):
        ids.pop(own, None)
    found = (_as_record(deps, one, follows=one in first) for one in list(ids)[:MOST])
    kept = tuple(one for one in found if one)
    return {EARLIER: kept} if kept else {}


def earlier_versions(deps: Deps, record: JobRecord, about: str) -> Mapping[str, tuple[Record, ...]]:
    """What the latest other jobs about the same thing did by the action that leads their plan, the
    newest first; what was taken back since among it."""
    workflow = deps.workflows[record.job.workflow]
    key = subject_key(workflow.id, about)
    rows = deps.store.matters(key, MOST + 1, newest_first=True)
    others = (row.job_id for row in rows if row.job_id != record.job.job_id)
    found = (_version(deps, one, workflow.actions[workflow.leads]) for one in others)
    kept = tuple(one for one in found if one)
    return {VERSIONS: kept} if kept else {}


def _version(deps: Deps, job_id: str, leads: Action[Any, Any]) -> Record | None:
    """None for a job that is gone, and for one that did nothing yet or by another contract."""
    try:
        ledger = deps.store.load(job_id).ledger
    except NotFound:
        return None
    done = [one for one in ledger if (one.action, one.action_version) == (leads.id, leads.version)]
    held = next((one for one in reversed(done) if one.status in _DONE), None)
    if held is None:
        return None
    fields = {"params": json.dumps(held.content()["params"])}
    there = {IN_EFFECT: "yes"} if held.status is _A.VERIFIED else {}
    return Record(kind="version", id=job_id, version=held.digest, fields={**fields, **there})


def _as_record(deps: Deps, job_id: str, *, follows: bool) -> Record | None:
    """None for a job that is gone."""
    try:
        held = deps.store.load(job_id)
    except NotFound:
        return None
    handed = handed_of(held)
    fields = {
        "workflow": held.job.workflow,
        "to": handed.to if handed else "",
        "status": held.job.status.value.replace("_", " ").lower(),
        "since": f"{held.job.created_at:%Y-%m-%d %H:%M} UTC",
        "case": "open" if open_case(held) else "",
        "asked": _asked(held),
        "replied": "yes" if _replied(held) else "",
        "follows": "yes" if follows else "",
        SENT: str(_texts(held) or ""),
        ENOUGH: "yes" if _had_enough(held) else "",
    }
    said = {name: text for name, text in fields.items() if text}
    return Record(kind="job", id=job_id, version=str(held.job.version), fields=said)


def _asked(held: JobRecord) -> str:
    """When it asked whoever wrote; empty when it did not."""
    at = next((one.at for one in held.audit if one.event == WAITING), None)
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else ""


def _texts(held: JobRecord) -> int:
    """Of its mails those that nobody signed, and that left or are about to."""
    return sum(
        one.connector == "mail" and one.verdict.answer is Answer.RUN and one.status in _LEAVES
        for one in held.ledger
    )


def _had_enough(held: JobRecord) -> bool:
    found = held.results.get("findings")
    try:
        said = found.as_(Findings).found if found else ()
    except UnknownVersion:
        return False
    return any(one.rule == TEXTS_RULE for one in said)


def _replied(held: JobRecord) -> bool:
    return any(one.connector == "mail" and one.receipt for one in held.ledger)
