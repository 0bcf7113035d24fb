"""The directory: the same rules hold for the fake and for DynamoDB."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest

from countersign.connectors.dynamodb.documents import DynamoPeople
from countersign.domain.approvals.approval import Person
from countersign.domain.approvals.directory import Away, Member, SigningLimit
from countersign.domain.approvals.working_hours import Hours
from countersign.domain.money import Money
from countersign.domain.ports import People
from tests.fakes.on_moto import jobs_table
from tests.fakes.world import START, FakePeople


@pytest.fixture(params=["fake", "moto"])
def people(request: pytest.FixtureRequest) -> Iterator[People]:
    """The adapter under the contract."""
    if request.param == "fake":
        yield FakePeople()
        return
    with jobs_table() as db:
        yield DynamoPeople("jobs", db)


def member(person_id: str = "zoe", **parts: object) -> Member:
    """Somebody with everything that a member can have."""
    whole = Member(
        person=Person(id=person_id, name="Zoë Ünal\u2028", address=f"{person_id}@example.com"),
        roles=("sales", "refunds"),
        limits=(
            SigningLimit(actions="payments.*", most=Money(amount=Decimal("50.00"), currency="EUR")),
        ),
        hours=Hours(zone="Europe/Berlin", days=(0, 2, 4), opens=8 * 60, closes=24 * 60),
        away=(Away(since=START, until=START + timedelta(days=3), deputy="ana"),),
    )
    return whole.model_copy(update=parts)


def crowd() -> list[Member]:
    """More than 1 MB of people."""
    limit = member().limits[0]
    many = tuple(limit.model_copy(update={"actions": f"payments.a{n:060d}"}) for n in range(120))
    return [member(f"p{number:03d}", limits=many) for number in range(110)]


def test_who_is_saved_is_read_back_whole(people: People) -> None:
    """Limits, hours, absences and odd names survive the table unchanged."""
    people.save(member())
    assert people.directory().member("zoe") == member()


def test_saving_again_replaces(people: People) -> None:
    """One id is one person, with what was said last."""
    people.save(member())
    people.save(member(roles=("sales-lead",)))
    found = [one for one in people.directory().members if one.person.id == "zoe"]
    assert [one.roles for one in found] == [("sales-lead",)]


def test_who_left_is_gone_at_once(people: People) -> None:
    """The next reading knows of it: no role, no address, no standing in."""
    people.save(member())
    people.save(member(left=True))
    directory = people.directory()
    assert directory.member("zoe") is None
    assert directory.by_address("zoe@example.com") is None
    assert "zoe" not in {one.person.id for one in directory.of_role("refunds")}


def test_two_people_do_not_disturb_each_other(people: People) -> None:
    """Each has a row of their own."""
    people.save(member())
    people.save(member("yan"))
    people.save(member("yan", left=True))
    assert people.directory().member("zoe") == member()


def test_a_directory_larger_than_one_answer_is_read_whole(people: People) -> None:
    """Nobody is missed where the table answers in pages of 1 MB."""
    for one in crowd():
        people.save(one)
    found = {one.person.id for one in people.directory().members}
    assert {one.person.id for one in crowd()} <= found


@pytest.mark.control
def test_reading_one_page_misses_people() -> None:
    """Control: such a directory does not come in one answer."""
    with jobs_table() as client:
        for one in crowd():
            DynamoPeople("jobs", client).save(one)
        page = client.query(
            TableName="jobs",
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": "PEOPLE"}},
        )
    assert len(page["Items"]) < len(crowd())
