"""What a session of the local cloud decides before it starts anything."""

from __future__ import annotations

import pytest

from infra.local.session import chosen_model

BASE, KEY = "OPENAI_BASE_URL", "OPENAI_API_KEY"


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({}, ""),
        ({KEY: "sk-x"}, BASE),
        ({BASE: "https://m.example/v1"}, KEY),
        ({KEY: "k", BASE: ""}, BASE),
    ],
)
def test_prompts_stay_unless_both_variables_are_set(given: dict[str, str], missing: str) -> None:
    """A key that lies in the environment for other programs sends nothing out of this machine."""
    model, words = chosen_model(given)
    assert model is None
    assert words.startswith("prompts stay on this machine: offline model")
    assert words.endswith(f"; {missing} is missing for a model server") == bool(missing)


@pytest.mark.control
def test_control_both_variables_send_them_out() -> None:
    """The check above would see a model server that was chosen; a password is not shown."""
    model, words = chosen_model({KEY: "sk-x", BASE: "https://me:secret@m.example/v1"})
    assert model is not None
    assert model.base_url == "https://me:secret@m.example/v1"
    assert words == "prompts go to https://m.example/v1"
