"""What a changed release touches, from what workflows declare: whose owners have a say in it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from countersign.domain.approvals.directory import Directory
from countersign.domain.contract import Contract
from countersign.domain.workflow import Workflow, Workflows

Kind = Literal["workflow", "prompt", "rule", "contract", "connector", "team"]
_DESTINATIONS = "desk.destinations"
ALWAYS = ("desk", "files", "mail")
"""Connectors that are no outside system's: the engine itself uses them for every job."""


@dataclass(frozen=True)
class Component:
    """One thing that works otherwise, or is used otherwise, after the change."""

    kind: Kind
    name: str
    owner: str
    """The role that answers for it; empty: the company names none."""


def touched(
    workflows: Workflows, changed: str, parts: Collection[str], owners: Mapping[str, str]
) -> tuple[Component, ...]:
    """What a release of the workflow `changed` touches that changes these parts: the workflow, its
    prompt, all that reads what the model or the limits say, and whom it hands matters over to.
    `owners` are the roles that answer for connectors."""
    flow = workflows[changed]
    return tuple(dict.fromkeys(_all(workflows, flow, "prompt" in parts, owners)))


def _all(
    workflows: Workflows, flow: Workflow[Any], prompted: bool, owners: Mapping[str, str]
) -> Iterator[Component]:
    yield Component("workflow", flow.id, flow.owner)
    if prompted:
        yield Component("prompt", flow.id, flow.owner)
    yield from (Component("rule", one.id, flow.owner) for one in flow.rules)
    yield from (Component("contract", name, flow.owner) for name in _contracts(flow))
    yield from (Component("connector", one, owners.get(one, "")) for one in connectors(flow))
    for one in receivers(flow):
        if one in workflows:
            yield Component("workflow", one, workflows[one].owner)
        else:  # it gets its cases as before: nothing of a team works otherwise
            yield Component("team", one, "")


def _contracts(flow: Workflow[Any]) -> Iterator[str]:
    about = [flow.segmented.answer] if flow.segmented else []
    params = [action.params for action in (*flow.actions.values(), *flow.earlier)]
    yield from map(_named, (flow.input, flow.answer, *about, *params))


def _named(contract: type[Contract]) -> str:
    return f"{contract.CONTRACT} v{contract.VERSION}"


def connectors(flow: Workflow[Any]) -> tuple[str, ...]:
    """The systems that it looks at and acts on, and those that every job may use."""
    acts = (action.connector for action in (*flow.actions.values(), *flow.earlier))
    return tuple(dict.fromkeys((*flow.connectors, *acts, *ALWAYS)))


def receivers(flow: Workflow[Any]) -> tuple[str, ...]:
    """Whom it hands matters over to."""
    return flow.release.limits.lists.get(_DESTINATIONS, ())


def signers(found: Collection[Component], author: str, people: Directory) -> tuple[str, ...]:
    """The roles of which somebody must sign: those that answer for what is touched, but for the
    author's own, who has a say in it by having made it."""
    member = people.member(author)
    own = member.roles if member else ()
    return tuple(dict.fromkeys(one.owner for one in found if one.owner and one.owner not in own))
