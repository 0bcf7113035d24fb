"""What one worker does in its life: deliver, begin, walk through states, decide, tick."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

from countersign.approvals.access import arrived
from countersign.approvals.decide import record_decision
from countersign.domain.approvals.approval import Choice, Decision
from countersign.entrypoints.start import start
from countersign.entrypoints.tick import tick
from countersign.runtime.deps import Deps
from tests.fakes.deliveries import Delivery
from tests.fakes.journey import Journey, form
from tests.guarantees.mortal import Fate
from tests.guarantees.naive import DESIGNS
from tests.guarantees.surroundings import Told

AMOUNTS: Mapping[str, int] = {"refund": 100, "announced": 20_000}
"""Cents of a refund, by scenario: a hundred of the first stay below the day's cap, the second is
above what runs by itself, so that it is signed and finance is told."""
Life = Callable[[Deps, Fate, Told], None]


def delivering(scenario: str, number: str) -> Life:
    """The sender delivers its event."""

    def life(deps: Deps, fate: Fate, _told: Told) -> None:
        fate.enters("webhook")
        workflow = "refund_request" if scenario in AMOUNTS else "lead_intake"
        world: Any = SimpleNamespace(deps=deps, clock=deps.clock)
        answer = Delivery(_body(scenario, number), f"evt-{number}", workflow).arrives(world)
        assert answer.status == 202

    return life


def beginning(job_id: str) -> Life:
    """The start door takes the queue's message."""

    def life(deps: Deps, fate: Fate, _told: Told) -> None:
        fate.enters("start")
        start(deps, json.dumps({"job_id": job_id}))

    return life


def walking(job_id: str, at: Mapping[str, Any]) -> Life:
    """State after state, from the one the machine is in."""

    def life(deps: Deps, fate: Fate, told: Told) -> None:
        if _Walk(deps, fate, told, job_id).goes(at["state"], at["given"]) == "Ask":
            told.tell(waits=True)

    return life


def deciding(job_id: str) -> Life:
    """Ana approves everything that is asked, if it is not decided yet."""

    def life(deps: Deps, fate: Fate, _told: Told) -> None:
        fate.enters("approvals")
        pending = deps.store.load(job_id).pending
        if pending is None:
            return
        here = arrived(deps, job_id, pending.approval_id, "ana")
        choices = dict.fromkeys(pending.digests, Choice.APPROVE)
        record_decision(deps, here, Decision(by="ana", at=deps.clock.now(), choices=choices))

    return life


def ticking(deps: Deps, fate: Fate, _told: Told) -> None:
    """Scheduled work."""
    fate.enters("tick")
    tick(deps)


def report(deps: Deps, job_id: str) -> dict[str, Any]:
    """How the job stands."""
    record = deps.store.load(job_id)
    return {
        "job": job_id,
        "status": record.job.status.value,
        "ledger": {h.action: h.status.value for h in record.ledger},
        "keys": [h.key for h in record.ledger],
        "case": bool(record.case and record.case.resolution is None),
    }


def naively(scenario: str, number: str) -> Life:
    """One of the naive designs does its effect."""

    def life(deps: Deps, fate: Fate, _told: Told) -> None:
        fate.enters("naive")
        DESIGNS[scenario](deps, number)

    return life


class _Walk(Journey):
    """A journey whose machine is outside: it is told of each state before it is entered."""

    def __init__(self, deps: Deps, fate: Fate, told: Told, job_id: str) -> None:
        world: Any = SimpleNamespace(
            deps=deps, store=deps.store, executions=SimpleNamespace(waiting=set())
        )
        super().__init__(world, job_id)
        self._fate, self._told = fate, told

    def _enter(
        self, state: str, given: dict[str, Any], execution: str
    ) -> tuple[str | None, dict[str, Any]]:
        self._told.tell(state=state, given=given)
        self._fate.enters(state)
        return super()._enter(state, given, execution)


def _body(scenario: str, number: str) -> bytes:
    if scenario in AMOUNTS:
        asked = {"order": number, "email": f"{number}@hafenwerk.example"}
        asked["message"] = "The lamp arrived broken, please refund me."
        return json.dumps(
            asked | {"amount": {"minor": AMOUNTS[scenario], "currency": "EUR"}}
        ).encode()
    return form(email=f"{number}@hafenwerk.example", consent=scenario == "signed")
