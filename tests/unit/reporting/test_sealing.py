"""Hours are sealed: one signature for all trails, and a record is proven by what is outside."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from pathlib import Path

import pytest

from countersign.domain.jobs.change import Change
from countersign.domain.jobs.job import JobSummary, Status
from countersign.reporting import sealing
from countersign.runtime.deps import Deps
from tests.fakes.journey import Journey, accept, form
from tests.fakes.seals import FakeSeals, FakeSigner
from tests.fakes.store import FakeStore
from tests.unit.cli.terminal import Terminal


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str]) -> Terminal:
    """A terminal on a world with its own job and three leads of the last hour, sealed."""
    made = Terminal(capsys)
    world = made.world
    for number in range(3):
        Journey(world, accept(world, form(email=f"{number}@a.example"), f"e-{number}")).goes()
    world.clock.passes(hours=1, minutes=6)
    sealing.seal(world.deps)
    made.forgets()
    return made


def job_of(terminal: Terminal) -> str:
    return terminal.world.store.records()[0].job.job_id


def exported(terminal: Terminal, to: Path) -> dict[str, str]:
    said: dict[str, str] = terminal.json("audit", "export", job_of(terminal), "--to", str(to))
    return said


def test_an_hour_has_one_signature_whatever_its_jobs_and_a_silent_one_none(
    terminal: Terminal,
) -> None:
    """Sealing again changes nothing; an hour in which nothing changed is noted and not signed."""
    world = terminal.world
    for _ in range(2):
        sealing.seal(world.deps)
    assert world.signer.signatures == 1
    (name,) = world.sealed_roots.keys()
    held = json.loads(world.sealed_roots.at(name))
    assert (held["seal"]["count"], len(held["leaves"])) == (4, 4)
    world.clock.passes(hours=1)
    sealing.seal(world.deps)
    last = world.seals.last()
    assert last
    assert (last.count, last.root, world.signer.signatures) == (0, "", 1)


class Moving(FakeStore):
    """Each job goes on while the lists are read: it stands in that of every open status."""

    def live(self, statuses: Collection[Status], limit: int) -> Sequence[JobSummary]:  # noqa: ARG002 - in all
        return [one for each in Status for one in self._latest(each)]


def test_what_goes_on_while_it_is_listed_is_sealed_once(terminal: Terminal) -> None:
    """It stands in two lists then."""
    world, store = terminal.world, Moving()
    store.put(world.store.load(job_of(terminal)))
    seals = FakeSeals(store)
    sealing.seal(
        Deps(
            world.settings,
            store=store,
            clock=world.clock,
            seals=seals,
            signer=world.signer,
            sealed_roots=world.sealed_roots,
        )
    )
    last = seals.last()
    assert last
    assert last.count == 1


def test_a_record_is_proven_by_an_hours_root_and_by_the_key(
    terminal: Terminal, tmp_path: Path
) -> None:
    """Each from outside; without either it says loudly that nothing is proven; another root and
    another key are named."""
    file, key, other = (tmp_path / name for name in ("r.jsonl", "key.pem", "other.pem"))
    key.write_bytes(terminal.world.signer.public())
    other.write_bytes(FakeSigner().public())
    hour = exported(terminal, file)["sealed"]
    verify = ("audit", "verify", str(file))
    for proof in (("--sealed", hour), ("--key", str(key)), ("--sealed", hour, "--key", str(key))):
        assert terminal.json(*verify, *proof) == {"faults": [], "proven": True, "erased": []}
    code, out, said = terminal.types(*verify)
    assert (code, "NOT PROVEN" in out + said) == (0, True)
    for proof, words in ((("--sealed", "0" * 64), "another root"), (("--key", str(other)), "key")):
        code, out, said = terminal.types(*verify, *proof)
        assert (code, words in out + said) == (1, True)


def test_a_file_of_which_something_was_changed_is_not_proven(
    terminal: Terminal, tmp_path: Path
) -> None:
    """A whole chain made anew around a changed trail has no way to the root; redaction keeps it."""
    file, less, forged = (tmp_path / name for name in ("r.jsonl", "less.jsonl", "forged.jsonl"))
    hour = exported(terminal, file)["sealed"]
    terminal.types("audit", "redact", str(file), "--kind", "result", "--to", str(less))
    assert terminal.json("audit", "verify", str(less), "--sealed", hour)["proven"]
    lines = file.read_text().splitlines()
    world = terminal.world
    record = world.store.load(job_of(terminal))
    world.store.put(type(record)(record.job.model_copy(update={"audit_head": "f" * 64})))
    exported(terminal, forged)
    seal = next(one for one in lines if json.loads(one)["kind"] == "seal")
    forged.write_text(forged.read_text() + seal + "\n")
    code, out, _ = terminal.types("audit", "verify", str(forged), "--sealed", hour)
    assert (code, "changed, moved or replaced" in out) == (1, True)


def test_before_its_hour_is_sealed_a_record_says_so(terminal: Terminal, tmp_path: Path) -> None:
    """It is a file without a seal, which no root proves."""
    world, file = terminal.world, tmp_path / "r.jsonl"
    record = world.store.load(job_of(terminal))
    world.deps.commit(record, Change(event="page read", actor="person:kim"))
    assert exported(terminal, file)["sealed"] == ""
    code, out, _ = terminal.types("audit", "verify", str(file), "--sealed", "0" * 64)
    assert (code, "no seal" in out) == (1, True)
