"""What is masked is what python-stdnum calls valid: cards, accounts, personal numbers."""

from __future__ import annotations

import random
import re
import string
from collections.abc import Callable, Iterator
from itertools import product

import pytest
from stdnum import iban, luhn, numdb
from stdnum.br import cpf
from stdnum.es import dni, nie
from stdnum.fr import nir
from stdnum.it import codicefiscale

from countersign.parsing.masking import mask
from tests.seeds import dealt_by

NUMBERS = 500
Draw = Callable[[random.Random], str]


def _digits(dice: random.Random, number: int) -> str:
    return "".join(dice.choices(string.digits, k=number))


def _nir(dice: random.Random) -> str:
    place = dice.choice([_digits(dice, 2), "2A", "2B"])
    body = f"{dice.choice('12')}{_digits(dice, 2)}{dice.randint(1, 12):02}{place}{_digits(dice, 6)}"
    return body + dice.choice([nir.calc_check_digits(body), _digits(dice, 2)])


def _cpf(dice: random.Random) -> str:
    return cpf.format(_digits(dice, 11))


def _codice(dice: random.Random) -> str:
    letters = dice.choices(string.ascii_uppercase, k=7)
    born = f"{_digits(dice, 2)}{dice.choice('ABCDEHLMPRST')}{dice.randint(1, 28):02}"
    body = f"{''.join(letters[:6])}{born}{letters[6]}{_digits(dice, 3)}"
    return body + dice.choice([codicefiscale.calc_check_digit(body), letters[0]])


KINDS: dict[str, tuple[Draw, Callable[[str], bool]]] = {
    "card": (lambda dice: dice.choice("3456") + _digits(dice, 15), luhn.is_valid),
    "DNI": (lambda dice: _digits(dice, 8) + dice.choice("TRWAGMYFPDXBNJZSQVHLCKE"), dni.is_valid),
    "NIE": (
        lambda dice: dice.choice("XYZ") + _digits(dice, 7) + dice.choice("TRWAGMYFPDXBNJZS"),
        nie.is_valid,
    ),
    # Fifteen digits that begin with 2 are a card's too, and masked when they pass its check.
    "NIR": (_nir, lambda text: nir.is_valid(text) or (text[0] == "2" and luhn.is_valid(text))),
    "CPF": (_cpf, cpf.is_valid),
    "codice fiscale": (_codice, codicefiscale.is_valid),
}


def disagreements(kind: str, masked: Callable[[str], str] = mask) -> list[str]:
    """Numbers of a kind, right and wrong ones, on which the mask and the library disagree."""
    draw, is_valid = KINDS[kind]
    dice = dealt_by(kind)
    drawn = [draw(dice) for _ in range(NUMBERS)]
    assert any(map(is_valid, drawn))
    return [one for one in drawn if (masked(f"no {one}.") != f"no {one}.") != is_valid(one)]


def accounts() -> Iterator[str]:
    """An IBAN with its check digits for every country of the registry that the library ships."""
    for country in map("".join, product(string.ascii_uppercase, repeat=2)):
        found = numdb.get("iban").info(f"{country}00")[0][1]
        if "bban" in found:
            length = sum(map(int, re.findall(r"\d+", found["bban"])))
            body = "0123456789" * 3
            check = iban.calc_check_digits(f"{country}00{body[:length]}")
            yield f"{country}{check}{body[:length]}"


@pytest.mark.parametrize("kind", KINDS)
def test_exactly_what_the_library_calls_valid_is_masked(kind: str) -> None:
    """Of many numbers in the kind's shape, those with right check digits and no others."""
    assert disagreements(kind) == []


def test_accounts_of_every_country_of_the_registry_are_masked() -> None:
    """At the country's own length, which the table has from the same registry."""
    assert [one for one in accounts() if mask(f"to {one} please") != "to [iban] please"] == []


@pytest.mark.control
@pytest.mark.parametrize("kind", KINDS)
def test_a_mask_that_checks_nothing_disagrees(kind: str) -> None:
    """Control: masking by shape alone hides order numbers, and the comparison sees it."""
    assert disagreements(kind, lambda text: re.sub(r"\S*\d\S*", "[number]", text))
