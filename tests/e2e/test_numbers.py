"""20 jobs with faults on the local cloud: an operator is told what the state machine's own
histories and who dealt the faults say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from countersign.domain.approvals.approval import Choice
from countersign.domain.jobs.job import Status
from infra.build.code import SOURCE
from infra.cli.questions import failing, overrides, stuck
from infra.cli.questions.lines import FunctionLogs
from infra.cli.submit import post_webhook
from infra.local.cloud import deployer
from infra.local.front.samples import SampleFault
from infra.local.stand import Plan, Stand
from infra.local.stand import stand as started
from infra.settings import ROOT
from tests.e2e.waiting import decide, reaches
from tests.fakes.journey import form

pytestmark = [pytest.mark.cloud, pytest.mark.soak, pytest.mark.timeout(600)]

SIGNED, REJECTED, LEFT, NOWHERE, STOPPED, DOWN = 6, 3, 3, 3, 3, 2
NO_FAILURE = {"NotYourTurn", "ConnectorBusy", "Joined", "Dismissed", "StaleExecution"}
"""Of which no step says that it failed."""
MANY = 1_000
EVENTS = ROOT / "events"


@pytest.fixture(scope="module")
def alone() -> Iterator[Stand]:
    """Everything that `make run` starts, without other tests' jobs."""
    with started(Plan(port=0, code=SOURCE), lambda _: None) as running:
        yield running


def lead(stand: Stand, number: int, **fields: Any) -> str:
    """A web form of a new customer came through the door; its job."""
    who = {"email": f"ada@firm{number}.example", "company": f"Firm {number} GmbH"}
    body = form(**{"country": "Germany", **who, **fields})
    door = (stand.url, "lead_intake", stand.webhook_secret, f"numbers-{number}", body)
    return post_webhook(*door).job_id


def refund(stand: Stand, begins: str) -> str:
    """The request of a sample came through the door; its job."""
    (body,) = EVENTS.glob(f"{begins}*/event.json")
    door = (stand.url, "refund_request", stand.webhook_secret, begins, body.read_bytes())
    return post_webhook(*door).job_id


def raised(stand: Stand) -> Counter[tuple[str, str]]:
    """What the state machine was told of, by state and error, of all executions."""
    states = deployer.client("stepfunctions", stand.cloud.endpoint)
    found = Counter[tuple[str, str]]()
    machine = stand.outputs["StateMachineArn"]
    for run in states.list_executions(stateMachineArn=machine)["executions"]:
        state = ""
        for event in states.get_execution_history(executionArn=run["executionArn"])["events"]:
            state = event.get("stateEnteredEventDetails", {}).get("name", state)
            if event["type"].endswith("Failed") and "taskFailedEventDetails" in event:
                error = event["taskFailedEventDetails"]["error"]
                found[state, error] += error not in NO_FAILURE
    return +found


def test_twenty_jobs_are_told_as_they_were_left(alone: Stand) -> None:  # noqa: C901 - one story
    """Causes, steps, and what people decided, each as often as it was."""
    stand, numbers = alone, iter(range(SIGNED + REJECTED + LEFT + NOWHERE + STOPPED))
    kinds = {
        kind: [lead(stand, next(numbers), **more) for _ in range(count)]
        for kind, count, more in (
            ("signed", SIGNED, {}),
            ("rejected", REJECTED, {}),
            ("left", LEFT, {}),
            ("nowhere", NOWHERE, {"country": "Mongolia", "phone": "+976 7012 0142"}),
            ("stopped", STOPPED, {}),
        )
    }
    stand.provider.fails(
        SampleFault(system="payments", fault="unavailable", which="any", times=MANY)
    )
    down = [refund(stand, sample) for sample in ("31-", "49-")]
    for kind, jobs in kinds.items():
        wanted = Status.ESCALATED if kind == "nowhere" else Status.WAITING_FOR_REVIEW
        for job in jobs:
            reaches(stand, job, wanted)
    for job in kinds["signed"]:
        decide(stand.url, job, Choice.APPROVE)
    for job in kinds["rejected"]:
        decide(stand.url, job, Choice.REJECT, "not this one")
    for job in (*kinds["signed"], *kinds["rejected"]):
        reaches(stand, job, Status.COMPLETED)
    states = deployer.client("stepfunctions", stand.cloud.endpoint)
    execution = stand.outputs["StateMachineArn"].replace(":stateMachine:", ":execution:")
    for job in kinds["stopped"]:
        states.stop_execution(executionArn=f"{execution}:{job}")
    for job in kinds["stopped"]:
        reaches(stand, job, Status.FAILED)

    for job in down:
        reaches(stand, job, Status.PARKED)
    stand.provider.works()

    groups, _ = stuck.gather(stand.deps, 0, MANY)
    stands = Counter[str]()
    for group in groups:
        stands[group.status] += group.count
    assert stands == {
        "WAITING_FOR_REVIEW": LEFT,
        "ESCALATED": NOWHERE,
        "FAILED": STOPPED,
        "PARKED": DOWN,
    }
    found, _ = overrides.gather(stand.deps, 1, MANY)
    said = {one.name: (one.seen.hits, one.seen.n) for one in found["workflow"]}
    assert said == {"lead_intake": (REJECTED, SIGNED + REJECTED)}
    stack = stand.outputs["StateMachineArn"].rpartition(":")[2].removesuffix("-jobs")
    lines = FunctionLogs(stack, deployer.client("logs", stand.cloud.endpoint))
    steps, _ = failing.gather(stand.deps, lines, timedelta(hours=1), 0, MANY)
    told = {(one.step, one.what): one.count for one in steps}
    assert told == {**raised(stand), ("machine", "execution ended"): STOPPED}
    assert told["Look", "Unavailable"] >= DOWN
