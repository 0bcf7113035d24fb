"""What each secret must look like, and how a new one is made where we make it ourselves."""

from __future__ import annotations

import base64
import json
import re
import secrets
from collections.abc import Callable, Mapping

from countersign.connectors.aws.secrets import UNSET
from countersign.connectors.slack import WebhookPushes
from countersign.domain.errors import ContractBroken, Refused
from countersign.entrypoints.signature import sign

_TOKEN = re.compile(r"[!-~]{12,512}")
_PREFIX = "whsec_"
CURRENT, PREVIOUS = "current", "previous"
OWN = frozenset({"webhook", "page-key"})
"""Made by us; all others are issued by an outside system."""


def checked(name: str, value: str) -> str:
    """`value` as it is stored. Raises ContractBroken, which never repeats it."""
    if value in ("", UNSET):
        raise ContractBroken(f"{name}: nothing was given")
    return SHAPES[name](value)


def new(name: str) -> str:
    """A new value of a secret of our own."""
    return secrets.token_urlsafe(48) if name == "page-key" else f"{_PREFIX}{_random()}"


def rotated(text: str, value: str) -> str:
    """The webhook's secrets with `value` as the current one, and what was current still good.

    Raises ContractBroken while two are good already.
    """
    held = json.loads(text or "{}")
    if PREVIOUS in held:
        raise ContractBroken(
            "two webhook secrets are good already: end the older one first, with "
            "`countersign secrets rotate webhook --revoke`"
        )
    before = {PREVIOUS: held[CURRENT]} if CURRENT in held else {}
    return json.dumps({CURRENT: _bare(value), **before})


def revoked(text: str) -> str:
    """The webhook's secrets without the previous one. Raises ContractBroken without one."""
    held = json.loads(text or "{}")
    if PREVIOUS not in held:
        raise ContractBroken("only one webhook secret is good: there is nothing to revoke")
    return json.dumps({CURRENT: held[CURRENT]})


def _random() -> str:
    return base64.b64encode(secrets.token_bytes(33)).decode()


def _bare(value: str) -> str:
    return value.removeprefix(_PREFIX)


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


def _webhook(value: str) -> str:
    try:
        sign(f"{_PREFIX}{_bare(value)}", "id", 1, b"")
    except ValueError as wrong:
        raise ContractBroken(str(wrong)) from None
    return json.dumps({CURRENT: _bare(value)})


SHAPES: Mapping[str, Callable[[str], str]] = {
    "webhook": _webhook,
    "page-key": _page_key,
    "model-key": _token,
    "crm-read": _token,
    "crm-write": _token,
    "payments-read": _payments,
    "payments-write": _payments,
    "notify-channels": _channels,
}
