"""Everything that can happen to a job that waits, and who had the authority for what took effect.

The judge below reads nothing of what the product says about authority: only what people submitted,
what they were shown, the time, and the independent journals of CRM and mail.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from countersign.domain.errors import CountersignError
from countersign.domain.ledger.entry import IN_EFFECT, LedgerEntry, params_of
from countersign.domain.policy.policy import Quorum
from countersign.entrypoints.tick import tick
from countersign.jobs import cases
from tests.fakes.world import ANA, BEN, CLEO
from tests.guarantees.forging import AFTER, BODIES, REQUESTS, forged_body, with_entry, with_request
from tests.guarantees.signing import KINDS, PEOPLE, Waiting, asked, sha256
from tests.unit.web.member import MemberBrowser
from workflows import WORKFLOWS

HARD_EXPIRY = timedelta(days=45)
"""The promise's own figure, written down here again."""


@dataclass(frozen=True)
class Said:
    """What somebody submitted and was told is recorded."""

    by: str
    choice: str
    digests: frozenset[str]
    at: datetime
    route: str
    entitled: bool
    """Whether, by the test's own account, they were asked, still there and in time."""


@dataclass
class Story:
    """One job, and the test's own account of what people did."""

    held: Waiting = field(default_factory=asked)
    quorum: int = 1
    said: list[Said] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    editors: dict[str, set[str]] = field(default_factory=dict)
    """Who changed an action, by its digest."""
    correctors: set[str] = field(default_factory=set)
    """Who corrected facts: every plan since then is made of them."""
    seen: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Who signs also takes up cases here."""
        for person in (ANA, BEN):
            self.held.world.people.becomes(person, roles=("sales", "operations"))

    def judge(self) -> None:
        """Every new effect was signed by enough people who might sign exactly these bytes."""
        effects = self.held.effects()
        for kind in effects:
            if effects[kind] != self.seen.get(kind, 0):
                self._judge(kind)
            if effects[kind] > 1:
                self.wrong.append(f"{kind} happened {effects[kind]} times")
        self.seen = effects

    def _judge(self, kind: str) -> None:
        entry = self._entry(kind)
        digest, now = sha256(entry.body.encode()), self.held.world.clock.now()
        about = [one for one in self.said if digest in one.digests]
        signers = {one.by for one in about if one.choice == "approve" and one.entitled} - self.gone
        if len(signers) < self.quorum:
            self.wrong.append(f"{kind} took effect with {len(signers)} of {self.quorum} signatures")
        if any(one.choice == "reject" for one in about):
            self.wrong.append(f"{kind} took effect although somebody rejected it")
        if len(signers) == 1 and signers <= self.editors.get(digest, set()):
            self.wrong.append(f"{kind} was signed by its editor alone")
        if len(signers) == 1 and signers <= self.correctors:
            self.wrong.append(f"{kind} was signed by who corrected its facts alone")
        if any(now - one.at >= HARD_EXPIRY for one in about):
            self.wrong.append(f"{kind} took effect after the hard expiry")

    def _entry(self, kind: str) -> LedgerEntry:
        """The one that took effect: of the first plan, or of a later one."""
        ledger = self.held.record.ledger
        first = next(one for one in ledger if one.index == KINDS.index(kind))
        later = [one for one in ledger if one.action == first.action and one.status in IN_EFFECT]
        return later[-1] if later else first

    def note(self, by: str, choice: str, shown: str, route: str) -> None:
        """Somebody was told that their decision is recorded."""
        now = self.held.world.clock.now()
        requests = self.held.record.approvals.values()
        asked_for = [a for a in requests if set(shown.split()) & set(a.digests)]
        in_time = any(by in {p.id for p in a.approvers} and now < a.deadline for a in asked_for)
        entitled = in_time and by not in self.gone
        self.said.append(Said(by, choice, frozenset(shown.split()), now, route, entitled))


Happens = Callable[[Story, random.Random], None]


def by_link(story: Story, dealt: random.Random) -> None:
    """Somebody opens their newest or an old link and submits, perhaps after a while."""
    person, choice = dealt.choice(list(PEOPLE)), dealt.choice(["approve"] * 3 + ["reject"])
    mailed = story.held.mailed(PEOPLE[person])
    if not mailed:
        return
    browser = story.held.browser(person, dealt.randrange(-len(mailed), 0))
    browser.opens()
    form = browser.filled(choice)
    if dealt.random() < 0.2:
        passes(story, dealt)
    if browser.posts(form).status == 303:
        story.note(person, choice, form["shown"], "link")


def all_sign(story: Story) -> None:
    """Ana and Ben read their newest mail and approve; the machine goes on."""
    for person in ("ana", "ben"):
        if story.held.mailed(PEOPLE[person]):
            _signs(story, person)
    enters(story, "Look")
    story.judge()


def _signs(story: Story, person: str) -> None:
    browser = story.held.browser(person)
    browser.opens()
    form = browser.filled()
    if browser.posts(form).status == 303:
        story.note(person, "approve", form["shown"], "link")


def by_inbox(story: Story, dealt: random.Random) -> None:
    """Somebody signs in and decides on the request's page."""
    person, choice = dealt.choice(list(PEOPLE)), dealt.choice(["approve", "reject"])
    member = _signed_in(story, person)
    approval = dealt.choice(list(story.held.record.approvals.values()))
    path = f"/approvals/requests/{approval.job_id}/{approval.approval_id}"
    member.opens(path)
    shown = member.hidden().get("shown", "")
    choices = {f"choice-{one}": choice for one in shown.split()}
    form = {"shown": shown, "cause": "wrong facts", "reason": "", "code": member.code(), **choices}
    if member.posts(path, form if choice == "reject" else {**form, "cause": ""}).status == 303:
        story.note(person, choice, shown, "inbox")


