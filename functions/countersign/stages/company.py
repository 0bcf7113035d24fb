"""What is true of the company in one stage, whichever workflow asks: `workflows/stages/*.toml`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, model_validator

from countersign.actions.field_map import Names
from countersign.actions.notify import ChannelName
from countersign.actions.payments import USUAL_PLACES, OrderPlace
from countersign.domain.contract import Value
from countersign.domain.jobs.matters import MOST
from countersign.domain.limits.budgets import Most
from countersign.domain.policy.prices import Price
from countersign.domain.policy.release import OWN_WORDS, SIGN_IN, TEXTS_A_DAY
from countersign.domain.workflow import Ours as OurAddresses

MOST_TOKENS = 32_768
"""More than any answer of a workflow needs: a typing error must not be paid by the token."""


def _written(pattern: str, words: str) -> AfterValidator:
    def check(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(f"{text!r} is no {words}")
        return text

    return AfterValidator(check)


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"{name!r} is no name of the IANA time zone database") from None
    return name


_HOST = r"[a-z0-9-]+(\.[a-z0-9-]+)+"
Zone = Annotated[str, AfterValidator(_zone)]
Country = Annotated[
    str,
    _written(
        "[A-Z]{2}(?:-[A-Z0-9]{1,3})?",
        "ISO 3166-1 code: two capital letters (or ISO 3166-2 of a part under sanctions: UA-43)",
    ),
]
Language = Annotated[str, _written("[a-z]{2}", "ISO 639-1 code: two small letters")]
Domain = Annotated[str, _written(_HOST, "domain in small letters")]
Mailbox = Annotated[str, _written(rf"[a-z0-9._+-]+@{_HOST}", "mail address in small letters")]
Role = Annotated[str, _written("[a-z][a-z0-9-]{0,39}", "role: small letters, digits, hyphens")]
_FIELD = r"[a-z]+(\.[a-z_]+){1,2}"
Ours = Annotated[str, _written(_FIELD, "field of ours: object.field, or object.field.value")]
Theirs = Annotated[
    str, _written(r"[\w-]{1,100}", "name of a field: letters, digits, underscores, hyphens")
]
Property = Annotated[str, _written(r"[a-z]+\.\w{1,100}", "property of theirs: object.property")]


class Signing(Value):
    """What a stage chooses about signing, for one workflow."""

    sign_in: tuple[str, ...] = ()
    """Actions that are decided by who is signed in alone: a mailed link only leads there."""
    editor_may_sign: bool = False
    """Whether who changed words alone, of what moves no money, may be their only signer."""

    @property
    def signing(self) -> Mapping[str, tuple[str, ...]]:
        """The same as lists of the release; nothing where nothing is chosen."""
        own = ("words",) if self.editor_may_sign else ()
        return {n: one for n, one in ((SIGN_IN, self.sign_in), (OWN_WORDS, own)) if one}


class Seller(Value):
    """Somebody in the CRM who owns records: the countries that they look after, and their zone."""

    name: str
    countries: tuple[Country, ...]
    zone: Zone


class Team(Value):
    """People with one role in the directory."""

    name: str
    channel: ChannelName | None = None
    """Where they are told something: a channel of `notify.push`."""
    hours: Annotated[Decimal, Field(gt=0, le=240)] = Decimal(16)
    """Working hours until a case that was handed over to them is due."""


class Sanctions(Value):
    """Countries, and parts of one, under sanctions as a whole: data of a day, from somebody who
    decides it."""

    countries: tuple[Country, ...]
    as_of: date
    """The day on which the list was compared with its source."""
    source: Annotated[str, Field(min_length=1, max_length=200)]
    """Where it is from, in words that a person can look up."""


SizeName = Literal["small", "large"]
SIZES: tuple[SizeName, ...] = ("small", "large")


class ModelChoice(Value):
    """Which model answers; what it costs says the table of prices."""

    name: Annotated[str, Field(min_length=1)]
    tier: str = "standard"
    """The provider's service tier."""
    temperature: Annotated[Decimal, Field(ge=0, le=2)] = Decimal(0)
    max_output_tokens: Annotated[int, Field(gt=0, le=MOST_TOKENS)] | None = None
    """None: as the workflow says, and of the large one twice as many."""


class CompanyBudget(Value):
    """What the model may cost for all workflows together."""

    day: Most = Most()


class WorkflowBudget(Value):
    """What the model may cost for one workflow: for one job, and in a UTC day."""

    job: Most = Most(usd=Decimal(2))
    day: Most = Most()


