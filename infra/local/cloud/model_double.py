"""The emulator's Bedrock: what a model is asked goes to the double whose address the scratch folder
names. Runs in the emulator's own environment, which has none of our libraries."""

from __future__ import annotations

import os
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import quote

FILE = "model.url"
"""In the scratch folder, which is the emulator's home: where the double answers."""
SECONDS = 120.0

Answered = tuple[int, dict[str, str], bytes]


def converse(model: str, body: bytes) -> Answered:
    """Status, headers and bytes as the double gives them, whatever they are."""
    place = Path(os.environ["HOME"], FILE)
    url = f"{place.read_text().strip()}/model/{quote(model, safe='')}/converse"
    asked = urllib.request.Request(url, body, {"Content-Type": "application/json"})  # noqa: S310 - our own address
    try:
        with urllib.request.urlopen(asked, timeout=SECONDS) as answer:  # noqa: S310 - see above
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as refused:
        return refused.code, dict(refused.headers), refused.read()
