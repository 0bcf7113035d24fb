"""Answering as the customer in the demo's mailbox: the answer reaches the job that asked."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from urllib.parse import urlencode

import pytest
from starlette.testclient import TestClient

from countersign.domain.planning.joining import Later, Way
from infra.local.front.answering import answer
from infra.local.front.app import Front
from infra.local.front.mailbox import Mail, parsed
from tests.answers import arrives, asked, shop
from tests.fakes.world import START
from tests.unit.steps.refunds import ADA

AUTHSERV = "mx.countersign.example"


class Customer:
    """Somebody at the mailbox of a shop that has asked Ada which order she means."""

    def __init__(self) -> None:
        self.world = shop()
        self.asked = asked(self.world)
        self.jobs: list[str] = []
        front = Front(
            store=self.world.store,
            mails=self.mails,
            send=lambda _: ("", ""),
            answer=self.answers,
            samples=(),
            offline=True,
            now=lambda: START,
        )
        self.client = TestClient(front.app(), base_url="http://127.0.0.1", follow_redirects=False)

    def mails(self) -> list[Mail]:
        """As the emulator keeps them, and one that nobody can answer."""
        rows = [
            {
                "MessageId": f"mail-{number}@email.amazonses.com",
                "Source": "countersign@example.com",
                "To": [sent.to],
                "Subject": sent.subject,
                "BodyText": sent.text,
                "BodyHtml": None,
                "Timestamp": number,
                "ReplyTo": [sent.reply_to] if sent.reply_to else [],
            }
            for number, sent in enumerate(self.world.mail.sent, 1)
        ]
        silent = {**rows[0], "MessageId": "silent", "ReplyTo": []}
        return parsed({"messages": {"1": [*rows, silent]}}, "https://countersign.example")

    def answers(self, mail: Mail, text: str) -> str:
        """The mail goes through the door of the workflow that asked."""
        body = answer(mail, text, self.world.clock.now(), AUTHSERV)
        self.jobs.append(arrives(self.world, body, f"e-{len(self.jobs) + 2}").job_id)
        return self.jobs[-1]

    def posts(self, text: str, mail: str = "mail-1", **headers: str) -> int:
        """The status of what the page says to an answer."""
        sent = self.client.post(
            f"/mailbox/{mail}", content=urlencode({"text": text}), headers=headers
        )
        return sent.status_code


@pytest.mark.parametrize("text", ["It is order 1042.", "Auftrag 1042 – größte Grüße\n„Ada“"])
def test_an_answer_joins_the_job_that_asked(text: str) -> None:
    """By the address with the token, and by whom our receiver vouches for."""
    customer = Customer()
    assert "Answer as" in customer.client.get("/mailbox/mail-1").text
    assert customer.posts(text) == 303
    (said,) = customer.asked.record.result("later", Later).words
    assert (said.sender, said.way, said.job_id) == (ADA, Way.JOINS, customer.jobs[0])
    assert said.text.split() == text.split()
    assert customer.asked.record.job.status == "RETRYING"


def test_what_cannot_be_answered_has_no_form() -> None:
    """A mail without such an address, an empty answer, and a page of another site send nothing."""
    customer = Customer()
    assert "Answer as" not in customer.client.get("/mailbox/silent").text
    assert customer.posts("Hello", mail="silent") == 404
    assert customer.posts("  ") == 404
    assert customer.posts("Hello", origin="https://elsewhere.example") == 403
    assert customer.jobs == []


def test_the_answer_is_a_mail_of_whoever_got_ours() -> None:
    """From them, to the address with the token, in our mail's thread, with its text quoted."""
    at = datetime(2026, 3, 2, 9, tzinfo=UTC)
    ours = Mail("m-1", "a@b.example", ("c@d.example",), "Which order?", "Tell us.", "", at, ())
    made = message_from_bytes(answer(ours, "1042", at, AUTHSERV))
    assert made["From"] == "c@d.example"
    assert made["Subject"] == "Re: Which order?"
    assert made["In-Reply-To"] == "<m-1@email.amazonses.com>"
    assert "> Tell us." in made.get_payload()
