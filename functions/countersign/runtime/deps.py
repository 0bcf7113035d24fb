"""The adapters of one process, each made when it is first asked for."""

from __future__ import annotations

from functools import cached_property, partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from countersign.connectors.clock import Deadline, Offset, SystemClock, SystemIds, clock_of, pause
from countersign.domain.errors import InternalError, StoreConflict
from countersign.domain.jobs.change import Change, JobRecord, after, transition
from countersign.domain.jobs.inbox import listing
from countersign.domain.mail import JobMailer
from countersign.runtime.connectors import act_of, look_of
from countersign.runtime.pace import Memory, Meter, MeteredMailer
from countersign.runtime.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from types_boto3_dynamodb import DynamoDBClient

    from countersign.actions.field_map import Described
    from countersign.actions.notify import Pushes
    from countersign.actions.payments import Payments
    from countersign.connectors.aws.client import Credentials
    from countersign.connectors.aws.secrets import Kept
    from countersign.connectors.dynamodb.session import TaskRole
    from countersign.connectors.hubspot.client import HubSpot
    from countersign.connectors.stripe.client import StripePayments
    from countersign.domain import ports
    from countersign.domain.jobs.audit import Entry
    from countersign.domain.jobs.job import Job
    from countersign.domain.jobs.reviews import Reviews
    from countersign.domain.limits.caps import Caps
    from countersign.domain.mail import Mailer
    from countersign.domain.policy.release import Release
    from countersign.domain.workflow import Workflows
    from countersign.extraction.company import Company


UPDATE_TRIES = 4
"""How often a change is made anew while others write the job. Each conflict is one of them getting
through (a signature, an edit, a mail that came back, `tick`, the job's own step), and no more of
them come together than that."""

T = TypeVar("T")


class fresh(Generic[T]):  # noqa: N801 - it stands where `cached_property` would
    """A property that is worked out at each use; like a cached one it gives way to what a test
    hands in by name."""

    def __init__(self, make: Callable[[Any], T]) -> None:
        self._make = make
        self.__doc__ = make.__doc__

    def __get__(self, adapters: ExternalAdapters, owner: type[ExternalAdapters]) -> T:
        return self._make(adapters)


