"""An agent's loop against the running local cloud: what a person made of it is what is done."""

from __future__ import annotations

import threading
import time
from typing import Any

import httpx
import pytest

from countersign.client import Client
from countersign.connectors.http import certificates
from countersign.domain.jobs.handing import AGENT_ACTIONS
from countersign.domain.jobs.job import job_id_of
from examples.agent_loop import handle, model
from infra.local.player.signer import Signer
from infra.local.stand import Stand

pytestmark = pytest.mark.cloud
ORDER, PAID_BY = "1055", "cus_RosaKlein"
TICKET = "Order 1055: the desk has a scratch. Please refund me 250 EUR."
WITHIN = 60.0


def test_an_agent_s_refund_is_the_one_that_people_signed(whole_stand: Stand) -> None:
    """It proposes above its limit; one person edits the sum on the page, another signs; the agent
    reads the edited parameters, and the account's journal has exactly those."""
    stand, said = whole_stand, dict[str, Any]()
    secret = stand.sender.secrets["assistant"]
    there = Client(stand.url, "assistant", secret, sleep=lambda _seconds: time.sleep(0.5))
    charge = {"order": ORDER, "charge": charge_of(stand), "customer": PAID_BY}
    read = model(f"{stand.url}/v1", stand.deps.secrets.get(stand.outputs["ModelKeySecretArn"]))
    loop = threading.Thread(
        target=lambda: said.update(handle(there, read, "ticket-7", TICKET, charge))
    )
    loop.start()
    signed_otherwise(
        job_id_of("webhook", AGENT_ACTIONS, f"{AGENT_ACTIONS}/assistant", "ticket-7"),
        Signer(stand.url),
    )
    loop.join(WITHIN)
    (action,) = said["actions"]
    assert (said["state"], action["edited"]) == ("done", True)
    assert action["params"] == {
        **charge,
        "amount": {"minor": 18_000, "currency": "EUR"},
        "reason": "requested_by_customer",
    }
    made = httpx.get(f"{stand.url}/payments/journal.json", verify=certificates()).json()["entries"]
    assert [(one["amount"], one["charge"]) for one in made if one["order"] == ORDER] == [
        (18_000, charge["charge"])
    ]


def charge_of(stand: Stand, order: str = ORDER) -> str:
    """The order's charge, as the agent's own shop knows it."""
    key = stand.deps.secrets.get(stand.outputs["PaymentsReadSecretArn"])
    found = httpx.get(
        f"{stand.url}/payments/v1/charges",
        params={"transfer_group": order},
        headers={"authorization": f"Bearer {key}"},
        verify=certificates(),
    )
    return str(found.json()["data"][0]["id"])


def signed_otherwise(job_id: str, people: Signer) -> None:
    """Robin is mailed and writes another sum; Jonas, whose limit covers that one, signs."""
    until, edited = time.monotonic() + WITHIN, None
    while time.monotonic() < until:
        edited = edited or people.edit(job_id, 1, {"amount": "180.00 EUR"}, "robin@example.com")
        if edited and people.decide(job_id, "approve", "", "jonas@example.com"):
            return
        time.sleep(0.2)
    raise AssertionError("nobody was asked")
