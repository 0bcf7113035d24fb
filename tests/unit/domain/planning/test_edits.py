"""Edits: the same target and expiry, new bytes, and a verdict that is never milder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal, get_args, get_origin

import pytest

from countersign.domain.approvals.directory import Member, SigningLimit
from countersign.domain.contract import Contract, Stored
from countersign.domain.errors import ContractBroken, NotAuthorised, UnknownVersion
from countersign.domain.jobs.change import JobRecord
from countersign.domain.ledger.action import Action, OneOf, ProposedAction, Prose, Receipt
from countersign.domain.ledger.entry import ActionStatus, LedgerEntry, entry, params_of
from countersign.domain.ledger.fields import faults, inputs
from countersign.domain.money import Money
from countersign.domain.planning.edits import changed_names, edited, words_only
from countersign.domain.planning.plan import situation
from countersign.domain.policy.policy import Answer, PolicyLine, Quorum, Reason, Verdict, joined
from countersign.domain.policy.records import Records
from countersign.domain.policy.rules import Rule, Situation
from countersign.domain.workflow import Workflow
from tests.builders import ANA, AT, EXPIRES, JOB_ID, proposal, record, verdict
from tests.flows import Letter, limits, workflow
from workflows import WORKFLOWS

BY = Member(person=ANA, roles=("sales",))


class Parcel(Contract):
    """Parameters of every kind."""

    CONTRACT: ClassVar[str] = "test.parcel"
    VERSION: ClassVar[int] = 1

    to: str
    title: str
    note: Prose
    due_at: datetime
    value: Money | None = None
    hint: str = ""
    speed: Literal["slow", "fast"] = "slow"
    lane: Annotated[str, OneOf("lanes")] = "air"
    lanes: tuple[str, ...] = ("air", "sea")
    posted: date | None = None
    pieces: int = 1


PARCEL = Parcel(
    to="them@example.com",
    title="A parcel",
    note="First line\nsecond line",
    due_at=AT + timedelta(days=2, seconds=7),
    value=Money(amount=Decimal("50.00"), currency="EUR"),
)
EDITABLE = ("title", "note", "due_at", "value", "hint", "speed", "lane", "posted", "pieces")


def send(port: object, parcel: Parcel, key: str) -> Receipt:
    """Nothing is sent here."""
    return Receipt(id=f"{port}{parcel.title}{key}")


SEND: Action[Parcel, Any] = Action(
    id="post.send",
    version=1,
    connector="post",
    params=Parcel,
    words=lambda parcel: parcel.title,
    do=send,
    find=None,
    read_back=None,
    expected=lambda _: {},
    amount=lambda parcel: parcel.value,
    editable=EDITABLE,
)


def rude(seen: Situation[Letter]) -> tuple[object, object] | None:
    """Somebody wrote a rude word."""
    said = any(isinstance(one, Parcel) and "rude" in one.note for one in seen.edited)
    return ("rude", "polite") if said else None


def long(seen: Situation[Letter]) -> tuple[object, object] | None:
    """Somebody wrote a long title."""
    said = any(isinstance(one, Parcel) and len(one.title) > 20 for one in seen.edited)
    return ("long", "short") if said else None


def flow(**parts: Any) -> Workflow[Letter]:
    """A workflow that posts parcels."""
    lines = (
        PolicyLine("always", ("post.*",), Answer.ASK, sentence="parcels ask"),
        PolicyLine("rude", ("post.*",), Answer.FORBID, "rude"),
        PolicyLine("long", ("post.*",), Answer.ASK, "long", quorum=Quorum.TWO),
    )
    base = workflow(lines)
    rules = (Rule("rude", "the note is rude", rude), Rule("long", "the title is long", long))
    return replace(base, rules=rules, actions={"post.send": SEND}, **parts)


def planned(index: int = 0, parcel: Parcel = PARCEL, **parts: Any) -> LedgerEntry:
    """An entry that waits for a signature."""
    wanted = ProposedAction(action="post.send", params=parcel, target=parcel.to)
    made = entry(
        index,
        wanted,
        SEND,
        verdict(Answer.ASK, "first"),
        job_id=JOB_ID,
        policy="letters/0",
        expires_at=EXPIRES,
    )
    return made.model_copy(update=parts)


def stored(*ledger: LedgerEntry) -> JobRecord:
    """A job with these entries and what rules read."""
    results: dict[str, Contract] = {
        "input": Letter(text="hello"),
        "proposal": proposal(),
        "records": Records(read_at=AT, found={}),
        "limits": limits(longest="80"),
    }
    return record(ledger, results={name: Stored.of(value) for name, value in results.items()})


def shown(held: LedgerEntry | None = None) -> dict[str, str]:
    """The form as it is shown."""
    return {one.name: one.text for one in inputs(held or planned(), SEND)}


def edit(
    changes: Mapping[str, str],
    held: LedgerEntry | None = None,
    *others: LedgerEntry,
    by: Member | None = None,
) -> LedgerEntry:
    """Ana, who may approve up to 100 EUR, edits."""
    rich = BY.model_copy(update={"limits": (SigningLimit(actions="post.*", most=euros("100.00")),)})
    held = held or planned()
    texts = {**shown(held), **changes}
    return edited(flow(), stored(held, *others), held, texts, by=by or rich, now=AT)


def euros(amount: str) -> Money:
    """An amount."""
    return Money(amount=Decimal(amount), currency="EUR")


def test_a_form_has_a_field_of_its_kind_for_what_may_change() -> None:
    """Of each kind; targets are not among them; defaults may be empty."""
    assert [(one.name, one.kind, one.required) for one in inputs(planned(), SEND)] == [
        ("title", "line", True),
        ("note", "prose", True),
        ("due_at", "moment", True),
        ("value", "money", False),
        ("hint", "line", False),
        ("speed", "choice", False),
        ("lane", "choice", False),
        ("posted", "day", False),
        ("pieces", "number", False),
    ]
    assert inputs(planned(), SEND)[6].options == PARCEL.lanes
    assert (shown()["posted"], shown()["pieces"]) == ("", "1")
    assert shown()["due_at"] == "2026-03-04T09:00"
    assert shown()["value"] == "50.00 EUR"


def test_an_edit_keeps_target_and_expiry_and_makes_new_bytes() -> None:
    """Only what was typed differs; digest and key are new; the first bytes stay readable."""
    held = planned()
    made = edit({"note": "Third\r\nline", "due_at": "2026-03-05T10:30", "value": "75.5 EUR"}, held)
    old, new = held.content(), made.content()
    assert changed_names(held, made) == ("due_at", "note", "value")
    assert {name for name in new if new[name] != old[name]} == {"params", "policy"}
    assert params_of(made, SEND) == PARCEL.model_copy(
        update={
            "note": "Third\nline",
            "due_at": datetime(2026, 3, 5, 10, 30, tzinfo=UTC),
            "value": euros("75.50"),
        }
    )
    assert (made.digest != held.digest, made.status) == (True, ActionStatus.PLANNED)
    assert (made.edited_by, made.edited_from) == ("ana", held.body)
    again = edit({"hint": "fragile", "speed": "fast"}, made)
    assert again.edited_from == held.body


def test_a_choice_is_one_of_what_stands_beside_it() -> None:
    """Another one is no answer to it, whatever was typed."""
    assert params_of(edit({"lane": "sea"}), SEND).lane == "sea"
    with pytest.raises(ContractBroken, match="one of the list"):
        edit({"lane": "rail"})


def test_a_day_and_a_number_are_read_as_they_are_written() -> None:
    """And can be emptied where nothing has to stand there."""
    made = edit({"posted": "2026-03-08", "pieces": "3"})
    assert (params_of(made, SEND).posted, params_of(made, SEND).pieces) == (date(2026, 3, 8), 3)
    assert params_of(edit({"posted": ""}, made), SEND).posted is None
    with pytest.raises(ContractBroken, match="pieces"):
        edit({"pieces": ""})


def test_what_may_be_empty_can_be_emptied() -> None:
    """An optional amount and an optional line can be taken away."""
    held = planned(parcel=PARCEL.model_copy(update={"hint": "fragile"}))
    made = params_of(edit({"value": "", "hint": ""}, held), SEND)
    assert (made.value, made.hint) == (None, "")


@pytest.mark.parametrize(
    "same",
    [
        {},
        {"note": "First line\r\nsecond line"},
        {"title": " A parcel "},
        {"due_at": shown()["due_at"]},
    ],
)
def test_an_edit_without_a_change_is_refused(same: dict[str, str]) -> None:
    """Line ends, outer spaces and seconds that a form cannot show are no change."""
    with pytest.raises(ContractBroken, match="nothing was changed"):
        edit(same)


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("title", "  ", "empty"),
        ("note", "", "empty"),
        ("title", "x" * 301, "longer"),
        ("note", "x" * 10_001, "longer"),
        ("title", "a\x07b", "control"),
        ("note", "a\u2028b", "control"),
        ("due_at", "tomorrow", "still to come"),
        ("due_at", "2026-03-02T09:00", "still to come"),
        ("value", "fifty", "is written like"),
        ("value", "50,00 EUR", "is written like"),
        ("value", "50.00 USD", "is written like"),
        ("value", "50.001 EUR", "is written like"),
        ("speed", "light", "one of the list"),
        ("posted", "soon", "is a day"),
        ("posted", "2026-02-30", "is a day"),
        ("pieces", "three", "a whole number"),
        ("pieces", "2.5", "a whole number"),
    ],
)
def test_a_wrong_field_is_named_with_what_to_do(name: str, text: str, why: str) -> None:
    """Each kind has its own faults, by field; the edit itself is refused with the same."""
    wrong = faults(inputs(planned(), SEND), {**shown(), name: text}, AT)
    assert list(wrong) == [name]
    assert why in wrong[name]
    with pytest.raises(ContractBroken, match=name):
        edit({name: text})


def test_what_was_left_alone_is_never_wrong() -> None:
    """A due time that passed while the request waited does not stop an edit of the note."""
    late = planned(parcel=PARCEL.model_copy(update={"due_at": AT - timedelta(days=1)}))
    assert params_of(edit({"note": "New"}, late), SEND).note == "New"


def test_an_amount_without_a_currency_before_takes_any() -> None:
    """Where no amount stood, its currency is free."""
    held = planned(parcel=PARCEL.model_copy(update={"value": None}))
    made = edit({"value": "9.00 EUR"}, held)
    assert params_of(made, SEND).value == euros("9.00")


def test_nobody_edits_above_their_own_limit() -> None:
    """The editor vouches for the amount: it is within what they may approve."""
    assert edit({"value": "100.00 EUR"})
    with pytest.raises(ContractBroken, match=r"100.01 EUR is above what Ana Costa may approve"):
        edit({"value": "100.01 EUR"})
    with pytest.raises(ContractBroken, match="above"):
        edit({"note": "New"}, by=BY)


def test_rules_read_the_edited_words_and_policy_forbids() -> None:
    """What no model may write no person may write either; the sentence says why."""
    with pytest.raises(ContractBroken, match="policy forbids this: the note is rude"):
        edit({"note": "rude words"})


def test_a_verdict_only_gets_stricter() -> None:
    """New reasons and more signers are added; what was asked for before stays."""
    made = edit({"title": "A title of more than twenty characters"})
    assert made.verdict.quorum is Quorum.TWO
    assert [reason.rule for reason in made.verdict.reasons] == ["always", "long", "first"]
    again = edit({"title": "Short"}, made)
    assert again.verdict.quorum is Quorum.TWO
    assert {reason.rule for reason in again.verdict.reasons} == {"always", "long", "first"}


def test_both_verdicts_at_once() -> None:
    """The harder answer, all reasons once with their newest values, a person if either says so."""
    old = Reason(line="a", rule="a", sentence="a", value="1")
    new = old.model_copy(update={"value": "2"})
    both = joined(
        Verdict(answer=Answer.ASK, reasons=(old,), escalate=True),
        Verdict(answer=Answer.RUN, reasons=(new,)),
    )
    assert both == Verdict(answer=Answer.ASK, reasons=(new,), escalate=True)


def test_other_edits_are_judged_along() -> None:
    """A rule that a colleague's edit broke is seen when the next one is judged, and by Decide."""
    other = planned(1, PARCEL.model_copy(update={"note": "rude"}), edited_by="ben")
    with pytest.raises(ContractBroken, match="rude"):
        edit({"title": "B"}, None, other)
    assert situation(flow(), stored(other), AT).edited == (params_of(other, SEND),)
    assert situation(flow(), stored(planned()), AT).edited == ()


