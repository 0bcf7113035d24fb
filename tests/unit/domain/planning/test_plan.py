"""The plan: fixed bytes and verdicts, what comes next, and that nothing becomes milder."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.domain.contract import Stored
from countersign.domain.errors import InternalError
from countersign.domain.jobs.job import Move
from countersign.domain.ledger.action import ProposedAction
from countersign.domain.ledger.entry import ActionStatus, LedgerEntry
from countersign.domain.ledger.integrity import check_bytes
from countersign.domain.planning.plan import (
    build,
    comes_next,
    next_connector,
    next_move,
    nothing_wanted,
    reconsider,
    undo_visit,
    visit,
)
from countersign.domain.policy.policy import Answer, PolicyLine, stricter
from countersign.domain.policy.records import Lookup, Records
from countersign.domain.policy.rules import Finding
from countersign.domain.policy.states import SHADOW
from tests.builders import AT, EXPIRES, JOB_ID, Memo, held, proposal, record
from tests.flows import Letter, situation, workflow

A = ActionStatus
RUN, ASK, FORBID = Answer.RUN, Answer.ASK, Answer.FORBID
ORDER = [RUN, ASK, FORBID]
IDS = ("crm.memo", "mail.memo")
RULES = ("budget", "sender", "spam")
CRM = PolicyLine("crm", ("crm.*",), RUN)
MAIL = PolicyLine("mail", ("mail.*",), ASK, sentence="a person reads every mail")

entries = st.builds(
    lambda action, answer, rules, status: held(0, action, answer, *rules, status=status),
    st.sampled_from(IDS),
    st.sampled_from(ORDER),
    st.sets(st.sampled_from(RULES)).map(sorted),
    st.sampled_from(list(A)),
)
ledgers = st.lists(entries, max_size=4).map(
    lambda found: [e.model_copy(update={"index": i}) for i, e in enumerate(found)]
)
policies = st.lists(
    st.builds(
        PolicyLine,
        id=st.just("line"),
        actions=st.sampled_from([("crm.*",), ("mail.*",), ("*",)]),
        answer=st.sampled_from(ORDER),
        when=st.sampled_from([None, *RULES]),
    ),
    max_size=5,
)


def findings(*rules: str) -> tuple[Finding, ...]:
    """What these rules found."""
    return tuple(Finding(rule=rule, sentence=rule) for rule in rules)


def statuses(*wanted: ActionStatus) -> list[LedgerEntry]:
    """A ledger with these statuses, all on one connector."""
    return [held(i, status=status) for i, status in enumerate(wanted)]


def test_a_plan_has_every_wanted_action_with_its_verdict() -> None:
    """Each wanted action gets its place, its bytes for this job, and what policy says to it."""
    wants = [ProposedAction(action=i, params=Memo(text="hi"), target="contact/7") for i in IDS]
    plan = build(workflow([CRM, MAIL], wants, IDS), situation(), (), EXPIRES)
    assert [(e.index, e.action, e.connector) for e in plan] == [
        (0, "crm.memo", "crm"),
        (1, "mail.memo", "mail"),
    ]
    assert [(e.verdict.answer, e.status) for e in plan] == [(RUN, A.AUTHORISED), (ASK, A.PLANNED)]
    assert all(e.content()["policy"] == "letters/1" for e in plan)
    for entry in plan:
        check_bytes(entry, JOB_ID, AT)


def test_a_plan_of_nothing_is_empty() -> None:
    """A workflow that wants nothing has a plan without actions, and the job closes."""
    plan = build(workflow([CRM]), situation(), (), EXPIRES)
    assert plan == ()
    assert next_move(plan) == Move("Close")


PRECEDENCE = (
    ("Act", {A.UNDO, A.UNDOING}),
    ("Act", {A.CLAIMED}),
    ("Escalate", {A.UNKNOWN, A.FAILED, A.EXPIRED, A.KEPT}),
    ("Act", {A.AUTHORISED, A.CLAIMED}),
    ("Ask", {A.PLANNED}),
    ("Close", set(A)),
)


@pytest.mark.parametrize("count", [1, 2, pytest.param(3, marks=pytest.mark.untraced)])
def test_what_comes_next(count: int) -> None:
    """Undoing is first, then what was cut off, trouble, acting, asking, closing, in any ledger."""
    for mix in itertools.product(A, repeat=count):
        expected = next((s for s, on in PRECEDENCE if on & set(mix)), "Close")
        assert next_move(statuses(*mix)).state == expected, mix


@pytest.mark.parametrize(
    ("status", "words"),
    [(A.UNKNOWN, "not known"), (A.FAILED, "failed"), (A.EXPIRED, "in time")],
)
def test_a_case_says_why(status: ActionStatus, words: str) -> None:
    """The first thing that stuck is the reason."""
    assert words in next_move(statuses(A.VERIFIED, status, A.AUTHORISED)).reason


def test_acting_starts_with_the_first_open_action() -> None:
    """The connector of the first open action acts; actions keep their order."""
    ledger = [
        held(0, "crm.memo", status=A.VERIFIED),
        held(1, "mail.memo", status=A.CLAIMED),
        held(2, "crm.memo", status=A.AUTHORISED),
    ]
    assert next_move(ledger) == Move("Act", connector="mail")


def test_policy_can_hand_over_the_whole_job() -> None:
    """A verdict that escalates goes to a person before anything else runs, with all its reasons."""
    handed = held(1, "mail.memo", FORBID, "country", "spam", escalate=True)
    move = next_move([held(0), handed])
    assert move == Move("Escalate", reason="because of country; because of spam")


def test_what_was_cut_off_is_looked_for_before_a_person_gets_the_job() -> None:
    """It may have taken effect: Act visits that entry, and none that would be something new."""
    handed = held(2, "mail.memo", FORBID, "country", escalate=True)
    ledger = [held(0, status=A.CLAIMED), held(1, status=A.AUTHORISED), handed]
    assert next_move(ledger) == Move("Act", connector="crm")
    assert [entry.index for entry in visit(ledger, "crm")] == [0]


@given(ledgers, policies, st.sets(st.sampled_from(RULES)))
def test_reconsidering_makes_nothing_milder(
    ledger: list[LedgerEntry], lines: list[PolicyLine], rules: set[str]
) -> None:
    """Only what has not begun changes, only to what is stricter, and it loses its authority."""
    changed = reconsider(workflow(lines, ids=IDS), ledger, findings(*rules))
    before = {entry.index: entry for entry in ledger}
    for now in changed:
        was = before[now.index]
        assert was.status in (A.PLANNED, A.AUTHORISED)
        assert stricter(was.verdict, now.verdict)
        assert ORDER.index(now.verdict.answer) >= ORDER.index(was.verdict.answer)
        assert now.status is (A.FORBIDDEN if now.verdict.answer is FORBID else A.PLANNED)
        assert (now.approval, now.body, now.digest) == ("", was.body, was.digest)


@given(ledgers, policies, st.sets(st.sampled_from(RULES)))
def test_reconsidering_twice_changes_nothing_more(
    ledger: list[LedgerEntry], lines: list[PolicyLine], rules: set[str]
) -> None:
    """After one round the ledger stands: a job never goes round and round in Decide."""
    flow, found = workflow(lines, ids=IDS), findings(*rules)
    once = {e.index: e for e in ledger} | {e.index: e for e in reconsider(flow, ledger, found)}
    assert reconsider(flow, list(once.values()), found) == ()


def test_a_new_reason_asks_again_for_what_was_signed() -> None:
    """A signature under fewer reasons than there are now is gone, and the same bytes are asked."""
    signed = held(0, "mail.memo", ASK, "always", status=A.AUTHORISED, approval="a-1")
    lines = [MAIL, PolicyLine("unsure", ("mail.*",), ASK, "sender")]
    (again,) = reconsider(workflow(lines, ids=IDS), [signed], findings("sender"))
    assert (again.status, again.approval, again.digest) == (A.PLANNED, "", signed.digest)
    assert reconsider(workflow(lines, ids=IDS), [signed], ()) == ()


def test_what_was_asked_stays_asked() -> None:
    """Policy would let it run now; it was asked, so it stays asked. Forbidden stays forbidden."""
    ledger = [held(0, answer=ASK), held(1, answer=FORBID)]
    assert reconsider(workflow([CRM]), ledger, ()) == ()


def test_a_visit_takes_consecutive_open_actions_of_one_connector() -> None:
    """One Act visit ends where the next open action belongs to another connector."""
    ledger = [
        held(0, "crm.memo", status=A.VERIFIED),
        held(1, "crm.memo", status=A.CLAIMED),
        held(2, "mail.memo", status=A.PLANNED),
        held(3, "crm.memo", status=A.AUTHORISED),
        held(4, "mail.memo", status=A.AUTHORISED),
        held(5, "crm.memo", status=A.AUTHORISED),
    ]
    assert [e.index for e in visit(ledger, "crm")] == [1, 3]
    assert visit(ledger, "mail") == ()
    assert visit([], "crm") == ()


@given(ledgers)
def test_a_visit_does_what_the_move_says(ledger: list[LedgerEntry]) -> None:
    """When the next move is Act, one visit of its connector has work: undoing, or open actions."""
    move = next_move(ledger)
    if move.state == "Act":
        back = undo_visit(ledger, move.connector)
        run = back or visit(ledger, move.connector)
        assert run
        assert {e.connector for e in run} == {move.connector}
        allowed = {A.UNDO, A.UNDOING} if back else {A.AUTHORISED, A.CLAIMED}
        assert {e.status for e in run} <= allowed


# --- before the plan, and without one -----------------------------------------------------------


def looked_at(*read: str, asked: tuple[str, ...] = ("crm", "payments")) -> str:
    """Which connector comes next, when the lookups of these have answers and these are asked."""
    lookups = tuple(Lookup(name=c, connector=c, kind="k", field="f", value="v") for c in asked)
    flow = replace(workflow(), connectors=("crm", "payments"), lookups=lambda _, __: lookups)
    records = Records(read_at=AT, found=dict.fromkeys(read, ()))
    stored = {"input": Letter(text="hello"), "proposal": proposal(), "records": records}
    results = {name: Stored.of(one) for name, one in stored.items()}
    return next_connector(flow, record((), results=results))


def test_every_connector_with_a_lookup_is_looked_at_once() -> None:
    """In the workflow's order; one that nothing is asked of is left out, and one that the workflow
    does not name is a defect: its records would be missing from what rules see."""
    assert looked_at("crm") == "payments"
    assert looked_at("crm", "payments") == ""
    assert looked_at("crm", asked=("crm",)) == ""
    with pytest.raises(InternalError, match="letters looks at mail"):
        looked_at("crm", asked=("crm", "mail"))


@pytest.mark.parametrize(
    ("rules", "state"),
    [((), "Close"), (("unsure",), "Escalate"), (("unheard",), "Escalate"), (("shown",), "Close"),
     (("banned", "unsure"), "Close")],
)  # fmt: skip
def test_a_finding_has_a_voice_without_an_action(rules: tuple[str, ...], state: str) -> None:
    """What would ask, or what no line hears, is a case; what forbids everything, or is only shown,
    ends the job."""
    lines = [PolicyLine("a", ("*",), ASK, "unsure"), PolicyLine("f", ("*",), FORBID, "banned")]
    flow = replace(workflow(lines), notes=frozenset({"shown"}))
    assert nothing_wanted(flow, findings(*rules)).state == state


def test_a_judged_job_goes_by_its_ledger_and_without_one_by_its_findings() -> None:
    """What is wanted decides; where nothing is, a finding that nobody hears is a case."""
    flow, unheard = workflow((CRM, MAIL)), findings("unheard.rule")
    assert comes_next(flow, (held(0, "mail.memo", ASK),), unheard).state == "Ask"
    assert comes_next(flow, (), unheard).state == "Escalate"
    assert comes_next(flow, (), ()).state == "Close"


def test_in_shadow_nothing_is_handed_to_a_person() -> None:
    """Neither what is not understood, nor what policy would hand over."""
    state = Finding(rule=SHADOW, sentence="in shadow")
    over = held(0, "mail.memo", Answer.FORBID, "fraud", escalate=True)
    hidden = over.model_copy(
        update={"verdict": over.verdict.model_copy(update={"would": Answer.ASK})}
    )
    assert (
        comes_next(workflow((CRM, MAIL)), (), (*findings("unheard.rule"), state)).state == "Close"
    )
    assert next_move((over,)).state == "Escalate"
    assert next_move((hidden,)).state == "Close"


def test_a_later_plan_that_wants_nothing_is_asked_as_the_first_is() -> None:
    """What an earlier plan did is no answer to what was found now; what is open goes first."""
    flow, unheard = workflow((CRM, MAIL)), findings("unheard.rule")
    done = held(0, "mail.memo").model_copy(update={"status": ActionStatus.VERIFIED})
    assert comes_next(flow, (done,), unheard).state == "Close"
    assert comes_next(flow, (done,), unheard, plan=1).state == "Escalate"
    assert comes_next(flow, (done,), (), plan=1).state == "Close"
    again = done.model_copy(update={"index": 1, "plan": 1})
    assert comes_next(flow, (done, again), unheard, plan=1).state == "Close"
    opened = held(0, "mail.memo", ASK)
    assert comes_next(flow, (opened,), unheard, plan=1).state == "Ask"
