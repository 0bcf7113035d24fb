"""A call as an input: numbered lines in segments, what a model finds in each, joined by code.

Every line is in one segment. A model cites lines by their numbers; what it says about them must
stand in them. What it says of a segment counts once that segment's answer is valid, so the share of
lines that were really read is known.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import AfterValidator

from countersign.domain.contract import Contract, Value
from countersign.domain.errors import Quarantined
from countersign.domain.policy.proposal import Fact, flat
from countersign.domain.workflow import Joined, Raw, Segment
from countersign.extraction import grounding, prose
from countersign.extraction.answers import Percent, Short
from countersign.extraction.messages import Source, address
from countersign.extraction.patterns import language
from countersign.parsing.masking import mask
from countersign.parsing.transcripts import transcript
from countersign.parsing.transcripts.transcript import Cue, NotTranscript, words_of

CallT = TypeVar("CallT", bound="Call")
SEGMENT_WORDS = 3_000
"""A segment ends with the turn in which it has so many words."""
MOST_WORDS = 40_000
"""About three hours of talk."""
MOST_BYTES = 1_500_000
"""More than so many words take in any script: what is longer has words that nobody says."""
_FEWEST_WORDS = 3
_MOST_ITEMS, _MOST_CITED = 60, 40
_SHOWN = 80
_CITED = re.compile(r"\[(\d+)\] ")

ItemKind = Literal["topic", "decision", "action", "question", "promise"]
KINDS: tuple[ItemKind, ...] = ("topic", "decision", "action", "question", "promise")
"""What is taken from a call. A promise is what one of us holds out to the customer."""


class Line(Value):
    """What one person said in one go. Times in whole seconds from the beginning, None where the
    file has none."""

    text: str
    speaker: str = ""
    start: int | None = None
    end: int | None = None


class Call(Source):
    """A transcript. Its lines are numbered from 1."""

    channel: str = "document"
    title: str = ""
    lines: tuple[Line, ...]

    def texts(self) -> Mapping[str, str]:
        """The title, and the segments: each a part, a line of it `[12] 0:03:10 Ada: words`."""
        return {"title": self.title, **dict(_segments(self.lines))}


def _few(limit: int) -> AfterValidator:
    def check(found: tuple[Any, ...]) -> tuple[Any, ...]:
        if len(found) > limit:
            raise ValueError(f"more than {limit} of them")
        return found

    return AfterValidator(check)


class Item(Value):
    """One thing that was said: what, by whom it is to be done and when where that is said, and the
    lines that say it, with words of theirs as they stand there."""

    kind: ItemKind
    text: Short
    who: Short | None
    when: Short | None
    lines: Annotated[tuple[int, ...], _few(_MOST_CITED)]
    quote: Short


class SegmentAnswer(Contract):
    """What the model says about one segment."""

    CONTRACT: ClassVar[str] = "call.segment"
    VERSION: ClassVar[int] = 1

    items: Annotated[tuple[Item, ...], _few(_MOST_ITEMS)]
    confidence: Percent


def read(raw: Raw, kind: type[CallT]) -> CallT:
    """The call in a file. Raises Quarantined for what is none, with what to do, and ContractBroken
    for a customer's address that is none."""
    try:
        found = transcript.read(raw.body)
    except NotTranscript as none:
        raise Quarantined(
            f"{none} Upload the call as .txt, .vtt, .srt, or the JSON of a transcription service."
        ) from None
    count = sum(words_of(one.text) for one in found.lines)
    if count > MOST_WORDS:
        raise Quarantined(f"The call has {count} words; upload it in parts of {MOST_WORDS}.")
    size = sum(len(one.text.encode()) for one in found.lines)
    if size > MOST_BYTES:
        raise Quarantined(
            f"The call has {size} bytes of words; upload it in parts of {MOST_BYTES}."
        )
    spoken = language.code(found.language)
    return kind(
        sender=address(found.contact, kind.CONTRACT) if found.contact else "",
        title=found.title,
        lines=tuple(map(_line, found.lines)),
        defects=found.defects,
        language_hints=(spoken,) if spoken else (),
    )


def split(call: Call) -> Sequence[Segment]:
    """The segments as the model is shown them: one JSON object each, masked."""
    parts = dict(_segments(call.lines))
    return tuple(
        Segment(
            name=name,
            text=json.dumps(
                {"task": "items", "segment": f"{at} of {len(parts)}", "text": mask(text)},
                ensure_ascii=False,
                indent=1,
            ),
        )
        for at, (name, text) in enumerate(parts.items(), start=1)
    )


def faults(_call: Call, segment: Segment, answer: SegmentAnswer) -> Sequence[str]:
    """Items that no line of the segment says."""
    lines = _numbered(segment)
    return tuple(
        f"item {number} ({one.kind}): {wrong}"
        for number, one in enumerate(answer.items, start=1)
        for wrong in _wrong(one, lines)
    )


