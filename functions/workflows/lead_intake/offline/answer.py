"""The plain heuristics: an answer parsed out of the message itself, for when there is no model.

They read what is written and obey nothing of it: the text is searched, never interpreted. Where
its words are few or point two ways they say nothing, and a person is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from countersign.extraction.answers import Words, filled, said, summary
from countersign.extraction.patterns import language, sentences
from countersign.extraction.prompts import Prompt, parsed
from workflows.lead_intake import calls
from workflows.lead_intake.keywords import INTENTS
from workflows.lead_intake.offline import people
from workflows.lead_intake.offline.facts import (
    budget,
    country,
    phone,
    timeline,
    urgency,
)
from workflows.lead_intake.places import country_code

_WORDS: Words = {
    "en": (
        "Your enquiry",
        "Hello {name},",
        "thank you for your message. You wrote: “{said}”",
        "A colleague who knows this field will contact you to talk about the details.",
    ),
    "de": (
        "Ihre Anfrage",
        "Guten Tag {name},",
        "vielen Dank für Ihre Nachricht. Sie schreiben: „{said}“",
        "Jemand aus unserem Team meldet sich bei Ihnen, um die Einzelheiten zu besprechen.",
    ),
    "fr": (
        "Votre demande",
        "Bonjour {name},",
        "merci pour votre message. Vous écrivez : « {said} »",
        "Un collègue qui connaît ce sujet vous contactera pour parler des détails.",
    ),
    "es": (
        "Su consulta",
        "Hola {name}:",
        "Gracias por su mensaje. Usted escribe: «{said}»",
        "Un compañero se pondrá en contacto con usted para hablar de los detalles.",
    ),
    "it": (
        "La sua richiesta",
        "Buongiorno {name},",
        "grazie per il suo messaggio. Lei scrive: «{said}»",
        "Un collega che conosce l'argomento la contatterà per parlare dei dettagli.",
    ),
    "nl": (
        "Uw aanvraag",
        "Goedendag {name},",
        "hartelijk dank voor uw bericht. U schrijft: “{said}”",
        "Een collega neemt contact met u op om de details te bespreken.",
    ),
    "ja": (
        "お問い合わせについて",
        "{name} 様",
        "お問い合わせいただきありがとうございます。「{said}」とのこと、承りました。",
        "担当者より改めてご連絡いたします。",
    ),
    "pt": (
        "O seu pedido",
        "Olá {name},",
        "obrigado pela sua mensagem. Escreveu: “{said}”",
        "Um colega que conhece o assunto entrará em contacto consigo para falar dos detalhes.",
    ),
}


def reply(language: str, name: str, need: str) -> Mapping[str, str]:
    """Subject and body in `language` (English where we have none), quoting the need cut short."""
    return filled(_WORDS, language, name, need)


_VALUE = 300
_FEW = 3
_CLEAR = 3
"""The weight of one word that says it."""
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
    intent = INTENTS.clear(message.words, _CLEAR)
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
        "timeline": said(timeline(message.words)),
        "urgency": said(urgency(message.words)),
        "call_at": said(_verbatim(calls.when(message.text))),
        "call_whom": said(_verbatim(calls.whom(message.text))),
        "language": said((code, message.sentences[0])) if code and message.sentences else None,
        "summary": summary(told),
        "reply": _reply(intent, code, who, need),
        "actions": list(_WISHES.get(intent, ("email.send_reply",))),
        "confidence": _own_number(message, INTENTS.weight(intent, message.words)),
    }


def _verbatim(words: str) -> tuple[str, str] | None:
    return (words, words) if words else None


def people_found(message: Prompt) -> tuple[str, str] | None:
    """The form's name, else what the text, the header or the signature say."""
    stated = message.form.get("name", "")
    return (stated, stated) if stated else people.name(message.text, message.below, message.header)


def _place(message: Prompt) -> tuple[str, str] | None:
    stated = message.form.get("country", "")
    return country(stated, message.below, sentences.body(message.text))


def _contact(message: Prompt, place: tuple[str, str] | None) -> Mapping[str, Any]:
    stated = message.form.get("company", "")
    named = people.company(message.text, message.below)
    region = country_code(place[0]) if place else ""
    number = phone(message.form.get("phone", ""), (message.below, message.text), region)
    return {
        "phone": said(number),
        "company": said((stated, stated) if stated else named),
        "country": said(place),
    }


def _budget(message: Prompt, region: str, intent: str) -> Mapping[str, object] | None:
    said = [message.subject, *message.sentences]
    asks = partial(INTENTS.weight, intent if intent == "sales" else "")
    return budget(said, region, asks)


def _intent(message: Prompt, intent: str) -> Mapping[str, Any] | None:
    stands = [words for _, words in INTENTS.hits(intent, message.words)][:_FEW]
    return {"value": intent, "quotes": stands} if intent else None


def _reply(
    intent: str, code: str, who: tuple[str, str] | None, need: str
) -> Mapping[str, str] | None:
    if intent != "sales" or not need:
        return None
    return reply(code, who[0] if who else "", need)


def _own_number(message: Prompt, weight: int) -> int:
    """Per cent: how many key words spoke, much less when the text tries to give orders."""
    if message.gives_orders:
        return 20
    return min(95, 50 + 5 * weight) if weight else 40
