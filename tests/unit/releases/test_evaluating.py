"""Evaluating: each question is paid once, within a budget, and nothing is done."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from itertools import islice
from typing import Any

import pytest

from countersign.domain.contract import Stored
from countersign.domain.errors import Unavailable
from countersign.domain.policy.proposal import Proposal, Usage
from countersign.domain.policy.release import Release
from countersign.domain.ports import ModelAnswer, ModelRequest
from countersign.domain.releases.comparing import Compared, Subject, subject_of
from countersign.domain.releases.evaluation import evaluation
from countersign.domain.releases.past import Past, past
from countersign.domain.workflow import Workflow
from countersign.model.segments import SUFFIX
from countersign.releases.evaluating import (
    Asker,
    OverBudget,
    Proposes,
    compared,
    heuristics,
    made,
)
from infra.cli.evaluate.inputs import case_subjects
from tests.fakes.world import FakePayloads
from tests.unit.steps import refunds
from workflows import WORKFLOWS

FLOW = WORKFLOWS["refund_request"]
OTHER = FLOW.release.model_copy(update={"prompt": "other"})
CANDIDATE = FLOW.release.model_copy(update={"prompt": f"{FLOW.release.prompt}\nBe bold."})


class Prompted:
    """A model that says of the order what its prompt makes it say."""

    def __init__(self, bold: Mapping[str, Any]) -> None:
        self.asked: list[ModelRequest] = []
        self.broken: Exception | None = None
        self._bold = bold

    def answer(self, request: ModelRequest, seconds: float) -> ModelAnswer:  # noqa: ARG002 - the port's
        self.asked.append(request)
        if self.broken:
            raise self.broken
        said = dict(FLOW.offline(request.messages[1][1]))
        if "Be bold." in request.messages[0][1]:
            said |= self._bold
        usage = Usage(calls=1, input_tokens=900, output_tokens=300)
        return ModelAnswer(json.dumps(said), "prompted", offline=False, usage=usage)


def job() -> Past:
    """A refund above the limit, which waits for a signature."""
    made_ = refunds.world()
    return past(refunds.asks_for(made_, "1045", 79_900).record)


def asker(model: Prompted, most: str = "1", payloads: FakePayloads | None = None) -> Asker:
    """With so many dollars."""
    return Asker(model, payloads or FakePayloads(), Decimal(most))


def beside(of: Subject, current: Release | None, proposes: Proposes) -> Compared:
    """The candidate beside the current release."""
    return compared(FLOW, of, (current, CANDIDATE), (proposes, proposes))


def test_a_model_that_changed_behind_its_name_is_seen_by_asking_again() -> None:
    """What is kept stands beside what is new, and is replaced by it."""
    of, payloads = subject_of(job()), FakePayloads()
    flow = replace(FLOW, release=CANDIDATE)
    first = made(flow, of, asker(Prompted({}), payloads=payloads).proposal)
    changed = asker(Prompted({"order": None}), payloads=payloads)
    both = (changed.proposal, changed.anew)
    found = compared(FLOW, of, (CANDIDATE, CANDIDATE), both)
    assert (found.before, found.after == first) == (first, False)
    assert made(flow, of, changed.proposal) == found.after


def test_a_candidate_is_asked_and_the_current_release_is_what_is_stored() -> None:
    """The job is the current release's: its answer is there already. One of another release is
    asked of both."""
    of, model = subject_of(job()), Prompted({})
    found = beside(of, FLOW.release, asker(model).proposal)
    assert [one.messages[0][1] for one in model.asked] == [CANDIDATE.prompt]
    assert found.before
    assert found.before.wanted == found.after.wanted
    beside(of, OTHER, asker(model).proposal)
    assert len(model.asked) == 3
    assert beside(of, None, heuristics).before == found.before


def test_what_people_corrected_is_not_taken_for_the_models_answer() -> None:
    """The current release is asked anew."""
    stored, model = job(), Prompted({})
    said = stored.record.result("proposal", Proposal)
    name = next(iter(said.facts))
    theirs = said.facts[name].model_copy(update={"by": "ines"})
    corrected = said.model_copy(update={"facts": {**said.facts, name: theirs}})
    results = {**stored.record.results, "proposal": Stored.of(corrected)}
    of = subject_of(replace(stored, record=replace(stored.record, results=results)))
    beside(of, FLOW.release, asker(model).proposal)
    assert len(model.asked) == 2


def test_a_question_is_paid_once() -> None:
    """The second time it is read, with what it cost and took then."""
    of, payloads = subject_of(job()), FakePayloads()
    flow = replace(FLOW, release=CANDIDATE)
    first = made(flow, of, asker(Prompted({}), payloads=payloads).proposal)
    silent = Prompted({})
    again = asker(silent, payloads=payloads)
    assert made(flow, of, again.proposal) == first
    assert (silent.asked, again.spent.calls, first.usd > 0) == ([], 0, True)


def test_a_budget_that_has_no_room_asks_nothing_and_one_lost_answer_costs_its_worst() -> None:
    """What nobody answered may have been paid for."""
    of, model = subject_of(job()), Prompted({})
    with pytest.raises(OverBudget):
        made(FLOW, of, asker(model, "0.000001").proposal)
    assert model.asked == []
    model.broken = Unavailable("away")
    lost = asker(model)
    with pytest.raises(Unavailable):
        made(FLOW, of, lost.proposal)
    assert (lost.spent.calls, lost.spent.held, lost.spent.usd > 0) == (1, Decimal(0), True)


def test_an_answer_that_stays_wrong_is_the_candidates_trouble() -> None:
    """Asked, shown its faults, asked of the larger size, and nothing is made of the input."""
    model = Prompted({"order": 7})
    found = made(replace(FLOW, release=CANDIDATE), subject_of(job()), asker(model).proposal)
    assert (found.wanted, "stayed wrong" in found.trouble, len(model.asked)) == ((), True, 3)


@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_cases_are_judged_as_their_author_said(workflow: str) -> None:
    """By the heuristics and the case's own script: whatever an evaluation calls wrong is the
    model's, and no fault of the evaluation."""
    flow = WORKFLOWS[workflow]
    found = evaluation(
        [
            compared(flow, one, (None, flow.release), (heuristics, heuristics))
            for one in islice(case_subjects(flow, scripted=True), 12)
        ]
    )
    side = found.after
    assert found.wrong == ()
    assert side.right_verdicts.hits == side.right_verdicts.n > 0
    assert side.right_facts.hits == side.right_facts.n
    assert side.trouble.hits == 0


