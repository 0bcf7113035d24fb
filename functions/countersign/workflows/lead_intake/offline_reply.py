"""A reply draft by template that names the sender's real need: short, and promising nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping

_WORDS: Mapping[str, tuple[str, str, str, str]] = {
    # subject, greeting, with the need, closing
    "en": (
        "Your enquiry",
        "Hello {name},",
        "thank you for your message. You wrote: “{need}”",
        "A colleague who knows this field will contact you to talk about the details.",
    ),
    "de": (
        "Ihre Anfrage",
        "Guten Tag {name},",
        "vielen Dank für Ihre Nachricht. Sie schreiben: „{need}“",
        "Jemand aus unserem Team meldet sich bei Ihnen, um die Einzelheiten zu besprechen.",
    ),
    "fr": (
        "Votre demande",
        "Bonjour {name},",
        "merci pour votre message. Vous écrivez : « {need} »",
        "Un collègue qui connaît ce sujet vous contactera pour parler des détails.",
    ),
    "es": (
        "Su consulta",
        "Hola {name}:",
        "Gracias por su mensaje. Usted escribe: «{need}»",
        "Un compañero se pondrá en contacto con usted para hablar de los detalles.",
    ),
    "it": (
        "La sua richiesta",
        "Buongiorno {name},",
        "grazie per il suo messaggio. Lei scrive: «{need}»",
        "Un collega che conosce l'argomento la contatterà per parlare dei dettagli.",
    ),
    "nl": (
        "Uw aanvraag",
        "Goedendag {name},",
        "hartelijk dank voor uw bericht. U schrijft: “{need}”",
        "Een collega neemt contact met u op om de details te bespreken.",
    ),
    "ja": (
        "お問い合わせについて",
        "{name} 様",
        "お問い合わせいただきありがとうございます。「{need}」とのこと、承りました。",
        "担当者より改めてご連絡いたします。",
    ),
    "pt": (
        "O seu pedido",
        "Olá {name},",
        "obrigado pela sua mensagem. Escreveu: “{need}”",
        "Um colega que conhece o assunto entrará em contacto consigo para falar dos detalhes.",
    ),
}
_TARGET = re.compile(
    r"\w+://\S+|www\.\S+|\S+@\S+|(?:[\w-]+\.)+[^\W\d_]{2,}(?:/\S*)?|\+?\(?\d[\d ()./-]{5,}\d"
)
_LONGEST = 220


def reply(language: str, name: str, need: str) -> Mapping[str, str]:
    """Subject and body in `language` (English where we have none), quoting the need cut short.

    Links, addresses and long numbers in the need are left out: a reply must not carry them.
    """
    subject, greeting, thanks, closing = _WORDS.get(language, _WORDS["en"])
    said = " ".join(_TARGET.sub("…", need).split())
    short = said if len(said) <= _LONGEST else said[:_LONGEST].rsplit(" ", 1)[0] + " …"
    lines = (greeting.format(name=_safe(name)).replace(" ,", ",").replace(" :", ":"), "")
    return {"subject": subject, "body": "\n".join((*lines, thanks.format(need=short), "", closing))}


def _safe(name: str) -> str:
    return "" if _TARGET.search(name) else name.replace("{", "").replace("}", "")[:80]
