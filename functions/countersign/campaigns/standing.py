"""How a campaign stands, for who operates: what became of its messages, with the bounds of what
comes back, and what the account's sending holds now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from countersign.domain.campaigns.health import BOUNCES, COMPLAINTS, bounds
from countersign.domain.campaigns.limits import CampaignLimits
from countersign.domain.campaigns.sending import Reading, epoch_of, start_of
from countersign.domain.campaigns.sent import Event
from countersign.runtime.deps import Deps

LINES: Mapping[Event, float] = {Event.BOUNCED: BOUNCES, Event.COMPLAINED: COMPLAINTS}
"""At which the breaker pauses, if the rate is certainly above."""
_GROUPS = 10
"""Of receivers, that are told of: those that got most."""


@dataclass(frozen=True)
class Standing:
    """What is known at this moment."""

    counts: Mapping[Event, int]
    taken: Mapping[str, int]
    """Of the present five minutes: mails that campaigns took for groups of receivers."""
    seconds: float
    """Since these five minutes began."""
    day: int
    """Of the last 24 hours, by all campaigns."""
    reading: Reading | None
    """What SES said last of the account."""

    def told(self) -> Mapping[str, str]:
        """In words, by what they are about."""
        return {
            **{event.value.replace("_", " "): self._counted(event) for event in Event},
            **{f"now to {group}": self._rate(group, many) for group, many in self._busiest()},
            **self._account(),
        }

    def _busiest(self) -> Sequence[tuple[str, int]]:
        found = sorted(self.taken.items(), key=lambda one: (-one[1], one[0]))
        return found[:_GROUPS]

    def _counted(self, event: Event) -> str:
        many = self.counts.get(event, 0)
        if event not in LINES or not self.counts.get(Event.SENT, 0):
            return f"{many:,}"
        sent = self.counts[Event.SENT]
        low, high = bounds(many, sent)
        line = f"{LINES[event]:.2%}"
        rate = f"{low:.2%} to {high:.2%}"
        return f"{many:,} of {sent:,}: {rate}; it pauses when the lower one is above {line}"

    def _rate(self, group: str, many: int) -> str:
        most = CampaignLimits().group_rate(group)
        if not self.seconds:
            return f"{many:,}; {most} a second at most"
        now = many / self.seconds
        return f"{now:,.1f} a second, {most} at most ({many:,} in {self.seconds:.0f} s)"

    def _account(self) -> Mapping[str, str]:
        if self.reading is None:
            return {}
        most = CampaignLimits().day(self.reading.quota)
        said = f"{self.day:,} by campaigns, of at most {most:,}; SES counts {self.reading.sent:,}"
        return {"in 24 hours": said}


def standing(deps: Deps, job_id: str) -> Standing | None:
    """That of a job's campaign; None of a job that sent nothing."""
    counts = deps.campaign_events.counts(job_id)
    if not counts:
        return None
    row, now = deps.sending_limits.row(), deps.wall.now()
    taken = dict(sorted(row.recent.items())) if row.epoch == epoch_of(now) else {}
    seconds = (now - start_of(epoch_of(now))).total_seconds()
    return Standing(counts, taken, seconds, row.total, row.reading)
