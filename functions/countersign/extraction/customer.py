"""Whose mail it is: the customer, with the sign that says so, and whether that is sure.

Who sent a mail is not always who wants something: a web site's form, a scanner or a colleague sends
for somebody else. Only the author of the header's From can be vouched for; whoever is derived
otherwise is not, and what nobody can derive is asked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from countersign.domain.workflow import Ours
from countersign.parsing.mail.message import Mail

DERIVED, DOUBTED = "The customer is taken from ", "It is not sure who the customer is: "
"""How the sentences begin that an input keeps among its defects; the first is no repair."""
_ADDRESS = r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"
_FIELD = re.compile(
    rf"^[\s>*]*(?:e-?mail|mail|correo|courriel|posta|kontakt|contact|from|von)[^:@\n]{{0,25}}:\s*"
    rf"\W{{0,3}}({_ADDRESS})",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True)
class Customer:
    """Who wants something of us. `evidence` and `doubt` are sentences, or empty."""

    address: str
    name: str
    authenticated: bool
    evidence: str = ""
    doubt: str = ""
    passed_on: bool = False
    """Whether a colleague passed their mail on: then its text is what they want."""

    @property
    def notes(self) -> tuple[str, ...]:
        """Evidence and doubt, as an input keeps them."""
        said = ((DERIVED, self.evidence), (DOUBTED, self.doubt))
        return tuple(f"{begin}{one}." for begin, one in said if one)


def customer(mail: Mail, ours: Ours) -> Customer:
    """The author, unless the mail is sent for somebody else."""
    author, answers = mail.sender or "", mail.reply_to or ""
    if not author:
        return _unnamed(mail, ours)
    if ours.has(author):
        return _by_one_of_us(mail, ours)
    if not answers or ours.has(answers) or _domain(answers) == _domain(author):
        return Customer(author, mail.sender_name, mail.authenticated)
    if answers.casefold() in _named(mail):
        return _answered(mail, answers, "Reply-To and from a field of the text")
    unsure = "its From and its Reply-To are two people's"
    return Customer(author, mail.sender_name, mail.authenticated, doubt=unsure)


def _unnamed(mail: Mail, ours: Ours) -> Customer:
    """Who wrote a mail whose headers do not say it: the one whom a field of the text names."""
    named = [one for one in _named(mail) if not ours.has(one)]
    if len(named) == 1:
        return _answered(mail, named[0], "a field of the text")
    return Customer("", mail.sender_name, False, doubt="the mail has no usable sender address")


def _by_one_of_us(mail: Mail, ours: Ours) -> Customer:
    """A relay or a colleague: the one they send for, or nobody that we could name."""
    named = {one for one in _named(mail) if not ours.has(one)}
    if mail.forwarded and mail.forwarded.address and not ours.has(mail.forwarded.address):
        name, address = mail.forwarded.name, mail.forwarded.address
        return Customer(address, name, False, "the mail that is passed on", passed_on=True)
    answers = mail.reply_to or ""
    if answers and not ours.has(answers):
        other = bool(named) and answers.casefold() not in named
        doubt = "Reply-To and a field of the text differ" if other else ""
        return _answered(mail, answers, "Reply-To", doubt)
    if len(named) == 1 and ours.sends_for_others(mail.sender or ""):
        return _answered(mail, named.pop(), "a field of the text")
    unsure = "the mail comes from one of us and names nobody else"
    return Customer(mail.sender or "", mail.sender_name, mail.authenticated, doubt=unsure)


def _answered(mail: Mail, address: str, evidence: str, doubt: str = "") -> Customer:
    """Nobody vouches for an address that the author's system states."""
    name = mail.reply_to_name if address == mail.reply_to else ""
    return Customer(address, name, False, evidence, doubt)


def doubtful(address: str, ours: Ours) -> str:
    """The doubt about a form's own address field, as an input keeps it; empty without one."""
    return f"{DOUBTED}the form states an address of ours." if ours.has(address) else ""


def _named(mail: Mail) -> set[str]:
    """The addresses in fields of the text, as forms write them."""
    return {found[1].casefold() for found in _FIELD.finditer(mail.text)}


def _domain(address: str) -> str:
    return address.rpartition("@")[2].casefold()
