"""The jobs of a canary: how they enter it, what they count as, what all of them say together."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from countersign.domain.approvals.approval import Choice
from countersign.domain.contract import Stored
from countersign.domain.jobs.change import Change, JobRecord
from countersign.domain.jobs.intake import accepted
from countersign.domain.ledger.entry import ActionStatus
from countersign.domain.policy.policy import Answer
from countersign.domain.policy.proposal import Usage
from countersign.domain.releases.canary import Conclusion, Metric
from countersign.domain.releases.rollout import (
    ASSIGNED,
    Assigned,
    Closed,
    Moved,
    Pick,
    Rollout,
    State,
    Statement,
    moved,
)
from countersign.domain.releases.trials import closed, entering, plan_of, says, so_far
from tests.builders import approval, case, decision, held, job, proposal, record
from tests.fakes.world import START
from tests.rollouts import rollout

A = "a" * 64


def canary(**what: object) -> Rollout:
    """Half of the jobs since START."""
    said = Moved(at=START, to=State.CANARY, share=Decimal("0.5"), by="kim", why="tried")
    return moved(rollout(A, **what), said)


def jobs(count: int, **canarys: object) -> list[Closed]:
    """So many of both arms by turns; those of the canary as it says."""
    usual: dict[str, object] = {"usd": Decimal("0.01"), "milliseconds": 1_000}
    return [
        Closed.model_validate(
            {
                "job_id": f"j-{n}",
                "at": START + timedelta(minutes=n),
                "share": Decimal("0.5"),
                "canary": bool(n % 2),
                "unit": f"u{n}",
                "asked": True,
            }
            | usual
            | (canarys if n % 2 else {})
        )
        for n in range(count)
    ]


def test_a_job_is_looked_at_when_all_is_decided_in_both_arms() -> None:
    """While a canary runs it knows how it was drawn; else it is a job like any other."""
    made = job()
    how = Assigned(canary=A, share=Decimal("0.1"))
    drawn = Pick(release="0" * 64, assigned=how, closes_after=timedelta(hours=48))
    pinned, change = entering(drawn, made, accepted(made))
    assert (pinned.release, change.results[ASSIGNED]) == ("0" * 64, how)
    assert [one.at - made.created_at for one in change.due if one.kind == "trial"] == [
        timedelta(hours=48)
    ]
    plain: Change = accepted(made)
    assert entering(Pick(release=A), made, plain) == (made.model_copy(update={"release": A}), plain)


def test_a_canary_needs_as_many_jobs_as_show_the_smallest_rise_that_matters() -> None:
    """And never fewer than the test itself asks for."""
    fine = Statement(better="", smallest=Decimal("0.02"), told="kim")
    assert plan_of(canary(statement=fine)).smallest == 864
    coarse = Statement(better="", smallest=Decimal("0.5"), told="kim", days=3)
    plan = plan_of(canary(statement=coarse))
    assert (plan.smallest, plan.until) == (60, START + timedelta(days=3, hours=48))
    assert plan_of(rollout(A)).until == START + timedelta(days=30, hours=48)


@pytest.mark.parametrize(
    ("canarys", "because"),
    [
        ({"usd": Decimal("0.05")}, "the model costs 0.0500 USD for a job, 0.0100 in the others"),
        ({"milliseconds": 9_000}, "one answer in twenty takes 9.0 s or more, 1.0 s before"),
    ],
)
def test_what_was_stated_as_failure_stops_it(canarys: dict[str, object], because: str) -> None:
    """Cost and time against the factors of its statement, over enough jobs of both arms."""
    held, now = canary(), START + timedelta(days=2)
    found = says(held, jobs(200, **canarys), now)
    assert (found.conclusion, found.because) == (Conclusion.HARM, (because,))
    assert says(held, jobs(100, **canarys), now).conclusion is Conclusion.TOO_EARLY
    assert says(held, jobs(200), now).conclusion is Conclusion.TOO_EARLY


def test_harm_names_all_that_is_wrong_and_what_is_unsound_concludes_nothing() -> None:
    """Overrides and a guard together; arms that cannot be compared break no guard."""
    now = START + timedelta(days=2)
    worse = jobs(200, usd=Decimal("0.05"), harm=(Metric.OVERRIDDEN,))
    assert len(says(canary(), worse, now).because) == 2
    asked = jobs(200, usd=Decimal("0.05"), asked=False)
    assert says(canary(), asked, now).conclusion is Conclusion.UNSOUND


@pytest.mark.parametrize(
    ("held", "seen", "sentence"),
    [
        (rollout(A), [], "it has run as no canary: nothing shows what people make of its jobs"),
        (rollout(A, changes=("limits",)), [], "no canary can judge it: the release changes limits"),
        (
            canary(),
            jobs(40),
            "has concluded nothing yet: 20 closed jobs of it and 20 of the others",
        ),
        (canary(), jobs(400), "found no harm: 200 closed jobs of it and 200 of the others, 139"),
        (canary(), jobs(200, usd=Decimal("0.05")), "says harm: the model costs 0.0500 USD"),
        (canary(), jobs(200, asked=False), "says unsound: people are asked about 0%"),
    ],
)
def test_who_signs_what_comes_next_reads_what_its_canary_says(
    held: Rollout, seen: list[Closed], sentence: str
) -> None:
    """In one sentence: above all that it has concluded nothing, or that there was none."""
    assert sentence in so_far(held, seen, START + timedelta(days=2))


ONE = held(answer=Answer.ASK)
ASKED = approval(ONE)
HOW = Assigned(canary=A, share=Decimal("0.1"))


def decided(choice: Choice, **said: object) -> JobRecord:
    """A job about which somebody said this."""
    final = decision(ASKED, choice, **said)
    return under(record([ONE], approvals={"a-1": ASKED.model_copy(update={"decision": final})}))


def under(plain: JobRecord, release: str = A) -> JobRecord:
    """The same, drawn for the canary."""
    usd = proposal(usage=Usage(usd=Decimal("0.02")))
    results = {ASSIGNED: Stored.of(HOW), "proposal": Stored.of(usd)}
    return replace(plain, job=plain.job.model_copy(update={"release": release}), results=results)


@pytest.mark.parametrize(
    ("done", "harm"),
    [
        (decided(Choice.APPROVE), set()),
        (decided(Choice.REJECT), {Metric.OVERRIDDEN}),
        (decided(Choice.REJECT, via="expiry", by=""), {Metric.EXPIRED}),
        (under(record([ONE], approvals={"a-1": ASKED})), {Metric.EXPIRED}),
        (under(record([held(status=ActionStatus.UNKNOWN)])), {Metric.UNVERIFIED}),
        (under(record(case=case())), {Metric.ESCALATED}),
    ],
)
def test_a_job_counts_as_what_people_and_the_world_made_of_it(
    done: JobRecord, harm: set[Metric]
) -> None:
    """Time is no person; a request that nobody answered is an outcome of its own."""
    found = closed(done, "u1", audited_wrong=False)
    assert (set(found.harm), found.canary, found.unit) == (harm, True, "u1")
    assert (found.asked, found.usd) == (bool(done.approvals), Decimal("0.02"))


def test_what_an_audit_finds_wrong_counts_in_either_arm() -> None:
    """It ran by itself, and somebody looked afterwards."""
    other = under(record([held()]), release="0" * 64)
    found = closed(replace(other, results={ASSIGNED: Stored.of(HOW)}), "u1", audited_wrong=True)
    assert (found.harm, found.canary, found.usd) == ((Metric.OVERRIDDEN,), False, Decimal(0))


def test_who_is_told_is_owed_a_mail_when_it_was_stopped_by_itself() -> None:
    """Until it is sent; whoever stops it by hand knows."""
    by_itself = moved(canary(), Moved(at=START, to=State.ABORTED, by="tick", why="harm"))
    assert by_itself.owes_a_mail
    assert not by_itself.model_copy(update={"told": "aborted"}).owes_a_mail
    by_hand = Moved(at=START, to=State.ABORTED, by="sam", why="no", key="cs-1")
    assert not moved(canary(), by_hand).owes_a_mail
    assert not rollout(A).owes_a_mail
