"""Workflows as they are in shadow or on probation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from countersign.domain.policy.states import STATE, State
from countersign.domain.workflow import Workflow
from workflows import WORKFLOWS


def in_state(
    state: State, workflows: Mapping[str, Workflow[Any]] = WORKFLOWS
) -> Mapping[str, Workflow[Any]]:
    """The same workflows, each released in this state."""
    return {name: _in(state, one) for name, one in workflows.items()}


def _in(state: State, workflow: Workflow[Any]) -> Workflow[Any]:
    held = workflow.release.limits
    limits = held.model_copy(update={"lists": {**held.lists, STATE: (state,)}})
    return replace(workflow, release=workflow.release.model_copy(update={"limits": limits}))
