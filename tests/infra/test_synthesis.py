"""Synthesis: every stage, without an account, cached by content, stopped by cdk-nag."""

import fcntl
import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from infra.build import synth
from infra.settings import ROOT, SettingsError, load
from infra.stack.accepted import ACCEPTED
from tests.infra.template import Template

Figure = Any
EXPLAINED = {"W3005"}
"""CDK writes DependsOn for a role beside the reference to it: the same order, said twice."""
STACK_LINES = 60


def test_every_stage_synthesizes_one_stack(assembly: Path) -> None:
    """Each stage gives one template named after it, with no account and no region in it."""
    template = Template(assembly)
    assert template.path.name == f"countersign-{assembly.name}.template.json"
    manifest = json.loads((assembly / "manifest.json").read_text())
    stack = manifest["artifacts"][f"countersign-{assembly.name}"]
    assert stack["environment"] == "aws://unknown-account/unknown-region"


def test_every_stage_has_the_same_shape(assembly: Path, dev: Template) -> None:
    """Stages differ in settings, not in what they are made of; where a caller takes verdicts,
    there is the key that signs them, where there are callers, the door of those who speak MCP, and
    where there is a system of the business's own, what acts on it."""
    rows = Template(assembly).body["Resources"]
    door = {name for name in rows if re.search("[Mm]cp|callers|(Functions|Intake)Calls", name)}
    assert bool(door) is load(assembly.name).has_callers
    systems = [one.connector.replace("-", "") for one in load(assembly.name).http_targets]
    acts = {name for name in rows if any(one in name.lower() for one in systems)}
    assert bool(acts) is bool(systems)
    kinds = {name: row["Type"] for name, row in rows.items() if name not in door | acts}
    wanted = {name: row["Type"] for name, row in dev.body["Resources"].items()}
    key = ["AWS::KMS::Key"] * load(assembly.name).takes_verdicts
    assert sorted(kinds.values()) == sorted([*wanted.values(), *key])


