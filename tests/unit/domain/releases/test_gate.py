"""The gate lets a workflow go one step at a time, with what it has shown, or with a kept reason."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

import pytest

from countersign.domain.approvals.approval import Choice
from countersign.domain.jobs.change import JobRecord
from countersign.domain.policy.policy import Answer
from countersign.domain.policy.states import PROBATION, State
from countersign.domain.releases.gate import Shown, Step, decided, needed, percent, refusal
from countersign.domain.reporting.sampling import rate_of
from tests.builders import approval, decision, held, record

BELOW = Decimal("0.01")
NOTHING = Shown(marks=rate_of(0, 0), decisions=rate_of(0, 0))


def shown(marks: int = 0, wrong: int = 0, of: int = 0) -> Shown:
    """So many marks, and so many wrong of these decisions."""
    return Shown(marks=rate_of(0, marks), decisions=rate_of(wrong, of))


@pytest.mark.parametrize(
    ("before", "after", "seen", "said"),
    [
        (None, "shadow", NOTHING, ""),
        (None, "live", NOTHING, "from nowhere to live leaves a step out"),
        (None, "probation", NOTHING, "from nowhere to probation leaves a step out"),
        ("shadow", "live", shown(marks=90, of=900), "from shadow to live leaves a step out"),
        ("shadow", "probation", NOTHING, "nobody has marked"),
        ("shadow", "probation", shown(marks=1), ""),
        ("probation", "live", NOTHING, "381 more without an error"),
        ("probation", "live", shown(of=380), "below 1.0 % needs 1 more"),
        ("probation", "live", shown(of=381), ""),
        ("probation", "live", shown(wrong=1, of=381), "1 of 381 decisions were wrong"),
        ("live", "live", NOTHING, ""),
        ("live", "probation", NOTHING, ""),
        ("live", "shadow", NOTHING, ""),
    ],
)
def test_each_step_forward_needs_what_was_shown(
    before: State | None, after: State, seen: Shown, said: str
) -> None:
    """One step at a time; below one per cent never before 381 decisions without an error; back is
    always allowed."""
    told = refusal(Step(before, after, ""), seen, BELOW)
    assert said in told
    assert bool(told) == bool(said)


def test_a_step_is_left_out_with_a_reason() -> None:
    """The reason is a part of the release, and so it is kept."""
    assert refusal(Step(None, "live", "it was live before there were states"), NOTHING, BELOW) == ""


@pytest.mark.control
def test_control_the_share_that_was_seen_lets_everything_pass_at_once() -> None:
    """The naive gate compares what was seen: nothing wrong of three is below one per cent."""
    assert rate_of(0, 3).rate == 0
    assert "378 more" in refusal(Step("probation", "live", ""), shown(of=3), BELOW)


def test_what_no_number_of_decisions_shows_is_said() -> None:
    """A bound so small that nobody ever decides so often."""
    assert needed(rate_of(0, 0), Decimal("0.000001")) == 0
    told = refusal(Step("probation", "live", ""), NOTHING, Decimal("0.000001"))
    assert "a bound that can be shown" in told
    assert percent(0.0101) == "1.1 %"


def on_probation(
    choice: Choice | None, *, via: Literal["link", "expiry"] = "link", edited: str = "",
    rule: str = PROBATION,
) -> JobRecord:  # fmt: skip
    """A job on probation that somebody decided about."""
    entry = held(0, "crm.memo", Answer.ASK, rule, edited_by=edited)
    asked = approval(entry)
    if choice:
        said = decision(asked, choice).model_copy(update={"via": via})
        asked = asked.model_copy(update={"decision": said})
    return record((entry,), approvals={"a": asked})


def test_only_what_would_have_run_by_itself_is_evidence() -> None:
    """Approved unchanged is right; edited or rejected is wrong; what a rule asked anyway, time
    decided or nobody has decided says nothing."""
    jobs = [
        on_probation(Choice.APPROVE),
        on_probation(Choice.APPROVE, edited="ben"),
        on_probation(Choice.REJECT),
        on_probation(Choice.REJECT, via="expiry"),
        on_probation(Choice.REJECT, rule="budget"),
        on_probation(None),
        record(),
    ]
    seen = decided(jobs)
    assert (seen.hits, seen.n) == (2, 3)
