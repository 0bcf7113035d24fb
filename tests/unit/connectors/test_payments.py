"""The Stripe adapter reads each answer as one of our errors, and gives nothing away."""

from __future__ import annotations

import logging

import httpx
import pytest

from countersign.connectors.stripe.client import StripePayments
from countersign.domain.errors import (
    Ambiguous,
    CountersignError,
    Misconfigured,
    NotFound,
    Refused,
    Throttled,
    Unavailable,
)
from tests.fakes.payments_answers import KEY, answers, asked, give_back, payments, raises
from tests.looking import looked

ERROR = {"error": {"type": "invalid_request_error", "code": "parameter_invalid_integer"}}


@pytest.mark.parametrize(
    ("status", "reading", "writing"),
    [
        (301, Unavailable, Ambiguous),
        (400, Refused, Refused),
        (401, Misconfigured, Misconfigured),
        (402, Refused, Refused),
        (403, Misconfigured, Misconfigured),
        (404, Refused, Refused),
        (409, Unavailable, Ambiguous),
        (413, Refused, Refused),
        (429, Throttled, Throttled),
        (500, Unavailable, Ambiguous),
        (502, Unavailable, Ambiguous),
        (503, Unavailable, Ambiguous),
        (504, Unavailable, Ambiguous),
    ],
)
@pytest.mark.parametrize(
    "body", [ERROR, None, [1], {"error": None}, {"error": "x"}, {"error": [1]}]
)
def test_each_status_is_one_error(
    status: int, reading: type[CountersignError], writing: type[CountersignError], body: object
) -> None:
    """The table of answers: what may have been applied is Ambiguous, only for a write.

    A body that is not Stripe's may make it less sure, never more: what would be Refused or
    Throttled may be lost instead.
    """
    account = payments(answers(status, body))
    lost = () if body == ERROR else (Unavailable, Ambiguous)
    for call in (lambda: account.read("re_1"), lambda: looked(account, asked("order"))):
        with pytest.raises((reading, *lost[:1])):
            call()
    with pytest.raises((writing, *lost[1:])):
        give_back(account)


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
        (httpx.CloseError, Ambiguous),
    ],
)
def test_what_was_sent_and_lost_is_ambiguous(
    error: type[httpx.TransportError], writing: type[CountersignError]
) -> None:
    """Only a connection that was never made proves that no money moved; the key is not told."""
    account = payments(raises(error))
    with pytest.raises(writing, match=error.__name__) as lost:
        give_back(account)
    assert KEY not in str(lost.value)
    with pytest.raises(Unavailable):
        account.read("re_1")


@pytest.mark.parametrize("status", [200, 201])
@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        "x",
        {},
        {"object": 5},
        {"id": "re_1", "amount": "1000"},
        {
            "id": "re_1",
            "amount": 1.5,
            "currency": "eur",
            "charge": "c",
            "status": "s",
            "created": 1,
        },
    ],
)
def test_a_success_that_cannot_be_read_is_not_believed(status: int, body: object) -> None:
    """Money may have moved: Ambiguous; a read of such a thing may be tried again."""
    account = payments(answers(status, body))
    with pytest.raises(Ambiguous):
        give_back(account)
    with pytest.raises(Unavailable):
        account.read("re_1")
    with pytest.raises(Unavailable):
        account.refunds_of("ch_1")


@pytest.mark.parametrize(
    ("error", "seconds"),
    [("3", 3.0), ("0.5", 0.5), ("99999", 3600.0), ("soon", None), ("-1", None), ("", None)],
)
def test_how_long_to_wait_is_believed_within_reason(error: str, seconds: float | None) -> None:
    """`Retry-After` in seconds, at most an hour; anything else says nothing."""
    account = payments(answers(429, ERROR, {"Retry-After": error}))
    with pytest.raises(Throttled) as throttled:
        give_back(account)
    assert throttled.value.retry_after == seconds


@pytest.mark.parametrize("status", [400, 404])
def test_a_missing_object_is_not_found_by_its_code(status: int) -> None:
    """Stripe says `resource_missing` with 404 or 400; a wrong address also answers 404."""
    missing = {"error": {"type": "invalid_request_error", "code": "resource_missing"}}
    account = payments(answers(status, missing))
    with pytest.raises(NotFound):
        account.read("re_1")
    assert account.refunds_of("ch_1") == ()
    with pytest.raises(Unavailable, match="ask again"):
        looked(account, asked("order"))
    with pytest.raises(Refused):
        give_back(account)


def test_a_key_in_use_is_ambiguous_and_a_key_misused_is_refused() -> None:
    """Another attempt may be moving the money; other parameters under our key are a defect."""
    in_use = {"error": {"type": "idempotency_error", "code": "idempotency_key_in_use"}}
    for status in (400, 409):
        with pytest.raises(Ambiguous, match="still running"):
            give_back(payments(answers(status, in_use)))
    misused = {"error": {"type": "idempotency_error", "message": "SECRET-7"}}
    with pytest.raises(Refused, match="defect of ours") as refused:
        give_back(payments(answers(400, misused)))
    assert "SECRET-7" not in str(refused.value)


def test_a_saved_error_says_that_it_is_one() -> None:
    """An operator must know that the key gives the same answer for a day."""
    body = {"error": {"type": "api_error"}}
    with pytest.raises(Ambiguous, match=r"saved one.*24 hours"):
        give_back(payments(answers(500, body, {"Idempotent-Replayed": "true"})))


def test_a_refusal_tells_codes_and_no_values(caplog: pytest.LogCaptureFixture) -> None:
    """Stripe's message, an unknown parameter, the key and the ids stay out of message and log."""
    caplog.set_level(logging.DEBUG)
    error = {
        "type": "card_error",
        "code": "charge_disputed",
        "message": "SECRET-7",
        "param": "SECRET-8",
        "decline_code": "SECRET-9",
    }
    account = payments(answers(402, {"error": error}, {"Stripe-Notice": "SECRET-6"}))
    with pytest.raises(Refused, match="402 charge_disputed") as refused:
        give_back(account)
    told = f"{refused.value} {refused.value.__cause__} {account!r} {caplog.text}"
    for secret in ("SECRET", KEY, "ch_canary", "1042"):
        assert secret not in told


def test_a_code_that_is_no_code_is_not_told() -> None:
    """A code is a word of small letters; anything else may be content."""
    error = {"type": "invalid_request_error", "code": "ada@example.com", "param": "amount"}
    with pytest.raises(Refused, match="400 InvalidRequestError amount,"):
        give_back(payments(answers(400, {"error": error})))


def test_a_key_never_travels_in_clear() -> None:
    """Only https, or this machine itself."""
    with pytest.raises(Misconfigured, match="https"):
        StripePayments("http://pay.example", KEY, timeout=lambda: 5.0)
    StripePayments("http://127.0.0.1:1/payments", KEY, timeout=lambda: 5.0).close()


def test_no_time_left_sends_nothing() -> None:
    """A call that cannot finish is not begun."""
    sent: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200)

    with pytest.raises(Unavailable, match="no time is left"):
        give_back(payments(handler, seconds=0.0))
    assert sent == []
