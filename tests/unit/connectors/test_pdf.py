"""Printing: what is on the paper is what was signed, in the order in which it is read."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import fpdf
import pypdfium2
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

import fonts
from countersign.actions.paper import Block, Heading, Line, Listing, Paper, Steps, Table, texts
from countersign.actions.plans.printing import _known
from countersign.connectors.pdf.printer import printed
from countersign.domain.errors import Misconfigured, Refused
from tests.unit.actions.test_plans import PLAN

FONTS = Path(fonts.__file__).parent
NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
MARGIN = 18 / 25.4 * 72
WHOLE = PLAN.model_copy(
    update={
        "goals": "Sell 500 | seats on 30 June\nEine ﬁxe Eröffnung in Łódź | Größe, Ελλάδα и Москва",
        "audience": "Teams of designers | in Europe".replace(" |", ","),
        "milestones": "Kit, ready | 2027-03-01 | Ada Berg\nGroße Eröffnung mit vielen Gästen aus "
        "Łódź, draußen vor der Stadt und am Abend auf dem alten Markt | 2027-05-03 | Owen Cole | "
        "after: Kit, ready",
        "risks": "It rains | tents",
    }
)


def paper(*blocks: Block, title: str = "Plan", font: str = "") -> Paper:
    return Paper(title, "en", "ab" * 32, NOW, blocks, font)


def pages(body: bytes) -> list[Any]:
    return list(pypdfium2.PdfDocument(body))


def read(body: bytes) -> str:
    """All that a kept library reads on the pages, without spaces, dots of lists and numbers of
    pages."""
    found = ""
    for number, page in enumerate(pages(body), start=1):
        text = re.sub(r"\s", "", page.get_textpage().get_text_bounded())
        assert text.startswith(str(number))
        found += text.removeprefix(str(number))
    return found.replace("•", "")


def test_a_short_column_is_never_broken() -> None:
    """A date stays in one line beside columns that have to share what is left."""
    days = [f"2027-03-{day:02d}" for day in range(1, 20)]
    rows = tuple((day, "labels and scanners " * 6, "Ada", "shelves " * 12) for day in days)
    (page,) = pages(printed(paper(Table(("Date", "Milestone", "Owner", "After"), rows[:9]))))
    text = page.get_textpage().get_text_bounded()
    assert [day for day in days[:9] if day not in text] == []


def seen(body: bytes) -> str:
    """The letters of the first page as an eye meets them: line by line, from left to right."""
    held = pages(body)[0].get_textpage()
    boxes = [(held.get_charbox(at), held.get_text_range(at, 1)) for at in range(held.count_chars())]
    shown = [(round(b[1] / 14), b[0], letter) for b, letter in boxes if letter.strip()]
    top = max(line for line, _, _ in shown)
    return "".join(letter for line, _, letter in sorted(shown) if line >= top - 1)


def test_the_text_of_a_print_is_the_plan_that_was_signed() -> None:
    """Every text of it, in its order, letter for letter: nothing is left out, added or replaced."""
    body = printed(paper(*WHOLE.blocks))
    wanted = [re.sub(r"\s", "", one) for one in texts(WHOLE.blocks)]
    steps = next(one for one in WHOLE.blocks if isinstance(one, Steps))
    path = steps.word + ": " + " \u203a ".join(steps.names)
    at = wanted.index(re.sub(r"\s", "", steps.word))
    wanted[at : at + 1 + len(steps.names)] = [re.sub(r"\s", "", path)]
    assert read(body).replace("ﬁ", "fi") == "".join(wanted).replace("ﬁ", "fi")


def test_a_print_carries_the_digest_of_the_signed_data() -> None:
    """On the page, and for programs in the file's own words; beside the time of the plan, which is
    the only one in it."""
    body = printed(paper(*WHOLE.blocks))
    held = pypdfium2.PdfDocument(body).get_metadata_dict()
    assert WHOLE.digest in read(body)
    assert held["Keywords"] == f"sha256:{'ab' * 32}"
    assert held["CreationDate"].startswith("D:20261130090000")
    assert not held["ModDate"]


def test_the_same_paper_has_the_same_bytes() -> None:
    """And another word in it other ones."""
    assert printed(paper(Line("one"))) == printed(paper(Line("one")))
    assert printed(paper(Line("one"))) != printed(paper(Line("two")))


MIXED = "of צוות (50 %) now"


def test_a_number_between_words_from_right_to_left_stays_with_them() -> None:
    """By where its letters stand on the page, since extraction puts them in an order of its own: in
    an English line the Hebrew reads from right to left, its number within it."""
    assert re.sub(r"[()]", "", seen(printed(paper(Line(MIXED))))) == "of%50תווצnow"


@pytest.mark.control
def test_the_library_s_own_lines_put_it_elsewhere() -> None:
    """Control: what is set by fpdf2 alone is seen in another order, so the one above can fail."""
    alone = fpdf.FPDF()
    alone.add_page()
    for name in ("NotoSans", "NotoSansHebrew"):
        alone.add_font(name, "", FONTS / f"{name}-Regular.ttf")
    alone.set_font("NotoSans", size=10.5)
    alone.set_fallback_fonts(["NotoSansHebrew"])
    alone.set_text_shaping()
    alone.multi_cell(0, None, MIXED)
    body = bytes(alone.output())
    for font in alone.fonts.values():
        font.ttfont.close()  # type: ignore[union-attr]
    assert re.sub(r"[()]", "", seen(body)) != "of%50תווצnow"


def test_arabic_is_joined_and_stands_at_the_right() -> None:
    """A word is narrower than its letters one by one, and a paragraph of it ends at the margin."""

    def reach(text: str) -> tuple[float, float]:
        held = pages(printed(paper(Line(text))))[0].get_textpage()
        letters = [at for at in range(held.count_chars()) if held.get_text_range(at, 1).isalpha()]
        boxes = [held.get_charbox(at) for at in letters]
        return min(b[0] for b in boxes), max(b[2] for b in boxes)

    left, right = reach("الأوروبية")
    apart = reach("\u200c".join("الأوروبية"))
    assert right - left < apart[1] - apart[0]
    assert right == pytest.approx(595.28 - MARGIN, abs=3)


def test_nothing_leaves_the_page() -> None:
    """However long a word, a cell, a list or a heading is: every letter stands within the margins,
    each of them once, and a table that goes on says its head again."""
    long = (
        Heading("a heading of very many words " * 5),
        Line("W" * 120),
        Line("النهاية " * 30),
        Listing(tuple(f"risk {at} " * 12 for at in range(4))),
        Table(("A", "B", "C"), (("x" * 60, "two words " * 420, "y"), ("1", "2", "3"))),
    )
    body = printed(paper(*long))
    for page in pages(body):
        held = page.get_textpage()
        for at in range(held.count_chars()):
            if held.get_text_range(at, 1).strip():
                left, bottom, right, top = held.get_charbox(at)
                assert MARGIN - 1 < left < right < 595.28 - MARGIN + 2
                assert 0 < bottom < top < 841.89 - MARGIN + 8
    told = Counter(filter(str.isalnum, filter(str.isascii, read(body))))
    more = told - Counter(filter(str.isalnum, filter(str.isascii, "".join(texts(long)))))
    missing = Counter(filter(str.isalnum, filter(str.isascii, "".join(texts(long))))) - told
    assert not missing
    assert more == Counter("ABC" * more["A"])
    assert 1 <= more["A"] < len(pages(body))


def tiny(path: Path, letter: str) -> str:
    """A font of one letter."""
    pen = TTGlyphPen(None)
    for at in ((0, 0), (0, 700), (700, 700), (700, 0)):
        (pen.moveTo if at == (0, 0) else pen.lineTo)(at)
    pen.closePath()
    made = FontBuilder(1000, isTTF=True)
    made.setupGlyphOrder([".notdef", "one"])
    made.setupCharacterMap({ord(letter): "one"})
    made.setupGlyf({".notdef": TTGlyphPen(None).glyph(), "one": pen.glyph()})
    made.setupHorizontalMetrics({".notdef": (800, 0), "one": (800, 0)})
    made.setupHorizontalHeader(ascent=800, descent=-200)
    made.setupNameTable({"familyName": "Tiny", "styleName": "Regular"})
    made.setupOS2()
    made.setupPost()
    made.save(path)
    return str(path)


def test_a_letter_that_no_font_has_is_refused_in_words(tmp_path: Path) -> None:
    """Never printed as a box; the font file that a stage names prints it, one that lacks it too
    does not, and one that is not there is told."""
    tokyo = Line("Launch in 東")
    with pytest.raises(Refused, match=r"no font has 東: put a font file .* functions/fonts"):
        printed(paper(tokyo))
    with pytest.raises(Refused, match="no font has 東"):
        printed(paper(tokyo, font="NotoSansHebrew-Regular.ttf"))
    with pytest.raises(Misconfigured, match=r"no font file gone\.ttf"):
        printed(paper(tokyo, font="gone.ttf"))
    assert read(printed(paper(tokyo, font=tiny(tmp_path / "tiny.ttf", "東")))) == "Launchin東"


def test_what_policy_takes_for_printable_is_what_the_fonts_have() -> None:
    """In the regular and the bold, which are told apart by nobody who signs."""
    for style in ("Regular", "Bold"):
        files = [BytesIO(one.read_bytes()) for one in FONTS.glob(f"*-{style}.ttf")]
        held = [TTFont(one).getBestCmap() for one in files]
        assert len(held) == 3
        assert {at for one in held for at in one if at > 31} == {*_known()}


def test_the_fonts_are_small_and_come_with_their_licence() -> None:
    """Below two megabytes in all; the text of the OFL beside them names each family's makers, and
    NOTICE names the library whose licence asks for it."""
    assert sum(one.stat().st_size for one in FONTS.glob("*.ttf")) < 2_000_000
    licence = (FONTS / "OFL.txt").read_text()
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
    assert licence.count("The Noto Project Authors") == 3
    notice = (FONTS.parents[1] / "NOTICE").read_text()
    assert "fpdf2" in notice
    assert "GNU Lesser General Public License" in notice
