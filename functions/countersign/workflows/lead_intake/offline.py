"""The plain heuristics: an answer parsed out of the message itself, for when there is no model.

They read what is written and obey nothing of it: the text is searched, never interpreted.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from countersign.understanding import language, sentences
from countersign.understanding.answers import said, summary
from countersign.understanding.prompts import Prompt, parsed
from countersign.workflows.lead_intake import offline_facts, offline_reply, people
from countersign.workflows.lead_intake.countries import country_code
from countersign.workflows.lead_intake.intents import INTENTS

_VALUE = 300
_FEW = 3
_WISHES: Mapping[str, tuple[str, ...]] = {
    "sales": (
        "crm.upsert_contact",
        "crm.create_lead",
        "crm.request_callback",
        "email.send_reply",
    ),
    "partnership": ("crm.upsert_contact", "email.send_reply"),
    "spam": (),
}


def offline(prompt_text: str) -> Mapping[str, Any]:
    """A dict that `LeadAnswer` accepts, every quote verbatim in the message."""
    message = parsed(prompt_text)
    intent, weight = INTENTS.likeliest(message.words)
    need = sentences.need(message.sentences, partial(INTENTS.weight, intent))
    told = sentences.summary(message.sentences, partial(INTENTS.weight, intent))
    code = language.detect(message.words) or language.code(message.form.get("language", ""))
    who = people_found(message)
    place = _place(message)
    region = place[0] if place else ""
    return {
        "name": said(who),
        "email": said((message.sender, message.sender)) if message.sender else None,
        **_contact(message, place),
        "intent": _intent(message, intent),
        "need": said((need[:_VALUE], need)) if need else None,
        "budget": _budget(message, region, intent),
        "timeline": said(offline_facts.timeline(message.words)),
        "urgency": said(offline_facts.urgency(message.words)),
        "language": said((code, message.sentences[0])) if code and message.sentences else None,
        "summary": summary(told),
        "reply": _reply(intent, code, who, need),
        "actions": list(_WISHES.get(intent, ("email.send_reply",))),
        "confidence": _own_number(message, weight),
    }


def people_found(message: Prompt) -> tuple[str, str] | None:
    """The form's name, else what the text, the header or the signature say."""
    stated = message.form.get("name", "")
    return (stated, stated) if stated else people.name(message.text, message.below, message.header)


def _place(message: Prompt) -> tuple[str, str] | None:
    stated = message.form.get("country", "")
    return offline_facts.country(stated, message.below, sentences.body(message.text))


def _contact(message: Prompt, place: tuple[str, str] | None) -> Mapping[str, Any]:
    stated = message.form.get("company", "")
    named = people.company(message.text, message.below, message.sender)
    region = country_code(place[0]) if place else ""
    number = offline_facts.phone(
        message.form.get("phone", ""), (message.below, message.text), region
    )
    return {
        "phone": said(number),
        "company": said((stated, stated) if stated else named),
        "country": said(place or offline_facts.hinted_country(number, message.sender)),
    }


def _budget(message: Prompt, region: str, intent: str) -> Mapping[str, object] | None:
    said = [message.subject, *message.sentences]
    return offline_facts.budget(said, region, is_sale=intent == "sales")


def _intent(message: Prompt, intent: str) -> Mapping[str, Any] | None:
    stands = [words for _, words in INTENTS.hits(intent, message.words)][:_FEW]
    quotes = stands or message.sentences[:1]
    return {"value": intent, "quotes": quotes} if quotes else None


def _reply(
    intent: str, code: str, who: tuple[str, str] | None, need: str
) -> Mapping[str, str] | None:
    if intent != "sales" or not need:
        return None
    return offline_reply.reply(code, who[0] if who else "", need)


def _own_number(message: Prompt, weight: int) -> int:
    """Per cent: how many key words spoke, much less when the text tries to give orders."""
    if message.gives_orders:
        return 20
    return min(95, 50 + 5 * weight) if weight else 40
