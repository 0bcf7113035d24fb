"""Above a limit: a code mailed at that moment, for this person, this request and these choices."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest

from countersign.domain.approvals.approval import Choice, Decision
from countersign.domain.approvals.codes import CODE_FOR, MOST_CODES, TRIES, above
from countersign.domain.errors import Ambiguous, Refused, Unavailable
from countersign.domain.money import Money
from countersign.domain.policy.release import Limits
from tests.fakes.journey import Journey
from tests.fakes.world import World
from tests.unit.approvals.test_approval_edit import at_work
from tests.unit.steps import refunds
from tests.unit.web.member import MemberBrowser
from tests.unit.web.visitor import Browser

INES = "ines@countersign.example"


def asked(amount: int = 150_000) -> tuple[World, Journey, Browser]:
    """1,500 EUR are asked for, above the limit of 1,000; Ines has her link open."""
    world = refunds.world()
    journey = refunds.asks_for(world, "1047", amount)
    return world, journey, at_work(world, INES)


def codes(world: World, address: str = INES) -> list[str]:
    """The codes that somebody was mailed, oldest first."""
    found = (re.search(r"^\d{6}$", mail.text, re.MULTILINE) for mail in world.mail.to(address))
    return [one[0] for one in found if one]


def wrong(code: str) -> str:
    """Another code."""
    return f"{(int(code) + 1) % 10**6:06d}"


def signed(journey: Journey) -> list[str]:
    """Who signed."""
    return [one.by for approval in journey.record.approvals.values() for one in approval.signatures]


def test_above_the_limit_nothing_is_decided_before_the_mailed_code() -> None:
    """The first POST mails six digits to the person's own address and asks for them; the second
    one, with them, is the signature. The history says so, and does not have the code."""
    world, journey, ines = asked()
    form = ines.filled()
    assert (ines.posts(form).status, signed(journey)) == (422, [])
    assert 'autocomplete="one-time-code"' in ines.page
    assert 'inputmode="numeric"' in ines.page
    assert ines.page.count('value="approve" required checked') == len(journey.record.ledger)
    (code,) = codes(world)
    assert ines.posts({**form, "mailed": f" {code[:3]} {code[3:]}"}).status == 303
    assert signed(journey) == ["ines"]
    assert journey.record.audit[-1].fields["confirmed"].value == "mailed code"


def test_the_code_is_in_the_mail_and_nowhere_else(capsys: pytest.CaptureFixture[str]) -> None:
    """Not on the page, in logs, in the history, in the stored row, or in the mail's subject."""
    world, journey, ines = asked()
    form = ines.filled()
    pages = [ines.posts(form).body, ines.posts({**form, "mailed": "000000"}).body]
    (code,) = codes(world)
    pages.append(ines.posts({**form, "mailed": code}).body)
    told = capsys.readouterr()
    stored = repr((journey.record, world.codes.all()))
    assert all(code not in text for text in (*pages, told.out, told.err, stored))
    mail = world.mail.to(INES)[-1]
    assert code not in mail.subject
    assert "1,500.00 EUR" in mail.subject
    assert code in mail.html


def test_up_to_the_limit_and_for_a_rejection_no_code_is_needed() -> None:
    """1,000 EUR are signed as ever; 1,500 EUR are rejected as ever."""
    for amount, choice in ((100_000, "approve"), (150_000, "reject")):
        world, journey, ines = asked(amount)
        assert ines.posts(ines.filled(choice)).status == 303
        assert (signed(journey), codes(world)) == (["ines"], [])


def test_a_currency_without_a_limit_needs_the_code() -> None:
    """No limit says that it could be spared, however small the amount is; nor does a job without
    limits. An action that moves no money needs none."""
    _, journey, _ = asked()
    pending = journey.record.pending
    assert pending
    limits = journey.record.results["limits"].as_(Limits)
    (refund,) = pending.amounts
    choices = dict.fromkeys(pending.digests, Choice.APPROVE)
    decision = Decision(by="ines", at=pending.requested_at, choices=choices)
    for currency, amount, needed in (("SEK", 1, 1), ("EUR", 1_000, 0), ("EUR", 1_001, 1)):
        money = Money(amount=Decimal(amount), currency=currency)
        changed = pending.model_copy(update={"amounts": {refund: money}})
        assert len(above(changed, decision, limits)) == needed
        assert above(changed, decision, None) == (money,)
    nothing = pending.model_copy(update={"amounts": {}})
    assert above(nothing, decision, None) == ()


def test_five_tries_then_the_code_is_dead_and_another_one_works() -> None:
    """Each wrong one counts, the sixth POST tries nothing, even with the right code."""
    world, journey, ines = asked()
    form = ines.filled()
    ines.posts(form)
    (code,) = codes(world)
    for left in range(TRIES - 1, 0, -1):
        page = ines.posts({**form, "mailed": wrong(code)}).body
        assert f"{left} {'try is' if left == 1 else 'tries are'} left" in page
    assert "was wrong 5 times" in ines.posts({**form, "mailed": wrong(code)}).body
    assert 'name="mailed"' not in ines.page
    assert ines.posts({**form, "mailed": code}).status == 422
    assert world.codes.counted == [1, 2, 3, 4, 5]
    assert ines.posts({**form, "mailed": codes(world)[-1]}).status == 303
    assert signed(journey) == ["ines"]


