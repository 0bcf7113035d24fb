"""Who wrote a mail by its weaker signs: one is shown, two end it unread, none is a person's."""

from email.header import Header

import pytest

from countersign.parsing.mail.message import Mail, read_mail
from tests.unit.parsing.mails import RECEIVER, mail, multipart

_AWAY = "Thank you for your message. I am out of the office until 7 December."
_REQUEST = "Hello, please send us a quotation for 40 tablets, budget 9,000 EUR."


def read(subject: str, body: str, *fields: str, sender: str = "Ann <ann@example.com>") -> Mail:
    """A mail under that subject."""
    raw = mail(body, "Content-Type: text/plain; charset=utf-8", *fields, sender=sender)
    named = f"Subject: {Header(subject, 'utf-8').encode()}".encode()
    return read_mail(raw.replace(b"Subject: Offer", named, 1), authserv_id=RECEIVER)


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("[Auto-Reply] Re: Your enquiry", _AWAY),
        ("Urlaub bis 7.12. Re: Angebot", _AWAY),
        ("Abwesend bis 7.12. AW: Angebot", "Ich bin bis 7. Dezember nicht im Büro."),
        ("Absence Re: Devis", "Je suis actuellement en congés, de retour le 7 décembre."),
        ("Vacaciones RE: Oferta", "Estoy fuera de la oficina hasta el 7."),
        ("Ferie Re: Offerta", "Sono in ferie fino al 7."),
        ("Férias Re: Oferta", "Estou de férias até dia 7."),
        ("Vakantie Re: Offerte", "Ik ben tot 7 december met vakantie."),
        ("Semester Sv: Offert", "Jag är på semester till den 7."),
        ("Urlop Odp: Oferta", "Jestem na urlopie do 7 grudnia."),
        ("Отпуск Re: Цена", "Я в отпуске до 7 декабря."),
        ("On leave - Re: Offer", "I am on annual leave until Monday."),
    ],
)
def test_an_absence_note_is_told_without_headers(subject: str, body: str) -> None:
    """An answer whose subject and text speak of an absence is a machine's, in brackets too."""
    found = read(subject, body)
    assert (found.automatic, found.signs) == ("out-of-office", 2)


@pytest.mark.parametrize(
    ("subject", "body", "fields", "sender"),
    [
        ("Offer", _REQUEST, ("List-Unsubscribe: <https://x.example/u>",), "ann@example.com"),
        ("Offer", _REQUEST, ("Feedback-ID: 1:crm",), "ann@example.com"),
        (
            "Enquiry",
            _REQUEST,
            ("Auto-Submitted: auto-generated", "Reply-To: ilse@b.example"),
            "forms@site.example",
        ),
        *(
            ("Re: Offer", _REQUEST, (), f"{local}@example.com")
            for local in ("noreply", "no-reply", "do-not-reply", "alerts", "jira", "disk-alerts")
        ),
        ("Re: Offer", _AWAY, (), "ann@example.com"),
    ],
)
def test_one_sign_is_shown_and_closes_nothing(
    subject: str, body: str, fields: tuple[str, ...], sender: str
) -> None:
    """A form's relay, a sales tool's personal mail, a holiday mentioned: read, with the sign."""
    found = read(subject, body, *fields, sender=sender)
    assert found.signs == 1


def test_two_signs_are_enough() -> None:
    """What nobody can answer and anybody can unsubscribe from is no person's."""
    field = "List-Unsubscribe: <https://x.example/u>"
    found = read("Offer", _REQUEST, field, sender="noreply@example.com")
    assert (found.automatic, found.signs) == ("mailing-list", 2)


@pytest.mark.control
@pytest.mark.parametrize(
    ("subject", "body", "sender"),
    [
        ("Urlaub in Spanien", "Wir suchen 12 Zimmer. Ich bin ab Montag wieder erreichbar.", "ann"),
        ("Offer", "I am on vacation until Monday, please send a quote for 12 desks.", "ann"),
        ("Vacation rental software", _REQUEST, "ann"),
        ("Offer", _REQUEST, "robert"),
        ("Offer", _REQUEST, "abbot"),
        ("Offer", _REQUEST, "sales"),
        ("Offer", _REQUEST, "nora.reply"),
    ],
)
def test_control_a_persons_mail_has_no_sign(subject: str, body: str, sender: str) -> None:
    """Control: holidays that are asked for, and names that look like a machine's, are people's."""
    found = read(subject, body, sender=f"{sender}@example.com")
    assert (found.automatic, found.signs) == (None, 0)


@pytest.mark.parametrize(("text", "signs"), [("", 2), ("See you there!", 1)])
@pytest.mark.parametrize("field", ["; method=REPLY", ""])
def test_an_answer_to_a_meeting_is_a_calendars(field: str, text: str, signs: int) -> None:
    """METHOD:REPLY without a word is a program's; with a note a person wrote, with the sign."""
    event = "BEGIN:VCALENDAR\nMETHOD:REPLY\nEND:VCALENDAR"
    raw = multipart(f"\n{text}", f"Content-Type: text/calendar{field}\n\n{event}")
    found = read_mail(raw, authserv_id=RECEIVER)
    assert (found.automatic, found.signs) == ("meeting-answer", signs)
