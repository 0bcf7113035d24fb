"""What every test may use: how a guarantee reports the figure that it reached."""

from __future__ import annotations

import gc
import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants

if TYPE_CHECKING:
    from infra.local.stand import Stand


Figure = Callable[[str, int], None]


@dataclass
class Proof:
    """What was seen of one promise."""

    passed: bool = True
    figures: list[str] = field(default_factory=list)
    n: int = 0
    tests: int = 0
    controls: list[bool] = field(default_factory=list)

    def result(self) -> dict[str, Any]:
        """The row of the table of results."""
        return {
            "passed": self.passed,
            "figure": "; ".join(filter(None, self.figures)) or f"{self.tests} tests hold",
            "control_failed": bool(self.controls) and all(self.controls),
            "controls": len(self.controls),
            "n": self.n,
        }


settings.register_profile("short", max_examples=8, derandomize="SEED" in os.environ)
settings.register_profile("long", max_examples=1_000)
settings.load_profile("short")
"""Of what is said of every value; `make soak` draws the long number. By a SEED all are the same."""

_PROOFS = pytest.StashKey[dict[str, Proof]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--guarantees", type=Path, help="write the table of results to this file")

    parser.addoption("--promise", help="only the tests of the promise with this id")


def pytest_configure(config: pytest.Config) -> None:
    if "SEED" in os.environ:
        # Hypothesis also draws the constants of our code, for which each worker reads a thousand
        # files; and a constant that is written anywhere would change what all properties draw.
        pytest.MonkeyPatch().setattr(providers, "_get_local_constants", Constants)
    config.stash[_PROOFS] = {}
    gc.disable()  # what is collected stays: looking at it again and again is a sixth of the time


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.set_threshold(20_000, 50, 50)  # a world of fakes is no leak: look at it less often
    gc.enable()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """By file, and what shares the stand by one worker."""
    from tests.scheduling import OneStand  # noqa: PLC0415 - xdist is not everywhere

    return OneStand(config, log)


@pytest.fixture(autouse=True, scope="session")
def _logger() -> None:
    """The logger keeps the output of its first moment. Were that a test's own, each line that is
    logged after this test would be an error of logging, told with all frames of its stack."""
    from countersign import observability  # noqa: PLC0415 - read when the tracer is there

    observability.logger()


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Figure:
    """`figure("1,000 of 1,000 refused", 1000)`: what a test reached, over how many."""

    def say(text: str, n: int) -> None:
        for proof in _proofs(request.node):
            proof.figures.append(text)
            proof.n += n

    return say


@pytest.fixture(scope="module")
def made_up_credentials() -> Iterator[None]:
    """For moto: credentials that open nothing, and no emulator in the way."""
    before = dict(os.environ)
    os.environ.update(
        AWS_ACCESS_KEY_ID="testing",
        AWS_SECRET_ACCESS_KEY="testing",
        AWS_DEFAULT_REGION="us-east-1",
    )
    os.environ.pop("AWS_ENDPOINT_URL", None)
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture(scope="session")
def live_code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the code that the one stand runs from, to be changed, with the workflow in it that
    docs/first-workflow.md writes."""
    from infra.build.code import SOURCE  # noqa: PLC0415 - unit tests never start a cloud
    from tests.guide import NAME, written  # noqa: PLC0415 - as above

    tree = Path(shutil.copytree(SOURCE, tmp_path_factory.mktemp("tree") / SOURCE.name))
    for name, text in written().files().items():
        file = tree / "workflows" / NAME / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    return tree


@pytest.fixture(scope="session")
def whole_stand(live_code: Path) -> Iterator[Stand]:
    """Everything that `make run` starts, on free ports, once for all that leave it as it was: the
    clock is set back, rows that belong to nothing are deleted."""
    from infra.local.stand import Plan, stand  # noqa: PLC0415 - unit tests never start a cloud

    with stand(Plan(port=0, code=live_code), lambda _: None) as running:
        yield running


DOMAIN = Path(__file__).parent / "unit" / "domain"
SLOWEST = ("cloud", "browser", "guarantee")
"""Marks of the files that take longest, in this order."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The longest files are begun first, so that no worker waits at the end for another's."""
    files = dict[Path, list[pytest.Item]]()
    for item in items:
        files.setdefault(item.path, []).append(item)
    for path, inside in files.items():
        for item in inside if DOMAIN in path.parents else ():
            item.add_marker("domain")
    # Of the unit tests those of workflows take longest, and they are the last by name.
    order = sorted(files, reverse=True)
    order.sort(key=lambda path: min(map(_rank, files[path])))
    items[:] = [item for path in order for item in files[path]]
    promise = config.getoption("--promise")
    if promise:
        others = [item for item in items if promise not in _promises(item)]
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if promise in _promises(item)]


def _rank(item: pytest.Item) -> int:
    marks = {mark.name for mark in item.iter_markers()}
    others = len(SLOWEST) + ("unit" in item.path.parts)
    return next((at for at, name in enumerate(SLOWEST) if name in marks), others)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    report = yield
    if report.when == "call" or report.failed:
        for proof in _proofs(item):
            if item.get_closest_marker("control"):
                proof.controls.append(report.passed)
            else:
                proof.passed = proof.passed and report.passed
                proof.tests += report.passed
    return report


def pytest_sessionfinish(session: pytest.Session) -> None:
    target: Path | None = session.config.getoption("--guarantees")
    if target:
        proofs = session.config.stash[_PROOFS]
        target.parent.mkdir(parents=True, exist_ok=True)
        table = {name: proofs[name].result() for name in sorted(proofs)}
        target.write_text(json.dumps(table, indent=1) + "\n")


def _proofs(item: pytest.Item) -> list[Proof]:
    known = item.config.stash[_PROOFS]
    return [known.setdefault(name, Proof()) for name in _promises(item)]


def _promises(item: pytest.Item) -> list[str]:
    return [mark.args[0] for mark in item.iter_markers("guarantee")]
