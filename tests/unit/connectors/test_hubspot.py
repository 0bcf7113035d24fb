"""The HubSpot adapter reads each answer as one of our errors, and gives nothing away."""

from __future__ import annotations

import gzip
import json
import logging
from collections.abc import Callable

import httpx
import pytest

from countersign.connectors.hubspot import HubSpot
from countersign.domain.errors import (
    Ambiguous,
    CountersignError,
    NotFound,
    Refused,
    Throttled,
    Unavailable,
)
from countersign.domain.records import Lookup

TOKEN = "pat-canary-token"
WHO = "canary.person@example.com"
ZIP = httpx.ByteStream(gzip.compress(b"{}"))
KEYED = {"dealname": "A", "countersign_action_key": "cs-1"}
Handler = Callable[[httpx.Request], httpx.Response]


def hubspot(handler: Handler, seconds: float = 5.0) -> HubSpot:
    """The adapter, its network replaced by `handler`."""
    transport = httpx.MockTransport(handler)
    return HubSpot("https://crm.example", TOKEN, timeout=lambda: seconds, transport=transport)


def answers(status: int, body: object = None, headers: dict[str, str] | None = None) -> Handler:
    """Every request gets this answer."""
    return lambda _: httpx.Response(status, json=body, headers=headers)


def raises(error: type[httpx.TransportError]) -> Handler:
    """Every request fails this way."""

    def handler(request: httpx.Request) -> httpx.Response:
        raise error(f"{request.url} {request.headers['authorization']}")

    return handler


@pytest.mark.parametrize(
    ("status", "reading", "writing"),
    [
        (301, Refused, Refused),
        (400, Refused, Refused),
        (401, Refused, Refused),
        (403, Refused, Refused),
        (405, Refused, Refused),
        (413, Refused, Refused),
        (423, Unavailable, Unavailable),
        (429, Throttled, Throttled),
        (477, Unavailable, Unavailable),
        (500, Unavailable, Ambiguous),
        (502, Unavailable, Ambiguous),
        (503, Unavailable, Unavailable),
        (504, Unavailable, Ambiguous),
        (524, Unavailable, Ambiguous),
    ],
)
def test_each_status_is_one_error(
    status: int, reading: type[CountersignError], writing: type[CountersignError]
) -> None:
    """The table of answers: what may have been applied is Ambiguous only for a write."""
    crm = hubspot(answers(status, {"status": "error", "category": "X"}))
    with pytest.raises(reading):
        crm.find("contacts", "email", WHO)
    with pytest.raises(writing):
        crm.create("deals", KEYED)
    with pytest.raises(writing):
        crm.update("deals", "1", KEYED)


@pytest.mark.parametrize(
    ("error", "writing"),
    [
        (httpx.ConnectError, Unavailable),
        (httpx.ConnectTimeout, Unavailable),
        (httpx.PoolTimeout, Unavailable),
        (httpx.WriteError, Ambiguous),
        (httpx.WriteTimeout, Ambiguous),
        (httpx.ReadError, Ambiguous),
        (httpx.ReadTimeout, Ambiguous),
        (httpx.RemoteProtocolError, Ambiguous),
    ],
)
def test_a_failing_network_is_told_apart_by_what_was_sent(
    error: type[httpx.TransportError], writing: type[CountersignError]
) -> None:
    """Before anything was sent: Unavailable. After: Ambiguous for a write."""
    crm = hubspot(raises(error))
    with pytest.raises(Unavailable):
        crm.read("deals", "1")
    with pytest.raises(writing) as lost:
        crm.create("deals", KEYED)
    assert TOKEN not in str(lost.value)
    assert lost.value.__cause__ is None
    assert lost.value.__suppress_context__


