"""Sealing: once an hour the heads of all trails that changed are put under one signed root.

The root goes into a bucket that nobody can rewrite, with its leaves, so that a way to it can be
given to whoever takes a job's record out.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from countersign.domain.canonical import canonical
from countersign.domain.errors import NotFound
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.job import Job, Pointer, Status
from countersign.domain.reporting.seals import (
    Head,
    Seal,
    SealedHead,
    due,
    proof_of,
    root_of,
)
from countersign.jobs.finding import latest
from countersign.runtime.deps import Deps

MOST = 20_000
"""Trails of one status under one root, the latest."""


def seal(deps: Deps) -> None:
    """Seal what changed until the last full hour, unless it is sealed. One signature, whatever the
    number of jobs; none where nothing changed."""
    window = due(deps.seals.last(), deps.clock.now())
    if window is None:
        return
    since, to = window
    heads = sorted(_changed(deps, since), key=lambda one: one.job_id)
    made = Seal(since=since, to=to, count=len(heads))
    deps.seals.keep(_signed(deps, made, [one.leaf for one in heads]) if heads else made)


def sealed(deps: Deps, record: JobRecord) -> SealedHead | None:
    """The record's end with its way to a root; None before its hour is sealed. A trail that went on
    since then has another end."""
    job = record.job
    head = _head(job)
    for one in deps.seals.between(job.updated_at, job.updated_at + timedelta(days=3)):
        leaves = _leaves(deps, one) if one.root else []
        if head.leaf in leaves:
            return SealedHead(head=head, proof=proof_of(leaves, head.leaf), seal=one)
    return None


def roots(deps: Deps, since: datetime) -> Iterator[str]:
    """The roots of the last hours, a line each, for a mail: who keeps it can check us by it."""
    for one in deps.seals.between(since, deps.clock.now()):
        if one.root:
            yield f"{one.to:%Y-%m-%d %H:%M} UTC {one.root}"


def _signed(deps: Deps, made: Seal, leaves: Sequence[str]) -> Seal:
    rooted = made.model_copy(update={"root": root_of(leaves)})
    signature = base64.b64encode(deps.signer.sign(rooted.signed)).decode()
    whole = rooted.model_copy(update={"key": deps.settings.seal_key, "signature": signature})
    deps.sealed_roots.put(_name(whole), canonical({"seal": whole, "leaves": list(leaves)}))
    return whole


def _changed(deps: Deps, since: datetime) -> Iterator[Head]:
    # One that goes on between two lists is in both.
    ids = dict.fromkeys(
        job.job_id
        for job in latest(deps.store, Status, since, deps.clock.now(), MOST)
        if since <= job.updated_at
    )
    # What goes on since then is under the next hour's root too.
    yield from (_head(job) for job in deps.seals.jobs(list(ids)))


def _head(job: Job) -> Head:
    return Head(job_id=job.job_id, length=job.audit_length, head=job.audit_head)


def _leaves(deps: Deps, one: Seal) -> list[str]:
    try:
        held = deps.sealed_roots.get(Pointer.to(deps.settings.seals_bucket, _name(one), None))
    except NotFound:
        return []
    found: list[str] = json.loads(held)["leaves"]
    return found


def _name(one: Seal) -> str:
    return f"seals/{one.to:%Y/%m/%d/%H}.json"
