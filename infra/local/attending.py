"""What people do while the job of one event waits: a colleague's refund, an edit, signatures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from countersign.domain.job import Status
from infra.local.provider import Provider
from infra.local.samples import Expectation
from infra.local.signer import Signer, SignError

REJECTION = "Rejected by the player of events, as the expectation says."


@dataclass
class Attending:
    """The people of one event. `address` gives a person's mail address by their id."""

    expect: Expectation
    signer: Signer
    provider: Provider
    address: Callable[[str], str]
    _done: set[str] = field(default_factory=set)

    def look(self, job: Mapping[str, Any]) -> None:
        """Do what is to be done next, if anything. Raises SignError or httpx.HTTPError."""
        waiting = open_request(job)
        if waiting is None:
            return
        if self._first("meanwhile") and self.expect.meanwhile:
            self.provider.refunds(self.expect.meanwhile)
        if self.expect.edit and not self._edited(job, waiting):
            return
        self._sign(job["job_id"], waiting)

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
        choice = self.expect.decision
        if choice not in ("approve", "reject"):
            return
        reason = REJECTION if choice == "reject" else ""
        signed = {one["id"] for one in waiting["signatures"]}
        left = [one for one in self.expect.signers if one not in signed]
        by = self.address(left[0]) if left else ""
        self.signer.decide(job_id, choice, reason, by)


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
