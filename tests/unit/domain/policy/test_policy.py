"""Policy: the strictest line wins, and the reasons say why."""

from __future__ import annotations

import itertools
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.domain.policy.policy import Answer, PolicyLine, Verdict, stricter
from countersign.domain.policy.rules import Finding
from tests.builders import verdict
from tests.flows import policy

RUN, ASK, FORBID = Answer.RUN, Answer.ASK, Answer.FORBID
ORDER = [RUN, ASK, FORBID]
RULES = ["budget", "sender", "country", "spam"]

lines = st.builds(
    PolicyLine,
    id=st.sampled_from(["one", "two", "three"]),
    actions=st.sampled_from([("crm.*",), ("crm.lead",), ("mail.send",), ("*",)]),
    answer=st.sampled_from(ORDER),
    when=st.sampled_from([None, *RULES]),
    sentence=st.sampled_from(["", "because"]),
    escalate=st.booleans(),
)
found_sets = st.sets(st.sampled_from(RULES)).map(sorted)
verdicts = st.builds(
    lambda answer, rules, escalate: verdict(answer, *sorted(rules), escalate=escalate),
    st.sampled_from(ORDER),
    st.sets(st.sampled_from(RULES)),
    st.booleans(),
)


def finding(rule: str) -> Finding:
    """What `rule` found."""
    return Finding(rule=rule, sentence=f"{rule} objects", value="60000", threshold="50000")


def judged(table: list[PolicyLine], rules: list[str], action: str = "crm.lead") -> Verdict:
    """What a policy of these lines says, given that these rules found something."""
    return policy(*table).verdict(action, [finding(rule) for rule in rules])


@given(st.lists(lines, max_size=6), found_sets)
def test_the_strictest_line_wins(table: list[PolicyLine], rules: list[str]) -> None:
    """The answer is the hardest of all lines that match; without any it is forbid."""
    hits = [
        line
        for line in table
        if line.actions != ("mail.send",) and (line.when is None or line.when in rules)
    ]
    hardest = max((ORDER.index(line.answer) for line in hits), default=2)
    said = judged(table, rules)
    assert said.answer is ORDER[hardest]
    assert said.escalate == any(line.escalate for line in hits)
    assert len(said.reasons) == max(1, sum(line.answer is said.answer for line in hits))


@given(st.lists(lines, max_size=6), found_sets, st.randoms())
def test_the_order_of_lines_decides_nothing(
    table: list[PolicyLine], rules: list[str], random: Random
) -> None:
    """A policy in another order answers the same."""
    shuffled = random.sample(table, len(table))
    one, other = judged(table, rules), judged(shuffled, rules)
    assert (one.answer, one.escalate, one.rules) == (other.answer, other.escalate, other.rules)


@given(st.lists(lines, max_size=6), found_sets, found_sets)
def test_a_further_finding_never_makes_it_milder(
    table: list[PolicyLine], fewer: list[str], more: list[str]
) -> None:
    """Where some line always speaks, more findings never need less than fewer did."""
    spoken = [PolicyLine("base", ("*",), RUN), *table]
    assert not stricter(judged(spoken, sorted({*fewer, *more})), judged(spoken, fewer))


def test_an_unknown_action_is_forbidden() -> None:
    """An action that no line speaks about is forbidden, and the reason says so."""
    said = judged([PolicyLine("crm", ("crm.*",), RUN)], ["budget"], action="bank.pay")
    assert said.answer is FORBID
    assert [reason.rule for reason in said.reasons] == ["default"]


def test_patterns_know_case_and_dots() -> None:
    """`crm.*` covers what begins so, in exactly this case, and nothing else."""
    line = PolicyLine("crm", ("crm.*", "mail.send"), RUN)
    covered = [line.covers(a) for a in ("crm.lead", "mail.send", "crm", "CRM.lead", "mail.sends")]
    assert covered == [True, True, False, False, False]


