"""The kind of a stored input: the first that holds."""

from __future__ import annotations

import json
from typing import Any

import pytest

from countersign.domain.contract import Stored
from countersign.domain.jobs.matters import FOLLOWS, Follows
from countersign.extraction.customer import DERIVED, DOUBTED
from countersign.extraction.input_kinds import kind
from tests.builders import fact, proposal, record

PLAIN: dict[str, Any] = {
    "channel": "mail",
    "text": "We would like to know more about your dispatch software, please.",
    "subject": "",
    "attachments": [],
    "automatic": "",
    "defects": [],
    "language_hints": [],
}
FILE = [{"name": "scan.pdf", "content_type": "application/pdf", "size": 9}]


@pytest.mark.parametrize(
    ("changed", "facts", "found"),
    [
        ({}, {}, "plain"),
        ({"automatic": "a bounce"}, {}, "automatic"),
        ({"forwarded": {"name": "Ann"}}, {}, "forward"),
        ({"defects": [f"{DERIVED}Reply-To."]}, {}, "sent for somebody else"),
        ({"defects": [f"{DOUBTED}two."]}, {}, "customer not sure"),
        ({"attachments": FILE, "text": "see attached"}, {}, "attachment only"),
        ({}, {"language": "pl"}, "other language"),
        ({"language_hints": ["pl"]}, {}, "other language"),
        ({}, {"wish": "refund"}, "without number"),
        ({"text": "Please refund order 1042."}, {"wish": "refund"}, "plain"),
        ({"channel": "form"}, {}, "form"),
    ],
)
def test_an_input_is_of_one_kind(changed: Any, facts: dict[str, str], found: str) -> None:
    """By what is stored of it; the model's facts count where they say the language or a wish."""
    made = proposal(facts={name: fact(value) for name, value in facts.items()})
    given = Stored(contract="x", version=1, body=json.dumps({**PLAIN, **changed}))
    held = record(results={"input": given, "proposal": Stored.of(made)})
    assert kind(held, ("en", "de")) == found


def test_what_was_not_read_and_what_follows_are_kinds_too() -> None:
    """Without an input nothing else is known; a thread says so itself."""
    assert kind(record(), ("en",)) == "not read"
    given = Stored(contract="x", version=1, body=json.dumps(PLAIN))
    follows = Stored.of(Follows(job_id="j-1"))
    assert kind(record(results={"input": given, FOLLOWS: follows}), ("en",)) == "follow-up"
