"""The address to which one of our mails is answered: it gives its token back, and no other does."""

from __future__ import annotations

import pytest

from countersign.domain import mail

INBOUND = "answers@example.com"


@pytest.mark.parametrize(
    ("address", "inbound", "token"),
    [
        ("answers+ab12@example.com", INBOUND, "ab12"),
        ("Answers+AB12@Example.com", INBOUND, "ab12"),
        ("answers@example.com", INBOUND, ""),
        ("answers+@example.com", INBOUND, ""),
        ("answers+ab12@elsewhere.example", INBOUND, ""),
        ("sales+ab12@example.com", INBOUND, ""),
        ("anything+ab12@example.com", "", ""),
    ],
)
def test_a_token_is_read_in_our_own_address_only(address: str, inbound: str, token: str) -> None:
    """Without such an address, no token is read anywhere."""
    assert mail.token_of(address, inbound) == token


def test_the_address_to_answer_to_gives_its_token_back() -> None:
    """What is written into a mail is what is read out of its answer."""
    assert mail.token_of(mail.reply_address(INBOUND, "t1"), INBOUND) == "t1"


class _Post:
    """A mailer that keeps what it is given."""

    def __init__(self) -> None:
        self.sent: list[mail.Email] = []

    def send(self, email: mail.Email) -> str:
        self.sent.append(email)
        return "m-1"


@pytest.mark.parametrize(
    ("inbound", "part", "answered_to"),
    [
        (INBOUND, "cs-ab12", "answers+ab12@example.com"),
        (INBOUND, "", ""),
        ("", "cs-ab12", ""),
    ],
)
def test_a_mail_of_a_job_is_answered_to_an_address_of_its_own(
    inbound: str, part: str, answered_to: str
) -> None:
    """Where mail comes in, and where the mail is about something of the job."""
    post = _Post()
    about = {"part": part} if part else {}
    mail.JobMailer(post, "j-1", inbound).send(
        mail.Email(to="a@example.com", subject="s", text="t", about=about)
    )
    assert (post.sent[0].reply_to, post.sent[0].about["job"]) == (answered_to, "j-1")
