"""A text is read in the charset in which it was written, whatever its sender says of it."""

from __future__ import annotations

import pytest

from countersign.parsing.charsets import decode

_TOLD = [
    ("Dobrý den, prosím o cenovou nabídku na žluté štítky, ještě dnes", "cp1250", None),
    (
        "Proszę o ofertę na żółte naklejki, dziękuję i życzę miłego dnia, w środę",
        "iso-8859-2",
        None,
    ),
    ("Proszę o ofertę na żółte naklejki, dziękuję", "cp1250", "iso-8859-1"),
    (
        "Kérjük küldjenek árajánlatot, köszönöm a gyors választ, üdvözlettel, őszintén",
        "cp1250",
        None,
    ),
    ("Fiyat teklifi için teşekkürler, İstanbul şubesi", "cp1254", "iso-8859-1"),
    ("Fiyat teklifi için teşekkürler, İstanbul şubesi, çok iyi günler", "iso-8859-9", None),
    ("שלום, נא הצעת מחיר לסורקים, תודה רבה", "cp1255", None),
    ("שלום רב, אנו מעוניינים בהצעת מחיר למדפסות", "cp1255", None),
    ("مرحبا، نرجو عرض سعر للماسحات الضوئية وشكرا", "cp1256", None),
    ("Καλημέρα, παρακαλώ στείλτε προσφορά για σαρωτές", "cp1253", None),
    ("Καλημέρα, θα ήθελα προσφορά", "cp1253", "windows-1252"),
    ("ขอใบเสนอราคาเครื่องสแกน 40 เครื่อง ขอบคุณครับ", "cp874", None),
    ("คำสั่งซื้อของฉันยังไม่มาถึง ขอเงินคืน", "cp874", "iso-8859-1"),
    ("Здравствуйте, пришлите цену на сканеры", "koi8-r", "windows-1251"),
    ("Здравствуйте, пришлите цену на сканеры", "cp1251", "koi8-r"),
    ("ЗАПРОС ЦЕНЫ НА СКАНЕРЫ", "koi8-r", "koi8-r"),
    ("Größe für Müller & Söhne im Café, Preis 90 € – “bald”", "cp1252", None),
    ("L’hôtel à Orléans: çà coûte 90 €", "cp1252", None),
    ("Årsrapport på svenska, höjd 2 m³", "cp1252", "iso-8859-1"),
    ("¿Cuánto cuesta la señal nº 5 en español?", "cp1252", None),
    ("São João não é ação", "cp1252", None),
    ("Þórður Æðelþryð", "cp1252", None),
]
"""What was written, in which charset, and which one was declared."""


@pytest.mark.parametrize(("text", "written", "declared"), _TOLD)
def test_letters_tell_the_charset(text: str, written: str, declared: str | None) -> None:
    """Letters of one language, in one of the charsets that make a text of the bytes, tell which."""
    assert decode(text.encode(written), declared)[0] == text


def test_a_reading_that_is_not_the_declared_one_is_said() -> None:
    """Whoever looks at the mail learns by which charset its words came about."""
    told = [decode(text.encode(written), declared) for text, written, declared in _TOLD[2:5:2]]
    assert [("Windows-125" in (defect or "")) for _, defect in told] == [True, True]
    assert decode("Größe".encode("cp1252"), "iso-8859-1") == ("Größe", None)


def test_letters_of_no_one_language_are_read_as_browsers_do() -> None:
    """A text that mixes alphabets as no language does stays what most programs make of it."""
    assert decode("ørêþã Ñ".encode("cp1252"), None)[0] == "ørêþã Ñ"


@pytest.mark.control
def test_control_the_declared_charset_alone_shows_other_letters() -> None:
    """Control: any bytes are some text in a charset of one byte a letter."""
    wrong = [one for one in _TOLD if one[1] not in {"cp1252", one[2]}]
    read = [
        text.encode(written).decode(declared or "cp1252", "replace")
        for text, written, declared in wrong
    ]
    assert all(shown != text for shown, (text, *_) in zip(read, wrong, strict=True))
