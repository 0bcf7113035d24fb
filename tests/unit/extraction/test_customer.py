"""Who the customer is: by which sign, and what makes it not sure."""
# ruff: noqa: E501 - mails as they are written

from __future__ import annotations

import pytest

from countersign.domain.workflow import Ours, Raw
from countersign.extraction.customer import DERIVED, DOUBTED
from tests.unit.workflows.bench import Bench
from workflows import WORKFLOWS
from workflows.lead_intake.contract import LeadInput

OURS = Ours(
    frozenset({"few.example"}), frozenset({"web@host.example"}), frozenset({"sales@few.example"})
)
LEAD: Bench[LeadInput] = Bench(WORKFLOWS["lead_intake"])
NEED = "We need a quotation for 12 label printers. Our budget is 9,000 EUR."


def mail(sender: str, *more: str, text: str = NEED) -> LeadInput:
    """A mail whose From our receiver vouches for, as lead_intake reads it."""
    domain = sender.rpartition("@")[2].rstrip(">")
    head = (
        f"Authentication-Results: mx.few.example; dmarc=pass header.from={domain}",
        f"From: {sender}",
        "To: sales@few.example",
        "Subject: Quote",
        "MIME-Version: 1.0",
        *more,
        "Content-Type: text/plain; charset=utf-8",
    )
    raw = Raw("\r\n".join((*head, "", text)).encode(), "upload", "mx.few.example", ours=OURS)
    found: LeadInput = WORKFLOWS["lead_intake"].read(raw)
    return found


def passed_on(marker: str, begin: str, by: str = "Mira <mira@few.example>") -> LeadInput:
    """A colleague's forward of somebody's mail, as a mail program writes it."""
    return mail(by, text=f"Can somebody take this?\r\n\r\n{marker}\r\n{begin}\r\n\r\n{NEED}")


GMAIL = "---------- Forwarded message ---------"
HEADS = {
    "english": (
        GMAIL,
        "From: Tessa Vale <tessa@vale.example>\r\nDate: Thu\r\nSubject: Quote\r\nTo: x",
    ),
    "german": (
        "---------- Weitergeleitete Nachricht ---------",
        "Von: Tessa Vale <tessa@vale.example>\r\nDatum: Do\r\nBetreff: Angebot\r\nAn: x",
    ),
    "french": (
        "---------- Message transféré ---------",
        "De : Tessa Vale <tessa@vale.example>\r\nDate : jeu.\r\nObjet : Devis\r\nÀ : x",
    ),
}


def note(given: LeadInput, begin: str) -> str:
    """What the input keeps of how sure it is."""
    return next((one for one in given.defects if one.startswith(begin)), "")


def test_the_author_of_a_mail_is_the_customer() -> None:
    """Vouched for as the receiver says; another address of the same firm to answer to is theirs."""
    for more in ((), ("Reply-To: office@vale.example",)):
        given = mail("Tessa Vale <tessa@vale.example>", *more)
        assert (given.sender, given.authenticated) == ("tessa@vale.example", True)
        assert not note(given, DOUBTED) + note(given, DERIVED)


@pytest.mark.parametrize("spelled", HEADS)
def test_what_a_colleague_passes_on_is_its_authors(spelled: str) -> None:
    """Never the colleague's: name, address and text are the original's, and nobody vouches."""
    given = passed_on(*HEADS[spelled])
    assert (given.sender, given.sender_name) == ("tessa@vale.example", "Tessa Vale")
    assert not given.authenticated
    assert NEED[:30] in given.text
    assert "Can somebody" not in given.text
    assert "passed on" in note(given, DERIVED)


def test_who_passes_a_mail_on_from_outside_stays_the_customer() -> None:
    """Somebody else's forward is their own message to us."""
    given = passed_on(*HEADS["english"], by="Dana <dana@harrow.example>")
    assert (given.sender, given.authenticated) == ("dana@harrow.example", True)
    assert NEED[:30] in given.text


@pytest.mark.parametrize(
    ("sender", "more", "text"),
    [
        ("Web <web@host.example>", ("Reply-To: Ida Holm <ida@holm.example>",), NEED),
        ("Web <site@few.example>", ("Reply-To: ida@holm.example",), NEED),
        ("Web <web@host.example>", (), f"Name: Ida\r\nE-Mail: ida@holm.example\r\n\r\n{NEED}"),
        (
            "Shop <no-reply@unknown.example>",
            ("Reply-To: ida@holm.example",),
            f"Email: ida@holm.example\r\n\r\n{NEED}",
        ),
    ],
)
def test_a_relay_sends_for_whom_it_names(sender: str, more: tuple[str, ...], text: str) -> None:
    """A known relay or a system of ours: by Reply-To, or by the form's field; one that we do not
    know only where both say the same. Nobody vouches for the address."""
    given = mail(sender, *more, text=text)
    assert (given.sender, given.authenticated) == ("ida@holm.example", False)
    assert note(given, DERIVED)
    assert not note(given, DOUBTED)


