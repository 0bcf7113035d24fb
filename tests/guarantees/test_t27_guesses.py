"""T27: nobody guesses a secret, a code or a page's nonce, by many tries or by the clock."""

from __future__ import annotations

import contextlib
import random
import re
import statistics
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from itertools import cycle

import pytest

from countersign.approvals.handlers import answer
from countersign.domain.approvals import links
from countersign.domain.approvals.codes import MOST_CODES, TRIES, Code
from countersign.domain.errors import StoreConflict
from countersign.domain.jobs.change import JobRecord, Link
from countersign.web.http import Request
from countersign.web.signature import BadSignature, verify
from tests.fakes.deliveries import Delivery
from tests.fakes.store import FakeStore
from tests.fakes.world import PAGE_KEY, PORTAL_SECRET, FakeClock, FakeIds, World
from tests.guarantees.signing import Figure, told
from tests.seeds import dice
from tests.unit.approvals.test_approval_edit import at_work
from tests.unit.steps import refunds
from tests.unit.web.visitor import Browser
from tests.unit.web.waiting import SECRETS, approval, waiting

pytestmark = pytest.mark.guarantee("T27")

SECRET = SECRETS["ana"]
INES = "ines@countersign.example"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
APART = 2.0
"""Two medians of which one is more than this times the other tell a difference."""

Guess = Callable[[World, random.Random], tuple[str, int]]


def _near(dealt: random.Random) -> str:
    """Almost the secret: a letter changed, cut off, added, or in the other case; or its hash."""
    at = dealt.randrange(len(SECRET))
    changed = dealt.choice(LETTERS.replace(SECRET[at], ""))
    return dealt.choice(
        [
            SECRET[:at] + changed + SECRET[at + 1 :],
            SECRET[:at],
            SECRET + changed,
            SECRET.upper(),
            " " + SECRET,
            SECRET + "\x00",
            SECRET.replace("e", "е"),
            links.hashed(SECRET),
        ]
    )


def a_secret(world: World, dealt: random.Random) -> tuple[str, int]:
    """Any secret, or almost the right one, by GET or with a whole form by POST."""
    guess = _near(dealt) if dealt.random() < 0.5 else "".join(dealt.choices(LETTERS, k=32))
    guesser = Browser(world)
    guesser.params = {"link": "link-ana", "secret": guess}
    if dealt.random() < 0.5:
        return "secret", guesser.opens().status
    return "secret", guesser.posts({**_form(world), "code": _code(dealt)}).status


def a_nonce(world: World, dealt: random.Random) -> tuple[str, int]:
    """With the link and its secret: a cookie made up, of another key, link or time."""
    now, salt = world.clock.now(), f"{dealt.getrandbits(128):032x}"
    value = dealt.choice(
        [
            links.nonce("another-key", "link-ana", now, salt),
            links.nonce(PAGE_KEY, "link-ben", now, salt),
            f"{int(now.timestamp())}.{salt}.{dealt.getrandbits(256):064x}",
            f"{int(now.timestamp())}.{salt}.",
            f"x.{salt}.{'0' * 64}",
            "..",
            "",
        ]
    )
    guesser = Browser(world)
    guesser.opens()
    (name,) = guesser.cookies
    guesser.cookies = {name: value}
    return "nonce", guesser.posts({**_form(world), "code": links.code(PAGE_KEY, value)}).status


def a_link(world: World, dealt: random.Random) -> tuple[str, int]:
    """An id of a link, with somebody's secret."""
    link = dealt.choice(["".join(dealt.choices(LETTERS, k=22)), "link-ben", "LINK-ANA", "-", "*"])
    guesser = Browser(world)
    guesser.params = {"link": link, "secret": SECRET}
    return "link", guesser.opens().status


def _code(dealt: random.Random) -> str:
    return "".join(dealt.choices(links.CODE_ALPHABET, k=links.CODE_LENGTH))


def _form(world: World) -> Mapping[str, str]:
    choices = {f"choice-{one}": "approve" for one in approval(world).digests}
    return {"shown": " ".join(approval(world).digests), "cause": "", "reason": "", **choices}


