"""One request from the inbox: the page of the link, the decision of the link, another way in."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import pytest

from countersign.domain.approvals.approval import Choice
from countersign.domain.money import Money
from countersign.web.codes import faults
from countersign.web.notices import TRIED_OUT
from tests.fakes.world import ANA, BEN, World
from tests.unit.web.many import many
from tests.unit.web.member import MemberBrowser, readings, wrote
from tests.unit.web.visitor import Browser
from tests.unit.web.waiting import APPROVAL, JOB, TOKEN, approval, tampered, waiting

PATH = f"/approvals/requests/{JOB}/{APPROVAL}"


def opened() -> tuple[World, MemberBrowser]:
    """Ana has the request open."""
    world = waiting()
    ana = MemberBrowser(world).signs_in(ANA.address)
    assert ana.opens(PATH).status == 200
    return world, ana


def filled(ana: MemberBrowser, choice: str = "approve", **changed: str) -> dict[str, str]:
    """The form as a person fills it in."""
    names = dict.fromkeys(re.findall(r'name="(choice-[0-9a-f]+)"', ana.page), choice)
    own = {"cause": "", "reason": "", "code": ana.code(), **changed}
    return {"shown": ana.hidden()["shown"], **names, **own}


def bare(page: str) -> str:
    """A page without its code."""
    return re.sub(r'id="code-shown">[^<]*<', "", page)


def test_the_page_is_the_link_s_page() -> None:
    """Byte for byte the same, but for the code."""
    world, ana = opened()
    link = Browser(world)
    link.opens()
    assert bare(ana.page) == bare(link.page)


def test_who_reads_a_request_signed_in_stands_in_its_trail_once_a_day() -> None:
    """A link's page writes nothing, whoever holds the link: nobody knows who that is."""
    world, ana = opened()
    ana.opens(PATH)
    Browser(world).opens()
    assert readings(world) == ["person:ana"]
    assert wrote(world) == 0


def test_a_decision_from_the_inbox_is_the_same_decision() -> None:
    """One write, by this person, seconds counted from opening; then the execution goes on."""
    world, ana = opened()
    world.clock.passes(seconds=30)
    response = ana.posts(PATH, filled(ana))
    assert (response.status, response.headers["location"]) == (303, PATH)
    made = approval(world).decision
    assert made is not None
    assert (made.by, made.via, set(made.choices.values())) == ("ana", "inbox", {Choice.APPROVE})
    assert (wrote(world), world.executions.succeeded) == (1, [TOKEN])
    assert world.store.load(JOB).audit[-1].fields["seconds"].value == "30"
    assert "Your decision is recorded" in ana.opens(PATH).body


def test_link_and_inbox_do_not_decide_twice() -> None:
    """What was decided by the one way is shown by the other."""
    world, ana = opened()
    link = Browser(world, "ben")
    link.opens()
    assert ana.posts(PATH, filled(ana)).status == 303
    assert link.posts(link.filled()).status == 409
    assert "Already decided by" in link.page
    assert ana.posts(PATH, filled(ana)).status == 409
    assert wrote(world) == 1


def test_what_is_missing_is_asked_for_and_what_was_typed_stays() -> None:
    """A rejection without a reason and a wrong code come back with the choices kept."""
    world, ana = opened()
    assert ana.posts(PATH, filled(ana, "reject", code="XXXXX")).status == 422
    assert ana.page.count("required checked") == 2
    assert wrote(world) == 0


def test_limits_are_judged_here_too() -> None:
    """An amount above the person's limit is refused with the reason."""
    world, ana = opened()
    held = world.store.load(JOB)
    one = approval(world).digests[0]
    amounts = {one: Money.model_validate({"minor": 100, "currency": "EUR"})}
    changed = approval(world).model_copy(update={"amounts": amounts})
    world.store.put(replace(held, approvals={APPROVAL: changed}))
    assert ana.posts(PATH, filled(ana)).status == 422
    assert "is above what Ana Costa may approve" in ana.page


@pytest.mark.parametrize("update", [{"body": "{}"}, {"digest": "0" * 64}])
def test_edited_bytes_cannot_be_signed_here(update: dict[str, str]) -> None:
    """Stored bytes that moved after the page was shown are not signed."""
    world, ana = opened()
    tampered(world, 2, **update)
    assert (ana.posts(PATH, filled(ana)).status, ana.opens(PATH).status) == (409, 409)
    assert wrote(world) == 0


def test_a_page_about_other_actions_is_refused() -> None:
    """The form names what was shown; another list of digests is not answered."""
    world, ana = opened()
    sent = {**filled(ana), "shown": "0" * 64}
    assert (ana.posts(PATH, sent).status, wrote(world)) == (409, 0)


