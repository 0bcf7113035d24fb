"""Which person a display name means, in the order in which the name is spoken."""

import pytest

from countersign.extraction.names import person


@pytest.mark.parametrize(
    ("stated", "name"),
    [
        ("Stone, Lia", "Lia Stone"),
        ("Müller, Jörg", "Jörg Müller"),
        ("van der Berg, Jan", "Jan van der Berg"),
        ("Иванов, Пётр", "Пётр Иванов"),
        ("DUPONT Marie", "Marie DUPONT"),
        ("LIA STONE", "LIA STONE"),
        ("Dr. Anna Weber", "Anna Weber"),
        ("Prof. Dr. Karl Braun", "Karl Braun"),
        ("Herr Max Vogel", "Max Vogel"),
        ("Mme Claire Petit", "Claire Petit"),
        ("Ing. Marco Rossi", "Marco Rossi"),
        ("Lia Stone, PhD", "Lia Stone"),
        ("Stone, Lia, MBA", "Lia Stone"),
        ("Lia O&#39;Stone", "Lia O'Stone"),
        ("Lia Stone (Harrow)", "Lia Stone"),
        ("Lia Stone | Harrow Tools", "Lia Stone"),
        ("Lia Stone via Contact Form", "Lia Stone"),
        ('"Lia Stone"', "Lia Stone"),
        ("山田 太郎 様", "山田 太郎"),
    ],
)
def test_a_person_is_named_without_titles_and_companies(stated: str, name: str) -> None:
    """Turned round behind a comma or in capitals; titles, degrees and additions are left out."""
    assert person(stated) == name


@pytest.mark.parametrize(
    "stated",
    [
        *(
            "Stone Works, Inc.",
            "Harrow Tools Ltd",
            "Vale Print GmbH",
            "株式会社山田",
            "ООО Ромашка",
        ),
        *("WordPress", "Sales Team", "Kundenservice Harrow", "Ventas Harrow", "Anna &amp;amp; Co"),
        *("stoneworks.com", "lia@stone.example", "12345", "", "...", "a b c d e f g"),
    ],
)
def test_a_company_a_role_or_a_machine_is_no_person(stated: str) -> None:
    """Legal forms, roles, brands, addresses and numbers name nobody."""
    assert person(stated) == ""


@pytest.mark.control
@pytest.mark.parametrize(
    "stated",
    ["Marco Polo", "Donna Mason", "Mea Lund", "Fran Price", "Ab Klink", "J. R. Smith", "Madonna"],
)
def test_control_names_that_begin_like_titles_or_forms_stay(stated: str) -> None:
    """Control: `Mar…`, `Don…`, `Me…`, `Fr…` and `Ab` are parts of names."""
    assert person(stated) == stated
