"""A campaign on the local cloud, through the real doors: each contact gets one message."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable

import pytest

from countersign.campaigns.standing import standing
from countersign.domain.campaigns.sent import Event
from countersign.domain.jobs.job import Status
from countersign.domain.jobs.matters import contact_key
from countersign.domain.lane.control import Word
from countersign.lane.orders import order
from countersign.lane.progress import progress
from infra.cli import submit
from infra.local.cloud import deployer
from infra.local.stand import Stand
from tests.e2e.waiting import ENDS_WITHIN, decide, reaches
from tests.mailing import contact, zipped

Figure = Callable[[str, int], None]
pytestmark = [pytest.mark.cloud, pytest.mark.timeout(1_200)]
WANTED = {Event.BOUNCED: 2, Event.COMPLAINED: 1}
GONE = [f"{kind}@simulator.example.org" for kind in ("bounce+1", "bounce+2", "complaint+1")]
OVER = (Status.COMPLETED, Status.ESCALATED, Status.FAILED)


def uploaded(stand: Stand, contacts: int) -> str:
    """Brief and list under the workflow's prefix; the job that came of it."""
    rows = [contact(number) for number in range(contacts - len(GONE))]
    rows += [f"{one};Kim;Lee;Saw;en;FR;yes" for one in GONE]
    s3, key = deployer.client("s3", stand.cloud.endpoint), f"outreach/{contacts}.zip"
    pointer = submit.upload(s3, stand.deps.settings.uploads_bucket, key, zipped(rows))
    return submit.job_of_upload(stand.deps.store, pointer)


def ends(stand: Stand, job_id: str) -> int:
    """`tick` comes, and an operator resumes it as often as it pauses itself; so many times."""
    resumed, deadline = 0, time.monotonic() + 10 * ENDS_WITHIN
    while stand.deps.store.load(job_id).job.status not in OVER:
        assert time.monotonic() < deadline, stand.deps.store.load(job_id).job
        control = stand.deps.lanes.control(job_id)
        if control.word is Word.PAUSED:
            order(stand.deps, job_id, Word.RUNNING, by="sam", reason="two bounces are few")
            resumed += 1
        stand.tick()
        time.sleep(2)
    return resumed


@pytest.mark.soak
@pytest.mark.parametrize("contacts", [30, 300])
def test_each_contact_gets_one_message_and_what_comes_back_is_known(
    whole_stand: Stand, contacts: int, figure: Figure
) -> None:
    """Signed on its page; nobody twice, nobody lost; whose mail came back or who complained is on
    the one suppression list."""
    job_id = uploaded(whole_stand, contacts)
    reaches(whole_stand, job_id, Status.WAITING_FOR_REVIEW, ticking=5.0)
    assert not [one for one in whole_stand.mailbox.all() if one.unsubscribe]
    decide(whole_stand.url, job_id, "approve")
    resumed = ends(whole_stand, job_id)
    record, seen = whole_stand.deps.store.load(job_id), progress(whole_stand.deps, job_id).seen
    assert record.job.status is Status.COMPLETED, record.job.reason
    assert (seen.rows, seen.done, seen.left) == (contacts, contacts, 0)
    got = Counter(one.to for one in whole_stand.mailbox.all() if one.unsubscribe)
    assert (len(got), set(got.values())) == (contacts, {1})
    heard(whole_stand, job_id)
    figure(f"{contacts} contacts, {resumed} pauses of its own, nobody twice", contacts)


def heard(stand: Stand, job_id: str) -> None:
    """What came back is counted, and its addresses get nothing more."""
    deadline = time.monotonic() + ENDS_WITHIN
    while True:
        told = standing(stand.deps, job_id)
        counts = {one: told.counts.get(one, 0) for one in WANTED} if told else {}
        if counts == WANTED:
            break
        assert time.monotonic() < deadline, counts
        time.sleep(0.5)
    listed = {one.key for one in stand.deps.suppression.rows()}
    assert {contact_key(one) for one in GONE} <= listed
