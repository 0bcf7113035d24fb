"""Who runs what, and with which rights: one row per function is its whole security review.

`Grant("payloads/raw/*", "s3", "GetObject")` allows these verbs of one service on one thing. Things
are named as in `infra/stack/functions.py`; what follows the first slash extends the thing's ARN.
The rows of Look and Act are one per connector, out of `countersign.runtime.connectors`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from countersign.connectors.dynamodb.campaign_events import TALLIES, TOKENS
from countersign.connectors.dynamodb.lanes import PARTITION as FILES_OF
from countersign.connectors.dynamodb.rows import SUPPRESSION
from countersign.connectors.dynamodb.shadows import PARTITION
from countersign.definition import READING_SECONDS
from countersign.domain.jobs.senders import Sender, function_of, queue_of
from countersign.domain.ledger.targets import HttpTarget
from countersign.domain.workflow import Workflows
from countersign.lane_definition import WORK_SECONDS
from countersign.runtime.connectors import BULK, CONNECTORS, MODEL_KEY, Connector, Look, system
from countersign.runtime.starting import STARTS
from infra.settings import SANDBOX, Settings
from workflows import registered


@dataclass(frozen=True)
class Grant:
    """Explicit verbs of one service, on one named thing."""

    on: str
    service: str
    verbs: str
    only: str = ""
    """What a stage must have for anybody to need it: see `Settings.has`."""
    rows: str = ""
    """Of a table: what the partition keys begin with that it is for; empty: all."""

    @property
    def actions(self) -> tuple[str, ...]:
        """The IAM actions, for example `dynamodb:Query`."""
        return tuple(f"{self.service}:{verb}" for verb in self.verbs.split())


@dataclass(frozen=True)
class Row:
    """One function. `timeout` in seconds, `memory` in MB, `env` names what it reads.

    With `task`, what it `may` is not in its own role but in its task role: the function may only
    assume that one, anew for each job, with a session narrowed to the job's rows.
    """

    name: str
    handler: str
    timeout: int
    may: tuple[Grant, ...]
    env: tuple[str, ...] = ()
    layers: tuple[str, ...] = ("core", "text")
    memory: int = 512
    task: bool = False
    at_once: int = 0
    """So many of the account's concurrent functions are kept for it, and no more ever run; 0: it
    takes what there is."""
    called: str = ""
    """Its name, where Look and Act make that from a connector's; empty: the row's own."""

    def needs(self, has: Collection[str]) -> tuple[Grant, ...]:
        """What it `may` in a stage that has this."""
        return tuple(one for one in self.may if not one.only or one.only in has)


VCPU = 1769
"""So many MB come with one vCPU."""
RECIPIENTS = "recipients"


def _mail(verbs: str) -> tuple[Grant, ...]:
    return (
        Grant("sender", "ses", verbs),
        Grant("mail-set", "ses", verbs),
        # In its sandbox SES asks for a right on whoever gets the mail too.
        Grant(RECIPIENTS, "ses", verbs, only=SANDBOX),
    )


MAIL = _mail("SendEmail")
MAILING = ("MAIL_FROM", "MAIL_CONFIGURATION_SET", "CONNECTOR_LIMITS")
"""What a function is told that sends mail of our own."""
# A release is what a child's row points at, under the digest of its content. The rows themselves
# are those of the job and of its children alone: see connectors/dynamodb/session.py.
DESK = (
    Grant("payloads/releases/*", "s3", "PutObject"),
    Grant("intake", "sqs", "SendMessage"),
)
FILES = (Grant("payloads/documents/*", "s3", "GetObject PutObject DeleteObject"),)
WITHOUT_A_KEY = {
    "mail": (
        Grant("jobs", "dynamodb", "ConditionCheckItem"),
        # What is enclosed makes a mail a raw one to SES.
        *_mail("SendEmail SendRawEmail"),
        Grant("payloads/documents/*", "s3", "GetObject"),
    ),
    "desk": DESK,
    "files": FILES,
    "press": FILES,
    BULK: (Grant("items-machine", "states", "StartExecution"),),
}
"""What the Act of a connector may do whose system is AWS itself; a mail asks the suppression list
in the write that claims it."""


RESULTS = "payloads/results/*"
"""What no row of a job has room for: see connectors/dynamodb/apart.py."""
READS = Grant(RESULTS, "s3", "GetObject")
KEEPS = Grant(RESULTS, "s3", "GetObject PutObject")


LOOK, ACT = "Look-", "Act-"
"""Look and Act make the name of their function from these and the id of the connector."""


def _named(state: str, connector: Connector) -> str:
    return f"{state}{connector.id.title().replace('-', '')}"


def _look(connector: Connector, look: Look) -> Row:
    """The function that reads one connector."""
    return Row(
        _named("Look", connector),
        "countersign.steps.look",
        called=f"{LOOK}{connector.id}",
        timeout=look.seconds,
        layers=("core", "text", *connector.layers),
        may=(
            Grant("jobs", "dynamodb", "Query PutItem UpdateItem"),
            READS,
            Grant(look.key.name, "secretsmanager", "GetSecretValue"),
        ),
        env=_upper(*connector.settings, look.key.setting, "connector_limits", "payloads_bucket"),
    )


def _act(connector: Connector) -> Row:
    """The function that acts through one connector, with a task role for each job."""
    key = connector.act.key
    own = (Grant(key.name, "secretsmanager", "GetSecretValue"),) if key else ()
    return Row(
        _named("Act", connector),
        "countersign.steps.act.handler",
        called=f"{ACT}{connector.id}",
        task=True,
        timeout=connector.act.seconds,
        layers=("core", "text", *connector.layers),
        may=(
            Grant("jobs", "dynamodb", "Query PutItem UpdateItem"),
            *(own or WITHOUT_A_KEY[connector.id]),
        ),
        env=_upper(*connector.settings, *((key.setting,) if key else ()), "connector_limits"),
    )


def _upper(*settings: str) -> tuple[str, ...]:
    """Settings as the variables of a function."""
    return tuple(setting.upper() for setting in settings)


STEPS = (
    Row(
        "Prepare",
        "countersign.steps.prepare",
        timeout=30,
        may=(
            Grant("jobs", "dynamodb", "Query PutItem DeleteItem"),
            Grant("uploads/*", "s3", "GetObjectVersion"),
            Grant("payloads/raw/*", "s3", "GetObjectVersion"),
            KEEPS,
        ),
        env=("PAYLOADS_BUCKET", "MAIL_AUTHSERV_ID", "MAIL_INBOUND"),
    ),
    Row(
        "Propose",
        "countersign.steps.propose",
        timeout=100,
        memory=1024,
        layers=("core", "text", "model"),
        may=(
            Grant("jobs", "dynamodb", "Query PutItem UpdateItem"),
            Grant("payloads/releases/*", "s3", "GetObject"),
            KEEPS,
            Grant(MODEL_KEY.name, "secretsmanager", "GetSecretValue"),
        ),
        # The token in our own Reply-To is one of a thread's names.
        env=(
            *("PAYLOADS_BUCKET", "MODEL_BASE_URL", "MODEL_SECRET", "CONNECTOR_LIMITS"),
            "MAIL_INBOUND",
        ),
    ),
    *(_look(one, one.look) for one in CONNECTORS.values() if one.look),
    Row(
        "Decide",
        "countersign.steps.decide",
        timeout=30,
        may=(Grant("jobs", "dynamodb", "Query BatchGetItem PutItem DeleteItem"), KEEPS),
        env=("PAYLOADS_BUCKET",),
    ),
    *(_act(one) for one in CONNECTORS.values() if one.id != BULK),
    Row(
        "Ask",
        "countersign.steps.ask",
        timeout=30,
        layers=("core", "text", "pages"),
        may=(
            Grant("jobs", "dynamodb", "Query PutItem UpdateItem"),
            READS,
            *MAIL,
        ),
        env=(*MAILING, "PUBLIC_BASE_URL", "APPROVAL_SECONDS", "PAYLOADS_BUCKET"),
    ),
    Row(
        "Close",
        "countersign.steps.close",
        timeout=30,
        layers=("core",),
        may=(Grant("jobs", "dynamodb", "Query PutItem DeleteItem"),),
    ),
    Row(
        "Escalate",
        "countersign.steps.escalate",
        timeout=30,
        layers=("core", "text", "pages"),
        may=(
            Grant("jobs", "dynamodb", "Query PutItem UpdateItem DeleteItem"),
            READS,
            *MAIL,
        ),
        env=(*MAILING, "PUBLIC_BASE_URL", "CASE_OWNER", "PAYLOADS_BUCKET"),
    ),
    Row(
        "Park",
        "countersign.steps.park",
        timeout=30,
        layers=("core",),
        may=(Grant("jobs", "dynamodb", "Query PutItem"),),
    ),
)

DOORS = (
    Row(
        "Webhook",
        "countersign.entrypoints.webhook",
        timeout=15,
        memory=1024,
        may=(
            Grant("webhook", "secretsmanager", "GetSecretValue"),
            Grant("payloads/raw/*", "s3", "PutObject"),
            Grant("payloads/releases/*", "s3", "PutObject"),
            Grant("jobs", "dynamodb", "Query PutItem UpdateItem"),
            Grant("intake", "sqs", "SendMessage"),
        ),
        env=(
            *("WEBHOOK_SECRET", "SENDERS", "PAYLOADS_BUCKET", "INTAKE_QUEUE_URL", "MODEL_NAME"),
            "PUBLIC_BASE_URL",
        ),
    ),
    Row(
        "Start",
        "countersign.entrypoints.start",
        timeout=30,
        may=(
            Grant("intake", "sqs", "ReceiveMessage DeleteMessage GetQueueAttributes"),
            Grant("payloads/releases/*", "s3", "PutObject"),
            Grant("jobs", "dynamodb", "Query PutItem"),
            Grant("jobs", "dynamodb", "UpdateItem", only=STARTS),
            Grant("machine", "states", "StartExecution"),
        ),
        env=("STATE_MACHINE_ARN", "PAYLOADS_BUCKET", "MODEL_NAME", "CONNECTOR_LIMITS"),
    ),
    Row(
        "Approvals",
        "countersign.entrypoints.pages",
        timeout=15,
        memory=1024,
        layers=("core", "text", "pages"),
        may=(
            Grant("jobs", "dynamodb", "Query GetItem PutItem UpdateItem DeleteItem"),
            # The list of jobs, for who operates and who owns: see portal/jobs.py.
            Grant("jobs/index/live", "dynamodb", "Query"),
            Grant("jobs/index/ended", "dynamodb", "Query"),
            Grant("machine", "states", "SendTaskSuccess StartExecution"),
            Grant("page-key", "secretsmanager", "GetSecretValue"),
            # A document that is no text, for whoever may read the job: see portal/document.py.
            Grant("payloads/documents/*", "s3", "GetObject"),
            # The original of a case, for whoever may end it: see portal/original.py.
            Grant("uploads/*", "s3", "GetObjectVersion"),
            Grant("payloads/raw/*", "s3", "GetObjectVersion"),
            KEEPS,
            *MAIL,
        ),
        env=(
            *("PAGE_KEY_SECRET", "PUBLIC_BASE_URL", "STATE_MACHINE_ARN", "PAYLOADS_BUCKET"),
            *MAILING,
            *("CASE_OWNER", "APPROVAL_SECONDS"),
        ),
    ),
    Row(
        "Tick",
        "countersign.entrypoints.tick",
        timeout=55,
        memory=VCPU,
        layers=("core", "text", "pages"),
        may=(
            Grant("jobs/index/due", "dynamodb", "Query"),
            Grant("jobs/index/live", "dynamodb", "Query"),
            Grant("jobs/index/ended", "dynamodb", "Query"),
            Grant("jobs", "dynamodb", "Query BatchGetItem PutItem UpdateItem DeleteItem"),
            Grant("machine", "states", "StartExecution SendTaskSuccess"),
            Grant("executions", "states", "DescribeExecution"),
            Grant("intake", "sqs", "SendMessage"),
            Grant("failures", "sqs", "SendMessage"),
            # An hour's root is signed once, and put where nobody can rewrite it: jobs/sealing.py.
            Grant("seal-key", "kms", "Sign"),
            Grant("seals/seals/*", "s3", "PutObject"),
            # An alarm may stop a canary: jobs/canaries.py.
            Grant("alarms", "cloudwatch", "DescribeAlarms"),
            # How a job ended is signed with the secret of whoever sent its event.
            Grant("webhook", "secretsmanager", "GetSecretValue"),
            READS,
            *MAIL,
        ),
        env=(
            *("STATE_MACHINE_ARN", "INTAKE_QUEUE_URL", "WEBHOOK_SECRET", "SENDERS"),
            *MAILING,
            *("PUBLIC_BASE_URL", "APPROVAL_SECONDS", "CASE_OWNER", "MAIL_INBOUND"),
            *("SEALS_BUCKET", "SEAL_KEY", "PAYLOADS_BUCKET", "ALARMS"),
            # With it, a release is what doors pin jobs to: see runtime/intake.py.
            "MODEL_NAME",
        ),
    ),
    Row(
        "Record",
        "countersign.entrypoints.execution_events",
        timeout=30,
        layers=("core",),
        may=(
            Grant("idempotency", "dynamodb", "PutItem UpdateItem DeleteItem"),
            Grant("jobs", "dynamodb", "Query PutItem DeleteItem"),
            Grant("failures", "sqs", "SendMessage"),
        ),
        env=("IDEMPOTENCY_TABLE",),
    ),
    Row(
        "Delivery",
        "countersign.entrypoints.mail_events",
        timeout=30,
        layers=("core",),
        may=(
            Grant("jobs", "dynamodb", "Query GetItem PutItem"),
            Grant("failures", "sqs", "SendMessage"),
        ),
    ),
)

ROWS = STEPS + DOORS
"""Of a stage that asks its model by a key."""
MODEL = "model-"
"""What a stage of Bedrock invokes is called so, and numbered."""


WORK = "Work"
ITEMS = "payloads/lane/*"
"""The batches of files, each job's under its id."""
LANE = (
    _act(CONNECTORS[BULK]),
    Row(
        "Split",
        "countersign.lane.split",
        timeout=100,
        layers=("core",),
        may=(
            Grant("jobs", "dynamodb", "Query BatchGetItem PutItem", rows=FILES_OF),
            Grant(ITEMS, "s3", "GetObject PutObject"),
        ),
        env=("PAYLOADS_BUCKET",),
    ),
    Row(
        WORK,
        "countersign.lane.work",
        timeout=WORK_SECONDS - 10,
        memory=1024,
        task=True,
        may=(
            Grant("jobs", "dynamodb", "Query PutItem ConditionCheckItem"),
            Grant(ITEMS, "s3", "GetObject PutObject"),
        ),
        env=("PAYLOADS_BUCKET",),
    ),
    Row(
        "Collect",
        "countersign.lane.collect",
        timeout=WORK_SECONDS - 10,
        memory=1024,
        layers=("core", "text", "pages"),
        may=(
            Grant("jobs", "dynamodb", "Query BatchGetItem PutItem"),
            Grant(ITEMS, "s3", "GetObject PutObject"),
            # What is made of the results may need the file itself: its own bytes come back.
            Grant("uploads/*", "s3", "GetObjectVersion"),
            Grant("payloads/raw/*", "s3", "GetObjectVersion"),
            Grant("machine", "states", "StartExecution"),
        ),
        env=("PAYLOADS_BUCKET", "STATE_MACHINE_ARN"),
    ),
)
"""Of a stage with a workflow that works through files of many items: the functions of the second
machine, and the one that starts it."""
_ON_ITEMS = {
    "Prepare": (
        Grant(ITEMS, "s3", "PutObject"),
        # What a file is judged by stands in the job's release.
        Grant("payloads/releases/*", "s3", "GetObject"),
    ),
    # What was made of a file, and how far it is, stands on its job's page.
    "Approvals": (
        Grant(ITEMS, "s3", "GetObject"),
        Grant("jobs", "dynamodb", "BatchGetItem", rows=FILES_OF),
    ),
}
"""What others may do then."""


