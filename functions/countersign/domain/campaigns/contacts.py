"""Contacts: the rows of a list that can be read, and the rule by which some are sent nothing."""

from __future__ import annotations

from collections.abc import Mapping

from countersign.domain.contract import Value


class Consent(Value):
    """Why somebody may be written to, as the list says it."""

    basis: str = ""
    """`opt-in`, `customer` or the list's own word; empty: it says none."""
    at: str = ""
    """The day it was given, ISO; empty where the list does not say."""
    source: str = ""
    """Where it was given: a form's name, a fair, an order."""


class Contact(Value):
    """One row of a list."""

    key: str
    """Digest of the address, however it is spelled: the key of the suppression list too."""
    address: str
    name: str = ""
    language: str = ""
    """Two letters; empty where the row does not say."""
    country: str = ""
    """ISO 3166, two letters; empty where the row does not say."""
    zone: str = ""
    """IANA name of the time zone; empty where the row does not say."""
    consent: Consent = Consent()
    fields: Mapping[str, str] = {}
    """What a template may name, by the column's name as a word: `first_name`."""
    stopped: str = ""
    """The rule by which nothing is sent to this row whatever else is; empty: none was met when it
    was read."""
