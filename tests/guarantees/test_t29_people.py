"""T29: no decision by a stale page, a second click, a wrong person, or by time."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from itertools import product

import pytest

from countersign.approvals.handlers import answer
from countersign.domain.approvals.directory import SigningLimit
from countersign.domain.errors import ContractBroken
from countersign.domain.money import Money
from countersign.domain.policy.policy import Quorum
from countersign.entrypoints.tick import tick
from countersign.web.http import Request
from tests.fakes.world import ANA, BEN, CLEO
from tests.guarantees.signing import SENDER, Figure, Waiting, asked
from tests.unit.domain.planning.test_edits import edit

pytestmark = pytest.mark.guarantee("T29")


def test_a_replay_after_the_decision_changes_nothing(figure: Figure) -> None:
    """The same form, from either person, again and again: 409, one decision, the effects once."""
    held = asked()
    ana, ben = held.browser("ana"), held.browser("ben")
    ana.opens()
    ben.opens()
    mine, theirs = ana.filled(), ben.filled("reject")
    assert ana.posts(mine).status == 303
    made, writes = held.decision, held.world.store.writes
    statuses = {b.posts(f).status for _ in range(25) for b, f in ((ana, mine), (ben, theirs))}
    held.journey.answered()
    statuses |= {b.posts(f).status for _ in range(25) for b, f in ((ana, mine), (ben, theirs))}
    assert (statuses, held.decision) == ({409}, made)
    assert held.effects() == {"contacts": 1, "deals": 1, "tasks": 1, "mail": 1}
    assert writes < held.world.store.writes
    figure("100 replays: 0 accepted, effects once", 100)


def test_a_stale_page_decides_nothing() -> None:
    """A form that shows the plan before somebody edited it is refused; the new one needs another
    person than its editor."""
    held = asked()
    ana, ben = held.browser("ana"), held.browser("ben")
    ana.opens()
    ben.opens()
    stale = ana.filled()
    ben.goes_to(edit="4")
    fields = ben.fields()
    name = next(name for name in fields if name.endswith("text"))
    assert ben.posts({**fields, name: "Dear Anna, we will call."}).status == 200
    assert ana.posts(stale).status == 409
    assert (ana.opens().status, "This request was replaced" in ana.page) == (200, True)
    assert held.journey.goes("Look") == "Ask"
    assert held.effects() == {}
    again = held.browser("ana")
    again.opens()
    assert again.posts(stale).status in (403, 409)
    assert (held.decision, held.approval.signatures) == (None, ())
    again.opens()
    assert again.posts(again.filled()).status == 303


def test_time_takes_no_action(figure: Figure) -> None:
    """Nobody decides: every tier is asked, then the job is a case and nothing happened."""
    held = asked()
    person = held.browser()
    person.opens()
    form = person.filled()
    for _ in range(8):
        held.world.clock.passes(hours=4)
        tick(held.world.deps)
    assert person.posts(form).status == 409
    assert held.decision is not None
    assert held.decision.via == "expiry"
    assert held.journey.answered() == "Escalate"
    assert (held.effects(), held.record.job.status.value) == ({}, "ESCALATED")
    figure("time-out: 0 actions, 1 case", 1)


Arrange = Callable[[Waiting], None]


def _wrote_it(held: Waiting) -> None:
    held.becomes(requester=ANA.address.upper())


def _wrote_the_policy(held: Waiting) -> None:
    held.becomes(author=ANA.id)


def _edited_it(held: Waiting) -> None:
    held.becomes(editors={held.approval.digests[0]: (ANA.id,)})


def _too_much(held: Waiting) -> None:
    money = Money(amount=Decimal("50000.01"), currency="EUR")
    held.becomes(amounts={held.approval.digests[0]: money})
    limit = SigningLimit(actions="crm.*", most=Money(amount=Decimal("50000.00"), currency="EUR"))
    held.world.people.becomes(ANA, limits=(limit,))


def _other_currency(held: Waiting) -> None:
    _too_much(held)
    limit = SigningLimit(actions="*", most=Money(amount=Decimal("900000.00"), currency="USD"))
    held.world.people.becomes(ANA, limits=(limit,))


def _left(held: Waiting) -> None:
    held.world.people.leaves(ANA)


def _not_asked(held: Waiting) -> None:
    held.becomes(approvers=(BEN, CLEO))


def _too_late(held: Waiting) -> None:
    held.world.clock.passes(hours=9)


@pytest.mark.parametrize(
    ("arrange", "status"),
    [
        (_wrote_it, 422),
        (_wrote_the_policy, 422),
        (_edited_it, 422),
        (_too_much, 422),
        (_other_currency, 422),
        (_left, 404),
        (_not_asked, 404),
        (_too_late, 409),
    ],
)
def test_the_wrong_person_decides_nothing(arrange: Arrange, status: int) -> None:
    """Who asked, who wrote policy or edit, who is above their limit, gone, not asked or late."""
    held = asked()
    person = held.browser()
    person.opens()
    form = person.filled()
    arrange(held)
    assert person.posts(form).status == status
    assert held.approval.signatures == ()
    held.journey.answered()
    assert held.effects() == {}


def test_nobody_edits_an_amount_above_their_own_limit(figure: Figure) -> None:
    """With a limit of 100.00 EUR every edit up to it stands, and none above it."""
    for cents in range(9_950, 10_051):
        amount = f"{cents // 100}.{cents % 100:02}"
        if cents <= 10_000:
            assert edit({"value": f"{amount} EUR"}).edited_by
        else:
            with pytest.raises(ContractBroken, match="is above what"):
                edit({"value": f"{amount} EUR"})
    figure("50 edits above the editor's own limit refused", 101)


def test_four_eyes_are_two_people(figure: Figure) -> None:
    """One person's signature, however often and in how many browsers, is one of two."""
    held = asked()
    held.becomes(quorum=Quorum.TWO)
    for number in range(5):
        ana = held.browser()
        ana.opens()
        form = ana.filled() if number == 0 else {}
        assert ana.posts(form).status == (409 if number else 303)
        assert held.decision is None
    held.journey.answered()
    assert held.effects() == {}
    ben = held.browser("ben")
    ben.opens()
    assert ben.posts(ben.filled()).status == 303
    held.journey.answered()
    assert held.effects() == {"contacts": 1, "deals": 1, "tasks": 1, "mail": 1}
    figure("four eyes: one person in 5 browsers is one of two", 6)


