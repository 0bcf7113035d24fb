"""The plain heuristics: sentences of a call whose words say what they are, as they stand there."""
# ruff: noqa: E501 - patterns in many languages

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from countersign.extraction.answers import said, summary
from countersign.extraction.calls.promises import sounds
from countersign.extraction.calls.transcripts import ItemKind
from countersign.extraction.patterns import language

_WORDS: Mapping[ItemKind, str] = {
    "decision": r"\b(?:we (?:have )?(?:agreed|decided|settled)|let's go with|that's decided|agreed[,.:]|wir haben (?:uns )?(?:entschieden|beschlossen|geeinigt)|einverstanden|nous avons décidé|hemos decidido|abbiamo deciso|we hebben besloten|decidimos)",
    "action": r"\b(?:(?:i|we)(?:'ll| will) (?:send|call|check|prepare|write|share|book|ask|follow|get back|order|update|review)|can you (?:please )?(?:send|check|prepare|share)|ich (?:schicke|sende|rufe|prüfe|kläre)|wir (?:schicken|senden|prüfen|klären)|j'envoie|je vous (?:envoie|rappelle)|le (?:envío|mando)|vi (?:mando|invio)|ik (?:stuur|bel))\b",
}
_PATTERNS = {kind: re.compile(words, re.IGNORECASE) for kind, words in _WORDS.items()}
_QUESTION = re.compile(r"[?\uff1f]\s*$")
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|(?<=[\u3002\uff01\uff1f])")
_LINE = re.compile(r"\[(\d+)\] (?:\d+:\d{2}:\d{2} )?(?:([^:]{1,60}): )?(.*)")
_WHEN = re.compile(
    r"\b(?:by |until |before |bis |am |on |d'ici |vor |antes del? |entro |per )?(?:tomorrow|today|tonight|morgen|heute|(?:next |this )?(?:monday|tuesday|wednesday|thursday|friday|week|month)|montag|dienstag|mittwoch|donnerstag|freitag|demain|lundi|mardi|mercredi|jeudi|vendredi|mañana|lunes|viernes|domani|lunedì|venerdì)\b",
    re.IGNORECASE,
)
_SURE = 90
_MOST, _LONGEST = 40, 280


def items(shown: str) -> Mapping[str, Any]:
    """What one segment says, by its words; of a question the last ones alone, which may be open."""
    found = [one for line in json.loads(shown)["text"].split("\n") for one in _of_line(line)]
    kept = [one for one in found if one["kind"] != "question"]
    return {"items": (kept + found_questions(found))[:_MOST], "confidence": _SURE}


def found_questions(found: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The last two questions of a segment: earlier ones were most likely answered."""
    return [one for one in found if one["kind"] == "question"][-2:]


def _of_line(line: str) -> Iterator[Mapping[str, Any]]:
    parts = _LINE.fullmatch(line)
    if not parts:
        return
    for sentence in _SENTENCE.split(parts[3]):
        kind = _kind(sentence)
        if kind and len(sentence) <= _LONGEST:
            when = _WHEN.search(sentence) if kind == "action" else None
            yield {
                "kind": kind,
                "text": sentence,
                "who": parts[2] if kind == "action" else None,
                "when": when[0] if when else None,
                "lines": [int(parts[1])],
                "quote": sentence,
            }


def _kind(sentence: str) -> ItemKind | None:
    if _QUESTION.search(sentence):
        return "question"
    if sounds(sentence):
        return "promise"
    return next((kind for kind, pattern in _PATTERNS.items() if pattern.search(sentence)), None)


def offline(shown: str) -> Mapping[str, Any]:
    """The summary out of the items: its first decisions and tasks, in their own words."""
    asked = json.loads(shown)
    told = asked["items"]
    first = [one["quote"] for one in told if one["kind"] in {"decision", "action", "promise"}][:3]
    chosen = first or [one["quote"] for one in told][:2]
    code = Counter(filter(None, (language.detect(one["quote"]) for one in told))).most_common(1)
    spoken = next(
        (one["quote"] for one in told if code and language.detect(one["quote"]) == code[0][0]), ""
    )
    return {
        "summary": summary(chosen),
        "sentiment": None,
        "language": said((code[0][0], spoken)) if code and spoken else None,
        "confidence": _SURE if chosen else 30,
    }
