"""A list of contacts as people have it: which column is what, and which rows cannot be used."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import BinaryIO

from email_validator import EmailNotValidError, validate_email

from countersign.domain.campaigns.campaign import TWICE
from countersign.domain.campaigns.contacts import Consent, Contact
from countersign.domain.campaigns.zones import zones
from countersign.domain.canonical import canonical
from countersign.domain.errors import Quarantined
from countersign.domain.jobs.matters import contact_key
from countersign.domain.lane.lane import Unreadable
from countersign.extraction.patterns import language
from countersign.parsing.spreadsheet import Sheet, Unfit, sheet
from workflows.outreach.brief import Brief, slug

_NAMES: Mapping[str, str] = {
    name: kind
    for kind, names in {
        "email": "email e_mail mail email_address e_mail_address e_mail_adresse mailadresse "
        "courriel adresse_e_mail correo correo_electronico indirizzo_email e_posta e_mailadres "
        "e_post adres_e_mail",
        "name": "name full_name contact contact_name ansprechpartner nom_complet nombre_completo",
        "first_name": "first_name firstname given_name vorname prénom prenom nombre nome ad "
        "voornaam imię förnamn",
        "last_name": "last_name lastname surname family_name nachname nom apellido cognome soyad "
        "achternaam nazwisko efternamn",
        "language": "language lang locale sprache langue idioma lingua dil taal język språk",
        "country": "country country_code land pays país pais paese ülke kraj",
        "zone": "zone timezone time_zone tz zeitzone fuseau_horaire",
        "consent": "consent opt_in optin permission einwilligung consentement consentimiento "
        "consenso izin toestemming zgoda samtycke",
        "consent_at": "consent_at consent_date opt_in_date einwilligung_am",
        "consent_source": "consent_source source quelle herkunft",
    }.items()
    for name in names.split()
}
"""What columns are called."""
_BASES: Mapping[str, str] = {
    said: basis
    for basis, every in {
        "opt-in": "yes|y|true|1|x|ja|oui|sí|si|sì|evet|tak|opt-in|optin|opt in|subscribed",
        "double-opt-in": "double-opt-in|double opt-in|double optin|doi|confirmed",
        "customer": "customer|kunde|client|cliente|bestandskunde|existing customer",
    }.items()
    for said in every.split("|")
}
_COUNTRIES: Mapping[str, str] = {
    said: code
    for code, names in {
        "AT": "austria|österreich|oesterreich|autriche",
        "BE": "belgium|belgien|belgique|belgië",
        "CA": "canada|kanada",
        "CH": "switzerland|schweiz|suisse|svizzera",
        "DE": "germany|deutschland|allemagne|alemania|germania",
        "DK": "denmark|dänemark|danmark",
        "EG": "egypt|ägypten|égypte|مصر",
        "ES": "spain|spanien|espagne|españa",
        "FR": "france|frankreich|francia",
        "GB": "united kingdom|uk|great britain|england|großbritannien|royaume-uni",
        "IE": "ireland|irland|irlande",
        "IL": "israel|ישראל",
        "IT": "italy|italien|italie|italia",
        "JP": "japan|japon|日本",
        "NL": "netherlands|niederlande|pays-bas|nederland|holland",
        "PL": "poland|polen|pologne|polska",
        "PT": "portugal",
        "SE": "sweden|schweden|suède|sverige",
        "TR": "turkey|türkei|turquie|turquía|turchia|türkiye",
        "US": "united states|usa|u.s.a.|united states of america|vereinigte staaten|états-unis",
    }.items()
    for said in names.split("|")
}
"""What countries are called where they are not written by their two letters."""
_FORMULA = re.compile(r"[=@]|[+-](?![\d\s(])|[+-]\d+[^\d\s().,/+-]")
_ADDRESS = re.compile(
    r"https?:|www\.|\b[\w-]+\.(?:com|net|org|io|ru|info|biz|xyz)\b", re.IGNORECASE
)
_FIRST_ROWS = 100
"""By which the column of addresses is found whose name does not say so."""
_LONGEST = 200
"""Characters of a cell that goes into a message."""
NO_ADDRESS = "there is no address that mail can reach"
FORMULA = "a cell that the message uses is a formula"
LINK = "a cell that the message uses holds a web address"
LONG = f"a cell that the message uses has more than {_LONGEST} characters"
NO_COUNTRY = "the country is none that we know: write its two letters"


def rows(brief: Brief, opening: Callable[[], BinaryIO]) -> Iterator[str | Unreadable]:
    """Every row as a contact. Raises Quarantined for a list without a column of addresses, and
    where a template names a column that it does not have."""
    table = sheet(opening)
    columns = _columns(table)
    _check(brief, columns, ", ".join(table.columns))
    seen: set[bytes] = set()
    for row in table.rows():
        if isinstance(row, Unfit):
            yield Unreadable(row.reason)
            continue
        contact = _contact(brief, {kind: row[name] for kind, name in columns.items()})
        if isinstance(contact, Unreadable):
            yield contact
            continue
        key = bytes.fromhex(contact.key)[:16]
        again = contact.model_copy(update={"stopped": TWICE}) if key in seen else contact
        seen.add(key)
        yield canonical(again).decode()


def _kind(name: str) -> str:
    """What a column is, or what a brief means by its name; its own word where that is nothing that
    we know."""
    word = slug(name)
    return _NAMES.get(word, word)


def _columns(table: Sheet) -> Mapping[str, str]:
    """The columns by what they are, of which the first of two that are the same thing counts, and
    by their own names. Where none is called so, the one in which most of the first rows have an
    address is the addresses'."""
    found = {slug(name): name for name in reversed(table.columns)}
    found |= {_kind(name): name for name in reversed(table.columns)}
    if "email" not in found:
        first = [row for row in islice(table.rows(), _FIRST_ROWS) if not isinstance(row, Unfit)]
        mailed = {name: sum(bool(_mailed(row[name])) for row in first) for name in table.columns}
        most = max(mailed, key=lambda name: mailed[name])
        if mailed[most] > len(first) / 2:
            found["email"] = most
    return found


