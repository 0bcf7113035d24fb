"""Write the lock of contracts: `python -m infra.build.contracts`, and `--retire` after a deploy."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import countersign.actions
from countersign.actions.registry import ACTIONS
from countersign.domain.errors import ContractBroken
from countersign.domain.workflow import Workflow
from infra.build import contract_lock
from workflows import WORKFLOWS

LOCK = Path(countersign.actions.__file__).with_name("contracts.lock.json")


def locked() -> dict[str, contract_lock.Locked]:
    """The lock that is checked in; empty before the first."""
    return contract_lock.read(LOCK.read_text()) if LOCK.exists() else {}


def main(arguments: list[str]) -> int:
    """Lock what is new and what has a new version; refuse what changed under an old one."""
    try:
        left = write(WORKFLOWS, retire="--retire" in arguments)
    except ContractBroken as refused:
        sys.stderr.write(f"{refused}\n")
        return 1
    sys.stderr.writelines(f"{fault}\n" for fault in left)
    return 1 if left else 0


def write(registered: Mapping[str, Workflow[Any]], *, retire: bool = False) -> list[str]:
    """Write the lock of these workflows; what differs from the code even so. Raises ContractBroken
    for a contract that changed under its version."""
    workflows = tuple(registered.values())
    actions = {*ACTIONS, *(name for workflow in workflows for name in workflow.actions)}
    now = contract_lock.present(workflows)
    lock = contract_lock.raised(locked(), now, actions)
    lock = contract_lock.retired(lock) if retire else lock
    LOCK.write_text(contract_lock.written(lock))
    return contract_lock.faults(lock, now, contract_lock.earlier(workflows))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
