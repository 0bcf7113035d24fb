"""What operators look for: the filter an address spells, and the rows by which a job is found."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from countersign.domain.errors import ContractBroken
from countersign.domain.jobs.change import Change
from countersign.domain.jobs.job import Status
from countersign.domain.jobs.matters import order_key, release_key, rule_key
from countersign.domain.jobs.search import Search, findable, searched
from countersign.domain.policy.policy import Answer
from countersign.domain.policy.rules import Findings
from tests.builders import fact, held, proposal, record, verdict


def test_a_filter_is_what_its_address_says_and_empty_parts_do_not_count() -> None:
    """Names and values of the address; blanks around a value are none of it."""
    said = {"order": " 1053 ", "status": "ESCALATED", "day": "2026-11-30", "rule": " "}
    assert searched(said) == Search(order="1053", status=Status.ESCALATED, day=date(2026, 11, 30))


def test_what_has_no_row_is_refused_with_the_words_for_what_has() -> None:
    """A name that is none, two keys at once, a status and a day that there are not."""
    told = {}
    for said in (
        {"subject": "refund"},
        {"order": "1", "contact": "a@b.example"},
        {"status": "LOST"},
        {"day": "yesterday"},
        {"release": "62c3ae"},
        {"contact": "Ada Quill"},
    ):
        with pytest.raises(ContractBroken) as refused:
            searched(said)
        told[next(iter(said))] = str(refused.value)
    assert "nothing is stored by subject" in told["subject"]
    assert "job, contact, order, rule or release" in told["subject"]
    assert "more than one thing" in told["order"]
    assert "There are PENDING" in told["status"]
    assert "2026-11-30" in told["day"]
    assert "first 12 letters" in told["release"]
    assert "by the mail address" in told["contact"]


def test_a_day_begins_and_ends_at_midnight_utc() -> None:
    """A search without a day has neither; one with a day takes jobs that came on it."""
    wanted, every = Search(day=date(2026, 11, 30)), Search()
    assert wanted.since == datetime(2026, 11, 30, tzinfo=UTC)
    assert wanted.until == datetime(2026, 12, 1, tzinfo=UTC)
    assert (every.since, every.until, every.key) == (None, None, "")
    assert every.fits(record())
    assert not wanted.fits(record())


def test_each_thing_to_look_for_has_its_own_key() -> None:
    """An order spelt in two ways is one, and a release is what is shown of it; nothing else shares
    a key."""
    keys = {
        searched({name: "xx@y.example"}).key for name in ("contact", "order", "rule", "release")
    }
    assert len(keys) == 4
    assert order_key("#1053 ") == order_key("1053")
    assert release_key("62c3ae6dc381be6b") == release_key("62C3AE6DC381") != release_key("62c3ae6d")


def _stopped(*rules: str) -> Change:
    stopped = held().model_copy(update={"verdict": verdict(Answer.ASK, *rules)})
    return Change("decided", "t", results={"findings": Findings(found=())}, ledger=(stopped,))


def test_a_job_is_found_by_release_order_and_the_first_rules_that_stopped_it() -> None:
    """Each when it comes about, two rules of a plan at most, and nothing of what only ran."""
    found, given = record(), Findings(found=())
    runs = held().model_copy(update={"verdict": verdict(Answer.RUN, "g.h")})
    about = proposal({"order": fact("1053", "1053")})
    cases: tuple[tuple[Change, list[str]], ...] = (
        (Change("prepared", "t", results={"input": given}), [release_key(found.job.release)]),
        (Change("proposed", "t", results={"proposal": about}), [order_key("1053")]),
        (Change("proposed", "t", results={"proposal": proposal({})}), []),
        (_stopped("a.b", "c.d", "a.b", "e.f"), [rule_key("a.b"), rule_key("c.d")]),
        (Change("decided", "t", results={"findings": given}, ledger=(runs,)), []),
        (Change("parked", "t"), []),
    )
    for change, keys in cases:
        rows = findable(found, change).matters
        assert [row.key for row in rows] == keys, change.event
        assert {(row.job_id, row.since) for row in rows} <= {
            (found.job.job_id, found.job.created_at)
        }
