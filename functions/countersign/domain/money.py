"""Money: a decimal amount in one currency, exact to the currency's minor unit."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Self

from pydantic import BaseModel, ConfigDict, field_validator, model_serializer, model_validator

# ISO 4217 (list one): currencies whose minor unit is not 1/100.
_EXPONENTS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF"), 0),
    **dict.fromkeys(("UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}

_CODES = (
    "EUR USD GBP CHF JPY INR CNY AUD CAD NZD SEK NOK DKK PLN CZK HUF RON BGN TRY BRL MXN ARS CLP "
    "COP PEN ZAR NGN KES EGP MAD AED SAR QAR KWD ILS SGD HKD TWD KRW THB MYR IDR PHP VND UAH RUB"
)
ISO = frozenset(_CODES.split())
"""The ISO 4217 codes that we know; anything else is no currency that a limit could allow."""
_CODE = re.compile(r"[A-Z]{3}")
_MAX_DIGITS = 18
"""Far below the 28 digits to which decimal arithmetic rounds: no amount is ever rounded here."""


class Money(BaseModel):
    """An amount with its currency; 50.00 EUR is `{"minor": 5000, "currency": "EUR"}` in JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    amount: Decimal
    currency: str

    @model_validator(mode="before")
    @classmethod
    def _from_minor(cls, data: object) -> object:
        if isinstance(data, dict) and set(data) == {"minor", "currency"}:
            minor, currency = data["minor"], data["currency"]
            if type(minor) is int and abs(minor) < 10**_MAX_DIGITS:
                return {"amount": _scaled(minor, str(currency)), "currency": currency}
        return data

    @field_validator("currency")
    @classmethod
    def _code(cls, code: str) -> str:
        if not _CODE.fullmatch(code):
            raise ValueError("currency is a three-letter ISO 4217 code in capitals")
        return code

    @model_validator(mode="after")
    def _exact(self) -> Self:
        if not self.amount.is_finite() or self.amount.adjusted() >= _MAX_DIGITS:
            raise ValueError(f"an amount is a finite number of at most {_MAX_DIGITS} digits")
        if self.amount != _scaled(self.minor, self.currency):
            raise ValueError(f"{self.currency} has {exponent(self.currency)} decimals")
        return self

    @model_serializer
    def _as_minor(self) -> dict[str, int | str]:
        return {"minor": self.minor, "currency": self.currency}

    @property
    def minor(self) -> int:
        """The amount in the currency's minor unit (cents for EUR)."""
        return int(self.amount.scaleb(exponent(self.currency)))

    def __str__(self) -> str:
        """`1,250.00 EUR`, the way pages and mails show it."""
        return f"{self.amount:,.{exponent(self.currency)}f} {self.currency}"


def exponent(currency: str) -> int:
    """How many decimals the currency has (ISO 4217)."""
    return _EXPONENTS.get(currency, 2)


def _scaled(minor: int, currency: str) -> Decimal:
    return Decimal(minor).scaleb(-exponent(currency))
