"""`KEEP=1 make run`: what one run leaves, the next goes on with."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest

from countersign.domain.jobs.job import Status
from countersign.jobs.cases import take_out
from infra.cli.clock import moved
from infra.cli.submit import post_webhook
from infra.local.killed import tell_killed
from infra.local.stand import Plan, Stand, stand
from tests.e2e.waiting import decide, reaches, until_mailed
from tests.fakes.journey import form
from tests.ports import free_pair

pytestmark = [pytest.mark.cloud, pytest.mark.soak, pytest.mark.timeout(400)]


def begun(running: Stand) -> str:
    """A new job, which will wait for the signature on its reply."""
    event = secrets.token_hex(8)
    body = form(email=f"ida.{event}@norling.example")
    return post_webhook(running.url, "lead_intake", running.webhook_secret, event, body).job_id


def test_a_restart_keeps_jobs_mails_and_secrets(tmp_path: Path) -> None:
    """A job that waited is signed by the link of the mail that was sent before the restart; one
    that was under way is FAILED, told by the recorder, and resumed as any other."""
    plan = Plan(port=free_pair(), keep=tmp_path)
    with stand(plan, lambda _: None) as first:
        waiting = begun(first)
        reaches(first, waiting, Status.WAITING_FOR_REVIEW)
        until_mailed(first)
        cut = begun(first)
        reaches(first, cut, Status.PROCESSING)
        mails, contacts = first.mailbox.all(), first.deps.people.directory()
    with stand(plan, lambda _: None) as second:
        assert second.webhook_secret == first.webhook_secret
        assert second.deps.people.directory() == contacts
        assert {mail.id for mail in mails} <= {mail.id for mail in second.mailbox.all()}
        assert second.deps.store.load(cut).job.status is Status.PROCESSING
        assert tell_killed(second) == (cut,)
        assert second.deps.store.load(cut).job.status is Status.FAILED
        take_out(second.deps, cut, "resume", by="sam", words="the machine was off", facts={})
        reaches(second, cut, Status.WAITING_FOR_REVIEW)
        decide(second.url, waiting, "approve")
        moved(second.deps, "+1h")  # the callback of a decision is looked after two minutes later
        reaches(second, waiting, Status.COMPLETED, ticking=5.0)
        assert tell_killed(second) == ()
