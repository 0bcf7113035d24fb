"""T47: a prompt that drafts the wrong amount is caught in shadow; a release that people dislike is
stopped by its canary; a good one is promoted and taken back, each by a job that somebody signs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from countersign.domain.approvals.approval import Choice, Decision
from countersign.domain.approvals.authority import sign
from countersign.domain.jobs.job import Status
from countersign.domain.policy.rules import Findings
from countersign.domain.releases.canary import Metric
from countersign.domain.releases.candidate_shadow import beside
from countersign.domain.releases.rollout import Closed, Rollout, State
from countersign.domain.reporting.owner_review import DECIDE_IN, OwnerReview, decided
from countersign.entrypoints.tick import tick
from countersign.jobs.rollback import roll_back
from countersign.releases.shadowing import shadow
from countersign.reporting.monthly import last_month
from tests.fakes.journey import Journey, accept, form
from tests.fakes.world import KIM, World
from tests.unit.cli.terminal import Terminal
from tests.unit.releases.test_evaluating import FLOW
from tests.unit.releases.test_shadowing import DIGEST, begins, world

pytestmark = pytest.mark.guarantee("T47")
WORKFLOW = "lead_intake"
A_LOOK = timedelta(minutes=5)


class Changing:
    """A person at a terminal who changes the prompt of lead_intake, and colleagues who sign."""

    def __init__(self, terminal: Terminal, folder: Path) -> None:
        self.terminal = terminal
        self.world: World = terminal.world
        self._prompt = folder / "prompt.md"
        self._number = 0

    def types(self, *words: str) -> Any:
        """The JSON of one command."""
        self.terminal.forgets()
        return self.terminal.json(*words)

    def written(self, prompt: str) -> Path:
        """The file that holds it."""
        self._prompt.write_text(prompt)
        return self._prompt

    def makes(self, prompt: str, *more: str, by: str = "ben") -> str:
        """A draft with this prompt; its digest."""
        self.written(prompt)
        words = ("--by", by, "--told", "kim", "--reason", "too long", "--better", "fewer edits")
        made = self.types(
            "release",
            "new",
            WORKFLOW,
            *words,
            "--prompt",
            str(self._prompt),
            "--smallest",
            "20",
            *more,
        )
        return str(made["digest"])

    def promotes(self, digest: str, to: str, *more: str, by: str = "cleo") -> Journey:
        """Ordered, and signed by that person."""
        said = ("--by", "ben", "--why", "evaluated")
        data = self.types("release", "promote", digest, "--to", to, *said, *more)
        journey = Journey(self.world, data["job_id"])
        assert journey.goes() == "Ask"
        journey.is_decided(Choice.APPROVE, by=by)
        journey.answered()
        assert journey.record.job.status is Status.COMPLETED
        self.world.clock.passes(seconds=61)
        return journey

    def comes(self) -> Journey:
        """A new message of somebody new."""
        self._number += 1
        person = {"email": f"ada@firm{self._number}.example", "company": f"Firm {self._number}"}
        return Journey(self.world, accept(self.world, form(**person), event=f"n{self._number}"))

    def under(self, digest: str) -> Iterator[Journey]:
        """New messages, those that are pinned to this release."""
        while True:
            one = self.comes()
            if one.record.job.release == digest:
                yield one

    def releases(self, count: int) -> set[str]:
        """Of so many new messages, the releases that they are pinned to."""
        return {self.comes().record.job.release for _ in range(count)}

    def decided(self, held: Rollout, canary: int, others: int, of: int) -> None:
        """So many closed jobs of both arms by turns, of which so many in each hundred people
        rejected."""
        for number in range(of):
            is_canary = bool(number % 2)
            turn = number // 2 * 37 % 100
            rejected = turn < (canary if is_canary else others)
            job = Closed(
                job_id=f"j-{number:04d}",
                at=self.world.clock.now() + timedelta(seconds=number),
                share=held.share,
                canary=is_canary,
                unit=f"u{number}",
                asked=True,
                harm=(Metric.OVERRIDDEN,) if rejected else (),
            )
            self.world.rollouts.close(held.digest, job)

    def held(self, digest: str) -> Rollout:
        """As it is stored."""
        return self.world.rollouts.rollout(WORKFLOW, digest)

    def looks(self) -> None:
        """The next look of `tick`."""
        now = self.world.clock.now()
        self.world.clock.pauses((A_LOOK - (now - now.replace(minute=0)) % A_LOOK).total_seconds())
        tick(self.world.deps)


@pytest.fixture
def changing(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Changing:
    """Ben owns lead_intake and wrote the prompt; Cleo signs releases; Kim is told."""
    terminal = Terminal(capsys)
    terminal.world.people.becomes(
        terminal.world.people.directory().members[1].person,
        roles=("sales", "sales-ops", "sales-lead"),
    )
    return Changing(terminal, tmp_path)


LAMP = (
    "The lamp of order 2001 arrived broken. I paid 45.00 EUR for it, and 9.00 EUR for sending it."
    " Please refund the 45.00 EUR."
)
SENDING = {"amount": "9.00", "currency": "EUR", "quotes": ["9.00 EUR for sending it"]}


def in_shadow(said: Mapping[str, Any]) -> Mapping[str, tuple[str, str]]:
    """What differs of the refund, by part, for a candidate whose model says this of the message."""
    made = world(bold=said)
    journey = begins(made, message=LAMP, amount=None)
    shadow(made.deps, journey.job_id, DIGEST)
    (kept,) = made.shadows.kept(DIGEST).values()
    parts = beside(FLOW, journey.record, kept).parts
    return {one.what: (one.before, one.after) for one in parts if not one.same}


def test_a_prompt_that_drafts_the_wrong_amount_is_caught_in_shadow() -> None:
    """Its sum stands in the message, so that grounding finds nothing: the shadow shows both sums,
    and the real job refunded what was asked. The control is the candidate that reads it right."""
    assert in_shadow({}) == {}
    found = in_shadow({"amount": SENDING})
    assert found["asked_amount"] == ("45.00", "9.00")
    assert found["payments.refund amount"] == ("45.00 EUR", "9.00 EUR")


def test_what_only_people_notice_is_rolled_back_by_its_canary(changing: Changing) -> None:
    """Real jobs of both arms count as what people made of them; when the arms differ, new jobs get
    the old release within a minute, jobs under way keep theirs, and somebody is mailed."""
    digest = changing.makes("Answer in one word.")
    ground = changing.comes().record.job.release
    changing.promotes(digest, "canary", "--share", "50")
    journeys: dict[str, Journey] = {}
    while len(journeys) < 2:
        one = changing.comes()
        journeys.setdefault(one.record.job.release, one)
    assert set(journeys) == {digest, ground}
    for release, one in journeys.items():
        one.goes()
        asked = one.record.pending
        assert asked
        one.is_decided(Choice.REJECT if release == digest else Choice.APPROVE, reason="too short")
        one.answered()
    changing.world.clock.passes(hours=changing.held(digest).closes_hours)
    tick(changing.world.deps)
    decided = {one.job_id for one in journeys.values()}
    rows = changing.world.rollouts.closed(digest)
    counted = {one.canary: one for one in rows if one.job_id in decided}
    assert (counted[True].harm, counted[False].harm) == ((Metric.OVERRIDDEN,), ())
    assert counted[True].asked
    assert counted[True].unit != counted[False].unit
    under_way = next(changing.under(digest))

    changing.decided(changing.held(digest), canary=40, others=8, of=300)
    changing.looks()
    assert changing.held(digest).state is State.ABORTED
    changing.world.clock.passes(seconds=61)
    assert changing.releases(20) == {ground}
    under_way.goes()
    assert under_way.record.job.release == digest
    (mail,) = [one for one in changing.world.mail.to(KIM.address) if "was stopped" in one.subject]
    assert "changed or rejected by a person" in mail.text


def test_an_innocent_one_is_not_stopped_and_a_good_one_is_promoted(changing: Changing) -> None:
    """Control: with the same rates in both arms nothing is stopped; its owner hears that it may be
    promoted, somebody else signs, every new job gets it; rolled back, none does."""
    digest = changing.makes("Answer in two words.")
    ground = changing.comes().record.job.release
    changing.promotes(digest, "canary", "--share", "50")
    changing.decided(changing.held(digest), canary=8, others=8, of=300)
    changing.looks()
    changing.looks()
    assert changing.held(digest).state is State.CANARY
    mails = [one.subject for one in changing.world.mail.to(KIM.address)]
    assert len([one for one in mails if "may be promoted" in one]) == 1
    said = changing.types("release", "canary")["canaries"]
    assert [(one["conclusion"], one["canary"]) for one in said] == [("no harm found", 150)]

    promotion = changing.promotes(digest, "live")
    found = promotion.record.result("findings", Findings).found
    (said,) = [one.told for one in found if one.rule.endswith("canary")]
    assert said.startswith("So far, its canary found no harm: 150 closed jobs of it and 150 of")
    assert changing.held(digest).state is State.LIVE
    assert changing.releases(10) == {digest}
    roll_back(changing.world.deps, promotion.job_id, by="kim", reason="too terse after all")
    promotion.goes()
    changing.world.clock.passes(seconds=61)
    assert changing.held(digest).state is State.RETIRED
    assert changing.releases(10) == {ground}


def test_an_alarm_that_it_names_stops_a_canary_in_the_next_minute(changing: Changing) -> None:
    """Named when it was made, or the workflow's own threshold; one that nobody named stops nothing,
    and neither do people who decide as they did before."""
    digest = changing.makes("Answer in four words.", "--alarm", "StepsFail")
    ground = changing.comes().record.job.release
    own = {"Overridden-lead_intake", "VerificationsFail-lead_intake"}
    assert set(changing.held(digest).statement.alarms) == {*own, "StepsFail"}
    changing.promotes(digest, "canary", "--share", "50")
    changing.world.alarms.rings("ManyCases")
    tick(changing.world.deps)
    assert changing.held(digest).state is State.CANARY

    changing.world.alarms.rings("StepsFail")
    tick(changing.world.deps)
    assert changing.held(digest).moves[-1].why == "harm: the alarm StepsFail rings"
    changing.world.clock.passes(seconds=61)
    assert changing.releases(10) == {ground}
    (mail,) = [one for one in changing.world.mail.to(KIM.address) if "was stopped" in one.subject]
    assert "the alarm StepsFail rings" in mail.text


def test_an_alarm_that_there_is_not_is_refused(changing: Changing) -> None:
    """With the one that was meant; nothing is stored."""
    words = ("--by", "ben", "--told", "kim", "--reason", "too long", "--better", "fewer edits")
    code, _, said = changing.terminal.types(
        "release", "new", WORKFLOW, *words, "--alarm", "StepFails"
    )
    assert code == 2
    assert "there is no alarm StepFails" in said
    assert "did you mean StepsFail?" in said
    assert not changing.world.rollouts.of(WORKFLOW)


def month_says(world: World, course: str, words: str) -> None:
    """What Kim decided on last month's page."""
    opened = OwnerReview(
        workflow=WORKFLOW,
        month=f"{last_month(world.clock.now()):%Y-%m}",
        owner="sales-ops",
        opened_at=world.clock.now(),
        due_at=world.clock.now() + DECIDE_IN,
        figures="{}",
    )
    now, salt = world.clock.now(), world.deps.ids.salt
    after = decided(opened, course, now, by=KIM.id, words=words, salt=salt)
    world.owner_reviews.change(None, after)


