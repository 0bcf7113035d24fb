"""The first release of a workflow over messages: its packaged prompt, and limits per currency."""

from __future__ import annotations

from decimal import Decimal
from importlib import resources

from countersign.domain.money import Money, exponent
from countersign.domain.policy.release import Limits, Release


def first_release(package: str, limits: Limits, *, max_output_tokens: int) -> Release:
    """The release of the workflow in `package`. The prompt ships with the code under one digest, so
    reading it is not reaching outside."""
    prompt = resources.files(package).joinpath("prompt.md").read_text(encoding="utf-8")
    return Release(
        workflow=package.rpartition(".")[2],
        prompt=prompt,
        model="gpt-4.1-mini",
        temperature=Decimal(0),
        max_output_tokens=max_output_tokens,
        usd_per_million_input=Decimal("0.40"),
        usd_per_million_output=Decimal("1.60"),
        limits=limits,
    )


def per_currency(table: str, times: int = 1) -> tuple[Money, ...]:
    """`EUR 50 JPY 8000` as amounts, `times` each, exact to the currency's minor unit."""
    words = table.split()
    return tuple(
        Money(
            amount=(Decimal(amount) * times).quantize(Decimal(1).scaleb(-exponent(code))),
            currency=code,
        )
        for code, amount in zip(words[::2], words[1::2], strict=True)
    )
