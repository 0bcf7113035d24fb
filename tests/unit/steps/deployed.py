"""One process of a deploy: takes a signed job over from another one and goes on with it.

`python -m tests.unit.steps.deployed FILE`, with the deploy's code first on the path: FILE holds the
pickled record; what becomes of it is printed as JSON.
"""

from __future__ import annotations

import json
import pickle
import sys
from pathlib import Path

from tests.fakes.journey import Journey
from tests.fakes.world import World
from tests.unit.steps.test_journeys import SENDER, offline


def main(file: str) -> None:
    """Goes on after the signature."""
    record = pickle.loads(Path(file).read_bytes())  # noqa: S301 - the test wrote it just now
    world = World(offline)
    world.store.put(record)
    journey = Journey(world, record.job.job_id)
    journey.answered()
    job = journey.record.job
    mails = len(world.mail.to(SENDER))
    print(json.dumps({"status": job.status.value, "reason": job.reason, "mails": mails}))  # noqa: T201 - the answer


if __name__ == "__main__":
    main(sys.argv[1])
