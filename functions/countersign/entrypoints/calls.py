"""The door for executions that wait: a state of somebody else's machine (`waitForTaskToken`) or the
callback of a durable function invokes the function of its caller's row, or sends to its queue. Who
may is IAM's to say.

Their event: `token` (the task token, or the callback's id), `key` and `proposal`, as it is posted
to /propose. What is refused is an error by its class: ContractBroken for what a caller has to mend,
Unavailable for what comes again. It is the invocation's own; by the queue, the execution's that
waits.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any, ClassVar

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from pydantic import Field, JsonValue

from countersign import observability
from countersign.domain.contract import Contract
from countersign.domain.errors import ContractBroken, Unavailable
from countersign.domain.jobs.handing import AGENT_ACTIONS
from countersign.domain.jobs.outcomes import awaited
from countersign.domain.jobs.senders import calling
from countersign.entrypoints import proposals
from countersign.entrypoints.deliveries import MAX_BYTES, Delivery, no_room
from countersign.parsing.json import loads
from countersign.runtime.deps import Deps
from countersign.runtime.step import production
from countersign.web.http import Response

RECEIVES = 5
"""How often a message of the queue comes before it is put with the events that nobody took."""
_CAUSE = 1_000
"""Characters: Step Functions takes 32,768, and a state's Catch shows them whole."""


class Call(Contract):
    """What an execution hands over."""

    CONTRACT: ClassVar[str] = "agent.call"
    VERSION: ClassVar[int] = 1

    token: Annotated[str, Field(min_length=1, max_length=2_048, repr=False)]
    """Of Step Functions at most 1,024 characters."""
    key: Annotated[str, Field(min_length=1, max_length=200)]
    """The caller's own id of the matter: `$$.Execution.Name`, or a part of it and the item."""
    proposal: Mapping[str, JsonValue]


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """An execution's event in; the job's id, which nobody who waits reads. Of its queue's messages,
    those that come again."""
    if "Records" in event:
        return _queued(event, context)
    with observability.invocation("calls"):
        return {"job_id": taken(production(), event, context.function_name)}


def _queued(event: dict[str, Any], context: Any) -> dict[str, Any]:
    def one(record: SQSRecord) -> None:
        with observability.invocation("calls", message_id=record.message_id):
            tries = int(record.attributes.approximate_receive_count)
            by_queue(production(), record.body, context.function_name, last=tries >= RECEIVES)

    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    return dict(process_partial_response(event, one, processor, context))


def by_queue(deps: Deps, message: str, function: str, *, last: bool) -> None:
    """Nobody hears an error of ours, so that what is refused fails the state that waits, by the
    error's class; what comes again does too, at its last try. Raises whatever cannot be told."""
    event = loads(message.encode())
    try:
        taken(deps, event, function)
    except (ContractBroken, Unavailable) as error:
        caller, token = calling(deps.settings.senders, function), _token(event)
        if caller is None or not token or (isinstance(error, Unavailable) and not last):
            raise
        deps.waiters.refuse(caller.answers, token, type(error).__name__, str(error)[:_CAUSE])


def _token(event: Any) -> str:
    held = event.get("token", "") if isinstance(event, dict) else ""
    return held if isinstance(held, str) else ""


def taken(deps: Deps, event: Mapping[str, Any], function: str) -> str:
    """The job of a proposal whose execution waits; its token is stored after it, so that whoever
    sees an error comes again. Raises ContractBroken and Unavailable."""
    caller = calling(deps.settings.senders, function)
    if caller is None or AGENT_ACTIONS not in deps.workflows:
        raise ContractBroken(f"nobody's executions come by {function}")
    call = Call.read(event)
    body = json.dumps(dict(call.proposal), sort_keys=True).encode()
    if len(body) > MAX_BYTES:
        raise ContractBroken(f"at most {MAX_BYTES:,} bytes")
    found = no_room(deps, caller) or proposals.proposed(deps, Delivery(caller, call.key, "", body))
    if isinstance(found, Response):
        raise _refused(found)
    now = deps.clock.now()
    deps.update(found, lambda held: awaited(held, call.token, now))
    return found


def _refused(response: Response) -> Exception:
    again = response.status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
    return (Unavailable if again else ContractBroken)(response.body)
