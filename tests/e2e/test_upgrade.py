"""An upgrade of the stack while a job waits for a signature."""

from __future__ import annotations

import hashlib
import secrets
import shutil
import time
from collections.abc import Collection, Iterator
from pathlib import Path

import httpx
import pytest

from countersign.domain.jobs.job import Status
from countersign.web.forms import MEDIA_TYPE
from infra.build.synth import default_out
from infra.cli.submit import post_webhook
from infra.local.cloud import deployer
from infra.local.cloud.assembly import read_assembly
from infra.local.cloud.rewrites import python_functions
from infra.local.player.signer import Signer
from infra.local.stand import Plan, Stand, stand
from tests.e2e.waiting import ENDS_WITHIN, decide, reaches
from tests.fakes.journey import form

pytestmark = [pytest.mark.cloud, pytest.mark.soak, pytest.mark.timeout(900)]

Word = tuple[str, str, str]
SEALED: Word = (
    "countersign/steps/close.py",
    'else "closed"',
    'else "closed by the next release"',
)
FORGETFUL: Word = (
    "countersign/domain/approvals/links.py",
    "hashlib.sha256(_bytes(secret))",
    "hashlib.sha512(_bytes(secret))",
)
"""A release that hashes the secrets of links in another way than the one before."""

SECOND: Word = (
    "countersign/actions/mail.py",
    'id="email.send_reply",\n    version=1,',
    'id="email.send_reply",\n    version=2,',
)
"""A release that knows the reply in its second version alone."""


@pytest.fixture(scope="module")
def deployed() -> Iterator[Stand]:
    """Everything that `make run` starts, with functions that run what was deployed."""
    with stand(Plan(port=0), lambda _: None) as running:
        yield running


def next_release(assembly: Path, folder: Path, word: Word = SEALED) -> Path:
    """A copy of the assembly whose code differs in one word, under a digest of its own."""
    name, old, new = word
    copied = Path(shutil.copytree(assembly, folder / "cdk.out"))
    found = read_assembly(copied)
    keys = {f["Properties"]["Code"]["S3Key"] for _, f in python_functions(found.template)}
    code = next(a for a in found.assets if a.key in keys and a.source.is_dir())
    changed = code.source / name
    assert old in changed.read_text()
    changed.write_text(changed.read_text().replace(old, new))
    digest, other = Path(code.key).stem, hashlib.sha256(repr(word).encode()).hexdigest()
    for listing in (*copied.glob("*.template.json"), *copied.glob("*.assets.json")):
        listing.write_text(listing.read_text().replace(f"{digest}.zip", f"{other}.zip"))
    return copied


def waiting_job(stand: Stand) -> str:
    """A job of its own contact that waits for the signature on its reply."""
    event = secrets.token_hex(8)
    body = form(email=f"ida.{event}@norling.example")
    answer = post_webhook(stand.url, "lead_intake", stand.webhook_secret, event, body)
    assert reaches(stand, answer.job_id, Status.WAITING_FOR_REVIEW)
    return answer.job_id


def test_waiting_jobs_survive_an_upgrade_and_the_way_back(deployed: Stand, tmp_path: Path) -> None:
    """Two jobs are asked by one release. One is signed and ended under the next, by the link of the
    first; the other is signed after the way back, and ends under the release that asked."""
    signed, refused = waiting_job(deployed), waiting_job(deployed)
    assembly, endpoint = default_out("local"), deployed.cloud.endpoint
    deployer.deploy(next_release(assembly, tmp_path), endpoint, deployed.overrides)
    try:
        decide(deployed.url, signed, "approve")
        record = reaches(deployed, signed, Status.COMPLETED)
    finally:
        deployer.deploy(assembly, endpoint, deployed.overrides)
    assert record.audit[-1].event == "closed by the next release"
    assert {held.status.value for held in record.ledger} == {"verified"}
    decide(deployed.url, refused, "reject", "no capacity this month")
    record = reaches(deployed, refused, Status.COMPLETED)
    assert record.audit[-1].event == "closed"
    assert record.ledger[-1].status.value == "rejected"


def links_of(stand: Stand, job_id: str) -> list[str]:
    """The links to the job's requests that were mailed, the newest first."""
    mails = httpx.get(f"{stand.url}/mailbox.json").json()["messages"]
    links = (link for mail in mails for link in mail["links"])
    return [link for link in dict.fromkeys(links) if job_id in httpx.get(link).text]


def mailed(stand: Stand, job_id: str, old: Collection[str] = ()) -> list[str]:
    """The links of a request that came after the old ones."""
    deadline = time.monotonic() + ENDS_WITHIN
    while not (new := [one for one in links_of(stand, job_id) if one not in old]):
        assert time.monotonic() < deadline, "nothing was mailed"
        time.sleep(0.5)
    return new


@pytest.mark.guarantee("T43")
def test_a_version_that_is_gone_is_asked_again_on_a_cloud_that_runs(
    deployed: Stand, tmp_path: Path
) -> None:
    """Three deployments: code without the reply's first version, the way back, and forth again. One
    click on the page has it asked again, and what is signed then is what leaves."""
    job_id, assembly = waiting_job(deployed), default_out("local")
    endpoint, overrides = deployed.cloud.endpoint, deployed.overrides
    first = mailed(deployed, job_id)
    later = next_release(assembly, tmp_path, SECOND)
    try:
        for one in (later, assembly, later):
            deployer.deploy(one, endpoint, overrides)
        with httpx.Client(follow_redirects=True) as browser:
            assert "The program has changed since this was asked" in browser.get(first[0]).text
            clicked = browser.post(first[0], headers={"content-type": MEDIA_TYPE})
            assert "a new request goes out by mail" in clicked.text
        assert mailed(deployed, job_id, first)
        decide(deployed.url, job_id, "approve")
        record = reaches(deployed, job_id, Status.COMPLETED)
        (reply,) = (held for held in record.ledger if held.action == "email.send_reply")
        assert (reply.action_version, reply.status.value) == (2, "verified")
    finally:
        deployer.deploy(assembly, endpoint, overrides)


@pytest.mark.control
def test_an_upgrade_that_forgets_its_links_is_noticed(deployed: Stand, tmp_path: Path) -> None:
    """Control: a release that knows the old links no more leaves the job waiting unsigned."""
    job_id, assembly = waiting_job(deployed), default_out("local")
    endpoint, overrides = deployed.cloud.endpoint, deployed.overrides
    deployer.deploy(next_release(assembly, tmp_path, FORGETFUL), endpoint, overrides)
    try:
        assert not Signer(deployed.url).decide(job_id, "approve", "")
    finally:
        deployer.deploy(assembly, endpoint, overrides)
    assert reaches(deployed, job_id, Status.WAITING_FOR_REVIEW).pending is not None
