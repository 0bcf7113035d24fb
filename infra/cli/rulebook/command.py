"""`countersign rulebook check | diff | page | score`, all on this machine and without a cloud."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from countersign.domain.errors import DefinitionBroken
from countersign.parsing.annotations.formats import corrected, format_of, mapped, opened
from countersign.parsing.annotations.label_studio import GROUND_TRUTH
from countersign.rulebook.diff import differences, unraised
from countersign.rulebook.proving import faults, unproven
from countersign.rulebook.report import findings_csv, items_csv, report_json
from countersign.rulebook.schema import Rulebook, read
from countersign.rulebook.scoring import score
from infra.cli.options import FAILED, AsJson, say, show
from infra.cli.rulebook import shown
from infra.cli.rulebook.pages import report_page, rulebook_page

app = typer.Typer(
    no_args_is_help=True, help="A rulebook of annotations: check, compare, show, judge a file."
)
Book = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="a rulebook, as YAML")]


@app.command()
def check(file: Book, as_json: AsJson = False) -> None:
    """Check a rulebook: its form, its labels, and that its rules find their own examples.

    Exit code 1 where something cannot be meant. A rule without an example that breaks it and one
    that keeps it is named and is no fault.

    Example: countersign rulebook check street-scenes.yaml
    """
    book = read(file.read_bytes(), file.name)
    wrong, without = list(faults(book)), list(unproven(book))
    data = {
        **shown.counts(book),
        "faults": wrong,
        "unproven": without,
    }
    show(shown.checked(book, wrong, without), data, as_json=as_json)
    if wrong:
        raise typer.Exit(FAILED)


@app.command()
def diff(before: Book, after: Book, as_json: AsJson = False) -> None:
    """Compare two versions of a rulebook: labels, rules and how each is checked.

    Exit code 1 where something differs and the version was not raised.

    Example: countersign rulebook diff old.yaml new.yaml
    """
    old, new = (read(one.read_bytes(), one.name) for one in (before, after))
    found, stale = list(differences(old, new)), unraised(old, new)
    data = {
        "before": {"version": old.version, "digest": old.digest},
        "after": {"version": new.version, "digest": new.digest},
        "differences": [one._asdict() for one in found],
        "version_must_rise": stale,
    }
    show(shown.differing(old, new, found, unraised=stale), data, as_json=as_json)
    if stale:
        raise typer.Exit(FAILED)


@app.command()
def page(
    file: Book,
    to: Annotated[Path, typer.Argument(dir_okay=False, help="where to write the page")],
) -> None:
    """Write a rulebook as a page that can be sent to those who label.

    Example: countersign rulebook page street-scenes.yaml rulebook.html
    """
    to.write_text(rulebook_page(read(file.read_bytes(), file.name)), encoding="utf-8")
    say(f"{to} is written")


@app.command("score")
def score_file(
    file: Annotated[
        Path,
        typer.Argument(
            exists=True, dir_okay=False, help="COCO, Label Studio, JSON lines, CSV or CVAT's XML"
        ),
    ],
    rulebook: Annotated[
        Path, typer.Option(exists=True, dir_okay=False, help="a rulebook, as YAML")
    ],
    to: Annotated[
        Path | None,
        typer.Option(file_okay=False, help="where to write report, tables and the corrected file"),
    ] = None,
    gold: Annotated[
        str, typer.Option(help="the annotator whom the others are held against")
    ] = GROUND_TRUTH,
    as_json: AsJson = False,
) -> None:
    """Judge a file of annotations by a rulebook's checks: scores, findings, how far people agree.

    Nothing is sent and no model asked: questions of the rulebook stay open and are counted. The
    same file and rulebook give the same bytes. With --to the report is written as HTML, JSON and
    CSV, and where something is certainly meant otherwise the file again, corrected, in its format.
    Exit code 1 for a file that cannot be read at all.

    Example: countersign rulebook score boxes.json --rulebook street-scenes.yaml --to report
    """
    book = read(rulebook.read_bytes(), rulebook.name)
    _sound(book)
    with file.open("rb") as raw, mapped(raw) as buffer:
        held = opened(buffer)
        tally, changes = score(book, held)
        data = {**tally.data(gold), "format": format_of(buffer), "corrections": len(changes)}
        if to:
            to.mkdir(parents=True, exist_ok=True)
            _write(to / "report.json", report_json(tally, data))
            _write(to / "report.html", [report_page(data).encode()])
            _write(to / "items.csv", items_csv(tally))
            _write(to / "findings.csv", findings_csv(tally))
            if changes:
                _write(to / f"corrected{file.suffix}", corrected(held, changes))
            say(f"{to} is written")
    show(shown.scored(file.name, data), data, as_json=as_json)


def _sound(book: Rulebook) -> None:
    """Raises DefinitionBroken for a rulebook that `check` would not let pass."""
    wrong = list(faults(book))
    if wrong:
        raise DefinitionBroken("\n".join((f"{book.id} cannot be meant:", *wrong)))


def _write(to: Path, parts: Iterable[bytes]) -> None:
    with to.open("wb") as file:
        file.writelines(parts)
