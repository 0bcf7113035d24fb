"""What a message says of a call: when its sender wants one, and with whom.

Both are told in the sender's own words to the person who calls; nothing is computed from them.
"""
# ruff: noqa: E501, RUF001 - patterns in many languages and scripts

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from countersign.extraction import names
from countersign.extraction.readers.words import sentences
from workflows.lead_intake.keywords import CALL

_NEAR = 80
"""Signs within which a time belongs to a wish."""
_MOST = 20
"""Wishes that are looked at."""
_REACHED = re.compile(
    r"(?:best|good|convenient) (?:time|day|hour)s?|reach(?:ed|able)? (?:me|us)\b|be reached|reachable|i(?:'m| am) (?:available|free|at my desk)|"
    r"erreich(?:en|bar|e)\b|zu sprechen|joignable|me joindre|nous joindre|(?:je suis|nous sommes) disponibles?|localiza\w+|estoy disponible|"
    r"raggiungibil\w+|reperibil\w+|sono disponibile|bereikbaar|te bereiken|ik ben beschikbaar|contact[áa]vel|estou disponível|(?<!\w)(?:an(?:zu)?rufe?n?|anruf|telefonieren|téléphoner|appeler|llamar|chiamare|telefonare|bellen|ligar|telefonar)(?!\w)|電話(?:番号)?は|ご都合|都合の(?:良|よ)い",
    re.IGNORECASE,
)
"""When somebody can be called, without a word for calling."""
_UNWANTED = re.compile(
    r"(?<!\w)(?:not|don['’]?t|never|nicht|kein\w*|geen|aucun\w*|nessun\w*|ningún|nenhum\w*|ne|pas|no|non|niet|não|nie|inte|не)(?:\s\w+)?\s$",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?<!\w)(?:\+|\()?\d[\d ()/.-]{7,22}\d")
"""Digits of a phone are no time of the day."""
_ZONE = r"(?: ?\(?(?:CES?T|GMT|BST|[ECMP][SD]T|UTC|MES?Z|JST|IST)(?:[+-]\d{1,2})?\)?)?"
_UNIT = r"(?:am|pm|a\.m\.?|p\.m\.?|uhr|hrs|h(?:eures?|oras?)?|u|o'clock|uur|ore)(?!\w)"
_CLOCK = rf"(?:\d{{1,2}}(?:[:.]\d\d|\s?h\s?\d\d)(?:\s?{_UNIT})?|\d{{1,2}}\s?{_UNIT}){_ZONE}"
_BEFORE = (
    r"(?:not before|at|after|before|from|until|till|by|around|between|on|in|during|next|this|um|von|nicht vor|ab|nach|vor|bis|gegen|zwischen|am|im|nächste[nr]?|kommende[nr]?|"
    r"à partir de|à|après|avant|dès|vers|entre|le|les|dans|de|a partir de(?: las?)?|después de las?|antes de las?|sobre las?|a las?|entre las?|desde las?|por|"
    r"alle|dopo le|prima delle|tra le|fra le|dalle|verso le|di|nel|om|na|voor|vanaf|tussen|rond|op|in de|às|depois das|antes das|a partir das|entre as|das|n?[oa]s?|de|pela)"
)
_BARE = rf"(?<!\w){_BEFORE}\s\d{{1,2}}(?=\s?[-–]\s?\d{{1,2}}|\s(?:and|or|to|und|oder|bis|et|ou|à|y|o|a|al|alle|às|e|en|tot|até)\s\d|[,;.!?)]|\s*$)"
_DAY = (
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?(?: (?:morning|afternoon|evening)s?)?|(?:mon|tue|wed|thu|fri)(?:\s?[-–]\s?(?:thu|fri|sat))?\b|today|tonight|tomorrow(?: (?:morning|afternoon|evening))?|"
    r"weekdays?|(?:business|office|working|lunch) hours|after work|after hours|end of (?:the )?day|lunch ?time|(?<!good )(?:mornings?|afternoons?|evenings?)|noon|midday|any ?time|(?:next|this) week|"
    r"(?:mon|diens|donners|frei|sams|sonn)tag(?:s|(?:vor|nach)mittags?|abends?)?|mittwoch(?:s|(?:vor|nach)mittags?|abends?)?|heute(?: (?:vormittag|nachmittag|mittag|abend))?|"
    r"(?<!guten )(?:über)?morgen(?: (?:vormittag|nachmittag|früh|mittag|abend))?|(?:vor|nach)?mittags?|abends|werktags|jederzeit|(?:nächste|kommende|diese) woche|bürozeiten|feierabend|"
    r"(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)s?(?: (?:matin|après-midi|soir))?|(?:après-)?demain(?: (?:matin|après-midi|soir))?|aujourd'hui|(?:le |en |cet |ce |cette )?(?:matin(?:ée)?|après-midi|soirée?)|midi|fin de (?:journée|matinée|semaine)|en semaine|semaine prochaine|"
    r"lunes|martes|miércoles|jueves|viernes|sábados?|hoy|(?:pasado )?mañana(?: por la (?:mañana|tarde))?|(?:por |de )la (?:mañana|tarde|noche)|mediodía|próxima semana|horario de oficina|"
    r"(?:lune|marte|mercole|giove|vener)dì(?: (?:mattina|pomeriggio|sera))?|sabato|oggi|(?:dopo)?domani(?: (?:mattina|pomeriggio|sera))?|(?:la |di )?mattina|mattino|(?:il |nel )?pomeriggio|mezzogiorno|settimana prossima|orario d'ufficio|"
    r"(?:maan|dins|woens|donder|vrij|zater|zon)dag(?:ochtend|middag|avond)?|vandaag|van(?:ochtend|middag|avond)|overmorgen|(?<!guten )(?<!goede )morgen(?:ochtend|middag|avond)?|ochtend|'s (?:ochtends|middags|avonds)|volgende week|kantooruren|"
    r"(?:segunda|terça|quarta|quinta|sexta)(?:-feira)?|hoje|(?:depois de )?amanhã|(?:de|à|pela) (?:manhã|tarde|noite)|próxima semana|horário comercial|"
    r"(?:poniedzia|wtor|śro|czwart|piąt|sobot|niedziel)\w+|jutro|dzisiaj|dziś|po południu|rano|"
    r"(?:pondělí|úterý|středu|čtvrtek|pátek|zítra|dnes|odpoledne|ráno)|(?:mån|tis|ons|tors|fre|lör|sön)dag(?:ar)?|i ?morgon|i ?dag|eftermiddag|förmiddag|"
    r"(?:pazartesi|salı|çarşamba|perşembe|cuma|cumartesi|yarın|bugün|öğleden sonra)(?: günü)?|(?:понедельник|вторник|сред[уы]|четверг|пятницу|завтра|сегодня|после обеда)"
)
_MONTH = (
    r"(?:jan(?:uary|uar|vier)?|feb(?:ruary|ruar)?|février|mar(?:ch|s|zo|ço)|märz|apr(?:il|ile)?|avril|abril|mai?|may|mayo|maggio|maio|june?|juni|juin|junio|giugno|junho|"
    r"july?|juli|juillet|julio|luglio|julho|aug(?:ust|ustus)?|août|agosto|sep(?:t|tember|tembre|tiembre)?|settembre|setembro|o[ck]t(?:ober|obre|ubre)?|ottobre|outubro|"
    r"nov(?:ember|embre|iembre)?|novembro|de[cz](?:ember|embre)?|décembre|dicembre|dezembro|diciembre|enero|gennaio|janeiro|febrero|febbraio|fevereiro)"
)
_DATE = rf"(?:\d{{1,2}}(?:st|nd|rd|th|\.|º)? (?:de |of )?{_MONTH}|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?|\d{{1,2}}[./]\d{{1,2}}\.?(?:20\d\d)?|20\d\d-\d\d-\d\d)"
_DENSE = r"(?:[月火水木金土日]曜日?|明後日|明日|今日|来週|今週|平日|午前中?|午後|夕方|昼休み|\d{1,2}時(?:半|\d{1,2}分)?(?:以降|以後|まで|頃|ごろ|から|前)?|の|[~〜～-])+"
_PIECE = rf"(?:(?<!\w){_BEFORE}\s(?:(?:the|den|dem|der|la|le|el|il|de|o|a)\s)?)?(?<!\w)(?:{_CLOCK}|{_DATE}|{_DAY})(?!\w)"
_BETWEEN = re.compile(
    r"[\s,]*(?:[-–]|(?:and|or|to|und|oder|bis|et|ou|à|y|o|e|en|of|tot|até|a|al|alle|ideally|preferably|am besten|bitte|de préférence)\s)?\s*",
    re.IGNORECASE,
)
_END = rf"(?:[-–]|(?<=\s))\d{{1,2}}{_ZONE}(?![\d.,:]*\d)(?!\s?[^\W\d_]{{3}})"
"""The bare hour that ends a span: the 5 of “9 to 5”."""
_TITLE = r"(?:(?i:mr|Mrs|Ms|Miss|Dr|Prof|Herrn?|Frau|M|Mme|Mlle|Monsieur|Madame|Sr|Sra|Señora?|Sig|Sig\.ra|Signora?|Dott|dhr|mevr|[Mm]eneer|[Mm]evrouw|Senhora?|Mag|(?:il |la )?signora?|(?:el |la )?señora?|[ao] senhora?|madame|monsieur)\.?\s)"
_COLLEAGUE = r"(?:(?i:my|our|meinen?r?|unsere[nr]?|mon|ma|notre|mi|nuestr[ao]|il mio|la mia|mijn|onze|[oa] meu|[oa] minha|[oa] noss[oa])\s(?:[\w-]+\s)?[\w-]+[,:]?\s)"
_CAPITAL = r"[A-ZÀ-ÖØ-ÞĀ-ŽА-Я][\w'’-]+"
_PERSON = rf"(?:{_COLLEAGUE})?{_TITLE}{{0,2}}{_CAPITAL}(?:\s(?:(?:van|von|de|da|di|del|la|der|den)\s)*{_CAPITAL}){{0,2}}"
_ASK = (
    r"(?i:(?:ask|asking) for|(?:call|phone|ring)(?: up)?|speak (?:to|with)|talk (?:to|with)|verlangen sie|fragen sie nach|nach|sprechen sie(?: bitte)? mit|rufen sie(?: bitte)?|"
    r"bitte|ansprechpartner(?:in)?(?: ist|:)?|demande[zr](?: à parler à)?|appele[zr]|joindre|pregunt\w+ por|llam\w+ al?|habl\w+ con|chied\w+ (?:di|del|della)|chiam\w+|parl\w+ con|"
    r"vraagt? (?:u )?naar|belt?(?: u)?(?: met)?|pergunt\w+ (?:por|pel[ao])|lig\w+ (?:para|ao|à)|fal\w+ com)"
)
_NEEDS_A_VERB = re.compile(r"(?i:bitte|rufen sie(?: bitte)?|nach)\s")
"""German calls somebody around their name: “rufen Sie Frau Novak an”."""
_DENSE_PERSON = r"([\u3040-\u30ff\u4e00-\u9fff]{1,6}?(?:さん|様|部長|課長|氏))(?:まで|へ|に|宛に?)(?:お)?電話|([\u4e00-\u9fff]{1,4}(?:さん|様)?)をお呼び"


def when(text: str) -> str:
    """The words for the time at which whoever wrote `text` wants to be called; empty for none."""
    return next(filter(None, (_time(*wish) for wish in islice(_wishes(text), _MOST))), "")


def whom(text: str) -> str:
    """The words for somebody else who is to be called or asked for; empty for nobody."""
    found = next(filter(_is_person, _persons().finditer(text)), None)
    if found:
        return _named(found)
    dense = re.search(_DENSE_PERSON, text)
    return (dense[1] or dense[2]) if dense else ""


def wishes(text: str) -> bool:
    """Whether `text` asks for a call: to whoever wrote it, or to somebody whom it names."""
    return bool(_asked(text) or whom(text))


def _asked(text: str) -> bool:
    """Whether a word for calling stands in it that nothing before it turns round."""
    return any(not _UNWANTED.search(text[: one.start()]) for one in CALL.finditer(text))


def _is_person(found: re.Match[str]) -> bool:
    if _NEEDS_A_VERB.match(found[0]) and not found["after"]:
        return False
    named = names.person(_named(found).rpartition(":")[2])
    return bool(named) and not re.fullmatch(_DAY, _named(found), re.IGNORECASE)


def _named(found: re.Match[str]) -> str:
    return found["who"] or found["given"]


def _wishes(text: str) -> Iterator[tuple[str, int, int]]:
    """Each sentence with the place of a word for calling in it."""
    for sentence in sentences(text):
        for pattern in (CALL, _REACHED, _persons()):
            for found in pattern.finditer(sentence):
                named = found.end("who") if found.groupdict().get("who") else found.end()
                yield sentence, found.start(), named


def _time(sentence: str, start: int, end: int) -> str:
    """The time that follows the wish at `start` to `end`, else one in it or right before it."""
    plain = _NUMBER.sub(lambda digits: "#" * len(digits[0]), sentence)
    after = next(_spans(plain, end, end + _NEAR), None)
    within = after or next(_spans(plain, start, end), None)
    said = within or max(_spans(plain, max(0, start - _NEAR), start), default=None)
    return sentence[slice(*said)].strip(" ,の") if said else ""


def _spans(plain: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where times stand, those as one that nothing but a small word divides."""
    first = last = start
    for piece in _times().finditer(plain, start, end):
        goes_on = last > first and _BETWEEN.fullmatch(plain, last, piece.start())
        if last > first and not goes_on:
            yield first, last
            first = last
        if goes_on or not piece[0].strip("-–").isdigit():
            first, last = (first if goes_on else piece.start()), piece.end()
    if last > first:
        yield first, last


# Compiled when a text first needs them: together they take 60 ms.
@lru_cache(maxsize=1)
def _times() -> re.Pattern[str]:
    return re.compile(rf"{_PIECE}|{_BARE}|{_END}|(?=[^の~〜～-]){_DENSE}", re.IGNORECASE)


@lru_cache(maxsize=1)
def _persons() -> re.Pattern[str]:
    who = rf"(?:(?:la|il|el|le|the|die|den)\s)?(?P<who>{_PERSON})"
    given = rf"\b(?i:give)\s(?:(?:the|our|my)\s)?(?:[a-z-]+\s){{0,3}}(?P<given>{_PERSON})\s(?i:an?\s(?:quick\s|short\s)?(?:call|ring|shout|buzz))"
    return re.compile(
        rf"{given}|\b{_ASK}\s{who}(?P<after>(?:\s[^\n.!?]{{0,60}}?)?\s(?i:an|zurück|anrufen|zurückrufen)\b)?"
    )
