"""Every kind of page, and the way of a person with a browser to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from playwright.sync_api import Page

from countersign.actions.mail import Reply
from countersign.domain.approvals.directory import SigningLimit
from countersign.domain.money import Money
from countersign.domain.policy.policy import Answer, Quorum
from countersign.reporting import monthly
from tests.browser.serving import press
from tests.fakes.world import ANA, World
from tests.unit.web.many import escalated, many
from tests.unit.web.member import mailed
from tests.unit.web.plot import Plot
from tests.unit.web.waiting import (
    APPROVAL,
    DRAFTED,
    JOB,
    SECRETS,
    approval,
    planned,
    tampered,
    waiting,
)

Way = Callable[[Page, World, str], None]
REPEAT = "Sehr geehrte Damen und Herren, wir möchten unsere Tourenplanung umstellen. " * 40
ARABIC = "نحتاج إلى تخطيط مسارات لأربع عشرة شاحنة ابتداءً من شهر مايو في مدينة لايبزيغ. "
PLOTS: Mapping[str, Plot] = {
    "normal": Plot(),
    "long": Plot(text=REPEAT + "x" * 900, reply="W" * 1_500, subject="y" * 300),
    "rtl": Plot(text=ARABIC * 6, reply=ARABIC * 4, subject=ARABIC),
}


def office(base: str, plot: str = "normal") -> World:
    """A request with its links, three like ones in the inbox, and a case of Ana's role."""
    world = waiting(PLOTS[plot], base_url=base)
    many(world, 3)
    world.store.put(escalated())
    world.people.becomes(ANA, roles=("sales", "sales-ops"))
    return world


def link(page: Page, base: str, person: str = "ana", then: str = "") -> None:
    """The mailed link is opened."""
    page.goto(f"{base}/approvals/link-{person}/{SECRETS[person]}{then}")


def approves(page: Page, code: str = "") -> None:
    """Every action is approved, the page's code is typed, the form is sent."""
    for radio in page.locator("input[value=approve]").all():
        radio.check()
    page.fill("#code", code or page.inner_text("#code-shown"))
    press(page, "button:has-text('Record')")


def signs_in(page: Page, world: World, base: str) -> None:
    """By the mailed link, to the inbox."""
    page.goto(f"{base}/approvals/sign-in")
    page.fill("#address", ANA.address)
    press(page, "main button")
    page.goto(base + mailed(world, ANA.address))
    page.fill("#code", page.inner_text("#code-shown"))
    press(page, "main button")


def becomes(world: World, **update: Any) -> None:
    """Somebody changes the stored request."""
    held = world.store.load(JOB)
    one = approval(world).model_copy(update=update)
    world.store.put(replace(held, approvals={APPROVAL: one}))


def costs(world: World) -> None:
    """The request moves money above the limit, within Ana's own."""
    amount = Money(amount=Decimal(60_000), currency="EUR")
    becomes(world, amounts={approval(world).digests[0]: amount})
    world.people.becomes(ANA, limits=(SigningLimit(actions="*", most=amount),))


def several(world: World, count: int) -> None:
    """The request is about its reply and more like it."""
    held = world.store.load(JOB)
    first = held.ledger[-1]
    params = Reply.model_validate(first.content()["params"])
    more = tuple(
        planned(at, "email.send_reply", params, params.to, Answer.ASK, DRAFTED)
        for at in range(3, count + 2)
    )
    digests = tuple(one.digest for one in (first, *more))
    asked = held.approvals[APPROVAL].model_copy(update={"digests": digests})
    world.store.put(replace(held, ledger=(*held.ledger, *more), approvals={APPROVAL: asked}))


def _five(page: Page, world: World, base: str) -> None:
    """A request about five actions."""
    several(world, 5)
    link(page, base)


def _inbox_of(count: int) -> Way:
    """An inbox of so many requests, of which one is unlike the others."""

    def way(page: Page, world: World, base: str) -> None:
        many(world, count - 1)
        signs_in(page, world, base)
        wait = "waits" if count == 1 else "wait"
        assert page.inner_text("h1").startswith(f"{count} request")
        assert wait in page.inner_text("h1")

    return way


def _request(page: Page, _world: World, base: str) -> None:
    link(page, base)


def _error(page: Page, _world: World, base: str) -> None:
    link(page, base)
    for radio in page.locator("input[value=reject]").all():
        radio.check()
    page.fill("#code", "WRONG")
    press(page, "button:has-text('Record')")