def test_a_change_that_a_month_asked_for_is_an_open_draft_until_it_is_made(
    changing: Changing,
) -> None:
    """It stands in the list with the owner's words; the release that is made takes them as its
    reason and closes it. Without one, and without a month's words, a reason must be said."""
    words = ("--by", "ben", "--told", "kim", "--better", "fewer edits", "--prompt")
    prompt = str(changing.written("Answer in two sentences."))
    code, _, told = changing.terminal.types("release", "new", WORKFLOW, *words, prompt)
    assert (code, "say --reason in your own words" in told) == (1, True)
    month_says(changing.world, "continue", "")
    assert changing.types("release", "list")["open"] == []
    changing.world.clock.passes(days=31)
    month_says(changing.world, "change", "shorter replies")
    (draft,) = changing.types("release", "list")["open"]
    assert (draft["workflow"], draft["words"]) == (WORKFLOW, "shorter replies")
    made = changing.types("release", "new", WORKFLOW, *words, prompt)
    assert made["reason"].startswith("shorter replies (kim, on ")
    assert changing.types("release", "list")["open"] == []


def test_whoever_wrote_it_is_not_its_signer(changing: Changing) -> None:
    """Ben wrote it, and has the role that signs: he is not asked, and cannot."""
    digest = changing.makes("Answer in three words.")
    changing.comes()
    said = ("--by", "ben", "--why", "evaluated")
    data = changing.types("release", "promote", digest, "--to", "canary", "--share", "20", *said)
    journey = Journey(changing.world, data["job_id"])
    journey.goes()
    asked = journey.record.pending
    assert asked
    assert [one.id for one in asked.approvers] == ["cleo"]
    assert changing.held(digest).state is State.DRAFT