def join(call: Call, answers: Mapping[str, SegmentAnswer]) -> Joined:
    """The items in the order of their lines, each once; those that their lines do not say are
    dropped, and named."""
    segments = split(call)
    read_ = [one for one in segments if one.name in answers]
    held = [_numbered(one) for one in read_]
    lines = {number: text for one in held for number, text in one.items()}
    pairs = zip(read_, held, strict=True)
    found = [(item, own) for segment, own in pairs for item in answers[segment.name].items]
    kept = _once([item for item, own in found if not any(_wrong(item, own))])
    counts: dict[str, int] = {}
    facts: dict[str, Fact] = {}
    for item in kept:
        counts[item.kind] = counts.get(item.kind, 0) + 1
        name = f"{item.kind} {counts[item.kind]}, {place(call, item.lines)}"
        facts[name] = Fact(value=said(item), quotes=(flat(item.quote),), derived=True)
    wrong = enumerate((item for item, own in found if any(_wrong(item, own))), start=1)
    return Joined(
        text=_for_prose(call, kept, len(lines)),
        facts=facts,
        dropped={f"{one.kind} not said ({at})": flat(one.text)[:_SHOWN] for at, one in wrong},
        covered=(Decimal(len(lines)) / len(call.lines)).quantize(Decimal("0.01")),
    )


def said(item: Item) -> str:
    """`Ada Berg: send the offer (by Friday)`."""
    who = f"{item.who}: " if item.who else ""
    when = f" ({item.when})" if item.when else ""
    return prose.cleaned(f"{who}{item.text}{when}")


def place(call: Call, numbers: Sequence[int]) -> str:
    """`line 12 at 0:03:10`, `lines 12 to 14 at 0:03:10`; without a time where the file has none."""
    first, last = min(numbers), max(numbers)
    where = f"line {first}" if first == last else f"lines {first} to {last}"
    start = call.lines[first - 1].start
    return f"{where} at {clock(start)}" if start is not None else where


def clock(seconds: int) -> str:
    """`0:03:10`."""
    minutes, rest = divmod(seconds, 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}"


def _line(cue: Cue) -> Line:
    start, end = (int(one) if one is not None else None for one in (cue.start, cue.end))
    return Line(text=cue.text, speaker=cue.speaker, start=start, end=end)


def _segments(lines: Sequence[Line]) -> Iterator[tuple[str, str]]:
    first, count, held = 1, 0, list[str]()
    for number, line in enumerate(lines, start=1):
        turns = number > 1 and line.speaker != lines[number - 2].speaker
        if held and count >= SEGMENT_WORDS and (turns or count >= 2 * SEGMENT_WORDS):
            yield f"lines {first} to {number - 1}", "\n".join(held)
            first, count, held = number, 0, []
        held.append(_shown(number, line))
        count += words_of(line.text)
    if held:
        yield f"lines {first} to {len(lines)}", "\n".join(held)


def _shown(number: int, line: Line) -> str:
    at = f"{clock(line.start)} " if line.start is not None else ""
    who = f"{line.speaker}: " if line.speaker else ""
    return f"[{number}] {at}{who}{line.text}"


def _numbered(segment: Segment) -> Mapping[int, str]:
    """The lines of a segment as the model was shown them, by their numbers."""
    text: str = json.loads(segment.text)["text"]
    found = ((_CITED.match(line), line) for line in text.split("\n"))
    return {int(cited[1]): line[cited.end() :] for cited, line in found if cited}


def _wrong(item: Item, lines: Mapping[int, str]) -> Iterator[str]:
    """What is wrong with an item, in sentences."""
    foreign = [number for number in item.lines if number not in lines]
    if foreign or not item.lines:
        yield f"cite lines of this segment only, not {foreign or 'none'}"
        return
    cited = " ".join(lines[number] for number in item.lines)
    if len(flat(item.quote)) < _FEWEST_WORDS or flat(item.quote) not in flat(cited):
        yield "the quote stands in none of the lines that it cites"
        return
    said = " ".join(lines.values())
    if item.who and item.who not in said and not grounding.all_words(said, item.who):
        yield f"nobody in this segment is called {item.who[:_SHOWN]}"
    text = f"{item.text} {item.when or ''}"
    new = [one for one in prose.foreign(text, cited) if one != prose.OTHER_WORDS]
    if new:
        yield f"the lines that it cites do not say {', '.join(new)}"


def _once(items: Sequence[Item]) -> Sequence[Item]:
    """In the order of their lines; of one kind about the same lines the first alone."""
    found: dict[tuple[str, tuple[int, ...]], Item] = {}
    for item in sorted(items, key=lambda one: (min(one.lines), max(one.lines))):
        found.setdefault((item.kind, tuple(sorted(set(item.lines)))), item)
    return tuple(found.values())


def _for_prose(call: Call, items: Sequence[Item], read_: int) -> str:
    told = [
        {"kind": one.kind, "text": said(one), "lines": list(one.lines), "quote": flat(one.quote)}
        for one in items
    ]
    whole = {"task": "summary", "title": mask(call.title), "lines": len(call.lines)}
    return json.dumps({**whole, "lines_read": read_, "items": told}, ensure_ascii=False, indent=1)
