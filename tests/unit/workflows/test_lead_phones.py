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
        ("+420 222 555 012 linka 12", "+420222555012", "+420 222 555 012 linka 12"),
        ("手机 138 0013 8000", "", "138 0013 8000"),
        ("Serial 0113 496 0147 88", "", ""),
        ("Handy: 0171/555 01 23", "", "0171/555 01 23"),
        ("Móvil 600 123 456", "", "600 123 456"),
        ("Cellulare 333 123 4567", "", "333 123 4567"),
        ("please ring 01632 960123", "", "01632 960123"),
        ("00 49 30 23125 0142", "", "00 49 30 23125 0142"),
        ("Order 20261234567, 40 tablets for 9,000 EUR by 2026-11-20", "", ""),
        ("Please get back to me, 06 12 34 56 78.", "", "06 12 34 56 78"),
        ("I am at (415) 555-0132 most days", "", "(415) 555-0132"),
        ("Schreiben Sie mir oder 0171 5550123", "", "0171 5550123"),
        ("My order 0612345678 has not come", "", ""),
        ("Bestellnummer: 030 23125 0142", "", ""),
        ("N° client 01 40 20 50 50", "", ""),
        ("our budget is 100.000.000 or 150 000 000", "", ""),
        ("Fax 089 5550 1299", "", ""),
        ("tel 555", "", ""),
        ("F +49 89 5550 1299 | T +49 89 5550 1200", "", "+49 89 5550 1200"),
        ("T: +44 20 7946 0123 F: +44 20 7946 0999", "", "+44 20 7946 0123"),
        ("Belgeç: +90 212 555 01 99\nTelefon: +90 212 555 01 23", "", "+90 212 555 01 23"),
        ("Faks +48 22 555 01 99\nTel. +48 22 555 01 23", "", "+48 22 555 01 23"),
        ("Telefoon 020-7946012 / Fax 020-7946099", "", "020-7946012"),
        ("Fon 089/55501200 · Fax 089/55501299", "", "089/55501200"),
        ("Fax/Tel: +33 1 40 20 50 50", "", "+33 1 40 20 50 50"),
        ("Tel/Fax 01 40 20 50 50", "", "01 40 20 50 50"),
        ("Tel +31 20 794 6012 tst. 45", "", "+31 20 794 6012 tst. 45"),
        ("Telefon +48 22 555 01 23 wew. 12", "", "+48 22 555 01 23 wew. 12"),
        ("Tel: +90 212 555 01 23 dahili 12", "", "+90 212 555 01 23 dahili 12"),
        ("telefone (11) 3456-7890 ramal 22", "", "(11) 3456-7890 ramal 22"),
        ("电话：010-12345678 转 12", "", "010-12345678 转 12"),
        ("Cep: 0532 123 45 67", "", "0532 123 45 67"),
        ("Mobil 0171 55 50 123 (nur vormittags)", "", "0171 55 50 123 (nur vormittags)"),
        ("KRS 0000123456, REGON 012345678", "", ""),
        ("Vergi no 0123456789", "", ""),
        ("Faktura 0123456789", "", ""),
    ],
)  # fmt: skip
def test_a_phone_is_told_in_the_words_in_which_it_is_given(
    text: str, number: str, given: str
) -> None:
    """With its extension and hours; a fax is none, and so is a number that nothing calls a phone."""
    assert phones.as_given(text, number) == given


_OURS = ("DE", "AT", "CH", "FR", "BE", "ES", "IT", "NL", "GB", "IE")


@pytest.mark.parametrize(
    ("given", "language", "number"),
    [
        ("06 12 34 56 78", "fr", "+33612345678"),
        ("0471 12 34 56", "fr", "+32471123456"),
        ("0171/5550123", "de", "+491715550123"),
        ("030 23125 0142, Durchwahl 17", "de", "+4930231250142"),
        ("0664 1234567", "de", "+436641234567"),
        ("079 123 45 67", "de", "+41791234567"),
        ("020 7946 0123", "en", "+442079460123"),
        ("01 234 5678", "en", "+35312345678"),
        ("06 12345678", "nl", "+31612345678"),
        ("333 123 4567", "it", "+393331234567"),
        ("912 345 678", "pt", "+351912345678"),
        ("(11) 91234-5678", "pt", "+5511912345678"),
        ("03-1234-5678", "ja", "+81312345678"),
        ("600 123 456", "pl", "+48600123456"),
        ("600 123 456", "es", ""),
        ("06 12 34 56 78", "en", ""),
        ("(415) 555-0132", "en", ""),
        ("12 34 56", "de", ""),
        ("06 12 34 56 78", "", ""),
    ],
)
def test_a_number_without_a_prefix_is_one_of_the_language_s_countries(
    given: str, language: str, number: str
) -> None:
    """Where exactly one of them has it, and writes it in these groups; else nobody's."""
    assert phones.read_at_home(given, language, _OURS) == number


_FORM = {
    "name": "Ines Alder",
    "email": "ines@kornfeld.example",
    "message": "We need a quote for 5 licences with pricing, please.",
}


def _notes(**stated: str) -> str:
    notes = judge(read(json.dumps({**_FORM, **stated}).encode())).params("crm.request_callback")
    return next(line for line in str(notes["notes"]).splitlines() if "hone" in line)


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


def test_a_number_that_no_country_explains_is_asked_for_only_where_a_call_is_wished() -> None:
    """The language makes it whole where it can: the contact gets that number, the task both."""
    french = "Nous cherchons un devis pour 5 licences, merci de me rappeler au 06 12 34 56 78."
    plan = judge(read(json.dumps({**_FORM, "message": french, "language": "fr"}).encode()))
    assert plan.params("crm.upsert_contact")["phone"] == "+33612345678"
    assert "Phone +33612345678 (as given: 06 12 34 56 78)" in str(
        plan.params("crm.request_callback")["notes"]
    )
