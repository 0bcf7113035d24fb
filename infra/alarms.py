"""The alarms, as data: what each watches, what it means and what is to be done. The stack makes
them, the runbook has a section for each, and tests compare the three. And what operators ask of the
logs.

`docs/howto/runbook.md` is where each description leads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from countersign.domain.ledger.targets import HttpTarget
from countersign.domain.limits.circuit_breaker import LONGEST_REST
from countersign.domain.workflow import Metric, Workflows
from countersign.observability import NAMESPACE
from countersign.runtime.connectors import remedies
from infra.steps import STEPS, Row

RUNBOOK = "docs/howto/runbook.md"
MINUTE, QUARTER, HOUR, DAY = 1, 15, 60, 1_440
FEWEST_DECISIONS = 10
"""Of a day, below which a share of them says nothing."""
LATE_SECONDS = 600
"""A due row this late: `tick` does not keep up, or what it should start does not start."""
QUIET_MINUTES = 5
STUCK_SECONDS = 1_800
"""No step works on one state for so long, waits for a turn included."""
UNSIGNED_SECONDS = 5 * 86_400
"""Longer than any tier of the shipped workflows has."""
NOT_TAKEN = "Misconfigured"
MANY_CASES, MANY_ERRORS = 20, 100
MOST_METRICS = 10
"""CloudWatch computes no alarm from more."""

QUERIES = {
    "Which step is failing?": "filter ispresent(step) and ispresent(class)"
    " | stats count(*) as times, count_distinct(job_id) as jobs, min(@timestamp) as since,"
    " latest(job_id) as sample by step, class | sort times desc",
    "What happened to this job?": 'filter job_id = "j-" | sort @timestamp'
    " | display @timestamp, place, message, status, step, class",
    "Which jobs are stuck?": "filter ispresent(status) and ispresent(job_id)"
    " | stats latest(status) as now, latest(message) as why, latest(@timestamp) as since by job_id"
    ' | filter now in ["PARKED", "ESCALATED", "FAILED", "WAITING_FOR_REVIEW"] | sort since',
    "What do people override?": "filter ispresent(choice)"
    " | stats sum(Decisions.0) as decided by workflow, choice",
}
"""The same questions as commands: `countersign failing`, `explain`, `stuck`, `overrides`."""

Missing = Literal["quiet", "silence"]
"""What no data mean: nothing happened; or that is the trouble, once there have been any. A stage
that was deployed a moment ago has none yet, and rings for nothing."""


@dataclass(frozen=True)
class Share:
    """A part of what is counted, in percent: what has one of `hits` as `dimension`, of what has one
    of `among`; nothing where they are fewer than `fewest`."""

    dimension: str
    hits: tuple[str, ...]
    among: tuple[str, ...]
    fewest: int


@dataclass(frozen=True)
class Alarm:
    """One alarm: it rings when the metric is above a number for `periods` times `minutes`; of
    `silence`, when it loses the data that it had."""

    name: str
    means: str
    do: str
    metric: str
    namespace: str = NAMESPACE
    of: tuple[str, ...] = ()
    """The things of the stack whose metric of AWS it is; their sum. None for a metric of ours. A
    stage that lacks one has no such alarm."""
    where: tuple[str, ...] = ()
    """The things that a stage must have for a metric of ours to be counted there."""
    dimensions: tuple[tuple[str, str], ...] = ()
    """Of a metric of ours, beside the service."""
    share: Share | None = None
    percent_of: tuple[int, ...] = ()
    """What each thing of `of` is a share of; the highest share counts then, not the sum."""
    above: int = 0
    statistic: Literal["Sum", "Maximum", "SampleCount", "Average", "p99"] = "Sum"
    minutes: int = MINUTE
    periods: int = 1
    missing: Missing = "quiet"
    customers: bool = False
    """Whether somebody outside waits, or is turned away, while it rings: it pages."""

    @property
    def says(self) -> str:
        """Its description: what it means, what to do, where more stands."""
        return f"{self.means} {self.do} {RUNBOOK}#{anchor(self.name)}"


def anchor(name: str) -> str:
    """The address of an alarm's section in the runbook."""
    return name.partition("-")[0].lower()


def alarms(systems: Iterable[HttpTarget] = (), rows: Iterable[Row] = STEPS) -> Iterator[Alarm]:
    """Those of every stage, and of each of its own systems; `rows` are the stage's functions."""
    yield from _of_aws()
    yield from _of_steps(row for row in rows if row.handler.startswith("countersign.steps."))
    yield from _of_time()
    yield from _counted()
    yield from _not_taken(systems)


