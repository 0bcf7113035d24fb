"""Stored releases: whose jobs they get, which changes of state are legal, and what each writes."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from countersign.domain.errors import ContractBroken
from countersign.domain.releases.canary import Metric
from countersign.domain.releases.rollout import (
    Closed,
    Moved,
    Ramp,
    Rollout,
    State,
    canary_of,
    changes,
    current,
    moved,
    pick,
    ramped,
    refusal,
    shown_to,
)
from tests.fakes.world import START
from tests.rollouts import GROUND, rollout

WORKFLOW = "refund_request"
A, B = "a" * 64, "b" * 64


def said(to: State, share: str = "0", at: int = 0) -> Moved:
    """A change of state, so many hours later."""
    later = START + timedelta(hours=at)
    return Moved(at=later, to=to, share=Decimal(share), by="kim", why="tried")


def canary(share: str = "0.1", **what: object) -> Rollout:
    """One that runs as a canary."""
    return moved(rollout(A, **what), said(State.CANARY, share))


def test_a_job_gets_what_ships_what_is_live_or_the_canary_by_its_hash() -> None:
    """Same job, same arm; both arms say how they were drawn; other workflows see nothing of it."""
    rows = [canary("0.3")]
    assert pick([], WORKFLOW, GROUND, "webhook", "j-1").release == GROUND
    drawn = [pick(rows, WORKFLOW, GROUND, "webhook", f"j-{n}") for n in range(400)]
    assert 80 < sum(one.release == A for one in drawn) < 160
    assert {one.release for one in drawn} == {A, GROUND}
    assert {one.assigned.share for one in drawn if one.assigned} == {Decimal("0.3")}
    assert {one.closes_after for one in drawn} == {timedelta(hours=48)}
    assert drawn == [pick(rows, WORKFLOW, GROUND, "webhook", f"j-{n}") for n in range(400)]
    assert pick(rows, "lead_intake", GROUND, "webhook", "j-1").assigned is None
    live = [moved(rollout(A), said(State.LIVE))]
    assert current(live, WORKFLOW, GROUND) == A


def test_a_deploy_that_ships_another_release_ends_what_stood_over_the_one_before() -> None:
    """Neither the live one nor the canary over another ground gets a job."""
    live, beside = moved(rollout(A), said(State.LIVE)), moved(rollout(B), said(State.CANARY, "0.5"))
    other = "1" * 64
    assert current([live], WORKFLOW, other) == other
    assert canary_of([beside], WORKFLOW, other) is None
    # Promoted meanwhile: the canary is compared with nothing that runs any more.
    assert pick([live, beside], WORKFLOW, GROUND, "webhook", "j-1").assigned is None


def test_only_legal_changes_are_made_and_stopped_is_stopped() -> None:
    """Who was in a stopped canary may not be drawn anew."""
    stopped = moved(canary(), said(State.ABORTED))
    for held, to in ((stopped, State.CANARY), (rollout(A), State.RETIRED)):
        with pytest.raises(ContractBroken):
            moved(held, said(to))
        assert "cannot become" in refusal([held], held, said(to), GROUND)
    assert refusal([canary()], canary(), said(State.ABORTED), "1" * 64) == ""
    assert (rollout(A).since, rollout(A).began) == (START, None)
    later = moved(canary(), said(State.CANARY, "0.2", at=5))
    assert (later.since, later.began) == (START + timedelta(hours=5), START)


def test_a_promotion_retires_the_one_before_and_taken_back_it_is_live_again() -> None:
    """One release is live, whichever way it goes."""
    first = moved(rollout(A), said(State.LIVE))
    second = rollout(B, over=A)
    both = [after for _, after in changes([first, second], second, said(State.LIVE))]
    assert [(one.digest, one.state) for one in both] == [(B, State.LIVE), (A, State.RETIRED)]
    back = [after for _, after in changes(both, both[0], said(State.RETIRED))]
    assert [(one.digest, one.state) for one in back] == [(B, State.RETIRED), (A, State.LIVE)]
    alone = changes([second], second, said(State.CANARY, "0.1"))
    assert [after.state for _, after in alone] == [State.CANARY]


def test_a_canary_that_cannot_be_judged_is_refused_before_it_starts() -> None:
    """Another one at the same workflow, a share without a control, changed limits, another release
    in its place meanwhile."""
    fits = rollout(B)
    starts = said(State.CANARY, "0.1")
    assert refusal([fits], fits, starts, GROUND) == ""
    assert "one at a time" in refusal([canary(), fits], fits, starts, GROUND)
    assert "at most a half" in refusal([fits], fits, said(State.CANARY, "0.9"), GROUND)
    limits = rollout(B, changes=("prompt", "limits"))
    assert "audit sample" in refusal([limits], limits, starts, GROUND)
    assert refusal([limits], limits, said(State.LIVE), GROUND) == ""
    live = moved(rollout(A), said(State.LIVE))
    assert "make it anew" in refusal([live, fits], fits, starts, GROUND)
    assert "make it anew" in refusal([fits], fits, starts, "1" * 64)


def test_a_share_grows_when_it_was_looked_at_for_long_enough() -> None:
    """Step by step, to the last one and no further."""
    ramp = (Ramp(share=Decimal("0.1"), hours=24), Ramp(share=Decimal("0.5"), hours=24))
    held = canary("0.1", ramp=ramp)
    assert ramped(held, START + timedelta(hours=23)) is None
    assert ramped(held, START + timedelta(hours=24)) == Decimal("0.5")
    last = moved(held, said(State.CANARY, "0.5", at=24))
    assert ramped(last, START + timedelta(hours=99)) is None
    assert ramped(canary(), START + timedelta(hours=99)) is None
    assert ramped(rollout(A, ramp=ramp), START) is None


def test_a_closed_job_is_a_trial() -> None:
    """As the test takes it."""
    one = Closed(
        job_id="j-1",
        at=START,
        share=Decimal("0.1"),
        canary=True,
        unit="u",
        asked=True,
        harm=(Metric.EXPIRED,),
    )
    assert (one.trial.share, one.trial.harm) == (0.1, frozenset({Metric.EXPIRED}))


def test_a_share_of_the_jobs_is_shown_to_a_candidate_in_shadow() -> None:
    """By hash, each job always the same; only over what jobs get now, and in that state."""
    one = rollout("a" * 64, state=State.SHADOW, share=Decimal("0.2"))
    jobs = [f"j-{number}" for number in range(1_000)]

    def shown(*rows: Rollout, ground: str = GROUND) -> list[str]:
        return [j for j in jobs if shown_to(rows, "refund_request", ground, j) == one.digest]

    found = shown(one)
    assert 150 < len(found) < 250
    assert set(found) < set(shown(one.model_copy(update={"share": Decimal("0.5")})))
    assert shown(one, ground="1" * 64) == []
    assert shown(one.model_copy(update={"state": State.DRAFT})) == []
    live = rollout("b" * 64, state=State.LIVE)
    assert shown(one, live) == []
