"""Signing in by a mailed link: GET shows, a POST with the page's code signs in, once."""

from __future__ import annotations

import re
from urllib.parse import quote

from countersign import observability
from countersign.domain.approvals import links
from countersign.domain.approvals.approval import Person
from countersign.domain.approvals.codes import count_wrong
from countersign.domain.approvals.directory import Member
from countersign.domain.approvals.session import LINK_FOR, SignIn
from countersign.domain.errors import NotFound, StoreConflict
from countersign.domain.mail import Email
from countersign.portal import session
from countersign.portal.session import end
from countersign.runtime.deps import Deps
from countersign.runtime.pace import ahead_of_a_code, code_post
from countersign.web import codes, forms, notices
from countersign.web.forms import Fault, Form, HttpRefusal
from countersign.web.http import Request, Response
from countersign.web.page_cookie import Opened, opened, opened_now
from countersign.web.paths import HOME, SIGN_IN, after_sign_in, is_id, sign_in_link
from countersign.web.rendering import render
from countersign.web.responses import notice, page, see
from countersign.web.text import one_line

ANSWER_AFTER = 2.0
"""Seconds that the answer to an address takes beside a mail's wait for its turn, whether one is
sent or not: the time of a mail would tell who is a member."""
ADDRESS_LIMIT = 254
"""Source: RFC 5321 4.5.3.1.3, less the angle brackets."""
_ADDRESS = re.compile(r"[^@\s]{1,64}@[^@\s]+")
_SUBJECT = "Your sign-in link for Countersign"


def ask(deps: Deps, request: Request) -> Response:
    """`/approvals/sign-in`: the form, and its answer, which is the same for every address."""
    if request.method != "POST":
        return _asking(200, "", ())
    began = deps.clock.now()
    fields = forms.fields(deps, request)
    address = forms.text(fields, "address")
    if len(address) > ADDRESS_LIMIT or not _ADDRESS.fullmatch(address):
        fault = Fault("address", "Type a mail address, for example kim@example.com.")
        return _asking(422, address[:ADDRESS_LIMIT], (fault,))
    takes = ANSWER_AFTER + ahead_of_a_code(deps).total_seconds()
    _mail(deps, address, after_sign_in(request.query))
    deps.pause(takes - (deps.clock.now() - began).total_seconds())
    return notice(notices.MAILED)


def link(deps: Deps, request: Request) -> Response:
    """`/approvals/sign-in/{link}/{secret}`."""
    held, member = _live(deps, request)
    if request.method != "POST":
        return _form(
            200,
            member,
            opened_now(deps, request, held.link_id, deps.clock.now(), _path(request)),
            "",
            (),
        )
    fields = forms.fields(deps, request)
    page_open = opened(deps, request, held.link_id, deps.clock.now())
    if page_open is None:
        raise HttpRefusal(notices.PORTAL_OPEN_AGAIN)
    typed = forms.text(fields, "code")
    faults = _code_faults(deps, held, page_open, typed)
    if faults:
        return _form(422, member, page_open, typed, faults)
    return _signed_in(deps, held, member, after_sign_in(request.query))


def leave(deps: Deps, request: Request) -> Response:
    """`/approvals/sign-out`. Only a POST from our own page signs out: of this session, wherever its
    cookie is."""
    if request.method != "POST":
        return see(HOME)
    forms.fields(deps, request)
    who = session.signed_in(deps, request)
    if who is not None:
        end(deps, who.session.id)
    out = notice(notices.SIGNED_OUT)
    return Response(out.status, out.body, out.headers, (session.ended(deps),))


def _mail(deps: Deps, address: str, place: str) -> None:
    """The same work for every address, but for the mail itself."""
    now = deps.clock.now()
    member = deps.people.directory().by_address(address)
    secret = deps.ids.token(links.SECRET_BITS)
    made = SignIn(
        link_id=deps.ids.token(links.LINK_BITS),
        secret_hash=links.hashed(secret),
        person_id=member.person.id if member else "",
        expires_at=now + LINK_FOR,
    )
    key = deps.secrets.get(deps.settings.page_key_secret)
    counted = deps.sign_ins.ask(made, links.seal(key, "address", address.casefold()), now)
    if counted and member is not None:
        _send(
            deps,
            member,
            f"{deps.settings.public_base_url}{sign_in_link(made.link_id, secret, place)}",
        )


