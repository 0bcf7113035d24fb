"""A workflow's month, for its owner: what was shown is kept, and one decision is asked for."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from countersign.domain.errors import AlreadyDecided, ContractBroken, NotPermitted, StoreConflict
from countersign.domain.planning.charge import may_pause
from countersign.domain.reporting.owner_review import COURSES, OwnerReview, overdue
from countersign.portal import session
from countersign.portal.session import SignedIn
from countersign.reporting.monthly import decide
from countersign.runtime.deps import Deps
from countersign.web import notices
from countersign.web.forms import REASON_LIMIT, Fault, Form, HttpRefusal, fields, text
from countersign.web.http import Request, Response
from countersign.web.paths import month_path
from countersign.web.responses import page, see
from countersign.web.text import Pieces, counted, label, moment, visible

_FIXED = {"course", "words", "code", "opened"}
_COURSES: Mapping[str, tuple[str, str]] = {
    "continue": ("Continue", "as it is"),
    "change": ("Change", "its prompt, limits or rules: opens a draft release with your words"),
    "stop": ("Stop", "say why; an operator pauses it"),
}

_NEXT: Mapping[str, str] = {
    "change": "countersign release new {} --by YOU --better '…' --told PERSON",
    "stop": "countersign pause {} --by YOU --reason '…'",
}


@dataclass(frozen=True)
class Expected:
    """One criterion beside what the month says to it."""

    sentence: str
    numbers: str
    verdict: str
    tone: str
    """`firm` where it is what nobody wants, `mild` where it is well; empty: nothing tells."""


@dataclass(frozen=True)
class Said:
    """What was decided."""

    course: str
    by: str
    words: Pieces
    next: str
    """The command with which somebody goes on; empty: nothing follows."""


@dataclass(frozen=True)
class View:
    """The page."""

    title: str
    month: str
    jobs: str
    success: tuple[Expected, ...]
    thresholds: tuple[Expected, ...]
    lines: tuple[tuple[str, str], ...]
    due: str
    late: bool
    said: Said | None


def answer(deps: Deps, request: Request) -> Response:
    """`/approvals/months/{workflow}/{month}`: GET shows, POST decides, once."""
    return session.for_member(deps, request, _page)


def _page(deps: Deps, request: Request, who: SignedIn) -> Response:
    review = _review(deps, request, who)
    if request.method != "POST":
        return _show(deps, request, who, review, Form(shown="", code=""))
    sent = fields(deps, request)
    if {*sent, "course"} != _FIXED:
        raise HttpRefusal(notices.MALFORMED)
    _, wrong = session.submitted(deps, request, who, _place(review), sent)
    words, course = text(sent, "words"), sent.get("course", "")
    long = [Fault("words", f"The words are longer than {REASON_LIMIT} characters.")]
    faults = (*(long if len(words) > REASON_LIMIT else ()), *wrong)
    faults = faults or _decided(deps, who, review, course, words)
    if not faults:
        return see(month_path(review.workflow, review.month))
    form = Form("", "", {"course": course}, {"words": words}, typed=sent["code"], faults=faults)
    return _show(deps, request, who, review, form)


def _decided(
    deps: Deps, who: SignedIn, review: OwnerReview, course: str, words: str
) -> tuple[Fault, ...]:
    try:
        decide(deps, review, course, by=who.member.person.id, words=words)
    except (AlreadyDecided, StoreConflict):
        return (Fault("course", "Somebody has decided it meanwhile."),)
    except (ContractBroken, NotPermitted) as refused:
        return (Fault("words" if course in COURSES else "course", f"Not stored: {refused}."),)
    return ()


def _review(deps: Deps, request: Request, who: SignedIn) -> OwnerReview:
    """Raises HttpRefusal, always alike, for one that is not there or is somebody else's."""
    workflow = request.params.get("workflow", "")
    held = {one.workflow: one for one in deps.owner_reviews.of(request.params.get("month", ""))}
    review, flow = held.get(workflow), deps.workflows.get(workflow)
    if review is None or not review.figures or not may_pause(who.member, flow).allowed:
        raise HttpRefusal(notices.NOT_YOURS)
    return review