def test_a_right_code_counts_once_however_often_the_decision_is_written() -> None:
    """The last try is right, and somebody else writes the job first: it is not tried again."""
    world, journey, ines = asked()
    form = ines.filled()
    ines.posts(form)
    (code,) = codes(world)
    for _ in range(TRIES - 1):
        ines.posts({**form, "mailed": wrong(code)})
    world.store.refuses("signed by a person")
    assert ines.posts({**form, "mailed": code}).status == 303
    assert (signed(journey), world.codes.counted) == (["ines"], [1, 2, 3, 4, 5])


def test_what_is_no_code_at_all_is_no_try() -> None:
    """Nothing typed, letters, five digits: the page says what it wants and counts nothing."""
    world, _, ines = asked()
    form = ines.filled()
    ines.posts(form)
    for typed in ("", "abcdef", "12345", "١٢٣٤٥٦"):
        assert ines.posts({**form, "mailed": typed}).status == 422
    assert (world.codes.counted, len(codes(world))) == ([], 1)


def test_a_code_ends_after_ten_minutes() -> None:
    """At the last second it works; later a new one is mailed, and the old one is no try."""
    world, journey, ines = asked()
    form = ines.filled()
    ines.posts(form)
    world.clock.passes(seconds=CODE_FOR / timedelta(seconds=1))
    page = ines.posts({**form, "mailed": codes(world)[0]}).body
    assert "The earlier code has expired." in page
    assert (signed(journey), world.codes.counted, len(codes(world))) == ([], [], 2)
    world.clock.passes(seconds=CODE_FOR / timedelta(seconds=1) - 1)
    assert ines.posts({**form, "mailed": codes(world)[1]}).status == 303


def test_three_codes_in_an_hour_then_the_page_says_when() -> None:
    """A fourth is mailed only when an hour has passed since the first; the last one still works."""
    world, journey, ines = asked()
    form = ines.filled()
    for _ in range(MOST_CODES + 2):
        ines.posts({**form, "again": "yes"})
    assert len(codes(world)) == MOST_CODES
    assert "The next one can be mailed after Mon 2 Mar 2026, 10:00 UTC" in ines.page
    assert 'name="again"' not in ines.page
    world.clock.passes(minutes=60)
    ines.posts({**form, "again": "yes"})
    assert len(codes(world)) == MOST_CODES + 1
    assert ines.posts({**form, "mailed": codes(world)[-1]}).status == 303
    assert signed(journey) == ["ines"]


def test_a_code_is_for_one_person_one_request_and_these_choices() -> None:
    """Sam's code, or a code for both actions when only one is approved, does not fit; with other
    choices a new one is mailed."""
    world, journey, ines = asked()
    sam = at_work(world, "sam@countersign.example")
    form = ines.filled()
    ines.posts(form)
    sam.posts(sam.filled())
    (of_sam,) = codes(world, "sam@countersign.example")
    assert ines.posts({**form, "mailed": of_sam}).status == 422
    names = [name for name in form if name.startswith("choice-")]
    refund = next(one.digest for one in journey.record.ledger if one.action == "payments.refund")
    other = next(name for name in names if not name.endswith(refund))
    changed = {**form, other: "reject", "cause": "wrong tone", "mailed": codes(world)[0]}
    assert ines.posts(changed).status == 422
    assert "Your choices changed" in ines.page
    assert (signed(journey), len(codes(world))) == ([], 2)
    assert ines.posts({**changed, "mailed": codes(world)[1]}).status == 303


def test_who_may_not_approve_it_is_mailed_no_code() -> None:
    """Whose limit was taken away reads why, and no mail goes out."""
    world, journey, ines = asked()
    member = world.people.directory().member("ines")
    assert member
    world.people.becomes(member.person, limits=())
    assert "above what Ines may approve" in ines.posts(ines.filled()).body
    assert (codes(world), signed(journey), world.codes.all()) == ([], [], ())


def test_a_mail_that_did_not_go_out_is_no_code() -> None:
    """A provider that is away gives 503 and uses nothing up; a lost answer counts as mailed."""
    world, journey, ines = asked()
    form = ines.filled()
    for _ in range(MOST_CODES):
        world.mail.fails_with(Unavailable("the provider is away"))
        assert ines.posts(form).status == 503
    world.mail.fails_with(Refused("no such address"))
    assert "refuses your address" in ines.posts(form).body
    world.mail.fails_with(Ambiguous("the answer was lost"), after_sending=True)
    ines.posts(form)
    assert ines.posts({**form, "mailed": codes(world)[-1]}).status == 303
    assert signed(journey) == ["ines"]


def test_the_inbox_asks_for_the_code_as_the_link_does() -> None:
    """The same page and rules for somebody signed in; bulk does not offer such a request."""
    world, journey, _ = asked()
    pending = journey.record.pending
    assert pending
    ines = MemberBrowser(world).signs_in(INES)
    ines.opens()
    assert ines.boxes() == []
    path = f"/approvals/requests/{journey.job_id}/{pending.approval_id}"
    ines.opens(path)
    names = dict.fromkeys(re.findall(r'name="(choice-[0-9a-f]+)"', ines.page), "approve")
    form = {"shown": ines.hidden()["shown"], "cause": "", "reason": "", "code": ines.code()}
    assert ines.posts(path, {**form, **names}).status == 422
    assert signed(journey) == []
    answer = ines.posts(path, {**form, **names, "mailed": codes(world)[-1]})
    assert (answer.status, signed(journey)) == (303, ["ines"])
