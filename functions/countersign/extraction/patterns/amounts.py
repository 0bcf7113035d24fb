"""Sums of money as people write them: `€12.500`, `120 TEUR`, `half a million euros`, `je 5 €`.

Our own, because price-parser reads `50k EUR` as 50, `1,5 Mio EUR` as 1.5, and of a range one end.
"""
# ruff: noqa: E501, RUF001 - signs and words for money in many scripts

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from countersign.domain.money import ISO
from countersign.extraction.patterns.language import COMMON
from countersign.extraction.patterns.numerals import LETTER, Digits, digits


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_BY_CURRENCY: Mapping[str, str] = {
    "EUR": "€|euro|euros|eur.|euri|euronen|balles|pavos|avro|евро|يورو|欧元|ユーロ|유로",
    "USD": "$|us$|usd$|u$s|us dollars|us dollar|us-dollar|dollars|dollar|dólares|dollari|долларов|bucks|buck|dolar|dolarów|dolary|دولار|美元|ドル|米ドル",
    "GBP": "£|£ sterling|quid|british pounds|pounds|pounds sterling|pound|pfund|livres sterling|livres|libras esterlinas|libras|sterline|sterling|ponden|pond|ポンド",
    "CHF": "sfr|sfr.|fr.|franken|schweizer franken|francs suisses|francs|franchi|francos suizos|francos|zwitserse frank|stutz",
    "JPY": "¥|yen|円|日元|日本円",
    "INR": "₹|rs|rs.|rupees|rupee",
    "CNY": "元|人民币|人民幣|rmb|yuan",
    "PLN": "zł|zł.|zloty|złoty|złotych|złote|zlotych|złotówek",
    "BRL": "r$|reais",
    "KRW": "₩|원|won",
    "AUD": "a$|au$",
    "CAD": "c$|ca$",
    "NZD": "nz$",
    "SGD": "s$",
    "HKD": "hk$",
    "MXN": "mx$",
    "RUB": "₽|руб|руб.|рублей|рубля|рубль",
    "TRY": "₺|tl|tl.|lira|liralık|türk lirası",
    "ILS": '₪|ש"ח|ש״ח|שקל|שקלים|nis',
    "UAH": "₴",
    "CZK": "kč|korun|koruny|korun českých",
    "ZAR": "r",
    "HUF": "ft|ft.|forint|forintot",
    "RON": "lei|ron",
    "SEK": "kronor|svenska kronor",
    "AED": "درهم",
    "BTC": "btc|bitcoin",
}
_BY_SCALE: Mapping[int, str] = {
    1_000: "k|thou|tsd|tsd.|t|thousand|grand|tausend|mille|mil|mila|duizend|tys|tys.|tyś|tyś.|tisíc|ألف|آلاف|אלף|riesen|тыс|тыс.|тысяч|tysięcy|tysiące|tusen|천|千",
    10_000: "万|萬|만",
    100_000: "lakh|lakhs|lac|lacs",
    1_000_000: "m|mn|mln|mio|mio.|million|millions|millionen|millón|millones|milioni|milione|miljoen|milhão|milhões|milionów|miliony|milion|miliona|milyon|mln.|miljoner|miljon|millió|milionů|milionu|miliony|مليون|ملايين|מיליון|млн|млн.|миллиона|миллионов|百万",
    10_000_000: "crore|crores|cr|千万|천만",
    100_000_000: "億|亿",
    1_000_000_000: "bn|b|billion|mrd|mrd.|milliarde|milliarden|milliard|milliards|miljard|miliardi|miliardo",
}
_WORDS = {
    **{code.lower(): code for code in ISO},
    **{word: code for code, words in _BY_CURRENCY.items() for word in words.split("|")},
}
_SCALES = {word: scale for scale, words in _BY_SCALE.items() for word in words.split("|")}
_JOINED = {"t": 10**3, "k": 10**3, "m": 10**6, "mio": 10**6, "mio.": 10**6, "mn": 10**6}
"""Scales that people write into the currency: `120 TEUR`, `k€ 75`."""
_SCALED = {
    f"{scale}{word}": (code, by)
    for scale, by in _JOINED.items()
    for code, sign in (("EUR", "€"), ("CHF", ""), ("USD", "$"), ("GBP", "£"), ("SEK", ""))
    for word in (code.lower(), sign)
    if word
}
_SCALED |= {
    **{
        f"bin {word}": (code, 1000)
        for word, code in _WORDS.items()
        if code in {"TRY", "EUR", "USD"}
    },
    **{f"mil{point} {word}": ("CZK", 10**6) for point in (".", "") for word in ("kč", "korun")},
    "tkr": ("SEK", 1000),
}
"""Turkish `bin` is German for `am`, Czech `mil.` Spanish for a thousand: only before money."""
_CURRENCIES = {**_WORDS, **{word: code for word, (code, _) in _SCALED.items()}}
_ONLY_AFTER = _set("won real reais livres francs pond pound")
"""Words of other meanings, which before a number are these: `we won 3 deals`."""
_SHARED: Mapping[str, tuple[str, frozenset[str]]] = {
    "USD": (
        r"\$|dol",
        _set("AUD CAD HKD MXN NZD SGD TWD ARS CLP COP"),
    ),
    "JPY": ("¥", _set("CNY")),
    "GBP": ("£|pound", _set("EGP")),
}
"""Codes whose sign other currencies share: the sign, and those others."""
_OF_MANY = frozenset("$¥£")
"""Signs of several currencies: a code behind the number says which is meant."""
_NUMBER = (
    r"\d{1,3}(?:[.,' \u00a0\u202f]\d{3})+(?:[.,]\d{1,2})?"  # groups of three
    r"|\d{1,3}(?:,\d{2})+,\d{3}|\d{1,15}(?:[.,]\d{1,3})?"  # India's groups; a plain number
)
_EVEN = r"(?:[.,]\s?[-–—]{1,2}|/-)"
"""No cents: `75.000,-`, `50,000/-`."""
_END = rf"(?!\d)(?:{_EVEN})?(?:[- ]odd|-ish)?"
_JOIN = r"\s?(?:-|–|—|/|to|or|bis|oder|à|ou|a|o|tot|até|до|~|〜|から)\s?"
_AND = r"\s?(?:and|und|et|y|e|en)\s?"
_BETWEEN = re.compile(r"(?:between|zwischen|entre|tra|fra|tussen)\s+\S{0,5}\s?$", re.IGNORECASE)
_GROUPED = re.compile(
    r"(\d{1,3}(?:[.,' \u00a0\u202f]\d{3})+|\d{1,3}(?:,\d{2})+,\d{3})([.,]\d{1,2})?"
)
_FRACTION = re.compile(r"0[.,]\d+")
_YEAR = re.compile(r"(?:19|20)\d\d")
_BESIDE = 24
_PER_ITEM = re.compile(
    r"\s?(?:/|per|pro|je|jede\w*|each|apiece|a piece|par|por|al|a|à|p\.|l'|de|cada|chacun\w*|ciascun\w*|cadaun\w*|elk|"
    r"je\w*)?\s?(?:each|apiece|piece|unit|item|head|person|user|seat|licen[cs]e|stück|kopf|person|nutzer|lizenz|platz|"
    r"gerät|pièce|unité|tête|personne|utilisateur|licence|poste|unidad|pieza|persona|cabeza|usuario|licencia|cada un\w|"
    r"pezzo|testa|utente|licenza|l'un\w|ciascun\w*|cadaun\w*|cad\.|stuk|hoofd|persoon|gebruiker|licentie|elk|unidade|peça|pessoa|"
    r"utilizador|cabeça|chacun\w*|das stück|pcs?|p\.\s?p\.?|stk\.?)(?!\w)"
    r"|(?:\s?/|/\s|\s?(?:per|pro|par|por)\s)(?!favor|piacere|cortesia|gentilezza|month|year|annum|quarter|week|monat|jahr|quartal|woche|mois|an(?!\w)|année|mes|año|mese|anno|maand|"
    r"jaar|mês|ano|trim)[^\W\d_]{3,}|/(?:台|個|人|名)",
    re.IGNORECASE,
)
_ITEM_BEFORE = re.compile(
    r"(?:each|unit price(?: of)?|per (?:unit|head|person|piece)|stückpreis(?: von)?|einzelpreis(?: von)?|je|à|pro (?:stück|kopf|person)|"
    r"prix unitaire(?: de)?|precio unitario(?: de)?|prezzo unitario(?: di)?|stuksprijs(?: van)?|preço unitário(?: de)?|単価は?|1個|一個|@)"
    r"\W{0,2}$",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"(?:st|nd|rd|th)\b|\s?(?:%|°|h\b|uhr\b|[ap]\.?m\b|x\b|年|月|日|人|名|個|台|時|分)|\s?(?:per ?cent|percent|prozent|pour cent|"
    r"por ciento|per cento|procent|por cento)|[:/.]\d|\s?-?\s?([^\W\d_]{2,})",
    re.IGNORECASE,
)
_COMMON = COMMON | _set(
    "back please at max maximum budget or only total zurück bitte maximal insgesamt s'il gracias grazie alstublieft terug obrigado "
    "kr kronor kroner approx circa etwa environ unos ongeveer cerca flat once"
)
"""Words after a number that are not what it counts."""


