"""Every path into Act: no effect without a live, matching decision by people with authority."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, seed, settings
from hypothesis import strategies as st

from tests.fakes.world import ANA
from tests.guarantees.paths import (
    HAPPENINGS,
    Story,
    all_sign,
    enters,
    expires,
    four_eyes,
    resumes,
    without_a_gate,
)
from tests.guarantees.signing import Figure, asked
from tests.seeds import dealt_by, dice

pytestmark = pytest.mark.guarantee("T29")

OFTENER = ("link", "inbox", "bulk", "correction", "machine", "machine")
"""What comes to something only after others."""
STEPS = st.lists(
    st.tuples(
        st.sampled_from([*HAPPENINGS, *OFTENER]),
        st.integers(min_value=0, max_value=2**32),
    ),
    min_size=1,
    max_size=8,
)


def played(steps: list[tuple[str, int]], *, two: bool, signed: str, reply: bool) -> Story:
    """A job to which `steps` happen, judged after each; everybody signs `first`, `last` or not."""
    story = Story(asked(consent=reply))
    if two:
        four_eyes(story)
    if signed == "first":
        all_sign(story)
    for name, number in steps:
        HAPPENINGS[name](story, dealt_by(number))
        story.judge()
    if signed == "last":
        all_sign(story)
    return story


@pytest.mark.timeout(3600)
@pytest.mark.parametrize(
    "examples", [25, pytest.param(2_000, marks=pytest.mark.soak)], ids=["short", "long"]
)
def test_no_path_leads_to_an_effect_without_authority(figure: Figure, examples: int) -> None:
    """Links, inbox, bulk, time, edits, leavers, forged rows, corrected and resumed cases."""
    ended, routes = Counter[str](), Counter[str]()

    @seed(dice().randrange(2**32))
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        print_blob=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(
        steps=STEPS,
        two=st.booleans(),
        signed=st.sampled_from(["first", "last", "no"]),
        reply=st.booleans(),
    )
    @example(steps=[("bulk", 1), ("machine", 1)], two=False, signed="no", reply=False)
    @example(steps=[("inbox", 1), ("machine", 1)], two=False, signed="no", reply=True)
    @example(
        steps=[("forgery", 897), ("forgery", 14505863), ("forgery", 14505863)],
        two=False,
        signed="last",
        reply=False,
    )
    @example(
        steps=[("link", 0), ("correction", 0), ("correction", 0)],
        two=False,
        signed="last",
        reply=False,
    )
    @example(steps=[("correction", 1)], two=False, signed="last", reply=False)
    @example(steps=[("correction", 2)], two=False, signed="last", reply=True)
    @example(steps=[("link", 3), ("leaver", 1), ("machine", 1)], two=False, signed="no", reply=True)
    def holds(steps: list[tuple[str, int]], *, two: bool, signed: str, reply: bool) -> None:
        story = played(steps, two=two, signed=signed, reply=reply)
        assert story.wrong == []
        ended["with effects" if story.seen else "without"] += 1
        routes.update(one.route for one in story.said)
        ended["corrected"] += bool(story.correctors)
        ended["with leavers"] += bool(story.gone)

    holds()
    assert ended["with effects"] >= examples / 6, ended
    assert {"link", "inbox", "bulk"} <= set(routes), routes
    # Stories vary the ones before, so a short run may deal neither: the examples above are all.
    assert min(ended["corrected"], ended["with leavers"]) >= examples / 50, ended
    figure(
        f"{examples:,} stories, {ended['with effects']} with effects, all authorised "
        f"(signed {dict(routes)})",
        examples,
    )


@pytest.mark.control
def test_control_an_executor_without_the_gate_is_caught() -> None:
    """Doing what the plan says is found to lack every signature."""
    story = Story()
    without_a_gate(story)
    story.judge()
    assert len(story.wrong) == 4


@pytest.mark.control
def test_control_one_signature_where_two_are_needed_is_caught() -> None:
    """The judge counts people, not clicks."""
    story = Story()
    story.quorum = 2
    by_ana = story.held.browser("ana")
    by_ana.opens()
    form = by_ana.filled()
    assert by_ana.posts(form).status == 303
    story.note("ana", "approve", form["shown"], "link")
    story.held.journey.answered()
    story.judge()
    assert len(story.wrong) == 4


def signs(story: Story, person: str) -> None:
    """By their newest link, and they are told that it is recorded."""
    browser = story.held.browser(person)
    browser.opens()
    form = browser.filled()
    assert browser.posts(form).status == 303
    story.note(person, "approve", form["shown"], "link")


@pytest.mark.control
def test_control_a_correction_that_its_author_signs_alone_is_caught() -> None:
    """A request that forgets who corrected the facts asks them again, and their word is enough."""
    story = Story()
    expires(story)
    resumes(story, "ana", corrects=True)
    assert "ana" not in {one.id for one in story.held.approval.approvers}
    naive = (*story.held.approval.approvers, ANA)
    story.held.becomes(editors={}, approvers=naive)
    _signs_in_bulk(story)
    enters(story, "Look")
    story.judge()
    assert [one for one in story.wrong if "corrected its facts alone" in one]


def _signs_in_bulk(story: Story) -> None:
    """Ana, signed in, on the request's page."""
    HAPPENINGS["inbox"](story, ByAna())


class ByAna(random.Random):
    """Dice that choose Ana, the newest request, and yes."""

    def choice(self, seq: Any) -> Any:
        if "ana" in seq:
            return "ana"
        return "approve" if "approve" in seq else seq[-1]


@pytest.mark.control
def test_control_an_executor_that_counts_leavers_is_caught() -> None:
    """Ana signs and leaves; whoever carries out what she signed all the same is seen."""
    story = Story()
    signs(story, "ana")
    story.held.world.people.leaves(ANA)
    story.gone.add("ana")
    enters(story, "Look")
    story.judge()
    assert story.wrong == []
    without_a_gate(story)
    story.judge()
    assert len(story.wrong) == 4
