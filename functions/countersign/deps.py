"""The adapters of one process, each made when it is first asked for."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from countersign.connectors.system import SystemIds, pause
from countersign.connectors.virtual_clock import Offset, clock_of
from countersign.domain.change import Change, JobRecord, after, transition
from countersign.domain.inbox import listing
from countersign.settings import Settings

if TYPE_CHECKING:
    from countersign.actions.payments import Payments
    from countersign.connectors.payments import StripePayments
    from countersign.domain import ports, session_ports
    from countersign.domain.caps import Caps
    from countersign.domain.desk import Desk

CONNECTOR_SECONDS = 10.0
"""How long one call to an outside system may take; three fit into a function's time."""


def _connector_seconds() -> float:
    return CONNECTOR_SECONDS


class Deps:
    """The adapters, each made when it is first asked for. Tests hand theirs in by name."""

    def __init__(self, settings: Settings, **given: object) -> None:
        self.settings = settings
        self.published: set[str] = set()
        """Digests of the releases that this process has put into the payload bucket."""
        self.__dict__.update(given)

    @cached_property
    def clock(self) -> ports.Clock:
        """Time; it can be moved in the stage `local`, and in no other."""
        return clock_of(self.settings.stage, lambda: self.offset)

    @cached_property
    def offset(self) -> Offset:
        """How far the clock of the stage `local` is moved."""
        from countersign.connectors.dynamo_offset import DynamoOffset

        return DynamoOffset(self.settings.jobs_table)

    @cached_property
    def pause(self) -> session_ports.Pause:
        """Waiting, where an answer must take as long for everybody."""
        return pause

    @cached_property
    def ids(self) -> ports.Ids:
        """Randomness."""
        return SystemIds()

    @cached_property
    def store(self) -> ports.JobStore:
        """The jobs table."""
        from countersign.connectors.dynamo import DynamoStore

        return DynamoStore(self.settings.jobs_table)

    @cached_property
    def caps(self) -> Caps:
        """Caps and who holds how much of them."""
        from countersign.connectors.dynamo_caps import DynamoCaps

        return DynamoCaps(self.settings.jobs_table)

    @cached_property
    def people(self) -> ports.People:
        """The directory."""
        from countersign.connectors.dynamo_people import DynamoPeople

        return DynamoPeople(self.settings.jobs_table)

    @cached_property
    def sign_ins(self) -> session_ports.SignIns:
        """The links that sign people in."""
        from countersign.connectors.dynamo_sign_in import DynamoSignIns

        return DynamoSignIns(self.settings.jobs_table)

    @cached_property
    def desk(self) -> Desk:
        """Open requests and reviews."""
        from countersign.connectors.dynamo_desk import DynamoDesk

        return DynamoDesk(self.settings.jobs_table)

    @cached_property
    def payloads(self) -> ports.Payloads:
        """The payload bucket."""
        from countersign.connectors.s3 import S3Payloads

        return S3Payloads(self.settings.payloads_bucket)

    @cached_property
    def queue(self) -> ports.Queue:
        """The intake queue."""
        from countersign.connectors.sqs import IntakeQueue

        return IntakeQueue(self.settings.intake_queue_url)

    @cached_property
    def executions(self) -> ports.Executions:
        """The state machine."""
        from countersign.connectors.step_functions import StateMachine

        return StateMachine(self.settings.state_machine_arn)

    @cached_property
    def secrets(self) -> ports.Secrets:
        """Secrets Manager."""
        from countersign.connectors.secrets import SecretsManager

        return SecretsManager()

    @cached_property
    def model(self) -> ports.Model:
        """The language model."""
        from countersign.connectors.openai_model import OpenAIModel

        key = self.secrets.get(self.settings.model_secret)
        return OpenAIModel(self.settings.model_base_url, key)

    @cached_property
    def crm_reader(self) -> ports.Reader:
        """Read-only access to the CRM."""
        from countersign.connectors.hubspot import HubSpot

        key = self.secrets.get(self.settings.crm_read_secret)
        return HubSpot(self.settings.crm_base_url, key, timeout=_connector_seconds)

    @cached_property
    def crm(self) -> ports.Crm:
        """Writing access to the CRM."""
        from countersign.connectors.hubspot import HubSpot

        key = self.secrets.get(self.settings.crm_write_secret)
        return HubSpot(self.settings.crm_base_url, key, timeout=_connector_seconds)

    @cached_property
    def payments_reader(self) -> ports.Reader:
        """Read-only access to payments."""
        return self._stripe(self.settings.payments_read_secret)

    @cached_property
    def payments(self) -> Payments:
        """Writing access to payments."""
        return self._stripe(self.settings.payments_write_secret)

    def _stripe(self, secret: str) -> StripePayments:
        from countersign.connectors.payments import StripePayments

        key = self.secrets.get(secret)
        return StripePayments(self.settings.payments_base_url, key, timeout=_connector_seconds)

    @cached_property
    def mail(self) -> ports.Mailer:
        """Sending mail."""
        from countersign.connectors.ses import SesMailer

        return SesMailer(self.settings.mail_from)

    def reader(self, connector: str) -> ports.Reader:
        """Read-only access to the system behind `connector`."""
        return self.payments_reader if connector == "payments" else self.crm_reader

    def actor_port(self, connector: str) -> object:
        """The port through which actions of `connector` are done."""
        if connector == "payments":
            return self.payments
        return self.crm if connector == "crm" else self.mail

    def commit(self, record: JobRecord, change: Change) -> JobRecord:
        """Apply `change` in one conditional write. Raises StoreConflict or IllegalMove."""
        job, entry = transition(record.job, change, self.clock.now(), self.ids.salt)
        done = after(record, job, entry, change)
        self.store.write(record.job, job, entry, listing(record, done, change))
        return done
