"""A reply draft by template that names the sender's real need: short, and promising nothing."""

from __future__ import annotations

from collections.abc import Mapping

from countersign.understanding.drafts import Words, filled

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
