"""What surrounds a worker that dies: its adapters, and the pipe on which the durable services hear
it. The queue and the state machine are outside of the worker; what they heard, they keep."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from countersign.connectors.aws.services import S3Payloads
from countersign.connectors.aws.ses import SesMailer
from countersign.connectors.clock import SystemIds
from countersign.connectors.dynamodb.caps import DynamoCaps
from countersign.connectors.dynamodb.reviews import DynamoReviews
from countersign.connectors.dynamodb.store import DynamoStore
from countersign.connectors.hubspot.client import HubSpot
from countersign.connectors.slack import WebhookPushes
from countersign.connectors.stripe.client import StripePayments
from countersign.domain.approvals.directory import Member, SigningLimit
from countersign.domain.approvals.working_hours import Hours
from countersign.domain.money import Money
from countersign.domain.policy.proposal import Usage
from countersign.domain.ports import ModelAnswer, ModelRequest
from countersign.runtime.deps import Deps
from countersign.runtime.settings import Settings
from tests.fakes.senders import SENDERS
from tests.fakes.world import ANA, KEYS, FakePeople, FakeSecrets
from tests.guarantees.mortal import Fate, Mortal
from workflows import WORKFLOWS

SECONDS = 10.0


@dataclass(frozen=True)
class Places:
    """Where the surroundings are, as the test hands them to the supervisor."""

    table: str
    bucket: str
    crm: str
    payments: str
    channel: str
    """The webhook of finance's channel."""


class Told:
    """The queue and the state machine, on the other end of a pipe."""

    def __init__(self, pipe: int) -> None:
        self._pipe = pipe

    def tell(self, **what: Any) -> None:
        """One message; less than a pipe's atomic write."""
        os.write(self._pipe, json.dumps(what).encode() + b"\n")

    def send(self, job_id: str, workflow: str) -> None:  # noqa: ARG002 - the port's shape
        """ports.Queue."""
        self.tell(queued=job_id)

    def start(self, name: str, job_id: str) -> None:
        """ports.Executions: starting the same name again does nothing."""
        self.tell(started=name, job=job_id)

    def succeed(self, token: str, job_id: str) -> bool:
        """ports.Executions."""
        self.tell(succeeded=token, job=job_id)
        return True

    def running(self, name: str) -> bool:  # noqa: ARG002 - the port's shape
        """ports.Executions: a machine survives its workers."""
        return True


class Heuristics:
    """ports.Model: each workflow's own plain heuristics, in process."""

    def answer(self, request: ModelRequest, seconds: float) -> ModelAnswer:
        """The answer that the offline server gives."""
        assert seconds > 0
        shown = next(text for role, text in request.messages if role == "user")
        said = json.dumps(WORKFLOWS[request.schema_name].offline(shown))
        return ModelAnswer(content=said, model="heuristics", offline=True, usage=Usage())


class Standing:
    """ports.Clock: the worker's life is a moment, and the supervisor says which."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now


def people() -> FakePeople:
    """The sellers, and one who signs refunds."""
    directory = FakePeople()
    always = Hours(days=tuple(range(7)), opens=0, closes=24 * 60)
    upto = SigningLimit(actions="payments.*", most=Money(amount=Decimal(500), currency="EUR"))
    member = Member(person=ANA, roles=("sales", "refunds"), limits=(upto,), hours=always)
    directory.save(member)
    return directory


class Surroundings:
    """Adapters made once, before the workers are forked; none has a connection yet."""

    def __init__(self, places: Places) -> None:
        self._real: Mapping[str, Any] = {
            "store": DynamoStore(places.table),
            "caps": DynamoCaps(places.table),
            "desk": DynamoReviews(places.table),
            "payloads": S3Payloads(places.bucket),
            "mail": SesMailer("hello@countersign.example", "mails"),
            "crm": HubSpot(places.crm, "writing", timeout=lambda: SECONDS),
            "crm_reader": HubSpot(places.crm, "reading", timeout=lambda: SECONDS),
            "payments": StripePayments(places.payments, "writing", timeout=lambda: SECONDS),
            "payments_reader": StripePayments(places.payments, "reading", timeout=lambda: SECONDS),
            "channels": WebhookPushes(
                json.dumps({"finance": places.channel}), timeout=lambda: SECONDS
            ),
            "model": Heuristics(),
        }
        self._settings = Settings(
            stage="dev",
            jobs_table=places.table,
            payloads_bucket=places.bucket,
            public_base_url="https://countersign.example",
            mail_from="hello@countersign.example",
            webhook_secret="webhook",
            senders=SENDERS,
            case_owner=ANA,
            # A worker's life is one moment here: nobody waits for a turn.
            connector_limits=dict.fromkeys(KEYS, ()),
        )

    def deps(self, fate: Fate, told: Told, now: datetime) -> Deps:
        """The adapters of one life."""
        mortal = {name: Mortal(name, real, fate) for name, real in self._real.items()}
        mortal["queue"] = Mortal("queue", told, fate)
        mortal["executions"] = Mortal("executions", told, fate)
        return Deps(
            self._settings,
            clock=Standing(now),
            ids=SystemIds(),
            people=people(),
            secrets=FakeSecrets(),
            **mortal,
        )
