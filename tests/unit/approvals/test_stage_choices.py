"""What a stage chooses about signing: signed in only, and whether an editor may sign words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from countersign.domain.approvals.approval import Choice, Decision
from countersign.domain.errors import NotPermitted
from countersign.domain.policy.release import OWN_WORDS, SIGN_IN
from tests.fakes.journey import Journey, accept, form
from tests.fakes.world import ANA, BEN, World
from tests.unit.approvals.test_approval_edit import at_work, edits
from tests.unit.portal.test_inbox_request import filled
from tests.unit.steps.test_journeys import offline
from tests.unit.web.member import MemberBrowser
from workflows import WORKFLOWS

Lists = Mapping[str, tuple[str, ...]]
REPLY = {SIGN_IN: ("email.send_reply",)}
OWN = {OWN_WORDS: ("words",)}


def asked(lists: Lists) -> tuple[World, Journey]:
    """A drafted reply waits for Ana or Ben, in a stage that states `lists`."""
    flow = WORKFLOWS["lead_intake"]
    limits = flow.release.limits
    limits = limits.model_copy(update={"lists": {**limits.lists, **lists}})
    chosen = replace(flow, release=flow.release.model_copy(update={"limits": limits}))
    world = World(offline, workflows={**WORKFLOWS, "lead_intake": chosen})
    journey = Journey(world, accept(world, form()))
    journey.goes()
    return world, journey


def test_the_mail_leads_to_where_one_signs_in_and_there_it_is_decided() -> None:
    """The mail's only link is the request's own page; who is signed in decides it there."""
    world, journey = asked(REPLY)
    pending = journey.record.pending
    assert pending
    page = f"/approvals/requests/{journey.job_id}/{pending.approval_id}"
    assert f"{world.settings.public_base_url}{page}\n" in world.mail.to(ANA.address)[-1].text
    ana = MemberBrowser(world).signs_in(ANA.address)
    ana.opens(page)
    assert ana.posts(page, filled(ana)).status == 303
    assert journey.statuses()["email.send_reply"] == "authorised"


def test_a_link_decides_nothing_of_it_whoever_kept_one() -> None:
    """A request that was asked by links, in a stage that then requires to sign in: its link shows
    nothing of it and takes no decision, edit or question; authority refuses it too."""
    world, journey = asked({})
    ana = at_work(world, ANA.address)
    form_, held = ana.filled(), journey.record
    assert held.pending
    signed_in = held.pending.model_copy(update={"sign_in": True})
    world.store.put(replace(held, approvals={signed_in.approval_id: signed_in}))
    for browser in (ana.opens(), ana.posts(form_), ana.goes_to(edit="1")):
        assert browser.status == 403
        assert "Sign in to decide this" in browser.body
        assert "hafenwerk" not in browser.body
    with pytest.raises(NotPermitted, match="by no mailed link"):
        journey.is_decided(Choice.APPROVE)


def test_what_the_stage_does_not_name_is_decided_by_link() -> None:
    """Another action is named: the reply's link decides as ever."""
    world, journey = asked({SIGN_IN: ("crm.create_lead",)})
    ana = at_work(world, ANA.address)
    assert ana.posts(ana.filled()).status == 303
    assert journey.statuses()["email.send_reply"] == "authorised"


def test_who_changed_words_alone_may_sign_them_where_the_stage_says_so() -> None:
    """Ana edits the reply, is told so, is asked again, signs, and the record says that it was her
    own edit."""
    world, journey = asked(OWN)
    page = at_work(world, ANA.address, edit="1").page
    assert "you may sign it yourself if you changed words alone" in page
    edits(world)
    journey.answered()
    assert journey.record.pending
    assert {one.id for one in journey.record.pending.approvers} == {"ana", "ben"}
    ana = at_work(world, ANA.address)
    assert ana.posts(ana.filled()).status == 303
    assert journey.statuses()["email.send_reply"] == "authorised"
    said = journey.record.audit[-1].fields
    assert said["own words"].value == "edited and signed by the same person"
    assert journey.answered() == "Close"


def test_somebody_elses_signature_on_it_says_nothing_of_it() -> None:
    """Ben signs what Ana changed: that is no signature of one's own words."""
    world, journey = asked(OWN)
    edits(world)
    journey.answered()
    ben = at_work(world, BEN.address)
    ben.posts(ben.filled())
    assert "own words" not in journey.record.audit[-1].fields


@pytest.mark.control
def test_control_elsewhere_an_edit_needs_somebody_else() -> None:
    """The same edit where the stage says nothing: Ana is not asked, and her decision is refused."""
    world, journey = asked({})
    edits(world)
    journey.answered()
    pending = journey.record.pending
    assert pending
    assert [one.id for one in pending.approvers] == ["ben"]
    own = Decision(
        by="ana",
        at=world.clock.now(),
        choices=dict.fromkeys(pending.digests, Choice.APPROVE),
    )
    with pytest.raises(NotPermitted):
        journey.is_decided(Choice.APPROVE, by=own.by)
