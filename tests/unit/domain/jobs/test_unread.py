"""What broke its contract is kept as text, for whoever takes up the case."""

from __future__ import annotations

from countersign.domain.contract import Stored
from countersign.domain.jobs.unread import UNREAD, Unread


def test_what_could_not_be_read_is_stored_as_text_with_its_problems() -> None:
    """It comes back as it was stored, under its own name and version."""
    kept = Unread(text='{"mail": "?"}', problems=("mail: unknown",))
    stored = Stored.of(kept)
    assert (stored.contract, UNREAD) == ("unread", "unread")
    assert stored.as_(Unread) == kept
