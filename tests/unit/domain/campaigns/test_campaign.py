"""A campaign: who of a list gets what, who gets nothing, and by which rule."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from countersign.domain.campaigns.campaign import (
    COUNTRY,
    ELSEWHERE,
    NO_CONSENT,
    NO_HOUR,
    NO_LANGUAGE,
    OUTSIDE,
    UNFILLED,
    Campaign,
    CampaignLane,
    plan_digest,
)
from countersign.domain.campaigns.contacts import Consent, Contact
from countersign.domain.campaigns.limits import CampaignLimits
from countersign.domain.campaigns.templates import Template, Unfilled
from tests.flows import Letter

OPT_IN, CUSTOMER = Consent(basis="opt-in"), Consent(basis="customer")
HELD = Campaign(
    title="Two days",
    purpose="owners of a saw",
    sender="news@news.example.com",
    reply_to="team@example.com",
    imprint="Saws Ltd, 1 Road",
    templates={
        "en": Template(subject="{name|Hello}", text="We sharpen your {product}."),
        "de": Template(subject="Hallo", text="Guten Tag {first_name|}"),
    },
    usual="en",
    consents={ELSEWHERE: ("opt-in", "customer"), "DE": ("opt-in",)},
    not_served=("KP",),
)


def contact(**said: Any) -> Contact:
    """A row that gets a message."""
    usual: dict[str, Any] = {
        "key": "k",
        "address": "ada@example.com",
        "country": "FR",
        "consent": OPT_IN,
        "fields": {"product": "Saw 1", "first_name": "Ada"},
    }
    return Contact(**usual | said)


def changed(**parts: Any) -> Campaign:
    return HELD.model_copy(update=parts)


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        (contact(), ""),
        (contact(stopped="the address is none", country="KP"), "the address is none"),
        (contact(country="KP", consent=Consent()), f"{COUNTRY} KP"),
        (contact(consent=Consent(), fields={}), NO_CONSENT),
        (contact(consent=CUSTOMER), ""),
        (contact(consent=CUSTOMER, country="DE"), NO_CONSENT),
        (contact(country=""), NO_HOUR),
        (contact(country="", zone="Europe/Paris"), ""),
        (contact(language="pt"), f"{NO_LANGUAGE} pt"),
        (contact(fields={}), f"{UNFILLED}: product"),
        (contact(fields={}, language="de"), ""),
    ],
)
def test_a_row_is_sent_nothing_by_the_first_rule_that_it_meets(row: Contact, rule: str) -> None:
    """What the list says of it, then consent, then whether a message can be made and timed."""
    assert HELD.against(row) == rule


def test_without_a_word_on_consent_nobody_is_written_to() -> None:
    """A campaign that names no bases takes none of them."""
    assert changed(consents={}).against(contact()) == NO_CONSENT


@pytest.mark.parametrize(
    ("only", "rule"),
    [
        ({"product": ("saw 1", "saw 2")}, ""),
        ({"product": ("saw 2",)}, OUTSIDE),
        ({"country": ("fr",), "language": ("",)}, ""),
        ({"country": ("fr",), "language": ("fr",)}, OUTSIDE),
        ({"no such column": ("x",)}, OUTSIDE),
    ],
)
def test_a_row_is_in_the_segment_by_every_column_of_it(
    only: dict[str, tuple[str, ...]], rule: str
) -> None:
    """However the row spells it; country and language are columns like any other."""
    assert changed(only=only).against(contact()) == rule


def test_a_row_is_written_to_in_its_language_or_in_the_usual_one_where_that_is_said() -> None:
    """Who says no language gets the usual one; who says another one only if the campaign does."""
    said = [contact(language=one) for one in ("de", "", "pt")]
    assert [HELD.language_of(one) for one in said] == ["de", "en", ""]
    assert [changed(others=True).language_of(one) for one in said] == ["de", "en", "en"]


def test_a_message_is_the_template_of_the_language_with_the_imprint_of_the_campaign() -> None:
    """And nothing is sent with a hole in it."""
    message = HELD.message(contact(language="de"), "https://stop")
    assert (message.subject, message.body) == ("Hallo", "Guten Tag Ada")
    assert message.footer[0] == HELD.imprint
    assert message.footer[2] == "https://stop"
    with pytest.raises(Unfilled, match="product"):
        HELD.message(contact(fields={}), "https://stop")


def test_a_campaign_names_the_columns_that_it_needs_of_a_list() -> None:
    """Those of all its languages together."""
    assert HELD.places == {"name", "product", "first_name"}


def test_whoever_changes_a_letter_has_another_plan() -> None:
    """Of its words, of its limits, or of the list; the same again is the same plan."""
    assert HELD.digest == changed().digest
    plans = {
        plan_digest(HELD, "rows"),
        plan_digest(HELD, "other rows"),
        plan_digest(changed(title="Two day"), "rows"),
        plan_digest(changed(limits=CampaignLimits(other_rate=6)), "rows"),
    }
    assert len(plans) == 4
    assert plan_digest(changed(), "rows") in plans


def test_two_messages_to_one_person_are_a_week_apart_unless_it_says_otherwise() -> None:
    """In whole days."""
    assert HELD.apart == timedelta(days=7)
    assert changed(days_apart=30).apart == timedelta(days=30)


def test_a_campaigns_lane_sends_and_has_no_work_whose_answer_is_its_effect() -> None:
    """Its items are another function's than those of other files."""
    lane = CampaignLane[Letter](
        read=lambda _: iter(()),
        describe=lambda _filed, _release: Letter(text=""),
        campaign=lambda _: HELD,
    )
    assert lane.sends