def lint(*templates: Path) -> list[dict[str, Any]]:
    """What cfn-lint says. In a process of its own: its libraries are nothing to other tests."""
    program = Path(sys.executable).with_name("cfn-lint")
    command = [str(program), "--format", "json", *map(str, templates)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def linted(dev: Template, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    """What it says of the stage's template, and of one with a wrong property: its schemas are read
    once for both."""
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeoutt": 1}}
    wrong = tmp_path_factory.mktemp("wrong") / "wrong.template.json"
    wrong.write_text(json.dumps({"Resources": {"Queue": queue}}))
    said: dict[str, list[Any]] = {dev.path.name: [], wrong.name: []}
    for match in lint(dev.path, wrong):
        said[Path(match["Filename"]).name].append(match)
    return said


@pytest.mark.soak
@pytest.mark.guarantee("T36")
def test_the_template_passes_cfn_lint(
    dev: Template, linted: dict[str, list[Any]], figure: Figure
) -> None:
    """cfn-lint finds nothing but that DependsOn repeats a reference, where CDK wrote it so."""
    found = linted[dev.path.name]
    assert {match["Rule"]["Id"] for match in found} <= EXPLAINED
    depends = {name for name, row in dev.body["Resources"].items() if row.get("DependsOn")}
    assert {match["Location"]["Path"][1] for match in found} <= depends
    figure(f"cfn-lint: 0 unexplained findings, {len(found)} explained", 1)


@pytest.mark.guarantee("T36")
def test_cdk_nag_has_no_finding_that_is_not_accepted(assembly: Path, figure: Figure) -> None:
    """The synthesis of every stage ran the AwsSolutions pack, which found nothing more than the
    table accepts, with a reason for each row."""
    (plugin,) = json.loads((assembly / "validation-report.json").read_text())["pluginReports"]
    said = (plugin["pluginName"], plugin["conclusion"], plugin["violations"])
    assert said == ("AwsSolutions", "success", [])
    assert all(len(row.reason) > 40 and row.paths for row in ACCEPTED)
    figure(f"cdk-nag {assembly.name}: 0 unexplained, {len(ACCEPTED)} explained", 1)


@pytest.mark.soak
@pytest.mark.control
@pytest.mark.guarantee("T36")
def test_cfn_lint_sees_a_wrong_property(linted: dict[str, list[Any]]) -> None:
    """A property that a resource does not have is found by the same lint."""
    assert any("VisibilityTimeoutt" in match["Message"] for match in linted["wrong.template.json"])


def test_templates_name_no_place_on_this_machine(assembly: Path) -> None:
    """The template deploys from anywhere: it has no path of the machine that made it."""
    assert str(ROOT) not in Template(assembly).path.read_text()


def test_an_assembly_is_made_once_per_content(tmp_path: Path) -> None:
    """An assembly whose stamp is the digest of the inputs is taken as it is; another is not."""
    out = tmp_path / "assembly"
    out.mkdir()
    stamp = out / synth.STAMP
    stamp.write_text(synth.digest("nowhere"))
    assert synth.synthesize("nowhere", out) == out
    stamp.write_text("of other inputs")
    with pytest.raises(SettingsError, match="Unknown stage"):
        synth.synthesize("nowhere", out)


def test_stages_that_are_made_are_not_made_again_with_others(tmp_path: Path) -> None:
    """Of several, only those without an assembly are made; one that cannot be stops them all."""
    outs = {stage: tmp_path / stage for stage in ("dev", "prod")}
    for stage, out in outs.items():
        out.mkdir()
        (out / synth.STAMP).write_text(synth.digest(stage))
    synth.synthesize_each(outs)
    assert all([path.name for path in out.iterdir()] == [synth.STAMP] for out in outs.values())
    with pytest.raises(SettingsError, match="Unknown stage"):
        synth.synthesize_each(outs | {"nowhere": tmp_path / "nowhere"})


def test_who_waits_for_an_assembly_takes_the_one_that_was_made(tmp_path: Path) -> None:
    """While another process makes it, nobody makes it too."""
    out = tmp_path / "assembly"
    out.mkdir()
    lock = out.with_name(f".{out.name}.lock")
    with lock.open("w") as other, ThreadPoolExecutor(1) as beside:
        fcntl.flock(other, fcntl.LOCK_EX)
        waiting = beside.submit(synth.synthesize, "dev", out)
        (out / synth.STAMP).write_text(synth.digest("dev"))
        fcntl.flock(other, fcntl.LOCK_UN)
        assert waiting.result() == out
    assert [path.name for path in out.iterdir()] == [synth.STAMP]


def test_the_digest_covers_what_an_assembly_is_made_of() -> None:
    """Functions, stack, settings and locks are inputs; samples and the local cloud are not."""
    inputs = {str(path.relative_to(ROOT)) for path in synth.inputs()}
    wanted = {
        "cdk.json",
        "infra/stack/stack.py",
        "infra/steps.py",
        "infra/requirements/core.txt",
        "functions/countersign/definition.py",
        "functions/countersign/steps/prepare.py",
    }
    assert wanted <= inputs
    assert not [name for name in inputs if "/cases/" in name or "/local/" in name]
    assert synth.digest("dev") != synth.digest("prod")


def test_what_the_digest_leaves_out_has_no_part_in_an_assembly() -> None:
    """The commands beside the stack are not imported by anything that the stack is made of."""
    assert [path.name for path in synth.inputs() if path.parent.name == "infra"]
    for command in synth.COMMANDS:
        module = command.removesuffix(".py").replace("/", ".")
        for path in synth.inputs():
            assert module not in path.read_text(errors="ignore"), (module, path)


@pytest.mark.parametrize(("stage", "says"), [("dev", True), ("local", False)])
def test_a_machine_that_makes_no_bytecode_says_so(tmp_path: Path, stage: str, says: bool) -> None:
    """Where the stage wants it and Lambda's Python is not on the PATH: one line with the price."""
    program = f"from infra.build import synth; print(synth.without_bytecode({stage!r}))"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ("have no bytecode" in done.stdout) is says
    assert len(done.stdout.splitlines()) == 1


def test_an_unknown_stage_gives_one_line() -> None:
    """A wrong stage says which stages there are, without a traceback."""
    done = subprocess.run(
        [sys.executable, "-m", "infra.build.synth", "--stage", "nowhere"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    said = "Unknown stage 'nowhere': cdk.json has dev, local, prod."
    assert done.stderr.strip().splitlines()[-1] == said
    assert "Traceback" not in done.stderr


def test_the_stack_is_a_table_of_contents() -> None:
    """infra/stack/stack.py stays wiring: at most 60 lines."""
    assert len((ROOT / "infra/stack/stack.py").read_text().splitlines()) <= STACK_LINES


@pytest.mark.soak
@pytest.mark.control
@pytest.mark.guarantee("T36")
def test_cdk_nag_stops_what_nobody_accepted(tmp_path: Path) -> None:
    """Without the table of accepted findings synthesis fails, and every row of it is found."""
    program = tmp_path / "naked.py"
    program.write_text(
        "from infra import app\nfrom infra.stack import nag\n"
        "import sys\n"
        "for row in nag.ACCEPTED:\n"
        "    for path in row.paths:\n"
        "        print(row.rule, path, sep='\\t')\n"
        "nag.ACCEPTED = ()\n"
        "sys.stdout.flush()\n"
        "app.main()\n"
    )
    done = synth.run([sys.executable, str(program)], "dev", tmp_path / "out")
    assert done.returncode != 0
    assert "ValidationFailed" in done.stderr
    found = _violations(tmp_path / "out" / "validation-report.json")
    for line in filter(None, done.stdout.splitlines()):
        rule, path = line.split("\t")
        wanted = f"AwsSolutions-{rule.format(stack='countersign-dev')}"
        where = f"countersign-dev/{path}/"
        assert any(name == wanted and place.startswith(where) for name, place in found), line


def _violations(report: Path) -> list[tuple[str, str]]:
    (plugin,) = json.loads(report.read_text())["pluginReports"]
    return [
        (violation["ruleName"], construct["constructPath"])
        for violation in plugin["violations"]
        for construct in violation["violatingConstructs"]
    ]
