"""Two releases on one input: what is the same, what differs, and what must not run by itself."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from countersign.domain.approvals.approval import Choice
from countersign.domain.contract import Stored
from countersign.domain.ledger.action import ProposedAction
from countersign.domain.ledger.entry import ActionStatus, LedgerEntry
from countersign.domain.policy.policy import Answer, PolicyLine
from countersign.domain.policy.proposal import Usage
from countersign.domain.policy.records import Lookup, Records
from countersign.domain.policy.rules import Rule
from countersign.domain.releases.cases import Case, Expected, Said, read_case
from countersign.domain.releases.comparing import (
    Compared,
    Judged,
    Objection,
    Subject,
    Wanted,
    case_subject,
    chosen,
    judged,
    subject_of,
)
from countersign.domain.releases.evaluation import evaluation, false_approvals
from countersign.domain.releases.past import Past
from countersign.domain.workflow import Workflow
from tests.builders import AT, Memo, approval, decision, fact, held, proposal, record
from tests.flows import Letter, limits, workflow


def flow() -> Workflow[Any]:
    """Letters whose memo says the fact `text`; a long one asks."""

    def long(seen: Any) -> tuple[object, object] | None:
        text = seen.proposal.value("text") or ""
        return (len(text), 5) if len(text) > 5 else None

    def want(seen: Any) -> tuple[ProposedAction, ...]:
        text = seen.proposal.value("text")
        memo = ProposedAction(action="crm.memo", params=Memo(text=text or ""), target="contact/7")
        return (memo,) if text else ()

    lines = (
        PolicyLine("runs", ("*",), Answer.RUN),
        PolicyLine("long", ("*",), Answer.ASK, when="long"),
    )
    rule: Rule[Any] = Rule("long", "it is long", long)
    return replace(workflow(lines), rules=(rule,), want=want, lookups=_by_name)


def _by_name(_: Any, said: Any) -> tuple[Lookup, ...]:
    name = said.value("name")
    one = Lookup(name="contact", connector="crm", kind="contact", field="name", value=name or "")
    return (one,) if name else ()


def said(text: str, **facts: str) -> Any:
    """A proposal with these facts, which cost a cent."""
    found = {name: fact(value) for name, value in {"text": text, **facts}.items() if value}
    return proposal(found, usage=Usage(calls=1, usd=Decimal("0.01")))


def past(*ledger: LedgerEntry, **parts: Any) -> Past:
    """A job whose model said `hello`."""
    stored = {
        "input": Letter(text="a"),
        "proposal": said("hello"),
        "records": Records(read_at=AT, found={}),
        "limits": limits(),
    }
    results = {n: Stored.of(one) for n, one in {**stored, **parts.pop("results", {})}.items()}
    return Past(record(ledger, results=results, **parts), AT)


def asked(choice: Choice | None, **parts: Any) -> Past:
    """The memo was asked about, and decided so."""
    entry = held(0, "crm.memo", Answer.ASK, "long", **parts)
    request = approval(entry)
    if choice:
        request = request.model_copy(update={"decision": decision(request, choice)})
        entry = entry.model_copy(update={"approval": request.approval_id})
    return past(entry, approvals={request.approval_id: request})


def rejected() -> Subject:
    """Somebody rejected the memo, with a reason."""
    return subject_of(asked(None, status=ActionStatus.REJECTED, note="not ours"))


def edited() -> Subject:
    """Somebody made `hi` of `hello`."""
    before = held(0, "crm.memo", text="hello").body
    return subject_of(asked(Choice.APPROVE, text="hi", edited_by="ben", edited_from=before))


def both(of: Subject, before: str, after: str, **facts: str) -> Compared:
    """The subject by a release that says one thing and one that says another."""
    sides = [judged(flow(), of, one) for one in (said(before), said(after, **facts))]
    return Compared(of, sides[0], sides[1])


def told(one: Compared) -> list[tuple[str, str, str, str]]:
    """What differs."""
    return [(d.what, d.before, d.after, d.people) for d in one.parts if not d.same]


def test_what_two_releases_say_stands_side_by_side_with_what_people_decided() -> None:
    """Facts, then each action's verdict and its parameters."""
    one = both(rejected(), "hello", "hello, dear", country="DE")
    assert told(one) == [
        ("country", "", "DE", ""),
        ("text", "hello", "hello, dear", ""),
        ("crm.memo", "run", "ask", "rejected: not ours"),
        ("crm.memo text", "hello", "hello, dear", "rejected: not ours"),
    ]
    assert told(both(subject_of(past()), "hello", "hello")) == []
    assert told(both(subject_of(past(held())), "hello", ""))[-1] == (
        "crm.memo",
        "run",
        "nothing",
        "",
    )
    assert told(both(edited(), "", "hi"))[-1][1:] == ("nothing", "run", "edited")
    assert Compared(rejected(), None, one.after).parts == ()


def test_what_would_run_although_somebody_said_no_comes_first() -> None:
    """The candidate's own before those that the current release makes too; what people changed is
    right where it says what they made of it."""
    worse, known = both(rejected(), "hello, dear", "hello"), both(rejected(), "hello", "hello")
    better, mended = both(rejected(), "hello", "hello, dear"), both(edited(), "hello", "hi")
    found = false_approvals([known, mended, better, worse])
    assert [(one.before, one.after) for one in found] == [
        (False, True),
        (True, True),
        (True, False),
        (True, False),
    ]
    assert found[0].why == "not ours"


