"""The adapters of one process, each made when it is first asked for."""

from __future__ import annotations

from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING

from countersign.connectors.clock import Offset, SystemClock, SystemIds, clock_of
from countersign.domain.errors import InternalError, StoreConflict
from countersign.domain.jobs.change import Change, JobRecord, after, transition, watched
from countersign.domain.jobs.inbox import listing
from countersign.domain.jobs.outcomes import heard
from countersign.domain.jobs.search import findable
from countersign.domain.jobs.senders import sender_of
from countersign.runtime.campaigns import CampaignAdapters
from countersign.runtime.pace import Memory
from countersign.runtime.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from types_boto3_dynamodb import DynamoDBClient

    from countersign.actions.bulk import Items
    from countersign.actions.desk import Desk
    from countersign.connectors.dynamodb.session import TaskRole
    from countersign.domain import ports
    from countersign.domain.jobs.audit import Entry
    from countersign.domain.jobs.job import Job
    from countersign.domain.jobs.reviews import Reviews
    from countersign.domain.jobs.verdicts import PublicKeySigner
    from countersign.domain.lane.run import Lanes
    from countersign.domain.limits.budgets import Counters
    from countersign.domain.limits.caps import Caps
    from countersign.domain.policy.release import Release
    from countersign.domain.releases.candidate_shadow import ShadowQueue, Shadows
    from countersign.domain.releases.rollout import Alarms
    from countersign.domain.reporting.owner_review import OwnerReviews
    from countersign.domain.reporting.seals import Seals, Signer
    from countersign.domain.reporting.usual import Usuals
    from countersign.domain.workflow import Workflows


UPDATE_TRIES = 4
"""How often a change is made anew while others write the job. Each conflict is one of them getting
through (a signature, an edit, a mail that came back, `tick`, the job's own step), and no more of
them come together than that."""

_OF_THE_PROCESS = (
    *("clock", "wall", "pause", "send", "ids", "workflows"),
    *("kept", "connections", "meter", "memory", "releases", "pinned", "deadline"),
)


def _followed(record: JobRecord, change: Change) -> Change:
    """`change` with the rows by which `tick` looks after what it begins, and by which the job is
    found: nobody can forget them."""
    looked_after = heard(record, watched(record, change), sender_of(record.job.source.sender))
    return findable(record, looked_after)


