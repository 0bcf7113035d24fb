"""Forgetting a contact: nothing of them stays, and everything else does."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest

from countersign.connectors.aws.services import S3Payloads
from countersign.domain.approvals.approval import Choice
from countersign.domain.errors import ContractBroken, NotPermitted, StoreConflict
from countersign.domain.jobs import audit
from countersign.domain.jobs.change import Change, JobRecord
from countersign.domain.jobs.forgetting import ERASED, Rows, is_erased
from countersign.domain.jobs.job import Status
from countersign.domain.jobs.matters import FOLLOWS, Follows, contact_key
from countersign.domain.jobs.search import Search
from countersign.domain.jobs.suppression import suppressed
from countersign.domain.jobs.traces import Traces, spellings
from countersign.domain.lane.batches import Line, cut
from countersign.domain.lane.lane import FILED, Filed
from countersign.domain.ledger.action import Receipt
from countersign.domain.ledger.entry import ActionStatus
from countersign.domain.planning.joining import LATER, Later, Way, Word
from countersign.domain.reporting.export import erased, exported, verify
from countersign.jobs.cases import take_out
from countersign.jobs.finding import find
from countersign.jobs.forgetting import Hands, Plan, check, forget, planned
from countersign.jobs.forgetting_files import cut_body
from countersign.lane.files import LaneFiles
from tests import mailing
from tests.builders import held
from tests.fakes.kept import BUCKET, Kept, kept
from tests.fakes.world import START
from tests.rollouts import rollout

RELEASE = "c" * 64
ITEMS = Filed(name="a.json", size=9, rows=2, quarantined=0, batches=2, digest="d" * 64)


def address(number: int) -> str:
    """A contact whose address is spelled so in no other text."""
    return f"canary{number:04d}@contact.example"


GONE = address(1)
NAME = GONE.partition("@")[0]


def filled(stage: Kept, contacts: int, jobs: int) -> None:
    """A stage with so many contacts, who have so many jobs together; a review, a candidate's
    judgement, a kept answer and two versions of a document of some."""

    records = [stage.keeps(address(n % contacts)) for n in range(jobs)]
    stage.stores()
    stage.world.rollouts.change([(None, rollout(RELEASE, workflow="lead_intake"))])
    for number in (1, 2):
        mine = next(r for n, r in enumerate(records) if n % contacts == number)
        stage.is_looked_at(mine, address(number).partition("@")[0], RELEASE)


def singing(places: Mapping[str, str], canary: str = NAME) -> list[str]:
    """Where the contact's name still stands, whatever is around it."""
    return sorted(place for place, text in places.items() if canary in text + place)


def forgotten(stage: Kept, hands: Hands | None = None, *also: str) -> Plan:
    """The order for the one contact, given by Kim."""
    plan = planned(stage.deps, stage.hands.objects, spellings(GONE), also)
    list(forget(stage.deps, hands or stage.hands, plan, "kim"))
    return plan


def others_of(plan: Plan, held: Mapping[str, str]) -> dict[str, str]:
    """What is not of the jobs that were erased or cut, nor names their contact."""
    ids = {one.job.job_id for one in (*plan.own, *plan.shared)}
    return {k: v for k, v in held.items() if NAME not in v and not any(i in v + k for i in ids)}


@pytest.fixture
def stage() -> Iterator[Kept]:
    """A stage with a job of the contact and of two others."""
    with kept() as made:
        for number in (1, 2, 3):
            made.keeps(address(number))
        made.stores()
        yield made