@dataclass(frozen=True)
class Sum:
    """An amount of money in a text. Of a range it is the upper end, which is what limits judge.

    `currency` is an ISO 4217 code, or empty when the text names none that we know.
    """

    amount: Decimal
    currency: str
    words: str
    lower: Decimal
    at: int = 0
    """Where the words begin in the text."""
    per_item: bool = False
    """Whether it is the price of one of something: no budget, and no refund of its own."""


def sums(text: str) -> Iterator[Sum]:
    """Every sum in `text` that names its currency, in order."""
    return (found for found in bare(text) if found.currency)


def bare(text: str) -> Iterator[Sum]:
    """Every number in `text` with its scale, whether or not it names a currency."""
    return iter(_bare(text))


@lru_cache(maxsize=32)  # several rules read the same few texts of a job
def _bare(text: str) -> tuple[Sum, ...]:
    return tuple(_each(text))


def _each(text: str) -> Iterator[Sum]:
    seen, at = digits(text, _unit()), 0
    pattern = _pattern()
    while match := pattern.search(seen.text, at):
        match, at = _ascending(seen, match)
        yield _read(seen, match)


def plain(text: str) -> Iterator[Sum]:
    """Every number in `text` that may be a sum: it names a currency, or is no year, no count of
    something, no share, no time and no day."""
    for found in bare(text):
        if found.currency or not _is_else(text, found):
            yield found


