"""Somebody with a browser who signs in to the pages of a stand and ends a case there."""

from __future__ import annotations

import time

import httpx

from countersign.connectors.http import certificates
from countersign.domain.approvals.approval import Person
from countersign.domain.approvals.directory import Member
from countersign.domain.jobs.inbox import OPERATIONS
from infra.local.people import since_now
from infra.local.player.signer import read
from infra.local.stand import Stand

WITHIN = 30.0


def operator(stand: Stand) -> str:
    """Put somebody into the directory who may end every case; their address."""
    like = since_now()[0]
    person = Person(id="op", name="Kim Operator", address="kim.operator@example.com")
    member: Member = like.model_copy(update={"person": person, "roles": (OPERATIONS,)})
    stand.deps.people.save(member)
    return person.address


def signed_in(stand: Stand, address: str) -> httpx.Client:
    """A browser that is signed in as the person with this address. Close it."""
    browser = httpx.Client(
        base_url=stand.url, timeout=30.0, follow_redirects=True, verify=certificates()
    )
    browser.post("/approvals/sign-in", data={"address": address}).raise_for_status()
    link = _mailed(stand, address)
    page = read(browser.get(link).raise_for_status().text)
    browser.post(link, data={**page.hidden, "code": page.code}).raise_for_status()
    return browser


def _mailed(stand: Stand, address: str) -> str:
    deadline = time.monotonic() + WITHIN
    while time.monotonic() < deadline:
        mine = (mail for mail in stand.mailbox.all() if mail.to == (address,))
        links = [link for mail in mine for link in mail.links if "/sign-in/" in link]
        if links:
            return links[0]
        time.sleep(0.1)
    raise AssertionError(f"no link was mailed to {address}")


def downloads(browser: httpx.Client, job_id: str) -> bytes:
    """The original, from the page of the job's case."""
    path = f"/approvals/cases/{job_id}"
    page = read(browser.get(path).raise_for_status().text)
    return browser.post(f"{path}/original", data=page.hidden).raise_for_status().content


def resumes(browser: httpx.Client, job_id: str) -> None:
    """Take the way out of the job's case that starts a new execution."""
    path = f"/approvals/cases/{job_id}"
    page = read(browser.get(path).raise_for_status().text)
    filled = {**page.hidden, "way": "resume", "words": "", "code": page.code}
    browser.post(path, data=filled).raise_for_status()


def corrects(browser: httpx.Client, job_id: str, **facts: str) -> bool:
    """The same, with facts of the case put right; not when the job changed meanwhile."""
    path = f"/approvals/cases/{job_id}"
    page = read(browser.get(path).raise_for_status().text)
    typed = {f"fact-{name}": text for name, text in facts.items()}
    filled = {**page.hidden, **typed, "way": "resume", "words": "", "code": page.code}
    return browser.post(path, data=filled).is_success
