"""`make run` as a person and a tool meet it: one process, its address, its ways to end."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from countersign.connectors.http import certificates
from countersign.domain.jobs.job import ENDED
from infra.cli.submit import UnreachableError, post_webhook
from infra.local.front.samples import Expectation
from infra.local.player.played import RESULT
from infra.local.reload import reloader
from infra.local.stand import Stand
from tests import guide
from tests.e2e.waiting import decide
from tests.ports import free_pair

pytestmark = [pytest.mark.cloud, pytest.mark.timeout(240)]

ENDS_WITHIN = 60.0
ROOT = Path(__file__).parents[2]
EVENTS = ROOT / "events"
FORM = EVENTS / "01-web-form-complete" / "event.json"
SENDER = "anna.of.this.file@hafenwerk.example"


def get(whole_stand: Stand, path: str) -> Any:
    answer = httpx.get(whole_stand.url + path, timeout=30, verify=certificates())
    assert answer.status_code == 200, (path, answer.text)
    return answer.json()


def reaches(whole_stand: Stand, job: str, *statuses: str) -> Any:
    """The job as data, once it has one of `statuses`."""
    deadline = time.monotonic() + ENDS_WITHIN
    while time.monotonic() < deadline:
        data = get(whole_stand, f"/jobs/{job}.json")
        if data["status"] in statuses:
            return data
        time.sleep(0.2)
    raise AssertionError(f"still {data['status']}: {data['reason']}")


def sent(whole_stand: Stand) -> str:
    """A web form was sent by the front's own button; its job's id."""
    answer = httpx.post(f"{whole_stand.url}/send/01-web-form-complete", timeout=60)
    assert answer.status_code == 303
    return answer.headers["location"].rpartition("/")[2]


@pytest.fixture(scope="module")
def waiting(whole_stand: Stand) -> str:
    """A job of a web form, waiting for the signature on its reply."""
    body = FORM.read_bytes().replace(b"anna.lindner@", SENDER.partition("@")[0].encode() + b"@")
    door = (whole_stand.url, "lead_intake", whole_stand.webhook_secret, "a-form", body)
    job = post_webhook(*door).job_id
    reaches(whole_stand, job, "WAITING_FOR_REVIEW")
    return job


def test_a_web_form_is_in_the_crm_and_verified(whole_stand: Stand, waiting: str) -> None:
    """Contact, lead and callback are in the CRM under the keys of the actions, read back."""
    data = get(whole_stand, f"/jobs/{waiting}.json")
    ended = {action["action"]: action["status"] for action in data["actions"]}
    assert ended == {
        "crm.upsert_contact": "verified",
        "crm.create_lead": "verified",
        "crm.request_callback": "verified",
        "email.send_reply": "planned",
    }
    keys = {entry["key"] for entry in get(whole_stand, "/crm/journal.json")["entries"]}
    assert {action["key"] for action in data["actions"][1:3]} <= keys


def test_a_signature_sends_exactly_the_signed_reply(whole_stand: Stand, waiting: str) -> None:
    """Nothing leaves before the page's form was posted; then exactly the shown bytes do."""

    def replies() -> list[tuple[str, str]]:
        mails = get(whole_stand, "/mailbox.json")["messages"]
        return [(m["subject"], m["text"]) for m in mails if m["to"] == [SENDER]]

    assert replies() == []
    decide(whole_stand.url, waiting, "approve")
    data = reaches(whole_stand, waiting, "COMPLETED", "ESCALATED", "FAILED")
    assert (data["status"], data["audit"]["verified"]) == ("COMPLETED", True)
    signed = data["actions"][3]["body"]["params"]
    assert replies() == [(signed["subject"], signed["text"])]


def test_a_workflow_that_new_wrote_ends_as_its_events_say(whole_stand: Stand) -> None:
    """The lines of docs/first-workflow.md that need the cloud: its first event waits for Robin, and
    what was signed leaves; the second lacks what is needed, and nobody is asked."""
    claim = guide.written()
    events = claim.events(60, [])
    for name in ("60-warranty-claim", "61-warranty-claim-incomplete"):
        body = events[f"{name}/event.json"].encode()
        door = (whole_stand.url, guide.NAME, whole_stand.webhook_secret, name, body)
        expect = Expectation.model_validate_json(events[f"{name}/expect.json"])
        job = post_webhook(*door).job_id
        if expect.decision:
            reaches(whole_stand, job, "WAITING_FOR_REVIEW")
            decide(whole_stand.url, job, expect.decision, by="robin@example.com")
        data = reaches(whole_stand, job, *ENDED)
        assert data["status"] == expect.status, data["reason"]
        assert {one["action"]: one["status"] for one in data["actions"]} == expect.actions
        sent = [
            m for m in get(whole_stand, "/mailbox.json")["messages"] if m["to"] == [claim.sender]
        ]
        assert len(sent) == 1


def test_looking_at_a_link_decides_nothing(whole_stand: Stand) -> None:
    """GET, HEAD and OPTIONS reach the approval page through the front and leave the job waiting."""
    job = sent(whole_stand)
    data = reaches(whole_stand, job, "WAITING_FOR_REVIEW", "COMPLETED")
    if data["status"] == "COMPLETED":  # the same person and need: it joined the first lead
        return
    mail = next(m for m in get(whole_stand, "/mailbox.json")["messages"] if m["links"])
    for method in ("GET", "HEAD", "OPTIONS"):
        answer = httpx.request(method, mail["links"][0], timeout=30)
        assert answer.status_code in {200, 204}, method
    assert get(whole_stand, f"/jobs/{job}.json")["status"] == "WAITING_FOR_REVIEW"


