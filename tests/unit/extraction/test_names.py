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
        ("Schmidt-Weber, Anna", "Anna Schmidt-Weber"),
        ("García López, María José", "María José García López"),
        ("O'Brien, Siobhán", "Siobhán O'Brien"),
        ("Müller, Dr. Hans", "Hans Müller"),
        ("Dr. med. Eva Klein", "Eva Klein"),
        ("Frau Prof. Dr. Ute Lang", "Ute Lang"),
        ("Anna Meier (Einkauf)", "Anna Meier"),
        ("Anna Meier | Hafenwerk GmbH", "Anna Meier"),
        ("Anna Meier - Hafenwerk GmbH", "Anna Meier"),
        ("Anna Meier via LinkedIn", "Anna Meier"),
        ("DUPONT Jean", "Jean DUPONT"),
        ("NAGY István", "István NAGY"),
        ("Mme Claire Martin", "Claire Martin"),
        ("M. Paul Durand", "Paul Durand"),
        ("Sra. Carmen Ruiz", "Carmen Ruiz"),
        ("Herr Klaus Berg", "Klaus Berg"),
        ("Ms. Priya Nair", "Priya Nair"),
        ("山田太郎様", "山田太郎"),
        ("Anna &amp; Bob", "Anna & Bob"),
        ("Meier, Anna (ext.)", "Anna Meier"),
        ("Meier, Anna [Extern]", "Anna Meier"),
        ("Anna Meier, MBA", "Anna Meier"),
        ("Meier, Anna, Dr.", "Anna Meier"),
        ("Smith, John, Jr.", "John Smith"),
        ("Anna from Hafenwerk", "Anna"),
        ("Anna Meier @ Hafenwerk", "Anna Meier"),
        ('"Anna Meier"', "Anna Meier"),
        ("'Anna Meier'", "Anna Meier"),
        ("MEIER, ANNA", "ANNA MEIER"),
        ("Mr. & Mrs. Jones", "Jones"),
    ],
)
def test_a_person_is_named_without_titles_and_companies(stated: str, name: str) -> None:
    """Turned round behind a comma or in capitals; titles, degrees and additions are left out."""
    assert person(stated) == name


@pytest.mark.parametrize(
    "stated",
    [
        "Meier Anna, Hafenwerk GmbH",
        "Hafenwerk GmbH & Co. KG",
        "Baker, McKenzie & Partners",
        "Smith & Sons",
        "Johnson & Johnson",
        "Acme, LLC",
        "Café Central",
        "Praxis Dr. Klein",
        "Kanzlei Weber",
        "Autohaus König",
        "noreply",
        "Info",
        "Contact Form",
        "Kontaktformular",
        "Formulaire de contact",
        "Website Enquiry",
        "Shopify",
        "Typeform",
        "Wix Forms",
        "HubSpot",
        "Mailchimp",
        "anna.meier",
        "Gruppo Rossi S.p.A.",
        "Rossi Mario S.r.l.",
        "Ayuntamiento de Sevilla",
        "Stadt Köln",
        "Landeshauptstadt München",
        "Gemeente Utrecht",
        "Mairie de Lyon",
        "Universidad de Chile",
        "Kundenservice Müller",
        "Bestellungen | Hafenwerk",
        "Einkauf Hafenwerk",
        "Bäckerei Huber",
        "Restaurant Sonne",
        "Hotel Post",
        "Tischlerei Krause",
        "Garage Dubois",
        "Boulangerie Petit",
        "Ferretería Gómez",
        "Farmacia Rossi",
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
