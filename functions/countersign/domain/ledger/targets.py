"""The systems of a business that its own actions act on: where each is, as a stage says."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from countersign.domain.contract import Value

HTTP = "http-"
"""How the connector of each of them is called: this, and the system's name."""
_HERE = r"http://(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?"
_THERE = r"https://[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z][a-z0-9-]*(?::\d{1,5})?"


class HttpTarget(Value):
    """One system of the business: where it is and which header opens it, as the stage says. What
    is asked of it stands in the rows of its actions. The header's value is `prefix` and the secret
    that is called as its connector is."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]{0,19}$")
    url: str = Field(pattern=rf"^(?:{_HERE}|{_THERE})(?:/[A-Za-z0-9._~-]+)*/?$")
    """https, or of this machine; no user, no query, and no address in the place of a name."""
    loopback: bool = False
    """Whether it is on this machine: for the stage `local` alone."""
    header: str = Field(default="Authorization", pattern=r"^[A-Za-z][A-Za-z0-9-]{0,63}$")
    prefix: str = Field(default="Bearer ", pattern=r"^[ -~]{0,32}$")
    checks: str = Field(default="", pattern=r"^$|^(?:/[A-Za-z0-9._~-]+)+$")
    """What `countersign doctor` reads below `url` to see whether the secret is taken."""

    @model_validator(mode="after")
    def _says_where(self) -> Self:
        if self.loopback is not self.url.startswith("http://"):
            raise ValueError("loopback and an address of this machine go together")
        return self

    @property
    def connector(self) -> str:
        """The id of its connector."""
        return f"{HTTP}{self.id}"
