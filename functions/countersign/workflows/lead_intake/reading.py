"""Bytes from either door into one input, and that input as the text which a model may see."""

from __future__ import annotations

from collections.abc import Mapping

from countersign.domain.errors import ContractBroken
from countersign.domain.workflow import Raw
from countersign.parsing.clean import one_line, tidy
from countersign.understanding import reading
from countersign.understanding.language import code as language_code
from countersign.understanding.prompts import Prompts
from countersign.workflows.lead_intake.contract import LeadInput, Stated, WebForm


def read(raw: Raw) -> LeadInput:
    """A web form or a mail as input. Raises ContractBroken or Quarantined."""
    return reading.read(raw, LeadInput, _from_form)


def _form(message: LeadInput) -> Mapping[str, str]:
    stated = message.stated
    return {
        "name": message.sender_name,
        "phone": stated.phone,
        "company": stated.company,
        "country": stated.country,
        "language": stated.language,
    }


_PROMPTS: Prompts[LeadInput] = Prompts(_form)
source_text = _PROMPTS.source_text
source_parts = _PROMPTS.source_parts
prompt_text = _PROMPTS.prompt_text


def _from_form(body: bytes) -> LeadInput:
    form = reading.form(WebForm, body)
    text = tidy(form.message)
    name = one_line(form.name, 200)
    if not text or not name:
        raise ContractBroken("lead_intake.form: name and message need visible characters")
    language = one_line(form.language or "", 35)
    return LeadInput(
        channel="form",
        sender=reading.address(form.email, WebForm.CONTRACT),
        sender_name=name,
        text=text,
        stated=Stated(
            phone=one_line(form.phone or "", 200),
            company=one_line(form.company or "", 200),
            country=one_line(form.country or "", 200),
            language=language,
            consent=form.consent,
        ),
        language_hints=tuple(filter(None, (language_code(language),))),
    )
