"""A candidate's shadow: shown by hash, never waited for, within its cost, acting on nothing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from countersign.domain.canonical import canonical
from countersign.domain.errors import Unavailable, Ungrounded
from countersign.domain.jobs.job import Status
from countersign.domain.policy.release import release_key
from countersign.domain.releases.rollout import State
from countersign.entrypoints.start import start
from countersign.releases.shadowing import shadow
from countersign.runtime.intake import shipped
from tests.fakes.journey import Journey, accept, form
from tests.fakes.world import World
from tests.rollouts import rollout
from tests.unit.releases.test_evaluating import CANDIDATE, FLOW, Prompted
from tests.unit.steps import refunds

DIGEST = CANDIDATE.digest


def world(share: str = "1", **limits: Any) -> World:
    """A stage that shows jobs to a candidate: everything, unless a share is named."""
    made = refunds.world()
    made.settings = made.settings.model_copy(update={"shadow_queue_url": "https://queue"})
    made.deps = made.deps_again()
    vars(made.deps)["model"] = Prompted(limits.pop("bold", {}))
    ground = shipped(made.deps, "refund_request").digest
    one = rollout(DIGEST, ground=ground, over=ground, state=State.SHADOW, share=Decimal(share))
    made.rollouts.change([(None, one)])
    made.payloads.put(release_key(DIGEST), canonical(CANDIDATE))
    return made


def begins(made: World, event: str = "evt-1", **parts: Any) -> Journey:
    """A refund comes through the start door, and runs until it waits or ends."""
    refunds.has_order(made, "2001", 4_500)
    journey = refunds.arrives(made, event, order="2001", **parts)
    body = f'{{"job_id": "{journey.job_id}", "workflow": "refund_request"}}'
    start(made.deps, body)
    journey.goes()
    return journey


def test_a_job_that_begins_is_shown_and_what_is_made_of_it_is_kept() -> None:
    """The job's own rows, actions and mails are what they are without it."""
    made = world()
    journey = begins(made)
    assert made.shadow_queue.shown == [(journey.job_id, DIGEST)]
    before, sent = journey.record, len(made.mail.sent)
    shadow(made.deps, journey.job_id, DIGEST)
    (kept,) = made.shadows.kept(DIGEST).values()
    assert {one.action for one in kept.wanted} >= {"payments.refund"}
    assert kept.usd == made.shadows.spent(DIGEST) > 0
    assert (journey.record, len(made.mail.sent)) == (before, sent)
    asked = len(made.deps.model.asked)  # type: ignore[attr-defined] # the tests' own
    shadow(made.deps, journey.job_id, DIGEST)
    assert len(made.deps.model.asked) == asked  # type: ignore[attr-defined] # as above


def test_nothing_is_shown_where_no_candidate_is_in_shadow_or_the_stage_has_no_queue() -> None:
    """And nobody asks once more which releases run: the door has."""
    none = world("0")
    begins(none)
    assert none.shadow_queue.shown == []
    bare = refunds.world()
    begins(bare)
    assert (bare.shadow_queue.shown, bare.rollouts.reads) == ([], 1)


def test_a_queue_that_is_away_costs_a_sample_and_no_job(capsys: pytest.CaptureFixture[str]) -> None:
    """The job has begun; the number says what was left out."""
    made = world()
    made.shadow_queue.broken = Unavailable("away")
    journey = begins(made)
    assert journey.record.job.status is not Status.PENDING
    assert "ShadowsLeftOut" in capsys.readouterr().out


def test_what_is_not_judged_yet_comes_again_and_what_never_will_be_does_not() -> None:
    """The message is given back, or done with."""
    made = world()
    waiting = accept(made, form(), "evt-2")
    with pytest.raises(Unavailable, match="not judged yet"):
        shadow(made.deps, waiting, DIGEST)
    empty = refunds.begin(made, "evt-3", message="")
    assert "findings" not in empty.record.results
    assert made.shadows.kept(DIGEST) == {}


def test_its_cost_has_a_cap_and_another_releases_bytes_are_refused() -> None:
    """What it has no room for is left out; nothing is asked."""
    made = world()
    journey = begins(made)
    made.shadows.spend(DIGEST, Decimal("4.9999999"), Decimal(5))
    shadow(made.deps, journey.job_id, DIGEST)
    assert made.shadows.kept(DIGEST) == {}
    made.payloads.put(release_key(DIGEST), canonical(FLOW.release))
    with pytest.raises(Ungrounded):
        shadow(made.deps_again(), journey.job_id, DIGEST)