@pytest.mark.parametrize(
    ("contacts", "jobs"), [(4, 8), pytest.param(50, 200, marks=pytest.mark.soak)]
)
def test_one_contact_of_many_is_forgotten_and_nobody_else(contacts: int, jobs: int) -> None:
    """No trace is left in the table, the bucket, the search and the exported records; every chain
    is valid and says what was erased; all else is byte for byte as it was."""
    with kept() as stage:
        filled(stage, contacts, jobs)
        before = stage.dump()
        plan = forgotten(stage)
        after = stage.dump()
        assert len(plan.own) == jobs // contacts
        assert len(singing(before)) > 5 * len(plan.own)
        assert singing(after) == []
        assert others_of(plan, after) == others_of(plan, before)
        for contact in (GONE, NAME):
            assert not find(
                stage.deps, Search(contact=contact), frozenset(stage.deps.workflows), all_
            ).records
        for one in plan.own:
            record = stage.world.store.load(one.job.job_id)
            data, root = exported(record, {}, stage.world.ids.salt)
            assert (verify(data, root), len(erased(data))) == ([], 1)
            assert NAME.encode() not in data


def all_(_: JobRecord) -> bool:
    """Whoever looks may see everything."""
    return True


def test_a_job_that_was_really_played_leaves_nothing_either(stage: Kept) -> None:
    """Its claim and the rows of its mails go with it; what it did outside is told; a second order
    finds nothing."""
    stage.plays(GONE, "evt-1")
    before = stage.dump()
    plan = forgotten(stage)
    after = stage.dump()
    assert (len(plan.own), {*plan.outside}, singing(after)) == (2, {"crm", "mail"}, [])
    gone = {one.partition("#")[0] for one in before.keys() - after.keys()}
    assert gone >= {"CLAIM", "MATTER"}
    assert planned(stage.deps, stage.hands.objects, spellings(GONE)).count == 0
    for one in (stage.world.store.load(one.job.job_id) for one in plan.own):
        job = one.job
        assert audit.verify(one.audit, length=job.audit_length, head=job.audit_head) == []


class Forgetful:
    """forgetting.Rows that leave what lies beside a job."""

    def __init__(self, real: Rows) -> None:
        self._real = real

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def drop_beside(self, job_id: str, claim: str, releases: Sequence[str]) -> None:
        """Nothing."""

    def drop_items(self, job_id: str, batches: int) -> None:
        """Nothing."""

    def cut_items(self, job_id: str, batches: int, cut: Callable[[str], str]) -> None:
        """Nothing."""


@pytest.mark.control
def test_control_one_missed_place_is_found(stage: Kept) -> None:
    """By the same search: words of a review, of a candidate, of an item and of who stopped it."""
    mine = stage.keeps(GONE, results={FILED: ITEMS})
    stage.stores()
    stage.is_looked_at(mine, NAME, RELEASE)
    stage.is_gone_through(mine, NAME)
    missing: Any = Forgetful(stage.hands.rows)
    forgotten(stage, Hands(stage.hands.objects, missing))
    found = [place.partition("#")[0] for place in singing(stage.dump())]
    assert found == ["LANE", "LANE", "REVIEW", "SHADOW"]


def test_the_items_of_their_file_go_with_it_and_nobody_elses(stage: Kept) -> None:
    """Rows of every batch, what people said of the run, and results in the bucket; what was done
    there is not told as out of reach."""
    mine, other = (stage.keeps(address(n), results={FILED: ITEMS}) for n in (1, 2))
    stage.stores()
    stage.is_gone_through(mine, NAME)
    stage.is_gone_through(other, "somebody else's")
    done: dict[str, Any] = {"status": ActionStatus.VERIFIED, "receipt": Receipt(id="r-1")}
    ledger = tuple(held(n, connector=one, **done) for n, one in enumerate(("bulk", "files", "crm")))
    now = stage.world.store.load(mine.job.job_id)
    stage.deps.commit(now, Change(event="did all", actor="state:Act", ledger=ledger))
    before = stage.dump()
    plan = forgotten(stage)
    after = stage.dump()
    assert dict(plan.outside) == {"crm": ("r-1",)}
    left = [one for one in after if one.startswith((f"LANE#{mine.job.job_id}", "lane/"))]
    assert [one for one in left if mine.job.job_id in one] == []
    assert singing(after) == []
    assert others_of(plan, after) == others_of(plan, before)


