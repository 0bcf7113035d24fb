"""One effect as it was signed and as the outside world shows it, in the same terms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from countersign.connectors.stripe.records import to_stripe

Data = Mapping[str, Any]


def signed_push(action: Data) -> tuple[str, str]:
    """The channel, and the text as Slack keeps it, written here without the connector's help."""
    params = action["body"]["params"]
    text = f"*{params['title']}*\n{params['text']}"
    for sign, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(sign, entity)
    return params["channel"], text


def made_push(entry: Data) -> tuple[str, str]:
    """The same of what the channel holds."""
    return entry["channel"], entry["text"]


def signed_refund(action: Data) -> tuple[str, str, int, str]:
    """Key, charge, amount in the provider's units, currency."""
    params = action["body"]["params"]
    minor, currency = params["amount"]["minor"], params["amount"]["currency"]
    return action["key"], params["charge"], to_stripe(minor, currency), currency


def made_refund(entry: Data) -> tuple[str, str, int, str]:
    """The same of what the provider did."""
    return entry["key"], entry["charge"], entry["amount"], entry["currency"].upper()


def signed_mail(action: Data) -> tuple[str, str, str]:
    """Recipient, subject, text."""
    params = action["body"]["params"]
    return params["to"], params["subject"], params["text"]


def sent_mail(mail: Data) -> tuple[str, str, str]:
    """The same of what left."""
    return ", ".join(mail["to"]), mail["subject"], mail["text"]
