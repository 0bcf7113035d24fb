"""What a message wants, by weighted key words: for the heuristics, and to doubt a model with."""

from __future__ import annotations

from countersign.understanding.lexicon import Lexicon
from countersign.workflows.lead_intake import words

INTENTS = Lexicon(words.INTENTS, order=("spam", "job", "support", "partnership", "sales"))
"""Spam wins a tie, and sales loses it: who asks for help or work also speaks of orders and offers.
"""
