"""Numbers about approvals, on small cases that can be counted by hand."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from countersign.domain.approvals.approval import Approval, Choice, Decision
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.reviews import OpenRequest
from countersign.domain.ledger.entry import LedgerEntry
from countersign.domain.policy.policy import Answer
from countersign.domain.reporting import metrics
from countersign.domain.reporting.metrics import RuleCount
from countersign.domain.reporting.sampling import wilson
from tests import builders
from tests.builders import AT, approval, decision, held, record

SECOND = timedelta(seconds=1)


def asked(index: int = 0, *rules: str, **parts: Any) -> LedgerEntry:
    """An action that somebody must sign."""
    return held(index, "crm.memo", Answer.ASK, *(rules or ("budget",)), text=f"n{index}", **parts)


def job(*entries: LedgerEntry, said: Decision | None = None, **parts: object) -> JobRecord:
    """A job with one request over `entries`."""
    made = approval(*entries, decision=said, **parts)
    return record(entries, approvals={"a-1": made})


@pytest.mark.parametrize(
    ("values", "share", "found"),
    [
        ([7], 0.5, 7),
        ([7], 0.9, 7),
        ([3, 1, 2], 0.5, 2),
        ([4, 1, 3, 2], 0.5, 2.5),
        (list(range(11)), 0.9, 9),
        ([0, 10], 0.9, 9),
        ([5, 1], 0, 1),
        ([5, 1], 1, 5),
    ],
)
def test_a_quantile_lies_between_its_neighbours(
    values: list[float], share: float, found: float
) -> None:
    """In whatever order the values come."""
    assert metrics.quantile(values, share) == pytest.approx(found)


def test_open_requests_are_grouped_by_workflow_and_tier() -> None:
    """With the ages of all, the oldest and the one in the middle."""
    hours = [(1, 0), (3, 0), (8, 0), (2, 1)]
    open_ = [
        OpenRequest.of("letters", approval(held(), requested_at=AT - timedelta(hours=h), tier=tier))
        for h, tier in hours
    ]
    open_.append(OpenRequest.of("bills", approval(held(), requested_at=AT)))
    found = metrics.waiting(open_, lambda workflow, tier: f"{workflow}-{tier}", AT)
    assert [(one.workflow, one.tier, len(one.ages)) for one in found] == [
        ("bills", "bills-0", 1),
        ("letters", "letters-0", 3),
        ("letters", "letters-1", 1),
    ]
    assert (found[1].oldest, found[1].median) == (8 * 3600, 3 * 3600)


def test_every_signature_is_a_decision_and_time_makes_none() -> None:
    """Two who signed count twice; an expiry is nobody's decision; a lone decision counts too."""
    blank = approval(held())
    ana, ben = decision(blank), decision(blank, by="ben")
    assert metrics.decisions(blank) == ()
    assert metrics.decisions(blank.model_copy(update={"decision": ana})) == (ana,)
    both = blank.model_copy(update={"signatures": (ana, ben), "decision": ben})
    assert metrics.decisions(both) == (ana, ben)
    expired = decision(blank, Choice.REJECT, by="system:expiry", via="expiry")
    assert metrics.decisions(blank.model_copy(update={"decision": expired})) == ()


def test_time_to_decide_runs_from_the_request() -> None:
    """In seconds, for each person."""
    asked_for = approval(held(), requested_at=AT)
    said = decision(asked_for, at=AT + timedelta(minutes=90))
    assert metrics.seconds_to_decide(asked_for, said) == 5400


def test_choices_are_counted_by_action_and_an_edited_one_is_an_edit() -> None:
    """Approving what somebody changed is not approving what was proposed."""
    plain, edited, refused = asked(0), asked(1, edited_by="ben"), asked(2, edited_by="ben")
    request = approval(plain, edited, refused)
    mixed = {plain.digest: Choice.APPROVE, edited.digest: Choice.APPROVE}
    said = decision(request, choices={**mixed, refused.digest: Choice.REJECT})
    counted = metrics.choices((plain, edited, refused), said)
    assert counted == {"approve": 1, "edit": 1, "reject": 1}


@pytest.mark.parametrize(
    ("opened", "quick"), [(0, True), (3, True), (3.001, False), (60, False), (None, False)]
)
def test_a_decision_within_three_seconds_is_quick(opened: float | None, quick: bool) -> None:
    """When it is not known since when the page was open, nothing is claimed."""
    at = AT + timedelta(hours=1)
    opened_at = None if opened is None else at - opened * SECOND
    assert metrics.quick(decision(approval(held()), at=at, opened_at=opened_at)) is quick


