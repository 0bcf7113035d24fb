"""What somebody with a link of their own learns when there is nothing to decide."""

from __future__ import annotations

from countersign.doors.approval_answers import notice, page
from countersign.doors.approval_visit import Visit
from countersign.doors.http import Response
from countersign.pages import notices
from countersign.pages.decided import decided as decided_view
from countersign.pages.notices import Notice
from countersign.pages.replaced import replaced_notice
from countersign.pages.signatures import signed_notice


def closed(here: Visit, status: int, *, home: str = "") -> Response:
    """Who decided what, when and why; or that time, an edit, or another signature, is what counts
    now. `home` is the way back to the inbox, in words."""
    decision = here.approval.decision
    if decision is not None:
        view = decided_view(
            here.record, here.approval, decision, here.person, here.workflow, zone=here.zone
        )
        return page(status, "decided.html.j2", it=view, home=home)
    return notice(_notice(here), status, home=home)


def _notice(here: Visit) -> Notice:
    match here.standing:
        case "signed":
            return signed_notice(here.approval, here.person)
        case "replaced":
            return replaced_notice(here.record, here.approval, here.person, here.zone)
        case "expired":
            return notices.EXPIRED
        case _:
            return notices.MOVED_ON
