"""What the model cost, by workflow and model: lines for a terminal and for the page of costs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from countersign.domain.jobs.change import JobRecord
from countersign.domain.policy.proposal import Usage
from countersign.domain.reporting.usage import proposal_of, usage_of

_MILLIONTH = Decimal("0.000001")


@dataclass(frozen=True)
class Cost:
    """The jobs of one workflow whose proposal came from one model; `usd` in all of them."""

    workflow: str
    model: str
    """Empty: no model was asked, or none answered."""
    jobs: int
    calls: int
    input_tokens: int
    output_tokens: int
    usd: Decimal

    @property
    def usd_per_job(self) -> Decimal:
        """In US$, as `per_job`."""
        return per_job(self.usd, self.jobs)


def per_job(usd: Decimal, jobs: int) -> Decimal:
    """To a millionth; what costs nothing is 0."""
    return (usd / jobs).quantize(_MILLIONTH) if usd else Decimal(0)


def costs(records: Iterable[JobRecord]) -> list[Cost]:
    """One line for each workflow and model, the dearest first."""
    among: dict[tuple[str, str], list[Usage]] = defaultdict(list)
    for record in records:
        proposal = proposal_of(record)
        among[record.job.workflow, proposal.model if proposal else ""].append(usage_of(record))
    lines = [
        Cost(
            workflow=workflow,
            model=model,
            jobs=len(used),
            calls=sum(one.calls for one in used),
            input_tokens=sum(one.input_tokens for one in used),
            output_tokens=sum(one.output_tokens for one in used),
            usd=sum((one.usd for one in used), Decimal(0)) or Decimal(0),
        )
        for (workflow, model), used in among.items()
    ]
    return sorted(lines, key=lambda line: (-line.usd, line.workflow, line.model))
