"""T26: a link opens its own request for its own person; all other pairs are refused alike."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import product

import pytest

from countersign.approvals.handlers import answer
from countersign.connectors.clock import SystemIds
from countersign.connectors.dynamodb.rows import link as row_of
from countersign.domain.approvals.links import LINK_BITS, SECRET_BITS, hashed
from countersign.runtime.deps import Deps
from countersign.web.http import Request, Response
from tests.fakes.world import World
from tests.guarantees.signing import Figure, Waiting, a_world, asked
from tests.unit.web.visitor import Browser, Door

pytestmark = pytest.mark.guarantee("T26")

REQUESTS = 6
MINTED = 1_000
NONCE = re.compile(r'(?<=id="code-shown">)[A-Z0-9]+')


class Office:
    """Six requests in one world, each with a link for Ana and one for Ben."""

    def __init__(self) -> None:
        self.world: World = a_world()
        self.world.ids = SystemIds()  # type: ignore[assignment]
        self.world.deps = self.world.deps_again()
        self.jobs: list[Waiting] = [self._asked(number) for number in range(REQUESTS)]

    def _asked(self, number: int) -> Waiting:
        mail = f"kim{number}@hafenwerk.example"
        return asked(self.world, f"evt-{number}", email=mail, name=f"Kim {number}")

    def links(self, person: str = "ana") -> list[dict[str, str]]:
        """The person's six links, in the order of the jobs."""
        return [self.jobs[0].browser(person, number).params for number in range(REQUESTS)]

    def browser(self, number: int, person: str = "ana", door: Door = answer) -> Browser:
        """A browser at one of the links."""
        browser = self.jobs[0].browser(person, number)
        browser.door = door
        return browser

    def decided(self) -> list[int]:
        """Which of the six have a decision or a signature."""
        return [n for n, job in enumerate(self.jobs) if job.approval.signatures or job.decision]


Bytes = tuple[int, str, str, tuple[str, ...]]


def seen(response: Response) -> Bytes:
    """All that a stranger can tell of an answer, nonces apart."""
    body = NONCE.sub("NONCE", response.body)
    return (response.status, body, json.dumps(dict(response.headers)), response.cookies)


def combined(office: Office, door: Door = answer) -> Iterator[tuple[int, int, bool, Response]]:
    """Each link's id with each link's secret, of both people, by GET and by POST."""
    links = [*office.links("ana"), *office.links("ben")]
    for (i, mine), (j, other) in product(enumerate(links), repeat=2):
        browser = Browser(office.world, "ana", door)
        browser.params = {"link": mine["link"], "secret": other["secret"]}
        if i != j:
            post = browser.post(b"shown=x&cause=&reason=&code=XXXXX")
            yield i, j, False, browser.send(post)
        yield i, j, i == j, browser.opens()


def refusals(answers: list[tuple[int, int, bool, Response]]) -> set[Bytes]:
    """The different answers off the diagonal."""
    return {seen(response) for _, _, own, response in answers if not own}


def test_only_the_diagonal_opens(figure: Figure) -> None:
    """Of 12 ids by 12 secrets 12 open, each its own job; the others are one refusal."""
    office = Office()
    answers = list(combined(office))
    opened = [(i, response) for i, _, own, response in answers if own]
    assert [response.status for _, response in opened] == [200] * 2 * REQUESTS
    for i, response in opened:
        assert office.jobs[i % REQUESTS].journey.job_id in response.body
    (one,) = refusals(answers)
    assert one[0] == 404
    assert office.decided() == []
    refused = len(answers) - len(opened)
    figure(f"{len(opened)} open, {refused} others refused alike to the byte", len(answers))


def test_a_page_of_one_link_decides_nothing_at_another(figure: Figure) -> None:
    """Form, code and cookie of link i at link j, with j's own secret: only i = j is recorded."""
    office = Office()
    pages = [office.browser(number) for number in range(REQUESTS)]
    for page in pages:
        page.opens()
    forms = [page.filled() for page in pages]
    for i, j in product(range(REQUESTS), repeat=2):
        if i != j:
            foreign = office.browser(j)
            foreign.cookies = pages[i].cookies
            assert foreign.posts(forms[i]).status == 403
            # As another path's cookie under this link's name.
            (name,) = pages[j].cookies
            foreign.cookies = {name: next(iter(pages[i].cookies.values()))}
            assert foreign.posts(forms[i]).status == 403
            # With both cookies, but the form that the other page showed.
            foreign.cookies = pages[i].cookies | pages[j].cookies
            assert foreign.posts({**forms[i], "code": forms[j]["code"]}).status == 409
    assert office.decided() == []
    assert [page.posts(form).status for page, form in zip(pages, forms, strict=True)] == [303] * 6
    assert office.decided() == list(range(REQUESTS))
    pairs = REQUESTS * (REQUESTS - 1)
    figure(f"{3 * pairs} foreign forms refused, {REQUESTS} own ones recorded", 3 * pairs + REQUESTS)


def _used(office: Office) -> None:
    for number in range(REQUESTS):
        ana = office.browser(number)
        ana.opens()
        assert ana.posts(ana.filled()).status == 303


def _expired(office: Office) -> None:
    office.world.clock.passes(hours=10)


