"""The row of the account's sending on the local cloud's DynamoDB: the conditions are the table's
own, and sixty children ask it at once.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from countersign.connectors.dynamodb.sending import DynamoSendingLimits
from countersign.domain.campaigns.groups import rows_for
from countersign.domain.campaigns.limits import CampaignLimits
from infra.local.cloud import deployer
from infra.local.cloud.processes import LocalCloud
from tests.fakes.tables import create_jobs_table
from tests.guarantees.campaign_play import DAY, Play, most_in
from tests.seeds import drawn_seed

Figure = Callable[[str, int], None]
pytestmark = [pytest.mark.cloud, pytest.mark.soak, pytest.mark.timeout(3_600)]
TABLE = "sending"
LIMITS = CampaignLimits(ramp=(), rates={"gmail": 900, "microsoft": 600})
MAILS = int(os.environ.get("MAILS") or 100_000)


def test_a_hundred_thousand_mails_on_the_emulators_table(cloud: LocalCloud, figure: Figure) -> None:
    """Two days of a day's 60,000: every second and every 24 hours hold, and all are sent."""
    db = deployer.client("dynamodb", cloud.endpoint)
    create_jobs_table(db, TABLE)
    contacts = {"gmail": 3 * MAILS // 10, "microsoft": 2 * MAILS // 10, "": 5 * MAILS // 10}
    a_day = 3 * MAILS // 4
    played = Play(
        contacts,
        DynamoSendingLimits(TABLE, db),
        quota=a_day,
        rate=2_000,
        limits=LIMITS,
        children=60,
        seed=drawn_seed(),
        at=datetime(2026, 3, 2, 9, tzinfo=UTC),
        rows=rows_for(contacts, LIMITS.rates, LIMITS.other_rate),
    )
    played.goes()
    own = played.provider.campaigns()
    assert len(own) == sum(contacts.values())
    assert most_in(own, 1) <= LIMITS.rate(2_000)
    assert most_in(own, DAY) <= LIMITS.day(a_day)
    for group, most in LIMITS.rates.items():
        assert most_in(played.provider.journal(group), 1) <= most, group
    told = f"{played.lasted} in virtual time, {dict(played.waits)}, {played.killed} killed"
    figure(f"{len(own)} mails: {told}", len(own))
