"""What a reply may say: the fixed acknowledgement, and what a draft must not point at."""

from __future__ import annotations

from countersign.domain.proposal import Proposal
from countersign.understanding import replies
from countersign.workflows.lead_intake import facts
from countersign.workflows.lead_intake.facts import Lead


def drafted(proposal: Proposal) -> bool:
    """Whether the reply would be the model's draft: wished, written, and about a sale."""
    wished = "email.send_reply" in proposal.wishes and bool(proposal.drafts.get("reply_body"))
    return wished and facts.intent(proposal) == "sales"


def foreign_targets(situation: Lead) -> tuple[str, ...]:
    """Kinds of targets in the draft that are neither ours nor the sender's, each once."""
    message, proposal = situation.input, situation.proposal
    return replies.foreign_targets(
        proposal.drafts,
        situation.limits.list("reply.own_domains"),
        message.sender,
        f"{message.stated.phone}{proposal.value('phone') or ''}",
    )
