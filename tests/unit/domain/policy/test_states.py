"""States of a release: what may follow from policy in shadow, on probation, live."""

from __future__ import annotations

import pytest

from countersign.domain.policy.policy import Answer, PolicyLine, Verdict, joined, stricter
from countersign.domain.policy.release import Limits
from countersign.domain.policy.rules import Finding
from countersign.domain.policy.states import PROBATION, SENTENCES, SHADOW, STATE, found_in, state_of
from tests.builders import verdict
from tests.flows import policy

RUN, ASK, FORBID = Answer.RUN, Answer.ASK, Answer.FORBID
LINES = (
    PolicyLine("runs", ("crm.lead",), RUN),
    PolicyLine("asks", ("crm.memo",), ASK),
    PolicyLine("hands over", ("crm.memo",), ASK, when="fraud", escalate=True),
)


def limits(*said: str) -> Limits:
    """Of a release that says this of its state."""
    return Limits(numbers={}, amounts={}, lists={STATE: said} if said else {})


def judged(action: str, *found: str) -> Verdict:
    """What the policy says to an action when this was found."""
    sentences = [Finding(rule=one, sentence=SENTENCES.get(one, one)) for one in found]
    return policy(*LINES).verdict(action, sentences)


@pytest.mark.parametrize(
    ("said", "state", "found"),
    [
        ((), "live", ""),
        (("live",), "live", ""),
        (("probation",), "probation", PROBATION),
        (("shadow",), "shadow", SHADOW),
        (("alive",), "shadow", SHADOW),
    ],
)
def test_a_release_without_a_state_is_live_and_an_unknown_word_acts_on_nothing(
    said: tuple[str, ...], state: str, found: str
) -> None:
    """What was released before there were states stays live."""
    assert (state_of(limits(*said)), found_in(limits(*said))) == (state, found)


@pytest.mark.parametrize(
    ("action", "would"), [("crm.lead", RUN), ("crm.memo", ASK), ("mail.send", FORBID)]
)
def test_in_shadow_nothing_may_happen_and_what_would_is_kept(action: str, would: Answer) -> None:
    """Every answer becomes forbid, with the reasons of the lines and the state's own."""
    said = judged(action, SHADOW)
    assert (said.answer, said.would) == (FORBID, would)
    assert said.reasons[:-1] == judged(action).reasons
    assert (said.reasons[-1].rule, said.reasons[-1].bare) == (SHADOW, SENTENCES[SHADOW])


def test_on_probation_what_would_run_is_asked_and_everything_else_stays() -> None:
    """What no line allows is not made askable by it."""
    said = judged("crm.lead", PROBATION)
    assert (said.answer, said.would) == (ASK, None)
    assert said.rules == {PROBATION}
    assert judged("crm.memo", PROBATION) == judged("crm.memo")
    assert judged("mail.send", PROBATION) == judged("mail.send")


@pytest.mark.control
def test_control_states_written_as_lines_would_let_everything_be_asked() -> None:
    """The naive design, one more line for all actions, allows what no line speaks about."""
    naive = policy(*LINES, PolicyLine("probation", ("*",), ASK, when=PROBATION))
    found = [Finding(rule=PROBATION, sentence="probation")]
    assert naive.verdict("mail.send", found).answer is ASK


def test_a_job_that_ran_live_may_not_go_on_in_shadow() -> None:
    """Shadow is stricter than everything; and what would have been stays known when joined."""
    live, now = judged("crm.lead"), judged("crm.lead", SHADOW)
    assert stricter(live, now)
    assert joined(now, verdict(ASK, "fraud")).would is RUN
    assert joined(live, now).would is RUN
