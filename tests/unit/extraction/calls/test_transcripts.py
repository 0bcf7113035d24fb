"""A call in segments: every line accounted for, and nothing said that its lines do not say."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from countersign.domain.errors import ContractBroken, Quarantined
from countersign.domain.workflow import Raw
from countersign.extraction.calls import transcripts
from countersign.extraction.calls.transcripts import SEGMENT_WORDS, Call, Item, SegmentAnswer
from countersign.model import segments
from workflows import WORKFLOWS

FLOW = WORKFLOWS["transcript_summary"]
SEGMENTED = FLOW.segmented
assert SEGMENTED


def call(body: str) -> Call:
    """The call in a file."""
    found: Call = FLOW.read(Raw(body=body.encode(), door="upload", authserv_id=""))
    return found


SHORT = call("Ada: We agreed on Friday.\n\nBen: I will send 12 scanners, card 4111 1111 1111 1111.")
LONG = call("\n\n".join(f"{'Ada' if at % 2 else 'Ben'}: word " + "more " * 40 for at in range(200)))
ITEM: Mapping[str, Any] = {
    "kind": "decision", "text": "They agreed on Friday", "who": None, "when": None,
    "lines": [1], "quote": "agreed on Friday",
}  # fmt: skip


def answer(*items: Mapping[str, Any]) -> SegmentAnswer:
    """An answer with these items."""
    return SegmentAnswer.read({"items": list(items), "confidence": 90})


def wrong(**change: Any) -> list[str]:
    """What is wrong with the item and this change of it."""
    (segment,) = transcripts.split(SHORT)
    return list(transcripts.faults(SHORT, segment, answer({**ITEM, **change})))


def test_every_line_is_in_exactly_one_segment() -> None:
    """Segments end with a turn, and together they are the call, line by line."""
    parts = transcripts.split(LONG)
    numbers = [n for one in parts for n in transcripts._numbered(one)]
    assert numbers == list(range(1, len(LONG.lines) + 1))
    assert len(parts) == -(-200 * 41 // SEGMENT_WORDS)


def test_a_model_sees_no_number_that_is_masked() -> None:
    """In segments as everywhere."""
    (segment,) = transcripts.split(SHORT)
    assert "[card]" in segment.text
    assert "4111" not in segment.text


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"lines": [3]}, "lines of this segment only"),
        ({"lines": []}, "lines of this segment only"),
        ({"lines": [2]}, "the quote stands in none"),
        ({"quote": "agreed on Monday"}, "the quote stands in none"),
        ({"quote": ""}, "the quote stands in none"),
        ({"text": "They agreed on Friday to pay 900 EUR"}, "900"),
        ({"text": "They agreed, see https://evil.example"}, "evil.example"),
        ({"text": "They agreed with Carla on it"}, "Carla"),
        ({"who": "Zoe"}, "Zoe"),
        ({"when": "on 3 March"}, "3"),
    ],
)
def test_an_item_that_its_lines_do_not_say_is_a_fault(change: dict[str, Any], told: str) -> None:
    """Lines of another segment, a quote of nowhere, numbers, links and names of the model's own."""
    assert wrong() == []
    (fault,) = wrong(**change)
    assert told in fault


def test_items_are_joined_in_the_order_of_their_lines_and_once() -> None:
    """The same lines said twice are one item; what is wrong is dropped and named, never a fact."""
    late = {
        **ITEM,
        "kind": "action",
        "lines": [2],
        "quote": "send 12 scanners",
        "text": "Send 12 scanners",
    }
    name = transcripts.split(SHORT)[0].name
    joined = transcripts.join(
        SHORT, {name: answer(late, ITEM, {**ITEM, "text": "again"}, {**ITEM, "lines": [9]})}
    )
    assert list(joined.facts) == ["decision 1, line 1", "action 1, line 2"]
    assert list(joined.dropped.values()) == ["They agreed on Friday"]
    assert joined.covered == 1
    assert [one["lines"] for one in json.loads(joined.text)["items"]] == [[1], [2]]


def test_a_lost_segment_is_seen_in_what_was_covered() -> None:
    """The share of lines of valid answers; the page and the rule go by it."""
    first, *_ = transcripts.split(LONG)
    joined = transcripts.join(LONG, {first.name: answer()})
    assert Decimal(0) < joined.covered < 1
    assert transcripts.join(LONG, {}).covered == 0


@pytest.mark.control
def test_counting_answers_alone_would_not_see_it() -> None:
    """Control: an empty answer is valid, a missing one is not; both have no items."""
    first, *others = transcripts.split(LONG)
    whole = {one.name: answer() for one in (first, *others)}
    assert transcripts.join(LONG, whole).covered == 1
    assert transcripts.join(LONG, whole).facts == transcripts.join(LONG, {}).facts


def test_a_place_says_line_and_time() -> None:
    """The time only where the file has one."""
    timed = call("WEBVTT\n\n01:02:03.000 --> 01:02:04.000\n<v Ada>hello\n")
    assert transcripts.place(timed, [1]) == "line 1 at 1:02:03"
    assert transcripts.place(SHORT, [1, 2]) == "lines 1 to 2"


def test_an_answer_about_a_segment_is_valid_or_tells_why() -> None:
    """For the repair round: its contract, and what it says of the lines."""
    assert SEGMENTED
    (segment,) = transcripts.split(SHORT)
    assert segments.answered(SEGMENTED, SHORT, segment, "{")[0] is None
    found, faults = segments.answered(SEGMENTED, SHORT, segment, answer(ITEM).model_dump_json())
    assert (found, faults) == (answer(ITEM), [])


@pytest.mark.parametrize("count", [61, 0])
def test_items_are_bounded(count: int) -> None:
    """A model that floods breaks its contract; one that finds nothing does not."""
    if not count:
        assert answer().items == ()
        return
    with pytest.raises(ContractBroken):
        answer(*([ITEM] * count))


def test_what_is_no_call_says_what_to_upload() -> None:
    """And a call that is too long says in which parts."""
    with pytest.raises(Quarantined, match=r"\.vtt"):
        call("%PDF-1.7")
    with pytest.raises(Quarantined, match="parts of 40000"):
        call("Ada: " + "word " * 40_001)
    with pytest.raises(Quarantined, match=f"parts of {transcripts.MOST_BYTES}"):
        call("Ада: " + "обсуждение" * (transcripts.MOST_BYTES // 20) + " и ещё")


def test_who_does_what_and_when_is_one_sentence() -> None:
    """As a team reads it."""
    item = Item.model_validate({**ITEM, "lines": (1,), "who": "Ada", "when": "Friday"})
    assert transcripts.said(item) == "Ada: They agreed on Friday (Friday)"
