"""Executions of others against the running local cloud: a state of a machine and a durable function
that wait for us, and a graph that interrupts; what people made of it is what they go on with."""

from __future__ import annotations

import io
import json
import threading
import time
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3
import pytest

from countersign.client import Client, action
from countersign.domain.jobs.handing import AGENT_ACTIONS
from countersign.domain.jobs.job import Status, job_id_of
from examples import durable_function
from examples.step_functions import machine
from infra.local.cloud import deployer
from infra.local.player.signer import Signer
from infra.local.rights import calls
from infra.local.stand import Stand
from tests.e2e.test_agents import charge_of
from tests.rights.judge import demanded, denied, product, unused, used
from tests.rights.tour import ticked
from tests.rights.until import until

pytestmark = [pytest.mark.cloud, pytest.mark.timeout(300)]
ORDER, PAID_BY = "1056", "cus_TomasVarga"
REJECTED = ("rejected", "not this time")


class Theirs:
    """Somebody's machines and functions in the same cloud, with roles of their own."""

    def __init__(self, stand: Stand) -> None:
        self.stand = stand
        self.states = self.client("stepfunctions")
        self.functions = self.client("lambda")
        self.functions.meta.events.register("before-call.lambda.CreateFunction", _durable)

    def client(self, service: str) -> Any:
        """AWS, as they have it."""
        return deployer.client(service, self.stand.cloud.endpoint)

    def role(self, name: str, service: str, *may: Mapping[str, str]) -> str:
        """A role that may what its owner was told to give it, and nothing else."""
        allowed = [{"Effect": "Allow", **one} for one in may]
        trusts = {
            "Effect": "Allow",
            "Principal": {"Service": f"{service}.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
        iam = self.client("iam")
        made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=_policy(trusts))
        iam.put_role_policy(RoleName=name, PolicyName="may", PolicyDocument=_policy(*allowed))
        return str(made["Role"]["Arn"])

    @cached_property
    def billing(self) -> str:
        """The machine that the stage's row names, by the function of it; its ARN."""
        door, queue = (self.stand.function(name) for name in ("CallsBilling", "calls-billing"))
        role = self.role(
            "billing",
            "states",
            {"Action": "lambda:InvokeFunction", "Resource": _arn("lambda", f"function:{door}")},
            {"Action": "sqs:SendMessage", "Resource": _arn("sqs", queue)},
        )
        definition = json.dumps(machine(door))
        made = self.states.create_state_machine(name="billing", definition=definition, roleArn=role)
        return str(made["stateMachineArn"])

    def sends_to_the_queue(self) -> None:
        """From now on its state does not invoke the function."""
        name = self.stand.function("calls-billing")
        definition = json.loads(json.dumps(machine("")))
        sign = definition["States"]["Sign"]
        url = self.client("sqs").get_queue_url(QueueName=name)["QueueUrl"]
        sign["Resource"] = "arn:aws:states:::sqs:sendMessage.waitForTaskToken"
        sign["Parameters"] = {"QueueUrl": url, "MessageBody": sign["Parameters"]["Payload"]}
        self.states.update_state_machine(
            stateMachineArn=self.billing, definition=json.dumps(definition)
        )

    def runs(self, name: str, given: Mapping[str, Any]) -> str:
        """An execution of the machine begins; its ARN."""
        said = json.dumps(given)
        made = self.states.start_execution(stateMachineArn=self.billing, name=name, input=said)
        return str(made["executionArn"])

    def has(self, run: str) -> Mapping[str, Any]:
        """How an execution of theirs stands."""
        return dict(self.states.describe_execution(executionArn=run))

    def heard(self, run: str) -> Any:
        """What its state went on with, once it did."""
        until(lambda: ticked(self.stand) and self.has(run)["status"] != "RUNNING")
        events = self.states.get_execution_history(executionArn=run)["events"]
        told = [e["taskSucceededEventDetails"] for e in events if e["type"] == "TaskSucceeded"]
        return json.loads(told[0]["output"])

    def orders(self) -> None:
        """The durable function of examples/, with AWS's own library."""
        door = self.stand.function("CallsOrders")
        may = {"Action": "lambda:InvokeFunction", "Resource": _arn("lambda", f"function:{door}")}
        mine = ("lambda:CheckpointDurableExecution", "lambda:GetDurableExecutionState")
        self.functions.create_function(
            FunctionName="orders",
            Runtime="python3.11",
            Role=self.role(
                "orders", "lambda", may, *({"Action": one, "Resource": "*"} for one in mine)
            ),
            Handler="durable_function.handler",
            Code={"ZipFile": _zipped(Path(durable_function.__file__))},
            Environment={"Variables": {"CALLS": door, "PYTHONPATH": _LIBRARIES}},
            DurableConfig={"ExecutionTimeout": 400_000, "RetentionPeriodInDays": 1},
            Timeout=60,
        )

    def ended(self) -> Mapping[str, Any]:
        """The durable execution, once it has."""
        ran = self.functions.list_durable_executions_by_function(FunctionName="orders")
        (one,) = ran["DurableExecutions"]
        whole = {"DurableExecutionArn": one["DurableExecutionArn"]}
        until(
            lambda: (
                ticked(self.stand)
                and self.functions.get_durable_execution(**whole)["Status"] != "RUNNING"
            )
        )
        return dict(self.functions.get_durable_execution(**whole))


_LIBRARIES = str(Path(boto3.__file__).parents[1])
"""Where AWS's runtime has boto3; and the library, which its owner packs beside it."""


def _policy(*statements: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def _arn(service: str, rest: str) -> str:
    return f"arn:aws:{service}:{deployer.REGION}:{deployer.ACCOUNT}:{rest}"


def _zipped(file: Path) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.write(file, file.name)
    return made.getvalue()


def _durable(params: dict[str, Any], **_: Any) -> None:
    """The emulator wants a switch beside the settings that are AWS's."""
    body = json.loads(params["body"])
    params["body"] = json.dumps(body | {"DurableConfig": body["DurableConfig"] | {"Enabled": True}})


@pytest.fixture(scope="module")
def theirs(whole_stand: Stand) -> Iterator[Theirs]:
    """They are gone afterwards."""
    there = Theirs(whole_stand)
    yield there
    there.states.delete_state_machine(stateMachineArn=there.billing)
    there.functions.delete_function(FunctionName="orders")


def proposal(stand: Stand, euros: int) -> Mapping[str, Any]:
    """A refund, as it is posted."""
    held = {"order": ORDER, "charge": charge_of(stand, ORDER), "customer": PAID_BY}
    amount = {"minor": 100 * euros, "currency": "EUR"}
    asked = action("payments.refund", **held, amount=amount, reason="requested_by_customer")
    return {"actions": [asked], "reason": "a scratch"}


def decided(stand: Stand, caller: str, key: str, choice: str) -> str:
    """Who may sign that sum does, once they are asked; the job."""
    job = job_id_of("webhook", AGENT_ACTIONS, f"{AGENT_ACTIONS}/{caller}", key)
    people, words = Signer(stand.url), "" if choice == "approve" else REJECTED[1]
    until(lambda: bool(people.decide(job, choice, words, "robin@example.com")))
    return job


def of_whom(said: Mapping[str, Any]) -> tuple[str, str]:
    """How it ended, and a person's words."""
    return said["state"], said["actions"][0]["rejected"]["words"]


def test_a_state_of_theirs_goes_on_with_what_was_decided(
    whole_stand: Stand, theirs: Theirs
) -> None:
    """It waits for a person, whose rejection it hears as they said it; and of one that was stopped
    meanwhile our decision stands, and a case says that nobody heard."""
    said = proposal(whole_stand, 30)
    first, stopped = (theirs.runs(name, said) for name in ("run-1", "run-2"))
    decided(whole_stand, "billing", "run-1", "reject")
    assert of_whom(theirs.heard(first)) == REJECTED
    assert theirs.has(first)["error"] == "NotDone"
    theirs.states.stop_execution(executionArn=stopped)
    job, store = decided(whole_stand, "billing", "run-2", "reject"), whole_stand.deps.store
    until(lambda: ticked(whole_stand) and store.load(job).job.status is Status.ESCALATED)
    assert "waits no more, and was not told: rejected" in store.load(job).job.reason


def test_a_state_that_sends_to_the_queue_hears_the_same_and_what_is_refused_too(
    whole_stand: Stand, theirs: Theirs
) -> None:
    """Its role may send to the one queue. A proposal that is none fails the state, by the name
    that an invocation fails by, with the door's own sentence."""
    theirs.sends_to_the_queue()
    run = theirs.runs("run-3", proposal(whole_stand, 30))
    none = theirs.runs("run-4", {"actions": [], "reason": "nothing"})
    decided(whole_stand, "billing", "run-3", "reject")
    assert of_whom(theirs.heard(run)) == REJECTED
    until(lambda: theirs.has(none)["status"] == "FAILED")
    assert (theirs.has(none)["error"], "at least 1 item" in theirs.has(none)["cause"]) == (
        "ContractBroken",
        True,
    )


def test_a_graph_goes_on_with_what_people_said(whole_stand: Stand) -> None:
    """Its interrupt carries the address; it is resumed with the end."""
    pytest.importorskip("langgraph", reason="the group `graph` is not installed")
    from examples.langgraph_interrupt import handle  # noqa: PLC0415 - without it there is no example

    said, secret = dict[str, Any](), whole_stand.sender.secrets["assistant"]
    there = Client(whole_stand.url, "assistant", secret, sleep=lambda _seconds: time.sleep(0.5))
    (asked,) = proposal(whole_stand, 30)["actions"]
    runs = threading.Thread(target=lambda: said.update(handle(there, "g-1", dict(asked))))
    runs.start()
    decided(whole_stand, "assistant", "g-1", "reject")
    runs.join(90)
    assert of_whom(said) == REJECTED


def test_a_durable_function_goes_on_with_the_receipt(whole_stand: Stand, theirs: Theirs) -> None:
    """Suspended by AWS's own library until a person has signed; then it has what a caller reads."""
    theirs.orders()
    given = {"key": "d-1", "proposal": proposal(whole_stand, 30)}
    begun = theirs.functions.invoke(FunctionName="orders", Payload=json.dumps(given))
    assert json.load(begun["Payload"]) == {"Status": "PENDING"}
    decided(whole_stand, "orders", "d-1", "approve")
    ended = theirs.ended()
    said = json.loads(ended["Result"])
    assert (ended["Status"], said["state"]) == ("SUCCEEDED", "done")
    assert said["actions"][0]["receipt"].startswith("re_")


@pytest.mark.guarantee("T37")
def test_no_call_of_these_doors_is_denied_and_no_right_of_theirs_is_unused(
    whole_stand: Stand, theirs: Theirs
) -> None:
    """Of the functions that executions come by, after the tests above."""
    whole = calls.taken(theirs.stand.cloud.endpoint, whole_stand.cloud.scratch)
    journal = replace(
        whole, calls=tuple(one for one in whole.calls if "FunctionsCalls" in one.role)
    )
    stack = product(journal.names, "local")
    held = {role: may for role, may in stack.roles().items() if role.startswith("FunctionsCalls")}
    uses = frozenset(use for use in used(stack, journal) if use.role in held)
    assert {use.role for use in uses} == set(held)
    assert (calls.refused(journal), denied(stack, held, uses)) == ([], [])
    on_behalf = {one for one in demanded(stack) if one.role in held}
    left = unused(held, uses | on_behalf)
    assert [(role, one.actions) for role, one in left] == []