def _check(brief: Brief, columns: Mapping[str, str], there: str) -> None:
    if "email" not in columns:
        raise Quarantined(f"the list has no column of mail addresses; its columns are {there}")
    known = {*columns, "name", "country", "language", "zone"}
    missing = sorted(one for one in brief.columns if not {slug(one), _kind(one)} & known)
    if missing:
        raise Quarantined(f"the brief names {missing[0]}; the columns of the list are {there}")


def _contact(brief: Brief, cells: Mapping[str, str]) -> Contact | Unreadable:
    address = _mailed(cells["email"])
    if not address:
        return Unreadable(NO_ADDRESS)
    name = cells.get("name") or " ".join(
        filter(None, (cells.get("first_name"), cells.get("last_name")))
    )
    said = {**cells, "name": name}
    meant = {one: slug(one) if slug(one) in cells else _kind(one) for one in brief.columns}
    used = {one: said[column] for one, column in meant.items() if column in said}
    unfit = _unfit((name, *used.values()))
    if unfit:
        return Unreadable(unfit)
    country = _country(cells.get("country", ""))
    if country is None:
        return Unreadable(NO_COUNTRY)
    return Contact(
        key=contact_key(address),
        address=address,
        name=name,
        language=language.code(cells.get("language", "").replace("_", "-").partition("-")[0]),
        country=country,
        zone=cells.get("zone", ""),
        consent=_consent(cells),
        fields={one: " ".join(text.split()) for one, text in used.items()},
    )


@lru_cache(maxsize=1_024)
def _checked_domain(domain: str) -> str:
    """The domain in plain letters; empty where mail cannot reach it."""
    try:
        found = validate_email(f"a@{domain}", check_deliverability=False)
    except EmailNotValidError:
        return ""
    return found.ascii_domain


_NAMED = re.compile(r"[^<>@]*<([^<>]+)>")
"""An address with the name before it, as mail programs write both."""
_PLAIN = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}")


def _mailed(text: str) -> str:
    """The address, its domain in lower case and plain letters; empty where mail cannot reach it."""
    text = text.strip()
    named = _NAMED.fullmatch(text)
    local, at, domain = (named[1] if named else text).removeprefix("mailto:").rpartition("@")
    fits = _PLAIN.fullmatch(local) and not (local[:1] == "." or local[-1:] == "." or ".." in local)
    checked = _checked_domain(domain) if at and fits else ""
    return f"{local}@{checked}" if checked else ""


def _unfit(cells: tuple[str, ...]) -> str:
    for cell in cells:
        if _FORMULA.match(cell):
            return FORMULA
        if _ADDRESS.search(cell):
            return LINK
        if len(cell) > _LONGEST:
            return LONG
    return ""


def _country(said: str) -> str | None:
    """Its two letters; empty where the row says none."""
    code = said.strip().upper()
    return code if not code or code in zones() else _COUNTRIES.get(said.strip().casefold())


def _consent(cells: Mapping[str, str]) -> Consent:
    said, at = cells.get("consent", "").casefold(), cells.get("consent_at", "")
    dated = re.fullmatch(r"\d{4}-\d{2}-\d{2}.*|\d{1,2}\.\d{1,2}\.\d{4}", said)
    basis = "opt-in" if dated else _BASES.get(said, "")
    return Consent(
        basis=basis, at=at or (said if dated else ""), source=cells.get("consent_source", "")
    )
