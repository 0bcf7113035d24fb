"""Jobs, looked for: the filter is the page's address, which can be kept and handed on. Reading the
list writes nothing; who opens a job stands in its audit trail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from urllib.parse import urlencode

from countersign.domain.errors import ContractBroken, NotFound
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.job import Status
from countersign.domain.jobs.search import Search, searched
from countersign.domain.reporting.compare import compared
from countersign.domain.reporting.stuck import cause_of
from countersign.domain.workflow import Workflows
from countersign.jobs.finding import LISTED, Found, asked_of, find, listed_for, may_read
from countersign.jobs.originals import read_once
from countersign.portal import session
from countersign.portal.session import SignedIn
from countersign.runtime.deps import Deps
from countersign.web import notices
from countersign.web.forms import HttpRefusal
from countersign.web.headline import headline
from countersign.web.http import Request, Response
from countersign.web.paths import JOBS, is_id, job_path
from countersign.web.responses import page
from countersign.web.text import Pieces, moment, one_line, span, visible

_LOOK = "look"
"""The one box that takes a job, an address or an order."""
_REASON = 160


@dataclass(frozen=True)
class Line:
    """One job of the list."""

    job_id: str
    path: str
    about: str
    workflow: str
    status: str
    label: str
    why: str
    came: str
    changed: str


@dataclass(frozen=True)
class Chip:
    """One status with its number, and the address of the list with it."""

    words: str
    path: str
    chosen: bool


@dataclass(frozen=True)
class List:
    """The page. `fault` says what cannot be looked for."""

    lines: tuple[Line, ...]
    chips: tuple[Chip, ...]
    workflows: tuple[tuple[str, str], ...]
    """Id and title of those that can be chosen."""
    given: Mapping[str, str]
    command: str
    more: bool
    own: bool
    """Whether it is what waits for a person who has no list of jobs."""
    fault: str = ""


def answer(deps: Deps, request: Request) -> Response:
    """`/approvals/jobs`: the jobs that the address asks for."""
    return session.for_member(deps, request, _page)


def compare(deps: Deps, request: Request) -> Response:
    """`/approvals/compare?one=…&other=…`: two jobs side by side."""
    return session.for_member(deps, request, _compare)


def _page(deps: Deps, request: Request, who: SignedIn) -> Response:
    given = _typed({name: value for name, value in request.query.items() if value.strip()})
    whose = listed_for(who.member, deps.workflows)
    try:
        wanted = searched(_meant(given))
        found, fault = _searched(deps, who, wanted, whose), ""
    except ContractBroken as refused:
        wanted, fault = Search(), f"{str(refused)[:1].upper()}{str(refused)[1:]}"
        found = Found((), {}, more=False)
    view = listing(found, wanted, deps.workflows, who.now, whose, given, who.zone, fault)
    return page(400 if fault else 200, "jobs.html.j2", it=view, person=who.member.person.name)


def _searched(deps: Deps, who: SignedIn, wanted: Search, whose: frozenset[str]) -> Found:
    if not (wanted.job or wanted.key or whose):
        return asked_of(deps, who.member)
    return find(deps, wanted, whose, lambda record: may_read(who.member, record, deps.workflows))


def _typed(given: Mapping[str, str]) -> Mapping[str, str]:
    """The same as somebody would have typed it: what the one box takes stands there."""
    for name in ("job", "contact", "order"):
        rest = {one: value for one, value in given.items() if one != name}
        typed = {**rest, _LOOK: given.get(name, "")}
        if _LOOK not in given and _meant(typed) == given and name in given:
            return typed
    return given


def _meant(given: Mapping[str, str]) -> Mapping[str, str]:
    """The same, with what stands in the one box under its own name."""
    look = given.get(_LOOK, "").strip()
    rest = {name: value for name, value in given.items() if name != _LOOK}
    if not look:
        return rest
    name = "contact" if "@" in look else "job" if look.startswith("j-") else "order"
    return {**rest, name: look}


def listing(  # noqa: PLR0917 - what a list is made of
    found: Found,
    wanted: Search,
    workflows: Workflows,
    now: datetime,
    whose: frozenset[str],
    given: Mapping[str, str],
    zone: str,
    fault: str = "",
) -> List:
    """The view of what was found."""
    row = partial(_line, workflows=workflows, now=now, zone=zone)
    return List(
        lines=tuple(row(one) for one in found.records),
        chips=tuple(_chips(found, wanted, given)),
        workflows=tuple((one, workflows[one].title) for one in sorted(whose)),
        given=given,
        command=_command(wanted),
        more=found.more,
        own=not (whose or wanted.job or wanted.key or fault),
        fault=fault,
    )


def _line(record: JobRecord, workflows: Workflows, now: datetime, zone: str) -> Line:
    job, workflow = record.job, workflows.get(record.job.workflow)
    title, cause = workflow.title if workflow else job.workflow, cause_of(record, now)
    why = f"Waits for {cause.why}" if cause and not job.reason else job.reason
    return Line(
        job_id=job.job_id,
        path=job_path(job.job_id),
        about=headline(record, workflow),
        workflow=title,
        status=job.status.value,
        label=_label(job.status),
        why=one_line(why, _REASON),
        came=moment(job.created_at, zone),
        changed=span(now - job.updated_at),
    )


def _chips(found: Found, wanted: Search, given: Mapping[str, str]) -> list[Chip]:
    rest = {name: value for name, value in given.items() if name != "status"}
    every = Chip("All", _at(rest), wanted.status is None)
    chosen = [
        Chip(
            f"{_label(one)} {_many(count)}",
            _at({**rest, "status": one.value}),
            one is wanted.status,
        )
        for one in Status
        if (count := found.counts.get(one, 0)) or one is wanted.status
    ]
    return [every, *chosen]


def _many(count: int) -> str:
    return f"{LISTED} or more" if count >= LISTED else str(count)


def _at(given: Mapping[str, str]) -> str:
    return f"{JOBS}?{urlencode(given)}" if given else JOBS


def _label(status: Status) -> str:
    return status.value.replace("_", " ").capitalize()


def _command(wanted: Search) -> str:
    """The same question at the command line."""
    said = wanted.model_dump(mode="json", exclude_defaults=True)
    return " ".join(("countersign find", *(f"--{name} {value}" for name, value in said.items())))


def _compare(deps: Deps, request: Request, who: SignedIn) -> Response:
    one, other = (_read(deps, who, request.query.get(name, "")) for name in ("one", "other"))
    lines = [line for line in compared(one, other) if line[1] != line[2]]
    shown: list[tuple[str, Pieces, Pieces]] = [
        (name, visible(left), visible(right)) for name, left, right in lines
    ]
    return page(
        200,
        "compare.html.j2",
        person=who.member.person.name,
        sides=[_line(held, deps.workflows, who.now, who.zone) for held in (one, other)],
        lines=shown,
        command=f"countersign compare {one.job.job_id} {other.job.job_id}",
    )


def _read(deps: Deps, who: SignedIn, job_id: str) -> JobRecord:
    """Raises HttpRefusal for what is no job of theirs."""
    try:
        record = deps.store.load(job_id.strip() if is_id(job_id.strip()) else "-")
    except NotFound:
        raise HttpRefusal(notices.NOT_YOURS) from None
    if not may_read(who.member, record, deps.workflows):
        raise HttpRefusal(notices.NOT_YOURS)
    return read_once(deps, record, who.member.person.id)
