"""What candidates made of jobs: the same rules hold for the fake and for DynamoDB."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from countersign.connectors.dynamodb.shadows import DynamoShadows
from countersign.domain.releases.candidate_shadow import Shadows
from countersign.domain.releases.comparing import Judged, Wanted
from tests.fakes.on_moto import jobs_table
from tests.fakes.shadows import FakeShadows

A, B, CENT = "a" * 64, "b" * 64, Decimal("0.01")
MADE = Judged(facts={"order": "1042"}, wanted=(Wanted(action="x", way="run", params={"a": "b"}),))


@pytest.fixture(params=["fake", "moto"])
def shadows(request: pytest.FixtureRequest) -> Iterator[Shadows]:
    """The adapter under the contract."""
    if request.param == "fake":
        yield FakeShadows()
        return
    with jobs_table() as db:
        yield DynamoShadows("jobs", db)


def test_what_is_kept_of_a_job_comes_back_under_its_candidate(shadows: Shadows) -> None:
    """Once more is the same; another candidate's is another's."""
    for _ in range(2):
        shadows.keep(A, "j-1", MADE)
    assert (dict(shadows.kept(A)), dict(shadows.kept(B))) == ({"j-1": MADE}, {})
    assert [shadows.has(A, one) for one in ("j-1", "j-2")] == [True, False]


def test_a_shadow_costs_at_most_what_it_may(shadows: Shadows) -> None:
    """Each candidate has its own count; what is given back has room again."""
    assert shadows.spent(A) == 0
    assert [shadows.spend(A, CENT, 2 * CENT) for _ in range(3)] == [True, True, False]
    assert not shadows.spend(B, 2 * CENT, CENT)
    shadows.give_back(A, CENT)
    assert shadows.spend(A, CENT, 2 * CENT)
    assert shadows.spent(A) == 2 * CENT


def test_only_the_first_begins_under_a_name(shadows: Shadows) -> None:
    """However often it is asked; another name is begun by itself, and counts as nothing kept."""
    assert [shadows.first(A), shadows.first(A), shadows.first(B)] == [True, False, True]
    assert dict(shadows.kept(A)) == {}
