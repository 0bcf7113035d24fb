"""Numbers that name a card, an account or a person, masked before anybody reads on.

Our own, because python-stdnum judges a number that is given and finds none in a text.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

MARK = "[national id]"

_SSN = re.compile(
    r"(?<![\w.+-])(?!000|666|9)\d{3}-(?!00)\d\d-(?!0000)\d{4}(?![\w-])"
    r"|(?<=ssn)(?::| is|#|)\s{0,3}\d{3}[ -]?\d\d[ -]?\d{4}(?!\w)"
    r"|(?<=social security number)(?::| is|)\s{0,3}\d{3}[ -]?\d\d[ -]?\d{4}(?!\w)",
    re.IGNORECASE | re.ASCII,
)
_NINO = re.compile(
    r"(?<!\w)(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]"
    r"(?: ?\d\d){3} ?[A-D](?!\w)",
    re.IGNORECASE | re.ASCII,
)
_DNI = re.compile(
    r"(?<!\w)(\d\d[. ]?\d{3}[. ]?\d{3}|[XYZ][ -]?\d{7})[ -]?([A-Z])(?!\w)", re.IGNORECASE | re.ASCII
)
_NIR = re.compile(
    r"(?<!\w)([12] ?\d\d ?\d\d ?(?:\d\d|2[AB]) ?\d{3} ?\d{3})[ /-]?(\d\d)(?!\w)",
    re.IGNORECASE | re.ASCII,
)
_CPF = re.compile(r"(?<!\w)(\d{3}\.\d{3}\.\d{3})-(\d\d)(?!\w)", re.ASCII)
_CODICE = re.compile(
    r"(?<!\w)([A-Z]{6}[0-9LMNP-V]{2}[A-EHLMPRST][0-9LMNP-V]{2}[A-Z][0-9LMNP-V]{3})([A-Z])(?!\w)",
    re.IGNORECASE | re.ASCII,
)
_DNI_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"
_NIE_FIRST = {"X": "0", "Y": "1", "Z": "2"}
# Values of 0-9 and A-Z at the odd places of a codice fiscale (decree of 23 December 1976).
_CODICE_ODD = (
    1, 0, 5, 7, 9, 13, 15, 17, 19, 21,
    1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23,
)  # fmt: skip


def mask_national_ids(text: str) -> str:
    """Mask US, British, Spanish, French, Brazilian and Italian personal numbers.

    Where the number has a check digit or letter, a number that fails it stays.
    """
    text = _NINO.sub(MARK, _SSN.sub(_after_label, text))
    for pattern, holds in _CHECKED:
        text = pattern.sub(lambda found, holds=holds: MARK if holds(found) else found[0], text)  # type: ignore[misc]
    return text


def _after_label(found: re.Match[str]) -> str:
    label_end = re.search(r"\d", found[0])
    return found[0][: label_end.start() if label_end else 0] + MARK


def _is_dni(found: re.Match[str]) -> bool:
    digits = re.sub(r"[ .-]", "", found[1].upper())
    number = int(_NIE_FIRST.get(digits[0], digits[0]) + digits[1:])
    return _DNI_LETTERS[number % len(_DNI_LETTERS)] == found[2].upper()


def _is_nir(found: re.Match[str]) -> bool:
    number = found[1].upper().replace(" ", "").replace("2A", "19").replace("2B", "18")
    return 97 - int(number) % 97 == int(found[2])


def _is_cpf(found: re.Match[str]) -> bool:
    digits = [int(digit) for digit in found[1].replace(".", "")]
    for given in found[2]:
        total = sum(digit * weight for digit, weight in zip(digits, _weights(digits), strict=True))
        check = total * 10 % 11 % 10
        if check != int(given):
            return False
        digits.append(check)
    return len(set(digits)) > 1


def _weights(digits: list[int]) -> range:
    return range(len(digits) + 1, 1, -1)


def _is_codice(found: re.Match[str]) -> bool:
    places = [int(char, 36) for char in found[1]]
    odd = sum(_CODICE_ODD[value] for value in places[::2])
    even = sum(value if value < 10 else value - 10 for value in places[1::2])  # noqa: PLR2004 - A follows 9
    return chr(ord("A") + (odd + even) % 26) == found[2].upper()


_CHECKED = ((_DNI, _is_dni), (_NIR, _is_nir), (_CPF, _is_cpf), (_CODICE, _is_codice))


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
        21: "CH HR LI LV", 22: "BG BH CR DE GB GE IE ME RS VA", 23: "AE GI IL IQ OM SO TL",
        24: "AD CZ ES MD PK RO SA SE SK TN VG", 25: "LY PT ST", 26: "IS TR",
        27: "BI DJ FR GR IT MC MR SM", 28: "AL AZ BY CY DO GT HN HU LB NI PL SV",
        29: "BR EG PS QA UA",
        30: "JO KW MU YE", 31: "MT SC", 32: "LC", 33: "RU",
    }.items()
}  # fmt: skip
_LENGTH_BY_COUNTRY = {name: length for length, names in _IBAN_LENGTHS.items() for name in names}


@lru_cache(maxsize=256)  # every rule that reads a message reads it masked
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
