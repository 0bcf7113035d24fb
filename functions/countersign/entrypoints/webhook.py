"""The webhook door: POST /webhooks/{workflow}[/{sender}], signed as Standard Webhooks asks. Without
a workflow the front desk finds the one whose it is.

202 accepted (again, for the same id and body), with the problems of a form that breaks its contract
· 400 not JSON, or of another encoding · 401 not signed by a sender who may post there · 404 no such
workflow · 409 the id came with another body · 413 too large · 422 a form with problems, of a sender
who reads answers: nothing is stored · 429 the sender is over its limit. Never a 5xx for what was
sent, nor once the job is stored; 503 while the same event is being stored by another delivery, or
when we failed before it was: the sender comes again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from countersign import observability
from countersign.domain.canonical import digest
from countersign.domain.errors import ContractBroken, NeedsPerson, NotFound, StoreConflict
from countersign.domain.jobs.handing import CLOSED, FRONT_DESK
from countersign.domain.jobs.intake import accepted, new_job
from countersign.domain.jobs.job import Job, Source, job_id_of
from countersign.domain.jobs.outcomes import named_in, opens, standing, status_token
from countersign.domain.jobs.senders import (
    DEFAULT,
    MINUTE,
    Sender,
    held,
    keys,
    named,
    sender_of,
)
from countersign.domain.workflow import Claim, Raw
from countersign.parsing.json import NotJson, loads
from countersign.runtime.deps import Deps
from countersign.runtime.intake import drawn, queue, store
from countersign.runtime.step import production
from countersign.web.http import Request, Response
from countersign.web.paths import is_id, status_path
from countersign.web.signature import NO_MATCH, BadSignature, verify

MAX_BYTES = 1_000_000
RETRY_SECONDS = 30
_REPLACED = b"\xef\xbf\xbd"
_NOT_UTF8 = (
    "The body holds U+FFFD, which stands where bytes were no UTF-8; sign and send JSON in UTF-8."
)
NOBODYS = "whsec_" + "A" * 44
"""What is compared where there is no secret to compare with: the refusal takes as long."""


def receive(deps: Deps, request: Request) -> Response:
    """Check cheap things first, verify before parsing, store before queueing, answer last."""
    workflow = request.params.get("workflow", FRONT_DESK)
    if len(request.body) > MAX_BYTES:
        return _problem(413, f"at most {MAX_BYTES:,} bytes; upload larger files instead")
    if workflow not in deps.workflows or workflow in CLOSED:
        return _problem(404, "there is no workflow of this name")
    try:
        delivery = _verified(deps, workflow, request)
    except BadSignature as bad:
        return _unproven(str(bad), request.body)
    if not _has_room(deps, delivery.sender):
        left = MINUTE - deps.wall.now().second
        return _later(f"{delivery.sender.id} is over its requests a minute", 429, left)
    return _signed(deps, workflow, delivery, request.body)


def _unproven(why: str, body: bytes) -> Response:
    """A body of a text's type comes as text: the gateway replaces what is no UTF-8, and then no
    signature fits. Whoever signed it right hears what to mend."""
    if why == NO_MATCH and _REPLACED in body:
        return _problem(400, f"{why} {_NOT_UTF8}")
    return _problem(401, why)


def _signed(deps: Deps, workflow: str, delivery: _Delivery, body: bytes) -> Response:
    try:
        loads(body)
    except NotJson as not_json:
        return _problem(400, str(not_json))
    problems = _problems(deps, workflow, delivery.sender, body)
    if problems and delivery.sender.reads_answers:
        return _answer(422, {"webhook-delivery": "abort-message"}, problems=problems)
    return _accept(deps, workflow, delivery, body, problems)


def _problems(deps: Deps, workflow: str, sender: Sender, body: bytes) -> tuple[str, ...]:
    """What Prepare is going to say of the body: most form services never read more than 2xx."""
    raw = Raw(body=body, door="webhook", authserv_id="", vouched=sender.vouches_for_address)
    try:
        deps.workflows[workflow].read(raw)
    except ContractBroken as broken:
        return broken.problems
    except NeedsPerson as unread:
        return (str(unread),)
    return ()


@dataclass(frozen=True)
class _Delivery:
    """What a sender that may post here signed."""

    sender: Sender
    id: str
    secret: str
    """The one that is current."""


def _verified(deps: Deps, workflow: str, request: Request) -> _Delivery:
    """Raises BadSignature, with the same words and work, for a sender that nobody knows, one that
    may not post here and one whose signature is wrong."""
    everybodys = held(deps.secrets.get(deps.settings.webhook_secret))
    sender = named(deps.settings.senders, request.params.get("sender", DEFAULT))
    good = keys(everybodys, sender.id) if sender and sender.may_post_to(workflow) else ()
    signed = verify(good or (NOBODYS,), request.headers, request.body, deps.clock.now())
    if sender is None or not good:
        raise BadSignature(NO_MATCH)
    return _Delivery(sender, signed.id, good[0])


def _has_room(deps: Deps, sender: Sender) -> bool:
    most = sender.requests_a_minute
    return most == 0 or deps.sender_limits.counts(sender.id, most, deps.wall.now())


def _accept(
    deps: Deps, workflow: str, delivery: _Delivery, body: bytes, problems: tuple[str, ...]
) -> Response:
    job = _job(deps, workflow, delivery, body)
    try:
        seen = store(deps, *drawn(deps, job, accepted(job)))
    except StoreConflict as busy:
        return _later(str(busy))
    if seen and seen.body_digest != job.source.body_digest:
        observability.count("WebhookConflicts")
        return _problem(409, "this id came before with another body; a new event needs a new id")
    if problems and seen is None:
        _tell_once_a_day(deps, job)
    queue(deps, job.job_id, workflow, known=seen is not None)
    told = {"problems": problems} if problems else {}
    return _answer(202, {}, job_id=job.job_id, **told, **_where(deps, delivery, job.job_id))


def _where(deps: Deps, delivery: _Delivery, job_id: str) -> Mapping[str, str]:
    """Where the sender may ask how the job stands."""
    if not delivery.sender.status_address:
        return {}
    address = status_path(status_token(delivery.secret, job_id))
    return {"status_url": f"{deps.settings.public_base_url}{address}"}


def status(deps: Deps, token: str) -> Response:
    """How a job stands, for whoever has the address that its sender was given."""
    job = _asked_about(deps, token)
    if job is None:
        return _problem(404, "there is no job at this address")
    return _answer(200, {}, **standing(job))


def _asked_about(deps: Deps, token: str) -> Job | None:
    """The job, if its own sender's secret made this token."""
    job_id = named_in(token)
    try:
        job = deps.store.load(job_id).job if is_id(job_id) else None
    except NotFound:
        return None
    if job is None or job.source.door != "webhook":
        return None
    everybodys = held(deps.secrets.get(deps.settings.webhook_secret))
    return job if opens(token, keys(everybodys, sender_of(job.source.sender))) else None


