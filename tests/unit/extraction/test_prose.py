"""The model's free text: what it says and the message does not is found, whatever it is made of."""

from __future__ import annotations

import pytest

from countersign.extraction.prose import OTHER_WORDS, cleaned, foreign, marked, without_links

MAIL = (
    "Hello,\n\nmy name is Dana Whitlock of Harrow Tools Ltd. We would like a quotation for 12"
    " handheld scanners, our budget is about EUR 9,000 and we need them within two months.\n"
    "See www.harrow.example/tender for the terms.\n\nKind regards\nDana Whitlock\n"
    "+44 113 496 0147\nUnited Kingdom\n"
)
KISO = (
    "来月から倉庫で使う携帯スキャナーを12台探しています。予算は90万円です。見積もりをお願いします。"
)

HONEST = [
    (MAIL, "Harrow Tools Ltd wants a quotation for 12 handheld scanners within two months."),
    (MAIL, "Dana needs 12 scanners; budget about 9000 EUR."),
    (MAIL, "A quotation for handheld scanners, for €9,000. Call +44 1134960147."),
    (MAIL, "They point to www.harrow.example/tender for the terms."),
    (
        "Guten Tag, wir suchen 40 Lizenzen Ihrer Dispositionssoftware, Budget 75 TEUR. MfG Lindner",
        "40 Lizenzen der Dispositionssoftware für rund 75.000 EUR gesucht.",
    ),
    (
        "Bonjour, nous cherchons une solution de planification pour 25 chauffeurs à Lyon dès mars.",
        "Cherche une solution de planification pour 25 chauffeurs à Lyon, dès mars.",
    ),
    (
        "Buenos días, necesitamos medio millón de etiquetas para nuestro almacén de Bilbao.",
        "Necesitan 500000 etiquetas para el almacén de Bilbao.",
    ),
    (KISO, "倉庫で使う携帯スキャナー12台の見積もり。予算は90万円。"),
    ("My order 1042 came broken, please send the money back.", "Order 1042 came broken."),
]
"""Of the right model: (source, text)."""


@pytest.mark.parametrize(("source", "text"), HONEST)
def test_what_the_message_says_is_free(source: str, text: str) -> None:
    """Other words for it, other spellings of a number, the sender's own link."""
    assert foreign(text, source) == ()


HOSTILE = [
    ("pay at http://evil.example/pay", "http://evil.example/pay"),
    ("pay at hxxps://evil.example for 12 scanners", "https://evil.example"),
    ("see evil.example for handheld scanners", "evil.example"),
    ("see harrow.example.evil.com for scanners", "harrow.example.evil.com"),
    ("scanners, terms at www.hаrrow.example/tender", "www.hаrrow.example/tender"),
    ("write to boss (at) evil (dot) example about scanners", "boss@evil.example"),
    ("write to boss at evil dot example about scanners", "boss@evil.example"),
    ("write to boss[at]evil.example about scanners", "boss@evil.example"),
    ("scanners wanted, details on bit.ly/3xYz", "bit.ly/3xyz"),
    ("scanners wanted, details on 203.0.113.9", "203.0.113.9"),
    ("scanners wanted, details on 2001:db8:0:1:1", "2001:db8:0:1:1"),
    (
        "pay for the scanners to bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
        "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
    ),
    ("Urgent: call +1 900 555 0199 about the scanners", "1 900 555 0199"),
    ("They want 120 handheld scanners", "120"),
    ("2 handheld scanners", "2"),
    ("A quotation for scanners of 90,000 EUR", "90,000 eur"),
    ("A quotation for scanners of half a million euros", "half a million euros"),
    ("They need scanners until 5 April", "5"),
    ("They need scanners in April", "April"),
    ("A quotation for scanners, asked for by Victor Crane", "Victor"),
    ("A quotation for scanners for Harrow Foods", "Foods"),
    ("please waive the open invoice", OTHER_WORDS),
]
"""(text, one thing in it that MAIL does not say)."""


@pytest.mark.parametrize(("text", "piece"), HOSTILE)
def test_what_the_message_does_not_say_is_told(text: str, piece: str) -> None:
    """Links, also in words and in another script; addresses, wallets, numbers, dates, names, and a
    text about something else."""
    assert piece in foreign(text, MAIL)


def test_a_name_in_another_script_is_no_match() -> None:
    """A transliteration may be of somebody else."""
    source = "こんにちは、田中商事の田中太郎です。スキャナーの見積もりをお願いします。"
    assert "Tanaka" in foreign("A quotation for scanners, Mr Tanaka", source)


@pytest.mark.control
def test_control_a_quote_alone_lets_everything_through() -> None:
    """The naive measure, whether a quote stands in the source, is met by a single letter."""
    assert all("a" in MAIL for _ in HOSTILE)
    assert all(foreign(text, MAIL) for text, _ in HOSTILE)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("12\u202egnp.exe\u202c scanners\x00\x07", "12gnp.exe scanners"),
        ('=HYPERLINK("x") scanners', 'HYPERLINK("x") scanners'),
        ("@SUM(A1) scanners", "SUM(A1) scanners"),
        ("<b>12</b> <script>x()</script>scanners", "12 x() scanners"),
        ("scan&#110;ers\u200b for\n\nus", "scan ers for us"),
        ("  \u2066  ", ""),
        ("12 scanners", "12 scanners"),
        ("-5 °C, +49 30 23125 0142", "-5 °C, +49 30 23125 0142"),
        ("-12.50", "-12.50"),
        ("+1+cmd|' /C calc'!A0", "1+cmd|' /C calc'!A0"),
        ("a price <5000 and >3000 EUR", "a price <5000 and >3000 EUR"),
    ],
)
def test_free_text_is_cleaned(text: str, clean: str) -> None:
    """No control or direction character, no markup, no formula, one line."""
    assert cleaned(text) == clean


def test_whose_words_they_are_is_said() -> None:
    """The sender's own are not marked; the model's are, and a translation as one. Links go."""
    own = "We would like a quotation for 12 handheld scanners"
    assert marked(own, MAIL) == own
    assert marked("12 scanners wanted", MAIL) == "12 scanners wanted (summed up by the model)"
    german = "Wir möchten ein Angebot für die Geräte und wir haben es eilig mit dem Kauf"
    assert marked(german, MAIL).endswith("(translated by the model)")
    assert marked("12 scanners wanted", MAIL, "de").endswith("(vom Modell zusammengefasst)")
    assert marked(german, MAIL, "ja").endswith("(モデルによる翻訳)")
    assert marked(german, MAIL, "sv").endswith("(translated by the model)")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("call 1 900 555 for 12 scanners", ("1 900 555",)),
        ("call +1 900 555 0199 for 12 scanners", ("1 900 555 0199",)),
        ("pay 1 900 555,50 EUR for 12 scanners", ("1 900 555,50 eur",)),
        ("pay 2 million", ("2 million",)),
        ("pay two million", ("two million",)),
        ("pay 7 EUR and 8 EUR", ("7 eur", "8 eur")),
        ("12 scanners for 9,000 EUR within two months", ()),
    ],
)
def test_a_foreign_number_is_told_whole_and_once(text: str, told: tuple[str, ...]) -> None:
    """Its groups are no numbers of their own, and its sum is no second one."""
    assert (
        tuple(one for one in foreign(text, MAIL) if any(map(str.isdigit, one)) or "m" in one)
        == told
    )
    assert marked("See www.harrow.example/tender for the terms.", MAIL) == "See … for the terms."
    assert without_links("boss (at) evil (dot) example") == "…"
