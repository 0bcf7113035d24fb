"""Countersign for the bench: the real doors, steps and pages over the fakes of the tests."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from countersign.domain.jobs.handing import AGENT_ACTIONS
from countersign.domain.jobs.job import Status
from countersign.domain.ledger.action import ProposedAction
from countersign.entrypoints.tick import tick
from countersign.web.http import Response
from countersign.workflow import Situation
from infra.approval_bench.system import Mail, Meanwhile, Reply, Request, Says, State
from tests.fakes.agents import CUSTOMER, Agent, refund, with_an_order
from tests.fakes.journey import Journey
from tests.fakes.world import World
from tests.unit.web.visitor import Browser
from workflows import WORKFLOWS

DAYS = 6
"""After so many nobody may answer: every tier's time is over."""


class Ours:
    """A proposal of an agent, and people at the pages that they were mailed."""

    name = "Countersign"
    what = (
        "The workflow `agent_actions` in process: its doors, steps and pages are the product's; "
        "store, mail and payments account are those of the tests. The release adds a fee to "
        "what the workflow proposes."
    )
    unpromised = MappingProxyType(
        {
            "forwarded link": "a mailed link is its holder's. Above a limit a code is mailed as "
            "well, and a stage may demand a sign-in; this sum is below it",
        }
    )

    def __init__(self) -> None:
        self.world: World = with_an_order()[0]
        self._answers: dict[str, Response] = {}
        self._charges: dict[str, str] = {}

    def ask(self, request: Request) -> Sequence[Mail]:
        """`POST /propose`; what is accepted goes on until it waits."""
        charge = self._charges.get(request.key) or self.world.payments.has_order(
            request.key, 40_000, "eur", customer=CUSTOMER
        )
        self._charges[request.key] = charge
        answer = self._agent.proposes(
            refund(charge, request.cents / 100, order=request.key),
            key=request.key,
            requester=request.requester,
        )
        if answer.status == 202 and request.key not in self._answers:
            self._answers[request.key] = answer
            self._agent.goes(answer)
        self._meets(request.meanwhile)
        return self._mails(request.key)

    def opens(self, link: str, method: str) -> None:
        """A program without cookies at the page."""
        self._browser(link).opens(method)

    def decides(self, mail: Mail, says: Says, by: str, cents: int = 0) -> Reply:  # noqa: ARG002 - who comes is not seen, only what they hold
        """The form of the page is filled in and sent."""
        browser = self._browser(mail.links[0])
        if says is Says.EDIT:
            return self._edits(browser, mail, cents)
        browser.opens()
        choice = "maybe" if says is Says.UNREADABLE else says.value
        return _reply(browser.posts(browser.filled(choice)))

    def state(self, key: str) -> State:
        """What the caller reads at the status address, and whether somebody has a case."""
        journey = self._goes_on(key)
        if journey.record.case:
            return State.TROUBLE
        said = self._agent.reads(self._answers[key])["state"]
        return {"done": State.DONE, "rejected": State.REJECTED}.get(said, State.WAITING)

    def effects(self, key: str) -> Sequence[int]:
        """What the account's journal holds."""
        self.state(key)
        return [one.amount for one in self.world.payments.journal if one.order == key]

    @property
    def _agent(self) -> Agent:
        return Agent(self.world)

    def _goes_on(self, key: str) -> Journey:
        """As the state machine does once there is an answer, or none is awaited any more."""
        journey = Journey(self.world, self._job(key))
        record = journey.record
        if record.job.status is Status.WAITING_FOR_REVIEW and record.pending is None:
            journey.answered()
        return journey

    def _meets(self, meanwhile: Meanwhile) -> None:
        if meanwhile is Meanwhile.TOO_LATE:
            for _ in range(DAYS):
                self.world.clock.passes(days=1)
                tick(self.world.deps)
        if meanwhile is Meanwhile.RELEASE:
            flow = replace(WORKFLOWS[AGENT_ACTIONS], want=_with_a_fee)
            self.world.workflows = {**WORKFLOWS, AGENT_ACTIONS: flow}
            self.world.deps = self.world.deps_again()
        if meanwhile is Meanwhile.LOST:
            self.world.payments.lies()

    def _mails(self, key: str) -> list[Mail]:
        """Each mail that asks somebody to sign this key's job, by its link."""
        return [
            Mail(mail.to, key, (link,))
            for mail in self.world.mail.sent
            for link in re.findall(r"https://\S+/approvals/\S+/\S+", mail.text)
            if self.world.store.link(link.split("/")[-2]).job_id == self._job(key)
        ]

    def _job(self, key: str) -> str:
        return str(json.loads(self._answers[key].body)["job_id"])

    def _browser(self, link: str) -> Browser:
        browser = Browser(self.world)
        *_, name, secret = urlsplit(link).path.split("/")
        browser.params = {"link": name, "secret": secret}
        return browser

    def _edits(self, browser: Browser, mail: Mail, cents: int) -> Reply:
        """Whoever edits a sum does not sign it: the next who is asked does."""
        browser.goes_to(edit="1")
        fields = {"field-amount": f"{cents / 100:.2f} EUR", "field-reason": "requested_by_customer"}
        assert browser.posts(browser.fields(**fields)).status == 200, browser.page
        self._goes_on(mail.about)
        return self.decides(self._mails(mail.about)[-1], Says.APPROVE, "")


def _reply(answer: Response) -> Reply:
    return Reply.TAKEN if answer.status == 303 else Reply.REFUSED


def _with_a_fee(s: Situation[Any]) -> Sequence[ProposedAction]:
    """The next version proposes a euro more."""
    return [
        replace(one, params=one.params.model_copy(update={"amount": _more(one.params)}))
        for one in WORKFLOWS[AGENT_ACTIONS].want(s)
    ]


def _more(params: Any) -> Any:
    return params.amount.model_copy(update={"amount": params.amount.amount + 1})
