"""A stage's table and bucket, with all versions, and jobs of many contacts in them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from functools import lru_cache
from typing import Any

from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from countersign.connectors.aws.services import S3Payloads
from countersign.connectors.aws.versions import S3Versions
from countersign.connectors.dynamodb import rows
from countersign.connectors.dynamodb.campaign_events import message_key
from countersign.connectors.dynamodb.erasing import DynamoErasing
from countersign.connectors.dynamodb.lanes import DynamoLanes
from countersign.connectors.dynamodb.reviews import DynamoReviews, review_row
from countersign.connectors.dynamodb.shadows import DynamoShadows
from countersign.connectors.dynamodb.store import DynamoStore
from countersign.domain.approvals.approval import Choice
from countersign.domain.canonical import digest
from countersign.domain.contract import Contract
from countersign.domain.jobs.change import Change, JobRecord, after, created, transition
from countersign.domain.jobs.intake import accepted, new_job
from countersign.domain.jobs.job import Source, Status
from countersign.domain.jobs.matters import of_input
from countersign.domain.jobs.reviews import Review, ReviewAnswer, review_id_of
from countersign.domain.jobs.search import findable
from countersign.domain.lane.batches import entered
from countersign.domain.lane.control import Control, Word, ordered
from countersign.domain.lane.items import Ended, ItemState, Outcome, Tally, claimed, ended_as
from countersign.domain.lane.run import first
from countersign.domain.policy.policy import Answer
from countersign.domain.releases.comparing import Judged
from countersign.domain.workflow import Raw
from countersign.jobs.forgetting import Hands
from countersign.lane.files import LaneFiles
from tests.builders import approval, decision, fact, held, proposal
from tests.fakes.journey import Journey, accept, form
from tests.fakes.on_moto import TABLE, client
from tests.fakes.tables import create_jobs_table
from tests.fakes.world import ANA, START, World
from workflows import WORKFLOWS

BUCKET = "payloads"
_FLOW = WORKFLOWS["lead_intake"]


@lru_cache
def message(address: str) -> Contract:
    """A lead's form, in which whoever wrote names the first part of their address."""
    given: Contract = _FLOW.read(Raw(body=letter(address), door="webhook", authserv_id=""))
    return given


def letter(address: str) -> bytes:
    """The same as it comes."""
    name = address.partition("@")[0]
    said = f"Hello, this is {name}. We need a quote for 40 licences for {name} of Hamburg."
    return form(email=address, name=name, message=said)


