"""How long a saved file takes until it is seen in `make run`: in a page, and in a whole job."""

from __future__ import annotations

import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from infra.bench import measure
from infra.build.code import SOURCE
from infra.local.reload import Reloader, reloader
from infra.local.session import LOOK_SECONDS
from infra.local.stand import Plan, Say, Stand, stand

PAGE = ("countersign/web/notices.py", "This link does not open anything", "Saved a moment ago")
STATE = ("countersign/steps/close.py", 'event="closed"', 'event="closed by what was saved"')
WITHIN_SECONDS = 30.0


def measured(say: Say) -> dict[str, float]:
    """Seconds from saving a module that a page shows to the page that shows it, and from saving a
    state's module to the end of the first whole job that ran it. On a copy of the code, warm."""
    with tempfile.TemporaryDirectory() as folder:
        code = Path(shutil.copytree(SOURCE, Path(folder) / SOURCE.name))
        with stand(Plan(port=0, real_time=True, code=code), say) as running:
            measure.one_job(running)
            _page(running)
            with _looking(reloader(running.cloud, code, running.update, say)):
                return {"page": _until_page(running, code), "job": _until_job(running, code)}


def _page(running: Stand) -> str:
    return httpx.get(f"{running.url}/approvals/no/link", timeout=30).text


def _until_page(running: Stand, code: Path) -> float:
    saved = _save(code, *PAGE)
    while PAGE[2] not in _page(running):
        if time.monotonic() - saved > WITHIN_SECONDS:
            raise TimeoutError("the page does not show what was saved")
    return time.monotonic() - saved


def _until_job(running: Stand, code: Path) -> float:
    """A job that began before the change was seen closes by the old code: then the next is it."""
    saved = _save(code, *STATE)
    while time.monotonic() - saved < WITHIN_SECONDS:
        record = running.deps.store.load(measure.one_job(running))
        if record.audit[-1].event in STATE[2]:
            return time.monotonic() - saved
    raise TimeoutError("no job ran what was saved")


def _save(code: Path, name: str, old: str, new: str) -> float:
    path = code / name
    path.write_text(path.read_text().replace(old, new))
    return time.monotonic()


@contextmanager
def _looking(watching: Reloader) -> Iterator[None]:
    """Look for changes as `make run` does."""
    done = threading.Event()

    def look() -> None:
        while not done.wait(LOOK_SECONDS):
            watching.look()

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