def of_thresholds(flows: Workflows) -> Iterator[Alarm]:
    """What the owner of a workflow wants to know on the day that it happens, as its stage file says
    under `[[thresholds]]`."""
    for flow in flows.values():
        for one in flow.thresholds:
            if one.metric in _AT_ONCE:
                yield _AT_ONCE[one.metric](flow.id, one.value)


def _overridden(workflow: str, unchanged: Decimal) -> Alarm:
    changed = 100 - int(100 * unchanged)
    return Alarm(
        f"Overridden-{workflow}",
        f"People changed or rejected {changed} % or more of what {workflow} asked them in a day.",
        "`countersign overrides` says by which rule and reader; `countersign pause` stops it.",
        "Decisions",
        dimensions=(("workflow", workflow),),
        share=Share("choice", ("edit", "reject"), ("approve", "edit", "reject"), FEWEST_DECISIONS),
        above=changed - 1,
        minutes=DAY,
    )


def _not_as_told(workflow: str, most: Decimal) -> Alarm:
    return Alarm(
        f"VerificationsFail-{workflow}",
        f"{most} or more changes of {workflow} in a day were not read back as they were made.",
        "`countersign failing`, and `countersign show JOB` for what the target holds instead.",
        "VerificationsFailed",
        dimensions=(("workflow", workflow),),
        above=int(most) - 1,
        minutes=DAY,
    )


_AT_ONCE: Mapping[Metric, Callable[[str, Decimal], Alarm]] = {
    "approved_unchanged_share": _overridden,
    "failed_verifications": _not_as_told,
}


def _of_aws() -> Iterator[Alarm]:
    yield Alarm(
        "FrontDoorsFail",
        "Somebody outside got a 5xx: a webhook is not accepted, or a page does not open.",
        "See the API's access log for the route, then the log of Webhook or Approvals.",
        "5xx",
        namespace="AWS/ApiGateway",
        of=("api",),
        customers=True,
    )
    yield Alarm(
        "FrontDoorsThrottled",
        "Lambda turned calls of the doors away: the account runs as many functions as it may.",
        "Ask for more concurrent executions, or slow `starts` in the stage's `connector_limits`.",
        "Throttles",
        namespace="AWS/Lambda",
        of=("Webhook", "Approvals", "Start"),
        customers=True,
    )
    for name, metric, died in (
        ("ExecutionsFailed", "ExecutionsFailed", "failed"),
        ("ExecutionsTimedOut", "ExecutionsTimedOut", "ran out of time"),
    ):
        yield Alarm(
            name,
            f"An execution {died}, which no job does on purpose; the job is FAILED.",
            "`countersign failing`; once the fault is mended `countersign redrive --failed`.",
            metric,
            namespace="AWS/States",
            of=("machine",),
        )
    for name, thing, lost, letters in (
        ("IntakeLetters", "intake", "Jobs could not be started.", "dlq"),
        ("EventsLetters", "events", "An event reached no function of ours.", "events"),
    ):
        yield Alarm(
            name,
            lost,
            f"Mend what the function's log says, then `countersign redrive --letters {letters}`.",
            "ApproximateNumberOfMessagesVisible",
            namespace="AWS/SQS",
            of=(thing,),
            statistic="Maximum",
            customers=True,
        )
    yield Alarm(
        "ShadowLetters",
        "A candidate in shadow could not be shown a job in six tries.",
        "The log of Shadow says why; no job waits for it, and its sample is one smaller.",
        "ApproximateNumberOfMessagesVisible",
        namespace="AWS/SQS",
        of=("shadow",),
        statistic="Maximum",
    )
    yield Alarm(
        "CampaignLetters",
        "What became of mails of a campaign could not be noted: its breaker and list lack it.",
        "Mend what the log of CampaignEvents says, then `countersign redrive --letters campaigns`.",
        "ApproximateNumberOfMessagesVisible",
        namespace="AWS/SQS",
        of=("campaigns",),
        statistic="Maximum",
    )
    yield Alarm(
        "UnsubscribeThrottled",
        "Lambda turned away people who want no more mail.",
        "Raise `unsubscribe_at_once`, or ask for more concurrent executions: `countersign doctor`.",
        "Throttles",
        namespace="AWS/Lambda",
        of=("Unsubscribe",),
        customers=True,
    )
    yield Alarm(
        "CampaignsPaused",
        "A campaign paused itself: too many of its mails came back, or were called spam.",
        "`countersign items JOB` says which; then `countersign resume JOB`, or `cancel` it.",
        "CampaignsPaused",
        where=("campaigns",),
    )
    yield Alarm(
        "CampaignComplaints",
        "People call mails of a campaign spam; they get no more.",
        "`countersign items JOB` says how many; pause it before the breaker does.",
        "CampaignComplaints",
        where=("campaigns",),
        above=2,
        minutes=HOUR,
    )
    yield Alarm(
        "VerdictsChanged",
        "A live release says of its own cases what it did not say a week ago.",
        "`countersign release weekly` names them: a provider has changed a model behind its name.",
        "VerdictsChanged",
        where=("shadow",),
        minutes=DAY,
    )
    yield Alarm(
        "TickErrors",
        "A minute's run failed: reminders, deadlines and parked jobs come late.",
        "The log of Tick names class and place; the next run repeats what is due.",
        "Errors",
        namespace="AWS/Lambda",
        of=("Tick",),
    )


