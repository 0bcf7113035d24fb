"""What a customer wants and why, by weighted key words."""
# ruff: noqa: RUF001 - both apostrophes are in use

from __future__ import annotations

import re

from countersign.understanding.lexicon import Lexicon
from countersign.workflows.refund_request import words

_BETWEEN = (
    "want|need|ask|asking|for|a|an|any|the|to|be|is|was|will|möchte|will|brauche|ist|eine|einen|"
    "le|la|de|du|veux|souhaite|demande|un|une|quiero|pido|una|el|voglio|chiedo|il|wil|vraag|om|een|"
    "het|quero|peço|um|uma|o"
)
_DENIED = re.compile(
    r"(?:\b(?:not?|never|nicht|keine?n?|pas|sans|sin|non|senza|niet|geen|sem|não)|n['’]t)"
    rf"[ \t]+(?:(?:{_BETWEEN})[ \t]+){{0,4}}$",
    re.IGNORECASE,
)

WISHES = Lexicon(
    words.WISHES, order=("replacement", "information", "refund"), denied=_DENIED, sure=4
)
"""Of a tie something else than money comes out: then nothing leaves by itself."""
REASONS = Lexicon(
    words.REASONS,
    order=(
        *("fraud", "duplicate_charge", "not_arrived"),
        *("wrong_item", "damaged", "changed_mind"),
    ),
    denied=_DENIED,
)
"""Fraud wins a tie: a person looks at it."""
