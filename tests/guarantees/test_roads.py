"""T01, T02, T03, T10 and T23 to T29 over every road to a signature: the desk and its children,
answers, and what was rejected and goes on. The long forms are played on a job at its own door."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from countersign.approvals.handlers import answer
from countersign.domain.approvals.approval import Choice
from countersign.domain.jobs.intake import accepted, begun
from countersign.domain.jobs.job import KEPT_DAYS, Job, job_id_of
from countersign.domain.jobs.suppression import suppressed
from countersign.entrypoints.tick import tick
from countersign.runtime.deps import Deps
from countersign.runtime.intake import drawn, store
from countersign.web.http import Request, Response
from tests.fakes.world import World
from tests.guarantees.forging import BODIES, forged_body, with_entry
from tests.guarantees.roads import ROADS, OnRoad
from tests.guarantees.signing import bytes_on, sha256
from tests.seeds import dice
from tests.unit.web.visitor import Browser, Door

THREADS, LOOKS, TRIES, TIMES = 6, 2, 5, 2
LATER = [
    *(timedelta(seconds=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=24)),
    *(timedelta(hours=72), timedelta(hours=75, minutes=35, seconds=5), timedelta(days=30)),
]
"""The longest but one is how long senders of signed webhooks try at most."""
GONE = timedelta(days=KEPT_DAYS + 1)
LATE = 20
"""So often after each delay, in the long form."""
EVIL = "https://evil.example"
FOREIGN = ({"origin": EVIL}, {"sec_fetch_site": "cross-site"}, {"content_type": "text/plain"})


def over_all(proof: Callable[[OnRoad], list[str]]) -> dict[str, list[str]]:
    """What is wrong, by road; each is made anew."""
    found = {name: proof(made()) for name, made in ROADS.items()}
    return {name: wrong for name, wrong in found.items() if wrong}


def fails(**claims: bool) -> list[str]:
    """The claims that do not hold."""
    return [name.replace("_", " ") for name, holds in claims.items() if not holds]


def opened(held: OnRoad, number: int = 0, door: Door = answer) -> Browser:
    """One of those who may sign has the page open."""
    browser = held.at(held.people[number % len(held.people)])
    browser.opens()
    browser.door = door
    return browser


def signs(held: OnRoad, number: int = 0) -> int:
    """Somebody reads the page and approves everything; the status."""
    browser = opened(held, number)
    return browser.posts(browser.filled()).status


def delivered(held: OnRoad, job: Job, **other: str) -> str:
    """An event comes again, with something of it changed: what the door finds."""
    source, now = job.source.model_copy(update=other), held.world.clock.now()
    job_id = job_id_of(source.door, job.workflow, source.sender, source.event_id)
    same = source.event_id == job.source.event_id
    # A child's id is of its parent and number, not of the message that it was handed.
    again = begun(job.job_id if same else job_id, job.workflow, "", source, now)
    known = store(held.world.deps, *drawn(held.world.deps, again, accepted(again)))
    if known is None:
        return "a new job"
    return "a repeat" if known.body_digest == source.body_digest else "a conflict"


def comes_again(held: OnRoad, **other: str) -> list[str]:
    """What is wrong when it is delivered before and after it was signed, and with another body."""
    before, root = held.effects(), held.root.record.job
    repeated, waiting = {delivered(held, root, **other)}, held.effects()
    assert signs(held) == 303
    held.journey.answered()
    done = held.effects()
    repeated.add(delivered(held, root, **other))
    changed = delivered(held, root, body_digest="b1", **other)
    return fails(
        it_is_a_repeat=repeated == {"a repeat"},
        another_body_is_a_conflict=changed == "a conflict",
        the_signed_happens=done != before,
        nothing_else_happens=(waiting, held.effects()) == (before, done),
    )


@pytest.mark.guarantee("T03")
@pytest.mark.guarantee("T01")
def test_a_repeat_of_what_began_it_does_nothing() -> None:
    """Whatever became of the message since: one job, one effect; another body is told apart."""
    assert over_all(comes_again) == {}


@pytest.mark.control
def test_control_a_door_that_counts_deliveries_begins_anew() -> None:
    """Each delivery taken for an event of its own is a job more, on every road."""
    assert set(over_all(lambda held: comes_again(held, event_id="another"))) == set(ROADS)


def comes_late(held: OnRoad, known_for: timedelta = timedelta.max, times: int = TIMES) -> list[str]:
    """What is wrong when all that came of the message, its answers and its children included, is
    delivered again later and later, the last time when nothing but the event is known any more.
    `known_for`: how long a naive door remembers an event."""
    assert signs(held) == 303
    held.journey.answered()
    came, known = [one.job for one in held.world.store.records()], set[str]()
    done, since = held.effects(), held.world.clock.now()
    for after in (*LATER, GONE):
        held.world.clock.passes(seconds=(since + after - held.world.clock.now()).total_seconds())
        tick(held.world.deps)
        for job in came:
            other = {} if after < known_for else {"event_id": f"{job.source.event_id} {after}"}
            if after == GONE:
                held.world.store.expires(job.job_id)
            known |= {delivered(held, job, **other) for _ in range(times)}
        if after != GONE:
            known |= set() if held.effects() == done else {"another effect"}
    left = [one.job.job_id for one in held.world.store.records()]
    return fails(each_is_a_repeat=known == {"a repeat"}, nothing_begins=not left)


@pytest.mark.guarantee("T02")
@pytest.mark.parametrize("times", [TIMES, pytest.param(LATE, marks=pytest.mark.soak)])
def test_a_late_repeat_of_anything_that_came_does_nothing(
    times: int, figure: Callable[[str, int], None]
) -> None:
    """From a second to thirty days after, and when the job's own rows are gone."""
    assert over_all(lambda held: comes_late(held, times=times)) == {}
    figure(f"{len(ROADS)} roads × {len(LATER) + 1} delays × {times}: 0 new effects", len(ROADS))


