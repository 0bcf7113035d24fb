"""Mail: each one says which job it is about, so that its bounce finds the way back."""

from __future__ import annotations

from countersign.domain.mail import Email, JobMailer


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
