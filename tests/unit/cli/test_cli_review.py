"""`countersign review`: blind items, answers that count once, and an honest report."""

from __future__ import annotations

import json
from typing import Any

import pytest

from countersign.domain.approvals.approval import Choice
from countersign.domain.errors import UnknownVersion
from countersign.domain.jobs.job import Status
from countersign.domain.jobs.reviews import Review
from countersign.domain.reporting.sampling import automatic, planted, sampled, share_of
from infra.cli.review.view import shown
from tests.fakes.journey import Journey, accept, form
from tests.fakes.store import FakeStore
from tests.fakes.world import START, World
from tests.unit.cli.terminal import Terminal
from workflows import WORKFLOWS

JOBS = 60
TELLING = ("confidence", "finding", "verdict", "planted", "rule", "score", "0.9")
"""Words that would tell a reviewer what we thought of the job, or what the item is."""


@pytest.fixture(scope="module")
def leads(_logger: None) -> FakeStore:
    """60 leads ran through all steps to Close; only their drafted replies were signed."""
    world = World(WORKFLOWS["lead_intake"].offline)
    for number in range(JOBS):
        body = form(
            name=f"Anna Lindner {number}",
            email=f"anna.{number}@hafenwerk-{number}.example",
            phone=f"+49 30 23125 {1000 + number}",
            company=f"Hafenwerk {number} GmbH",
        )
        journey = Journey(world, accept(world, body, event=f"lead-{number}"))
        assert journey.goes() == "Ask"
        journey.is_decided(Choice.APPROVE)
        assert journey.answered() == "Close"
        world.clock.passes(minutes=1)
    return world.store


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str], leads: FakeStore) -> Terminal:
    """A person who reviews them."""
    terminal = Terminal(capsys)
    for record in leads.records():
        terminal.world.store.put(record)
    terminal.world.store.reviews |= leads.reviews
    terminal.forgets()
    return terminal


def everything(terminal: Terminal) -> None:
    """All jobs with automatic actions are on the desk, each fifth with a mistake."""
    reviews = terminal.world.store.reviews
    reviews.clear()
    for number, record in enumerate(terminal.world.store.records()):
        if automatic(record.ledger):
            review = Review(
                review_id=f"r-{number:016x}",
                job_id=record.job.job_id,
                workflow=record.job.workflow,
                planted=number % 5 == 0,
                sampled_at=record.job.updated_at,
            )
            reviews[review.review_id] = review


def test_close_marks_exactly_the_sampled_jobs(terminal: Terminal) -> None:
    """Through the real steps: by the hash of their ids, and by nothing else."""
    jobs = [record for record in terminal.world.store.records() if automatic(record.ledger)]
    assert len(jobs) == JOBS
    wanted = {
        record.job.job_id: planted(record.job.job_id, share_of(record))
        for record in jobs
        if sampled(record.job.job_id, share_of(record))
        or planted(record.job.job_id, share_of(record))
    }
    assert wanted
    reviews = terminal.world.store.reviews.values()
    assert {one.job_id: one.planted for one in reviews} == wanted


def test_an_item_is_message_and_actions_and_no_more(terminal: Terminal) -> None:
    """Whatever we thought of the job is not in it, nor whether a mistake was put in."""
    everything(terminal)
    for review in terminal.world.store.reviews.values():
        item = terminal.json("review", "next")
        assert set(item) == {"review", "workflow", "shadow", "message", "actions"}
        assert {name for one in item["actions"] for name in one} == {
            "action",
            "words",
            "parameters",
        }
        told = json.dumps(item).casefold().replace(item["message"].casefold(), "")
        assert [word for word in TELLING if f'"{word}' in told] == []
        assert item["review"] == review.review_id
        assert review.job_id not in told
        terminal.types("review", "answer", item["review"], "ok")


def items(terminal: Terminal) -> list[tuple[Review, dict[str, Any]]]:
    """Every item as it would be shown."""
    everything(terminal)
    found = []
    for review in terminal.world.store.reviews.values():
        item = shown(review, terminal.world.store.load(review.job_id), WORKFLOWS)
        assert item is not None
        found.append((review, item))
    return found


def test_a_known_bad_item_has_one_mistake_and_the_shape_of_a_real_one(terminal: Terminal) -> None:
    """It says one thing otherwise, wherever it says it; each real item shows what ran."""
    seen = 0
    for review, item in items(terminal):
        ran = automatic(terminal.world.store.load(review.job_id).ledger)
        differs = [
            name
            for held, action in zip(ran, item["actions"], strict=True)
            for name, value in held.content()["params"].items()
            if action["parameters"][name] != value
        ]
        assert bool(differs) is review.planted, differs
        seen += review.planted
    assert seen >= 10


@pytest.mark.control
def test_an_item_that_tells_is_seen(terminal: Terminal) -> None:
    """Control: a dump of the review, which knows what it is, would be noticed."""
    everything(terminal)
    (review, *_) = terminal.world.store.reviews.values()
    assert any(f'"{word}' in review.model_dump_json() for word in TELLING)


