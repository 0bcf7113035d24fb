"""Numbers that name a card, an account or a person, masked before anybody reads on."""

import re
from collections.abc import Iterator, Sequence

from countersign.parsing.national_ids import mask_national_ids

_RUN = re.compile(r"(?<![\w.,])\d+(?:[ .-]\d+)*(?!\w)")
_GROUP = re.compile(r"\d+")
_CARD_DIGITS = range(13, 20)
_CARD_STARTS = frozenset("23456")  # the networks' ranges (ISO/IEC 7812)
_MAX_PHONE_DIGITS = 15  # E.164
_IBAN_START = re.compile(r"(?<!\w)[A-Za-z]{2}\d\d(?=[ -]?[A-Za-z0-9])", re.ASCII)
# Length of an IBAN by country (SWIFT's registry).
_IBAN_LENGTHS = {
    length: names.split()
    for length, names in {
        15: "NO", 16: "BE", 18: "DK FI FK FO GL NL SD", 19: "MK SI", 20: "AT BA EE KZ LT LU MN XK",
        21: "CH CR HR LI LV", 22: "BG BH DE GB GE IE ME RS VA", 23: "AE GI IL IQ OM SO TL",
        24: "AD CZ DZ ES MD PK RO SA SE SK TN VG", 25: "LY PT ST", 26: "IS TR",
        27: "BI DJ FR GR IT MC MR SM", 28: "AL AZ BY CY DO GT HN HU LB NI PL SV",
        29: "BR EG PS QA UA",
        30: "JO KW MU YE", 31: "MT SC", 32: "LC", 33: "RU",
    }.items()
}  # fmt: skip
_LENGTH_BY_COUNTRY = {name: length for length, names in _IBAN_LENGTHS.items() for name in names}


def mask(text: str) -> str:
    """Return the text with `[card]`, `[iban]` and `[national id]` in place of such numbers.

    Cards pass the Luhn check and IBANs the mod-97 check of ISO 7064; spaces, dots and hyphens
    between the groups do not hide them. Phone numbers and amounts stay.
    """
    without_ibans = _replace(text, _ibans(text), "[iban]")
    without_cards = _replace(without_ibans, _cards(without_ibans), "[card]")
    return mask_national_ids(without_cards)


def _replace(text: str, spans: Iterator[tuple[int, int]], mark: str) -> str:
    pieces: list[str] = []
    done = 0
    for start, end in spans:
        pieces += [text[done:start], mark]
        done = end
    return "".join([*pieces, text[done:]])


def _ibans(text: str) -> Iterator[tuple[int, int]]:
    at = 0
    while found := _IBAN_START.search(text, at):
        end = _iban_end(text, found)
        at = end or found.end()
        if end:
            yield found.start(), end


def _iban_end(text: str, start: re.Match[str]) -> int | None:
    length = _LENGTH_BY_COUNTRY.get(start[0][:2].upper())
    if not length:
        return None
    shape = re.compile(rf"(?:[ -]?[A-Za-z0-9]){{{length - 4}}}(?!\w)", re.ASCII)
    rest = shape.match(text, start.end())
    if not rest:
        return None
    plain = re.sub(r"[ -]", "", rest[0] + start[0])
    number = int("".join(str(int(char, 36)) for char in plain))
    return rest.end() if number % 97 == 1 else None


def _cards(text: str) -> Iterator[tuple[int, int]]:
    for run in _RUN.finditer(text):
        groups = [(match[0], match.span()) for match in _GROUP.finditer(text, *run.span())]
        shortest = _MAX_PHONE_DIGITS + 1 if text[: run.start()].endswith("+") else 0
        yield from _cards_in(groups, shortest)


def _cards_in(
    groups: Sequence[tuple[str, tuple[int, int]]], shortest: int
) -> Iterator[tuple[int, int]]:
    first = 0
    while first < len(groups):
        last = _last_of_card(groups, first, shortest)
        if last is None:
            first += 1
        else:
            yield groups[first][1][0], groups[last][1][1]
            first = last + 1


def _last_of_card(
    groups: Sequence[tuple[str, tuple[int, int]]], first: int, shortest: int
) -> int | None:
    digits = ""
    best = None
    for at in range(first, min(first + _CARD_DIGITS.stop, len(groups))):
        digits += groups[at][0]
        if len(digits) in _CARD_DIGITS and len(digits) >= shortest and _is_card(digits):
            best = at
    return best


def _is_card(digits: str) -> bool:
    values = [int(digit) for digit in reversed(digits)]
    doubled = [value * 2 - 9 * (value > 4) for value in values[1::2]]  # noqa: PLR2004 - 5 and up carry
    is_real = str(values[-1]) in _CARD_STARTS and len(set(values)) > 1
    return is_real and (sum(values[::2]) + sum(doubled)) % 10 == 0