class ExternalAdapters:
    """Each made when it is first asked for; a client anew when its key has changed."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.by: Credentials | None = None
        """Whose rights the AWS clients have; None: the function's own."""
        self.kept: Kept = {}
        """Secrets as this process read them."""
        self.connections: dict[str, tuple[str, Any]] = {}
        """Clients of outside systems by secret, each with the key that it was made with."""
        self.deadline = Deadline()
        """When the present invocation must have ended: nothing outside is waited for longer."""
        self.meter = Meter()
        """What each request to an outside system passes."""
        self.job_id = ""
        """The job that this invocation works on; the mails of its actions say so."""

    @property
    def stage(self) -> str:
        """The stage whose files hold. Raises InternalError when nobody said which."""
        if not self.settings.stage:
            raise InternalError("the setting STAGE is empty: no stage's files can be read")
        return self.settings.stage

    @cached_property
    def company(self) -> Company | None:
        """What is true of the company in this stage; None where its file says nothing."""
        from countersign.extraction.release import company

        return company(self.settings.workflows_package, self.stage)

    def fields(self, connector: str) -> Mapping[str, str]:
        """An outside system's own names of our fields. The present ones hold for jobs of earlier
        releases too: what is renamed there is renamed for all."""
        return self.company.fields.get(connector, {}) if self.company else {}

    @cached_property
    def secrets(self) -> ports.Secrets:
        """Secrets Manager."""
        from countersign.connectors.aws.client import client
        from countersign.connectors.aws.secrets import SecretsManager

        manager = client("secretsmanager", self.by)
        return SecretsManager(manager, self.settings.secret_names, self.kept)

    @fresh
    def model(self) -> ports.Model:
        """The language model."""
        from countersign.connectors.openai import OpenAIModel

        url = self.settings.model_base_url
        return self._connected(self.settings.model_secret, lambda key: OpenAIModel(url, key))

    @fresh
    def crm_reader(self) -> ports.Reader:
        """Read-only access to the CRM."""
        return self._hubspot(self.settings.crm_read_secret)

    @fresh
    def crm_schema(self) -> Described:
        """What the CRM says of its own objects."""
        return self._hubspot(self.settings.crm_read_secret)

    @fresh
    def crm(self) -> ports.Crm:
        """Writing access to the CRM."""
        return self._hubspot(self.settings.crm_write_secret)

    @fresh
    def visited_crm(self) -> ports.Crm:
        """The same, which remembers what one visit has read."""
        from countersign.actions.crm.visited import VisitedCrm

        return VisitedCrm(self.crm)

    def _hubspot(self, secret: str) -> HubSpot:
        from countersign.connectors.hubspot.client import HubSpot

        url, names = self.settings.crm_base_url, self.fields("crm")
        make = partial(HubSpot, url, timeout=self.deadline.share, gate=self.meter, names=names)
        return self._connected(secret, make)

    @fresh
    def payments_reader(self) -> ports.Reader:
        """Read-only access to payments."""
        return self._stripe(self.settings.payments_read_secret)

    @fresh
    def payments(self) -> Payments:
        """Writing access to payments."""
        return self._stripe(self.settings.payments_write_secret)

    def _stripe(self, secret: str) -> StripePayments:
        from countersign.connectors.stripe.client import StripePayments

        url, names = self.settings.payments_base_url, self.fields("payments")
        make = partial(
            StripePayments, url, timeout=self.deadline.share, gate=self.meter, names=names
        )
        return self._connected(secret, make)

    @fresh
    def channels(self) -> Pushes:
        """Posting to channels."""
        from countersign.connectors.slack import WebhookPushes

        return self._connected(
            self.settings.notify_secret,
            lambda key: WebhookPushes(key, timeout=self.deadline.share, gate=self.meter),
        )

    @cached_property
    def mail(self) -> Mailer:
        """Sending mail."""
        from countersign.connectors.aws.client import client
        from countersign.connectors.aws.ses import SesMailer

        ses = client("sesv2", self.by)
        return SesMailer(self.settings.mail_from, self.settings.mail_configuration_set, ses)

    @property
    def job_mail(self) -> Mailer:
        """Sending the mails of this job's actions."""
        return JobMailer(MeteredMailer(self.mail, self.meter), self.job_id)

    def _connected(self, secret: str, make: Callable[[str], T]) -> T:
        """The process's client of an outside system; another one when its key has changed."""
        key = self.secrets.get(secret)
        held = self.connections.get(secret)
        if held is None or held[0] != key:
            held = self.connections[secret] = (key, make(key))
        client: T = held[1]
        return client

    def reader(self, connector: str) -> ports.Reader:
        """Read-only access to the system behind `connector`. Raises InternalError for an unknown
        one."""
        reader: ports.Reader = getattr(self, look_of(connector).adapter)
        return reader

    def actor_port(self, connector: str) -> object:
        """The port through which actions of `connector` are done. Raises InternalError for an
        unknown one."""
        port: object = getattr(self, act_of(connector).adapter)
        return port


_OF_THE_PROCESS = (
    *("clock", "wall", "pause", "ids", "workflows"),
    *("kept", "connections", "meter", "memory", "releases", "deadline"),
)


