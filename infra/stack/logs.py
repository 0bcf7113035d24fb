"""Explicit log groups: a name and a retention, never what a service would make by itself."""

from aws_cdk import RemovalPolicy, aws_logs
from constructs import Construct

from infra.settings import Settings

RETENTION = {
    days: aws_logs.RetentionDays[name]
    for days, name in {
        1: "ONE_DAY",
        3: "THREE_DAYS",
        5: "FIVE_DAYS",
        7: "ONE_WEEK",
        14: "TWO_WEEKS",
        30: "ONE_MONTH",
        60: "TWO_MONTHS",
        90: "THREE_MONTHS",
        120: "FOUR_MONTHS",
        150: "FIVE_MONTHS",
        180: "SIX_MONTHS",
        365: "ONE_YEAR",
        400: "THIRTEEN_MONTHS",
        545: "EIGHTEEN_MONTHS",
        731: "TWO_YEARS",
    }.items()
}


def log_group(
    scope: Construct, construct_name: str, name: str, settings: Settings
) -> aws_logs.LogGroup:
    """A log group called `name` that keeps what the stage says."""
    return aws_logs.LogGroup(
        scope,
        construct_name,
        log_group_name=name,
        retention=RETENTION[settings.log_days],
        removal_policy=RemovalPolicy.DESTROY,
    )
