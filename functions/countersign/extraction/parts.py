"""Any JSON object as a message: its parts by their names, whoever's form it is.

What has a name that everybody uses (an address, a name, a subject, a message) is that part; all the
rest stands below the message as lines of its own, `name: value`, so that it can be quoted. Nothing
here is a fact, and nobody vouches for the address.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from countersign.domain.errors import ContractBroken, Quarantined
from countersign.extraction import messages
from countersign.extraction.messages import MessageT
from countersign.extraction.patterns import language
from countersign.parsing.escaped import as_typed
from countersign.parsing.text import one_line, tidy

_NAMES = {
    "sender": "email mail emailaddress youremail mailadresse emailadresse adressemail correo"
    " courriel correoelectronico posta emailadres from sender replyto",
    "name": "name fullname yourname nom nombre nome naam vollername contactname sendername",
    "subject": "subject betreff objet asunto oggetto onderwerp assunto topic",
    "text": "message nachricht text body comment comments mensaje messaggio bericht mensagem"
    " description question details anliegen inquiry enquiry request content",
    "language": "language lang locale sprache langue idioma lingua taal",
}
_KNOWN = {word: part for part, words in _NAMES.items() for word in words.split()}
_NO_LETTER = re.compile(r"[\W\d_]+")
_LONGEST_NAME, _DEEPEST, _MOST = 60, 4, 200


def message(kind: type[MessageT], held: object) -> MessageT:
    """The object as a message of this kind. Raises Quarantined for what is no object, or says
    nothing."""
    if not isinstance(held, dict):
        raise Quarantined("The body is JSON and no object of named parts.")
    named: dict[str, str] = {}
    lines: list[str] = []
    for name, text in list(_flat(held, "", 0))[:_MOST]:
        part = _KNOWN.get(_NO_LETTER.sub("", name.rpartition(".")[2]).casefold(), "")
        if part and part not in named and (part != "sender" or _address(text)):
            named[part] = text
        else:
            lines.append(f"{one_line(name, _LONGEST_NAME)}: {text}")
    text = "\n\n".join(filter(None, (named.get("text", ""), "\n".join(lines))))
    if not text:
        raise Quarantined("The body has no part with a text.")
    spoken = language.code(named.get("language", ""))
    return kind(
        channel="form",
        sender=_address(named.get("sender", "")),
        sender_name=one_line(named.get("name", ""), 200),
        subject=one_line(named.get("subject", ""), 300),
        text=text[: messages.MAX_TEXT],
        defects=(messages.CUT,) if len(text) > messages.MAX_TEXT else (),
        language_hints=(spoken,) if spoken else (),
    )


def _address(stated: str) -> str:
    """The address in its one spelling; empty for what mail cannot reach."""
    try:
        return messages.address(stated.strip(), "parts") if "@" in stated else ""
    except ContractBroken:
        return ""


def _flat(node: Any, name: str, depth: int) -> Iterator[tuple[str, str]]:
    """(name, text) of every leaf; what lies deeper than a form does is one text."""
    inner = _inner(node, name) if depth < _DEEPEST else None
    if inner is not None:
        for key, item in inner:
            yield from _flat(item, key, depth + 1)
    elif text := tidy(_text(node)):
        yield name or "text", text


def _inner(node: Any, name: str) -> list[tuple[str, Any]] | None:
    if isinstance(node, Mapping):
        return [(f"{name}.{key}" if name else str(key), item) for key, item in node.items()]
    return [(name, item) for item in node] if isinstance(node, list) else None


def _text(node: object) -> str:
    if node is None:
        return ""
    if isinstance(node, bool):
        return "yes" if node else "no"
    return f"{node:f}" if isinstance(node, Decimal) else as_typed(str(node))
