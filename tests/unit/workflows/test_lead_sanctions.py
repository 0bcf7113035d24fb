"""Countries under sanctions: dated data with its source; a weak sign asks and never rejects."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from countersign.domain.policy.rules import Situation
from tests.unit.workflows.bench import NOW, Bench
from tests.unit.workflows.pipeline import WORKFLOW, Outcome, judge, read
from workflows.lead_intake.contract import LeadInput

ASKS, REJECTS, OLD = (
    "jurisdiction.sanctioned_named",
    "jurisdiction.sanctioned",
    "jurisdiction.list_is_old",
)
SALE = "We need a quote for 12 scanners."


def _form(text: str, **parts: str) -> Outcome:
    form = {"name": "Ines Alder", "email": "ines@kornfeld.example", "message": f"{SALE} {text}"}
    return judge(read(json.dumps(form | parts).encode()))


def _told(outcome: Outcome, rule: str) -> str:
    return next(one.threshold for one in outcome.found if one.rule == rule)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Nothing of it goes to Iran, Cuba or Syria.", {"country": "United Kingdom"}),
        ("No export to Iran: see our disclaimer.", {}),
        ("Our customers in Syria ask for them too.", {}),
        ("Our competitors are made in North Korea.", {"country": "Germany"}),
        ("Call us on +98 21 2345 6789.", {"country": "Germany"}),
        ("Please ship to Havana.", {}),
        ("Nuestra oficina está en Madrid; también vendemos en Cuba.", {}),
        ("当社は東京にあります。イランにも販売しています。", {}),
        ("", {"email": "ines@kornfeld.ir"}),
        ("", {"email": "ines@kornfeld.ir", "country": "Germany"}),
        ("Wir sitzen in Teheran.", {"country": "Germany"}),
        ("Please ship to Latakia.", {}),
        ("Tahran'daki ofisimiz için.", {"country": "Turkey"}),
        ("Şirketimiz Şam'da.", {"country": "Turkey"}),
        ("Küba'daki otelimiz için.", {}),
        ("Nasz hotel jest w Hawanie.", {"country": "Poland"}),
        ("Delivery to Sevastopol, Crimea.", {"country": "Ukraine"}),
        ("Lieferung nach Donezk.", {"country": "Germany"}),
        ("Livraison à Simferopol.", {"country": "France"}),
        ("Notre agence à Ispahan en a besoin.", {"country": "France"}),
    ],
)
def test_a_weak_sign_or_a_contradiction_asks_and_rejects_nothing(
    text: str, parts: dict[str, str]
) -> None:
    """A footer, a customer, a prefix, a domain or a word against the form: a person looks."""
    outcome = _form(text, **parts)
    assert ASKS in outcome.rules
    assert REJECTS not in outcome.rules
    assert set(outcome.verdicts.values()) == {"ask"}


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", {"country": "Iran"}),
        ("We are based in Syria.", {}),
        ("Estamos en Cuba.", {}),
        ("Our office is in Crimea.", {}),
    ],
)
def test_who_states_to_be_there_gets_nothing(text: str, parts: dict[str, str]) -> None:
    """A statement alone, of form or text, rejects; the finding names the list's day and source."""
    outcome = _form(text, **parts)
    assert REJECTS in outcome.rules
    assert set(outcome.verdicts.values()) == {"forbid"}
    assert _told(outcome, REJECTS).startswith("our list of 2026-11-01 (the demo's")


@pytest.mark.control
def test_control_without_a_sign_nothing_is_said() -> None:
    """Control: an ordinary message of a country that is served hears nothing of sanctions."""
    outcome = _form("We are in Leeds.", country="United Kingdom")
    assert not {ASKS, REJECTS, OLD} & outcome.rules


@pytest.mark.parametrize(("day", "old"), [("2026-05-20", False), ("2026-05-19", True), ("", True)])
def test_an_old_list_or_one_without_a_day_is_told(day: str, old: bool) -> None:
    """180 days after it was compared with its source every judgement says so, and nothing else
    follows."""
    outcome = _form("We are in Leeds.", country="United Kingdom")
    lists = {**outcome.situation.limits.lists, "countries.sanctioned.as_of": (day,) if day else ()}
    limits = outcome.situation.limits.model_copy(update={"lists": lists})
    assert date(2026, 11, 16) == NOW.date()
    situation: Situation[LeadInput] = Bench(WORKFLOW).situated(
        outcome.situation.input, outcome.proposal, {}
    )
    aged = replace(situation, limits=limits)
    rule = next(one for one in WORKFLOW.rules if one.id == OLD)
    assert (rule.find(aged) is not None) == old


@pytest.mark.parametrize(
    "footer",
    [
        "This message is not an offer of sale and no delivery is made to Cuba, Iran or Syria.",
        "This is no offer; no delivery\nis made to Cuba or Iran.",
        "Keine Lieferung nach Kuba,\nIran oder Syrien.",
        "Aucune livraison n'est faite\nà Cuba ni en Iran.",
        "No se entrega en\nCuba ni Siria.",
        "Nessuna consegna\na Cuba o in Iran.",
        "Geen levering\naan Cuba of Iran.",
    ],
)
def test_a_footer_names_nobodys_country(footer: str) -> None:
    """Wrapped or not: the heuristics say the country of the text, and a person looks."""
    head = "From: Ines Alder <ines@kornfeld.example>\r\nContent-Type: text/plain; charset=utf-8"
    text = f"{SALE} We are in Leeds, United Kingdom.\n\nKind regards\nInes Alder\n\n{footer}"
    outcome = judge(read(f"{head}\r\n\r\n{text}".encode(), "upload"))
    assert outcome.facts["country"] == "GB"
    assert ASKS in outcome.rules
    assert REJECTS not in outcome.rules
