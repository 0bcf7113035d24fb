"""What is learnt of a list while it is read: counts, reasons, and messages that show extremes."""

from __future__ import annotations

from typing import Any

from countersign.domain.campaigns.campaign import ELSEWHERE, NO_CONSENT, Campaign
from countersign.domain.campaigns.contacts import Consent, Contact
from countersign.domain.campaigns.survey import SAMPLES, Counted, by_rule
from countersign.domain.campaigns.templates import Template
from countersign.domain.lane.batches import Line

HELD = Campaign(
    title="Two days",
    purpose="owners of a saw",
    sender="news@news.example.com",
    reply_to="team@example.com",
    imprint="Saws Ltd",
    templates={
        "en": Template(subject="Hello {name|you}", text="Your {product|saw}"),
        "ar": Template(subject="مرحباً", text="منشارك {product|}"),
    },
    usual="en",
    consents={ELSEWHERE: ("opt-in",)},
)


def line(number: int, **said: Any) -> Line:
    """A row that gets a message."""
    usual: dict[str, Any] = {
        "key": f"{number:03}",
        "address": f"p{number}@example.com",
        "name": "Ada",
        "country": "FR",
        "consent": Consent(basis="opt-in"),
        "fields": {"product": "Saw 1"},
    }
    return Line(number=number, text=Contact(**usual | said).model_dump_json())


def counted(*lines: Line) -> Counted:
    survey = Counted(HELD)
    for one in lines:
        survey.add(one)
    return survey


def shown(survey: Counted) -> dict[int, tuple[str, ...]]:
    return {one.number: one.shows for one in survey.samples()}


def test_each_row_counts_once_as_a_message_or_by_the_rule_against_it() -> None:
    """Languages, countries and receiving systems are those of who gets one."""
    survey = counted(
        line(1, address="ada@googlemail.com"),
        line(2, country="", zone="Africa/Cairo", language="ar"),
        line(3, consent=Consent(), country="DE", address="eve@gmx.de"),
    )
    assert survey.ready == 2
    assert survey.rules == {NO_CONSENT: 1}
    assert survey.languages == {"en": 1, "ar": 1}
    assert survey.countries == {"FR": 1, "not said": 1}
    assert survey.groups == {"gmail": 1, "example.com": 1}


def test_whom_rows_write_to_are_those_against_whom_no_rule_speaks() -> None:
    """By their digests, for a look at what forbids it now, as long ago as the campaign says."""
    survey = counted()
    assert survey.contacts([line(1), line(2, consent=Consent()), line(3)]) == ["001", "003"]
    assert survey.apart == HELD.apart


def test_the_samples_show_the_extremes_of_the_list() -> None:
    """The longest first; each says what it shows, and of several the first row is taken."""
    survey = counted(
        line(1),
        line(2),
        line(3, fields={"product": "A very long saw"}),
        line(4, fields={}),
        line(5, name="Ayşe Łucja Ωmega Александра"),
        line(6, language="ar", country="EG", name=""),
        line(7, country="", zone="Europe/Paris"),
    )
    found = shown(survey)
    assert list(found) == [5, 3, 4, 6, 1, 2, 7]
    assert found[3] == ("longest text",)
    assert found[4] == ("shortest text", "without product")
    assert found[5] == ("longest subject", "other letters in the name")
    assert found[6] == ("in language ar", "right to left", "to EG")
    assert found[1] == ("in language en", "to FR")
    assert found[2] == found[7] == ("picked by chance",)


def test_a_long_list_has_twenty_samples_whatever_the_order_of_its_rows() -> None:
    """What is picked by chance goes by the digests of the addresses: nobody's place gets him in."""
    lines = [line(number) for number in range(1, 101)]
    forth, back = counted(*lines), counted(*reversed(lines))
    assert len(forth.samples()) == SAMPLES
    by_chance = [
        {at for at, shows in shown(one).items() if shows == ("picked by chance",)}
        for one in (forth, back)
    ]
    assert by_chance[0] == set(range(2, 21))
    assert by_chance[1] == set(range(1, 20))
    assert forth.samples() == counted(*lines).samples()


def test_reasons_from_the_list_and_from_the_look_are_one_count() -> None:
    """The most frequent first."""
    told = by_rule({"a": 1, "b": 2}, {"a": 4, "c": 3})
    assert list(told.items()) == [("a", 5), ("c", 3), ("b", 2)]
