"""Jobs that wait for signatures after the real steps, and people with their mailed links."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from countersign.domain.approvals.approval import Approval, Decision, Person
from countersign.domain.errors import Unavailable
from countersign.domain.jobs.change import JobRecord
from tests.fakes.journey import Journey, accept, form
from tests.fakes.reviews import FakeReviews
from tests.fakes.store import FakeStore
from tests.fakes.world import ANA, BEN, CLEO, World
from tests.unit.web.visitor import Browser
from workflows import WORKFLOWS

PEOPLE = {person.id: person for person in (ANA, BEN, CLEO)}
SENDER = "anna.lindner@hafenwerk.example"
KINDS = ("contacts", "deals", "tasks", "mail")
"""What each action of the plan leaves behind, by its index."""

Figure = Callable[[str, int], None]


def a_world(store: FakeStore | None = None) -> World:
    """A world whose model answers by plain heuristics."""
    world = World(WORKFLOWS["lead_intake"].offline)
    world.store = store or world.store
    world.reviews = FakeReviews(world.store)
    world.deps = world.deps_again()
    return world


@dataclass
class Waiting:
    """A job with four actions that wait for one of two people."""

    world: World
    journey: Journey

    @property
    def record(self) -> JobRecord:
        """The job as it is stored."""
        return self.journey.record

    @property
    def approval(self) -> Approval:
        """The newest request."""
        return max(self.record.approvals.values(), key=lambda one: one.requested_at)

    @property
    def decision(self) -> Decision | None:
        """What was decided, if it was."""
        return self.approval.decision

    def browser(self, person: str = "ana", number: int = -1) -> Browser:
        """A browser at the newest link that this person was mailed about a request."""
        browser = Browser(self.world, "ana")
        browser.params = self.mailed(PEOPLE[person])[number]
        return browser

    def mailed(self, person: Person) -> list[dict[str, str]]:
        """The links that this person was mailed, oldest first."""
        texts = "\n".join(mail.text for mail in self.world.mail.to(person.address))
        paths = [urlsplit(url).path.split("/") for url in re.findall(r"https?://\S+", texts)]
        found = [path[2:] for path in paths if path[1] == "approvals" and len(path) == 4]
        return [{"link": link, "secret": secret} for link, secret in found]

    def becomes(self, **update: object) -> None:
        """Somebody edits the stored request."""
        one = self.approval.model_copy(update=update)
        held = self.record
        self.world.store.put(replace(held, approvals={**held.approvals, one.approval_id: one}))

    def effects(self) -> dict[str, int]:
        """What the independent journals of CRM and mail hold, by kind."""
        kinds = [write.kind for write in self.world.crm.journal]
        kinds += ["mail"] * len(self.world.mail.to(SENDER))
        return {kind: kinds.count(kind) for kind in KINDS if kind in kinds}


def asked(world: World | None = None, event: str = "evt-1", **fields: Any) -> Waiting:
    """A form came, no model answered, and so every action waits for a signature."""
    world = world or a_world()
    world.model.broken = Unavailable("the model is down")
    journey = Journey(world, accept(world, form(**fields), event))
    assert journey.goes() == "Ask", "the job does not wait"
    world.model.broken = None
    return Waiting(world, journey)


def bytes_on(page: str) -> list[bytes]:
    """The exact bytes of each action, read off the page's `<details>` as a person copies them."""
    blocks = re.findall(r"<details>.*?</details>", page, re.DOTALL)
    found = [re.search(r'<p class="mono text"[^>]*>(.*?)</p>', one, re.DOTALL) for one in blocks]
    return [unescape(re.sub(r"<[^>]+>", "", one[1])).encode() for one in found if one]


def sha256(body: bytes) -> str:
    """SHA-256 as hex, by the standard library and not by our own function."""
    return hashlib.sha256(body).hexdigest()


def told(answers: Mapping[str, int]) -> str:
    """Statuses with their counts, for a figure."""
    return ", ".join(f"{count:,} × {name}" for name, count in sorted(answers.items()))
