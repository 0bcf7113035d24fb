"""`countersign rulebook`: check, diff, page, score, overrule; on this machine, without a cloud."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from countersign.domain.errors import DefinitionBroken
from countersign.parsing.annotations.formats import as_encoded, corrected, format_of, mapped, opened
from countersign.parsing.annotations.item import Item, Unread
from countersign.parsing.annotations.label_studio import GROUND_TRUTH
from countersign.rulebook.diff import differences, unraised
from countersign.rulebook.overruling import overruled
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
                again = as_encoded(raw, corrected(held, changes))
                _write(to / f"corrected{file.suffix}", again)
            say(f"{to} is written")
    show(shown.scored(file.name, data), data, as_json=as_json)


@app.command()
def overrule(  # noqa: PLR0917 - Typer turns each parameter into an option
    rulebook: Book,
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="the file of annotations")
    ],
    item: Annotated[str, typer.Argument(help="the item's id, as the findings have it")],
    rule: Annotated[str, typer.Argument(help="the rule that is said to be broken")],
    by: Annotated[str, typer.Option(help="who says that it is not")],
    why: Annotated[str, typer.Option(help="why, in a sentence")],
    as_json: AsJson = False,
) -> None:
    """Say that a finding is wrong: the item becomes a case of the rulebook, which keeps the rule.

    The case is added to the rulebook's file, under its next version, with the item's text: take out
    what is private. From then on `countersign rulebook check` names a check that still finds it
    broken, and a model is shown the case with the question.

    Example: countersign rulebook overrule book.yaml a.jsonl r17 item.text --by kim --why "a till"
    """
    with file.open("rb") as raw, mapped(raw) as buffer:
        found = next((one for one in opened(buffer).items() if _is(one, item)), None)
        if not isinstance(found, Item):
            raise DefinitionBroken(f"{file.name} has no item {item} that can be read")
        text = rulebook.read_text(encoding="utf-8")
        made = overruled(text, found, rule, by=by, on=datetime.now(UTC).date(), why=why)
    rulebook.write_text(made, encoding="utf-8")
    book = read(made.encode(), rulebook.name)
    still = [one for one in faults(book) if rule in one]
    told = f"{rulebook} is version {book.version}, with {len(book.overruled)} overruled findings"
    show("\n".join((told, *still)), {"version": book.version, "still": still}, as_json=as_json)


def _is(one: Item | Unread, item: str) -> bool:
    return isinstance(one, Item) and one.id == item


def _sound(book: Rulebook) -> None:
    """Raises DefinitionBroken for a rulebook that `check` would not let pass."""
    wrong = list(faults(book))
    if wrong:
        raise DefinitionBroken("\n".join((f"{book.id} cannot be meant:", *wrong)))


def _write(to: Path, parts: Iterable[bytes]) -> None:
    with to.open("wb") as file:
        file.writelines(parts)
