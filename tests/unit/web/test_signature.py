"""Signatures of deliveries: what verifies, what is refused, and in which words."""

import base64
from datetime import UTC, datetime

import pytest

from countersign.web.signature import BadSignature, sign, verify

SECRET = "whsec_" + base64.b64encode(b"countersign test secret 0001").decode()
OTHER = "whsec_" + base64.b64encode(b"countersign test secret 0002").decode()
SENT = 1_750_000_000
NOW = datetime.fromtimestamp(SENT, UTC)
BODY = b'{"name": "Ann"}'


def delivery(**changes: str) -> dict[str, str]:
    """Headers of a good delivery, with changes (underscores stand for hyphens)."""
    headers = {
        "Webhook-Id": "msg_1",
        "Webhook-Timestamp": str(SENT),
        "Webhook-Signature": sign(SECRET, "msg_1", SENT, BODY),
    }
    return headers | {name.replace("_", "-"): value for name, value in changes.items()}


def test_a_signed_delivery_gives_its_id_and_time() -> None:
    """A delivery signed with a live secret is verified and named."""
    verified = verify([SECRET], delivery(), BODY, NOW)
    assert (verified.id, verified.timestamp) == ("msg_1", NOW)


def test_one_of_several_signatures_is_enough() -> None:
    """A sender in rotation signs twice, and unknown versions are passed over."""
    both = f"v1a,AAAA {sign(OTHER, 'msg_1', SENT, BODY)} {sign(SECRET, 'msg_1', SENT, BODY)}"
    assert verify([SECRET], delivery(Webhook_Signature=both), BODY, NOW).id == "msg_1"


def test_a_body_of_any_bytes_can_be_signed() -> None:
    """The signature is over raw bytes, so a body that is no text verifies as well."""
    body = b"\xff\x00\xfe"
    headers = delivery(Webhook_Signature=sign(SECRET, "msg_1", SENT, body))
    assert verify([SECRET], headers, body, NOW).id == "msg_1"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Webhook-Id", ""),
        ("Webhook-Id", "msg 1"),
        ("Webhook-Id", "msg_1, msg_1"),
        ("Webhook-Id", "msg_1.1750000000"),
        ("Webhook-Id", "m" * 257),
        ("Webhook-Id", "msg_é"),
        ("webhook-id", "msg_1"),
        ("Webhook-Signature", " ".join(["v1," + "A" * 43 + "="] * 17)),
        ("Webhook-Signature", "v2,AAAA"),
        ("Webhook-Signature", "v1,AAAA"),
    ],
)
def test_a_strange_header_is_refused(name: str, value: str) -> None:
    """Every header that cannot be read in one way only is a bad signature."""
    with pytest.raises(BadSignature):
        verify([SECRET], {**delivery(), name: value}, BODY, NOW)


def test_spare_base64_bits_do_not_count_as_equal() -> None:
    """A signature text that only decodes like the right one is refused."""
    good = delivery()["Webhook-Signature"]
    spare = chr(ord(good[-2]) + 1)
    with pytest.raises(BadSignature, match="No v1 signature matches"):
        verify([SECRET], delivery(Webhook_Signature=good[:-2] + spare + "="), BODY, NOW)


def test_no_secret_means_no_delivery() -> None:
    """A sender without a live secret cannot deliver."""
    with pytest.raises(BadSignature):
        verify([], delivery(), BODY, NOW)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_AAAA", "whsec_???", SECRET[6:], "é"])
def test_a_malformed_secret_of_ours_is_said_without_showing_it(secret: str) -> None:
    """A broken setting is our fault, not the sender's, and the secret stays out of the message."""
    with pytest.raises(ValueError, match="A webhook secret of ours is malformed") as caught:
        verify([secret], delivery(), BODY, NOW)
    assert not isinstance(caught.value, BadSignature)
    assert len(secret) < 7 or secret not in str(caught.value)
