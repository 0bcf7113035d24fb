"""What the waiting job is about; a test replaces what it needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from countersign.domain.policy.proposal import Fact

TEXT = """Hello,

we run 14 delivery vans in Leipzig and would like to move our route planning to you.
Our budget is about 60,000 EUR for the first year, and we want to start in May.

Could somebody call me this week?

Maria Keller
Keller GmbH
"""
REPLY = """Dear Ms Keller,

thank you for writing. 14 vans are a size that we plan for every day.
I will call you on Wednesday at 10:00, if that suits you.

Kind regards
Ana Costa"""


@dataclass(frozen=True)
class Plot:
    """The message, the reply, and what was understood."""

    text: str = TEXT
    reply: str = REPLY
    subject: str = "Your route planning"
    to: str = "maria.keller@keller.example"
    facts: Mapping[str, Fact] = field(
        default_factory=lambda: {
            "name": Fact(value="Maria Keller", quotes=("Maria Keller",)),
            "company": Fact(value="Keller GmbH", quotes=("Keller GmbH",)),
            "budget_amount": Fact(value="60000", quotes=("about 60,000 EUR for the first year",)),
            "budget_currency": Fact(value="EUR", quotes=("about 60,000 EUR for the first year",)),
            "timeline": Fact(value="May", quotes=("we want to start in May",)),
            "summary": Fact(
                value="A carrier with 14 vans wants route planning from May.",
                quotes=("we run 14 delivery vans in Leipzig", "start in May"),
                derived=True,
            ),
        }
    )
    offline: bool = False
