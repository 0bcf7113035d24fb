"""The monthly review: made once a month is over, mailed to its owner, decided once, and kept."""

from __future__ import annotations

import json

import pytest

from countersign.domain.errors import AlreadyDecided, ContractBroken, NotPermitted
from countersign.domain.jobs import audit
from countersign.domain.reporting.owner_review import DECIDE_IN, OwnerReview
from countersign.entrypoints.tick import tick
from countersign.reporting import monthly
from tests.fakes.journey import Journey, accept, form
from tests.fakes.world import ANA, KIM, World
from tests.unit.web.member import MemberBrowser
from workflows import WORKFLOWS

PAGE = "/approvals/months/lead_intake/2026-03"


@pytest.fixture
def world() -> World:
    """Kim owns leads; one came in March, where the stage was first looked at."""
    made = World(WORKFLOWS["lead_intake"].offline)
    made.people.becomes(KIM, roles=("sales-ops",))
    monthly.look(made.deps)
    Journey(made, accept(made, form())).goes()
    made.mail.sent.clear()
    return made


def at_the_end(world: World) -> OwnerReview:
    """A month later `tick` has looked often enough for all workflows."""
    world.clock.passes(days=31)
    for _ in range(2 * len(world.workflows) + 1):
        tick(world.deps)
        world.clock.passes(minutes=5)
    return held(world)


def held(world: World) -> OwnerReview:
    (found,) = [one for one in world.owner_reviews.of("2026-03") if one.workflow == "lead_intake"]
    return found


def asked(world: World) -> list[str]:
    return [one.to for one in world.mail.sent if "continue, change or stop" in one.subject]


def test_its_owner_is_mailed_the_page_once_the_month_is_over(world: World) -> None:
    """Not before, not about what had no job, and not twice; its figures are those of the month."""
    for _ in range(3):
        tick(world.deps)
    assert world.owner_reviews.of("2026-02") == []
    review = at_the_end(world)
    assert asked(world) == [KIM.address]
    told = json.loads(review.figures)
    assert (told["jobs"], told["month"], review.owner) == (1, "2026-03", "sales-ops")
    assert all(one["holds"] in (True, False, None) for one in told["thresholds"])
    idle = [one for one in world.owner_reviews.of("2026-03") if not one.figures]
    assert [one.asks for one in idle] == [False] * len(idle)


def test_one_decision_is_kept_with_who_made_it_and_why(world: World) -> None:
    """By page, with its code; what was shown is what is stored; a second one comes too late, and
    the trail holds."""
    at_the_end(world)
    kim = MemberBrowser(world).signs_in(KIM.address)
    shown = kim.opens(PAGE).body
    assert "What you expect of it" in shown
    assert "1 job, 0 the month before" in shown
    for words, status in (("", 422), ("shorter replies", 303)):
        said = {"course": "change", "words": words, "code": kim.code()}
        assert kim.posts(PAGE, said | kim.hidden()).status == status
    assert "say what is to change" in kim.page
    review = held(world)
    assert (review.course, review.by, review.words) == ("change", KIM.id, "shorter replies")
    assert [one.event for one in review.trail] == ["month opened", "owner asked", "month decided"]
    assert audit.verify(review.trail, length=3, head=review.trail[-1].hash) == []
    shown = kim.opens(PAGE).body
    assert "decided by" in shown
    assert "countersign release new lead_intake" in shown
    with pytest.raises(AlreadyDecided):
        monthly.decide(world.deps, review, "stop", by=KIM.id, words="no")


def test_nobody_else_reads_or_decides_it(world: World) -> None:
    """Who signs replies is not who owns the workflow; a course that there is not is refused."""
    review = at_the_end(world)
    ana = MemberBrowser(world).signs_in(ANA.address)
    assert ana.opens(PAGE).status == 404
    assert ana.opens(PAGE.replace("2026-03", "2025-01")).status == 404
    with pytest.raises(NotPermitted):
        monthly.decide(world.deps, review, "continue", by=ANA.id, words="")
    with pytest.raises(ContractBroken):
        monthly.decide(world.deps, review, "wait", by=KIM.id, words="")


def test_who_does_not_decide_is_asked_again_and_then_it_is_an_alarm(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """A mail every five days, a count from the tenth on; none of it once it is decided."""
    at_the_end(world)
    capsys.readouterr()
    world.clock.passes(days=5)
    monthly.look(world.deps)
    assert '"ReviewsOverdue":' not in capsys.readouterr().out
    world.clock.passes(days=DECIDE_IN.days - 5)
    monthly.look(world.deps)
    assert '"ReviewsOverdue":' in capsys.readouterr().out
    assert asked(world) == [KIM.address] * 3
    monthly.decide(world.deps, held(world), "continue", by=KIM.id, words="")
    world.clock.passes(days=5)
    monthly.look(world.deps)
    assert '"ReviewsOverdue":' not in capsys.readouterr().out
    assert len(asked(world)) == 3
