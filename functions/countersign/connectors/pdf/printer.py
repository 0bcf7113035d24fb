"""Papers as PDF on A4: the same paper gives the same bytes under one lock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from importlib import resources

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import TTFFont

from countersign.actions.paper import Block, Heading, Line, Listing, Paper, Steps, Table, texts
from countersign.connectors.pdf.setting import Fonts, Run, is_rtl, lines
from countersign.domain.errors import Misconfigured, Refused

_FAMILIES = ("NotoSans", "NotoSansArabic", "NotoSansHebrew")
_OWN = "Own"
"""What a stage's own font is called."""
_MARGIN, _GAP, _INDENT, _CELL = 18.0, 2.6, 5.0, 1.6
"""Millimetres."""
_ROUNDED = 0.01
"""What sums of widths may differ by."""
_SIZE, _SMALL = 10.5, 8.0
_HEADING = {1: 19.0, 2: 13.0}
"""Points."""
_LEADING = 1.5
"""Of a line's height, to the size of its letters: Arabic reaches far below."""
_STEP, _BULLET = " \u203a ", "•"
_PT = 25.4 / 72
_TORN = 3
"""Lines of a row longer than a page that stand together."""


def printed(paper: Paper) -> bytes:
    """The paper as PDF. Raises Refused for a letter that no font has, Misconfigured when the font
    file that the stage names is not there."""
    sheet = _Sheet(paper)
    try:
        return _filled(sheet, paper)
    finally:
        sheet.close()


def _filled(sheet: _Sheet, paper: Paper) -> bytes:
    missing = sheet.fonts.missing("".join(map(str, (*texts(paper.blocks), _STEP, _BULLET))))
    if missing:
        raise Refused(
            f"no font has {' '.join(missing[:10])}: put a font file that does into functions/fonts "
            'and name it in the stage file under "plan.font"'
        )
    for block in paper.blocks:
        sheet.add(block)
    return sheet.bytes()


