"""Designs that lose or double effects when their worker dies: the controls of T04 and T05."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from countersign.domain.errors import NotFound
from countersign.domain.jobs.job import Pointer
from countersign.domain.policy.records import Lookup
from countersign.runtime.deps import Deps
from tests.looking import looked

Design = Callable[[Deps, str], None]


def effect_first(deps: Deps, number: str) -> None:
    """Do it, then write down that it is done."""
    if not _recorded(deps, number):
        _effect(deps, number)
        _record(deps, number)


def record_first(deps: Deps, number: str) -> None:
    """Write down that it is done, then do it."""
    if not _recorded(deps, number):
        _record(deps, number)
        _effect(deps, number)


def look_first(deps: Deps, number: str) -> None:
    """Do it unless the target has it already; nothing at the target keeps the second one out."""
    email = f"{number}@hafenwerk.example"
    contact = deps.crm.create("contacts", {"email": email})
    asked = Lookup(
        name="deals", connector="crm", kind="deals_of_contact", field="email", value=email
    )
    if not looked(deps.reader("crm"), asked):
        _effect(deps, number, contact.id)


def posts_first(deps: Deps, number: str) -> None:
    """Tell the channel, then write down that it was told."""
    if not _recorded(deps, number):
        deps.channels.push("finance", f"naive {number}.", "Told.")
        _record(deps, number)


DESIGNS: Mapping[str, Design] = {
    "effect first": effect_first,
    "record first": record_first,
    "look first": look_first,
    "posts first": posts_first,
}


def _effect(deps: Deps, number: str, contact: str = "") -> None:
    first = {"pipeline": "default", "dealstage": "appointmentscheduled"}
    deps.crm.create("deals", {"dealname": number, **first}, contact)


def _record(deps: Deps, number: str) -> None:
    deps.payloads.put(f"done/{number}", b"done")


def _recorded(deps: Deps, number: str) -> bool:
    try:
        deps.payloads.get(Pointer(bucket="", key=f"done/{number}"))
    except NotFound:
        return False
    return True
