"""The adapters of one process, each made when it is first asked for."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from countersign.connectors.system import SystemClock, SystemIds, pause
from countersign.connectors.virtual_clock import Offset, clock_of
from countersign.domain.change import Change, JobRecord, after, transition
from countersign.domain.errors import InternalError
from countersign.domain.inbox import listing
from countersign.outside import Outside
from countersign.settings import Settings

if TYPE_CHECKING:
    from datetime import datetime

    from types_boto3_dynamodb import DynamoDBClient

    from countersign.connectors.task_role import TaskRole
    from countersign.domain import ports, session_ports
    from countersign.domain.breaker import Breaker
    from countersign.domain.caps import Caps
    from countersign.domain.desk import Desk
    from countersign.domain.limit_ports import Limits
    from countersign.domain.randomness import Ids
    from countersign.domain.release import Release
    from countersign.domain.slots import Slot

_OF_THE_PROCESS = (
    *("clock", "wall", "pause", "ids"),
    *("kept", "connections", "breakers", "known_slots", "releases", "deadline"),
)


class Deps(Outside):
    """The adapters, each made when it is first asked for. Tests hand theirs in by name."""

    def __init__(self, settings: Settings, **given: object) -> None:
        super().__init__(settings)
        self.releases: dict[str, Release] = {}
        """Releases as this process read them, by digest: they never change."""
        self.published: set[str] = set()
        """Digests of the releases that this process has put into the payload bucket."""
        self.breakers: dict[str, tuple[datetime, Breaker]] = {}
        """Breakers of connectors as this process read them, and when."""
        self.known_slots: dict[str, dict[int, Slot]] = {}
        """Slots of connectors as this process saw them last: a guess at what is free."""
        self.__dict__.update(given)

    def for_job(self, job_id: str) -> Deps:
        """The adapters for one invocation on one job.

        Where the function has a task role, its AWS clients are made anew, with a session that can
        reach nothing of other jobs. What is handed on holds no rights on jobs: the connector's own
        key and connections (the same for every job), and what was read of breakers.
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
    def task_role(self) -> TaskRole:
        """The role that this function assumes for each job."""
        from countersign.connectors.task_role import TaskRole

        if self.settings.task is None:
            raise InternalError("this function has no task role")
        return TaskRole(self.settings.task)

    @cached_property
    def db(self) -> DynamoDBClient:
        """The client of the tables."""
        from countersign.connectors.aws import client

        return client("dynamodb", self.by)

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
    def wall(self) -> ports.Clock:
        """The machine's own time, for what outside systems and AWS measure: nobody moves it."""
        return SystemClock()

    @cached_property
    def pause(self) -> session_ports.Pause:
        """Waiting, where an answer must take as long for everybody."""
        return pause

    @cached_property
    def ids(self) -> Ids:
        """Randomness."""
        return SystemIds()

    @cached_property
    def store(self) -> ports.JobStore:
        """The jobs table."""
        from countersign.connectors.dynamo import DynamoStore

        return DynamoStore(self.settings.jobs_table, self.db)

    @cached_property
    def caps(self) -> Caps:
        """Caps and who holds how much of them."""
        from countersign.connectors.dynamo_caps import DynamoCaps

        return DynamoCaps(self.settings.jobs_table)

    @cached_property
    def limits(self) -> Limits:
        """Slots and breakers of connectors."""
        from countersign.connectors.dynamo_limits import DynamoLimits

        return DynamoLimits(self.settings.jobs_table, self.db)

    @cached_property
    def people(self) -> ports.People:
        """The directory."""
        from countersign.connectors.dynamo_people import DynamoPeople

        return DynamoPeople(self.settings.jobs_table, self.db)

    @cached_property
    def sign_ins(self) -> session_ports.SignIns:
        """The links that sign people in."""
        from countersign.connectors.dynamo_sign_in import DynamoSignIns

        return DynamoSignIns(self.settings.jobs_table)

    @cached_property
    def codes(self) -> session_ports.Codes:
        """Codes that people type."""
        from countersign.connectors.dynamo_codes import DynamoCodes

        return DynamoCodes(self.settings.jobs_table)

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

    def commit(self, record: JobRecord, change: Change) -> JobRecord:
        """Apply `change` in one conditional write. Raises StoreConflict or IllegalMove."""
        job, entry = transition(record.job, change, self.clock.now(), self.ids.salt)
        done = after(record, job, entry, change)
        self.store.write(record.job, job, entry, listing(record, done, change))
        return done
