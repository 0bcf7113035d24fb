"""The list of jobs, for whoever is signed in: looked for by its address, and whose it is."""

from __future__ import annotations

import re

from countersign.domain.jobs.job import Status
from countersign.domain.reporting.costs import costs
from tests.fakes.world import ANA, CLEO
from tests.unit.web.member import MemberBrowser
from tests.unit.web.waiting import JOB, waiting
from workflows import WORKFLOWS

LIST, COSTS = "/approvals/jobs", "/approvals/costs"


def found(page: str) -> list[str]:
    """Ids of the jobs that a page lists, in its order."""
    return re.findall(r'<a href="/approvals/jobs/(j-[^"/?]+)"', page)


def test_operations_find_a_job_by_contact_status_workflow_and_job() -> None:
    """The filter is the address; every row says whom it is about, its status and what it is."""
    world = waiting()
    world.people.becomes(ANA, roles=("operations",))
    ana = MemberBrowser(world).signs_in(ANA.address)
    for query in ("", "?status=WAITING_FOR_REVIEW", "?workflow=lead_intake", f"?look={JOB}"):
        assert found(ana.opens(LIST + query).body) == [JOB], query
    assert "Maria Keller, Keller GmbH" in ana.page
    assert "Waiting for review 1" in ana.page
    for query in ("?status=FAILED", "?workflow=refund_request", "?look=j-nobody", "?look=4711"):
        assert found(ana.opens(LIST + query).body) == [], query


def test_what_has_no_row_is_refused_with_the_words_for_what_has() -> None:
    """A name of the address that nothing is stored by is no empty list."""
    world = waiting()
    answer = MemberBrowser(world).signs_in(ANA.address).opens(f"{LIST}?subject=vans")
    assert answer.status == 400
    assert "Nothing is stored by subject" in answer.body


def test_what_was_looked_for_stands_in_the_box() -> None:
    """Also where the address names it, as links and the command do: the rest stays folded. A name
    is no address, and stays where it was refused."""
    world = waiting()
    world.people.becomes(ANA, roles=("operations",))
    ana = MemberBrowser(world).signs_in(ANA.address)
    for name, said in (("job", JOB), ("order", "4711"), ("contact", "ana@x.example")):
        page = ana.opens(f"{LIST}?{name}={said}").body
        assert f'name="look" value="{said}"' in page
        assert "<details>" in page
    refused = ana.opens(f"{LIST}?contact=Ana")
    assert (refused.status, 'name="look" value=""' in refused.body) == (400, True)


def test_who_has_no_list_sees_what_waits_for_them_and_no_job_of_others() -> None:
    """An approver's page is their own; the list of all is for operations and owners."""
    world = waiting()
    world.people.becomes(ANA, roles=("sales",))
    world.people.becomes(CLEO, roles=("auditors",))
    ana, cleo = (MemberBrowser(world).signs_in(one.address) for one in (ANA, CLEO))
    assert found(ana.opens(LIST).body) == [JOB]
    assert "What waits for you" in ana.page
    assert found(cleo.opens(LIST).body) == []
    assert cleo.opens(f"{LIST}/{JOB}").status == 404
    assert found(cleo.opens(f"{LIST}?look={JOB}").body) == []


def test_whoever_opens_a_job_stands_in_its_trail_once_a_day() -> None:
    """The list writes nothing; a job's page says in the audit trail who read it, and when."""
    world = waiting()
    ana = MemberBrowser(world).signs_in(ANA.address)
    ana.opens(LIST)
    assert [one for one in world.store.load(JOB).audit if one.event == "page read"] == []
    for _ in range(2):
        assert ana.opens(f"{LIST}/{JOB}").status == 200
    read = [one.actor for one in world.store.load(JOB).audit if one.event == "page read"]
    assert read == [f"person:{ANA.id}"]
    world.clock.passes(days=1)
    ana = MemberBrowser(world).signs_in(ANA.address)
    ana.opens(f"{LIST}/{JOB}")
    assert sum(one.event == "page read" for one in world.store.load(JOB).audit) == 2
    assert "countersign cancel" in ana.page


def test_two_jobs_stand_side_by_side_where_they_part() -> None:
    """What is the same is left out; a job that is nobody's of theirs is not shown."""
    world = waiting()
    record = world.store.load(JOB)
    job = record.job.model_copy(update={"job_id": "j-other", "status": Status.ESCALATED})
    world.store.put(type(record)(job, results=record.results, ledger=record.ledger))
    world.people.becomes(ANA, roles=("operations",))
    ana = MemberBrowser(world).signs_in(ANA.address)
    page = ana.opens(f"/approvals/compare?one={JOB}&other=j-other").body
    assert "WAITING_FOR_REVIEW" in page
    assert "ESCALATED" in page
    assert "<h2>release</h2>" not in page
    assert ana.opens(f"/approvals/compare?one={JOB}&other=j-none").status == 404


def test_what_the_model_cost_is_for_who_has_the_list_of_jobs() -> None:
    """Operations read all of it and an owner their own workflow, in the figures of the command; who
    has no list is told that the page is not theirs."""
    world = waiting()
    world.people.becomes(ANA, roles=("operations",))
    world.people.becomes(CLEO, roles=("sales",))
    ana, cleo = (MemberBrowser(world).signs_in(one.address) for one in (ANA, CLEO))
    page = ana.opens(f"{COSTS}?days=30").body
    (line,) = costs([world.store.load(JOB)])
    assert (line.calls, str(line.usd)) == (0, "0")
    assert "What the model cost: US$ 0<" in page
    assert ">1 job · no calls<" in page
    assert "countersign cost --days 30" in page
    assert ana.opens(f"{COSTS}?days=all").status == 200
    assert cleo.opens(COSTS).status == 404
    world.people.becomes(CLEO, roles=(WORKFLOWS["refund_request"].owner,))
    assert "No job in this time." in cleo.opens(COSTS).body
