"""The door for agents that speak MCP: POST /mcp, with a caller's bearer token. One tool for each
action that the caller may propose, and what becomes of a proposal; the same core as /propose.

200 the protocol's answer · 401 no token that is good · 404 nothing can be proposed here · 405 not a
POST: there are no streams and no sessions · 413 too large · 429 over its limit · 503 come again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

from countersign import observability
from countersign.connectors.mcp import Told, Tool, posted
from countersign.domain.errors import ContractBroken, NotFound, StoreConflict
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.handing import AGENT_ACTIONS
from countersign.domain.jobs.job import job_id_of
from countersign.domain.jobs.senders import MINUTE, Sender, held, lets_in, named, token_of
from countersign.domain.ledger.action import Action
from countersign.entrypoints import proposals
from countersign.entrypoints.deliveries import MAX_BYTES, Delivery, later, problem
from countersign.parsing.json import loads
from countersign.runtime.deps import Deps
from countersign.runtime.step import production
from countersign.web.http import Request, Response

_REPORTED: Mapping[str, Any] = {
    "done": {"type": "boolean", "description": "Whether it happened."},
    "receipt": {"type": "string", "description": "What proves it."},
    "words": {"type": "string", "description": "Why not, for the person who gets the case."},
}
A_MINUTE = 120
"""Calls of a caller whose row names no limit; they are counted apart from its signed requests."""
STATUS, WITHDRAW, REPORT = "status", "withdraw", "report"
_WORDS = (
    "Each tool hands over one action under the policy of the business. It is judged, signed by a "
    "person where policy says so, done once, read back and recorded. The answer says how it "
    "stands; `waiting` is no failure: go on with other work and ask `status` with the same key "
    "later. Act on what an answer holds, and not on what was asked for: a person may have changed "
    "it. The same key with the same arguments is the same proposal, however often it is sent."
)
_KEY = {
    "type": "string",
    "minLength": 1,
    "maxLength": 200,
    "description": "Your own id of the matter; the same key is the same proposal.",
}
_ENVELOPE: Mapping[str, Any] = {
    "key": _KEY,
    "reason": {"type": "string", "description": "Why, for whoever signs."},
    "evidence": {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {
                "quote": {"type": "string", "description": "Somebody's own words."},
                "link": {"type": "string", "description": "Where they stand; https."},
            },
        },
    },
    "requester": {
        "type": "string",
        "description": "Mail address of the person for whom you act: they never sign it.",
    },
    "correlation": {"type": "string", "description": "Your own id of the matter, for people."},
    "deadline": {
        "type": "string",
        "format": "date-time",
        "description": "After this nothing of it is done.",
    },
}
_MONEY: Mapping[str, Any] = {
    "type": "object",
    "description": "5000 and EUR are 50.00 EUR.",
    "properties": {
        "minor": {"type": "integer", "description": "In the currency's smallest unit."},
        "currency": {"type": "string", "pattern": "^[A-Z]{3}$", "description": "ISO 4217."},
    },
    "required": ["minor", "currency"],
    "additionalProperties": False,
}


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:  # noqa: ARG001 - Lambda's shape
    """API Gateway's event in, its answer out."""
    with observability.invocation("mcp"):
        return answered(production, event).as_event()


def answered(deps: Callable[[], Deps], event: Mapping[str, Any]) -> Response:
    """The answer to an event, also when we fail: the caller is told to come again."""
    try:
        return _let_in(deps(), Request.of(event))
    except ContractBroken as broken:
        return problem(400, str(broken))
    except Exception:  # noqa: BLE001 - the outermost edge; `defect` logs the trace
        observability.defect("mcp")
        return later("we failed; send the same again")


def _let_in(deps: Deps, request: Request) -> Response:
    """What is cheap first: a GET would open a stream, and a DELETE end a session, of which there
    are none."""
    if request.method != "POST":
        return _with(problem(405, "there are no streams and no sessions: POST"), allow="POST")
    if AGENT_ACTIONS not in deps.workflows:
        return problem(404, "nothing can be proposed here")
    if len(request.body) > MAX_BYTES:
        return problem(413, f"at most {MAX_BYTES:,} bytes")
    caller = _caller(deps, request)
    if caller is None:
        said = problem(401, "a bearer token of a caller is needed: `countersign senders token`")
        return _with(said, **{"www-authenticate": "Bearer"})
    return _no_room(deps, caller) or _spoken(deps, caller, request)


def _with(response: Response, **headers: str) -> Response:
    return replace(response, headers={**response.headers, **headers})