def test_a_canary_without_ground_is_stopped_and_says_why(changing: Changing) -> None:
    """Far fewer jobs went to it than were to: that is no chance, and nothing is concluded."""
    digest = changing.makes("Answer in four words.")
    changing.comes()
    changing.promotes(digest, "canary", "--share", "50")
    held = changing.held(digest)
    lost = held.model_copy(update={"share": Decimal("0.9")})
    changing.decided(lost, canary=8, others=8, of=200)
    changing.looks()
    assert changing.held(digest).state is State.ABORTED
    assert "not by chance" in changing.held(digest).moves[-1].why


def test_who_answers_for_what_it_touches_signs_too(changing: Changing) -> None:
    """Cleo made it and Sam's signature alone is not enough: Ben answers for the leads. Where nobody
    may sign for them, a person gets the job, with the role that is missing."""
    changing.world.people.becomes(KIM, roles=("sales-lead",))
    digest = changing.makes("Answer in one word.", by="cleo")
    touches = changing.types("release", "impact", digest)
    assert touches["sign"] == ["sales-ops"]
    assert {"kind": "connector", "name": "crm", "owner": ""} in touches["touches"]
    said = ("--by", "ben", "--why", "evaluated")
    data = changing.types("release", "promote", digest, "--to", "live", *said)
    journey = Journey(changing.world, data["job_id"])
    assert journey.goes() == "Ask"
    asked = journey.record.pending
    assert asked
    assert dict(asked.roles) == {"sales-ops": ("ben",)}
    said_by_kim = Decision(
        by="kim",
        at=changing.world.clock.now(),
        choices=dict.fromkeys(asked.digests, Choice.APPROVE),
    )
    assert sign(changing.world.people.directory(), asked, said_by_kim).decision is None
    journey.is_decided(Choice.APPROVE, by="ben")
    journey.answered()
    assert changing.held(digest).state is State.LIVE

    ben = changing.world.people.directory().members[1].person
    changing.world.people.becomes(ben, roles=("sales-ops", "operations"))
    other = changing.makes("Answer in two words.", by="cleo")
    data = changing.types("release", "promote", other, "--to", "live", "--by", "cleo", *said[2:])
    journey = Journey(changing.world, data["job_id"])
    journey.goes()
    assert "nobody may sign for sales-ops" in journey.record.job.reason
