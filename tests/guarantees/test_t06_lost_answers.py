"""T06: whichever answer is lost after its request was applied, nothing happens twice or stops."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from countersign.connectors.aws.client import client
from countersign.domain.jobs.job import Status
from tests.guarantees.errands import CENTS, Errands, Outcome
from tests.guarantees.opened import ground
from tests.guarantees.wire import Fault, at, sites
from tests.seeds import dealt_by, drawn_seed

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


Figure = Callable[[str, int], None]
pytestmark = [pytest.mark.timeout(900), pytest.mark.usefixtures("made_up_credentials")]

KINDS = ("lead", "refund", "case")
SYSTEMS = {
    *("dynamodb", "s3", "sqs", "sesv2", "stepfunctions", "secretsmanager"),
    *("crm", "payments", "v1"),
}
LONG = 1_000
SHORT = 2
Site = tuple[str, tuple[str, int], Fault, bool]
"""Kind of job, the request, what befalls it, and whether the table knows a token again."""


@pytest.fixture
def errands(tmp_path: Path) -> Iterator[Errands]:
    """Jobs on an open ground."""
    with ground(tmp_path, seed=6) as opened:
        yield Errands(opened)


def enumerated(errands: Errands) -> tuple[dict[str, Outcome], list[Site]]:
    """What happens without trouble, and every request of it with everything that may befall it."""
    outcomes: dict[str, Outcome] = {}
    found: list[Site] = []
    seen: set[str] = set()
    for kind in KINDS:
        errands.ground.begins_anew()
        outcomes[kind] = errands.runs(kind)
        line = errands.ground.line
        seen |= {passing.to for passing in line.passed}
        faults: tuple[Fault, ...] = ("lost", "error")
        found += [(kind, *rest) for rest in product(sites(line), faults, (True, False))]
    assert seen == SYSTEMS, "a system is not on the wire"
    return outcomes, found


def one_lost(errands: Errands, site: Site) -> Outcome:
    """A job of which that one answer is lost."""
    kind, request, fault, remembers = site
    errands.ground.begins_anew()
    errands.ground.line.remembers = remembers
    errands.ground.line.trouble = at(request, fault)
    outcome = errands.runs(kind)
    assert len(errands.ground.line.troubled) == 1, f"nothing was lost at {site}"
    return outcome


def wrong(site: Site, seen: Outcome, wanted: Outcome) -> list[str]:
    """What differs from a run in which every answer came.

    A mail has no key: when its answer is lost nobody knows, nobody sends, and a person gets the
    case.
    """
    keyless = site[1][0] == "sesv2 SendEmail"
    is_case = keyless and seen.status is Status.ESCALATED and "unknown" in seen.ledger.values()
    faults = _differences(seen, wanted, is_case=is_case)
    if seen.broken:
        faults.append("an execution broke")
    same = (seen.status, dict(seen.ledger)) == (wanted.status, dict(wanted.ledger))
    if not (same or is_case):
        faults.append(f"ended {seen.status} {dict(seen.ledger)}")
    return faults


def _differences(seen: Outcome, wanted: Outcome, *, is_case: bool) -> list[str]:
    pairs = {
        "CRM": (seen.written, wanted.written),
        "payments": (seen.refunded, wanted.refunded),
        "caps": (seen.capped, wanted.capped),
        "executions": (seen.executions, wanted.executions),
        "waits": (seen.parked, 0),
    }
    if not is_case:
        pairs["mails"] = (seen.mails, wanted.mails)
    more = [to for to, n in seen.mails.items() if n > max(1, wanted.mails.get(to, 0))]
    different = [f"{name}: {got}, not {want}" for name, (got, want) in pairs.items() if got != want]
    return different + [f"mailed twice: {to}" for to in more]


def all_lost(errands: Errands, seed: int, number: int, figure: Figure) -> None:
    """`number` of the requests, each lost once: none is done twice, and no job stops."""
    outcomes, known = enumerated(errands)
    assert outcomes["refund"].capped == CENTS * 2
    dealt = dealt_by(seed)
    chosen = known if number >= len(known) else dealt.sample(known, number)
    faults = {site: wrong(site, one_lost(errands, site), outcomes[site[0]]) for site in chosen}
    broken = {site: found for site, found in faults.items() if found}
    assert not broken, f"seed {seed}: {broken}"
    calls = len(known) // 4
    figure(
        f"{len(chosen)} lost answers at {calls} calls: 0 twice, 0 locked out, 0 stuck", len(chosen)
    )


@pytest.mark.guarantee("T06")
def test_an_answer_that_is_lost_costs_nothing(errands: Errands, figure: Figure) -> None:
    """Some of all calls of a lead, a refund and a case, each answer lost once after it applied."""
    seed = drawn_seed()
    all_lost(errands, seed, SHORT, figure)


@pytest.mark.soak
@pytest.mark.guarantee("T06")
def test_every_answer_that_is_lost_costs_nothing(errands: Errands, figure: Figure) -> None:
    """All calls of the three jobs, lost and answered 500, with and without the table's tokens."""
    all_lost(errands, 6, LONG, figure)


def naive_count(db: DynamoDBClient) -> int:
    """A cap's counter as everybody writes it first; what it says after one refund."""
    key: Any = {"pk": {"S": "CAP#naive"}, "sk": {"S": "CAP"}}
    db.update_item(
        TableName="jobs",
        Key=key,
        UpdateExpression="ADD cents :cents",
        ExpressionAttributeValues={":cents": {"N": str(CENTS)}},
    )
    found = db.get_item(TableName="jobs", Key=key, ConsistentRead=True)["Item"]
    return int(found["cents"]["N"])


def naive_claim(db: DynamoDBClient) -> bool:
    """A claim that does not say whose it is: whether this worker may go on."""
    item: Any = {"pk": {"S": "JOB#naive"}, "sk": {"S": "CLAIM"}}
    try:
        db.put_item(TableName="jobs", Item=item, ConditionExpression="attribute_not_exists(pk)")
    except ClientError:
        return False  # somebody else has it
    return True


@pytest.mark.control
@pytest.mark.guarantee("T06")
def test_control_an_add_counts_twice(errands: Errands) -> None:
    """The client repeats the write whose answer was lost, and 49.90 become 99.80."""
    errands.ground.line.trouble = at(("dynamodb UpdateItem", 1), "lost")
    with pytest.raises(AssertionError, match=f"{2 * CENTS} == {CENTS}"):
        assert naive_count(client("dynamodb")) == CENTS


@pytest.mark.control
@pytest.mark.guarantee("T06")
def test_control_a_claim_without_an_owner_locks_itself_out(errands: Errands) -> None:
    """The client's own second try finds the claim of the first, and nobody ever does the work."""
    errands.ground.line.trouble = at(("dynamodb PutItem", 1), "lost")
    tries = [naive_claim(client("dynamodb")) for _ in range(3)]
    with pytest.raises(AssertionError):
        assert any(tries)
