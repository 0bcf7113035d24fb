"""A CRM of the naive design, for controls."""

from __future__ import annotations

from collections.abc import Mapping

from countersign.actions.crm.shared import ACTION_KEY
from countersign.domain.policy.records import Record
from tests.fakes.crm import FakeCrm


class KeylessCrm(FakeCrm):
    """The naive design: objects carry no key by which an interrupted attempt is found again."""

    def find(self, kind: str, field: str, value: str) -> Record | None:
        """Only contacts can be found."""
        return None if field == ACTION_KEY else super().find(kind, field, value)

    def create(self, kind: str, fields: Mapping[str, str], contact: str = "") -> Record:
        """Another object each time."""
        plain = {name: value for name, value in fields.items() if name != ACTION_KEY}
        return super().create(kind, plain, contact)
