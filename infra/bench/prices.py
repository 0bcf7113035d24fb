"""AWS list prices in US dollars (us-east-1, November 2026), and what they make of a measured job.

Sources: the public price pages of Step Functions, Lambda (arm64), DynamoDB (on demand), S3, SQS,
API Gateway, CloudWatch, Secrets Manager, KMS, SNS and X-Ray.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

from countersign.observability import METRICS
from infra.alarms import alarms
from infra.steps import VCPU

TRANSITION = 25e-6
LAMBDA_REQUEST = 0.20e-6
LAMBDA_GB_SECOND = 0.0000133334
WRITE_UNIT = 0.625e-6
READ_UNIT = 0.125e-6
S3_PUT = 5e-6
S3_GET = 0.4e-6
SQS_REQUEST = 0.40e-6
HTTP_REQUEST = 1.00e-6
LOG_GB = 0.50

ALARM, COMPOSITE = 0.10, 0.50
"""An alarm of several metrics costs as much for each of them."""
SECRET = 0.40
METRIC = 0.30
SIGNING_KEY, SIGNATURE = 1.00, 0.15 / 10_000
MONTH_MINUTES = 43_200
DAY_JOBS_MONTH = 30_000
"""1,000 jobs a day."""


Resources = Mapping[str, Mapping[str, Any]]
"""Of a template."""


@dataclass(frozen=True)
class Job:
    """What was measured of one warm job."""

    transitions: int
    calls: Mapping[str, int]
    """AWS calls of our code, by `service.Action`."""
    gb_seconds: float
    invocations: int
    write_units: int
    read_units: int
    log_bytes: int

    def usd(self) -> dict[str, float]:
        """What one job costs, by service; model tokens and mails apart."""
        calls = Counter(self.calls)
        sqs = calls["sqs.SendMessage"] + 2  # the event source receives and deletes
        return {
            "Step Functions": self.transitions * TRANSITION,
            "Lambda": self.invocations * LAMBDA_REQUEST + self.gb_seconds * LAMBDA_GB_SECOND,
            "DynamoDB": self.write_units * WRITE_UNIT + self.read_units * READ_UNIT,
            "S3": calls["s3.PutObject"] * S3_PUT + calls["s3.GetObject"] * S3_GET,
            "SQS": sqs * SQS_REQUEST,
            "HTTP API": HTTP_REQUEST,
            "CloudWatch Logs": self.log_bytes / 1e9 * LOG_GB,
        }


IDLE = ("OldestDueSeconds", "OldestJobSeconds", "OldestDecidedSeconds")
"""Metrics of ours that `tick` tells of when nothing happens."""
VALUES = {
    "workflow": 2, "status": 5, "choice": 3, "tier": 2, "model": 2, "category": 3, "system": 3
}  # fmt: skip
"""How many values of each dimension a stage with two workflows in use tells of in a month."""


def in_use() -> int:
    """Series that two workflows in use tell of in a month without trouble: each set of values is
    paid. What an alarm waits for to happen at all is left out."""
    trouble = {one.metric for one in alarms() if one.statistic == "Sum" and not one.above}
    return sum(
        prod(VALUES.get(one, 1) for one in dimensions)
        for name, dimensions in METRICS.items()
        if name not in trouble
    )


def idle(resources: Resources, pollers: int) -> dict[str, float]:
    """What a month costs in which no job comes, by what it is for."""
    kinds = Counter(row["Type"] for row in resources.values())
    receives = pollers * MONTH_MINUTES * 3  # a long poll of 20 s each
    seconds = 0.1 * VCPU / 1024 * LAMBDA_GB_SECOND
    tick = MONTH_MINUTES * (LAMBDA_REQUEST + seconds + (4 * 0.5 + 2) * READ_UNIT)
    return {
        "alarms": _watched(resources) * ALARM
        + kinds["AWS::CloudWatch::CompositeAlarm"] * COMPOSITE,
        "signing key": kinds["AWS::KMS::Key"] * (SIGNING_KEY + 24 * 30 * SIGNATURE),
        "secrets": kinds["AWS::SecretsManager::Secret"] * SECRET,
        "custom metrics": len(IDLE) * METRIC,
        "queue polling": receives * SQS_REQUEST,
        "tick": tick,
    }


def _watched(resources: Resources) -> int:
    """Metrics that alarms are on: of a sum or a share each costs."""
    found = [
        row["Properties"] for row in resources.values() if row["Type"] == "AWS::CloudWatch::Alarm"
    ]
    return sum(
        sum("MetricStat" in one for one in alarm["Metrics"]) if "Metrics" in alarm else 1
        for alarm in found
    )
