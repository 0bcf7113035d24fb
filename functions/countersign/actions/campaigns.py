"""The action on a list of contacts: each gets one message, by a plan that somebody signs once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import StringConstraints

from countersign.actions.bulk import Items, RunItems, begun, expected, found
from countersign.domain.ledger.action import Action, Prose, Receipt

UNKNOWN = "rows of unknown end"
"""The figure that names them."""
Shown = Annotated[Prose, StringConstraints(max_length=100_000)]


class SendCampaign(RunItems):
    """A plan, as who signs it reads it. The digests say that nothing else is sent to nobody else:
    a changed letter of template, list or limits is another plan."""

    CONTRACT: ClassVar[str] = "campaign.send"
    VERSION: ClassVar[int] = 1

    title: str
    purpose: str
    sender: str
    """The address that it is from."""
    answers_to: str
    messages: int
    """So many of the rows get one, by what is known now."""
    recipients: Shown
    """By language, country and receiving domain."""
    left_out: Shown
    """Who gets none, by rule."""
    template: Shown
    """As it is written, in each language."""
    samples: Shown
    """Messages as they will be sent, with what each shows."""
    limits: Shown
    """How fast, when, and how many."""
    duration: str
    cost: str
    campaign: str
    """The digest over templates, rules and limits."""
    plan: str
    """The digest over that and the list."""

    @property
    def terms(self) -> str:
        """As RunItems."""
        return self.campaign


def _words(order: SendCampaign) -> str:
    return (
        f"Send “{order.title}” to {order.messages:,} of the {order.rows:,} rows of {order.file}, "
        f"each once, from {order.sender}."
    )


def _read_back(items: Items, order: SendCampaign, receipt: Receipt) -> Mapping[str, str]:
    """A person gets whatever nobody can tell of: one case, with the rows."""
    said, unknown = items.verdict(order), receipt.evidence.get("unknown", "0")
    if unknown != "0":
        rows = receipt.evidence.get(UNKNOWN, "")
        said = f"nobody can say whether they were sent: {rows} ({unknown} in unknown.csv)"
    return {"id": receipt.id, "outcome": said}


SEND: Action[SendCampaign, Items] = Action(
    id="campaign.send",
    version=1,
    connector="bulk",
    params=SendCampaign,
    words=_words,
    do=begun,
    find=found,
    read_back=_read_back,
    expected=expected,
    inner=("digest", "rows", "quarantined", "failed_at_most", "file", "campaign", "messages"),
    leads_on=True,
)
