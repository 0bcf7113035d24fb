"""What people do while the job of one event waits: a colleague's work, an edit, signatures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from countersign.domain.jobs.job import Status
from infra.local.front.samples import (
    Answered,
    ByColleague,
    Expectation,
    RolledBack,
    SpentBudget,
    TakenUp,
)
from infra.local.player.colleague import Colleague
from infra.local.player.provider import Provider
from infra.local.player.signer import Signer, SignError

REJECTION = "Rejected by the player of events, as the expectation says."


@dataclass
class Attending:
    """The people of one event. `address` gives a person's mail address by their id."""

    expect: Expectation
    signer: Signer
    provider: Provider
    colleague: Colleague
    address: Callable[[str], str]
    orders: Callable[[str, RolledBack], None]
    """Orders a job to be rolled back."""
    raises: Callable[[SpentBudget], None]
    """Adds to the model's budget."""
    takes_up: Callable[[str, TakenUp], None]
    """Says what becomes of what was rejected."""
    answers: Callable[[str, str], None]
    """Answers a job's question, as whoever it asked."""
    _done: set[str] = field(default_factory=set)

    def look(self, job: Mapping[str, Any]) -> None:
        """Do what is to be done next, if anything. Raises SignError or httpx.HTTPError."""
        self._order(job)
        waiting = open_request(job)
        if waiting is None:
            return
        if self._first("meanwhile"):
            self._meanwhile()
        if self.expect.edit and not self._edited(job, waiting):
            return
        self._sign(job["job_id"], waiting)

    def _order(self, job: Mapping[str, Any]) -> None:
        """What somebody orders once, of a job that has ended or waits for a budget."""
        expect, status = self.expect, job["status"]
        if expect.rollback and status == Status.COMPLETED and self._first("rollback"):
            self._roll_back(job, expect.rollback)
        if expect.taken_up and status == Status.REJECTED and self._first("taken up"):
            self.takes_up(job["job_id"], expect.taken_up)
        waits = status == Status.WAITING_FOR_SENDER
        if expect.answered and waits and self._first("answered"):
            self.answers(job["job_id"], expect.answered)
        if expect.budget and _waits_for_budget(job) and self._first("budget"):
            self.raises(expect.budget)

    def _roll_back(self, job: Mapping[str, Any], wanted: RolledBack) -> None:
        """Order it, after somebody has changed in the CRM what the job made there."""
        touched = wanted.touched
        if touched:
            made = {action["action"]: action["receipt"]["id"] for action in _with_receipt(job)}
            self.colleague.changes(touched.kind, made[touched.action], touched.properties)
        self.orders(job["job_id"], wanted)

    def _meanwhile(self) -> None:
        match self.expect.meanwhile:
            case ByColleague() as refund:
                self.provider.refunds(refund)
            case Answered(answers=address):
                self.colleague.answers(address)

    def _first(self, what: str) -> bool:
        """Whether this is the first time."""
        new = what not in self._done
        self._done.add(what)
        return new

    def _edited(self, job: Mapping[str, Any], waiting: Mapping[str, Any]) -> bool:
        """Whether the edit was tried, now or before. Raises SignError when it went otherwise."""
        wanted = self.expect.edit
        if wanted is None or "edit" in self._done:
            return True
        number = _number(job, waiting, wanted.action)
        texts, by = {wanted.field: wanted.text}, self.address(wanted.by)
        taken = self.signer.edit(job["job_id"], number, texts, by)
        if taken is None:
            return False
        if taken is wanted.refused:
            raise SignError(f"the edit was {'taken' if taken else 'refused'}")
        self._done.add("edit")
        return True

    def _sign(self, job_id: str, waiting: Mapping[str, Any]) -> None:
        anew = self.expect.taken_up if "taken up" in self._done else None
        choice = anew.decision if anew else self.expect.decision
        if choice not in ("approve", "reject"):
            return
        reason = REJECTION if choice == "reject" else ""
        signed = {one["id"] for one in waiting["signatures"]}
        signers = anew.signers if anew else self.expect.signers
        left = [one for one in signers if one not in signed]
        by = self.address(left[0]) if left else ""
        self.signer.decide(job_id, choice, reason, by)


def _waits_for_budget(job: Mapping[str, Any]) -> bool:
    """Whether it is parked, and says what lets it go on."""
    return job["status"] == Status.PARKED and "countersign budget raise" in job["waits_for"]


def _with_receipt(job: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [action for action in job["actions"] if action["receipt"]]


def open_request(job: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The request that awaits a signature; a decided job keeps its status until it goes on."""
    if job["status"] != Status.WAITING_FOR_REVIEW:
        return None
    held = (a for a in job["approvals"] if not (a["decision"] or a["superseded"]))
    return next(held, None)


def _number(job: Mapping[str, Any], waiting: Mapping[str, Any], action: str) -> int:
    """The number that the request gives to an action."""
    named = {held["digest"]: held["action"] for held in job["actions"]}
    return [named.get(one) for one in waiting["digests"]].index(action) + 1
