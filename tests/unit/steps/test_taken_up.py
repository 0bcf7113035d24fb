"""No silent end: one sign of a machine is read, two close unread, and a person takes it up."""

from __future__ import annotations

import pytest

from countersign.domain.errors import ContractBroken, NotPermitted
from countersign.jobs.cases import take_out
from tests.fakes.journey import Journey, accept
from tests.fakes.world import ANA, KIM, World
from workflows import WORKFLOWS

OUT = "Out of office: quote for 40 licences"


@pytest.fixture
def world() -> World:
    """Kim answers for leads."""
    made = World(WORKFLOWS["lead_intake"].offline)
    made.people.becomes(KIM, roles=("sales-ops",))
    return made


def arrives(world: World, subject: str, *fields: str) -> Journey:
    """A mail whose sender our receiver vouches for."""
    told = "mx.countersign.example; dmarc=pass header.from=hafenwerk.example"
    lines = [
        *(f"Authentication-Results: {told}", "From: Anna Lindner <anna@hafenwerk.example>"),
        *("To: sales@countersign.example", f"Subject: {subject}", *fields, ""),
        "We would like to become your reseller partner in Germany. Please send us your terms.",
    ]
    body = "\r\n".join(lines).encode()
    return Journey(world, accept(world, body, door="upload"))


def test_one_sign_is_read_and_any_mail_asks(world: World) -> None:
    """Its subject alone, or a list's fields alone: what it wants is planned, and nothing is mailed
    by itself."""
    for fields in ((OUT,), ("Terms", "List-Id: <partners.hafenwerk.example>")):
        journey = arrives(world, *fields)
        assert journey.goes() == "Ask"
        assert journey.statuses()["email.send_reply"] == "planned"
        assert world.mail.to("anna@hafenwerk.example") == []


@pytest.mark.control
def test_control_without_a_sign_the_same_mail_is_acknowledged(world: World) -> None:
    """The sender is vouched for and the text is fixed: the acknowledgement leaves by itself."""
    journey = arrives(world, "Terms")
    assert journey.goes() == "Close"
    (mail,) = world.mail.to("anna@hafenwerk.example")
    assert mail.automatic == "auto-replied"


def test_two_signs_close_it_unread(world: World) -> None:
    """No model is asked, nothing is mailed, and the job says why."""
    journey = arrives(world, OUT, "Auto-Submitted: auto-replied")
    assert journey.goes() == "Close"
    assert (journey.record.job.status, world.model.asked) == ("REJECTED", [])
    assert "out-of-office" in journey.record.job.reason


def test_what_was_closed_unread_is_taken_up_by_a_person_with_a_reason(world: World) -> None:
    """It is read now, and its mails still ask: whoever takes it up signs nothing by that."""
    journey = arrives(world, OUT, "Auto-Submitted: auto-replied")
    journey.goes()
    take_out(world.deps, journey.job_id, "resume", by="kim", words="she wrote it", facts={})
    again = Journey(world, journey.job_id)
    assert again.goes() == "Ask"
    assert again.statuses()["email.send_reply"] == "planned"
    assert again.record.case
    assert again.record.case.resolution
    assert again.record.case.resolution.words == "she wrote it"


def test_nobody_takes_it_up_without_a_reason_or_the_role(world: World) -> None:
    """Nothing is written."""
    journey = arrives(world, OUT, "Auto-Submitted: auto-replied")
    journey.goes()
    before = journey.record
    with pytest.raises(ContractBroken, match="a reason"):
        take_out(world.deps, journey.job_id, "resume", by="kim", words=" ", facts={})
    with pytest.raises(NotPermitted):
        take_out(world.deps, journey.job_id, "resume", by=ANA.id, words="why not", facts={})
    with pytest.raises(ContractBroken, match="only ESCALATED"):
        take_out(world.deps, journey.job_id, "done", by="kim", words="by hand", facts={})
    assert journey.record == before
