"""The mark that people give a job in shadow, beside what they did by hand: right or wrong."""

from __future__ import annotations

from typing import Literal

from countersign.domain.errors import AlreadyDecided, NotFound
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.job import Status
from countersign.domain.jobs.reviews import Review, ReviewAnswer, review_id_of
from countersign.domain.planning.charge import may_mark
from countersign.jobs.reviews import answer_review
from countersign.portal import session
from countersign.portal.session import SignedIn
from countersign.runtime.deps import Deps
from countersign.web import notices
from countersign.web.forms import REASON_LIMIT, Fault, Fields, Form, HttpRefusal, fields, text
from countersign.web.http import Request

VERDICTS: dict[str, Literal["ok", "wrong"]] = {"ok": "ok", "wrong": "wrong"}
_FIXED = {"verdict", "why", "did", "code", "opened"}


def given(deps: Deps, record: JobRecord) -> Review | None:
    """The question about a job in shadow, with its answer if somebody gave one; None of others."""
    if record.job.status is not Status.SHADOWED:
        return None
    try:
        return deps.reviews.review(review_id_of(record.job.job_id))
    except NotFound:
        return None


def may(deps: Deps, who: SignedIn, record: JobRecord) -> bool:
    """Whether this person may mark the job."""
    workflow = deps.workflows.get(record.job.workflow)
    return workflow is not None and may_mark(who.member, workflow, record).allowed


def take(
    deps: Deps, request: Request, who: SignedIn, record: JobRecord, place: str
) -> tuple[Form, bool]:
    """The form as it was filled in, and whether the mark is stored. Raises HttpRefusal for who may
    not, for a form that is not ours, and when there is nothing to mark."""
    if given(deps, record) is None or not may(deps, who, record):
        raise HttpRefusal(notices.NO_METHOD)
    sent = fields(deps, request)
    if {*sent, "verdict"} != _FIXED:
        raise HttpRefusal(notices.MALFORMED)
    _, wrong = session.submitted(deps, request, who, place, sent)
    said = {name: text(sent, name) for name in ("why", "did")}
    faults = (*_faults(sent, said), *wrong)
    if not faults:
        faults = _marked(deps, who, record, sent, said)
    choices = {"verdict": sent.get("verdict", "")}
    return Form("", "", choices, said, typed=sent["code"], faults=faults), not faults


def _faults(sent: Fields, said: dict[str, str]) -> tuple[Fault, ...]:
    found = []
    if sent.get("verdict") not in VERDICTS:
        found.append(Fault("verdict", "Say whether it would have been right."))
    if sent.get("verdict") == "wrong" and not said["why"]:
        found.append(Fault("why", "Say what is wrong."))
    found += [
        Fault(name, f"The words are longer than {REASON_LIMIT} characters.")
        for name, words in said.items()
        if len(words) > REASON_LIMIT
    ]
    return tuple(found)


def _marked(
    deps: Deps, who: SignedIn, record: JobRecord, sent: Fields, said: dict[str, str]
) -> tuple[Fault, ...]:
    answer = ReviewAnswer(
        by=who.member.person.id, at=who.now, verdict=VERDICTS[sent["verdict"]], **said
    )
    try:
        answer_review(deps, review_id_of(record.job.job_id), answer)
    except AlreadyDecided:
        return (Fault("verdict", "Somebody has marked it meanwhile."),)
    return ()