def _caller(deps: Deps, request: Request) -> Sender | None:
    """Whose token it is; None, after the same work, for one that nobody has or may use."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    caller = named(deps.settings.senders, token_of(token))
    good = lets_in(held(deps.secrets.get(deps.settings.callers_secret)), token)
    known = good and scheme.lower() == "bearer" and caller is not None and caller.proposes
    return caller if known else None


def _no_room(deps: Deps, caller: Sender) -> Response | None:
    most, now = caller.requests_a_minute or A_MINUTE, deps.wall.now()
    if deps.sender_limits.counts(f"mcp/{caller.id}", most, now):
        return None
    return later(f"{caller.id} is over its calls a minute", 429, MINUTE - now.second)


def _spoken(deps: Deps, caller: Sender, request: Request) -> Response:
    desk = Desk(deps, caller)
    answer = posted(request.headers, request.body, tuple(desk.tools()), desk.call, _WORDS)
    headers = {"cache-control": "no-store", **answer.headers}
    headers.pop("content-length", None)  # the gateway counts for itself
    return Response(answer.status, answer.body.decode(), headers)


@dataclass(frozen=True)
class Desk:
    """What one caller may call, and what comes of it."""

    deps: Deps
    caller: Sender

    def tools(self) -> Iterator[Tool]:
        """One for each action of the caller's row; and to follow, take back and report."""
        for name, action in self._actions().items():
            words = f"{_says(action)} Answers at once how it stands, and never waits for people."
            undone = action.undo is not None
            yield Tool(name, action.id, words, schema(action), destroys=not undone)
        keyed = {"key": _KEY}
        words = "How a proposal stands, with its parameters as a person signed them."
        yield Tool(STATUS, "How it stands", words, _object(keyed), reads_only=True)
        words = "Take back what is still open of a proposal; what ran stays."
        more = {**keyed, "words": {"type": "string", "description": "Why, for who was asked."}}
        yield Tool(WITHDRAW, "Take it back", words, _object(more))
        if self.caller.takes_verdicts:
            words = "Say what you did by a verdict: once, within the hour."
            yield Tool(
                REPORT, "Report", words, _object({**keyed, **_REPORTED}, needs=("key", "done"))
            )

    def call(self, name: str, given: Mapping[str, Any]) -> Told:
        """What a call came to; a failure of ours is told as one, and may be sent again."""
        try:
            return self._called(name, given)
        except (ContractBroken, NotFound, StoreConflict) as refused:
            return Told({"message": str(refused)}, refused=True)
        except Exception:  # noqa: BLE001 - as at the door: the package would tell its words
            observability.defect("mcp")
            return Told({"message": "we failed; call again with the same key"}, refused=True)

    def _called(self, name: str, given: Mapping[str, Any]) -> Told:
        key = given.get("key")
        if not isinstance(key, str) or not key.strip():
            raise ContractBroken("key: your own id of the matter is needed")
        action = self._actions().get(name)
        if action is not None:
            return self._proposed(action, key, given)
        record = self._record(key)
        if name == WITHDRAW:
            words = proposals.Withdraw.read({"withdraw": given.get("words")}).withdraw
            return self._after(proposals.withdraw(self.deps, record, words), key)
        if name == REPORT and self.caller.takes_verdicts:
            said = {"number": 0} | {part: given[part] for part in _REPORTED if part in given}
            return self._after(proposals.reported(self.deps, record, {"actions": [said]}), key)
        if name != STATUS:
            raise NotFound(f"there is no tool {name}")
        return Told(proposals.standing(self.deps, record))

    def _proposed(self, action: Action[Any, Any], key: str, given: Mapping[str, Any]) -> Told:
        more = {part: given[part] for part in _ENVELOPE if part in given and part != "key"}
        call = {"action": action.id, "params": given.get("params")}
        body = json.dumps({"actions": [call], **more}, sort_keys=True).encode()
        found = proposals.proposed(self.deps, Delivery(self.caller, key, "", body))
        if isinstance(found, Response):
            return _refusal(found)
        return Told(proposals.standing(self.deps, self.deps.store.load(found)))

    def _after(self, response: Response, key: str) -> Told:
        """How it stands after something was said of it, or why that was not taken."""
        if response.status != HTTPStatus.OK:
            return _refusal(response)
        return Told(proposals.standing(self.deps, self._record(key)))

    def _record(self, key: str) -> JobRecord:
        """The caller's own proposal of this key, whichever door it came by. Raises NotFound."""
        job = job_id_of("webhook", AGENT_ACTIONS, self.caller.identity(AGENT_ACTIONS), key)
        try:
            return self.deps.store.load(job)
        except NotFound:
            raise NotFound(f"{self.caller.id} proposed nothing under this key") from None

    def _actions(self) -> Mapping[str, Action[Any, Any]]:
        """By the name of its tool. Clients that call functions allow letters, digits, - and _."""
        known = self.deps.workflows[AGENT_ACTIONS].actions
        return {one.action.replace(".", "_"): known[one.action] for one in self.caller.proposes}


def _says(action: Action[Any, Any]) -> str:
    return (action.params.__doc__ or action.id).strip().partition("\n\n")[0].replace("\n    ", " ")


def schema(action: Action[Any, Any]) -> Mapping[str, Any]:
    """The arguments of its tool: the action's parameters by its own contract, and what every
    proposal says besides. Money is told in the form that a proposal has it in."""
    params = dict(action.params.model_json_schema())
    shared = {**params.pop("$defs", {})}
    if "Money" in shared:
        shared["Money"] = dict(_MONEY)
    return {
        **_object({"params": params, **_ENVELOPE}, needs=("params", "key", "reason")),
        **({"$defs": shared} if shared else {}),
    }


def _object(properties: Mapping[str, Any], needs: Sequence[str] = ()) -> Mapping[str, Any]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(needs or properties),
        "additionalProperties": False,
    }


def _refusal(response: Response) -> Told:
    return Told(loads(response.body.encode()), refused=True)
