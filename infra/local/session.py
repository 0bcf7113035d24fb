"""One session of the local cloud: start, tell the person, serve or play, and end cleanly."""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import urlsplit

from rich.console import Console

from countersign.domain.errors import CountersignError
from infra.build.code import SOURCE
from infra.build.synth import SynthesisError
from infra.cli import fields
from infra.cli.target import ENV_FILE, HOME
from infra.local.claim import TakenError, claimed
from infra.local.cloud.deployer import DeployError
from infra.local.cloud.processes import LocalError, stopping_on_signals
from infra.local.cloud.serving import HOST
from infra.local.front.samples import EventsError, Sample, beginning_with
from infra.local.killed import tell_killed
from infra.local.player import report
from infra.local.player.play import play
from infra.local.player.played import RESULT
from infra.local.reload import reloader
from infra.local.stand import Plan, RealModel, Stand, stand

LOG = HOME / "run.log"
COULD_NOT_START = 2
NEEDED_FOR_A_MODEL = ("OPENAI_BASE_URL", "OPENAI_API_KEY")
APPROVAL_SECONDS = 20
"""How long an approval waits while `events/` is played: signatures come at once, silence ends."""
LOOK_SECONDS = 0.25
KEPT_WORDS = "Jobs, mails with their links, secrets and demo systems are kept:\n`KEEP=1 make run`."
FORGOTTEN_WORDS = (
    "Jobs, mails with their links, secrets and demo systems\n"
    "are forgotten at the end, the log at the next start.\n"
    "`KEEP=1 make run` keeps them."
)
WIDTH = 132
"""Columns where the output goes to a file: a table is not cut there."""

_log = logging.getLogger(__name__)


def run(*, once: bool, port: int, keep: bool, events: str = "", shadow: bool = False) -> int:
    """The exit code: 0 well, 1 an event ended elsewhere, 2 it could not start or go on.

    `once` plays those events of `events/` whose names begin with `events`, and ends. `shadow` shows
    live jobs to candidates.
    """
    console = Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH)
    try:
        with stopping_on_signals(), claimed(HOME, f"http://{HOST}:{port}"):
            _log_to_file(keep=keep)
            chosen = beginning_with(events) if once else ()
            kept = HOME / "kept" if keep else None
            plan = Plan(port, code=None if chosen else SOURCE, keep=kept, shows=shadow)
            return _run(chosen, plan, console)
    except TakenError as error:  # the log is the other's
        return _stopped(error, console)
    except (LocalError, DeployError, SynthesisError, EventsError) as error:
        _log.exception("could not go on")
        return _stopped(error, console)
    except (KeyboardInterrupt, SystemExit):  # Ctrl-C, or SIGTERM
        rest = "" if once else f"\n{KEPT_WORDS if keep else FORGOTTEN_WORDS}"
        console.print(f"\nStopped; nothing is left running.{rest}", soft_wrap=True)
        return 130 if once else 0


def _stopped(error: Exception, console: Console) -> int:
    console.print(f"Stopped: {error}", style="red", markup=False, soft_wrap=True)
    return COULD_NOT_START


def _run(chosen: Sequence[Sample], wanted: Plan, console: Console) -> int:
    say = _progress(console)
    model, words = chosen_model(os.environ)
    say(words)
    plan = replace(wanted, approval_seconds=APPROVAL_SECONDS if chosen else 0, model=model)
    with stand(plan, say) as running, _emulator_log(running), _env_file(running):
        _log.info("outputs %s\nrewrites %s", running.outputs, running.rewrites)
        _check_fields(running, say)
        if chosen:
            return play(running, console, chosen, RESULT)
        return _serve(running, console, say, keep=plan.keep is not None)


def chosen_model(environment: Mapping[str, str]) -> tuple[RealModel | None, str]:
    """The model server that the user names, and where prompts go, in words. One of the two
    variables alone, which other programs set too, sends nothing out of this machine."""
    address, key = (environment.get(name, "") for name in NEEDED_FOR_A_MODEL)
    if address and key:
        shown = urlsplit(address)
        place = f"{shown.scheme}://{shown.netloc.rpartition('@')[2]}{shown.path}"
        return RealModel(
            address, key, environment.get("OPENAI_MODEL", "")
        ), f"prompts go to {place}"
    missing = [name for name in NEEDED_FOR_A_MODEL if not environment.get(name)]
    hint = f"; {missing[0]} is missing for a model server" if len(missing) == 1 else ""
    return None, f"prompts stay on this machine: offline model{hint}"


def _check_fields(running: Stand, say: Callable[[str], None]) -> None:
    """Before the first job: a field that is not there would fail each job that needs it."""
    try:
        found = fields.check(running.deps)
    except CountersignError as error:
        raise LocalError(f"the CRM's fields could not be compared: {error}") from error
    if found:
        raise LocalError("\n".join(one.sentence for one in found))
    say("the CRM has every field that the workflows use")


def _serve(running: Stand, console: Console, say: Callable[[str], None], *, keep: bool) -> int:
    for job in tell_killed(running):
        say(f"the last stop killed job {job}: `countersign case {job} resume --by PERSON`")
    watching = reloader(running.cloud, SOURCE, running.update, say)
    report.addresses(running, console)
    console.print(KEPT_WORDS if keep else FORGOTTEN_WORDS, soft_wrap=True)
    while True:
        running.cloud.check()
        watching.look()
        time.sleep(LOOK_SECONDS)


def _progress(console: Console) -> Callable[[str], None]:
    started = time.monotonic()

    def say(done: str) -> None:
        seconds = time.monotonic() - started
        _log.info("%.1f s %s", seconds, done)
        console.print(f"[dim]{seconds:5.1f} s[/]  {done}", soft_wrap=True)

    return say


@contextmanager
def _env_file(running: Stand) -> Iterator[None]:
    """Where commands find this run, while it runs: afterwards its addresses would lead nowhere."""
    text = "".join(f"{name}={value}\n" for name, value in running.variables().items())
    ENV_FILE.touch(mode=0o600)
    ENV_FILE.write_text(text)
    try:
        yield
    finally:
        ENV_FILE.unlink(missing_ok=True)


@contextmanager
def _emulator_log(running: Stand) -> Iterator[None]:
    """Keep what the emulator said: its own log goes with its folder."""
    try:
        yield
    finally:
        text = running.cloud.emulator.log.read_text(errors="replace")
        _log.info("the emulator said:\n%s", text)


def _log_to_file(*, keep: bool) -> None:
    logging.basicConfig(
        filename=LOG,
        filemode="a" if keep else "w",
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
        force=True,
    )
    for noisy in ("httpx", "httpcore", "botocore", "openai"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