def test_a_late_click_learns_who_when_and_why_and_nobody_else_learns_anything(
    figure: Figure,
) -> None:
    """With a valid secret of their own: name, time and reason; any other gets the one refusal."""
    held = asked()
    ana, ben = held.browser("ana"), held.browser("ben")
    ana.opens()
    ben.opens()
    late = ben.filled()
    held.world.clock.passes(minutes=7)
    ana.posts(ana.filled("reject", reason="We met them last week."))
    told = [ben.posts(late), ben.opens(), ana.opens()]
    assert [one.status for one in told] == [409, 200, 200]
    for words in ("2 Mar 2026, 09:07 UTC", "We met them last week.", "Wrong facts"):
        assert all(words.lower() in one.body.lower() for one in told)
    assert all("Ana Costa" in one.body for one in told[:2])
    strangers = [
        {**ben.params, "secret": ana.params["secret"]},
        {**ben.params, "secret": "guess"},
        {**ben.params, "link": "unknown"},
    ]
    asked_by = [Request(method, one) for method, one in product(("GET", "POST"), strangers)]
    answers = [answer(held.world.deps, one) for one in asked_by]
    assert {(one.status, one.body) for one in answers} == {(404, answers[0].body)}
    assert not any(word in answers[0].body for word in ("Ana", "last week", SENDER))
    n = len(told) + len(answers)
    figure("a late click learns who, when and why, all others the one refusal", n)
