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

from collections.abc import Callable, Mapping
from typing import Any

from countersign import observability
from countersign.domain.errors import ContractBroken, NeedsPerson
from countersign.domain.jobs.handing import CLOSED, FRONT_DESK
from countersign.domain.jobs.job import Job
from countersign.domain.jobs.outcomes import standing, status_token
from countersign.domain.jobs.senders import DEFAULT, Sender
from countersign.domain.workflow import Claim, Raw
from countersign.entrypoints import proposals
from countersign.entrypoints.deliveries import (
    MAX_BYTES,
    Delivery,
    answer,
    asked_about,
    later,
    no_room,
    problem,
    taken_in,
    unproven,
    verified,
)
from countersign.parsing.json import NotJson, loads
from countersign.runtime.deps import Deps
from countersign.runtime.step import production
from countersign.web.http import Request, Response
from countersign.web.paths import KEYS, status_path
from countersign.web.signature import BadSignature


def receive(deps: Deps, request: Request) -> Response:
    """Check cheap things first, verify before parsing, store before queueing, answer last."""
    workflow = request.params.get("workflow", FRONT_DESK)
    if len(request.body) > MAX_BYTES:
        return problem(413, f"at most {MAX_BYTES:,} bytes; upload larger files instead")
    if workflow not in deps.workflows or workflow in CLOSED:
        return problem(404, "there is no workflow of this name")
    sender = request.params.get("sender", DEFAULT)
    try:
        delivery = verified(deps, request, sender, lambda one: one.may_post_to(workflow))
    except BadSignature as bad:
        return unproven(str(bad), request.body)
    return no_room(deps, delivery.sender) or _signed(deps, workflow, delivery)


def _signed(deps: Deps, workflow: str, delivery: Delivery) -> Response:
    try:
        loads(delivery.body)
    except NotJson as not_json:
        return problem(400, str(not_json))
    problems = _problems(deps, workflow, delivery.sender, delivery.body)
    if problems and delivery.sender.reads_answers:
        return answer(422, {"webhook-delivery": "abort-message"}, problems=problems)
    return _accept(deps, workflow, delivery, problems)


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


def _accept(deps: Deps, workflow: str, delivery: Delivery, problems: tuple[str, ...]) -> Response:
    found = taken_in(deps, workflow, delivery, delivery.body)
    if isinstance(found, Response):
        return found
    job, seen = found
    if problems and seen is None:
        _tell_once_a_day(deps, job)
    told = {"problems": problems} if problems else {}
    return answer(202, {}, job_id=job.job_id, **told, **_where(deps, delivery, job.job_id))


def _where(deps: Deps, delivery: Delivery, job_id: str) -> Mapping[str, str]:
    """Where the sender may ask how the job stands."""
    if not delivery.sender.status_address:
        return {}
    address = status_path(status_token(delivery.secret, job_id))
    return {"status_url": f"{deps.settings.public_base_url}{address}"}


def status(deps: Deps, token: str) -> Response:
    """How a job stands, for whoever has the address that its sender was given."""
    record = asked_about(deps, token)
    if record is None:
        return problem(404, "there is no job at this address")
    return answer(200, {}, **standing(record.job))


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


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:  # noqa: ARG001 - Lambda's shape
    """API Gateway's event in, its answer out."""
    with observability.invocation("webhook"):
        return answered(production, event).as_event()


def answered(deps: Callable[[], Deps], event: Mapping[str, Any]) -> Response:
    """The answer to an event, also when we fail: the sender is told to come again."""
    try:
        return _routed(deps(), Request.of(event))
    except ContractBroken as broken:
        return problem(400, str(broken))
    except Exception:  # noqa: BLE001 - the outermost edge; `defect` logs the trace
        observability.defect("webhook")
        return later("we failed; send the same event again")


def _routed(deps: Deps, request: Request) -> Response:
    """Each route is known by its own placeholder."""
    if "token" in request.params:
        return status(deps, request.params["token"])
    if "proposal" in request.params:
        return _of_proposal(deps, request)
    if "caller" in request.params:
        return proposals.take(deps, request)
    return receive(deps, request)


def _of_proposal(deps: Deps, request: Request) -> Response:
    if request.params["proposal"] == KEYS:
        return proposals.keys(deps)
    if request.method == "POST":
        return proposals.told_by_caller(deps, request)
    return proposals.read(deps, request.params["proposal"])
