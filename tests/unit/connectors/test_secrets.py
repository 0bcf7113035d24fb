"""Secrets against moto: what is set, what is not, and what becomes of a replaced one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from countersign.connectors.aws.secrets import UNSET, SecretsManager, missing
from countersign.domain.errors import SecretMissing
from infra.cli.secrets.vault import Vault
from tests.fakes.on_moto import on_moto


@pytest.fixture
def manager() -> Iterator[Any]:
    with on_moto("secretsmanager") as client:
        yield client


def arn(manager: Any, name: str, **value: str) -> str:
    return str(manager.create_secret(Name=name, **value)["ARN"])


@pytest.mark.parametrize("value", [{}, {"SecretString": UNSET}])
def test_a_secret_that_nobody_has_set_is_missing_by_name(
    manager: Any, value: dict[str, str]
) -> None:
    """Without a value, and with the one of the stack, the error names the command to run."""
    where = arn(manager, "Storage-crm-write-1", **value)
    secrets = SecretsManager(manager, {where: "crm-write"})
    with pytest.raises(SecretMissing, match="countersign secrets set crm-write"):
        secrets.get(where)
    assert not Vault(manager).read(where)
    Vault(manager).write(where, "pat-0123456789")
    assert secrets.get(where) == "pat-0123456789"


def test_a_replaced_secret_is_kept_as_the_previous_one(manager: Any) -> None:
    """Secrets Manager's own label; a process that has read the first one goes on with it a while,
    and so does the next job of the process."""
    where = arn(manager, "Storage-crm-write-2", SecretString="pat-old-0123456789")
    kept: dict[str, tuple[float, str]] = {}
    assert SecretsManager(manager, {}, kept).get(where) == "pat-old-0123456789"
    Vault(manager).write(where, "pat-new-0123456789")
    before = manager.get_secret_value(SecretId=where, VersionStage="AWSPREVIOUS")
    assert before["SecretString"] == "pat-old-0123456789"
    assert SecretsManager(manager, {}, kept).get(where) == "pat-old-0123456789"
    assert SecretsManager(manager).get(where) == "pat-new-0123456789"


def test_the_sentence_is_the_one_that_jobs_wait_with() -> None:
    """Parked jobs are found by it."""
    assert missing("crm-write").startswith("the secret crm-write is not set")