@pytest.mark.control
@pytest.mark.guarantee("T02")
def test_control_a_door_that_remembers_for_an_hour_begins_anew() -> None:
    """On every road: what comes after it is an event of its own."""
    hour = timedelta(hours=1)
    assert set(over_all(lambda held: comes_late(held, hour))) == set(ROADS)


def says_no(held: OnRoad, *, heard: bool = True) -> list[str]:
    """What leaves for who opted out after it was signed and before it ran."""
    mails, now = held.effects()["mails"], held.world.clock.now()
    assert signs(held) == 303
    for address in {str(one.content()["target"]) for one in held.record.ledger}:
        if heard and "@" in address:
            held.world.suppression.add(suppressed(address, "opt-out", now, "j-1"))
    held.journey.answered()
    return fails(no_mail_leaves=held.effects()["mails"] == mails)


@pytest.mark.guarantee("T10")
def test_an_opt_out_between_signature_and_mail_is_heard() -> None:
    """Also where the mail is a child's reply, follows an answer, or ends a rejection."""
    assert over_all(says_no) == {}


@pytest.mark.control
def test_control_without_the_opt_out_mails_leave() -> None:
    """On every road whose request mails somebody outside."""
    sent = over_all(lambda held: says_no(held, heard=False))
    assert set(sent) == set(ROADS) - {"the desk's question", "reopened"}


def looked_at(held: OnRoad, door: Door = answer) -> list[str]:
    """What changes when scanners look, and send a form that nobody filled in."""
    before = held.record, list(held.world.executions.succeeded)
    for person in held.people:
        for method in ("GET", "HEAD", "OPTIONS") * LOOKS:
            browser = held.at(person)
            browser.door = door
            browser.opens(method)
            browser.posts({"shown": browser.hidden(), "cause": "", "reason": "", "code": ""})
    after = held.record, list(held.world.executions.succeeded)
    return fails(nothing_changes=after == before, the_link_works=signs(held) == 303)


def on_sight(deps: Deps, request: Request) -> Response:
    """The naive door: to look is to approve."""
    said = answer(deps, request)
    if request.method != "GET" or "code-shown" not in said.body:
        return said
    person = Browser(World(lambda _: {}), "ana")
    person.params, person.page = dict(request.params), said.body
    parts = (one.partition(";")[0].partition("=") for one in said.cookies)
    person.cookies = {name: value for name, _, value in parts}
    return answer(deps, person.post(urlencode(person.filled()).encode()))


