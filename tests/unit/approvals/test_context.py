"""What stands around the actions: signatures, cost, past deals, changes at the target, edits."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from countersign.actions.crm import Contact
from countersign.approvals.views.later import written_later
from countersign.approvals.views.request import RequestPage, cost, request
from countersign.domain.approvals.approval import Choice, Decision
from countersign.domain.contract import Stored
from countersign.domain.jobs.change import JobRecord
from countersign.domain.planning.joining import LATER, Later, Way, Word
from countersign.domain.policy.policy import Answer, Quorum
from countersign.domain.policy.proposal import Usage
from countersign.domain.policy.records import Record, Records
from countersign.web.forms import Form
from countersign.web.rendering import render
from countersign.web.text import compared
from tests.fakes.world import ANA, CLEO, START
from tests.unit.web.plot import Plot
from tests.unit.web.waiting import APPROVAL, DRAFTED, planned, record
from workflows import WORKFLOWS

UNREADABLE = Records(read_at=START, found={})
"""Something of another contract."""


def looked(held: JobRecord, **found: tuple[Record, ...]) -> JobRecord:
    """`held` after a look at the CRM."""
    records = Stored.of(Records(read_at=START, found=found))
    return replace(held, results={**held.results, "records": records})


def asked_with(held: JobRecord, **update: object) -> JobRecord:
    """`held` with another approval."""
    changed = held.approvals[APPROVAL].model_copy(update=update)
    return replace(held, approvals={APPROVAL: changed})


def view(held: JobRecord) -> RequestPage:
    """What Ana sees."""
    workflow = WORKFLOWS["lead_intake"]
    return request(held, held.approvals[APPROVAL], ANA, workflow, START, contact=CLEO)


def page(held: JobRecord) -> str:
    """The whole page."""
    return render("approval.html.j2", it=view(held), form=Form(shown="", code="ABCDE"))


def contact(**fields: str) -> Record:
    """The contact in the CRM."""
    return Record(kind="contact", id="7", version="1", fields=fields)


def updating(*found: Record) -> JobRecord:
    """A job that asks to update Maria's contact, of which the CRM has `found`."""
    params = Contact(email=Plot().to, name="Maria Keller", phone="+15550142", company="Keller GmbH")
    entry = planned(3, "crm.upsert_contact", params, Plot().to, Answer.ASK, DRAFTED)
    held = record()
    held = replace(held, ledger=(*held.ledger, entry))
    held = asked_with(held, digests=(*held.approvals[APPROVAL].digests, entry.digest))
    return looked(held, contact=found)


def test_signatures_are_counted_against_what_is_needed() -> None:
    """Under four eyes: who signed, how many are needed, who is still asked, who stands in."""
    held = record()
    digests = held.approvals[APPROVAL].digests
    by_ben = Decision(by="ben", at=START, choices=dict.fromkeys(digests, Choice.APPROVE))
    held = asked_with(held, quorum=Quorum.TWO, signatures=(by_ben,), instead_of={"ana": "dora"})
    body = page(held)
    for words in (
        *("1 of 2 signatures.", "Two different people must sign", "<bdi>Ben Okafor</bdi>"),
        "Ana Costa for dora",
    ):
        assert words in body
    assert page(asked_with(held, quorum=Quorum.ALL)).count("Everybody who was asked") == 1


def test_one_signature_says_that_the_first_counts() -> None:
    """With others asked, and without."""
    assert "Also asked: Ben Okafor. The first decision counts." in page(record())
    alone = asked_with(record(), approvers=(ANA,))
    assert "Nobody else was asked." in page(alone)


def test_cost_is_calls_tokens_and_money() -> None:
    """What the model's answers cost is on the page; without a call, that."""
    usage = Usage(calls=2, input_tokens=900, output_tokens=300, usd=Decimal("0.00084"))
    assert cost(usage) == "2 model calls, 1,200 tokens, 0.0008 USD"
    assert "no model call" in page(record())


