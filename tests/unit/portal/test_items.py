"""A job's page says how far the rows of its file are, and loads itself anew while they are worked
on."""

from __future__ import annotations

from decimal import Decimal

from countersign.domain.lane.control import Word
from countersign.domain.limits.budgets import Most
from countersign.lane import orders
from tests.fakes.world import ANA
from tests.unit.lane.test_asking import asking, bounded
from tests.unit.lane.test_words import FILE, Walk
from tests.unit.web.member import MemberBrowser


def shown(walk: Walk) -> tuple[MemberBrowser, str]:
    """Ana, and the address of the job's page."""
    ana = MemberBrowser(walk.world).signs_in(ANA.address)
    return ana, f"/approvals/jobs/{walk.job_id}"


def test_the_page_counts_every_row_and_why_some_came_to_nothing() -> None:
    """While a run is under way: the pace, the time left, what failed by its cause; in the end the
    same counts, and a page that stays as it is."""
    walk = Walk(FILE)
    ana, path = shown(walk)
    walk.goes()
    first, *_ = walk.machine.children(*walk.world.item_runs.started[0])
    walk.machine.works(first)
    walk.world.clock.passes(seconds=5)
    page = ana.opens(path)
    assert page.headers["refresh"] == "10"
    assert "11 of 30 rows are over, in run 1; 2.0 a second: about 0:00:10 left" in page.body
    assert '<progress max="30" value="11"' in page.body
    for why in ("words.skip", "the word is bad", "nobody can tell"):
        assert why in page.body
    still = ana.opens(f"{path}?still=1")
    assert "refresh" not in still.headers
    walk.machine.runs()
    walk.goes()
    over = ana.opens(path)
    assert "30 of 30 rows are over" in over.body
    assert "refresh" not in over.headers


def test_the_page_says_what_the_model_cost_and_may_cost_and_who_paused_it() -> None:
    """Of the job's own budget."""
    walk = asking()
    bounded(walk, job=Most(usd=Decimal("0.5")))
    walk.goes()
    for child in walk.machine.children(*walk.world.item_runs.started[0]):
        walk.machine.works(child)
    orders.order(walk.world.deps, walk.job_id, Word.PAUSED, by="kim", reason="too dear")
    ana, path = shown(walk)
    page = ana.opens(path).body
    assert "of at most 0.5 USD spent on the model" in page
    assert "paused by kim: too dear" in page


def test_another_job_s_page_has_no_rows() -> None:
    """Nor has one whose items nobody has begun."""
    walk = Walk(FILE)
    ana, path = shown(walk)
    assert 'id="items"' not in ana.opens(path).body
