"""refund_request on the bench, with an order that every rule is content with."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from countersign.domain.workflow import Workflow
from tests.unit.workflows import bench
from tests.unit.workflows.bench import Bench, Rows
from workflows import WORKFLOWS
from workflows.refund_request.contract import RefundInput

WORKFLOW: Workflow[RefundInput] = WORKFLOWS["refund_request"]
BENCH: Bench[RefundInput] = Bench(WORKFLOW)
Outcome = bench.Outcome[RefundInput]
SENDER = "ada.quill@example.com"
ORDER: Mapping[str, str] = {
    "number": "1042",
    "customer": "cus_AdaQuill",
    "email": SENDER,
    "amount_minor": "4990",
    "currency": "EUR",
    "refunded_minor": "0",
    "paid": "true",
    "disputed": "false",
    "created": "2026-11-10T09:00:00Z",
}


def records(refunds: Sequence[Mapping[str, str]] = (), /, **fields: str) -> Rows:
    """The order with some fields different, and the customer's refunds."""
    return {"order": [{**ORDER, **fields}], "refunds": refunds}


def asked(**parts: object) -> RefundInput:
    """What the shop posts: 49.90 EUR of order 1042, broken."""
    form = {
        "order": "1042",
        "email": SENDER,
        "message": "The lamp arrived broken, please refund me.",
        "amount": {"minor": 4990, "currency": "EUR"},
        **parts,
    }
    return BENCH.read(json.dumps(form).encode())


def mailed(text: str, sender: str = f"Ada Quill <{SENDER}>", subject: str = "Order") -> RefundInput:
    """A mail that our receiver vouches for."""
    head = (
        "Authentication-Results: mx.example.com; dmarc=pass header.from=example.com",
        f"From: {sender}",
        f"Subject: {subject}",
        "Content-Type: text/plain; charset=utf-8",
    )
    return BENCH.read("\r\n".join((*head, "", text)).encode(), "upload")


def judge(
    given: RefundInput,
    held: Rows | None = None,
    answer: Mapping[str, Any] | None = None,
    *,
    offline: bool = False,
) -> Outcome:
    """The outcome of `given`, by default with the order in the records."""
    return BENCH.judge(given, records() if held is None else held, answer, offline=offline)
