"""What can be seen before a stage is deployed: the account, its mail, its limits, our own files."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from countersign.domain.campaigns.limits import CampaignLimits
from infra.build import demo, mail, starts
from infra.build.account import OLDEST_BOOTSTRAP
from infra.cli.doctor.cloud import Cloud
from infra.cli.doctor.line import Line, asked, judged, ok, problem
from infra.settings import MailIn, Settings, SettingsError

MOST_SKEW = 60
"""Seconds: AWS refuses requests that are signed five minutes off, senders of webhooks too."""
_DAY = 86_400
_RIGHTS = "sign in with rights to read this service, and run the command again"


def before_deploy(settings: Settings, cloud: Cloud) -> Iterator[Line]:
    """A line for each thing. Without an account nothing more is asked of AWS: each answer would be
    that there is none."""
    yield from asked("stage files", lambda: _files(settings), "correct the file")
    there = list(asked("account", lambda: _account(cloud), "then run the command again"))
    yield from there
    if any(one.state == "problem" for one in there):
        return
    yield from asked("clock", lambda: _clock(cloud), _RIGHTS)
    yield from asked("bootstrap", lambda: _bootstrap(cloud), _RIGHTS)
    yield from asked("mail", lambda: _mail(settings, cloud), _RIGHTS)
    yield from asked("sender", lambda: _sender(settings, cloud), _RIGHTS)
    yield from asked("inbound mail", lambda: _inbound(settings, cloud), _RIGHTS)
    yield from asked("concurrency", lambda: _concurrency(settings, cloud), _RIGHTS)
    if settings.campaign_from:
        yield from asked("unsubscribe", lambda: _kept(settings, cloud), _RIGHTS)
        yield from asked("campaign limits", lambda: _left_for_campaigns(cloud), _RIGHTS)


def _account(cloud: Cloud) -> Iterator[Line]:
    yield ok("account", cloud.account().sentence)


def _clock(cloud: Cloud) -> Iterator[Line]:
    off = abs((datetime.now(UTC) - cloud.now()).total_seconds())
    yield judged(
        "clock",
        f"{off:.0f} s from AWS's",
        well=off <= MOST_SKEW,
        mend="set this machine's clock: signatures of another time are refused",
    )


def _files(settings: Settings) -> Iterator[Line]:
    found = demo.left(settings)
    for one in found:
        yield problem("stage files", one, "until then `make deploy` refuses the stage")
    if not found:
        yield ok("stage files", f"nothing of the demo is left in {settings.stage}")


def _bootstrap(cloud: Cloud) -> Iterator[Line]:
    version = cloud.bootstrap()
    yield judged(
        "bootstrap",
        f"version {version}" if version else "CDK is not set up here",
        well=version >= OLDEST_BOOTSTRAP,
        mend="run `make bootstrap`",
    )


def _mail(settings: Settings, cloud: Cloud) -> Iterator[Line]:
    there = cloud.mail()
    yield judged(
        "mail",
        "SES has production access" if there.production else "SES is in its sandbox",
        well=there.production,
        mend="ask for production access in the SES console: until then only verified addresses"
        " get mail, and those stand in `sandbox_recipients` of the stage in cdk.json",
    )
    if there.production and settings.sandbox_recipients:
        yield problem(
            "sandbox",
            "functions have rights on recipients, which only the sandbox asks for",
            "take `sandbox_recipients` out of the stage in cdk.json, and deploy",
        )
    for address in settings.sandbox_recipients:
        found = cloud.identity(address)
        yield judged(
            "recipient",
            address,
            well=found is not None and found.verified,
            mend="`aws ses verify-email-identity`, and let its owner confirm AWS's mail",
        )
    yield judged(
        "sending",
        "on" if there.sending else "paused",
        well=there.sending,
        mend="see why in the SES console under Account dashboard, and answer AWS's mail",
    )
    booked = _booked(settings)
    yield judged(
        "mail quota",
        f"{there.quota:g} a day, {there.rate:g} a second",
        well=booked <= (there.quota, there.rate) and booked[1] <= there.rate,
        mend=f"connector_limits of {settings.stage} book {booked[0]} a day and {booked[1]} a"
        " second: lower `mail` and `mail-codes` in cdk.json, or ask for more",
    )


def _booked(settings: Settings) -> tuple[int, int]:
    """What the stage's limits let out in a day and in a second, all paces together."""
    rows = [
        limit for key in ("mail", "mail-codes") for limit in settings.connector_limits.get(key, ())
    ]
    a_day = sum(one.requests for one in rows if one.seconds >= _DAY)
    a_second = sum(one.requests for one in rows if one.seconds == 1)
    return a_day, a_second


