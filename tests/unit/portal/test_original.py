"""The original of a case: a file that no page shows, for whoever may end the case, never unseen."""

from __future__ import annotations

import base64

import pytest

from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.job import Pointer
from countersign.jobs.originals import MOST, READ, file_name
from tests.fakes.world import CLEO, World
from tests.unit.portal.test_case_pages import CASE, filled, opened
from tests.unit.web.many import escalated
from tests.unit.web.member import MemberBrowser

PATH = f"{CASE}/original"
BODY = b"From: Maria\r\n\r\n<script>alert(1)</script>\xff"


def came(key: str = "lead_intake/letter.eml", **source: object) -> JobRecord:
    """A case whose job came as a mail."""
    held = escalated()
    payload = Pointer.to("uploads", key)
    told = {"payload": payload, "size": len(BODY), "door": "upload", **source}
    return held_with(held, held.job.source.model_copy(update=told))


def held_with(held: JobRecord, source: object) -> JobRecord:
    """The job, come from there."""
    job = held.job.model_copy(update={"source": source})
    return JobRecord(**(vars(held) | {"job": job}))


def at_the_case(record: JobRecord) -> tuple[World, MemberBrowser]:
    """Ana has its page open, and the bytes are stored."""
    world, ana = opened(record)
    world.payloads.holds("uploads", record.job.source.payload.object_key, BODY)
    return world, ana


def stamp(ana: MemberBrowser) -> dict[str, str]:
    """The form's own field."""
    return {"opened": ana.hidden()["opened"]}


def test_it_is_a_file_that_no_browser_opens_and_its_reading_is_recorded() -> None:
    """An attachment in a sandbox, byte for byte, and one audit entry with the reader's name."""
    world, ana = at_the_case(came())
    answer = ana.posts(PATH, stamp(ana))
    sent = answer.as_event()
    assert (answer.status, sent["isBase64Encoded"]) == (200, True)
    assert base64.b64decode(sent["body"]) == BODY
    assert answer.headers["content-disposition"] == 'attachment; filename="j-case.eml"'
    assert answer.headers["content-security-policy"].startswith("sandbox")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-type"] == "application/octet-stream"
    last = world.store.load("j-case").audit[-1]
    assert (last.event, last.actor) == (READ, "person:ana")


def test_looking_reads_nothing_and_leads_to_the_case() -> None:
    """What opens addresses gets no original and leaves no entry."""
    world, ana = at_the_case(came())
    for method in ("GET", "HEAD"):
        assert ana.opens(PATH, method).headers["location"] == CASE
    assert world.store.writes == 0


def test_a_case_that_was_read_can_be_ended_from_the_same_page() -> None:
    """Whoever downloads first need not read the page again."""
    _, ana = at_the_case(came())
    ana.posts(PATH, stamp(ana))
    assert ana.posts(CASE, filled(ana, "close", "read and answered")).status == 303


@pytest.mark.parametrize(
    ("record", "status", "told"),
    [
        (came(size=MOST + 1), 413, "countersign original j-case --by PERSON"),
        (came(), 410, "Download the original"),
    ],
)
def test_what_is_too_large_or_gone_is_said(record: JobRecord, status: int, told: str) -> None:
    """The page names the command; nothing is half sent."""
    world, ana = at_the_case(record)
    world.payloads.forgets()
    assert told in ana.page
    answer = ana.posts(PATH, stamp(ana))
    assert (answer.status, answer.file) == (status, b"")


def test_others_and_other_pages_get_nothing() -> None:
    """Neither somebody without the owner's role, nor a form that this session did not open."""
    world, ana = at_the_case(came())
    sent = stamp(ana)
    assert ana.posts(PATH, {"opened": "made up"}).status == 403
    assert MemberBrowser(world).signs_in(CLEO.address).posts(PATH, sent).status == 404
    assert MemberBrowser(world).posts(PATH, sent).status in {401, 403}
    assert READ not in [entry.event for entry in world.store.load("j-case").audit]


@pytest.mark.parametrize(
    ("key", "door", "name"),
    [
        ("x/Letter.EML", "upload", "j-case.eml"),
        ("x/invoice.pdf.exe", "upload", "j-case.bin"),
        ("raw/j-case/abc", "webhook", "j-case.json"),
    ],
)
def test_the_file_has_a_name_that_runs_nothing(key: str, door: str, name: str) -> None:
    """A stranger's ending is kept only where no program follows from it."""
    assert file_name(came(key, door=door)) == name
