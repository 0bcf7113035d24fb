"""What a reply may say: the fixed acknowledgement, and what a draft must not point at."""

from __future__ import annotations

from collections.abc import Mapping

from countersign.domain.policy.proposal import Proposal
from countersign.extraction import replies
from workflows.lead_intake import facts
from workflows.lead_intake.facts import Lead


def drafted(proposal: Proposal) -> bool:
    """Whether the reply would be the model's draft: wished, written, and about a sale."""
    wished = "email.send_reply" in proposal.wishes and bool(proposal.drafts.get("reply_body"))
    return wished and facts.intent(proposal) == "sales"


def written(situation: Lead) -> Mapping[str, str]:
    """What somebody wrote for this message, model or person; empty for the fixed text."""
    drafts = situation.proposal.drafts if drafted(situation.proposal) else {}
    return replies.written(situation.edited, drafts, situation.input.subject)


def foreign_targets(situation: Lead) -> tuple[str, ...]:
    """Kinds of targets in what was written that are neither ours nor the sender's, each once."""
    message, proposal = situation.input, situation.proposal
    return replies.foreign_targets(
        written(situation),
        situation.limits.list("reply.own_domains"),
        message.sender,
        f"{message.stated.phone}{proposal.value('phone') or ''}",
    )
