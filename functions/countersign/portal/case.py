"""Cases, for people who are signed in: all that is known, and the ways out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args, get_origin

from countersign.approvals.edit import MAX_BYTES
from countersign.domain.contract import Value
from countersign.domain.errors import (
    AlreadyDecided,
    ContractBroken,
    IllegalMove,
    NotFound,
    NotPermitted,
    UnknownVersion,
)
from countersign.domain.jobs.cases import Way
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.handing import team_of
from countersign.domain.jobs.inbox import case_owner
from countersign.domain.planning import charge
from countersign.domain.planning.charge import may_resolve, reopens
from countersign.domain.planning.corrections import is_sum, parts, said
from countersign.domain.planning.rollback import stands
from countersign.domain.planning.ways import why_no_resume
from countersign.domain.policy.proposal import Proposal
from countersign.domain.workflow import Workflow
from countersign.jobs import rejected
from countersign.jobs.cases import take_out
from countersign.jobs.handover import team_name
from countersign.jobs.moving import destinations, move
from countersign.jobs.originals import offer, read_once, readings
from countersign.portal import session
from countersign.portal.case_view import job as job_view
from countersign.portal.session import SignedIn
from countersign.runtime.deps import Deps
from countersign.web import forms, notices
from countersign.web.forms import REASON_LIMIT, Fault, Fields, Form, HttpRefusal
from countersign.web.http import Request, Response
from countersign.web.paths import is_id, job_path, original_path
from countersign.web.responses import page, see
from countersign.web.text import label, visible

WAYS: Mapping[str, Way] = {"resume": "resume", "done": "done", "close": "close"}
MOVE, HAND_OVER, ANSWER = "move", "hand_over", "answer"
TO, TEAM, SUBJECT, TEXT = "to", "team", "subject", "text"
"""The ways out that are no end of a case: each has fields of its own."""
_FACT = "fact-"
_FIXED = frozenset({"way", "words", "code", "opened", "version"})
_OWN = frozenset({TO, TEAM, SUBJECT, TEXT})
_SAYS_ITSELF = frozenset({"resume", ANSWER})
"""The ways that need no further words."""
Kind = Literal["line", "prose", "money", "choice"]
MOST = {"line": 300, "prose": 2_000, "money": 30, "choice": 60}
"""Characters by kind."""
_LONG = 120
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]")


@dataclass(frozen=True)
class FilledCase:
    """The form as it was filled in. `facts` are all fields of facts, changed or not."""

    way: str
    words: str
    version: str
    more: Mapping[str, str]
    """The fields of the ways that have their own."""
    facts: Mapping[str, str]


def case_page(deps: Deps, request: Request) -> Response:
    """`/approvals/cases/{job}`: GET shows, POST takes one of the ways out."""
    return session.for_member(deps, request, _page)


def _page(deps: Deps, request: Request, who: SignedIn) -> Response:
    record = case_of(deps, request, who)
    if record is None:
        return see(job_path(request.params["job"]))
    if request.method == "POST":
        return _take(deps, request, who, record)
    read = read_once(deps, record, who.member.person.id)
    return _show(deps, request, who, read, Form(shown="", code=""))


def job_of(deps: Deps, request: Request) -> JobRecord:
    """The job that the path names. Raises HttpRefusal, always alike, for one that is not there."""
    job_id = request.params.get("job", "")
    try:
        return deps.store.load(job_id if is_id(job_id) else "-")
    except NotFound:
        raise HttpRefusal(notices.NOT_YOURS) from None


def case_of(deps: Deps, request: Request, who: SignedIn) -> JobRecord | None:
    """The job with its open case, or that was set aside; None when there is nothing to take up (any
    more). Raises HttpRefusal for somebody who may not."""
    record = job_of(deps, request)
    if case_owner(record) is None and not reopens(record) and not charge.rejected(record):
        return None
    if not may_resolve(who.member, record, deps.workflows.get(record.job.workflow)).allowed:
        raise HttpRefusal(notices.NOT_YOURS)
    return record


def _show(deps: Deps, request: Request, who: SignedIn, record: JobRecord, form: Form) -> Response:
    place = place_of(record)
    held = session.shown(deps, request, who, place)
    return page(
        422 if form.faults else 200,
        "case.html.j2",
        cookie=held.set_cookie,
        it=job_view(record, deps.workflows.get(record.job.workflow), who.now, who.zone),
        owner=team_name(deps, case_owner(record) or ""),
        person=who.member.person.name,
        form=replace(form, code=held.code),
        fields=_correctable(deps, record),
        elsewhere={one: _place(deps, one) for one in destinations(deps, record)},
        teams=rejected.teams(deps, record),
        reply=rejected.suggested(deps, record),
        hopeless=_hopeless(deps, record),
        said_no=charge.rejected(record),
        why=visible(charge.why_rejected(record)),
        partly=charge.rejected(record) and not reopens(record),
        original=offer(record),
        path=original_path(record.job.job_id),
        opened=session.stamp(deps, who, place),
        version=_edition(record),
    )


def _take(deps: Deps, request: Request, who: SignedIn, record: JobRecord) -> Response:
    given = forms.fields(deps, request, MAX_BYTES)
    _, wrong = session.submitted(deps, request, who, place_of(record), given)
    filled = _read(given)
    faults = (*_faults(deps, record, filled), *wrong)
    if not faults:
        faults = _taken(deps, who, record, filled)
    if not faults:
        return see(job_path(record.job.job_id))
    form = Form(
        shown="",
        code="",
        choices={"way": filled.way, TO: filled.more.get(TO, ""), **filled.facts},
        texts=filled.more,
        reason=filled.words,
        typed=given["code"],
        faults=faults,
    )
    return _show(deps, request, who, record, form)


def _taken(deps: Deps, who: SignedIn, record: JobRecord, filled: FilledCase) -> tuple[Fault, ...]:
    """Take the way out; what refused it, if something did."""
    try:
        _go(deps, record, filled, who.member.person.id)
    except (AlreadyDecided, ContractBroken, IllegalMove, NotPermitted) as refused:
        return (Fault("way", f"Nothing was recorded: {refused}."),)
    return ()


def _go(deps: Deps, record: JobRecord, filled: FilledCase, by: str) -> None:
    job_id, words, more = record.job.job_id, filled.words, filled.more
    match filled.way:
        case "move":
            move(deps, job_id, more.get(TO, ""), by=by, reason=words)
        case "hand_over":
            rejected.hand_to(deps, job_id, more.get(TEAM, ""), by=by, words=words)
        case "answer":
            typed = {name: more.get(name, "") for name in (SUBJECT, TEXT)}
            rejected.answer(deps, job_id, typed, by=by)
        case way:
            corrections = way == "resume"
            facts = changed(_correctable(deps, record), filled.facts) if corrections else {}
            take_out(deps, job_id, WAYS[way], by=by, words=words, facts=facts)


def _read(given: Fields) -> FilledCase:
    """The form. Raises HttpRefusal when it is not ours."""
    facts = {k.removeprefix(_FACT): v for k, v in given.items() if k.startswith(_FACT)}
    others = {k for k in given if not k.startswith(_FACT)}
    if others - _OWN | {"way"} != _FIXED:
        raise HttpRefusal(notices.MALFORMED)
    return FilledCase(
        way=given.get("way", ""),
        words=forms.text(given, "words"),
        version=given["version"],
        more={name: given[name] for name in _OWN & set(given)},
        facts={name: text.replace("\r\n", "\n") for name, text in facts.items()},
    )


def _faults(deps: Deps, record: JobRecord, filled: FilledCase) -> tuple[Fault, ...]:
    """What is wrong, the code apart. Raises HttpRefusal for facts that the page did not have."""
    known = {one.name: one for one in _correctable(deps, record)}
    if not set(filled.facts) <= set(known):
        raise HttpRefusal(notices.MALFORMED)
    found = list(_way_faults(deps, record, filled))
    if not filled.words and (filled.way not in _SAYS_ITSELF or _resumes_rejected(record, filled)):
        needed = "what was done, and where it can be seen" if filled.way == "done" else "a reason"
        found.append(Fault("words", f"This way out needs {needed}."))
    if len(filled.words) > REASON_LIMIT:
        found.append(Fault("words", f"The words are longer than {REASON_LIMIT} characters."))
    corrections = changed(tuple(known.values()), filled.facts) if filled.way == "resume" else {}
    wrong = ((name, fact_fault(known[name], text)) for name, text in corrections.items())
    return (*found, *(Fault(_FACT + name, said) for name, said in wrong if said))


def _ways(deps: Deps, record: JobRecord) -> frozenset[str]:
    """What was set aside cannot be ended once more, and what was rejected in part not resumed."""
    ends = {*WAYS} if case_owner(record) else {"resume"} if reopens(record) else set[str]()
    more = {
        MOVE: destinations(deps, record),
        HAND_OVER: rejected.teams(deps, record),
        ANSWER: rejected.suggested(deps, record),
    }
    return frozenset(ends | {way for way, there in more.items() if there})


def _resumes_rejected(record: JobRecord, filled: FilledCase) -> bool:
    return filled.way == "resume" and reopens(record)


def _way_faults(deps: Deps, record: JobRecord, filled: FilledCase) -> Iterator[Fault]:
    hopeless = _hopeless(deps, record)
    if filled.version != str(_edition(record)):
        yield Fault("way", "The case changed since the page was shown. Read it again.")
    if filled.way not in _ways(deps, record):
        yield Fault("way", "Choose one of the ways out.")
    if filled.way == "resume" and hopeless:
        yield Fault("way", f"It cannot be resumed: {hopeless}.")


def _correctable(deps: Deps, record: JobRecord) -> tuple[FactField, ...]:
    """Facts that can be corrected: once they exist, and before anything ran."""
    workflow = deps.workflows.get(record.job.workflow)
    held = record.results.get("proposal")
    if workflow is None or held is None or stands(record.ledger):
        return ()
    try:
        return fact_fields(workflow, held.as_(Proposal))
    except UnknownVersion:
        return ()


def _place(deps: Deps, destination: str) -> str:
    """A process by its title, a team by its name."""
    team = team_of(destination)
    known = deps.workflows.get(destination)
    return team_name(deps, team) if team else known.title if known else destination


def _edition(record: JobRecord) -> int:
    """Which state of the job a page shows: who reads the original changes nothing of it."""
    return record.job.version - readings(record)


def _hopeless(deps: Deps, record: JobRecord) -> str:
    """Why the case cannot be resumed; empty: it can."""
    known = record.job.workflow in deps.workflows
    return why_no_resume(record) if known else f"this code has no process {record.job.workflow}"


def place_of(record: JobRecord) -> str:
    """The page of the job's case, as a session knows it."""
    return f"case {record.job.job_id}"


