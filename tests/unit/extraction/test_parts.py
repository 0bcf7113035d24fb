"""Any JSON object as a message: by the names of its parts, whoever's form it is."""
# ruff: noqa: E501 - one form a line

from __future__ import annotations

import json
from typing import Any

import pytest

from countersign.domain.errors import Quarantined
from countersign.domain.workflow import Raw
from workflows import WORKFLOWS
from workflows.front_desk.contract import DeskInput


def read(held: Any) -> DeskInput:
    """The object as the desk reads it."""
    found: DeskInput = WORKFLOWS["front_desk"].read(Raw(json.dumps(held).encode(), "webhook", ""))
    return found


FORMS: tuple[dict[str, Any], ...] = (
    {"email": "kim@oh.example", "name": "Kim Oh", "message": "Hello there"},
    {"E-Mail": "kim@oh.example", "Name": "Kim Oh", "Nachricht": "Hello there"},
    {"correo": "kim@oh.example", "nombre": "Kim Oh", "mensaje": "Hello there"},
    {"courriel": "kim@oh.example", "nom": "Kim Oh", "message": "Hello there"},
    {"data": {"your-email": "x", "email_address": "kim@oh.example", "full_name": "Kim Oh", "body": "Hello there"}},
    {"fields": {"mail": "kim@oh.example", "your_name": "Kim Oh", "comments": ["Hello there"]}},
)  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_a_form_of_anybodys_is_read_by_its_parts(form: dict[str, Any]) -> None:
    """Address, name and message in several languages and shapes; nobody vouches for the address."""
    given = read(form)
    assert (given.sender, given.sender_name) == ("kim@oh.example", "Kim Oh")
    assert given.text.startswith("Hello there")
    assert not given.authenticated


def test_what_has_no_common_name_stays_as_a_line_of_its_own() -> None:
    """Nothing is lost, and each line can be quoted; a second address is no sender."""
    given = read({"message": "Hi", "Plan": "gold", "seats": 12, "agree": True, "email": "no address", "mail": "kim@oh.example"})  # fmt: skip
    assert given.sender == "kim@oh.example"
    for line in ("Plan: gold", "seats: 12", "agree: yes", "email: no address"):
        assert line in given.text


@pytest.mark.parametrize("held", [[], {}, {"a": None, "b": ""}])
def test_what_says_nothing_is_for_a_person(held: Any) -> None:
    """No object, or no text in it: the stored original is looked at by hand."""
    with pytest.raises(Quarantined):
        read(held)


def test_plain_text_and_unknown_forms_reach_the_desk() -> None:
    """Text without a sender is a message; what names a form of nobody's is read by its parts."""
    given = WORKFLOWS["front_desk"].read(Raw(b"Where is my parcel?", "upload", ""))
    assert (given.sender, given.text) == ("", "Where is my parcel?")
    assert read({"form": "moon.form", "message": "Hi"}).form == "moon.form"