def _send(deps: Deps, member: Member, url: str) -> None:
    try:
        code_post(deps).send(sign_in_mail(member.person, url))
    except Exception:  # noqa: BLE001 - logged and counted; another answer would tell who is a member
        observability.defect("SignIn.mail")


def sign_in_mail(person: Person, url: str) -> Email:
    """One link, for one person, for 15 minutes."""
    name = one_line(person.name, 40)
    text = "\n".join(
        (
            f"Hello {name},",
            "",
            "you, or somebody who typed your address, asked to sign in to the approvals inbox:",
            url,
            "",
            "The link works once and for 15 minutes. Opening it signs nobody in.",
            "If you did not ask for it, do nothing. Please do not forward this mail.",
            "",
        )
    )
    html = render("mail_signin.html.j2", subject=_SUBJECT, person=name, url=url)
    return Email(to=person.address, subject=_SUBJECT, text=text, html=html)


def _live(deps: Deps, request: Request) -> tuple[SignIn, Member]:
    """The link and whose it is. Raises HttpRefusal, with the one refusal, for everything else: one
    read and one comparison, whatever is wrong."""
    held = _stored(deps, request.params.get("link", ""))
    genuine = links.matches(request.params.get("secret", ""), held.secret_hash)
    if not genuine or not held.live(deps.clock.now()):
        raise HttpRefusal(notices.LINK_DEAD)
    member = deps.people.directory().member(held.person_id)
    if member is None:
        raise HttpRefusal(notices.LINK_DEAD)
    return held, member


def _stored(deps: Deps, link_id: str) -> SignIn:
    """The link; one that opens nothing when there is none."""
    try:
        return deps.sign_ins.link(link_id if is_id(link_id) else "-")
    except NotFound:
        now = deps.clock.now()
        return SignIn(link_id="-", secret_hash="0" * 64, person_id="", expires_at=now)


def _signed_in(deps: Deps, held: SignIn, member: Member, place: str) -> Response:
    """Use the link up, then begin the session: of two at once, one gets it. `place` comes next."""
    session_id = deps.ids.salt()
    try:
        deps.sign_ins.change(held, held.model_copy(update={"used": session_id}))
    except StoreConflict:
        # Our own write can come back as a conflict when its answer was lost.
        if _stored(deps, held.link_id).used != session_id:
            raise HttpRefusal(notices.LINK_DEAD) from None
    observability.count("SignedIn")
    return see(place, session.begun(deps, member.person.id, session_id))


def _code_faults(deps: Deps, held: SignIn, page_open: Opened, typed: str) -> tuple[Fault, ...]:
    """As for approval links: a wrong one counts, the last one closes. Raises HttpRefusal."""

    def count(found: SignIn) -> None:
        deps.sign_ins.change(found, found.model_copy(update={"tries": found.tries + 1}))

    def counted() -> int:
        return count_wrong(held, count, lambda: _stored(deps, held.link_id))

    return codes.faults(typed, page_open.code, counted, lambda _: notices.LINK_CLOSED)


def _path(request: Request) -> str:
    return f"{SIGN_IN}/{quote(request.params['link'])}"


def _asking(status: int, address: str, faults: tuple[Fault, ...]) -> Response:
    form = Form(shown="", code="", typed=address, faults=faults)
    return page(status, "signin.html.j2", form=form)


def _form(
    status: int, member: Member, held: Opened, typed: str, faults: tuple[Fault, ...]
) -> Response:
    form = Form(shown="", code=held.code, typed=typed, faults=faults)
    return page(
        status, "signin_link.html.j2", cookie=held.set_cookie, form=form, person=member.person.name
    )
