"""Mails that say which job they are of, so that what becomes of them finds its way back."""

from __future__ import annotations

from dataclasses import dataclass, replace

from countersign.domain.ports import Email, Mailer

LINK = "link-"
"""How the `part` of an approval mail begins; a link's id follows."""


@dataclass(frozen=True)
class JobMailer:
    """A mailer for the actions of one job."""

    mailer: Mailer
    job_id: str

    def send(self, email: Email) -> str:
        """As the port, the mail marked with its job."""
        return self.mailer.send(of_job(email, self.job_id))


def of_job(email: Email, job_id: str, part: str = "") -> Email:
    """`email`, marked with its job and, where it has none yet, with the part that it is about."""
    named = {"part": part} if part else {}
    return replace(email, about={**email.about, **named, "job": job_id})
