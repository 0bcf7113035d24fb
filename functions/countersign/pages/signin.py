"""The mail with a link that signs in."""

from __future__ import annotations

from countersign.domain.approvals import Person
from countersign.domain.ports import Email
from countersign.pages.environment import render
from countersign.pages.text import one_line

_SUBJECT = "Your sign-in link for Countersign"


def sign_in_mail(person: Person, url: str) -> Email:
    """One link, for one person, for 15 minutes."""
    name = one_line(person.name, 40)
    text = "\n".join(
        (
            f"Hello {name},",
            "",
            "you, or somebody who typed your address, asked to sign in to the approvals inbox:",
            url,
            "",
            "The link works once and for 15 minutes. Opening it signs nobody in.",
            "If you did not ask for it, do nothing. Please do not forward this mail.",
            "",
        )
    )
    html = render("mail_signin.html.j2", subject=_SUBJECT, person=name, url=url)
    return Email(to=person.address, subject=_SUBJECT, text=text, html=html)
