"""T39: whatever bytes are called a mail, they are read or quarantined with a reason."""

import email
import email.policy
from collections.abc import Callable, Iterator

import pytest

from countersign.domain.errors import Quarantined
from countersign.parsing.mail.message import Mail, read_mail
from tests.seeds import dealt_by, drawn_seed
from tests.unit.parsing.mails import BROKEN, RECEIVER

_MUST_BE_READ = 0.75  # of the collection; the others are no mails or exceed a bound on purpose
_QUARANTINED = {
    "too many levels", "two thousand parts", "huge headers", "no headers", "only headers",
    "nothing", "a picture", "an Outlook file", "JSON", "random bytes",
}  # fmt: skip


def outcome(raw: bytes) -> Mail | str:
    """The mail, or the reason of its quarantine; any other exception breaks the test."""
    try:
        return read_mail(raw, authserv_id=RECEIVER)
    except Quarantined as reason:
        assert reason.__cause__ is None, "the reader broke inside"  # noqa: PT017 - both ends are right
        return str(reason)


def mutations(seed: int, number: int) -> Iterator[bytes]:
    """Broken mails broken further: bytes, lines and order changed, two mails spliced."""
    rng = dealt_by(seed)
    small = [raw for raw in BROKEN.values() if 0 < len(raw) < 20_000]
    for _ in range(number):
        raw = bytearray(rng.choice(small))
        lines = bytes(raw).split(b"\n")
        other = rng.choice(small)
        at = rng.randrange(len(raw))
        yield rng.choice(
            [
                bytes(raw[:at]) + rng.randbytes(rng.randrange(1, 8)) + bytes(raw[at + 1 :]),
                bytes(raw[:at]),
                bytes(raw[:at]) + other[rng.randrange(len(other)) :],
                b"\n".join(rng.sample(lines, len(lines))),
                b"\n".join(line for line in lines for _ in range(rng.randrange(3))),
                bytes(raw).replace(b" ", rng.choice([b"", b"\t", b"\x00", b"\r"])),
            ]
        )


@pytest.mark.guarantee("T39")
def test_every_broken_mail_is_read_or_quarantined(figure: Callable[[str, int], None]) -> None:
    """No bytes raise anything but a quarantine with its reason, and real mails are read."""
    outcomes = {name: outcome(raw) for name, raw in BROKEN.items()}
    assert {name for name, mail in outcomes.items() if isinstance(mail, str)} == _QUARANTINED
    assert len(_QUARANTINED) < (1 - _MUST_BE_READ) * len(BROKEN)
    seed = drawn_seed()
    mutated = [outcome(raw) for raw in mutations(seed, 100)]
    read = sum(isinstance(mail, Mail) for mail in mutated)
    assert read > 40, seed
    total = len(BROKEN) + len(mutated)
    figure(f"0 unhandled in {total}; {read} of {len(mutated)} mutations read (seed {seed})", total)


@pytest.mark.guarantee("T39")
@pytest.mark.control
def test_control_the_naive_reader_raises() -> None:
    """The usual reading by the standard library raises on mails of the same collection."""

    def naive(raw: bytes) -> str:
        message = email.message_from_bytes(raw, policy=email.policy.default)
        body = message.get_body(preferencelist=("plain", "html"))
        return f"{message['from']}{message['date']}{body.get_content() if body else ''}"

    raised = set()
    for name, raw in BROKEN.items():
        try:
            naive(raw)
        except Exception as error:  # noqa: BLE001 - the control counts what escapes
            raised.add((name, type(error).__name__))
    assert len(raised) >= 3, raised
