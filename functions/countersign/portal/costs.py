"""What the model cost, for who has the list of jobs: operations all, an owner their workflow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from countersign.domain.jobs.job import Status
from countersign.domain.reporting.costs import Cost, costs
from countersign.jobs.finding import LISTED, cut_short, latest, listed_for, loaded
from countersign.portal import session
from countersign.portal.jobs import Chip
from countersign.portal.session import SignedIn
from countersign.runtime.deps import Deps
from countersign.web import notices
from countersign.web.forms import HttpRefusal
from countersign.web.http import Request, Response
from countersign.web.paths import COSTS
from countersign.web.responses import page

_DAYS = {"1": "24 hours", "7": "7 days", "30": "30 days"}
_USUAL = "7"


@dataclass(frozen=True)
class Costs:
    """The page. `cut`: of some status there are more jobs than the latest `LISTED`."""

    lines: tuple[tuple[str, Cost], ...]
    """Title of the workflow, and what its jobs cost."""
    usd: Decimal
    jobs: int
    chips: tuple[Chip, ...]
    days: str
    cut: bool


def answer(deps: Deps, request: Request) -> Response:
    """`/approvals/costs?days=7`: calls, tokens and US$ by workflow and model."""
    return session.for_member(deps, request, _page)


def _page(deps: Deps, request: Request, who: SignedIn) -> Response:
    whose = listed_for(who.member, deps.workflows)
    if not whose:
        raise HttpRefusal(notices.NOT_YOURS)
    asked = request.query.get("days", _USUAL)
    days = asked if asked in _DAYS else _USUAL
    view = _costs(deps, who, whose, days)
    return page(200, "costs.html.j2", it=view, person=who.member.person.name, listed=LISTED)


def _costs(deps: Deps, who: SignedIn, whose: frozenset[str], days: str) -> Costs:
    since = who.now - timedelta(days=int(days))
    read = latest(deps.store, Status, since, who.now, LISTED)
    jobs = [job for job in read if job.workflow in whose]
    found = costs(loaded(deps, [job.job_id for job in jobs if job.updated_at >= since]))
    return Costs(
        lines=tuple((deps.workflows[one.workflow].title, one) for one in found),
        usd=sum((one.usd for one in found), Decimal(0)),
        jobs=sum(one.jobs for one in found),
        chips=tuple(
            Chip(words, f"{COSTS}?days={name}", name == days) for name, words in _DAYS.items()
        ),
        days=days,
        cut=bool(cut_short(read, LISTED)),
    )
