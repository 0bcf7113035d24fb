"""Phone numbers in free text, as E.164. Source of the rules: Google's libphonenumber."""

from __future__ import annotations

import re
from collections.abc import Iterator

import phonenumbers
from phonenumbers import Leniency, PhoneNumberFormat

_DIGITS = re.compile(r"\D")
_MIN_DIGITS = 6
_FICTIONAL = re.compile(r"\+1\d{3}55501\d\d|\+44(?:7700900|20794600|1632960)\d{2,3}")


FAX = re.compile(
    r"(?:\b(?:tele)?fax\w*|t[ée]l[ée]copi\w*|факс|传真|傳真|ファックス|ファクス|팩스)[^\n\d+]{0,20}$",
    re.IGNORECASE,
)
"""A line that ends so is about to name a fax."""
_LABEL = (
    r"(?:tele?(?:phone|fon\w*|foon)?|tél(?:éphone)?|phone|ph|mobil\w*|mob|handy|cell(?:ulare)?|gsm|portable|"
    r"m[óo]vil|celular|call(?: me| us)?(?: on| at)?|ring|rufen|erreich\w*|appel\w*|llam\w*|тел\w*|"
    r"電話|电话|전화)"
)
_GIVEN = re.compile(
    rf"(?P<label>(?<!\w){_LABEL}[^\n\d+(]{{0,20}})?"
    r"(?P<number>(?<![\w.,])(?:\+|\()?\d(?:[\d ()/.-]{5,22})\d"
    r"(?:\s*[,;]?\s*(?:ext(?:ension)?|x|durchwahl|dw|nebenstelle|poste|int(?:erno)?|toestel|доб|内線|分机)"
    r"\.?\s*\d{1,6}|\s*#\s?\d{1,6})?(?:\s*\([^()\n]{3,40}\))?)",
    re.IGNORECASE,
)
_NEAR = 40


def e164(stated: str, region: str = "") -> str:
    """`stated` as E.164, read as dialled in `region` when it has no prefix; empty if it is none.

    Fictional numbers that numbering plans reserve for examples count as numbers.
    """
    try:
        number = phonenumbers.parse(stated.replace("(0)", ""), region or None)
    except phonenumbers.NumberParseException:
        return ""
    text = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return text if phonenumbers.is_possible_number(number) or _FICTIONAL.fullmatch(text) else ""


def as_given(text: str, number: str = "") -> str:
    """The words in which a text gives the phone `number`, its extension included; without a number
    the first that it calls a phone. Empty where it has none, and for what it calls a fax."""
    for found in _GIVEN.finditer(text):
        is_fax = FAX.search(text[: found.start("number")].rpartition("\n")[2][-_NEAR:])
        called = found["label"] or found["number"].startswith(("+", "00"))
        if not is_fax and (supports(found["number"], number) if number else called):
            return " ".join(found["number"].split())
    return ""


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
