"""T37 of a stage whose model is Bedrock's: who invokes it, and no key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from countersign.connectors.dynamodb.session import Right, Task, batch_policy
from infra.build.code import SOURCE
from infra.local.front.samples import samples
from infra.local.player.play import play
from infra.local.rights import calls
from infra.local.stand import Plan, stand
from tests.rights.judge import Rights, Use, denied, grants, product, unused, used
from tests.rights.stack import Stack

Figure = Callable[[str, int], None]
pytestmark = [
    pytest.mark.guarantee("T37"),
    pytest.mark.cloud,
    pytest.mark.soak,
    pytest.mark.timeout(600),
]
EVENTS = ("01-web-form-complete", "31-", "102-", "112-", "141-")
"""A lead, a refund, a call of several questions, a model that refuses, a file of items."""
PLAN = Plan(port=0, code=SOURCE, bedrock="amazon.nova-lite-v1:0")
INVOKE = "bedrock:InvokeModel"
PROFILES = [
    f"arn:aws:bedrock:eu-{region}::foundation-model/anthropic.claude-{size}-5-5"
    for region in ("central-1", "west-1", "west-3", "north-1", "south-1", "south-2")
    for size in ("haiku", "sonnet")
]


@dataclass(frozen=True)
class Recorded:
    """What was called on a stage of Bedrock, and its rights."""

    refused: list[object]
    stack: Stack
    rights: Rights
    uses: frozenset[Use]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    """A few events, played as `make run ONCE=1` plays them."""
    some = tuple(one for one in samples() if one.name.startswith(EVENTS))
    assert len(some) >= len(EVENTS)
    said, result = StringIO(), Path(tmp_path_factory.mktemp("played")) / "run.json"
    with stand(PLAN, lambda _: None) as whole:
        assert play(whole, Console(file=said), some, result) == 0, said.getvalue()
        journal = calls.taken(whole.cloud.endpoint, whole.cloud.scratch)
    stack = product(journal.names, PLAN.assembly)
    rights = stack.roles()
    return Recorded(list(calls.refused(journal)), stack, rights, frozenset(used(stack, journal)))


def invoking(rights: Rights) -> set[str]:
    """The roles that may invoke a model."""
    return {role for role, one in grants(rights) if INVOKE in one.actions}


def test_who_may_invoke_a_model_does_and_nothing_is_denied(
    recorded: Recorded, figure: Figure
) -> None:
    """Proposing and judging items: each model that they may invoke was asked."""
    assert recorded.refused == []
    assert denied(recorded.stack, recorded.rights, recorded.uses) == []
    asked = {use.role for use in recorded.uses if use.need.action == INVOKE}
    assert asked
    assert invoking(recorded.rights) == asked
    left = [one for _, one in unused(recorded.rights, recorded.uses) if INVOKE in one.actions]
    assert left == []
    figure(f"{len(recorded.uses)} different calls of a stage of Bedrock: 0 denied", 1)


def test_no_role_reads_the_key_of_a_model(recorded: Recorded) -> None:
    """There is no such secret in the template, and no right to one."""
    secrets = recorded.stack.of("SecretsManager::Secret")
    assert secrets
    assert not [one for one in secrets if "model" in one.lower()]


def test_a_childs_session_has_room_for_any_number_of_models(recorded: Recorded) -> None:
    """It says that it invokes, and leaves to its role which: the names would be too long."""
    told = [
        Task.model_validate_json(recorded.stack.resolved(variables["TASK"]))
        for one in recorded.stack.of("Lambda::Function").values()
        if "TASK" in (variables := one["Environment"]["Variables"])
    ]
    invoking = [right for task in told for right in task.rights if INVOKE in right.actions]
    assert [one.resource for one in invoking] == ["*"]


@pytest.mark.control
def test_control_the_session_that_named_them_is_too_long() -> None:
    """Control: two profiles of six regions each, beside the verbs of one table."""
    table = Right(
        actions=("dynamodb:Query", "dynamodb:PutItem"), resource="arn:aws:dynamodb:::table/j"
    )
    named = [Right(actions=(INVOKE,), resource=one) for one in PROFILES]
    role = "arn:aws:iam::111111111111:role/work"
    with pytest.raises(ValueError, match="characters"):
        batch_policy(Task(role=role, rights=(table, *named)), "j-1", 7)


@pytest.mark.control
def test_control_without_the_model_s_statement_the_calls_are_denied(recorded: Recorded) -> None:
    """Control: of the same calls those of the model need that right."""
    rest = {
        role: [one for one in held if INVOKE not in one.actions]
        for role, held in recorded.rights.items()
    }
    assert {use.need.action for use in denied(recorded.stack, rest, recorded.uses)} == {INVOKE}


@pytest.mark.control
def test_control_the_stage_with_a_key_has_its_secret() -> None:
    """Control: the local stage asks by a key."""
    stack = product({}, "local")
    assert [one for one in stack.of("SecretsManager::Secret") if "model" in one.lower()]
