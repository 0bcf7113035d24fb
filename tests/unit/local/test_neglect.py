"""The player sees whether the people of a case hear of it while nobody takes it up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from countersign.domain.jobs.cases import Case
from countersign.entrypoints.tick import tick
from infra.local.player import neglect
from infra.local.player.neglect import Neglected
from tests.fakes.world import ANA, CLEO
from tests.unit.steps import test_front_desk

OUTAGE = "Nobody can log in since eight o'clock; forty people wait. We need help today."


class Left:
    """A case of the support team, which is Cleo, in a world whose log counts alarms; Ana is told of
    all cases."""

    def __init__(self) -> None:
        said = test_front_desk.said(first=("outage", OUTAGE))
        self.world, parent = test_front_desk.desk(test_front_desk.mail(OUTAGE), said)
        self.world.people.becomes(CLEO, roles=("support",))
        child = test_front_desk.child(self.world, parent)
        child.goes()
        tick(self.world.deps)
        case = child.record.case
        assert case is not None
        self.case: Case = case
        self.alarms, self.ticks = 0.0, True

    def mails(self) -> list[Mapping[str, Any]]:
        sent = self.world.mail.sent
        return [{"to": [one.to], "subject": one.subject, "text": one.text} for one in sent]

    def passes(self, to: datetime) -> None:
        """Time goes on, and with it the minutes' work."""
        self.world.clock.passes(seconds=(to - self.world.clock.now()).total_seconds())
        if self.ticks:
            tick(self.world.deps)
            tick(self.world.deps)

    def neglected(self) -> Neglected:
        return Neglected(
            self.case,
            frozenset({CLEO.address}),
            ANA.address,
            self.mails,
            lambda: self.alarms,
            lambda holds: holds(),
        )


@pytest.fixture
def left(monkeypatch: pytest.MonkeyPatch) -> Left:
    """What is counted under the alarm's name is counted here."""
    made = Left()

    def counts(name: str, number: float = 1, **_: str) -> None:
        made.alarms += number if name == neglect.ALARM else 0

    monkeypatch.setattr("countersign.jobs.handover.observability.count", counts)
    return made


def test_the_team_then_who_is_named_then_an_alarm(left: Left) -> None:
    """Halfway the team alone, when it is due the person for cases too, a day later the alarm."""
    assert left.neglected().faults(left.passes) == []
    assert left.alarms == 1


def _no_tick(it: Left) -> None:
    it.ticks = False


def _nobody_named(it: Left) -> None:
    it.world.settings = it.world.settings.model_copy(update={"case_owner": None})
    it.world.deps = it.world.deps_again()


def _team_is_away(it: Left) -> None:
    it.world.people.leaves(CLEO)


@pytest.mark.control
@pytest.mark.parametrize("bend", [_no_tick, _nobody_named, _team_is_away])
def test_control_whoever_hears_nothing_is_seen(bend: Callable[[Left], None], left: Left) -> None:
    """Where no time passes, nobody is named, or the team has nobody, a line says so."""
    bend(left)
    assert any("no mail" in one for one in left.neglected().faults(left.passes))


@pytest.mark.control
def test_control_a_mail_that_says_nothing_is_seen(left: Left) -> None:
    """Sender and subject are asked for in each."""

    def bare() -> list[Mapping[str, Any]]:
        return [{**one, "text": one["text"].replace("  From: ", "  ")} for one in left.mails()]

    faults = replace(left.neglected(), mails=bare).faults(left.passes)
    assert faults
    assert all("does not say its From" in one for one in faults)
