"""Three jobs that between them make every call there is, and what outsiders wrote of each."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import boto3

from countersign.domain.jobs.job import Status
from tests.fakes.journey import form
from tests.guarantees.ground import Ground

CENTS = 1_990


@dataclass(frozen=True)
class Outcome:
    """How a job ended, and its effects as the other sides wrote them down."""

    status: Status
    ledger: Mapping[str, str]
    written: Mapping[tuple[str, str], int]
    """Applied writes of the CRM by method and type."""
    refunded: tuple[int, ...]
    mails: Mapping[str, int]
    executions: int
    capped: int
    """What all counters of caps hold together, in cents."""
    parked: int
    broken: int
    """Executions that ended in an error that nothing catches."""


@dataclass
class Errands:
    """Jobs on one ground, each for another customer."""

    ground: Ground
    _numbers: Any = field(default_factory=lambda: count(1))

    def runs(self, kind: str) -> Outcome:
        """One job from its delivery to its end. What befalls it is planned before."""
        number = next(self._numbers)
        crm, paid = len(self._crm()), len(self._paid())
        job_id = getattr(self, f"_{kind}")(number, f"anna.{number}@hafenwerk.example")
        status = self.ground.settles(job_id)
        record = self.ground.record(job_id)
        wrote = self._crm()[crm:]
        return Outcome(
            status=status,
            ledger={held.action: held.status.value for held in record.ledger},
            written=Counter((one["method"], one["type"]) for one in wrote),
            refunded=tuple(one["amount"] for one in self._paid()[paid:]),
            mails=self._mails(f"anna.{number}@"),
            executions=len(set(self.ground.line.started)),
            capped=capped(),
            parked=sum(entry.event == "parked" for entry in record.audit),
            broken=sum(one.failed for one in self.ground.executions.values()),
        )

    def _lead(self, number: int, address: str) -> str:
        return self.ground.posts(f"evt-{number}", form(email=address))

    def _case(self, number: int, address: str) -> str:
        return self.ground.posts(f"evt-{number}", form(email=address, country="Elbonia"))

    def _refund(self, number: int, address: str) -> str:
        order, store = f"9{number:05}", self.ground.payments.state.store
        with store.transaction():
            made = int(self.ground.line.now())
            store.add_charge(
                order, CENTS, "eur", customer=f"cus_{number}", email=address, created=made
            )
        self.ground.clock.passes(minutes=5)
        said = {"order": order, "email": address, "amount": {"minor": CENTS, "currency": "EUR"}}
        body = json.dumps({**said, "message": "The lamp arrived broken, please refund me."})
        return self.ground.posts(f"evt-{number}", body.encode(), "refund_request")

    def _crm(self) -> list[dict[str, Any]]:
        journal: list[dict[str, Any]] = self.ground.crm.state.store.journal()
        return journal

    def _paid(self) -> list[dict[str, Any]]:
        journal: list[dict[str, Any]] = self.ground.payments.state.store.journal()
        return journal

    def _mails(self, customer: str) -> Mapping[str, int]:
        to = [mail["Destination"]["ToAddresses"][0] for mail in self.ground.line.mails]
        return Counter("customer" if one.startswith(customer) else one for one in to)


def capped() -> int:
    """The sum of all counters of caps in the table."""
    rows = boto3.client("dynamodb").scan(TableName="jobs")["Items"]
    return sum(int(row["total"]["N"]) for row in rows if row["sk"]["S"] == "CAP")