def has_lane(flows: Workflows) -> bool:
    """Whether one of them works through files of many items."""
    return any(one.lane for one in flows.values())


def asks_of_items(flows: Workflows) -> bool:
    """Whether the model is asked about the items of one."""
    return any(one.lane and one.lane.asks for one in flows.values())


SHARED = Grant("payloads/answers/*", "s3", "GetObject PutObject")
"""Answers that jobs of one workflow share."""
_ASKING = (
    # Turns and budgets of the model, in rows that all who ask it share.
    Grant("jobs", "dynamodb", "UpdateItem"),
    SHARED,
    Grant(MODEL_KEY.name, "secretsmanager", "GetSecretValue"),
)
"""What Work may do besides where the model is asked about items."""


CAMPAIGNS = "campaigns"
"""What a stage has that sends campaigns: the queue of what becomes of their mails."""
_OPTED_OUT = (
    Grant("jobs", "dynamodb", "Query UpdateItem", rows=TOKENS),
    Grant("jobs", "dynamodb", "PutItem", rows=SUPPRESSION),
    # Who opted out counts for its campaign.
    Grant("jobs", "dynamodb", "UpdateItem", rows=TALLIES),
)
UNSUBSCRIBE = Row(
    "Unsubscribe",
    "countersign.entrypoints.unsubscribe",
    timeout=10,
    memory=1024,
    layers=("core", "text", "pages"),
    may=_OPTED_OUT,
    env=("CAMPAIGN_FROM",),
)
"""The page at which whoever got a mail of a campaign wants no more. It reads no job and no person,
and can put addresses on the suppression list, and take none off."""
CAMPAIGN_EVENTS = Row(
    "CampaignEvents",
    "countersign.entrypoints.campaign_events",
    timeout=60,
    layers=("core",),
    may=(
        Grant(CAMPAIGNS, "sqs", "ReceiveMessage DeleteMessage GetQueueAttributes"),
        # Its breaker pauses a campaign, in the words that people pause it by.
        Grant("jobs", "dynamodb", "Query UpdateItem PutItem", rows=FILES_OF),
        Grant("jobs", "dynamodb", "PutItem", rows=SUPPRESSION),
        Grant("jobs", "dynamodb", "Query UpdateItem PutItem", rows=TALLIES),
    ),
)
"""What became of each mail of a campaign: on the mail's row, in the counts, and who bounced or
complained on the suppression list."""
CAMPAIGNING = (UNSUBSCRIBE, CAMPAIGN_EVENTS)
"""Of a stage with `campaign_from`."""
CAMPAIGN_MAIL = (
    Grant("campaign-sender", "ses", "SendEmail"),
    Grant("campaign-set", "ses", "SendEmail"),
    # In its sandbox SES asks for a right on whoever gets the mail too.
    Grant(RECIPIENTS, "ses", "SendEmail", only=SANDBOX),
)
"""What a function may that sends mails of campaigns: from their own domain, under their own set."""
_SAYS = Grant("mail-account", "ses", "GetAccount")
"""How much of the account's day is sent, by everybody: tick asks SES once a minute."""
CAMPAIGN_MAILING = ("CAMPAIGN_FROM", "CAMPAIGN_CONFIGURATION_SET")
"""What it is told."""
SEND = "Send"
SENDING = Row(
    SEND,
    "countersign.campaigns.send",
    timeout=WORK_SECONDS - 10,
    memory=1024,
    task=True,
    may=(
        # A session of it reaches the rows of one batch, and of others no more than a message needs.
        Grant("jobs", "dynamodb", "Query PutItem UpdateItem DeleteItem ConditionCheckItem"),
        Grant(ITEMS, "s3", "GetObject PutObject"),
        *CAMPAIGN_MAIL,
    ),
    env=("PAYLOADS_BUCKET", "PUBLIC_BASE_URL", *CAMPAIGN_MAILING),
)
"""The child that sends: of a stage that works through files and has `campaign_from`."""
_PLANNING = Grant("jobs", "dynamodb", "BatchGetItem")
"""What Prepare may do then: it counts whom the rules forbid to write to now."""


