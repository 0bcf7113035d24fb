"""Where a command works: the local cloud of `make run`, or a stage on AWS."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from countersign.connectors.aws.client import _session
from countersign.connectors.aws.versions import S3Versions
from countersign.connectors.dynamodb.erasing import DynamoErasing
from countersign.domain.jobs.senders import DEFAULT, held, keys
from countersign.domain.ledger.targets import HTTP
from countersign.jobs.forgetting import Hands
from countersign.runtime.deps import Deps
from countersign.runtime.settings import SECRETS, Settings
from infra.build.account import resolve
from infra.cli.doctor.cloud import Aws, Cloud
from infra.cli.hands.letters import Letters
from infra.cli.questions.lines import FunctionLogs, Lines
from infra.cli.secrets.vault import Vault
from infra.settings import CDK_JSON, ROOT, SettingsError, load, secret_output

HOME = Path(os.environ.get("COUNTERSIGN_HOME") or ROOT / ".local").resolve()
"""What one `make run` has to itself: its address, its log, what it keeps."""
ENV_FILE = HOME / "env"
_SETTINGS = {
    "JOBS_TABLE": "JobsTable",
    "PAYLOADS_BUCKET": "PayloadsBucket",
    "UPLOADS_BUCKET": "UploadsBucket",
    "INTAKE_QUEUE_URL": "IntakeQueueUrl",
    "STATE_MACHINE_ARN": "StateMachineArn",
}
"""Variables of the functions that a command needs too, and the stack outputs that hold them."""
OUTSIDE = {
    "CRM_BASE_URL": "CrmBaseUrl",
    "PAYMENTS_BASE_URL": "PaymentsBaseUrl",
    "MODEL_BASE_URL": "ModelBaseUrl",
    "MODEL_NAME": "ModelName",
}
"""As above, for commands that ask outside systems: a stack that is older may lack them."""
_DEAD = {
    "INTAKE_DEAD_URL": "IntakeDeadUrl",
    "FAILURES_URL": "FailuresUrl",
    "CAMPAIGN_DEAD_URL": "CampaignDeadUrl",
    "CAMPAIGN_QUEUE_URL": "CampaignQueueUrl",
}
"""Queues of what went wrong, which no function reads."""
DEAD_LETTERS, FAILED_EVENTS = "intake dead letters", "events that failed"
LOST_OUTCOMES = "what became of campaign mails"
_SECRETS = {setting.upper(): secret_output(name) for name, setting in SECRETS.items()}
"""As above, for `countersign secrets`."""
_SYSTEM = re.compile(r"Http\w+Target")
_SEALS = {"SEALS_BUCKET": "SealsBucket", "SEAL_KEY": "SealKeyArn"}
_LATER = OUTSIDE | _SECRETS | _DEAD | _SEALS


class TargetError(RuntimeError):
    """The target cannot be reached; the message says what to do."""


@dataclass(frozen=True)
class Target:
    """One stage: its public address, the secret to sign events with, and its settings."""

    url: str
    webhook_secret: str
    settings: Settings
    cdk_json: Path = CDK_JSON
    dead: Mapping[str, str] = field(default_factory=dict)
    """The queues of what went wrong, by what operators call them."""
    outcomes_queue: str = ""
    """Where what became of campaign mails goes; empty: the stage sends none."""
    operator: str = ""
    """Whom the account knows who types as; empty on one machine, where there is nobody else."""

    def cloud(self) -> Cloud:
        """The account that holds this target."""
        return Aws()

    def deps(self) -> Deps:
        """The adapters of this target."""
        return Deps(self.settings)

    def lines(self) -> Lines:
        """What the functions of this target wrote of their metrics."""
        return FunctionLogs(load(self.settings.stage).stack_name)

    def letters(self, name: str) -> Letters:
        """Dead letters, as operators call them. Raises TargetError where the target does not say
        where they are."""
        if name not in self.dead:
            raise TargetError(
                "This stage does not say where these are: it was deployed by older code, or it"
                " sends no campaigns."
            )
        of_campaigns = name == LOST_OUTCOMES
        back_to = self.outcomes_queue if of_campaigns else self.settings.intake_queue_url
        return Letters(self.dead[name], back_to)

    def hands(self) -> Hands:
        """What erases, by the rights of whoever types."""
        deps = self.deps()
        rows = DynamoErasing(self.settings.jobs_table, lambda: deps.payloads)
        return Hands(S3Versions(), rows)

    def vault(self) -> Vault:
        """The secrets of this target, for setting them."""
        return Vault()


def variables(outputs: Mapping[str, str]) -> dict[str, str]:
    """The settings in a stack's outputs, as lines of the env file."""
    needed = {name: outputs[output] for name, output in _SETTINGS.items()}
    later = {name: outputs[output] for name, output in _LATER.items() if output in outputs}
    return needed | later | _systems(outputs)


