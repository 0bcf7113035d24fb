"""The rules that hold the code together, read from the code itself; each check has its control."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import countersign
from tests.unit.architecture import (
    PURE,
    Check,
    domain_looks_outward,
    engine_imports_a_workflow,
    faults,
    impure,
    reaching_into_act,
    ruleless_tests,
    sdk_outside_connectors,
    statements_at_import,
    too_long,
    work_at_import,
)
from tests.unit.asserting import assertless_tests

ROOT = Path(countersign.__file__).parents[1]
PROJECT = ROOT.parent

LIGHT = ["steps.prepare", "steps.decide", "steps.close", "steps.park"]
HEAVY = {"openai", "httpx", "stripe", "jinja2"}

SEEDED: dict[Check, tuple[str, str]] = {
    impure: (
        "countersign/domain/bad.py",
        "from datetime import datetime\nAT = lambda: datetime.now()\n",
    ),
    domain_looks_outward: ("countersign/domain/bad.py", "from workflows import WORKFLOWS\n"),
    engine_imports_a_workflow: (
        "countersign/steps/bad.py",
        "def f():\n    from workflows import WORKFLOWS\n",
    ),
    sdk_outside_connectors: ("countersign/steps/bad.py", "def f():\n    import boto3.session\n"),
    work_at_import: (
        "countersign/connectors/bad.py",
        "import boto3\nTABLE = boto3.resource('dynamodb')\n",
    ),
    statements_at_import: (
        "countersign/steps/bad.py",
        "for name in ('a', 'b'):\n    print(name)\n",
    ),
    too_long: ("countersign/jobs/bad.py", "def f():\n" + "    x = 1\n" * 31),
    reaching_into_act: (
        "countersign/jobs/bad.py",
        "from countersign.steps.act.claim import claimed\n",
    ),
}
"""Every check with a module in which it must find something."""


@pytest.mark.parametrize("check", SEEDED, ids=lambda check: check.__name__)
def test_the_code_keeps_the_rule(check: Check) -> None:
    """What the check's own sentence describes is nowhere in functions/."""
    assert faults(check, ROOT) == []


@pytest.mark.control
@pytest.mark.parametrize("check", SEEDED, ids=lambda check: check.__name__)
def test_a_broken_rule_is_seen(check: Check, tmp_path: Path) -> None:
    """Control: the same check finds the fault in a module that has it."""
    name, text = SEEDED[check]
    path = tmp_path / name
    path.parent.mkdir(parents=True)
    path.write_text(text)
    assert len(faults(check, tmp_path)) == 1


@pytest.mark.control
@pytest.mark.parametrize(
    "line",
    [
        "import boto3",
        "import http.client",
        "import urllib.request",
        "import os",
        "import random",
        "from time import time",
        "import secrets",
        "import jinja2",
        "import aws_lambda_powertools",
        "from countersign import observability",
        "from countersign.runtime.deps import Deps",
        "from countersign.connectors.dynamodb.store import DynamoStore",
        "from datetime import date\ndef f():\n    return date.today()",
    ],
)
def test_every_way_out_of_a_pure_package_is_seen(line: str, tmp_path: Path) -> None:
    """Control: AWS, HTTP, environment, clock, chance, logs and adapters are each noticed."""
    for place in PURE:
        path = tmp_path / ("" if place == "workflows" else "countersign") / place / "bad.py"
        path.parent.mkdir(parents=True)
        path.write_text(line)
    assert len({found.partition(": ")[0] for found in faults(impure, tmp_path)}) == len(PURE)


def broken_contracts(root: Path) -> dict[str, set[str]]:
    """Names of import-linter's contracts (`pyproject.toml`) that the code under `root` breaks, with
    the modules that it finds at fault."""
    done = subprocess.run(
        [
            str(Path(sys.executable).with_name("lint-imports")),
            *("--no-cache", "--no-logo", "--config", str(PROJECT / "pyproject.toml")),
        ],
        check=False,
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(root)},
        timeout=60,
    )
    told = [line for line in done.stdout.splitlines() if line.endswith((" KEPT", " BROKEN"))]
    assert len(told) == len(CONTRACTS), done.stdout + done.stderr
    broken = [line.removesuffix(" BROKEN") for line in told if line.endswith(" BROKEN")]
    return {name: at_fault(name, done.stdout) for name in broken}


def at_fault(contract: str, told: str) -> set[str]:
    """The modules that import-linter lists below the underlined name of a contract."""
    listed = told.partition(f"\n{contract}\n{'-' * len(contract)}\n")[2].partition("\n---")[0]
    return set(re.findall(r"^- +(\S+)", listed, re.MULTILINE))


CONTRACTS = {
    "a room knows the rooms below it": {
        "countersign/web/bad.py": "def f():\n    from countersign.approvals import access\n",
        "countersign/attic/__init__.py": "",  # a room without a floor
    },
    "the domain is read from the bottom": {
        "countersign/domain/policy/bad.py": "from countersign.domain.jobs import job\n",
    },
    "a connector knows AWS's client and the clock, and no other connector": {
        "countersign/connectors/aws/bad.py": "from countersign.connectors.dynamodb import rows\n",
    },
    "the order of the states knows the names of errors and nothing else": {
        "countersign/definition.py": "from countersign.domain import money\n",
    },
    "a workflow knows the pure rooms only": {
        "workflows/lead_intake/bad.py": "from countersign import observability\n",
    },
}
"""Every contract with modules that break it."""


def test_every_room_knows_only_the_rooms_below_it() -> None:
    """The layers of the house and of the domain, as `pyproject.toml` names them."""
    assert broken_contracts(ROOT) == {}