MCP = Row(
    "Mcp",
    "countersign.entrypoints.mcp",
    timeout=25,
    memory=VCPU,
    layers=("core", "text", "mcp"),
    may=(
        Grant("callers", "secretsmanager", "GetSecretValue"),
        Grant("payloads/raw/*", "s3", "PutObject"),
        Grant("payloads/releases/*", "s3", "PutObject"),
        Grant("jobs", "dynamodb", "Query PutItem UpdateItem DeleteItem"),
        Grant("intake", "sqs", "SendMessage"),
    ),
    env=(
        *("CALLERS_SECRET", "SENDERS", "PAYLOADS_BUCKET", "INTAKE_QUEUE_URL", "MODEL_NAME"),
        "PUBLIC_BASE_URL",
    ),
)
"""Of a stage with callers: the door for agents that speak MCP."""
VERDICTS = "verdict-key"
"""What signs verdicts, where a caller of the stage takes them."""
SHOWS = "shadow"
"""What a stage has that shows live jobs to candidates."""
SHADOW = Row(
    "Shadow",
    "countersign.entrypoints.shadow",
    timeout=100,
    memory=1024,
    layers=("core", "text", "model"),
    may=(
        Grant(SHOWS, "sqs", "ReceiveMessage DeleteMessage GetQueueAttributes"),
        Grant("jobs", "dynamodb", "Query"),
        Grant("jobs", "dynamodb", "PutItem UpdateItem", rows=PARTITION),
        Grant("payloads/releases/*", "s3", "GetObject"),
        READS,
        Grant(MODEL_KEY.name, "secretsmanager", "GetSecretValue"),
    ),
    env=("PAYLOADS_BUCKET", "MODEL_BASE_URL", "MODEL_SECRET", "CONNECTOR_LIMITS"),
)
"""Shows jobs to a candidate: it reads them, asks its model, and writes the rows of candidates."""
_SHOWING = Grant(SHOWS, "sqs", "SendMessage")


