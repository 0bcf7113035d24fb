"""Write the lock of contracts: `python -m infra.build.contracts`, and `--retire` after a deploy."""

from __future__ import annotations

import sys
from pathlib import Path

import countersign.actions
from countersign.actions.registry import ACTIONS
from countersign.domain.errors import ContractBroken
from infra.build import contract_lock
from workflows import WORKFLOWS

LOCK = Path(countersign.actions.__file__).with_name("contracts.lock.json")


def locked() -> dict[str, contract_lock.Locked]:
    """The lock that is checked in; empty before the first."""
    return contract_lock.read(LOCK.read_text()) if LOCK.exists() else {}


def main(arguments: list[str]) -> int:
    """Lock what is new and what has a new version; refuse what changed under an old one."""
    workflows = tuple(WORKFLOWS.values())
    actions = {*ACTIONS, *(name for workflow in workflows for name in workflow.actions)}
    now = contract_lock.present(workflows)
    try:
        lock = contract_lock.raised(locked(), now, actions)
    except ContractBroken as refused:
        sys.stderr.write(f"{refused}\n")
        return 1
    lock = contract_lock.retired(lock) if "--retire" in arguments else lock
    LOCK.write_text(contract_lock.written(lock))
    left = contract_lock.faults(lock, now, contract_lock.earlier(workflows))
    sys.stderr.writelines(f"{fault}\n" for fault in left)
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
