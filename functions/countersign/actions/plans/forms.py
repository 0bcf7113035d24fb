"""A plan as documents: blocks for people, headed in a language of ours, and JSON for programs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from countersign.actions.paper import Block, Heading, Line, Listing, Steps, Table
from countersign.actions.plans.plan import Milestone, Plan, critical_path, span
from countersign.domain.money import Money, exponent


class Heads(NamedTuple):
    """The fixed words of a plan; `version` takes `number`, `path` takes `days`."""

    goals: str
    audience: str
    milestones: str
    risks: str
    budget: str
    date: str
    milestone: str
    owner: str
    after: str
    item: str
    amount: str
    total: str
    version: str
    path: str
    data: str


HEADS: Mapping[str, Heads] = {
    "en": Heads(
        *("Goals", "Audience", "Milestones", "Risks", "Budget", "Date", "Milestone", "Owner"),
        *("After", "Item", "Amount", "Total", "Version {number}"),
        *("Critical path, {days} days", "Signed data, SHA-256"),
    ),
    "de": Heads(
        *("Ziele", "Zielgruppe", "Meilensteine", "Risiken", "Budget", "Datum", "Meilenstein"),
        *("Verantwortlich", "Nach", "Posten", "Betrag", "Summe", "Fassung {number}"),
        *("Kritischer Pfad, {days} Tage", "Unterschriebene Daten, SHA-256"),
    ),
    "fr": Heads(
        *("Objectifs", "Public", "Jalons", "Risques", "Budget", "Date", "Jalon", "Responsable"),
        *("Après", "Poste", "Montant", "Total", "Version {number}"),
        *("Chemin critique, {days} jours", "Données signées, SHA-256"),
    ),
    "es": Heads(
        *("Objetivos", "Público", "Hitos", "Riesgos", "Presupuesto", "Fecha", "Hito"),
        *("Responsable", "Después de", "Partida", "Importe", "Total", "Versión {number}"),
        *("Camino crítico, {days} días", "Datos firmados, SHA-256"),
    ),
    "it": Heads(
        *("Obiettivi", "Pubblico", "Tappe", "Rischi", "Budget", "Data", "Tappa", "Responsabile"),
        *("Dopo", "Voce", "Importo", "Totale", "Versione {number}"),
        *("Percorso critico, {days} giorni", "Dati firmati, SHA-256"),
    ),
    "nl": Heads(
        *("Doelen", "Doelgroep", "Mijlpalen", "Risico's", "Budget", "Datum", "Mijlpaal"),
        *("Verantwoordelijk", "Na", "Post", "Bedrag", "Totaal", "Versie {number}"),
        *("Kritiek pad, {days} dagen", "Ondertekende gegevens, SHA-256"),
    ),
    "pt": Heads(
        *("Objetivos", "Público", "Marcos", "Riscos", "Orçamento", "Data", "Marco"),
        *("Responsável", "Depois de", "Rubrica", "Montante", "Total", "Versão {number}"),
        *("Caminho crítico, {days} dias", "Dados assinados, SHA-256"),
    ),
    "ar": Heads(
        *("الأهداف", "الجمهور", "المراحل", "المخاطر", "الميزانية", "التاريخ", "المرحلة"),
        *("المسؤول", "بعد", "البند", "المبلغ", "الإجمالي", "النسخة {number}"),
        *("المسار الحرج، {days} يوما", "البيانات الموقعة، SHA-256"),
    ),
    "he": Heads(
        *("מטרות", "קהל יעד", "אבני דרך", "סיכונים", "תקציב", "תאריך", "אבן דרך", "אחריות"),
        *("אחרי", "סעיף", "סכום", "סך הכול", "גרסה {number}"),
        *("הנתיב הקריטי, {days} ימים", "הנתונים שנחתמו, SHA-256"),
    ),
    "ja": Heads(
        *("目標", "対象", "マイルストーン", "リスク", "予算", "日付", "マイルストーン", "担当"),
        *("前提", "項目", "金額", "合計", "第{number}版"),
        *("クリティカルパス、{days}日", "署名されたデータ、SHA-256"),
    ),
}
"""By the language's ISO 639-1 code."""
NOT_KNOWN = "?"
DASH = " — "


def as_json(key: str, number: int, plan: Plan) -> str:
    """The plan for programs, in no language: the data that the other forms are made of."""
    held = {
        "key": key,
        "version": number,
        "title": plan.title,
        "goals": [{"text": one.text, "measure": one.measure} for one in plan.goals],
        "audience": list(plan.audience),
        "milestones": [_milestone(one) for one in plan.milestones],
        "critical_path": list(critical_path(plan.milestones)),
        "risks": [{"text": one.text, "mitigation": one.mitigation} for one in plan.risks],
        "budget": [{"item": item, **_money(money)} for item, money in plan.budget],
        "total": _money(plan.total) if plan.total else None,
    }
    return json.dumps(held, ensure_ascii=False, indent=1)


def digest_of(data: str) -> str:
    """What every form carries of the data that it was made of: `sha256sum` of the JSON file."""
    return hashlib.sha256(data.encode()).hexdigest()


def headed(language: str) -> Heads:
    """The words in that language (ISO 639-1), English where there are none."""
    return HEADS.get(language, HEADS["en"])


def blocks(number: int, plan: Plan, language: str, digest: str) -> tuple[Block, ...]:
    """The plan for people. Lists are lists, milestones and costs are tables."""
    heads = headed(language)
    return (
        Heading(plan.title, level=1),
        Line(heads.version.format(number=number)),
        *_listed(heads.goals, [_pair(one.text, one.measure) for one in plan.goals]),
        *_listed(heads.audience, plan.audience),
        *_milestones(heads, plan.milestones),
        *_listed(heads.risks, [_pair(one.text, one.mitigation) for one in plan.risks]),
        *_budget(heads, plan),
        Line(f"{heads.data}: {digest}"),
    )


def _listed(head: str, entries: Sequence[str]) -> Iterator[Block]:
    if entries:
        yield from (Heading(head), Listing(tuple(entries)))


def _milestones(heads: Heads, milestones: Sequence[Milestone]) -> Iterator[Block]:
    if not milestones:
        return
    yield Heading(heads.milestones)
    rows = tuple(
        (
            one.on.isoformat() if one.on else NOT_KNOWN,
            one.name,
            one.owner or NOT_KNOWN,
            ", ".join(one.after),
        )
        for one in milestones
    )
    yield Table((heads.date, heads.milestone, heads.owner, heads.after), rows)
    chain = critical_path(milestones)
    if chain:
        yield Steps(heads.path.format(days=span(milestones, chain)), chain)


def _budget(heads: Heads, plan: Plan) -> Iterator[Block]:
    costs = [(item, str(money)) for item, money in plan.budget]
    total = [(heads.total, str(plan.total))] if plan.total else []
    if costs or total:
        yield from (Heading(heads.budget), Table((heads.item, heads.amount), (*costs, *total)))


def _pair(text: str, more: str) -> str:
    return f"{text}{DASH}{more}" if more else text


def _milestone(one: Milestone) -> Mapping[str, object]:
    on = one.on.isoformat() if one.on else None
    return {"name": one.name, "on": on, "owner": one.owner, "after": list(one.after)}


def _money(money: Money) -> Mapping[str, str]:
    return {"amount": f"{money.amount:.{exponent(money.currency)}f}", "currency": money.currency}
