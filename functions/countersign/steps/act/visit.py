"""One Act visit's hold on its connector: its turn, its port, the people who signed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property

from countersign.domain.approvals.directory import Directory
from countersign.domain.jobs.change import JobRecord
from countersign.domain.ledger.entry import LedgerEntry
from countersign.runtime.breaker import taken
from countersign.runtime.connectors import act_of
from countersign.runtime.deps import Deps
from countersign.runtime.pace import Paced
from countersign.runtime.retry import watched
from countersign.runtime.step import Call
from countersign.runtime.visits import PacedVisit, paced


class Visit:
    """What its actions work with."""

    def __init__(self, deps: Deps, call: Call, port: object) -> None:
        self.deps = deps
        self.call = call
        self.port = port
        """The connector's port; its failures are counted."""

    @cached_property
    def people(self) -> Directory:
        """Everybody, read once in a visit: by the first action that people signed."""
        return self.deps.people.directory()


@contextmanager
def visiting(
    deps: Deps, call: Call, record: JobRecord, connector: str, entries: Sequence[LedgerEntry]
) -> Iterator[Visit]:
    """A visit from its turn on, with turns for what such entries usually need. A key that is
    missing is missed before that. Raises NotYourTurn, ConnectorResting, Misconfigured."""
    row = act_of(connector)
    key = Paced(deps, row.paced_by)
    with taken(key, row.key):
        port = deps.actor_port(connector)
    kind = (key.key, record.job.workflow, *(f"{held.action} {held.status}" for held in entries))
    with paced(PacedVisit(key, record.job, call, kind), row.requests * len(entries)) as visit:
        yield Visit(deps, call, watched(key, visit, row.key, port))
