"""The inputs of an evaluation: the written cases of a workflow, and jobs that are stored."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from importlib import resources
from typing import Any

from countersign.domain.canonical import digest
from countersign.domain.contract import Contract, Stored
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.intake import new_job
from countersign.domain.jobs.job import Pointer, Source
from countersign.domain.releases.cases import Case, read_case
from countersign.domain.releases.comparing import Subject, case_subject, subject_of
from countersign.domain.releases.past import Past
from countersign.domain.workflow import Ours, Raw, Workflow
from countersign.stages.stage_files import company
from infra.cli.trial.judged import records_of

WHEN = datetime(2026, 11, 16, 10, 0, tzinfo=UTC)
"""When a case is judged that says no other time: a Monday, in every owner's working week."""
AUTHSERV = "mx.example.com"
"""Whose word on the sender of a case's mail counts."""


def cases_of(package: str) -> dict[str, Case]:
    """Every case of the workflow in `package`, by its file's name. Raises ValueError for a file
    that is none."""
    folder = resources.files(package) / "cases"
    files = sorted(folder.iterdir(), key=lambda file: file.name) if folder.is_dir() else []
    return {
        file.name.removesuffix(".json"): read_case(
            f"{package}/cases/{file.name}", file.read_text("utf-8")
        )
        for file in files
        if file.name.endswith(".json")
    }


def given_of(workflow: Workflow[Any], case: Case, stage: str = "local") -> Any:
    """The case's input, read as its door reads it. Raises Quarantined or ContractBroken."""
    if case.input is not None:
        return workflow.input.model_validate_json(json.dumps(case.input))
    of = company("workflows", stage)
    body, door = case.bytes()
    ours = of.ours if of else Ours()
    return workflow.read(Raw(body, door, AUTHSERV, vouched=door == "webhook", ours=ours))


def case_subjects(workflow: Workflow[Any], *, scripted: bool) -> Iterator[Subject]:
    """The cases of which a model is asked something; those about what no model reads, or about the
    heuristics alone, are the tests'.

    What a case says of the answer that it brings with it holds for that one (`scripted`). A model's
    own is measured by what people made of it, where they did.
    """
    for name, case in cases_of(f"workflows.{workflow.id}").items():
        own = case.answer is None or scripted
        if not (own or case.people) or _unasked(case):
            continue
        yield subject_of_case(workflow, name, case, scripted=own)


def subject_of_case(workflow: Workflow[Any], name: str, case: Case, *, scripted: bool) -> Subject:
    """One of them; what it says of its own answer where that is the one (`scripted`)."""
    past = _past(workflow, name, given_of(workflow, case), case)
    told = case.expect.model_dump() if scripted else {}
    return replace(case_subject(name, past, told, case.people), scripted=case.answer or {})


def _unasked(case: Case) -> bool:
    return bool(case.expect.error) or case.expect.dismissed or case.offline


def _past(workflow: Workflow[Any], name: str, given: Contract, case: Case) -> Past:
    """The case as a job of which nothing is proposed yet."""
    at = case.at or WHEN
    source = Source(
        door="webhook",
        sender=workflow.id,
        event_id=name,
        payload=Pointer.to("", name),
        body_digest=digest(name.encode()),
        size=0,
        received_at=at,
    )
    job = new_job(workflow.id, "", source, at)
    results = {
        "input": Stored.of(given),
        "records": Stored.of(records_of(case.records or {}, at)),
        "limits": Stored.of(workflow.release.limits),
    }
    return Past(JobRecord(job=job, results=results), at)


def past_subjects(workflow: Workflow[Any], pasts: Iterable[Past]) -> Iterator[Subject]:
    """Those of the jobs that are the workflow's and were judged."""
    for past in pasts:
        record = past.record
        judged = past.judged_at and {"input", "proposal", "records", "limits"} <= set(
            record.results
        )
        if record.job.workflow == workflow.id and judged:
            yield subject_of(past)
