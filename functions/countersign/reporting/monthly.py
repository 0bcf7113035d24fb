"""A workflow's month in figures, and asking its owner what is to become of it.

`tick` makes the reviews once the month is over; the figures are kept with each, so that what
somebody decides on is what they were shown.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from countersign import observability
from countersign.domain.errors import NotPermitted
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.job import JobSummary, Status
from countersign.domain.mail import Email
from countersign.domain.planning.charge import may_pause
from countersign.domain.reporting import metrics
from countersign.domain.reporting.costs import per_job
from countersign.domain.reporting.inputs import Arrived, counted
from countersign.domain.reporting.month import (
    Measured,
    firsts,
    hours_to_outcome,
    measured,
    minutes_on_pages,
    reasons,
)
from countersign.domain.reporting.owner_review import (
    DECIDE_IN,
    OwnerReview,
    decided,
    entered,
    is_to_be_mailed,
    overdue,
)
from countersign.domain.reporting.usage import usage_of
from countersign.domain.workflow import Workflow
from countersign.extraction.input_kinds import kind
from countersign.jobs.finding import cut_short, latest, loaded
from countersign.jobs.handover import owners, send_once
from countersign.runtime.deps import Deps
from countersign.web.paths import month_path
from countersign.web.text import counted as number_of
from countersign.web.text import one_line

MOST = 500
"""Jobs that are looked at of each status, the latest."""
FEW = 5
"""Lines of each list."""
_YEAR = 12
"""Months in which a change that nobody has made yet is still looked for."""
_SHORT, _NAME = 12, 40
_USUAL = frozenset({"plain", "form"})
_TICK = "system:tick"


@dataclass(frozen=True)
class Month:
    """The jobs of one workflow that began in one month, and in the one before."""

    begins: datetime
    jobs: tuple[JobRecord, ...]
    before: tuple[JobRecord, ...]
    again: int
    """Jobs that ran another one again: none of them is counted."""
    cut: tuple[str, ...]


@dataclass(frozen=True)
class Lists:
    """Whatever changed since some time, of all workflows."""

    jobs: tuple[JobSummary, ...]
    cut: tuple[str, ...]
    """Statuses of which there are more."""


def lists(deps: Deps, since: datetime) -> Lists:
    """At most 500 jobs of each status; each day since then is a read of what ended on it."""
    now = deps.clock.now()
    found = latest(deps.store, Status, since, now, MOST)
    return Lists(tuple(found), cut_short(found, MOST))


def gather(deps: Deps, workflow: str, begins: datetime, listed: Lists | None = None) -> Month:
    """The workflow's jobs among those that are listed, read whole."""
    earlier = last_month(begins)
    listed = listed or lists(deps, earlier)
    records = loaded(deps, [one.job_id for one in listed.jobs if one.workflow == workflow])
    every = firsts(records)
    inside = _between(records, begins, next_month(begins))
    jobs = _between(every, begins, next_month(begins))
    before, again = _between(every, earlier, begins), len(inside) - len(jobs)
    return Month(begins, jobs, before, again, listed.cut)


def figures(found: Month, flow: Workflow[Any], languages: Sequence[str]) -> dict[str, Any]:
    """The whole page; shares from 0 to 1, None where nothing that is stored tells."""
    jobs = found.jobs
    usd = sum((usage_of(one).usd for one in jobs), Decimal(0))
    releases = _releases(jobs)
    return {
        "workflow": flow.id,
        "owner": flow.owner,
        "month": f"{found.begins:%Y-%m}",
        "success": [_criterion(one) for one in measured(flow, flow.success, jobs)],
        "thresholds": [_criterion(one) for one in measured(flow, flow.thresholds, jobs)],
        "jobs": len(jobs),
        "jobs_before": len(found.before),
        "reruns": found.again,
        "outcomes": dict(Counter(one.job.status.value for one in jobs).most_common()),
        "usd": str(usd),
        "usd_per_job": str(per_job(usd, len(jobs))) if jobs else None,
        "reasons": reasons(jobs).most_common(FEW),
        "rules": [_rule(one) for one in metrics.rules(jobs)[:FEW]],
        "readers": [_reader(one) for one in metrics.by(metrics.reader_of, jobs)[:FEW]],
        "unforeseen": list(_unforeseen(jobs, languages)),
        "releases": releases,
        "new_releases": sorted(set(releases) - set(_releases(found.before))),
        "cut": list(found.cut),
        **_spent(jobs, ""),
        **_spent(found.before, "_before"),
    }


def look(deps: Deps) -> None:
    """Make the reviews of last month that there are none of yet; then mail whoever has to decide
    on one, and count those that are late. Raises whatever the mails raise."""
    now = deps.clock.now()
    begins = last_month(now)
    held = {one.workflow: one for one in deps.owner_reviews.of(f"{begins:%Y-%m}")}
    missing = [flow for flow in deps.workflows.values() if flow.id not in held]
    if missing and (began := deps.owner_reviews.began(now)) < next_month(begins):
        listed = lists(deps, max(began, last_month(begins)))
        for flow in missing:
            _open(deps, flow, begins, listed)
        return
    for review in held.values():
        if is_to_be_mailed(review, now):
            _ask(deps, review)
        if overdue(review, now):
            observability.count("ReviewsOverdue")


def decide(deps: Deps, review: OwnerReview, course: str, *, by: str, words: str) -> OwnerReview:
    """Keep what its owner decided. Raises NotPermitted, AlreadyDecided, ContractBroken and
    StoreConflict."""
    flow = deps.workflows.get(review.workflow)
    judged = may_pause(deps.people.directory().acting(by, deps.clock.now()), flow)
    if not judged.allowed:
        raise NotPermitted(f"{by} may not decide this: {judged.reason}")
    after = decided(review, course, deps.clock.now(), by=by, words=words, salt=deps.ids.salt)
    deps.owner_reviews.change(review, after)
    return after


