"""The plain heuristics: a brief under headings, read line by line, each entry its own quote."""
# ruff: noqa: E501, RUF001 - patterns in many languages and scripts

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from countersign.extraction import answers
from countersign.extraction.messages import LATER
from countersign.extraction.patterns import amounts, language
from workflows.launch_plan import days

ListName = Literal["goals", "audience", "milestones", "risks", "costs"]
_HEADINGS: Mapping[ListName, str] = {
    "goals": r"goals?|objectives?|ziele?|objectifs?|objetivos?|obiettiv[io]|doel(?:en|stellingen)?|目標|(?:ال)?أهداف|الهدف|מטרות|ה?יעדים",
    "audience": r"(?:target )?audiences?|target group|zielgruppen?|publi[ck](?: cible)?|público|pubblico|doelgroep|対象|الجمهور(?: المستهدف)?|الفئة المستهدفة|קהל(?: ה?יעד)?",
    "milestones": r"milestones?|timeline|schedule|meilensteine?|zeitplan|jalons?|calendrier|hitos|calendario|tappe|mijlpalen|planning|marcos|マイルストーン|المراحل(?: الرئيسية)?|المعالم|الجدول الزمني|אבני(?: ה?דרך)?|לוח(?: ה?זמנים)?",
    "risks": r"risks?|risiken|risques|riesgos|rischi|risico'?s|riscos|リスク|المخاطر|סיכונים",
    "costs": r"budget|costs?|kosten|coûts|presupuesto|costes?|costi|orçamento|custos|予算|(?:ال)?ميزانية|التكاليف|תקציב|עלויות",
}  # fmt: skip
_HEADING = {
    name: re.compile(rf"(?:\d+\.\s*)?(?:{w})", re.IGNORECASE) for name, w in _HEADINGS.items()
}
_BULLET = re.compile(r"^\s*(?:[-*•–]|\d{1,2}[.)])\s+")
_ENDS = re.compile(r"\s*(?::\s|\uff1a|\s[–—-]\s|\s\(|\uff08|[,،]\s)")
"""What ends the name of an entry."""
_OWNER = re.compile(
    r"(?:\b(?:owned by|owner|responsible|lead|verantwortlich|zuständig|responsable|responsabile|"
    r"verantwoordelijk|responsável)|担当|(?:ال)?مسؤول(?:ة)?|אחראי(?:ת)?|באחריות)"
    r"\s*(?:is|ist|:|\uff1a)?\s*([^,;|()\n.、،\uff08\uff09]+)",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"(?:\b(?:after|depends on|once|nach|après|después de|dopo|na|depois de|بعد|אחרי|לאחר)|前提)"
    r"(?:\s*[:\uff1a]\s*|\s+)([^|().\n\uff08\uff09]+)",
    re.IGNORECASE,
)
_MEASURE = re.compile(
    r"(?:\b(?:measured by|measure|metric|kpi|gemessen an|messgröße|mesuré par|indicateur|"
    r"medido por|indicador|misurato da|gemeten aan|المقياس|المؤشر|נמדד לפי|מדד)|指標)"
    r"\s*[:\uff1a]?\s*([^()\n\uff08\uff09]+)",
    re.IGNORECASE,
)
_MITIGATION = re.compile(
    r"(?:\b(?:mitigation|mitigated by|countermeasure|gegenmaßnahme|maßnahme|parade|mitigación|"
    r"mitigazione|maatregel|mitigação|المعالجة|الحل|מענה|פתרון)|対策)"
    r"\s*[:\uff1a]?\s*([^()\n\uff08\uff09]+)|(?:→|=>)\s*([^\n]+)",
    re.IGNORECASE,
)
_TOTAL = re.compile(
    r"\b(?:total|overall|summe|gesamt|insgesamt|en tout|totale?|totaal|in all|"
    r"الإجمالي|المجموع|סך הכול)|סה[\"״]כ|合計|総額",
    re.IGNORECASE,
)
_SURE, _UNSURE = 90, 40
_MOST, _LONGEST = 60, 290


@dataclass
class Read:
    """What is found, line by line."""

    title: str = ""
    lists: dict[ListName, list[dict[str, Any]]] = field(default_factory=dict)
    total: Mapping[str, Any] | None = None

    def add(self, name: ListName, entry: dict[str, Any]) -> None:
        """One entry more, if there is room."""
        held = self.lists.setdefault(name, [])
        if len(held) < _MOST:
            held.append(entry)


@dataclass(frozen=True)
class Line:
    """A line of the brief: as it stands, and without its bullet."""

    quote: str
    text: str
    cells: tuple[str, ...] = ()
    """Of a row of a table."""


def offline(prompt_text: str) -> Mapping[str, Any]:
    """An answer out of the lines below headings that we know."""
    shown = json.loads(prompt_text)
    found = Read(title=shown.get("title", ""))
    # Parts stand in the order of their names: what answers a question comes after all the others.
    parts = sorted(shown["parts"], key=lambda part: part["name"].startswith(LATER))
    for part in parts:
        read = _later if part["name"].startswith(LATER) else _part
        read(found, part["name"], part["text"])
    return _answer(found, "\n".join(part["text"] for part in parts))


def _answer(found: Read, text: str) -> Mapping[str, Any]:
    steps = found.lists.get("milestones", [])
    for one in steps:
        one["after"] = _names("; ".join(one["after"]), [other["name"] for other in steps])
    spoken = language.detect(text)
    first = next((line for line in text.split("\n") if language.detect(line) == spoken), text)
    return {
        "title": answers.said((found.title, found.title)) if found.title else None,
        **{name: found.lists.get(name, []) for name in _HEADINGS},
        "total": found.total,
        "language": answers.said((spoken, first[:_LONGEST])) if spoken else None,
        "confidence": _SURE if steps else _UNSURE,
    }