@pytest.mark.control
def test_an_import_upwards_and_a_room_without_a_floor_are_seen(tmp_path: Path) -> None:
    """Control: each fault in a copy of the code breaks exactly its contract."""
    root = tmp_path / "functions"
    shutil.copytree(ROOT, root, ignore=shutil.ignore_patterns("__pycache__"))
    for name, text in (fault for faulty in CONTRACTS.values() for fault in faulty.items()):
        (root / name).parent.mkdir(exist_ok=True)
        with (root / name).open("a") as module:
            module.write(text)
    assert broken_contracts(root) == {
        contract: {module_name(Path(name)) for name in faulty}
        for contract, faulty in CONTRACTS.items()
    }


def test_every_test_states_its_rule() -> None:
    """Each test of the project says in a sentence what must hold."""
    assert faults(ruleless_tests, PROJECT / "tests") == []


@pytest.mark.control
def test_a_test_without_a_rule_is_seen(tmp_path: Path) -> None:
    """Control: a test without a sentence is found."""
    (tmp_path / "test_bad.py").write_text("def test_it() -> None:\n    assert 1\n")
    assert faults(ruleless_tests, tmp_path) == ["test_bad.py: test_it states no rule"]


def test_every_test_asserts() -> None:
    """No test passes whatever the code does, as long as nothing breaks."""
    assert assertless_tests(PROJECT / "tests") == []


@pytest.mark.control
@pytest.mark.parametrize(
    "body",
    [
        "run()",
        "helper()",
        "assert_that = 1",
        "Scene().check()",
        "with suppress(Exception):\n  run()",
    ],
)
def test_a_test_that_asserts_nothing_is_seen(body: str, tmp_path: Path) -> None:
    """Control: calling something, even a helper whose namesake asserts, is no assertion."""
    held = "def helper():\n assert 1\n"
    (tmp_path / "helpers.py").write_text(f"{held}class Scene:\n def check(self):\n  run()\n")
    (tmp_path / "others.py").write_text("def helper():\n run()\n")
    (tmp_path / "test_bad.py").write_text(f"def test_it():\n {body}\n")
    assert assertless_tests(tmp_path) == ["test_bad.py: test_it"]


WATCH = """
import importlib, json, os, pathlib, socket, sys
root, names = pathlib.Path(sys.argv[1]), sys.argv[2:]
seen = []

def caller():
    frame = sys._getframe(2)
    while frame and frame.f_code.co_filename.startswith(("<frozen os", "<frozen _coll")) or (
        frame and frame.f_code.co_filename.endswith(("/os.py", "/_collections_abc.py"))
    ):
        frame = frame.f_back
    return pathlib.Path(frame.f_code.co_filename) if frame else pathlib.Path()

class Environment(type(os.environ)):
    def __getitem__(self, key):
        if root in caller().parents:
            seen.append(f"reads {key}")
        return super().__getitem__(key)

def no_socket(*_, **__):
    seen.append("opens a socket")
    raise OSError("no sockets at import")

os.environ.__class__ = Environment
socket.socket.connect = no_socket
socket.create_connection = socket.getaddrinfo = no_socket
for name in names:
    try:
        importlib.import_module(name)
    except Exception as error:
        seen.append(f"{name}: {type(error).__name__}: {error}")
print(json.dumps({"seen": seen, "modules": sorted(sys.modules)}))
"""
"""Imports modules with sockets blocked and the environment watched; prints what it saw."""


def imported(names: list[str], root: Path = ROOT) -> tuple[list[str], set[str]]:
    """What importing `names` in a fresh process did to the world, and what it loaded."""
    environment_ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(root)}
    done = subprocess.run(
        [sys.executable, "-c", WATCH, str(root), *names],
        check=True,
        capture_output=True,
        text=True,
        env=environment_,
        timeout=60,
    )
    said = json.loads(done.stdout)
    return said["seen"], {name.partition(".")[0] for name in said["modules"]}


def module_names() -> list[str]:
    """Every module of functions/."""
    return sorted(module_name(path.relative_to(ROOT)) for path in ROOT.rglob("*.py"))


def module_name(path: Path) -> str:
    """How a file of functions/ is imported."""
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def test_nothing_happens_at_import() -> None:
    """Every module can be imported without settings: none asks the environment or the net."""
    names = module_names()
    assert len(names) > 40
    seen, _ = imported(names)
    assert seen == []


CONNECTING = """
import socket
try:
    socket.create_connection(('127.0.0.1', 1))
except OSError:
    pass
"""


@pytest.mark.control
@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("import os\nTABLE = os.environ.get('PATH', 'undefined')\n", "reads PATH"),
        ("import os\nTABLE = os.getenv('PATH')\n", "reads PATH"),
        ("import os\nTABLE = os.environ['PATH']\n", "reads PATH"),
        (CONNECTING, "opens a socket"),
    ],
)
def test_work_at_import_is_seen(text: str, what: str, tmp_path: Path) -> None:
    """Control: a module that reads a setting, or connects, while it is imported is noticed."""
    (tmp_path / "eager.py").write_text(text)
    assert imported(["eager"], tmp_path)[0] == [what]


def test_no_test_imports_cdk() -> None:
    """Nor does anything that tests import: it starts Node, and every worker collects all tests."""
    assert "aws_cdk" not in sys.modules


def test_light_steps_start_light() -> None:
    """Steps that only reason load no SDK of a model or a connector, and no templates."""
    seen, loaded = imported([f"countersign.{handler}" for handler in LIGHT])
    assert seen == []
    assert not HEAVY & loaded


@pytest.mark.control
def test_a_heavy_import_is_seen(tmp_path: Path) -> None:
    """Control: a handler that loads one of them is noticed."""
    (tmp_path / "heavy.py").write_text("import jinja2\n")
    assert imported(["heavy"], tmp_path)[1] & HEAVY == {"jinja2"}
