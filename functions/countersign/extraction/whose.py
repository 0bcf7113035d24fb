"""Whose something is that a text names: its writer's own, or somebody's of whom it speaks.

A supplier, a rival, a customer of theirs and the program that sent the mail stand in a text as the
writer does; what stands right before the name tells them apart.
"""
# ruff: noqa: E501 - patterns in many languages

from __future__ import annotations

import re
from functools import lru_cache

from countersign.extraction.patterns.language import COMMON
from countersign.extraction.readers.words import sentences

_SIDE = (
    r"(?:supplier|vendor|accountant|lawyer|consultant|steuerberater\w*|comptable|contable|commercialista|boekhouder|contabilista|provider|competitor|rival|manufacturer|reseller|contractor|agency|bank|landlord|carrier|wholesaler|customer|client|"
    r"lieferant\w*|anbieter\w*|hersteller\w*|wettbewerber\w*|mitbewerber\w*|konkurrent\w*|konkurrenz|dienstleister\w*|händler\w*|hausbank|spedition|kunde\w*|kundin|"
    r"fournisseur|prestataire|concurrent|fabricant|revendeur|transporteur|banque|client|"
    r"proveedora?|competidora?|competencia|fabricante|distribuidora?|banco|cliente|"
    r"fornitor[ei]|concorrente|produttore|rivenditore|banca|"
    r"leverancier|concurrent|fabrikant|vervoerder|klant|"
    r"fornecedora?|concorrente|distribuidora?)(?:s|e|en|ern|i)?"
)
_OF = (
    r"(?:our|my|the|a|another|one of|current|previous|former|old|existing|present|usual|other|unser\w*|mein\w*|d(?:er|ie|em|en)|ein\w*|bisherig\w*|aktuell\w*|derzeitig\w*|jetzig\w*|alt\w*|ander\w*|"
    r"notre|nos|mon|l[ea]s?|un|autre|nuestr[oa]s?|mi|el|otr[oa]|nostr[oiae]|il|mio|altr[oa]|onze?|ons|mijn|de|een|nosso|nossa|o|meu|outr[oa])"
)
_YOURS = (
    r"(?:your|ihr\w*|euer|eure\w*|votre|vos|su|vuestr[oa]|vostr[oa]|suo|uw|jullie|seus?|vossos?)"
)
_RIVAL = r"(?:competitor|rival|wettbewerber\w*|mitbewerber\w*|konkurren\w*|concurrent|competidor\w*|competencia|concorrente)s?"
_TAKES = (
    r"(?:use|uses|using|used|bought|buy|buying|ordered|order|purchased?|rent|lease|got|nutz\w*|verwend\w*|benutz\w*|kauf\w*|bezieh\w*|bezogen|bestell\w*|"
    r"utilis\w+|achet\w+|command\w+|usamos|uso|utilizamos|compr\w+|pedimos|usiamo|utilizziamo|compriamo|acquist\w+|gebruik\w*|kop\w*|bestel\w*|encomend\w+)"
)
_FROM = r"(?:from|by|of|with|at|von|bei|vom|mit|de|du|chez|par|a|en|da|di|del|dalla|presso|van|bij|door|do|na|no)"
_OFFER = r"(?:offer|quote|quotation|proposal|bid|price|contract|angebot\w*|preis\w*|vertrag\w*|offerte\w*|offre|devis|contrat|oferta|presupuesto|contrato|preventivo|offerta|contratto|proposta|orçamento)s?"
_LEAVES = r"(?:switch\w*|mov(?:e|ing)|migrat\w*|chang\w*|away|wechseln|weg|umsteigen|umstieg|passer|quitter|migrer|changer|cambi\w+|migr\w+|passar\w*|overstapp\w*|mudar)"
_THAN = (
    r"(?:compar(?:ed|e|ing) (?:you |it |them |yours )?(?:to|with)|instead of|rather than|unlike|replac\w+|cheaper than|better than|alternative to|compatible with|statt|anstelle von|im vergleich (?:zu|mit)|ersatz für|günstiger als|"
    r"au lieu d[eu]|plutôt que|comparé à|en lugar de|comparado con|al posto di|rispetto a|in plaats van|vergeleken met|em vez d[eao]|comparado com)"
)
_WITH = (
    r"(?:work(?:ing)? with|disappointed (?:by|with|in)|unhappy with|referred by|recommended by|found (?:you|this|it|your \w+) (?:on|through|via|by|at)|(?:scanned|checked|protected|delivered|hosted|made|powered) by|(?:deliver|ship)\w* (?:with|by|via)|(?:through|via|über|durch|par|tramite|por)|beat|match|contract with|customers? of|arbeit\w+ (?:\w+ )?mit|enttäuscht von|unzufrieden mit|"
    r"empfohlen von|vertrag mit|kunde bei|travaill\w+ avec|déçue?s? (?:de|par)|recommandée?s? par|contrat avec|trabaj\w+ con|descontent\w+ con|recomendad\w+ por|lavor\w+ con|delus\w+ da|"
    r"consigliat\w+ da|werk\w+ met|teleurgesteld in|aanbevolen door|trabalh\w+ com|desiludid\w+ com|recomendad\w+ (?:por|pela))"
)
_AFTER = re.compile(
    rf"[”\"'»]?(?:,\s{_OF}\s(?:\w+\s)?{_SIDE}(?!\w)|\s(?:(?:has|have|had|hat|haben|nous|nos|ci|heeft|uns|us)\s){{0,2}}"
    r"(?:offer\w*|quot(?:ed|es)|charg\w+|sells?|sold|gave us|sent us|wants|uns|propos\w+|ofrec\w+|offr\w+|aangeboden|verkauf\w*|verlang\w*|liefert|vraagt|pide|chiede|pede|demande)(?!\w))",
    re.IGNORECASE,
)
_KNOWN = r"(?:friends?|colleagues?|contacts?|freund\w*|bekannte\w*|kolleg\w+|amie?s?|collègues?|amig\w+|coleg\w+|amic\w+|vriend\w*|collega\w*)"
_QUITS = r"(?:leav\w+|left|quit\w*|dejamos|dejando|lasciamo|lasciando|verlassen|verlaten|deixamos)"
_GAP = r"[^.;:!?()\n]{0,30}?"


