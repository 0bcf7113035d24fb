"""The patched emulator behaves as AWS documents it."""

import http.client
import io
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from countersign.connectors.aws.services import PIECE, S3Payloads
from infra.local.cloud import deployer
from infra.local.cloud.deployer import Deployed
from infra.local.cloud.processes import EMULATOR_PYTHON, ROOT, LocalCloud, child, fork_server

pytestmark = pytest.mark.cloud

ASK = {"refuse": False, "delete": False, "ask": True, "quiet": True, "wait": False}


@pytest.fixture(scope="module")
def states(cloud: LocalCloud) -> Any:
    return deployer.client("stepfunctions", cloud.endpoint)


def soon(value: Callable[[], Any], seconds: float = 10) -> Any:
    """The first true value within the time."""
    deadline = time.monotonic() + seconds
    while not (found := value()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return found


def start(states: Any, deployed: Deployed, name: str, **wishes: bool) -> str:
    machine = deployed.outputs["Machine"]
    given = json.dumps({**ASK, **wishes})
    run = states.start_execution(stateMachineArn=machine, name=name, input=given)
    return str(run["executionArn"])


def stored_token(cloud: LocalCloud, deployed: Deployed) -> str:
    """The token that the asking function stored last, or nothing."""
    table = deployer.client("dynamodb", cloud.endpoint)
    key = {"pk": {"S": "token"}}
    row = table.get_item(TableName=deployed.outputs["Table"], Key=key).get("Item", {})
    return str(row.get("token", {}).get("S", ""))


def start_and_ask(cloud: LocalCloud, deployed: Deployed, name: str) -> tuple[str, str]:
    """An execution that waits for an answer, and the token to answer it with."""
    before = stored_token(cloud, deployed)
    run = start(deployer.client("stepfunctions", cloud.endpoint), deployed, name)
    assert soon(lambda: stored_token(cloud, deployed) != before)
    return run, stored_token(cloud, deployed)


def attempt(
    cloud: LocalCloud, deployed: Deployed, service: str, call: str, **arguments: Any
) -> str:
    """What a function with few rights gets for a call: `allowed` or the code of the error."""
    payload = json.dumps({"service": service, "call": call, "arguments": arguments})
    function = deployer.client("lambda", cloud.endpoint)
    answer = function.invoke(FunctionName=deployed.outputs["Attempt"], Payload=payload)
    return str(json.load(answer["Payload"]))


def send(cloud: LocalCloud, deployed: Deployed, sender: str) -> str:
    """What the function with few rights gets when it sends a mail."""
    mail = {
        "FromEmailAddress": sender,
        "Destination": {"ToAddresses": ["ann@example.org"]},
        "Content": {"Simple": {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}}},
    }
    return attempt(cloud, deployed, "sesv2", "send_email", **mail)


def options(cloud: LocalCloud, deployed: Deployed) -> http.client.HTTPResponse:
    """The answer of the stack's HTTP API to OPTIONS with two cookies."""
    url = deployer.api_url(cloud.endpoint, deployed.outputs["Address"])
    line = http.client.HTTPConnection("127.0.0.1", cloud.port)
    headers = {"Cookie": "one=1; two=2", "Connection": "close"}
    line.request("OPTIONS", url.removeprefix(cloud.endpoint) + "/approvals/x", headers=headers)
    return line.getresponse()


def test_a_name_starts_one_execution(states: Any, deployed: Deployed) -> None:
    """The same name and input give the running execution again, another input an error."""
    first = start(states, deployed, "twice")
    assert start(states, deployed, "twice") == first
    machine = deployed.outputs["Machine"]
    with pytest.raises(states.exceptions.ExecutionAlreadyExists):
        states.start_execution(stateMachineArn=machine, name="twice", input=json.dumps({}))
    states.stop_execution(executionArn=first)


def test_a_stopped_execution_stays_aborted(
    cloud: LocalCloud, states: Any, deployed: Deployed
) -> None:
    """An answer after the stop is refused and does not turn ABORTED into something else."""
    run, token = start_and_ask(cloud, deployed, "stopped")
    states.stop_execution(executionArn=run)
    with pytest.raises(states.exceptions.TaskTimedOut):
        states.send_task_failure(taskToken=token, error="Late", cause="too late")
    assert not soon(lambda: _status(states, run) != "ABORTED", seconds=0.5)


def test_a_task_that_fails_after_the_stop_changes_nothing(
    cloud: LocalCloud, states: Any, deployed: Deployed
) -> None:
    """An execution that was stopped in the middle of a task is ABORTED when the task raises."""
    run = start(states, deployed, "middle", wait=True)
    assert soon(lambda: "Store" in str(_events(states, run, "TaskStateEntered")))
    states.stop_execution(executionArn=run)
    table = deployer.client("dynamodb", cloud.endpoint)
    table.put_item(TableName=deployed.outputs["Table"], Item={"pk": {"S": "go"}})
    assert soon(lambda: _events(states, run, "TaskFailed"))
    assert not soon(lambda: _status(states, run) != "ABORTED", seconds=0.5)


