"""Receiving mail: what is looked at before a deployment, and what an API call does after it.

Which receipt rule set is active is no matter of CloudFormation: one is, in a region, for all that
receive there. A set of somebody else is never switched off.
"""

from __future__ import annotations

import socket
from collections.abc import Callable

import boto3

from infra.settings import MailIn, Settings, SettingsError, own_rule_set

RECEIVE = ("us-east-1", "us-west-2", "eu-west-1")
"""Regions where SES has received mail from the beginning; others have followed."""


def _receives(region: str) -> bool:
    """Whether AWS has a host there that takes mail."""
    try:
        socket.getaddrinfo(f"inbound-smtp.{region}.amazonaws.com", 25)
    except OSError:
        return False
    return True


def check(
    settings: Settings,
    mail_in: MailIn,
    region: str,
    receives: Callable[[str], bool] = _receives,
) -> None:
    """Raises SettingsError where the rules could not work; `receives` says whether SES takes mail
    in a region."""
    if not receives(region):
        raise SettingsError(
            f"SES receives no mail in {region}: deploy to a region that does, for example"
            f" {', '.join(RECEIVE)}, or take `mail_in` out of {settings.stage}."
        )
    active, wanted = _active(), mail_in.rule_set or own_rule_set(settings)
    if active not in ("", wanted):
        raise SettingsError(
            f"The receipt rule set {active} is active in {region}: name it as `rule_set` under"
            f" `mail_in` of {settings.stage}, and the rules go into it."
        )
    if mail_in.rule_set and not active:
        raise SettingsError(
            f"The receipt rule set {mail_in.rule_set} is not active in {region}, and no other is:"
            " leave `rule_set` out, and one is made."
        )


def activate(settings: Settings, mail_in: MailIn) -> str:
    """Make our rule set the active one where none is; what to say."""
    if _active():
        return f"Mail for {mail_in.domain} comes in."
    boto3.client("ses").set_active_receipt_rule_set(RuleSetName=own_rule_set(settings))
    return f"{own_rule_set(settings)} is active: mail for {mail_in.domain} comes in."


def _active() -> str:
    found = boto3.client("ses").describe_active_receipt_rule_set()
    return found.get("Metadata", {}).get("Name", "")
