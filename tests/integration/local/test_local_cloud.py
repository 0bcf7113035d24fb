"""The local cloud runs a template with real processes, rights and errors."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infra.local.cloud import deployer
from infra.local.cloud.deployer import Deployed, DeployError
from infra.local.cloud.processes import LocalCloud, local_cloud

pytestmark = pytest.mark.cloud

WriteAssembly = Callable[..., Path]

ADDRESSES = {"CRM_BASE_URL": "http://127.0.0.1:8403"}


def execute(cloud: LocalCloud, machine: str, **wishes: bool) -> dict[str, Any]:
    """Run one execution to its end, at most 20 s."""
    states = deployer.client("stepfunctions", cloud.endpoint)
    given = {
        "refuse": False,
        "delete": False,
        "ask": False,
        "quiet": False,
        "wait": False,
        **wishes,
    }
    started = states.start_execution(stateMachineArn=machine, input=json.dumps(given))
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        run: dict[str, Any] = states.describe_execution(executionArn=started["executionArn"])
        if run["status"] != "RUNNING":
            return run
        time.sleep(0.02)
    raise AssertionError("the execution did not end")


def invoke(cloud: LocalCloud, function: str) -> dict[str, Any]:
    client = deployer.client("lambda", cloud.endpoint)
    answer: dict[str, Any] = json.load(client.invoke(FunctionName=function)["Payload"])
    return answer


def test_an_execution_runs_through_the_deployed_handlers(
    cloud: LocalCloud, deployed: Deployed
) -> None:
    """One execution ends well and its write is in the table."""
    run = execute(cloud, deployed.outputs["Machine"])
    assert (run["status"], json.loads(run["output"])["end"]) == ("SUCCEEDED", "done")
    table = deployer.client("dynamodb", cloud.endpoint)
    key = {"pk": {"S": "a"}}
    assert table.get_item(TableName=deployed.outputs["Table"], Key=key)["Item"] == key


def test_what_was_rewritten_is_told(deployed: Deployed) -> None:
    """Each rewrite that touched the template gives one line with a count and a reason."""
    starts = [line.partition(" (")[0] for line in deployed.rewrites]
    assert starts == ["dropped types: 1", "runtimes: 5", "addresses: 1"]
    assert deployed.rewrites[0].endswith(": AWS::Unheard::Of")


def test_a_handler_sees_our_address_and_nothing_of_the_host(
    cloud: LocalCloud, deployed: Deployed
) -> None:
    """The override is there; the host's own variables, here our test runner's, are not."""
    told = invoke(cloud, deployed.outputs["Greet"])
    assert told["address"] == ADDRESSES["CRM_BASE_URL"]
    assert {"PYTEST_CURRENT_TEST", "PYTEST_VERSION", "VIRTUAL_ENV"}.isdisjoint(told["environment"])


def test_an_error_is_caught_by_the_name_of_our_class(cloud: LocalCloud, deployed: Deployed) -> None:
    """Catch works by the class that the handler raised."""
    run = execute(cloud, deployed.outputs["Machine"], refuse=True)
    output = json.loads(run["output"])
    assert (output["end"], output["error"]["Error"]) == ("refused", "RefusedError")


def test_a_callback_whose_function_raises_fails_at_once(
    cloud: LocalCloud, deployed: Deployed
) -> None:
    """The error of the function that should ask reaches the Catch, long before the time-out."""
    run = execute(cloud, deployed.outputs["Machine"], ask=True)
    assert json.loads(run["output"])["error"]["Error"] == "RefusedError"


@pytest.mark.control
def test_what_is_not_granted_is_denied(cloud: LocalCloud, deployed: Deployed) -> None:
    """A role that may only put is refused a delete: the rights are enforced."""
    run = execute(cloud, deployed.outputs["Machine"], delete=True)
    assert run["status"] == "FAILED"
    assert "not authorized to perform: dynamodb:DeleteItem" in run["cause"]


def test_a_change_of_code_restarts_only_the_function_that_changed(
    cloud: LocalCloud, deployed: Deployed, write_assembly: WriteAssembly, tmp_path: Path
) -> None:
    """After an update the changed function has its new code; the other one's process still runs."""
    before = invoke(cloud, deployed.outputs["Greet"]), invoke(cloud, deployed.outputs["Store"])
    again = deployer.deploy(write_assembly(tmp_path, greeting="hi"), cloud.endpoint, ADDRESSES)
    after = invoke(cloud, again.outputs["Greet"]), invoke(cloud, again.outputs["Store"])
    assert (before[0]["told"], after[0]["told"]) == ("hello", "hi")
    assert before[1]["pid"] == after[1]["pid"]


def test_a_deployment_without_change_is_fine(
    cloud: LocalCloud, write_assembly: WriteAssembly, tmp_path: Path
) -> None:
    """Deploying the same assembly again succeeds and gives the same outputs."""
    folder = write_assembly(tmp_path)
    first = deployer.deploy(folder, cloud.endpoint, ADDRESSES)
    assert deployer.deploy(folder, cloud.endpoint, ADDRESSES) == first


def test_a_failed_deployment_names_the_resource_and_recovers(
    write_assembly: WriteAssembly, tmp_path: Path
) -> None:
    """The error lists what failed and why; the next good deployment replaces the wreck."""
    with local_cloud(0) as cloud:
        with pytest.raises(DeployError, match=r"(?s)ROLLBACK_COMPLETE.*\n  Machine \(AWS::Step"):
            deployer.deploy(write_assembly(tmp_path, broken=True), cloud.endpoint, {})
        folder = write_assembly(tmp_path)
        outputs = deployer.deploy(folder, cloud.endpoint, {}).outputs
        assert execute(cloud, outputs["Machine"])["status"] == "SUCCEEDED"
        deployer.delete(folder, cloud.endpoint)
        assert deployer.client("lambda", cloud.endpoint).list_functions()["Functions"] == []
