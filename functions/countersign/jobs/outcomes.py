"""Telling the system that sent an event how its job ended, until it takes it or three days pass."""

from __future__ import annotations

from datetime import timedelta

from countersign import observability
from countersign.domain.canonical import canonical
from countersign.domain.errors import Refused, Throttled, Unavailable
from countersign.domain.jobs.change import Change, JobRecord
from countersign.domain.jobs.outcomes import GIVES_UP, message, message_id, system_of
from countersign.domain.jobs.senders import Sender, held, keys, named, sender_of
from countersign.domain.limits.circuit_breaker import failed, succeeded
from countersign.jobs.resume import TICK, settled
from countersign.runtime.breaker import tell
from countersign.runtime.deps import Deps
from countersign.runtime.pace import Paced
from countersign.web.signature import sign

_AGAIN = timedelta(minutes=1)


def tell_sender(deps: Deps, record: JobRecord) -> None:
    """Once its receiver took it, the row is gone. Raises Throttled, after which the row stays as it
    is, while the receiver does not: that is no failure of ours, and its breaker leaves it alone."""
    sender = named(deps.settings.senders, sender_of(record.job.source.sender))
    if sender is None or not sender.outcomes_to:
        settled(deps, record, "outcome")
        return
    try:
        _deliver(deps, record, sender)
    except Refused:
        _done(deps, record, "sender hears no more")
    except (Unavailable, Throttled) as trouble:
        observability.logger().warning(
            "a sender was not told", extra={"sender": sender.id, "why": str(trouble)}
        )
        if deps.clock.now() - record.job.updated_at < GIVES_UP:
            raise Throttled(str(trouble), _AGAIN.total_seconds()) from None
        observability.count("OutcomesNotTold")
        _done(deps, record, "sender not told")
    else:
        _done(deps, record, "sender told")


def _deliver(deps: Deps, record: JobRecord, sender: Sender) -> None:
    """Raises Unavailable, Throttled and Refused."""
    paced = Paced(deps, system_of(sender.id))
    if paced.read().breaker.resting(deps.wall.now()):
        raise Unavailable("the receiver failed too often; it is left alone for minutes")
    secrets = keys(held(deps.secrets.get(deps.settings.webhook_secret)), sender.id)
    if not secrets:
        raise Unavailable("the sender has no secret to sign with")
    body, name = canonical(message(record.job, record.ledger)), message_id(record.job)
    stamp = int(deps.wall.now().timestamp())
    headers = {
        "content-type": "application/json",
        "webhook-id": name,
        "webhook-timestamp": str(stamp),
        "webhook-signature": sign(secrets[0], name, stamp, body),
    }
    try:
        deps.callbacks.deliver(sender.outcomes_to, headers, body)
    except Unavailable:
        tell(paced, failed)
        raise
    if paced.state.breaker.failures:
        tell(paced, lambda breaker, _now: succeeded(breaker))


def _done(deps: Deps, record: JobRecord, event: str) -> None:
    fields = {"status": record.job.status.value}
    deps.commit(record, Change(event=event, actor=TICK, fields=fields, done=("outcome",)))
