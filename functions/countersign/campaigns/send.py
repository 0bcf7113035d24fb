"""Send: a child goes through one batch of messages. Each is handed over once.

Its intent is written before, with all that may forbid it looked at in the same write, and the
provider's id after. A message that was intended and of which nobody knows whether it was handed
over is never sent again: its delivery event is waited for, and after an hour people get it.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from countersign import observability
from countersign.campaigns.turns import Turns
from countersign.domain.campaigns.campaign import Campaign, CampaignLane
from countersign.domain.campaigns.contacts import Contact
from countersign.domain.campaigns.groups import domain_of, group_of
from countersign.domain.campaigns.quiet import allowed_at, next_allowed
from countersign.domain.campaigns.sent import UNHEARD, Intent, Sent
from countersign.domain.canonical import canonical
from countersign.domain.errors import (
    Ambiguous,
    CountersignError,
    InternalError,
    ItemsUnderWay,
    Misconfigured,
    NotNow,
    Refused,
    Transient,
)
from countersign.domain.lane.batches import Line, Waits
from countersign.domain.lane.items import Ended, Item, ItemState, claimed, ended_as, put_back
from countersign.domain.mail import Email
from countersign.lane.functions import BatchCall, handler_of
from countersign.lane.work import HeldUp, Visit, visited
from countersign.runtime.deps import Deps
from countersign.web.paths import unsubscribe_path

SPARE_SECONDS = 20.0
"""No message is begun with fewer."""
TOKEN_BITS = 160
SOON = timedelta(seconds=30)
"""After the provider asked to wait, or was not there."""
LOOK = timedelta(minutes=1)
"""The first look whether the event has come of a message whose answer was lost."""
NOT_HEARD = "no answer and no delivery event within an hour"
NEVER_DAY = "no hour is allowed there"
_LONGEST_CAUSE = 200


def send(deps: Deps, call: BatchCall) -> dict[str, Any]:
    """Go through the batch. Raises Transient."""
    return visited(deps, call, Sender)


class Sender:
    """work.Hand, for messages."""

    def __init__(self, visit: Visit) -> None:
        self._deps, self._visit = visit.deps, visit
        self._campaign = _campaign(visit)
        self._is_signed = False
        self._turns = Turns(
            self._deps.sending_limits,
            wall=self._deps.wall,
            pause=self._deps.pause,
            ids=self._deps.ids,
            domain=domain_of(self._campaign.sender),
            limits=self._campaign.limits,
            rows=self._campaign.rows,
        )
        self._messages: Mapping[int, Sent] | None = None
        self._ahead = Counter[str]()
        self._waits: list[tuple[datetime, str]] = []

    def _check_signed(self) -> None:
        """Raises InternalError where this code, or this stage, would send anything else than what
        was signed."""
        if self._is_signed:
            return
        run, own = self._deps.lanes.run(self._visit.call.job_id), self._deps.settings.campaign_from
        if run is None or run.terms != self._campaign.digest:
            raise InternalError("the campaign is not the one that was signed")
        if self._campaign.sender != own:
            raise InternalError(f"the plan is from {self._campaign.sender}, the stage's is {own}")
        self._is_signed = True

    @property
    def seconds(self) -> float:
        """No message is begun with fewer."""
        return SPARE_SECONDS

    def in_order(self, lines: Sequence[Line]) -> Sequence[Line]:
        """By the group of their receiving domain, so that a block of turns is of one group."""
        groups = {line.number: self._group(_contact(line)) for line in lines}
        self._ahead = Counter(groups.values())
        return sorted(lines, key=lambda line: (groups[line.number], line.number))

    def ends(self) -> Waits | None:
        """What comes first of all that was left for later."""
        if not self._waits:
            return None
        until, said = min(self._waits)
        return Waits(error=ItemsUnderWay.__name__, said=said, until=until)

    def does(self, line: Line, held: Item | None, ahead: int) -> Item | None:  # noqa: ARG002 - a hand's shape
        """One message. Raises BatchTaken, Transient, and HeldUp."""
        contact = _contact(line)
        group = self._group(contact)
        claim = claimed(held, line.number, self._visit.mine.entry)
        earlier = self._message(line.number) if held else None
        try:
            if earlier:
                return self._settles(claim, earlier)
            self._check_signed()
            return self._sends(claim, contact, group)
        finally:
            self._ahead[group] -= 1

    def settles(self, line: Line, held: Item) -> Item | None:
        """A message that was intended is waited for as ever; where there is none, whoever claimed
        the item was about to leave it out, and it is left."""
        claim = claimed(held, line.number, self._visit.mine.entry)
        earlier = self._message(line.number)
        if earlier:
            return self._settles(claim, earlier)
        after = claim.model_copy(update={"tries": 0})
        self._deps.lanes.claim(*self._visit.at, claim)
        self._deps.lanes.record(*self._visit.at, after)
        return after

    def _group(self, contact: Contact) -> str:
        """Whose turns it takes; empty for those that are too small to have some of their own."""
        group = group_of(contact.address)
        return group if group in self._campaign.rows else ""

    def _message(self, number: int) -> Sent | None:
        if self._messages is None:
            self._messages = self._deps.campaigns.messages(*self._visit.at)
        return self._messages.get(number)

    def _settles(self, claim: Item, earlier: Sent) -> Item | None:
        """A message that an earlier visit intended: whether anybody has heard of it since."""
        now = self._deps.clock.now()
        if earlier.is_known:
            return self._ended(claim, _done(earlier.message_id))
        if earlier.unheard(now):
            return self._ended(claim, Ended(state=ItemState.UNKNOWN, cause=NOT_HEARD))
        self._hears_later(earlier.intended_at)
        return None

    def _sends(self, claim: Item, contact: Contact, group: str) -> Item | None:
        rule = self._campaign.against(contact)
        if rule:
            return self._skipped(claim, rule)
        now, quiet = self._deps.clock.now(), self._campaign.limits.quiet
        if not allowed_at(contact.country, contact.zone, now, quiet):
            opens = next_allowed(contact.country, contact.zone, now, quiet)
            if opens is None:
                return self._skipped(claim, NEVER_DAY)
            self._later(opens, "it is a quiet hour where the next contacts are")
            return None
        self._turn(group)
        return self._intends(claim, contact, group)

    def _turn(self, group: str) -> None:
        """Raises HeldUp when it comes later than this visit lasts."""
        call = self._visit.call
        seconds = call.seconds_left(self._deps.clock.now()) - SPARE_SECONDS
        wait = self._turns.take(group, max(1, self._ahead[group]), max(0.0, seconds))
        if wait:
            # The turn is in the machine's own time, the job's wait in the stage's.
            until = self._deps.clock.now() + (wait.until - self._deps.wall.now())
            raise HeldUp(Waits(error=ItemsUnderWay.__name__, said=wait.why, until=until))

    def _intends(self, claim: Item, contact: Contact, group: str) -> Item | None:
        token = self._deps.ids.token(TOKEN_BITS)
        intent = Intent(
            job_id=self._visit.call.job_id,
            batch=self._visit.call.batch.number,
            item=claim,
            contact=contact.key,
            token=hashlib.sha256(token.encode()).hexdigest(),
            at=self._deps.clock.now(),
            apart=self._campaign.apart,
        )
        rule = self._deps.campaigns.intend(intent)
        if rule:
            return self._skipped(claim, rule)
        while not self._turns.holds():
            try:
                self._turn(group)
            except HeldUp:
                self._deps.campaigns.withdraw(intent, put_back(claim))
                raise
        return self._hands_over(intent, self._email(contact, token, claim.number))

    def _hands_over(self, intent: Intent, email: Email) -> Item | None:
        claim, campaigns = intent.item, self._deps.campaigns
        try:
            message_id = self._deps.campaign_mail.send(email)
        except (NotNow, Transient) as trouble:
            campaigns.withdraw(intent, put_back(claim))
            raise HeldUp(self._met(trouble)) from None
        except Refused as refused:
            failed = Ended(state=ItemState.FAILED, cause=str(refused)[:_LONGEST_CAUSE])
            after = ended_as(claim, failed)
            campaigns.withdraw(intent, after)
            return after
        except Ambiguous as lost:
            observability.logger().info("nobody knows whether a message left: %s", lost)
            self._hears_later(intent.at)
            return None
        after = ended_as(claim, _done(message_id))
        campaigns.sent(*self._visit.at, after, message_id)
        return after

    def _met(self, trouble: CountersignError) -> Waits:
        if isinstance(trouble, Misconfigured):
            return Waits(error=Misconfigured.__name__, said=str(trouble))
        until = self._deps.clock.now() + SOON
        return Waits(error=ItemsUnderWay.__name__, said=str(trouble), until=until)

    def _email(self, contact: Contact, token: str, number: int) -> Email:
        way_out = unsubscribe_path(token, self._campaign.language_of(contact))
        url = f"{self._deps.settings.public_base_url}{way_out}"
        message = self._campaign.message(contact, url)
        job_id, batch = self._visit.at
        return Email(
            to=message.to,
            subject=message.subject,
            text=message.text,
            html=message.html,
            reply_to=self._campaign.reply_to,
            unsubscribe=url,
            about={"job": job_id, "batch": str(batch), "item": str(number)},
        )

    def _hears_later(self, intended_at: datetime) -> None:
        """Its event comes in seconds, as a rule: looks come after a minute, 4, 16, and the last one
        when people get it."""
        now = self._deps.clock.now()
        looks_at = now + max(LOOK, 3 * (now - intended_at))
        until = min(looks_at, intended_at + UNHEARD)
        self._later(until, "a message waits for its delivery event")

    def _later(self, until: datetime, said: str) -> None:
        self._waits.append((until, said))

    def _skipped(self, claim: Item, rule: str) -> Item:
        return self._ended(claim, Ended(state=ItemState.SKIPPED, cause=rule))

    def _ended(self, claim: Item, ended: Ended) -> Item:
        """Claim and end: nothing is handed over in between."""
        lanes, after = self._deps.lanes, ended_as(claim, ended)
        lanes.claim(*self._visit.at, claim)
        lanes.record(*self._visit.at, after)
        return after


def _campaign(visit: Visit) -> Campaign:
    lane = visit.workflow.lane
    if not isinstance(lane, CampaignLane):
        raise InternalError(f"{visit.workflow.id} sends no campaigns any more")
    campaign: Campaign = lane.campaign(visit.of)
    return campaign


def _contact(line: Line) -> Contact:
    return Contact.model_validate_json(line.text)


def _done(message_id: str) -> Ended:
    result = canonical({"message_id": message_id}).decode()
    return Ended(state=ItemState.DONE, result=result)


handler = handler_of(send, BatchCall)