@lru_cache(maxsize=1)
def _before() -> re.Pattern[str]:
    return re.compile(
        rf"(?:(?<!\w){_OF}\s(?:\w+\s)?{_SIDE}(?:\s\w+)?[,:]?\s(?:is\s|ist\s|est\s|es\s|è\s|called\s|namens\s)?|(?<!\w){_YOURS}\s{_RIVAL}(?:\s(?:like|wie|comme|como|come|zoals))?[,:]?\s|"
        rf"(?<!\w){_TAKES}\b{_GAP}\s{_FROM}\s|(?<!\w)(?:use|using|used|nutzen|verwenden|utilisons|usamos|utilizamos|usiamo|utilizziamo|gebruiken)\s(?:\w+\s)?|"
        rf"(?<!\w)(?:{_OFFER}|{_KNOWN})\s{_FROM}\s|(?<!\w){_QUITS}\s|(?<!\w){_LEAVES}\b(?:\s\w+)?\s{_FROM}\s|(?<!\w){_THAN}\s|(?<!\w){_WITH}\s)(?:the\s|der\s|die\s|dem\s|la\s|le\s|el\s|il\s)?(?:company\s|firma\s|société\s|empresa\s|ditta\s|società\s|firm\s)?[“\"'«]?$",
        re.IGNORECASE,
    )


_DEVICE = re.compile(
    r"^\W*(?:sent (?:from|via|with|by)|get \w+ for|gesendet (?:von|mit|über)|von meinem \w+ gesendet|envoyé (?:de|depuis|avec)|enviado (?:desde|con|do|de|pelo)|inviato (?:da|con)|"
    r"verzonden (?:vanaf|met|door)|powered by|created with|unsubscribe|scanned by|virus-free)\b",
    re.IGNORECASE,
)
"""A line of the program that sent the mail, and no word of its writer's."""
_SHOUTED = re.compile(r"[A-ZÀ-ÖØ-Þ]+(?:[ \t]+[A-ZÀ-ÖØ-Þ]+)+")
_SMALL = re.compile(r"[a-zß-öø-ÿ]")


def is_others(name: str, text: str) -> bool:
    """Whether `text` names it, and nowhere as its writer's: each time behind words for somebody
    else, in a line of a program's, or in words that are only shouted."""
    written = _written(text)
    told = [one for one in sentences(written) if name in one]
    parted = name in written and not told  # by the point of an abbreviation in it
    return name in text and not parted and all(_is_spoken_of(name, one) for one in told)


def _written(text: str) -> str:
    """`text` without lines of programs."""
    return "\n".join(line for line in text.split("\n") if not _DEVICE.search(line))


def _is_spoken_of(name: str, sentence: str) -> bool:
    """A noun for somebody else may be taken as the first word of their name."""
    first = len(name.split(maxsplit=1)[0]) + 1
    return all(
        _before().search(sentence[: found.start()])
        or _before().search(sentence[: found.start() + first])
        or _AFTER.match(sentence, found.end())
        or _is_shouted(found, sentence)
        for found in re.finditer(re.escape(name), sentence)
    )


def _is_shouted(found: re.Match[str], sentence: str) -> bool:
    """“FREE OF CHARGE” among small letters: a piece of a run of capitals, or one with a small word
    in it."""
    runs = (one for one in _SHOUTED.finditer(sentence) if one.start() <= found.start() < one.end())
    words = {word.lower() for word in found[0].split()}
    return bool(_SMALL.search(sentence)) and any(
        one[0] != found[0] or words & COMMON for one in runs
    )