def test_only_the_machines_own_tasks_may_be_answered(
    cloud: LocalCloud, states: Any, deployed: Deployed
) -> None:
    """A right on the machine answers its token once; failing it or answering again is refused."""
    run, token = start_and_ask(cloud, deployed, "answered")

    def answer(call: str, **more: str) -> str:
        return attempt(cloud, deployed, "stepfunctions", call, taskToken=token, **more)

    assert answer("send_task_failure") == "AccessDeniedException"
    assert answer("send_task_success", output="{}") == "allowed"
    assert soon(lambda: _status(states, run) == "SUCCEEDED")
    assert answer("send_task_success", output="{}") == "TaskTimedOut"


@pytest.mark.parametrize(
    ("sender", "result"),
    [
        ("desk@example.com", "allowed"),
        ("Desk <desk@example.com>", "allowed"),
        ("chief@example.com", "AccessDeniedException"),
        ("desk@example.org", "AccessDeniedException"),
    ],
)
def test_mail_leaves_only_from_the_granted_sender(
    cloud: LocalCloud, deployed: Deployed, sender: str, result: str
) -> None:
    """The identity and the address of the sender are both enforced."""
    assert send(cloud, deployed, sender) == result


def test_an_http_api_passes_options_and_cookies_as_aws_does(
    cloud: LocalCloud, deployed: Deployed
) -> None:
    """OPTIONS reaches the route, cookies come as a list, and several are set by one answer."""
    event = json.load(answer := options(cloud, deployed))
    assert event["rawPath"] == "/approvals/x"
    assert event["pathParameters"] == {"link": "x"}
    assert event["cookies"] == ["one=1", "two=2"]
    assert "cookie" not in event["headers"]
    assert answer.headers.get_all("Set-Cookie") == ["a=1; Path=/", "b=2; Path=/"]


@pytest.mark.parametrize("more", [-1, 0, 3])
def test_a_named_version_is_copied_piece_by_piece(cloud: LocalCloud, more: int) -> None:
    """The file as it was put, whether it ends within a piece or with one."""
    s3, name = deployer.client("s3", cloud.endpoint), f"pieces{more + 1}"
    s3.create_bucket(Bucket=name)
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    body = b"ab" * (PIECE // 2) + b"c" * more if more >= 0 else b"ab" * (PIECE // 2 - 1)
    payloads, copied = S3Payloads(name, s3), io.BytesIO()
    payloads.copy(payloads.put("file", body), copied)
    assert copied.getvalue() == body


def test_a_generated_secret_obeys_its_properties(cloud: LocalCloud) -> None:
    """A secret without punctuation has none."""
    properties = {"GenerateSecretString": {"ExcludePunctuation": True, "PasswordLength": 200}}
    template = {"Type": "AWS::SecretsManager::Secret", "Properties": properties}
    stacks = deployer.client("cloudformation", cloud.endpoint)
    body = json.dumps({"Resources": {"Key": template}})
    stacks.create_stack(StackName="secrets", TemplateBody=body)
    secrets = deployer.client("secretsmanager", cloud.endpoint)
    name = soon(lambda: secrets.list_secrets()["SecretList"])[0]["Name"]
    value = secrets.get_secret_value(SecretId=name)["SecretString"]
    assert len(value) == 200
    assert value.isalnum()


UNPATCHED = """
import sys
sys.path.insert(0, "")
from infra.local.cloud import emulator, patches
patches.PATCHES = ()
emulator.main()
"""


@pytest.fixture
def unpatched(tmp_path: Path) -> Iterator[LocalCloud]:
    """The emulator as it comes."""
    command = [str(EMULATOR_PYTHON), "-c", UNPATCHED, "--port", "0", "--scratch", str(tmp_path)]
    with (
        fork_server(tmp_path) as forks,
        child("emulator", command, log=tmp_path / "log", port=0, folder=ROOT) as emulator,
    ):
        port = int(emulator.ready["port"])
        yield LocalCloud(f"http://127.0.0.1:{port}", port, tmp_path, emulator, forks)


@pytest.mark.soak
@pytest.mark.control
def test_the_emulator_as_it_comes_fails_these_checks(
    unpatched: LocalCloud, write_assembly: Callable[..., Path], tmp_path: Path
) -> None:
    """Without the patches a second start, a granted answer, mail and OPTIONS are all refused."""
    deployed = deployer.deploy(write_assembly(tmp_path / "out"), unpatched.endpoint, {})
    states = deployer.client("stepfunctions", unpatched.endpoint)
    run, token = start_and_ask(unpatched, deployed, "once")
    with pytest.raises(states.exceptions.ExecutionAlreadyExists):
        start(states, deployed, "once")
    arguments = {"taskToken": token, "output": "{}"}
    answer = attempt(unpatched, deployed, "stepfunctions", "send_task_success", **arguments)
    assert answer == "AccessDeniedException"
    assert send(unpatched, deployed, "desk@example.com") == "AccessDeniedException"
    assert options(unpatched, deployed).status == 403
    states.send_task_failure(taskToken=token, error="Late")
    assert soon(lambda: _status(states, run) != "RUNNING")


def _events(states: Any, run: str, kind: str) -> list[Any]:
    events = states.get_execution_history(executionArn=run)["events"]
    return [event for event in events if event["type"] == kind]


def _status(states: Any, run: str) -> str:
    return str(states.describe_execution(executionArn=run)["status"])
