"""The rate of a queue that no sliding second exceeds, although its blocks may be used late.

Moments and spans are whole microseconds since 1970, as in `pace`.
"""

from __future__ import annotations

_SECOND = 1_000_000
EACH, SLACK = _SECOND // 10, _SECOND * 3 // 20
"""A block's time: what one mail takes (its intent, its call), for each of them, and once more."""
LATE = _SECOND // 10
"""So much after its block's end a mail may still reach SES, and every window holds."""
_BLOCKS = 100
"""A block is a hundredth of a second's mails, one at least: the row is written a hundred times a
second at most, however fast the account is; and the shorter a block, the fuller every second."""


def block_of(rate: int) -> int:
    """The mails of the largest block, of so many in a second."""
    return max(1, rate // _BLOCKS)


def lasts_for(n: int) -> int:
    """How long a block of so many lasts."""
    return SLACK + n * EACH


def interval(rate: int) -> int:
    """What one mail takes of a queue of which any second holds so many at most.

    The blocks that reach a second start within it, or up to their own length before it, so that
    their mails are at most what the queue gives in that span, and the last one's.
    """
    n = block_of(rate)
    return -(-(_SECOND + lasts_for(n) + LATE) // (rate - n + 1))
