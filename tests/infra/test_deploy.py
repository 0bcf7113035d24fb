"""Deploying from anywhere: one account for all clients, sentences for what is wrong, and a stack
that can be deleted after use."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from infra.build import leaving
from infra.build.account import AccountError, check_bootstrap, resolve
from infra.build.deploy import main
from infra.build.layers import LOCKS
from infra.settings import CDK_JSON, context, load, save_protected
from tests.infra.template import Template

_OF_AWS = ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_DEFAULT_PROFILE")


@pytest.fixture
def environment() -> Iterator[None]:
    """A caller's environment without a word about AWS but made-up keys."""
    before = dict(os.environ)
    for name in (one for one in before if one.startswith("AWS_")):
        del os.environ[name]
    os.environ |= {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
    os.environ |= {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    try:
        with mock_aws():
            yield
    finally:
        os.environ.clear()
        os.environ |= before


@pytest.mark.usefixtures("environment")
def test_one_region_holds_for_all_clients() -> None:
    """`AWS_REGION` alone, which boto3 does not read, is where boto3 and CDK work; the account and
    the caller are in the sentence that is printed first."""
    os.environ["AWS_REGION"] = "eu-west-3"
    account = resolve()
    assert boto3.Session().region_name == "eu-west-3"
    assert account.sentence.startswith("Account 123456789012, region eu-west-3, as ")
    with pytest.raises(AccountError, match="CDK is not set up in eu-west-3: run `make bootstrap`"):
        check_bootstrap(account)


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({}, "No region is chosen: `export AWS_REGION=eu-central-1`"),
        ({"AWS_PROFILE": "none"}, "The config profile (none) could not be found"),
        ({"AWS_REGION": "eu west"}, "AWS is not reached in 'eu west'"),
        (
            {"AWS_REGION": "eu-central-1", "AWS_ENDPOINT_URL": "http://127.0.0.1:9"},
            "AWS is not reached in 'eu-central-1'",
        ),
    ],
)
def test_what_is_missing_is_a_sentence(
    capsys: pytest.CaptureFixture[str], said: dict[str, str], sentence: str
) -> None:
    """No region, no such profile, a region that is none and no connection each end with exit code 2
    and a sentence of at most 80 columns that names it, never with a traceback."""
    os.environ |= said
    assert main(["destroy", "--stage", "dev"]) == 2
    out, complaint = capsys.readouterr()
    assert out == ""
    assert " ".join(complaint.split()).startswith(sentence)
    assert "Traceback" not in complaint
    assert all(len(line) <= 80 for line in complaint.splitlines())


@pytest.mark.usefixtures("environment")
def test_without_a_terminal_nothing_is_asked(capsys: pytest.CaptureFixture[str]) -> None:
    """A pipeline that does not say YES=1 is told to, before anything happens; an unknown stage and
    the demo's values are said before an account is even looked for."""
    before, sys.stdin = sys.stdin, io.StringIO()
    os.environ["AWS_REGION"] = "eu-west-3"
    try:
        assert main(["destroy", "--stage", "prod"]) == 2
        assert "`make destroy STAGE=prod YES=1`" in capsys.readouterr().err
        assert main(["deploy", "--stage", "prod"]) == 2
        assert "not deployed: it would work for the demo's company" in capsys.readouterr().err
        assert main(["diff", "--stage", "live"]) == 2
        assert "Unknown stage 'live'" in capsys.readouterr().err
    finally:
        sys.stdin = before


