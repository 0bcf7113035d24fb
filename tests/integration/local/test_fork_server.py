"""Processes for the functions come from the fork server, and new code needs no new deployment."""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infra.local.cloud import deployer
from infra.local.cloud.deployer import Deployed
from infra.local.cloud.fork_client import answer_of, forked
from infra.local.cloud.fork_server import shown
from infra.local.cloud.processes import LocalCloud
from infra.local.reload import check, renew
from tests.integration.local.test_local_cloud import invoke

pytestmark = pytest.mark.cloud


def soon(true: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.02)
    return true()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = 1\n", ""),
        ("x = 1\ny = (\n", "code/one.py:2: SyntaxError: '(' was never closed"),
        ("x = 1\n\nprint(y)\n", "code/one.py:3: NameError: name 'y' is not defined"),
        ("import two\n", "code/two.py:1: ModuleNotFoundError: No module named 'three'"),
        ("import os\nos._exit(1)\n", "the process that imported it died"),
    ],
)
def test_a_fault_at_import_is_one_line_with_its_place(
    cloud: LocalCloud, tmp_path: Path, text: str, said: str
) -> None:
    """The line names the last file of ours on the way to the fault, and healed code has none."""
    code = tmp_path / "code"
    code.mkdir()
    (code / "one.py").write_text(text)
    if "two" in text:
        (code / "two.py").write_text("import three\n")
    assert check(cloud, code) == said
    for module in code.glob("*.py"):
        module.write_text("healed = True\n")
    assert check(cloud, code) == ""


def test_a_renewal_lets_who_serves_finish_and_gives_the_next_a_new_process(
    cloud: LocalCloud, deployed: Deployed
) -> None:
    """An invocation in flight ends by the process that began it; idle ones are replaced."""
    before = invoke(cloud, deployed.outputs["Greet"])["pid"]
    machine, table = deployed.outputs["Machine"], deployed.outputs["Table"]
    states = deployer.client("stepfunctions", cloud.endpoint)
    given = {"refuse": False, "delete": False, "ask": False, "quiet": False, "wait": True}
    run = states.start_execution(stateMachineArn=machine, input=json.dumps(given))["executionArn"]
    assert soon(lambda: _entered(states, run) == ["Greet", "Store"])
    renew(cloud)
    assert invoke(cloud, deployed.outputs["Greet"])["pid"] != before
    go = {"pk": {"S": "go"}}
    database = deployer.client("dynamodb", cloud.endpoint)
    database.put_item(TableName=table, Item=go)
    try:
        assert soon(lambda: states.describe_execution(executionArn=run)["status"] == "FAILED")
        assert states.describe_execution(executionArn=run)["error"] == "ValueError"
    finally:
        database.delete_item(TableName=table, Key=go)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has names of processes there")
def test_a_function_s_process_is_named_after_it(cloud: LocalCloud, deployed: Deployed) -> None:
    """`ps` and `make bench` tell the processes apart by the end of the function's name."""
    name = deployed.outputs["Greet"]
    pid = invoke(cloud, name)["pid"]
    assert Path(f"/proc/{pid}/comm").read_text().strip() == shown(name)


def test_a_function_answers_from_the_code_as_it_is(cloud: LocalCloud, tmp_path: Path) -> None:
    """Each call is a new process: what was saved since the last one is what answers."""
    for word in ("first", "next"):
        (tmp_path / "said.py").write_text(f"def to(name):\n    return ['{word}', name]\n")
        told = answer_of(str(cloud.fork_socket), str(tmp_path), "said:to", "Ann")
        assert told == [word, "Ann"]


def test_checked_code_runs_until_a_newer_one_was_checked_without_a_fault(
    cloud: LocalCloud, tmp_path: Path
) -> None:
    """What is saved meanwhile, or does not even import, is not what answers; but for a request that
    fits into no packet, which a process of its own reads."""
    said = tmp_path / "said.py"

    def checked(word: str) -> list[str]:
        said.write_text(f"def to(name):\n    return ['{word}', name]\n")
        assert check(cloud, tmp_path) == ""
        said.write_text("saved = 'since then'\n")
        told: list[str] = answer_of(str(cloud.fork_socket), str(tmp_path), "said:to", "Ann")
        return told

    assert checked("first") == ["first", "Ann"]
    said.write_text("def to(name):\n    return name[:3]\n")
    long = "Ann" * 100_000
    assert answer_of(str(cloud.fork_socket), str(tmp_path), "said:to", long) == "Ann"
    said.write_text("x = (\n")
    assert "SyntaxError" in check(cloud, tmp_path)
    assert answer_of(str(cloud.fork_socket), str(tmp_path), "said:to", "Ben") == ["first", "Ben"]
    assert checked("next") == ["next", "Ann"]


def _entered(states: Any, run: str) -> list[str]:
    history = states.get_execution_history(executionArn=run)["events"]
    entered = [event.get("stateEnteredEventDetails", {}).get("name") for event in history]
    return [name for name in entered if name]


def test_a_function_s_process_ends_with_whoever_asked_for_it(
    cloud: LocalCloud, tmp_path: Path
) -> None:
    """The emulator kills its child, the client; what serves behind it goes too."""
    (tmp_path / "x.py").write_text(SLEEPER)
    environment = {"_HANDLER": "x.y", "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9"}
    environment["AWS_LAMBDA_FUNCTION_NAME"] = "x"
    asked = {"code": str(tmp_path), "environment": environment}
    with forked(str(cloud.fork_socket), "serve", asked):
        assert soon((tmp_path / "pid").exists)
    pid = int((tmp_path / "pid").read_text())
    assert soon(lambda: not Path(f"/proc/{pid}").exists())


SLEEPER = """
import os, time
open("pid.new", "w").write(str(os.getpid()))
os.rename("pid.new", "pid")
time.sleep(60)
"""
