"""Which AWS account, region and profile a command works with: found once, for CDK and for boto3.

The two look for a region in different places (`AWS_REGION`, `AWS_DEFAULT_REGION`, the profile), so
that left to themselves one of them asks where the other has deployed.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

import boto3
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    InvalidRegionError,
)

BOOTSTRAP = "/cdk-bootstrap/hnb659fds/version"
"""Where CDK keeps the version of its bootstrap stack."""
OLDEST_BOOTSTRAP = 21
"""The first whose roles read what is deployed without a right of the caller's own."""

NOT_REACHED = (InvalidRegionError, EndpointConnectionError, ConnectTimeoutError, HTTPClientError)
"""Nothing was said about the credentials: a region that is none has no address."""


class AccountError(RuntimeError):
    """There is no account to work with; the message says what to do."""


@dataclass(frozen=True)
class Account:
    """An account in one region, and who acts there."""

    id: str
    region: str
    caller: str
    profile: str = ""

    @property
    def sentence(self) -> str:
        """What is printed before anything happens."""
        profile = f", profile {self.profile}" if self.profile else ""
        return f"Account {self.id}, region {self.region}{profile}, as {self.caller}"

    @property
    def variables(self) -> dict[str, str]:
        """What makes every AWS client of this process and of its children work there."""
        profile = {"AWS_PROFILE": self.profile} if self.profile else {}
        return {"AWS_REGION": self.region, "AWS_DEFAULT_REGION": self.region, **profile}


def resolve() -> Account:
    """The account of the caller's environment, which all AWS clients of this process and of its
    children share from now on. Raises AccountError."""
    region = _region(os.environ)
    os.environ |= {"AWS_REGION": region, "AWS_DEFAULT_REGION": region}
    profile = os.environ.get("AWS_PROFILE") or os.environ.get("AWS_DEFAULT_PROFILE") or ""
    try:
        found = boto3.Session().client("sts").get_caller_identity()
    except NOT_REACHED as error:
        raise AccountError(
            f"AWS is not reached in {region!r} ({error}). Check the region's name (AWS_REGION, or"
            " that of the profile) and the connection."
        ) from error
    except (BotoCoreError, ClientError) as error:
        raise AccountError(
            f"AWS does not take these credentials ({error}). Sign in anew, or choose a profile:"
            " `export AWS_PROFILE=…`."
        ) from error
    account = Account(found["Account"], region, found["Arn"].rpartition(":")[2], profile)
    os.environ |= account.variables
    return account


def bootstrap_version() -> int:
    """The version of CDK's bootstrap stack; 0: the region has none."""
    ssm = boto3.client("ssm")
    try:
        return int(ssm.get_parameter(Name=BOOTSTRAP)["Parameter"]["Value"])
    except ssm.exceptions.ParameterNotFound:
        return 0


def check_bootstrap(account: Account) -> None:
    """Raises AccountError where CDK could not deploy."""
    version = bootstrap_version()
    if version < OLDEST_BOOTSTRAP:
        held = f"CDK's bootstrap stack is of version {version}" if version else "CDK is not set up"
        raise AccountError(
            f"{held} in {account.region}: run `make bootstrap` once for this account and region."
        )


def _region(environment: Mapping[str, str]) -> str:
    said = environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION")
    try:
        found = said or boto3.Session().region_name
    except BotoCoreError as error:
        raise AccountError(
            f"{error}. `aws configure list-profiles` lists those there are."
        ) from error
    if not found:
        raise AccountError(
            "No region is chosen: `export AWS_REGION=eu-central-1`, or a profile that has one."
        )
    return found
