"""The HTTP API's events as requests, and responses in its shape."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from countersign.domain.errors import ContractBroken
from countersign.entrypoints.pages import handler
from countersign.web.http import Request, Response, set_cookie


def event(**changed: Any) -> dict[str, Any]:
    """A minimal event of payload format 2.0."""
    return {"requestContext": {"http": {"method": "POST"}}, **changed}


def test_body_is_raw_bytes_either_way() -> None:
    """Base64 or not, the body arrives as the bytes that were sent."""
    raw = "a=ä".encode()
    encoded = base64.b64encode(raw).decode()
    assert Request.of(event(body="a=ä")).body == raw
    assert Request.of(event(body=encoded, isBase64Encoded=True)).body == raw
    assert Request.of(event()).body == b""


def test_body_that_is_no_base64_is_refused() -> None:
    """An event that lies about its encoding is a broken contract, never a crash."""
    with pytest.raises(ContractBroken):
        Request.of(event(body="***", isBase64Encoded=True))


@pytest.mark.parametrize(
    "where", [{"cookies": ["a=1", "b=2=3"]}, {"headers": {"Cookie": "a=1; b=2=3"}}]
)
def test_cookies_come_from_both_places(where: dict[str, Any]) -> None:
    """AWS gives cookies as a list, other gateways leave them in the header."""
    assert Request.of(event(**where)).cookies == {"a": "1", "b": "2=3"}


def test_names_are_lower_case_and_text_survives_encoding() -> None:
    """Header names are in lower case; half a surrogate pair cannot reach an encoder."""
    request = Request.of(event(headers={"X-Odd": "\ud800"}, pathParameters={"link": "\udc80"}))
    assert request.headers == {"x-odd": "?"}
    assert request.params == {"link": "?"}


def test_response_in_the_shape_of_the_api() -> None:
    """Cookies stand beside the headers, where the HTTP API expects them."""
    response = Response(200, "x", {"a": "b"}, ("c=d",)).as_event()
    assert response == {
        "statusCode": 200,
        "headers": {"a": "b"},
        "cookies": ["c=d"],
        "body": "x",
        "isBase64Encoded": False,
    }


def test_cookie_that_needs_quoting_is_refused() -> None:
    """No value can add a flag or a second cookie."""
    with pytest.raises(ValueError, match="quoting"):
        set_cookie("a", "b; Domain=evil.example", path="/", secure=True, seconds=1)


def test_handler_answers_a_page_for_a_broken_body() -> None:
    """A body that is not what the event announces gets a page with 400."""
    answered = handler(event(body="***", isBase64Encoded=True), None)
    assert answered["statusCode"] == 400
    assert "could not be read" in answered["body"]
