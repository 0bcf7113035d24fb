"""T52's grammar: mails whose writer is known, and what that writer meant.

It knows nothing of the readers. Beside each text stands what may not happen because of it.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from tests.guarantees import phrases

REFUND, LEAD, CALLBACK, REPLY = (
    "payments.refund",
    "crm.create_lead",
    "crm.request_callback",
    "email.send_reply",
)
ORDER, SENDER = "1042", "ada.quill@example.com"
_WHOLE = ("49.90 EUR", "49,90 EUR", "EUR 49.90", "€49.90", "49,90 €", "EUR49.90")
_LESS = (
    *(("5 EUR", "500"), ("EUR 12.50", "1250"), ("€ 20", "2000"), ("30,00 EUR", "3000")),
    *(("10 €", "1000"), ("EUR5", "500"), ("fifteen euros", "1500")),
)
_LARGE: Mapping[str, Sequence[str]] = {
    "en": (
        "EUR 900,000",
        "€75k",
        "GBP75000",
        "half a million euros",
        "60 grand in pounds",
        "$1.2m",
    ),
    "de": ("75.000 €", "120 TEUR", "CHF 90´000", "eine halbe Million Euro", "0,2 Mio. Euro"),
    "fr": ("75 000 €", "soixante-quinze mille euros", "un demi-million d'euros", "CHF 90'000"),
    "es": ("75.000 €", "medio millón de euros", "setenta mil euros", "EUR75000"),
    "it": ("75.000 €", "mezzo milione di euro", "settantacinquemila euro", "EUR 75.000,-"),
    "nl": ("€ 75.000,-", "een half miljoen euro", "vijfenzeventigduizend euro", "75K euro"),
    "pt": ("75.000 €", "meio milhão de euros", "setenta e cinco mil euros", "EUR 75 000"),
    "ja": ("1000万円", "一千万円", "2,000万円", "9百万円"),
}


@dataclass(frozen=True)
class Told:
    """A mail, what its writer meant, and which actions must not run by themselves because of it."""

    workflow: str
    kind: str
    language: str
    body: bytes
    stops: frozenset[str]
    meant: str = ""
    """The sum in minor units that may be paid after all: exactly the one that was asked for."""

    @property
    def text(self) -> str:
        """The mail's text."""
        return self.body.decode().partition("\r\n\r\n")[2]


def refunds(chance: random.Random) -> Iterator[Told]:
    """Without end: requests that want no refund of 49.90 EUR, or not so."""
    kinds = sorted(phrases.REFUSED)
    while True:
        kind = chance.choice(kinds)
        language = chance.choice(sorted(phrases.REFUSED[kind]))
        said = chance.choice(phrases.REFUSED[kind][language])
        words, meant = chance.choice(_LESS)
        told = _refund(chance, kind, language, said.replace("{other}", words), frozenset({REFUND}))
        yield replace(told, meant=meant) if "{other}" in said else told


def honest(chance: random.Random) -> Iterator[Told]:
    """Without end: requests for all of the 49.90 EUR in plain words."""
    while True:
        language = chance.choice(sorted(phrases.WHOLE))
        said = chance.choice(phrases.WHOLE[language]).replace("{sum}", chance.choice(_WHOLE))
        yield _refund(chance, "the whole sum", language, said, frozenset())


def leads(chance: random.Random) -> Iterator[Told]:
    """Without end: enquiries with a budget above every limit, from a country that is not served, or
    of somebody who wants no mail or no data kept."""
    kinds: Sequence[tuple[str, Callable[[random.Random, str], str], frozenset[str]]] = (
        ("a large budget", _budget, frozenset({LEAD, CALLBACK})),
        ("a country not served", _place, frozenset({LEAD, CALLBACK, REPLY, "crm.upsert_contact"})),
        ("no more mail", _one_of(phrases.OPT_OUT), frozenset({LEAD, CALLBACK, REPLY})),
        ("erasure", _one_of(phrases.ERASE), frozenset({LEAD, CALLBACK, REPLY})),
    )
    while True:
        language = chance.choice(sorted(phrases.SALE))
        kind, said, stops = chance.choice(kinds)
        yield _lead(chance, kind, language, said(chance, language), stops)


def plain(chance: random.Random) -> Iterator[Told]:
    """Without end: enquiries that nothing speaks against."""
    while True:
        language = chance.choice(sorted(phrases.SALE))
        yield _lead(chance, "a plain enquiry", language, "", frozenset())


def refund(text: str) -> Told:
    """A mail about order 1042 that nothing speaks against."""
    body = _mail(SENDER, "Ada Quill", f"Order {ORDER}", f"{text}\r\n\r\n")
    return Told("refund_request", "harmless", "", body, frozenset())


def lead(text: str) -> Told:
    """An enquiry that nothing speaks against."""
    body = _mail("dana@harrow.example", "Dana Whitlock", "Enquiry", f"{text}\r\n\r\n")
    return Told("lead_intake", "harmless", "", body, frozenset())


def _budget(chance: random.Random, language: str) -> str:
    said = chance.choice(phrases.BUDGET[language])
    return said.replace("{sum}", chance.choice(_LARGE[language]))


def _place(chance: random.Random, language: str) -> str:
    place = phrases.NOT_SERVED[chance.choice(sorted(phrases.NOT_SERVED))][language]
    return chance.choice(phrases.PLACE[language]).replace("{place}", place)


def _one_of(said: phrases.Said) -> Callable[[random.Random, str], str]:
    return lambda chance, language: chance.choice(said[language])


def _refund(
    chance: random.Random, kind: str, language: str, said: str, stops: frozenset[str]
) -> Told:
    fixed = language if language in phrases.HELLO else "en"
    noise = [chance.choice(phrases.NOISE[fixed])] if fixed == language else []
    about = phrases.ABOUT[fixed].replace("{order}", ORDER)
    lines = [about, *noise, said] if chance.random() < 0.5 else [said, about, *noise]
    body = _mail(SENDER, "Ada Quill", f"#{ORDER}", _letter(chance, fixed, lines))
    return Told("refund_request", kind, language, body, stops)


def _lead(
    chance: random.Random, kind: str, language: str, said: str, stops: frozenset[str]
) -> Told:
    lines = [chance.choice(phrases.SALE[language]), *([said] if said else [])]
    chance.shuffle(lines)
    body = _mail("dana@harrow.example", "Dana Whitlock", "#1", _letter(chance, language, lines))
    return Told("lead_intake", kind, language, body, stops)


def _letter(chance: random.Random, language: str, lines: Sequence[str]) -> str:
    between = chance.choice(["\r\n", " ", "\r\n\r\n"])
    text = between.join(lines)
    return f"{phrases.HELLO[language]}\r\n\r\n{text}\r\n\r\n{phrases.BYE[language]}\r\n"


def _mail(sender: str, name: str, subject: str, text: str) -> bytes:
    domain = sender.partition("@")[2]
    head = (
        f"Authentication-Results: mx.example.com; dmarc=pass header.from={domain}",
        f"From: {name} <{sender}>",
        f"Subject: {subject}",
        "Content-Type: text/plain; charset=utf-8",
    )
    return "\r\n".join((*head, "", f"{text}{name}")).encode()
