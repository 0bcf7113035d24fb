"""T17, T18, T19: only the sender's own bytes, id and time are accepted, and only while fresh."""

import base64
import hashlib
import hmac
import random
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from countersign.web.signature import BadSignature, sign, verify
from tests.seeds import dealt_by, drawn_seed

Figure = Callable[[str, int], None]

# The example of the Standard Webhooks specification and its libraries.
SPEC_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SPEC_ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
SPEC_TIME = 1_614_265_330
SPEC_BODY = b'{"test": 2432232314}'
SPEC_SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
SPEC_NOW = datetime.fromtimestamp(SPEC_TIME, UTC)
OLD_SECRET = "whsec_" + base64.b64encode(b"the secret before the rotation").decode()


def spec_headers(**changes: str) -> dict[str, str]:
    """Headers of the specification's example, with changes (underscores stand for hyphens)."""
    headers = {
        "webhook-id": SPEC_ID,
        "webhook-timestamp": str(SPEC_TIME),
        "webhook-signature": SPEC_SIGNATURE,
    }
    return headers | {name.replace("_", "-"): value for name, value in changes.items()}


def malformed() -> list[tuple[Mapping[str, str], bytes]]:
    """Thirteen deliveries that are broken in the header or in the body."""
    comma_free = SPEC_SIGNATURE.replace(",", "")
    without_id = {key: value for key, value in spec_headers().items() if key != "webhook-id"}
    broken = [
        comma_free,
        SPEC_SIGNATURE + ",x",
        "v1,!!!not-base64!!!",
        "v1,AAA",
        "v1,x  " + SPEC_SIGNATURE,
        "v1,é",
        "",
        f"{SPEC_SIGNATURE},{SPEC_SIGNATURE}",
    ]
    cases = [(spec_headers(webhook_signature=value), SPEC_BODY) for value in broken]
    return [
        *cases,
        (without_id, SPEC_BODY),
        (spec_headers(webhook_id=""), SPEC_BODY),
        (spec_headers(webhook_timestamp="1.614265330e9"), SPEC_BODY),
        (spec_headers(webhook_timestamp=f" {SPEC_TIME}"), SPEC_BODY),
        (spec_headers(), b"\xff" + SPEC_BODY),
    ]


def is_refused(headers: Mapping[str, str], body: bytes, now: datetime = SPEC_NOW) -> bool:
    """Say whether the delivery ends as BadSignature; any other exception breaks the test."""
    try:
        verify([SPEC_SECRET], headers, body, now)
    except BadSignature:
        return True
    return False


@pytest.mark.guarantee("T17")
def test_published_vectors_pass_and_malformed_headers_are_refused(figure: Figure) -> None:
    """The specification's example verifies; thirteen malformed deliveries are BadSignature."""
    assert sign(SPEC_SECRET, SPEC_ID, SPEC_TIME, SPEC_BODY) == SPEC_SIGNATURE
    assert verify([SPEC_SECRET], spec_headers(), SPEC_BODY, SPEC_NOW).id == SPEC_ID
    refused = [is_refused(headers, body) for headers, body in malformed()]
    assert refused == [True] * 13
    figure("1 vector accepted, 13 of 13 malformed refused, 0 other exceptions", 14)


def test_our_signature_is_the_reference_librarys() -> None:
    """What we sign for a text body is what the specification's own library signs."""
    for number in range(50):
        body = "x" * number
        theirs = Webhook(SPEC_SECRET).sign(f"msg_{number}", SPEC_NOW, body)
        assert sign(SPEC_SECRET, f"msg_{number}", SPEC_TIME, body.encode()) == theirs


@pytest.mark.guarantee("T17")
@pytest.mark.control
def test_control_the_reference_library_lets_other_exceptions_escape() -> None:
    """Given the same malformed deliveries, the reference library fails with unhandled errors."""
    escaped = 0
    fresh = str(int(datetime.now(UTC).timestamp()))
    for headers, body in malformed():
        live = {**headers}
        if live.get("webhook-timestamp") == str(SPEC_TIME):
            live["webhook-timestamp"] = fresh
        try:
            Webhook(SPEC_SECRET).verify(body, live)
        except WebhookVerificationError:
            continue
        except Exception:  # noqa: BLE001 - the control counts what escapes
            escaped += 1
    assert escaped >= 4