def _code_step(page: Page, world: World, base: str) -> None:
    costs(world)
    link(page, base)
    approves(page)


def _code_wrong(page: Page, world: World, base: str) -> None:
    _code_step(page, world, base)
    page.fill("#mailed", "000000")
    press(page, "button:has-text('Record')")


def _edit(page: Page, _world: World, base: str) -> None:
    link(page, base, then="?edit=2")


def _question(page: Page, _world: World, base: str) -> None:
    link(page, base, person="ben", then="?question=new")


def _decided(page: Page, _world: World, base: str) -> None:
    link(page, base)
    approves(page)


def _half(page: Page, world: World, base: str) -> None:
    """One of two has rejected the second action."""
    becomes(world, quorum=Quorum.TWO)
    link(page, base, person="ben")
    page.locator("input[value=approve]").first.check()
    page.locator("input[value=reject]").last.check()
    page.select_option("#cause", "wrong tone")
    page.fill("#code", page.inner_text("#code-shown"))
    press(page, "button:has-text('Record')")


def _second(page: Page, world: World, base: str) -> None:
    _half(page, world, base)
    link(page, base)


def _refused(page: Page, _world: World, base: str) -> None:
    page.goto(f"{base}/approvals/link-ana/wrong")


def _replaced(page: Page, world: World, base: str) -> None:
    becomes(world, superseded=True)
    link(page, base)


def _damaged(page: Page, world: World, base: str) -> None:
    tampered(world, 1, body="{}")
    link(page, base)


def _sign_in(page: Page, _world: World, base: str) -> None:
    page.goto(f"{base}/approvals/sign-in")


def _sign_in_link(page: Page, world: World, base: str) -> None:
    _sign_in(page, world, base)
    page.fill("#address", ANA.address)
    press(page, "main button")
    page.goto(base + mailed(world, ANA.address))


def _inbox(page: Page, world: World, base: str) -> None:
    signs_in(page, world, base)


def _bulk(page: Page, world: World, base: str) -> None:
    signs_in(page, world, base)
    group = page.locator("form:has(input[name=all])")
    group.locator("input[name=all]").check()
    group.locator("input[value=approve]").check()
    group.locator(".code-input").fill(group.locator(".code").inner_text())
    press(page, "form:has(input[name=all]) button")


def _case(page: Page, world: World, base: str) -> None:
    signs_in(page, world, base)
    page.goto(f"{base}/approvals/cases/j-case")


def _job(page: Page, world: World, base: str) -> None:
    signs_in(page, world, base)
    page.goto(f"{base}/approvals/jobs/{JOB}")


def _jobs(page: Page, world: World, base: str) -> None:
    signs_in(page, world, base)
    page.goto(f"{base}/approvals/jobs?workflow=lead_intake")


def _compare(page: Page, world: World, base: str) -> None:
    signs_in(page, world, base)
    page.goto(f"{base}/approvals/compare?one={JOB}&other=j-case")


def _costs(page: Page, world: World, base: str) -> None:
    signs_in(page, world, base)
    page.goto(f"{base}/approvals/costs")


def _month(page: Page, world: World, base: str) -> None:
    """Of one whose owner Ana is, after a month with these jobs."""
    monthly.look(world.deps)
    world.clock.passes(days=31)
    for _ in range(2):
        monthly.look(world.deps)
    signs_in(page, world, base)
    page.goto(f"{base}/approvals/months/lead_intake/2026-03")


HOMES: Mapping[str, Callable[[str], World]] = {"inbox-1": lambda base: waiting(base_url=base)}
"""Where another world than the office is needed."""
PLACES: Mapping[str, Way] = {
    "request": _request,
    "error": _error,
    "code-step": _code_step,
    "code-wrong": _code_wrong,
    "edit": _edit,
    "question": _question,
    "decided": _decided,
    "half-signed": _half,
    "second-signer": _second,
    "refused": _refused,
    "replaced": _replaced,
    "damaged": _damaged,
    "sign-in": _sign_in,
    "sign-in-link": _sign_in_link,
    "inbox": _inbox,
    "bulk": _bulk,
    "five-actions": _five,
    "inbox-1": _inbox_of(1),
    "inbox-7": _inbox_of(7),
    "inbox-99": _inbox_of(99),
    "case": _case,
    "job": _job,
    "jobs": _jobs,
    "compare": _compare,
    "costs": _costs,
    "month": _month,
}
