"""The index of matters: which jobs somebody's address, a mail, or an address of ours leads to.

A row stands under a digest, so that the table can be asked whether it knows an address and cannot
be read for the addresses that it knows. It says no more than which job, and since when.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar

from countersign.domain.canonical import canonical, digest
from countersign.domain.contract import Contract, Value
from countersign.domain.jobs.job import Job
from countersign.domain.ledger.entry import ActionStatus, LedgerEntry
from countersign.domain.mail import token_of, token_of_key

FOLLOWS = "follows"
"""The name of the result that says what an input answers."""
MOST = 5
"""So many of the latest jobs with one correspondent are looked at."""
_OF_THE_PROVIDER = ".amazonses.com"
_LEFT = frozenset({ActionStatus.VERIFIED, ActionStatus.KEPT})


class Matter(Value):
    """One row: this key leads to this job."""

    key: str
    job_id: str
    since: datetime
    asked: bool = False
    """It is the job that asked them last: of these a key has one, before all others when the newest
    come first."""


class Thread(Value):
    """What a mail's headers say of the mails before it."""

    message_id: str = ""
    """Its own, with its brackets."""
    answers: tuple[str, ...] = ()
    """The ids of the mails that it goes back to, the nearest first."""
    recipients: tuple[str, ...] = ()


class Follows(Contract):
    """The job to which an input belongs by its thread."""

    CONTRACT: ClassVar[str] = "follows"
    VERSION: ClassVar[int] = 1

    job_id: str


def contact_key(address: str) -> str:
    """The key of a correspondent; however the address is spelled, it is one."""
    return _key("contact", address.strip().casefold())


def message_key(message_id: str) -> str:
    """The key of a mail that somebody sent us."""
    return _key("message", message_id.strip("<> "))


def mail_key(provider_id: str) -> str:
    """The key of a mail of ours. The provider puts its id before the `@`; what follows depends on
    the region."""
    return _key("mail", provider_id.strip("<> ").partition("@")[0])


def token_key(token: str) -> str:
    """The key of an address of ours that one job's mails ask to be answered to."""
    return _key("token", token.lower())


def order_key(order: str) -> str:
    """The key of an order's number; however it is written, it is one."""
    return _key("order", order.strip().lstrip("#").strip().casefold())


def subject_key(workflow: str, about: str) -> str:
    """The key of what jobs of a workflow are versions of."""
    return _key("subject", f"{workflow}\n{about}")


def rule_key(rule: str) -> str:
    """The key of a rule that stopped something."""
    return _key("rule", rule.strip())


RELEASE_SHOWN = 12
"""So many letters of a release's digest stand on pages and in a terminal."""


def release_key(release: str) -> str:
    """The key of a release, by its digest or the beginning of it that is shown."""
    return _key("release", release.strip().casefold()[:RELEASE_SHOWN])


def thread_keys(thread: Thread, inbound: str) -> Iterator[str]:
    """Where a mail may belong, the surest sign first: the address of ours that it came to, then the
    sender's own earlier mails, then ours. `inbound` is the address in which tokens stand."""
    tokens = (token_of(one, inbound) for one in thread.recipients)
    yield from (token_key(one) for one in tokens if one)
    theirs = [one for one in thread.answers if not _is_provider(one)]
    yield from map(message_key, theirs)
    yield from (mail_key(one) for one in thread.answers if _is_provider(one))


def of_input(job: Job, address: str, message_id: str, root: str) -> tuple[Matter, ...]:
    """The rows of what arrived. Its sender leads to the job, its mail to the one that it goes back
    to (`root`), so that a third mail of a thread finds the first one's job."""
    leads = {contact_key(address): job.job_id} if address else {}
    if message_id:
        leads[message_key(message_id)] = root
    return tuple(Matter(key=k, job_id=one, since=job.created_at) for k, one in leads.items())


def of_mails(job: Job, ledger: tuple[LedgerEntry, ...]) -> tuple[Matter, ...]:
    """The rows of the mails that the job sent: by the provider's id, and by the token in the
    address that they are answered to."""
    sent = [
        (receipt.id, token_of_key(held.key))
        for held in ledger
        if held.connector == "mail"
        and held.status in _LEFT
        and not held.of
        and (receipt := held.receipt)
    ]
    keys = [key for mail, token in sent for key in (mail_key(mail), token_key(token))]
    return tuple(Matter(key=key, job_id=job.job_id, since=job.created_at) for key in keys)


def _is_provider(message_id: str) -> bool:
    return message_id.strip("<> ").lower().endswith(_OF_THE_PROVIDER)


def _key(kind: str, text: str) -> str:
    return digest(canonical([kind, text]))
