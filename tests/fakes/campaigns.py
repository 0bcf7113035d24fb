"""The messages of campaigns beside the files and the suppression list in memory."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from countersign.domain.campaigns.sent import SUPPRESSED, TOO_SOON, UNWANTED, Event, Intent, Sent
from countersign.domain.jobs.suppression import Suppressed, Why
from countersign.domain.lane.items import Item
from tests.fakes.lanes import FakeLanes

_SUPPRESSES: Mapping[Event, Why] = {**UNWANTED, Event.OPTED_OUT: "opt-out"}


@dataclass(frozen=True)
class Written:
    """When a person was last written to, and by which item."""

    at: datetime
    job_id: str
    item: int


class FakeCampaigns:
    """domain.campaigns.ports.CampaignStore."""

    def __init__(
        self,
        lanes: FakeLanes,
        suppressed: dict[str, Suppressed] | None = None,
    ) -> None:
        self._lock = threading.RLock()
        self._lanes = lanes
        self.suppressed = {} if suppressed is None else suppressed
        self.written: dict[str, Written] = {}
        self.tokens: dict[str, tuple[str, int, int, str]] = {}
        """Job, batch, item and contact, by the token's hash."""
        self.opted_out: set[str] = set()
        self._messages: dict[tuple[str, int], dict[int, Sent]] = {}
        self._counts: dict[str, Counter[Event]] = {}
        self._stops: dict[str, Mapping[Event, int]] = {}

    def intend(self, intent: Intent) -> str:
        with self._lock:
            rule = self._rule(intent)
            if rule:
                return rule
            number, of = intent.item.number, (intent.job_id, intent.batch)
            self._lanes.claim(*of, intent.item)
            self._messages.setdefault(of, {})[number] = intent.message
            self.written[intent.contact] = Written(intent.at, intent.job_id, number)
            self.tokens[intent.token] = (*of, number, intent.contact)
            return ""

    def _rule(self, intent: Intent) -> str:
        if intent.contact in self.suppressed:
            return SUPPRESSED
        last = self.written.get(intent.contact)
        return TOO_SOON if last and last.at > intent.at - intent.apart else ""

    def withdraw(self, intent: Intent, item: Item) -> None:
        with self._lock:
            self._lanes.record(intent.job_id, intent.batch, item)
            self._messages[intent.job_id, intent.batch].pop(item.number, None)
            held = self.written.get(intent.contact)
            if held and (held.job_id, held.item) == (intent.job_id, item.number):
                del self.written[intent.contact]

    def sent(self, job_id: str, batch: int, item: Item, message_id: str) -> None:
        with self._lock:
            self._lanes.record(job_id, batch, item)
            held = self._messages[job_id, batch][item.number]
            known = held.message_id or message_id
            changed = held.model_copy(update={"message_id": known})
            self._messages[job_id, batch][item.number] = changed

    def messages(self, job_id: str, batch: int) -> Mapping[int, Sent]:
        with self._lock:
            return dict(self._messages.get((job_id, batch), {}))

    def standing(self, contacts: Iterable[str], since: datetime) -> Mapping[str, str]:
        with self._lock:
            found = {}
            for contact in contacts:
                last = self.written.get(contact)
                if contact in self.suppressed:
                    found[contact] = SUPPRESSED
                elif last and last.at > since:
                    found[contact] = TOO_SOON
            return found

    def event(
        self, where: tuple[str, int, int], event: Event, at: datetime, message_id: str = ""
    ) -> bool:
        with self._lock:
            job_id, batch, item = where
            held = self._messages.get((job_id, batch), {}).get(item)
            if held is None or (held.message_id and message_id not in ("", held.message_id)):
                return False
            self._messages[job_id, batch][item] = held.heard(event, at, message_id)
            if event in held.happened:
                return False
            self._counts.setdefault(job_id, Counter())[event] += 1
            self._suppresses(held.contact, event, at, job_id)
            return True

    def _suppresses(self, contact: str, event: Event, at: datetime, by: str) -> None:
        why = _SUPPRESSES.get(event)
        if why and contact not in self.suppressed:
            self.suppressed[contact] = Suppressed(key=contact, why=why, since=at, by=by)

    def opt_out(self, token: str, at: datetime) -> bool:
        with self._lock:
            found = self.tokens.get(token)
            if found is None:
                return False
            job_id, _, _, contact = found
            self._suppresses(contact, Event.OPTED_OUT, at, job_id)
            if token not in self.opted_out:
                self.opted_out.add(token)
                self._counts.setdefault(job_id, Counter())[Event.OPTED_OUT] += 1
            return True

    def counts(self, job_id: str) -> Mapping[Event, int]:
        with self._lock:
            return dict(self._counts.get(job_id, {}))

    def stopped_at(self, job_id: str) -> Mapping[Event, int]:
        with self._lock:
            return dict(self._stops.get(job_id, {}))

    def keep_stop(self, job_id: str, counts: Mapping[Event, int], at: datetime) -> None:  # noqa: ARG002 - as the port
        with self._lock:
            self._stops[job_id] = dict(counts)

    def forgets(self, number: int) -> None:
        """Nothing is known any more of the messages of this item."""
        for messages in self._messages.values():
            messages.pop(number, None)
