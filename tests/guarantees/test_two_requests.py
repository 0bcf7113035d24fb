"""Two requests about one order at the same moment: one runs by itself, people know of both."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from threading import Barrier, Thread

import pytest

from countersign.domain.approvals.approval import Choice
from countersign.domain.policy.rules import Findings
from countersign.domain.ports import Holder
from countersign.domain.workflow import Claim
from tests.fakes.journey import Journey
from tests.fakes.world import World
from tests.unit.approvals.test_refund_page import page, waiting
from tests.unit.steps import refunds

Figure = Callable[[str, int], None]
SMALL, LARGE = 2_000, 6_000
SHORT, LONG = 10, 200


def raced(world: World, cents: int) -> tuple[Journey, Journey]:
    """Two requests for a part of one order, each in a thread of its own from its first step on."""
    refunds.has_order(world, "1099", 20_000)
    amount = {"minor": cents, "currency": "EUR"}
    said = f"The lamp arrived broken, please refund me {cents / 100:.2f} EUR."
    one, two = (
        refunds.arrives(world, event, order="1099", message=f"{said} {more}", amount=amount)
        for event, more in (("evt-1", ""), ("evt-2", "I wrote before."))
    )
    together(one.goes, two.goes)
    return one, two


def together(*does: Callable[[], object]) -> None:
    """Each in a thread, from the same moment on."""
    begun = Barrier(len(does))

    def run(do: Callable[[], object]) -> None:
        begun.wait()
        do()

    threads = [Thread(target=run, args=(do,)) for do in does]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def asks(world: World, pair: tuple[Journey, Journey]) -> list[Journey]:
    """Those that wait for a signature: where the first waited already, the second's words are part
    of it, and it asks anew."""
    for journey in pair:
        if journey.record.job.status == "WAITING_FOR_REVIEW" and not journey.record.pending:
            world.clock.passes(seconds=1)
            journey.answered()
    return [one for one in pair if one.record.pending]


def told(journey: Journey) -> list[str]:
    """What the request says of another one."""
    found = journey.record.results["findings"].as_(Findings).found
    return [str(one.value) for one in found if one.rule == "request.second"]


@pytest.mark.parametrize("times", [SHORT, pytest.param(LONG, marks=pytest.mark.soak)])
def test_of_two_small_requests_one_runs_by_itself(times: int, figure: Figure) -> None:
    """The other asks, and names the first with where it stands."""
    for _ in range(times):
        world = refunds.world()
        pair = raced(world, SMALL)
        asking = [one for one in pair if one.record.pending]
        first = next(one for one in pair if one is not asking[0])
        assert len(asking) == 1
        assert told(first) == []
        assert told(asking[0])[0].partition(",")[0] in ("processing", "completed")
        assert refunds.amounts(world) == [SMALL]
    figure(f"{times} races of two requests: one of each ran by itself", times)


@pytest.mark.parametrize("times", [SHORT, pytest.param(LONG, marks=pytest.mark.soak)])
def test_two_signers_in_the_same_moment_may_let_both_run(times: int, figure: Figure) -> None:
    """Both requests ask, one of them because of the other: whoever signs it has read so; or one
    asks for both. Together they never take more than was paid."""
    for _ in range(times):
        world = refunds.world()
        asking = asks(world, raced(world, LARGE))
        assert sorted(map(len, map(told, asking))) == [0, 1][: len(asking)]
        for journey, by in zip(asking, ("jonas", "robin"), strict=False):
            refunds.signs(world, journey, by, Choice.APPROVE)
        together(*(journey.answered for journey in asking))
        assert set(refunds.amounts(world)) == {LARGE}
    figure(f"{times} races of two signers: the second request names the first", times)


def test_whoever_signs_reads_of_the_other_request_on_the_page() -> None:
    """With where it stands; the page of one that stands alone says nothing of the kind."""
    world = refunds.world()
    pair = raced(world, SMALL)
    (second,) = (one for one in pair if one.record.pending)
    assert "another request about this order" in page(world, second)
    alone, journey = waiting()
    assert "another request about this order" not in page(alone, journey)


def raced_without_the_claim() -> list[int]:
    """What was refunded under the naive design, which refuses no job its look at the order."""
    world = refunds.world()
    world.store._claimed = lambda change, job: {}  # type: ignore[method-assign] # noqa: ARG005
    world.store.claim = _always_free  # type: ignore[method-assign]
    raced(world, SMALL)
    return refunds.amounts(world)


@pytest.mark.control
def test_control_without_the_claim_both_run() -> None:
    """Two jobs that do not know of each other, unless one happens to be done before the other
    begins to look."""
    assert [SMALL, SMALL] in (raced_without_the_claim() for _ in range(LONG))


def _always_free(claim: Claim, job_id: str, now: datetime, over: str = "") -> Holder:
    return Holder(job_id=job_id, body=claim.body + over, since=now)