def _sender(settings: Settings, cloud: Cloud) -> Iterator[Line]:
    yield from _verified("sender", settings.mail_from, cloud)
    if settings.campaign_from:
        yield from _verified("campaigns", settings.campaign_from, cloud)


def _verified(what: str, address: str, cloud: Cloud) -> Iterator[Line]:
    domain = address.partition("@")[2]
    found = cloud.identity(address) or cloud.identity(domain)
    if found is None or not found.verified:
        yield problem(
            what,
            f"SES does not know {address} as a verified sender",
            f"verify {domain} (or the address) in SES: its records go into your DNS",
        )
        return
    yield ok(what, f"{address} is verified")
    yield judged(
        "DKIM" if what == "sender" else f"DKIM of {what}",
        "mails are signed" if found.dkim else "mails are not signed",
        well=found.dkim,
        mend=f"turn on Easy DKIM for {domain} in SES and put its three records into your DNS:"
        " large receivers turn unsigned mail away",
    )


def _inbound(settings: Settings, cloud: Cloud) -> Iterator[Line]:
    if not settings.mail_inbound:
        yield ok("inbound mail", "the stage takes none: answers are known by their thread alone")
        return
    domain = settings.mail_inbound.partition("@")[2]
    if settings.mail_in and settings.mail_in.domain == domain:
        yield from _ruled(settings, settings.mail_in, cloud)
        return
    yield judged(
        "inbound mail",
        f"for {domain}",
        well=cloud.receives(domain),
        mend=f"the active receipt rule set has no rule for {domain}: add one that stores into the"
        " uploads bucket, or empty `mail_inbound`",
    )


def _ruled(settings: Settings, mail_in: MailIn, cloud: Cloud) -> Iterator[Line]:
    """Its rules come with the deployment; whether they can is what is to be seen."""
    try:
        mail.check(settings, mail_in, cloud.account().region)
    except SettingsError as wrong:
        yield problem("inbound mail", str(wrong), "until then `make deploy` refuses the stage")
    else:
        yield ok("inbound mail", f"`make deploy` brings the rules for {mail_in.domain}")


def _concurrency(settings: Settings, cloud: Cloud) -> Iterator[Line]:
    there = cloud.concurrency()
    wrong = starts.fault(settings, there)
    yield judged(
        "concurrency",
        f"{there} functions at once",
        well=not wrong,
        mend=wrong,
    )


def _left_for_campaigns(cloud: Cloud) -> Iterator[Line]:
    """What of the account's day and rate is theirs: the rest is kept for requests and cases."""
    account, limits = cloud.mail(), CampaignLimits()
    day, rate = limits.day(int(account.quota)), limits.rate(int(account.rate))
    yield judged(
        "campaign limits",
        f"campaigns may send {day} of the account's {account.quota:.0f} mails in 24 hours,"
        f" {rate} of {account.rate:.0f} in a second",
        well=bool(day and rate),
        mend=f"{limits.reserved_percent} % of both, and at least {limits.reserved_least} mails a"
        " day, are kept for requests: ask AWS for a higher sending quota",
    )


def _kept(settings: Settings, cloud: Cloud) -> Iterator[Line]:
    """Whether a campaign's readers can take functions from webhooks and pages."""
    there, kept = cloud.concurrency(), settings.unsubscribe_at_once
    room = there - starts.UNRESERVED
    said = f"{kept} functions are kept for it" if kept else "no functions are kept for it"
    mend = starts.kept_fault(settings, there)
    if not kept:
        mend = (
            f"set `unsubscribe_at_once` of {settings.stage} to {starts.KEPT}: this account has room"
            if room >= starts.KEPT
            else f"an account that runs {there} functions at once has none to keep: until AWS gives"
            " more (Service Quotas, Lambda), the limit of its route alone bounds it"
        )
    yield judged("unsubscribe", said, well=not mend, mend=mend)
