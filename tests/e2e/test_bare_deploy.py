"""The CDK CLI itself, without a terminal and with a region alone, against an emulator that none of
our corrections touch: bootstrap, deploy of the template as it is synthesized, use, destroy."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest
from botocore.exceptions import ClientError

from infra.build.cdk_cli import HOME as CLI_HOME
from infra.build.cdk_cli import install
from infra.build.layers import CACHE
from infra.cli.submit import post_webhook
from infra.local.cloud.deployer import api_url
from infra.settings import ROOT
from tests.business import FILES
from tests.e2e import bare_emulator
from tests.ports import free_pair
from tests.rights.until import until

pytestmark = [pytest.mark.soak, pytest.mark.cloud, pytest.mark.timeout(1_200)]

STAGE = "dev"
STACK = "countersign-dev"
REGION = "eu-central-1"
KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": REGION}
PYTHON = ROOT / ".local" / "emulator" / "bin" / "python"
PARTS = ("functions", "infra", "cdk.json", "pyproject.toml", "Makefile")
FORM = ROOT / "events" / "01-web-form-complete" / "event.json"
LIKE = 'like = "local"\n'
SHADOW = 'state = "shadow"\n'
STATES = dict.fromkeys(
    ("release_change", "smoke_test"), 'state = "live"\nstate_reason = "a person signs"\n'
)
"""How a new stage begins: what has no hands of its own is live."""
STARTS_WITHIN = 30.0
VERSIONS = 240


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project whose stage is a company of its own, as somebody would have it who
    deploys; the pinned CLI and the layers that were built before are shared."""
    install()
    root = tmp_path_factory.mktemp("project")
    for part in PARTS:
        whole = ROOT / part
        (shutil.copytree if whole.is_dir() else shutil.copy)(whole, root / part)
    for stated in FILES.glob("*.toml"):
        name = "" if stated.stem == "company" else stated.stem
        file = root / "functions" / "workflows" / name / "stages" / f"{STAGE}.toml"
        file.write_text(stated.read_text().replace(LIKE, LIKE + STATES.get(name, SHADOW)))
    settings = json.loads((root / "cdk.json").read_text())
    dev = json.dumps(settings["context"]["stages"][STAGE]).replace("example.com", "cranes.internal")
    settings["context"]["stages"][STAGE] = json.loads(dev)
    (root / "cdk.json").write_text(json.dumps(settings))
    (root / ".local").mkdir()
    # As a green run of its integration suite leaves it: that suite is not what is tested here.
    green = [sys.executable, "-m", "infra.build.green"]
    subprocess.run(green, cwd=root, env=os.environ | _places(root), check=True)
    CACHE.mkdir(parents=True, exist_ok=True)
    (root / ".local" / CACHE.name).symlink_to(CACHE)
    (root / ".local" / CLI_HOME.name).symlink_to(CLI_HOME)
    return root


def _places(root: Path) -> dict[str, str]:
    """Where Python finds the copy before the project itself."""
    return {"PYTHONPATH": os.pathsep.join((str(root / "functions"), str(root)))}


@dataclass(frozen=True)
class Bare:
    """The emulator, and the project that is deployed to it."""

    endpoint: str
    tree: Path

    def make(self, verb: str) -> subprocess.CompletedProcess[str]:
        """`make VERB YES=1` without a terminal, with nothing said of AWS but keys and a region."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        here = {"AWS_ENDPOINT_URL": self.endpoint, **_places(self.tree)}
        return subprocess.run(
            [sys.executable, "-m", "infra.build.deploy", verb, "--stage", STAGE, "--yes"],
            cwd=self.tree,
            env={**kept, **KEYS, **here},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def client(self, service: str) -> Any:
        """As an operator of the account has it."""
        make: Any = boto3.Session(
            aws_access_key_id="test",
            aws_secret_access_key="test",
            region_name=REGION,
        ).client
        return make(service, endpoint_url=self.endpoint)

    @property
    def outputs(self) -> dict[str, str]:
        """Of the stack."""
        (found,) = self.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"]
        return {one["OutputKey"]: one["OutputValue"] for one in found["Outputs"]}

    def sends(self) -> str:
        """A form comes in at the door; the id of its job. The secret that it is signed with is set
        as an operator would: the emulator draws one of letters that the template excludes."""
        key = f"whsec_{base64.b64encode(bytes(32)).decode()}"
        self.client("secretsmanager").put_secret_value(
            SecretId=self.outputs["WebhookSecretArn"], SecretString=json.dumps({"current": key})
        )
        url = api_url(self.endpoint, self.outputs["ApiUrl"])
        return post_webhook(url, "lead_intake", key, "bare-1", FORM.read_bytes()).job_id

    def steps_of(self, job: str) -> list[str]:
        """The states that the job's execution went through, once that is over."""
        machine = self.client("stepfunctions")
        arn = self.outputs["StateMachineArn"]

        def over() -> list[str]:
            runs = machine.list_executions(stateMachineArn=arn)["executions"]
            mine = (one for one in runs if one["name"] == job and one["status"] != "RUNNING")
            return [one["executionArn"] for one in mine]

        until(lambda: bool(over()), 240)
        run = {"executionArn": over()[0]}
        events = machine.get_execution_history(**run)["events"]
        entered = (one.get("stateEnteredEventDetails") for one in events)
        return [one["name"] for one in entered if one]

    def resources(self) -> dict[str, str]:
        """What the stack has: kind by its id there."""
        pages = self.client("cloudformation").get_paginator("list_stack_resources")
        return {
            row["PhysicalResourceId"]: row["ResourceType"]
            for page in pages.paginate(StackName=STACK)
            for row in page["StackResourceSummaries"]
        }


