"""cdk-nag: a finding stops the synthesis, unless the table of the accepted ones has it."""

from dataclasses import replace

from aws_cdk import Acknowledgment, App, Stack, Validations
from cdk_nag import AwsSolutionsChecks
from constructs import IConstruct

from countersign.domain.ledger.targets import HTTP
from countersign.runtime.connectors import MODEL_KEY
from infra.stack.accepted import (
    ACCEPTED,
    MCP_ROUTES,
    OWN_SYSTEMS,
    SOMETIMES,
    UNSUBSCRIBE_ROUTES,
    of_calls,
)
from infra.steps import LANE, MCP, SHADOW

PACK = "AwsSolutions"
_ROLES = ("Role", "TaskRole")


def check(app: App, stack: Stack) -> None:
    """Register cdk-nag's AwsSolutions pack, which runs at synthesis, and what is accepted."""
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    absent = _absent(stack)
    secrets = (one.node.id for one in _find(stack, "Storage").node.children)
    own = tuple(f"Storage/{one}" for one in secrets if one.startswith(f"Secret-{HTTP}"))
    held = (one.node.id for one in _find(stack, "Functions").node.children)
    calls = [f"Functions/{one}" for one in held if one.startswith("Calls") and one.endswith("Role")]
    for row in (*ACCEPTED, *SOMETIMES, *of_calls(calls), replace(OWN_SYSTEMS, paths=own)):
        rule = row.rule.format(stack=stack.stack_name)
        for path in sorted(set(row.paths) - absent):
            Validations.of(_find(stack, path)).acknowledge(
                Acknowledgment(id=f"{PACK}::{PACK}-{rule}", reason=row.reason)
            )


def _absent(stack: Stack) -> set[str]:
    """What a stage of Bedrock has not, and every other has; and what only some have: the functions
    of candidates, of callers that speak MCP, those of the items of files, and the page that
    unsubscribes."""
    places = (
        ("Storage", f"Secret-{MODEL_KEY.name}"),
        *(("Functions", f"{row.name}{kind}") for row in (SHADOW, MCP, *LANE) for kind in _ROLES),
        ("Pipeline", "Items"),
        ("Storage", "Secret-callers"),
        *(("Api/Http", one.rpartition("/")[2]) for one in (*MCP_ROUTES, *UNSUBSCRIBE_ROUTES)),
    )
    return {f"{at}/{one}" for at, one in places if not _find(stack, at).node.try_find_child(one)}


def _find(stack: Stack, path: str) -> IConstruct:
    found: IConstruct = stack
    for part in path.split("/"):
        found = found.node.find_child(part)
    return found