def shared(flows: Workflows) -> bool:
    """Whether one of them shares its answers among its jobs."""
    return any(one.shares_answers for one in flows.values())


def rows(
    models: Iterable[str],
    *,
    shares: bool = False,
    shows: bool = False,
    lane: bool = False,
    items: bool = False,
    callers: bool = False,
    campaigns: bool = False,
    at_once: int = 0,
    waiting: Iterable[Sender] = (),
    verdicts: bool = False,
    systems: Iterable[HttpTarget] = (),
) -> tuple[Row, ...]:
    """The rows of a stage. With `models`, things of Bedrock, Propose may invoke each of them and
    reads no key; without any it reads the key and invokes none. Where a workflow `shares` its
    answers, it also keeps them. Where the stage `shows` jobs to candidates, Start and Tick tell
    a function of its own. With a `lane`, Prepare keeps the batches of files, pages hand out what
    was made of them, and the functions of the second machine are there; where the model is asked
    about `items`, Work asks it. With `callers` there is a door for those who speak MCP, and one for
    each of those whose executions are `waiting`, which Tick answers; where they take `verdicts`,
    their doors sign them. With `campaigns` there are those of their edges; `at_once` functions of
    the account are kept for the page that unsubscribes."""
    invoking = tuple(Grant(model, "bedrock", "InvokeModel") for model in models)
    there = (*map(_showing, ROWS), SHADOW) if shows else ROWS
    there = (*map(_filing, there), *LANE) if lane else there
    there = (*there, *map(acting, systems))
    there = tuple(map(_asking, there)) if items else there
    there = (*map(_withdrawing, there), MCP) if callers else there
    if campaigns:
        there = tuple(
            _with(one, _SAYS, "CAMPAIGN_FROM") if one.name == "Tick" else one for one in there
        )
        there = (*there, replace(UNSUBSCRIBE, at_once=at_once), CAMPAIGN_EVENTS)
    if campaigns and lane:
        there = (*map(_planning, there), SENDING)
    for one in waiting:
        there = (*(_answering(row, one) for row in there), _calls(one))
    found = tuple(_invoking(one, invoking) if invoking else one for one in there)
    kept = (_with(one, SHARED) if shares and one.name == "Propose" else one for one in found)
    signs = Grant(VERDICTS, "kms", "Sign GetPublicKey")
    return tuple(
        _with(one, signs, "VERDICT_KEY") if verdicts and one.name in {"Webhook", MCP.name} else one
        for one in kept
    )


