"""Bundles: each handler has what it imports, light ones have no more, and layers are trimmed."""

import hashlib
import json
import os
import platform
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from countersign.connectors.pdf.printer import printed
from infra.build import bytecode, code, layers
from infra.steps import MCP, Row
from infra.steps import ROWS as EVERYWHERE
from tests.infra import import_probe
from workflows import WORKFLOWS

HEAVY = {"http", "mcp", "model", "pages", "payments", "pdf"}
# What is missed first without a layer.
NEEDED = {
    "http": {"httpx"},
    "mcp": {"mcp", "mcp_types"},
    "model": {"httpx2", "openai"},
    "pages": {"jinja2"},
    "payments": {"stripe"},
    "pdf": {"fpdf"},
    "text": {"email_validator", "phonenumbers", "selectolax", "yaml"},
}
# Which adapter a function gets follows from the variables in its row.
ADAPTERS = {
    "JOBS_TABLE": "dynamodb.store",
    "PAYLOADS_BUCKET": "aws.services",
    "INTAKE_QUEUE_URL": "aws.services",
    "STATE_MACHINE_ARN": "aws.services",
    "MODEL_SECRET": "openai.client",
    "CRM_READ_SECRET": "hubspot.client",
    "CRM_WRITE_SECRET": "hubspot.client",
    "PAYMENTS_READ_SECRET": "stripe.client",
    "PAYMENTS_WRITE_SECRET": "stripe.client",
    "NOTIFY_SECRET": "slack",
    "MAIL_FROM": "aws.ses",
}
ROWS = (*EVERYWHERE, MCP)
ONE_OF_EACH = tuple({frozenset(row.layers): row for row in ROWS}.values())
UNCHECKED_HASH = 0b01  # PEP 552: the hash bit without the check bit
CLIENTS = {"ses": "sesv2", "states": "stepfunctions"}


Missing = Callable[..., str]


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every layer, built for this machine's Python."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    built = {name: tmp_path_factory.mktemp(name) for name in layers.GROUPS}
    for name, folder in built.items():
        target = layers.platform_of(name, platform.machine())
        layers.install_layer(name, version, target, folder)
    return built


def python(core: Path, *program: str) -> subprocess.Popen[str]:
    """This Python without its site-packages and without our environment."""
    return subprocess.Popen(
        [sys.executable, "-I", "-S", *program],
        env={"PATH": os.defpath, "AWS_DEFAULT_REGION": "us-east-1"},
        cwd=core,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def said_by(core: Path, program: str) -> str:
    """What a program that has the core layer complains of."""
    found = f"import sys; sys.path.insert(0, {str(core)!r})"
    return python(core, "-c", f"{found}; {program}").communicate()[1]


def modules_of(row: Row) -> tuple[str, ...]:
    """The row's handler and the adapters that it gets."""
    adapters = [ADAPTERS[name] for name in ("JOBS_TABLE", *row.env) if name in ADAPTERS]
    adapters += ["pdf.printer"] if "pdf" in row.layers else []
    return (row.handler, *(f"countersign.connectors.{name}" for name in adapters))


@pytest.fixture(scope="module")
def missing(here: dict[str, Path]) -> Iterator[Missing]:
    """The name of the module that a row's handler misses when it has its own layers only."""
    probe = python(here["core"], import_probe.__file__, str(code.SOURCE), str(here["core"]))

    @cache
    def fault(known: frozenset[str], modules: tuple[str, ...]) -> str:
        folders = [str(here[name]) for name in sorted(known)]
        assert probe.stdin
        assert probe.stdout
        print(json.dumps([folders, modules]), file=probe.stdin, flush=True)
        said = str(json.loads(probe.stdout.readline()))
        found = re.search(r"No module named '([\w.]+)'", said)
        return found[1] if found else said

    def missing_of(row: Row, without: str = "") -> str:
        known = frozenset(row.layers) - {"core", without}
        if not without:  # who has the same layers is tried together, and alone only if one fails
            alike = [one for one in ROWS if set(one.layers) == set(row.layers)]
            if not fault(known, tuple(name for one in alike for name in modules_of(one))):
                return ""
        return fault(known, modules_of(row))

    with probe:
        yield missing_of


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_handler_imports_with_its_own_layers(row: Row, missing: Missing) -> None:
    """A handler and the adapters it uses import with our code and its row's layers, no more."""
    assert missing(row) == ""


def test_every_function_has_the_core() -> None:
    """What is imported once for all of them is what each of them has."""
    assert all("core" in row.layers for row in ROWS)


@pytest.mark.control
@pytest.mark.parametrize(
    ("name", "layer"),
    [
        pytest.param(row.name, layer, marks=() if row in ONE_OF_EACH else pytest.mark.soak)
        for row in ROWS
        for layer in row.layers
        if layer != "core"
    ],
)
def test_a_missing_layer_is_noticed(name: str, layer: str, missing: Missing) -> None:
    """Without one of its layers a handler does not import: the row has none in vain. One row of
    each set of layers; the long form has all."""
    (row,) = (row for row in ROWS if row.name == name)
    assert missing(row, without=layer) in NEEDED[layer]


def test_light_functions_have_no_heavy_layer() -> None:
    """Model, HTTP and page libraries are with the functions that need them and nowhere else."""
    heavy = {row.name: HEAVY.intersection(row.layers) for row in ROWS}
    assert {name: found for name, found in heavy.items() if found} == {
        "Propose": {"model"},
        "LookCrm": {"http"},
        "LookPayments": {"http", "payments"},
        "ActCrm": {"http"},
        "ActPayments": {"http", "payments"},
        "ActNotify": {"http"},
        "ActPress": {"pdf"},
        "Tick": {"pages"},
        "Ask": {"pages"},
        "Escalate": {"pages"},
        "Approvals": {"pages"},
        "Mcp": {"mcp"},
    }


def test_trimmed_botocore_still_makes_our_clients(here: dict[str, Path]) -> None:
    """With the other services' data removed, a client of each service in a row is made."""
    services = {grant.service for row in ROWS for grant in row.may} | {"sts"}
    names = sorted(CLIENTS.get(service, service) for service in services)
    made = "; ".join(f"boto3.client({name!r})" for name in names)
    assert said_by(here["core"], f"import boto3; {made}") == ""
    assert len(names) == 9


@pytest.mark.control
def test_a_trimmed_service_is_gone(here: dict[str, Path]) -> None:
    """A service that no row names has no data in the layer."""
    program = "import boto3; boto3.client('ec2')"
    assert "UnknownServiceError" in said_by(here["core"], program)


def test_the_layer_that_prints_prints_the_same(here: dict[str, Path]) -> None:
    """Trimmed, without pictures and tools of fonts, with the fonts that lie in it alone, and under
    another seed of hashes: byte for byte what is printed here."""
    paper = (
        "Paper('Łódź', 'en', '0' * 64, datetime(2026, 11, 30, tzinfo=UTC), "
        "(Heading('Łódź', 1), Table(('Day', 'שם'), (('2027-03-01', 'إطلاق Beta 2'),))))"
    )
    names = "from datetime import *; from countersign.actions.paper import *"
    held = [str(here["core"]), str(here["pdf"])]
    program = (
        f"import sys, warnings, hashlib; sys.path[:0] = {held!r}; "
        f"sys.path.append({str(code.SOURCE)!r}); warnings.simplefilter('ignore'); {names}; "
        f"from countersign.connectors.pdf.printer import printed; import fonts; "
        f"print(fonts.__file__, hashlib.sha256(printed({paper})).hexdigest())"
    )
    said, wrong = python(here["core"], "-c", program).communicate()
    known: dict[str, Any] = {}
    exec(names, known)  # noqa: S102 - our own line
    body = printed(eval(paper, known))  # noqa: S307 - our own line
    at, _, digest = said.partition(" ")
    assert (digest.strip(), wrong) == (hashlib.sha256(body).hexdigest(), "")
    assert Path(at).is_relative_to(here["pdf"])


def test_layers_agree_on_what_they_share() -> None:
    """A distribution that is in several locks has one version: the first layer would win."""
    versions: dict[str, set[str]] = {}
    for group in layers.GROUPS:
        lock = (layers.LOCKS / f"{group}.txt").read_text()
        for name, version in re.findall(r"^([\w.-]+)==(\S+)", lock, re.MULTILINE):
            versions.setdefault(name, set()).add(version)
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}


