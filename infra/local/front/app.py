"""The local front: one address for people, with pages over the same tables the functions use."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from countersign.domain.errors import NotFound
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.job import Status
from countersign.domain.ports import JobStore
from infra.cli.job_view import as_dict
from infra.cli.jobs import Wanted, list_jobs, summaries
from infra.local import people
from infra.local.bad_model import OFFERED, Trouble
from infra.local.front import views
from infra.local.front.answering import MOST
from infra.local.front.mailbox import Mail, framed
from infra.local.front.notices import handlers
from infra.local.front.samples import Sample
from infra.local.front.templates import FRAME_HEADERS, SAFE_HEADERS, Templates
from workflows import WORKFLOWS

MOST_MAILS = 50
"""How many of the newest mails are searched for a job's link."""
HOSTS = ["127.0.0.1", "localhost"]


@dataclass(frozen=True)
class Front:
    """What the pages show and do. `send` posts a sample through its real door and gives the id of
    its job, empty when the door refused it, with what it said."""

    store: JobStore
    mails: Callable[[], list[Mail]]
    send: Callable[[Sample], tuple[str, str]]
    samples: Sequence[Sample]
    offline: bool
    now: Callable[[], datetime]
    answer: Callable[[Mail, str], str] = lambda _mail, _text: ""
    """Sends what the reader of a mail answers to it; the id of its job, empty where nobody waits
    for one."""
    moved: Callable[[], timedelta] = timedelta
    """How far `now` is from real time."""
    trouble: Trouble | None = None
    """What the model does to questions; None where it is somebody else's."""
    doors: Sequence[BaseRoute] = field(default=())
    """The proxied doors, the demo CRM, the model."""
    end: Callable[[], Awaitable[None]] | None = None
    """Called when the server stops, in its own loop."""

    def app(self) -> Starlette:
        """The application."""
        pages = _Pages(self, Templates(offline=self.offline, moved=self.moved, now=self.now))
        return Starlette(
            routes=[*pages.routes(), *self.doors],
            middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=HOSTS)],
            exception_handlers=handlers(pages.templates),
            lifespan=self._lifespan,
        )

    @asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        yield
        if self.end:
            await self.end()