class _Sheet:
    """The pages as they fill up."""

    def __init__(self, paper: Paper) -> None:
        own = _file(paper.font) if paper.font else ""
        self._pdf = pdf = FPDF(format="A4")
        pdf.set_creation_date(paper.at)
        pdf.set_title(paper.title)
        pdf.set_lang(paper.language)
        pdf.set_keywords(f"sha256:{paper.digest}")
        pdf.set_margin(_MARGIN)
        pdf.set_auto_page_break(auto=False)
        pdf.c_margin = 0
        for family in _FAMILIES:
            for style, name in (("", "Regular"), ("B", "Bold")):
                pdf.add_font(family, style, _file(f"{family}-{name}.ttf"))
        if paper.font:
            for style in ("", "B"):
                pdf.add_font(_OWN, style, own)
        families = (*_FAMILIES, *((_OWN,) if paper.font else ()))
        self._held = {n: one for n, one in pdf.fonts.items() if isinstance(one, TTFFont)}
        self.fonts = Fonts({name: self._held[name.lower()].cmap for name in families})
        self._rtl = is_rtl(paper.title)
        self._style, self._size = "", _SIZE
        self._known: dict[tuple[Run, str, float], float] = {}
        self._turn()

    def bytes(self) -> bytes:
        """The file."""
        return bytes(self._pdf.output())

    def close(self) -> None:
        """Let go of the font files, which the library leaves open."""
        for font in self._held.values():
            font.ttfont.close()

    def add(self, block: Block) -> None:
        """Below what is there."""
        match block:
            case Heading(text, level):
                self._heading(text, _HEADING[level])
            case Listing(entries):
                self._entries(entries)
            case Table(head, rows):
                self._table(head, rows)
            case Line(text):
                self._paragraph(text)
            case Steps(word, names):
                self._paragraph(f"{word}: {_STEP.join(names)}")
        self._pdf.y += _GAP

    @property
    def _height(self) -> float:
        """Of a line."""
        return self._size * _PT * _LEADING

    @property
    def _room(self) -> int:
        """Lines that the page has left."""
        return max(0, int((self._pdf.h - _MARGIN - self._pdf.y) / self._height + 1e-6))

    def _turn(self) -> None:
        """Begin a page, and number it."""
        self._pdf.add_page()
        style, size = self._style, self._size
        self._style, self._size = "", _SMALL
        self._pdf.y = self._pdf.h - _MARGIN / 2 - self._height
        self._line([Run(str(self._pdf.page), _FAMILIES[0], rtl=False)], _MARGIN, 0)
        self._style, self._size = style, size
        self._pdf.y = _MARGIN

    def _heading(self, text: str, size: float) -> None:
        """Never the last of a page."""
        self._style, self._size = "B", size
        if self._pdf.y > _MARGIN:
            self._pdf.y += _GAP
        self._block(text, _MARGIN, self._pdf.epw, rtl=self._rtl, more=2)
        self._style, self._size = "", _SIZE

    def _paragraph(self, text: str) -> None:
        self._block(text, _MARGIN, self._pdf.epw, rtl=is_rtl(text))

    def _entries(self, texts: Sequence[str]) -> None:
        for one in texts:
            self._entry(one)

    def _entry(self, text: str) -> None:
        """With its dot on the side where it is begun to be read."""
        rtl = is_rtl(text)
        if not self._room:
            self._turn()
        at = _MARGIN + (self._pdf.epw - _INDENT if rtl else 0)
        y = self._pdf.y
        self._line([Run(_BULLET, _FAMILIES[0], rtl=False)], at, _INDENT if rtl else 0)
        self._pdf.y = y
        self._block(text, _MARGIN + (0 if rtl else _INDENT), self._pdf.epw - _INDENT, rtl=rtl)

    def _block(self, text: str, x: float, width: float, *, rtl: bool, more: int = 0) -> None:
        found = self._lines(text, width)
        if more and self._room < len(found) + more:
            self._turn()
        for one in found:
            if not self._room:
                self._turn()
            self._line(one, x, width if rtl else 0)

    def _table(self, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """A row stays on one page where it can; a page that goes on repeats the head."""
        widths = self._widths((head, *rows))
        laid = [self._laid(row, widths) for row in rows]
        self._head(head, widths, self._least(max(map(len, laid[0]))) if laid else 0)
        for row in laid:
            cells, deep = row, max(1, *map(len, row))
            while deep:
                if self._room < self._least(deep):
                    self._turn()
                    self._head(head, widths, 0)
                now = min(deep, self._room)
                self._cells([one[:now] for one in cells], widths, now)
                cells, deep = [one[now:] for one in cells], deep - now
            self._rule(0.1)

    def _least(self, deep: int) -> int:
        """How many lines must have room where a row of so many begins: all, if a page has them."""
        whole = int(self._pdf.eph / self._height) - 3
        return deep if deep <= whole else min(deep, _TORN)

    def _laid(self, row: Sequence[str], widths: Sequence[float]) -> list[list[list[Run]]]:
        return [self._lines(one, wide - _CELL) for one, wide in zip(row, widths, strict=True)]

    def _head(self, head: Sequence[str], widths: Sequence[float], more: int) -> None:
        """With room for so many lines below it."""
        self._style = "B"
        cells = self._laid(head, widths)
        deep = max(map(len, cells))
        if self._room < deep + more:
            self._turn()
        self._cells(cells, widths, deep)
        self._style = ""
        self._rule(0.3)

    def _cells(
        self, cells: Sequence[Sequence[list[Run]]], widths: Sequence[float], deep: int
    ) -> None:
        """A row's cells, from the side where the document is begun to be read."""
        top, x = self._pdf.y, _MARGIN + (self._pdf.epw if self._rtl else 0)
        for held, width in zip(cells, widths, strict=True):
            x -= width if self._rtl else 0
            self._pdf.y = top
            for one in held:
                self._line(one, x + (_CELL if self._rtl else 0), width - _CELL if self._rtl else 0)
            x += 0 if self._rtl else width
        self._pdf.y = top + deep * self._height

    def _rule(self, thick: float) -> None:
        self._pdf.set_line_width(thick)
        self._pdf.line(_MARGIN, self._pdf.y, _MARGIN + self._pdf.epw, self._pdf.y)

    def _widths(self, rows: Sequence[Sequence[str]]) -> list[float]:
        """As wide as each column wants to be; where that is too much, who wants less than an equal
        share gets it, and the others share the rest."""
        wanted = [max(map(self._wide, column)) + _CELL for column in zip(*rows, strict=True)]
        left, given = self._pdf.epw, [0.0] * len(wanted)
        for done, at in enumerate(sorted(range(len(wanted)), key=wanted.__getitem__)):
            given[at] = min(wanted[at], left / (len(wanted) - done))
            left -= given[at]
        return given

    def _wide(self, text: str) -> float:
        """In the wider of the two: a date is in the regular, whose hyphen is."""
        found = [0.0]
        for self._style in ("B", ""):
            found += [sum(map(self._measure, one)) for one in self._lines(text, 1e6)]
        return max(found)

    def _lines(self, text: str, width: float) -> list[list[Run]]:
        return list(lines(text, self.fonts, width + _ROUNDED, self._measure))

    def _measure(self, run: Run) -> float:
        """Word by word, since most are measured many times: nothing joins over a space."""
        words = run.text.split(" ")
        space = self._word(replace(run, text=" ")) if len(words) > 1 else 0.0
        wide = sum(self._word(replace(run, text=one)) for one in words if one)
        return wide + space * (len(words) - 1)

    def _word(self, run: Run) -> float:
        key = (run, self._style, self._size)
        if key not in self._known:
            self._shape(run)
            self._known[key] = self._pdf.get_string_width(run.text)
        return self._known[key]

    def _line(self, runs: Sequence[Run], x: float, against: float) -> None:
        """Its runs at `x`, or up to the end of `against` millimetres from there."""
        widths = [self._measure(one) for one in runs]
        at = x + (against - sum(widths) if against else 0)
        for one, width in zip(runs, widths, strict=True):
            self._shape(one)
            self._pdf.x = at
            self._pdf.cell(width, self._height, one.text, new_x=XPos.RIGHT, new_y=YPos.TOP)
            at += width
        self._pdf.y += self._height

    def _shape(self, run: Run) -> None:
        self._pdf.set_font(run.font, self._style, self._size)
        self._pdf.set_text_shaping(use_shaping_engine=True, direction="rtl" if run.rtl else "ltr")


def _file(name: str) -> str:
    """Where a font file is. Raises Misconfigured."""
    found = resources.files("fonts") / name
    if not found.is_file():
        raise Misconfigured(f"there is no font file {name} in functions/fonts")
    return str(found)
