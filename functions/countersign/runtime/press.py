"""What prints a job's documents and keeps them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from warnings import catch_warnings, simplefilter

if TYPE_CHECKING:
    from countersign.actions.files import Files
    from countersign.actions.paper import Paper


@dataclass(frozen=True)
class JobPress:
    """actions.paper.Press over the files of one job. The library is loaded with the first paper:
    only the function that prints has it."""

    files: Files
    _printed: dict[Paper, bytes] = field(default_factory=dict)
    """In one visit a paper is printed once."""

    def printed(self, paper: Paper) -> bytes:
        """As the port."""
        with catch_warnings():
            # It says that it could set no picture without Pillow: we set none.
            simplefilter("ignore", UserWarning)
            from countersign.connectors.pdf.printer import printed  # noqa: PLC0415 - see the class

        if paper not in self._printed:
            self._printed[paper] = printed(paper)
        return self._printed[paper]

    def put(self, name: str, body: bytes) -> None:
        """As the port."""
        self.files.put(name, body)

    def get(self, name: str) -> bytes | None:
        """As the port."""
        return self.files.get(name)

    def remove(self, name: str) -> None:
        """As the port."""
        self.files.remove(name)
