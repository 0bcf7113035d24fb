"""Parameters as people read them."""

from __future__ import annotations

from countersign.domain.ledger.told import texts


def test_each_parameter_is_one_text_by_its_path() -> None:
    """Sums have their currency, yes and no are words, what is nested has its path, and nothing is
    empty."""
    params = {
        "amount": {"minor": 4_990, "currency": "EUR"},
        "address": {"city": "Bremen", "zip": None},
        "lines": ["one", {"agreed": True}, {"agreed": False}],
    }
    assert texts(params) == {
        "amount": "49.90 EUR",
        "address city": "Bremen",
        "address zip": "",
        "lines 1": "one",
        "lines 2 agreed": "yes",
        "lines 3 agreed": "no",
    }
