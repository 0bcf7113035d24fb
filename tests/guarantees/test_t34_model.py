"""T34: a model in every kind of trouble: nothing happens that an answer did not say which keeps its
contract, and calls, tokens and cost stay within their budgets.

Forms, refund requests and calls of several segments meet a provider that fails by a seed. Nobody
signs; what waits is woken by time. The effects are those of the demo systems' own journals.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from countersign.domain.contract import Stored
from countersign.domain.errors import Throttled, Unavailable
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.job import Status
from countersign.domain.limits.budgets import Budgets, Most
from countersign.domain.policy.calls import calls_of, every_call, spent_by
from countersign.domain.policy.proposal import Ended, Proposal, Usage
from countersign.domain.ports import ModelAnswer, ModelRequest
from countersign.entrypoints.tick import tick
from tests.fakes.journey import Journey, accept, form
from tests.fakes.world import World
from tests.seeds import dealt_by, drawn_seed
from workflows import WORKFLOWS

Figure = Callable[[str, int], None]
pytestmark = [pytest.mark.guarantee("T34"), pytest.mark.timeout(3600)]

SHORT, LONG = 24, 1_000
MOST = {"lead_intake": 26_000, "transcript_summary": 90_000}
"""Tokens of a workflow and a day: the first day has no room for all forms of the short form."""
OF_A_JOB = 60_000
DAYS = 3
USED = Usage(calls=1, input_tokens=900, output_tokens=300)
CALL = "\n\n".join(
    f"{who}: {said} " + "and more words " * 60
    for at in range(14)
    for who, said in (("Ada", f"We have agreed on part {at}."), ("Ben", f"I will send part {at}."))
).encode()
"""About 5,000 words: two segments."""
MADE_OF: Mapping[Ended, str] = {
    "refused": "I cannot help with that.",
    "truncated": '{"summary": {"value": "We',
    "filtered": "",
    "empty": " \u200b",
    "tool_call": "",
}


def offline(shown: str) -> Mapping[str, Any]:
    """The good answer: what is asked about a call is JSON, what is shown of a form is not."""
    flow = WORKFLOWS["transcript_summary"]
    try:
        task = json.loads(shown).get("task", "")
    except ValueError:
        task = ""
    if not task:
        return WORKFLOWS["lead_intake"].offline(shown)
    return (
        flow.segmented.offline(shown) if task == "items" and flow.segmented else flow.offline(shown)
    )


class Troubled:
    """ports.Model in trouble: every other answer is a bad one."""

    def __init__(self, world: World, dice: random.Random) -> None:
        self._world, self._dice = world, dice
        self.ended: Counter[str] = Counter()

    def answer(self, request: ModelRequest, seconds: float) -> ModelAnswer:
        """As the port."""
        self._world.deps.meter.before()
        fate = self._dice.choice(("good", "good", "good", "broken", "ended", "away"))
        self.ended[fate] += 1
        good = json.dumps(offline(next(t for r, t in request.messages if r == "user")))
        if fate == "away":
            raise self._dice.choice(
                (
                    Throttled("later", 8.0),
                    Throttled("later", 600.0),
                    Unavailable("10 MB"),
                    self._hangs(seconds),
                )
            )
        if fate == "ended":
            how = self._dice.choice(tuple(MADE_OF))
            return ModelAnswer(MADE_OF[how], "m", offline=False, usage=USED, ended=how)
        broken = (
            good[: len(good) // 2],
            "{}",
            "[]",
            "Yes!",
            good.replace("{", "[", 1),
            good + good,
        )
        said = self._dice.choice(broken) if fate == "broken" else good
        return ModelAnswer(said, "m", offline=False, usage=USED, ended="completed")

    def _hangs(self, seconds: float) -> Exception:
        self._world.clock.passes(seconds=seconds)
        return Unavailable("the model does not answer")


def troubled(seed: str, budgets: Mapping[str, Budgets]) -> tuple[World, Troubled]:
    """A world whose model is in trouble."""
    flows = {name: replace(WORKFLOWS[name], budgets=one) for name, one in budgets.items()}
    world = World(offline, flows)
    model = Troubled(world, dealt_by(seed))
    vars(world.deps)["model"] = model
    return world, model


def begins(world: World, number: int) -> Journey:
    """A form, or each eighth time a call."""
    if number % 8:
        return Journey(
            world, accept(world, form(email=f"a{number}@hafenwerk.example"), f"e{number}")
        )
    body = CALL + f"\n\nAda: this was number {number}.".encode()
    return Journey(
        world, accept(world, body, f"e{number}", door="upload", workflow="transcript_summary")
    )


def goes(world: World, one: Journey) -> None:
    """As far as it comes in a few days."""
    one.goes()
    for _ in range(4 * DAYS):
        if status(one) is not Status.PARKED:
            return
        world.clock.passes(hours=6)
        tick(world.deps)
        if status(one) is Status.RETRYING:
            one.goes()


def status(one: Journey) -> Status:
    """As it is stored now."""
    return one.record.job.status


def faults(record: JobRecord, acted: bool) -> list[str]:
    """What a job did that no valid answer says, and where it went beyond its budget."""
    found = []
    calls = [one for one in calls_of(record.results) if not one.faults and one.ended == "completed"]
    if acted and not calls:
        found.append("it acted on no valid answer")
    if acted and record.result("proposal", Proposal).offline:
        found.append("it acted on the heuristics, and nobody signed")
    if spent_by(record.results).input_tokens + spent_by(record.results).output_tokens > OF_A_JOB:
        found.append("beyond the budget of a job")
    of_a_plan = Counter(one.plan for one in calls_of(record.results))
    of_a_segment = Counter(one.segment for one in every_call(record.results) if one.segment)
    if max((*of_a_plan.values(), *of_a_segment.values(), 0)) > 3:
        found.append("one question was asked more than three times")
    return found


def plays(
    count: int, seed: str, budgets: Mapping[str, Budgets]
) -> tuple[list[str], Counter[str], Mapping[str, int], Troubled]:
    """So many jobs; what they broke, how they ended, the most tokens of one day, and the model."""
    world, model = troubled(seed, budgets)
    broke, ended, days = list[str](), Counter[str](), set[str]()
    for number in range(count):
        one = begins(world, number)
        goes(world, one)
        acted = "verified" in one.statuses().values()
        ended["acted" if acted else one.record.job.status.value] += 1
        broke += [f"{number}: {fault}" for fault in faults(one.record, acted)]
        days.add(world.clock.now().date().isoformat())
    rows = [world.budgets.counter(day) for day in days]
    spent = {name: max(row.spent(name).tokens for row in rows) for name in MOST}
    return broke, ended, spent, model


BOUNDED = {
    name: Budgets(job=Most(tokens=OF_A_JOB), day=Most(tokens=most)) for name, most in MOST.items()
}


def troubles(count: int, figure: Figure) -> None:
    """So many jobs break nothing, and every kind of trouble was met."""
    broke, ended, spent, model = plays(count, f"{drawn_seed()}", BOUNDED)
    assert broke == []
    assert all(spent[name] <= most for name, most in MOST.items()), spent
    assert min(model.ended[fate] for fate in ("good", "broken", "ended", "away")) >= count // 8
    assert ended["acted"] >= count // 10, ended
    assert ended["WAITING_FOR_REVIEW"] + ended["ESCALATED"] >= count // 10, ended
    figure(f"{count} jobs with a model in trouble: 0 effects beyond a valid answer", count)


def test_a_model_in_trouble_costs_no_more_and_does_nothing(figure: Figure) -> None:
    """Two dozen jobs."""
    troubles(SHORT, figure)


@pytest.mark.soak
def test_a_model_in_trouble_in_a_thousand_jobs(figure: Figure) -> None:
    """The long form."""
    troubles(LONG, figure)


@pytest.mark.control
def test_control_without_a_budget_the_day_costs_more() -> None:
    """The same jobs, unbounded in what a day may use, go beyond."""
    free = {name: Budgets(day=Most(tokens=10**9)) for name in MOST}
    _, _, spent, _ = plays(SHORT, "control", free)
    assert spent["lead_intake"] > MOST["lead_intake"]


@pytest.mark.control
def test_control_an_effect_without_a_valid_answer_is_seen() -> None:
    """A job that acted, its valid answer taken away; and one whose question was asked for ever."""
    world, _ = troubled("control", BOUNDED)
    vars(world.deps)["model"] = world.model
    one = begins(world, 1)
    one.goes()
    (last,) = calls_of(one.record.results)
    wrong = last.model_copy(update={"faults": ("no",)})
    held = replace(one.record, results={**one.record.results, **stored(wrong)})
    assert faults(held, acted=True) == ["it acted on no valid answer"]
    again = [wrong.model_copy(update={"number": number}) for number in range(4)]
    held = replace(
        held, results={**held.results, **{k: v for one in again for k, v in stored(one).items()}}
    )
    assert "one question was asked more than three times" in faults(held, acted=False)


def stored(call: Any) -> Mapping[str, Any]:
    """A call among a job's results."""
    return {call.name: Stored.of(call)}
