"""Stripe's answers as plain JSON, page after page; what cannot be read is an error of ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

import stripe

from countersign.connectors.payments_http import read_error
from countersign.domain.errors import CountersignError, Refused

PAGE = 100
"""Objects on one page: Stripe's limit."""
MOST_PAGES = 20
"""Pages that are read of one list; a customer with more is for a person."""

_UNREADABLE = (LookupError, TypeError, AttributeError, ValueError)


def pages(ask: Callable[[dict[str, str]], Any]) -> Iterator[dict[str, Any]]:
    """All objects of a list. Raises Refused beyond MOST_PAGES: half a list is no answer."""
    after: dict[str, str] = {}
    for _ in range(MOST_PAGES):
        page = called(partial(ask, after), lambda error: read_error(error, "read a list"))
        found = data(page)
        yield from found
        if not page["has_more"]:
            return
        after = {"starting_after": str(found[-1]["id"])}
    raise Refused(f"the list has more than {MOST_PAGES * PAGE} objects; a person has to look")


def data(page: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The objects on one page. Raises KeyError or TypeError when it is none."""
    held = page["data"]
    if not isinstance(held, list):
        raise TypeError("a list has `data`")
    return held


def called(
    ask: Callable[[], Any], meaning: Callable[[Exception], CountersignError]
) -> dict[str, Any]:
    """The answer as plain JSON; whatever goes wrong, as `meaning` says."""
    try:
        answer: dict[str, Any] = ask().to_dict()
    except (stripe.StripeError, *_UNREADABLE) as error:
        raise meaning(error) from None
    return answer


@contextmanager
def readable(lost: type[CountersignError]) -> Iterator[None]:
    """An answer that is not what Stripe documents is as good as `lost`."""
    try:
        yield
    except _UNREADABLE as error:
        why = type(error).__name__
        raise lost(f"the payments account's answer is not readable ({why})") from None
