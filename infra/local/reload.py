"""A saved file is seen in the running cloud, without a new synthesis unless the stack follows from
it. Measured: looking at all files costs 3 ms of CPU, so no library has to tell us of changes."""

from __future__ import annotations

import importlib.util
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from countersign.connectors.http import certificates
from infra.build.code import NOT_SHIPPED, SOURCE
from infra.build.synth import SynthesisError, inputs
from infra.local.cloud.deployer import DeployError
from infra.local.cloud.emulator import RENEW_PATH
from infra.local.cloud.fork_client import forked
from infra.local.cloud.processes import LocalCloud
from infra.settings import CDK_JSON, ROOT, SettingsError, context

STACK = (ROOT / "infra", CDK_JSON)
LOCAL = ROOT / "infra" / "local"
STAGE = "local"
FIRST = "infra.local.offline_model:one_of_each"
"""Called once in the process that the functions and the model's answers are forked from."""
SHOWN = 2
"""How many changed files a line names."""
Stamp = tuple[int, int]


class Watch:
    """The files below some places, and which of them changed since the last look."""

    def __init__(self, places: Iterable[Path]) -> None:
        self._places = tuple(places)
        self._seen = self._stamps()

    def changes(self) -> list[Path]:
        """The files that were made, changed or removed since the last call."""
        before, self._seen = self._seen, self._stamps()
        changed = dict(before.items() ^ self._seen.items())
        return sorted(Path(path) for path in changed)

    def _stamps(self) -> dict[str, Stamp]:
        return {path: stamp for place in self._places for path, stamp in _files(str(place))}


def _files(path: str) -> Iterator[tuple[str, Stamp]]:
    """Editors write beside a file before they rename: hidden files and copies do not count."""
    try:
        if not os.path.isdir(path):  # noqa: PTH112 - pathlib takes eight times as long for the tree
            found = os.stat(path)  # noqa: PTH116 - as above
            yield path, (found.st_mtime_ns, found.st_size)
            return
        inside = [one for one in os.scandir(path) if _counts(one.name)]
    except FileNotFoundError:  # removed between two looks
        return
    for one in inside:
        yield from _files(one.path)


def _counts(name: str) -> bool:
    return name not in NOT_SHIPPED and not name.startswith(".") and not name.endswith("~")


@dataclass(frozen=True)
class Reloader:
    """What follows from a change in `code` or of the stack. `check` imports the code and says the
    first fault, empty for none; `renew` ends the functions' processes; `update` synthesizes and
    updates the stack."""

    code: Path
    watch: Watch
    say: Callable[[str], None]
    check: Callable[[], str]
    renew: Callable[[], None]
    update: Callable[[], None]
    clock: Callable[[], float] = field(default=time.monotonic)

    def look(self) -> None:
        """See what was saved since the last look, and act on it: one line each."""
        changed = self.watch.changes()
        if not changed:
            return
        code = [path for path in changed if path.is_relative_to(self.code)]
        ours = [path for path in changed if path.is_relative_to(LOCAL)]
        stack = _of_the_stack(changed)
        if stack:
            self._act(stack, "stack updated", self._updated)
        elif code:
            self._act(code, "reloaded", self._reloaded)
        if ours:
            self.say(f"{self._named(ours)} changed: start `make run` again to see it")

    def _act(self, changed: Sequence[Path], done: str, act: Callable[[], str]) -> None:
        for path in changed:
            _forget_bytecode(path)
        started = self.clock()
        fault = act()
        seconds = self.clock() - started
        outcome = (
            f"not {done}, what ran before runs on until the next save: {fault}"
            if fault
            else f"{done}, ready in {seconds:.1f} s"
        )
        self.say(f"{self._named(changed)} {outcome}")

    def _reloaded(self) -> str:
        fault = self.check()
        if not fault:
            self.renew()
        return fault

    def _updated(self) -> str:
        try:
            self.update()
        except (SettingsError, SynthesisError, DeployError) as error:
            return str(error)
        return self._reloaded()

    def _named(self, paths: Sequence[Path]) -> str:
        root = self.code.parent if paths[0].is_relative_to(self.code) else ROOT
        names = ", ".join(str(path.relative_to(root)) for path in paths[:SHOWN])
        more = len(paths) - SHOWN
        return f"{names} and {more} more" if more > 0 else names


def _of_the_stack(changed: Iterable[Path]) -> list[Path]:
    made_of = {path for path in inputs() if not path.is_relative_to(SOURCE)}
    return [path for path in changed if path in made_of]


def _forget_bytecode(path: Path) -> None:
    """Python takes a source of the same second and size for the one that it compiled."""
    if path.suffix == ".py":
        Path(importlib.util.cache_from_source(path)).unlink(missing_ok=True)


def modules(code: Path) -> Iterator[str]:
    """The name of every module below `code` that ships."""
    for path, _ in _files(str(code)):
        parts = Path(path).relative_to(code).with_suffix("").parts
        if path.endswith(".py"):
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def check(cloud: LocalCloud, code: Path) -> str:
    """Import all of `code` in a process of its own, and lint its workflows; the first fault as one
    line, or nothing."""
    asked = {
        "code": str(code),
        "environment": {},
        "modules": sorted(modules(code)),
        "first": FIRST,
        "stage": STAGE,
        "stages": list(context()["stages"]),
    }
    with forked(str(cloud.fork_socket), "check", asked) as connection:
        answer = connection.makefile().read()
    return answer.strip() if answer else "the process that imported it died"


def renew(cloud: LocalCloud) -> None:
    """The next invocation of each function runs the code that is there then."""
    httpx.post(cloud.endpoint + RENEW_PATH, timeout=30, verify=certificates()).raise_for_status()


def reloader(
    cloud: LocalCloud, code: Path, update: Callable[[], None], say: Callable[[str], None]
) -> Reloader:
    """The reloader of a running cloud whose functions run from `code`."""
    return Reloader(
        code=code,
        watch=Watch((code, *STACK)),
        say=say,
        check=lambda: check(cloud, code),
        renew=lambda: renew(cloud),
        update=update,
    )
