"""Budget, timeline, urgency, phone and country as plain heuristics read them."""
# ruff: noqa: E501, RUF001 - patterns in many languages and scripts

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from countersign.extraction.patterns import amounts
from countersign.extraction.patterns.keywords import word_pattern
from workflows.lead_intake import phones
from workflows.lead_intake.budgets import in_place
from workflows.lead_intake.keywords import BUDGET, OTHER_MONEY, RELAXED, URGENT
from workflows.lead_intake.places import codes, country_code, mentioned

Found = tuple[str, str]
"""A value, and the words of the source that say it."""

_SMALLEST, _LARGEST = 100, 10**8  # of numbers without a currency
_UNITS = (
    r"days?|weeks?|months?|quarters?|years?|tagen?|wochen?|monate?n?|quartals?|jahre?n?|jours?|semaines?|mois|"
    r"días?|semanas?|meses|mes|años?|giorni|settiman[ae]|mes[ei]|dagen|weken|week|maanden|maand|dias?|mês"
)
_MONTHS = (
    r"jan(?:uary|uar|vier)?|feb(?:ruary|ruar)?|février|march|märz|mars|april|avril|abril|aprile|may|mai|mayo|maggio|maio|"
    r"june|juni|juin|junio|giugno|junho|july|juli|juillet|julio|luglio|julho|aug(?:ust|ustus)?|août|agosto|"
    r"sept?(?:ember|embre|iembre)?|settembre|setembro|o[ck]t(?:ober|obre|ubre)?|ottobre|outubro|nov(?:ember|embre|iembre)?|"
    r"novembro|de[cz](?:ember|embre|iembre)?|décembre|dicembre|dezembro|enero|gennaio|janeiro|marzo|março|febrero|febbraio"
)
_TIMELINE = re.compile(
    rf"\b(?:within|in|over|for|after|innerhalb von|binnen|dans|d'ici|en|entro|tra|em|dentro de)\s+(?:the\s+)?(?:next|nächsten|den nächsten|les|"
    rf"los próximos|komende)?\s*(?:\d{{1,3}}|a|an|one|two|three|four|six|einem?|zwei|drei|vier|sechs|deux|trois|dos|tres|due|tre|twee|drie)"
    rf"(?:\s?(?:-|–|to|bis|à)\s?\d{{1,3}})?\s+(?:{_UNITS})\b"
    rf"|\b(?:by|before|until|from|starting|start(?:ing)? in|in|bis(?: ende| anfang| mitte)?|ab|vor|im|avant(?: fin)?|d'ici|en|fin|début|antes de|para|desde|"
    rf"entro|da|a|vóór|voor|vanaf|até|em|end of|beginning of|early|late|mid)\s+(?:the\s+)?(?:end\s+of\s+|ende\s+|fin\s+|finales\s+de\s+|fine\s+|eind\s+)?"
    rf"(?:\d{{1,2}}\.?\s+)?(?:{_MONTHS}|q[1-4]|(?:next|this)\s+(?:week|month|quarter|year|spring|summer|autumn|fall|winter))\b(?:\s+20\d\d)?"
    r"|\b(?:next (?:week|month|quarter|year|spring|summer|autumn|fall|winter)|this (?:week|month|quarter|year)|end of (?:the )?(?:year|quarter|month)|"
    r"nächste[ns]? (?:woche|monat|jahr|quartal)|ende des (?:jahres|quartals|monats)|le mois prochain|la semaine prochaine|l'année prochaine|"
    r"el próximo (?:mes|año|trimestre)|la próxima semana|fin de año|il mese prossimo|entro fine anno|volgende (?:week|maand)|"
    r"volgend jaar|no próximo (?:mês|ano|trimestre)|q[1-4](?:\s+20\d\d)?|\d{4}-\d\d-\d\d)\b"
    r"|来月|今月中|年内|来週|下个月|年底|다음 달|в следующем месяце|до конца года",
    re.IGNORECASE,
)  # fmt: skip
_FROM = re.compile(
    r"(?:\b(?:in|from|of|based in|located in|near|aus|en|de|depuis|basés? en|desde|dal(?:la)?|in|uit|em|do|da|i|från|fra|z|w|"
    r"au|aux|en|del|the|der|den|le|la|los|les|het)\W+)$",
    re.IGNORECASE,
)
_FAX = re.compile(r"\bfax\b[^\n\d+]{0,20}$", re.IGNORECASE)
_TLD = re.compile(r"\.([a-z]{2})$")
_NOT = re.compile(
    r"\b(?:not|no|nicht|keine?|pas|sin|non|niet|geen|sem|não)\W+(?:\w+\W+)?$", re.IGNORECASE
)


