"""T22: a hostile name in a key, a field or a header is text, never a path or a log line."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest

from countersign.connectors.dynamodb.store import DynamoStore
from countersign.domain.jobs.change import created
from countersign.domain.jobs.intake import accepted
from countersign.entrypoints.start import start
from tests.fakes.deliveries import Delivery
from tests.fakes.journey import Journey, form
from tests.fakes.on_moto import jobs_table
from tests.fakes.world import World
from workflows.lead_intake.contract import LeadInput

Figure = Callable[[str, int], None]

DECOMPOSED = "Rene\u0301"
HOSTILE = {
    "../../etc/passwd": "",
    "..\\..\\windows": "",
    "a\x00b": "ab",
    "a\nERROR forged line": "a ERROR forged line",
    "a\r\nSet-Cookie: x=1": "a Set-Cookie: x=1",
    "%2e%2e%2f": "",
    "＜script＞": "",
    "<img src=x onerror=alert(1)>": "",
    "$(touch /tmp/x)": "",
    "'; DROP TABLE jobs; --": "",
    "\u202egnp.exe": "gnp.exe",
    "nul": "",
    "con.txt": "",
    "é" * 200: "",
    DECOMPOSED: "René",
    "😀" * 50: "",
    "{{7*7}}": "",
    "${jndi:ldap://x}": "",
}
"""A name → the name that is kept of a form's field where it differs: NFC, one line, nothing that
a reader cannot see."""
PLAIN_KEY = re.compile(r"(raw|releases?)/[A-Za-z0-9_/-]+(\.json)?")
OUR_KEY = re.compile(r"raw/[A-Za-z0-9-]+/[0-9a-f]{64}")


@pytest.fixture
def world() -> World:
    return World(lambda _: {})


def whole(lines: Iterable[str]) -> None:
    """Each log line is one JSON object of ours, and none is somebody else's."""
    assert [line for line in lines if not is_object(line)] == []


def ours(world: World, keys: Iterable[str]) -> None:
    """Every key under which something is stored is made of our own words and digests."""
    assert [key for key in keys if not OUR_KEY.fullmatch(key)] == []
    assert [key for key in sorted(world.payloads.keys()) if not PLAIN_KEY.fullmatch(key)] == []


def is_object(line: str) -> bool:
    """Whether a line is one JSON object."""
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False


def pointed_to(world: World, names: Iterable[str]) -> set[bytes]:
    """Uploads under these names, and the keys that their jobs point to once they were stored in
    the table and read back."""
    for number, name in enumerate(names):
        thing = {"key": f"lead_intake/{name}", "size": 1, "etag": "e", "sequencer": f"{number:04d}"}
        start(world.deps, json.dumps({"detail": {"bucket": {"name": "uploads"}, "object": thing}}))
    with jobs_table() as client:
        table = DynamoStore("jobs", client)
        for held in world.store._records.values():
            made, entry = created(held.job, accepted(held.job), world.ids.salt)
            table.create(made, entry, accepted(held.job))
        stored = [table.load(job_id).job for job_id in world.store._records]
    return {job.source.payload.object_key.encode() for job in stored}


@pytest.mark.guarantee("T22")
def test_object_keys_are_kept_byte_exact(world: World, figure: Figure) -> None:
    """A job points to the very key that S3 named: not unquoted and not cut."""
    assert pointed_to(world, list(HOSTILE)) == {f"lead_intake/{name}".encode() for name in HOSTILE}
    figure(f"{len(HOSTILE)} object keys byte-exact", len(HOSTILE))


@pytest.mark.guarantee("T22")
def test_names_in_forms_are_the_senders_and_never_paths_or_log_lines(
    world: World, figure: Figure, capsys: pytest.CaptureFixture[str]
) -> None:
    """The stored input has the name that was sent, the payload's key has nothing of it."""
    for number, (name, cleaned) in enumerate(HOSTILE.items()):
        answer = Delivery(form(name=name), id=f"evt-{number}").arrives(world)
        assert answer.status == 202
        journey = Journey(world, json.loads(answer.body)["job_id"])
        journey.goes()
        stored = journey.record.results["input"].as_(LeadInput)
        assert stored.sender_name.encode() == (cleaned or name).encode()
        assert stored.sender == "anna.lindner@hafenwerk.example"
        odd = Delivery(form(name=name, email=7), id=f"odd-{number}").arrives(world)
        Journey(world, json.loads(odd.body)["job_id"]).goes()  # refused, and logged
    keys = [r.job.source.payload.key for r in world.store._records.values()]
    assert len(keys) == 2 * len(HOSTILE)
    ours(world, keys)
    lines = capsys.readouterr().out.splitlines()
    assert lines
    whole(lines)
    figure(f"{len(HOSTILE)} names kept, {len(lines)} log lines all whole", len(HOSTILE))


@pytest.mark.guarantee("T22")
@pytest.mark.parametrize("header", ["webhook-id", "user-agent", "x-forwarded-for", "cookie"])
def test_hostile_header_values_are_refused_or_unused(
    world: World, figure: Figure, capsys: pytest.CaptureFixture[str], header: str
) -> None:
    """As the signed id they are refused or stay an id; elsewhere nobody reads them."""
    for number, name in enumerate(HOSTILE):
        made = Delivery(form(), id=name if header == "webhook-id" else f"evt-{number}")
        signed = made.signed(world)
        sent = replace(signed, headers={**signed.headers, header: name})
        assert sent.arrives(world).status in ({202, 401} if header == "webhook-id" else {202})
    ours(world, [r.job.source.payload.key for r in world.store._records.values()])
    whole(capsys.readouterr().out.splitlines())
    figure("", len(HOSTILE))


@pytest.mark.control
@pytest.mark.guarantee("T22")
def test_control_a_plain_text_log_is_forged_by_such_a_name() -> None:
    """A log that prints names as they are gives an attacker lines of their own."""
    naive = "\n".join(f'{{"message": "received {name}"}}' for name in HOSTILE)
    assert any(line.startswith("ERROR forged") for line in naive.splitlines())
    with pytest.raises(AssertionError):
        whole(naive.splitlines())
