"""`countersign upgrade --check`: what a deployment would do to what holds data."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

import boto3
import typer
from botocore.exceptions import ClientError

from infra.build.account import resolve
from infra.build.synth import default_out, synthesize
from infra.cli.options import FAILED, AsJson, Stage, show
from infra.settings import load

Resources = Mapping[str, Mapping[str, Any]]

STATEFUL: Mapping[str, tuple[str, ...]] = {
    "AWS::DynamoDB::Table": ("TableName", "KeySchema", "LocalSecondaryIndexes", "ImportSource"),
    "AWS::S3::Bucket": ("BucketName", "BucketNamePrefix", "ObjectLockEnabled"),
    "AWS::SecretsManager::Secret": ("Name",),
    "AWS::SQS::Queue": ("QueueName", "FifoQueue"),
    "AWS::SNS::Topic": ("TopicName", "FifoTopic"),
    "AWS::SES::EmailIdentity": ("EmailIdentity",),
}
"""What holds something that a deployment could not make again: data, keys, confirmed subscribers,
a verified sender. With the properties of which a change means a new one (CloudFormation's
reference, “Update requires: Replacement”)."""
_INDEXES = "GlobalSecondaryIndexes"


def faults(before: Resources, after: Resources) -> Iterator[str]:
    """A sentence for each thing that would be lost, or that CloudFormation would refuse."""
    for name, held in before.items():
        if held["Type"] in STATEFUL:
            yield from _of(name, held, after.get(name))


def _of(name: str, held: Mapping[str, Any], then: Mapping[str, Any] | None) -> Iterator[str]:
    what = f"{held['Type']} {name}"
    if then is None or then["Type"] != held["Type"]:
        yield f"{what} would be removed: give what replaces it its logical id, or keep it"
        return
    old, new = held.get("Properties", {}), then.get("Properties", {})
    for property_ in STATEFUL[held["Type"]]:
        if old.get(property_) != new.get(property_):
            yield f"{what} would be replaced, and be empty: {property_} changes"
    yield from _of_indexes(what, old.get(_INDEXES, ()), new.get(_INDEXES, ()))


def _of_indexes(what: str, old: Sequence[Any], new: Sequence[Any]) -> Iterator[str]:
    """One index changes per update; keys and projection of one that stays never do."""
    was, will = ({one["IndexName"]: one for one in each} for each in (old, new))
    for name in sorted(set(was) & set(will)):
        if any(was[name].get(part) != will[name].get(part) for part in ("KeySchema", "Projection")):
            yield f"{what}: the index {name} cannot change its keys or projection; rename it"
    changed = sorted(set(was) ^ set(will))
    if len(changed) > 1:
        yield f"{what}: one index changes per update, here {', '.join(changed)}: deploy in turns"


def deployed(stack: str) -> Resources:
    """The resources of the stack as it is; none where there is no stack."""
    try:
        found = boto3.client("cloudformation").get_template(
            StackName=stack, TemplateStage="Original"
        )["TemplateBody"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ValidationError":
            return {}
        raise
    # A template in JSON comes parsed, but for endpoints that hand it on as it was sent.
    template: Mapping[str, Any] = json.loads(found) if isinstance(found, str) else found
    resources: Resources = template["Resources"]
    return resources


def upgrade(
    check: Annotated[bool, typer.Option("--check", help="look, and change nothing")] = False,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Say whether `make deploy` of this code would replace or remove anything that holds data.

    It ends with 1 where it would. `make diff` says all that would change.

    Example: countersign upgrade --check --stage prod
    """
    if not check:
        raise typer.BadParameter("the upgrade itself is `make deploy`: add --check to look first")
    stack = load(stage).stack_name
    resolve()
    (template,) = synthesize(stage, default_out(stage)).glob("*.template.json")
    found = list(faults(deployed(stack), json.loads(template.read_text())["Resources"]))
    told = "\n".join(found) or f"Nothing of {stack} that holds data is replaced or removed."
    show(told, {"stack": stack, "faults": found}, as_json=as_json)
    if found:
        raise typer.Exit(FAILED)
