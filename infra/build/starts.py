"""How many jobs an account can begin: a new one runs ten functions at once, pages included."""

from __future__ import annotations

import boto3

from countersign.domain.limits.pace import RateLimit, pace_of
from countersign.runtime.starting import STARTS
from infra.settings import Settings, SettingsError

ENOUGH = 200
"""So many functions at once need no pace: `jobs_started_at_once` is what bounds a burst."""
JOB_SECONDS = 6.0
"""Of functions, by a job: the eight of a lead, with a model that takes four seconds."""
KEPT = 10
"""Of functions, for the page that unsubscribes: 400 requests a second, at 25 ms each."""
UNRESERVED = 100
"""So many of an account's functions AWS keeps for whoever reserved none (Lambda's quotas)."""
SHARE = 2 / 3
"""Of all functions; the rest is the webhook's and the pages'."""


def concurrency() -> int:
    """How many functions may run at once in the account. Raises ClientError."""
    limits = boto3.client("lambda").get_account_settings()["AccountLimit"]
    return limits["ConcurrentExecutions"]


def limit(at_once: int) -> RateLimit:
    """So many jobs may begin, where so many functions may run at once; one a second at least."""
    return RateLimit(requests=max(1, int(at_once * SHARE / JOB_SECONDS)), seconds=1)


def fault(settings: Settings, at_once: int) -> str:
    """What is wrong with the stage's pace of starts in such an account; empty where nothing is."""
    if at_once >= ENOUGH:
        return ""
    fits = limit(at_once)
    named = settings.connector_limits.get(STARTS, ())
    if named and pace_of(named).interval >= pace_of((fits,)).interval:
        return ""
    return (
        f"this account runs {at_once} functions at once, and a job takes about"
        f" {JOB_SECONDS:.0f} s of them: write"
        f' "{STARTS}": [{{"requests": {fits.requests}, "seconds": {fits.seconds}}}] into the'
        " stage's `connector_limits`, or ask AWS for 1,000 (Service Quotas, Lambda)"
    )


def kept_fault(settings: Settings, at_once: int) -> str:
    """Why AWS would not keep functions of such an account for the page that unsubscribes; empty
    where it would, or where none are to be kept."""
    kept = settings.unsubscribe_at_once
    if not kept or at_once - kept >= UNRESERVED:
        return ""
    return (
        f"this account runs {at_once} functions at once, and AWS leaves {UNRESERVED} of them to"
        f" all: no {kept} can be kept for the page that unsubscribes; set `unsubscribe_at_once` to"
        " 0, or ask AWS for 1,000 (Service Quotas, Lambda)"
    )


def check(settings: Settings, at_once: int) -> None:
    """Raises SettingsError with that sentence: a burst would turn webhooks and pages away."""
    wrong = fault(settings, at_once) or kept_fault(settings, at_once)
    if wrong:
        raise SettingsError(f"The stage {settings.stage} is not deployed: {wrong}.")