class Kept:
    """The stage. What it keeps is written as rows, beside what is really played."""

    def __init__(self) -> None:
        self.db, self.s3 = client("dynamodb"), client("s3")
        create_jobs_table(self.db, TABLE)
        self.s3.create_bucket(Bucket=BUCKET)
        versioned = {"Status": "Enabled"}
        self.s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration=versioned)
        self.world = World(_FLOW.offline)
        self.payloads: Any = S3Payloads(BUCKET, self.s3)
        store = DynamoStore(TABLE, self.db, lambda: self.payloads)
        vars(self.world).update(payloads=self.payloads, store=store)
        self.world.settings = self.world.settings.model_copy(update={"payloads_bucket": BUCKET})
        reviews, shadows = DynamoReviews(TABLE, self.db), DynamoShadows(TABLE, self.db)
        self.reviews, self.shadows = reviews, shadows
        self.deps = self.world.deps = self.world.deps_again()
        self.deps.reviews = reviews
        self.hands = Hands(
            S3Versions(self.s3), DynamoErasing(TABLE, lambda: self.payloads, self.db)
        )
        self._items: list[rows.Item] = []
        self._count = 0

    def plays(self, address: str, event: str) -> JobRecord:
        """A lead on its whole way, signed by Ana."""
        journey = Journey(self.world, accept(self.world, letter(address), event))
        if journey.goes() == "Ask":
            journey.is_decided(Choice.APPROVE)
            journey.answered()
        return journey.record

    def keeps(
        self,
        address: str,
        status: Status = Status.COMPLETED,
        body: bytes = b"",
        results: Mapping[str, Contract] | None = None,
    ) -> JobRecord:
        """A job of whoever has this address, as it is stored when it has come so far: they are
        named wherever a job can name anybody. Written with all others by `stores`."""
        self._count += 1
        name, at = address.partition("@")[0], START + timedelta(minutes=self._count)
        raw = body or letter(address)
        key = f"raw/kept-{self._count}/{digest(raw)}"
        source = Source(
            door="webhook",
            sender="lead_intake",
            event_id=f"{name} {self._count}",
            payload=self.payloads.put(key, raw),
            body_digest=digest(raw),
            size=len(raw),
            received_at=at,
        )
        job, entry = created(
            new := new_job("lead_intake", "", source, at), accepted(new), self._salt
        )
        first = JobRecord(job=job, audit=(entry,))
        done = self._goes(first, self._prepared(first, address, results or {}))
        moved = () if status is Status.PROCESSING else (status,)
        for to in moved:
            done = self._goes(done, Change(event="ended", actor="state:Close", status=to))
        self._items += [rows.seen(done.job), rows.state(done.job)]
        self._items += [rows.audit_entry(done.job, one) for one in done.audit]
        return done

    def _prepared(self, record: JobRecord, address: str, results: Mapping[str, Contract]) -> Change:
        name, job_id = address.partition("@")[0], record.job.job_id
        wanted = held(0, text=f"call {name}", note=f"{name} was called", answer=Answer.ASK)
        asked = approval(wanted, job_id=job_id, requester=address)
        words = {"reason": f"{name} is known to us"}
        signed = asked.model_copy(update={"decision": decision(asked).model_copy(update=words)})
        facts = {"company": fact(f"{name} of Hamburg"), "order": fact(f"{self._count}")}
        return Change(
            event="prepared",
            actor="state:Prepare",
            status=Status.PROCESSING,
            reason=f"{name} waits",
            fields={"who": name},
            results={"input": message(address), "proposal": proposal(facts), **results},
            ledger=(wanted,),
            approvals=(signed,),
            matters=of_input(record.job, address, f"<{self._count}@mail.example>", job_id),
        )

    def _goes(self, record: JobRecord, change: Change) -> JobRecord:
        change = findable(record, change)
        job, entry = transition(record.job, change, record.job.created_at, self._salt)
        self._items += rows.puts(job, change, change.stored)
        return after(record, job, entry, change)

    def _salt(self) -> str:
        return self.world.ids.salt()

    def stores(self) -> None:
        """Write all that was kept."""
        latest = {(one["pk"]["S"], one["sk"]["S"]): one for one in self._items}
        puts = [{"PutRequest": {"Item": one}} for one in latest.values()]
        for start in range(0, len(puts), 25):
            self.db.batch_write_item(RequestItems={TABLE: puts[start : start + 25]})
        self._items = []

    def records(self) -> list[JobRecord]:
        """All jobs."""
        states = [key for key in self.dump() if key.endswith(" STATE")]
        ids = [one.removeprefix(rows.partition("")).partition(" ")[0] for one in states]
        return [self.world.store.load(one) for one in ids]

    def is_looked_at(self, record: JobRecord, words: str, release: str) -> None:
        """Somebody reviews the job in these words, a candidate says them of it, and a model's
        answer with them is kept."""
        job_id = record.job.job_id
        said = ReviewAnswer(by=ANA.id, at=START, verdict="wrong", why=words)
        review = Review(
            review_id=review_id_of(job_id),
            job_id=job_id,
            workflow="lead_intake",
            planted=False,
            sampled_at=START,
            answer=said,
        )
        self.db.put_item(TableName=TABLE, Item=review_row(review))
        self.shadows.keep(release, job_id, Judged(facts={"who": words}))
        answer = json.dumps({"content": json.dumps({"who": words})})
        self.payloads.put(f"answers/evaluate/{digest(words.encode())}.json", answer.encode())
        document = f"documents/{job_id}/letter.txt"
        for text in ("a draft", "the letter"):
            self.payloads.put(document, f"{text} to {words}".encode())

    def is_gone_through(self, record: JobRecord, words: str) -> None:
        """An item of the job's second batch was mailed and ended in these words; an operator
        stopped the rest."""
        lanes, job_id = DynamoLanes(TABLE, self.db), record.job.job_id
        run = first(job_id, "d" * 64, Tally(left=2), START)
        lanes.keep_run(None, run)
        stop = ordered(Control(), Word.CANCELLED, by="kim", reason=words, at=START)
        lanes.keep_control(job_id, Control(), stop)
        lanes.keep_head(job_id, 2, None, mine := entered(None, run.attempt))
        lanes.claim(job_id, 2, claim := claimed(None, 2, mine.entry))
        ended = Ended(state=ItemState.DONE, result=json.dumps({"quote": words}))
        lanes.record(job_id, 2, ended_as(claim, ended))
        LaneFiles(self.payloads, job_id).keep_results(2, [Outcome(number=2, ended=ended)])
        mailed = {"contact": {"S": "c" * 64}, "token": {"S": "t" * 64}}
        self.db.put_item(TableName=TABLE, Item={**message_key(job_id, 2, 2), **mailed})

    def dump(self) -> dict[str, str]:
        """Everything that is stored: rows by their keys, objects by key and version."""
        # What moto holds, not what it answers: a scan of a thousand rows costs a second.
        table = dynamodb_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].tables[TABLE]
        items = [{k: v.to_json() for k, v in one.attrs.items()} for one in table.all_items()]
        held = {f"{one['pk']['S']} {one['sk']['S']}": json.dumps(one) for one in items}
        for one in self.hands.objects.below(BUCKET, ""):
            held[f"{one.key} {one.id}"] = self.hands.objects.read(one).decode("latin-1")
        return held


@contextmanager
def kept() -> Iterator[Kept]:
    """An account in which nothing is yet but the stage."""
    with mock_aws():
        yield Kept()
