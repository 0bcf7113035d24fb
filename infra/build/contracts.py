"""Write the lock of contracts: `python -m infra.build.contracts`, and `--retire` after a deploy.

A version stays while a job of any stage waits under it: to retire asks each stage on AWS.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import countersign.actions
import workflows
from countersign.actions.registry import ACTIONS
from countersign.domain.errors import ContractBroken
from countersign.domain.workflow import Workflow
from infra.build import contract_lock
from infra.build.account import AccountError
from infra.build.waiting import in_stage
from infra.settings import context
from workflows import WORKFLOWS

NAME = "contracts.lock.json"
LOCK = Path(countersign.actions.__file__).with_name(NAME)
"""The engine's; a workflow's own contracts are locked in its folder, where no version of the engine
meets them."""
FOLDERS = Path(workflows.__file__).parent


def locked() -> dict[str, contract_lock.Locked]:
    """The locks that are checked in, as one; empty before the first."""
    files = (LOCK, *sorted(FOLDERS.glob(f"*/{NAME}")))
    return {
        name: held
        for file in files
        if file.exists()
        for name, held in contract_lock.read(file.read_text()).items()
    }


def main(arguments: list[str]) -> int:
    """Lock what is new and what has a new version; refuse what changed under an old one."""
    retire = "--retire" in arguments
    try:
        left = _waiting() if retire else []
        left = left or write(WORKFLOWS, retire=retire)
    except (ContractBroken, AccountError) as refused:
        left = [str(refused)]
    sys.stderr.writelines(f"{fault}\n" for fault in left)
    return 1 if left else 0


def _waiting() -> list[str]:
    """What jobs wait under in any stage that would be retired. Raises AccountError."""
    stages = [stage for stage in context()["stages"] if stage != "local"]
    return [f"{stage}: {one}" for stage in stages for one in in_stage(stage, retiring=True)]


def write(registered: Mapping[str, Workflow[Any]], *, retire: bool = False) -> list[str]:
    """Write the lock of these workflows; what differs from the code even so. Raises ContractBroken
    for a contract that changed under its version."""
    flows = tuple(registered.values())
    actions = {*ACTIONS, *(name for workflow in flows for name in workflow.actions)}
    now = contract_lock.present(flows)
    lock = contract_lock.raised(locked(), now, actions)
    lock = contract_lock.retired(lock) if retire else lock
    for file, part in _parts(registered, lock).items():
        file.write_text(contract_lock.written(part))
    return contract_lock.faults(lock, now, contract_lock.earlier(flows))


def _parts(
    registered: Mapping[str, Workflow[Any]], lock: contract_lock.Lock
) -> dict[Path, contract_lock.Lock]:
    """What each file holds: the engine's actions in its own, all else in the folder of the first
    workflow that has it."""
    parts: dict[Path, contract_lock.Lock] = {
        LOCK: {name: held for name, held in lock.items() if name in ACTIONS}
    }
    left = {name: held for name, held in lock.items() if name not in ACTIONS}
    for folder, workflow in registered.items():
        own = {*contract_lock.present((workflow,))} & {*left}
        parts[FOLDERS / folder / NAME] = {name: left.pop(name) for name in own}
    return parts


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
