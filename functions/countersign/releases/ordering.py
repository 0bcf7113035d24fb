"""Ordering a change of a stored release: a job like any other, so it is signed and recorded."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from countersign.domain.canonical import digest, instant
from countersign.domain.errors import ContractBroken, NotPermitted
from countersign.domain.jobs.handing import RELEASE_CHANGE
from countersign.domain.jobs.intake import accepted, new_job
from countersign.domain.jobs.job import Source
from countersign.domain.planning.charge import may_pause
from countersign.domain.releases.impact import Component, signers, touched
from countersign.domain.releases.readiness import unstated
from countersign.domain.releases.rollout import RUNNING, Moved, Rollout, State, refusal
from countersign.domain.releases.trials import so_far
from countersign.runtime.deps import Deps
from countersign.runtime.intake import drawn, queue, shipped, store

OPERATORS = "operators"
"""Who sends such an order: no door takes one in."""
SOLE_OWNER = "releases.sole_owner"
"""The list of the workflow of releases with the reason why an author may sign alone."""


@dataclass(frozen=True)
class Ordered:
    """What somebody wants, in their words."""

    to: State
    share: Decimal
    by: str
    why: str
    tests: str = ""
    """Digest of the code on which the shared integration suite ran green; empty: none is known."""


def order(deps: Deps, held: Rollout, wanted: Ordered) -> str:
    """The id of the job that brings it about once it is signed. Raises NotPermitted for who does
    not answer for the workflow, and ContractBroken for what may not be done."""
    _check(deps, held, wanted)
    body = json.dumps(_said(deps, held, wanted)).encode()
    now = deps.clock.now()
    number = f"{held.digest}#{wanted.to}#{instant(now)}"
    key = f"raw/releases/{digest(body)}"
    source = Source(
        door="webhook",
        sender=OPERATORS,
        event_id=number,
        payload=deps.payloads.put(key, body),
        body_digest=digest(body),
        size=len(body),
        received_at=now,
    )
    job = new_job(RELEASE_CHANGE, "", source, now)
    known = store(deps, *drawn(deps, job, accepted(job)))
    queue(deps, job.job_id, RELEASE_CHANGE, known=known is not None)
    return job.job_id


def _check(deps: Deps, held: Rollout, wanted: Ordered) -> None:
    if not wanted.why.strip():
        raise ContractBroken("this needs a reason: say why in your own words")
    member = deps.people.directory().member(wanted.by)
    judged = may_pause(member, deps.workflows.get(held.workflow))
    if not judged.allowed and not (member and wanted.by == held.author):
        raise NotPermitted(f"{wanted.by} may not order this: {judged.reason}")
    said = Moved(
        at=deps.clock.now(), to=wanted.to, share=wanted.share, by=wanted.by, why=wanted.why
    )
    if held.state is State.DRAFT and wanted.to in RUNNING:
        _check_stated(deps, held)
    rows = deps.rollouts.of(held.workflow)
    why = refusal(rows, held, said, shipped(deps, held.workflow).digest)
    if why:
        raise ContractBroken(why)


def _check_stated(deps: Deps, held: Rollout) -> None:
    """Raises ContractBroken with all that must be said before a release leaves its draft."""
    flow, people = deps.workflows[held.workflow], deps.people.directory()
    lacks = list(unstated(flow))
    if not people.of_role(flow.owner):
        lacks.append(f"nobody has the role {flow.owner}")
    if people.member(held.statement.told) is None:
        lacks.append(f"{held.statement.told}, who is told, is not in the directory")
    if lacks:
        raise ContractBroken(f"it stays a draft: {'; '.join(lacks)}")


def _said(deps: Deps, held: Rollout, wanted: Ordered) -> dict[str, str]:
    """The order as the workflow reads it. Its sender is the release's author, who for that reason
    does not sign it, unless the stage says that one person owns all."""
    found = impact(deps, held)
    alone = deps.workflows[RELEASE_CHANGE].release.limits.lists.get(SOLE_OWNER, ())
    author = deps.people.directory().member(held.author)
    seen = held.evaluation and any(one.to is State.SHADOW for one in held.moves)
    return {
        "title": f"{held.workflow}: {wanted.to}",
        "sender": "" if alone or author is None else author.person.address,
        "workflow": held.workflow,
        "release": held.digest,
        "to": wanted.to.value,
        "share": f"{wanted.share.normalize():f}",
        "by": wanted.by,
        "why": wanted.why,
        "author": held.author,
        "made": held.reason,
        "changes": ", ".join(held.changes) or "nothing",
        "better": held.statement.better,
        **({"canary": _canary(deps, held)} if _follows_a_canary(held, wanted) else {}),
        **({"tests": wanted.tests} if wanted.tests else {}),
        "touches": _told(found),
        "owners": "" if alone else " ".join(signers(found, held.author, deps.people.directory())),
        **({"sole_owner": "; ".join(alone)} if alone else {}),
        **({"seen": "in shadow, and evaluated"} if seen else {}),
    }


def _follows_a_canary(held: Rollout, wanted: Ordered) -> bool:
    """Whether what its canary says, or that there was none, bears on the order."""
    return wanted.to is State.LIVE or (wanted.to is State.CANARY and held.began is not None)


def _canary(deps: Deps, held: Rollout) -> str:
    """As it stands when it is ordered: who signs later reads when that was."""
    now = deps.clock.now()
    return f"{so_far(held, deps.rollouts.closed(held.digest), now)}, at {now:%Y-%m-%d %H:%M} UTC"


def impact(deps: Deps, held: Rollout) -> tuple[Component, ...]:
    """What the release touches here."""
    owners = deps.company.connector_owners if deps.company else {}
    return touched(deps.workflows, held.workflow, held.changes, owners)


def _told(found: Sequence[Component]) -> str:
    """`workflow refund_request, front_desk; 12 rules; 9 contracts; connector payments, mail`."""
    named: dict[str, list[str]] = defaultdict(list)
    for one in found:
        named[one.kind].append(one.name)
    short = {"rule", "contract"}
    parts = (
        f"{len(names)} {kind}s" if kind in short else f"{kind} {', '.join(names)}"
        for kind, names in named.items()
    )
    return "; ".join(parts)
