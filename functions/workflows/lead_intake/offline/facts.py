"""Budget, timeline, urgency, phone and country as plain heuristics read them."""
# ruff: noqa: E501, RUF001 - patterns in many languages and scripts

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

from countersign.extraction.patterns import amounts
from countersign.extraction.patterns.keywords import word_pattern
from workflows.lead_intake import phones
from workflows.lead_intake.budgets import in_place, is_price
from workflows.lead_intake.countries import STATED, in_text, lines
from workflows.lead_intake.keywords import BUDGET, OTHER_MONEY, RELAXED, URGENT
from workflows.lead_intake.places import country_code, mentioned

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
    rf"|\b(?:by|before|until|from|starting|start(?:ing)? in|bis(?: ende| anfang| mitte)?|ab|vor|avant(?: fin)?|d'ici|fin|début|antes de|para|desde|"
    rf"entro|da|a|vóór|voor|vanaf|até|end of|beginning of|early|late|mid)\s+(?:the\s+)?(?:end\s+of\s+|ende\s+|fin\s+|finales\s+de\s+|fine\s+|eind\s+)?"
    rf"(?:\d{{1,2}}\.?\s+)?(?:{_MONTHS}|q[1-4]|(?:next|this)\s+(?:week|month|quarter|year|spring|summer|autumn|fall|winter))\b(?:\s+20\d\d)?"
    r"|\b(?:next (?:week|month|quarter|year|spring|summer|autumn|fall|winter)|this (?:week|month|quarter|year)|end of (?:the )?(?:year|quarter|month)|"
    r"nächste[ns]? (?:woche|monat|jahr|quartal)|ende des (?:jahres|quartals|monats)|le mois prochain|la semaine prochaine|l'année prochaine|"
    r"el próximo (?:mes|año|trimestre)|la próxima semana|fin de año|il mese prossimo|entro fine anno|volgende (?:week|maand)|"
    r"volgend jaar|no próximo (?:mês|ano|trimestre)|q[1-4](?:\s+20\d\d)?|\d{4}-\d\d-\d\d)\b"
    r"|来月|今月中|年内|来週|下个月|年底|다음 달|в следующем месяце|до конца года",
    re.IGNORECASE,
)  # fmt: skip
_EACH_TIME = re.compile(
    r"\s?(?:a|per|each|every|pro|im|je|par|al|por|cada|ogni|per|/)\s?(?:month|year|week|day|monat|jahr|woche|mois|an|mes|año|mese|anno|"
    r"maand|jaar|mês|ano)|\s?(?:monthly|yearly|monatlich|jährlich|mensuel|mensual|mensil|maandelijks|mensal)",
    re.IGNORECASE,
)
"""What is paid again and again is no budget."""
_NOT_AFTER = re.compile(r"\W+(?:\w+\W+)?(?:nicht|niet|pas|not)\b", re.IGNORECASE)
_NOT = re.compile(
    r"\b(?:not|no|nicht|keine?|pas|sin|non|niet|geen|sem|não)\W+(?:\w+\W+)?$", re.IGNORECASE
)


def budget(
    sentences: list[str], country: str, asks: Callable[[str], float]
) -> Mapping[str, object] | None:
    """The sum that the sender would spend: the largest near a word for budgets, else the only one
    in the sentences of the sale, by the weight that `asks` gives them."""
    sums = list(_sums(sentences, country))
    near = [found for found in sums if BUDGET.search(found[1])]
    known = [found for found in near if found[0].currency] or near or _beside(sums, asks)
    if not known:
        return None
    money, sentence = max(known, key=lambda found: found[0].amount)
    return {
        "amount": format(money.amount, "f"),
        "currency": money.currency or None,
        "quotes": [money.words if amounts.supports(money.words, money.amount) else sentence],
    }


def _beside(
    sums: list[tuple[amounts.Sum, str]], asks: Callable[[str], float]
) -> list[tuple[amounts.Sum, str]]:
    found = [one for one in sums if asks(one[1]) and not OTHER_MONEY.search(one[1])]
    return found if len(found) == 1 else []


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
        before, after = text[: urgent.start()][-30:], text[urgent.end() :][:20]
        if not _NOT.search(before) and not _NOT_AFTER.match(after):
            return "high", urgent[0]
    return None


def phone(stated: str, places: tuple[str, ...], region: str) -> Found | None:
    """The form's phone, else the first number in `places` that is no fax."""
    if stated:
        number = phones.e164(stated, region)
        return (number, stated) if number else None
    for place in places:
        for number, stands in phones.numbers(place, region):
            if not phones.FAX.search(place[: place.find(stands)]):
                return number, stands
    return None


def country(stated: str, below: str, text: str) -> Found | None:
    """The form's country, else the one in the signature, else the only one that the text states
    as the sender's own."""
    if stated:
        return country_code(stated) or stated, stated
    for line, is_footer in lines(below):
        for code, stands in () if is_footer else mentioned(line):
            return code, stands
    own = {one.code: one.words for one in in_text(text) if one.weight >= STATED}
    return next(iter(own.items())) if len(own) == 1 else None


def _sums(sentences: list[str], country_of: str) -> Iterator[tuple[amounts.Sum, str]]:
    for sentence in sentences:
        for money in amounts.plain(sentence):
            if is_price(money.words, sentence):
                continue
            if money.per_item or _EACH_TIME.match(sentence, money.at + len(money.words)):
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
