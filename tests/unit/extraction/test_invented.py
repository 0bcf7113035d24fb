"""Invented people: the same one everywhere, and nobody real left whom a field names."""

from __future__ import annotations

import json
from typing import Any

import pytest

from countersign.extraction.invented import invented

GIVEN = {
    "sender": "anna.lindner@hafenwerk.example-real.de",
    "sender_name": "Dr. Anna Lindner",
    "stated": {"company": "Hafenwerk Logistik GmbH", "phone": "+49 30 23125 0142"},
    "street": "Kaistraße 7",
    "text": (
        "Hello, Anna Lindner of Hafenwerk Logistik here. Call me at +49 30 23125 0142 or write to"
        " anna.lindner@hafenwerk.example-real.de, or a.private@gmail.com. Order 1042, 49.90 EUR,"
        " 2026-11-16. See https://www.hafenwerk.example-real.de/shop?a=1.\nKind regards\nLINDNER"
    ),
    "number": 7,
    "none": None,
    "list": ["Anna"],
}
REAL = ("anna", "lindner", "hafenwerk", "23125 0142", "a.private", "kaistraße")


def made(*kept: str) -> tuple[dict[str, Any], dict[str, str]]:
    """The message without anybody real, and who stands for whom."""
    people = invented([GIVEN], kept)
    return people.replaces(GIVEN), dict(people.told)


def test_everybody_whom_a_field_names_is_gone_and_the_text_still_reads() -> None:
    """Consistently; what decides stays: order, sum, date, the provider's domain, the country."""
    found, _ = made()
    whole = json.dumps(found, ensure_ascii=False).casefold()
    assert [one for one in REAL if one in whole] == []
    assert found["sender_name"] == "Dr. Nora Feld"
    assert found["text"].startswith("Hello, Nora Feld of Weidenbach Werkzeuge here.")
    assert found["text"].count(found["sender"]) == 1
    assert found["stated"]["phone"] in found["text"]
    assert found["stated"]["phone"].startswith("+49 30")
    assert all(one in found["text"] for one in ("1042", "49.90 EUR", "2026-11-16", "@gmail.com"))
    assert found["text"].endswith("Feld")
    assert (found["number"], found["none"], found["list"]) == (7, None, ["Nora"])


def test_domains_of_ours_stay() -> None:
    """Rules know them; whose mailbox it is they need not know."""
    sender = made("hafenwerk.example-real.de")[0]["sender"]
    assert sender.endswith("@hafenwerk.example-real.de")
    assert "anna" not in sender


def test_a_card_is_masked_and_two_people_are_two() -> None:
    """By the fields of records too."""
    people = invented([{"name": "Kai Werft"}, [{"last_name": "Sommer", "first_name": "Lea"}]])
    text = people.text("Kai Werft asks Lea Sommer; card 4111 1111 1111 1111")
    assert "4111" not in text
    assert len({people.text(one) for one in ("Kai Werft", "Lea", "Sommer")}) == 3


@pytest.mark.control
def test_control_who_is_named_in_a_text_alone_stays_for_the_person_who_reads_it() -> None:
    """No list of names finds everybody: that is why each case is looked at."""
    assert "Petra" in invented([GIVEN]).text("Petra will call.")