def _of_steps(rows: Iterable[Row]) -> Iterator[Alarm]:
    """How slow each step is and how often it fails, over all systems that it is one function of."""
    steps: dict[str, list[Row]] = {}
    for row in rows:
        steps.setdefault(row.handler.split(".")[2].capitalize(), []).append(row)
    for name, found in steps.items():
        for number in range(0, len(found), MOST_METRICS):
            part, also = found[number : number + MOST_METRICS], str(number or "")
            names = tuple(row.name for row in part)
            yield Alarm(
                f"StepSlow-{name}{also}",
                "One of a hundred calls of a step takes three quarters of the time that it has.",
                "See whom it asks: `countersign failing`, and its traces; or raise its time limit.",
                "Duration",
                namespace="AWS/Lambda",
                of=names,
                percent_of=tuple(1000 * row.timeout for row in part),
                above=75,
                statistic="p99",
                minutes=QUARTER,
                periods=2,
            )
            # Each call counts as 0 or 1 error: their average is the rate.
            yield Alarm(
                f"StepFails-{name}{also}",
                "More than half of a step's calls have failed for three quarters of an hour.",
                "`countersign failing` says how, since when and in which jobs.",
                "Errors",
                namespace="AWS/Lambda",
                of=names,
                percent_of=(1,) * len(part),
                above=50,
                statistic="Average",
                minutes=QUARTER,
                periods=3,
            )


def _of_time() -> Iterator[Alarm]:
    yield Alarm(
        "OldestDue",
        "Time does not go on: something has been due for more than ten minutes.",
        "See what Tick's log says; `countersign stuck` shows who waits.",
        "OldestDueSeconds",
        above=LATE_SECONDS,
        statistic="Maximum",
        periods=QUIET_MINUTES,
        customers=True,
    )
    yield Alarm(
        "TickSilent",
        "`tick` says nothing at all: reminders, deadlines and parked jobs stand still.",
        "See whether its schedule is on, whether Tick is throttled, and what its log says.",
        "OldestDueSeconds",
        statistic="SampleCount",
        periods=QUIET_MINUTES,
        missing="silence",
        customers=True,
    )
    yield Alarm(
        "OldestJob",
        "No step has worked on a job that should be under way for half an hour.",
        "`countersign stuck` names it; `countersign redrive JOB` if its execution is gone.",
        "OldestJobSeconds",
        above=STUCK_SECONDS,
        statistic="Maximum",
        minutes=QUARTER,
        customers=True,
    )
    yield Alarm(
        "DecidedNotActed",
        "Somebody decided, and nothing has acted on it for ten minutes: a callback is lost.",
        "`countersign stuck` names the job; `countersign redrive JOB` lets it go on.",
        "OldestDecidedSeconds",
        above=LATE_SECONDS,
        statistic="Maximum",
        minutes=QUARTER,
        customers=True,
    )
    yield Alarm(
        "OldestApproval",
        "A request has waited for its signature for five days.",
        "`countersign stuck` says for whom; name a deputy with `countersign people away`.",
        "OldestApprovalSeconds",
        above=UNSIGNED_SECONDS,
        statistic="Maximum",
        minutes=QUARTER,
    )


