"""How many requests a job costs at the outside systems, as the demo systems counted them."""

from __future__ import annotations

import json
import secrets
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from infra.bench import measure
from infra.bench.figures import Figures
from infra.local.crm.schema import ASSOCIATIONS, Kind
from infra.local.front.samples import samples
from infra.local.stand import Plan, Say, Stand, stand

REFUND = "31-refund-small"
TOO_MANY = 429
Asked = Mapping[tuple[str, int], int]
"""By whose limit a request counts for and how it was answered."""


def figures(say: Say) -> Figures:
    """For a new lead, a known contact and a refund; the first jobs teach how much a visit needs."""
    with stand(Plan(port=0, real_time=True), say) as running:
        for _ in range(3):
            measure.one_job(running)
        refund = next(sample for sample in samples() if sample.name == REFUND)
        return {
            "crm_requests_per_job": _of(running, "crm", measure.a_form()),
            "crm_requests_known_contact": _of(running, "crm", _of_a_known_contact(running)),
            "payments_requests_per_job": _of(
                running, "payments", refund.load(), refund.expect.workflow
            ),
        }


def asked(running: Stand, system: str) -> Asked:
    """What a demo system was asked until now."""
    answer = httpx.get(f"{running.url}/{system}/asked.json", timeout=30.0).raise_for_status()
    rows = answer.json()["requests"]
    return {(row["side"], row["status"]): row["times"] for row in rows}


def since(before: Asked, after: Asked) -> Counter[tuple[str, int]]:
    """What it was asked in between."""
    return Counter(after) - Counter(before)


def _of(running: Stand, system: str, body: bytes, workflow: str = "lead_intake") -> int:
    before = asked(running, system)
    measure.ended(running, measure.sent(running, body, workflow))
    return since(before, asked(running, system)).total()


def _of_a_known_contact(running: Stand) -> bytes:
    """A form of somebody whom the CRM knows, with a deal that was won and a mail of last year."""
    form = json.loads(measure.a_form())
    at = datetime.now(UTC) - timedelta(days=300)
    contact = _made(running, "contacts", {"email": form["email"], "firstname": "Nora"})
    deal = {"dealname": "Earlier", "pipeline": "default", "dealstage": "closedwon"}
    _made(running, "deals", deal | {"closedate": at.isoformat()}, contact)
    mail = {"hs_timestamp": at.isoformat(), "hs_email_direction": "EMAIL"}
    _made(running, "emails", mail | {"hs_email_status": "SENT"}, contact)
    return json.dumps(form).encode()


def _made(running: Stand, kind: Kind, properties: Mapping[str, str], contact: str = "") -> str:
    body: dict[str, Any] = {"properties": properties}
    if contact:
        number = ASSOCIATIONS[(kind, "contacts")]
        told = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": number}
        body["associations"] = [{"to": {"id": contact}, "types": [told]}]
    answer = httpx.post(
        f"{running.url}/crm/v3/objects/{kind}",
        json=body,
        headers={
            "Authorization": f"Bearer {running.colleague.key}",
            "Idempotency-Key": secrets.token_hex(8),
        },
        timeout=30.0,
    )
    return str(answer.raise_for_status().json()["id"])
