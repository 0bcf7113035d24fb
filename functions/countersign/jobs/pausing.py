"""Operators pause a workflow, or all that use a connector. Only a person lets it go on.

A pause is an attribute of the rows whose breakers every visit asks anyway, in the very write that
books its turn; and of a row of the workflow's own.
"""

from __future__ import annotations

from countersign.domain.errors import NotFound
from countersign.runtime.connectors import CONNECTORS, Connector, system
from countersign.runtime.deps import Deps
from countersign.runtime.pauses import paused_by, pauses_of


def pause(deps: Deps, name: str, said: str) -> None:
    """Stop a workflow or a connector. What has begun to act ends; nothing begins after it. Raises
    NotFound for neither."""
    if name in (there := _connectors(deps)):
        for key in sorted(there[name].paced_by):
            deps.limits.pause(key, said)
        return
    _known(deps, name)
    deps.limits.pause(pauses_of(name), said)
    for key in _every_key(deps):
        deps.limits.pause(key, said, name)


def resume(deps: Deps, name: str) -> None:
    """Let it go on. The workflow's own row comes last: whoever it wakes is not refused again."""
    if name in (there := _connectors(deps)):
        for key in sorted(there[name].paced_by):
            deps.limits.resume(key)
        return
    _known(deps, name)
    for key in _every_key(deps):
        deps.limits.resume(key, name)
    deps.limits.resume(pauses_of(name))


def paused(deps: Deps) -> dict[str, str]:
    """All that is paused, with who paused it and why."""
    found = {name: paused_by(deps, name) for name in deps.workflows}
    for name, row in _connectors(deps).items():
        found[name] = next(
            (said for key in sorted(row.paced_by) if (said := _of_all(deps, key))), ""
        )
    return {name: said for name, said in found.items() if said}


def _connectors(deps: Deps) -> dict[str, Connector]:
    """By id, those of the business's own systems too."""
    own = (one.connector for one in deps.settings.http_targets)
    return {**CONNECTORS, **{name: system(name) for name in own}}


def _every_key(deps: Deps) -> list[str]:
    return sorted({key for row in _connectors(deps).values() for key in row.paced_by})


def _of_all(deps: Deps, key: str) -> str:
    return deps.limits.state(key).paused.get("", "")


def _known(deps: Deps, name: str) -> None:
    if name not in deps.workflows:
        known = ", ".join(sorted({*deps.workflows, *_connectors(deps)}))
        raise NotFound(f"there is no workflow and no connector {name}; there are {known}")
