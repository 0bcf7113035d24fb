"""One request per order at a time: the earlier job holds the order."""

from __future__ import annotations

from countersign.domain.canonical import canonical, digest
from countersign.domain.proposal import Proposal
from countersign.domain.workflow import Claim
from countersign.workflows.refund_request.contract import RefundInput
from countersign.workflows.refund_request.facts import order_number
from countersign.workflows.refund_request.limits import limits

_BODY = "refund"


def claim(message: RefundInput, proposal: Proposal) -> Claim | None:
    """The claim on the order that is named; None when none is. It holds a digest and nothing else:
    the row outlives the message."""
    number = order_number(message, proposal)
    if not number:
        return None
    key = digest(canonical(["refund_request", number]))
    return Claim(key=key, body=_BODY, days=int(limits().number("claim.days")))


def joins(mine: str, holder: str, hours: float) -> bool:  # noqa: ARG001 - the order says it, not time
    """Two requests about one order belong together, whoever wrote them and however they put it."""
    return mine == holder
