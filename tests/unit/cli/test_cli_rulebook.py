"""`countersign rulebook`: checked, compared, shown, and a file judged, in 80 columns."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from infra.cli.main import run
from infra.cli.target import chosen
from infra.settings import ROOT

BOOK = str(ROOT / "functions/workflows/annotation_qa/rulebooks/receipts.yaml")
LINES = """\
{"id":"r1","text":"Cafe Linde, 2026-03-04, 12.50 EUR","annotator":"kim","label":"paid","spans":[\
{"start":0,"end":10,"label":"seller"},{"start":12,"end":22,"label":"date"},\
{"start":24,"end":29,"label":"amount"},{"start":29,"end":33,"label":"currency"}]}
{"id":"r1","text":"Cafe Linde, 2026-03-04, 12.50 EUR","annotator":"=1+1","label":"unpaid",\
"spans":[{"start":12,"end":22,"label":"date"}]}
nothing
"""


@dataclass
class Terminal:
    """A person at a terminal, with no cloud to reach."""

    capsys: pytest.CaptureFixture[str]

    def types(self, *words: str) -> tuple[object, str, str]:
        """Exit code, output and complaints."""
        with pytest.raises(SystemExit) as ended:
            run(("rulebook", *words), chosen)
        return (ended.value.code or 0, *self.capsys.readouterr())


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(capsys)


def test_a_rulebook_is_checked_compared_and_shown(terminal: Terminal, tmp_path: Path) -> None:
    """Exit code 1 where it cannot be meant, or a change did not raise the version."""
    said = json.loads(terminal.types("check", BOOK, "--json")[1])
    assert (said["rules"], said["checks"], said["questions"]) == (50, 46, 4)
    other = tmp_path / "other.yaml"
    other.write_text(Path(BOOK).read_text().replace("never: [unpaid]", "never: [paid]"))
    assert terminal.types("check", str(other))[0] == 1
    code, out = terminal.types("diff", BOOK, str(other))[:2]
    assert code == 1
    assert "version must rise" in out
    page = tmp_path / "page.html"
    terminal.types("page", BOOK, str(page))
    assert "A stamped receipt is not unpaid" in page.read_text()


def test_a_file_is_judged_without_a_cloud(terminal: Terminal, tmp_path: Path) -> None:
    """The report twice in the same bytes, no live formula, the file corrected in its own format."""
    file = tmp_path / "lines.jsonl"
    file.write_text(LINES)
    for to in ("one", "two"):
        words = ("score", str(file), "--rulebook", BOOK, "--to", str(tmp_path / to))
        code, out = terminal.types(*words)[:2]
        assert code == 0
        assert max(map(len, out.splitlines())) <= 80
    one, two = (
        {file.name: file.read_bytes() for file in (tmp_path / to).iterdir()}
        for to in ("one", "two")
    )
    assert one == two
    assert b'"\'=1+1"' in one["items.csv"]
    assert b"<script" not in one["report.html"]
    report = json.loads(one["report.json"])
    assert report["quarantined"][0]["place"] == "line 3"
    meant = LINES.replace("seller", "vendor").replace('"start":29,', '"start":30,')
    assert one["corrected.jsonl"].decode() == meant


def test_a_file_that_is_none_is_told(terminal: Terminal, tmp_path: Path) -> None:
    """In one line, with exit code 1."""
    file = tmp_path / "empty.csv"
    file.write_bytes(b"")
    code, _, told = terminal.types("score", str(file), "--rulebook", BOOK)
    assert code == 1
    assert "no header" in told


def test_a_finding_that_somebody_overrules_is_a_case_of_the_book(
    terminal: Terminal, tmp_path: Path
) -> None:
    """Added at the end, under the next version, without the annotators' names; its comments stay;
    `check` names the check that still finds it broken, and `diff` says what was decided."""
    book, lines = tmp_path / "book.yaml", tmp_path / "lines.jsonl"
    before = Path(BOOK).read_text()
    book.write_text(before)
    lines.write_text(LINES)
    case = (str(book), str(lines), "r1", "label.stamp-not-unpaid", "--by", "kim", "--why")
    code, out, err = terminal.types("overrule", *case, 'it is: "unpaid" \u2028 stamped')
    assert (code, "version 2, with 1 overruled" in " ".join(out.split())) == (0, True), err
    made = book.read_text()
    assert made.startswith(before.replace("version: 1\n", "version: 2\n", 1).rstrip())
    assert "=1+1" not in made
    terminal.types("overrule", *case, "a second look says so too")
    assert "version: 3" in book.read_text()
    code, out, _ = terminal.types("diff", BOOK, str(book))
    assert (code, "overruled label.stamp-not-unpaid" in out) == (0, True)
    still = (str(book), str(lines), "r1", "label.one-of-all", "--by", "kim", "--why", "both hold")
    for rule, said in (("no.rule", "has no rule"), ("item.text", "")):
        words = [*still[:3], rule, *still[4:]]
        code, _, err = terminal.types("overrule", *words)
        assert (code, said in err) == (1 if said else 0, True)
    missing = (str(book), str(lines), "r2", *still[3:])
    assert "has no item r2" in terminal.types("overrule", *missing)[2]


def test_a_check_that_still_finds_an_overruled_case_broken_is_named(
    terminal: Terminal, tmp_path: Path
) -> None:
    """So that the rule is mended, and not the case forgotten."""
    book, lines = tmp_path / "book.yaml", tmp_path / "lines.jsonl"
    book.write_text(Path(BOOK).read_text())
    lines.write_text('{"id":"s1","text":"Cafe 1.50","annotator":"kim","label":"paid"}\n')
    words = ("s1", "item.text", "--by", "kim", "--why", "a till roll may be this short")
    _, out, _ = terminal.types("overrule", str(book), str(lines), *words)
    assert "item.text still finds it broken" in " ".join(out.split())
    code, out, _ = terminal.types("check", str(book))
    assert code == 1
