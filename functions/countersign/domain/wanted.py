"""An action that a workflow asks for."""

from __future__ import annotations

from dataclasses import dataclass

from countersign.domain.contract import Contract


@dataclass(frozen=True)
class Wanted:
    """An action that a workflow wants, before policy has spoken."""

    action: str
    params: Contract
    target: str
    after: str = ""
    """Id of the action of the same plan that must have been verified before this one runs."""
