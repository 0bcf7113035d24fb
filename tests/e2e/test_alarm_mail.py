"""An alarm is heard: what rings on the local cloud is mailed to the stage's operators."""

from __future__ import annotations

import json

import pytest

from infra.local.cloud.deployer import client
from infra.local.front.mailbox import Mail
from infra.local.stand import Stand
from infra.settings import load
from tests.rights.until import until

pytestmark = [pytest.mark.cloud, pytest.mark.soak, pytest.mark.timeout(240)]
RINGS, SILENT = "IntakeLetters", "StepsFail"


def test_a_test_alarm_arrives_in_the_mailbox(whole_stand: Stand) -> None:
    """Set as docs/first-hour.md says, it comes by topic and subscription to the stage's alarm
    address, and says what to do. Control: an alarm whose actions are off is mailed to nobody."""
    settings = load("local")
    cloudwatch = client("cloudwatch", whole_stand.cloud.endpoint)
    silent, rings = (f"{settings.alarms}{one}" for one in (SILENT, RINGS))
    cloudwatch.disable_alarm_actions(AlarmNames=[silent])
    for name in (silent, rings):
        cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="a test")
    try:
        until(lambda: bool(told(whole_stand, rings)))
        (mail,) = told(whole_stand, rings)
        assert mail.to == (settings.alarm_address,)
        said = json.loads(mail.text)
        assert (said["NewStateValue"], said["NewStateReason"]) == ("ALARM", "a test")
        assert "docs/howto/runbook.md#" in said["AlarmDescription"]
        assert told(whole_stand, silent) == []
    finally:
        cloudwatch.enable_alarm_actions(AlarmNames=[silent])
        for name in (silent, rings):
            cloudwatch.set_alarm_state(AlarmName=name, StateValue="OK", StateReason="a test")


def told(stand: Stand, alarm: str) -> list[Mail]:
    """What was mailed of it."""
    return [one for one in stand.mailbox.all() if one.subject.startswith(f'ALARM: "{alarm}"')]
