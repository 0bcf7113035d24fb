"""What a brief leaves open, as sentences: for who signs, and as questions to whoever wrote it."""
# ruff: noqa: RUF001 - texts in many languages and scripts

from __future__ import annotations

from collections.abc import Mapping, Sequence

from countersign.actions.plans.plan import Flaw, FlawKind
from countersign.extraction.inquiries import spoken

TOLD: Mapping[FlawKind, str] = {
    "no_goals": "there is no goal",
    "no_milestones": "there is no milestone",
    "undated": "“{about}” has no date",
    "unowned": "“{about}” has no owner",
    "stranger": "“{about}” is {beside}'s, whom the directory does not know",
    "repeated": "two milestones are called “{about}”",
    "unknown_step": "“{about}” comes after “{beside}”, which is no milestone",
    "circle": "these wait for each other: {about}",
    "early": "“{about}” is dated before “{beside}”, which must come first",
    "idle_day": "nobody works on {beside}, the day of “{about}”",
    "past": "{beside}, the day of “{about}”, is over",
    "currency": "the costs are in {about}{beside}",
    "sum": "the costs are {about}, and the total says {beside}",
}
"""For who signs; of a currency `beside` is the total's."""

ASKED: Mapping[str, Mapping[FlawKind, str]] = {
    "en": {
        "no_goals": "what the launch is to reach, and how that is measured",
        "no_milestones": "the milestones, each with its date and who owns it",
        "undated": "the date of “{about}”",
        "unowned": "who owns “{about}”",
        "stranger": "who of us owns “{about}”: we do not know {beside}",
        "repeated": "which is meant: two milestones are called “{about}”",
        "unknown_step": "what “{beside}” is, after which “{about}” comes",
        "circle": "which comes first: {about}",
        "early": "the dates of “{about}” and of “{beside}”, which must come first",
        "currency": "the currency of the budget",
        "sum": "the right budget: the costs are {about}, the total says {beside}",
    },
    "de": {
        "no_goals": "was der Start erreichen soll und woran man es misst",
        "no_milestones": "die Meilensteine, jeder mit Datum und wer dafür verantwortlich ist",
        "undated": "das Datum von „{about}“",
        "unowned": "wer für „{about}“ verantwortlich ist",
        "stranger": "wer von uns für „{about}“ verantwortlich ist: {beside} kennen wir nicht",
        "repeated": "welcher gemeint ist: zwei Meilensteine heißen „{about}“",
        "unknown_step": "was „{beside}“ ist, wonach „{about}“ kommt",
        "circle": "was zuerst kommt: {about}",
        "early": "die Daten von „{about}“ und von „{beside}“, das vorher kommen muss",
        "currency": "die Währung des Budgets",
        "sum": "das richtige Budget: die Posten ergeben {about}, die Summe nennt {beside}",
    },
    "fr": {
        "no_goals": "ce que le lancement doit atteindre, et comment le mesurer",
        "no_milestones": "les jalons, chacun avec sa date et son responsable",
        "undated": "la date de « {about} »",
        "unowned": "le responsable de « {about} »",
        "stranger": "qui de nous est responsable de « {about} » : nous ne connaissons pas {beside}",
        "repeated": "lequel est visé : deux jalons s'appellent « {about} »",
        "unknown_step": "ce qu'est « {beside} », après quoi vient « {about} »",
        "circle": "ce qui vient en premier : {about}",
        "early": "les dates de « {about} » et de « {beside} », qui doit venir avant",
        "currency": "la devise du budget",
        "sum": "le bon budget : les postes font {about}, le total indique {beside}",
    },
    "es": {
        "no_goals": "qué debe lograr el lanzamiento y cómo se mide",
        "no_milestones": "los hitos, cada uno con su fecha y su responsable",
        "undated": "la fecha de «{about}»",
        "unowned": "quién es responsable de «{about}»",
        "stranger": "quién de nosotros es responsable de «{about}»: no conocemos a {beside}",
        "repeated": "cuál es: dos hitos se llaman «{about}»",
        "unknown_step": "qué es «{beside}», después de lo cual viene «{about}»",
        "circle": "qué va primero: {about}",
        "early": "las fechas de «{about}» y de «{beside}», que debe ir antes",
        "currency": "la moneda del presupuesto",
        "sum": "el presupuesto correcto: las partidas suman {about}, el total dice {beside}",
    },
    "it": {
        "no_goals": "che cosa deve raggiungere il lancio e come si misura",
        "no_milestones": "le tappe, ciascuna con data e responsabile",
        "undated": "la data di «{about}»",
        "unowned": "chi è responsabile di «{about}»",
        "stranger": "chi di noi è responsabile di «{about}»: non conosciamo {beside}",
        "repeated": "quale si intende: due tappe si chiamano «{about}»",
        "unknown_step": "che cos'è «{beside}», dopo cui viene «{about}»",
        "circle": "che cosa viene prima: {about}",
        "early": "le date di «{about}» e di «{beside}», che deve venire prima",
        "currency": "la valuta del budget",
        "sum": "il budget giusto: le voci fanno {about}, il totale dice {beside}",
    },
    "nl": {
        "no_goals": "wat de lancering moet bereiken en hoe dat wordt gemeten",
        "no_milestones": "de mijlpalen, elk met datum en wie ervoor verantwoordelijk is",
        "undated": "de datum van ‘{about}’",
        "unowned": "wie verantwoordelijk is voor ‘{about}’",
        "stranger": "wie van ons verantwoordelijk is voor ‘{about}’: {beside} kennen wij niet",
        "repeated": "welke bedoeld is: twee mijlpalen heten ‘{about}’",
        "unknown_step": "wat ‘{beside}’ is, waarna ‘{about}’ komt",
        "circle": "wat eerst komt: {about}",
        "early": "de data van ‘{about}’ en van ‘{beside}’, dat eerst moet komen",
        "currency": "de valuta van het budget",
        "sum": "het juiste budget: de posten zijn {about}, het totaal zegt {beside}",
    },
    "pt": {
        "no_goals": "o que o lançamento deve alcançar e como se mede",
        "no_milestones": "os marcos, cada um com data e responsável",
        "undated": "a data de «{about}»",
        "unowned": "quem é responsável por «{about}»",
        "stranger": "quem de nós é responsável por «{about}»: não conhecemos {beside}",
        "repeated": "qual deles é: dois marcos chamam-se «{about}»",
        "unknown_step": "o que é «{beside}», depois do qual vem «{about}»",
        "circle": "o que vem primeiro: {about}",
        "early": "as datas de «{about}» e de «{beside}», que deve vir antes",
        "currency": "a moeda do orçamento",
        "sum": "o orçamento certo: as rubricas somam {about}, o total diz {beside}",
    },
    "ja": {
        "no_goals": "達成したい目標と、その測り方",
        "no_milestones": "マイルストーン（それぞれの日付と担当者）",
        "undated": "「{about}」の日付",
        "unowned": "「{about}」の担当者",
        "stranger": "「{about}」の社内の担当者（{beside}さんは登録がありません）",
        "repeated": "「{about}」という名前のマイルストーンが二つあります。どちらでしょうか",
        "unknown_step": "「{about}」の前に必要な「{beside}」とは何か",
        "circle": "どれが先か：{about}",
        "early": "「{about}」と、その前に必要な「{beside}」の日付",
        "currency": "予算の通貨",
        "sum": "正しい予算（項目の合計は{about}、総額は{beside}とあります）",
    },
}
"""The same as questions, by the language of the fixed texts."""


def told(flaws: Sequence[Flaw]) -> str:
    """All of them in one sentence, for who signs."""
    return "; ".join(_told(one) for one in flaws)


def asked(flaws: Sequence[Flaw], language: str) -> list[str]:
    """A line for each that can be asked about, in that language."""
    words = ASKED[spoken(language)]
    return [words[one.kind].format(about=one.about, beside=one.beside) for one in flaws]


def _told(one: Flaw) -> str:
    beside = one.beside
    if one.kind == "currency" and beside:
        beside = f", and the total is in {beside}"
    return TOLD[one.kind].format(about=one.about, beside=beside)