def still_signs(world: World, person: str) -> bool:
    """Whether the genuine approver can still decide."""
    genuine = Browser(world, person)
    return genuine.opens().status == 200 and genuine.posts(genuine.filled()).status == 303


@pytest.mark.timeout(1800)
@pytest.mark.parametrize(
    "guesses", [100, pytest.param(10_000, marks=pytest.mark.soak)], ids=["short", "long"]
)
def test_no_guess_hits_and_nobody_is_locked_out(figure: Figure, guesses: int) -> None:
    """Secrets, nonces and ids of links: no hit, nothing written, and Ana decides after it all."""
    dealt, world, seen = dice(), waiting(), Counter[str]()
    kinds: list[Guess] = [a_secret, a_nonce, a_link]
    for _, guess in zip(range(guesses), cycle(kinds), strict=False):
        kind, status = guess(world, dealt)
        seen[f"{kind} {status}"] += 1
    assert {name.rpartition(" ")[2] for name in seen} <= {"403", "404"}
    assert (world.store.writes, approval(world).signatures) == (0, ())
    assert still_signs(world, "ana")
    figure(f"0 hits in {guesses:,} guesses ({told(seen)}), then the approver decided", guesses)


@pytest.mark.parametrize(
    "worlds", [50, pytest.param(2_000, marks=pytest.mark.soak)], ids=["short", "long"]
)
def test_codes_are_tried_five_times_at_most(figure: Figure, worlds: int) -> None:
    """Whoever has a link and guesses its code has five tries; the other approver's link lives."""
    dealt, hits = dice(), 0
    for _ in range(worlds):
        world = waiting()
        guesser = Browser(world)
        guesser.opens()
        answers = []
        for _ in range(TRIES + 1):
            guess = next(c for c in iter(lambda: _code(dealt), "") if c != guesser.code())
            answers.append(guesser.posts(guesser.filled(code=guess)).status)
        assert answers == [422] * TRIES + [404]
        hits += approval(world).decision is not None
        assert world.store.link("link-ben").tries == 0
    assert still_signs(world, "ben")
    figure(f"{worlds * TRIES:,} wrong codes: {hits} hits, each link closed at {TRIES}", worlds)


def test_a_code_is_worth_nothing_without_its_page() -> None:
    """Another browser's code does not fit, however often the page is opened anew: tries stay."""
    world = waiting()
    codes = set()
    for number in range(TRIES):
        person, other = Browser(world), Browser(world)
        person.opens()
        other.opens()
        codes |= {person.code(), other.code()}
        status = other.posts(other.filled(code=person.code())).status
        assert status == 422
        assert world.store.link("link-ana").tries == number + 1
    assert len(codes) == 2 * TRIES
    assert Browser(world).opens().status == 404


class Working(FakeStore):
    """Lists what is read."""

    def __init__(self) -> None:
        super().__init__()
        self.work: list[str] = []

    def link(self, link_id: str) -> Link:
        """As the port."""
        self.work.append("link")
        return super().link(link_id)

    def load(self, job_id: str) -> JobRecord:
        """As the port."""
        self.work.append("job")
        return super().load(job_id)


class Watched(str):
    """A secret that counts how often it was hashed for a comparison."""

    __slots__ = ("hashed",)
    hashed: int

    def encode(self, *how: str) -> bytes:
        """As text does."""
        self.hashed = getattr(self, "hashed", 0) + 1
        return super().encode(*how)


def test_all_refusals_are_the_same_work(figure: Figure) -> None:
    """Unknown link, wrong secret and almost the right one: one read and one comparison each."""
    store, dealt, done = Working(), dice(), set()
    world = waiting(store=store)
    guesses = [("link-nobody", SECRET), ("../jobs", SECRET), ("", ""), ("link-ana", "")]
    guesses += [("link-ana", _near(dealt)) for _ in range(100)]
    for link, guess in guesses:
        store.work.clear()
        secret = Watched(guess)
        assert answer(world.deps, Request("GET", {"link": link, "secret": secret})).status == 404
        done.add((tuple(store.work), secret.hashed))
    assert done == {(("link",), 1)}
    figure(f"{len(guesses)} refusals of one read and one comparison each", len(guesses))


Timed = Callable[[str], object]


