"""The modest reader: what answers for a workflow that brings no heuristics of its own.

It says what the form states and what simple readers see, by the kind of each part, and no more;
what comes of it is at most `CAP` sure, so that a person always looks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from countersign.domain.contract import Contract
from countersign.domain.errors import ContractBroken
from countersign.extraction import kinds
from countersign.extraction.answers import said, summary
from countersign.extraction.patterns import amounts, language, sentences
from countersign.extraction.prompts import Prompt, parsed

_PER_CENT = 30


def modest(answer: type[Contract], prompt_text: str) -> Mapping[str, Any]:
    """A dict that `answer` accepts, every quote verbatim in the source."""
    source, declared = parsed(prompt_text), kinds.kinds(answer)
    empty: dict[str, Any] = dict.fromkeys(answer.model_fields)
    if "actions" in empty:
        empty["actions"] = []
    bare = {**empty, "confidence": _PER_CENT}
    found = {name: _part(kind.word, name, source) for name, kind in declared.items()}
    taken = {name: said for name, said in found.items() if _accepted(answer, {**bare, name: said})}
    return {**bare, **taken}


def _accepted(answer: type[Contract], said: Mapping[str, Any]) -> bool:
    """Whether the contract takes it: a form may state what is none of a closed set of values."""
    try:
        answer.read(said)
    except ContractBroken:
        return False
    return True


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
