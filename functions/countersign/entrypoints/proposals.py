"""What other systems propose: POST /propose/{caller}, signed like a webhook, its id the caller's
key; GET /proposals/{token} says how it stands.

202 accepted, with the address (again, for the same key and body) · 400 not JSON · 401 not signed
by a sender who may propose · 404 no such door or address · 409 the key came with another body · 413
too large · 422 a proposal with problems: nothing is stored · 429 over its limit · 503 come again.
"""

from __future__ import annotations

import json
from dataclasses import replace

from countersign.domain.canonical import canonical
from countersign.domain.errors import ContractBroken
from countersign.domain.jobs.handing import AGENT_ACTIONS
from countersign.domain.jobs.outcomes import status_token
from countersign.domain.jobs.proposals import told
from countersign.domain.workflow import Raw
from countersign.entrypoints.deliveries import (
    MAX_BYTES,
    Delivery,
    answer,
    asked_about,
    no_room,
    problem,
    taken_in,
    unproven,
    verified,
)
from countersign.parsing.json import NotJson, loads
from countersign.runtime.deps import Deps
from countersign.web.http import Request, Response
from countersign.web.paths import proposal_path
from countersign.web.signature import BadSignature


def take(deps: Deps, request: Request) -> Response:
    """As a webhook: what is cheap first, verify before parsing, store before queueing."""
    if AGENT_ACTIONS not in deps.workflows:
        return problem(404, "nothing can be proposed here")
    if len(request.body) > MAX_BYTES:
        return problem(413, f"at most {MAX_BYTES:,} bytes")
    caller = request.params["caller"]
    try:
        delivery = verified(deps, request, caller, lambda one: bool(one.proposes))
    except BadSignature as bad:
        return unproven(str(bad), request.body)
    return no_room(deps, delivery.sender) or _signed(deps, delivery)


def _signed(deps: Deps, delivery: Delivery) -> Response:
    try:
        stored = _with_limits(delivery)
        deps.workflows[AGENT_ACTIONS].read(Raw(body=stored, door="webhook", authserv_id=""))
    except NotJson as not_json:
        return problem(400, str(not_json))
    except ContractBroken as broken:
        return answer(422, {}, problems=broken.problems or (str(broken),))
    found = taken_in(deps, AGENT_ACTIONS, delivery, stored)
    if isinstance(found, Response):
        return found
    job_id = found[0].job_id
    address = proposal_path(status_token(delivery.secret, job_id))
    where = f"{deps.settings.public_base_url}{address}"
    said = answer(202, {}, job_id=job_id, status_url=where)
    return replace(said, headers={**said.headers, "location": where})


def _with_limits(delivery: Delivery) -> bytes:
    """What was proposed, and what its caller may propose as its row says now: a row that changes
    later changes nothing of it. Raises NotJson."""
    loads(delivery.body)
    may = canonical(delivery.sender.proposes).decode()
    caller = json.dumps(delivery.sender.id)
    return b'{"caller":%b,"may":%b,"proposal":%b}' % (
        caller.encode(),
        may.encode(),
        delivery.body,
    )


def read(deps: Deps, token: str) -> Response:
    """How a proposal stands, for whoever has the address that its caller was given."""
    record = asked_about(deps, token)
    if record is None or record.job.workflow != AGENT_ACTIONS:
        return problem(404, "there is no proposal at this address")
    return answer(200, {}, **told(record))
