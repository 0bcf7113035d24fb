"""The breaker of a campaign: after a bounce or a complaint it may pause the campaign, and people
are asked. Whoever lets it go on has seen what stopped it: only something new stops it again.
"""

from __future__ import annotations

from collections.abc import Mapping

from countersign import observability
from countersign.domain.campaigns.health import Counts, Pause, health
from countersign.domain.campaigns.sent import Event
from countersign.domain.errors import StoreConflict
from countersign.domain.lane.control import Word, ordered
from countersign.runtime.deps import Deps

BREAKER = "system:health"
"""Who says that a campaign pauses, where no person did."""


def after_events(deps: Deps, job_id: str) -> bool:
    """Whether the campaign of this job paused because of what is heard of its messages. What is
    paused or cancelled already stays as people said."""
    events = deps.campaign_events
    found = health(seen(events.counts(job_id)), seen(events.stopped_at(job_id)))
    control = deps.lanes.control(job_id)
    if not isinstance(found, Pause) or control.word is not Word.RUNNING:
        return False
    said = ordered(control, Word.PAUSED, by=BREAKER, reason=found.why, at=deps.clock.now())
    events.keep_stop(job_id, events.counts(job_id), deps.clock.now())
    try:
        deps.lanes.keep_control(job_id, control, said)
    except StoreConflict:
        # A person, or another batch of events, said something at the same moment.
        return after_events(deps, job_id)
    observability.logger().warning(found.why, extra={"job_id": job_id})
    observability.count("CampaignsPaused")
    return True


def seen(counts: Mapping[Event, int]) -> Counts:
    """As the breaker knows them."""
    return Counts(
        sent=counts.get(Event.SENT, 0),
        bounced=counts.get(Event.BOUNCED, 0),
        complained=counts.get(Event.COMPLAINED, 0),
    )
