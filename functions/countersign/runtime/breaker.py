"""What is told to the breaker of a key, and who does not take the key."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from countersign import observability
from countersign.domain.errors import Misconfigured, SecretMissing
from countersign.domain.limits.circuit_breaker import Breaker, opened, shut
from countersign.runtime.connectors import Key

if TYPE_CHECKING:
    from countersign.runtime.pace import Paced

_TRIES = 5


@contextmanager
def taken(paced: Paced, key: Key | None) -> Iterator[None]:
    """What is done with `key` (None: with the function's own rights). Raises Misconfigured with how
    it is mended, after which nobody asks: not each of a thousand jobs finds out by itself."""
    try:
        yield
    except Misconfigured as wrong:
        paced.deps.kept.clear()  # who tries next reads the key as it is then
        tell(paced, shut)
        if key is None or isinstance(wrong, SecretMissing):
            raise
        raise Misconfigured(f"{wrong}: {key.remedy}") from None


def tell(paced: Paced, what: Callable[[Breaker, datetime], Breaker]) -> None:
    """Write down what was seen. What goes wrong here must not hide how the call itself ended:
    whether something was sent depends on the class of what it raised."""
    try:
        _write(paced, what)
    except Exception:  # noqa: BLE001 - see above
        observability.defect("telling the breaker")


def _write(paced: Paced, what: Callable[[Breaker, datetime], Breaker]) -> None:
    for _ in range(_TRIES):
        state, now = paced.read(), paced.deps.wall.now()
        after = what(state.breaker, now)
        if paced.deps.limits.replace(state.breaker, after):
            paced.sees(replace(state, breaker=after))
            if opened(state.breaker, after, now):
                observability.logger().warning("breaker opened", extra={"key": paced.key})
                _count(paced.key, after)
            return


def _count(key: str, after: Breaker) -> None:
    """One alarm each: what failed may come back by itself, what is not taken never does."""
    if after.misconfigured:
        observability.count("Misconfigured", key=key)
    else:
        observability.count("BreakersOpened")
