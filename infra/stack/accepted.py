"""What cdk-nag finds and this table accepts, each with the evidence that it is right so."""

from collections.abc import Sequence
from dataclasses import dataclass

from countersign.entrypoints.pages import PAGES
from countersign.web.paths import LINK, MCP, UNSUBSCRIBE
from countersign.web.responses import METHODS
from infra.settings import OUTSIDE_KEYS

APPROVAL_ROUTES = tuple(f"Api/Http/{method}{LINK.replace('/', '--')}" for method in METHODS)
SESSION_ROUTES = tuple(f"Api/Http/ANY{path.replace('/', '--')}" for path in PAGES)
# cdk-nag names a bucket in a finding by its logical id.
PAYLOADS = "<StoragePayloadsCE68CCE3.Arn>"
UPLOADS = "<StorageUploadsBDC5E374.Arn>"
SEALS = "<StorageSeals5E67C901.Arn>"
ITEMS_RUNS = "arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:{stack}-items:*"
ALARMS = "arn:<AWS::Partition>:cloudwatch:<AWS::Region>:<AWS::AccountId>:alarm:{stack}-*"
EXECUTIONS = "arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:{stack}-jobs:*"


@dataclass(frozen=True)
class Accepted:
    """One finding on `paths` (and what is below them), and the evidence that it is right so."""

    rule: str
    paths: tuple[str, ...]
    reason: str


ACCEPTED = (
    Accepted(
        "S1",
        ("Storage/Uploads", "Storage/Payloads", "Storage/Seals"),
        "Access logs would repeat object keys, which hold the names of customers' files, outside "
        "the retention of the content. Who read what is in the job's audit chain; an account that "
        "needs more turns on CloudTrail data events for both buckets.",
    ),
    Accepted(
        "SMG4",
        ("Storage/Secret-webhook",),
        "A sender holds the same secret: it is rotated with the sender, by a second member of the "
        "secret while both are in use, not by a timer on our side alone.",
    ),
    Accepted(
        "SMG4",
        ("Storage/Secret-page-key",),
        "Rotation by a timer would break the pages that are open at that moment; the key is "
        "replaced by hand when it may be known, and only nonces depend on it.",
    ),
    Accepted(
        "SMG4",
        tuple(f"Storage/Secret-{name}" for name in OUTSIDE_KEYS),
        "Issued by an outside system that offers no rotation by Secrets Manager.",
    ),
    Accepted(
        "APIG4",
        (
            *("Api/Http/POST--webhooks", "Api/Http/POST--webhooks--{workflow}"),
            *("Api/Http/POST--webhooks--{workflow}--{sender}", "Api/Http/POST--propose--{caller}"),
            "Api/Http/POST--proposals--{proposal}",
        ),
        "Authenticated in the function: a Standard Webhooks signature over the raw bytes, which an "
        "authorizer of an HTTP API does not get to see.",
    ),
    Accepted(
        "APIG4",
        ("Api/Http/GET--status--{token}", "Api/Http/GET--proposals--{proposal}"),
        "The address itself is the proof: an HMAC by the sender's secret, which tells its holder a "
        "status; of a proposal also what became of the parameters that they proposed.",
    ),
    Accepted(
        "APIG4",
        APPROVAL_ROUTES,
        "Authenticated in the function: the link's secret (stored as a hash), the page's nonce "
        "cookie and a value typed from the page.",
    ),
    Accepted(
        "APIG4",
        SESSION_ROUTES,
        "Authenticated in the function: a session cookie sealed with the page key, and a look into "
        "the directory on every request; the sign-in pages are what people use before they have "
        "one. An authorizer of the API would answer a person with JSON.",
    ),
    Accepted(
        "SQS3",
        ("Intake/Failures",),
        "It is the dead-letter queue of EventBridge targets and of asynchronous calls, which the "
        "rule does not see: it looks at redrive policies only. An alarm watches its depth.",
    ),
    Accepted(
        "IAM5[Resource::*]",
        ("Functions", "Pipeline/MachineRole"),
        "xray:Put*, ses:GetAccount and the log delivery of Step Functions have no resources. "
        "tests/infra proves that no other action has this resource.",
    ),
    Accepted(
        f"IAM5[Resource::{PAYLOADS}/raw/*]",
        ("Functions/PrepareRole", "Functions/WebhookRole", "Functions/ApprovalsRole"),
        "Objects are named by job: the prefix is as narrow as a role can be.",
    ),
    Accepted(
        f"IAM5[Resource::{PAYLOADS}/releases/*]",
        (
            *("Functions/ProposeRole", "Functions/WebhookRole", "Functions/StartRole"),
            "Functions/ActDeskTaskRole",
        ),
        "Releases are named by their digest: the prefix is as narrow as a role can be.",
    ),
    Accepted(
        f"IAM5[Resource::{PAYLOADS}/results/*]",
        (
            *("Functions/PrepareRole", "Functions/ProposeRole", "Functions/LookCrmRole"),
            *("Functions/LookPaymentsRole", "Functions/DecideRole", "Functions/AskRole"),
            *("Functions/EscalateRole", "Functions/ApprovalsRole", "Functions/TickRole"),
        ),
        "Large results are named by their job and a digest: the prefix is as narrow as a role can "
        "be. The roles that act have no right on it.",
    ),
    Accepted(
        f"IAM5[Resource::{PAYLOADS}/documents/*]",
        (
            *("Functions/ActFilesTaskRole", "Functions/ActPressTaskRole"),
            *("Functions/ActMailTaskRole", "Functions/ApprovalsRole"),
        ),
        "Each session of a role that acts is narrowed to the documents of its job; pages hand out "
        "those of any job that whoever is signed in may read.",
    ),
    Accepted(
        f"IAM5[Resource::{UPLOADS}/*]",
        ("Functions/PrepareRole", "Functions/ApprovalsRole"),
        "Whoever uploads chooses the name: the whole bucket is what Prepare has to read, and what "
        "the owner of a case is given back.",
    ),
    Accepted(
        f"IAM5[Resource::{EXECUTIONS}]",
        ("Functions/TickRole",),
        "Executions are named by job; these are the executions of this machine only.",
    ),
    Accepted(
        f"IAM5[Resource::{SEALS}/seals/*]",
        ("Functions/TickRole",),
        "Roots are named by their hour, and can be written once: the bucket's lock keeps them.",
    ),
    Accepted(
        f"IAM5[Resource::{ALARMS}]",
        ("Functions/TickRole",),
        "Which alarms stop a canary is said with its release, later than the stage is deployed; "
        "these are this stage's own, and it may read how they stand.",
    ),
    Accepted(
        "L1",
        ("Functions",),
        "Python 3.13 is supported until 2029, and the wheels of every layer are resolved for it; "
        "`LAMBDA_PYTHON` in infra/build/layers.py moves both together.",
    ),
    Accepted(
        "SF1",
        ("Pipeline/Machine",),
        "Errors only: a line for each event of each execution would cost more than the execution, "
        "and says less than the job's own audit chain and its X-Ray trace.",
    ),
)

