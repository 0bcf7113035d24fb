"""Deploy a synthesized CDK application to the local cloud in the way `cdk deploy` does to AWS."""

import hashlib
import importlib.util
import itertools
import json
import os
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError

from infra.local.cloud import rewrites
from infra.local.cloud.assembly import Assembly, AssemblyError, Asset, packed, read_assembly
from infra.local.cloud.emulator import RESOURCE_TYPES_PATH
from infra.local.cloud.templates import Template

ACCOUNT = "000000000000"
REGION = "us-east-1"
BOOTSTRAP_PARAMETER = "/cdk-bootstrap/hnb659fds/version"
BOOTSTRAP_VERSION = "30"
ASSETS_BUCKET = f"cdk-hnb659fds-assets-{ACCOUNT}-{REGION}"
CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
STACK_SECONDS = 120.0
_MAKING = threading.Lock()
"""A boto3 session makes one client at a time."""
UNUSABLE = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED")


class DeployError(RuntimeError):
    """The stack did not reach its goal; the message lists each failed resource and its reason."""


@dataclass(frozen=True)
class Deployed:
    """`outputs`: the stack's outputs by key. `rewrites`: what was changed, one line each."""

    outputs: dict[str, str]
    rewrites: list[str]


def deploy(cdk_out: Path, endpoint: str, overrides: Mapping[str, str]) -> Deployed:
    """Create or update the one stack in `cdk_out` at `endpoint`.

    `overrides` maps environment variables to values; each function that has such a variable gets
    it. Only assets that are not there yet are uploaded. Raises DeployError.
    """
    _need_runtime_client()
    assembly = _assembly(cdk_out)
    local = rewrites.Local(_resource_types(endpoint), overrides)
    template, lines = rewrites.rewrite(assembly.template, local)
    _bootstrap(endpoint)
    _publish(assembly.assets, template, client("s3", endpoint))
    url = _upload_template(template, endpoint)
    return Deployed(_apply(assembly.stack, url, client("cloudformation", endpoint)), lines)


def delete(cdk_out: Path, endpoint: str) -> None:
    """Delete the stack of `cdk_out`. Raises DeployError."""
    _delete(_assembly(cdk_out).stack, client("cloudformation", endpoint))


def api_url(endpoint: str, api_endpoint: str) -> str:
    """Where `endpoint` serves the HTTP API whose stack output is `api_endpoint`, without a slash.

    The host name in that output does not resolve on this machine.
    """
    api = (urllib.parse.urlsplit(api_endpoint).hostname or "").partition(".")[0]
    return f"{endpoint}/_aws/execute-api/{api}/$default"


def client(service: str, endpoint: str) -> Any:
    """A boto3 client of the local cloud with the rights of an administrator, kept by this process:
    making one costs 50 ms of CPU, and a forked process must not share its parent's connections."""
    return _kept(service, endpoint, os.getpid())


@lru_cache(maxsize=256)
def _kept(service: str, endpoint: str, _process: int) -> Any:
    with _MAKING:
        make: Any = _session().client  # its stubs want one literal per service
        return make(service, endpoint_url=endpoint)


def _assembly(cdk_out: Path) -> Assembly:
    try:
        return read_assembly(cdk_out)
    except AssemblyError as error:
        raise DeployError(str(error)) from error


def _need_runtime_client() -> None:
    if importlib.util.find_spec("awslambdaric") is None:
        raise DeployError(
            "AWS's Lambda runtime client (awslambdaric) is not installed: it exists for Linux, "
            "so start the local cloud there, with `make run`."
        )


@lru_cache(maxsize=1)
def _session() -> boto3.Session:
    return boto3.Session(
        aws_access_key_id="test",
        aws_secret_access_key="test",  # noqa: S106  # the emulator's fixed administrator
        region_name=REGION,
    )


def _resource_types(endpoint: str) -> frozenset[str]:
    with urllib.request.urlopen(endpoint + RESOURCE_TYPES_PATH, timeout=30) as answer:  # noqa: S310  # our own http endpoint
        return frozenset(json.load(answer))


