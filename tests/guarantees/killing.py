"""Running the supervisor of workers against real neighbours, and reading their journals after."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from infra.local.cloud import deployer
from infra.local.cloud.processes import ROOT, LocalCloud, local_cloud
from infra.local.front.mailbox import Mailbox
from tests.contract import crm_sides, payments_sides, push_sides
from tests.fakes.tables import create_jobs_table
from tests.guarantees.killed_workers import rehearsed
from tests.guarantees.lives import AMOUNTS
from tests.guarantees.mortal import Point

SUPERVISOR = "tests.guarantees.killed_workers"
TABLE, BUCKET = "jobs", "payloads"


@dataclass(frozen=True)
class Neighbours:
    """The local cloud, the demo CRM, the demo payments provider and the demo channels, all outside
    of the workers."""

    cloud: LocalCloud
    crm: crm_sides.ServerSide
    payments: payments_sides.ServerSide
    channels: push_sides.ServerSide

    def play(
        self, run: str, points: Sequence[Point], sign: signal.Signals = signal.SIGKILL
    ) -> list[dict[str, Any]]:
        """One job per point; how each ended."""
        self.has_orders(run, points)
        places = {
            "table": TABLE,
            "bucket": BUCKET,
            "crm": self.crm.url,
            "payments": self.payments.url,
            "channel": self.channels.url,
        }
        given = {"run": run, "points": [asdict(p) for p in points], "places": places}
        said = subprocess.run(
            [sys.executable, "-m", SUPERVISOR],
            input=json.dumps(given | {"signal": int(sign)}),
            cwd=ROOT,
            env=self._environment(),
            text=True,
            check=True,
            stdout=subprocess.PIPE,
        )
        lines = [json.loads(line) for line in said.stdout.splitlines() if line.startswith("{")]
        return [line for line in lines if "deaths" in line]  # the others are the workers' logs

    def has_orders(self, run: str, points: Sequence[Point]) -> None:
        """What each refund of a run is about: an order of a customer of its own."""
        named = {f"{run}{number}": point.scenario for number, point in enumerate(points)}
        named |= {rehearsed(run, scenario): scenario for scenario in named.values()}
        for name, scenario in named.items():
            if scenario in AMOUNTS:
                more = {"email": f"{name}@hafenwerk.example", "customer": f"cus_{name}"}
                self.payments.has_order(name, AMOUNTS[scenario], "eur", **more)

    def effects(self, ended: Mapping[str, Any]) -> Counter[str]:
        """What the neighbours wrote down for one job, by kind."""
        found = self._crm(ended) + self._mails(f"{ended['number']}@hafenwerk.example")
        refunds = [e for e in self.payments.journal() if e.key in ended["keys"]]
        return found + Counter({"refund": len(refunds), "push": self._pushes(ended)})

    def _crm(self, ended: Mapping[str, Any]) -> Counter[str]:
        email = f"{ended['number']}@hafenwerk.example"
        written = [w for w in self.crm.journal() if w.method == "POST"]
        named = {email, ended["number"]}  # a contact's address, and a naive deal's name
        mine = [w for w in written if w.key in ended["keys"] or named & set(w.fields.values())]
        return Counter(w.kind for w in mine)

    def _pushes(self, ended: Mapping[str, Any]) -> int:
        about = f"{'order' if 'job' in ended else 'naive'} {ended['number']}."
        return sum(about in one["text"] for one in self.channels.app.state.store.journal())

    def _mails(self, address: str) -> Counter[str]:
        mails = Mailbox(self.cloud.endpoint, "")
        try:
            return Counter({"mail": sum(one.to == (address,) for one in mails.all())})
        finally:
            mails.close()

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "AWS_ENDPOINT_URL": self.cloud.endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": deployer.REGION,
            "POWERTOOLS_TRACE_DISABLED": "1",
            "POWERTOOLS_METRICS_NAMESPACE": "tests",
        }


@contextmanager
def neighbours(folder: Path) -> Iterator[Neighbours]:
    """All of them, empty, until the block ends."""
    (folder / "crm").mkdir()
    (folder / "payments").mkdir()
    with (
        local_cloud(0) as cloud,
        crm_sides.server_side(folder / "crm") as crm,
        payments_sides.server_side(folder / "payments") as payments,
        push_sides.server_side() as channels,
    ):
        create_jobs_table(deployer.client("dynamodb", cloud.endpoint), TABLE)
        deployer.client("s3", cloud.endpoint).create_bucket(Bucket=BUCKET)
        ses = deployer.client("sesv2", cloud.endpoint)
        ses.create_email_identity(EmailIdentity="hello@countersign.example")
        yield Neighbours(cloud, crm, payments, channels)
