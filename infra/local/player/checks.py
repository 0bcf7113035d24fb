"""Whether an event ended as expected, and whether the world outside holds exactly what was signed.

Pure functions over a job's data (`/jobs/{id}.json`), the journals and the mailbox.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from countersign.actions.mail import ASK_SENDER
from countersign.actions.notify import DOCUMENTS, MAIL
from countersign.actions.plans.printing import FILE
from countersign.domain.jobs.job import ENDED, Status
from countersign.domain.jobs.matters import contact_key
from infra.local.front.samples import Expectation, HandedOver
from infra.local.player.colleague import THEIRS
from infra.local.player.effects import BY_CONNECTOR, reminder_of, sent_mail, signed_mail

Data = Mapping[str, Any]
_OF_OURS = frozenset({MAIL.id, DOCUMENTS.id})
OURS = "cs-"
"""How every idempotency key of ours begins."""


def answers(expect: Expectation, given: Sequence[int], job_ids: Sequence[str]) -> list[str]:
    """What is wrong with the door's answers to the deliveries of one event."""
    faults = [f"the door answered {a}, not {expect.answer}" for a in given if a != expect.answer]
    if len(set(job_ids)) > 1:
        faults.append(f"one event became {len(set(job_ids))} jobs")
    if expect.status is None and any(job_ids):
        faults.append("there is a job, and there should be none")
    return faults


Letter = tuple[str, str]
"""A campaign's message: the digests of whom it is for, and of the token in its link."""


@dataclass(frozen=True)
class Journals:
    """What the world outside holds: the journals of CRM, payments account, channels, shop and
    documents, and the mailbox; and the runs over the items of files."""

    crm: Sequence[Data]
    payments: Sequence[Data]
    mails: Sequence[Data]
    pushes: Sequence[Data] = ()
    shop: Sequence[Data] = ()
    documents: Sequence[Data] = ()
    runs: Sequence[Data] = ()
    letters: Sequence[Letter] = ()
    """Of whom campaigns wrote down that they got a message."""


def outcome(expect: Expectation, job: Data, journals: Journals) -> list[str]:
    """What differs from the expectation."""
    faults = []
    if job["status"] != expect.status:
        faults.append(f"{job['status']} ({job['reason']}), not {expect.status}")
    ended = {action["action"]: action["status"] for action in job["actions"]}
    for name in sorted({*ended, *expect.actions}):
        wanted = expect.actions.get(name)
        if ended.get(name) != wanted:
            faults.append(f"{name} is {ended.get(name, 'not there')}, not {wanted or 'there'}")
    faults += _case_faults(expect, job)
    if not job["audit"]["verified"]:
        faults.append(f"the audit chain: {'; '.join(job['audit']['faults'])}")
    return (
        faults + _unparked(expect, job) + _unreached(expect, job) + _counts(expect, job, journals)
    )


def untold(expect: Expectation, problems: Sequence[Sequence[str]]) -> list[str]:
    """Fields that one of the door's answers should have named and did not."""
    return [
        f"the door's answer does not name {field}"
        for told in problems
        for field in expect.problems
        if not any(field in one for one in told)
    ]


def _case_faults(expect: Expectation, job: Data) -> list[str]:
    """What is wrong with the case: whose it is, when it is due, which fields it names."""
    if expect.case is None:
        return []
    held = job["case"] or {"owner": "nobody", "opened_at": job["updated_at"]}
    opened = datetime.fromisoformat(held["opened_at"])
    due = datetime.fromisoformat(held.get("due_at", held["opened_at"]))
    owner, hours = held["owner"], round((due - opened).total_seconds() / 3_600)
    missing = [one for one in expect.problems if one not in job["reason"]]
    faults = [f"the case does not name {one}" for one in missing]
    wanted = expect.case
    fits = owner == wanted.owner and hours <= wanted.hours
    found = f"its case is due to {owner} in {hours} h, not to {wanted.owner} in {wanted.hours}"
    return faults if fits else [*faults, found]


def told_once(job: Data, told: Sequence[Data]) -> list[str]:
    """Whether its sender's system knows how the job ended, and has heard it once."""
    heard = [one["data"] for one in told if one["data"]["job_id"] == job["job_id"]]
    said = [one["status"] for one in heard]
    return [] if said == [job["status"]] else [f"its sender was told {said}, not {job['status']}"]


def standing(job: Data, asked: Sequence[Data]) -> list[str]:
    """Whether each address that its sender was given says how the job stands."""
    said = {(one["job_id"], one["status"]) for one in asked}
    return [] if said <= {(job["job_id"], job["status"])} else [f"its address says {said}"]