def in_bulk(story: Story, dealt: random.Random) -> None:
    """Somebody checks everything in the inbox and submits it together."""
    person, choice = dealt.choice(list(PEOPLE)), dealt.choice(["approve", "reject"])
    member = _signed_in(story, person)
    member.opens()
    hidden, shown = (
        member.hidden(),
        [" ".join(a.digests) for a in story.held.record.approvals.values()],
    )
    form = {**hidden, "choice": choice, "all": "yes", "reason": "why not", "code": member.code()}
    before = _signatures(story)
    member.posts("/approvals", form)
    if _signatures(story) != before:
        story.note(person, choice, " ".join(shown), "bulk")


def _signed_in(story: Story, person: str) -> MemberBrowser:
    member = MemberBrowser(story.held.world)
    if person not in story.gone:
        try:
            member.signs_in(PEOPLE[person].address)
        except (AssertionError, StopIteration):
            return member  # five sign-in mails an hour: the sixth browser is not signed in
    return member


def _signatures(story: Story) -> int:
    return sum(len(one.signatures) for one in story.held.record.approvals.values())


def passes(story: Story, dealt: random.Random) -> None:
    """Time goes by: minutes, hours, a deadline, or the hard expiry."""
    story.held.world.clock.passes(hours=dealt.choice([0.1, 1, 9, 30, 24 * 46]))


def ticks(story: Story, _: random.Random) -> None:
    """Scheduled work runs."""
    tick(story.held.world.deps)


def goes_on(story: Story, dealt: random.Random) -> None:
    """The machine enters a state, rightly or wrongly: a late callback, a retry, a redrive."""
    enters(story, dealt.choice(["Look", "Look", "Decide", "Act", "Ask"]))


def enters(story: Story, state: str) -> None:
    """The machine runs from this state until it ends or waits."""
    try:
        story.held.journey.goes(state)
    except CountersignError:
        return


def leaves(story: Story, dealt: random.Random) -> None:
    """Somebody leaves the company."""
    person = dealt.choice([ANA, BEN, CLEO])
    story.gone.add(person.id)
    story.held.world.people.leaves(person)