UNSURE = {
    "two addresses of two firms": ("Bo <bo@lund.example>", ("Reply-To: x@other.example",), NEED),
    "a colleague alone": ("Mira <mira@few.example>", (), NEED),
    "a relay that names nobody": ("Web <web@host.example>", (), NEED),
    "a relay that names two": (
        "Web <web@host.example>",
        ("Reply-To: ida@holm.example",),
        f"Email: pau@serra.example\r\n\r\n{NEED}",
    ),
    "a forward without an address": (
        "Mira <mira@few.example>",
        (),
        f"Please.\r\n\r\n{GMAIL}\r\nFrom: Tessa Vale\r\nDate: Thu\r\nSubject: Q\r\nTo: x\r\n\r\n{NEED}",
    ),
    "a forward of a colleague's mail": (
        "Mira <mira@few.example>",
        (),
        f"Please.\r\n\r\n{GMAIL}\r\nFrom: Robin <robin@few.example>\r\nDate: Thu\r\nSubject: Q\r\n\r\n{NEED}",
    ),
}


@pytest.mark.parametrize("why", UNSURE)
def test_where_it_is_not_sure_a_person_is_asked_who_it_is(why: str) -> None:
    """Nothing is written and nobody is mailed: the job is a case; with the address that a person
    set it goes on, for that customer."""
    sender, more, text = UNSURE[why]
    given = mail(sender, *more, text=text)
    assert note(given, DOUBTED)
    outcome = LEAD.judge(given)
    assert set(outcome.verdicts.values()) == {"forbid"}
    assert outcome.move.state == "Escalate"
    assert "who the customer is" in outcome.move.reason


@pytest.mark.control
def test_control_the_header_alone_makes_the_colleague_the_lead() -> None:
    """The naive reader takes From: each of the three forwards is a lead of our own seller."""
    naive = {"mira@few.example" for _ in HEADS}
    found = {passed_on(*HEADS[one]).sender for one in HEADS}
    assert naive.isdisjoint(found)


def test_another_person_at_the_same_address_moves_nothing_of_the_record() -> None:
    """Tom writes from the address of the contact Nadia: her name, phone and company stay."""
    held = {
        "firstname": "Nadia",
        "lastname": "Rahman",
        "phone": "+44 20 7946 0018",
        "company": "Ash",
    }
    text = f"{NEED} I am Tom Ash of Ashworks Ltd, +44 20 7946 0999, London, United Kingdom."
    for name, kept in (("Tom Ash", True), ("Nadia Rahman", False)):
        given = mail(f"{name} <office@ash.example>", text=text)
        params = LEAD.judge(given, {"contact": [held]}).params("crm.upsert_contact")
        assert (params["phone"] == "") is kept
        assert params["name"] == "Nadia Rahman"


@pytest.mark.parametrize(
    ("text", "more", "found"),
    [
        (NEED, ("Sender: Ida Holm <ida@holm.example>",), "ida@holm.example"),
        (NEED, ("Reply-To: ida@holm.example",), "ida@holm.example"),
        (NEED, ("Resent-From: ida@holm.example",), "ida@holm.example"),
        (f"{NEED}\r\nE-Mail: ida@holm.example", (), "ida@holm.example"),
        (f"{NEED}\r\nCorreo electrónico: <ida@holm.example>", (), "ida@holm.example"),
        (NEED, (), ""),
        (f"{NEED}\r\nMail: ida@holm.example\r\nContact: bo@lund.example", (), ""),
        (f"{NEED}\r\nMail: sales@few.example", (), ""),
    ],
)
@pytest.mark.parametrize("sender", ["", "Ida Holm", "undisclosed-recipients:;", "<>", "ida@holm"])
def test_a_mail_whose_from_says_nobody_is_read(
    sender: str, text: str, more: tuple[str, ...], found: str
) -> None:
    """By another field of its head or its text, unvouched; where nothing says it, nobody is named,
    and a person is told so."""
    given = mail(sender, *more, text=text)
    assert (given.sender, given.authenticated) == (found, False)
    assert given.text.startswith(NEED)
    assert found or note(given, DOUBTED) == f"{DOUBTED}the mail has no usable sender address."
