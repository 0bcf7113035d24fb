"""What holds for every workflow of the register, whoever wrote it."""

from __future__ import annotations

import subprocess
import sys
from importlib import resources

import pytest

from countersign.domain.errors import DefinitionBroken
from countersign.model.schemas import SUBSETS
from tests.unit.workflows.schemas import faults
from workflows import WORKFLOWS, registered


def test_the_register_has_every_folder_by_its_name() -> None:
    """A folder that is a package is a workflow; each is made once."""
    root = resources.files("workflows")
    folders = {one.name for one in root.iterdir() if (one / "__init__.py").is_file()}
    assert folders == set(WORKFLOWS)
    assert len(WORKFLOWS) == len(folders)
    assert {name: workflow.id for name, workflow in WORKFLOWS.items()} == {n: n for n in folders}
    assert all(WORKFLOWS[name] is WORKFLOWS[name] for name in WORKFLOWS)
    with pytest.raises(KeyError):
        WORKFLOWS["unknown"]


def test_asking_for_a_name_makes_nothing() -> None:
    """A door that asks whether there is such a workflow gets its answer whatever its files say."""
    broken = registered("moon")
    assert "lead_intake" in broken
    assert "unknown" not in broken
    with pytest.raises(DefinitionBroken):
        broken["lead_intake"]


def test_importing_the_register_reads_no_file_and_loads_no_tables() -> None:
    """Nothing happens at import: neither prompts nor words nor numbering plans are touched."""
    code = (
        "import sys; opened=[]; "
        "sys.addaudithook(lambda e, a: e == 'open' and opened.append(str(a[0]))); "
        "import workflows; "
        "print([f for f in opened if '/workflows/' in f and not f.endswith(('.py', '.pyc'))], "
        "[m for m in ('phonenumbers', 'email_validator', 'selectolax', 'stripe') "
        "if m in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[] []"


@pytest.mark.parametrize("subset", SUBSETS)
@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_the_answers_schema_is_one_that_strict_output_accepts(workflow: str, subset: str) -> None:
    """Every object is closed with all properties required, and no unsupported keyword is there."""
    schema = WORKFLOWS[workflow].schema(subset)
    assert faults(schema) == []
    assert schema["type"] == "object"


@pytest.mark.control
def test_the_schema_check_sees_an_optional_property_and_a_bound() -> None:
    """The check above fails on a default, an open object, and a string bound."""
    naive = {
        "type": "object",
        "properties": {"a": {"type": "string", "maxLength": 3}},
        "required": [],
    }
    assert {"unsupported maxLength", "an open or optional object"} <= set(faults(naive))
