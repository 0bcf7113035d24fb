"""Where two jobs part."""

from __future__ import annotations

from countersign.domain.contract import Stored
from countersign.domain.jobs.job import Status
from countersign.domain.ledger.entry import ActionStatus
from countersign.domain.policy.policy import Answer
from countersign.domain.policy.proposal import Usage
from countersign.domain.policy.rules import Finding, Findings
from countersign.domain.reporting.compare import compared
from countersign.domain.reporting.metrics import NOBODY, reader_of
from countersign.domain.reporting.usage import usage_of
from tests.builders import fact, held, job, proposal, record
from tests.unit.domain.policy.test_calls import call


def test_all_that_either_has_is_told_and_what_cannot_be_read_is_nothing() -> None:
    """Facts, findings, policy's word and its end; two actions of a name stand together."""
    found = Findings(found=(Finding(rule="a.b", sentence="it is", value="", threshold=""),))
    said = proposal({"order": fact("1053")})
    results = {"proposal": Stored.of(said), "findings": Stored.of(found)}
    ledger = (held(0), held(1, answer=Answer.ASK, status=ActionStatus.REJECTED, note="no"))
    one = record(ledger, results=results)
    old = results["findings"].model_copy(update={"version": 99})
    other = record(job=job(Status.ESCALATED), results={"findings": old})
    told = {name: (left, right) for name, left, right in compared(one, other)}
    assert told["status"] == ("PROCESSING", "ESCALATED")
    assert told["fact order"] == ("1053", "")
    assert told["found a.b"] == ("It is.", "")
    assert told["policy of crm.memo"] == ("run; ask", "")
    assert told["became of crm.memo"][0].endswith("rejected no")
    assert told["release"][0] == told["release"][1]


def test_what_a_model_cost_is_the_proposals_or_that_of_answers_in_vain() -> None:
    """A proposal of other code is none."""
    said = proposal()
    held_as = Stored.of(said)
    assert usage_of(record(results={"proposal": held_as})) == said.usage
    old = held_as.model_copy(update={"version": 99})
    assert usage_of(record(results={"proposal": old})).calls == 0
    vain = call(0, 0).model_copy(update={"usage": Usage(calls=2)})
    assert usage_of(record(results={"answer.0": Stored.of(vain)})).calls == 2
    assert [reader_of(record(results=one)) for one in ({"proposal": held_as}, {})] == [
        "scripted",
        NOBODY,
    ]
