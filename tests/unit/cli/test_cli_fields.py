"""`countersign fields` against the demo CRM: silent when it fits, and naming what is gone."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from countersign import observability
from countersign.actions.field_map import Schema
from countersign.connectors.hubspot.client import HubSpot
from countersign.domain.errors import Refused
from countersign.extraction.release import company
from countersign.runtime.settings import Settings
from infra.cli.fields import after_deploy, needed
from infra.local.crm.app import crm_app
from infra.local.crm.schema import SCHEMA, Kind, Property
from tests.unit.cli.terminal import Terminal
from workflows import WORKFLOWS

pytestmark = pytest.mark.enable_socket


@pytest.fixture(autouse=True, scope="module")
def _logger() -> None:
    """The logger keeps the output of its first moment, which must not be a test's own."""
    observability.logger()


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
    assert all(field.name in out for of_kind in needed(WORKFLOWS).values() for field in of_kind)


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