def medians(timed: Timed, inputs: Mapping[str, str], rounds: int) -> dict[str, float]:
    """The median seconds of each input, measured in turns so that a busy machine hits all."""
    took: dict[str, list[float]] = {name: [] for name in inputs}
    for _ in range(rounds):
        for name, text in inputs.items():
            began = time.perf_counter()
            timed(text)
            took[name].append(time.perf_counter() - began)
    return {name: statistics.median(all_) for name, all_ in took.items()}


def apart_each_time(measured: Callable[[], Mapping[str, float]], times: int = 3) -> bool:
    """Whether a clock tells the inputs apart however often one tries: what a busy machine does to
    one of them it does not do again."""
    return all(told_apart(measured()) for _ in range(times))


def told_apart(found: Mapping[str, float]) -> bool:
    """Whether somebody with a clock learns which guess is nearer."""
    return max(found.values()) > APART * min(found.values())


NEARER = {
    "nothing right": "X" * len(SECRET),
    "half right": SECRET[: len(SECRET) // 2] + "X" * (len(SECRET) - len(SECRET) // 2),
    "all but the last": SECRET[:-1] + "X",
}


def test_the_clock_tells_no_guess_from_another(figure: Figure) -> None:
    """A guess that is nearer to the secret, or an unknown link, takes as long as any other."""
    world = waiting()

    def opens(link: str) -> Timed:
        return lambda text: answer(world.deps, Request("GET", {"link": link, "secret": text}))

    def measured() -> dict[str, float]:
        found = medians(opens("link-ana"), NEARER, 200)
        return found | medians(opens("link-nobody"), {"unknown link": SECRET}, 200)

    assert not apart_each_time(measured)
    figure(f"medians of refusals within a factor of {APART}", 200 * (len(NEARER) + 1))


@pytest.mark.control
def test_control_a_comparison_that_stops_at_the_first_difference_is_told_apart() -> None:
    """`==` ends at the first wrong letter; with the leak made wide, the same clock sees it."""

    def naive(guess: str) -> bool:
        for mine, theirs in zip(guess, SECRET, strict=True):
            if mine != theirs:
                return False
            sum(range(200))
        return True

    assert apart_each_time(lambda: medians(naive, NEARER, 200))


@pytest.mark.control
def test_control_an_early_return_is_seen_in_the_work() -> None:
    """A door that does not compare for an unknown link does less work, and the count sees it."""
    store = Working()
    world = waiting(store=store)

    def naive(link: str, secret: Watched) -> int:
        try:
            held = world.store.link(link)
        except Exception:  # noqa: BLE001 - the naive door's own early return
            return 404
        return 404 if not links.matches(secret, held.secret_hash) else 200

    done = set()
    for link in ("link-nobody", "link-ana"):
        secret = Watched("guess")
        naive(link, secret)
        done.add(getattr(secret, "hashed", 0))
    assert done == {0, 1}


BORROWED = Delivery(b"x" * 500_000, sender="portal", workflow="refund_request")
KINDS_OF_SENDER = {
    "unknown": replace(BORROWED, sender="stranger"),
    "elsewhere": BORROWED,
    "wrong secret": replace(BORROWED, workflow="lead_intake"),
}


def test_the_clock_tells_no_sender_from_another() -> None:
    """An unknown sender, one that may not post there and a wrong signature take equally long."""
    world = World(lambda _: {})
    signed = {name: one.signed(world) for name, one in KINDS_OF_SENDER.items()}
    names = {name: name for name in signed}
    assert not apart_each_time(lambda: medians(lambda name: signed[name].arrives(world), names, 60))
    assert {one.arrives(world).status for one in signed.values()} == {401}


@pytest.mark.control
def test_control_a_door_that_compares_only_for_known_senders_is_told_by_the_clock() -> None:
    """Without anything to compare with, the refusal of a stranger comes at once."""
    now, signed = FakeClock().now(), BORROWED.signed(World(lambda _: {}))

    def naive(secret: str) -> None:
        with contextlib.suppress(BadSignature):
            verify([secret] if secret else [], signed.headers, signed.body, now)

    senders = {"known": PORTAL_SECRET, "unknown": ""}
    assert apart_each_time(lambda: medians(naive, senders, 60))


@pytest.mark.control
def test_control_counting_guesses_without_the_secret_locks_the_approver_out() -> None:
    """A door that counts every wrong secret as a try is a switch-off for anybody."""
    world = waiting()
    for _ in range(TRIES):
        world.store.count_try(world.store.link("link-ana"))
    assert not still_signs(world, "ana")


def guessed(world: World, guesser: Browser, dealt: random.Random, guesses: int) -> Counter[str]:
    """Somebody with the link guesses the mailed code; time passes, so that codes are renewed, and
    the page, which is good for a day, is opened anew."""
    form, seen = dict[str, str](), Counter[str]()
    for number in range(guesses):
        if number % 40 == 0:
            world.clock.passes(minutes=7)
            guesser.opens()
            form = {**guesser.filled()}
        before = len(world.codes.counted)
        status = guesser.posts({**form, "mailed": f"{dealt.randrange(10**6 - 1):06d}"}).status
        seen[f"{status} {'tried' if len(world.codes.counted) > before else 'not tried'}"] += 1
    return seen


@pytest.mark.timeout(1800)
@pytest.mark.parametrize(
    "guesses", [100, pytest.param(10_000, marks=pytest.mark.soak)], ids=["short", "long"]
)
def test_a_mailed_code_is_tried_five_times_and_three_are_mailed_in_an_hour(
    figure: Figure, guesses: int
) -> None:
    """Whoever has link, page and short code guesses on: at most fifteen tries an hour, nothing is
    decided, and an hour later the genuine approver signs with a code of their own."""
    dealt, world = dice(), refunds.world()
    journey = refunds.asks_for(world, "1071", 150_000)
    guesser = at_work(world, INES)
    began, deadline = world.clock.now(), journey.record.pending
    assert deadline
    pending = deadline.model_copy(update={"deadline": began + timedelta(days=40)})
    held = journey.record
    world.store.put(replace(held, approvals={pending.approval_id: pending}))
    world.ids = Never(world.ids)  # type: ignore[assignment]
    world.deps = world.deps_again()
    seen = guessed(world, guesser, dealt, guesses)
    hours = (world.clock.now() - began) / timedelta(hours=1)
    tried = len(world.codes.counted)
    mailed = len([m for m in world.mail.to(INES) if "Your code" in m.subject])
    assert tried <= TRIES * mailed <= TRIES * MOST_CODES * (hours + 1)
    assert set(world.codes.counted) <= set(range(1, TRIES + 1))
    assert {name.partition(" ")[0] for name in seen} == {"422"}
    assert world.store.load(journey.job_id).pending == pending
    world.clock.passes(hours=1)
    genuine = Browser(world)
    genuine.params = guesser.params
    genuine.opens()
    genuine.posts(genuine.filled())
    (code,) = re.findall(r"^\d{6}$", world.mail.to(INES)[-1].text, re.MULTILINE)
    assert genuine.posts({**genuine.filled(), "mailed": code}).status == 303
    figure(
        f"{guesses:,} guesses at a mailed code: {tried} tried, 0 hits, then it was signed", tried
    )


class Never:
    """Randomness whose codes no guess of the test hits: what is measured is how many are tried."""

    def __init__(self, ids: FakeIds) -> None:
        self.token, self.salt = ids.token, ids.salt

    def digits(self, count: int) -> str:
        """A code that is dealt to nobody."""
        return "9" * count


@pytest.mark.control
def test_control_guesses_at_the_same_time_beat_a_code_that_is_compared_first() -> None:
    """Compared before it is counted, a code falls to guesses that all read "no try yet"; counted
    first, five of a hundred are compared."""
    world = refunds.world()
    held = Code(key="k", expires_at=world.clock.now() + timedelta(minutes=10))
    world.codes.change(None, held)
    naive = sum(held.tries < TRIES for _ in range(100))
    compared = 0
    for _ in range(100):
        for _ in range(100):
            read = world.codes.held("k") or held
            if read.tries >= TRIES:
                break
            with contextlib.suppress(StoreConflict):
                world.codes.change(read, read.model_copy(update={"tries": read.tries + 1}))
                compared += 1
                break
    assert (naive, compared) == (100, TRIES)
