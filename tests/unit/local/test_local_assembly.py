"""Assets are packed so that a custom runtime can start them."""

import io
import json
import zipfile
from pathlib import Path

import pytest

from infra.local.cloud.assembly import AssemblyError, bootstrap_script, packed, read_assembly


def test_a_folder_of_python_gets_an_executable_bootstrap(tmp_path: Path) -> None:
    """The zip has the files by their relative path and an entry point that may be executed."""
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg" / "step.py").write_text("x = 1\n")
    archive = zipfile.ZipFile(io.BytesIO(packed(tmp_path, with_bootstrap=True)))
    assert sorted(archive.namelist()) == ["bootstrap", "pkg/step.py"]
    assert archive.getinfo("bootstrap").external_attr >> 16 == 0o755


def test_a_file_is_published_as_it_is(tmp_path: Path) -> None:
    """A file asset is not packed again."""
    (tmp_path / "a.json").write_text("{}")
    assert packed(tmp_path / "a.json", with_bootstrap=False) == b"{}"


def test_a_ready_zip_gets_the_bootstrap_too(tmp_path: Path) -> None:
    """Code that is packed already keeps its files and gains the entry point."""
    with zipfile.ZipFile(tmp_path / "code.zip", "w") as archive:
        archive.writestr("step.py", "x = 1\n")
    made = zipfile.ZipFile(io.BytesIO(packed(tmp_path / "code.zip", with_bootstrap=True)))
    assert made.namelist() == ["step.py", "bootstrap"]


def test_the_bootstrap_survives_a_path_with_spaces() -> None:
    """The interpreter's path is quoted for the shell."""
    last = bootstrap_script("/home/Ann Example/.venv/bin/python").splitlines()[-1]
    assert last.startswith("exec '/home/Ann Example/.venv/bin/python' -I -S ")


def test_an_assembly_with_two_stacks_is_refused(tmp_path: Path) -> None:
    """The local cloud deploys one stack, and says so."""
    stack = {"type": "aws:cloudformation:stack"}
    (tmp_path / "manifest.json").write_text(json.dumps({"artifacts": {"A": stack, "B": stack}}))
    with pytest.raises(AssemblyError, match="has 2 stacks"):
        read_assembly(tmp_path)


def test_a_missing_assembly_says_what_to_do(tmp_path: Path) -> None:
    """Without synthesis there is nothing to deploy."""
    with pytest.raises(AssemblyError, match="make synth"):
        read_assembly(tmp_path)
