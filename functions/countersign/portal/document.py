"""The documents that a job keeps, as files for whoever may read the job: what was stored is what
was planned, since storing was read back, so their bytes are those of the ledger. A print is no
text and comes out of the bucket. What was made of a file of many items lies in the bucket, under
digests that the run has; what is too large for a function's answer is handed out by the bucket."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from countersign.domain.errors import UnknownVersion
from countersign.domain.jobs.change import JobRecord
from countersign.domain.lane.lane import FILED
from countersign.domain.ledger.action import Action
from countersign.domain.ledger.entry import ActionStatus, params_of
from countersign.domain.workflow import Workflow, known
from countersign.jobs.originals import MOST
from countersign.lane.files import LaneFiles
from countersign.portal import session
from countersign.portal.case import job_of
from countersign.portal.session import SignedIn
from countersign.runtime.deps import Deps
from countersign.web import notices
from countersign.web.forms import HttpRefusal
from countersign.web.http import Request, Response
from countersign.web.responses import attachment, see

LINK_SECONDS = 60
"""For which the bucket hands out what is too large for a function: to begin with the download."""
_THERE = frozenset({ActionStatus.VERIFIED, ActionStatus.KEPT})


def answer(deps: Deps, request: Request) -> Response:
    """`/approvals/jobs/{job}/documents/{name}`: one of the job's documents."""
    return session.for_member(deps, request, _file)


def _file(deps: Deps, request: Request, _: SignedIn) -> Response:
    """Raises HttpRefusal for a name that the job has no document of."""
    record, name = job_of(deps, request), request.params["name"]
    text = documents(record, deps.workflows[record.job.workflow]).get(name)
    if text is not None:
        return attachment(name, text.encode())
    place = prints(record, deps.workflows[record.job.workflow]).get(name)
    if place is not None:
        return attachment(name, _stored(deps, record, place))
    if name not in made_of_items(deps, record):
        raise HttpRefusal(notices.NOT_YOURS)
    files = LaneFiles(deps.payloads, record.job.job_id)
    body = files.document(name, MOST)
    return see(files.link(name, LINK_SECONDS)) if body is None else attachment(name, body)


def _stored(deps: Deps, record: JobRecord, place: str) -> bytes:
    """Raises HttpRefusal for what somebody has taken away since."""
    found = deps.for_job(record.job.job_id).files.get(place)
    if found is None:
        raise HttpRefusal(notices.NOT_YOURS)
    return found


def prints(record: JobRecord, workflow: Workflow[Any]) -> Mapping[str, str]:
    """Where the documents lie that are no texts, by name."""
    places = [
        place
        for action, params in _there(record, workflow)
        if action.prints
        for place in action.prints(params)
    ]
    return {place.rpartition("/")[2]: place for place in places}


def made_of_items(deps: Deps, record: JobRecord) -> Mapping[str, str]:
    """What was made of the items of the job's file: digests by name; nothing for other jobs."""
    run = deps.lanes.run(record.job.job_id) if FILED in record.results else None
    return run.documents if run else {}


def documents(record: JobRecord, workflow: Workflow[Any]) -> Mapping[str, str]:
    """The documents that are there, by name; one of an unknown version is left out."""
    return {
        name: text
        for action, params in _there(record, workflow)
        if action.documents
        for name, text in action.documents(params).items()
    }


def _there(record: JobRecord, workflow: Workflow[Any]) -> Iterator[tuple[Action[Any, Any], Any]]:
    """What took effect and was not taken back, with its parameters; not what other code planned."""
    for held in record.ledger:
        action = known(workflow, held) if held.status in _THERE else None
        if action:
            try:
                yield action, params_of(held, action)
            except UnknownVersion:
                continue
