"""`countersign suppression`: who gets no mail, without a list of addresses."""

from __future__ import annotations

import pytest

from tests.unit.cli.terminal import Terminal

ADA = "ada@example.com"


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str]) -> Terminal:
    made = Terminal(capsys)
    made.forgets()
    return made


def test_an_address_is_added_found_and_taken_out(terminal: Terminal) -> None:
    """By a person of the directory; however it is spelled, and never shown."""
    terminal.json("suppression", "add", ADA, "--by", "kim")
    (row,) = terminal.json("suppression", "list", "--address", "ADA@example.com")["suppressed"]
    assert (row["why"], row["by"]) == ("by hand", "kim")
    code, out, _ = terminal.types("suppression", "list")
    assert (code, ADA in out, "by hand" in out) == (0, False, True)
    assert terminal.json("suppression", "list", "--address", "b@x.example") == {"suppressed": []}
    terminal.json("suppression", "remove", ADA)
    assert terminal.types("suppression", "remove", ADA)[0] == 1


def test_a_stranger_adds_nobody(terminal: Terminal) -> None:
    """Who suppresses a contact answers for it."""
    code, _, err = terminal.types("suppression", "add", ADA, "--by", "stranger")
    assert (code, "stranger" in err) == (1, True)
    assert terminal.json("suppression", "list") == {"suppressed": []}
