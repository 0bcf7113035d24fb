"""Records: what a look found, by the name of its question."""

from __future__ import annotations

from countersign.domain.policy.records import Record, Records
from tests.builders import AT


def test_records_by_the_name_of_their_lookup() -> None:
    """What was not looked up and what was not found are the same to a rule: nothing."""
    one, two = (Record(kind="contact", id=i, version="1", fields={}) for i in "12")
    found = Records(read_at=AT, found={"contact": (one, two), "leads": ()})
    assert found.all("contact") == (one, two)
    assert found.first("contact") == one
    assert found.first("leads") is None
    assert (found.first("invented"), found.all("invented")) == (None, ())
