"""`countersign pause` and `resume`: who may, what is said, and what is listed."""

from __future__ import annotations

import pytest

from tests.unit.cli.terminal import Terminal


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str]) -> Terminal:
    terminal = Terminal(capsys)
    terminal.forgets()
    return terminal


def test_a_pause_says_who_and_why_until_it_is_resumed(terminal: Terminal) -> None:
    """With its reason, by whoever owns it or operates; the list is empty before and after."""
    assert terminal.types("pause")[1] == "Nothing is paused.\n"
    words = ("payments", "--by", "kim", "--reason", "maintenance")
    assert terminal.json("pause", *words) == {"paused": {"payments": "Kim Reyes: maintenance"}}
    code, out, _ = terminal.types("pause", "lead_intake", *words[1:])
    assert (code, "lead_intake" in out, "payments" in out) == (0, True, True)
    left = terminal.json("resume", "payments", "--by", "kim")
    assert left == {"resumed": "payments", "paused": {"lead_intake": "Kim Reyes: maintenance"}}
    assert terminal.types("resume", "lead_intake", "--by", "kim")[1] == "lead_intake goes on\n"
    assert terminal.types("pause")[1] == "Nothing is paused.\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("lead_intake", "--by", "kim"), "give it with --reason"),
        (("lead_intake", "--by", "ana", "--reason", "x"), "needs one of the roles"),
        (("crm", "--by", "nobody", "--reason", "x"), "not in the directory"),
        (("moon", "--by", "kim", "--reason", "x"), "there is no workflow and no connector moon"),
    ],
)
def test_what_may_not_be_paused_is_not(
    terminal: Terminal, words: tuple[str, ...], said: str
) -> None:
    """Exit code 1 with why, and nothing is paused."""
    code, _, err = terminal.types("pause", *words)
    assert (code, said in err) == (1, True)
    assert terminal.json("pause") == {"paused": {}}