def staged(settings: Settings, asked: Iterable[str]) -> tuple[Row, ...]:
    """The rows of the functions that this stage has, with the models that it asks."""
    known = registered(settings.stage)
    return rows(
        asked,
        shares=shared(known),
        shows=settings.shows_candidates,
        lane=has_lane(known),
        items=asks_of_items(known),
        callers=settings.has_callers,
        campaigns=bool(settings.campaign_from),
        at_once=settings.unsubscribe_at_once,
        waiting=settings.waiting_callers,
        verdicts=settings.takes_verdicts,
        systems=settings.http_targets,
    )


def acting(target: HttpTarget) -> Row:
    """The function that acts on one system of the business."""
    return _act(system(target.connector))


def _with(row: Row, grant: Grant, *env: str) -> Row:
    return replace(row, may=(*row.may, grant), env=(*row.env, *env))


CALLS_SECONDS = 30


def waits(sender_id: str) -> str:
    """What a Grant calls the machine or the durable function that waits."""
    return f"waits-{sender_id}"


def _calls(sender: Sender) -> Row:
    """The function by which its executions come: who may invoke it, or send to its queue, is who it
    is. What comes by the queue is refused to the execution itself."""
    queue = (
        Grant(queue_of(sender.id), "sqs", "ReceiveMessage DeleteMessage GetQueueAttributes"),
        _to_waiting(sender, "Failure"),
    )
    counts = " UpdateItem" if sender.requests_a_minute else ""
    return Row(
        function_of(sender.id),
        "countersign.entrypoints.calls",
        timeout=CALLS_SECONDS,
        may=(
            Grant("payloads/raw/*", "s3", "PutObject"),
            Grant("payloads/releases/*", "s3", "PutObject"),
            Grant("jobs", "dynamodb", f"Query PutItem{counts}"),
            Grant("intake", "sqs", "SendMessage"),
            *(queue if sender.by_queue else ()),
        ),
        env=("SENDERS", "PAYLOADS_BUCKET", "INTAKE_QUEUE_URL", "MODEL_NAME"),
    )


