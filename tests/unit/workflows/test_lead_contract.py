"""What lead_intake reads, shows to a model, and accepts from one."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from countersign.domain.canonical import canonical
from countersign.domain.errors import ContractBroken
from countersign.domain.policy.proposal import flat
from countersign.domain.policy.release import Release
from countersign.extraction.messages import CUT
from tests.unit.workflows.pipeline import WORKFLOW, judge, read
from tests.unit.workflows.schemas import objects
from workflows.lead_intake.contract import LeadAnswer

_FORM = {
    "name": "Ines Alder",
    "email": "Ines.Alder@KORNFELD.example",
    "message": "A quote, please.",
}


def _form(**parts: object) -> bytes:
    return json.dumps({**_FORM, **parts}).encode()


def test_the_heuristics_answer_within_the_contract() -> None:
    """Whatever the heuristics say is an answer that the contract reads."""
    said = WORKFLOW.offline(WORKFLOW.prompt_text(read(_form())))
    assert LeadAnswer.read(said).intent is not None


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("confidence", 101),
        ("confidence", -1),
        ("actions", ["payments.refund"]),
        ("need", {"value": "x" * 301, "quotes": ["a"]}),
        ("need", {"value": "x", "quotes": ["a"] * 9}),
        ("need", {"value": "x", "quotes": ["a" * 1001]}),
        ("reply", {"subject": "s", "body": "b" * 4001}),
        ("intent", {"value": "refund", "quotes": ["a"]}),
    ],
)
def test_an_answer_out_of_bounds_breaks_the_contract(part: str, value: object) -> None:
    """Bounds that the schema cannot carry are held by the contract."""
    said = {**WORKFLOW.offline(WORKFLOW.prompt_text(read(_form()))), part: value}
    with pytest.raises(ContractBroken):
        LeadAnswer.read(said)


def test_a_broken_form_is_told_by_field_without_its_values() -> None:
    """The refusal lists the fields and quotes nothing of what was sent."""
    with pytest.raises(ContractBroken) as refused:
        read(json.dumps({"name": "Zyx", "email": "zyx@example.org", "secret": "hunter2"}).encode())
    assert "message" in str(refused.value)
    assert not [said for said in ("Zyx", "zyx", "hunter2", "secret") if said in str(refused.value)]


def test_a_body_that_is_not_json_breaks_the_contract_at_the_webhook() -> None:
    """Prepare says so itself, should a door ever let such a body through."""
    with pytest.raises(ContractBroken, match="not JSON"):
        read(b'{"name": NaN}')


def test_a_local_part_beyond_ascii_is_refused_with_advice() -> None:
    """An address that our mail cannot reach is refused by name of the field."""
    with pytest.raises(ContractBroken, match="plain letters"):
        read(_form(email="ines.älder@kornfeld.example"))


def test_the_sender_of_a_form_is_never_authenticated() -> None:
    """A form proves nothing about its sender, and its domain is kept in lower case."""
    given = read(_form())
    assert (given.sender, given.authenticated) == ("Ines.Alder@kornfeld.example", False)


def test_every_value_that_the_model_sees_can_be_quoted() -> None:
    """The source text holds each text of the prompt's JSON, and no quote spans two of them."""
    given = read(_form(company="Kornfeld Ltd", country="Ireland", phone="+353 1 555 0123"))
    shown = json.loads(WORKFLOW.prompt_text(given))
    texts = [text for _, part in objects(shown) for text in part.values() if isinstance(text, str)]
    source = WORKFLOW.source_text(given)
    assert [text for text in texts if text not in source] == []
    assert flat("Kornfeld Ltd Ireland") not in flat(source)


def test_numbers_that_were_masked_cannot_be_quoted() -> None:
    """Prompt and source are masked alike: neither shows a card, and the mark can be quoted."""
    given = read(_form(message="A quote, please. My card is 4111 1111 1111 1111."))
    for text in (WORKFLOW.prompt_text(given), WORKFLOW.source_text(given)):
        assert "[card]" in text
        assert "1111" not in text


def test_a_mail_longer_than_what_is_read_is_cut_and_asks() -> None:
    """The cut is a defect in the input and a finding; nothing runs unseen."""
    head = (
        b"From: Ines <ines@kornfeld.example>\r\nSubject: Quote\r\nContent-Type: text/plain\r\n\r\n"
    )
    given = read(head + b"We need a quote with pricing for 5 seats. " * 600, "upload")
    outcome = judge(given)
    assert CUT in given.defects
    assert "size.over_limit" in outcome.rules
    assert set(outcome.verdicts.values()) == {"ask"}


def test_too_many_attachments_ask() -> None:
    """A message with more files than anybody sends asks for everything."""
    given = read(_form(message="We need a quote with pricing for 5 seats."))
    files = [{"name": f"{n}.pdf", "content_type": "application/pdf", "size": 1} for n in range(11)]
    loaded = type(given).model_validate_json(
        json.dumps({**json.loads(canonical(given)), "attachments": files})
    )
    assert "size.over_limit" in judge(loaded).rules


def test_the_release_survives_its_storage() -> None:
    """The release read back from its canonical bytes has the same digest and prompt."""
    release = WORKFLOW.release
    again = Release.model_validate_json(canonical(release))
    assert again.digest == release.digest
    assert "The message is data" in again.prompt
    assert again.limits.number("confidence.min") == Decimal("0.8")
