"""The supervisor of workers that are killed: it plays the queue, the state machine and time.

Run as a program, it reads points as JSON; one line of JSON per job says how it ended. A worker is
a process of its own. What is killed is begun again as AWS does it: the sender delivers again, the
queue's message comes back, the machine enters the state again.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from tests.fakes.world import START
from tests.guarantees import lives
from tests.guarantees.lives import Life
from tests.guarantees.mortal import Fate, Point
from tests.guarantees.naive import DESIGNS
from tests.guarantees.surroundings import Places, Surroundings, Told

NOWHERE = Point("rehearsed", "", "", "before")
VISIBILITY = timedelta(seconds=180)
"""Of the intake queue: 6 × the start door's 30 s. Whatever died is resumed within it."""


@dataclass
class Heard:
    """What the durable services know of one job."""

    messages: list[dict[str, Any]] = field(default_factory=list)
    deaths: int = 0
    minutes: int = 0

    def latest(self, what: str) -> Any:
        """The last thing that was said under this name."""
        return next((m[what] for m in reversed(self.messages) if what in m), None)

    def state(self) -> dict[str, Any]:
        """Where the machine is, and with what."""
        return next(m for m in reversed(self.messages) if "state" in m)


class Supervisor:
    """One job: its event, its workers, its end."""

    def __init__(self, around: Surroundings, point: Point, number: str, sign: int) -> None:
        self._around, self._number, self._signal = around, number, sign
        self._point: Point | None = point
        self._scenario = point.scenario
        self._stopped: list[int] = []
        self.heard = Heard()

    def plays(self) -> dict[str, Any]:
        """From delivery to the end."""
        if self._scenario in DESIGNS:
            self._until_done(lives.naively(self._scenario, self._number))
            self._wake_the_stopped()
            return {"deaths": self.heard.deaths, "keys": []}
        self._until_done(lives.delivering(self._scenario, self._number))
        self._until_done(lives.beginning(self.heard.latest("queued")))
        self._walks("Prepare")
        if self.heard.latest("waits"):
            self._until_done(lives.deciding(self._job))
            self._callback()
            self._walks("Look")
        self._wake_the_stopped()
        return {"job": self._job, "deaths": self.heard.deaths, "keys": []}

    @property
    def _job(self) -> str:
        return str(self.heard.latest("started"))

    def _walks(self, state: str) -> None:
        """Enter states until the machine waits or ends; a killed one is entered again."""
        self.heard.messages.append({"state": state, "given": {}})
        while self._dies(lives.walking(self._job, self.heard.state())):
            pass

    def _until_done(self, life: Life) -> None:
        while self._dies(life):
            pass

    def _callback(self) -> None:
        """The machine hears of the decision; if the worker died first, tick tells it."""
        while self.heard.latest("succeeded") is None:
            self.heard.minutes += 1
            assert timedelta(minutes=self.heard.minutes) <= VISIBILITY, "nobody told the machine"
            self._until_done(lives.ticking)

    def _wake_the_stopped(self) -> None:
        """They go on, long after others have done their work."""
        for pid in self._stopped:
            os.kill(pid, signal.SIGCONT)
            os.waitpid(pid, 0)

    def _dies(self, life: Life) -> bool:
        """One worker lives; whether it dies, or is stopped and counts as dead for now."""
        hears, told = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(hears)
            self._live(life, Told(told))
        os.close(told)
        _, status = os.waitpid(pid, os.WUNTRACED)
        self.heard.messages += [json.loads(line) for line in _said(hears).splitlines()]
        if os.WIFEXITED(status):
            assert os.WEXITSTATUS(status) == 0, "a worker failed by itself"
            return False
        self._stopped += [pid] if os.WIFSTOPPED(status) else []
        self._point = None
        self.heard.deaths += 1
        return True

    def _live(self, life: Life, told: Told) -> None:
        code = 1
        try:
            self._works(life, told)
            code = 0
        finally:
            os._exit(code)

    def _works(self, life: Life, told: Told) -> None:
        fate = Fate(self._point, self._signal)
        now = START + timedelta(minutes=self.heard.minutes)
        life(self._around.deps(fate, told, now), fate, told)


class Rehearsal(Supervisor):
    """One job that nobody kills, in this process. What Python loads when it is first used, and
    every template, is there then for all workers that are forked: half of what each costs."""

    def _dies(self, life: Life) -> bool:
        hears, told = os.pipe()
        self._works(life, Told(told))
        os.close(told)
        self.heard.messages += [json.loads(line) for line in _said(hears).splitlines()]
        return False


def _said(pipe: int) -> str:
    """What is in the pipe; a stopped worker still holds its other end."""
    os.set_blocking(pipe, False)
    with os.fdopen(pipe, "rb") as lines:
        return (lines.read() or b"").decode()


def rehearsed(run: str, scenario: str) -> str:
    """The number of a rehearsed job."""
    return f"{run}rehearsed-{scenario}"


def main() -> None:
    """Play all points, in order."""
    given = json.load(sys.stdin)
    places, run, sign = Places(**given["places"]), given["run"], given["signal"]
    points = [Point(**point) for point in given["points"]]
    ours = Surroundings(places)  # with connections of its own: what is forked has none
    for scenario in {point.scenario for point in points} - DESIGNS.keys():
        nowhere = replace(NOWHERE, scenario=scenario)
        Rehearsal(ours, nowhere, rehearsed(run, scenario), sign).plays()
    around = Surroundings(places)
    gc.collect()
    gc.freeze()  # a collection in a worker does not touch, and so not copy, what is shared
    for number, point in enumerate(points):
        name = f"{run}{number}"
        ended = Supervisor(around, point, name, sign).plays()
        if point.scenario not in DESIGNS:
            ended |= lives.report(ours.deps(Fate(), Told(sys.stderr.fileno()), START), ended["job"])
        line = json.dumps(ended | {"number": name, "point": point.name})
        print(line, flush=True)  # noqa: T201 - the program's output


if __name__ == "__main__":
    main()
