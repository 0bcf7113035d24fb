"""What each secret must look like, and how a new one is made where we make it ourselves."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping

from countersign.connectors.aws.secrets import UNSET
from countersign.connectors.slack import WebhookPushes
from countersign.domain.errors import ContractBroken, Refused

_TOKEN = re.compile(r"[!-~]{12,512}")


def checked(name: str, value: str) -> str:
    """`value` as it is stored; what opens a system of the business is a token too. Raises
    ContractBroken, which never repeats it."""
    if value in ("", UNSET):
        raise ContractBroken(f"{name}: nothing was given")
    return SHAPES.get(name, _token)(value)


def new_page_key() -> str:
    """A new key of our own; all others are issued by an outside system."""
    return secrets.token_urlsafe(48)


def _token(value: str) -> str:
    if not _TOKEN.fullmatch(value):
        raise ContractBroken("a key is one word of 12 to 512 characters, as its system shows it")
    return value


def _payments(value: str) -> str:
    if value.startswith("pk_"):
        raise ContractBroken(
            "this is a publishable key (pk_…): a restricted or secret one is needed (rk_… or sk_…)"
        )
    return _token(value)


def _page_key(value: str) -> str:
    if len(value) < 32:  # noqa: PLR2004 - as many random characters as SHA-256 has bytes
        raise ContractBroken("a page key has at least 32 random characters")
    return value


def _channels(value: str) -> str:
    try:
        WebhookPushes(value, timeout=lambda: 1.0).close()
    except Refused as refused:
        raise ContractBroken(str(refused)) from None
    return value


SHAPES: Mapping[str, Callable[[str], str]] = {
    "page-key": _page_key,
    "model-key": _token,
    "crm-read": _token,
    "crm-write": _token,
    "payments-read": _payments,
    "payments-write": _payments,
    "notify-channels": _channels,
}