def _job(deps: Deps, workflow: str, delivery: _Delivery, body: bytes) -> Job:
    now, body_digest = deps.clock.now(), digest(body)
    sender = delivery.sender.identity(workflow)
    job_id = job_id_of("webhook", workflow, sender, delivery.id)
    # Content first, under a key that names it: a crash leaves an orphan, never a job without body.
    payload = deps.payloads.put(f"raw/{job_id}/{body_digest}", body)
    source = Source(
        door="webhook",
        sender=sender,
        event_id=delivery.id,
        payload=payload,
        body_digest=body_digest,
        size=len(body),
        received_at=now,
        vouched=delivery.sender.vouches_for_address,
        hears=bool(delivery.sender.outcomes_to),
    )
    return new_job(workflow, "", source, now)


def _tell_once_a_day(deps: Deps, job: Job) -> None:
    """The first broken form of a sender on a day raises the alarm; each of them is a case. The job
    is stored: a failure here costs the alarm and not the event."""
    day = Claim(key=f"broken-form:{job.source.sender}:{job.created_at:%Y-%m-%d}", body="", days=1)
    try:
        first = deps.store.claim(day, job.job_id, job.created_at)
    except Exception:  # noqa: BLE001 - as above; `defect` counts and logs it
        observability.defect("webhook")
    else:
        if first.job_id == job.job_id:
            observability.count("SendersBreakForms")


def _problem(status: int, what: str) -> Response:
    return _answer(status, {}, message=what)


def _later(what: str, status: int = 503, seconds: int = RETRY_SECONDS) -> Response:
    answer = _problem(status, what)
    return replace(answer, headers={**answer.headers, "retry-after": str(seconds)})


def _answer(status: int, more: Mapping[str, str], /, **said: Any) -> Response:
    headers = {"content-type": "application/json", "cache-control": "no-store", **more}
    return Response(status, json.dumps(said), headers)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:  # noqa: ARG001 - Lambda's shape
    """API Gateway's event in, its answer out."""
    with observability.invocation("webhook"):
        return answered(production, event).as_event()


def answered(deps: Callable[[], Deps], event: Mapping[str, Any]) -> Response:
    """The answer to an event, also when we fail: the sender is told to come again."""
    try:
        request = Request.of(event)
        if "token" in request.params:
            return status(deps(), request.params["token"])
        return receive(deps(), request)
    except ContractBroken as broken:
        return _problem(400, str(broken))
    except Exception:  # noqa: BLE001 - the outermost edge; `defect` logs the trace
        observability.defect("webhook")
        return _later("we failed; send the same event again")
