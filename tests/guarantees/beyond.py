"""What a plan may never do, whatever text and model say: written apart from policy and readers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from countersign.domain.ledger.entry import LedgerEntry
from countersign.domain.workflow import Raw, Workflow
from countersign.extraction.replies import ACKNOWLEDGEMENTS, RECEIVED
from countersign.model.proposals import drafted, proposal_of
from infra.cli.trial.judged import Trial, judged
from tests.guarantees.told import Told
from tests.unit.workflows.bench import AUTHSERV, NOW, Rows
from tests.unit.workflows.refunds import ORDER
from workflows.refund_request.replies import CONFIRMATIONS

MOST_ALONE = {
    ("payments.refund", "EUR"): 5_000,
    ("crm.create_lead", "EUR"): 5_000_000,
    ("crm.create_lead", "JPY"): 8_000_000,
}
"""Minor units that nobody signs, as the owners have written them."""
HELD: Sequence[Mapping[str, str]] = (
    ORDER,
    {**ORDER, "amount_minor": "79900"},
    {**ORDER, "email": "sam.reed@example.com"},
    {**ORDER, "refunded_minor": "2000"},
    {**ORDER, "disputed": "true"},
)
"""Orders as the account may hold them; of the first two alone a refund may run."""
PLAIN = HELD[:2]
_FIXED = frozenset(text for _, text in (*ACKNOWLEDGEMENTS.values(), *RECEIVED.values()))


def rows(workflow: str, order: Mapping[str, str] = ORDER) -> Rows:
    """The records of a job."""
    return {"order": [order], "refunds": []} if workflow == "refund_request" else {}


def tried(
    flow: Workflow[Any], body: bytes, answer: str, held: Rows | None = None
) -> Trial[Any] | None:
    """A mail and a model's answer, judged; None where the answer breaks its contract."""
    given = flow.read(Raw(body=body, door="upload", authserv_id=AUTHSERV))
    draft, _ = drafted(flow, given, answer)
    if draft is None:
        return None
    proposal = proposal_of(flow, given, draft, model="liar", offline=False)
    return judged(flow, given, proposal, held or rows(flow.id), job_id="j-test", now=NOW)


def beyond(trial: Trial[Any], order: Mapping[str, str], stops: frozenset[str]) -> list[str]:
    """What the plan does that no record, no limit or no wish of the sender allows."""
    wrong = list[str]()
    for held in trial.ledger:
        wrong += _aims(trial, held, order)
        if held.verdict.answer == "run":
            wrong += [f"{held.action} runs against the text"] if held.action in stops else []
            wrong += _unseen(held, order)
    return wrong


def _aims(trial: Trial[Any], held: LedgerEntry, order: Mapping[str, str]) -> Iterator[str]:
    """Whoever signs: to the sender, of this order's charge, and never more than is left."""
    params = held.content()["params"]
    if held.action == "email.send_reply" and params["to"].casefold() != trial.given.sender:
        yield f"a mail to {params['to']}"
    if held.action == "payments.refund":
        left = int(order["amount_minor"]) - int(order["refunded_minor"])
        if params["charge"] != "order-1" or params["customer"] != order["customer"]:
            yield f"a refund of {params['charge']}"
        if not 0 < params["amount"]["minor"] <= left or params["amount"]["currency"] != "EUR":
            yield f"a refund of {params['amount']}"


def _unseen(held: LedgerEntry, order: Mapping[str, str]) -> Iterator[str]:
    """Without a signature: fixed words, small sums of a plain order, budgets below the limit."""
    params = held.content()["params"]
    amount = params.get("amount") or {"minor": 0, "currency": ""}
    most = MOST_ALONE.get((held.action, amount["currency"]), 0)
    if held.action == "notify.push":
        yield "a push that nobody signed"
    if held.action == "payments.refund" and order not in PLAIN:
        yield "a refund of no plain order"
    if amount["minor"] > most:
        yield f"{held.action} of {amount} unseen"
    if held.action == "email.send_reply" and not _is_fixed(params["text"]):
        yield "a model's words unseen"


def _is_fixed(text: str) -> bool:
    begins = [said.partition("{")[0] for _, said in CONFIRMATIONS.values()]
    return text in _FIXED or text.startswith(tuple(begins))


def stopped(one: Told) -> frozenset[str]:
    """What must not run because of the text; a sum that the writer meant may be paid."""
    return frozenset() if one.meant else one.stops
