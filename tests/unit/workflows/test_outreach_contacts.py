"""Lists of contacts as people have them: whose column is what, and what an address is."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import pytest

from countersign.domain.campaigns.contacts import Contact
from countersign.domain.errors import Quarantined
from countersign.domain.lane.lane import Unreadable
from workflows.outreach.brief import Brief, read
from workflows.outreach.contacts import NO_ADDRESS, rows

BRIEF = """\
# Two days
Why: owners of a saw are invited
Language: de

## de
Subject: {Vorname|Guten Tag}, zwei Tage

Guten Tag {vorname|}, wir schärfen Ihre {produkt|Säge}.
"""


def listed(text: str, brief: Brief, charset: str = "utf-8") -> Iterator[Contact | str]:
    """Each row as a contact, or why it is none."""
    for row in rows(brief, lambda: BytesIO(text.encode(charset))):
        yield row.reason if isinstance(row, Unreadable) else Contact.model_validate_json(row)


@pytest.mark.parametrize(
    ("header", "charset"),
    [
        ("E-Mail-Adresse;Vorname;Produkt;Land;Einwilligung", "cp1252"),
        ("E-posta;Vorname;Produkt;Ülke;İzin", "utf-8"),
        ("Courriel;Prénom;Produkt;Pays;Consentement", "utf-16"),
        ("Kontakt 1;First name;Produkt;Country;Consent", "utf-8"),
        ("E-mailadres;Voornaam;PRODUKT;Land;Toestemming", "utf-8"),
    ],
)
def test_a_brief_may_call_a_column_as_the_list_does_or_otherwise(header: str, charset: str) -> None:
    """A place of a template is a column by its own name, or by what both mean; a column of
    addresses is known by its cells where its name says nothing."""
    text = f"{header}\njoerg@web.example;Jörg;Säge 7;Türkiye;ja\n"
    (found,) = listed(text, read(BRIEF), charset)
    assert isinstance(found, Contact)
    assert (found.name, found.country, found.consent.basis) == ("Jörg", "TR", "opt-in")
    assert found.fields == {"Vorname": "Jörg", "vorname": "Jörg", "produkt": "Säge 7"}


def test_of_two_columns_that_mean_the_same_a_place_names_its_own() -> None:
    """`vorname` is the column that is called so, and not the first one with first names."""
    text = "Mail,First name,Vorname,Produkt\na@x.example,Ann,Änne,Säge\n"
    (found,) = listed(text, read(BRIEF))
    assert isinstance(found, Contact)
    assert found.fields["vorname"] == "Änne"


@pytest.mark.parametrize("columns", ["Name,Phone", "Name,Mails of last year"])
def test_a_list_without_addresses_says_what_columns_it_has(columns: str) -> None:
    """As they are called in it."""
    text = f"{columns},Vorname,Produkt\nAnn,12,Ann,x\n"
    with pytest.raises(Quarantined, match=columns.replace(",", ", ")):
        list(listed(text, read(BRIEF)))


def test_a_place_that_no_column_is_called_like_is_named_beside_those_there_are() -> None:
    """Before anybody is asked."""
    with pytest.raises(Quarantined, match=r"names produkt; .* are Mail, Vorname"):
        list(listed("Mail,Vorname\na@x.example,Ann\n", read(BRIEF)))


SPELLED = {
    "bo@firma.example": "bo@firma.example",
    " <bo@firma.example> ": "bo@firma.example",
    "Bo Lee <bo@firma.example>": "bo@firma.example",
    '"Lee; Bo" <bo@firma.example>': "bo@firma.example",
    "mailto:bo@FIRMA.example": "bo@firma.example",
    "zoe@bücher.example": "zoe@xn--bcher-kva.example",
    "bo@firma.example; bo2@firma.example": "",
    "bo <a@b.example> <bo@firma.example>": "",
    "İpek@posta.example": "",
    ".bo@firma.example": "",
    "bo@": "",
}


@pytest.mark.parametrize(("cell", "address"), SPELLED.items())
def test_an_address_is_read_as_mail_programs_write_it(cell: str, address: str) -> None:
    """With a name before it or without; two of them, and what mail cannot reach, are none."""
    cell = cell.replace('"', '""')
    (found,) = listed(f'Mail;Vorname;Produkt\n"{cell}";Ann;x\n', read(BRIEF))
    assert (found.address if isinstance(found, Contact) else found) == (address or NO_ADDRESS)
