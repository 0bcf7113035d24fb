"""The plain heuristics: the matters by their key words, each with the sentence that says it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from countersign.extraction.answers import said
from countersign.extraction.patterns import language, orders
from countersign.extraction.prompts import Prompt, parsed
from countersign.extraction.readers.hearing import heard
from workflows.front_desk.contract import MATTERS
from workflows.front_desk.keywords import WORDS

_SURE, _ALONE, _THIN = 90, 75, 30
_STRONG = 3
"""The weight from which a sentence is a matter of its own."""
_HEARD = {"erasure": "erasure", "opt_out": "opt_out", "wish": "refund"}


def offline(prompt_text: str) -> Mapping[str, Any]:
    """A dict that the answer's contract accepts, every quote verbatim in the source."""
    source = parsed(prompt_text)
    found = dict(list(_matters(source))[: len(MATTERS)])
    parts: dict[str, Any] = dict.fromkeys(MATTERS)
    parts |= {
        part: said((matter, quote))
        for part, (matter, quote) in zip(MATTERS, found.items(), strict=False)
    }
    numbers = orders.found(source.words)
    return {
        **parts,
        "concerns": None,
        "order": said(numbers[0]) if numbers else None,
        "language": _language(source),
        "confidence": _sure(found, source),
    }


def _matters(source: Prompt) -> Iterator[tuple[str, str]]:
    """The strongest matter, whatever its weight; of the others those that have a strong sentence
    of their own. What the readers hear is one too."""
    weights = {name: _strongest(name, source) for name in WORDS.order}
    for kind, quote in heard(source.words).items():
        matter = _HEARD.get(kind, "")
        stands = next((one for one in source.sentences if quote[:80] in " ".join(one.split())), "")
        if matter and stands and WORDS.weight(matter, source.words):
            weights[matter] = (max(weights[matter][0], _STRONG), stands)
    strongest = max(weights, key=lambda name: (weights[name][0], -WORDS.order.index(name)))
    if weights[strongest][0]:
        yield strongest, weights[strongest][1]
    sentence = weights[strongest][1]
    for name, (weight, quote) in weights.items():
        if name != strongest and weight >= _STRONG and quote != sentence:
            yield name, quote


def _strongest(name: str, source: Prompt) -> tuple[int, str]:
    among = [(WORDS.weight(name, one), one) for one in (*source.sentences, source.subject) if one]
    return max(among, key=lambda one: one[0], default=(0, ""))


def _sure(found: Mapping[str, str], source: Prompt) -> int:
    if not found:
        return _THIN
    best = max(WORDS.weight(name, source.words) for name in found)
    return _SURE if best >= _STRONG else _ALONE


def _language(source: Prompt) -> Mapping[str, Any] | None:
    code = language.detect(source.words)
    first = source.sentences[0] if source.sentences else ""
    return said((code, first)) if code and first else None
