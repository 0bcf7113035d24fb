"""Actions on the business's own systems, as its files say: another system is another file in
`systems/`, and docs/howto/own-system.md is how one is written."""

from __future__ import annotations

from countersign.actions.http_request import of_folder

SYSTEMS = of_folder(__package__)
