"""The HubSpot adapter reads each answer as one of our errors, and gives nothing away."""

from __future__ import annotations

import logging

import httpx
import pytest

from countersign.connectors.hubspot.client import HubSpot
from countersign.domain.errors import (
    Ambiguous,
    CountersignError,
    Misconfigured,
    Refused,
    Throttled,
    Unavailable,
)
from tests.fakes.hubspot_answers import KEYED, TOKEN, WHO, ZIP, answers, hubspot, raises


@pytest.mark.parametrize(
    ("status", "reading", "writing"),
    [
        (301, Refused, Refused),
        (400, Refused, Refused),
        (401, Misconfigured, Misconfigured),
        (403, Misconfigured, Misconfigured),
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


def test_the_token_travels_only_where_it_is_safe() -> None:
    """Plain http is refused but on this machine; redirects are not followed."""
    for clear in ("http://crm.example", "http://127.0.0.1.example.org", "ftp://crm.example", "crm"):
        with pytest.raises(Misconfigured, match="https"):
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


def test_an_answer_that_comes_too_slowly_is_lost() -> None:
    """The whole answer must be there within the call's time, not only each piece of it."""
    held = {"id": "1", "properties": {}, "updatedAt": "x"}
    with pytest.raises(Ambiguous):
        hubspot(answers(201, held), seconds=1e-9).create("deals", KEYED)
