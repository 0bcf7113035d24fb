"""The record of a call: as Markdown, as JSON, and in plain lines, headed in a language of ours."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from countersign.domain.policy.proposal import Fact, Proposal
from countersign.extraction import prose
from countersign.extraction.calls.transcripts import KINDS, Call, ItemKind


class Heads(NamedTuple):
    """The fixed words of a record; `read` takes `share` and `count`."""

    topic: str
    decision: str
    action: str
    question: str
    promise: str
    call: str
    line: str
    read: str
    empty: str


HEADS: Mapping[str, Heads] = {
    "en": Heads(
        *("Topics", "Decisions", "Who does what", "Open questions", "Held out to the customer"),
        *("Call", "line", "Read: {share} of {count} lines.", "No summary."),
    ),
    "de": Heads(
        *("Themen", "Beschlüsse", "Wer macht was", "Offene Fragen", "Dem Kunden zugesagt"),
        *("Gespräch", "Zeile", "Gelesen: {share} von {count} Zeilen.", "Keine Zusammenfassung."),
    ),
    "fr": Heads(
        *("Sujets", "Décisions", "Qui fait quoi", "Questions ouvertes", "Promis au client"),
        *("Appel", "ligne", "Lu : {share} de {count} lignes.", "Pas de résumé."),
    ),
    "es": Heads(
        *("Temas", "Decisiones", "Quién hace qué", "Preguntas abiertas", "Prometido al cliente"),
        *("Llamada", "línea", "Leído: {share} de {count} líneas.", "Sin resumen."),
    ),
    "it": Heads(
        *("Argomenti", "Decisioni", "Chi fa che cosa", "Domande aperte", "Promesso al cliente"),
        *("Chiamata", "riga", "Letto: {share} di {count} righe.", "Nessun riassunto."),
    ),
    "pt": Heads(
        *("Temas", "Decisões", "Quem faz o quê", "Questões em aberto", "Prometido ao cliente"),
        *("Chamada", "linha", "Lido: {share} de {count} linhas.", "Sem resumo."),
    ),
    "nl": Heads(
        *("Onderwerpen", "Besluiten", "Wie doet wat", "Open vragen", "Aan de klant toegezegd"),
        *("Gesprek", "regel", "Gelezen: {share} van {count} regels.", "Geen samenvatting."),
    ),
    "ja": Heads(
        *("議題", "決定事項", "担当者と作業", "未解決の質問", "お客様への約束"),
        *("通話", "行", "{count} 行中 {share} を確認。", "要約なし。"),
    ),
}
"""English where a company writes in another one."""
_TWO = 2
_NUMBERS = re.compile(r"[\d:]+")


@dataclass(frozen=True)
class CallRecord:
    """What a proposal says about a call, for readers of `language` (ISO 639-1)."""

    call: Call
    proposal: Proposal
    language: str = "en"

    @property
    def heads(self) -> Heads:
        """The words of the language."""
        return HEADS.get(self.language, HEADS["en"])

    @property
    def title(self) -> str:
        """The file's own, or that it is a call."""
        return self.call.title or self.heads.call

    @property
    def summary(self) -> str:
        """The model's prose, in which what no item says is marked; empty without one."""
        text = self.proposal.value("summary") or ""
        said = " ".join(fact.value for kind in KINDS for _, fact in self.items(kind))
        return prose.marked(text, said) if text else ""

    def items(self, kind: ItemKind) -> list[tuple[str, Fact]]:
        """(place, fact) of each item of a kind, in the order of the call."""
        named = ((name.split(", ", 1), fact) for name, fact in self.proposal.facts.items())
        return [(name[1], fact) for name, fact in named if name[0].startswith(f"{kind} ")]

    def parts(self, most: int) -> Sequence[CallRecord]:
        """The record as few records of some of its items each, in their order, none of whose forms
        is longer than `most` characters."""
        found = [name for name in self.proposal.facts if name.split(" ", 1)[0] in KINDS]
        if len(found) < _TWO or max(len(self.markdown()), len(self.as_json())) <= most:
            return (self,)
        middle = len(found) // 2
        halves = (self._without({*found[middle:]}), self._without({*found[:middle]}))
        return tuple(part for half in halves for part in half.parts(most))

    def _without(self, names: Collection[str]) -> CallRecord:
        facts = {name: one for name, one in self.proposal.facts.items() if name not in names}
        return replace(self, proposal=self.proposal.model_copy(update={"facts": facts}))

    def markdown(self) -> str:
        """Each item with its place in the call and the words that say it."""
        share, count = f"{self.proposal.covered:.0%}", len(self.call.lines)
        lines = [f"# {self.title}", "", self.summary or f"_{self.heads.empty}_", ""]
        lines += [self.heads.read.format(share=share, count=count), ""]
        for kind in KINDS:
            found = self.items(kind)
            if found:
                lines += [f"## {getattr(self.heads, kind)}", ""]
                lines += [f"- {one.value} — {self._at(at)}: “{one.quotes[0]}”" for at, one in found]
                lines.append("")
        return "\n".join(lines)

    def as_json(self) -> str:
        """The same for programs, in no language."""
        record = {
            "title": self.call.title,
            "contact": self.call.sender,
            "summary": self.proposal.value("summary") or "",
            "sentiment": self.proposal.value("sentiment") or "",
            "lines": len(self.call.lines),
            "covered": str(self.proposal.covered),
            **{
                f"{kind}s": [
                    {"text": fact.value, "place": where, "quote": fact.quotes[0]}
                    for where, fact in self.items(kind)
                ]
                for kind in KINDS
            },
        }
        return json.dumps(record, ensure_ascii=False, indent=1)

    def plain(self, head: str, kinds: Sequence[ItemKind]) -> str:
        """Items of these kinds below `head`, without their places."""
        return "\n".join((head, *self._listed(kinds))).strip()

    def _listed(self, kinds: Sequence[ItemKind]) -> Iterator[str]:
        for kind in kinds:
            found = self.items(kind)
            if found:
                yield from ("", f"{getattr(self.heads, kind)}:")
                yield from (f"- {fact.value}" for _, fact in found)

    def _at(self, place: str) -> str:
        """`Zeile 12-14, 0:03:10`, out of `lines 12 to 14 at 0:03:10`."""
        found = _NUMBERS.findall(place)
        times = [one for one in found if ":" in one]
        numbers = "-".join(one for one in found if ":" not in one)
        return ", ".join((f"{self.heads.line} {numbers}", *times))
