"""`countersign upload-link`: one key, for a time, under the prefix of a workflow."""

from __future__ import annotations

from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from countersign.runtime.settings import Settings
from tests.unit.cli.terminal import Terminal

pytestmark = pytest.mark.usefixtures("made_up_credentials")


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str]) -> Terminal:
    terminal = Terminal(capsys)
    terminal.settings = Settings(stage="local", uploads_bucket="uploads")
    terminal.forgets()
    return terminal


@pytest.mark.parametrize(
    ("workflow", "name", "key"),
    [
        ("transcript_summary", "call.vtt", "transcript_summary/*-call.vtt"),
        ("front_desk", "../../brief ü.txt", "inbox/*-brief ü.txt"),
        ("lead_intake", "C:\\mails\\lead.eml", "lead_intake/*-lead.eml"),
    ],
)
def test_the_link_is_for_one_key(terminal: Terminal, workflow: str, name: str, key: str) -> None:
    """Under the workflow's own prefix, with a part that nobody can guess; signed for so long."""
    found = terminal.json("upload-link", workflow, name, "--minutes", "90")
    prefix, _, rest = found["key"].partition("/")
    assert f"{prefix}/*-{rest.partition('-')[2]}" == key
    assert len(rest.partition("-")[0]) == 16
    link = urlsplit(found["url"])
    assert unquote(link.path).endswith(found["key"])
    assert parse_qs(link.query)["X-Amz-Expires"] == [str(90 * 60)]
    assert terminal.json("upload-link", workflow, name)["key"] != found["key"]


@pytest.mark.parametrize("name", ["", "..", "calls/.."])
def test_a_file_without_a_name_is_refused(terminal: Terminal, name: str) -> None:
    """Exit code 2, and what to write."""
    code, _, told = terminal.types("upload-link", "lead_intake", name)
    assert (code, "name the file" in told) == (2, True)