_COUNTED = (
    ("WebhooksNotQueued", "An accepted event was not queued; `tick` queues it within minutes.",
     "Nothing, unless it stays: then see SQS and the log of Webhook."),
    ("CallbacksLost", "A decision did not reach its execution at once; `tick` repeats that.",
     "Nothing, unless it stays: then see Step Functions and the log of Approvals."),
    ("BreakersOpened", "An outside system failed five times in a row within a minute.",
     "Look at that system; its jobs are PARKED and come back by themselves."),
    ("MailsBounced", "A mail came back: a reply is a case, for a request the next tier is asked.",
     "`countersign stuck`, and correct the address in the directory or end the case."),
    ("MailComplaints", "Somebody called a mail of ours spam; they get no more.",
     "Answer them by hand if something is open: `countersign suppression list`."),
    ("BudgetsNearlySpent", "Calls of the model have cost four fifths of a day's budget.",
     "`countersign budget show`; `countersign budget raise` if the day is worth it."),
    ("BudgetsSpent", "A day's budget of the model is used up: jobs are PARKED until midnight UTC.",
     "`countersign budget show`, then `countersign budget raise`; or wait for tomorrow's."),
    ("SendersBreakForms", "A sender's form broke its contract, for the first time on this day.",
     "Mend the form or the contract; each such form is a case with the fields' names."),
    ("OutcomesNotTold", "A sender's own system took no word of how a job ended, for three days.",
     "Ask who runs it, or empty `outcomes_to` in its row: `countersign senders list`."),
    ("CasesOverdue", "A case is more than a day over its due time, and its owners know.",
     "End it: its page, or `countersign case JOB`; `countersign stuck` lists them."),
    ("ReviewsOverdue", "Nobody has decided on a workflow's month within ten days.",
     "Its owner was mailed the page; `countersign people list` says who holds the role."),
    ("ApprovalsDamaged", "What is stored is not what was asked about; it cannot be signed.",
     "Treat it as an attack or a broken deployment: `countersign show JOB` checks its trail."),
    ("DefinitionsBroken", "A workflow's folder or a stage file states what cannot be.",
     "The log names place and fault; deploy the version before."),
    ("Defects", "Our own code raised what it does not know; no content is in the log.",
     "`countersign failing` and the log line `defect` with its trace."),
    ("ApprovalMailsRefused", "A request's mail was refused: its person is out of reach.",
     "Correct the address with `countersign people set`; the next tier is asked at once."),
)  # fmt: skip
_PAGES = {"ApprovalsDamaged", "BudgetsSpent", "DefinitionsBroken"}


def _counted() -> Iterator[Alarm]:
    for name, means, do in _COUNTED:
        yield Alarm(name, means, do, name, customers=name in _PAGES)
    yield Alarm(
        "JobsMissing",
        "A workflow has had no new job for far longer than it ever has at this hour of the week.",
        "Tick's log says which; see whether its senders still send, and with which answer.",
        "JobsMissing",
        minutes=QUARTER,
    )
    yield Alarm(
        "EndsUnusual",
        "Far more of a workflow's jobs than usual ended ESCALATED or FAILED in an hour.",
        "Tick's log says which; `countersign stuck` groups them by cause.",
        "EndsUnusual",
        minutes=QUARTER,
    )
    yield Alarm(
        "ManyCases",
        f"More than {MANY_CASES} jobs of an hour became cases.",
        "`countersign stuck` groups them by cause; `countersign pause` stops what makes them.",
        "CasesOpened",
        above=MANY_CASES,
        minutes=HOUR,
    )
    yield Alarm(
        "StepsFail",
        f"Steps met an outside system's trouble more than {MANY_ERRORS} times in 15 minutes.",
        "`countersign failing` says which step and since when; look at that system.",
        "StepErrors",
        dimensions=(("category", "transient"),),
        above=MANY_ERRORS,
        minutes=QUARTER,
    )


def _not_taken(systems: Iterable[HttpTarget]) -> Iterator[Alarm]:
    """One for each key that the other side may not take: all jobs wait for what mends it. One job
    every five minutes finds out whether it is mended; between two the alarm stays."""
    for key, remedy in remedies(systems).items():
        yield Alarm(
            f"{NOT_TAKEN}-{key}",
            f"The other side does not take {key}; all jobs that need it are parked.",
            f"Mend it: {remedy}.",
            NOT_TAKEN,
            dimensions=(("key", key),),
            minutes=3 * int(LONGEST_REST.total_seconds()) // 60,
            customers=True,
        )
