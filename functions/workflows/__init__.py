"""The workflows there are. A new one is a folder and a line here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from countersign.domain.workflow import Workflow
from workflows import lead_intake, refund_request


class _Register(Mapping[str, Workflow[Any]]):
    """A mapping whose values are made when they are first asked for."""

    def __init__(self, makers: Mapping[str, Callable[[], Workflow[Any]]]) -> None:
        self._makers = makers

    def __getitem__(self, name: str) -> Workflow[Any]:
        return self._makers[name]()

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)


WORKFLOWS: Mapping[str, Workflow[Any]] = _Register(
    {"lead_intake": lead_intake.workflow, "refund_request": refund_request.workflow}
)