def test_what_they_wrote_into_a_job_of_somebody_else_is_cut_there(stage: Kept) -> None:
    """Out of its results, its files and its signed bytes, and out of a list of many people row by
    row; it says which bytes have not their digest any more and why, and its record verifies. The
    other's own words stay."""
    other, words = address(2), f"I am {NAME}, and I take it over from here"
    word = Word(job_id="j-later", at=START, sender=GONE, vouched=True, text=words, way=Way.SHOWN)
    rows = f"name,mail\nBo,bo@b.example\n{NAME},{GONE}\n".encode()
    shared = stage.keeps(other, body=rows, results={LATER: Later(words=(word,))})
    follower = stage.keeps(GONE, results={FOLLOWS: Follows(job_id=shared.job.job_id)})
    stage.stores()
    file = f"documents/{shared.job.job_id}/list.csv"
    for body in (rows, rows + b"Cy,cy@c.example\n"):
        stage.payloads.put(file, body)
    plan = forgotten(stage)
    assert follower.job.job_id in {one.job.job_id for one in plan.own}
    assert [one.job.job_id for one in plan.shared] == [shared.job.job_id]
    assert singing(stage.dump()) == []
    kept_ = stage.world.store.load(shared.job.job_id)
    assert stage.payloads.get(kept_.job.source.payload) == b"name,mail\nBo,bo@b.example\n"
    assert other in kept_.results["input"].text
    data, root = exported(kept_, {}, stage.world.ids.salt)
    (said,) = erased(data)
    assert (verify(data, root), "result later" in said, said.count("file ")) == ([], True, 2)
    forged = data.replace(b'"cut"', b'"cuts"')
    assert verify(forged, root)


MINE = f'{{"mail":"{GONE}","text":"call {NAME}"}}'
THEIRS = ['{"mail":"bo@b.example","text":"a 6\\" pipe"}', '{"mail":"cy@c.example","text":"none"}']
UPLOADS = "uploads"


def zipped(text: bytes) -> bytes:
    """A campaign's list beside its brief."""
    held = BytesIO()
    with ZipFile(held, "w") as archive:
        archive.writestr("brief.md", "# Two days")
        archive.writestr("contacts.csv", text)
    return held.getvalue()


def annotated(stage: Kept, packed: Callable[[bytes], bytes] = bytes) -> JobRecord:
    """A file that somebody else uploaded: the contact's line between two others, gone through; the
    index of matters leads from the contact to nothing of it."""
    rows = [THEIRS[0], MINE, THEIRS[1]]
    record = stage.keeps(address(2), results={FILED: ITEMS})
    stage.stores()
    stage.s3.create_bucket(Bucket=UPLOADS)
    on = {"Status": "Enabled"}
    stage.s3.put_bucket_versioning(Bucket=UPLOADS, VersioningConfiguration=on)
    body = "".join(f"{one}\n" for one in rows).encode()
    at = S3Payloads(UPLOADS, stage.s3).put("annotation_qa/a.jsonl", packed(body))
    source = record.job.source.model_copy(update={"payload": at, "door": "upload"})
    job = record.job.model_copy(update={"source": source})
    stage.hands.rows.rewrite(replace(stage.world.store.load(job.job_id), job=job))
    files = LaneFiles(stage.payloads, job.job_id)
    for batch, held_ in cut((Line(number=n, text=t) for n, t in enumerate(rows, 1)), 2):
        files.keep_batch(batch, held_)
    stage.is_gone_through(record, GONE)
    return stage.world.store.load(job.job_id)


