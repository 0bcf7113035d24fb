"""A comparison of two releases, as a terminal and as JSON show it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from countersign.domain.releases.comparing import Compared
from countersign.domain.releases.evaluation import Evaluation
from countersign.domain.reporting.sampling import Rate
from infra.cli.show import safe, table

SHOWN = 20
"""False approvals that a terminal shows."""


def rate_data(rate: Rate) -> dict[str, Any]:
    """A rate with its 95 % interval."""
    return {"hits": rate.hits, "of": rate.n, "low": rate.low, "high": rate.high}


def compared_data(one: Compared) -> dict[str, Any]:
    """What differs of one input, for JSON."""
    return {
        "name": one.subject.name,
        "source": one.subject.source,
        "looks_elsewhere": list(one.after.elsewhere),
        "trouble": {"before": one.before.trouble if one.before else "", "after": one.after.trouble},
        "differences": [
            {
                "part": d.part,
                "what": d.what,
                "before": d.before,
                "after": d.after,
                "people": d.people,
            }
            for d in one.parts
            if not d.same
        ],
    }


def wrong_shown(found: Evaluation) -> Iterator[RenderableType]:
    """What would run by itself although somebody said no."""
    if not found.wrong:
        yield Text("Nothing would run by itself that somebody had said no to.\n", style="green")
        return
    made = table("would run by itself", "in", "although", "current", "candidate")
    for one in found.wrong[:SHOWN]:
        sides = ("runs" if runs else "" for runs in (one.before, one.after))
        made.add_row(safe(one.action), safe(one.subject), safe(one.why), *sides)
    yield made
    if len(found.wrong) > SHOWN:
        yield Text(f"… and {len(found.wrong) - SHOWN} more")
    yield Text()


def same_shown(found: Evaluation) -> RenderableType:
    """What both say, by kind, with intervals."""
    made = table("the same in both", "")
    for part, rate in found.same.items():
        made.add_row(f"{part}s", told(rate))
    return made


def told(rate: Rate) -> str:
    """`3 of 40 (1.6 % to 19.9 %)`, with the 95 % interval."""
    return f"{rate.hits} of {rate.n} ({rate.low:.1%} to {rate.high:.1%})" if rate.n else "none"