OWN_SYSTEMS = Accepted(
    "SMG4",
    (),
    "Issued by a system of the business's own, which Secrets Manager knows no rotation of.",
)
"""Of the secret of each such system: a stage names them."""


def of_calls(roles: Sequence[str]) -> tuple[Accepted, ...]:
    """Of the functions by which callers' executions come, one for each row."""
    return tuple(
        Accepted(
            f"IAM5[Resource::{PAYLOADS}/{folder}/*]",
            tuple(roles),
            "As of the door of signed deliveries: the prefix is as narrow as a role can be.",
        )
        for folder in ("raw", "releases")
    )


MCP_ROUTES = tuple(f"Api/Http/{one}{MCP.replace('/', '--')}" for one in ("GET", "POST", "DELETE"))
UNSUBSCRIBE_ROUTES = tuple(
    f"Api/Http/{method}{UNSUBSCRIBE.replace('/', '--')}" for method in METHODS
)
SOMETIMES = (
    Accepted(
        "APIG4",
        UNSUBSCRIBE_ROUTES,
        "Where campaigns are sent: whoever got a mail may want no more, and a receiver's server "
        "says so for them without any account (RFC 8058). The address is a random token, stored as "
        "a hash; it can put one contact on the suppression list, and shows nothing to anybody.",
    ),
    Accepted(
        "APIG4",
        MCP_ROUTES,
        "Authenticated in the function, where callers are: a bearer token of which a hash is kept, "
        "compared in constant time. An authorizer would be a second function to start.",
    ),
    Accepted(
        "SMG4",
        ("Storage/Secret-callers",),
        "It holds hashes; a token is rotated with the agent that has it, two at a time.",
    ),
    Accepted(
        f"IAM5[Resource::{PAYLOADS}/raw/*]",
        ("Functions/McpRole",),
        "As of the door of signed deliveries: objects are named by job.",
    ),
    Accepted(
        f"IAM5[Resource::{PAYLOADS}/releases/*]",
        ("Functions/McpRole",),
        "As of the door of signed deliveries: releases are named by their digest.",
    ),
    Accepted(
        f"IAM5[Resource::{PAYLOADS}/lane/*]",
        (
            *("Functions/PrepareRole", "Functions/SplitRole", "Functions/WorkTaskRole"),
            *("Functions/CollectRole", "Functions/ApprovalsRole", "Functions/SendTaskRole"),
            "Pipeline/Items",
        ),
        "Where a workflow works through files: batches are named by their job, and each session of "
        "a child is narrowed to its own.",
    ),
    Accepted(
        f"IAM5[Resource::{ITEMS_RUNS}]",
        ("Pipeline/Items",),
        "As above: AWS starts the children of a Map as executions of its machine, named by AWS.",
    ),
    Accepted(
        f"IAM5[Resource::{UPLOADS}/*]",
        ("Functions/CollectRole",),
        "As above: the file that was uploaded comes back corrected, byte for byte.",
    ),
    Accepted(
        f"IAM5[Resource::{PAYLOADS}/raw/*]",
        ("Functions/CollectRole",),
        "As above, of a file that was posted.",
    ),
    Accepted(
        "IAM5[Resource::*]",
        ("Pipeline/Items",),
        "As of the machine of jobs: neither traces nor log delivery have resources.",
    ),
    Accepted(
        "SF1",
        ("Pipeline/Items",),
        "As of the machine of jobs: errors only, a line for each event would cost more.",
    ),
    Accepted(
        f"IAM5[Resource::{PAYLOADS}/answers/*]",
        ("Functions/ProposeRole", "Functions/WorkTaskRole"),
        "Where answers are shared among jobs or items: each is named by its workflow and a digest.",
    ),
    Accepted(
        f"IAM5[Resource::{PAYLOADS}/releases/*]",
        ("Functions/ShadowRole", "Functions/PrepareRole"),
        "Where a stage shows jobs to candidates, and where a file is judged by what its job's "
        "release says: as for every other reader of releases.",
    ),
    Accepted(
        f"IAM5[Resource::{PAYLOADS}/results/*]",
        ("Functions/ShadowRole",),
        "As above: it reads the jobs that it shows.",
    ),
)
"""Findings that no stage here brings about, and one of a business may."""
