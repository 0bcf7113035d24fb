"""The dashboard's own widget: what is stuck, by cause. CloudWatch asks with the viewer's rights,
and takes HTML and SVG without a script. It says causes and ids, and nothing that anybody wrote.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from countersign.domain.jobs.job import FINISHED, Status
from countersign.domain.reporting.stuck import stuck
from countersign.jobs.finding import LISTED, loaded
from countersign.runtime.deps import Deps
from countersign.web.rendering import render
from countersign.web.text import span

ASKS = "widgetContext"
"""What an event of a dashboard has."""
_SAMPLES, _WIDEST = 3, 100
_ABOUT = "Jobs that do not go on, by cause, with what is to be done. It takes no parameters."


@dataclass(frozen=True)
class Bar:
    """One cause. `width` is of the largest one, in percent."""

    count: int
    width: int
    status: str
    why: str
    what_to_do: str
    oldest: str
    samples: tuple[str, ...]


def answer(deps: Deps, event: Mapping[str, Any]) -> dict[str, str] | str:
    """The widget; or, where a dashboard asks what it is, that."""
    if event.get("describe"):
        return {"markdown": _ABOUT}
    return render("widget.html.j2", bars=bars(deps), url=deps.settings.public_base_url)


def bars(deps: Deps) -> tuple[Bar, ...]:
    """The causes, the largest first, of the latest unfinished jobs of each status."""
    ids = [job.job_id for job in deps.store.live({*Status} - FINISHED, LISTED)]
    groups = stuck(loaded(deps, ids), deps.clock.now(), _SAMPLES)
    return tuple(
        Bar(
            count=one.count,
            width=_WIDEST * one.count // groups[0].count,
            status=one.status.value.replace("_", " ").lower(),
            why=one.cause.why,
            what_to_do=one.cause.what_to_do,
            oldest=span(timedelta(seconds=one.oldest)),
            samples=one.samples,
        )
        for one in groups
    )