def currency_code(stated: str) -> str:
    """The ISO 4217 code of a currency's name, sign or code; empty when unknown."""
    return _CURRENCIES.get(stated.strip().lower(), "")


def supports(quote: str, amount: Decimal) -> bool:
    """Whether `quote` names `amount`: as a sum, as an end of a range, or as a plain number."""
    return any(amount in {found.amount, found.lower} for found in bare(quote))


def may_be_in(quote: str, amount: Decimal, code: str) -> bool:
    """Whether `quote`, which names `amount`, says nothing against the currency `code`. A sign that
    several currencies share says nothing against any of them."""
    named = [one for one in bare(quote) if amount in {one.amount, one.lower} and one.currency]
    return not named or any(code in _meant(one) for one in named)


def _meant(found: Sum) -> frozenset[str]:
    sign, others = _SHARED.get(found.currency, ("", frozenset()))
    is_shared = sign and re.search(rf"(?<![^\W\d_])(?:{sign})", found.words, re.IGNORECASE)
    return frozenset({found.currency}) | (others if is_shared else frozenset())


def _is_else(text: str, found: Sum) -> bool:
    after = text[found.at + len(found.words) :][:_BESIDE]
    counted = _COUNTED.match(after)
    if counted and (counted[1] or "").lower() not in _COMMON:
        return True
    before = text[max(0, found.at - 2) : found.at]
    return bool(_YEAR.fullmatch(found.words)) or before[-1:] in {"#", "-", "/", ":", "."}