def test_a_file_of_many_is_cut_although_no_address_leads_to_it(stage: Kept) -> None:
    """What came, its batches, the rows of its items and their results; the lines of the others
    stand byte for byte, and what is left of an upload does not come as a new job."""
    shared = annotated(stage)
    before = stage.dump()
    assert len(singing({k: v for k, v in before.items() if shared.job.job_id in k})) >= 4
    plan = forgotten(stage)
    assert [one.job.job_id for one in plan.shared] == [shared.job.job_id]
    assert singing(stage.dump()) == []
    assert stage.hands.objects.below(UPLOADS, "") == []
    now = stage.world.store.load(shared.job.job_id)
    at = now.job.source.payload
    assert (at.bucket, at.object_key.split("/")[:2]) == (BUCKET, ["raw", now.job.job_id])
    assert stage.payloads.get(at).decode().splitlines() == THEIRS
    lane = [v for k, v in stage.dump().items() if k.startswith(f"lane/{now.job.job_id}/batches/")]
    assert all(any(json.dumps(one)[1:-1] in body for body in lane) for one in THEIRS)
    data, root = exported(now, {}, stage.world.ids.salt)
    (said,) = erased(data)
    assert (verify(data, root), said.count("file ")) == ([], 3)
    assert planned(stage.deps, stage.hands.objects, spellings(GONE)).count == 0


def test_an_address_in_the_zip_of_a_campaign_is_cut_out_of_it(stage: Kept) -> None:
    """Brief and list of the others stay as they were; no old version of the upload is left."""
    shared = annotated(stage, zipped)
    plan = forgotten(stage)
    assert plan.unread == ()
    assert stage.hands.objects.below(UPLOADS, "") == []
    at = stage.world.store.load(shared.job.job_id).job.source.payload
    with ZipFile(BytesIO(stage.payloads.get(at))) as archive:
        left = {one: archive.read(one).decode() for one in archive.namelist()}
    assert left == {"brief.md": "# Two days", "contacts.csv": "".join(f"{one}\n" for one in THEIRS)}
    assert planned(stage.deps, stage.hands.objects, spellings(GONE)).count == 0


SAMPLED = "Kim2"
"""The first name of the second contact of a campaign's list: it stands in a sample of its plan."""


def campaign(stage: Kept) -> str:
    """A campaign whose plan nobody signed; its job."""
    world = stage.world
    mailing.opens(world)
    body = mailing.zipped(mailing.contact(number) for number in range(1, 9))
    sent = mailing.Mailing(body, world, sign=False)
    sent.journey.is_decided(Choice.REJECT, by="cleo", reason="not now")
    sent.journey.answered()
    return sent.job_id


def test_whoever_stands_in_a_sample_of_a_campaign_s_plan_is_cut_out_of_it(stage: Kept) -> None:
    """With their first name, which no address leads to: in the input, in what was to be signed, and
    in the list. The samples of the others stay."""
    job_id = campaign(stage)
    assert len(singing(stage.dump(), SAMPLED)) > 3
    plan = planned(stage.deps, stage.hands.objects, spellings("p2@outlook.com"))
    assert [one.job.job_id for one in plan.shared] == [job_id]
    list(forget(stage.deps, stage.hands, plan, "kim"))
    after = stage.dump()
    assert singing(after, SAMPLED) == []
    assert len(singing(after, "Kim3")) > 3
    data, root = exported(stage.world.store.load(job_id), {}, stage.world.ids.salt)
    assert (verify(data, root), len(erased(data))) == ([], 1)


@pytest.mark.parametrize(
    "body",
    [
        zipped(b"mail\nbo@b.example\n")[:60],
        zipped(b"\x00" + GONE.encode()),
        b"PK\x03\x04",
    ],
    ids=["cut off", "no text", "its first bytes"],
)
def test_a_zip_that_is_broken_or_holds_no_texts_is_a_persons(body: bytes) -> None:
    """It is not rewritten: nobody knows what of it is whose."""
    assert cut_body(Traces((GONE,)), body) is None


def test_a_zip_in_which_they_are_not_stays_byte_for_byte() -> None:
    """Also its order, times and packing."""
    body = zipped(b"mail\nbo@b.example\n")
    assert cut_body(Traces((GONE,)), body) is body


@pytest.mark.control
def test_control_rows_of_items_that_are_missed_are_found(stage: Kept) -> None:
    """By the same search: how an item ended, and the words of who stopped the rest."""
    annotated(stage)
    missing: Any = Forgetful(stage.hands.rows)
    forgotten(stage, Hands(stage.hands.objects, missing))
    assert [one.partition("#")[0] for one in singing(stage.dump())] == ["LANE", "LANE"]


