"""A CRM that takes everything and keeps something else, until it is told not to."""

from __future__ import annotations

from collections.abc import Mapping

from countersign.domain.policy.records import Record
from tests.fakes.crm import FakeCrm


class TrimmingCrm(FakeCrm):
    """Some of its creations lose or change a property, as a rule of the CRM's own might do it."""

    def __init__(self) -> None:
        super().__init__()
        self._name = ""
        self._text = ""
        self._still = 0

    def drops(self, name: str, times: int = 1) -> None:
        """The next `times` objects with that property are made without it."""
        self.keeps_instead(name, "", times)

    def keeps_instead(self, name: str, text: str, times: int = 1) -> None:
        """The next `times` objects with that property get `text` instead."""
        self._name, self._text, self._still = name, text, times

    def create(self, kind: str, fields: Mapping[str, str], contact: str = "") -> Record:
        """As the port, but for what is changed."""
        if self._still and self._name in fields:
            self._still -= 1
            fields = {**fields, self._name: self._text}
        return super().create(kind, fields, contact)
