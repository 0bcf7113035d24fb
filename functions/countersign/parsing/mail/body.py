"""The text and the files of a mail, out of its tree of parts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict

from countersign.domain.errors import Quarantined
from countersign.parsing.charsets import decode
from countersign.parsing.html import declared_charset, visible_text
from countersign.parsing.mail.headers import PLAIN, cut_uuencoded
from countersign.parsing.mail.mime import MimePart, read_tree
from countersign.parsing.mail.versions import is_stub, says_as_much
from countersign.parsing.text import tidy

MAX_TEXT = 200_000
_MAX_OTHER = 4_000
FORWARD_MARK = "---------- Forwarded message ----------"
_HEADER = 300
_MAX_ATTACHED = 4
"""Attached mails in each other that are read: a forward of a forward of a forward."""
_MAX_READ = 1_000_000  # encoded bytes of text that are looked at in one mail
_HTML = frozenset({"text/html", "text/enriched", "text/richtext"})
_READABLE = _HTML | {"text/plain", "text/markdown"}
_KNOWN_ENCODINGS = PLAIN | {"base64", "quoted-printable"}
_WORDS = re.compile(rb"\s*(?:[^\s]{1,30}[ \n]+){4}")
"""How words look, and nothing that is encoded."""
_HTML_STARTS = ("<html", "<!doctype html")


class MailAttachment(BaseModel):
    """A file that came with a mail: listed, never opened. The name is text, never a path."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str | None
    content_type: str
    size: int
    """Bytes after decoding."""


@dataclass(frozen=True)
class Body:
    """The visible text with its history, the files, and what had to be repaired."""

    text: str
    attachments: tuple[MailAttachment, ...]
    defects: tuple[str, ...]


@dataclass
class _Reading:
    left: int = _MAX_READ
    depth: int = 0
    """How many attached mails the text stands in."""
    files: list[MailAttachment] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)

    def note(self, sentence: str | None) -> None:
        """Keep a sentence about something that was repaired."""
        if sentence:
            self.defects.append(sentence)


def read_body(root: MimePart) -> Body:
    """Gather the visible text, plain before HTML, and list everything else as files."""
    reading = _Reading()
    text = tidy(_text(root, reading))
    files = (*_files(root, reading), *reading.files)
    if len(text) > MAX_TEXT:
        reading.note(f"The text was cut at {MAX_TEXT} characters.")
    return Body(text[:MAX_TEXT], files, tuple(reading.defects))


def _text(part: MimePart, reading: _Reading) -> str:
    if part.content_type == "multipart/alternative":
        return _alternative(part, reading)
    if part.content_type == "message/rfc822":
        return _attached(part, reading)
    if part.parts:
        texts = [_text(child, reading) for child in part.parts]
        return "\n\n".join(text for text in texts if text.strip())
    return _leaf(part, reading) if _is_readable(part) else ""


def _attached(part: MimePart, reading: _Reading) -> str:
    """An attached mail in the form in which programs write a forwarded one, and so the mails that
    are attached to it, as far as people pass them on."""
    if reading.depth >= _MAX_ATTACHED or reading.left <= 0:
        return ""
    try:
        inner, defects = read_tree(part.decoded(len(part.body))[0])
    except Quarantined as unread:
        reading.note(f"An attached mail was not read. {unread}")
        return ""
    reading.defects += defects
    reading.depth += 1
    text = _text(inner, reading)
    reading.depth -= 1
    named = {name: inner.headers.text(name, _HEADER) for name in ("from", "date", "subject", "to")}
    shown = [f"{name.capitalize()}: {value}" for name, value in named.items() if value]
    return "\n".join([FORWARD_MARK, *shown, "", text])


def _alternative(part: MimePart, reading: _Reading) -> str:
    """Return the plain version, or the richest other where that says more. Of versions that say
    different things the one with more words is the text, and the other follows behind marks."""
    # Senders put the richest last (RFC 2046, 5.1.4).
    texts = [(child.content_type, _text(child, reading)) for child in reversed(part.parts)]
    said = [(kind, text) for kind, text in texts if text.strip()]
    plain = next((text for kind, text in said if kind == "text/plain"), "")
    rich = next((text for kind, text in said if kind != "text/plain"), "")
    if not (plain and rich) or says_as_much(plain, rich) or is_stub(rich, plain):
        return plain or rich
    if says_as_much(rich, plain) or is_stub(plain, rich):
        return rich
    reading.note("The versions of the mail differ; both are shown, the shorter one behind marks.")
    shorter, longer = sorted((plain, rich), key=len)
    other = "\n".join(f"> {line}" for line in tidy(shorter)[:_MAX_OTHER].split("\n"))
    return f"{longer}\n\n{other}"


def _is_readable(part: MimePart) -> bool:
    is_file = part.is_attachment or bool(part.headers.parameters("content-disposition"))
    known = part.encoding in _KNOWN_ENCODINGS or _WORDS.match(part.body)
    return part.content_type in _READABLE and bool(known) and not is_file


def _leaf(part: MimePart, reading: _Reading) -> str:
    limit = len(part.body)
    if limit > reading.left:
        reading.note("The mail holds more text than is read; the rest was left out.")
        # At a line end, so that no character and no escape is cut in two.
        limit = part.body.rfind(b"\n", 0, reading.left) + 1 or reading.left
    if part.encoding not in _KNOWN_ENCODINGS:
        reading.note("A part has an unknown transfer encoding; it was read as it stands.")
    raw, damage = part.decoded(limit)
    reading.left -= min(limit, reading.left)
    reading.note(damage)
    is_html = part.content_type in _HTML
    charset = part.parameters.get("charset") or (declared_charset(raw) if is_html else None)
    text, doubt = decode(raw, charset)
    reading.note(doubt)
    if is_html or text[:200].lstrip().lower().startswith(_HTML_STARTS):
        shown = visible_text(text)
        reading.defects += shown.defects
        return shown.text
    kept, files = cut_uuencoded(text)
    reading.files += [_uuencoded(name, size) for name, size in files]
    return kept


def _uuencoded(name: str, size: int) -> MailAttachment:
    return MailAttachment(
        name=tidy(name) or None, content_type="application/octet-stream", size=size
    )


def _files(part: MimePart, reading: _Reading) -> Iterator[MailAttachment]:
    for child in part.parts:
        yield from _files(child, reading)
    if part.parts or _is_readable(part):
        return
    if part.encoding not in _KNOWN_ENCODINGS:
        reading.note("A part has an unknown transfer encoding; it was not read.")
    yield MailAttachment(name=part.name, content_type=part.content_type, size=part.size)
