"""T24: approvers who decide at the same moment make one decision, and the job does what it says."""

from __future__ import annotations

import threading
from collections import Counter

import pytest

from countersign.domain.approvals.approval import Choice
from countersign.domain.jobs import audit
from countersign.domain.jobs.change import Change, JobRecord
from countersign.domain.jobs.job import Job
from countersign.domain.policy.policy import Quorum
from tests.fakes.store import FakeStore
from tests.guarantees.signing import Figure, Waiting, a_world, asked
from tests.seeds import dice
from tests.unit.web.visitor import Browser

pytestmark = pytest.mark.guarantee("T24")

THREADS = 16
TO_CHANGE = 2
"""Which read of a request the change is made of."""
ENOUGH = 0.95


class Meeting(FakeStore):
    """Makes the writers meet: once armed, no thread goes on before all of them have read what they
    change, after the page's own read."""

    def __init__(self) -> None:
        super().__init__()
        self._met = threading.local()
        self.barrier: threading.Barrier | None = None

    def load(self, job_id: str) -> JobRecord:
        """As the port."""
        record = super().load(job_id)
        if self.barrier:
            self._met.reads = getattr(self._met, "reads", 0) + 1
            if self._met.reads == TO_CHANGE:
                self.barrier.wait(30)
        return record


class LastWriterWins(Meeting):
    """The naive arbiter: whoever holds the token may write and call, and the last one counts."""

    def write(self, before: Job, after_: Job, entry: audit.Entry, change: Change) -> None:
        """As the port, without its condition."""
        with self._lock:
            now = FakeStore.load(self, before.job_id)
            numbered = entry.model_copy(update={"number": len(now.audit) + 1})
            super().write(now.job, after_, numbered, change)


def race(held: Waiting, store: Meeting, posts: int, salt: int) -> list[int]:
    """Both approvers in sixteen browsers submit `posts` forms at once, half of them rejections."""
    browsers = [held.browser("ana" if n % 2 else "ben") for n in range(THREADS)]
    for browser in browsers:
        browser.opens()
    forms = [(one.filled("approve"), one.filled("reject")) for one in browsers]
    statuses: list[int] = []
    store.barrier = threading.Barrier(THREADS)

    def submit(browser: Browser, number: int) -> None:
        for turn in range(posts // THREADS):
            form = forms[number][(number // 2 + turn + salt) % 2]
            words = f"post {turn} of browser {number}"
            statuses.append(browser.posts({**form, "reason": words}).status)

    threads = [threading.Thread(target=submit, args=(b, n)) for n, b in enumerate(browsers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    store.barrier = None
    return statuses


def faults(held: Waiting, statuses: list[int]) -> list[str]:
    """What is wrong after a race: decisions, answers, token and effects must tell one story."""
    decision, found = held.decision, []
    signed = len(held.approval.signatures)
    if [e.event for e in held.record.audit].count("decided by a person") != 1 or not decision:
        found.append("not exactly one decision")
    if statuses.count(303) != signed:
        found.append(f"{statuses.count(303)} were told that they signed, {signed} signatures count")
    if len(held.world.executions.succeeded) != 1:
        found.append("the execution was not told exactly once")
    held.journey.answered()
    said = decision.choices.values() if decision else ()
    expected = dict.fromkeys(("contacts", "deals", "tasks", "mail"), 1)
    if held.effects() != (expected if Choice.APPROVE in said else {}):
        found.append(f"the effects {held.effects()} are not the decision {set(said)}")
    return found


@pytest.mark.timeout(1800)
@pytest.mark.parametrize(
    ("rounds", "posts"),
    [(2, 112), pytest.param(100, 208, marks=pytest.mark.soak)],
    ids=["short", "long"],
)
@pytest.mark.parametrize("quorum", [Quorum.ONE, Quorum.TWO])
def test_simultaneous_posts_are_one_decision(
    figure: Figure, rounds: int, posts: int, quorum: Quorum
) -> None:
    """In every round one decision stands, all others are told so, and its effects follow."""
    dealt, seen, outcomes = dice(), Counter[int](), Counter[str]()
    for _ in range(rounds):
        store = Meeting()
        held = asked(a_world(store))
        held.becomes(quorum=quorum)
        statuses = race(held, store, posts, dealt.randrange(2))
        assert faults(held, statuses) == []
        seen.update(statuses)
        decision = held.decision
        outcomes.update({str(choice) for choice in decision.choices.values()} if decision else ())
    total = sum(seen.values())
    assert (seen[303] + seen[409]) / total >= ENOUGH
    assert outcomes.total() == rounds
    words = f"{rounds} rounds ({quorum}), {total:,} posts, 16 threads: {rounds} decisions"
    figure(f"{words} ({dict(outcomes)})", total)


@pytest.mark.control
def test_control_the_token_as_arbiter_lets_several_people_decide() -> None:
    """Without our conditional write the last writer wins over people who were told “recorded”."""
    store = LastWriterWins()
    held = asked(a_world(store))
    assert faults(held, race(held, store, THREADS, 0)) != []