def edits(story: Story, dealt: random.Random) -> None:
    """Somebody edits the reply by their newest link."""
    person = dealt.choice(["ana", "ben"])
    if not story.held.mailed(PEOPLE[person]):
        return
    browser = story.held.browser(person)
    browser.goes_to(edit=str(len(story.held.record.ledger)))
    fields = browser.fields()
    name = next((one for one in fields if one.endswith("text")), "")
    before = story.editors.get(story.held.record.ledger[-1].digest, set())
    if name and browser.posts({**fields, name: f"Hello, {dealt.random()}"}).status == 200:
        story.editors[story.held.record.ledger[-1].digest] = {*before, person}


def is_forged(story: Story, dealt: random.Random) -> None:
    """Somebody changes a stored row."""
    record, one = story.held.record, story.held.approval
    requests = {**REQUESTS, **(AFTER if one.decision else {})}
    if dealt.random() < 0.5:
        change = requests[dealt.choice(sorted(requests))]
        story.held.world.store.put(with_request(record, one, change(one)))
    elif not story.held.effects():
        held = record.ledger[-1]
        name = dealt.choice(sorted(BODIES))
        made = forged_body(held, name, dealt, fits=dealt.random() < 0.5)
        story.held.world.store.put(with_entry(record, made))


def is_resumed(story: Story, dealt: random.Random) -> None:
    """Somebody takes the case up, corrects a fact or does not, and lets the job go on."""
    resumes(story, dealt.choice(["kim", "ana", "ben"]), corrects=dealt.random() < 0.5)
    goes_on(story, dealt)


def is_corrected(story: Story, dealt: random.Random) -> None:
    """Nobody signs in time; who takes the case up corrects a fact, and people are asked anew."""
    expires(story)
    resumes(story, dealt.choice(["ana", "ben"]), corrects=True)


def expires(story: Story) -> None:
    """Every tier's time ends, and the machine goes on."""
    for _ in range(4):
        passed(story, 9)
    enters(story, "Look")


def passed(story: Story, hours: float) -> None:
    """Hours go by, and scheduled work runs."""
    story.held.world.clock.passes(hours=hours)
    tick(story.held.world.deps)


def resumes(story: Story, person: str, *, corrects: bool) -> None:
    """The case is ended by this person, if there is one; a new execution begins."""
    deps, job = story.held.world.deps, story.held.journey.job_id
    facts = {"need": f"{len(story.said)} licences"} if corrects else {}
    try:
        cases.take_out(deps, job, "resume", by=person, words="looked into it", facts=facts)
    except CountersignError:
        return
    story.correctors |= {person} if corrects else set()
    enters(story, "Prepare")
    if story.quorum > 1 and story.held.record.pending:
        four_eyes(story)  # the new plan's policy knows nothing of it


HAPPENINGS: Mapping[str, Happens] = {
    "link": by_link,
    "inbox": by_inbox,
    "bulk": in_bulk,
    "time": passes,
    "tick": ticks,
    "machine": goes_on,
    "leaver": leaves,
    "edit": edits,
    "forgery": is_forged,
    "resume": is_resumed,
    "correction": is_corrected,
}


def without_a_gate(story: Story) -> None:
    """The naive executor: what is in the plan is done, whoever said what."""
    deps = story.held.world.deps
    for held in story.held.record.ledger:
        action = WORKFLOWS["lead_intake"].actions[held.action]
        action.do(deps.actor_port(action.connector), params_of(held, action), held.key)


def four_eyes(story: Story) -> None:
    """From now on two people must sign."""
    story.quorum = 2
    held = story.held.record
    one = story.held.approval.model_copy(update={"quorum": Quorum.TWO})
    ledger = tuple(
        e.model_copy(update={"verdict": e.verdict.model_copy(update={"quorum": Quorum.TWO})})
        for e in held.ledger
    )
    approvals = {**held.approvals, one.approval_id: one}
    changed = replace(held, ledger=ledger, approvals=approvals)
    story.held.world.store.put(changed)
