"""One session of the local cloud: start, tell the person, serve or play, and end cleanly."""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console

from countersign.domain.errors import CountersignError
from infra.build.synth import SynthesisError
from infra.cli import fields
from infra.cli.target import ENV_FILE
from infra.local.cloud.deployer import DeployError
from infra.local.cloud.processes import LocalError, stopping_on_signals
from infra.local.front.samples import EventsError
from infra.local.player import report
from infra.local.player.play import play
from infra.local.stand import Plan, RealModel, Stand, stand
from infra.settings import ROOT

LOG = ROOT / ".local" / "run.log"
COULD_NOT_START = 2
APPROVAL_SECONDS = 20
"""How long an approval waits while `events/` is played: signatures come at once, silence ends."""
CHECK_SECONDS = 0.5
WIDTH = 132
"""Columns where the output goes to a file: a table is not cut there."""

_log = logging.getLogger(__name__)


def run(*, once: bool, port: int) -> int:
    """The exit code: 0 well, 1 an event ended elsewhere, 2 it could not start or go on."""
    console = Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH)
    _log_to_file()
    say = _progress(console)
    plan = Plan(port, APPROVAL_SECONDS if once else 0, _real_model())
    try:
        with stopping_on_signals(), stand(plan, say) as running, _emulator_log(running):
            _log.info("outputs %s\nrewrites %s", running.outputs, running.rewrites)
            _check_fields(running, say)
            with _env_file(running):
                return play(running, console) if once else _serve(running, console)
    except (LocalError, DeployError, SynthesisError, EventsError) as error:
        _log.exception("could not go on")
        console.print(f"Stopped: {error}", style="red", markup=False, soft_wrap=True)
        return COULD_NOT_START
    except (KeyboardInterrupt, SystemExit):  # Ctrl-C, or SIGTERM
        console.print("\nStopped; nothing is left running.")
        return 130 if once else 0


def _check_fields(running: Stand, say: Callable[[str], None]) -> None:
    """Before the first job: a field that is not there would fail each job that needs it."""
    try:
        found = fields.check(running.deps)
    except CountersignError as error:
        raise LocalError(f"the CRM's fields could not be compared: {error}") from error
    if found:
        raise LocalError("\n".join(one.sentence for one in found))
    say("the CRM has every field that the workflows use")


def _serve(running: Stand, console: Console) -> int:
    report.addresses(running, console)
    while True:
        running.cloud.check()
        time.sleep(CHECK_SECONDS)


def _progress(console: Console) -> Callable[[str], None]:
    started = time.monotonic()

    def say(done: str) -> None:
        seconds = time.monotonic() - started
        _log.info("%.1f s %s", seconds, done)
        console.print(f"[dim]{seconds:5.1f} s[/]  {done}", soft_wrap=True)

    return say


def _real_model() -> RealModel | None:
    """The model server of the user's environment, where it names one."""
    key = os.environ.get("OPENAI_API_KEY", "")
    if not key:
        return None
    base_url = os.environ.get("OPENAI_BASE_URL", "") or "https://api.openai.com/v1"
    return RealModel(base_url, key, os.environ.get("OPENAI_MODEL", ""))


@contextmanager
def _env_file(running: Stand) -> Iterator[None]:
    """`.local/env` while this runs: afterwards its addresses would lead nowhere."""
    text = "".join(f"{name}={value}\n" for name, value in running.variables().items())
    ENV_FILE.touch(mode=0o600)
    ENV_FILE.write_text(text)
    try:
        yield
    finally:
        if ENV_FILE.exists() and ENV_FILE.read_text() == text:  # another session may have its own
            ENV_FILE.unlink()


@contextmanager
def _emulator_log(running: Stand) -> Iterator[None]:
    """Keep what the emulator said: its own log goes with its folder."""
    try:
        yield
    finally:
        text = running.cloud.emulator.log.read_text(errors="replace")
        _log.info("the emulator said:\n%s", text)


def _log_to_file() -> None:
    LOG.parent.mkdir(exist_ok=True)
    logging.basicConfig(
        filename=LOG,
        filemode="w",
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
        force=True,
    )
    for noisy in ("httpx", "httpcore", "botocore", "openai"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
