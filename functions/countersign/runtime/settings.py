"""What a function is told about its surroundings, typed: the only reader of the environment."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

from pydantic import Field

from countersign.connectors.aws.client import Credentials, Place
from countersign.connectors.dynamodb.session import Task
from countersign.domain.approvals.approval import Person
from countersign.domain.contract import Value
from countersign.domain.jobs.senders import Sender
from countersign.domain.ledger.targets import HttpTarget
from countersign.domain.limits.pace import RateLimit
from countersign.runtime.connectors import CONNECTORS

_CAREFUL = (RateLimit(requests=10, seconds=1),)


SECRETS: Mapping[str, str] = {
    "webhook": "webhook_secret",
    "callers": "callers_secret",
    "page-key": "page_key_secret",
    "model-key": "model_secret",
    **{key.name: key.setting for row in CONNECTORS.values() for key in row.keys},
}
"""The secrets by the names that operators use, and the settings that say where each is."""


class Settings(Value):
    """What a function is told about its surroundings; empty where its row does not name it."""

    stage: str = ""
    workflows_package: str = "workflows"
    """The package whose `registered(stage)` gives a business's processes by id."""
    jobs_table: str = ""
    idempotency_table: str = ""
    payloads_bucket: str = ""
    uploads_bucket: str = ""
    seals_bucket: str = ""
    seal_key: str = ""
    alarms: str = ""
    """What the names of the stage's alarms begin with."""
    verdict_key: str = ""
    """What signs verdicts; empty: no caller of the stage takes any."""
    intake_queue_url: str = ""
    shadow_queue_url: str = ""
    """Where jobs are shown to a candidate; empty: the stage shows none."""
    state_machine_arn: str = ""
    items_machine_arn: str = ""
    """The second machine; empty: no workflow of the stage works through files."""
    public_base_url: str = ""
    crm_base_url: str = ""
    crm_read_secret: str = ""
    crm_write_secret: str = ""
    payments_base_url: str = ""
    payments_read_secret: str = ""
    payments_write_secret: str = ""
    notify_secret: str = ""
    http_targets: tuple[HttpTarget, ...] = ()
    """The business's own systems."""
    http_secrets: Mapping[str, str] = {}
    """By the connector of such a system: where its secret is. A function has that of its own."""
    model_base_url: str = ""
    model_name: str = ""
    model_secret: str = ""
    webhook_secret: str = ""
    callers_secret: str = ""
    """Where the hashes of callers' tokens are; empty: nobody speaks MCP here."""
    page_key_secret: str = ""
    mail_from: str = ""
    mail_configuration_set: str = ""
    campaign_from: str = ""
    """Whom campaigns are from; empty: the stage sends none."""
    campaign_configuration_set: str = ""
    """The set that publishes what becomes of each mail of a campaign."""
    mail_authserv_id: str = ""
    mail_inbound: str = ""
    """The address at which the stage receives answers to its mails; empty: it receives none."""
    case_owner: Person | None = None
    approval_seconds: int = 0
    """How long each tier has to decide; 0: as much working time as its workflow says."""
    connector_limits: Mapping[str, tuple[RateLimit, ...]] = {}
    """By key: how many requests all functions together may make with it."""
    senders: tuple[Sender, ...] = ()
    """The systems whose signed events are taken."""

    task: Task | None = None
    """The role that this function assumes for each job; None: its own role has its rights."""

    aws_lambda_function_name: str = ""
    """As Lambda calls the function; empty: this is none."""
    aws_region: str = ""
    aws_access_key_id: str = ""
    aws_secret_access_key: str = Field(default="", repr=False)
    aws_session_token: str = Field(default="", repr=False)
    aws_endpoint_url: str = ""
    """Of the emulated cloud; empty: AWS's own."""

    @property
    def place(self) -> Place | None:
        """Where this function runs and as whom; None for what is no function, whose rights boto3
        finds."""
        if not self.aws_lambda_function_name:
            return None
        own = Credentials(
            self.aws_access_key_id, self.aws_secret_access_key, self.aws_session_token
        )
        return Place(self.aws_region, own, self.aws_endpoint_url)

    @property
    def secret_names(self) -> Mapping[str, str]:
        """The short names of the secrets that this function knows, by what AWS calls them."""
        return {arn: name for name, arn in self.secret_arns.items()}

    @property
    def secret_arns(self) -> Mapping[str, str]:
        """What AWS calls the secrets that are known here, by their short names."""
        known = {name: getattr(self, setting) for name, setting in SECRETS.items()}
        return {name: arn for name, arn in (known | {**self.http_secrets}).items() if arn}

    def target(self, connector: str) -> HttpTarget | None:
        """The system of the business behind a connector."""
        return next((one for one in self.http_targets if one.connector == connector), None)

    def limits_of(self, key: str) -> tuple[RateLimit, ...]:
        """The limits of a key; a careful one where the stage names none."""
        return self.connector_limits.get(key, _CAREFUL)

    @classmethod
    def of_process(cls) -> Settings:
        """What this process was told."""
        return cls.of(dict(os.environ))

    @classmethod
    def of(cls, environment: dict[str, str]) -> Settings:
        """Settings out of environment variables of the same names in capitals."""
        found = {n: environment[n.upper()] for n in cls.model_fields if environment.get(n.upper())}
        return cls.model_validate_json(json.dumps({n: _parsed(n, v) for n, v in found.items()}))


def traced() -> tuple[str, str]:
    """What Lambda says of this invocation's trace, anew for each, and where X-Ray listens; empty
    where nobody traces."""
    return os.environ.get("_X_AMZN_TRACE_ID", ""), os.environ.get("AWS_XRAY_DAEMON_ADDRESS", "")


_JSON_SETTINGS = frozenset(
    {"case_owner", "approval_seconds", "connector_limits", "senders", "task", "http_targets"}
    | {"http_secrets"}
)


def _parsed(name: str, text: str) -> Any:
    return json.loads(text) if name in _JSON_SETTINGS else text