class Company(Value):
    """What is true of the company, whichever workflow asks."""

    domains: tuple[Domain, ...]
    """Our own mail and web domains: what points there is ours."""
    relays: tuple[Mailbox, ...] = ()
    """Addresses that write for somebody else, a web site's form for one."""
    groups: tuple[Mailbox, ...] = ()
    """Addresses of ours that several people read."""
    zone: Zone
    """IANA time zone of whoever's own nobody knows."""
    holidays: tuple[date, ...] = ()
    languages: tuple[Language, ...]
    """ISO 639-1 codes that somebody here reads; the fixed replies are written in each. The first is
    the one in which we write for ourselves."""
    default_owner: str
    """The seller who gets what no country decides."""
    sellers: Mapping[str, Seller]
    """By their id in the CRM."""
    teams: Mapping[Role, Team] = {}
    """By the role that their people have. Owners, tiers and destinations are among them."""
    connector_owners: Mapping[str, Role] = {}
    """By connector: the role that answers for that system, and signs what changes its use."""
    countries_not_served: tuple[Country, ...] = ()
    """ISO 3166-1 alpha-2."""
    sanctions: Sanctions | None = None
    models: Mapping[SizeName, ModelChoice] = {}
    """By size, for workflows that choose none themselves."""
    budget: CompanyBudget = CompanyBudget()
    prices: tuple[Price, ...] = ()
    """Rows of the company's own, before those of the table: a contract, a model of its own."""
    texts_a_day: Annotated[int, Field(ge=0, le=MOST)] = 3
    """So many fixed texts leave to one correspondent on one day (UTC), whatever they write: two
    machines that answer each other stop there."""
    crm_country: Literal["code", "name"] = "code"
    """How the CRM writes a contact's country."""
    orders_in: Annotated[tuple[OrderPlace, ...], Field(min_length=1)] = USUAL_PLACES
    """Where the payments account is asked for an order's number, in turn."""
    fields: Mapping[str, Mapping[Ours, Theirs]] = {}
    """By connector: the outside system's own names of our fields, where they differ."""
    constants: Mapping[str, Mapping[Property, str]] = {}
    """By connector: what each new object gets besides, by the system's own names."""

    @model_validator(mode="after")
    def _one_meaning(self) -> Self:
        both = sorted(set(self.relays) & set(self.groups))
        if both:
            raise ValueError(f"{', '.join(both)} is a relay and a group: say which")
        return self

    def names(self, connector: str) -> Names:
        """The outside system's own names of our fields, and what its new objects get."""
        return Names(self.fields.get(connector, {}), self.constants.get(connector, {}))

    @property
    def channels(self) -> tuple[str, ...]:
        """Where teams are told something."""
        return tuple(sorted({one.channel for one in self.teams.values() if one.channel}))

    @property
    def ours(self) -> OurAddresses:
        """The addresses that are no customer's."""
        named = (self.domains, self.relays, self.groups)
        return OurAddresses(*(frozenset(one.casefold() for one in each) for each in named))

    @property
    def lists(self) -> Mapping[str, tuple[str, ...]]:
        """The same under the names by which rules read lists."""
        return {
            "company.domains": self.domains,
            "company.relays": self.relays,
            "company.groups": self.groups,
            "company.zone": (self.zone,),
            "company.holidays": tuple(day.isoformat() for day in self.holidays),
            "company.languages": self.languages,
            TEXTS_A_DAY: (str(self.texts_a_day),),
            "countries.not_served": self.countries_not_served,
            **_sanctioned(self.sanctions),
            "crm.country": (self.crm_country,),
            "owner.default": (self.default_owner,),
            **{f"owner.{one}": held.countries for one, held in self.sellers.items()},
            **{f"name.{one}": (held.name,) for one, held in self.sellers.items()},
            **{f"zone.{one}": (held.zone,) for one, held in self.sellers.items()},
            **{f"fields.{one}": _pairs(names) for one, names in self.fields.items() if names},
        }


def _sanctioned(held: Sanctions | None) -> Mapping[str, tuple[str, ...]]:
    if held is None:
        return {"countries.sanctioned": ()}
    return {
        "countries.sanctioned": held.countries,
        "countries.sanctioned.as_of": (held.as_of.isoformat(),),
        "countries.sanctioned.source": (held.source,),
    }


def _pairs(names: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(f"{ours}={theirs}" for ours, theirs in sorted(names.items()))
