"""`countersign smoke`: what a pipeline asks of a stage before the next one."""

from __future__ import annotations

from base64 import b64encode

import pytest

from infra.cli.smoke import STEPS, Smoke, SmokeError
from infra.cli.target import Target
from infra.local.stand import Stand

pytestmark = pytest.mark.cloud


def _smoke(stand: Stand, secret: str) -> Smoke:
    return Smoke(Target(stand.url, secret, stand.deps.settings), stand.deps)


def test_a_smoke_test_touches_its_own_contact_and_takes_it_back(whole_stand: Stand) -> None:
    """Sent, signed on its page, read back, undone; of the contact nothing is left, no workflow of
    the business has had a job. A door that does not know the sender stops it at the first step."""
    run = _smoke(whole_stand, whole_stand.webhook_secret)
    for step in STEPS:
        step(run)
    record = whole_stand.deps.store.load(run.job_id)
    assert record.job.workflow == "smoke_test"
    assert [(one.action, one.status) for one in record.ledger] == [("crm.upsert_contact", "undone")]
    assert list(run.took) == ["send", "ask", "approve", "act", "roll back"]

    with pytest.raises(SmokeError, match="the door answered 401"):
        _smoke(whole_stand, "whsec_" + b64encode(bytes(32)).decode()).sent()