@pytest.mark.usefixtures("environment")
def test_buckets_are_emptied_of_every_version_and_what_stays_is_named() -> None:
    """Versions and delete markers go, those under a lock that its owner may open too, with a word
    of how many; a queue that is still there is
    named, a table that is gone is not."""
    os.environ["AWS_DEFAULT_REGION"] = "us-east-1"
    s3, sqs = boto3.client("s3"), boto3.client("sqs")
    s3.create_bucket(Bucket="payloads")
    s3.put_bucket_versioning(Bucket="payloads", VersioningConfiguration={"Status": "Enabled"})
    for _ in range(2):
        s3.put_object(Bucket="payloads", Key="raw/x", Body=b"1")
    s3.delete_object(Bucket="payloads", Key="raw/x")
    s3.create_bucket(Bucket="seals", ObjectLockEnabledForBucket=True)
    until = datetime.now(UTC) + timedelta(days=1)
    locked: Any = {"ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": until}
    s3.put_object(Bucket="seals", Key="09.json", Body=b"1", **locked)
    held = (
        leaving.Held("AWS::S3::Bucket", "payloads"),
        leaving.Held("AWS::S3::Bucket", "seals"),
        leaving.Held("AWS::SQS::Queue", sqs.create_queue(QueueName="intake")["QueueUrl"]),
        leaving.Held("AWS::DynamoDB::Table", "jobs"),
    )
    said: list[str] = []
    leaving.empty(held, said.append)
    assert said == ["  payloads: 3 versions deleted", "  seals: 1 versions deleted"]
    s3.delete_bucket(Bucket="payloads")
    left = leaving.told(leaving.still_there(held))
    assert "queue http" in left
    assert "bucket payloads" not in left
    assert "table jobs" not in left


def test_a_failed_first_deployment_leaves_nothing(prod: Template) -> None:
    """What keeps data goes with a stack that was never whole, and stays with one that was: nothing
    resists deletion before the stage says that it is protected."""
    kept = {"AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::SecretsManager::Secret"}
    rows = [row for row in prod.body["Resources"].values() if row["Type"] in kept]
    assert {row["DeletionPolicy"] for row in rows} == {"RetainExceptOnCreate"}
    assert {row["UpdateReplacePolicy"] for row in rows} == {"Retain"}
    tables = [row["Properties"] for row in rows if row["Type"] == "AWS::DynamoDB::Table"]
    assert {one.get("DeletionProtectionEnabled", False) for one in tables} == {False}


def test_the_protection_is_written_into_the_stage(tmp_path: Path) -> None:
    """After the first whole deployment `cdk.json` says it, and nothing else in the file changes."""
    copy = tmp_path / "cdk.json"
    copy.write_text(CDK_JSON.read_text())
    save_protected("prod", copy)
    assert load("prod", copy).protected
    held = context(copy)
    del held["stages"]["prod"]["protected"]
    assert held == context()


def test_names_of_the_whole_account_carry_the_region(dev: Template) -> None:
    """Two regions of one account can hold the stage: roles and dashboards with a name have the
    region in it."""
    named = [
        row["Properties"][name]
        for row in dev.body["Resources"].values()
        for name in ("RoleName", "DashboardName")
        if name in row.get("Properties", {})
    ]
    assert named
    assert all("AWS::Region" in str(one) for one in named)


@pytest.mark.soak
def test_deploying_needs_nothing_that_is_there_for_linux_alone() -> None:
    """With nothing but what the deploy lock has, the commands load."""
    locked = (LOCKS / "deploy.txt").read_text()
    linux = ("awslambdaric", "starlette", "uvicorn", "moto", "pytest", "hypothesis")
    assert not any(f"\n{name}==" in locked for name in linux)
    probe = (
        f"import sys\nfor name in {linux!r}:\n    sys.modules[name] = None\n"
        "import infra.build.deploy, infra.cli.main"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.soak
@pytest.mark.parametrize("platform", ["aarch64-apple-darwin", "x86_64-apple-darwin"])
def test_the_deploy_lock_resolves_for_a_mac(platform: str, tmp_path: Path) -> None:
    """Each package has a wheel there, of the hash that is locked. It asks the registry."""
    command = [str(Path(sys.executable).with_name("uv")), "pip", "install", "--dry-run"]
    command += ["--only-binary", ":all:", "--require-hashes", "--target", str(tmp_path)]
    command += ["--python-platform", platform, "-r", str(LOCKS / "deploy.txt")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
