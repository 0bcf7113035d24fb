"""What a reply may say: the fixed confirmation of a refund, and what a draft must not point at."""

from __future__ import annotations

from countersign.domain.money import Money
from countersign.domain.proposal import Proposal
from countersign.understanding import replies
from countersign.workflows.refund_request.confirmations import CONFIRMATIONS
from countersign.workflows.refund_request.facts import Request


def drafted(proposal: Proposal) -> bool:
    """Whether there is a draft that somebody could sign: wished, and written."""
    return "email.send_reply" in proposal.wishes and bool(proposal.drafts.get("reply_body"))


def confirmation(language: str, number: str, amount: Money) -> tuple[str, str]:
    """Subject and text of the fixed confirmation; English for a language without one. Number and
    amount are the order's and the refund's, never the text's."""
    subject, text = CONFIRMATIONS.get(language, CONFIRMATIONS["en"])
    return subject.format(order=number), text.format(order=number, amount=amount)


def foreign_targets(situation: Request) -> tuple[str, ...]:
    """Kinds of targets in what was written that are neither ours nor the sender's, each once."""
    message, proposal = situation.input, situation.proposal
    drafts = proposal.drafts if drafted(proposal) else {}
    written = replies.written(situation.edited, drafts, message.subject)
    ours = situation.limits.list("reply.own_domains")
    numbers = f"{message.stated.order}{proposal.value('order') or ''}"
    return replies.foreign_targets(written, ours, message.sender, numbers)
