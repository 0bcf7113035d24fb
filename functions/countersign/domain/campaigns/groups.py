"""Groups of receiving domains: one company's servers take the mail of all of them and judge the
sender as one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

GROUPS: Mapping[str, frozenset[str]] = {
    "gmail": frozenset({"gmail.com", "googlemail.com"}),
    "microsoft": frozenset(
        {"outlook.com", "outlook.de", "outlook.fr", "outlook.es", "outlook.it", "msn.com"}
        | {"hotmail.com", "hotmail.co.uk", "hotmail.de", "hotmail.fr", "hotmail.es", "hotmail.it"}
        | {"live.com", "live.co.uk", "live.de", "live.fr", "live.nl", "live.it", "passport.com"}
    ),
    "yahoo": frozenset(
        {"yahoo.com", "yahoo.co.uk", "yahoo.de", "yahoo.fr", "yahoo.es", "yahoo.it", "ymail.com"}
        | {"yahoo.co.in", "yahoo.in", "yahoo.ca", "yahoo.com.br", "rocketmail.com", "myyahoo.com"}
        | {"aol.com", "aol.de", "aol.co.uk", "aim.com", "verizon.net", "netscape.net"}
    ),
    "apple": frozenset({"icloud.com", "me.com", "mac.com"}),
    "proton": frozenset({"proton.me", "protonmail.com", "protonmail.ch", "pm.me"}),
    "gmx": frozenset(
        {"gmx.de", "gmx.net", "gmx.com", "gmx.at", "gmx.ch", "gmx.eu", "gmx.org", "web.de"}
        | {"mail.com", "email.de", "1und1.de", "online.de"}
    ),
    "telekom": frozenset({"t-online.de", "magenta.de"}),
    "orange": frozenset({"orange.fr", "wanadoo.fr"}),
    "free": frozenset({"free.fr", "libertysurf.fr", "aliceadsl.fr"}),
    "mailru": frozenset({"mail.ru", "bk.ru", "inbox.ru", "list.ru", "internet.ru"}),
    "yandex": frozenset({"yandex.ru", "yandex.com", "ya.ru", "yandex.by", "yandex.kz"}),
    "naver": frozenset({"naver.com"}),
    "qq": frozenset({"qq.com", "foxmail.com"}),
    "netease": frozenset({"163.com", "126.com", "yeah.net"}),
}
"""The domains of large providers, as these name them in their own postmaster pages. A domain that
stands nowhere is a group of its own."""

EXCHANGES: Mapping[str, str] = {
    "google.com": "gmail",
    "googlemail.com": "gmail",
    "outlook.com": "microsoft",
    "yahoodns.net": "yahoo",
    "icloud.com": "apple",
    "protonmail.ch": "proton",
}
"""Whose servers take a company's mail, by the ending of their names: for a stage that asks."""

_BY_DOMAIN = {domain: group for group, domains in GROUPS.items() for domain in domains}


class Exchanges(Protocol):
    """Looking up who takes the mail of a domain (its MX records). No stage asks unless it says so:
    it costs a look-up for each domain of a list."""

    def of(self, domain: str) -> str:
        """The name of the server that it prefers; empty where nobody knows."""


def domain_of(address: str) -> str:
    """The domain of an address, as it is compared."""
    return address.rpartition("@")[2].strip().rstrip(".").lower()


def group_of(address: str, exchanges: Exchanges | None = None) -> str:
    """The group of an address, or of a bare domain: a provider's name, else the domain itself."""
    domain = domain_of(address)
    known = _BY_DOMAIN.get(domain)
    if known or exchanges is None:
        return known or domain
    return _provider(exchanges.of(domain).rstrip(".").lower()) or domain


def _provider(server: str) -> str:
    return next((g for end, g in EXCHANGES.items() if f".{server}".endswith(f".{end}")), "")


def rows_for(contacts: Mapping[str, int], rates: Mapping[str, int], other: int) -> frozenset[str]:
    """The groups whose mails take turns of their own: those with more contacts in the plan than
    their rate allows in one second. A smaller one cannot exceed it, however fast it goes."""
    return frozenset(group for group, n in contacts.items() if n > rates.get(group, other))
