"""The connectors: one row for each outside system that a workflow may read or act on.

Everything else follows from the rows: which adapter a step works with, the secrets that operators
set, the functions with their rights, layers and time, and what a stage has limits for. No SDK is
loaded here: a row names its adapter by what `deps` calls it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from countersign.domain.errors import InternalError
from countersign.domain.jobs.handing import MOST_CHILDREN
from countersign.domain.ledger.targets import HTTP, HttpTarget


@dataclass(frozen=True)
class Key:
    """A secret that the outside system issues."""

    name: str
    """As operators call it."""
    setting: str
    """Which setting says where it is."""

    @property
    def remedy(self) -> str:
        """What an operator does when it is not taken."""
        return f"give it the rights it lacks, or run `countersign secrets set {self.name}`"


@dataclass(frozen=True)
class Look:
    """Reading: with which key, by which adapter of `Deps`, and the seconds that one visit has.

    `paced_by` names the row that keeps its pace: the key where the other side counts each key by
    itself, the connector where it counts the account. `requests` are a first guess at what one
    lookup needs; what visits need in truth is learnt.
    """

    key: Key
    adapter: str
    paced_by: str
    seconds: int = 60
    requests: int = 1


@dataclass(frozen=True)
class Act:
    """Writing: the same, `requests` for one action; no key where the function's own AWS rights are
    enough."""

    key: Key | None
    adapter: str
    paced_by: str
    seconds: int = 60
    requests: int = 1
    children: int = 0
    """How many children of its job it may create: rows in partitions of their own."""
    items: bool = False
    """Whether it begins runs over the rows of the job's file, which have a partition too."""


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
    def sides(self) -> tuple[Look | Act, ...]:
        """Reading, where it can be read, and writing."""
        return (self.act,) if self.look is None else (self.look, self.act)

    @property
    def paced_by(self) -> frozenset[str]:
        """The rows that keep the pace of its sides."""
        return frozenset(side.paced_by for side in self.sides)

    @property
    def keys(self) -> tuple[Key, ...]:
        """The secrets of this system."""
        return tuple(side.key for side in self.sides if side.key is not None)


MAIL, CODES = "mail", "mail-codes"
"""What keeps the pace of mail. Codes and links that somebody waits for before a page have a pace of
their own: no campaign is ahead of them."""
BULK = "bulk"
"""Where a workflow works through files of many items: there are no functions of it elsewhere."""
MODEL = "model"
"""What jobs wait for that have no proposal yet. It has no row here, and nobody books there."""
MODEL_KEY = Key("model-key", "model_secret")

_ROWS = (
    Connector(
        "crm",
        look=Look(Key("crm-read", "crm_read_secret"), "crm_reader", "crm-read"),
        act=Act(
            Key("crm-write", "crm_write_secret"),
            "visited_crm",
            "crm-write",
            seconds=100,
            requests=3,
        ),
        settings=("crm_base_url",),
        layers=("http",),
    ),
    Connector(
        "mail",
        act=Act(None, "job_mail", MAIL),
        settings=("mail_from", "mail_configuration_set", "mail_inbound", "payloads_bucket"),
    ),
    Connector(
        "payments",
        look=Look(Key("payments-read", "payments_read_secret"), "payments_reader", "payments"),
        act=Act(
            Key("payments-write", "payments_write_secret"),
            "payments",
            "payments",
            seconds=100,
            requests=2,
        ),
        settings=("payments_base_url",),
        layers=("http", "payments"),
    ),
    Connector(
        "notify",
        act=Act(Key("notify-channels", "notify_secret"), "channels", "notify"),
        layers=("http",),
    ),
    # Ourselves: the documents of a job, in the payload bucket.
    Connector("files", act=Act(None, "files", "files"), settings=("payloads_bucket",)),
    # Ourselves: the same, printed; nobody else has the library and the fonts.
    Connector(
        "press",
        act=Act(None, "press", "press", seconds=100),
        settings=("payloads_bucket",),
        layers=("pdf",),
    ),
    # Ourselves: the rows of a job's file, worked through by a second machine.
    Connector(BULK, act=Act(None, "items", BULK, items=True), settings=("items_machine_arn",)),
    # Ourselves: a job hands a matter over to a job of another process.
    Connector(
        "desk",
        act=Act(None, "desk", "desk", children=MOST_CHILDREN),
        settings=("intake_queue_url", "payloads_bucket", "model_name"),
    ),
)

CONNECTORS: Mapping[str, Connector] = {row.id: row for row in _ROWS}
"""Of every stage; beside them it has one for each of its own systems."""
_SYSTEM_SETTING = "http_secrets"


def system(connector: str) -> Connector:
    """The connector of a system of the business: like any other one, with a key, a pace and a
    function of its own."""
    act = Act(Key(connector, _SYSTEM_SETTING), "systems", connector, seconds=100, requests=3)
    return Connector(connector, act=act, settings=("http_targets",), layers=("http",))


def known(connector: str) -> Connector | None:
    """The connector of this id; None where there can be none."""
    is_system = connector.startswith(HTTP) and len(connector) > len(HTTP)
    return CONNECTORS.get(connector) or (system(connector) if is_system else None)


_SENDER = "verify the sender in SES and see that sending is not paused: `aws sesv2 get-account`"


def remedies(targets: Iterable[HttpTarget] = ()) -> Mapping[str, str]:
    """What mends it when a key, the sender or the model is not taken, by what keeps its pace; of
    these systems of the business too."""
    found = {
        MAIL: {_SENDER},
        CODES: {_SENDER},
        MODEL: {f"{MODEL_KEY.remedy}; of Bedrock, ask for access to the model"},
    }
    rows = (*_ROWS, *(system(one.connector) for one in targets))
    for side in (side for row in rows for side in row.sides):
        if side.key is not None:
            found.setdefault(side.paced_by, set()).add(side.key.remedy)
    return {place: "; ".join(sorted(said)) for place, said in found.items()}


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
    found = known(name)
    if found is None:
        raise InternalError(f"there is no connector {name}; there are {', '.join(CONNECTORS)}")
    return found
