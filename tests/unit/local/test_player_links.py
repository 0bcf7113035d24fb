"""The player follows every link in every mail to a page that answers whoever it was mailed to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import httpx
import pytest

from countersign.entrypoints.pages import answer
from countersign.web.http import Request
from infra.local.player.links import Answer, Reader, dead
from tests.fakes.world import ANA, BEN, World
from tests.unit.web.many import escalated
from tests.unit.web.waiting import SECRETS, approval, tampered, waiting

URL = "http://127.0.0.1:8080"
APPROVAL = f"{URL}/approvals/link-ana/{SECRETS['ana']}"
CASE = f"{URL}/approvals/cases/j-case"


def mail(text: str = "", html: str = "", subject: str = "Case") -> Mapping[str, object]:
    """One mail of the mailbox, to Ana."""
    return {"text": text, "html": html, "subject": subject, "to": [ANA.address]}


def office() -> World:
    """A request that Ana got a link to, and a case of hers."""
    world = waiting(base_url=URL)
    world.store.put(escalated())
    world.people.becomes(ANA, roles=("sales", "sales-ops"))
    return world


def reader(world: World) -> Reader:
    """Ana at her mail program, with the world's own pages behind the links."""

    def serves(asked: httpx.Request) -> httpx.Response:
        path = asked.url.path
        names = dict(zip(("link", "secret"), path.split("/")[2:], strict=False))
        cookies = dict(
            one.strip().split("=", 1)
            for one in asked.headers.get("cookie", "").split(";")
            if "=" in one
        )
        request = Request(
            asked.method, names, dict(asked.headers), cookies, asked.read(), dict(asked.url.params)
        )
        came = answer(world.deps, path, request)
        headers = [*came.headers.items(), *(("set-cookie", one) for one in came.cookies)]
        return httpx.Response(came.status, headers=headers, text=came.body)

    def mails() -> list[Mapping[str, object]]:
        sent = reversed(world.mail.sent)
        return [{**mail(one.text, one.html, one.subject), "to": [one.to]} for one in sent]

    return Reader(URL, mails, frozenset({ANA.address, BEN.address}), httpx.MockTransport(serves))


def faults(world: World, *mails: Mapping[str, object]) -> list[str]:
    """What is wrong with the links of these mails."""
    return dead(mails, URL, reader(world).follow)


def test_a_page_answers_everybody_who_was_mailed_it() -> None:
    """A case that Ana may see and Ben may not, in one mail to both."""
    world = office()
    both = {**mail(f"Open it:\n{CASE}\n"), "to": [ANA.address, BEN.address]}
    found = dead([both], URL, reader(world).follow)
    assert len(found) == 1
    assert f"leads {BEN.address} nowhere: it answers 404" in found[0]


def test_links_that_answer_are_no_fault_and_each_is_followed_once() -> None:
    """Text and HTML name the same link; other people's pages are not ours to follow."""
    asked: list[str] = []

    def follow(link: str, to: str) -> Answer:
        asked.append(f"{link} {to}")
        return Answer(200, "/approvals/x", "A page")

    one = mail(f"Open it:\n{CASE}\n", f'<a href="{CASE}">')
    two = mail(f"{URL}/approvals/sign-in/a/b", f'<a href="{URL}/approvals">')
    theirs = mail("see https://shop.example/orders", '<a href="https://shop.example/x">')
    assert dead([one, two, theirs], URL, follow) == []
    links = (CASE, f"{URL}/approvals", f"{URL}/approvals/sign-in/a/b")
    assert asked == [f"{link} {ANA.address}" for link in links]


def test_who_is_asked_to_sign_in_does_and_comes_to_the_page() -> None:
    """The request by its link, the case and the inbox after signing in by mail, whose own link is
    used up by then."""
    world = office()
    person = reader(world)
    came = person.follow(CASE, ANA.address)
    assert (came.status, came.path) == (200, "/approvals/cases/j-case")
    assert came.heading.startswith("A case for")
    told = [mail(APPROVAL), mail(CASE), mail(f"{URL}/approvals"), *person.mails()]
    assert dead(told, URL, person.follow) == []
    person.close()


@pytest.mark.parametrize(
    ("text", "html", "told"),
    [
        ("take it up:\n/approvals/cases/j-1\n", "", "without its host"),
        ("", '<a href="/approvals/cases/j-1">Open the case</a>', "without its host"),
        (f"{URL}0/approvals/cases/j-1", "", "without its host"),
        (f"{URL}/approvals/link-ana/wrong", "", "404: This link does not open anything"),
        (f"{URL}/approvals/cases/j-none", "", "404: There is nothing for you here"),
    ],
)
@pytest.mark.control
def test_control_a_link_without_a_host_or_a_page_behind_it_is_named(
    text: str, html: str, told: str
) -> None:
    """As case mails were while their function did not know the address of its own pages; a
    redirect to the sign-in page, which answers 303, hid what lies behind it."""
    (fault,) = faults(office(), mail(text, html))
    assert fault.startswith("the mail “Case” leads ana.costa@countersign.example nowhere: ")
    assert told in fault


@pytest.mark.control
def test_control_a_request_that_cannot_be_signed_and_a_dead_sign_in_are_named() -> None:
    """What is stored was damaged; and nobody gets a sign-in mail any more."""
    world = office()
    tampered(world, 1, body="{}")
    (fault,) = faults(world, mail(APPROVAL))
    assert "Nothing can be signed here" in fault
    silent = replace(reader(world), mails=list)
    (fault,) = dead([mail(CASE)], URL, silent.follow)
    assert fault.endswith(f"no sign-in mail came to {ANA.address}")
    assert approval(world).decision is None
