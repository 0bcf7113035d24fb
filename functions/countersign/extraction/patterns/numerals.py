"""Numbers in words as digits: `half a million`, `fünfundsiebzigtausend`, `soixante mille`, `五十万`.

What stands in a text keeps its place: `Digits.span` gives back the source's own words.
"""
# ruff: noqa: E501, RUF001 - tables of words and signs in many languages

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

_ONES = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen",
    "eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn",
    "un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf",
    "uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve",
    "uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici diciassette diciotto diciannove",
    "een twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien zeventien achttien negentien",
    "um dois três quatro cinco seis sete oito nove dez onze doze treze catorze quinze dezasseis dezassete dezoito dezanove",
    "jeden dwa trzy cztery pięć sześć siedem osiem dziewięć dziesięć jedenaście dwanaście trzynaście czternaście piętnaście szesnaście siedemnaście osiemnaście dziewiętnaście",
    "bir iki üç dört beş altı yedi sekiz dokuz on",
    "ett två tre fyra fem sex sju åtta nio tio elva tolv tretton fjorton femton sexton sjutton arton nitton",
    "один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать тринадцать четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать",
    "jeden dva tři čtyři pět šest sedm osm devět deset jedenáct dvanáct třináct čtrnáct patnáct šestnáct sedmnáct osmnáct devatenáct",
    "jedna dvě",
    "ein zwo drei vier fuenf sechs sieben acht neun zehn elf zwoelf dreizehn vierzehn fuenfzehn sechzehn siebzehn achtzehn neunzehn",
    "eine duas tres",
    "una",
    "une",
    "uma",
)
"""1, 2, 3 … of each language."""
_TENS = (
    "twenty thirty forty fifty sixty seventy eighty ninety",
    "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig",
    "zwanzig dreissig vierzig fuenfzig",
    "vingt trente quarante cinquante soixante septante quatre-vingts nonante",
    "vingts trente quarante cinquante soixante septante quatre-vingt",
    "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
    "veinti treinta",
    "venti trenta quaranta cinquanta sessanta settanta ottanta novanta",
    "twintig dertig veertig vijftig zestig zeventig tachtig negentig",
    "vinte trinta quarenta cinquenta sessenta setenta oitenta noventa",
    "dvacet třicet čtyřicet padesát šedesát sedmdesát osmdesát devadesát",
    "dwadzieścia trzydzieści czterdzieści pięćdziesiąt sześćdziesiąt siedemdziesiąt osiemdziesiąt dziewięćdziesiąt",
    "yirmi otuz kırk elli altmış yetmiş seksen doksan",
    "tjugo trettio fyrtio femtio sextio sjuttio åttio nittio",
    "двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто",
)
_HUNDREDS = (
    "hundred doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos",
    "hundert duzentos trezentos quatrocentos quinhentos seiscentos setecentos oitocentos novecentos",
    "cent doscientas trescientas cuatrocientas quinientas seiscientas setecientas ochocientas novecientas",
    "sto dwieście trzysta czterysta pięćset sześćset siedemset osiemset dziewięćset",
    "сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот",
    *(
        "מאה",
        "مئة",
        "stě",
        "sta",
        "set",
        "cents",
        "cien",
        "ciento",
        "cento",
        "honderd",
        "cem",
        "yüz",
        "hundra",
    ),
)
_THOUSAND = "thousand grand tausend mille mil mila duizend tysiąc tysiące tysięcy bin tusen тысяча тысячи тысяч tisíc tisíce ألف אלף"
_MILLION = (
    "million millions millionen millón millones milione milioni miljoen milhão milhões milion miliony "
    "milionów miliona milyon miljon miljoner миллион миллиона миллионов milionů milionu مليون מיליון"
)
_PARTS = {
    **dict.fromkeys(
        (
            "half",
            "halbe",
            "halben",
            "demi",
            "medio",
            "mezzo",
            "meio",
            "halve",
            "pół",
            "yarım",
            "buçuk",
            "halv",
            "пол",
        ),
        "0.5",
    ),
    **dict.fromkeys(
        ("quarter", "viertel", "quart", "kwart", "ćwierć", "çeyrek", "cuarto", "quarto"), "0.25"
    ),
    **dict.fromkeys(("three quarters", "dreiviertel", "trois quarts"), "0.75"),
    **dict.fromkeys(
        ("anderthalb", "eineinhalb", "anderhalf", "anderhalve", "półtora", "полтора"), "1.5"
    ),
    "einhalb": "0.5",
    "zweieinhalb": "2.5",
    "dreieinhalb": "3.5",
}
LETTER = r"[^\W_\u3041-\u30ff\u3400-\u9fff\uac00-\ud7a3]"
"""A letter or digit that goes on with a word: none of the scripts that stand beside a word of another
without a space, as in `fifteen eurosの返金`."""
_AND = "und"
"""A number holds it without a space, and it begins with one."""
_ARTICLE = re.compile(rf"\b(?:an?|one|eine?|une?|una|een|uma?)[\s-]+(?={'|'.join(_PARTS)})")
"""Half a million is no one and a half."""
_NO_START = r"(?!bin(?!\w))(?!on(?![^\W_]|\s(?:bir|iki|üç|dört|beş|altı|yedi|sekiz|dokuz|bin|milyon)(?!\w)))"
"""Words of other languages too: `ich bin`, `based on`. A number goes on with them."""
_HAN_DIGITS = "〇一二三四五六七八九"
_HAN_PLACES = {"十": 10, "百": 100, "千": 1000}
_HAN_SCALES = {"万": 10**4, "億": 10**8}
_HAN = re.compile(
    r"(?<![\d十百千万億])[〇一二三四五六七八九]*[十百千万億][〇一二三四五六七八九十百千万億]*"
)
_QUARTERS = re.compile(
    r"(?<![\d/.,])(?:(\d{1,3}) ?)?(?:(1)/(2|4)|(3)/(4)|([½¼¾]))(?=\s?(?:m(?:io|illion\w*|n|ln|rd)?|b(?:n|illion)|k)(?!\w))",
    re.IGNORECASE,
)
_SIGNS = {"½": Decimal("0.5"), "¼": Decimal("0.25"), "¾": Decimal("0.75")}
"""`1/2 Mio.`, `1½ million`: before a scale only, since else it may be a day or a size."""
_LIKE = "\u00b4\u0060\u2018\u2019\u02bc\u2032\u2009\u2007\uffe5"
_FOR = "''''''  \u00a5"
"""Signs that people use for one another, one for one: a text keeps its length."""
_WIDE = 0xFEE0
"""How far full-width signs stand from their narrow ones."""
_SURE = 1000
"""From here on a number in words is one; below it only before a `unit`: "once", "due", "six"."""


