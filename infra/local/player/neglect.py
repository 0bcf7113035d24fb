"""A case that nobody takes up: time is moved on, and who hears of it when."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from countersign.domain.jobs.cases import EACH_DAY, Case
from countersign.runtime.deps import Deps
from countersign.web.paths import case_path
from infra.cli.clock import moved

ALARM = "CasesOverdue"
"""What is counted of a case that is more than a day over its time."""
_A_MOMENT = timedelta(minutes=1)
_SAYS = ("From", "Subject")


@dataclass(frozen=True)
class Neglected:
    """An open case, the addresses of its team, and `named`, who is told of all cases."""

    case: Case
    team: frozenset[str]
    named: str
    mails: Callable[[], Iterable[Mapping[str, Any]]]
    """Reads the mailbox."""
    alarms: Callable[[], float]
    """How often `ALARM` was counted so far."""
    waits: Callable[[Callable[[], bool]], bool]
    """Comes back when something holds, or with False when its time is over."""

    def faults(self, at: Callable[[datetime], None]) -> list[str]:
        """What is wrong with what becomes of it while `at` moves time: halfway to its due time the
        team is reminded; when it is due, whoever is named hears of it beside them; a day later it
        is an alarm. Each mail says what it is about."""
        before, due = self.alarms(), self.case.due_at
        at(self.case.opened_at + (due - self.case.opened_at) / 2 + _A_MOMENT)
        found = self._unheard("Reminder: ", self.team or {self.named})
        at(due + _A_MOMENT)
        found += self._unheard("Overdue since ", self.team | {self.named})
        at(due + EACH_DAY + _A_MOMENT)
        rings = self.waits(lambda: self.alarms() > before)
        return found + ([] if rings else [f"a day after it was due {ALARM} was not counted"])

    def _unheard(self, begins: str, people: Iterable[str]) -> list[str]:
        """Who got no such mail about the case or one too many, and what such a mail leaves out."""
        wanted = set(people)
        self.waits(lambda: wanted <= set(self._told(begins)))
        told = self._told(begins)
        return [
            *(f"no mail “{begins}…” to {one}" for one in sorted(wanted - set(told))),
            *(f"“{begins}…” also to {one}" for one in sorted(set(told) - wanted)),
            *(
                f"“{begins}…” to {to} does not say its {name}"
                for to, text in sorted(told.items())
                for name in _SAYS
                if f"  {name}: " not in text
            ),
        ]

    def _told(self, begins: str) -> Mapping[str, str]:
        """The texts of such mails about the case, by whom they are to."""
        page = case_path(self.case.job_id)
        return {
            to: mail["text"]
            for mail in self.mails()
            if mail["subject"].startswith(begins) and page in mail["text"]
            for to in mail["to"]
        }


@contextmanager
def time(deps: Deps) -> Iterator[Callable[[datetime], None]]:
    """Moves the clock of everything on this machine on to a moment; in the end it is as before."""
    before = deps.offset.read()

    def at(moment: datetime) -> None:
        seconds = int((moment - deps.clock.now()).total_seconds())
        if seconds > 0:
            moved(deps, f"+{seconds}s")

    try:
        yield at
    finally:
        deps.offset.write(before)
