"""Names and companies as their owners write them."""
# ruff: noqa: E501, RUF001 - patterns in many languages and scripts

from __future__ import annotations

import re
from collections.abc import Iterator

from countersign.extraction import names, whose
from workflows.lead_intake.places import country_code

Found = tuple[str, str]
"""A value, and the words of the source that say it."""

_CAP = r"[A-ZÀ-ÖØ-ÞĀ-ŽА-Я][\w'’.-]*"
_NAME = rf"{_CAP}(?:[ \t]+(?:(?:van|von|de|da|di|del|la|le|der|den|zu|bin|al|y)[ \t]+){{0,2}}{_CAP}){{0,3}}"
_INTRODUCED = re.compile(
    r"(?:\b(?i:my name is|i am called|mein name ist|ich heiße|ich heisse|je m['’]appelle|je suis|mon nom est|me llamo|"
    r"mi nombre es|soy|mi chiamo|sono|ik heet|mijn naam is|meu nome é|me chamo|chamo-me|jag heter|jeg hedder|"
    r"nazywam się|меня зовут|benim adım)[ \t]+"
    rf"|\b(?i:i['’]m|i am|this is|hier ist|hier schreibt|ich bin)[ \t]+(?={_CAP}[ \t]+{_CAP}))({_NAME})"
)  # fmt: skip
_JAPANESE = re.compile(
    r"([\u4e00-\u9fff\u30a0-\u30ff]{1,8})(?:と申します|でございます)|我(?:是|叫)([\u4e00-\u9fff]{2,4})"
)
_LINE = re.compile(
    rf"[ \t]*({_CAP}(?:[ \t]+(?:(?:van|von|de|da|di|del|la|der)[ \t]+)?{_CAP}){{1,3}})[ \t]*,?[ \t]*"
)
_LEGAL = (
    r"GmbH(?: & Co\. ?KG)?|AG|KG|UG|OHG|e\.K\.|SE|Ltd\.?|Limited|Inc\.?|LLC|LLP|Corp\.?|Corporation|PLC|plc|"
    r"S\.A\.S\.|SAS|S\.A\.R\.L\.|SARL|S\.A\.U?\.?|SA|S\.L\.U?\.?|SL|S\.r\.l\.|SRL|Srl|S\.p\.A\.|SpA|B\.V\.|BV|N\.V\.|NV|"
    r"AB|A/S|ApS|AS|ASA|Oyj?|K\.K\.|KK|Pty\.? Ltd\.?|Pte\.? Ltd\.?|Pvt\.? Ltd\.?|Lda\.?|Ltda\.?|Sp\. z o\.o\.|"
    r"e\.U\.|GesbR|GbR|eG|s\.r\.o\.|a\.s\.|d\.o\.o\.|Kft\.?|A\.Ş\.|ООО"
)
_WITH_FORM = re.compile(
    rf"(?<!\w)((?:{_CAP}|\d{{1,6}})(?:[ \t]+(?:&|und|and|et|y|e|\+|of|de|du|des|della|{_CAP})){{0,5}},?[ \t]+(?:{_LEGAL}))(?![\w])"
)
_JAPANESE_FORM = re.compile(
    r"((?:株式会社|有限会社|合同会社)(?:(?!の|は|です|と申|が|に)[\w\u30fc]){1,20}|[\w\u30fc]{1,20}?(?:株式会社|有限公司|公司))"
)
_AT = re.compile(
    r"\b(?i:at|bei(?: der| dem)?|chez|de la société|de l['’]entreprise|de la empresa|"
    rf"presso|bij|da empresa|company is|company called|our company,?|firma|société|empresa|unternehmen)[ \t]+({_CAP}(?:[ \t]+(?:&[ \t]+)?{_CAP}){{0,3}})"
)  # fmt: skip
_WORK = re.compile(
    rf"\b(?i:i work (?:for|at)|we at|here at|wir (?:von|bei)|ich arbeite (?:bei|für)|je travaille (?:chez|pour)|trabajo en|lavoro per|"
    rf"i run|we are|wir sind|nous sommes|somos|siamo)[ \t]+(?:(?i:the|der|die|das|la|el|il)[ \t]+)?({_CAP}(?:[ \t]+(?:&[ \t]+)?{_CAP}){{0,3}})"
)  # fmt: skip


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_NOT_NAMES = _set(
    "the team info sales office support contact hello admin noreply marketing service kontakt we our your us i "
    "monday tuesday wednesday thursday friday saturday sunday montag dienstag mittwoch donnerstag freitag january "
    "february march april may june july august september october november december januar februar märz mai juni "
    "juli oktober dezember interested looking writing hi hello dear best regards thanks thank you kind sincerely "
    "monsieur madame sir ceo cto cfo head director manager google linkedin"
)


