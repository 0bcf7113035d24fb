"""What a stage has for its workflows: read from the template that is deployed, and from AWS."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import boto3

from countersign.domain.approvals.directory import Directory
from countersign.domain.releases.readiness import Around, missing
from countersign.domain.workflow import Workflow
from infra.build import green
from infra.cli.releases.standing import Standing

CONFIRMED = "arn:"
"""What the id of a subscription begins with once somebody has followed the link in its mail."""


def refusals(
    going: Iterable[Workflow[Any]],
    assembly: Path,
    people: Directory | None,
    topics: Sequence[str] = (),
) -> Iterator[str]:
    """Why these workflows may not go live, a sentence for each. `people` is None before the first
    deployment: then nobody can be in the directory, and no address can be confirmed."""
    (template,) = assembly.glob("*.template.json")
    resources = json.loads(template.read_text())["Resources"]
    heard = people is None or reach_somebody(topics)
    for flow in going:
        around = Around(
            owned=people is None or bool(people.of_role(flow.owner)),
            alarmed=any(one.get("AlarmActions") for one in _of("CloudWatch::Alarm", resources)),
            shown=any(_has_row(one, flow.id) for one in _of("CloudWatch::Dashboard", resources)),
            heard=heard,
            green=green.recorded(),
        )
        lacks = missing(flow, around)
        if lacks:
            yield f"{flow.id} may not go live: {'; '.join(lacks)}"


def goes_live(found: Iterable[Standing]) -> frozenset[str]:
    """The workflows that are not live there yet, and will be."""
    return frozenset(one.workflow for one in found if one.file == "live" and one.runs != "live")


def reach_somebody(topics: Sequence[str]) -> bool:
    """Whether there are topics, and each has a subscriber that is confirmed."""
    sns = boto3.client("sns")
    return bool(topics) and all(_confirmed(sns, topic) for topic in topics)


def _confirmed(sns: Any, topic: str) -> bool:
    there = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    return any(one["SubscriptionArn"].startswith(CONFIRMED) for one in there)


def topics_of(stack: str) -> tuple[str, ...]:
    """The topics of a stack that is there."""
    pages = boto3.client("cloudformation").get_paginator("list_stack_resources")
    rows = (
        row for page in pages.paginate(StackName=stack) for row in page["StackResourceSummaries"]
    )
    return tuple(
        row["PhysicalResourceId"] for row in rows if row["ResourceType"] == "AWS::SNS::Topic"
    )


def _of(kind: str, resources: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for one in resources.values():
        if one["Type"] == f"AWS::{kind}":
            yield one["Properties"]


def _has_row(dashboard: Mapping[str, Any], workflow: str) -> bool:
    """Whether one of its graphs is titled by the workflow."""
    return f"{workflow}: jobs that ended" in json.dumps(dashboard["DashboardBody"])