@pytest.mark.guarantee("T23")
def test_looking_decides_nothing() -> None:
    """Whoever looks, however often; the link then works as it did."""
    assert over_all(looked_at) == {}


@pytest.mark.control
def test_control_a_door_that_decides_on_sight_is_caught() -> None:
    """On every road."""
    assert set(over_all(lambda held: looked_at(held, on_sight))) == set(ROADS)


def raced(held: OnRoad, door: Door = answer) -> list[str]:
    """What is wrong when all press at once, half of them to reject."""
    browsers = [opened(held, number, door) for number in range(THREADS)]
    forms = [
        one.filled(("approve", "reject")[n // 2 % 2], reason=f"browser {n}")
        for n, one in enumerate(browsers)
    ]
    statuses, before = list[int](), held.effects()

    def presses(number: int) -> None:
        statuses.append(browsers[number].posts(forms[number]).status)

    threads = [threading.Thread(target=presses, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    said = set(held.decision.choices.values()) if held.decision else set()
    signed, newest = len(held.approval.signatures), held.record.audit
    held.journey.answered()
    return fails(
        one_decision=[one.event for one in newest[-signed:]].count("decided by a person") == 1,
        who_signed_is_told_so=statuses.count(303) == signed,
        what_was_said_happens=(held.effects() != before) is (said == {Choice.APPROVE}),
    )


def says_yes(deps: Deps, request: Request) -> Response:
    """The naive door: whoever pressed is told that it counts."""
    return replace(answer(deps, request), status=303)


@pytest.mark.guarantee("T24")
def test_whoever_presses_at_once_there_is_one_decision() -> None:
    """And the effects are those of the one that stands."""
    assert over_all(raced) == {}


@pytest.mark.control
def test_control_a_door_that_says_yes_to_all_is_caught() -> None:
    """On every road: more are told that they signed than signatures count."""
    assert set(over_all(lambda held: raced(held, says_yes))) == set(ROADS)


def forged(held: OnRoad, *, late: bool, change: bool = True) -> list[str]:
    """What runs of actions whose bytes somebody changed, before or after they were signed."""
    before, browser, dealt = held.effects(), opened(held), dice()
    shown = [sha256(one) for one in bytes_on(browser.page)]
    assert shown == list(held.approval.digests)
    if late:
        assert browser.posts(browser.filled()).status == 303
    for entry in (one for one in held.record.ledger if change and one.digest in shown):
        kind = dealt.choice(sorted(set(BODIES) - {"NFD", "NFKD", "escapes", "confusable"}))
        made = forged_body(entry, kind, dealt, fits=False)
        held.world.store.put(with_entry(held.record, made))
    if not late:
        browser.posts(browser.filled())
    held.journey.answered()
    return fails(nothing_runs=held.effects() == before)


@pytest.mark.guarantee("T25")
@pytest.mark.parametrize("late", [False, True])
def test_nothing_that_was_changed_runs(late: bool) -> None:
    """What the page showed is what the digests are of; what differs from it does not run."""
    assert over_all(lambda held: forged(held, late=late)) == {}


@pytest.mark.control
def test_control_what_nobody_changed_runs() -> None:
    """On every road, so that there was something to stop."""
    assert set(over_all(lambda held: forged(held, late=True, change=False))) == set(ROADS)


def crossed(held: OnRoad, door: Door = answer) -> list[str]:
    """Which links open with another's secret, or after what they were for was over."""
    links = held.links
    newest = [held.mailed(person)[-1] for person in held.approval.approvers]
    pages = {}
    for link in links:
        for other in (one for one in links if one != link):
            browser = held.at(held.people[0])
            browser.door, browser.params = door, {**link, "secret": other["secret"]}
            pages[link["link"], other["link"]] = browser.opens()
    over = [one for one in links if one not in newest]
    return fails(
        refusals_are_alike=len({(one.status, one.body) for one in pages.values()}) <= 1,
        nothing_opens=not any("code-shown" in one.body for one in pages.values()),
        what_is_over_has_no_form=not any(_form_at(held, one) for one in over),
    )


def _form_at(held: OnRoad, link: dict[str, str]) -> bool:
    browser = held.at(held.people[0])
    browser.params = link
    return "code-shown" in browser.opens().body


@pytest.mark.guarantee("T26")
def test_a_link_opens_with_its_own_secret_alone() -> None:
    """Refusals are alike, and the links of an earlier request decide nothing any more."""
    assert over_all(crossed) == {}


@pytest.mark.control
def test_control_a_door_that_goes_by_the_secret_is_caught() -> None:
    """On every road where more than one was mailed: it opens whose the secret is."""

    def naively(held: OnRoad) -> list[str]:
        known = {one["secret"]: one["link"] for one in held.links}

        def door(deps: Deps, request: Request) -> Response:
            whose = known[request.params["secret"]]
            return answer(deps, replace(request, params={**request.params, "link": whose}))

        return crossed(held, door)

    assert set(over_all(naively)) == set(ROADS) - {"an answer of the sender"}


def guessed(held: OnRoad, tries: int = TRIES) -> list[str]:
    """What becomes of a link whose code somebody guesses, and of the others."""
    browser = opened(held)
    right = browser.filled()
    for number in range(tries):
        browser.posts({**right, "code": f"ZZZZ{number}"})
    own = browser.posts(right).status
    return fails(
        nothing_is_decided_by_guesses=own != 303,
        others_sign=len(held.people) < 2 or signs(held, 1) == 303,
    )


@pytest.mark.guarantee("T27")
def test_five_guesses_close_the_link_and_nobody_elses() -> None:
    """The right code comes too late, and the others who were asked sign as before."""
    assert over_all(guessed) == {}


@pytest.mark.control
def test_control_after_fewer_guesses_the_right_code_counts() -> None:
    """On every road, so that it is the fifth that closes."""
    assert set(over_all(lambda held: guessed(held, TRIES - 1))) == set(ROADS)


def leaks(held: OnRoad, more: str = "") -> list[str]:
    """What stands where it must not: the token on a page or in a mail, a secret in the store."""
    said = held.at(held.people[0]).opens()
    mails = "".join(mail.text + mail.html for mail in held.world.mail.sent)
    tokens = [one for one in held.record.tokens.values() if one]
    secrets = [one["secret"] for person in held.people for one in held.mailed(person)]
    stored = repr(held.record) + more
    return fails(
        no_token_leaves=not any(one in said.body + mails + more for one in tokens),
        no_secret_is_stored=not any(one in stored for one in secrets),
        the_page_is_kept_nowhere=said.headers["cache-control"] == "no-store",
        it_sends_no_referrer=said.headers["referrer-policy"] == "no-referrer",
    )


@pytest.mark.guarantee("T28")
def test_tokens_and_secrets_stay_where_they_belong() -> None:
    """And no page is kept or sent on."""
    assert over_all(leaks) == {}


@pytest.mark.control
def test_control_a_token_on_a_page_is_seen() -> None:
    """On every road, whatever its token is."""
    assert set(over_all(lambda held: leaks(held, "".join(held.record.tokens.values())))) == set(
        ROADS
    )


def sent_from_elsewhere(held: OnRoad, door: Door = answer) -> list[str]:
    """Which forms count that another site or browser sent, or that come after the decision."""
    browser = opened(held, door=door)
    form, cookies = browser.filled(), browser.cookies
    statuses = [browser.posts(form, **headers).status for headers in FOREIGN]
    browser.cookies = {}
    statuses.append(browser.posts(form).status)
    undecided = held.decision is None
    browser.cookies = cookies
    own, again = browser.posts(form).status, browser.posts(form).status
    return fails(
        nothing_foreign_counts=undecided and 303 not in statuses,
        their_own_counts_once=(own, again) == (303, 409),
    )


@pytest.mark.guarantee("T29")
def test_only_a_persons_own_form_decides_and_once() -> None:
    """Not from another site, in another form, without the page's cookie, or a second time."""
    assert over_all(sent_from_elsewhere) == {}


@pytest.mark.control
def test_control_a_door_that_does_not_look_where_it_comes_from_is_caught() -> None:
    """On every road."""

    def door(deps: Deps, request: Request) -> Response:
        own = {"content-type": "application/x-www-form-urlencoded", "origin": "null"}
        return answer(deps, replace(request, headers=own))

    assert set(over_all(lambda held: sent_from_elsewhere(held, door))) == set(ROADS)
