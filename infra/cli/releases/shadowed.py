"""What a candidate in shadow made of live jobs, beside what became of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from countersign.domain.errors import NotFound, UnknownVersion
from countersign.domain.policy.release import Release
from countersign.domain.releases.candidate_shadow import beside, may_cost
from countersign.domain.releases.comparing import Compared, Judged
from countersign.domain.releases.evaluation import Evaluation, evaluation
from countersign.runtime.deps import Deps
from infra.cli.evaluate.shown import compared_data, rate_data, same_shown, wrong_shown
from infra.cli.show import safe, table

SHOWN = 20
"""Differences that a terminal shows."""


@dataclass(frozen=True)
class Shadowed:
    """All that is kept of a candidate. `gone`: jobs that cannot be compared any more."""

    found: Evaluation
    spent: Decimal
    most: Decimal
    gone: int


def beside_real(deps: Deps, release: Release) -> Shadowed:
    """Each job that was shown, as it stands now."""
    kept = deps.shadows.kept(release.digest)
    pairs = [_beside(deps, job_id, made) for job_id, made in kept.items()]
    found = [one for one in pairs if one is not None]
    spent = deps.shadows.spent(release.digest)
    return Shadowed(evaluation(found), spent, may_cost(release), len(pairs) - len(found))


def _beside(deps: Deps, job_id: str, made: Judged) -> Compared | None:
    try:
        record = deps.store.load(job_id)
        return beside(deps.workflows[record.job.workflow], record, made)
    except (NotFound, UnknownVersion):
        return None


def shadow_data(of: Shadowed) -> Mapping[str, Any]:
    """For `--json`. Money in USD."""
    found = of.found
    return {
        "jobs": sum(found.inputs.values()),
        "looks_elsewhere": list(found.elsewhere),
        "false_approvals": [vars(one) for one in found.wrong],
        "same": {part: rate_data(rate) for part, rate in found.same.items()},
        "no_answer": rate_data(found.after.trouble),
        "differ": [compared_data(one) for one in found.differ],
        "spent": str(of.spent),
        "may_cost": str(of.most),
        "gone": of.gone,
    }


def shadow_shown(of: Shadowed) -> RenderableType:
    """For a person: what is dangerous first."""
    return Group(*_lines(of))


def _lines(of: Shadowed) -> Iterator[RenderableType]:
    found = of.found
    jobs = sum(found.inputs.values())
    yield Text(f"{jobs:,} jobs were shown to it; US$ {of.spent} of {of.most} are spent.")
    if found.elsewhere:
        yield Text(
            f"{len(found.elsewhere)} look elsewhere: {', '.join(found.elsewhere[:SHOWN])}",
            style="yellow",
        )
    yield from wrong_shown(found)
    yield same_shown(found)
    if found.differ:
        yield _differences(found)


def _differences(found: Evaluation) -> RenderableType:
    made = table("job", "what", "real", "candidate", "people")
    rows = [(one.subject.name, part) for one in found.differ for part in one.parts if not part.same]
    for name, part in rows[:SHOWN]:
        made.add_row(
            *(safe(text) for text in (name, part.what, part.before, part.after)), part.people
        )
    return made
