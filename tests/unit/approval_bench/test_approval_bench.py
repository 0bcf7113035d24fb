"""Approval systems in the twelve checks: the document says what each of them did just now.

`python -m tests.unit.approval_bench.test_approval_bench` writes the document anew. A system whose
library is missing keeps its section.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from importlib.util import find_spec
from io import StringIO
from types import MappingProxyType

import pytest

from countersign import observability
from infra.approval_bench.__main__ import main
from infra.approval_bench.checks import Verdict
from infra.approval_bench.report import measured, section, sentences
from infra.approval_bench.system import Mail, Meanwhile, Reply, Request, Says, State, System
from infra.approval_bench.tutorial import Tutorial
from infra.settings import ROOT
from tests.unit.approval_bench.ours import Ours

DOCUMENT = ROOT / "docs/howto/approval-bench.md"
_HEAD = """# Twelve checks for an approval system

An approval is worth what holds when a mail scanner, a second answer, a deploy or a forwarded mail
comes between. These checks need five functions of a system: ask, open a link, decide, read the
state, count the effects. [system.py](../../infra/approval_bench/system.py) has them with their
words; an adapter is a class with them, and each check gets a new one:

```
.venv/bin/python -m infra.approval_bench my_module:MySystem
```

It prints the table and ends with 1 where a check fails. `fails` says what was seen. Whether the
system promises otherwise stands beside it: a part that leaves something to its user is not broken,
but its user has that left to do. The tables below are written by the test that plays the checks;
LangGraph's with the library of the dependency group `graph`.

"""


def interrupt() -> Callable[[], System]:
    """LangGraph's adapter. Skips without the library."""
    pytest.importorskip("langgraph")
    from infra.approval_bench.graph import Interrupt  # noqa: PLC0415 - needs the library

    return Interrupt


def told(new: Callable[[], System]) -> str:
    """A system's section, without what it logs."""
    with redirect_stdout(StringIO()):
        return section(new)


def sections(document: str) -> dict[str, str]:
    """The sections of a document by their headings."""
    parts = document.split("\n## ")[1:]
    return {one.partition("\n")[0]: f"## {one.strip()}\n" for one in parts}


@pytest.mark.parametrize(
    "system", [lambda: Ours, lambda: Tutorial, interrupt], ids=["ours", "tutorial", "graph"]
)
def test_the_document_is_what_was_measured(system: Callable[[], Callable[[], System]]) -> None:
    """What a system did in each check, and what each check is about, stand there as played now."""
    new = system()
    document = DOCUMENT.read_text()
    assert document.startswith(_HEAD + sentences())
    assert sections(document)[new().name] == told(new)


class Careless:
    """Control: whoever answers, however and whenever, it pays what was handed in last."""

    name, what, unpromised = "Careless", "", MappingProxyType[str, str]({})

    def __init__(self) -> None:
        self.asked: list[Request] = []
        self.paid: list[int] = []

    def ask(self, request: Request) -> Sequence[Mail]:
        """As the port."""
        self.asked.append(request)
        if self.paid:
            self.paid.append(request.cents)
        return [Mail("boss", request.key, ("https://bench.example/yes",))] * len(self.asked)

    def opens(self, link: str, method: str) -> None:  # noqa: ARG002 - the port's shape
        """To look is to approve."""
        self.paid.append(self.asked[-1].cents)

    def decides(self, mail: Mail, says: Says, by: str, cents: int = 0) -> Reply:  # noqa: ARG002 - as opens
        """So is every answer."""
        self.paid.append(self.asked[-1].cents)
        return Reply.TAKEN

    def state(self, key: str) -> State:  # noqa: ARG002 - as opens
        """Always well."""
        return State.DONE

    def effects(self, key: str) -> Sequence[int]:  # noqa: ARG002 - as opens
        """One refund too few where the target did nothing."""
        return [*self.paid, 1] if self.asked[0].meanwhile is Meanwhile.RELEASE else self.paid


@pytest.mark.control
def test_control_a_careless_system_fails_every_check() -> None:
    """Each check sees the fault that it is about."""
    passed = [name for name, one in measured(Careless).items() if one.verdict is not Verdict.FAILS]
    assert passed == []


@pytest.mark.control
def test_control_the_release_of_ours_changes_what_is_paid() -> None:
    """What is asked about after it has the fee, so that the check is about a change."""
    system = Ours()
    with redirect_stdout(StringIO()):
        system.ask(Request("before", 12_000, meanwhile=Meanwhile.RELEASE))
        (mail, *_) = system.ask(Request("after", 12_000))
        system.decides(mail, Says.APPROVE, mail.to)
        assert system.effects("after") == [12_100]


def test_the_command_prints_a_system_s_table_and_tells_by_its_code() -> None:
    """1 where a check fails, 2 for words that name no system."""
    with redirect_stdout(StringIO()) as out:
        assert main(["infra.approval_bench.tutorial:Tutorial"]) == 1
    assert out.getvalue() == section(Tutorial)
    wrong: tuple[list[str], ...] = (
        [],
        ["tutorial"],
        ["a:b", "c"],
        ["no.such:One"],
        ["infra.approval_bench.tutorial:No"],
    )
    assert [main(words) for words in wrong] == [2] * 5


def document(systems: Sequence[Callable[[], System]], before: str) -> str:
    """The document, with the sections of `before` for what is not measured."""
    found = sections(before) | {one().name: told(one) for one in systems}
    return _HEAD + sentences() + "".join(f"\n{one}" for one in found.values())


if __name__ == "__main__":
    observability.logger()
    known: list[Callable[[], System]] = [Ours, Tutorial]
    if find_spec("langgraph"):
        known.append(interrupt())
    DOCUMENT.write_text(document(known, DOCUMENT.read_text()))