def test_somebody_who_was_not_asked_sees_nothing() -> None:
    """Being a member is not being asked."""
    world, _ = opened()
    held = world.store.load(JOB)
    changed = approval(world).model_copy(update={"approvers": (ANA,)})
    world.store.put(replace(held, approvals={APPROVAL: changed}))
    ben = MemberBrowser(world).signs_in(BEN.address)
    assert ben.opens(PATH).status == 404


def test_an_action_is_edited_from_the_inbox() -> None:
    """The same form as the link's: the edit replaces the request, and its author cannot sign."""
    world, ana = opened()
    assert ana.opens(f"{PATH}?edit=2").status == 200
    texts = dict(re.findall(r'name="(field-[a-z_]+)" [^>]*value="([^"]*)"', ana.page))
    area = r'<textarea[^>]* name="([^"]+)"[^>]*>\n(.*?)</textarea>'
    areas = re.findall(area, ana.page, re.DOTALL)
    names = {name: unescape(text) for name, text in [*texts.items(), *areas]}
    sent = {"shown": ana.hidden()["shown"], "code": ana.code(), **names}
    key = next(name for name in names if name.endswith("text"))
    for code in ("XXXXX", ""):
        wrong = ana.posts(f"{PATH}?edit=2", {**sent, "code": code, key: "Shorter."})
        assert (wrong.status, wrote(world)) == (422, 0)
    assert ana.posts(f"{PATH}?edit=2", {**sent, key: "A shorter reply."}).status == 200
    assert approval(world).superseded
    assert world.store.load(JOB).audit[-1].actor == "person:ana"
    assert ">Back to the inbox</a>" in ana.page
    assert (ana.opens(PATH).status, "You edited what it asks for" in ana.page) == (200, True)


def test_a_question_is_asked_back_from_the_inbox() -> None:
    """It is stored, and the answer of the page leads back to the request, not to a link."""
    world = waiting()
    ben = MemberBrowser(world).signs_in(BEN.address)
    assert ben.opens(f"{PATH}?question=new").status == 200
    sent = {"shown": ben.hidden()["shown"], "text": "Do we know them?", "code": ben.code()}
    response = ben.posts(f"{PATH}?question=new", sent)
    assert (response.status, response.headers["location"]) == (303, PATH)
    (question,) = world.store.load(JOB).questions.values()
    assert (question.text, question.by.id) == ("Do we know them?", "ben")


def test_after_a_decision_the_way_back_says_what_waits() -> None:
    """The recorded decision, and one link to what waits next, with the number of what is left."""
    world = waiting()
    many(world, 3)
    ana = MemberBrowser(world).signs_in(ANA.address)
    ana.opens(PATH)
    ana.posts(PATH, filled(ana))
    page = ana.opens(PATH).body
    assert "Your decision is recorded" in page
    (path,) = re.findall('<a class="offer" href="([^"]+)">Next: 3 more wait for you</a>', page)
    assert path.startswith("/approvals/requests/")
    assert ana.opens(path).status == 200


def test_five_wrong_codes_end_the_session_and_a_new_one_goes_on() -> None:
    """Counted over all pages of the session; then the browser is signed out, its cookie takes no
    form even if it was kept, and after a new sign-in the same person decides."""
    world, ana = opened()
    many(world, 1)
    kept = dict(ana.cookies)
    form, before = filled(ana), wrote(world)
    for left in (4, 3, 2, 1):
        page = ana.posts(PATH, {**form, "code": "XXXXX"}).body
        assert f"{left} {'try is' if left == 1 else 'tries are'} left" in page
    ana.opens()
    bulk = {**ana.hidden("take-"), "take-a-000": "yes", "choice": "approve", "reason": ""}
    out = ana.posts("/approvals", {**bulk, "code": "XXXXX"})
    assert (out.status, "You are signed out" in out.body) == (422, True)
    assert any(cookie.startswith("cs-session=-") or "=-;" in cookie for cookie in out.cookies)
    ana.cookies = kept
    assert ana.posts(PATH, form).status == 422
    assert (approval(world).decision, wrote(world)) == (None, before)
    again = MemberBrowser(world).signs_in(ANA.address)
    again.opens(PATH)
    assert again.posts(PATH, filled(again)).status == 303


@pytest.mark.control
def test_control_codes_that_nobody_counts_can_be_guessed_for_ever() -> None:
    """The same guesses against the comparison alone are never stopped."""
    guesses = [faults(f"GUES{n}", "ABCDE", lambda: 0, lambda _: TRIED_OUT) for n in range(9)]
    assert all(guesses)
