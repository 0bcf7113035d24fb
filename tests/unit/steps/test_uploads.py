"""Every file that is uploaded is a case that says what it is: none ends silently."""

from __future__ import annotations

import pytest

from tests.fakes.journey import Journey, accept
from tests.fakes.world import World
from workflows import WORKFLOWS

FILES = {
    "txt": (b"Hello, we need a quote for 40 licences.\nAnna", "plain text or a table"),
    "csv": (b"name;mail\nAnna;a@fern.example\n", "plain text or a table"),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "a PDF"),
    "png": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "a picture"),
    "jpg": (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", "a picture"),
    "docx": (b"PK\x03\x04\x14\x00\x06\x00[Content_Types].xml", "an Office file"),
    "mp3": (b"ID3\x04\x00\x00", "a recording"),
    "exe": (b"MZ\x90\x00\x03\x00\x00\x00", "a binary file"),
    "json": (b'{"a": 1}', "Field required"),
    "list": (b"[1, 2]", "should be an object"),
    "empty": (b" \n", "empty"),
}


@pytest.mark.parametrize("workflow", ["lead_intake", "refund_request"])
@pytest.mark.parametrize("kind", FILES)
def test_an_upload_that_is_no_mail_is_a_case_that_says_what_it_is(kind: str, workflow: str) -> None:
    """No model is asked and nothing is sent; somebody has it, with a due time."""
    body, said = FILES[kind]
    world = World(WORKFLOWS[workflow].offline)
    journey = Journey(world, accept(world, body, "e-1", door="upload", workflow=workflow))
    journey.goes()
    assert journey.record.job.status == "ESCALATED"
    assert journey.record.case
    assert said in journey.record.case.reason
    assert "overdue" in journey.record.due
    assert (world.model.asked, world.mail.to("a@fern.example")) == ([], [])
