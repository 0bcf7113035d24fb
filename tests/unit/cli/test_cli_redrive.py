"""`countersign redrive`, `cost` and `follow`: what stands still goes on, what it costs, what is
going on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from countersign.domain.errors import Unavailable
from countersign.domain.jobs.job import Status
from countersign.entrypoints.execution_events import record_end
from infra.cli.hands.letters import Letters, addressed
from infra.cli.target import DEAD_LETTERS, LOST_OUTCOMES, Target, TargetError, variables
from tests.fakes.journey import Journey, accept, form
from tests.unit.cli.terminal import Terminal

BY = ("--by", "kim", "--reason", "the CRM is back")


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str]) -> Terminal:
    terminal = Terminal(capsys)
    terminal.forgets()
    return terminal


def lead(terminal: Terminal, number: int = 1) -> Journey:
    """A lead that has just been accepted."""
    body = form(email=f"ada{number}@firm{number}.example", country="Germany")
    return Journey(terminal.world, accept(terminal.world, body, event=f"lead-{number}"))


def dies(terminal: Terminal, journey: Journey) -> Journey:
    """Its execution is killed."""
    journey.stops_before("Act")
    assert record_end(terminal.world.deps, journey.job_id, journey.job_id, "ABORTED")
    terminal.world.executions.dead.add(journey.job_id)
    terminal.forgets()
    return journey


def is_parked(terminal: Terminal, journey: Journey) -> None:
    terminal.world.crm.fails_with(Unavailable("down"), times=30)
    assert journey.goes() == "Park"
    terminal.world.crm.works_again()


def is_left(terminal: Terminal, journey: Journey) -> None:
    journey.stops_before("Act")
    terminal.world.executions.dead.add(journey.job_id)


@pytest.mark.parametrize(
    ("arrange", "status"),
    [(dies, Status.RETRYING), (is_parked, Status.RETRYING), (is_left, Status.RETRYING)],
)
def test_a_job_that_stands_still_goes_on(
    terminal: Terminal, arrange: Callable[[Terminal, Journey], object], status: Status
) -> None:
    """Killed, parked, or with an execution that is gone: a new one takes it over, by name and with
    the reason in its trail."""
    journey = lead(terminal)
    arrange(terminal, journey)
    terminal.forgets()
    data = terminal.json("redrive", journey.job_id, *BY)
    assert data == {"job_id": journey.job_id, "status": status.value}
    assert (f"{journey.job_id}-2", journey.job_id) in terminal.world.executions.started
    last = journey.record.audit[-1]
    assert last.actor == "person:kim"


def test_one_that_has_not_begun_is_queued_again(terminal: Terminal) -> None:
    """The queue may have lost it; started twice it is one execution."""
    journey = lead(terminal)
    assert terminal.json("redrive", journey.job_id, *BY)["status"] == "PENDING"
    assert terminal.world.queue.sent == [journey.job_id]


def test_what_is_not_to_be_redriven_is_left(terminal: Terminal) -> None:
    """A case, work under way, nobody of the directory, no reason, two wishes at once."""
    journey = lead(terminal)
    journey.stops_before("Act")
    for words, code, said in (
        ((terminal.job, *BY), 1, "is ESCALATED"),
        ((journey.job_id, *BY), 1, "is PROCESSING"),
        ((journey.job_id, "--by", "ana", "--reason", "x"), 1, "needs one of the roles"),
        ((journey.job_id, "--by", "kim"), 1, "needs a reason"),
        ((journey.job_id, "--failed", *BY), 2, "say a JOB, --failed"),
        ((), 2, "say a JOB, --failed"),
    ):
        ended, _, err = terminal.types("redrive", *words)
        assert (ended, said in " ".join(err.split())) == (code, True), words
    assert terminal.world.executions.started == []


def test_all_that_failed_within_the_window_goes_on(terminal: Terminal) -> None:
    """Counted first; what failed before the window stays; one refusal leaves the others."""
    old = dies(terminal, lead(terminal, 1))
    terminal.world.clock.passes(hours=7)
    new = [dies(terminal, lead(terminal, number)) for number in (2, 3)]
    code, out, err = terminal.types("redrive", "--failed", "--since", "6", *BY, "--yes")
    assert (code, out) == (0, "2 ok, 0 failed, 0 pending\n")
    assert "2 jobs that failed in the last 6 h" in err
    assert {one.record.job.status for one in new} == {Status.RETRYING}
    assert old.record.job.status is Status.FAILED
    words = ("--failed", "--since", "9", "--by", "ana", "--reason", "x", "--json")
    code, out, _ = terminal.types("redrive", *words)
    assert (code, json.loads(out)) == (1, {"ok": 0, "failed": 1, "pending": 0})


@pytest.fixture
def queues(made_up_credentials: None) -> Iterator[tuple[Letters, Any]]:
    """Dead letters and an intake queue, on moto."""
    del made_up_credentials
    with mock_aws():
        sqs = boto3.client("sqs")
        dead, intake = (sqs.create_queue(QueueName=one)["QueueUrl"] for one in ("dead", "intake"))
        yield Letters(dead, intake), sqs


def test_dead_letters_of_the_intake_go_back_to_it(
    terminal: Terminal, queues: tuple[Letters, Any]
) -> None:
    """As they were; what a function that is gone was to take stays."""
    letters, sqs = queues
    for number in range(11):
        sqs.send_message(QueueUrl=letters.url, MessageBody=json.dumps({"job_id": f"j-{number}"}))
    terminal.letters[DEAD_LETTERS] = letters
    assert terminal.json("redrive", "--letters", "dlq") == {"ok": 11, "failed": 0, "pending": 0}
    assert letters.count() == 0
    attributes = sqs.get_queue_attributes(QueueUrl=letters.back_to, AttributeNames=["All"])
    assert attributes["Attributes"]["ApproximateNumberOfMessages"] == "11"
    envelope = {"requestContext": {"functionArn": "gone:$LATEST"}, "requestPayload": {}}
    sqs.send_message(QueueUrl=letters.url, MessageBody=json.dumps(envelope))
    code, out, err = terminal.types("redrive", "--letters", "dlq", "--yes")
    assert (code, out, "gone" in err) == (1, "0 ok, 1 failed, 0 pending\n", True)


def test_a_letter_that_nobody_can_read_holds_up_no_other(
    terminal: Terminal, queues: tuple[Letters, Any]
) -> None:
    """It is told and stays; those after it are sent."""
    letters, sqs = queues
    for body in ("no json", json.dumps({"job_id": "j-1"})):
        sqs.send_message(QueueUrl=letters.url, MessageBody=body)
    terminal.letters[DEAD_LETTERS] = letters
    code, out, err = terminal.types("redrive", "--letters", "dlq", "--yes")
    assert (code, out) == (1, "1 ok, 1 failed, 0 pending\n")
    assert "it is no JSON, so it stays" in err


def test_a_failed_event_goes_where_it_was_to_go() -> None:
    """A function's envelope to the function, what a rule could not deliver to its target."""
    arn = "arn:aws:lambda:eu-west-1:1:function:Tick"
    given = {"requestContext": {"functionArn": f"{arn}:$LATEST"}, "requestPayload": {"time": 1}}
    assert addressed({"Body": json.dumps(given)}) == (arn, '{"time": 1}')
    event = json.dumps({"source": "aws.s3"})
    for target, function in ((arn, arn), ("arn:aws:sqs:eu-west-1:1:intake", "")):
        said = {"TARGET_ARN": {"StringValue": target}}
        assert addressed({"Body": event, "MessageAttributes": said}) == (function, event)


