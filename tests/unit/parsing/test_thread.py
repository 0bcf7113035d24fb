"""The thread of a mail: read from its headers, whatever stands in them."""

from __future__ import annotations

import pytest

from countersign.domain.jobs.matters import Thread
from countersign.parsing.mail.thread import MOST, read_thread


def mail(*headers: str) -> bytes:
    return "\r\n".join(("From: ana@example.com", *headers, "", "Hello")).encode()


def test_the_nearest_mail_comes_first_and_each_once() -> None:
    """What a mail answers, then what that one answered, as programs fold and repeat them."""
    read = read_thread(
        mail(
            "Message-ID: <3@theirs>",
            "In-Reply-To: <2@ours>",
            "References: <1@theirs>",
            " <2@ours>",
            "To: Sales <answers+t1@example.com>, b@example.com",
            "Delivered-To: answers+t1@example.com",
        )
    )
    assert read == Thread(
        message_id="<3@theirs>",
        answers=("<2@ours>", "<1@theirs>"),
        recipients=("answers+t1@example.com", "b@example.com"),
    )


def test_a_long_thread_keeps_its_near_end() -> None:
    """Each id may cost a read of the table: a mail cannot ask for a thousand."""
    names = " ".join(f"<{number}@theirs>" for number in range(1000))
    read = read_thread(mail(f"References: {names}"))
    assert (len(read.answers), read.answers[0]) == (MOST, "<999@theirs>")


@pytest.mark.parametrize(
    "raw",
    [b"", b'{"email": "a@example.com"}', b"just text", mail("In-Reply-To: none", "References: <>")],
)
def test_what_is_no_mail_or_names_none_has_no_thread(raw: bytes) -> None:
    """A form, a text and a broken header lead nowhere."""
    assert read_thread(raw).answers == ()