def test_what_is_saved_is_in_the_next_answer(whole_stand: Stand, live_code: Path) -> None:
    """A page's words change without a deployment or a restart. A fault is told with its place, and
    the page stays as it was."""
    said: list[str] = []
    watching = reloader(whole_stand.cloud, live_code, whole_stand.update, said.append)
    page, heading = (
        live_code / "countersign" / "web" / "notices.py",
        "This link does not open anything",
    )
    for text, line, shown in (
        (page.read_text().replace(heading, "Saved a moment ago"), "reloaded, ready in", "Saved a"),
        ("x = (\n", "notices.py:1: SyntaxError: '(' was never closed", "Saved a"),
        (page.read_text(), "reloaded, ready in", heading),
    ):
        page.write_text(text)
        watching.look()
        assert line in said[-1]
        assert shown in httpx.get(f"{whole_stand.url}/approvals/no/link", timeout=30).text
    assert len(said) == 3


def test_a_closed_port_is_told_apart_from_a_refusal() -> None:
    """Where nothing listens, sending says that, and no job is awaited."""
    with pytest.raises(UnreachableError, match="is it running"):
        post_webhook(f"http://127.0.0.1:{free_pair()}", "w", "whsec_" + "QUFB" * 8, "id", b"{}")


def test_an_unsigned_delivery_is_refused(whole_stand: Stand) -> None:
    """The front adds nothing to a delivery: without a signature it is 401."""
    answer = httpx.post(f"{whole_stand.url}/webhooks/lead_intake", content=b"{}", timeout=30)
    assert answer.status_code == 401


@pytest.fixture(scope="module")
def beside(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment with folders of its own, beside the `make run` of whoever runs the tests."""
    home, scratch = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("tmp")
    return {**os.environ, "COUNTERSIGN_HOME": str(home), "TMPDIR": str(scratch)}


@contextmanager
def started(port: int, environment: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    """`python -m infra.local.run` in a session of its own; ended in any case."""
    command = [sys.executable, "-m", "infra.local.run", "--port", str(port)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
    ) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)


def test_it_says_where_it_is_and_leaves_nothing_behind(beside: dict[str, str]) -> None:
    """The command line finds it by its folder's `env`, which a second run in the folder refuses to
    take, and after Ctrl-C nothing is left (SIGTERM: test_local_processes)."""
    port = free_pair()
    with started(port, beside) as process:
        assert process.stdout
        said = ""
        while "Stop with Ctrl-C" not in said:
            line = process.stdout.readline()
            assert line, said
            said += line
        assert f"http://127.0.0.1:{port}/" in said
        assert "whsec_" in said
        with started(free_pair(), beside) as second:
            assert second.wait(timeout=30) == 2
            assert second.stdout
            assert f"process {process.pid} serves" in second.stdout.read()
        submit = ["submit", str(FORM), "--workflow", "lead_intake", "--json"]
        told = subprocess.run(
            [sys.executable, "-m", "infra.cli.main", *submit],
            capture_output=True,
            check=True,
            text=True,
            env=beside,
        )
        assert json.loads(told.stdout)["status"] == 202
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0
        assert process.stdout.read().count("are forgotten at the end") == 2  # start and stop
    assert list(Path(beside["TMPDIR"]).iterdir()) == []
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0
        assert probe.connect_ex(("127.0.0.1", port + 1)) != 0


@pytest.mark.parametrize("taken", [0, pytest.param(1, marks=pytest.mark.soak)])
def test_a_taken_port_is_one_clear_line(taken: int, beside: dict[str, str]) -> None:
    """The front's port or the emulator's: exit code 2 and what to do."""
    port = free_pair()
    with socket.socket() as other:
        other.bind(("127.0.0.1", port + taken))
        other.listen()
        with started(port, beside) as process:
            assert process.wait(timeout=120) == 2
            assert process.stdout
            said = process.stdout.read().strip().splitlines()
    assert "is taken" in said[-1]
    assert "PORT=" in said[-1]
    assert not any("Traceback" in line for line in said)


@pytest.mark.parametrize("port", ["0", "65535", "http"])
def test_an_impossible_port_is_wrong_use(port: str) -> None:
    """A port that cannot be taken is refused before anything starts."""
    command = [sys.executable, "-m", "infra.local.run", "--port", port]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, "--port" in done.stderr) == (2, True)


@pytest.mark.soak
@pytest.mark.timeout(600)
@pytest.mark.parametrize("events", ["01-", ""])
def test_make_run_once_plays_events_to_their_expected_end(events: str) -> None:
    """`make run ONCE=1` ends with 0, prints what the README shows, and writes the results.
    test_t37_rights plays one event of each kind in the same way, in each `make test`."""
    RESULT.unlink(missing_ok=True)
    done = subprocess.run(
        ["/usr/bin/env", "make", "run", "ONCE=1", f"EVENTS={events}", f"PORT={free_pair()}"],
        cwd=ROOT,
        env={**os.environ, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    played = json.loads(RESULT.read_text())["events"]
    assert [one["event"] for one in played if one["ok"]] == [one["event"] for one in played]
    assert {one["event"] for one in played} == {
        path.parent.name for path in EVENTS.glob(f"{events}*/expect.json")
    }
    said = "every write, refund and mail is one that policy allowed or a person signed"
    assert said in done.stdout


def test_events_that_are_not_there_are_one_clear_line() -> None:
    """Nothing is started for a name that no event begins with."""
    command = [sys.executable, "-m", "infra.local.run", "--once", "--events", "no-such"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (
        2,
        "Stopped: no event in events/ begins with no-such\n",
    )