def test_the_same_action_twice_is_refused() -> None:
    """An edit that makes two actions equal would make one effect of two."""
    twin = edit({"title": "B"})
    with pytest.raises(ContractBroken, match="exactly the same"):
        edit({"title": "B"}, planned(), twin.model_copy(update={"index": 1}))


@pytest.mark.parametrize(
    "parts", [{"status": s} for s in ActionStatus if s is not ActionStatus.PLANNED]
)
def test_only_what_waits_can_be_edited(parts: dict[str, Any]) -> None:
    """Forbidden stays forbidden; what was signed or ran stays what it was."""
    with pytest.raises(NotAuthorised, match="does not wait"):
        edit({"title": "B"}, planned(**parts))


def test_moved_bytes_and_unknown_actions_are_not_edited() -> None:
    """The stored bytes are checked first; an action of other code is not guessed at."""
    with pytest.raises(NotAuthorised, match="not the ones"):
        edited(flow(), stored(), planned(digest="0" * 64), shown(), by=BY, now=AT)
    held = planned()
    with pytest.raises(UnknownVersion, match="no such action"):
        edited(replace(flow(), actions={}), stored(held), held, shown(), by=BY, now=AT)


def test_a_change_can_make_more_true() -> None:
    """An action may say what else holds of parameters that a person changed."""
    marking = replace(SEND, as_edited=lambda p: p.model_copy(update={"hint": "by hand"}))
    held = planned()
    texts = {**shown(), "value": "", "note": "New"}
    made = edited(
        replace(flow(), actions={"post.send": marking}), stored(held), held, texts, by=BY, now=AT
    )
    assert params_of(made, SEND).hint == "by hand"