def flipped(rng: random.Random, text: str) -> str:
    """Flip one bit of one character, staying within one byte."""
    at = rng.randrange(len(text))
    return text[:at] + chr(ord(text[at]) ^ 1 << rng.randrange(8)) + text[at + 1 :]


@pytest.mark.guarantee("T18")
def test_no_single_bit_can_change(figure: Figure) -> None:
    """A delivery with one flipped bit in body, id, timestamp or signature is refused."""
    seed = drawn_seed()
    rng = dealt_by(seed)
    assert not is_refused(spec_headers(), SPEC_BODY)
    for _ in range(1000):
        headers, body = spec_headers(), SPEC_BODY
        part = rng.choice(["body", *headers])
        if part == "body":
            body = flipped(rng, body.decode("latin-1")).encode("latin-1")
        else:
            headers[part] = flipped(rng, headers[part])
        assert is_refused(headers, body), (seed, part, headers, body)
    figure(f"1,000 of 1,000 single-bit flips refused (seed {seed})", 1000)


@pytest.mark.guarantee("T18")
@pytest.mark.control
def test_control_a_scheme_that_does_not_sign_the_id_accepts_another_id() -> None:
    """Signing only the time and the body leaves the id, our key against replays, free to change."""

    def naive_accepts(headers: Mapping[str, str], signature: bytes) -> bool:
        signed = headers["webhook-timestamp"].encode() + SPEC_BODY
        return hmac.compare_digest(
            hmac.new(SPEC_SECRET.encode(), signed, hashlib.sha256).digest(), signature
        )

    signature = hmac.new(
        SPEC_SECRET.encode(), str(SPEC_TIME).encode() + SPEC_BODY, hashlib.sha256
    ).digest()
    changed = spec_headers(webhook_id="msg_another")
    assert naive_accepts(changed, signature)
    assert is_refused(changed, SPEC_BODY)


def at_age(seconds: int) -> datetime:
    """Our clock when the delivery is so many seconds old."""
    return datetime.fromtimestamp(SPEC_TIME + seconds, UTC)


def exact_window(accepts: Callable[[datetime], bool]) -> None:
    """300 seconds on either side are let in, and no second more."""
    accepted = [age for age in (-301, -300, -299, 0, 299, 300, 301) if accepts(at_age(age))]
    assert accepted == [-300, -299, 0, 299, 300]


@pytest.mark.guarantee("T19")
def test_the_window_is_exact_and_rotation_ends(figure: Figure) -> None:
    """Ages -300 to 300 pass and 301 does not; times are plain digits; a revoked secret is dead."""
    exact_window(lambda now: not is_refused(spec_headers(), SPEC_BODY, now))
    loose = [
        " 1614265330",
        "1614265330 ",
        "+1614265330",
        "1614265330.0",
        "\uff11614265330",
        "01614265330",
    ]
    loose += ["1_614_265_330", "1614265330\n", "0x6037be32", "-1614265330", "NaN", "", "9" * 400]
    assert all(is_refused(spec_headers(webhook_timestamp=text), SPEC_BODY) for text in loose)
    by_old = spec_headers(webhook_signature=sign(OLD_SECRET, SPEC_ID, SPEC_TIME, SPEC_BODY))
    for headers in (by_old, spec_headers()):
        assert verify([SPEC_SECRET, OLD_SECRET], headers, SPEC_BODY, SPEC_NOW).id == SPEC_ID
    assert is_refused(by_old, SPEC_BODY)
    figure("exact at 300 s on both sides; 13 loose timestamps refused; revoked secret refused", 23)


@pytest.mark.guarantee("T19")
@pytest.mark.control
def test_control_a_past_only_check_accepts_a_delivery_from_the_future() -> None:
    """A check of the age alone lets a delivery dated 301 seconds ahead live on for ten minutes."""

    def past_only_accepts(now: datetime) -> bool:
        return int(now.timestamp()) - SPEC_TIME <= 300

    with pytest.raises(AssertionError):
        exact_window(past_only_accepts)
