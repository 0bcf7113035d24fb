"""The modest reader: what answers for a workflow that brings no heuristics of its own.

It says what the form states and what simple readers see, by the kind of each part, and no more;
what comes of it is at most `CAP` sure, so that a person always looks.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from countersign.domain.contract import Contract
from countersign.extraction import amounts, kinds, language, sentences
from countersign.extraction.answers import said, summary
from countersign.extraction.prompts import Prompt, parsed

CAP = Decimal("0.3")
"""Below any limit that a workflow could run by itself at."""
_PER_CENT = 30


def modest(answer: type[Contract], prompt_text: str) -> Mapping[str, Any]:
    """A dict that `answer` accepts, every quote verbatim in the source."""
    source, declared = parsed(prompt_text), kinds.kinds(answer)
    empty: dict[str, Any] = dict.fromkeys(answer.model_fields)
    found = {name: _part(kind.word, name, source) for name, kind in declared.items()}
    lists: dict[str, Any] = {"actions": []} if "actions" in empty else {}
    return {**empty, **found, **lists, "confidence": _PER_CENT}


def _part(word: str, name: str, source: Prompt) -> Mapping[str, Any] | None:
    stated = source.form.get(name, "")
    if word == "language":
        code = language.detect(source.words) or language.code(stated)
        first = source.sentences[0] if source.sentences else ""
        return said((code, first)) if code and first else None
    if word == "sum":
        return _sum(source)
    if word == "summary":
        return summary(sentences.summary(source.sentences, lambda _: 0))
    return said((stated, stated)) if stated else None


def _sum(source: Prompt) -> Mapping[str, Any] | None:
    """The one sum that the text names; of several none is taken."""
    found = list(amounts.sums(source.words))
    if len(found) != 1:
        return None
    one = found[0]
    amount, currency = format(one.amount, "f"), one.currency or None
    return {"amount": amount, "currency": currency, "quotes": [one.words]}