@dataclass(frozen=True)
class FactField:
    """One fact as a field. `options` are there for a choice only."""

    name: str
    label: str
    kind: Kind
    text: str
    most: int
    options: tuple[str, ...] = ()


def fact_fields(workflow: Workflow[Any], proposal: Proposal) -> tuple[FactField, ...]:
    """A field for each fact that the answer may hold, with what is known now."""
    return tuple(
        _field(name, part, said(workflow, proposal, name)) for name, part in parts(workflow).items()
    )


def changed(known: tuple[FactField, ...], typed: Mapping[str, str]) -> dict[str, str]:
    """What a person set, by fact; what was left alone is not a correction."""
    found = {one.name: typed.get(one.name, one.text).strip() for one in known}
    return {one.name: found[one.name] for one in known if found[one.name] != one.text.strip()}


def fact_fault(field: FactField, text: str) -> str:
    """What is wrong with a correction; empty when nothing is."""
    if len(text) > field.most:
        return f"{field.label} is longer than {field.most} characters."
    if _CONTROL.search(text) or (field.kind != "prose" and "\n" in text):
        return f"{field.label} has a line break or a control character in it; type it anew."
    if field.kind == "choice" and text not in field.options:
        return f"Choose one of the options for {field.label}."
    if field.kind == "money" and text and not is_sum(text):
        return f"Write {field.label} as digits with a point and a currency: 1250.00 EUR."
    return ""


def _field(name: str, part: type[Value], text: str) -> FactField:
    options = _options(part)
    kind: Kind = "choice" if options else _kind(part, text)
    return FactField(name, label(name), kind, text, MOST[kind], options)


def _kind(part: type[Value], text: str) -> Kind:
    if "amount" in part.model_fields:
        return "money"
    return "prose" if len(text) > _LONG or "\n" in text else "line"


def _options(part: type[Value]) -> tuple[str, ...]:
    value = part.model_fields.get("value")
    if value is None or get_origin(value.annotation) is not Literal:
        return ()
    return get_args(value.annotation)