@pytest.mark.parametrize("status", [Status.PROCESSING, Status.PARKED])
def test_nothing_is_erased_while_a_job_of_theirs_is_under_way(stage: Kept, status: Status) -> None:
    """It ends first, or is cancelled: the order says which, and touches none."""
    stage.keeps(GONE, status)
    stage.stores()
    before = stage.dump()
    plan = planned(stage.deps, stage.hands.objects, (GONE,))
    assert [status in why for why in plan.refused.values()] == [True]
    with pytest.raises(ContractBroken):
        list(forget(stage.deps, stage.hands, plan, "kim"))
    assert stage.dump() == before


def test_a_job_that_somebody_changes_meanwhile_is_not_erased_unseen(stage: Kept) -> None:
    """The order stops there; given again, it does the rest."""
    plan = planned(stage.deps, stage.hands.objects, (GONE,))
    last = stage.world.store.load(plan.own[-1].job.job_id)
    stage.deps.commit(last, Change(event="page read", actor="person:ana"))
    with pytest.raises(StoreConflict):
        list(forget(stage.deps, stage.hands, plan, "kim"))
    assert singing(stage.dump())
    forgotten(stage)
    assert singing(stage.dump()) == []


class Mortal:
    """Hands of which the process dies at one touch."""

    def __init__(self, real: object, left: list[int]) -> None:
        self._real, self._left = real, left

    def __getattr__(self, name: str) -> Any:
        touched = getattr(self._real, name)

        def touch(*given: Any) -> Any:
            if name not in ("below", "read"):
                self._left[0] -= 1
            if self._left[0] == 0:
                raise KeyboardInterrupt
            return touched(*given)

        return touch


def test_whoever_was_interrupted_orders_it_again(stage: Kept) -> None:
    """Killed at each touch in turn, the next order goes on, and one entry says it for each job."""
    for at in range(1, 12):
        left = [at]
        objects: Any = Mortal(stage.hands.objects, left)
        rows: Any = Mortal(stage.hands.rows, left)
        try:
            forgotten(stage, Hands(objects, rows))
        except KeyboardInterrupt:
            continue
        break
    assert at > 6
    assert singing(stage.dump()) == []
    erased_ = [one for one in stage.records() if any(e.event == ERASED for e in one.audit)]
    assert [sum(e.event == ERASED for e in one.audit) for one in erased_] == [1]


def test_an_open_case_ends_with_the_erasure(stage: Kept) -> None:
    """The wish to be forgotten may be what the case is about; nothing of it goes on after that."""
    case = stage.keeps(GONE, Status.ESCALATED)
    stage.stores()
    assert forgotten(stage).count == 2
    after = stage.world.store.load(case.job.job_id)
    assert (after.job.status, is_erased(after)) == (Status.REJECTED, True)
    with pytest.raises(NotPermitted, match="no open case"):
        take_out(stage.deps, case.job.job_id, "resume", by="kim", words="again", facts={})


def test_who_may_not_take_up_cases_may_not_erase(stage: Kept) -> None:
    """The role operations may."""
    for person in ("ana", "stranger"):
        with pytest.raises(NotPermitted):
            check(stage.deps, person)
    check(stage.deps, "kim")


def test_the_suppression_list_keeps_its_row_and_another_tag_is_named(stage: Kept) -> None:
    """However the address is written it is found; with a tag it is another one, of which the order
    says that the bare one has jobs."""
    tagged = f"{NAME}+shop@contact.example"
    stage.keeps(tagged)
    stage.stores()
    stage.deps.suppression.add(suppressed(GONE, "opt-out", START, "kim"))
    said = f"Canary <{GONE.upper()} >"
    assert planned(stage.deps, stage.hands.objects, spellings(said)).count == 1
    plan = planned(stage.deps, stage.hands.objects, spellings(tagged))
    assert (plan.count, dict(plan.tagged)) == (1, {GONE: 1})
    assert forgotten(stage).suppressed
    assert stage.deps.suppression.has(contact_key(GONE))
