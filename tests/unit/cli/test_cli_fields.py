"""`countersign fields` against the demo CRM: silent when it fits, and naming what is gone."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from countersign.actions.field_map import Field, Names, Schema, misnamed
from countersign.connectors.hubspot.client import HubSpot
from countersign.domain.errors import Refused
from countersign.runtime.settings import Settings
from countersign.stages.stage_files import company
from infra.cli.fields import after_deploy, needed
from infra.local.crm.app import crm_app
from infra.local.crm.schema import SCHEMA, Kind, Property
from infra.local.crm.seed import owners
from tests.unit.cli.terminal import Terminal
from workflows import WORKFLOWS

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(capsys)


class Unset:
    """A CRM whose key nobody has set."""

    def schema(self, kind: str) -> Schema:
        """As the port."""
        raise Refused(f"a secret is not set ({kind})")


def _without(kind: Kind, name: str) -> Mapping[Kind, Mapping[str, Property]]:
    return {**SCHEMA, kind: {n: p for n, p in SCHEMA[kind].items() if n != name}}


@contextmanager
def _serving(folder: Path, schema: Any) -> Iterator[HubSpot]:
    """The adapter with the reading key on a demo CRM that has this schema."""
    app = crm_app(folder / "crm.db", token_write="w", token_read="r", schema=schema)
    with app.state.store.transaction():
        for owner in owners():
            app.state.store.add_owner(owner)
    with TestClient(app) as client:

        def handler(request: httpx.Request) -> httpx.Response:
            rights = {"Authorization": request.headers["authorization"]}
            answer = client.request(request.method, request.url.path, headers=rights)
            return httpx.Response(answer.status_code, content=answer.content)

        transport = httpx.MockTransport(handler)
        yield HubSpot("https://crm.example", "r", timeout=lambda: 5.0, transport=transport)


def test_the_demo_crm_has_every_field(terminal: Terminal, tmp_path: Path) -> None:
    """Its live schema, read over HTTP with the reading key, fits; each field is listed."""
    with _serving(tmp_path, SCHEMA) as crm:
        terminal.given = {"crm_schema": crm}
        assert terminal.json("fields") == {"mismatches": []}
        code, out, _ = terminal.types("fields")
        said = after_deploy(terminal.choose("aws", "dev").deps(), "dev")
    assert (code, said) == (0, (True, "The CRM has every field that the workflows use."))
    assert "All fields match." in out
    names = {field.name for of_kind in needed(WORKFLOWS).values() for field in of_kind}
    assert {name for name in names if name not in out} == set()


@pytest.mark.control
def test_a_property_that_is_gone_fails_the_command_and_is_named(
    terminal: Terminal, tmp_path: Path
) -> None:
    """Control: exit code 1 with object, field and what to do; after a deploy it fails that too."""
    with _serving(tmp_path, _without("deals", "countersign_action_key")) as crm:
        terminal.given = {"crm_schema": crm}
        code, out, _ = terminal.types("fields")
        fits, said = after_deploy(terminal.choose("aws", "dev").deps(), "dev")
    assert code == 1
    assert "deals.countersign_action_key does not exist: create it" in out
    assert not fits
    assert "deals.countersign_action_key" in said


@pytest.mark.parametrize(
    ("schema", "code", "said"),
    [
        (SCHEMA, 0, "The CRM has every field that the workflows use."),
        (_without("deals", "countersign_action_key"), 1, "deals.countersign_action_key does not"),
    ],
)
def test_setting_the_reading_key_compares_at_once(
    terminal: Terminal, tmp_path: Path, schema: Any, code: int, said: str
) -> None:
    """After a first deployment nobody could compare before. What does not fit is exit code 1, the
    key stays set, and jobs that wait for it go on."""
    terminal.settings = Settings(stage="local", crm_read_secret="arn:crm-read")
    terminal.vault = Vault()
    with _serving(tmp_path, schema) as crm, _typing("pat-eu1-0123456789"):
        world = terminal.world
        terminal.given = {"crm_schema": crm, "store": world.store, "clock": world.clock}
        ended, out, _ = terminal.types("secrets", "set", "crm-read")
    assert (ended, said in " ".join(out.split())) == (code, True)
    assert terminal.vault.held == {"arn:crm-read": "pat-eu1-0123456789"}


class Vault:
    """Secrets by ARN."""

    def __init__(self) -> None:
        self.held: dict[str, str] = {}

    def write(self, arn: str, text: str) -> None:
        """As the vault."""
        self.held[arn] = text


@contextmanager
def _typing(text: str) -> Iterator[None]:
    """Standard input, as a pipe gives it."""
    before, sys.stdin = sys.stdin, io.StringIO(text + "\n")
    try:
        yield
    finally:
        sys.stdin = before


def test_a_name_of_the_stage_is_the_one_that_is_looked_for(
    terminal: Terminal, tmp_path: Path
) -> None:
    """The command compares under the names that the stage's functions use."""
    held = company("workflows", "local")
    assert held is not None
    other = {"crm": {"tasks.countersign_action_key": "cs_key"}}
    with _serving(tmp_path, SCHEMA) as crm:
        terminal.given = {
            "crm_schema": crm,
            "company": held.model_copy(update={"fields": other}),
        }
        code, out, _ = terminal.types("fields", "--json")
    assert code == 1
    assert '"field": "cs_key"' in out


