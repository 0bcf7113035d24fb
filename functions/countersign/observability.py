"""Logs and metrics. Never content, never an id in a metric's dimension."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from threading import Lock

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit, single_metric

from countersign.domain.errors import category
from countersign.domain.jobs.change import Change
from countersign.domain.jobs.job import ENDED, Job, Status

NAMESPACE = "Countersign"
STEP_ERRORS = "StepErrors"

METRICS: Mapping[str, tuple[str, ...]] = {
    # Jobs.
    "JobsAccepted": ("workflow",),
    "JobsEnded": ("workflow", "status"),
    "JobSeconds": ("workflow",),
    "CasesOpen": (),
    "CasesOpened": (),
    "CasesOverdue": (),
    "ReviewsOverdue": (),
    "CapsReached": (),
    "JobsMissing": (),
    "EndsUnusual": (),
    # Steps and outside systems.
    STEP_ERRORS: ("category",),
    "VerificationsFailed": ("workflow",),
    "OutcomesUnknown": (),
    "Replans": (),
    # The model: what it costs by model, how it answers by workflow.
    "ModelTokens": ("model",),
    "ModelUsd": ("model",),
    "ModelSeconds": ("model",),
    "ModelRepairs": ("workflow",),
    "ModelSizeUps": ("workflow",),
    "ModelRefusals": ("workflow",),
    "ModelFallbacks": ("workflow",),
    "AnswersReused": ("workflow",),
    "ShadowsLeftOut": (),
    "VerdictsChanged": (),
    "BudgetsNearlySpent": (),
    "BudgetsSpent": (),
    "Defects": (),
    "DefinitionsBroken": (),
    "Misconfigured": ("key",),
    "BreakersOpened": (),
    # Time.
    "OldestDueSeconds": (),
    "OldestJobSeconds": (),
    "OldestApprovalSeconds": (),
    "OldestDecidedSeconds": (),
    "DueInTurn": ("system",),
    # Doors.
    "WebhooksNotQueued": (),
    "WebhookConflicts": (),
    "SendersBreakForms": (),
    "OutcomesNotTold": (),
    # People.
    "PendingApprovals": ("workflow", "tier"),
    "PendingSeconds": ("workflow", "tier"),
    "SecondsToDecide": ("workflow",),
    "Decisions": ("workflow", "choice"),
    "QuickDecisions": ("workflow",),
    "BulkDecisions": (),
    "ApprovalsEscalated": (),
    "ApprovalsExpired": ("workflow",),
    "ApprovalsDamaged": (),
    "CallbacksLost": (),
    "SignedIn": (),
    # Mail.
    "ApprovalMailsRefused": (),
    "ApprovalMailsUnknown": (),
    "CodesMailed": (),
    "CodesWrong": (),
    "CodesRefused": (),
    "CodesChanged": (),
    "CodeMailsRefused": (),
    "CodeMailsUnknown": (),
    "MailsBounced": (),
    "MailComplaints": (),
    "MailsDelayed": (),
    "CampaignComplaints": (),
    "CampaignsPaused": (),
}
"""Every metric of ours with its dimensions beside the service. Each set of their values is a paid
series for every month in which it is emitted, so they are few and closed, and each is read by an
alarm or a widget."""


@lru_cache(maxsize=1)
def logger() -> Logger:
    """The structured logger of this process."""
    return Logger()


@lru_cache(maxsize=1)
def _writing() -> Lock:
    """A metric is a line, which Powertools prints in two pieces."""
    return Lock()


@contextmanager
def invocation(place: str, **keys: str) -> Iterator[None]:
    """One invocation: everything that it logs carries `place` and `keys`."""
    logger().clear_state()
    logger().append_keys(place=place, **keys)
    yield


def step_done(job: Job, change: Change) -> None:
    """A step left its change behind."""
    logger().info(change.event, extra={"status": job.status.value})
    if change.status in ENDED:
        job_ended(job)


def job_ended(job: Job) -> None:
    """A job came to an end, or to a person; how long that took, its waits included."""
    count("JobsEnded", workflow=job.workflow, status=job.status.value)
    seconds = (job.updated_at - job.created_at).total_seconds()
    gauge_seconds("JobSeconds", seconds, workflow=job.workflow)
    if job.status is Status.ESCALATED:
        count("CasesOpened")


def step_failed(step: str, job_id: str, error: Exception) -> None:
    """A step raised `error`. Only its category is a dimension; the line says step, class and job
    beside it, from which `countersign failing` counts. What is no failure is no line."""
    kind = category(error)
    if kind is None:
        return
    with (
        _writing(),
        single_metric(
            name=STEP_ERRORS, unit=MetricUnit.Count, value=1, namespace=NAMESPACE
        ) as metric,
    ):
        metric.add_dimension(name="category", value=kind)
        said = {"step": step, "class": type(error).__name__, "job_id": job_id}
        for key, value in said.items():
            metric.add_metadata(key, value)


def count(name: str, value: float = 1, **dimensions: str) -> None:
    """Add to a counter; `dimensions` are those of METRICS, never ids."""
    with (
        _writing(),
        single_metric(name=name, unit=MetricUnit.Count, value=value, namespace=NAMESPACE) as metric,
    ):
        for key, item in dimensions.items():
            metric.add_dimension(name=key, value=item)


def gauge_seconds(name: str, *values: float, **dimensions: str) -> None:
    """Durations at this moment, in seconds, at most 100; `dimensions` as for `count`."""
    metrics = EphemeralMetrics(namespace=NAMESPACE)
    for key, item in dimensions.items():
        metrics.add_dimension(name=key, value=item)
    for value in values:
        metrics.add_metric(name=name, unit=MetricUnit.Seconds, value=value)
    with _writing():
        metrics.flush_metrics()


def defect(place: str) -> None:
    """Log the exception being handled by class and place only: its message may hold content."""
    kind, _, trace = sys.exc_info()
    frames = [f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(trace)]
    logger().error(
        "defect", extra={"where": place, "class": kind.__name__ if kind else "?", "trace": frames}
    )
    count("Defects")
