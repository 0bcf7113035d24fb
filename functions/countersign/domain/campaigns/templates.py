"""Templates: a subject and a text with places for what a row of the list says of its contact."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape

from countersign.domain.campaigns.contacts import Contact
from countersign.domain.contract import Value

_PLACE = re.compile(r"\{(\w{1,40})(?:\|([^{}]{0,200}))?\}")
_LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")
RIGHT_TO_LEFT = frozenset({"ar", "dv", "fa", "he", "ps", "ur", "yi"})
"""ISO 639-1 codes of languages that are written so."""
NAME = "name"
"""What a template calls a contact's whole name."""


class Template(Value):
    """What one language's contacts are sent. `{first_name}` stands for a column, `{first_name|you}`
    for the same with other words where the row has nothing there."""

    subject: str
    text: str


class Footer(Value):
    """How one language says who wrote and how to get no more."""

    stop: str
    """The words before the address of the page."""


FOOTERS: Mapping[str, Footer] = {
    "ar": Footer(stop="لإيقاف هذه الرسائل:"),
    "de": Footer(stop="Keine weiteren Nachrichten dieser Art:"),
    "en": Footer(stop="To get no more of these mails:"),
    "es": Footer(stop="Para no recibir más estos correos:"),
    "fr": Footer(stop="Pour ne plus recevoir ces messages :"),
    "he": Footer(stop="להפסקת קבלת הודעות אלה:"),
    "it": Footer(stop="Per non ricevere più questi messaggi:"),
    "nl": Footer(stop="Geen berichten van deze soort meer:"),
    "pt": Footer(stop="Para não receber mais estas mensagens:"),
}
"""In other languages it is said in English."""


@dataclass(frozen=True)
class Message:
    """What one contact is sent."""

    to: str
    subject: str
    body: str
    """Without its footer."""
    language: str
    filled: tuple[str, ...]
    """The places for which the row had nothing, so that the template's other words stand there."""
    footer: tuple[str, str, str]
    """Who writes, the words before the address of the page, and that address."""

    @property
    def text(self) -> str:
        """As plain text."""
        imprint, stop, url = self.footer
        return f"{self.body}\n\n-- \n{imprint}\n{stop} {url}\n"

    @property
    def html(self) -> str:
        """The same words, for who reads no plain text."""
        imprint, stop, url = map(escape, self.footer)
        direction = "rtl" if self.language in RIGHT_TO_LEFT else "ltr"
        small = f'<p><small>{imprint}<br>{stop} <a href="{url}">{url}</a></small></p>'
        return (
            f'<!doctype html><html lang="{escape(self.language)}" dir="{direction}"><head>'
            f'<meta charset="utf-8"></head><body>{"".join(_paragraphs(self.body))}{small}'
            "</body></html>"
        )


class Unfilled(Exception):  # noqa: N818 - a row of the list is incomplete, nothing is wrong
    """A place for which neither the row nor the template has words."""

    def __init__(self, place: str) -> None:
        super().__init__(place)
        self.place = place


def places(template: Template) -> frozenset[str]:
    """The columns that a template names."""
    both = f"{template.subject}\n{template.text}"
    return frozenset(found[1] for found in _PLACE.finditer(both))


def rendered(
    template: Template, language: str, contact: Contact, imprint: str, url: str
) -> Message:
    """The message of one contact, with the page where mails are stopped at `url`. Raises Unfilled.

    What the row says is put in as it is, once: braces in it are no places."""
    filled: list[str] = []
    subject = _put_in(template.subject, contact, filled)
    body = _put_in(template.text, contact, filled)
    stop = FOOTERS.get(language, FOOTERS["en"]).stop
    return Message(
        to=contact.address,
        subject=" ".join(subject.split()),
        body=body.rstrip(),
        language=language,
        filled=tuple(dict.fromkeys(filled)),
        footer=(imprint, stop, url),
    )


def _put_in(text: str, contact: Contact, filled: list[str]) -> str:
    def word(place: re.Match[str]) -> str:
        name, other = place[1], place[2]
        said = contact.name if name == NAME else contact.fields.get(name, "")
        if said:
            return said
        if other is None:
            raise Unfilled(name)
        filled.append(name)
        return other

    return _PLACE.sub(word, text)


def _paragraphs(body: str) -> Iterator[str]:
    for paragraph in re.split(r"\n{2,}", body):
        lines = "<br>".join(_linked(line) for line in paragraph.split("\n"))
        yield f"<p>{lines}</p>"


def _linked(line: str) -> str:
    """Only an address that stands there as such is a link."""
    shown, at = "", 0
    for found in _LINK.finditer(line):
        address = escape(found[0])
        shown += f'{escape(line[at : found.start()])}<a href="{address}">{address}</a>'
        at = found.end()
    return shown + escape(line[at:])
