"""Assuming a role, in the protocol of forms and XML that STS speaks."""

from __future__ import annotations

import re
import time
from typing import Any
from urllib.parse import urlencode

from countersign.connectors.aws.client import Place
from countersign.connectors.aws.signed import Send, Signed, Wait, sent
from countersign.domain.errors import Unavailable

_FORM = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
_KEYS = ("AccessKeyId", "SecretAccessKey", "SessionToken")


class Sts:
    """STS by boto3's names, for the one call that our functions make; it costs a ninth."""

    def __init__(self, place: Place, send: Send = sent, wait: Wait = time.sleep) -> None:
        self._to = Signed("sts", place, None, send, wait)

    def assume_role(self, **params: Any) -> dict[str, Any]:
        """The credentials. Raises ClientError, or Unavailable for an answer without them."""
        form = urlencode({"Action": "AssumeRole", "Version": "2011-06-15", **params}).encode()
        text = self._to.asked("AssumeRole", _FORM, form, _refusal).decode()
        found = {key: _said(key, text) for key in _KEYS}
        if not all(found.values()):
            raise Unavailable("STS answered without credentials")
        return {"Credentials": found}


def _refusal(status: int, text: bytes) -> Any:
    told = text.decode(errors="replace")
    code, message = _said("Code", told) or str(status), _said("Message", told)
    return {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }


def _said(name: str, text: str) -> str:
    """What stands in the first element of this name. No text that is read so holds an entity."""
    found = re.search(f"<{name}>([^<]*)</{name}>", text)
    return found[1] if found else ""