def of_child(expect: Expectation, wanted: HandedOver) -> Expectation:
    """What is expected of one child, as of any job."""
    own = wanted.model_dump(include={"status", "actions", "mails_to_sender", "crm_writes"})
    return expect.model_copy(update={**own, "refunds": wanted.refunds, "pushes": 0})


def handed_over(expect: Expectation, job: Data) -> list[str]:
    """Whether exactly those have it who should."""
    wanted, got = [one.to for one in expect.children], [one["to"] for one in job["children"]]
    return [] if wanted == got else [f"handed over to {got}, not {wanted}"]


def cased(wanted: HandedOver, job: Data) -> list[str]:
    """Whether the child's case is its team's, and due in time."""
    case = job["case"]
    if not wanted.owner:
        return []
    if case is None or case["owner"] != wanted.owner:
        return [f"the case is {case and case['owner']}'s, not {wanted.owner}'s"]
    opened, due = (datetime.fromisoformat(case[name]) for name in ("opened_at", "due_at"))
    late = due - opened > timedelta(hours=wanted.due_hours)
    return [f"the case is due {due - opened} after it was opened"] if late or due <= opened else []


def _unparked(expect: Expectation, job: Data) -> list[str]:
    """Whether it should have waited for the model's budget and did not."""
    parked = any(entry["event"] == "parked" for entry in job["audit"]["entries"])
    return ["it did not wait for the budget"] if expect.budget and not parked else []


def _unreached(expect: Expectation, job: Data) -> list[str]:
    """Who should have been out of reach and was not noticed, or brought nobody further."""
    entries = [(e["event"], e["fields"]) for e in job["audit"]["entries"]]
    told = {f["person"]["value"] for _, f in entries if "person" in f}
    # The first that comes back brings the request further; it may be signed before the others do.
    gone = set(expect.unreachable)
    faults = (
        [f"no mail to {' or '.join(sorted(gone))} came back"] if gone and not gone & told else []
    )
    further = {f["why"]["value"] for event, f in entries if event == "asked the next tier"}
    if expect.unreachable and "a mail came back" not in further:
        faults.append("nobody else was asked when a mail came back")
    return faults


def _counts(expect: Expectation, job: Data, journals: Journals) -> list[str]:
    acts = done(job)
    keys = {action["key"] for action in job["actions"]}
    writes = sum(any(wrote(action, entry, job) for action in acts) for entry in journals.crm)
    counted = (
        (writes, expect.crm_writes, "CRM writes"),
        (sum(one["key"] in keys for one in journals.payments), expect.refunds, "refunds"),
        (_of(acts, "notify", journals.pushes), expect.pushes, "messages to channels"),
        (_of(acts, "http-shop", journals.shop), expect.shop, "effects in the shop"),
        (
            _of(_to_senders(acts), "mail", journals.mails),
            expect.mails_to_sender,
            "mails to senders",
        ),
    )
    return [f"{n} {what}, not {wanted}" for n, wanted, what in counted if n != wanted]


def _to_senders(acts: Iterable[Data]) -> list[Data]:
    """The actions that mail whoever wrote, and nobody of ours."""
    return [action for action in acts if action["action"] not in _OF_OURS]


def _of(acts: Iterable[Data], connector: str, entries: Iterable[Data]) -> int:
    """How many entries are effects of the actions."""
    seen = BY_CONNECTOR[connector]
    signed = {seen.signed(action) for action in acts if action["connector"] == connector}
    return sum(seen.made(entry) in signed for entry in entries)


def strays(jobs: Sequence[Data], journals: Journals, internal: frozenset[str]) -> list[str]:
    """Effects that no verified action of any job accounts for, and actions without their effect.

    `internal`: the addresses of approvers and case owners, who get mail that nobody signs.
    """
    acts = [(job, action) for job in jobs for action in done(job)]
    faults = [
        f"{job['job_id']}: {action['action']} is not the bytes of its digest"
        for job, action in acts
        if not _is_signed(job, action)
    ]
    faults += [
        f"CRM write {entry['n']} ({entry['type']}) belongs to no verified action"
        for entry in journals.crm
        if entry["type"] != "emails"  # those are colleagues': no action writes one
        and not entry["key"].startswith(THEIRS)
        if not any(wrote(action, entry, job) for job, action in acts)
    ]
    told = {signed_mail(action) for _, action in acts if action["action"] in _OF_OURS}
    again = {reminder_of(a) for job, a in acts if a["action"] == ASK_SENDER.id and _reminds(job)}
    theirs = {
        "payments": [one for one in journals.payments if one["key"].startswith(OURS)],
        "notify": journals.pushes,
        "http-shop": [one for one in journals.shop if not one["key"].endswith("-undo")],
        "files": [one for one in journals.documents if FILE not in one],
        "press": [one for one in journals.documents if FILE in one],
        "bulk": journals.runs,
        "desk": [job for job in jobs if job["parent"]],
        "mail": [
            mail
            for mail in journals.mails
            if not internal.issuperset(mail["to"]) or sent_mail(mail) in told
            if sent_mail(mail) not in again and not mail.get("unsubscribe")
        ],
    }
    faults += _letters(journals)
    return faults + [
        fault
        for connector, entries in theirs.items()
        for fault in _unlike(connector, [action for _, action in acts], entries)
    ]