class Deps(ExternalAdapters):
    """The adapters, each made when it is first asked for. Tests hand theirs in by name."""

    def __init__(self, settings: Settings, **given: object) -> None:
        super().__init__(settings)
        self.releases: dict[str, Release] = {}
        """Releases as this process read them, by digest: they never change."""
        self.published: set[str] = set()
        """Digests of the releases that this process has put into the payload bucket."""
        self.memory = Memory()
        """What this process remembers of the pace of keys."""
        self.__dict__.update(given)

    def for_job(self, job_id: str) -> Deps:
        """The adapters for one invocation on one job.

        Where the function has a task role, its AWS clients are made anew, with a session that can
        reach nothing of other jobs. What is handed on holds no rights on jobs: the connector's own
        key and connections (the same for every job), and what was seen of the keys' pace.
        """
        if self.settings.task is None:
            self.job_id = job_id
            return self
        return Deps(
            self.settings,
            job_id=job_id,
            by=self.task_role.for_job(job_id),
            **{name: getattr(self, name) for name in _OF_THE_PROCESS},
        )

    @cached_property
    def workflows(self) -> Workflows:
        """A business's processes, from the package that the settings name."""
        package = import_module(self.settings.workflows_package)
        found: Workflows = package.registered(self.stage)
        return found

    @cached_property
    def task_role(self) -> TaskRole:
        """The role that this function assumes for each job."""
        from countersign.connectors.dynamodb.session import TaskRole

        if self.settings.task is None:
            raise InternalError("this function has no task role")
        return TaskRole(self.settings.task)

    @cached_property
    def db(self) -> DynamoDBClient:
        """The client of the tables."""
        from countersign.connectors.aws.client import client

        return client("dynamodb", self.by)

    @cached_property
    def clock(self) -> ports.Clock:
        """Time; it can be moved in the stage `local`, and in no other."""
        return clock_of(self.settings.stage, lambda: self.offset)

    @cached_property
    def offset(self) -> Offset:
        """How far the clock of the stage `local` is moved."""
        from countersign.connectors.clock import DynamoOffset

        return DynamoOffset(self.settings.jobs_table)

    @cached_property
    def wall(self) -> ports.Clock:
        """The machine's own time, for what outside systems and AWS measure: nobody moves it."""
        return SystemClock()

    @cached_property
    def pause(self) -> ports.Pause:
        """Waiting, where an answer must take as long for everybody."""
        return pause

    @cached_property
    def ids(self) -> ports.Ids:
        """Randomness."""
        return SystemIds()

    @cached_property
    def store(self) -> ports.JobStore:
        """The jobs table."""
        from countersign.connectors.dynamodb.store import DynamoStore

        return DynamoStore(self.settings.jobs_table, self.db)

    @cached_property
    def caps(self) -> Caps:
        """Caps and who holds how much of them."""
        from countersign.connectors.dynamodb.caps import DynamoCaps

        return DynamoCaps(self.settings.jobs_table)

    @cached_property
    def limits(self) -> ports.KeyLimits:
        """The rows of keys: pace and breaker."""
        from countersign.connectors.dynamodb.limits import DynamoLimits

        return DynamoLimits(self.settings.jobs_table, self.db)

    @cached_property
    def people(self) -> ports.People:
        """The directory."""
        from countersign.connectors.dynamodb.documents import DynamoPeople

        return DynamoPeople(self.settings.jobs_table, self.db)

    @cached_property
    def sign_ins(self) -> ports.SignIns:
        """The links that sign people in."""
        from countersign.connectors.dynamodb.documents import DynamoSignIns

        return DynamoSignIns(self.settings.jobs_table)

    @cached_property
    def codes(self) -> ports.Codes:
        """Codes that people type."""
        from countersign.connectors.dynamodb.documents import DynamoCodes

        return DynamoCodes(self.settings.jobs_table)

    @cached_property
    def sender_limits(self) -> ports.SenderLimits:
        """How often senders came."""
        from countersign.connectors.dynamodb.senders import DynamoSenderLimits

        return DynamoSenderLimits(self.settings.jobs_table, self.db)

    @cached_property
    def reviews(self) -> Reviews:
        """Open requests and reviews."""
        from countersign.connectors.dynamodb.reviews import DynamoReviews

        return DynamoReviews(self.settings.jobs_table)

    @cached_property
    def payloads(self) -> ports.Payloads:
        """The payload bucket."""
        from countersign.connectors.aws.services import S3Payloads

        return S3Payloads(self.settings.payloads_bucket)

    @cached_property
    def queue(self) -> ports.Queue:
        """The intake queue."""
        from countersign.connectors.aws.services import IntakeQueue

        return IntakeQueue(self.settings.intake_queue_url)

    @cached_property
    def executions(self) -> ports.Executions:
        """The state machine."""
        from countersign.connectors.aws.services import StateMachine

        return StateMachine(self.settings.state_machine_arn)

    def commit(self, record: JobRecord, change: Change) -> JobRecord:
        """Apply `change` in one conditional write. Raises StoreConflict or IllegalMove."""
        return self._write(record, change, *self._next(record, change))

    def update(
        self, job_id: str, change_of: Callable[[JobRecord], Change | None]
    ) -> tuple[JobRecord, Change | None]:
        """Read the job, let `change_of` make a change of it, commit; again, from what is stored
        then, when somebody else wrote first. The job afterwards, and the change; None: nothing was
        to be written.

        A conflict with our own write, whose answer was lost, is no conflict. Raises NotFound,
        StoreConflict when others do not let go, and whatever `change_of` raises.
        """
        record = self.store.load(job_id)
        for _ in range(UPDATE_TRIES):
            change = change_of(record)
            if change is None:
                return record, None
            job, entry = self._next(record, change)
            try:
                return self._write(record, change, job, entry), change
            except StoreConflict:
                record = self.store.load(job_id)
            if any(one.hash == entry.hash for one in record.audit):
                return record, change
        raise StoreConflict("others kept changing the job; nothing was written")

    def _next(self, record: JobRecord, change: Change) -> tuple[Job, Entry]:
        return transition(record.job, change, self.clock.now(), self.ids.salt)

    def _write(self, record: JobRecord, change: Change, job: Job, entry: Entry) -> JobRecord:
        done = after(record, job, entry, change)
        self.store.write(record.job, job, entry, listing(record, done, change))
        return done