def test_reasons_carry_value_and_threshold() -> None:
    """A reason names line and rule, what was seen, and what it was compared with."""
    said = judged(
        [PolicyLine("crm", ("crm.*",), RUN), PolicyLine("big", ("*",), ASK, "budget")], ["budget"]
    )
    (reason,) = said.reasons
    assert (reason.line, reason.rule) == ("big", "budget")
    assert (reason.value, reason.threshold) == ("60000", "50000")
    assert reason.sentence == "budget objects"
    assert said.rules == {"budget"}


def test_a_line_may_say_it_in_its_own_words() -> None:
    """A line's own sentence goes before the rule's; a line without a rule is `always`."""
    said = judged(
        [
            PolicyLine("a", ("*",), ASK, "budget", "ask sales"),
            PolicyLine("b", ("*",), ASK, sentence="ask"),
        ],
        ["budget"],
    )
    assert [(r.rule, r.sentence) for r in said.reasons] == [
        ("budget", "ask sales"),
        ("always", "ask"),
    ]


def test_milder_reasons_are_left_out() -> None:
    """Only reasons of the answer's own strictness are told."""
    table = [
        PolicyLine("r", ("*",), RUN),
        PolicyLine("a", ("*",), ASK, "sender"),
        PolicyLine("f", ("*",), FORBID, "spam"),
    ]
    assert judged(table, ["sender", "spam"]).rules == {"spam"}


@given(verdicts)
def test_nothing_is_stricter_than_itself(said: Verdict) -> None:
    """`stricter` is irreflexive: judging the same again never sends a job back."""
    assert not stricter(said, said)


@given(verdicts, verdicts)
def test_harder_answers_are_stricter(signed: Verdict, now: Verdict) -> None:
    """A harder answer is stricter whatever its reasons; a milder one never is, but to hand over."""
    step = ORDER.index(now.answer) - ORDER.index(signed.answer)
    if step > 0:
        assert stricter(signed, now)
    if step < 0:
        assert stricter(signed, now) == (now.escalate and not signed.escalate)


@given(verdicts, verdicts, verdicts)
def test_agreeing_to_more_stays_agreed(signed: Verdict, now: Verdict, later: Verdict) -> None:
    """What asks for no more than the signed, and less than that again, is covered (transitive)."""
    if not stricter(signed, now) and not stricter(now, later):
        assert not stricter(signed, later)


@pytest.mark.parametrize(
    ("signed", "now", "expected"),
    [
        (verdict(ASK, "budget"), verdict(ASK, "budget"), False),
        (verdict(ASK, "budget"), verdict(ASK, "budget", "sender"), True),
        (verdict(ASK, "budget", "sender"), verdict(ASK, "budget"), False),
        (verdict(ASK, "budget"), verdict(ASK, "sender"), True),
        (verdict(RUN, "a"), verdict(RUN, "b"), False),
        (verdict(RUN), verdict(RUN, escalate=True), True),
        (verdict(FORBID, "a"), verdict(FORBID, "b"), False),
    ],
)
def test_an_unseen_reason_needs_a_new_signature(
    signed: Verdict, now: Verdict, *, expected: bool
) -> None:
    """Who signed knew some reasons to ask: a new one needs asking again, a vanished one not."""
    assert stricter(signed, now) is expected


@pytest.mark.control
def test_comparing_answers_alone_misses_a_new_reason() -> None:
    """Control: by the answers alone, a reason that appeared after the signature goes unseen."""
    signed, now = verdict(ASK, "budget"), verdict(ASK, "budget", "sender")
    assert ORDER.index(now.answer) <= ORDER.index(signed.answer)
    assert stricter(signed, now)


def test_strictness_is_a_chain() -> None:
    """run < ask < forbid."""
    pairs = itertools.combinations([verdict(a) for a in ORDER], 2)
    assert all(stricter(a, b) and not stricter(b, a) for a, b in pairs)
