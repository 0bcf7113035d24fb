"""What a call of a model costs, exactly."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from countersign.domain.contract import Value
from countersign.domain.policy.proposal import Usage

SOON = timedelta(days=90)
"""A model that retires within it is told of."""
_PER_MILLION = -6


class Rates(Value):
    """USD per million tokens. `cached` are read from the provider's cache, `written` into it;
    what a model thinks before it answers is output."""

    input: Decimal
    cached: Decimal
    written: Decimal
    output: Decimal

    def cost(self, usage: Usage) -> Decimal:
        """In USD, without rounding."""
        plain = usage.input_tokens - usage.cached_tokens - usage.written_tokens
        total = (
            plain * self.input
            + usage.cached_tokens * self.cached
            + usage.written_tokens * self.written
            + usage.output_tokens * self.output
        )
        return total.scaleb(_PER_MILLION)

    def most(self, usage: Usage) -> Decimal:
        """In USD, all of the input at the dearest of its rates."""
        dearest = max(self.input, self.cached, self.written)
        return (usage.input_tokens * dearest + usage.output_tokens * self.output).scaleb(
            _PER_MILLION
        )


class Price(Value):
    """A row of the table: one model, at one kind of endpoint, in one service tier."""

    provider: str
    model: str
    endpoint: str
    """`api`, or of Bedrock `regional`, `geo` or `global`: the same model costs differently."""
    tier: str = "standard"
    rates: Rates
    long_above: int = 0
    """Above so many input tokens in all, `long_rates` hold for the whole call; 0: never."""
    long_rates: Rates | None = None
    retires: date | None = None
    successor: str = ""
    temperature: bool = True
    """Whether the model takes one."""
    effort: str = ""
    """How much it is asked to think; empty: as much as it likes."""
    source: str

    def cost(self, usage: Usage) -> Decimal:
        """In USD, exactly."""
        long = self.long_rates and usage.input_tokens > self.long_above
        return (self.long_rates if long and self.long_rates else self.rates).cost(usage)

    def priced(self, usage: Usage, *, offline: bool) -> Usage:
        """With its cost; the heuristics cost nothing."""
        return usage.model_copy(update={"usd": Decimal(0) if offline else self.cost(usage)})

    def most(self, usage: Usage) -> Decimal:
        """The most in USD that a call can cost which uses no more than that, whatever of its input
        is read from the provider's cache or written into it."""
        long = self.long_rates if usage.input_tokens > self.long_above else None
        return max(rates.most(usage) for rates in (self.rates, long) if rates)

    def retired(self, today: date) -> bool:
        """Whether it is no longer served."""
        return self.retires is not None and self.retires <= today

    def retires_soon(self, today: date) -> bool:
        """Whether it has less than ninety days left."""
        return self.retires is not None and self.retires <= today + SOON