def test_the_name_of_a_layer_follows_its_platform() -> None:
    """A layer for another Python or platform is another layer."""
    names = {
        layers.digest("core", version, target)
        for version in ("3.12", "3.13")
        for target in ("aarch64-manylinux2014", "x86_64-manylinux2014")
    }
    assert len(names) == 4


def test_the_resolver_s_words_reach_the_reader(tmp_path: Path) -> None:
    """A platform that has no wheels is an error with the resolver's reason."""
    with pytest.raises(layers.LayerError, match=r"core for aarch64-manylinux2014"):
        layers.install_layer("core", "3.8", "aarch64-manylinux2014", tmp_path / "site")


def test_samples_are_not_shipped() -> None:
    """The code asset has modules, prompts and templates, and neither samples nor bytecode."""
    shipped = {str(path.relative_to(code.SOURCE)) for path in code.shipped()}
    assert "countersign/definition.py" in shipped
    assert {f"workflows/{name}/__init__.py" for name in WORKFLOWS} <= shipped
    assert not [name for name in shipped if "/cases/" in name or "__pycache__" in name]


def test_bytecode_is_bound_to_content_and_never_checked(tmp_path: Path) -> None:
    """Compiled bundles carry bytecode that a read-only file system and other dates leave valid."""
    (tmp_path / "module.py").write_text("ANSWER = 42\n")
    bytecode.compile_tree(tmp_path, sys.executable)
    (compiled,) = tmp_path.rglob("*.pyc")
    flags = int.from_bytes(compiled.read_bytes()[4:8], "little")
    assert flags == UNCHECKED_HASH


def test_without_the_interpreter_sources_are_shipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine that lacks the Python of Lambda still makes bundles, and calls them the same: the
    template does not say who made it. What the stage wants is in the name, and what each machine
    made is kept apart."""
    (tmp_path / "functions").mkdir()
    (tmp_path / "functions" / "module.py").write_text("ANSWER = 42\n")
    monkeypatch.setattr(code, "SOURCE", tmp_path / "functions")
    monkeypatch.setattr(code, "CACHE", tmp_path / "code")
    assert bytecode.interpreter("3.99") is None
    with_it = code.bundle(f"{sys.version_info.major}.{sys.version_info.minor}", bytecode=True)
    without = code.bundle("3.99", bytecode=True)
    assert with_it.name == without.name != code.bundle("3.99", bytecode=False).name
    assert next(with_it.rglob("*.pyc"), None)
    assert not next(without.rglob("*.pyc"), None)
