"""Putting objects of the CRM away, the same for the fake and for the adapter with the server."""

from __future__ import annotations

import pytest

from countersign.domain.errors import (
    Ambiguous,
    Misconfigured,
    NotFound,
    Throttled,
    Unavailable,
)
from tests.contract.crm_sides import ADA, DEAL, Side

pytestmark = pytest.mark.enable_socket


def test_an_archived_object_is_neither_found_nor_read_and_its_key_is_free(side: Side) -> None:
    """It is gone for whoever reads; another object may have its unique value."""
    contact = side.has_contact(ADA)
    made = side.crm.create("deals", DEAL, contact)
    side.crm.archive("deals", made.id)
    assert side.crm.find("deals", "countersign_action_key", "cs-1") is None
    with pytest.raises(NotFound):
        side.crm.read("deals", made.id)
    assert side.crm.create("deals", DEAL, contact).id != made.id
    assert [(w.method, w.key) for w in side.journal()][:2] == [("POST", "cs-1"), ("DELETE", "cs-1")]


def test_archiving_twice_is_one_effect(side: Side) -> None:
    """An object that is archived, or never was, stays gone and is no error."""
    contact = side.has_contact(ADA)
    for gone in (contact, contact, "77"):
        side.crm.archive("contacts", gone)
    assert [write.method for write in side.journal()] == ["DELETE"]


def test_a_contact_is_read_with_what_hangs_on_it(side: Side) -> None:
    """Its live deals and tasks by id, in a fixed order; nothing of what is archived."""
    contact = side.has_contact(ADA)
    assert not {"deals", "tasks"} & set(side.crm.read("contacts", contact).fields)
    first, second = side.has_deal(ADA), side.has_deal(ADA)
    assert side.crm.read("contacts", contact).fields["deals"] == f"{first},{second}"
    side.crm.archive("deals", first)
    assert side.crm.read("contacts", contact).fields["deals"] == second


def test_an_object_under_an_empty_id_is_nothing(side: Side) -> None:
    """An id is data in a path: it cannot reach another call."""
    for wrong in ("", ".."):
        with pytest.raises(NotFound):
            side.crm.archive("contacts", wrong)


def test_a_lost_answer_is_ambiguous_and_a_lie_is_not_seen(side: Side) -> None:
    """What became of it is for whoever looks afterwards."""
    contact = side.has_contact(ADA)
    side.lies()
    side.crm.archive("contacts", contact)
    assert side.crm.read("contacts", contact).id == contact
    side.loses_the_answer()
    with pytest.raises(Ambiguous):
        side.crm.archive("contacts", contact)
    assert side.crm.find("contacts", "email", ADA) is None


def test_archiving_is_refused_with_the_reading_token(side: Side) -> None:
    """The reader cannot take anything away."""
    with pytest.raises(Misconfigured):
        side.reader.archive("contacts", "77")


def test_a_crm_that_asks_to_wait_archives_nothing(side: Side) -> None:
    """Throttled and unavailable are other tries' business."""
    contact = side.has_contact(ADA)
    side.throttles()
    with pytest.raises(Throttled):
        side.crm.archive("contacts", contact)
    side.is_unavailable()
    with pytest.raises(Unavailable):
        side.crm.archive("contacts", contact)
    assert side.journal() == []