def open_drafts(deps: Deps) -> tuple[OwnerReview, ...]:
    """Changes that owners decided on in the last year and no stored release has answered yet, the
    oldest first: drafts that have a reason and an author, and no content."""
    begins, months = deps.clock.now(), []
    for _ in range(_YEAR):
        begins = last_month(begins)
        months.append(f"{begins:%Y-%m}")
    reviews = (one for month in reversed(months) for one in deps.owner_reviews.of(month))
    return tuple(one for one in reviews if one.course == "change" and not _answered(deps, one))


def _answered(deps: Deps, review: OwnerReview) -> bool:
    return any(one.at >= review.trail[-1].at for one in deps.rollouts.of(review.workflow))


def last_month(at: datetime) -> datetime:
    """The beginning of the month before."""
    first = at.replace(day=1, hour=0, minute=0, second=0, microsecond=0, tzinfo=UTC)
    return (first - timedelta(days=1)).replace(day=1)


def next_month(begins: datetime) -> datetime:
    """The beginning of the one after."""
    return (begins + timedelta(days=32)).replace(day=1)


def _open(deps: Deps, flow: Workflow[Any], begins: datetime, listed: Lists) -> None:
    now = deps.clock.now()
    found = gather(deps, flow.id, begins, listed)
    languages = deps.company.languages if deps.company else ()
    told = json.dumps(figures(found, flow, languages)) if found.jobs or found.before else ""
    review = OwnerReview(
        workflow=flow.id,
        month=f"{begins:%Y-%m}",
        owner=flow.owner,
        opened_at=now,
        due_at=now + DECIDE_IN,
        figures=told,
    )
    said = {"figures": told}
    made = entered(review, "month opened", _TICK, now, salt=deps.ids.salt, said=said)
    deps.owner_reviews.change(None, made)


def _ask(deps: Deps, review: OwnerReview) -> None:
    """Mail whoever is there for its owner's role; then write down that they were."""
    now, flow = deps.clock.now(), deps.workflows.get(review.workflow)
    title = flow.title if flow else review.workflow
    url = f"{deps.settings.public_base_url}{month_path(review.workflow, review.month)}"
    people = sorted(owners(deps, review.owner), key=lambda one: one.id)
    for person in people:
        text = "\n".join(_letter(one_line(person.name, _NAME), title, review, url))
        subject = f"{title} in {review.month}: continue, change or stop?"
        send_once(deps, Email(to=person.address, subject=subject, text=text))
    said = {"asked": " ".join(one.id for one in people)}
    after = entered(review, "owner asked", _TICK, now, salt=deps.ids.salt, said=said, asked_at=now)
    deps.owner_reviews.change(review, after)


def _letter(name: str, title: str, review: OwnerReview, url: str) -> Iterator[str]:
    told = json.loads(review.figures)
    missed = [one["sentence"] for one in told["success"] if one["holds"] is False]
    reached = [one["sentence"] for one in told["thresholds"] if one["holds"]]
    yield f"Hello {name},"
    yield ""
    before = f"{told['jobs_before']} the month before"
    yield f"{title} had {number_of(told['jobs'], 'job')} in {review.month}, {before}."
    yield from (f"- missed: {one}" for one in missed)
    yield from (f"- reached: {one}" for one in reached)
    yield "Its page has the rest, and asks for one decision: continue, change or stop."
    yield url
    yield ""
    yield f"Please decide by {review.due_at:%d %b %Y}. Opening the page decides nothing."
    yield ""


def _spent(jobs: Sequence[JobRecord], name: str) -> dict[str, Any]:
    """Minutes of people and hours to an outcome."""
    hours = hours_to_outcome(jobs)
    return {
        f"minutes_on_pages{name}": round(minutes_on_pages(jobs), 1),
        f"hours_to_outcome{name}": {
            "median": round(metrics.quantile(hours, 0.5), 2) if hours else None,
            "p90": round(metrics.quantile(hours, 0.9), 2) if hours else None,
        },
    }


def _unforeseen(jobs: Iterable[JobRecord], languages: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Kinds of input that are no plain message and no form, with their share of all."""
    arrived = (
        Arrived(one.job.job_id, one.job.workflow, one.job.status.value, "", kind(one, languages))
        for one in jobs
    )
    lines = [one for one in counted(arrived, 1) if one.kind not in _USUAL]
    for one in lines[:FEW]:
        yield {
            "kind": one.kind,
            "outcome": one.outcome,
            "count": one.count,
            "share": one.share,
            "sample": one.samples[0],
        }


def _releases(jobs: Iterable[JobRecord]) -> dict[str, int]:
    return dict(Counter(one.job.release[:_SHORT] for one in jobs).most_common())


def _rule(one: metrics.RuleCount) -> dict[str, Any]:
    return {"rule": one.rule, "asked": one.asked, "as_proposed": one.overruled}


def _reader(one: metrics.Override) -> dict[str, Any]:
    return {"reader": one.name, "overridden": one.seen.hits, "decided": one.seen.n}


def _criterion(one: Measured) -> dict[str, Any]:
    held = one.criterion
    return {
        "metric": held.metric,
        "wanted": f"{held.compare} {held.value}",
        "actual": None if one.actual is None else round(one.actual, 3),
        "holds": one.holds,
        "sentence": held.sentence,
    }


def _between(records: Iterable[JobRecord], since: datetime, to: datetime) -> tuple[JobRecord, ...]:
    return tuple(one for one in records if since <= one.job.created_at < to)
