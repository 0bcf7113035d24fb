"""JSON as RFC 8259 and I-JSON (RFC 7493) have it, from bytes that nobody vouches for."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Never

_MAX_NUMBER = 400  # characters of one number; the same bound holds for its exponent
_BOM = b"\xef\xbb\xbf"
_WIDE_BOMS = (b"\xff\xfe", b"\xfe\xff")
# The closing quote is optional so that an unclosed string is one match and not a scan per quote.
_NESTING = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_EXPONENT = re.compile(r"[eE]([+-]?\d+)")


class NotJson(ValueError):  # noqa: N818 - it is the outcome that the door answers with 400
    """The bytes are not the JSON we accept; the sentence says why."""


def loads(raw: bytes, *, max_depth: int = 32) -> Any:
    """Read one JSON text. Integers become int, other numbers Decimal.

    Refused, beyond what the grammar refuses: a byte order mark, any encoding but UTF-8, NaN and the
    infinities, a key given twice in one object, nesting deeper than `max_depth`, half a surrogate
    pair, a number of more than 400 characters or an exponent beyond ±400. Raises NotJson only.
    """
    text = _text(raw)
    _check_depth(text, max_depth)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_float=_decimal,
            parse_int=_integer,
            parse_constant=_refuse_constant,
        )
    except json.JSONDecodeError as error:
        raise NotJson(
            f"Not JSON at line {error.lineno}, column {error.colno}: {error.msg}."
        ) from error
    except RecursionError as error:
        raise NotJson("The JSON is nested too deeply to be read.") from error
    _check_strings(value)
    return value


def _text(raw: bytes) -> str:
    if raw.startswith(_BOM):
        raise NotJson("The JSON starts with a byte order mark; send UTF-8 without one.")
    if raw.startswith(_WIDE_BOMS) or b"\x00" in raw[:4]:
        raise NotJson("The JSON is UTF-16 or UTF-32; send UTF-8.")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotJson(f"The JSON is not UTF-8: byte {error.start} cannot be read.") from error
    if not text.strip(" \t\r\n"):
        raise NotJson("The JSON text is empty.")
    return text


def _check_depth(text: str, max_depth: int) -> None:
    depth = 0
    for match in _NESTING.finditer(text):
        depth += _STEP.get(match[0], 0)
        if depth > max_depth:
            raise NotJson(f"The JSON is nested deeper than {max_depth} levels.")


_STEP = {"[": 1, "{": 1, "]": -1, "}": -1}


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in pairs:
        if key in result:
            raise NotJson("A key is given twice in one object.")
        result[key] = value
    return result


def _integer(text: str) -> int:
    _check_number(text)
    return int(text)


def _decimal(text: str) -> Decimal:
    _check_number(text)
    exponent = _EXPONENT.search(text)
    if exponent and abs(int(exponent[1])) > _MAX_NUMBER:
        raise NotJson(f"A number has an exponent beyond ±{_MAX_NUMBER}.")
    return Decimal(text)


def _check_number(text: str) -> None:
    if len(text) > _MAX_NUMBER:
        raise NotJson(f"A number has more than {_MAX_NUMBER} characters.")


def _refuse_constant(name: str) -> Never:
    raise NotJson(f"{name} is not a JSON number.")


def _check_strings(value: Any) -> None:
    if any(_LONE_SURROGATE.search(text) for text in _strings(value)):
        raise NotJson("A string holds half of a surrogate pair.")


def _strings(value: Any) -> Iterator[str]:
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, list):
            pending.extend(item)
        elif isinstance(item, dict):
            pending.extend(item)
            pending.extend(item.values())