@pytest.mark.control
def test_the_plain_exceptions_would_give_the_token_and_the_address_away() -> None:
    """Control: the text that the network raises here does hold both."""
    with pytest.raises(httpx.ReadError) as plain:
        raises(httpx.ReadError)(
            httpx.Request("GET", f"https://crm.example/{WHO}", headers={"authorization": TOKEN})
        )
    assert TOKEN in str(plain.value)
    assert WHO in str(plain.value)


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"null", b"[" * 100_000, b'{"id": 7}', b"\xff"])
def test_an_unreadable_success_tells_nothing(body: bytes) -> None:
    """200 with a body that is no object: a read is tried again, a write may have happened."""
    crm = hubspot(lambda _: httpx.Response(200, content=body))
    with pytest.raises(Unavailable):
        crm.read("deals", "1")
    with pytest.raises(Ambiguous):
        crm.create("deals", KEYED)


def test_no_time_left_sends_nothing() -> None:
    """With no time left nothing is sent, so nothing can have been applied."""
    sent: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200)

    with pytest.raises(Unavailable, match="no time"):
        hubspot(handler, seconds=0).create("deals", KEYED)
    assert sent == []


def test_the_phases_of_a_call_share_its_time() -> None:
    """Connecting, sending and the first byte together take no longer than the call may."""
    phases: list[dict[str, float]] = []

    def handler(request: httpx.Request) -> httpx.Response:
        phases.append(request.extensions["timeout"])
        return httpx.Response(404)

    hubspot(handler, seconds=8.0).find("contacts", "email", WHO)
    (phase,) = phases
    assert phase["connect"] + phase["write"] + phase["read"] == 8.0


def test_a_compressed_answer_is_not_unpacked() -> None:
    """Nobody asked for compression, and a small answer could unpack to a flood."""
    crm = hubspot(lambda _: httpx.Response(200, headers={"content-encoding": "gzip"}, stream=ZIP))
    with pytest.raises(Ambiguous):
        crm.create("deals", KEYED)


def test_a_flood_is_not_read_to_its_end() -> None:
    """An answer of more than 8 MiB is cut off and counts as lost."""
    crm = hubspot(lambda _: httpx.Response(200, content=b" " * (9 * 1_048_576)))
    with pytest.raises(Ambiguous):
        crm.create("deals", KEYED)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7.0), ("0.5", 0.5), ("999999", 3600.0), ("-1", None), ("soon", None), ("", None)],
)
def test_the_pause_that_was_asked_for(header: str, seconds: float | None) -> None:
    """`Retry-After` is believed up to an hour, and only as a number."""
    crm = hubspot(answers(429, {}, {"retry-after": header}))
    with pytest.raises(Throttled) as throttled:
        crm.find("contacts", "email", WHO)
    assert throttled.value.retry_after == seconds


@pytest.mark.parametrize(
    "body",
    [
        {"errors": [{"code": "INVALID_EMAIL", "context": {"propertyName": ["dealname"]}}]},
        {
            "message": "Property values were not valid: "
            + json.dumps([{"error": "INVALID_EMAIL", "name": "dealname", "message": WHO}])
        },
    ],
)
def test_a_refusal_names_the_property_in_either_shape(body: dict[str, object]) -> None:
    """HubSpot has two shapes of the same complaint; values in it are not repeated."""
    with pytest.raises(Refused, match="dealname INVALID_EMAIL") as refused:
        hubspot(answers(400, {**body, "category": "VALIDATION_ERROR"})).create("deals", KEYED)
    assert WHO not in str(refused.value)


def test_names_and_codes_from_outside_are_not_repeated() -> None:
    """Only our own property names and plain codes reach the message, whatever the server says."""
    evil = {"code": f"X {WHO}", "context": {"propertyName": [f"evil\n{WHO}", "dealname"]}}
    body = {"category": f"\u202e{WHO}", "errors": [evil, "x", 7], "message": WHO, "context": []}
    with pytest.raises(Refused) as refused:
        hubspot(answers(400, body)).create("deals", KEYED)
    assert WHO not in str(refused.value)
    assert "dealname" in str(refused.value)


def test_a_custom_property_s_conflict_is_the_existing_object() -> None:
    """A unique value of our own is answered with 400 and its own code: the object is fetched."""
    fault = {"error": "CONFLICTING_UNIQUE_VALUE", "name": "countersign_action_key"}
    refusal = {"message": "Property values were not valid: " + json.dumps([fault])}
    held = {"id": "9", "properties": {"hs_lastmodifieddate": "2026-01-01T00:00:00Z", **KEYED}}

    def handler(request: httpx.Request) -> httpx.Response:
        wrote = request.method == "POST"
        return httpx.Response(400 if wrote else 200, json=refusal if wrote else held)

    assert hubspot(handler).create("deals", KEYED).id == "9"