def test_no_action_lets_anybody_edit_where_it_goes() -> None:
    """In every workflow: editable parameters exist, are of a kind with a field, and name no one."""
    targets = {"to", "email", "charge", "order", "customer", "owner", "template", "in_reply_to"}
    found = 0
    for one in WORKFLOWS.values():
        for action in one.actions.values():
            found += len(action.editable)
            assert targets.isdisjoint(action.editable)
            for name in action.editable:
                kind = action.params.model_fields[name].annotation
                among = {kind, *get_args(kind)}
                assert among & {str, int, date, datetime, Money} or get_origin(kind) is Literal
    assert found


@pytest.mark.control
def test_what_the_target_has_accepted_once_is_not_edited() -> None:
    """Control: new bytes have a new key, under which the first effect would not be found again.

    A mail cannot be read back: what was accepted of it is no record that could be found.
    """
    readable = replace(SEND, read_back=lambda _port, _parcel, _receipt: {})
    held = planned(receipt=Receipt(id="r-1"))
    texts = {**shown(held), "title": "B", "value": ""}
    found = replace(flow(), actions={"post.send": readable})
    with pytest.raises(ContractBroken, match="accepted this once"):
        edited(found, stored(held), held, texts, by=BY, now=AT)
    assert edited(flow(), stored(held), held, texts, by=BY, now=AT).digest != held.digest
    fresh = planned()
    assert edited(found, stored(fresh), fresh, texts, by=BY, now=AT).digest != fresh.digest


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"note": "Another line"}, True),
        ({"note": "Another line", "title": "Another"}, True),
        ({"note": "Another line", "speed": "fast"}, False),
        ({"due_at": "2027-01-01T10:00"}, False),
    ],
)
def test_words_are_what_the_action_says_are_words(
    changes: Mapping[str, str], *, words: bool
) -> None:
    """Only wording was changed, however often; a speed or a time among it makes it more."""
    worded = replace(SEND, amount=None, wording=("title", "note"))
    plain = replace(flow(), actions={"post.send": worded})
    assert words_only(plain, edit(changes)) is words


def test_money_and_what_nobody_changed_is_no_words_only() -> None:
    """Words of what moves money need somebody else; what nobody edited has no editor."""
    money = replace(flow(), actions={"post.send": replace(SEND, wording=("note",))})
    assert not words_only(money, edit({"note": "Another line"}))
    assert not words_only(replace(flow(), actions={"post.send": SEND}), planned())
