"""Check rules of national identity numbers."""

import re

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
