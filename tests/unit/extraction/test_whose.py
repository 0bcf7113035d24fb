"""Whose a company is that a text names, and domains that are nobody's company."""

import pytest

from countersign.extraction import whose
from countersign.extraction.mail_hosts import is_anybodys, names_provider

_OTHERS = [
    "I found you through Nordlicht Ltd. Please quote 12 desks.",
    "A friend at Nordlicht Ltd recommended you.",
    "Ein Bekannter bei Nordlicht Ltd hat Sie empfohlen.",
    "Nous quittons la société Nordlicht Ltd.",
    "We are leaving the company Nordlicht Ltd in May.",
    "We currently use scanners from Nordlicht Ltd.",
    "Your competitor Nordlicht Ltd offered 90 EUR a piece.",
    "Nordlicht Ltd, our current supplier, is too slow.",
    "We had an offer from Nordlicht Ltd.",
    "We were disappointed by Nordlicht Ltd.",
    "Can you beat Nordlicht Ltd?",
    "Unser bisheriger Lieferant Nordlicht Ltd kann nicht liefern.",
    "Wir wechseln von Nordlicht Ltd zu Ihnen.",
    "Nordlicht Ltd hat uns angeboten, zu liefern.",
    "Zur Zeit arbeiten wir mit der Nordlicht Ltd zusammen.",
    "Notre fournisseur actuel, Nordlicht Ltd, ferme.",
    "Nous sommes déçus de Nordlicht Ltd.",
    "Nuestro proveedor Nordlicht Ltd sube los precios.",
    "Trabajamos con Nordlicht Ltd hasta ahora.",
    "Il nostro fornitore Nordlicht Ltd chiude.",
    "Onze leverancier Nordlicht Ltd stopt.",
    "O nosso fornecedor Nordlicht Ltd fechou.",
    "Sent via Nordlicht Ltd",
]
_OWN = [
    "We work at Nordlicht Ltd in Leeds.",
    "We, Nordlicht Ltd, need them in May.",
    "We are a supplier of toys, Nordlicht Ltd.",
    "I am writing on behalf of Nordlicht Ltd.",
    "Ich schreibe für die Nordlicht Ltd.",
    "Nordlicht Ltd cherche 5 bureaux.",
    "Our supplier cannot deliver.\n\nKind regards\nNordlicht Ltd",
    "Nordlicht Ltd, our current supplier, is too slow.\n\nWe at Nordlicht Ltd know.",
]


@pytest.mark.parametrize("text", _OTHERS)
def test_a_company_of_which_a_text_only_speaks_is_not_its_writer_s(text: str) -> None:
    """A supplier, a rival, a source of offers, the program that sent the mail."""
    assert whose.is_others("Nordlicht Ltd", text)


@pytest.mark.control
@pytest.mark.parametrize("text", _OWN)
def test_control_a_company_that_is_its_writer_s_once_stays(text: str) -> None:
    """Control: words of trade alone take nobody's company away."""
    assert not whose.is_others("Nordlicht Ltd", text)


@pytest.mark.parametrize(
    ("name", "text", "others"),
    [
        ("CHARGE", "Shipping must be FREE OF CHARGE for us.", True),
        ("FREE OF CHARGE", "Shipping must be FREE OF CHARGE for us.", True),
        ("DEMO", "We are INTERESTED IN A DEMO.", True),
        ("FREE WATER LTD", "Kind regards\nFREE WATER LTD", False),
        ("IBM", "We at IBM need 40 desks.", False),
        ("KORNFELD", "WE ARE KORNFELD AND NEED 40 DESKS", False),
    ],
)
def test_what_is_shouted_among_small_letters_is_no_name(name: str, text: str, others: bool) -> None:
    """A piece of a run of capitals, or one with a small word in it; a text in capitals names."""
    assert whose.is_others(name, text) is others


@pytest.mark.parametrize(
    ("domain", "nobodys"),
    [
        *((one, True) for one in ("gmail.com", "yahoo.co.uk", "gmx.de", "web.de", "t-online.de")),
        *((one, True) for one in ("orange.fr", "libero.it", "ziggo.nl", "sapo.pt", "qq.com")),
        *((one, True) for one in ("kornfeld.onmicrosoft.com", "shop.myshopify.com", "WEB.DE")),
        *((one, False) for one in ("kornfeld.com", "orange-grove.fr", "notweb.de")),
    ],
)  # fmt: skip
def test_a_provider_s_domain_is_no_company(domain: str, nobodys: bool) -> None:
    """Where anybody gets an address or a site; a company's own is not among them."""
    assert is_anybodys(domain) is nobodys


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        *((one, True) for one in ("Gmail", "GMX", "web.de", "Proton Mail", "Outlook", "myshopify")),
        *((one, False) for one in ("Orange Grove SARL", "Kornfeld", "Vodafone", "Mailänder GmbH")),
    ],
)
def test_a_provider_s_name_is_no_company(name: str, is_one: bool) -> None:
    """As people call it; a company with such a word in its name is one."""
    assert names_provider(name) is is_one