def outcomes(counts: tuple[metrics.RuleCount, ...]) -> dict[str, dict[Any, int]]:
    """By rule."""
    return {one.rule: dict(one.outcomes) for one in counts}


def decided(entry: LedgerEntry, choice: Choice = Choice.APPROVE, via: str = "link") -> JobRecord:
    """A job whose one request got this answer."""
    return job(entry, said=decision(approval(entry), choice, via=via))


def test_each_rule_is_told_what_came_of_its_questions() -> None:
    """Approved, edited, rejected, expired or open; an action with two reasons counts for both."""
    jobs = [
        decided(asked(0, "budget")),
        decided(asked(0, "budget", "unsure")),
        decided(asked(0, "budget", edited_by="ben")),
        decided(asked(0, "budget"), Choice.REJECT),
        decided(asked(0, "unsure"), Choice.REJECT, via="expiry"),
        job(asked(0, "spam")),
    ]
    found = metrics.rules(jobs)
    assert outcomes(found) == {
        "budget": {"approve": 2, "edit": 1, "reject": 1},
        "unsure": {"approve": 1, "expired": 1},
        "spam": {"open": 1},
    }
    assert [(one.rule, one.asked) for one in found] == [("budget", 4), ("unsure", 2), ("spam", 1)]
    assert [one.overruled for one in found] == [0.5, 1.0, None]


def test_what_was_not_put_to_people_is_nobodys_question() -> None:
    """Actions outside a request, and requests that were replaced, count for no rule."""
    other = asked(1, "budget")
    superseded = job(asked(0, "budget"), superseded=True)
    outside = record((other,), approvals={"a-1": approval(asked(0))})
    assert metrics.rules([superseded, outside, record(())]) == ()


def test_the_rule_overruled_least_is_the_one_whose_questions_had_reason() -> None:
    """Of those about which somebody decided; of equals, the one that asked more."""
    jobs = [
        decided(asked(0, "noise")),
        decided(asked(0, "noise")),
        decided(asked(0, "sharp"), Choice.REJECT),
        decided(asked(0, "sharper"), Choice.REJECT),
        decided(asked(0, "sharper"), Choice.REJECT),
        job(asked(0, "open")),
    ]
    best = metrics.least_overruled(metrics.rules(jobs))
    assert best is not None
    assert best.rule == "sharper"
    assert metrics.least_overruled(metrics.rules([job(asked(0, "open"))])) is None


@pytest.mark.control
def test_counting_every_approval_alike_would_hide_the_edits() -> None:
    """Control: by the choice alone, an edited action looks as if it had been right."""
    entry = asked(0, "budget", edited_by="ben")
    request: Approval = approval(entry)
    said = decision(request)
    assert set(said.choices.values()) == {Choice.APPROVE}
    assert metrics.choices((entry,), said) == {"edit": 1}


def test_overrides_are_edits_and_rejections_of_what_was_decided() -> None:
    """By rule its decided questions, by job every signature; who is surely overridden most comes
    first, and what nobody decided is no line."""
    edited = held(0, "crm.memo", Answer.ASK, "budget", edited_by="ben")
    kept = held(0, "crm.memo", Answer.ASK, "unsure")
    records = [
        _said(edited, "a"),
        _said(kept, "b"),
        record((held(),), job=builders.job(workflow="c")),
    ]
    counted = (*metrics.rules(records), RuleCount("open", {"open": 2}))
    assert [(one.name, one.seen.hits, one.seen.n) for one in metrics.by_rule(counted)] == [
        ("budget", 1, 1),
        ("unsure", 0, 1),
    ]
    lines = metrics.by(lambda one: one.job.workflow, records)
    assert [(one.name, one.seen.rate) for one in lines] == [("a", 1.0), ("b", 0.0)]
    assert (lines[1].seen.low, lines[1].seen.high) == wilson(0, 1)


def _said(entry: LedgerEntry, workflow: str) -> JobRecord:
    asked = approval(entry)
    decided = asked.model_copy(update={"decision": decision(asked)})
    return record((entry,), job=builders.job(workflow=workflow), approvals={"a-1": decided})
