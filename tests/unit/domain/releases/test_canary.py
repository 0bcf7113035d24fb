"""What a canary concludes, and when it refuses to."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest

from countersign.domain.releases.canary import (
    Arm,
    Block,
    Conclusion,
    Metric,
    Plan,
    Trial,
    assigned,
    blocks,
    evidence,
    judged,
    unfit,
)
from countersign.domain.releases.power import power, proposed
from tests.builders import AT
from tests.seeds import dealt_by

DAY = timedelta(days=1)
PLAN = Plan(closes_after=DAY, until=AT + 90 * DAY)
LATER = AT + 60 * DAY
HARM = frozenset({Metric.OVERRIDDEN})


def _trials(n: int, harmed: int = 0, share: float = 0.5) -> list[Trial]:
    """Jobs of both arms in turn, an hour apart; of the canary's so many in ten do harm."""
    return [
        Trial(
            unit=f"c{i}",
            at=AT + i * timedelta(hours=1),
            share=share,
            canary=bool(i % 2),
            asked=True,
            harm=HARM if i % 2 and i // 2 % 10 < harmed else frozenset(),
        )
        for i in range(n)
    ]


def test_harm_is_concluded_and_named() -> None:
    """A canary of which people override half is stopped, with what they did as the reason."""
    said = judged(PLAN, _trials(300, harmed=5), LATER)
    assert (said.conclusion, said.because) == (
        Conclusion.HARM,
        ("more jobs with: changed or rejected by a person",),
    )
    assert said.evidence[Metric.OVERRIDDEN] > 1_000 > said.evidence[Metric.EXPIRED]
    assert (said.control, said.canary) == (150, 150)


def test_no_harm_is_concluded_from_enough_jobs_only() -> None:
    """Below the smallest number it is too early; when the time is over it is nothing to go by."""
    assert judged(PLAN, _trials(300), LATER).conclusion is Conclusion.NO_HARM
    early = judged(PLAN, _trials(100), LATER)
    assert (early.conclusion, early.because) == (
        Conclusion.TOO_EARLY,
        ("10 closed jobs of the canary are missing",),
    )
    over = judged(PLAN, _trials(100), PLAN.until)
    assert over.conclusion is Conclusion.UNSOUND
    assert judged(PLAN, [], LATER).conclusion is Conclusion.TOO_EARLY


def test_only_closed_jobs_count() -> None:
    """A job whose decision may still come is not looked at, whatever was decided already."""
    trials = _trials(300, harmed=5)
    young = judged(PLAN, trials, trials[9].at + DAY)
    assert (young.control, young.canary) == (5, 5)


def test_a_second_job_of_the_same_contact_is_no_second_trial() -> None:
    """However often one contact writes, it counts once, by its first job."""
    angry = [replace(one, unit="c1") for one in _trials(300, harmed=10)]
    said = judged(PLAN, angry, LATER)
    assert (said.control + said.canary, said.evidence[Metric.OVERRIDDEN]) == (1, 1.0)


def test_arms_that_ask_differently_are_not_compared() -> None:
    """Who is asked about half of its jobs, the hard half, is not judged by what people say."""
    trials = [
        replace(one, asked=not one.canary or i % 4 == 1) for i, one in enumerate(_trials(300))
    ]
    said = judged(PLAN, trials, LATER)
    assert said.conclusion is Conclusion.UNSOUND
    assert said.because == ("people are asked about 50% of the canary's jobs, 100% of the others",)


def test_arms_of_the_wrong_size_are_not_compared() -> None:
    """Half of all jobs in a canary that was to get a tenth were not drawn by chance."""
    said = judged(PLAN, _trials(300, share=0.1), LATER)
    assert said.because == ("150 jobs went to the canary where 30 were to: not by chance",)


def test_blocks_are_those_of_every_earlier_look() -> None:
    """What one look bet on no later one bets on anew; a change of the share begins a new block."""
    first, second = _trials(60), [replace(one, share=0.2) for one in _trials(60)]
    seen = list(blocks(first + second, Metric.OVERRIDDEN, 50))
    assert [one.control.n + one.canary.n for one in seen] == [50, 50]
    for end in range(121):
        early = list(blocks((first + second)[:end], Metric.OVERRIDDEN, 50))
        assert early == seen[: len(early)]


def test_nothing_is_bet_without_both_arms() -> None:
    """A block of one arm says nothing about the other."""
    harmful = Block(Arm(40, 2), Arm(10, 8))
    assert list(evidence([harmful, Block(Arm(), Arm(50, 50)), Block(Arm(50), Arm())])) == [0, 0, 0]


def test_a_job_keeps_its_arm_while_the_share_grows() -> None:
    """The same job is always drawn alike, the share of all jobs is, and who is in stays in."""
    ids = [f"j-{n}" for n in range(4_000)]
    drawn = [
        {one for one in ids if assigned("r1", "web", one, Fraction(n, 20))} for n in (1, 4, 10)
    ]
    assert drawn[0] < drawn[1] < drawn[2]
    assert [round(len(one) / len(ids), 1) for one in drawn[1:]] == [0.2, 0.5]
    other = {one for one in ids if assigned("r2", "web", one, Fraction(1, 2))}
    assert 0.4 < len(other & drawn[2]) / len(drawn[2]) < 0.6


@pytest.mark.parametrize("part", ["limits", "tiers", "models", "fallbacks"])
def test_overrides_do_not_judge_what_changes_who_is_asked(part: str) -> None:
    """Such a release is refused with the way that judges it; a prompt is not."""
    assert part in unfit({"prompt", part})
    assert "backtest" in unfit({part})
    assert not unfit({"prompt", "examples"})


def test_small_harm_takes_longer_and_may_never_be_found() -> None:
    """Each size of harm takes longer than the next; half of the canaries find it before nine of
    ten; what a thousand decisions do not find is said to be not found."""
    sizes = power(0.08, 0.5, dealt_by(3).random)
    assert [one.rate for one in sizes] == pytest.approx([0.12, 0.16, 0.24, 0.4])
    assert sizes[0].nine_of_ten is None
    threefold, fivefold = sizes[2:]
    assert threefold.half
    assert fivefold.half
    assert threefold.nine_of_ten
    assert fivefold.half < threefold.half < threefold.nine_of_ten


def test_the_proposed_share_gives_ten_decisions_a_day() -> None:
    """The smallest that does; none where half of all jobs are too few."""
    assert [proposed(n) for n in (500, 100, 30, 19)] == [0.05, 0.1, 0.5, None]
