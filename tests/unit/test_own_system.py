"""The guide to an action on a system of one's own does what it says: its row and its target, as
they stand there, against such a system."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from countersign.actions.http_request import of_text
from countersign.connectors.http_request import HttpRequests
from countersign.connectors.judged import JudgedTransport
from countersign.domain.errors import ContractBroken, DefinitionBroken
from countersign.domain.ledger.action import Action
from infra.settings import CDK_JSON, SettingsError, load
from tests.fakes.serving import served
from tests.fakes.tls import Authority, Dialled

GUIDE = (Path(__file__).parents[2] / "docs" / "howto" / "own-system.md").read_text("utf-8")
PUBLIC, TOKEN = "93.184.215.14", "token-of-the-tests"


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", GUIDE, re.DOTALL | re.MULTILINE)


def _row() -> Action[Any, Any]:
    (held,) = of_text("bookings", "".join(_blocks("toml")))
    assert held.target == "number"
    return held.action


def _stage(folder: Path, name: str, **changes: Any) -> Path:
    """cdk.json with the guide's target in a stage."""
    held = json.loads(CDK_JSON.read_text())
    (block,) = _blocks("json")
    held["context"]["stages"][name] |= json.loads(block) | changes
    file = folder / "cdk.json"
    file.write_text(json.dumps(held))
    return file


class Bookings:
    """A system as anybody has one: it knows its bookings and one token."""

    def __init__(self) -> None:
        self.days = {"B-7": "2026-12-01"}

    async def shown(self, request: Request) -> JSONResponse:
        """GET a booking."""
        number = request.path_params["number"]
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return JSONResponse({}, 401)
        found = number in self.days
        return JSONResponse({"day": self.days[number]} if found else {}, 200 if found else 404)

    async def moved(self, request: Request) -> JSONResponse:
        """PUT its day."""
        assert request.headers["idempotency-key"]
        self.days[request.path_params["number"]] = (await request.json())["day"]
        return JSONResponse({})


@pytest.fixture
def bookings() -> Bookings:
    return Bookings()


@pytest.fixture
def system(tmp_path: Path, bookings: Bookings) -> Iterator[HttpRequests]:
    """The adapter of the guide's target, in the stage dev."""
    (target,) = load("dev", _stage(tmp_path, "dev")).http_targets
    app = Starlette(
        routes=[
            Route("/api/bookings/{number}", bookings.shown),
            Route("/api/bookings/{number}/day", bookings.moved, methods=["PUT"]),
        ]
    )
    authority = Authority(tmp_path)
    with served(app, certified=authority.certifies("bookings.example.com")) as address:
        sockets = Dialled({PUBLIC: httpx.URL(address).port or 0})
        transport = JudgedTransport(
            resolve=lambda *_: [PUBLIC], sockets=sockets, trust=authority.trust()
        )
        adapter = HttpRequests(target, TOKEN, timeout=lambda: 5.0, transport=transport)
        yield adapter
        adapter.close()


@pytest.mark.enable_socket
def test_the_row_of_the_guide_acts_is_read_back_and_undone(
    system: HttpRequests, bookings: Bookings
) -> None:
    """As a reader would copy it, over TLS, at the address that the guide writes."""
    row = _row()
    params = row.params.read({"number": "B-7", "day": "2026-12-24"})
    assert row.undo
    assert row.read_back
    before = row.undo.state(system, params, "cs-1", "")
    receipt = row.do(system, params, "cs-1")
    assert bookings.days == {"B-7": "2026-12-24"}
    assert row.read_back(system, params, receipt) == row.expected(params)
    row.undo.restore(system, params, "cs-1", receipt.id, {"day": before["day"]})
    assert bookings.days == {"B-7": "2026-12-01"}
    assert row.words(params) == "Move booking B-7 to 2026-12-24."
    assert params.day == date(2026, 12, 24)


@pytest.mark.parametrize(
    ("instead", "of", "sentence"),
    [
        ("editable", "editables", r"actions\.bookings\.move\.editables: Extra inputs"),
        ('day = "day"', 'day = "date"', r"params\.day"),
        ('target = "number"', 'target = "day"', "target: day is no text among its params"),
        ("{before.day}", "{before.hour}", r"bookings\.move: nothing is called {before\.hour}"),
        ('method = "GET"', 'method = "PUT"', "what only reads is a GET"),
        ('words = "', "words = ", "Invalid value"),
        ("keys", "key", "key: Extra inputs"),
    ],
)
def test_what_is_wrong_in_a_file_is_a_sentence_that_names_it(
    instead: str, of: str, sentence: str
) -> None:
    """A misspelt name, an unknown kind, a target that is none and a request that cannot be one are
    each told with the file, before anything is deployed; the file as it stands is none of these."""
    text = "".join(_blocks("toml"))
    assert instead in text
    of_text("bookings", text)
    with pytest.raises(DefinitionBroken, match=rf"^systems/bookings\.toml: .*{sentence}"):
        of_text("bookings", text.replace(instead, of))


def test_bounds_of_a_parameter_hold() -> None:
    """A number beyond them, and a text that is too long, are refused where they are proposed; a
    bounded text in a path is still one segment of it."""
    bounded = (
        'params = { number = { kind = "text", most = 3 }, day = { kind = "number", most = 7 } }'
    )
    plain = 'params = { number = "text", day = "day" }'
    text = "".join(_blocks("toml"))
    assert plain in text
    (held,) = of_text("bookings", text.replace(plain, bounded))
    held.action.params.read({"number": "B-7", "day": 7})
    for wrong in (
        {"number": "B-77", "day": 7},
        {"number": "B-7", "day": 8},
        {"number": "b/7", "day": 7},
    ):
        with pytest.raises(ContractBroken):
            held.action.params.read(wrong)


def test_a_system_of_this_machine_is_for_the_local_stage_alone(tmp_path: Path) -> None:
    """Elsewhere synthesis refuses it, with the name; without saying so it is no address at all."""
    here = {"id": "bookings", "url": "http://127.0.0.1:9000", "loopback": True}
    for stage in ("dev", "prod"):
        with pytest.raises(SettingsError, match="bookings: a system of this machine is for"):
            load(stage, _stage(tmp_path, stage, http_targets=[here]))
        with pytest.raises(SettingsError, match="loopback and an address of this machine"):
            load(stage, _stage(tmp_path, stage, http_targets=[here | {"loopback": False}]))
    shop = load("local").http_targets[0].model_dump(mode="json")
    assert load("local", _stage(tmp_path, "local", http_targets=[here, shop])).http_targets


def test_an_action_whose_system_is_not_there_is_refused_before_it_is_deployed(
    tmp_path: Path,
) -> None:
    """A caller's row names an action, and the stage has no such system: nothing would carry it
    out."""
    with pytest.raises(SettingsError, match=r"shop\.\w+ of agent_actions acts on the system shop"):
        load("local", _stage(tmp_path, "local"))
    twice = [{"id": "a", "url": "https://a.example"}] * 2
    with pytest.raises(SettingsError, match="two systems have one id"):
        load("dev", _stage(tmp_path, "dev", http_targets=twice))
    many = [{"id": f"s{one}", "url": f"https://s{one}.example/{'x' * 60}"} for one in range(20)]
    with pytest.raises(SettingsError, match="more systems than a function's variables"):
        load("dev", _stage(tmp_path, "dev", http_targets=many))
    slow = {"http-bookings": [{"requests": 1, "seconds": 60}]}
    with pytest.raises(SettingsError, match="http-bookings: the 3 requests"):
        load("dev", _stage(tmp_path, "dev", connector_limits=slow))
