"""The demo CRM: a small real HTTP server in HubSpot's public REST shape, for one machine."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request

from infra.local.crm.api import archive, associations, batch_read, create, owners, read, update
from infra.local.crm.page import tables
from infra.local.crm.rules import HubSpotRefusal, kind_of
from infra.local.crm.schema import PIPELINES, SCHEMA, Property, PropertyType, Schema
from infra.local.crm.search import search
from infra.local.crm.store import CrmStore
from infra.local.demo.answer import DemoAnswer
from infra.local.demo.database import Lag
from infra.local.demo.page import Table
from infra.local.demo.system import DemoCall, DemoSystem, KeyPair, json_object, wait_header

RATE, WINDOW = 100, 10.0
"""So many requests of one key within so many seconds."""
_OBJECTS = "/v3/objects/{kind}"
_OBJECT = f"{_OBJECTS}/{{id:path}}"
_CATEGORIES = {
    400: "VALIDATION_ERROR",
    413: "PAYLOAD_TOO_LARGE",
    500: "INTERNAL_ERROR",
    503: "SERVICE_UNAVAILABLE",
}
_FIELD_TYPES: Mapping[PropertyType, str] = {
    "string": "text",
    "number": "number",
    "datetime": "date",
    "enumeration": "select",
    "bool": "booleancheckbox",
}


@dataclass(frozen=True)
class Describing:
    """The calls, for one schema."""

    schema: Schema

    def properties(self, store: CrmStore, call: DemoCall) -> DemoAnswer:  # noqa: ARG002 - no record is read
        """`GET /crm/v3/properties/{kind}`: every property."""
        known = self.schema[kind_of(call.path["kind"])].values()
        return DemoAnswer(200, {"results": [described(one) for one in known]})

    def schemas(self, store: CrmStore, call: DemoCall) -> DemoAnswer:  # noqa: ARG002 - as above
        """`GET /crm/v3/schemas/{kind}`: the object type, and what is required to create one."""
        kind = kind_of(call.path["kind"])
        known = self.schema[kind].values()
        body = {
            "name": kind.removesuffix("s").upper(),
            "properties": [described(one) for one in known],
            "requiredProperties": [one.name for one in known if one.required],
        }
        return DemoAnswer(200, body)


def pipelines(store: CrmStore, call: DemoCall) -> DemoAnswer:  # noqa: ARG001 - no record is read
    """`GET /crm/v3/pipelines/deals`: the pipelines with their stages, in order."""
    results = [
        {"id": one, "label": one, "stages": [{"id": stage, "label": stage} for stage in stages]}
        for one, stages in PIPELINES.items()
    ]
    return DemoAnswer(200, {"results": results})


def described(known: Property) -> dict[str, Any]:
    """The property as HubSpot shows it. Owners are kept elsewhere: it lists none."""
    elsewhere = {"externalOptions": True, "referencedObjectType": "OWNER"}
    return {
        "name": known.name,
        "label": known.label,
        "type": known.type,
        "fieldType": _FIELD_TYPES[known.type],
        **(elsewhere if known.format == "owner" else {}),
        "options": [{"label": o, "value": o, "hidden": False} for o in known.options],
        "hasUniqueValue": known.unique,
        "hubspotDefined": not known.name.startswith("countersign_"),
        "modificationMetadata": {"readOnlyValue": known.read_only},
    }


class RollingLimit:
    """At most `most` requests of one key in any ten seconds, like HubSpot's rolling limit."""

    def __init__(self, most: int, clock: Callable[[], float]) -> None:
        self._most = most
        self._clock = clock
        self._lock = threading.Lock()
        self._seen: dict[str, deque[float]] = {}

    def count(self, key: str) -> dict[str, str]:
        """Count a request and give the headers that tell what is left. Raises Refusal 429."""
        with self._lock:
            now = self._clock()
            seen = self._seen.setdefault(key, deque())
            while seen and seen[0] <= now - WINDOW:
                seen.popleft()
            if len(seen) >= self._most:
                raise too_many(seen[0] + WINDOW - now, self._headers(0))
            seen.append(now)
            return self._headers(self._most - len(seen))

    def _headers(self, left: int) -> dict[str, str]:
        return {
            "X-HubSpot-RateLimit-Max": str(self._most),
            "X-HubSpot-RateLimit-Remaining": str(left),
            "X-HubSpot-RateLimit-Interval-Milliseconds": str(int(WINDOW * 1000)),
        }