def _letters(journals: Journals) -> list[str]:
    """Campaigns' mails against what they wrote down, each once on both sides."""
    got = Counter(letter(mail) for mail in journals.mails if mail.get("unsubscribe"))
    told = Counter(journals.letters)
    return [
        *(f"a campaign's mail of {one[0]} was not written down" for one in (got - told).elements()),
        *(f"a campaign's mail of {one[0]} is not there" for one in (told - got).elements()),
    ]


def letter(mail: Data) -> Letter:
    """What is written down of a campaign's mail."""
    token = urlsplit(mail["unsubscribe"]).path.rpartition("/")[2]
    return contact_key(", ".join(mail["to"])), hashlib.sha256(token.encode()).hexdigest()


def _reminds(job: Data) -> bool:
    """Whether its audit trail says that whoever was asked was reminded."""
    return any(entry["event"] == "sender reminded" for entry in job["audit"]["entries"])


def _unlike(connector: str, acts: Iterable[Data], entries: Iterable[Data]) -> list[str]:
    """What was made and not signed, and what was verified and is not there."""
    seen = BY_CONNECTOR[connector]
    wanted = Counter(seen.signed(one) for one in acts if one["connector"] == connector)
    made = Counter(seen.made(entry) for entry in entries)
    more, missing = (made - wanted).elements(), (wanted - made).elements()
    return [
        *(f"{seen.what} {one[0]} belongs to no verified action" for one in more),
        *(f"verified {seen.what} {one[0]} is not there" for one in missing),
    ]


def is_over(expect: Expectation, job: Data) -> bool:
    """Whether nothing more will become of the job by itself. A mail that bounces makes a case of a
    complete one, an order undoes it, and somebody takes up what was rejected: where that is
    expected, the job is not over before."""
    later = expect.status in (Status.ESCALATED, Status.ROLLED_BACK)
    early = later and job["status"] == Status.COMPLETED
    early |= expect.taken_up is not None and job["status"] == Status.REJECTED
    waits = expect.status is Status.WAITING_FOR_SENDER and job["status"] == expect.status
    return waits or (job["status"] in ENDED and not early)


def done(job: Data) -> list[Data]:
    """The actions that took effect; a mail that came back had left, what was undone ran."""
    took = ("verified", "undone", "kept")
    return [a for a in job["actions"] if a["status"] in took or _came_back(a)]


def _came_back(action: Data) -> bool:
    sent = action["connector"] == "mail" and action["receipt"]
    return bool(sent) and action["status"] == "failed"


def wrote(action: Data, entry: Data, job: Data) -> bool:
    """Whether a CRM write is this action's: by its key, or for a contact, which has none, by the
    id on its receipt and the time of the job."""
    if action["connector"] != "crm":
        return False
    if entry["key"]:
        return bool(entry["key"] == action["key"])
    at = datetime.fromisoformat(entry["at"])
    begun, ended = (datetime.fromisoformat(job[name]) for name in ("created_at", "updated_at"))
    same = entry["type"] == "contacts" and entry["id"] == action["receipt"]["id"]
    return same and begun <= at <= ended


def _is_signed(job: Data, action: Data) -> bool:
    """Recomputed here from the body as it is shown, with nothing but the format's description."""
    text = json.dumps(action["body"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    digest = hashlib.sha256(text.encode()).hexdigest()
    if digest != action["digest"] or action["key"] != f"{OURS}{digest[:32]}":
        return False
    decided = next(d for d in job["decisions"] if d["digest"] == digest)
    return decided["answer"] == "run" or digest in _approved(job)


def _approved(job: Data) -> set[str]:
    return {
        digest
        for approval in job["approvals"]
        if approval["decision"] and not approval["superseded"]
        for digest, choice in approval["decision"]["choices"].items()
        if choice == "approve"
    }
