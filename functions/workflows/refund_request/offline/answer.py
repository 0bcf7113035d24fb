"""The plain heuristics: an answer parsed out of the message itself, for when there is no model.

They read what is written and obey nothing of it: the text is searched, never interpreted. Where
its words are few or point two ways they say nothing, and a person is asked.
"""
# ruff: noqa: E501 - one sentence a line

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from countersign.extraction.answers import Words, filled, said, summary
from countersign.extraction.patterns import amounts, language, orders, sentences
from countersign.extraction.patterns.keywords import Lexicon
from countersign.extraction.prompts import Prompt, parsed
from countersign.extraction.readers.hearing import heard, is_wish
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
    "ja": (
        "お問い合わせについて",
        "{name} 様",
        "お問い合わせいただきありがとうございます。「{said}」とのこと、承りました。",
        "担当者が内容を確認いたします。返金の対象となる場合は、ご利用のお支払い方法に返金されます。",
    ),
}

_ELSE: Mapping[str, str] = {
    "en": "A colleague reads it and answers you.",
    "de": "Jemand aus unserem Team liest sie und antwortet Ihnen.",
    "fr": "Un collègue le lit et vous répond.",
    "es": "Un compañero lo lee y le responde.",
    "it": "Un collega lo legge e le risponde.",
    "nl": "Een collega leest het en antwoordt u.",
    "pt": "Um colega lê-a e responde-lhe.",
    "ja": "担当者が拝見し、ご返信いたします。",
}
"""The closing for who asks for something else: nothing of money back."""
_OTHERWISE: Words = {code: (*words[:3], _ELSE[code]) for code, words in _WORDS.items()}


def reply(language: str, name: str, said: str, wish: str) -> Mapping[str, str]:
    """Subject and body in `language` (English where we have none), quoting the need, cut short."""
    return filled(_WORDS if wish == "refund" else _OTHERWISE, language, name, said)


_FEW = 3
_CLEAR = 3
"""The weight of one word that says it."""
_AGAINST = frozenset({"withdrawn", "condition", "remedy", "third", "done"})
"""What is heard where money back is not simply what is wanted."""
_DECIMALS = re.compile(r"\d[.,]\d\d(?!\d)")


def offline(prompt_text: str) -> Mapping[str, Any]:
    """A dict that `RefundAnswer` accepts, every quote verbatim in the message."""
    message = parsed(prompt_text)
    wish, heard_it = _wish(message)
    told = sentences.summary(message.sentences, partial(WISHES.weight, wish))
    need = sentences.need(message.sentences, partial(WISHES.weight, wish))
    code = language.detect(message.words) or language.code(message.form.get("language", ""))
    first = message.sentences[0] if message.sentences else ""
    return {
        "order": said(_order(message)),
        "wish": _classed(WISHES, wish, message.words) or heard_it,
        "reason": _reason(message),
        "amount": _amount(_wishes(message)),
        "says": summary(told),
        "language": said((code, first)) if code and first else None,
        "reply": reply(code, message.header, need, wish) if need else None,
        "actions": ["payments.refund"] * (wish == "refund") + ["email.send_reply"],
        "confidence": _own_number(message, WISHES.weight(wish, message.words)),
    }


def _wish(message: Prompt) -> tuple[str, Mapping[str, Any] | None]:
    """The wish that the words name, and as a part of the answer what the readers hear: money back,
    and nothing that speaks against it."""
    said = WISHES.clear(message.words, _CLEAR)
    kinds = heard(f"{message.subject}\n\n{message.text}")
    if said not in ("", "refund") or "wish" not in kinds or kinds.keys() & _AGAINST:
        return said.replace("refund", ""), None
    return "refund", {"value": "refund", "quotes": [kinds["wish"]]}


def _order(message: Prompt) -> tuple[str, str] | None:
    """The form's; else the only one that is named, or of several the only one beside the wish."""
    stated = message.form.get("order", "")
    if stated:
        return stated, stated
    named = orders.found(message.words)
    wishes = _wishes(message)
    near = [(n, w) for n, w in named if any(orders.supports(one, n) for one in wishes)]
    chosen = near if len(named) > 1 else named
    return chosen[0] if len(chosen) == 1 else None


def _reason(message: Prompt) -> Mapping[str, Any] | None:
    stated = message.form.get("reason", "")
    if stated:
        return {"value": stated, "quotes": [stated]}
    return _classed(REASONS, REASONS.clear(message.words, _CLEAR), message.words)


def _classed(lexicon: Lexicon, name: str, words: str) -> Mapping[str, Any] | None:
    stands = [words for _, words in lexicon.hits(name, words)][:_FEW]
    return {"value": name, "quotes": stands} if stands else None


def _wishes(message: Prompt) -> list[str]:
    """The sentences that speak of money back."""
    return [one for one in message.sentences if is_wish(one, message.text)]


def _amount(said_in: list[str]) -> Mapping[str, Any] | None:
    """The one sum in the sentences that ask for money back.

    A price in another sentence is what was paid, and not yet what is asked; of two sums nobody
    knows which.
    """
    found = [one for sentence in said_in for one in _sums(sentence)]
    if len({(one.amount, one.currency) for one in found}) != 1:
        return None
    money = found[0]
    return {
        "amount": format(money.amount, "f"),
        "currency": money.currency or None,
        "quotes": [money.words],
    }


def _sums(sentence: str) -> Iterator[amounts.Sum]:
    for _, words in orders.found(sentence):
        sentence = sentence.replace(words, " " * len(words))
    for money in amounts.bare(sentence):
        if money.currency or _DECIMALS.search(money.words):
            yield money


def _own_number(message: Prompt, weight: int) -> int:
    """Per cent: how many key words spoke, much less when the text tries to give orders."""
    if message.gives_orders:
        return 20
    return min(95, 70 + 5 * weight) if weight else 50
