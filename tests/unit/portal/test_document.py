"""The documents that a job keeps are handed out from its page."""

from __future__ import annotations

from countersign.jobs.originals import MOST
from countersign.lane.files import PLACE
from tests.fakes.journey import Journey, accept
from tests.fakes.world import ANA, World
from tests.unit.lane.test_words import Walk
from tests.unit.steps.test_segments import offline
from tests.unit.web.member import MemberBrowser

CALL = b"Ada: We have agreed on the blue one.\n\nBen: I will send the offer by Friday."
NAMES = ("call-summary.md", "call-summary.json")


def test_a_document_is_linked_from_the_job_s_page_in_both_forms() -> None:
    """Byte for byte what was stored, as a file that no browser opens; any other name is no page of
    somebody's, and whoever is not signed in gets nothing."""
    world = World(offline)
    journey = Journey(world, accept(world, CALL, door="upload", workflow="transcript_summary"))
    journey.goes()
    stranger, ana = MemberBrowser(world), MemberBrowser(world).signs_in(ANA.address)
    path = f"/approvals/jobs/{journey.job_id}"
    page = ana.opens(path).body
    stored = {key.rpartition("/")[2]: body for key, body in world.files.held.items()}
    assert sorted(stored) == sorted(NAMES)
    for name in NAMES:
        at = f"{path}/documents/{name}"
        assert f'href="{at}"' in page
        said = ana.opens(at)
        assert said.file == stored[name]
        assert f'filename="{name}"' in said.headers["content-disposition"]
        assert stranger.opens(at).file != stored[name]
    assert ana.opens(f"{path}/documents/other.md").status == 404


def test_what_was_made_of_a_file_s_items_is_handed_out_too() -> None:
    """Its bytes are those that the run has the digest of."""
    walk = Walk(["one", "two"])
    walk.ends()
    stranger, ana = MemberBrowser(walk.world), MemberBrowser(walk.world).signs_in(ANA.address)
    path = f"/approvals/jobs/{walk.job_id}"
    at = f"{path}/documents/words.txt"
    assert f'href="{at}"' in ana.opens(path).body
    assert ana.opens(at).file == walk.document.encode()
    assert stranger.opens(at).file != walk.document.encode()
    assert ana.opens(f"{path}/documents/plan.json").status == 404


def test_what_is_too_large_for_a_function_is_handed_out_by_the_bucket() -> None:
    """By a link that lasts a minute, to whoever may have the document; a function's answer ends at
    6 MB."""
    walk = Walk(["one", "two"])
    walk.ends()
    key = f"{PLACE}{walk.job_id}/made/words.txt"
    stranger, ana = MemberBrowser(walk.world), MemberBrowser(walk.world).signs_in(ANA.address)
    at = f"/approvals/jobs/{walk.job_id}/documents/words.txt"
    walk.world.payloads.put(key, bytes(MOST))
    assert ana.opens(at).file == bytes(MOST)
    walk.world.payloads.put(key, bytes(MOST + 1))
    said = ana.opens(at)
    assert (said.status, said.file) == (303, b"")
    assert said.headers["location"] == f"https://bucket.example/{key}?as=words.txt&for=60"
    assert "bucket.example" not in stranger.opens(at).headers.get("location", "")