class _Pages:
    """One method per page."""

    def __init__(self, front: Front, templates: Templates) -> None:
        self.front = front
        self.templates = templates

    def routes(self) -> list[BaseRoute]:
        """All pages of the front's own."""
        return [
            Route("/", self.index),
            Route("/front.css", self.style),
            Route("/send/{name}", self.send, methods=["POST"]),
            Route("/what-if", self.what_if, methods=["POST"]),
            Route("/console", self.console),
            Route("/jobs.json", self.jobs_json),
            Route("/jobs/{job_id}.json", self.job_json),
            Route("/jobs/{job_id}", self.job),
            Route("/mailbox", self.mailbox),
            Route("/mailbox.json", self.mailbox_json),
            Route("/mailbox/{id}.html", self.mail_html),
            Route("/mailbox/{id}", self.mail),
            Route("/mailbox/{id}", self.answer, methods=["POST"]),
        ]

    def index(self, _request: Request) -> Response:
        jobs = summaries(self.front.store, self.front.now(), Wanted())
        known = [member.person for member in people.demo(self.front.now())]
        view = views.index(jobs, self.front.mails(), self.front.samples, known)
        chosen = self.front.trouble.kind if self.front.trouble else None
        return self._page("index.html.j2", view=view, offered=OFFERED, chosen=chosen)

    def style(self, _request: Request) -> Response:
        return Response(self.templates.render("front.css.j2"), media_type="text/css")

    def send(self, request: Request) -> Response:
        _refuse_other_sites(request)
        name = request.path_params["name"]
        sample = next((one for one in self.front.samples if one.name == name), None)
        if sample is None:
            raise HTTPException(404)
        job_id, said = self.front.send(sample)
        if job_id:
            return RedirectResponse(f"/jobs/{job_id}", 303)
        return self._page("refused.html.j2", sample=sample, said=said)

    async def what_if(self, request: Request) -> Response:
        _refuse_other_sites(request)
        said = parse_qs((await request.body()).decode(), keep_blank_values=True)
        try:
            if self.front.trouble is None:
                raise HTTPException(404)
            self.front.trouble.choose("".join(said.get("model", ())))
        except ValueError:
            raise HTTPException(404) from None
        return RedirectResponse("/#what-if", 303)

    def console(self, request: Request) -> Response:
        view = views.console(self._listed(request), _status(request), self.front.now())
        return self._page("console.html.j2", view=view)

    def jobs_json(self, request: Request) -> Response:
        return _json({"jobs": self._listed(request)})

    def job_json(self, request: Request) -> Response:
        record = self.front.store.load(request.path_params["job_id"])
        return _json(as_dict(record, WORKFLOWS))

    def job(self, request: Request) -> Response:
        record = self.front.store.load(request.path_params["job_id"])
        view = views.job(record, self._links(record), self.front.now())
        return self._page("job.html.j2", view=view)

    def mailbox(self, _request: Request) -> Response:
        return self._page("mailbox.html.j2", mails=self.front.mails(), now=self.front.now())

    def mailbox_json(self, _request: Request) -> Response:
        return _json({"messages": [mail.as_dict() for mail in self.front.mails()]})

    def mail(self, request: Request) -> Response:
        return self._page("mail.html.j2", mail=self._mail(request), most=MOST)

    async def answer(self, request: Request) -> Response:
        _refuse_other_sites(request)
        mail, said = self._mail(request), parse_qs((await request.body()).decode())
        text = "".join(said.get("text", ())).strip()[:MOST]
        if not (mail.reply_to and text):
            raise HTTPException(404)
        job_id = await run_in_threadpool(self.front.answer, mail, text)
        if not job_id:
            raise HTTPException(404)
        return RedirectResponse(f"/jobs/{job_id}", 303)

    def mail_html(self, request: Request) -> Response:
        return HTMLResponse(framed(self._mail(request).html), headers=FRAME_HEADERS)

    def _listed(self, request: Request) -> list[dict[str, Any]]:
        wanted = Wanted(_status(request))
        return list_jobs(self.front.store, WORKFLOWS, self.front.now(), wanted)

    def _links(self, record: JobRecord) -> list[str]:
        """The approval links by which this job's waiting decision can be made."""
        if record.pending is None:
            return []
        links = [link for mail in self.front.mails()[:MOST_MAILS] for link in mail.links]
        wanted = (record.job.job_id, record.pending.approval_id)
        return [link for link in links if self._leads_to(link) == wanted]

    def _leads_to(self, link: str) -> tuple[str, str]:
        try:
            held = self.front.store.link(link.rsplit("/", 2)[1])
        except NotFound:
            return "", ""
        return held.job_id, held.approval_id

    def _mail(self, request: Request) -> Mail:
        wanted = request.path_params["id"]
        found = next((mail for mail in self.front.mails() if mail.id == wanted), None)
        if found is None:
            raise HTTPException(404)
        return found

    def _page(self, template: str, **view: object) -> Response:
        return HTMLResponse(self.templates.render(template, **view), headers=SAFE_HEADERS)


def _status(request: Request) -> Status | None:
    """The chosen status; None for all. Raises HTTPException for one that does not exist."""
    wanted = request.query_params.get("status", "")
    if wanted and wanted not in Status.__members__:
        raise HTTPException(404)
    return Status(wanted) if wanted else None


def _refuse_other_sites(request: Request) -> None:
    """A page of another site must not make this machine send anything."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise HTTPException(403)
    own = f"http://{request.headers['host']}"
    # "null" is what our own page sends under `Referrer-Policy: no-referrer`.
    if request.headers.get("origin", own) not in (own, "null"):
        raise HTTPException(403)


def _json(body: Mapping[str, Any]) -> Response:
    return JSONResponse(body, headers={"Cache-Control": "no-store"})
