"""Unsubscribe: the page behind the address that each mail of a campaign has (RFC 8058).

GET, HEAD and OPTIONS show and change nothing: they do not even look whether the address is known.
A POST acts, in one of two ways. A receiver's server posts `List-Unsubscribe=One-Click` for its
reader, without cookies and without having seen the page. A person types the page's word, because
mail scanners tick boxes and press buttons, and do not type. Every POST that says what it wants has
the same answer, whether anybody knows the address, and however often it comes.
"""

from __future__ import annotations

from email import message_from_bytes
from typing import Any
from urllib.parse import parse_qs

from countersign import observability
from countersign.domain.campaigns.events import hashed
from countersign.domain.errors import ContractBroken, Transient
from countersign.domain.mail import ONE_CLICK
from countersign.runtime.deps import Deps
from countersign.runtime.step import production
from countersign.web import notices
from countersign.web.forms import HttpRefusal
from countersign.web.http import Request, Response
from countersign.web.paths import is_id
from countersign.web.responses import framed, notice, page
from countersign.web.unsubscribing import spoken

WORD = "stop"
"""What a person types, however they spell it."""
MOST_BYTES = 4_096
PAUSES = (0.05, 0.2, 0.5)
"""Seconds between the tries of what the table does not take at once."""


def answer(deps: Deps, request: Request) -> Response:
    """The answer to one request for `/unsubscribe/{token}`."""
    return framed(lambda request: _page(deps, request), request, home=None)


def _page(deps: Deps, request: Request) -> Response:
    if request.method != "POST":
        return _shown(deps, request, 200)
    if len(request.body) > MOST_BYTES:
        raise HttpRefusal(notices.NOT_READ)
    given = posted(request)
    one_click = given.get(ONE_CLICK[0], "") == ONE_CLICK[1]
    if not one_click and given.get("word", "").strip().casefold() != WORD:
        return _shown(deps, request, 422, typed=given.get("word", ""), wrong=True)
    _opts_out(deps, request.params.get("token", ""))
    sender, tongue = deps.settings.campaign_from, spoken(request)
    return page(200, "unsubscribed.html.j2", sender=sender, tongue=tongue)


def _shown(
    deps: Deps, request: Request, status: int, *, typed: str = "", wrong: bool = False
) -> Response:
    return page(
        status,
        "unsubscribe.html.j2",
        sender=deps.settings.campaign_from,
        tongue=spoken(request),
        word=WORD.upper(),
        typed=typed[: len(WORD)],
        wrong=wrong,
    )


def _opts_out(deps: Deps, token: str) -> None:
    """Raises HttpRefusal where it could not be noted: whoever posted tries again."""
    if not is_id(token):
        return
    for seconds in (*PAUSES, 0.0):
        try:
            deps.campaign_events.opt_out(hashed(token), deps.clock.now())
        except Transient:
            deps.pause(seconds)
        else:
            return
    raise HttpRefusal(notices.NOT_NOTED)


def posted(request: Request) -> dict[str, str]:
    """The fields of a form, as a browser or a receiver's server posts it; of several with one name
    the last. What is no form has none."""
    said = request.headers.get("content-type", "")
    media = said.partition(";")[0].strip().lower()
    if media == "multipart/form-data":
        whole = b"content-type: " + said.encode("latin-1", "replace") + b"\r\n\r\n" + request.body
        parts = message_from_bytes(whole)
        return {str(name): value for name, value in map(_field, parts.walk()) if name}
    fields = parse_qs(request.body.decode("latin-1"), max_num_fields=None)
    return {name: values[-1] for name, values in fields.items()}


def _field(part: Any) -> tuple[str, str]:
    """Name and text of a part of a form; no name: it is none."""
    name = part.get_param("name", "", header="content-disposition")
    body = part.get_payload(decode=True)
    return (name, body.decode("utf-8", "replace").strip()) if isinstance(body, bytes) else ("", "")


def handler(event: dict[str, Any], _context: object) -> Any:
    """Lambda's entrance: nothing of the address is logged, and a defect of ours has its page."""
    with observability.invocation("Unsubscribe"):
        try:
            return answer(production(), Request.of(event)).as_event()
        except ContractBroken:
            return notice(notices.NOT_READ, home=None).as_event()
        except Exception:  # noqa: BLE001 - the outermost edge; `defect` logs the trace
            observability.defect("Unsubscribe")
            return notice(notices.NOT_DONE, home=None).as_event()
