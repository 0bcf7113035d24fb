"""Randomness, as the domain asks for it."""

from __future__ import annotations

from typing import Protocol


class Ids(Protocol):
    """Randomness."""

    def token(self, bits: int) -> str:
        """URL-safe random text of at least `bits` bits."""

    def salt(self) -> str:
        """128 random bits as hex."""

    def digits(self, count: int) -> str:
        """`count` random decimal digits, each number as likely as any other."""
