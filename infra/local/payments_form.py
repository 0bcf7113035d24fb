"""Stripe's form encoding: `metadata[order]=1042` and `expand[0]=x` as nested values."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl

from infra.local.payments_rules import ApiError

_NAME = re.compile(r"([^\[\]]{1,100})((?:\[[^\[\]]{0,100}\]){0,3})")
_MOST = 200


def parsed(raw: bytes) -> dict[str, Any]:
    """The parameters; a list stays a dict of its indexes. Raises ApiError."""
    try:
        pairs = parse_qsl(
            raw.decode(), keep_blank_values=True, strict_parsing=bool(raw), max_num_fields=_MOST
        )
    except ValueError:
        raise ApiError(400, "The parameters are not form-encoded.") from None
    params: dict[str, Any] = {}
    for name, value in pairs:
        _put(params, name, value)
    return params


def _put(params: dict[str, Any], name: str, value: str) -> None:
    matched = _NAME.fullmatch(name)
    if matched is None:
        raise ApiError(400, "A parameter's name is not well formed.")
    *outer, last = [matched[1], *re.findall(r"\[([^\[\]]*)\]", matched[2])]
    inner = params
    for part in outer:
        inner = inner.setdefault(part, {})
        if not isinstance(inner, dict):
            raise ApiError(400, "A parameter is both a value and a group.")
    if last in inner:
        raise ApiError(400, "A parameter is given twice.")
    inner[last] = value
