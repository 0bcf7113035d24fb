"""Printing without a printer: the bytes say what is on the paper."""

from __future__ import annotations

from countersign.actions.paper import Paper, texts
from countersign.domain.errors import Refused
from tests.fakes.files import FakeFiles


class FakePress:
    """actions.paper.Press over the files of a job; it has the letters that `lacks` does not say."""

    def __init__(self, files: FakeFiles) -> None:
        self.files = files
        self.lacks = ""
        self.put, self.get, self.remove = files.put, files.get, files.remove

    def printed(self, paper: Paper) -> bytes:
        held = "\n".join(texts(paper.blocks))
        missing = [one for one in self.lacks if one in held]
        if missing:
            raise Refused(f"no font has {' '.join(missing)}")
        return f"%PDF sha256:{paper.digest} {paper.font}\n{held}".encode()
