"""`make pictures`: take the README's pictures from the running system, and stamp what they show."""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from countersign.domain.jobs.job import Status
from countersign.web.rendering import ROOMS
from infra.local.front.samples import samples
from infra.local.stand import Plan, Stand, stand
from infra.scan_test.browser import installed
from infra.settings import ROOT

DOCS = ROOT / "docs"
STAMP = DOCS / "pictures.json"
SHOWN = (
    *(f"functions/countersign/{room}/templates" for room in ROOMS if room != "lane"),
    "infra/local/pages",
)
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync")
FIRST = ("40-refund-one-signature", "11-budget-above-the-limit", "19-country-without-a-rule")
WITHIN = 180.0


def main() -> int:
    """Exit code 0 when both pictures were taken."""
    with stand(Plan(port=0), _say) as running, sync_playwright() as playwright:
        jobs = _some_jobs(running)
        browser = playwright.chromium.launch(executable_path=installed(), args=list(FLAGS))
        _approval(browser.new_page(viewport={"width": 390, "height": 780}), running, jobs[0])
        _console(browser.new_page(viewport={"width": 1000, "height": 780}), running)
        browser.close()
    STAMP.write_text(json.dumps({"templates": digest()}, indent=1) + "\n")
    return 0


def digest() -> str:
    """Of everything that the pictures follow from: templates and styles."""
    total = hashlib.sha256()
    for path in _templates():
        total.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return total.hexdigest()


def _templates() -> Iterator[Path]:
    for folder in SHOWN:
        yield from sorted(path for path in (ROOT / folder).rglob("*") if path.is_file())


def _some_jobs(running: Stand) -> list[str]:
    known = {sample.name: sample for sample in samples()}
    jobs = [running.sender.sample(known[name])[0] for name in FIRST]
    deadline = time.monotonic() + WITHIN
    moving = {Status.PENDING, Status.PROCESSING}
    while any(running.deps.store.load(job).job.status in moving for job in jobs):
        if time.monotonic() > deadline:
            raise TimeoutError("the sample jobs did not come to rest")
        time.sleep(0.2)
    return jobs


def _approval(page: Page, running: Stand, job: str) -> None:
    asked = [mail for mail in running.mailbox.all() if "refund" in mail.subject]
    page.goto(asked[-1].links[0])
    page.screenshot(path=DOCS / "approval.png")
    _say(f"docs/approval.png of job {job}")


def _console(page: Page, running: Stand) -> None:
    page.goto(f"{running.url}/console")
    page.screenshot(path=DOCS / "console.png")
    _say("docs/console.png")


def _say(what: str) -> None:
    sys.stderr.write(f"  {what}\n")


if __name__ == "__main__":
    sys.exit(main())