def test_a_key_that_is_not_set_is_said(terminal: Terminal) -> None:
    """The command fails with that sentence; a first deployment only says what to run next."""
    terminal.given = {"crm_schema": Unset()}
    code, _, complaints = terminal.types("fields")
    assert (code, "a secret is not set" in complaints) == (1, True)
    fits, said = after_deploy(terminal.choose("aws", "dev").deps(), "dev")
    assert fits
    assert "not compared: a secret is not set" in said
    assert "countersign fields --target aws --stage dev" in said


@pytest.mark.parametrize("dry_run", [True, False])
def test_what_lacks_is_made_with_the_writing_key(
    terminal: Terminal, tmp_path: Path, *, dry_run: bool
) -> None:
    """`--create` makes the texts of our own that the account lacks, unique where they have to be;
    with `--dry-run` it only says which."""
    made: list[tuple[str, Field]] = []

    class Setup:
        def make(self, kind: str, field: Field) -> None:
            made.append((kind, field))

    with _serving(tmp_path, _without("deals", "countersign_action_key")) as crm:
        terminal.given = {"crm_schema": crm, "crm_setup": Setup()}
        words = ("fields", "--create", *(("--dry-run",) if dry_run else ()))
        _, _, said = terminal.types(*words)
    verb = "Would make" if dry_run else "Made"
    assert f"{verb} deals.countersign_action_key, with unique values." in said
    assert [(kind, one.name, one.unique) for kind, one in made] == (
        [] if dry_run else [("deals", "countersign_action_key", True)]
    )


def test_a_property_is_made_as_hubspot_wants_it() -> None:
    """One request with the type, the group and the uniqueness, under the account's own name."""
    asked: list[tuple[str, str, dict[str, Any]]] = []

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append((request.method, request.url.path, json.loads(request.content)))
        return httpx.Response(201, json={"name": "cs_key"})

    account = HubSpot(
        "https://crm.example",
        "w",
        timeout=lambda: 5.0,
        transport=httpx.MockTransport(handler),
        names=Names({"deals.countersign_action_key": "cs_key"}),
    )
    account.make("deals", Field("countersign_action_key", "string", unique=True))
    ((method, path, body),) = asked
    assert (method, path) == ("POST", "/crm/v3/properties/deals")
    assert {**body, "label": ""} == {
        "name": "cs_key",
        "label": "",
        "type": "string",
        "fieldType": "text",
        "groupName": "dealinformation",
        "hasUniqueValue": True,
    }


def test_owners_are_read_page_by_page() -> None:
    """An account with more owners than one answer holds; its pipelines have their stages."""
    pages = {
        "": {"results": [{"id": 7, "email": "a@x"}], "paging": {"next": {"after": "7"}}},
        "7": {"results": [{"id": "8"}]},
    }

    def handler(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/pipelines/deals"):
            return httpx.Response(200, json={"results": [{"id": "p", "stages": [{"id": "s"}]}]})
        return httpx.Response(200, json=pages[request.url.params.get("after", "")])

    transport = httpx.MockTransport(handler)
    account = HubSpot("https://crm.example", "r", timeout=lambda: 5.0, transport=transport)
    assert account.owners() == {"7": "a@x", "8": ""}
    assert account.pipelines() == {"p": ("s",)}


def test_a_value_has_the_accounts_own_name_on_the_way_there_and_back() -> None:
    """A pipeline with another id is written under it, and read as ours."""
    names = Names({"deals.pipeline.default": "749", "deals.amount": "acv"})
    assert names.sent("deals", {"pipeline": "default", "amount": "1"}) == {
        "pipeline": "749",
        "acv": "1",
    }
    assert names.our_value("deals", "pipeline", "749") == "default"
    assert names.our_value("deals", "pipeline", "750") == "750"
    assert list(misnamed(needed(WORKFLOWS), names)) == []
    (wrong,) = misnamed(needed(WORKFLOWS), Names({"deals.pipeline.other": "1"}))
    assert "deals.pipeline.other" in wrong.sentence
