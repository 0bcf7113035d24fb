"""An upgrade of the stack while a job waits for a signature."""

from __future__ import annotations

import hashlib
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from countersign.domain.jobs.job import Status
from infra.build.synth import default_out
from infra.cli.submit import post_webhook
from infra.local.cloud import deployer
from infra.local.cloud.assembly import read_assembly
from infra.local.cloud.rewrites import python_functions
from infra.local.player.signer import Signer
from infra.local.stand import Plan, Stand, stand
from tests.e2e.waiting import decide, reaches
from tests.fakes.journey import form

pytestmark = [pytest.mark.cloud, pytest.mark.timeout(240)]

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
