"""The player follows every link in every mail."""

from __future__ import annotations

import pytest

from infra.local.player.links import dead

URL = "http://127.0.0.1:8080"


def mail(text: str = "", html: str = "", subject: str = "Case") -> dict[str, str]:
    """One mail of the mailbox."""
    return {"text": text, "html": html, "subject": subject}


def test_links_that_answer_are_no_fault_and_each_is_asked_once() -> None:
    """Text and HTML name the same link; a sign-in link was used up, and is not asked."""
    asked: list[str] = []

    def status_of(link: str) -> int:
        asked.append(link)
        return 303

    one = mail(f"Open it:\n{URL}/approvals/cases/j-1\n", f'<a href="{URL}/approvals/cases/j-1">')
    two = mail(f"{URL}/approvals/sign-in/a/b", f'<a href="{URL}/approvals">')
    theirs = mail("see https://shop.example/orders", '<a href="https://shop.example/x">')
    assert dead([one, two, theirs], URL, status_of) == []
    assert asked == [f"{URL}/approvals/cases/j-1", f"{URL}/approvals"]


@pytest.mark.parametrize(
    ("text", "html", "told"),
    [
        ("take it up:\n/approvals/cases/j-1\n", "", "without its host"),
        ("", '<a href="/approvals/cases/j-1">Open the case</a>', "without its host"),
        (f"{URL}/approvals/l/s", "", "it answers 404"),
    ],
)
@pytest.mark.control
def test_control_a_link_without_a_host_or_an_answer_is_named(
    text: str, html: str, told: str
) -> None:
    """As case mails were while their function did not know the address of its own pages."""
    (fault,) = dead([mail(text, html)], URL, lambda _: 404)
    assert fault.startswith("the mail “Case” leads nowhere: ")
    assert told in fault
