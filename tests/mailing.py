"""A campaign for tests: a brief, a list of contacts, and the world in which it is sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from countersign.domain.approvals.approval import Choice
from countersign.domain.jobs.job import Status
from countersign.domain.workflow import Workflow
from countersign.lane.files import PLACE
from countersign.lane.watching import look_after
from tests.fakes.items_machine import ItemsMachine
from tests.fakes.journey import Journey, accept
from tests.fakes.world import World
from workflows import WORKFLOWS

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
"""A Wednesday: an open hour all over Europe."""
BRIEF = """\
# Two days for your saw
Why: owners of a saw are invited to two days of maintenance
Language: en

## en
Subject: {name|Hello}, two days for your saw

Dear {name|friend}, we sharpen your {product|saw} for free.

## de
Subject: Zwei Tage für Ihre Säge

Guten Tag {name|}, wir schärfen Ihre {product|Säge} kostenlos.

## ar
Subject: يومان لمنشارك

مرحباً {name|صديقنا}، نشحذ منشارك مجاناً.
"""
HEADER = "E-Mail;First name;Last name;Product;Language;Country;Consent"
_LANGUAGES = ("en;FR;yes", "de;DE;double-opt-in", "ar;EG;yes")
_DOMAINS = ("gmail.com", "web.de", "outlook.com", "firma.example", "t-online.de")


def contact(number: int) -> str:
    """One row: of three languages and five receiving systems, some without a name or product."""
    domain = _DOMAINS[number % len(_DOMAINS)]
    name = "" if number % 7 == 0 else f"Kim{number};Lee"
    product = "" if number % 5 == 0 else f"Saw {number}"
    return f"p{number}@{domain};{name or ';'};{product};{_LANGUAGES[number % 3]}"


def listed(rows: Iterable[str]) -> str:
    """A list of these rows."""
    return "\n".join([HEADER, *rows]) + "\n"


def zipped(rows: Iterable[str], brief: str = BRIEF) -> bytes:
    """Brief and list as they are uploaded."""
    held = BytesIO()
    with ZipFile(held, "w") as archive:
        archive.writestr("brief.md", brief)
        archive.writestr("contacts.csv", listed(rows).encode("utf-8-sig"))
    return held.getvalue()


class Mailing:
    """One campaign on its way, in its world."""

    def __init__(
        self, body: bytes, world: World | None = None, *, event: str = "c-1", sign: bool = True
    ) -> None:
        self.world = world or outreach()
        self.job_id = accept(self.world, body, event, workflow="outreach", door="upload")
        self.machine = ItemsMachine(self.world)
        self.goes()
        if sign and self.journey.record.job.status is Status.WAITING_FOR_REVIEW:
            self.journey.is_decided(Choice.APPROVE, by="cleo")
            self.journey.answered()

    def goes(self) -> Journey:
        """An execution of the job, to its end or its wait."""
        self.journey = Journey(self.world, self.job_id)
        self.journey.goes()
        return self.journey

    @property
    def status(self) -> Status:
        """Of the job."""
        return self.world.store.load(self.job_id).job.status

    def ends(self, runs: int = 12) -> None:
        """As many runs as it takes, at the times for which they wait."""
        for _ in range(runs):
            self.machine.runs()
            if self.status is Status.PARKED:
                self._is_woken()
            if self.status in (Status.COMPLETED, Status.ESCALATED, Status.WAITING_FOR_REVIEW):
                return
            self.goes()

    def _is_woken(self) -> None:
        """`tick` comes when what it waits for is due, and the provider has been asked again."""
        run = self.world.lanes.run(self.job_id)
        if run and run.again_at:
            moves_to(self.world, max(run.again_at, self.world.clock.now()))
        self.world.sending_limits.says(self.world.clock.now(), quota=50_000, rate=14)
        look_after(self.world.deps, self.world.store.load(self.job_id))

    @property
    def evidence(self) -> dict[str, str]:
        """What came of it, as the ledger says."""
        receipt = self.world.store.load(self.job_id).ledger[0].receipt
        return dict(receipt.evidence) if receipt else {}

    @property
    def sent(self) -> list[str]:
        """To whom, in the order of sending."""
        return [email.to for email in self.world.campaign_mail.sent]

    def document(self, name: str) -> str:
        """What was made of the results."""
        return self.world.payloads.at(f"{PLACE}{self.job_id}/made/{name}").decode()


def moves_to(world: World, at: datetime) -> None:
    """It is that moment."""
    world.clock.passes(seconds=(at - world.clock.now()).total_seconds())


def outreach() -> World:
    """A world that sends campaigns."""
    world = World(lambda _asked: {}, workflows={**WORKFLOWS, "outreach": _with_hours()})
    opens(world)
    return world


def opens(world: World) -> None:
    """It is noon, and the account may send 50,000 a day and 14 a second."""
    world.settings = world.settings.model_copy(update={"campaign_from": "news@news.example.com"})
    moves_to(world, NOON)
    world.deps = world.deps_again()
    world.sending_limits.says(NOON, quota=50_000, rate=14)


def _with_hours() -> Workflow[Any]:
    """The demo's, which is open around the clock, with the hours of a stage."""
    flow = WORKFLOWS["outreach"]
    limits = flow.release.limits
    hours = {"campaign.opens": Decimal(8), "campaign.closes": Decimal(20)}
    known = limits.model_copy(update={"numbers": {**limits.numbers, **hours}})
    return replace(flow, release=flow.release.model_copy(update={"limits": known}))
