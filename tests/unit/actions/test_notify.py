"""`notify.push`: a name and no address, bounded, accepted once and never sent twice."""

from __future__ import annotations

import pytest

from countersign.actions.notify import DOCUMENTS, PUSH, Enclosing, Push
from countersign.domain.errors import ContractBroken, Refused
from countersign.domain.mail import Email, JobMailer
from tests.fakes.channels import FakeChannels, Message

GOOD = {"channel": "finance", "title": "Refund of order 1042", "text": "It was made."}


@pytest.mark.parametrize(
    "change",
    [
        {"channel": "https://hooks.example.com/services/x"},
        {"channel": "#finance"},
        {"channel": "finance@example.com"},
        {"channel": "Finance"},
        {"channel": "finance\n"},
        {"channel": ""},
        {"channel": "f" * 41},
        {"title": ""},
        {"title": "t" * 151},
        {"text": ""},
        {"text": "t" * 2001},
    ],
)
def test_a_push_is_a_name_and_bounded_words(change: dict[str, str]) -> None:
    """An address is no channel's name, and nothing is longer than a person reads before signing."""
    Push.read(GOOD)
    with pytest.raises(ContractBroken):
        Push.read({**GOOD, **change})


def test_a_push_says_what_it_is_before_it_is_signed() -> None:
    """Irreversible, without a way to find or read it back, and its target cannot be edited."""
    assert not PUSH.reversible
    assert (PUSH.find, PUSH.read_back, PUSH.editable) == (None, None, ())
    said = PUSH.words(Push.read(GOOD))
    assert said == "Tell the channel finance: “Refund of order 1042”."


def test_acceptance_is_the_receipt() -> None:
    """Nothing is expected of a target that shows nothing."""
    channels, params = FakeChannels(), Push.read(GOOD)
    assert PUSH.do(channels, params, "cs-1").id == "accepted"
    assert channels.messages == [Message("finance", "*Refund of order 1042*\nIt was made.")]
    assert PUSH.expected(params) == {}


PLAN = Enclosing(
    to="ana@countersign.example",
    subject="Aurora, version 1",
    text="# Aurora",
    texts={"plan.ics": "BEGIN:VCALENDAR"},
    stored=("ab/plan.pdf",),
)


class Sent:
    """A mailer that keeps what it was given."""

    def __init__(self) -> None:
        self.emails: list[Email] = []

    def send(self, email: Email) -> str:
        self.emails.append(email)
        return "id-1"


def test_a_mail_with_documents_encloses_what_lies_there_and_what_it_says() -> None:
    """Under their own names; who signs reads which."""
    sent = Sent()
    mailer = JobMailer(sent, "j-1", "", {"ab/plan.pdf": b"%PDF"}.get)
    assert DOCUMENTS.do(mailer, PLAN, "cs-1").id == "id-1"
    (email,) = sent.emails
    assert email.files == {"plan.pdf": b"%PDF", "plan.ics": b"BEGIN:VCALENDAR"}
    assert (email.to, email.text, email.about) == (
        PLAN.to,
        PLAN.text,
        {"part": "cs-1", "job": "j-1"},
    )
    assert DOCUMENTS.words(PLAN).endswith("“Aurora, version 1”, with plan.pdf, plan.ics.")


def test_a_mail_without_its_document_is_not_sent() -> None:
    """Nobody gets half of it."""
    sent = Sent()
    with pytest.raises(Refused, match=r"plan\.pdf is not there: nothing was sent"):
        DOCUMENTS.do(JobMailer(sent, "j-1"), PLAN, "cs-1")
    assert sent.emails == []