def test_an_evaluation_counts_with_intervals_and_what_it_took() -> None:
    """Both sides over the same inputs."""
    right = case_subject("c", past(), {"verdicts": {"crm.memo": "ask"}, "facts": {"text": "hello"}})
    away = both(subject_of(past()), "hello", "hello", name="Ada")
    failed = Compared(rejected(), Judged(trouble="no answer"), Judged(trouble="no answer"))
    found = evaluation([both(right, "hello", "hello, dear"), away, failed])
    assert found.inputs == {"case": 1, "past": 1, "rejection": 1}
    assert found.before
    assert (found.before.right_verdicts.hits, found.after.right_verdicts.hits) == (0, 1)
    assert (found.before.right_facts.hits, found.after.right_facts.hits) == (1, 0)
    assert (found.before.wrong_alone.hits, found.before.wrong_alone.n) == (1, 2)
    assert (str(found.after.usd), found.after.calls, found.after.trouble.hits) == ("0.02", 2, 1)
    assert [one.subject.source for one in found.differ] == ["past", "case"]
    assert found.elsewhere == (away.subject.name,)
    assert found.same["verdict"].n == 1
    sure = [one.after.confidence for one in (both(right, "hello", "hello"), away)]
    assert found.after.sure == sum(filter(None, sure)) / 2 > 0
    alone = evaluation([Compared(right, None, failed.after)])
    assert alone.before is None
    assert (alone.after.slowest(0.5), alone.after.sure) == (0, Decimal(0))
    timed = replace(found.after, milliseconds=(10, 20, 30))
    assert (timed.slowest(0.5), timed.slowest(0.95), timed.slowest(1)) == (20, 30, 30)


@pytest.mark.control
def test_control_what_would_look_elsewhere_is_never_the_same() -> None:
    """The naive comparison judges by the records that are there and finds no difference."""
    away = both(subject_of(past()), "hello", "hello", name="Ada")
    assert [part.what for part in away.parts if not part.same] == ["name"]
    found = evaluation([away])
    assert found.elsewhere
    assert {rate.n for rate in found.same.values()} == {0}


def test_a_case_says_what_must_become_of_each_action_and_looks_nowhere() -> None:
    """What is not named is not wanted; an absent fact is one of no text."""
    stored = past()
    bare = replace(stored, record=replace(stored.record, results=_without_proposal(stored)))
    of = case_subject("c", bare, {"verdicts": {"crm.memo": "run"}, "absent": ("name",)})
    assert (dict(of.facts), dict(of.objections)) == ({"name": ""}, {})
    one = Compared(of, None, judged(flow(), of, said("hello", name="Ada")))
    assert one.after.elsewhere == ()
    assert evaluation([one]).after.right_facts.hits == 0
    other = both(of, "hello", "")
    assert told(other)[-1] == ("crm.memo", "run", "nothing", "must run")


def _without_proposal(one: Past) -> dict[str, Stored]:
    return {name: held for name, held in one.record.results.items() if name != "proposal"}


def test_what_people_made_of_an_answer_is_what_a_case_of_theirs_says() -> None:
    """A fact that they set, a parameter that they changed, an action that they rejected."""
    people = (
        Said(how="corrected", what="text", model="hello", person="hi"),
        Said(how="edited", what="crm.memo text", model="hello", person="hi", why="shorter"),
        Said(how="edited", what="crm.memo text", model="hello", person="hi"),
        Said(how="wrong", what="crm.task", model="call"),
        Said(how="edited", what="crm.task due", model="1", person="2"),
    )
    of = case_subject("c", past(), {}, people)
    assert dict(of.facts) == {"text": "hi"}
    assert of.objections == {
        "crm.memo": Objection("shorter", {"text": "hi"}),
        "crm.task": Objection("wrong"),
    }
    found = evaluation([both(of, "hello", "hi")])
    assert found.before
    assert (found.before.wrong_alone.hits, found.after.wrong_alone.hits) == (1, 0)


def test_half_of_what_is_chosen_are_jobs_that_people_overruled() -> None:
    """Unless there are too few of the others, or of them."""
    plain, no = [subject_of(past())] * 4, [rejected()] * 4
    assert [one.source for one in chosen([*plain, *no], 4)] == ["rejection"] * 2 + ["past"] * 2
    assert len(chosen([*plain, *no[:1]], 4)) == 4
    assert [one.source for one in chosen(no, 3)] == ["rejection"] * 3


def test_several_actions_of_one_name_are_paired_in_their_order() -> None:
    """The second beside the second; one more is one more."""
    one = Judged(wanted=(Wanted(action="a", way="run", params={}),))
    two = Judged(
        wanted=(Wanted(action="a", way="run", params={}), Wanted(action="a", way="ask", params={}))
    )
    assert told(Compared(subject_of(past()), one, two)) == [("a", "nothing", "ask", "")]


def test_what_people_corrected_is_known_to_be_right() -> None:
    """A fact that a person set."""
    theirs = proposal({"text": fact("hello").model_copy(update={"by": "ana"})})
    assert dict(subject_of(past(results={"proposal": theirs})).facts) == {"text": "hello"}
    assert not Objection("edited", {"text": "hi"}).holds(
        Wanted(action="a", way="run", params={"text": "hi"})
    )


def test_a_case_has_one_input() -> None:
    """As its door gets it; a file that is none says where."""
    usual: dict[str, Any] = {"reason": "why", "expect": Expected()}
    assert Case(**usual, form={"a": "b"}).bytes() == (b'{"a": "b"}', "webhook")
    assert Case(**usual, mail=("A: b", "", "c")).bytes() == (b"A: b\r\n\r\nc", "upload")
    assert Case(**usual, raw="x").bytes() == (b"x", "upload")
    with pytest.raises(ValueError, match=r"one\.json: reason"):
        read_case("one.json", '{"expect": {}}')
