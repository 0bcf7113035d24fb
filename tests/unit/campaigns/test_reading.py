"""What SES says of the account, once a minute."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from countersign.campaigns.turns import read_account
from countersign.connectors.aws.ses import SesAccount
from countersign.domain.campaigns.sending import Said
from countersign.domain.errors import Misconfigured, Throttled
from tests.fakes.world import World


@pytest.fixture
def world() -> World:
    return World(lambda _: {})


def test_it_is_asked_once_a_minute(world: World) -> None:
    """Whoever asks; what it says stands in the row then."""
    for _ in range(3):
        read_account(world.deps_again())
    assert world.sending_account.asked == 1
    world.clock.passes(seconds=60)
    world.sending_account.says = Said(sent=7, quota=200, rate=1, allowed=False)
    read_account(world.deps)
    said = world.sending_limits.row().reading
    assert said is not None
    assert (said.sent, said.quota, said.rate, said.allowed) == (7, 200, 1, False)
    assert said.at == world.clock.now()


def test_a_stage_without_campaigns_asks_nobody(world: World) -> None:
    """Its tick has no right to."""
    world.settings = world.settings.model_copy(update={"campaign_from": ""})
    read_account(world.deps_again())
    assert world.sending_account.asked == 0


@pytest.fixture
def ses() -> Iterator[tuple[Any, Stubber]]:
    """The client, and what it will be answered."""
    real: Any = boto3.Session("a", "b", region_name="us-east-1").client("sesv2")
    with Stubber(real) as answers:
        yield real, answers


def test_the_numbers_of_the_account(ses: tuple[Any, Stubber]) -> None:
    """SES writes whole numbers as fractions."""
    quota = {"Max24HourSend": 50_000.0, "MaxSendRate": 14.0, "SentLast24Hours": 11.5}
    ses[1].add_response("get_account", {"SendQuota": quota, "SendingEnabled": True})
    assert SesAccount(ses[0]).said() == Said(sent=12, quota=50_000, rate=14, allowed=True)
    ses[1].add_response("get_account", {})
    assert SesAccount(ses[0]).said() == Said(sent=0, quota=0, rate=0, allowed=False)


def test_what_ses_does_not_say(ses: tuple[Any, Stubber]) -> None:
    """Later, or an operator's to mend."""
    ses[1].add_client_error("get_account", "TooManyRequestsException")
    with pytest.raises(Throttled):
        SesAccount(ses[0]).said()
    ses[1].add_client_error("get_account", "AccessDeniedException", http_status_code=403)
    with pytest.raises(Misconfigured, match="AccessDeniedException"):
        SesAccount(ses[0]).said()
