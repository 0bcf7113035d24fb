"""What a function is told about its surroundings, typed. Only runtime.py reads the environment."""

from __future__ import annotations

import json
from typing import Any

from countersign.domain.approvals import Person
from countersign.domain.contract import Value


class Settings(Value):
    """What a function is told about its surroundings; empty where its row does not name it."""

    stage: str = ""
    jobs_table: str = ""
    idempotency_table: str = ""
    payloads_bucket: str = ""
    uploads_bucket: str = ""
    intake_queue_url: str = ""
    state_machine_arn: str = ""
    public_base_url: str = ""
    crm_base_url: str = ""
    crm_read_secret: str = ""
    crm_write_secret: str = ""
    payments_base_url: str = ""
    payments_read_secret: str = ""
    payments_write_secret: str = ""
    model_base_url: str = ""
    model_name: str = ""
    model_secret: str = ""
    webhook_secret: str = ""
    page_key_secret: str = ""
    mail_from: str = ""
    mail_authserv_id: str = ""
    case_owner: Person | None = None
    approval_seconds: int = 0
    """How long each tier has to decide; 0: as much working time as its workflow says."""

    @classmethod
    def of(cls, environment: dict[str, str]) -> Settings:
        """Settings out of environment variables of the same names in capitals."""
        found = {n: environment[n.upper()] for n in cls.model_fields if environment.get(n.upper())}
        return cls.model_validate_json(json.dumps({n: _parsed(n, v) for n, v in found.items()}))


_JSON_SETTINGS = frozenset({"case_owner", "approval_seconds"})


def _parsed(name: str, text: str) -> Any:
    return json.loads(text) if name in _JSON_SETTINGS else text