def test_past_deals_of_the_contact_are_listed() -> None:
    """Title, stage, amount and close date, as Look found them; without deals no such section."""
    fields = {
        "dealname": "Depot Leipzig",
        "dealstage": "closedlost",
        "amount": "9000",
        "deal_currency_code": "EUR",
        "closedate": "2025-11-30T10:00:00Z",
    }
    deals = tuple(
        Record(kind="deal", id=str(number), version="1", fields=said)
        for number, said in enumerate((fields, {}), 1)
    )
    body = page(looked(record(), deals=deals))
    for words in ("<summary>History<", "Depot Leipzig", "Deal 2"):
        assert words in body
    assert "Closedlost · 9000 EUR · close date 2025-11-30" in body
    assert "<summary>History<" not in page(looked(record()))


def test_changes_of_a_contact_are_shown_before_and_after() -> None:
    """From the stored record: what differs, and only that."""
    held = updating(contact(firstname="Maria", lastname="Keller", phone="+15550100"))
    changes = view(held).actions[2].changes
    assert changes is not None
    said = {one.label: ["".join(p.text for p in run.pieces) for run in one.runs] for one in changes}
    assert said == {"Phone": ["+15550100", "+15550142"], "Company": ["", "Keller GmbH"]}
    assert "What changes there" in page(held)


def test_a_contact_that_holds_it_all_changes_nothing() -> None:
    """The page says so instead of showing an empty list."""
    held = updating(
        contact(firstname="Maria", lastname="Keller", phone="+1 555 0142", company="Keller GmbH")
    )
    assert "Nothing: all of this is there already." in page(held)


def test_an_action_that_only_adds_has_no_list_of_changes() -> None:
    """A mail changes nothing that was there."""
    assert [item.changes for item in view(looked(record())).actions] == [None, None]


@pytest.mark.parametrize(
    ("before", "after", "kinds"),
    [
        ("short", "other", ["gone", "new"]),
        ("", "new", ["gone", "new"]),
        ("one line that is quite long and stays\n" * 2, None, ["same"]),
        (
            "We will call you tomorrow at ten o'clock, if that suits you.\nKind regards",
            "We will call you on Monday at ten o'clock, if that suits you.\nKind regards",
            ["same", "gone", "new", "same", "same"],
        ),
        (
            "Nothing of this stays as it is, not a single word of all these.\nKind regards",
            "Something else\nKind regards",
            ["gone", "new", "same"],
        ),
        (
            "A first line that goes away altogether, every single word of it\nlast",
            "last",
            ["gone", "same"],
        ),
        (
            "last",
            "A first line that is new altogether, every single word of it too\nlast",
            ["new", "same"],
        ),
    ],
)
def test_a_comparison_loses_nothing(before: str, after: str | None, kinds: list[str]) -> None:
    """What stayed and went is the old text, what stayed and came is the new one, in order."""
    after = before if after is None else after
    runs = compared(before, after)
    assert [run.kind for run in runs] == kinds

    def joined(*wanted: str) -> str:
        return "".join(p.text for run in runs if run.kind in wanted for p in run.pieces)

    assert (joined("same", "gone"), joined("same", "new")) == (before, after)


@pytest.mark.parametrize(
    ("minutes", "way", "vouched", "told"),
    [
        (5, Way.SHOWN, False, ("after you were asked", "no part", "Nobody vouches")),
        (-5, Way.JOINS, True, ("part of the message now",)),
        (5, Way.NOTED, True, ("after you were asked", "own job goes on")),
    ],
)
def test_what_was_written_later_is_shown_with_what_it_means(
    minutes: int, way: Way, vouched: bool, told: tuple[str, ...]
) -> None:
    """Who signs sees what came after the request, whether it counts, and whose it may be."""
    at = START + timedelta(minutes=minutes)
    parts = {"sender": "eve@example.net", "text": "Wait <b>!</b>", "job_id": "j-2"}
    said = Word(at=at, vouched=vouched, way=way, **parts)
    held = asked_with(record(), requested_at=START)
    held = replace(held, results={**held.results, LATER: Stored.of(Later(words=(said,)))})
    (spoken,) = view(held).later
    assert [any(part in note for note in spoken.notes) for part in told] == [True] * len(told)
    assert len(spoken.notes) == len(told)
    shown = page(held)
    assert "Wait &lt;b&gt;!&lt;/b&gt;" in shown
    assert "/approvals/jobs/j-2" in shown
    assert written_later(replace(held, results={LATER: Stored.of(UNREADABLE)})) == ()


def test_a_request_that_nobody_wrote_after_says_nothing_of_it() -> None:
    """No empty section."""
    assert "Written later" not in page(record())