def _part(found: Read, name: str, text: str) -> None:
    under, headed = _list_of(name), False
    for raw in text.split("\n"):
        heading, line = _heading(raw), _line(raw)
        if heading:
            under, headed = _list_of(heading), False
        if line is None or heading or under is None:
            found.title = found.title or (heading or raw.strip())[:_LONGEST]
        elif line.cells and not headed:
            headed = True
        elif set(line.text) - set("|-: "):
            _enter(found, under, line)


def _heading(raw: str) -> str:
    """The words of a heading: marked as one, or a line of its own that ends in a colon."""
    text = raw.strip()
    if text.startswith("#"):
        return text.lstrip("# ").rstrip(": ")
    bare = text.rstrip(":\uff1a")
    return bare if bare != text and _list_of(bare) else ""


def _list_of(heading: str) -> ListName | None:
    known = (name for name, words in _HEADING.items() if words.fullmatch(heading.strip()))
    return next(known, None)


def _line(raw: str) -> Line | None:
    text = _BULLET.sub("", raw).strip()
    if not text or len(text) > _LONGEST:
        return None
    if text.startswith("|"):
        cells = tuple(cell.strip() for cell in text.strip("|").split("|"))
        return Line(quote=text, text=text, cells=cells)
    return Line(quote=text, text=text.replace("**", ""))


def _enter(found: Read, name: ListName, line: Line) -> None:
    match name:
        case "milestones":
            found.add(name, _milestone(line))
        case "costs":
            _cost(found, line)
        case "audience":
            found.add(name, {"value": line.text, "quotes": [line.quote]})
        case "goals":
            text, measure = _split(line.text, _MEASURE)
            found.add(name, {"text": text, "measure": measure, "quotes": [line.quote]})
        case "risks":
            text, answer = _split(line.text, _MITIGATION)
            found.add(name, {"text": text, "mitigation": answer, "quotes": [line.quote]})


def _milestone(line: Line) -> dict[str, Any]:
    dated = next(days.found(line.text), None)
    if line.cells:
        return _row(line, dated)
    name = _name(line.text, dated[1] if dated else "")
    _, _, rest = line.text.partition(name)
    owner, after = _OWNER.search(rest), _AFTER.search(rest)
    return {
        "name": name,
        "date": dated[0].isoformat() if dated else None,
        "owner": owner[1].strip() if owner else None,
        "after": [after[1]] if after else [],
        "quotes": [line.quote],
    }


def _row(line: Line, dated: Any) -> dict[str, Any]:
    """A row of a table: what is no date is the name, the owner, and what comes first, in turn."""
    left = [cell for cell in line.cells if not any(days.found(cell))]
    name, owner, after = (*left, "", "", "")[:3]
    return {
        "name": name,
        "date": dated[0].isoformat() if dated else None,
        "owner": owner.strip("?-–— ") or None,
        "after": [after.strip("?-–— ")],
        "quotes": [line.quote],
    }


def _names(text: str, known: Iterable[str]) -> list[str]:
    """The entries that are named, each with the commas and “and”s of its own; what is left of the
    text names others."""
    named = {name.casefold(): name for name in known if name}
    longest = sorted(named.values(), key=len, reverse=True)
    whole = "|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in longest)
    between = r"[,;、]| and | und | et | y | e | en "
    parts = re.split(rf"({whole or '(?!)'})|{between}", text, flags=re.IGNORECASE)
    said = ((one or "").strip("“”\"'„‘’,;、 ") for one in parts)
    return [named.get(one.casefold(), one) for one in said if one]


def _name(text: str, said: str = "") -> str:
    """What stands before a colon and the day or sum that is said of it; else before the first sign
    that ends a name, without a day in front of it."""
    head = text.partition(said)[0].rstrip() if said else ""
    if head.endswith((":", "\uff1a")):
        return head.rstrip(" :\uff1a")
    rest = text.removeprefix(said).lstrip(" :–—-,") if said else text
    return _ENDS.split(rest, maxsplit=1)[0].strip()


def _cost(found: Read, line: Line) -> None:
    money = next(iter(amounts.sums(line.text)), None) or next(iter(amounts.bare(line.text)), None)
    if money is None:
        return
    said = {
        "amount": format(money.amount, "f"),
        "currency": money.currency or None,
        "quotes": [line.quote],
    }
    if _TOTAL.search(line.text):
        found.total = found.total or said
        return
    item = line.cells[0] if line.cells else _name(line.text, money.words)
    found.add("costs", {"item": item, **said})


def _split(text: str, words: re.Pattern[str]) -> tuple[str, str | None]:
    """The text before the words, and what follows them."""
    said = words.search(text)
    if said is None:
        return text, None
    more = next((group for group in said.groups() if group), "").strip(" .)")
    return text[: said.start()].strip(" (;,.–—-:،\uff08\uff1a") or text, more or None


def _later(found: Read, _name: str, text: str) -> None:
    """An answer to a question: a line that names a milestone says its day or its owner."""
    for raw in text.split("\n"):
        line = _line(raw)
        if line is None:
            continue
        held = [one for one in found.lists.get("milestones", []) if one["name"] in line.text]
        rest = line.text
        for one in held:
            rest = rest.replace(one["name"], "")
            _amend(one, replace(line, text=rest))
        if not held and _TOTAL.search(line.text):
            found.total = None
            _cost(found, line)


def _amend(one: dict[str, Any], line: Line) -> None:
    dated, owner = next(days.found(line.text), None), _OWNER.search(line.text)
    more = {
        **({"date": dated[0].isoformat()} if dated else {}),
        **({"owner": owner[1].strip()} if owner else {}),
    }
    if more:
        one |= {**more, "quotes": [*one["quotes"], line.quote][:8]}
