"""What other systems propose: POST /propose/{caller}, signed like a webhook, its id the caller's
key; GET /proposals/{token} says how it stands, and POST there what its caller did of it, or
that it takes it back.

202 accepted, with the address (again, for the same key and body) · 400 not JSON · 401 not signed
by a sender who may propose · 404 no such door or address · 409 the key came with another body · 413
too large · 422 a proposal with problems: nothing is stored · 429 over its limit · 503 come again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, ClassVar

from pydantic import Field

from countersign.domain.canonical import canonical
from countersign.domain.contract import Contract
from countersign.domain.errors import ContractBroken, StoreConflict
from countersign.domain.jobs.change import Change, Due, JobRecord
from countersign.domain.jobs.handing import AGENT_ACTIONS
from countersign.domain.jobs.job import ENDED
from countersign.domain.jobs.outcomes import status_token
from countersign.domain.jobs.proposals import WITHDRAWN, told, whole
from countersign.domain.jobs.senders import sender_of
from countersign.domain.jobs.verdicts import REPORT, REPORTED, Reported, by_caller, claims, jwk
from countersign.domain.jobs.verdicts import token as signed_token
from countersign.domain.planning.cancelling import withdrawn
from countersign.domain.workflow import Raw
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
from countersign.extraction.messages import Text
from countersign.parsing.json import NotJson, loads
from countersign.runtime.deps import Deps
from countersign.web.http import Request, Response
from countersign.web.paths import proposal_path
from countersign.web.signature import BadSignature

_NONE = "there is no proposal at this address"
_MOST_WORDS, _SOON = 1_000, 5
"""Characters of a caller's reason; seconds after which a step has mostly ended."""


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
    return no_room(deps, delivery.sender) or _addressed(deps, delivery)


def _addressed(deps: Deps, delivery: Delivery) -> Response:
    """The acceptance, with the address by which it is followed."""
    job_id = proposed(deps, delivery)
    if isinstance(job_id, Response):
        return job_id
    address = proposal_path(status_token(delivery.secret, job_id))
    where = f"{deps.settings.public_base_url}{address}"
    said = answer(202, {}, job_id=job_id, status_url=where)
    return replace(said, headers={**said.headers, "location": where})


def proposed(deps: Deps, delivery: Delivery) -> str | Response:
    """The id of the job that a proposal of a known caller became, whichever door it came by; the
    refusal of one that is none, or whose key came with another body."""
    try:
        stored = _with_limits(delivery)
        deps.workflows[AGENT_ACTIONS].read(Raw(body=stored, door="webhook", authserv_id=""))
    except NotJson as not_json:
        return problem(400, str(not_json))
    except ContractBroken as broken:
        return answer(422, {}, problems=broken.problems or (str(broken),))
    found = taken_in(deps, AGENT_ACTIONS, delivery, stored)
    return found if isinstance(found, Response) else found[0].job_id


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
    record = _proposal(deps, token)
    if record is None:
        return problem(404, _NONE)
    return answer(200, {}, **standing(deps, record))


def standing(deps: Deps, record: JobRecord) -> Mapping[str, Any]:
    """How it stands, as its caller reads it, whichever door it came by."""
    return told(record, _verdicts(deps, record))


def _proposal(deps: Deps, token: str) -> JobRecord | None:
    record = asked_about(deps, token)
    return record if record and record.job.workflow == AGENT_ACTIONS else None


def _verdicts(deps: Deps, record: JobRecord) -> Mapping[int, str]:
    """Tokens of what its caller may do now, made for this answer."""
    caller = sender_of(record.job.source.sender)
    said = claims(record, deps.settings.public_base_url, caller, deps.clock.now())
    key = deps.verdict_signer
    return {one["number"]: signed_token(one, key.public(), key.sign) for one in said}


def keys(deps: Deps) -> Response:
    """The public halves of the keys that sign verdicts, as a JSON Web Key Set."""
    if not deps.settings.verdict_key:
        return problem(404, "nobody here takes verdicts")
    return answer(200, {}, keys=[jwk(deps.verdict_signer.public())])


def told_by_caller(deps: Deps, request: Request) -> Response:
    """What a caller says of its proposal afterwards, signed as a proposal is: what it did of what
    it was allowed to (each action once, 409 for another report), or that it takes it back."""
    record = _proposal(deps, request.params["proposal"])
    if record is None:
        return problem(404, _NONE)
    caller = sender_of(record.job.source.sender)
    try:
        verified(deps, request, caller, lambda one: bool(one.proposes))
        return _said(deps, record, loads(request.body))
    except BadSignature as bad:
        return unproven(str(bad), request.body)
    except NotJson as not_json:
        return problem(400, str(not_json))


def _said(deps: Deps, record: JobRecord, said: Any) -> Response:
    try:
        if isinstance(said, dict) and "withdraw" in said:
            return withdraw(deps, record, Withdraw.read(said).withdraw)
        return reported(deps, record, said)
    except ContractBroken as broken:
        return answer(422, {}, problems=broken.problems)


def reported(deps: Deps, record: JobRecord, said: Any) -> Response:
    """What its caller did: 409 for another report than the first. Raises ContractBroken."""
    found = _report(record, said)
    try:
        _reported(deps, record, found, sender_of(record.job.source.sender))
    except StoreConflict as otherwise:
        return problem(409, str(otherwise))
    return answer(200, {}, job_id=record.job.job_id)


class Withdraw(Contract):
    """A caller takes its proposal back."""

    CONTRACT: ClassVar[str] = "agent.withdraw"
    VERSION: ClassVar[int] = 1

    withdraw: Annotated[Text, Field(max_length=_MOST_WORDS)]
    """Why, for those who were asked."""


def withdraw(deps: Deps, record: JobRecord, words: str) -> Response:
    """Nobody can sign it from here on; what ran stays. The same answer to the same again; 409 once
    it has ended, 503 while a step of it runs. Raises StoreConflict."""
    caller, now = sender_of(record.job.source.sender), deps.clock.now()
    if record.job.status in ENDED and WITHDRAWN not in record.results:
        return problem(409, f"it is {record.job.status} by now: nothing of it is open")
    try:
        after, _ = deps.update(record.job.job_id, lambda held: withdrawn(held, caller, words, now))
    except ContractBroken:
        return later("it is under way at this moment: come again", seconds=_SOON)
    return answer(200, {}, job_id=after.job.job_id, state=whole(after))


def _report(record: JobRecord, body: Any) -> Reported:
    """Raises ContractBroken."""
    said = Reported.read(body)
    if sorted(one.number for one in said.actions) != [one.index for one in by_caller(record)]:
        raise ContractBroken("each action that has a verdict is reported once")
    return said


def _reported(deps: Deps, record: JobRecord, said: Reported, caller: str) -> None:
    """The same again changes nothing. `tick` looks at it next. Raises StoreConflict for another
    report than the first."""

    def change_of(held: JobRecord) -> Change | None:
        if REPORTED in held.results:
            if held.result(REPORTED, Reported) != said:
                raise StoreConflict("it was reported otherwise before")
            return None
        return Change(
            event=REPORTED,
            actor=f"sender:{caller}",
            fields={str(one.number): "done" if one.done else "failed" for one in said.actions},
            results={REPORTED: said},
            due=(Due(kind=REPORT, at=deps.clock.now()),) if REPORT in held.due else (),
        )

    deps.update(record.job.job_id, change_of)