def test_a_target_that_names_no_letters_says_so(terminal: Terminal) -> None:
    """A stage of older code has not these outputs; `make run` writes them."""
    with pytest.raises(TargetError, match="older code"):
        Target("", "", terminal.settings).letters(DEAD_LETTERS)
    names = ("JobsTable", "PayloadsBucket", "UploadsBucket", "IntakeQueueUrl", "StateMachineArn")
    held = variables({**dict.fromkeys(names, "x"), "IntakeDeadUrl": "dead"})
    assert held["INTAKE_DEAD_URL"] == "dead"


def test_what_became_of_campaign_mails_goes_back_to_its_own_queue(terminal: Terminal) -> None:
    """And not to the queue by which jobs begin."""
    own = terminal.settings.model_copy(update={"intake_queue_url": "intake"})
    dead = {LOST_OUTCOMES: "lost", DEAD_LETTERS: "dead"}
    there = Target("", "", own, dead=dead, outcomes_queue="became")
    assert there.letters(LOST_OUTCOMES) == Letters("lost", "became")
    assert there.letters(DEAD_LETTERS) == Letters("dead", "intake")


def test_the_models_bill_is_by_workflow_and_model(terminal: Terminal) -> None:
    """The calls and tokens of all jobs, and what one costs."""
    lead(terminal).goes()
    terminal.forgets()
    (line,) = terminal.json("cost")["cost"]
    assert (line["workflow"], line["model"], line["jobs"]) == ("lead_intake", "scripted", 2)
    assert (line["calls"], line["input_tokens"], line["output_tokens"]) == (2, 1800, 600)
    code, out, _ = terminal.types("cost")
    assert (code, "1800 / 600" in out) == (0, True)
    assert max(map(len, out.splitlines())) <= 80
    terminal.world.clock.passes(days=3)
    assert terminal.types("cost", "--days", "1")[1] == "No jobs in the last 1 days.\n"


def test_a_job_is_followed_until_it_ends(terminal: Terminal) -> None:
    """Each moment once; one that goes on waiting ends with 1 and says for whom."""
    code, out, _ = terminal.types("follow", terminal.job)
    assert (code, "handed to a person" in out) == (0, True)
    waits = lead(terminal)
    waits.goes()
    terminal.forgets()
    code, out, err = terminal.types("follow", waits.job_id, "--seconds", "3", "--json")
    moments = [json.loads(line) for line in out.splitlines()]
    assert len(moments) == len(waits.record.audit)
    assert (code, "Ana Costa or Ben Okafor" in err) == (1, True)
