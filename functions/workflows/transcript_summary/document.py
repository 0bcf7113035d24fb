"""The record of a call: as Markdown, as JSON, as a note and as a word to the team."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from countersign.actions import crm, files, notify
from countersign.domain.ledger.action import ProposedAction
from countersign.domain.policy.proposal import Fact
from countersign.domain.policy.rules import Situation
from countersign.extraction import prose
from countersign.extraction.transcripts import KINDS, Call, ItemKind

_HEADS: Mapping[ItemKind, str] = {
    "topic": "Topics",
    "decision": "Decisions",
    "action": "Who does what",
    "question": "Open questions",
    "promise": "Held out to the customer",
}
_NOTED: Sequence[ItemKind] = ("decision", "action", "promise")
_TITLE, _PUSHED, _NOTE = 150, 1_800, 8_000


def propose(s: Situation[Call]) -> Iterator[ProposedAction]:
    """The document; a note on the customer's contact, where the file names one that the CRM knows;
    a word to the team that listens to calls."""
    text = markdown(s)
    title = s.input.title or "Call"
    yield files.STORE.proposed(
        target="call-summary", name="call-summary", markdown=text, data=as_json(s)
    )
    if s.records.all("contact"):
        words = _plain(s, f"{title}\n\n{_summary(s)}", _NOTED)[:_NOTE]
        email = s.input.sender
        yield crm.ADD_NOTE.proposed(target=email, email=email, text=words, at=s.now)
    for channel in s.limits.lists.get("destination.call", ()):
        words = _plain(s, _summary(s), ("action",))[:_PUSHED]
        yield notify.PUSH.proposed(
            target=channel, channel=channel, title=title[:_TITLE], text=words or title
        )


def markdown(s: Situation[Call]) -> str:
    """Each item with its place in the call and the words that say it."""
    lines = [f"# {s.input.title or 'Call'}", "", _summary(s) or "_No summary._", ""]
    lines += [f"Read: {s.proposal.covered:.0%} of {len(s.input.lines)} lines.", ""]
    for kind in KINDS:
        found = _items(s, kind)
        if found:
            lines += [f"## {_HEADS[kind]}", ""]
            lines += [f"- {fact.value} — {where}: “{fact.quotes[0]}”" for where, fact in found]
            lines.append("")
    return "\n".join(lines)


def as_json(s: Situation[Call]) -> str:
    """The same for programs."""
    record = {
        "title": s.input.title,
        "contact": s.input.sender,
        "summary": s.proposal.value("summary") or "",
        "sentiment": s.proposal.value("sentiment") or "",
        "lines": len(s.input.lines),
        "covered": str(s.proposal.covered),
        **{
            f"{kind}s": [
                {"text": fact.value, "place": where, "quote": fact.quotes[0]}
                for where, fact in _items(s, kind)
            ]
            for kind in KINDS
        },
    }
    return json.dumps(record, ensure_ascii=False, indent=1)


def _items(s: Situation[Call], kind: ItemKind) -> list[tuple[str, Fact]]:
    """(place, fact) of each item of a kind, in the order of the call."""
    named = ((name.split(", ", 1), fact) for name, fact in s.proposal.facts.items())
    return [(name[1], fact) for name, fact in named if name[0].startswith(f"{kind} ")]


def _summary(s: Situation[Call]) -> str:
    text = s.proposal.value("summary") or ""
    said = " ".join(fact.value for kind in KINDS for _, fact in _items(s, kind))
    return prose.marked(text, said) if text else ""


def _plain(s: Situation[Call], head: str, kinds: Sequence[ItemKind]) -> str:
    lines = [head] if head.strip() else []
    for kind in kinds:
        found = _items(s, kind)
        if found:
            lines += ["", f"{_HEADS[kind]}:", *(f"- {fact.value}" for _, fact in found)]
    return "\n".join(lines).strip()