def test_a_conflict_names_the_contact_by_its_id() -> None:
    """A second address is not found by e-mail; the 409 tells the id of the contact that has it."""

    def handler(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            message = "Contact already exists. Existing ID: 77"
            return httpx.Response(409, json={"category": "CONFLICT", "message": message})
        if request.url.path.endswith("/77"):
            return httpx.Response(200, json={"id": "77", "properties": {}, "updatedAt": "x"})
        return httpx.Response(404)

    assert hubspot(handler).create("contacts", {"email": WHO}).id == "77"


def test_a_conflict_without_an_object_is_tried_again() -> None:
    """Somebody else's write is not visible yet: nothing of ours was applied."""
    crm = hubspot(lambda r: httpx.Response(409 if r.method == "POST" else 404))
    with pytest.raises(Unavailable, match="does not show"):
        crm.create("contacts", {"email": WHO})


def test_a_missing_part_of_a_batch_is_not_passed_over() -> None:
    """Two deals asked for, one given: that is no answer."""

    def handler(request: httpx.Request) -> httpx.Response:
        if "associations" in request.url.path:
            return httpx.Response(200, json={"results": [{"toObjectId": 1}, {"toObjectId": 2}]})
        body = {"id": "1", "properties": {}, "updatedAt": "x"}
        if request.method == "GET":
            return httpx.Response(200, json=body)
        return httpx.Response(207, json={"results": [body]})

    lookup = Lookup(name="d", connector="crm", kind="deals_of_contact", field="email", value=WHO)
    with pytest.raises(Unavailable, match="all 2 deals"):
        hubspot(handler).look(lookup)


def test_all_pages_of_associations_are_read() -> None:
    """HubSpot pages its associations; each deal is read once."""

    def handler(request: httpx.Request) -> httpx.Response:
        if "associations" in request.url.path:
            if request.url.params.get("after") == "500":
                return httpx.Response(200, json={"results": [{"toObjectId": 2}, {"toObjectId": 1}]})
            paging = {"next": {"after": "500"}}
            return httpx.Response(200, json={"results": [{"toObjectId": 1}], "paging": paging})
        if request.method == "GET":
            return httpx.Response(200, json={"id": "7", "properties": {}, "updatedAt": "x"})
        wanted = json.loads(request.content)["inputs"]
        found = [{"id": one["id"], "properties": {}, "updatedAt": "x"} for one in wanted]
        return httpx.Response(200, json={"results": found})

    lookup = Lookup(name="d", connector="crm", kind="deals_of_contact", field="email", value=WHO)
    assert [deal.id for deal in hubspot(handler).look(lookup)] == ["1", "2"]


def test_a_missing_object_is_not_changed() -> None:
    """404 to a change is NotFound."""
    with pytest.raises(NotFound):
        hubspot(answers(404, {})).update("deals", "1", KEYED)


def test_the_token_travels_only_where_it_is_safe() -> None:
    """Plain http is refused but on this machine; redirects are not followed."""
    for clear in ("http://crm.example", "http://127.0.0.1.example.org", "ftp://crm.example", "crm"):
        with pytest.raises(Refused, match="https"):
            HubSpot(clear, TOKEN, timeout=lambda: 1.0)
    seen: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request.url.host)
        return httpx.Response(302, headers={"location": "https://evil.example/"})

    with pytest.raises(Refused):
        hubspot(handler).create("deals", KEYED)
    assert seen == ["crm.example"]


def test_nothing_of_it_is_in_the_log_or_the_repr(caplog: pytest.LogCaptureFixture) -> None:
    """At INFO neither the token nor the address that stands in the path is written."""
    crm = hubspot(answers(404, {}))
    with caplog.at_level(logging.INFO):
        crm.find("contacts", "email", WHO)
    assert "canary" not in caplog.text
    assert repr(crm) == "HubSpot(crm.example)"
