"""The register of promises that `make guarantees` prints and `make soak` goes through."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from infra.bench import guarantees, promises_page
from infra.bench.guarantees import PROMISES
from infra.settings import ROOT

TESTS = Path(__file__).parents[1]


def test_every_promise_has_tests_and_its_words() -> None:
    """The ids of the marks and those of the register are the same: no part of the long forms is
    left out, and none is empty."""
    marked = {
        promise
        for path in TESTS.rglob("test_*.py")
        for promise in re.findall(r"mark\.guarantee\(\"(T\d\d)\"\)", path.read_text())
    }
    assert set(PROMISES) == marked


def test_the_page_is_what_the_results_say() -> None:
    """docs/guarantees.md is made and never written by hand; each long result names its commit."""
    rows = promises_page.stored()
    made = promises_page.page(rows, PROMISES)
    assert promises_page.PAGE.read_text() == made, "python -m infra.bench.guarantees --page"
    assert set(rows) <= set(PROMISES)
    assert all(row["day"] and row["commit"] for forms in rows.values() for row in forms.values())


def test_what_readme_quotes_is_what_the_results_say() -> None:
    """README links the page and quotes three figures of it, word for word."""
    readme = (ROOT / "README.md").read_text()
    (said,) = [one for one in readme.splitlines() if "](docs/guarantees.md)" in one]
    quoted = re.findall(r"(T\d\d), “([^”]+)”", said)
    figures = {
        name: rows["long"]["figure"]
        for name, rows in promises_page.stored().items()
        if "long" in rows
    }
    assert len(quoted) == 3
    assert all(figure in figures[promise] for promise, figure in quoted)


def test_what_was_not_run_says_so() -> None:
    """A promise without a result is not on the page as kept."""
    words = {"T01": "one is run", "T02": "one is not", "T03": "one broke"}
    ran = {"passed": True, "figure": "10 of 10", "control_failed": True, "controls": 1, "n": 10}
    row = {**ran, "day": "2026-11-30", "commit": "abc", "minutes": 1.5}
    broke = {**row, "passed": False, "figure": "9 of 10", "control_failed": False}
    made = promises_page.page({"T01": {"long": row}, "T03": {"short": broke}}, words)
    assert "| T01 | one is run | 10 of 10 | 10 | caught | 2026-11-30 | abc | 1.5 |" in made
    assert "**not kept**: 9 of 10" in made
    assert "**not caught**" in made
    assert "- T02: one is not" in made
    assert "Long forms: 1 of 3" in made


def test_a_part_that_does_not_fit_is_left_for_the_next_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was never run comes first; what took longer than is left is not begun."""
    known = {"T01": {"long": {"minutes": 50.0}}, "T02": {"long": {"minutes": 70.0}}}
    begun: list[str] = []

    def tested(*said: str) -> tuple[int, guarantees.Results]:
        begun.append(said[0])
        return 0, {}

    monkeypatch.setattr(guarantees, "SOAKED", tmp_path)
    monkeypatch.setattr(promises_page, "stored", lambda: known)
    monkeypatch.setattr(guarantees, "_tested", tested)
    parts = guarantees.in_order(["T02", "T01", "T03"])
    assert parts == ["T03", "T01", "T02"]
    assert guarantees.soaked(parts, fresh=False, minutes=60) == (0, {})
    assert begun == ["--promise=T03", "--promise=T01"]
    assert "T02 does not fit" in capsys.readouterr().err


def test_the_files_of_a_promise_are_found() -> None:
    """Its tests are where its mark is."""
    assert "tests/guarantees/test_t11_pipeline.py" in guarantees.files_of("T11")


def test_the_page_of_scale_multiplies_what_was_measured() -> None:
    """Counts of a job are those of docs/bench.json, and a second's are theirs by the hour's."""
    measured = json.loads((ROOT / "docs" / "bench.json").read_text())
    text = (ROOT / "docs" / "scale.md").read_text()
    rows = {cells[0].strip(): [one.strip() for one in cells[1:]] for cells in _cells(text)}
    counts = {
        "state transitions": measured["transitions_per_job"],
        "requests to the CRM": measured["crm_requests_per_job"],
        "DynamoDB calls": sum(
            n for name, n in measured["aws_calls"].items() if name.startswith("dynamodb")
        ),
        "invocations of functions": len(measured["cpu_ms_by_function"]),
    }
    for name, count in counts.items():
        assert int(rows[name][0]) == count
        assert float(rows[name][3]) == pytest.approx(count * 100_000 / 3_600, rel=0.01)
    usd = measured["usd_per_1000_jobs"]
    writes = measured["usd_per_1000_jobs_by_service"]["DynamoDB"] / 1_000 / 0.625e-6
    assert float(rows["DynamoDB write units, from the cost of a job"][0]) == pytest.approx(
        writes, rel=0.03
    )
    assert f"${usd}" in text
    assert f"${measured['usd_per_month_idle']}" in text
    assert rows["cost"][0] in {
        f"${round(usd * 73_000, -2):,.0f} a month",
        "$246 a month and the fixed bill",
    }


def _cells(text: str) -> list[list[str]]:
    return [line.strip("| ").split("|") for line in text.splitlines() if line.startswith("| ")]
