"""A person at a terminal who types `countersign` commands."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import pytest

from countersign.domain.reporting.failing import Failure
from countersign.runtime.deps import Deps
from countersign.runtime.settings import Settings
from infra.cli.main import run
from infra.cli.questions.lines import failures_in
from infra.cli.submit import UnreachableError
from infra.cli.target import Target
from infra.settings import CDK_JSON
from tests.fakes.journey import Journey, accept, form
from tests.fakes.world import World
from workflows import WORKFLOWS


class Terminal:
    """A person at a terminal, on a world with one job in a case."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.world = World(WORKFLOWS["lead_intake"].offline)
        body = form(country="Mongolia", phone="+976 7012 0142")
        self.journey = Journey(self.world, accept(self.world, body))
        self.journey.goes()
        self.chosen: list[tuple[str, str]] = []
        self.silent: UnreachableError | None = None
        self.settings = Settings(stage="local")
        self.cdk_json = CDK_JSON
        self.url = "http://127.0.0.1:1"
        """Of this target's doors: nobody listens there."""
        self.vault: Any = None
        """Where this target keeps its secrets."""
        self.letters: dict[str, Any] = {}
        """Dead letters of this target."""
        self.lines: list[str] = []
        """What the functions of this target wrote."""
        self.hands: Any = None
        """What an operator erases with here."""
        self.given: dict[str, object] = {}
        """Adapters that this target has instead of the world's."""
        self.forgets()

    @property
    def job(self) -> str:
        return self.journey.job_id

    def choose(self, target: str, stage: str) -> Target:
        self.chosen.append((target, stage))
        if self.silent:
            raise self.silent
        return _Fake(self)

    def forgets(self) -> None:
        """What was printed so far is no command's output."""
        self._capsys.readouterr()

    def types(self, *words: str) -> tuple[int, str, str]:
        """Exit code, output and complaints of one command."""
        with pytest.raises(SystemExit) as ended:
            run(words, self.choose)
        out, err = self._capsys.readouterr()
        code = ended.value.code
        return (code if isinstance(code, int) else 0), out, err

    def json(self, *words: str) -> Any:
        """The JSON that a command prints when it ends well."""
        code, out, _ = self.types(*words, "--json")
        assert code == 0
        return json.loads(out)


class Written:
    """questions.lines.Lines of these lines."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = tuple(lines)

    def failures(self, since: datetime) -> Iterator[Failure]:
        del since  # all of them are new: real time, which no test moves
        return (one for line in self._lines for one in failures_in(line))


class _Fake(Target):
    def __init__(self, terminal: Terminal) -> None:
        super().__init__(
            terminal.url, "whsec_" + "A" * 32, terminal.settings, cdk_json=terminal.cdk_json
        )
        object.__setattr__(self, "terminal", terminal)

    def deps(self) -> Any:
        terminal: Terminal = self.terminal  # type: ignore[attr-defined] # set above, the class is frozen
        if not terminal.given:
            return terminal.world.deps
        return Deps(self.settings, **terminal.given)

    def lines(self) -> Any:
        return Written(self.terminal.lines)  # type: ignore[attr-defined] # as above

    def letters(self, name: str) -> Any:
        return self.terminal.letters[name]  # type: ignore[attr-defined] # as above

    def hands(self) -> Any:
        return self.terminal.hands  # type: ignore[attr-defined] # as above

    def vault(self) -> Any:
        return self.terminal.vault  # type: ignore[attr-defined] # as above
