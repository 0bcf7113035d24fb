"""Values have one spelling in which they are compared."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from countersign.actions.crm.shared import (
    first_and_last,
    html_notes,
    instant_ms,
    money_words,
    phone_digits,
    plain_notes,
    same_instant,
)


@pytest.mark.parametrize(
    ("name", "language", "fields"),
    [
        ("Jan van der Berg", "nl", ("Jan", "van der Berg")),
        ("Ana María de la Cruz", "es", ("Ana María", "de la Cruz")),
        ("Ludwig von Mises", "de", ("Ludwig", "von Mises")),
        ("van Berg", "nl", ("van", "Berg")),
        ("Kovács Anna", "hu", ("Anna", "Kovács")),
        ("Nguyễn Văn An", "vi", ("Văn An", "Nguyễn")),
        ("山田 太郎", "en", ("太郎", "山田")),
        ("王小明", "zh", ("小明", "王")),
        ("司马光", "zh", ("光", "司马")),
        ("김철수", "ko", ("철수", "김")),
        ("山田太郎", "ja", ("", "山田太郎")),
        ("さくら", "ja", ("", "さくら")),
    ],
)
def test_a_family_name_is_put_where_it_belongs(
    name: str, language: str, fields: tuple[str, str]
) -> None:
    """First in East Asian scripts and by language, with its particles; what nobody can part stays
    whole."""
    assert first_and_last(name, language) == fields


def test_one_spelling_for_each_value() -> None:
    """Names are split at the last word; times, money, phones and notes compare in one spelling."""
    assert first_and_last(" Ada  Maria Quill ") == ("Ada Maria", "Quill")
    assert first_and_last("Ada") == ("Ada", "")
    assert phone_digits(" +1 (555) 01-00") == "+15550100"
    assert phone_digits("555 0100") == "5550100"
    at = datetime(2026, 3, 1, 9, 0, 0, 123_999, tzinfo=UTC)
    assert instant_ms(at) == "2026-03-01T09:00:00.123Z"
    assert same_instant("2026-03-01T10:00:00.123+01:00") == "2026-03-01T09:00:00.123Z"
    assert (same_instant("soon"), same_instant("2026-03-01")) == ("soon", "2026-03-01")
    assert money_words("1250", "EUR") == money_words("1250.00", "EUR") == "1,250.00 EUR"
    assert (money_words("x", "EUR"), money_words("", "")) == ("x EUR", "")
    hostile = "a<br>b & <script>\n&lt;i&gt; 'q' \"q\""
    assert plain_notes(html_notes(hostile)) == hostile
    assert "<script" not in html_notes(hostile)
