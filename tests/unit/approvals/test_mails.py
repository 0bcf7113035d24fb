"""The mails: short, one link, no more personal data than needed, deaf to hostile content."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

import pytest

from countersign.approvals.mails import approval_request
from countersign.domain.approvals.approval import Person
from countersign.domain.errors import NotAuthorised
from countersign.domain.jobs.cases import Case
from countersign.domain.mail import Email
from countersign.domain.policy.proposal import Fact
from countersign.jobs.handover import case_opened
from tests.fakes.world import ANA, START
from tests.unit.approvals.test_approval_page import NAUGHTY, nasty
from tests.unit.web.elements import Elements
from tests.unit.web.plot import Plot
from tests.unit.web.waiting import APPROVAL, JOB, record, tampered, waiting
from workflows import WORKFLOWS

FLOW = WORKFLOWS["lead_intake"]
WRITER = "maria.keller@keller.example"
BASE = "https://countersign.example"
URL = f"{BASE}/approvals/link-1/secret-1"
INBOX = f"{BASE}/approvals"
HOSTILE = (
    *NAUGHTY,
    "Maria\r\nBcc: all@evil.example\r\n\r\nbody",
    "Maria\u2028Subject: paid\u0085x",
    "see https://evil.example/login or www.evil.example now",
)


def mail(plot: Plot | None = None, person: Person = ANA) -> Email:
    """The request of a plot."""
    held = record(plot)
    return approval_request(held, held.approvals[APPROVAL], FLOW, person, URL)


def test_subject_says_what_and_how_much() -> None:
    """Kind, person, company, amount and how many more: enough to decide when to open it."""
    assert mail().subject == "Sign: reply to Maria Keller, Keller GmbH, 60,000.00 EUR (+1 action)"


def test_subject_falls_back_to_the_target() -> None:
    """Without a name among the facts, the target says whom it is about."""
    subject = mail(replace(Plot(), facts={})).subject
    assert subject == "Sign: reply to maria.keller@keller.example, 60,000.00 EUR (+1 action)"


def test_mail_goes_to_the_approver_with_the_link_once() -> None:
    """To the approver; the link stands once in the text and once in the HTML."""
    sent = mail()
    assert sent.to == ANA.address
    assert (sent.text.count(URL), sent.html.count(URL)) == (1, 1)


def test_mail_tells_actions_reasons_and_deadline() -> None:
    """What will happen, why it is asked, until when, who else: the same in text and HTML."""
    sent = mail()
    for words in (
        *("Send the drafted reply to maria.keller@keller.example", "Wed 4 Mar 2026, 09:00 UTC"),
        *(
            "A drafted reply is read before it goes out.",
            "60,000.00 EUR is above 50,000.00 EUR",
            "Ben Okafor",
        ),
    ):
        assert words in sent.text
        assert words in sent.html


def test_mail_holds_no_more_personal_data_than_needed() -> None:
    """Neither the message nor the reply's text travels by mail."""
    sent = mail()
    for words in ("14 delivery vans in Leipzig", "Dear Ms Keller", "Could somebody call"):
        assert words not in sent.text + sent.html


def test_mail_loads_nothing() -> None:
    """No image, no sheet from elsewhere, no pixel: readable without images, nobody is tracked."""
    seen = Elements(mail().html)
    assert seen.tags <= {
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "main",
        "h1",
        "p",
        "bdi",
        "ol",
        "ul",
        "li",
        "strong",
        "a",
    }
    assert re.findall(r'(?:src|href)="([^"]*)"', mail().html) == [URL, INBOX]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_content_stays_content(text: str) -> None:
    """No new header, line, element, link, or unseen character comes out of outside content."""
    sent = mail(replace(nasty(text), facts={"name": Fact(value=text, quotes=(text,))}))
    message = EmailMessage()
    message["Subject"] = sent.subject
    unseen = [c for c in sent.subject + sent.text if unicodedata.category(c) in {"Cc", "Cf"}]
    assert set(unseen) <= {"\n", "\u200d"}
    assert len(sent.text.splitlines()) == len(mail().text.splitlines())
    assert Elements(sent.html).tags == Elements(mail().html).tags
    assert re.findall(r"https?://\S+", sent.text) == [URL, INBOX]
    assert len(sent.subject) <= 140


@pytest.mark.control
def test_naive_subject_would_split_the_header() -> None:
    """Control: the hostile name, put into a header as it is, is refused by the mail library."""
    message = EmailMessage()
    with pytest.raises(ValueError, match=r"linefeed|newline"):
        message["Subject"] = f"Sign: reply to {HOSTILE[len(NAUGHTY)]}"


def test_hostile_name_of_an_approver_stays_a_name() -> None:
    """The directory is data too."""
    sent = mail(person=Person(id="x", name="<b>\r\nx</b>", address="x@example.com"))
    assert "Hello <b> x</b>," in sent.text
    assert "<b>" not in sent.html


def test_nobody_is_asked_to_sign_edited_bytes() -> None:
    """When the stored bytes moved before the mail was written, there is no mail."""
    world = waiting()
    tampered(world, 2, body="{}")
    held = world.store.load(JOB)
    with pytest.raises(NotAuthorised):
        approval_request(held, held.approvals[APPROVAL], FLOW, ANA, URL)


def test_case_mail_names_reason_and_ways_out() -> None:
    """Why, who wrote about what and how much, how the actions stand, until when, the page first and
    then the command; nothing of the text but how it begins."""
    case = Case(
        job_id=JOB,
        reason="an action\r\nfailed",
        owner="sales-ops",
        opened_at=START,
        due_at=START + timedelta(days=2),
    )
    sent = case_opened(record(), FLOW, case, ANA, BASE, zone="Asia/Tokyo")
    assert (sent.to, sent.subject) == (
        ANA.address,
        f"Case: Lead intake: an action failed · {WRITER}",
    )
    for words in (
        *("Create lead, send reply: waits for a signature", "Create lead: done and checked"),
        *("countersign case j-waiting resume|done|close", "Wed 4 Mar 2026, 18:00 Tokyo time"),
    ):
        assert words in sent.text
        assert words in sent.html
    for words in (WRITER, "60,000.00 EUR"):
        assert words in sent.text
        assert words in sent.html
    assert "by the end of" not in sent.text
    page = f"{BASE}/approvals/cases/j-waiting"
    assert sent.text.index(page) < sent.text.index("countersign case")
    assert f'href="{page}"' in sent.html


def test_case_of_an_unknown_workflow_is_mailed_too() -> None:
    """A job whose workflow this code does not have still reaches its owner."""
    held = record()
    lost = replace(held, job=held.job.model_copy(update={"workflow": "gone"}), ledger=())
    case = Case(job_id=JOB, reason="x", owner="ops", opened_at=START, due_at=START)
    assert case_opened(lost, None, case, ANA, BASE).subject == "Case: gone: x"
