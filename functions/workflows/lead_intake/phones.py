"""Phone numbers in free text, as E.164. Source of the rules: Google's libphonenumber."""
# ruff: noqa: E501 - words in many languages

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import chain

import phonenumbers
from phonenumbers import Leniency, PhoneNumberFormat

_DIGITS, _GROUP = re.compile(r"\D"), re.compile(r"\d+")
_MIN_DIGITS = 6
_SHORTEST = 8
"""Fewer digits are a number within a town."""
_FICTIONAL = re.compile(r"\+1\d{3}55501\d\d|\+44(?:7700900|20794600|1632960)\d{2,3}")


FAX = re.compile(
    r"(?:(?<!tel/)(?<!tel\./)(?<!tel / )(?<!tél/)(?<!fon/)(?<!phone/)\b(?:tele)?(?:fax|faks)(?!\w*\s?[/+&]\s?(?:t[eé]l|phone|fon))\w*|"
    r"t[ée]l[ée]copi\w*|belge(?:ç|geçer)|факс|传真|傳真|ファックス|ファクス|팩스)[^\n\d+]{0,20}$|(?<!\w)f[.:]?\s{0,3}\(?$",
    re.IGNORECASE,
)
"""A line that ends so is about to name a fax, and no phone with it."""
_LABEL = (
    r"(?:tele?(?:phone|fon\w*|foon)?|tél(?:éphone)?|phone|ph|mobil\w*|mob|handy|cell(?:ulare)?|gsm|portable|"
    r"m[óo]vil|celular|手机|手機|携帯|טלפון|נייד|هاتف|call(?: me| us)?(?: on| at)?|ring|rufen|erreich\w*|appel\w*|llam\w*|тел\w*|"
    r"電話|电话|전화)"
)
_EXTENSION = (
    r"\s*[,;]?\s*(?:ext(?:ension)?|x|durchwahl|dw|nebenstelle|poste|int(?:erno)?|toestel|tst|wewn?|dahili|"
    r"ramal|linka|kl|klapka|ankn|anknytning|app(?:arat)?|доб|内線|分机|转|轉)"
    r"\.?\s*\d{1,6}|\s*#\s?\d{1,6}"
)
_AFTER = re.compile(rf"(?:{_EXTENSION}).*$", re.IGNORECASE | re.DOTALL)
_GIVEN = re.compile(
    rf"(?P<label>(?<!\w){_LABEL}[^\n\d+(]{{0,20}})?"
    r"(?P<number>(?<![\w.,])(?:\+|\()?\d(?:[\d ()/.-]{5,22})\d"
    rf"(?:{_EXTENSION})?(?:\s*\([^()\n]{{3,40}}\))?)",
    re.IGNORECASE,
)
_NEAR = 40
_NO_PHONE = re.compile(
    r"(?:order|invoice|customer|article|part|account|vat|tax|iban|ref\w*|no|nr|nº|n°|bestell\w*|rechnung\w*|kunden\w*|"
    r"artikel\w*|konto\w*|ust\w*|commande|facture|client|pedido|factura|cliente|ordine|fattura|encomenda|klant\w*|"
    r"siret|siren|isbn|ean|krs|regon|nip|pesel|kvk|cif|nif|vkn|vergi\w*|mersis\w*|serial|serien\w*|zamówieni\w*|faktur\w*|sipariş\w*|番号)[^\w\n]{0,8}(?:(?:no|nr|number|nummer|id)\b[^\w\n]{0,4})?$",
    re.IGNORECASE,
)
"""What stands so before digits says that they are no phone."""
_WRITTEN = re.compile(r"\(?0\d[\d ()/.-]{7,}|(?:\(\d{3}\) ?|\d{3}[-. ])\d{3}[-. ]\d{4}")
"""Digits that are a phone without a word that says so: with a trunk prefix, or grouped as in North
America."""
HOMES = {
    "en": "GB US CA AU NZ IE IN SG ZA",
    "de": "DE AT CH",
    "fr": "FR BE CH CA LU",
    "es": "ES MX AR CL CO PE UY",
    "it": "IT CH",
    "nl": "NL BE",
    "pt": "PT BR",
    "ja": "JP",
    "sv": "SE FI",
    "da": "DK",
    "fi": "FI",
    "pl": "PL",
    "cs": "CZ",
    "tr": "TR",
    "ko": "KR",
    "zh": "CN TW HK SG",
}
"""The countries whose people write in a language, as Unicode's CLDR has them."""
_OF_ALL = frozenset({"en"})
"""Languages in which people of other countries write too: there the groups must be right."""


