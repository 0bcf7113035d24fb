"""Workflows and ports: values that a test makes by hand and nobody can change."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from decimal import Decimal

import pytest

from countersign.domain import ports
from countersign.domain.workflow import Raw
from tests.flows import workflow


def test_a_workflow_is_one_value() -> None:
    """Everything that differs between processes is in the value: a test makes one by hand."""
    flow = workflow()
    letter = flow.read(Raw(body=b"hello", door="webhook", authserv_id=""))
    draft = flow.draft(letter, None)
    assert flow.source_text(letter) == flow.prompt_text(letter) == "hello"
    assert flow.offline("hello") == {"text": "hello"}
    assert flow.confidence(letter, draft) == Decimal(1)
    assert flow.dismiss(letter) == ""
    assert flow.joins("a", "a", 0.0)
    assert flow.schema()["type"] == "object"


def test_ports_speak_in_values() -> None:
    """What crosses a port is frozen: an adapter cannot change what it was given."""
    mail = ports.Email(to="zoe@example.com", subject="s", text="t")
    with pytest.raises(FrozenInstanceError):
        mail.to = "eve@example.com"  # type: ignore[misc] # that it is frozen is the point