def _show(deps: Deps, request: Request, who: SignedIn, review: OwnerReview, form: Form) -> Response:
    held = session.shown(deps, request, who, _place(review)) if review.asks else None
    return page(
        422 if form.faults else 200,
        "month.html.j2",
        cookie=held.set_cookie if held else "",
        it=view(deps, review, who),
        courses=_COURSES,
        person=who.member.person.name,
        form=replace(form, code=held.code if held else ""),
        asks=review.asks,
        opened=session.stamp(deps, who, _place(review)) if review.asks else "",
    )


def view(deps: Deps, review: OwnerReview, who: SignedIn) -> View:
    """The page, from the figures as they were kept."""
    told, flow = json.loads(review.figures), deps.workflows.get(review.workflow)
    before = f"{told['jobs_before']} the month before"
    return View(
        title=flow.title if flow else review.workflow,
        month=review.month,
        jobs=f"{counted(told['jobs'], 'job')}, {before}",
        success=tuple(_expected(told["success"], ("met", "missed"), bad=False)),
        thresholds=tuple(_expected(told["thresholds"], ("reached", "not reached"), bad=True)),
        lines=tuple(lines(told)),
        due=moment(review.due_at, who.zone),
        late=overdue(review, who.now),
        said=_said(review),
    )


def _said(review: OwnerReview) -> Said | None:
    if review.course is None:
        return None
    goes_on = _NEXT.get(review.course, "").format(review.workflow)
    return Said(_COURSES[review.course][0], review.by, visible(review.words), goes_on)


def _expected(
    found: Iterable[Mapping[str, Any]], words: tuple[str, str], *, bad: bool
) -> Iterator[Expected]:
    """`bad`: whether what holds is what nobody wants."""
    for one in found:
        holds, actual = one["holds"], one["actual"]
        verdict = "nothing to measure" if holds is None else words[0 if holds else 1]
        tone = "" if holds is None else "firm" if holds is bad else "mild"
        was = "not known" if actual is None else actual
        numbers = f"{label(one['metric'])} {one['wanted']}; it was {was}"
        yield Expected(one["sentence"], numbers, verdict, tone)


def lines(told: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Everything that is not a criterion, a heading each."""
    yield "Outcomes", _counts(told["outcomes"].items())
    yield "The model", f"{told['usd']} US$, {told['usd_per_job'] or 'nothing'} per job"
    hours, past = _hours(told["hours_to_outcome"]), _hours(told["hours_to_outcome_before"])
    yield "Hours to an outcome", f"{hours}; the month before {past}"
    minutes = f"{told['minutes_on_pages']}; the month before {told['minutes_on_pages_before']}"
    yield "Minutes of people on pages", f"{minutes} (other work is not seen)"
    yield "Why people said no", _counts(told["reasons"])
    asked = ((one["rule"], f"{one['asked']} times ({_kept(one)})") for one in told["rules"])
    yield "Rules that ask most", _counts(asked)
    read = ((one["reader"], f"{one['overridden']} of {one['decided']}") for one in told["readers"])
    yield "Overridden, by reader", _counts(read)
    kinds = ((one["kind"], f"{one['share']:.0%} {one['outcome']}") for one in told["unforeseen"])
    yield "Inputs that are no plain message", _counts(kinds)
    yield "Releases new this month", ", ".join(told["new_releases"]) or "none"
    if told["cut"]:
        yield "Not counted", f"all but the latest of {', '.join(told['cut'])}"


def _hours(one: Mapping[str, Any]) -> str:
    return "none" if one["median"] is None else f"median {one['median']}, p90 {one['p90']}"


def _kept(one: Mapping[str, Any]) -> str:
    said = one["as_proposed"]
    return "nobody decided" if said is None else f"{said:.0%} as proposed"


def _counts(found: Iterable[tuple[str, object]]) -> str:
    return ", ".join(f"{name} {count}" for name, count in found) or "none"


def _place(review: OwnerReview) -> str:
    return f"month {review.workflow} {review.month}"
