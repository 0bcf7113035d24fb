"""What somebody with a link of their own learns when there is nothing to decide."""

from __future__ import annotations

from countersign.doors.approval_answers import notice, page
from countersign.doors.approval_visit import Visit
from countersign.doors.http import Response
from countersign.pages import notices
from countersign.pages.decided import decided as decided_view
from countersign.pages.signatures import signed_notice


def closed(here: Visit, status: int) -> Response:
    """Who decided what, when and why; or that time, or another signature, is what counts now."""
    decision = here.approval.decision
    if decision is not None:
        view = decided_view(here.record, here.approval, decision, here.person, here.workflow)
        return page(status, "decided.html.j2", it=view)
    if here.standing == "signed":
        return notice(signed_notice(here.approval, here.person), status)
    return notice(notices.EXPIRED if here.standing == "expired" else notices.MOVED_ON, status)
