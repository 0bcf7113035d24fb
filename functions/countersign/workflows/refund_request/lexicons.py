"""What a customer wants and why, by weighted key words."""

from __future__ import annotations

import re

from countersign.understanding.lexicon import Lexicon
from countersign.workflows.refund_request import words

_DENIED = re.compile(
    r"(?:\b(?:not?|never|nicht|keine?n?|kein|pas|sans|sin|non|senza|niet|geen|sem|não)|n['’]t)"
    r"\W+(?:\w+\W+){0,2}$",
    re.IGNORECASE,
)

WISHES = Lexicon(
    words.WISHES, order=("replacement", "information", "refund"), denied=_DENIED, sure=4
)
"""Whoever may want something else than money loses no money by a tie."""
REASONS = Lexicon(
    words.REASONS,
    order=(
        *("fraud", "duplicate_charge", "not_arrived"),
        *("wrong_item", "damaged", "changed_mind"),
    ),
    denied=_DENIED,
)
"""Fraud wins a tie: a person looks at it."""
