"""The calls that roles made on a stand, with the names under which its resources exist there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.local.cloud import deployer
from infra.local.cloud.emulator import CALLS
from infra.local.rights.wire import Need


@dataclass(frozen=True)
class Call:
    """One call: the physical name of its role, the rights it needs, the session's own policy (its
    text, None when it has none), and whether it was refused."""

    role: str
    session: str
    policy: str | None
    denied: bool
    needs: tuple[Need, ...]


@dataclass(frozen=True)
class Journal:
    """`names`: what `Ref` of each logical id gives on AWS. `calls`: in their order."""

    names: Mapping[str, str]
    calls: tuple[Call, ...]


def taken(endpoint: str, scratch: Path) -> Journal:
    """What has been recorded so far on the cloud at `endpoint`, whose scratch folder this is."""
    lines = (scratch / CALLS).read_text().splitlines()
    return Journal(_names(endpoint), tuple(_call(json.loads(line)) for line in lines))


def refused(journal: Journal) -> list[str]:
    """One line for each call that IAM refused: a right is missing, or somebody asks too much."""
    return [
        f"{call.role} was refused {', '.join(need.action for need in call.needs)}"
        for call in journal.calls
        if call.denied
    ]


def _call(row: Mapping[str, Any]) -> Call:
    given = (Need(n["action"], n["resource"], tuple(n["leading"])) for n in row["needs"])
    return Call(row["role"], row["session"], row["policy"], row["denied"], tuple(given))


def _names(endpoint: str) -> dict[str, str]:
    """Of a secret the ARN, as on AWS; the emulator calls it by its name."""
    stacks = deployer.client("cloudformation", endpoint)
    (stack,) = stacks.describe_stacks()["Stacks"]
    pages = stacks.get_paginator("list_stack_resources").paginate(StackName=stack["StackName"])
    rows = [row for page in pages for row in page["StackResourceSummaries"]]
    manager = deployer.client("secretsmanager", endpoint)
    secrets = {s["Name"]: s["ARN"] for s in manager.list_secrets(MaxResults=100)["SecretList"]}
    physical = {row["LogicalResourceId"]: str(row["PhysicalResourceId"]) for row in rows}
    return {name: secrets.get(text, text) for name, text in physical.items()}
