"""What a stage has for a workflow that goes live, read from what is deployed."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from countersign.domain.approvals.directory import Directory, Member
from countersign.domain.releases.readiness import GREEN
from infra.build import green
from infra.build.readiness import goes_live, reach_somebody, refusals
from infra.build.synth import default_out, synthesize
from infra.cli.releases.standing import before_the_first
from tests.builders import ANA
from tests.states import in_state
from workflows import WORKFLOWS

FLOW = WORKFLOWS["refund_request"]
GREEN_IS_MISSING = f"refund_request may not go live: {GREEN}"


@pytest.fixture
def topic() -> Iterator[str]:
    """A topic to which nobody listens yet."""
    with mock_aws():
        yield boto3.client("sns").create_topic(Name="alarms")["TopicArn"]


def listens(topic: str) -> None:
    """Somebody follows the link in AWS's mail; moto confirms every subscription at once."""
    sns = boto3.client("sns")
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="ops@example.com")


@pytest.mark.usefixtures("made_up_credentials")
def test_a_topic_that_reaches_nobody_is_no_alarm(topic: str) -> None:
    """No subscriber, and no topic at all, reach nobody."""
    assert not reach_somebody([topic])
    listens(topic)
    assert reach_somebody([topic])
    assert not reach_somebody([])


@pytest.mark.usefixtures("made_up_credentials")
def test_a_refusal_says_all_that_is_missing(topic: str) -> None:
    """Owner, confirmed address, row of the dashboard and green run, in one line for each
    workflow."""
    assembly = synthesize("dev", default_out("dev"))
    nobody = Directory(members=())
    (said,) = refusals([FLOW], assembly, nobody, [topic])
    assert said.startswith("refund_request may not go live: ")
    assert f"nobody has the role {FLOW.owner}" in said
    assert "nobody has confirmed the alarms' address" in said
    assert "dashboard" not in said
    stranger = replace(FLOW, id="stranger")
    (other,) = refusals([stranger], assembly, nobody, [topic])
    assert "the dashboard has no row for it" in other
    listens(topic)
    owner = Directory(members=(Member(person=ANA, roles=(FLOW.owner,)),))
    assert list(refusals([FLOW], assembly, owner, [topic])) in ([], [GREEN_IS_MISSING])


def test_only_what_becomes_live_is_asked_for_it() -> None:
    """In shadow and on probation nothing is demanded yet."""
    assert goes_live(before_the_first(in_state("shadow"))) == frozenset()
    assert goes_live(before_the_first(in_state("live"))) == {*WORKFLOWS}


def test_a_green_run_is_of_the_code_that_it_ran_on(tmp_path: Path) -> None:
    """Another digest, and none, are no green run of this code."""
    file = tmp_path / "green.json"
    assert green.recorded(file) == ""
    green.record(file)
    assert green.recorded(file) == green.digest()
    file.write_text(json.dumps({"digest": "0" * 64}) + os.linesep)
    assert green.recorded(file) == ""
