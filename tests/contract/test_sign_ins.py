"""Sign-in links: the same rules hold for the fake and for DynamoDB's transactions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from countersign.connectors.dynamodb.documents import DynamoSignIns
from countersign.domain.approvals.session import MOST_MAILS, SignIn
from countersign.domain.errors import NotFound, StoreConflict
from countersign.domain.ports import SignIns
from tests.fakes.on_moto import jobs_table
from tests.fakes.sign_ins import FakeSignIns
from tests.fakes.world import START


@pytest.fixture(params=["fake", "moto"])
def sign_ins(request: pytest.FixtureRequest) -> Iterator[SignIns]:
    """The adapter under the contract."""
    if request.param == "fake":
        yield FakeSignIns()
        return
    with jobs_table() as db:
        yield DynamoSignIns("jobs", db)


def link(number: int) -> SignIn:
    return SignIn(
        link_id=f"l-{number}",
        secret_hash="h" * 64,
        person_id="ana",
        expires_at=START + timedelta(minutes=15),
    )


def test_an_address_gets_so_many_links_in_an_hour(sign_ins: SignIns) -> None:
    """The sixth within an hour is not stored; another address, and the next hour, are free."""
    asked = [sign_ins.ask(link(n), "one", START) for n in range(MOST_MAILS + 1)]
    assert asked == [True] * MOST_MAILS + [False]
    assert sign_ins.link("l-0") == link(0)
    with pytest.raises(NotFound):
        sign_ins.link(f"l-{MOST_MAILS}")
    assert sign_ins.ask(link(10), "two", START)
    assert not sign_ins.ask(link(11), "one", START + timedelta(minutes=59))
    assert sign_ins.ask(link(12), "one", START + timedelta(minutes=60))


def test_a_link_changes_once(sign_ins: SignIns) -> None:
    """Of two who read the same link, one uses it."""
    sign_ins.ask(link(1), "one", START)
    used = link(1).model_copy(update={"used": "s-1"})
    sign_ins.change(link(1), used)
    assert sign_ins.link("l-1") == used
    with pytest.raises(StoreConflict):
        sign_ins.change(link(1), link(1).model_copy(update={"used": "s-2"}))
    assert sign_ins.link("l-1") == used