def _to_waiting(sender: Sender, how: str) -> Grant:
    """To tell its execution that it succeeded or failed."""
    if sender.answers.startswith("stateMachine:"):
        return Grant(waits(sender.id), "states", f"SendTask{how}")
    return Grant(waits(sender.id), "lambda", f"SendDurableExecutionCallback{how}")


def _answering(row: Row, sender: Sender) -> Row:
    if row.name != "Tick":
        return row
    return _with(row, _to_waiting(sender, "Success"))


def _withdrawing(row: Row) -> Row:
    """What a caller withdraws is on nobody's list any more."""
    return _with(row, Grant("jobs", "dynamodb", "DeleteItem")) if row.name == "Webhook" else row


def _showing(row: Row) -> Row:
    """Start shows jobs; Tick has the live releases asked about their cases."""
    if row.name not in {"Start", "Tick"}:
        return row
    return _with(row, _SHOWING, "SHADOW_QUEUE_URL")


def _filing(row: Row) -> Row:
    """A file of hundreds of thousands of rows is read in one visit, or few."""
    found = replace(row, may=(*row.may, *_ON_ITEMS.get(row.name, ())))
    if row.name != "Prepare":
        return found
    return replace(found, timeout=READING_SECONDS - 10, memory=VCPU)


def _planning(row: Row) -> Row:
    return _with(row, _PLANNING) if row.name == "Prepare" else row


def _asking(row: Row) -> Row:
    if row.name != WORK:
        return row
    env = (*row.env, "MODEL_BASE_URL", "MODEL_SECRET", "CONNECTOR_LIMITS")
    return replace(row, may=(*row.may, *_ASKING), env=env, layers=(*row.layers, "model"))


def _invoking(row: Row, grants: tuple[Grant, ...]) -> Row:
    kept = tuple(one for one in row.may if one.on != MODEL_KEY.name)
    if kept == row.may:
        return row
    told = tuple(name for name in row.env if name not in {"MODEL_BASE_URL", "MODEL_SECRET"})
    return replace(row, may=kept + grants, env=told)


BY_CONNECTOR = {row.name: row.called for row in (*STEPS, LANE[0]) if row.called}
"""The names of functions of connectors that every stage may have, by row."""


def function_name(stack_name: str, row: Row) -> str:
    """The explicit name of the row's function."""
    return f"{stack_name}-{row.called or row.name}"
