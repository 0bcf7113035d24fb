"""One line of what the doctor says."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from botocore.exceptions import BotoCoreError, ClientError

from countersign.domain.errors import CountersignError, SecretMissing
from infra.build.account import AccountError

State = Literal["ok", "problem"]
WIDTH = 80
_BEGINS = 9
_COPIED = re.compile(r"`[^`]*`")
_HELD = "\N{NULL}"
Check = Callable[[], Iterable["Line"]]


@dataclass(frozen=True)
class Line:
    """What was looked at, how it is, and how to mend it."""

    name: str
    state: State
    says: str
    mend: str = ""

    def __str__(self) -> str:
        """At most 80 columns wide."""
        said = wrapped(f"{self.name}: {self.says}", f"{self.state:<{_BEGINS}}")
        return said + (f"\n{wrapped(self.mend, ' ' * _BEGINS + '→ ')}" if self.mend else "")


def ok(name: str, says: str) -> Line:
    """Nothing to do."""
    return Line(name, "ok", says)


def problem(name: str, says: str, mend: str) -> Line:
    """Something to do."""
    return Line(name, "problem", says, mend)


def judged(name: str, says: str, *, well: bool, mend: str) -> Line:
    """One or the other."""
    return ok(name, says) if well else problem(name, says, mend)


def asked(name: str, check: Check, mend: str) -> Iterator[Line]:
    """The lines of a check; one that cannot be made is a problem of its own, and ends no other."""
    try:
        yield from check()
    except SecretMissing:
        yield problem(name, "not asked: its key is not set", mend)
    except (BotoCoreError, ClientError, CountersignError, AccountError) as error:
        yield problem(name, f"cannot be seen: {error}", mend)


def wrapped(text: str, begins: str) -> str:
    """In lines of 80 columns, those after the first below where `begins` ends; what stands in
    backticks is copied, and so stays in one line."""
    whole = _COPIED.sub(lambda found: found[0].replace(" ", _HELD), text)
    return "\n".join(
        textwrap.wrap(
            whole,
            WIDTH,
            initial_indent=begins,
            subsequent_indent=" " * len(begins),
            break_on_hyphens=False,
        )
    ).replace(_HELD, " ")