def _systems(outputs: Mapping[str, str]) -> dict[str, str]:
    """The business's own systems, as they are deployed, and where their secrets are."""
    held = [json.loads(one) for name, one in outputs.items() if _SYSTEM.fullmatch(name)]
    arns = {
        connector: outputs[secret_output(connector)]
        for one in held
        if secret_output(connector := f"{HTTP}{one['id']}") in outputs
    }
    return {"HTTP_TARGETS": json.dumps(held), "HTTP_SECRETS": json.dumps(arns)} if held else {}


def settings_of(stage: str, outputs: Mapping[str, str]) -> Settings:
    """The settings of a deployed stage."""
    return Settings.of({"STAGE": stage, **variables(outputs)})


def chosen(target: str, stage: str) -> Target:
    """`local` or `aws`. Raises TargetError."""
    return local() if target == "local" else aws(stage)


def local(env_file: Path = ENV_FILE) -> Target:
    """What `make run` wrote. AWS clients of this process go there from now on."""
    if not env_file.exists():
        raise TargetError("The local cloud is not running: start it with `make run`.")
    lines = dict(_pair(line) for line in env_file.read_text().splitlines() if "=" in line)
    point_at(lines["AWS_ENDPOINT_URL"], lines["AWS_REGION"])
    return Target(
        url=lines["COUNTERSIGN_URL"],
        webhook_secret=lines["COUNTERSIGN_WEBHOOK_SECRET"],
        settings=Settings.of(lines),
        dead=_dead(lines),
        outcomes_queue=lines.get("CAMPAIGN_QUEUE_URL", ""),
    )


def point_at(endpoint: str, region: str) -> None:
    """Send this process's AWS clients to the emulator, whose administrator has fixed keys."""
    os.environ.update(
        AWS_ENDPOINT_URL=endpoint,
        AWS_REGION=region,
        AWS_DEFAULT_REGION=region,
        AWS_ACCESS_KEY_ID="test",
        AWS_SECRET_ACCESS_KEY="test",  # noqa: S106 - the emulator's fixed administrator
    )
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
        os.environ.pop(name, None)
    _session.cache_clear()  # it keeps the credentials of its first use


@contextmanager
def pointed_at(endpoint: str, region: str) -> Iterator[None]:
    """As `point_at`, until the block ends."""
    before = dict(os.environ)
    point_at(endpoint, region)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        _session.cache_clear()


def aws(stage: str) -> Target:
    """What the stack of `stage` says of itself, with the caller's own credentials."""
    account = resolve()
    try:
        outputs = _outputs(load(stage).stack_name)
        secret = _signing_secret(outputs["WebhookSecretArn"])
    except (SettingsError, BotoCoreError, ClientError, KeyError) as error:
        raise TargetError(
            f"Stage {stage} cannot be read on AWS ({error}). Check your credentials and region, "
            f"and deploy it with `make deploy STAGE={stage}`."
        ) from error
    settings = settings_of(stage, outputs)
    lines = variables(outputs)
    back_to = lines.get("CAMPAIGN_QUEUE_URL", "")
    return Target(
        outputs["ApiUrl"],
        secret,
        settings,
        dead=_dead(lines),
        outcomes_queue=back_to,
        operator=account.caller,
    )


def _dead(lines: Mapping[str, str]) -> dict[str, str]:
    names = {
        DEAD_LETTERS: "INTAKE_DEAD_URL",
        FAILED_EVENTS: "FAILURES_URL",
        LOST_OUTCOMES: "CAMPAIGN_DEAD_URL",
    }
    return {name: lines[line] for name, line in names.items() if line in lines}


def _outputs(stack: str) -> dict[str, str]:
    found = boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    return {row["OutputKey"]: row["OutputValue"] for row in found.get("Outputs", [])}


def _signing_secret(arn: str) -> str:
    text = boto3.client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"]
    return next(iter(keys(held(text), DEFAULT)), "")


def _pair(line: str) -> tuple[str, str]:
    name, _, value = line.partition("=")
    return name, value