@dataclass(frozen=True)
class Digits:
    """A text whose numbers are digits, and where each of its characters stood."""

    text: str
    source: str
    places: tuple[int, ...] = ()
    """The place in `source` of each character, and of the end; empty where nothing was moved."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The same piece of the source."""
        return (self.places[start], self.places[end]) if self.places else (start, end)


def digits(text: str, unit: re.Pattern[str]) -> Digits:
    """`text` with its numbers as digits; the small ones only where `unit` follows."""
    folded = text.translate(_folded())
    pieces, places, at = list[str](), list[int](), 0
    for start, end, value in _runs(folded, unit):
        number = format(value.normalize(), "f")
        pieces += [folded[at:start], number]
        places += [*range(at, start), *[start] * len(number)]
        at = end
    if not pieces:
        return Digits(folded, text)
    whole = "".join((*pieces, folded[at:]))
    return Digits(whole, text, (*places, *range(at, len(folded) + 1)))


def small(word: str) -> int | None:
    """The whole number below a hundred that one word says, in digits or not; None for another."""
    if word.isascii() and word.isdecimal():
        return int(word) if len(word) <= 2 else None  # noqa: PLR2004 - below a hundred
    value = _atoms().get(word.lower())
    return int(value) if value is not None and 1 <= value < 100 else None  # noqa: PLR2004 - as above


def _runs(text: str, unit: re.Pattern[str]) -> Iterator[tuple[int, int, Decimal]]:
    """(start, end, value) of each number in words, in order, none within another."""
    spelled = ((one.start(), one.end(), _value(one[0])) for one in _spelled().finditer(text))
    han = ((one.start(), one.end(), _of_han(one[0])) for one in _HAN.finditer(text))
    parts = ((one.start(), one.end(), _of_part(one)) for one in _QUARTERS.finditer(text))
    for start, end, value in sorted((*spelled, *han, *parts)):
        before = text[max(0, start - _BESIDE_THANKS) : start]
        thanks = _THANKS.search(before) or _THANKED.match(text, end)
        if thanks and value in _ROUND and not unit.match(text, end):
            continue
        if value >= _SURE or unit.match(text, end) or not text[start].isalpha():
            yield start, end, value