def _superseded(office: Office) -> None:
    for job in office.jobs:
        job.becomes(superseded=True)


def _left(office: Office) -> None:
    directory = office.world.people.directory()
    for person in ("ana", "ben"):
        member = directory.member(person)
        assert member
        office.world.people.leaves(member.person)


def _tried_out(office: Office) -> None:
    for number, person in product(range(REQUESTS), ("ana", "ben")):
        browser = office.browser(number, person)
        browser.opens()
        for _ in range(5):
            browser.posts(browser.filled(code="WRONG"))


@pytest.mark.parametrize(
    ("happens", "own"),
    [
        (_used, (200, 409)),
        (_expired, (200, 409)),
        (_superseded, (200, 409)),
        (_left, (404, 404)),
        (_tried_out, (404, 404)),
    ],
    ids=["used", "expired", "superseded", "left", "tried out"],
)
def test_what_is_over_opens_nothing(
    happens: Callable[[Office], None], own: tuple[int, int]
) -> None:
    """After use, expiry and a newer request the own person learns what became of it; all others
    get the refusal; no form that was open before is recorded."""
    office = Office()
    (unknown,) = {seen(answer(office.world.deps, Request("GET", {"link": "x", "secret": "y"})))}
    pages = [office.browser(n, p) for n, p in product(range(REQUESTS), ("ana", "ben"))]
    for page in pages:
        page.opens()
    forms = [page.filled() for page in pages]
    happens(office)
    before, writes = office.decided(), office.world.store.writes
    posted = [page.posts(form) for page, form in zip(pages, forms, strict=True)]
    answers = list(combined(office))
    assert refusals(answers) == {unknown}
    assert {response.status for response in posted} == {own[1]}
    assert {response.status for _, _, mine, response in answers if mine} == {own[0]}
    if own[0] == 404:
        alone = {seen(r) for r in posted} | {seen(r) for _, _, mine, r in answers if mine}
        assert alone == {unknown}
    assert (office.decided(), office.world.store.writes) == (before, writes)


def test_secrets_are_long_and_stored_hashed_only(figure: Figure) -> None:
    """A thousand secrets of the real source: all different, ≥ 128 bits, no bit leans; what is
    stored of a link is the hash."""
    ids = SystemIds()
    for bits in (LINK_BITS, SECRET_BITS):
        raw = [_raw(ids.token(bits)) for _ in range(MINTED)]
        assert bits >= 128
        assert {len(one) * 8 for one in raw} == {bits}
        assert len(set(raw)) == MINTED
        assert all(abs(share - MINTED / 2) < 6 * (MINTED / 4) ** 0.5 for share in _ones(raw))
    office = Office()
    mailed = [*office.links("ana"), *office.links("ben")]
    stored = [office.world.store.link(one["link"]) for one in mailed]
    rows = json.dumps([row_of(one) for one in stored])
    assert [one.secret_hash for one in stored] == [hashed(one["secret"]) for one in mailed]
    assert not any(one["secret"] in rows or one["secret"][:12] in rows for one in mailed)
    assert not any(one["secret"] in repr(office.world.store.records()) for one in mailed)
    figure(f"{MINTED} secrets of {SECRET_BITS} random bits, stored as SHA-256 only", MINTED)


def _raw(token: str) -> bytes:
    return base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))


def _ones(raw: list[bytes]) -> list[int]:
    """How often each bit is set."""
    numbers = [int.from_bytes(one) for one in raw]
    return [sum(number >> bit & 1 for number in numbers) for bit in range(len(raw[0]) * 8)]


@pytest.mark.control
def test_control_a_door_that_knows_the_secret_but_not_whose_is_caught() -> None:
    """A door that looks a request up by any valid secret opens off the diagonal."""
    office = Office()
    by_secret = {one["secret"]: one for one in (*office.links("ana"), *office.links("ben"))}

    def naive(deps: Deps, request: Request) -> Response:
        known = by_secret.get(request.params["secret"], dict(request.params))
        return answer(deps, Request(request.method, known, request.headers))

    assert len(refusals(list(combined(office, naive)))) > 1


@pytest.mark.control
def test_control_a_door_that_says_why_is_caught() -> None:
    """A refusal that tells “expired” from “unknown” is told apart by the same comparison."""
    office = Office()
    _superseded(office)
    known = {one["link"] for one in (*office.links("ana"), *office.links("ben"))}

    def naive(deps: Deps, request: Request) -> Response:
        said = answer(deps, request)
        words = "was replaced" if request.params["link"] in known else "is unknown"
        return Response(said.status, f"This link {words}.")

    unknown = seen(naive(office.world.deps, Request("GET", {"link": "x", "secret": "y"})))
    assert refusals(list(combined(office, naive))) != {unknown}


@pytest.mark.control
def test_control_a_counter_for_secrets_fails_the_bit_count() -> None:
    """Secrets from a clock or a counter have bits that lean."""
    start = int(timedelta(days=20_000).total_seconds())
    raw = [(start + n).to_bytes(SECRET_BITS // 8) for n in range(MINTED)]
    assert any(abs(share - MINTED / 2) >= 6 * (MINTED / 4) ** 0.5 for share in _ones(raw))
