"""How a phone is given: its kind, its extension, and what the callback tells of it."""
# ruff: noqa: E501 - a text per line reads as the table it is

import json

import pytest

from tests.unit.workflows.pipeline import judge, read
from workflows.lead_intake import phones


@pytest.mark.parametrize(
    ("text", "number", "given"),
    [
        ("Call +44 20 7946 0123 ext. 42", "+442079460123", "+44 20 7946 0123 ext. 42"),
        ("+1 (415) 555-0132 x12", "+14155550132", "+1 (415) 555-0132 x12"),
        ("phone +45 32 55 12 34 #7", "+4532551234", "+45 32 55 12 34 #7"),
        ("Tel. 06 12 34 56 78", "", "06 12 34 56 78"),
        ("on 020 7946 0123 or call 020 7946 0124 ext 42 (after 5pm)", "", "020 7946 0124 ext 42 (after 5pm)"),
        ("Telefon: 030 23125 0142, Durchwahl 17", "", "030 23125 0142, Durchwahl 17"),
        ("Telefax +49 89 5550 1299\nTelefon +49 89 5550 1200", "", "+49 89 5550 1200"),
        ("Fax: 089 5550 1299\nTel: 089 5550 1200", "", "089 5550 1200"),
        ("Télécopie 01 40 20 50 51\nTél. 01 40 20 50 50", "", "01 40 20 50 50"),
        ("ファックス 03-1234-5679\n電話 03-1234-5678 内線 12", "", "03-1234-5678 内線 12"),
        ("тел. 8 495 123 45 67 доб. 12", "", "8 495 123 45 67 доб. 12"),
        ("Handy: 0171/555 01 23", "", "0171/555 01 23"),
        ("Móvil 600 123 456", "", "600 123 456"),
        ("Cellulare 333 123 4567", "", "333 123 4567"),
        ("please ring 01632 960123", "", "01632 960123"),
        ("00 49 30 23125 0142", "", "00 49 30 23125 0142"),
        ("Order 20261234567, 40 tablets for 9,000 EUR by 2026-11-20", "", ""),
        ("Fax 089 5550 1299", "", ""),
        ("tel 555", "", ""),
    ],
)  # fmt: skip
def test_a_phone_is_told_in_the_words_in_which_it_is_given(
    text: str, number: str, given: str
) -> None:
    """With its extension and hours; a fax is none, and so is a number that nothing calls a phone."""
    assert phones.as_given(text, number) == given


_FORM = {
    "name": "Ines Alder",
    "email": "ines@kornfeld.example",
    "message": "We need a quote for 5 licences with pricing, please.",
}


def _notes(**stated: str) -> str:
    notes = judge(read(json.dumps({**_FORM, **stated}).encode())).params("crm.request_callback")
    return str(notes["notes"]).rpartition("\n")[2]


@pytest.mark.parametrize(
    ("phone", "country", "note"),
    [
        (
            "+44 20 7946 0123 ext. 42",
            "",
            "Phone +442079460123 (as given: +44 20 7946 0123 ext. 42)",
        ),
        ("020 7946 0123", "GB", "Phone +442079460123 (as given: 020 7946 0123)"),
        ("+44 20 7946 0123", "", "Phone +442079460123"),
        ("06 12 34 56 78", "", "Phone as given: 06 12 34 56 78"),
        ("", "", "No phone number: write first"),
    ],
)
def test_the_callback_keeps_what_was_given(phone: str, country: str, note: str) -> None:
    """An extension and a number that no country explains reach the person who calls."""
    assert _notes(phone=phone, country=country) == note


@pytest.mark.control
def test_control_without_a_phone_nothing_is_made_up() -> None:
    """Control: the note that asks to write first is there only where no phone was given."""
    assert _notes() == "No phone number: write first"