_THANKS = re.compile(
    r"(?:grazie|gracias|thanks(?: a)?|thank you a|obrigad[oa]|dank)[ \t]+$", re.IGNORECASE
)
_THANKED = re.compile(r"[ \t]+(?:grazie|gracias|thanks|dank)(?!\w)", re.IGNORECASE)
_BESIDE_THANKS = 15
_ROUND = frozenset({Decimal(100), Decimal(1_000), Decimal(1_000_000)})
"""“Grazie mille” names no thousand; what stands below thanks, or has a currency, is a sum."""


def _of_part(found: re.Match[str]) -> Decimal:
    above, below = (found[2] or found[4], found[3] or found[5])
    part = Decimal(above) / Decimal(below) if above else _SIGNS[found[6]]
    return Decimal(found[1] or 0) + part


def _value(words: str) -> Decimal:
    """What the words add up to: below a thousand by sum and hundreds, above it by scale."""
    total, below, scale = Decimal(0), Decimal(0), Decimal(1)
    for value in _values(_ARTICLE.sub("", words.lower())):
        if value >= 1000:  # noqa: PLR2004 - where scales begin
            total, below, scale = total + (below or Decimal(1)) * value, Decimal(0), value
        elif value == 100:  # noqa: PLR2004 - a hundred multiplies what is before it
            below = max(below, Decimal(1)) * 100
        else:
            below += value
    return total + (below * scale if below < 1 else below)


def _values(words: str) -> Iterator[Decimal]:
    return (_atoms()[atom] for atom in _atom().findall(words) if atom != _AND)


def _of_han(signs: str) -> Decimal:
    total, below, digit = 0, 0, 0
    for sign in signs:
        if sign in _HAN_DIGITS:
            digit = digit * 10 + _HAN_DIGITS.index(sign)
        elif sign in _HAN_PLACES:
            below, digit = below + (digit or 1) * _HAN_PLACES[sign], 0
        else:
            total, below, digit = total + (below + digit or 1) * _HAN_SCALES[sign], 0, 0
    return Decimal(total + below + digit)


@lru_cache(maxsize=1)
def _folded() -> Mapping[int, int | str]:
    wide = {ord(sign) + _WIDE: ord(sign) for sign in "0123456789.,$"}
    arabic = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹٬٫", "01234567890123456789,.")
    return {**str.maketrans(_LIKE, _FOR), **wide, **arabic}


@lru_cache(maxsize=1)
def _atoms() -> Mapping[str, Decimal]:
    rows = ((_ONES, 1, 1), (_TENS, 20, 10), (_HUNDREDS, 100, 100))
    counted = {
        word: Decimal(first + at * by)
        for tables, first, by in rows
        for table in tables
        for at, word in enumerate(table.split())
    }
    scales = {word: Decimal(1000) for word in _THOUSAND.split()}
    millions = {word: Decimal(10**6) for word in _MILLION.split()}
    parts = {word: Decimal(value) for word, value in _PARTS.items()}
    return {**counted, **scales, **millions, **parts}


@lru_cache(maxsize=1)
def _atom() -> re.Pattern[str]:
    ordered = sorted((*_atoms(), _AND), key=len, reverse=True)
    one = "|".join(map(re.escape, ordered))
    return re.compile(rf"(?:{one})(?=(?:{one}|[\W_]|of|an?|and|et|y|e|en|i|de|di)*$)")


@lru_cache(maxsize=1)
def _spelled() -> re.Pattern[str]:
    one = "|".join(map(re.escape, sorted(_atoms(), key=len, reverse=True)))
    between = r"(?:[\s-]+(?:(?:and|und|et|y|e|en|i)\s+)?(?:(?:of an?|an?|of|de|di)\s+)?|und|en|e)?"
    return re.compile(
        rf"(?<!{LETTER})(?<!\d)(?<!\d[\s.\u00a0])(?<![½¼¾]\s)(?<![½¼¾]){_NO_START}(?:{one})(?:{between}(?:{one})){{0,9}}(?!{LETTER})",
        re.IGNORECASE,
    )
