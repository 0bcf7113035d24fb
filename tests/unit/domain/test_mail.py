"""Mail: each one says which job it is about, so that its bounce finds the way back."""

from __future__ import annotations

import pytest

from countersign.domain.errors import ContractBroken
from countersign.domain.mail import Email, JobMailer, unsubscribe_headers


class Sent:
    """A mailer that keeps what it was given."""

    def __init__(self) -> None:
        self.emails: list[Email] = []

    def send(self, email: Email) -> str:
        self.emails.append(email)
        return "id-1"


def test_a_mail_of_a_job_is_marked_with_it() -> None:
    """The mark is added to what the mail says already, and nothing else of it changes."""
    sent = Sent()
    email = Email(to="ada@example.com", subject="Hi", text="Hello", about={"part": "cs-1"})
    assert JobMailer(sent, "j-1").send(email) == "id-1"
    (marked,) = sent.emails
    assert marked.about == {"part": "cs-1", "job": "j-1"}
    assert (marked.to, marked.subject, marked.text) == (email.to, email.subject, email.text)


def test_a_mail_encloses_documents_of_its_own_job() -> None:
    """They come from where the job's documents lie; who sends nothing of the kind has none."""
    held = {"ab/plan.pdf": b"%PDF"}
    assert JobMailer(Sent(), "j-1", "", held.get).document("ab/plan.pdf") == b"%PDF"
    assert JobMailer(Sent(), "j-1").document("ab/plan.pdf") is None


@pytest.mark.parametrize(
    ("url", "mailto", "said"),
    [
        ("https://a.example/unsubscribe/t?l=de", "", "<https://a.example/unsubscribe/t?l=de>"),
        (
            "https://a.example/u/t",
            "stop@a.example",
            "<https://a.example/u/t>, <mailto:stop@a.example?subject=unsubscribe>",
        ),
        ("http://127.0.0.1:8400/u/t", "", "<http://127.0.0.1:8400/u/t>"),
    ],
)
def test_a_mail_of_a_list_has_both_headers_of_one_click(url: str, mailto: str, said: str) -> None:
    """RFC 8058, 3.1: an https address in List-Unsubscribe, and what is to be posted there."""
    assert unsubscribe_headers(url, mailto) == {
        "List-Unsubscribe": said,
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def test_a_mail_of_no_list_has_neither() -> None:
    """An approval is nothing that one unsubscribes from."""
    assert unsubscribe_headers("") == {}


@pytest.mark.parametrize(
    ("url", "mailto"),
    [
        ("http://a.example/u/t", ""),
        ("https://a.example/u/t>\r\nBcc: x@example.com", ""),
        ("https://a.example/u/t", "stop@a.example>"),
        ("mailto:stop@a.example", ""),
    ],
)
def test_an_address_that_receivers_would_not_post_to_is_refused(url: str, mailto: str) -> None:
    """Plain http, another scheme, and whatever would end the header."""
    with pytest.raises(ContractBroken):
        unsubscribe_headers(url, mailto)
