"""The settings of a stage: typed, read from the context of `cdk.json`, checked before synthesis."""

import json
import os
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from countersign.domain.limits.pace import RateLimit, pace_of
from countersign.runtime.connectors import CONNECTORS

ROOT = Path(__file__).parents[1]
CDK_JSON = ROOT / "cdk.json"
OUTSIDE_KEYS = (
    "model-key",
    *(key.name for connector in CONNECTORS.values() for key in connector.keys),
)
"""The secrets that other systems issue."""
ADDRESS = r"^[^@\s<>]+@[^@\s<>]+$"

# The retentions that CloudWatch Logs knows, as far as a stage would want one (days).
LogDays = Literal[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731]


class SettingsError(ValueError):
    """The stage is unknown or its settings are wrong; one line says what and where."""


class Person(BaseModel):
    """Somebody who gets mail from the system: the owner of cases."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(min_length=1)
    name: str = Field(min_length=1)
    address: str = Field(pattern=ADDRESS)


class Settings(BaseModel):
    """What differs between stages. Everything named `_days` is a retention in days."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    stage: str = Field(pattern=r"^[a-z][a-z0-9]{0,15}$")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"]
    keep_data: bool
    """Tables, buckets, secrets and the queue outlive the stack, and the stack resists deletion."""
    bytecode: bool
    """Ship bytecode for Lambda's Python, if this machine has that Python: a step imports in a third
    of the CPU time (624 to 216 ms for Decide, 998 to 419 ms for Propose, Python 3.13)."""
    log_days: LogDays
    upload_days: int = Field(ge=1)
    payload_days: int = Field(ge=1)
    mail_from: str = Field(pattern=ADDRESS)
    mail_authserv_id: str = Field(min_length=1)
    """The name by which our own mail receiver signs its Authentication-Results header."""
    mail_inbound: str = Field(default="", pattern=r"^$|^[^@\s<>+]+@[^@\s<>]+$")
    """Where answers to our mails arrive, by a token after a `+`; empty: no mail comes in there, and
    answers are known by their thread alone."""
    alarm_address: str = Field(pattern=ADDRESS)
    case_owner: Person
    approval_seconds: int = Field(ge=0)
    """How long each tier of approvers has; 0 leaves it to the workflow."""
    crm_base_url: str = Field(pattern=r"^https?://")
    payments_base_url: str = Field(pattern=r"^https?://")
    model_base_url: str = Field(pattern=r"^https?://")
    model_name: str = ""
    """What answers in the place of the releases' models; empty: nothing does."""
    connector_limits: dict[str, tuple[RateLimit, ...]]
    """By key: how many requests all functions together may make with it, in any so many seconds."""
    requests_per_second: int = Field(ge=1)
    jobs_started_at_once: int = Field(ge=2, le=1000)
    """Most concurrent pollers of the intake queue; the event source's own bounds are 2 to 1000."""

    def limits_json(self) -> str:
        """The limits of connectors, as functions read them."""
        limits = {
            key: [limit.model_dump() for limit in listed]
            for key, listed in self.connector_limits.items()
        }
        return json.dumps(limits, sort_keys=True)

    @field_validator("connector_limits")
    @classmethod
    def _serve_a_visit(
        cls, limits: dict[str, tuple[RateLimit, ...]]
    ) -> dict[str, tuple[RateLimit, ...]]:
        for row in CONNECTORS.values():
            for side in row.sides:
                takes = pace_of(limits.get(side.paced_by, ())).due(0, side.requests - 1) / 1_000_000
                if takes > side.seconds / 2:
                    raise ValueError(
                        f"{side.paced_by}: the {side.requests} requests of one action or lookup"
                        f" would take {takes:.0f} s, half of the function's time is"
                        f" {side.seconds // 2}; the limit is too low to work with"
                    )
        return limits

    @property
    def stack_name(self) -> str:
        """The stack's name, and the prefix of every explicit name in it."""
        return f"countersign-{self.stage}"


def context(cdk_json: Path = CDK_JSON) -> dict[str, Any]:
    """The context of `cdk.json`: feature flags and stages."""
    found: dict[str, Any] = json.loads(cdk_json.read_text())["context"]
    return found


def load(stage: str, cdk_json: Path = CDK_JSON) -> Settings:
    """The settings of `stage`. Raises SettingsError."""
    stages = context(cdk_json)["stages"]
    if stage not in stages:
        known = ", ".join(sorted(stages))
        raise SettingsError(f"Unknown stage {stage!r}: {cdk_json.name} has {known}.")
    try:
        return Settings(stage=stage, **stages[stage])
    except ValidationError as error:
        wrong = "; ".join(f"{_path(row['loc'])}: {row['msg']}" for row in error.errors())
        raise SettingsError(f"Stage {stage!r} in {cdk_json.name} is wrong: {wrong}.") from error


def secret_output(name: str) -> str:
    """The stack's output that says where a secret is: `CrmReadSecretArn` of `crm-read`."""
    return f"{name.title().replace('-', '')}SecretArn"


def chosen_stage(from_context: str | None) -> str:
    """`-c stage=…`, else the variable STAGE, else dev."""
    return from_context or os.environ.get("STAGE") or "dev"


def _path(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location)