def e164(stated: str, region: str = "") -> str:
    """`stated` as E.164, read as dialled in `region` when it has no prefix; empty if it is none.

    Fictional numbers that numbering plans reserve for examples count as numbers.
    """
    try:
        dialled = _AFTER.sub("", stated).replace("(0)", "")
        number = phonenumbers.parse(dialled, region or None)
    except phonenumbers.NumberParseException:
        return ""
    text = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return text if phonenumbers.is_possible_number(number) or _FICTIONAL.fullmatch(text) else ""


def as_given(text: str, number: str = "") -> str:
    """The words in which a text gives the phone `number`, its extension included; without a number
    the first that it calls a phone, else the first that is written as one. Empty where it has none,
    and for what it calls a fax."""
    given = [found for found in _GIVEN.finditer(text) if not _before(text, found, FAX)]
    held = (found for found in given if supports(found["number"], number))
    none = [found for found in given if _before(text, found, _NO_PHONE)]
    called = (
        found
        for found in given
        if found["label"] or (found["number"].startswith(("+", "00")) and found not in none)
    )
    written = (one for one in given if _WRITTEN.match(one["number"]) and one not in none)
    found = next(held, None) if number else next(chain(called, written), None)
    return " ".join(found["number"].split()) if found else ""


def read_at_home(given: str, language: str, ours: Collection[str]) -> str:
    """`given`, which has no prefix, as E.164: as dialled in the one country whose people write in
    `language` that has such a number. Of several the one among `ours` that writes it in these
    groups; empty where that leaves more than one, or none."""
    homes = HOMES.get(language, "") if len(_DIGITS.sub("", given)) >= _SHORTEST else ""
    held = {place: e164(given, place) for place in homes.split()}
    found = {place: number for place, number in held.items() if _is_valid(number)}
    near = {*found} & {*ours} or {*found}
    grouped = {place for place, number in found.items() if _is_grouped(given, number)}
    strict = language in _OF_ALL or (grouped and len(found) > 1)
    left = near & grouped if strict else near
    return found[left.pop()] if len(left) == 1 else ""


def _before(text: str, found: re.Match[str], words: re.Pattern[str]) -> bool:
    """Whether these words stand right before the number, on its line."""
    return bool(words.search(text[: found.start("number")].rpartition("\n")[2][-_NEAR:]))


def _is_valid(number: str) -> bool:
    return bool(number) and phonenumbers.is_valid_number(phonenumbers.parse(number, None))


def _is_grouped(given: str, number: str) -> bool:
    """Whether the number's country writes it in the groups in which it is given."""
    usual = phonenumbers.format_number(phonenumbers.parse(number, None), PhoneNumberFormat.NATIONAL)
    groups = _GROUP.findall(usual)
    return groups == _GROUP.findall(given)[: len(groups)]


def numbers(text: str, region: str = "") -> Iterator[tuple[str, str]]:
    """(E.164, the words as they stand) of every phone number in `text`."""
    seen: set[str] = set()
    matcher = phonenumbers.PhoneNumberMatcher(
        text, region or None, leniency=Leniency.POSSIBLE, max_tries=200
    )
    for match in matcher:
        number = e164(match.raw_string, region)
        if number not in seen and _is_surely_one(match, number):
            seen.add(number)
            yield number, match.raw_string


def region_of(number: str) -> str:
    """The country (ISO 3166-1 alpha-2) whose prefix an E.164 number has; empty if none."""
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(number, None)) or (
            _first_region(number)
        )
    except phonenumbers.NumberParseException:
        return ""


def supports(quote: str, number: str) -> bool:
    """Whether `quote` holds the digits of the E.164 `number`, the country prefix apart."""
    digits = _DIGITS.sub("", quote)
    own = _DIGITS.sub("", number)
    tail = own[-max(_MIN_DIGITS, len(own) - 3) :]
    return tail in digits


def _is_surely_one(match: phonenumbers.PhoneNumberMatch, number: str) -> bool:
    # Without a prefix, any seven digits could be an order number: then only valid numbers count.
    # The "000" of "19,000" is none at all: it looks like a prefix and ends after it.
    raw = match.raw_string
    has_prefix = raw.lstrip("( ").startswith(("+", "00"))
    is_long = len(_DIGITS.sub("", raw)) >= _MIN_DIGITS
    valid = has_prefix or phonenumbers.is_valid_number(match.number)
    return bool(number) and is_long and valid


def _first_region(number: str) -> str:
    prefix = phonenumbers.parse(number, None).country_code or 0
    region = phonenumbers.region_code_for_country_code(prefix)
    return "" if region in {"ZZ", "001"} else region
