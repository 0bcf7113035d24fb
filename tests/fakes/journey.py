"""The steps run one after the other as the definition orders them, without a state machine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Literal

from countersign.definition import definition
from countersign.domain.approvals.approval import Choice, Decision, apply_decision
from countersign.domain.approvals.authority import sign
from countersign.domain.errors import CountersignError
from countersign.domain.jobs.change import Change, JobRecord
from countersign.domain.jobs.intake import accepted, new_job
from countersign.domain.jobs.job import Source
from countersign.runtime.deps import Deps
from countersign.runtime.intake import drawn, store
from countersign.runtime.step import Call, Work, run
from countersign.steps.act.handler import act
from countersign.steps.ask import ask
from countersign.steps.close import close
from countersign.steps.decide import decide
from countersign.steps.escalate import escalate
from countersign.steps.look import look
from countersign.steps.park import park
from countersign.steps.prepare import prepare
from countersign.steps.propose import propose
from infra.steps import STEPS as ROWS
from tests.fakes.world import World

MACHINE = definition()
STEPS: dict[str, Work] = {
    "Prepare": prepare,
    "TakeBack": prepare,
    "Propose": propose,
    "Fallback": propose,
    "Look": look,
    "Decide": decide,
    "Act": act,
    "Ask": ask,
    "Close": close,
    "Escalate": escalate,
    "Park": park,
}


def accept(
    world: World,
    body: bytes,
    event: str = "evt-1",
    door: Literal["webhook", "upload"] = "webhook",
    workflow: str = "lead_intake",
) -> str:
    """An event came through a door and is stored; the job's id. Who signs knows its customers."""
    source = Source(
        door=door,
        sender=workflow,
        event_id=event,
        payload=world.payloads.put(f"raw/{event}", body),
        body_digest="b0",
        size=len(body),
        received_at=world.clock.now(),
        vouched=door == "webhook",
    )
    job = new_job(workflow, "", source, world.clock.now())
    store(world.deps, *drawn(world.deps, job, accepted(job)))
    return job.job_id


def form(**fields: Any) -> bytes:
    """A web form that says all a seller needs, with `fields` changed; None leaves one out."""
    said = {
        "name": "Anna Lindner",
        "email": "anna.lindner@hafenwerk.example",
        "phone": "+49 30 23125 0142",
        "company": "Hafenwerk Logistik GmbH",
        "country": "Germany",
        "consent": True,
        "message": "Hello, we are looking for a quote for 40 licences of your dispatch software. "
        "Our budget is 12,500 EUR and we would like to start by the end of March.",
    }
    return json.dumps({k: v for k, v in (said | fields).items() if v is not None}).encode()


MAY_DELETE = frozenset(
    state
    for state in STEPS
    for row in ROWS
    if f"countersign.steps.{STEPS[state].__name__}" == row.handler.removesuffix(".handler")
    if any("DeleteItem" in grant.verbs for grant in row.may)
)
"""The states whose functions may delete a row."""
FUNCTION_TIME = timedelta(seconds=100)
"""Act's."""


def seconds_of(cause: str) -> int:
    """What the definition's intrinsic functions make of an error's cause."""
    return int(cause.split("#")[1])