class Deps(CampaignAdapters):
    """The adapters, each made when it is first asked for. Tests hand theirs in by name."""

    def __init__(self, settings: Settings, **given: object) -> None:
        super().__init__(settings)
        self.releases: dict[str, Release] = {}
        """Releases as this process read them, by digest: they never change."""
        self.pinned: dict[str, tuple[Release, str]] = {}
        """By workflow, the release that ships, and the digest under which this process has put it
        into the payload bucket with the stage's model."""
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

    def for_batch(self, job_id: str, batch: int) -> Deps:
        """The adapters for one visit of one batch of a job's file, as `for_job`: its session
        reaches no other batch, and of the job nothing but the word that people said."""
        if self.settings.task is None:
            return self
        return Deps(
            self.settings,
            job_id=job_id,
            by=self.task_role.for_batch(job_id, batch, self.clock.now()),
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
        from countersign.connectors.aws.xml_api import Sts
        from countersign.connectors.dynamodb.session import TaskRole

        if self.settings.task is None:
            raise InternalError("this function has no task role")
        place = self.settings.place
        return TaskRole(self.settings.task, place and Sts(place, self.send, self.pause))

    @cached_property
    def db(self) -> DynamoDBClient:
        """The client of the tables."""
        tables: DynamoDBClient = self.aws("dynamodb", self.by)
        return tables

    @cached_property
    def own_db(self) -> DynamoDBClient:
        """The same with the function's own rights, whatever job it works on."""
        tables: DynamoDBClient = self.aws("dynamodb")
        return tables

    @cached_property
    def clock(self) -> ports.Clock:
        """Time; it can be moved in the stage `local`, and in no other."""
        return clock_of(self.settings.stage, lambda: self.offset)

    @cached_property
    def offset(self) -> Offset:
        """How far the clock of the stage `local` is moved."""
        from countersign.connectors.clock import DynamoOffset

        return DynamoOffset(self.settings.jobs_table, self.own_db)

    @cached_property
    def wall(self) -> ports.Clock:
        """The machine's own time, for what outside systems and AWS measure: nobody moves it."""
        return SystemClock()

    @cached_property
    def ids(self) -> ports.Ids:
        """Randomness."""
        return SystemIds()

    @cached_property
    def store(self) -> ports.JobStore:
        """The jobs table."""
        from countersign.connectors.dynamodb.store import DynamoStore

        return DynamoStore(self.settings.jobs_table, self.db, lambda: self.payloads)

    @cached_property
    def caps(self) -> Caps:
        """Caps and who holds how much of them."""
        from countersign.connectors.dynamodb.caps import DynamoCaps

        return DynamoCaps(self.settings.jobs_table, self.own_db)

    @cached_property
    def budgets(self) -> Counters:
        """The counters of the model's budgets."""
        from countersign.connectors.dynamodb.budgets import DynamoBudgets

        return DynamoBudgets(self.settings.jobs_table, self.db)

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

        return DynamoSignIns(self.settings.jobs_table, self.own_db)

    @cached_property
    def codes(self) -> ports.Codes:
        """Codes that people type."""
        from countersign.connectors.dynamodb.documents import DynamoCodes

        return DynamoCodes(self.settings.jobs_table, self.own_db)

    @cached_property
    def suppression(self) -> ports.SuppressionList:
        """Who wants no mail."""
        from countersign.connectors.dynamodb.suppression import DynamoSuppressionList

        return DynamoSuppressionList(self.settings.jobs_table, self.db)

    @cached_property
    def bulks(self) -> ports.Bulks:
        """Operations over many jobs."""
        from countersign.connectors.dynamodb.bulks import DynamoBulks

        return DynamoBulks(self.settings.jobs_table, self.db)

    @cached_property
    def rollouts(self) -> ports.Rollouts:
        """Stored releases."""
        from countersign.connectors.dynamodb.rollouts import DynamoRollouts

        return DynamoRollouts(self.settings.jobs_table, self.db)

    @cached_property
    def alarms(self) -> Alarms:
        """The stage's alarms."""
        from countersign.connectors.aws.alarms import CloudWatchAlarms

        return CloudWatchAlarms(self.settings.alarms, self.aws("cloudwatch"))

    @cached_property
    def shadows(self) -> Shadows:
        """What candidates made of live jobs."""
        from countersign.connectors.dynamodb.shadows import DynamoShadows

        return DynamoShadows(self.settings.jobs_table, self.db)

    @cached_property
    def shadow_queue(self) -> ShadowQueue:
        """Where jobs are shown to a candidate."""
        from countersign.connectors.aws.services import JobsToShow

        return JobsToShow(self.settings.shadow_queue_url, self.aws("sqs", self.by))

    @cached_property
    def owner_reviews(self) -> OwnerReviews:
        """Workflows' months."""
        from countersign.connectors.dynamodb.owner_reviews import DynamoOwnerReviews

        return DynamoOwnerReviews(self.settings.jobs_table, self.db)

    @cached_property
    def seals(self) -> Seals:
        """The roots over jobs' trails."""
        from countersign.connectors.dynamodb.seals import DynamoSeals

        return DynamoSeals(self.settings.jobs_table, self.db)

    @cached_property
    def signer(self) -> Signer:
        """The key that signs roots."""
        from countersign.connectors.aws.kms import KmsSigner

        return KmsSigner(self.settings.seal_key, self.aws("kms"))

    @cached_property
    def verdict_signer(self) -> PublicKeySigner:
        """The key that signs verdicts."""
        from countersign.connectors.aws.kms import KmsSigner

        return KmsSigner(self.settings.verdict_key, self.aws("kms"))

    @cached_property
    def sealed_roots(self) -> ports.Payloads:
        """The bucket of roots, which nobody can rewrite."""
        from countersign.connectors.aws.services import S3Payloads

        return S3Payloads(self.settings.seals_bucket, self.aws("s3"))

    @cached_property
    def lanes(self) -> Lanes:
        """Files whose items are worked on."""
        from countersign.connectors.dynamodb.lanes import DynamoLanes

        return DynamoLanes(self.settings.jobs_table, self.db)

    @cached_property
    def sender_limits(self) -> ports.SenderLimits:
        """How often senders came."""
        from countersign.connectors.dynamodb.senders import DynamoSenderLimits

        return DynamoSenderLimits(self.settings.jobs_table, self.db)

    @cached_property
    def usual(self) -> Usuals:
        """What is usual of each workflow."""
        from countersign.connectors.dynamodb.usual import DynamoUsuals

        return DynamoUsuals(self.settings.jobs_table, self.db)

    @cached_property
    def reviews(self) -> Reviews:
        """Open requests and reviews."""
        from countersign.connectors.dynamodb.reviews import DynamoReviews

        return DynamoReviews(self.settings.jobs_table, self.own_db)

    @cached_property
    def payloads(self) -> ports.Payloads:
        """The payload bucket."""
        from countersign.connectors.aws.services import S3Payloads

        return S3Payloads(self.settings.payloads_bucket, self.aws("s3", self.by))

    @cached_property
    def queue(self) -> ports.Queue:
        """The intake queue."""
        from countersign.connectors.aws.services import IntakeQueue

        return IntakeQueue(self.settings.intake_queue_url, self.aws("sqs", self.by))

    @property
    def desk(self) -> Desk:
        """Handing this job's matters over."""
        from countersign.runtime.desk import JobDesk

        return JobDesk(self)

    @property
    def items(self) -> Items:
        """The rows of this job's file."""
        from countersign.runtime.lane import JobItems

        return JobItems(self)

    @cached_property
    def executions(self) -> ports.Executions:
        """The state machine."""
        from countersign.connectors.aws.services import StateMachine

        return StateMachine(self.settings.state_machine_arn, self.aws("stepfunctions"))

    @cached_property
    def item_runs(self) -> ports.Executions:
        """The second machine."""
        from countersign.connectors.aws.services import StateMachine

        return StateMachine(self.settings.items_machine_arn, self.aws("stepfunctions", self.by))

    def commit(self, record: JobRecord, change: Change) -> JobRecord:
        """Apply `change` in one conditional write. Raises StoreConflict or IllegalMove."""
        change = _followed(record, change)
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
            change = _followed(record, change)
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
