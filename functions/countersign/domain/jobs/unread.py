"""What came and broke its contract: kept as text for whoever takes up the case."""

from __future__ import annotations

from typing import ClassVar

from countersign.domain.contract import Contract

UNREAD = "unread"
"""The name under which it is stored."""


class Unread(Contract):
    """The body as it came, masked and without what cannot be seen, and what is wrong with it."""

    CONTRACT: ClassVar[str] = "unread"
    VERSION: ClassVar[int] = 1

    text: str
    problems: tuple[str, ...]
