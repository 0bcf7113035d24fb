"""Where a system of the business's own may be: https and a name, or this machine, said so."""

from __future__ import annotations

import pytest

from countersign.domain.ledger.targets import HttpTarget


@pytest.mark.parametrize(
    "url",
    [
        *("http://shop.example", "https://10.0.0.1", "https://[::1]", "https://localhost"),
        *("https://a@shop.example", "https://shop.example@evil.example", "https://shop"),
        *("https://shop.example/a?b=c", "https://shop.example/a#b", "https://shop.example/%2e"),
        *("https://shop.example\\@evil.example", "https://2130706433", "https://0x7f.1"),
        *(
            "ftp://shop.example",
            "https://SHOP.example",
            "https://shop.example:99x",
            "//shop.example",
        ),
        *("http://127.0.0.1.evil.example", "http://127.0.0.1@evil.example", "https://é.example"),
    ],
)
def test_an_address_that_is_none_is_refused_where_it_is_written(url: str) -> None:
    """https and a name; no user, no query, no address in the place of a name."""
    with pytest.raises(ValueError, match="url"):
        HttpTarget(id="shop", url=url)


def test_this_machine_is_named_as_such() -> None:
    """An address here says loopback, and nothing else does."""
    here = HttpTarget(id="shop", url="http://127.0.0.1:8400/shop", loopback=True)
    assert here.connector == "http-shop"
    for url, loopback in (("http://127.0.0.1:8400", False), ("https://shop.example", True)):
        with pytest.raises(ValueError, match="loopback and an address of this machine"):
            HttpTarget(id="shop", url=url, loopback=loopback)
