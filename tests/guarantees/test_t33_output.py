"""T33: what comes from outside is text on every page, in every header and in every cell."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import pytest
from jinja2 import Environment

from countersign.domain.workflow import Raw, Workflow
from countersign.web.rendering import environment
from infra.cli.trial.inputs import Tried, judgement
from tests.conftest import Figure
from tests.guarantees import beyond
from tests.unit.approvals.test_approval_page import ALLOWED, NAUGHTY
from tests.unit.web.elements import Elements
from tests.unit.workflows.bench import OURS
from workflows import WORKFLOWS

MORE = (
    "<a href='javascript:alert(1)'>x</a>",
    "<svg/onload=alert(1)>",
    '=HYPERLINK("http://collector.example")',
    "+1+cmd|' /C calc'!A0",
    "@SUM(1+9)*cmd|' /C calc'!A0",
    "\t=1+1",
    "a\r\nBcc: thief@collector.example",
    "a\nSet-Cookie: x=1",
)
ACTIVE = ("=", "+", "-", "@", "\t", "\r")
FLOW: Workflow[Any] = WORKFLOWS["lead_intake"]
NOW = datetime(2026, 11, 16, 10, 0, tzinfo=UTC)


def forms() -> Iterator[dict[str, Any]]:
    """A lead form with one hostile text in every field."""
    for text in (*NAUGHTY, *MORE):
        said = f"We need a quote for 12 scanners. {text}"
        yield {"name": f"Ines {text}", "email": "ines@kornfeld.example", "message": said,
               "company": text, "country": "Germany", "phone": text[:100]}  # fmt: skip


def pages() -> Iterator[str]:
    """The approval page of each form, with a model's answer that repeats the text in its prose."""
    for form in forms():
        body = json.dumps(form).encode()
        tried = Tried(body, "webhook", {}, _answer(body, "webhook"), "mx.example.com", NOW, OURS)
        page = judgement(FLOW, tried).page
        if page:
            yield page.html


def _answer(body: bytes, door: str) -> str:
    """What the heuristics quote, and the whole message as the model's own words."""
    given = FLOW.read(Raw(body, door, "mx.example.com"))
    prose = {"value": given.text, "quotes": ["We need a quote"]}
    own = {"need": prose, "summary": prose, "reply": {"subject": given.text, "body": given.text}}
    wishes = ["crm.upsert_contact", "crm.create_lead", "email.send_reply"]
    said = {**FLOW.offline(FLOW.prompt_text(given)), **own, "actions": wishes}
    return json.dumps({**said, "intent": {"value": "sales", "quotes": ["quote"]}})


def foreign_elements(html: Iterator[str]) -> tuple[set[str], int]:
    """Tags beyond the allow-list, and attributes that run; and of how many pages."""
    found, count = set[str](), 0
    for page in html:
        parts = Elements(page)
        found |= parts.tags - ALLOWED
        found |= {name for name in parts.attributes if name.startswith("on")}
        count += 1
    return found, count


@pytest.mark.guarantee("T33")
def test_no_page_gets_an_element_of_the_outsides(figure: Figure) -> None:
    """Every hostile text in every field that is shown: no element and no handler beside ours."""
    found, count = foreign_elements(pages())
    assert found == set()
    assert count > len(NAUGHTY)
    figure(f"0 foreign elements on {count} pages", count)


@pytest.mark.guarantee("T33")
def test_no_header_is_split_and_no_cell_is_a_formula(figure: Figure) -> None:
    """Subjects have one line, a mail can be built of them; what the CRM gets of a model's words
    begins with no sign that a table would run."""
    count = 0
    for form in forms():
        head = f"From: {form['email']}\r\nSubject: x\r\nContent-Type: text/plain; charset=utf-8"
        body = f"{head}\r\n\r\n{form['message']}".encode()
        trial = beyond.tried(FLOW, body, _answer(body, "upload"))
        for held in trial.ledger if trial else ():
            params = held.content()["params"]
            if held.action == "email.send_reply":
                message = EmailMessage()
                message["Subject"] = params["subject"]
                assert "\n" not in params["subject"] + params["to"]
                assert "Bcc" not in message
            need = str(params.get("need", params.get("description", "x")))
            assert not need.startswith(ACTIVE)
            count += 1
    assert count > len(NAUGHTY)
    figure(f"0 split headers and 0 formulas in {count} actions", count)


@pytest.mark.control
@pytest.mark.guarantee("T33")
def test_control_without_escaping_the_elements_are_seen() -> None:
    """Control: the same text through a template that does not escape brings its elements along."""
    careless = Environment(autoescape=False)  # noqa: S701 - the seeded fault
    assert environment().autoescape
    shown = (careless.from_string("<p>{{ text }}</p>").render(text=text) for text in NAUGHTY[:1])
    assert foreign_elements(shown)[0]
