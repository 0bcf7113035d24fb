"""A plain agent: a model reads a ticket and names an action; what is done is what comes back."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any
from urllib.request import Request

from countersign.client import Client, action, over_http

Model = Callable[[str], Mapping[str, Any]]


def model(url: str, key: str) -> Model:
    """A model behind OpenAI's protocol that answers in the schema of a refund."""

    def read(ticket: str) -> Mapping[str, Any]:
        shown = {"channel": "mail", "from": {"name": "", "email": ""}, "form": {}, "text": ticket}
        wanted = {"type": "json_schema", "json_schema": {"name": "refund_request"}}
        said = [{"role": "user", "content": json.dumps(shown)}]
        body = json.dumps({"model": "offline", "messages": said, "response_format": wanted})
        head = {"authorization": f"Bearer {key}"}
        asked = Request(f"{url}/chat/completions", body.encode(), head)  # noqa: S310 - ours
        _, answer = over_http(asked)
        return dict(json.loads(json.loads(answer)["choices"][0]["message"]["content"]))

    return read


def handle(there: Client, read: Model, key: str, ticket: str, charge: Mapping[str, str]) -> Any:
    """The proposal's end, or how it stands after a minute. `key` is the ticket's own number."""
    said = read(ticket)
    minor = int(Decimal(said["amount"]["amount"]).scaleb(2))
    amount = {"minor": minor, "currency": said["amount"]["currency"]}
    refund = action("payments.refund", **charge, amount=amount, reason="requested_by_customer")
    asked = there.propose([refund], "a refund is asked for", key=key, evidence=[{"quote": ticket}])
    return there.wait(asked["status_url"], seconds=60)
