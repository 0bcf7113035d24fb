"""The plain heuristics: an answer parsed out of the message itself, for when there is no model.

They read what is written and obey nothing of it: the text is searched, never interpreted.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from countersign.workflows.lead_intake import (
    intents,
    language,
    offline_facts,
    offline_reply,
    people,
    sentences,
)
from countersign.workflows.lead_intake.countries import country_code
from countersign.workflows.lead_intake.injection import order_in

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


@dataclass(frozen=True)
class _Message:
    """The prompt's JSON, taken apart again."""

    sender: str
    header: str
    form: Mapping[str, str]
    subject: str
    text: str
    signature: str

    @cached_property
    def below(self) -> str:
        """What stands under the text: the signature, or what follows the leave-taking."""
        return self.signature or sentences.farewell(self.text)

    @cached_property
    def sentences(self) -> list[str]:
        """The sentences of the text; without any, the subject; empty when both only give orders."""
        found = sentences.split(sentences.body(self.text)) or sentences.split(self.subject)
        whole = self.text.strip()[:_VALUE]
        return found or ([whole] if whole and not order_in(self.words) else [])

    @cached_property
    def words(self) -> str:
        """Subject and text."""
        return f"{self.subject}\n{self.text}"


def offline(prompt_text: str) -> Mapping[str, Any]:
    """A dict that `LeadAnswer` accepts, every quote verbatim in the message."""
    message = _message(json.loads(prompt_text))
    intent, weight = intents.likeliest(message.words)
    need = sentences.need(message.sentences, intent)
    code = language.detect(message.words) or language.code(message.form.get("language", ""))
    who = people_found(message)
    place = _place(message)
    region = place[0] if place else ""
    return {
        "name": _said(who),
        "email": _said((message.sender, message.sender)) if message.sender else None,
        **_contact(message, place),
        "intent": _intent(message, intent),
        "need": _said((need[:_VALUE], need)) if need else None,
        "budget": _budget(message, region, intent),
        "timeline": _said(offline_facts.timeline(message.words)),
        "urgency": _said(offline_facts.urgency(message.words)),
        "language": _said((code, message.sentences[0])) if code and message.sentences else None,
        "summary": _summary(message, intent),
        "reply": _reply(intent, code, who, need),
        "actions": list(_WISHES.get(intent, ("email.send_reply",))),
        "confidence": _own_number(message, weight),
    }


def people_found(message: _Message) -> tuple[str, str] | None:
    """The form's name, else what the text, the header or the signature say."""
    stated = message.form.get("name", "")
    return (stated, stated) if stated else people.name(message.text, message.below, message.header)


def _message(prompt: Mapping[str, Any]) -> _Message:
    sender = prompt["from"]
    return _Message(
        sender=sender["email"],
        header=sender["name"],
        form=prompt["form"],
        subject=prompt["subject"],
        text=prompt["text"],
        signature=prompt["signature"],
    )


def _place(message: _Message) -> tuple[str, str] | None:
    stated = message.form.get("country", "")
    return offline_facts.country(stated, message.below, sentences.body(message.text))


def _contact(message: _Message, place: tuple[str, str] | None) -> Mapping[str, Any]:
    stated = message.form.get("company", "")
    named = people.company(message.text, message.below, message.sender)
    region = country_code(place[0]) if place else ""
    number = offline_facts.phone(
        message.form.get("phone", ""), (message.below, message.text), region
    )
    return {
        "phone": _said(number),
        "company": _said((stated, stated) if stated else named),
        "country": _said(place or offline_facts.hinted_country(number, message.sender)),
    }


def _budget(message: _Message, region: str, intent: str) -> Mapping[str, object] | None:
    said = [message.subject, *message.sentences]
    return offline_facts.budget(said, region, is_sale=intent == "sales")


def _intent(message: _Message, intent: str) -> Mapping[str, Any] | None:
    stands = [words for _, words in intents.hits(intent, message.words)][:_FEW]
    quotes = stands or message.sentences[:1]
    return {"value": intent, "quotes": quotes} if quotes else None


def _summary(message: _Message, intent: str) -> Mapping[str, Any] | None:
    chosen = sentences.summary(message.sentences, intent)
    if not chosen:
        return None
    return {"value": " ".join(" ".join(chosen).split()), "quotes": chosen}


def _reply(
    intent: str, code: str, who: tuple[str, str] | None, need: str
) -> Mapping[str, str] | None:
    if intent != "sales" or not need:
        return None
    return offline_reply.reply(code, who[0] if who else "", need)


def _own_number(message: _Message, weight: int) -> int:
    """Per cent: how many key words spoke, much less when the text tries to give orders."""
    if order_in(f"{message.words}\n{message.signature}"):
        return 20
    return min(95, 50 + 5 * weight) if weight else 40


def _said(found: tuple[str, str] | None) -> Mapping[str, Any] | None:
    return {"value": found[0], "quotes": [found[1]]} if found else None