@contextmanager
def bare(tree: Path, scratch: Path, *options: str) -> Iterator[Bare]:
    """The emulator as it is installed, in an environment that says nothing of ours."""
    port = free_pair()
    scratch.mkdir(exist_ok=True)
    said = {
        "PATH": os.environ["PATH"],
        "HOME": str(scratch),
        "TMPDIR": str(scratch),
        "DOCKER_HOST": "unix:///nonexistent",
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "MINISTACK_HOST": "127.0.0.1",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    command = [str(PYTHON), str(Path(bare_emulator.__file__)), *options]
    with (
        (scratch / "log").open("w") as log,
        subprocess.Popen(command, env=said, stdout=log, stderr=log) as process,
    ):
        try:
            found = Bare(f"http://127.0.0.1:{port}", tree)
            _answers(found.endpoint)
            yield found
        finally:
            process.terminate()


def _answers(endpoint: str) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < deadline:
        try:
            httpx.get(f"{endpoint}/_ministack/health", timeout=5).raise_for_status()
        except httpx.TransportError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError("the emulator does not start")


def test_what_the_bare_emulator_lacks_is_known(tree: Path, tmp_path: Path) -> None:
    """It names the kinds of resources that it does not have before it makes anything, and they are
    those that it is told of elsewhere, no more and no less."""
    with bare(tree, tmp_path / "lacks") as there:
        assert there.make("bootstrap").returncode == 0
        done = there.make("deploy")
        assert done.returncode, done.stdout
        said = re.search(r"Unrecognized resource types: \[([^]]*)\]", done.stdout + done.stderr)
        assert said, done.stderr
        assert tuple(said[1].split(", ")) == bare_emulator.LACKS


def test_it_deploys_is_used_and_goes(tree: Path, tmp_path: Path) -> None:
    """Everything of the template is made; a form that comes in is a job, which is a case since no
    key of a model is set; what lies in buckets then, every version of it, and the stack are
    deleted, and what is left is named."""
    with bare(tree, tmp_path / "knows", "--knows", sys.executable) as there:
        for verb in ("bootstrap", "deploy"):
            done = there.make(verb)
            assert done.returncode == 0, done.stdout[-3_000:] + done.stderr
            assert done.stdout.startswith(f"Account 000000000000, region {REGION}, as root: stage")
        (template,) = (tree / ".local" / "cdk.out" / STAGE).glob("*.template.json")
        wanted = json.loads(template.read_text())["Resources"]
        made = there.resources()
        assert sorted(made.values()) == sorted(one["Type"] for one in wanted.values())
        job = there.sends()
        assert there.steps_of(job) == ["Prepare", "Propose", "Escalate"]
        buckets = [one for one, kind in made.items() if kind == "AWS::S3::Bucket"]
        written = _used(there, buckets)
        gone = there.make("destroy")
        assert gone.returncode == 0, gone.stdout[-3_000:] + gone.stderr
        assert sum(map(int, re.findall(r": (\d+) versions deleted", gone.stdout))) >= written
        assert "Left in the account:" in gone.stdout
        assert "AccessDenied" not in gone.stdout
        left = {one["Name"] for one in there.client("s3").list_buckets()["Buckets"]}
        assert left.isdisjoint(buckets)
        with pytest.raises(ClientError, match="does not exist"):
            there.client("cloudformation").describe_stacks(StackName=STACK)


def _used(there: Bare, held: Sequence[str]) -> int:
    """Every bucket is written to as jobs do it; how many versions there are."""
    s3, count = there.client("s3"), 0
    for bucket in held:
        for number in range(VERSIONS // 2):
            for body in (b"first", b"second"):
                s3.put_object(Bucket=bucket, Key=f"jobs/{number}", Body=body)
                count += 1
    return count
