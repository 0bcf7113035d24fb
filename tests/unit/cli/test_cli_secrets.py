"""`countersign secrets`: what it takes, what it never prints, and whom it wakes."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from countersign.connectors.aws.secrets import missing
from countersign.domain.jobs.change import Change, Due
from countersign.domain.jobs.job import Status
from countersign.entrypoints.tick import tick
from countersign.runtime.deps import Deps
from countersign.runtime.settings import SECRETS, Settings
from tests.fakes.journey import Journey, accept, form
from tests.unit.cli.terminal import Terminal

KEY = "pat-eu1-0123456789"
AT = datetime(2026, 3, 2, tzinfo=UTC)


@dataclass
class FakeVault:
    """Secrets by ARN, and those before them."""

    held: dict[str, str] = field(default_factory=dict)
    before: dict[str, str] = field(default_factory=dict)

    def read(self, arn: str) -> str:
        return self.held.get(arn, "")

    def write(self, arn: str, text: str) -> None:
        self.before[arn] = self.held.get(arn, "")
        self.held[arn] = text

    def changed_at(self, arn: str) -> datetime | None:
        return AT if arn in self.held else None


@pytest.fixture
def vault() -> FakeVault:
    return FakeVault()


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str], vault: FakeVault) -> Terminal:
    terminal = Terminal(capsys)
    terminal.settings = Settings.model_validate(
        {setting: f"arn:{n}" for n, setting in SECRETS.items()}
    )
    terminal.vault = vault
    terminal.forgets()
    return terminal


@pytest.fixture
def typed() -> Iterator[io.StringIO]:
    """Standard input, as a pipe gives it."""
    before, sys.stdin = sys.stdin, io.StringIO()
    yield sys.stdin
    sys.stdin = before


def gives(typed: io.StringIO, text: str) -> None:
    """Somebody pipes `text` into the next command."""
    typed.seek(0)
    typed.truncate()
    typed.write(text + "\n")
    typed.seek(0)


def parked(terminal: Terminal, reason: str, event: str = "evt-2") -> Journey:
    """Arrange: a job waits for `reason`, for a day."""
    world = terminal.world
    journey = Journey(world, accept(world, form(), event))
    due = Due(kind="parked", at=world.clock.now().replace(year=2027), waits_for="crm")
    change = Change(
        event="parked", actor="state:Park", status=Status.PARKED, reason=reason, due=(due,)
    )
    world.deps.commit(journey.record, change)
    terminal.forgets()
    return journey


def test_a_list_tells_what_is_set_and_no_value(terminal: Terminal, vault: FakeVault) -> None:
    """Every secret by its short name, set or not."""
    vault.held["arn:crm-write"] = KEY
    code, out, err = terminal.types("secrets")
    assert code == 0
    assert KEY not in out + err
    assert terminal.json("secrets") == terminal.json("secrets", "list")
    found = {row["name"]: row["set"] for row in terminal.json("secrets", "list")["secrets"]}
    assert set(found) == set(SECRETS)
    assert [name for name, is_set in found.items() if is_set] == ["crm-write"]


def test_a_secret_is_set_from_standard_input(
    terminal: Terminal, vault: FakeVault, typed: io.StringIO
) -> None:
    """The value is stored as it was typed, without the line's end, and is not printed."""
    gives(typed, KEY)
    code, out, err = terminal.types("secrets", "set", "crm-write")
    assert (code, vault.held) == (0, {"arn:crm-write": KEY})
    assert KEY not in out + err


def test_jobs_that_wait_for_it_go_on(terminal: Terminal, typed: io.StringIO) -> None:
    """They are due at once and named; a job that waits for something else is left alone."""
    mine = parked(terminal, missing("crm-write"))
    other = parked(terminal, missing("crm-read"), "evt-3")
    gives(typed, KEY)
    told = terminal.json("secrets", "set", "crm-write")
    assert told == {"name": "crm-write", "jobs": [mine.job_id]}
    now = terminal.world.clock.now()
    assert mine.record.due["parked"] == Due(kind="parked", at=now, waits_for="crm")
    assert other.record.due["parked"].at > now


def test_a_job_without_a_key_waits_and_ends_when_the_key_is_set(
    terminal: Terminal, typed: io.StringIO
) -> None:
    """From the missing key over PARKED and the command to the end, by `tick` alone."""
    world = terminal.world
    key = world.secrets.held.pop("model")
    keyless = Deps(**{name: held for name, held in vars(world.deps).items() if name != "model"})
    journey = Journey(world, accept(world, form(), "evt-2"), keyless)
    assert (journey.goes(), journey.record.job.status) == ("Park", "PARKED")
    terminal.forgets()
    gives(typed, KEY)
    assert terminal.json("secrets", "set", "model-key")["jobs"] == [journey.job_id]
    world.secrets.held["model"] = key
    tick(world.deps)
    after = Journey(world, journey.job_id)
    after.goes()
    assert after.record.job.status in ("COMPLETED", "WAITING_FOR_REVIEW")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("crm-write", "two words of twelve"),
        ("crm-write", "short"),
        ("crm-write", "not set"),
        ("model-key", ""),
        ("payments-write", "pk_live_0123456789"),
        ("page-key", "too short"),
        ("notify-channels", "[]"),
        ("notify-channels", '{"finance": "http://example.com/in-clear"}'),
    ],
)
def test_what_cannot_be_right_is_refused_unrepeated(
    terminal: Terminal, vault: FakeVault, typed: io.StringIO, name: str, value: str
) -> None:
    """Exit code 1, nothing is stored, and the message does not repeat what was given."""
    gives(typed, value)
    code, out, err = terminal.types("secrets", "set", name)
    assert (code, vault.held) == (1, {})
    assert err
    assert not value or value in ("not set", "short", "[]") or value not in out + err


def test_an_unknown_name_is_wrong_use(terminal: Terminal, typed: io.StringIO) -> None:
    """Exit code 2, with the names that there are."""
    gives(typed, KEY)
    code, _, err = terminal.types("secrets", "set", "crm")
    assert code == 2
    assert "crm-write" in err


def test_the_door_has_no_secret_of_its_own(terminal: Terminal, typed: io.StringIO) -> None:
    """Each sender has one: the command says where."""
    gives(typed, KEY)
    for word in ("set", "rotate"):
        code, _, err = terminal.types("secrets", word, "webhook")
        assert code == 1
        assert "countersign senders" in err


def test_an_outside_key_is_replaced_and_kept(
    terminal: Terminal, vault: FakeVault, typed: io.StringIO
) -> None:
    """The new value is asked for; the old one is to be revoked where it was issued."""
    vault.held["arn:crm-write"] = KEY
    gives(typed, "pat-eu1-9876543210")
    code, out, _ = terminal.types("secrets", "rotate", "crm-write")
    assert (code, vault.held["arn:crm-write"]) == (0, "pat-eu1-9876543210")
    assert vault.before["arn:crm-write"] == KEY
    assert "revoke the old one where it was issued" in " ".join(out.split())


def test_what_was_never_set_is_not_rotated(terminal: Terminal, typed: io.StringIO) -> None:
    """Exit code 1, with the command that sets it."""
    gives(typed, KEY)
    code, _, err = terminal.types("secrets", "rotate", "crm-write")
    assert code == 1
    assert "secrets set crm-write" in err
