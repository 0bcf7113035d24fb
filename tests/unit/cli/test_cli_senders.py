"""`countersign senders`: rows in cdk.json, secrets by sender, and what the door then takes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from countersign.domain.jobs.senders import keys, lets_in
from countersign.runtime.settings import SECRETS, Settings
from infra.settings import CDK_JSON, laid_out, load, save_senders
from tests.fakes.deliveries import Delivery
from tests.fakes.journey import form
from tests.unit.cli.terminal import Terminal
from tests.unit.cli.test_cli_secrets import FakeVault

DOOR = "arn:webhook"
MINE = "A" * 44


@pytest.fixture
def vault() -> FakeVault:
    return FakeVault({DOOR: json.dumps({"current": MINE})})


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str], vault: FakeVault, tmp_path: Path) -> Terminal:
    terminal = Terminal(capsys)
    found = {setting: f"arn:{n}" for n, setting in SECRETS.items()}
    terminal.settings = Settings.model_validate({"stage": "local", **found})
    terminal.vault = vault
    terminal.cdk_json = tmp_path / "cdk.json"
    terminal.cdk_json.write_text(CDK_JSON.read_text())
    terminal.forgets()
    return terminal


def held(vault: FakeVault) -> dict[str, object]:
    found: dict[str, object] = json.loads(vault.held[DOOR])
    return found


def ids(terminal: Terminal) -> list[str]:
    return [one.id for one in load("local", terminal.cdk_json).senders]


def test_a_sender_is_added_and_its_deliveries_are_taken(
    terminal: Terminal, vault: FakeVault
) -> None:
    """Its row stands in cdk.json, its secret beside the others; what it signs enters the door."""
    secret = terminal.json(
        *("senders", "add", "web-shop", "--workflow", "refund_request", "--vouches-for-address")
    )["secret"]
    assert ids(terminal)[-1] == "web-shop"
    assert keys(held(vault), "default") == (f"whsec_{MINE}",)
    assert keys(held(vault), "web-shop") == (secret,)
    world = terminal.world
    world.settings = world.settings.model_copy(
        update={"senders": load("local", terminal.cdk_json).senders}
    )
    world.deps = world.deps_again()
    world.secrets.held["webhook"] = vault.held[DOOR]
    posts = Delivery(
        json.dumps({"order": "1071", "email": "a@example.com", "message": "Money back"}).encode(),
        *("evt-9", "refund_request", "web-shop", secret),
    )
    assert posts.arrives(world).status == 202
    elsewhere = Delivery(form(), "evt-9", "lead_intake", "web-shop", secret)
    assert elsewhere.arrives(world).status == 401


PROPOSES = '{"action": "payments.refund", "alone": {"EUR": "20"}, "most": {"EUR": "300"}}'


def test_an_agent_s_row_is_written_with_how_far_it_goes(terminal: Terminal) -> None:
    """The row stands in cdk.json as it was typed, its door is named, and the list says the action;
    what is no such row changes nothing."""
    code, out, err = terminal.types("senders", "add", "helper", "--proposes", PROPOSES)
    assert (code, err) == (0, "")
    assert "posts to /propose/helper and signs" in out
    row = load("local", terminal.cdk_json).senders[-1]
    assert (row.workflows, [str(one.most["EUR"]) for one in row.proposes]) == ((), ["300"])
    assert "may propose payments.refund" in terminal.types("senders", "list")[1]
    before = terminal.cdk_json.read_text()
    wrong = {
        "{": "MayPropose: Invalid JSON",
        '{"action": "shell.run"}': "shell.run",
        '{"action": "payments.refund", "most": {"EUR": "-1"}}': "most",
        '{"action": "payments.refund", "mots": {}}': "mots",
    }
    told = {text: terminal.types("senders", "add", "other", "--proposes", text) for text in wrong}
    assert [t for t, (code, _, err) in told.items() if code != 1 or wrong[t] not in err] == []
    assert terminal.types("senders", "add", "idle")[0] == 1
    assert terminal.cdk_json.read_text() == before


def test_an_execution_that_waits_is_a_row_too(terminal: Terminal) -> None:
    """Whose it is, and whether it comes by a queue; a queue of nobody is refused."""
    whose = ("--answers", "stateMachine:till", "--by-queue")
    assert terminal.types("senders", "add", "till", "--proposes", PROPOSES, *whose)[0] == 0
    row = load("local", terminal.cdk_json).senders[-1]
    assert (row.id, row.answers, row.by_queue) == ("till", "stateMachine:till", True)
    code, _, err = terminal.types("senders", "add", "none", "--proposes", PROPOSES, "--by-queue")
    assert (code, "say whose" in err) == (1, True)


@pytest.mark.parametrize(
    ("sender", "workflow", "says"),
    [
        ("default", "lead_intake", "already"),
        ("Web Shop", "lead_intake", "id"),
        ("current", "lead_intake", "id"),
        ("shop", "no_such_workflow", "no_such_workflow"),
    ],
)
def test_what_cannot_be_a_sender_changes_nothing(
    terminal: Terminal, vault: FakeVault, sender: str, workflow: str, says: str
) -> None:
    """Exit code 1 and the reason; neither cdk.json nor the secret is written."""
    before = terminal.cdk_json.read_text(), vault.held[DOOR]
    code, _, err = terminal.types("senders", "add", sender, "--workflow", workflow)
    assert code == 1
    assert says in err
    assert (terminal.cdk_json.read_text(), vault.held[DOOR]) == before


def test_a_secret_is_rotated_in_two_steps(terminal: Terminal, vault: FakeVault) -> None:
    """First both are good and the new one is told; after revoking the new one alone is. Another
    sender's is not touched."""
    portal = terminal.json("senders", "rotate", "partner-portal")["secret"]
    new = terminal.json("senders", "rotate", "default")["secret"]
    assert keys(held(vault), "default") == (new, f"whsec_{MINE}")
    assert terminal.types("senders", "rotate", "default")[0] == 1
    terminal.json("senders", "rotate", "default", "--revoke")
    assert keys(held(vault), "default") == (new,)
    assert keys(held(vault), "partner-portal") == (portal,)
    assert terminal.types("senders", "rotate", "default", "--revoke")[0] == 1
    code, _, err = terminal.types("senders", "rotate", "nobody")
    assert (code, "no sender nobody" in err) == (1, True)