def _ascending(seen: Digits, match: re.Match[str]) -> tuple[re.Match[str], int]:
    """The match, and where the next one may begin. Two numbers of which the first is larger are no
    range, and two that "and" joins only after "between": then the first stands alone."""
    if not match["high"] or _is_range(seen, match):
        return match, match.end()
    end = match.end("middle" if match["middle"] else "low_end")
    alone = _pattern().match(seen.text[:end], match.start())
    return (alone, end) if alone else (match, match.end())


def _is_range(seen: Digits, match: re.Match[str]) -> bool:
    low, high = _ends(match)
    if low > high:
        return False
    return not match["and"] or bool(_BETWEEN.search(seen.text[: match.start()]))


def _ends(match: re.Match[str]) -> tuple[Decimal, Decimal]:
    joined = _joined(match["before"]) * _joined(match["after"]) * _joined(match["middle"])
    low = _decimal(match["low"]) * (_scale(match["scale"] or match["high_scale"]) * joined)
    if not match["high"]:
        return low, low
    return low, _decimal(match["high"]) * (_scale(match["high_scale"]) * joined)


def _read(seen: Digits, match: re.Match[str]) -> Sum:
    low, high = _ends(match)
    first, last = match["before"], match["after"] or match["middle"]
    known = (last if last and first in _OF_MANY else first or last) or ""
    start, end = seen.span(match.start(), match.end())
    words = seen.source[start:end]
    after, before = seen.text[match.end() :][:_BESIDE], seen.text[: match.start()][-_BESIDE:]
    return Sum(
        amount=high,
        currency=_CURRENCIES.get(known.lower(), ""),
        words=words.strip(),
        lower=low,
        at=start + len(words) - len(words.lstrip()),
        per_item=bool(_PER_ITEM.match(after) or _ITEM_BEFORE.search(before)),
    )


def _decimal(number: str) -> Decimal:
    grouped = _GROUPED.fullmatch(number)
    if grouped and not _FRACTION.fullmatch(number):
        return Decimal(re.sub(r"\D", "", grouped[1]) + (grouped[2] or "").replace(",", "."))
    return Decimal(number.replace(",", "."))


def _scale(word: str | None) -> int:
    return _SCALES[word.lower()] if word else 1


def _joined(currency: str | None) -> int:
    return _SCALED.get((currency or "").lower(), ("", 1))[1]


def _any(words: Mapping[str, object] | frozenset[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


@lru_cache(maxsize=1)
def _unit() -> re.Pattern[str]:
    return re.compile(rf"[\s\u00a0-]?(?:{_any(_CURRENCIES)})(?!{LETTER}|_)", re.IGNORECASE)


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    money, scale = _any(_CURRENCIES), _any(_SCALES)
    before = _any(frozenset(_CURRENCIES) - _ONLY_AFTER)
    after = "(?:(?<=[円元원€$£¥₹])|(?![a-z\u00c0-\u024f0-9_]))"
    end = "(?![^\\W円元원ドユ米人日])"  # a scale ends its word, but for signs that stand without a space
    not_czech = r"(?!mil\.?\s(?:kč|korun))"
    return re.compile(
        rf"(?:(?<!\w)(?P<before>{before})(?:\s|:\s?)?|(?<![A-Za-z\u00c0-\u024f0-9.,]))"
        rf"(?P<low>{_NUMBER}){_END}(?:\s?(?P<scale>{not_czech}(?:{scale})){end})?(?P<low_end>)"
        rf"(?:(?:\s?(?P<middle>{money}){after})?(?:{_JOIN}|(?P<and>{_AND}))(?:{before})?\s?"
        rf"(?P<high>{_NUMBER}){_END}(?:\s?(?P<high_scale>{scale}){end})?)?"
        rf"(?:\s?(?:of |de |di |in |an |d'|-)?(?P<after>{money}){after})?",
        re.IGNORECASE,
    )