def _bootstrap(endpoint: str) -> None:
    """What `cdk bootstrap` leaves in an account, as far as a deployment looks at it."""
    client("ssm", endpoint).put_parameter(
        Name=BOOTSTRAP_PARAMETER, Value=BOOTSTRAP_VERSION, Type="String", Overwrite=True
    )
    client("s3", endpoint).create_bucket(Bucket=ASSETS_BUCKET)


def _publish(assets: list[Asset], template: Template, s3: Any) -> None:
    """Upload what the template refers to and the bucket does not have yet."""
    text = json.dumps(template)
    python = {f["Properties"]["Code"]["S3Key"] for _, f in rewrites.python_functions(template)}
    there = {row["Key"] for row in s3.list_objects_v2(Bucket=ASSETS_BUCKET).get("Contents", [])}
    for asset in assets:
        if asset.key in text and asset.key not in there:
            body = packed(asset.source, with_bootstrap=asset.key in python)
            s3.put_object(Bucket=ASSETS_BUCKET, Key=asset.key, Body=body)


def _upload_template(template: Template, endpoint: str) -> str:
    body = json.dumps(template).encode()
    key = f"{hashlib.sha256(body).hexdigest()}.json"
    client("s3", endpoint).put_object(Bucket=ASSETS_BUCKET, Key=key, Body=body)
    return f"{endpoint}/{ASSETS_BUCKET}/{key}"


def _apply(stack: str, url: str, cloudformation: Any) -> dict[str, str]:
    wanted = {"StackName": stack, "TemplateURL": url, "Capabilities": CAPABILITIES}
    status = _status(stack, cloudformation)
    if status in UNUSABLE:
        _delete(stack, cloudformation)
        status = None
    try:
        if status is None:
            cloudformation.create_stack(**wanted)
        else:
            cloudformation.update_stack(**wanted)
    except ClientError as error:
        message = error.response["Error"]["Message"]
        if "No updates are to be performed" not in message:  # CloudFormation has no code for it
            raise DeployError(f"{stack}: {message}") from error
    _wait(stack, cloudformation, ("CREATE_COMPLETE", "UPDATE_COMPLETE"))
    found = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    return {row["OutputKey"]: row["OutputValue"] for row in found.get("Outputs", [])}


def _delete(stack: str, cloudformation: Any) -> None:
    cloudformation.delete_stack(StackName=stack)
    _wait(stack, cloudformation, (None,))


def _status(stack: str, cloudformation: Any) -> str | None:
    """The stack's status, or None when there is no such stack."""
    try:
        found = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    except ClientError:
        return None
    status = str(found["StackStatus"])
    return None if status == "DELETE_COMPLETE" else status


def _wait(stack: str, cloudformation: Any, goals: tuple[str | None, ...]) -> None:
    deadline = time.monotonic() + STACK_SECONDS
    while (status := _status(stack, cloudformation)) and status.endswith("_IN_PROGRESS"):
        if time.monotonic() > deadline:
            raise DeployError(f"{stack} is still {status} after {STACK_SECONDS:g} s.")
        time.sleep(0.05)
    if status not in goals:
        failures = "\n".join(_failures(stack, cloudformation)) or "  no resource says why"
        raise DeployError(f"{stack} ended as {status}:\n{failures}")


def _failures(stack: str, cloudformation: Any) -> Iterator[str]:
    """One line per resource that failed in the last operation; events come newest first."""
    pages = cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack)
    events = (event for page in pages for event in page["StackEvents"])
    for event in itertools.takewhile(lambda row: not _opens(row, stack), events):
        if event["ResourceStatus"].endswith("_FAILED"):
            reason = event.get("ResourceStatusReason", "no reason given")
            yield f"  {event['LogicalResourceId']} ({event['ResourceType']}): {reason}"


def _opens(event: Mapping[str, Any], stack: str) -> bool:
    openings = ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS")
    return event["LogicalResourceId"] == stack and event["ResourceStatus"] in openings