def test_a_retired_sender_is_gone_at_once(terminal: Terminal, vault: FakeVault) -> None:
    """Its secrets first: nothing that it signs is taken while the old row still stands."""
    terminal.json("senders", "rotate", "partner-portal")
    terminal.json("senders", "retire", "partner-portal")
    assert held(vault) == {"current": MINE}
    assert ids(terminal) == ["default", "assistant", "advisor", "billing", "orders"]
    assert terminal.types("senders", "retire", "partner-portal")[0] == 1


def test_the_list_tells_what_each_may_do(terminal: Terminal) -> None:
    """Rows of the stage, and how many secrets of each are good, never one of them."""
    found = {row["id"]: row for row in terminal.json("senders", "list")["senders"]}
    assert (found["default"]["secrets"], found["partner-portal"]["secrets"]) == (1, 0)
    code, out, _ = terminal.types("senders", "list")
    assert (code, MINE in out, "NONE" in out, "vouched for" in out) == (0, False, True, True)


def test_a_secret_is_needed_to_submit_as_somebody(terminal: Terminal, tmp_path: Path) -> None:
    """A sender without one is told where to look, and nothing is sent."""
    file = tmp_path / "event.json"
    file.write_bytes(form())
    code, _, err = terminal.types(
        *("submit", str(file), "--workflow", "lead_intake", "--sender", "partner-portal")
    )
    assert (code, "no secret" in err) == (1, True)


def test_cdk_json_keeps_its_layout(tmp_path: Path) -> None:
    """A row more is a line more: the rest of the file stays as it was written."""
    text = CDK_JSON.read_text()
    assert laid_out(json.loads(text)) + "\n" == text
    copy = tmp_path / "cdk.json"
    copy.write_text(text)
    rows = load("local").senders
    save_senders("local", (*rows, rows[0].model_copy(update={"id": "another"})), copy)
    before, after = text.splitlines(), copy.read_text().splitlines()
    assert len(after) == len(before) + 1
    assert len(set(before) - set(after)) == 1


TOKENS = "arn:callers"


def test_a_caller_s_token_is_shown_once_and_only_its_hash_is_kept(
    terminal: Terminal, vault: FakeVault
) -> None:
    """Two are good during a rotation, a third is not made; an ended one lets nobody in."""
    vault.held[TOKENS] = "{}"
    first, second = (terminal.json("senders", "token", "assistant")["token"] for _ in range(2))
    assert first not in vault.held[TOKENS]

    def good() -> list[bool]:
        return [lets_in(json.loads(vault.held[TOKENS]), one) for one in (first, second)]

    assert good() == [True, True]
    code, _, out = terminal.types("senders", "token", "assistant")
    assert (code, "senders token assistant --revoke" in out) == (1, True)
    terminal.types("senders", "token", "assistant", "--revoke")
    assert good() == [False, True]
    terminal.types("senders", "token", "assistant", "--retire")
    assert good() == [False, False]


def test_a_retired_caller_s_tokens_end_with_it(terminal: Terminal, vault: FakeVault) -> None:
    """As its secret does."""
    vault.held[TOKENS] = "{}"
    token = terminal.json("senders", "token", "assistant")["token"]
    terminal.types("senders", "rotate", "assistant")
    assert terminal.types("senders", "retire", "assistant")[0] == 0
    assert not lets_in(json.loads(vault.held[TOKENS]), token)


@pytest.mark.parametrize(
    ("who", "why"), [("partner-portal", "proposes nothing"), ("x", "no sender")]
)
def test_only_who_proposes_has_a_token(terminal: Terminal, who: str, why: str) -> None:
    """Whoever posts events alone signs them; a stage without callers has no place for tokens."""
    code, _, out = terminal.types("senders", "token", who)
    assert (code, why in out) == (1, True)
    terminal.settings = terminal.settings.model_copy(update={"callers_secret": ""})
    assert "no callers yet" in terminal.types("senders", "token", "assistant")[2]
