"""Sign-in links in memory: counted and stored, both or neither."""

from __future__ import annotations

import threading
from datetime import datetime

from countersign.domain.approvals.session import MOST_MAILS, SignIn, recent
from countersign.domain.errors import NotFound, StoreConflict


class FakeSignIns:
    """ports.SignIns. `writes` counts what changed anything, `work` lists what was asked of it."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._links: dict[str, SignIn] = {}
        self._sent: dict[str, tuple[datetime, ...]] = {}
        self.writes = 0
        self.work: list[str] = []

    def ask(self, link: SignIn, address: str, now: datetime) -> bool:
        with self._lock:
            self.work.append("ask")
            sent = recent(self._sent.get(address, ()), now)
            if len(sent) >= MOST_MAILS:
                return False
            self.writes += 1
            self._sent[address] = (*sent, now)
            self._links[link.link_id] = link
            return True

    def link(self, link_id: str) -> SignIn:
        self.work.append("link")
        if link_id not in self._links:
            raise NotFound("no such link")
        return self._links[link_id]

    def change(self, before: SignIn, after: SignIn) -> None:
        with self._lock:
            if self._links[before.link_id] != before:
                raise StoreConflict("the sign-in link changed meanwhile")
            self.writes += 1
            self._links[before.link_id] = after
