"""The page of a request whose version is gone: one click has it asked again."""

from __future__ import annotations

from countersign.approvals.access import LinkHolder, opened_here
from countersign.approvals.outcome import closed
from countersign.jobs.renewal import ask_again
from countersign.runtime.deps import Deps
from countersign.web.forms import fields
from countersign.web.http import Request, Response
from countersign.web.page_cookie import opened_now
from countersign.web.paths import INBOX, Way
from countersign.web.responses import page


def renew(deps: Deps, request: Request, here: LinkHolder, *, home: Way = INBOX) -> Response:
    """The page that says so (GET), or the click that has it asked again (POST)."""
    if request.method != "POST":
        held = opened_now(deps, request, here.link.link_id, here.now)
        return page(
            200,
            "renewal.html.j2",
            cookie=held.set_cookie,
            workflow=here.workflow.title,
            job_id=here.record.job.job_id,
        )
    fields(deps, request)
    opened_here(deps, request, here.link)
    ask_again(deps, here.record, f"person:{here.person.id}")
    return closed(here.at(deps.store.load(here.record.job.job_id)), 200, home=home)
