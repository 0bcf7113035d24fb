"""What the doors of signed deliveries share: whose one is, whether there is room, how it is stored,
and the shape of the answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from countersign import observability
from countersign.domain.canonical import digest
from countersign.domain.errors import NotFound, StoreConflict
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.intake import accepted, new_job
from countersign.domain.jobs.job import Job, Source, job_id_of
from countersign.domain.jobs.outcomes import named_in, opens
from countersign.domain.jobs.senders import MINUTE, Sender, held, keys, named, sender_of
from countersign.domain.ports import KnownEvent
from countersign.runtime.deps import Deps
from countersign.runtime.intake import drawn, queue, store
from countersign.web.http import Request, Response
from countersign.web.paths import is_id
from countersign.web.signature import NO_MATCH, BadSignature, verify

MAX_BYTES = 1_000_000
RETRY_SECONDS = 30
_REPLACED = b"\xef\xbf\xbd"
_NOT_UTF8 = (
    "The body holds U+FFFD, which stands where bytes were no UTF-8; sign and send JSON in UTF-8."
)
NOBODYS = "whsec_" + "A" * 44
"""What is compared where there is no secret to compare with: the refusal takes as long."""


@dataclass(frozen=True)
class Delivery:
    """What a sender that may post here signed."""

    sender: Sender
    id: str
    secret: str
    """The one that is current."""
    body: bytes


def verified(
    deps: Deps, request: Request, sender_id: str, may: Callable[[Sender], bool]
) -> Delivery:
    """Raises BadSignature, with the same words and work, for a sender that nobody knows, one that
    may not post here and one whose signature is wrong."""
    everybodys = held(deps.secrets.get(deps.settings.webhook_secret))
    sender = named(deps.settings.senders, sender_id)
    good = keys(everybodys, sender.id) if sender and may(sender) else ()
    signed = verify(good or (NOBODYS,), request.headers, request.body, deps.clock.now())
    if sender is None or not good:
        raise BadSignature(NO_MATCH)
    return Delivery(sender, signed.id, good[0], request.body)


def no_room(deps: Deps, sender: Sender) -> Response | None:
    """The refusal of a sender that is over its limit; None where it has room."""
    most, now = sender.requests_a_minute, deps.wall.now()
    if most == 0 or deps.sender_limits.counts(sender.id, most, now):
        return None
    return later(f"{sender.id} is over its requests a minute", 429, MINUTE - now.second)


def taken_in(
    deps: Deps, workflow: str, delivery: Delivery, stored: bytes
) -> tuple[Job, KnownEvent | None] | Response:
    """The job of a delivery, `stored` as what came, with what was known of it; a refusal where the
    id came with another body, or is being stored by another delivery."""
    job = _job(deps, workflow, delivery, stored)
    try:
        seen = store(deps, *drawn(deps, job, accepted(job)))
    except StoreConflict as busy:
        return later(str(busy))
    if seen and seen.body_digest != job.source.body_digest:
        observability.count("WebhookConflicts")
        return problem(409, "this id came before with another body; a new event needs a new id")
    queue(deps, job.job_id, workflow, known=seen is not None)
    return job, seen


def _job(deps: Deps, workflow: str, delivery: Delivery, stored: bytes) -> Job:
    now = deps.clock.now()
    sender = delivery.sender.identity(workflow)
    job_id = job_id_of("webhook", workflow, sender, delivery.id)
    # Content first, under a key that names it: a crash leaves an orphan, never a job without body.
    payload = deps.payloads.put(f"raw/{job_id}/{digest(stored)}", stored)
    source = Source(
        door="webhook",
        sender=sender,
        event_id=delivery.id,
        payload=payload,
        body_digest=digest(delivery.body),
        size=len(delivery.body),
        received_at=now,
        vouched=delivery.sender.vouches_for_address,
        hears=bool(delivery.sender.outcomes_to),
    )
    return new_job(workflow, "", source, now)


def asked_about(deps: Deps, token: str) -> JobRecord | None:
    """The job, if its own sender's secret made this token."""
    job_id = named_in(token)
    try:
        record = deps.store.load(job_id) if is_id(job_id) else None
    except NotFound:
        return None
    if record is None or record.job.source.door != "webhook":
        return None
    everybodys = held(deps.secrets.get(deps.settings.webhook_secret))
    return record if opens(token, keys(everybodys, sender_of(record.job.source.sender))) else None


def unproven(why: str, body: bytes) -> Response:
    """A body of a text's type comes as text: the gateway replaces what is no UTF-8, and then no
    signature fits. Whoever signed it right hears what to mend."""
    if why == NO_MATCH and _REPLACED in body:
        return problem(400, f"{why} {_NOT_UTF8}")
    return problem(401, why)


def problem(status: int, what: str) -> Response:
    """A refusal with its sentence."""
    return answer(status, {}, message=what)


def later(what: str, status: int = 503, seconds: int = RETRY_SECONDS) -> Response:
    """A refusal for now."""
    said = problem(status, what)
    return replace(said, headers={**said.headers, "retry-after": str(seconds)})


def answer(status: int, more: Mapping[str, str], /, **said: Any) -> Response:
    """JSON that nobody keeps."""
    headers = {"content-type": "application/json", "cache-control": "no-store", **more}
    return Response(status, json.dumps(said), headers)