def budget(sentences: list[str], country: str, *, is_sale: bool) -> Mapping[str, object] | None:
    """The sum that the sender would spend: one near a word for budgets, else in a sale the largest."""
    near = [found for found in _sums(sentences, country) if BUDGET.search(found[1])]
    rest = [found for found in _sums(sentences, country) if not OTHER_MONEY.search(found[1])]
    known = [found for found in (near or rest * is_sale) if found[0].currency] or near
    if not known:
        return None
    money, sentence = max(known, key=lambda found: found[0].amount)
    return {
        "amount": format(money.amount, "f"),
        "currency": money.currency or None,
        "quotes": [money.words if amounts.supports(money.words, money.amount) else sentence],
    }


def timeline(text: str) -> Found | None:
    """The first expression of time that says when."""
    found = _TIMELINE.search(text)
    return (" ".join(found[0].split()), found[0]) if found else None


def urgency(text: str) -> Found | None:
    """`low` or `high` with its word; None when the sender does not say (it is normal then)."""
    relaxed = _relaxed().search(text)
    if relaxed:
        return "low", relaxed[0]
    for urgent in _urgent().finditer(text):
        if not _NOT.search(text[: urgent.start()][-30:]):
            return "high", urgent[0]
    return None


def phone(stated: str, places: tuple[str, ...], region: str) -> Found | None:
    """The form's phone, else the first number in `places` that is no fax."""
    if stated:
        number = phones.e164(stated, region)
        return (number, stated) if number else None
    for place in places:
        for number, stands in phones.numbers(place, region):
            if not _FAX.search(place[: place.find(stands)]):
                return number, stands
    return None


def country(stated: str, below: str, text: str) -> Found | None:
    """The form's country, else the one in the signature, else one that the text says "from" to."""
    if stated:
        return country_code(stated) or stated, stated
    for code, stands in mentioned(below):
        return code, stands
    found = mentioned(text)
    said = [pair for pair in found if _FROM.search(text[: text.find(pair[1])][-20:])]
    for code, stands in said or found[:1]:
        return code, stands
    return None


def hinted_country(number: Found | None, sender: str) -> Found | None:
    """A country by the phone's prefix, else by the address's country domain."""
    if number and number[1].lstrip().startswith("+") and phones.region_of(number[0]):
        return phones.region_of(number[0]), number[1]
    domain = _TLD.search(sender.lower())
    code = {"uk": "GB"}.get(domain[1], domain[1].upper()) if domain else ""
    return (
        (code, sender) if code in codes() and code not in {"IO", "AI", "CO", "ME", "TV"} else None
    )


def _sums(sentences: list[str], country_of: str) -> Iterator[tuple[amounts.Sum, str]]:
    for sentence in sentences:
        for money in amounts.plain(sentence):
            if money.per_item:
                continue
            local = in_place(money, sentence, country_of)
            named = _SMALLEST <= local.amount < _LARGEST and BUDGET.search(sentence)
            if local.currency or named:
                yield local, sentence


@lru_cache(maxsize=1)
def _urgent() -> re.Pattern[str]:
    return word_pattern(URGENT)


@lru_cache(maxsize=1)
def _relaxed() -> re.Pattern[str]:
    return word_pattern(RELAXED)
