"""What an order to forget does not reach: said in words, with what helps to reach it by hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from countersign.domain.releases.candidates import candidate_id
from countersign.jobs.forgetting import Plan
from infra.build.contracts import FOLDERS
from infra.cli.candidates.drawn import reviewed
from infra.settings import SettingsError, load
from workflows import WORKFLOWS

_BACKUP_DAYS = 35
"""So far back DynamoDB restores a table to any second."""
_SHOWN = 5


def out_of_reach(plan: Plan, stage: str) -> list[str]:
    """A sentence for each place."""
    return [
        *(_outside(name, ids) for name, ids in plan.outside.items()),
        f"backups of the table: until they expire, after {_BACKUP_DAYS} days",
        f"logs of the functions, which name jobs and no person: until {_log_days(stage)} days",
        "records that somebody took out into a file, and mails that people forwarded",
        "what others wrote of them in matters of their own; name such a job with --job",
    ]


def kept_cases(job_ids: Iterable[str]) -> Iterator[str]:
    """The cases that were made of these jobs: `workflow: what became of it`."""
    ids = {candidate_id(one): one for one in job_ids}
    for name in WORKFLOWS:
        for candidate, what in reviewed(FOLDERS / name / "cases").items():
            if candidate in ids and not what.startswith("dropped"):
                yield f"{name}: {ids[candidate]} {what}"


def _outside(name: str, ids: tuple[str, ...]) -> str:
    more = f" and {len(ids) - _SHOWN} more" if len(ids) > _SHOWN else ""
    what = "mails that left" if name == "mail" else f"what was done in {name}"
    return f"{what}: {', '.join(ids[:_SHOWN])}{more}"


def _log_days(stage: str) -> str:
    try:
        return str(load(stage).log_days)
    except SettingsError:
        return "their retention's"
