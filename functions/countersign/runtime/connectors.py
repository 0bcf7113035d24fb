"""The connectors: one row for each outside system that a workflow may read or act on.

Everything else follows from the rows: which adapter a step works with, the secrets that operators
set, the functions with their rights, layers and time, and what a stage has limits for. No SDK is
loaded here: a row names its adapter by what `deps` calls it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from countersign.domain.errors import InternalError


@dataclass(frozen=True)
class Key:
    """A secret that the outside system issues."""

    name: str
    """As operators call it."""
    setting: str
    """Which setting says where it is."""


@dataclass(frozen=True)
class Look:
    """Reading: with which key, by which adapter of `Deps`, and the seconds that one visit has."""

    key: Key
    adapter: str
    seconds: int = 60


@dataclass(frozen=True)
class Act:
    """Writing: the same; no key where the function's own AWS rights are enough."""

    key: Key | None
    adapter: str
    seconds: int = 60


@dataclass(frozen=True)
class Connector:
    """One outside system."""

    id: str
    """As lookups and actions name it. Stored jobs hold it, and functions are called by it."""
    act: Act
    look: Look | None = None
    settings: tuple[str, ...] = ()
    """What its functions are told beside where their key is."""
    layers: tuple[str, ...] = ()
    """What its client loads, beside what every step does."""

    @property
    def keys(self) -> tuple[Key, ...]:
        """The secrets of this system."""
        sides = (self.look, self.act)
        return tuple(side.key for side in sides if side is not None and side.key is not None)


_ROWS = (
    Connector(
        "crm",
        look=Look(Key("crm-read", "crm_read_secret"), "crm_reader"),
        act=Act(Key("crm-write", "crm_write_secret"), "crm", seconds=100),
        settings=("crm_base_url",),
        layers=("http",),
    ),
    Connector(
        "mail",
        act=Act(None, "job_mail"),
        settings=("mail_from", "mail_configuration_set"),
    ),
    Connector(
        "payments",
        look=Look(Key("payments-read", "payments_read_secret"), "payments_reader"),
        act=Act(Key("payments-write", "payments_write_secret"), "payments", seconds=100),
        settings=("payments_base_url",),
        layers=("http", "payments"),
    ),
    Connector(
        "notify",
        act=Act(Key("notify-channels", "notify_secret"), "channels"),
        layers=("http",),
    ),
)

CONNECTORS: Mapping[str, Connector] = {row.id: row for row in _ROWS}


def look_of(name: str) -> Look:
    """How a connector is read. Raises InternalError for an unknown one, and for one that only
    acts."""
    look = _row(name).look
    if look is None:
        raise InternalError(f"the connector {name} has nothing to read")
    return look


def act_of(name: str) -> Act:
    """How a connector is acted on. Raises InternalError for an unknown one."""
    return _row(name).act


def _row(name: str) -> Connector:
    found = CONNECTORS.get(name)
    if found is None:
        raise InternalError(f"there is no connector {name}; there are {', '.join(CONNECTORS)}")
    return found
