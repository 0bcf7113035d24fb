"""`files.store`: a document in two forms, found again, checked byte for byte, and taken away."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from countersign.actions.files import STORE, Files, Store
from countersign.connectors.aws.services import JobFiles
from countersign.domain.errors import Unavailable
from tests.fakes.files import FakeFiles
from tests.fakes.on_moto import on_moto

PARAMS = Store(name="call-summary", markdown="# Call\n\nÄpfel", data='{"lines": 2}')
BUCKET, PLACE = "payloads", "documents/j-1/"


@pytest.fixture(params=["fake", "S3"])
def files(request: pytest.FixtureRequest) -> Iterator[Files]:
    """The fake and the real adapter keep the same contract."""
    if request.param == "fake":
        yield FakeFiles()
        return
    with on_moto("s3") as s3:
        s3.create_bucket(Bucket=BUCKET)
        yield JobFiles(BUCKET, PLACE, s3)


def test_what_is_stored_is_what_was_signed(files: Files) -> None:
    """Both forms, byte for byte; before, nothing is there and nothing is found."""
    assert STORE.find
    assert STORE.read_back
    assert STORE.find(files, PARAMS, "cs-1") is None
    receipt = STORE.do(files, PARAMS, "cs-1")
    assert STORE.read_back(files, PARAMS, receipt) == STORE.expected(PARAMS)
    assert STORE.find(files, PARAMS, "cs-1") == receipt
    assert files.get("cs-1/call-summary.md") == "# Call\n\nÄpfel".encode()


def test_an_undo_takes_both_forms_and_twice_is_once(files: Files) -> None:
    """And leaves what another action stored."""
    assert STORE.undo
    STORE.do(files, PARAMS, "cs-1")
    STORE.do(files, PARAMS, "cs-2")
    for _ in range(2):
        STORE.undo.restore(files, PARAMS, "cs-1", "cs-1", {})
        assert STORE.undo.state(files, PARAMS, "cs-1", "cs-1") == {}
    assert STORE.undo.state(files, PARAMS, "cs-2", "cs-2")


@pytest.mark.control
def test_a_form_that_is_missing_or_another_is_seen() -> None:
    """Control: half of it, or other bytes, are no success."""
    assert STORE.find
    assert STORE.read_back
    files = FakeFiles()
    receipt = STORE.do(files, PARAMS, "cs-1")
    files.somebody_changes("cs-1/call-summary.md", b"# Another call")
    assert STORE.read_back(files, PARAMS, receipt) != STORE.expected(PARAMS)
    assert STORE.find(files, PARAMS, "cs-1") is None
    files.remove("cs-1/call-summary.json")
    assert set(STORE.read_back(files, PARAMS, receipt)) == {"call-summary.md"}


def test_trouble_is_told() -> None:
    """A write that fails is no success."""
    files = FakeFiles()
    files.fails_with(Unavailable("down"))
    with pytest.raises(Unavailable):
        STORE.do(files, PARAMS, "cs-1")
