"""A reply draft by template: what was understood, true whether or not the refund is signed."""
# ruff: noqa: E501 - one sentence a line

from __future__ import annotations

from collections.abc import Mapping

from countersign.understanding.drafts import Words, filled

_WORDS: Words = {
    "en": (
        "Your request",
        "Hello {name},",
        "thank you for your message. You wrote: “{said}”",
        (
            "A colleague looks at your request. Where a refund is due, it goes back to the means of "
            "payment that you used."
        ),
    ),
    "de": (
        "Ihre Anfrage",
        "Guten Tag {name},",
        "vielen Dank für Ihre Nachricht. Sie schreiben: „{said}“",
        (
            "Jemand aus unserem Team prüft Ihre Anfrage. Eine Erstattung geht, wo sie Ihnen zusteht, "
            "auf das Zahlungsmittel zurück, mit dem Sie bezahlt haben."
        ),
    ),
    "fr": (
        "Votre demande",
        "Bonjour {name},",
        "merci pour votre message. Vous écrivez : « {said} »",
        (
            "Un collègue examine votre demande. Si un remboursement est dû, il est fait sur le moyen "
            "de paiement que vous avez utilisé."
        ),
    ),
    "es": (
        "Su solicitud",
        "Hola {name}:",
        "Gracias por su mensaje. Usted escribe: «{said}»",
        (
            "Un compañero revisa su solicitud. Si corresponde un reembolso, se hace al medio de pago "
            "que usted utilizó."
        ),
    ),
    "it": (
        "La sua richiesta",
        "Buongiorno {name},",
        "grazie per il suo messaggio. Lei scrive: «{said}»",
        (
            "Un collega esamina la sua richiesta. Se un rimborso è dovuto, torna sul mezzo di "
            "pagamento che ha usato."
        ),
    ),
    "nl": (
        "Uw verzoek",
        "Goedendag {name},",
        "hartelijk dank voor uw bericht. U schrijft: “{said}”",
        (
            "Een collega bekijkt uw verzoek. Als u recht hebt op terugbetaling, gaat het bedrag terug "
            "naar het betaalmiddel dat u hebt gebruikt."
        ),
    ),
    "pt": (
        "O seu pedido",
        "Olá {name},",
        "obrigado pela sua mensagem. Escreveu: “{said}”",
        (
            "Um colega analisa o seu pedido. Se houver lugar a reembolso, ele é feito para o meio de "
            "pagamento que usou."
        ),
    ),
}


def reply(language: str, name: str, said: str) -> Mapping[str, str]:
    """Subject and body in `language` (English where we have none), quoting the need, cut short."""
    return filled(_WORDS, language, name, said)