def too_many(seconds: float, headers: Mapping[str, str]) -> HubSpotRefusal:
    """429: come back in `seconds`."""
    return HubSpotRefusal(
        429,
        "RATE_LIMITS",
        "You have reached your ten_secondly_rolling limit.",
        errorType="RATE_LIMIT",
        policyName="TEN_SECONDLY_ROLLING",
        headers={**headers, **wait_header(seconds)},
    )


class DemoCrm(DemoSystem[CrmStore]):
    """The CRM: HubSpot's tokens, rate limit and error bodies."""

    root = "/crm"
    title = "Demo CRM"
    about = (
        "A stand-in for HubSpot on this machine. Nothing here leaves it; all people are made up."
    )

    def __init__(self, store: CrmStore, mark: str, keys: KeyPair, limit: RollingLimit) -> None:
        super().__init__(store, mark)
        self._keys = keys
        self._limit = limit

    def admit(self, request: Request, *, writes: bool) -> Mapping[str, str]:
        """As the frame; each request of a known token counts."""
        token = _token(request)
        if not self._keys.has(token):
            message = "Authentication credentials not found."
            raise HubSpotRefusal(401, "INVALID_AUTHENTICATION", message)
        headers = self._limit.count(token)
        if writes and not self._keys.may_write(token):
            message = "This app hasn't been granted all required scopes to make this call."
            raise HubSpotRefusal(403, "MISSING_SCOPES", message)
        return headers

    def side(self, request: Request) -> str:
        """As the frame."""
        return "writing" if self._keys.may_write(_token(request)) else "reading"

    def params(self, request: Request, raw: bytes) -> Mapping[str, Any]:  # noqa: ARG002 - the frame's signature
        """As the frame: a JSON object."""
        body = json_object(raw or b"{}")
        if body is None:
            raise self.refusal(400, "Invalid input JSON: an object is expected")
        return body

    def refusal(self, status: int, message: str) -> HubSpotRefusal:
        """As the frame."""
        return HubSpotRefusal(status, _CATEGORIES[status], message)

    def too_many(self, seconds: float) -> HubSpotRefusal:
        """As the frame."""
        return too_many(seconds, {})

    def tables(self) -> Sequence[Table]:
        """As the frame."""
        return tables(self.store)


def _token(request: Request) -> str:
    return request.headers.get("authorization", "").removeprefix("Bearer ")


def crm_app(
    database: Path,
    *,
    token_write: str,
    token_read: str,
    lag: Lag = (2.0, 10.0),
    rate: int = RATE,
    clock: Callable[[], float] = time.time,
    schema: Schema = SCHEMA,
    mark: str = "demo",
) -> Starlette:
    """The CRM over `database`, all paths below `/crm`, as `DemoSystem.app` says.

    `lag`: shortest and longest delay in seconds until search sees a write. `rate`: requests per
    token in ten seconds. `schema`: what it says that it has; tests leave out what they like, and
    writes are still checked against the whole.
    """
    keys, limit = KeyPair(token_write, token_read), RollingLimit(rate, clock)
    describing = Describing(schema)
    return DemoCrm(CrmStore(database, clock, lag), mark, keys, limit).app(
        reads=(
            ("POST", f"{_OBJECTS}/search", search),
            ("POST", f"{_OBJECTS}/batch/read", batch_read),
            ("GET", _OBJECT, read),
            ("GET", "/v4/objects/{kind}/{id}/associations/{to}", associations),
            ("GET", "/v3/properties/{kind}", describing.properties),
            ("GET", "/v3/schemas/{kind}", describing.schemas),
            ("GET", "/v3/owners", owners),
            ("GET", "/v3/pipelines/deals", pipelines),
        ),
        writes=(
            ("POST", _OBJECTS, create),
            ("PATCH", _OBJECT, update),
            ("DELETE", _OBJECT, archive),
        ),
    )
