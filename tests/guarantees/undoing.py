"""Jobs that do one thing in the demo CRM and take it back, from any state that it may be in."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from countersign.actions.crm import Callback, Contact, Lead
from countersign.domain.contract import Contract, Stored
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.job import Status
from countersign.domain.ledger import entry as ledger
from countersign.domain.ledger.action import ProposedAction
from countersign.domain.ledger.entry import LedgerEntry
from countersign.domain.money import Money
from countersign.domain.policy.policy import Answer, Verdict
from countersign.domain.policy.records import Records
from countersign.domain.policy.rules import Findings
from countersign.jobs.rollback import roll_back
from tests.builders import job, proposal
from tests.contract.crm_sides import ServerSide
from tests.fakes.journey import Journey
from tests.fakes.world import START, World
from workflows import WORKFLOWS

LEADS = WORKFLOWS["lead_intake"]
POOL: Mapping[str, tuple[str, ...]] = {
    "firstname": ("", "Ada", "Zoë", "Jonas"),
    "lastname": ("", "Quill", "Brandt", "van Dyck"),
    "phone": ("", "+15550100", "+15550111", "+49 30 23125 0142"),
    "company": ("", "Quill & Sons", "<b>Söhne</b>", "東京 GmbH"),
    "country": ("", "GB", "DE", "US"),
    "hs_language": ("", "en", "de"),
    "hubspot_owner_id": ("", "1001", "1003"),
}
"""What a contact's properties may hold, empty included."""
SELLERS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "contacts": {
        "phone": ("+15550177",),
        "company": ("Other Ltd",),
        "lastname": ("Married",),
        "email": ("moved.{id}@example.org",),
    },
    "deals": {"dealstage": ("qualifiedtobuy",), "amount": ("7.00",), "dealname": ("Ours",)},
    "tasks": {"hs_task_status": ("COMPLETED",), "hs_task_subject": ("Called twice",)},
}
"""What a seller may change afterwards: values that no action here writes."""
KINDS = {"crm.upsert_contact": "contacts", "crm.create_lead": "deals"} | {
    "crm.request_callback": "tasks"
}


@dataclass
class Ground:
    """A demo CRM behind HTTP, and a world of fakes whose jobs write to it."""

    side: ServerSide
    world: World

    @classmethod
    def of(cls, side: ServerSide) -> Ground:
        """With nothing in it."""
        side.empty()
        world = World(lambda _: {})
        world.deps.__dict__.update(crm=side.crm, crm_reader=side.crm)
        return cls(side, world)

    def live(self) -> dict[str, tuple[str, str, str]]:
        """Everything that is there, by id, read from the database and not through the API."""
        with self.side.store.transaction():
            rows = self.side.store._db.execute(
                "SELECT id, kind, properties FROM objects WHERE archived = 0"
            ).fetchall()
        return {str(i): (kind, *_values(properties)) for i, kind, properties in rows}

    def writes(self) -> list[tuple[str, str]]:
        """Method and id of every applied write: the CRM's own journal."""
        return [(entry["method"], entry["id"]) for entry in self.side.store.journal()]

    def seller_changes(self, record_id: str, kind: str, dice: random.Random) -> None:
        """Somebody changes a record in the CRM's own pages: not through the API."""
        name = dice.choice(sorted(SELLERS[kind]))
        with self.side.store.transaction():
            held = self.side.store.get(kind, record_id)
            assert held
            value = dice.choice(SELLERS[kind][name]).format(id=record_id)
            self.side.store.update(held, {name: value})

    def does(self, number: int, wanted: ProposedAction) -> Journey:
        """A job that is COMPLETED after doing one thing."""
        journey = Journey(self.world, self._begun(number, wanted))
        journey.goes("Act", {"connector": "crm"})
        assert journey.record.job.status is Status.COMPLETED, journey.record.job.reason
        return journey

    def undoes(self, journey: Journey) -> str:
        """An order, and the execution that carries it out; the job's status then."""
        roll_back(self.world.deps, journey.job_id, by="ana", reason="a test")
        Journey(self.world, journey.job_id).goes()
        return journey.record.job.status

    def _begun(self, number: int, wanted: ProposedAction) -> str:
        job_id = f"j-{number:024d}"
        results: Mapping[str, Contract] = {
            "records": Records(read_at=self.world.clock.now(), found={}),
            "findings": Findings(found=()),
            "proposal": proposal(),
        }
        self.world.store.put(
            JobRecord(
                job=job(Status.PROCESSING, job_id=job_id, execution=job_id, workflow=LEADS.id),
                results={name: Stored.of(value) for name, value in results.items()},
                ledger=(entry(0, wanted, job_id),),
            )
        )
        return job_id


def entry(index: int, wanted: ProposedAction, job_id: str) -> LedgerEntry:
    """What policy lets run without a signature."""
    return ledger.entry(
        index,
        wanted,
        LEADS.actions[wanted.action],
        Verdict(answer=Answer.RUN, reasons=()),
        job_id=job_id,
        policy=LEADS.policy.version,
        expires_at=START + timedelta(days=90),
    )


def state(ground: Ground, number: int, dice: random.Random, action: str) -> ProposedAction:
    """The CRM in some state, and an action that changes it."""
    address = f"undo.{number}@example.com"
    held = {name: dice.choice(values) for name, values in POOL.items()}
    if action != "crm.upsert_contact" or dice.random() < 0.7:
        ground.side.has_contact(address, **{n: v for n, v in held.items() if v})
        for _ in range(dice.choice((0, 0, 1, 2))):
            ground.side.has_deal(address, dealname=f"Earlier deal {dice.randrange(100)}")
    params: dict[str, Any] = {
        "crm.upsert_contact": _contact,
        "crm.create_lead": _lead,
        "crm.request_callback": _callback,
    }
    return ProposedAction(
        action=action, params=params[action](address, dice), target=f"contact/{number}"
    )


def _contact(address: str, dice: random.Random) -> Contact:
    pick = {name: dice.choice(values) for name, values in POOL.items()}
    return Contact(
        email=address.upper() if dice.random() < 0.2 else address,
        name=f"{pick['firstname']} {pick['lastname']}".strip(),
        phone=pick["phone"].replace(" ", ""),
        company=pick["company"],
        country=pick["country"],
        language=pick["hs_language"],
        owner=dice.choice(("1001", "1002")),
    )


def _lead(address: str, dice: random.Random) -> Lead:
    budget = Money(amount=Decimal(dice.randrange(1, 10**7)) / 100, currency="EUR")
    return Lead(
        email=address,
        title=f"{dice.randrange(1, 90)} licences",
        need="a quote\nfor “all” of it",
        owner="1001",
        budget=budget if dice.random() < 0.7 else None,
        timeline=dice.choice(("", "by June")),
    )


def _callback(address: str, dice: random.Random) -> Callback:
    return Callback(
        email=address,
        title="Call back",
        notes=dice.choice(("Prefers mornings", "<b>urgent</b> & new")),
        owner="1002",
        due_at=START + timedelta(hours=dice.randrange(1, 200)),
    )


def _values(properties: str) -> tuple[str, str]:
    held: dict[str, str] = json.loads(properties)
    return json.dumps({n: v for n, v in sorted(held.items()) if v}), ""
