"""Whether an event ended as expected, and whether the world outside holds exactly what was signed.

Pure functions over a job's data (`/jobs/{id}.json`), the journals and the mailbox.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from countersign.domain.jobs.job import ENDED, Status
from infra.local.front.samples import Expectation
from infra.local.player.colleague import THEIRS
from infra.local.player.effects import (
    made_push,
    made_refund,
    sent_mail,
    signed_mail,
    signed_push,
    signed_refund,
)

Data = Mapping[str, Any]
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


@dataclass(frozen=True)
class Outside:
    """What the world outside holds: the journals of CRM, payments account and channels, and the
    mailbox."""

    crm: Sequence[Data]
    payments: Sequence[Data]
    mails: Sequence[Data]
    pushes: Sequence[Data] = ()


def outcome(expect: Expectation, job: Data, outside: Outside) -> list[str]:
    """What differs from the expectation."""
    faults = []
    if job["status"] != expect.status:
        faults.append(f"{job['status']} ({job['reason']}), not {expect.status}")
    ended = {action["action"]: action["status"] for action in job["actions"]}
    for name in sorted({*ended, *expect.actions}):
        wanted = expect.actions.get(name)
        if ended.get(name) != wanted:
            faults.append(f"{name} is {ended.get(name, 'not there')}, not {wanted or 'there'}")
    if not job["audit"]["verified"]:
        faults.append(f"the audit chain: {'; '.join(job['audit']['faults'])}")
    return faults + _unreached(expect, job) + _counts(expect, job, outside)


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


def _counts(expect: Expectation, job: Data, outside: Outside) -> list[str]:
    writes = [entry for entry in outside.crm if any(wrote(a, entry, job) for a in done(job))]
    replies = Counter(signed_mail(action) for action in done(job) if action["connector"] == "mail")
    sent = sum(replies[sent_mail(mail)] > 0 for mail in outside.mails)
    told = Counter(signed_push(a) for a in done(job) if a["connector"] == "notify")
    pushes = sum(told[made_push(entry)] > 0 for entry in outside.pushes)
    keys = {action["key"] for action in job["actions"]}
    refunds = sum(entry["key"] in keys for entry in outside.payments)
    counted = (
        (len(writes), expect.crm_writes, "CRM writes"),
        (refunds, expect.refunds, "refunds"),
        (pushes, expect.pushes, "messages to channels"),
        (sent, expect.mails_to_sender, "mails to the sender"),
    )
    return [f"{n} {what}, not {wanted}" for n, wanted, what in counted if n != wanted]


def strays(jobs: Sequence[Data], outside: Outside, internal: frozenset[str]) -> list[str]:
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
        for entry in outside.crm
        if entry["type"] != "emails"  # those are colleagues': no action writes one
        and not entry["key"].startswith(THEIRS)
        if not any(wrote(action, entry, job) for job, action in acts)
    ]
    faults += _refund_strays([a for _, a in acts if a["connector"] == "payments"], outside.payments)
    faults += _push_strays([a for _, a in acts if a["connector"] == "notify"], outside.pushes)
    mailed = [a for _, a in acts if a["connector"] == "mail"]
    return faults + _mail_strays(mailed, outside.mails, internal)


def _refund_strays(acts: list[Data], journal: Iterable[Data]) -> list[str]:
    """Refunds under our keys against verified ones: key, charge, amount and currency."""
    wanted = Counter(signed_refund(action) for action in acts)
    made = Counter(made_refund(one) for one in journal if one["key"].startswith(OURS))
    return [
        *(f"refund {key} belongs to no verified action" for key, *_ in (made - wanted).elements()),
        *(f"verified refund {key} is not there" for key, *_ in (wanted - made).elements()),
    ]


def _push_strays(acts: list[Data], journal: Iterable[Data]) -> list[str]:
    wanted = Counter(signed_push(action) for action in acts)
    made = Counter(made_push(entry) for entry in journal)
    more, missing = (made - wanted).total(), (wanted - made).total()
    return [
        *([f"{more} messages to channels belong to no verified action"] if more else []),
        *([f"{missing} verified messages are not in their channels"] if missing else []),
    ]


def _mail_strays(acts: list[Data], mails: Iterable[Data], internal: frozenset[str]) -> list[str]:
    wanted = Counter(signed_mail(action) for action in acts)
    sent = Counter(sent_mail(mail) for mail in mails if not internal.issuperset(mail["to"]))
    more, missing = (sent - wanted).total(), (wanted - sent).total()
    return [
        *([f"{more} mails left that no verified action accounts for"] if more else []),
        *([f"{missing} verified replies are not in the mailbox"] if missing else []),
    ]


def is_over(expect: Expectation, job: Data) -> bool:
    """Whether nothing more will become of the job. A mail that bounces makes a case of a complete
    one, an order undoes it: where that is expected, the job is not over before."""
    later = expect.status in (Status.ESCALATED, Status.ROLLED_BACK)
    early = later and job["status"] == Status.COMPLETED
    return job["status"] in ENDED and not early


def done(job: Data) -> list[Data]:
    """The actions that took effect; a mail that came back had left, what was undone ran."""
    took = ("verified", "undone", "kept")
    return [a for a in job["actions"] if a["status"] in took or _came_back(a)]


def _came_back(action: Data) -> bool:
    sent = action["connector"] == "mail" and action["receipt"]
    return bool(sent) and action["status"] == "failed"


def wrote(action: Data, entry: Data, job: Data) -> bool:
    """Whether a CRM write is this action's: by its key, or for a contact, which has none, by its
    id and the time of the job."""
    if action["connector"] != "crm":
        return False
    if entry["key"]:
        return bool(entry["key"] == action["key"])
    at = datetime.fromisoformat(entry["at"])
    begun, ended = (datetime.fromisoformat(job[name]) for name in ("created_at", "updated_at"))
    same = entry["type"] == "contacts" and entry["id"] == action["receipt"]["id"]
    return same and action["action"] == "crm.upsert_contact" and begun <= at <= ended


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