def answers(terminal: Terminal, *, attentive: bool) -> dict[str, Any]:
    """A reviewer works through the desk, who sees whether a parameter is not in the message or
    does not care; the report of it."""
    bad = {review.review_id for review, _ in items(terminal) if review.planted}
    while (item := terminal.json("review", "next")).get("actions"):
        wrong = attentive and item["review"] in bad
        said = ("wrong", "--why", "not what they wrote") if wrong else ("ok",)
        assert terminal.types("review", "answer", item["review"], *said)[0] == 0
    (found,) = terminal.json("review", "report")["workflows"]
    return dict(found)


def test_the_report_has_rate_interval_and_attention(terminal: Terminal) -> None:
    """Real items and known-bad ones are counted apart."""
    found = answers(terminal, attentive=True)
    real, bad = found["reviewed"], found["known_bad_shown"]
    assert (real + bad, found["errors"], found["attention"]) == (JOBS, 0, 1.0)
    assert found["error_rate"] == 0
    assert 0 < found["interval_95"][1] < 0.1
    out = terminal.types("review", "report")[1]
    assert f"{bad} of {bad} (100.0%" in out


@pytest.mark.control
def test_who_waves_everything_through_shows(terminal: Terminal) -> None:
    """Control: the same error rate, and an attention of nothing."""
    found = answers(terminal, attentive=False)
    assert (found["errors"], found["attention"]) == (0, 0.0)


def test_an_answer_counts_once(terminal: Terminal) -> None:
    """A second one is refused and changes nothing."""
    everything(terminal)
    item = terminal.json("review", "next")["review"]
    assert terminal.types("review", "answer", item, "wrong", "--why", "no", "--by", "ana")[0] == 0
    assert terminal.types("review", "answer", item, "ok") == (
        1,
        "",
        "this review has its answer\n",
    )
    said = terminal.world.store.reviews[item].answer
    assert said is not None
    assert (said.by, said.verdict, said.why) == ("ana", "wrong", "no")


def test_wrong_needs_a_word_why(terminal: Terminal) -> None:
    """Whoever reads the report wants to know; an unknown item or word is refused too."""
    everything(terminal)
    item = terminal.json("review", "next")["review"]
    assert terminal.types("review", "answer", item, "wrong")[0] == 2
    assert terminal.types("review", "answer", item, "perhaps")[0] == 2
    assert terminal.types("review", "answer", "r-none", "ok")[0] == 1
    assert terminal.world.store.reviews[item].answer is None


def test_what_cannot_be_shown_is_settled_as_void(terminal: Terminal) -> None:
    """A job whose content is gone stops nobody, and counts for nothing."""
    everything(terminal)
    gone, *_ = sorted(terminal.world.store.reviews.values(), key=lambda one: one.sampled_at)
    terminal.world.store.reviews[gone.review_id] = gone.model_copy(update={"job_id": "j-gone"})
    assert terminal.json("review", "next")["review"] != gone.review_id
    said = terminal.world.store.reviews[gone.review_id].answer
    assert said is not None
    assert (said.verdict, said.at >= START) == ("void", True)
    assert terminal.json("review", "report") == {"workflows": []}


def test_an_empty_desk_says_so(terminal: Terminal) -> None:
    """Nothing to review, nothing reviewed."""
    terminal.world.store.reviews.clear()
    assert "Nothing to review" in terminal.types("review", "next")[1]
    assert "Nothing is reviewed yet" in terminal.types("review", "report")[1]
    assert terminal.json("review", "next") == {"review": None}


def test_unknown_code_is_no_item(terminal: Terminal) -> None:
    """A job of another workflow, or of another version of it, cannot be shown."""
    everything(terminal)
    review = next(iter(terminal.world.store.reviews.values()))
    record = terminal.world.store.load(review.job_id)
    foreign = record.job.model_copy(update={"workflow": "gone"})
    assert shown(review, type(record)(**{**vars(record), "job": foreign}), WORKFLOWS) is None
    other = record.results["input"].model_copy(update={"version": 99})
    with pytest.raises(UnknownVersion):
        other.as_(type(record.job))
    results = {**record.results, "input": other}
    assert shown(review, type(record)(**{**vars(record), "results": results}), WORKFLOWS) is None


def test_what_is_found_wrong_is_a_case_and_a_planted_mistake_is_none(terminal: Terminal) -> None:
    """The owner gets what really ran, with the reviewer's words, and is mailed by tick; whoever
    says it twice makes no second case, and the reviewer is told the same of both."""
    everything(terminal)
    said = ("wrong", "--why", "not our customer", "--by", "kim")
    told = set()
    for review in list(terminal.world.store.reviews.values())[:2]:
        _, answer, _ = terminal.types("review", "answer", review.review_id, *said)
        told.add(answer.replace(review.review_id, ""))
        record = terminal.world.store.load(review.job_id)
        if review.planted:
            assert (record.job.status, record.case) == (Status.COMPLETED, None)
        else:
            assert record.job.status is Status.ESCALATED
            assert record.case
            assert record.case.reason == "a review found its actions wrong: not our customer"
            assert "case" in record.due
            version = record.job.version
            again = terminal.types("review", "answer", review.review_id, *said)
            assert (again[0], "has its answer" in again[2]) == (1, True)
            assert terminal.world.store.load(review.job_id).job.version == version
    assert len(told) == 1
