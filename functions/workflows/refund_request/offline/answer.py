"""The plain heuristics: an answer parsed out of the message itself, for when there is no model.

They read what is written and obey nothing of it: the text is searched, never interpreted.
"""
# ruff: noqa: E501 - one sentence a line

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from countersign.extraction.answers import Words, filled, said, summary
from countersign.extraction.patterns import amounts, language, sentences
from countersign.extraction.patterns.keywords import Lexicon
from countersign.extraction.prompts import Prompt, parsed
from workflows.refund_request import orders
from workflows.refund_request.keywords import REASONS, WISHES

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


_FEW = 3
_DECIMALS = re.compile(r"\d[.,]\d\d(?!\d)")


def offline(prompt_text: str) -> Mapping[str, Any]:
    """A dict that `RefundAnswer` accepts, every quote verbatim in the message."""
    message = parsed(prompt_text)
    wish, weight = _wish(message)
    told = sentences.summary(message.sentences, partial(WISHES.weight, wish))
    need = sentences.need(message.sentences, partial(WISHES.weight, wish))
    code = language.detect(message.words) or language.code(message.form.get("language", ""))
    first = message.sentences[0] if message.sentences else ""
    return {
        "order": said(_order(message)),
        "wish": _classed(WISHES, wish, message),
        "reason": _reason(message),
        "amount": _amount(message.sentences),
        "says": summary(told),
        "language": said((code, first)) if code and first else None,
        "reply": reply(code, message.header, need) if need else None,
        "actions": ["payments.refund"] * (wish == "refund") + ["email.send_reply"],
        "confidence": _own_number(message, weight),
    }


def _wish(message: Prompt) -> tuple[str, int]:
    wish, weight = WISHES.likeliest(message.words)
    if wish == "other" and "order" in message.form:  # the shop's form: money back is its purpose
        return "refund", weight
    return wish, weight


def _order(message: Prompt) -> tuple[str, str] | None:
    stated = message.form.get("order", "")
    return (stated, stated) if stated else next(iter(orders.found(message.words)), None)


def _reason(message: Prompt) -> Mapping[str, Any] | None:
    stated = message.form.get("reason", "")
    if stated:
        return {"value": stated, "quotes": [stated]}
    reason, weight = REASONS.likeliest(message.words)
    return _classed(REASONS, reason, message) if weight else None


def _classed(lexicon: Lexicon, name: str, message: Prompt) -> Mapping[str, Any] | None:
    stands = [words for _, words in lexicon.hits(name, message.words)][:_FEW]
    quotes = stands or message.sentences[:1]
    return {"value": name, "quotes": quotes} if quotes else None


def _amount(said_in: list[str]) -> Mapping[str, Any] | None:
    """The sum that stands nearest to a word for refunds, in a sentence that has both.

    A price in another sentence is what was paid, and not yet what is asked.
    """
    near = [found for sentence in said_in for found in _sums(sentence)]
    if not near:
        return None
    _, money = min(near, key=lambda found: found[0])
    return {
        "amount": format(money.amount, "f"),
        "currency": money.currency or None,
        "quotes": [money.words],
    }


def _sums(sentence: str) -> Iterator[tuple[int, amounts.Sum]]:
    """(how far from a word for refunds, the sum) of each sum in a sentence."""
    places = [sentence.find(words) for _, words in WISHES.hits("refund", sentence)]
    if not places:
        return
    for _, words in orders.found(sentence):
        sentence = sentence.replace(words, " " * len(words))
    for money in amounts.bare(sentence):
        if money.currency or _DECIMALS.search(money.words):
            at = sentence.find(money.words)
            yield min(abs(at - place) for place in places), money


def _own_number(message: Prompt, weight: int) -> int:
    """Per cent: how many key words spoke, much less when the text tries to give orders."""
    if message.gives_orders:
        return 20
    return min(95, 70 + 5 * weight) if weight else 50
