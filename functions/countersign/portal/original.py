"""What came, as it came, for whoever may end the job's case: a form, a file, an audit entry."""

from __future__ import annotations

from countersign.domain.errors import NotFound, Refused
from countersign.jobs.originals import MOST, file_name, original
from countersign.portal import session
from countersign.portal.case import case_of, place_of
from countersign.portal.session import SignedIn
from countersign.runtime.deps import Deps
from countersign.web import forms, notices
from countersign.web.forms import HttpRefusal
from countersign.web.http import Request, Response
from countersign.web.paths import case_path
from countersign.web.responses import attachment, see


def answer(deps: Deps, request: Request) -> Response:
    """`/approvals/cases/{job}/original`: a POST from the case's page hands it out and is recorded;
    every other method leads to that page."""
    return session.for_member(deps, request, _file)


def _file(deps: Deps, request: Request, who: SignedIn) -> Response:
    record = case_of(deps, request, who)
    if record is None or request.method != "POST":
        return see(case_path(request.params["job"]))
    session.came_from(deps, request, who, place_of(record), forms.fields(deps, request))
    if record.job.source.size > MOST:
        raise HttpRefusal(notices.ORIGINAL_TOO_LARGE)
    try:
        content = original(deps, record, who.member.person.id)
    except (NotFound, Refused):
        raise HttpRefusal(notices.ORIGINAL_GONE) from None
    return attachment(file_name(record), content)