class Journey:
    """One job on its way. `visited` are the states it entered."""

    def __init__(self, world: World, job_id: str, deps: Deps | None = None) -> None:
        self._world = world
        self._deps = deps or world.deps
        self.job_id = job_id
        self.visited: list[str] = []
        self.errors: list[tuple[str, str]] = []
        """(state, class) of each error that the machine was told of."""

    @property
    def world(self) -> World:
        """Where it goes."""
        return self._world

    @property
    def record(self) -> JobRecord:
        """The job as it is stored."""
        return self._world.store.load(self.job_id)

    def goes(self, start: str = "Prepare", given: Mapping[str, Any] | None = None) -> str:
        """Run until the machine would end or wait; the last state."""
        state, carried = start, dict(given or {})
        execution = self.record.job.execution
        while True:
            self.visited.append(state)
            following, carried = self._enter(state, carried, execution)
            if following is None:
                return state
            state = following

    def stops_before(self, last: str) -> dict[str, Any]:
        """Run until the machine would enter that state; what it carries there."""
        state, carried = "Prepare", dict[str, Any]()
        execution = self.record.job.execution
        while state != last:
            self.visited.append(state)
            following, carried = self._enter(state, carried, execution)
            assert following, f"it ended in {state}"
            state = following
        return carried

    def enters(self, state: str, given: Mapping[str, Any]) -> None:
        """One try of a state, whatever the machine would make of its error. Raises it."""
        call = Call(
            job_id=self.job_id,
            execution=self.record.job.execution,
            state=state,
            input=given,
            ends_at=self._deps.clock.now() + FUNCTION_TIME,
        )
        self._runs(call)

    def answered(self) -> str:
        """Go on as after the callback or the time-out of Ask."""
        return self.goes("Look")

    def is_decided(self, choice: Choice, by: str = "ana", reason: str = "") -> None:
        """A person decides on everything that was asked, as the approvals door records it: judged
        by authority. Raises NotAuthorised."""
        record = self.record
        assert record.pending, "nothing waits for a decision"
        choices = dict.fromkeys(record.pending.digests, choice)
        decision = Decision(by=by, at=self._world.clock.now(), choices=choices, reason=reason)
        decided = sign(self._world.people.directory(), record.pending, decision)
        change = Change(
            event="decided by a person",
            actor=f"person:{by}",
            approvals=(decided,),
            ledger=apply_decision(decided, record.ledger),
            done=("approval",),
        )
        self._world.deps.commit(record, change)

    def statuses(self) -> dict[str, str]:
        """Where each action stands."""
        return {held.action: held.status.value for held in self.record.ledger}

    def _enter(
        self, state: str, given: dict[str, Any], execution: str
    ) -> tuple[str | None, dict[str, Any]]:
        if state not in STEPS:
            return self._passes(state, given)
        call = Call(
            job_id=self.job_id,
            execution=execution,
            state=state,
            input=given,
            token=f"task-{len(self.visited)}" if state == "Ask" else "",
            ends_at=self._deps.clock.now() + FUNCTION_TIME,
        )
        if call.token:
            self._world.executions.waiting.add(call.token)
        try:
            said = self._runs(call)
        except CountersignError as error:
            self.errors.append((state, type(error).__name__))
            return self._caught(state, given, error)
        return self._following(state, said), said

    def _runs(self, call: Call) -> dict[str, Any]:
        """One visit; what it takes away its function has the right to take away on AWS too."""
        before = self.record
        try:
            return run(self._deps, STEPS[call.state], call)
        finally:
            after = self.record
            gone = {*before.due, *before.results} - {*after.due, *after.results}
            may = not gone or call.state in MAY_DELETE
            assert may, f"{call.state} has no right to remove {sorted(gone)}"

    def _passes(self, state: str, given: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """A state without a function: the wait for a turn, or what comes before it."""
        at = MACHINE["States"][state]
        if at["Type"] == "Wait":
            self._world.clock.passes(seconds=given["seconds"])
            return at["Next"], given
        return at["Next"], given | {"seconds": seconds_of(given["error"]["Cause"])}

    def _following(self, state: str, said: dict[str, Any]) -> str | None:
        """The next state; None where the machine ends, or waits for a person."""
        then = MACHINE["States"][state].get("Next")
        following = said.get("next") if then == "Route" else then
        return None if state == "Ask" or following == "Parked" else following

    def _caught(
        self, state: str, given: dict[str, Any], error: CountersignError
    ) -> tuple[str | None, dict[str, Any]]:
        """What the definition's Catch does once the retries are used up."""
        if state in ("Escalate", "Park"):
            raise error
        name = type(error).__name__
        for catcher in MACHINE["States"][state]["Catch"]:
            if name in catcher["ErrorEquals"] or "States.ALL" in catcher["ErrorEquals"]:
                cause = json.dumps({"errorType": name, "errorMessage": str(error)})
                then = catcher["Next"]
                gone = then == "Superseded"
                told = given | {"error": {"Error": name, "Cause": cause}}
                return (None if gone else then), told
        raise AssertionError(f"nothing catches {name} in {state}") from error
