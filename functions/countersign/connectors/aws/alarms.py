"""The stage's own alarms on CloudWatch, as they stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from countersign.connectors.aws.client import guarded


class CloudWatchAlarms:
    """domain.releases.rollout.Alarms. `stage` is what the names of a stage's alarms begin with."""

    def __init__(self, stage: str, cloudwatch: Any) -> None:
        self._stage = stage
        self._cloudwatch = guarded(cloudwatch)

    def ringing(self, names: Sequence[str]) -> Sequence[str]:
        """As the port. At most 100 names: that many one answer holds."""
        whole = [f"{self._stage}{name}" for name in names]
        found = self._cloudwatch.describe_alarms(AlarmNames=whole, StateValue="ALARM")
        rings = {one["AlarmName"] for one in found.get("MetricAlarms", ())}
        return [name for name, known in zip(names, whole, strict=True) if known in rings]