def test_a_long_input_is_read_in_segments_each_repaired_once() -> None:
    """As the step does it: the same facts as the heuristics find, and every segment asked."""
    flow = WORKFLOWS["transcript_summary"]
    of = next(case_subjects(flow, scripted=True))
    assert flow.segmented
    answers = Segmented(flow)
    found = made(flow, of, Asker(answers, FakePayloads(), Decimal(1)).proposal)
    assert found == made(flow, of, heuristics).model_copy(
        update={"usd": found.usd, "calls": 3, "milliseconds": found.milliseconds}
    )
    assert answers.repairs == 1


class Segmented:
    """A model of the heuristics that gives one wrong answer about a segment first."""

    def __init__(self, flow: Workflow[Any]) -> None:
        self._flow = flow
        self.repairs = 0

    def answer(self, request: ModelRequest, seconds: float) -> ModelAnswer:  # noqa: ARG002 - the port's
        shown = request.messages[1][1]
        assert self._flow.segmented
        if not request.schema_name.endswith(SUFFIX):
            said: Any = self._flow.offline(shown)
        elif len(request.messages) > 2:
            self.repairs += 1
            said = self._flow.segmented.offline(shown)
        else:
            said = {}
        usage = Usage(calls=1, input_tokens=900, output_tokens=300)
        return ModelAnswer(json.dumps(said), "prompted", offline=False, usage=usage)
