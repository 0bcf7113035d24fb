"""What a mail passes on: its words are content, and whose they are is data."""
# ruff: noqa: E501 - a mail per line, in many languages, reads as the table it is

import pytest

from countersign.parsing.mail.forwards import Forwarded
from countersign.parsing.mail.message import Mail, read_mail
from tests.unit.parsing.mails import RECEIVER, html, mail, multipart

_BOB = "Bob Field <bob@field.example>"
_HEAD = f"From: {_BOB}\nSent: Monday\nTo: Ann\nSubject: scanners"
_WANTED = "We need 12 scanners."


def read(raw: bytes, subject: str) -> Mail:
    """Read under another subject."""
    named = raw.replace(b"Subject: Offer", f"Subject: {subject}".encode(), 1)
    return read_mail(named, authserv_id=RECEIVER)


@pytest.mark.parametrize(
    ("subject", "below"),
    [
        ("Fwd: scanners", f"---------- Forwarded message ---------\n{_HEAD}"),
        ("Question", f"---------- Forwarded message ---------\n{_HEAD}"),
        ("FW: scanners", _HEAD),
        ("FW: scanners", f"-----Original Message-----\n{_HEAD}"),
        ("FW: scanners", "From: Bob Field [mailto:bob@field.example]\nSent: Monday\nTo: Ann\nSubject: scanners"),
        ("WG: scanners", f"________________________________\nVon: {_BOB}\nGesendet: Montag\nAn: Ann\nBetreff: scanners"),
        ("Fwd: scanners", f"-------- Weitergeleitete Nachricht --------\nBetreff: scanners\nDatum: Mon\nVon: {_BOB}\nAn: Ann"),
        ("Fwd: scanners", f"Anfang der weitergeleiteten Nachricht:\n\n> Von: {_BOB}\n> Betreff: scanners\n> Datum: heute\n> An: Ann\n> "),
        ("TR: scanners", f"De : {_BOB}\nEnvoyé : lundi\nÀ : Ann\nObjet : scanners"),
        ("RV: scanners", f"De: {_BOB}\nEnviado: lunes\nPara: Ann\nAsunto: scanners"),
        ("I: scanners", f"Da: {_BOB}\nInviato: lunedì\nA: Ann\nOggetto: scanners"),
        ("ENC: scanners", f"De: {_BOB}\nEnviada em: segunda\nPara: Ann\nAssunto: scanners"),
        ("Doorst: scanners", f"Van: {_BOB}\nVerzonden: maandag\nAan: Ann\nOnderwerp: scanners"),
        ("Fw: scanners", f"----- Forwarded by Ann/Harrow on 02.11.2026 10:00 -----\nFrom: {_BOB}\nTo: Ann\nSubject: scanners"),
        ("Forward: scanners", _HEAD),
        ("[EXT] FW: scanners", _HEAD),
        ("[Ticket#1] Fwd: scanners", _HEAD),
        ("FW: scanners", "*From:* Bob Field <bob@field.example<mailto:bob@field.example>>\n*Sent:* Monday\n*To:* Ann\n*Subject:* scanners"),
        ("転送: scanners", f"---------- 転送されたメッセージ ----------\n差出人: {_BOB}\n日時: 2026年11月2日\n件名: scanners"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("note", ["Can you take this one?\n\n", ""])
def test_a_forward_under_a_note_is_content(subject: str, below: str, note: str) -> None:
    """Whatever program forwards it: the words are read, and their sender is offered as data."""
    mark = "> " if below.endswith("> ") else ""
    found = read(mail(f"{note}{below}\n{mark or chr(10)}{_WANTED}"), subject)
    assert found.text.startswith(note.strip())
    assert found.text.endswith(f"\n{_WANTED}")
    assert found.quoted == ""
    assert found.forwarded == Forwarded(
        name="Bob Field", address="bob@field.example", subject="scanners", text=_WANTED
    )


@pytest.mark.parametrize(
    "markup",
    [
        f"<div class=gmail_quote><div>---------- Forwarded message ---------<br>From: <b>Bob Field</b> &lt;<a>bob@field.example</a>&gt;<br>Date: Mon<br>Subject: scanners<br></div><br><br>{_WANTED}</div>",
        f"<div id=divRplyFwdMsg><b>From:</b> Bob Field &lt;bob@field.example&gt;<br><b>Sent:</b> Monday<br><b>To:</b> Ann<br><b>Subject:</b> scanners</div><div>{_WANTED}</div>",
    ],
)  # fmt: skip
def test_a_forward_in_html_is_content(markup: str) -> None:
    """The blocks in which web programs put history hold a forward's content as well."""
    found = read(html(f"<div>Please</div><br>{markup}"), "Fwd: scanners")
    assert found.text.endswith(f"\n{_WANTED}")
    assert found.forwarded
    assert (found.forwarded.address, found.forwarded.text) == ("bob@field.example", _WANTED)


def test_an_attached_mail_is_read_as_a_forward() -> None:
    """It stands in the text in the form of an inline one, and so does what is attached to it; what
    nobody passes on by hand, a mail five deep, stays closed."""
    deep = "Content-Type: message/rfc822\n\nFrom: eve@example.net\n"
    inner = "".join(f"{deep}Subject: n{at}\n" for at in range(5))
    attached = f"From: {_BOB}\nSubject: scanners\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\n{_WANTED}\n--c\n{inner}\n--c--"
    found = read(multipart("\nPlease", f"Content-Type: message/rfc822\n\n{attached}"), "Request")
    assert found.text.startswith(
        "Please\n\n---------- Forwarded message ----------\nFrom: Bob Field"
    )
    assert (_WANTED in found.text, "n2" in found.text, "n3" in found.text) == (True, True, False)
    assert found.forwarded
    assert found.forwarded.address == "bob@field.example"


def test_an_attached_mail_beyond_a_bound_is_listed_and_noted() -> None:
    """What cannot be read inside does not take the mail around it along."""
    broken = "X-Big: " + "x" * 300_000
    found = read(multipart("\nPlease", f"Content-Type: message/rfc822\n\n{broken}"), "Request")
    assert (found.text, len(found.attachments)) == ("Please", 1)
    assert found.defects[0].startswith("An attached mail was not read. The headers are longer")


@pytest.mark.control
@pytest.mark.parametrize("subject", ["Re: scanners", "AW: FW: scanners", "Re[2]: scanners"])
def test_control_below_a_reply_the_same_is_history(subject: str) -> None:
    """Control: the subject's first prefix tells a forward's copied header from a reply's."""
    found = read(mail(f"Yes\n\n{_HEAD}\n\n{_WANTED}"), subject)
    assert (found.text, _WANTED in found.quoted, found.forwarded) == ("Yes", True, None)


def test_a_forward_that_is_attributed_has_its_sender() -> None:
    """One program writes a date, a name and an address where others copy the header."""
    head = '02.11.2026, 18:26, "Bob Field" <bob@field.example>:'
    found = read(
        mail(f"FYI\n\n-------- Пересылаемое сообщение --------\n{head}\n\n{_WANTED}"), "Fwd: x"
    )
    assert found.forwarded
    assert (found.forwarded.name, found.forwarded.address) == ("Bob Field", "bob@field.example")
    assert found.forwarded.text == _WANTED


def test_an_unnamed_forward_has_no_sender() -> None:
    """A marker without a copied From says that something is passed on, not whose it is."""
    found = read(mail(f"FYI\n\n---------- Forwarded message ---------\n\n{_WANTED}"), "Fwd: x")
    assert (_WANTED in found.text, found.forwarded) == (True, None)
    nameless = read(mail(f"FYI\n\nFrom: Bob\nSent: x\nTo: y\nSubject: z\n\n{_WANTED}"), "FW: z")
    assert nameless.forwarded
    assert nameless.forwarded.name == "Bob"
    assert nameless.forwarded.address is None