def _field(names: str) -> re.Pattern[str]:
    """A line of a form that came as a mail: `Firma: Harrow`."""
    return re.compile(
        rf"^[^\w\n]*(?:{names})\s*\*?\s*[:\uff1a][ \t]*(\S.{{0,80}})$", re.IGNORECASE | re.MULTILINE
    )


_NAME_FIELD = _field(
    r"(?:your |full )?name|(?:ihr |vor- und nach|vor-/nach|voller )?name|nom(?: et prénom| complet)?|prénom et nom|nombre(?: y apellidos?| completo)?|"
    r"nome(?: e cognome| completo)?|naam|お?名前|氏名|ご?担当者名?"
)
_COMPANY_FIELD = _field(
    r"(?:your )?(?:company|organi[sz]ation|business)(?: name)?|(?:ihre )?firma|firmenname|unternehmen|organisation|société|entreprise|empresa|azienda|"
    r"ragione sociale|ditta|bedrijf(?:snaam)?|organisatie|御?社名|会社名"
)


def name(text: str, below: str, header: str) -> Found | None:
    """The writer's name: as a form's line has it or as introduced, else as the From header has it,
    in the order in which it is signed, else as signed."""
    stated = _NAME_FIELD.search(text)
    if stated and names.person(stated[1]):
        return names.person(stated[1]), stated[0].strip()
    introduced = _INTRODUCED.search(text)
    if introduced and _is_name(introduced[1]):
        return introduced[1].rstrip(".,"), introduced[0]
    japanese = _JAPANESE.search(text)
    if japanese:
        return japanese[1] or japanese[2], japanese[0]
    plain, signed = _from_header(header), _signed(below)
    is_turned = signed and sorted(plain.lower().split()) == sorted(signed[0].lower().split())
    return signed if is_turned or not plain else (plain, header)


def company(text: str, below: str) -> Found | None:
    """The writer's company: as a form's line has it, by its legal form, else as named with "at" or
    "bei"."""
    stated = _COMPANY_FIELD.search(text)
    if stated:
        return stated[1].strip(), stated[0].strip()
    for formed in _formed(text, below):
        return formed, formed
    for pattern in (_WORK, _AT):
        for found in pattern.finditer(text):
            name = _SENTENCE_END.split(found[1])[0].rstrip(".,'’")
            if _is_company(name) and not whose.is_others(name, f"{text}\n\n{below}"):
                return name, found[0]
    return None


_SENTENCE_END = re.compile(r"(?<=[^\W\d_]{3})\.\s")
_WE_ARE = re.compile(
    r"^(?:somos|soy|siamo|sono|sou|estamos)\s+(?:la |el |il |a |o )?", re.IGNORECASE
)
"""What begins a sentence in capitals before the name, and is none of it."""


def _formed(text: str, below: str) -> Iterator[str]:
    """Names with a legal form, the signature's first; not those of whom the text only speaks."""
    for place in (below, text):
        for formed in (*_WITH_FORM.finditer(place), *_JAPANESE_FORM.finditer(place)):
            name = _WE_ARE.sub("", formed[1].strip())
            if not whose.is_others(name, f"{text}\n\n{below}"):
                yield name


def _from_header(header: str) -> str:
    found = names.person(header)
    return found if found and _is_name(found) else ""


def _signed(below: str) -> Found | None:
    for line in below.splitlines()[:4]:
        signed = _LINE.fullmatch(line)
        if signed and _is_name(signed[1]):
            return names.person(signed[1]) or signed[1], line.strip()
    return None


def _is_name(text: str) -> bool:
    words = [word.strip(".,").lower() for word in text.split()]
    return bool(words) and not any(word in _NOT_NAMES for word in words) and not country_code(text)


def _is_company(text: str) -> bool:
    first = text.split(maxsplit=1)[0].strip(".,").lower()
    return first not in _NOT_NAMES and not country_code(text) and len(text) > 2  # noqa: PLR2004 - "We"
