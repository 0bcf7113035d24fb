"""Bugs as people write them, each of another kind: what T11's judge has to find.

Each is put into the product's own code while a run lasts, and nothing of the judge knows of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from countersign.approvals import access, decide
from countersign.domain.approvals import approval, authority
from countersign.domain.jobs import audit, intake
from countersign.domain.jobs.change import Change
from countersign.domain.ledger import entry
from countersign.domain.limits import budgets
from countersign.steps import park
from countersign.steps.act import verify
from tests.fakes.journey import STEPS
from tests.fakes.limits import FakeLimits

Bug = Callable[[pytest.MonkeyPatch], None]


def one_signature_is_enough(patch: pytest.MonkeyPatch) -> None:
    """Who must sign is counted in clicks: the first one decides."""
    patch.setattr(approval.Approval, "needed", property(lambda _self: 1))


def a_leavers_word_counts(patch: pytest.MonkeyPatch) -> None:
    """Signatures are looked at when they are given, and not when they are used."""
    patch.setattr(authority, "signers_left", lambda *_: False)


def the_last_click_wins(patch: pytest.MonkeyPatch) -> None:
    """A decision is a field that the next form writes."""

    def signed(_people: object, asked: approval.Approval, said: approval.Decision) -> object:
        return asked.model_copy(update={"decision": said})

    patch.setattr(access.Addressee, "standing", property(lambda _self: "open"))
    patch.setattr(decide, "signable_entries", lambda *_: ())
    patch.setattr(decide, "sign", signed)


def what_is_parked_is_forgotten(patch: pytest.MonkeyPatch) -> None:
    """The job is set to PARKED, and no row says when it goes on."""
    real = park.park

    def parked(*given: Any) -> Change:
        return replace(real(*given), due=())

    patch.setitem(STEPS, "Park", parked)


def the_door_remembers_for_an_hour(patch: pytest.MonkeyPatch) -> None:
    """An event's identity is kept for the hour that it came in."""
    real = intake.new_job

    def new_job(workflow: str, release: str, source: Any, at: Any) -> Any:
        seen = source.model_copy(update={"event_id": f"{source.event_id} {at:%Y-%m-%dT%H}"})
        job = real(workflow, release, seen, at)
        return job.model_copy(update={"source": source})

    for name in ("start", "deliveries"):
        patch.setattr(f"countersign.entrypoints.{name}.new_job", new_job)


def a_correction_leaves_no_trace(patch: pytest.MonkeyPatch) -> None:
    """What a person ordered is written over the entry before it."""
    real = audit.append

    def append(previous: str, number: int, **said: Any) -> audit.Entry:
        made = real(previous, number, **said)
        over = made.event.startswith(("case ", "resumed", "rollback"))
        return made.model_copy(update={"previous": audit.GENESIS}) if over else made

    patch.setattr(audit, "append", append)


def the_text_is_tidied_up(patch: pytest.MonkeyPatch) -> None:
    """What was signed is made a little nicer on its way out."""
    real = entry.params_of

    def params_of(held: Any, action: Any) -> Any:
        said = real(held, action)
        nicer = {"text": f"{said.text}\n"} if hasattr(said, "text") else {}
        return said.model_copy(update=nicer)

    patch.setattr(verify, "params_of", params_of)


def a_pause_is_for_new_jobs_only(patch: pytest.MonkeyPatch) -> None:
    """Who is under way is not asked whether its workflow was stopped."""
    real = FakeLimits.pause

    def pause(self: FakeLimits, key: str, said: str, workflow: str = "") -> None:
        if not workflow:
            real(self, key, said)

    patch.setattr(FakeLimits, "pause", pause)


def the_budget_only_counts(patch: pytest.MonkeyPatch) -> None:
    """What is used up is written down, and stops nobody."""
    patch.setattr(budgets.Most, "room", lambda *_: {})


BUGS: Mapping[str, Bug] = {
    one.__name__: one
    for one in (
        *(one_signature_is_enough, a_leavers_word_counts),
        *(the_last_click_wins, what_is_parked_is_forgotten, the_door_remembers_for_an_hour),
        *(a_correction_leaves_no_trace, the_text_is_tidied_up, a_pause_is_for_new_jobs_only),
        *(the_budget_only_counts,),
    )
}
"""By what they do."""
