"""Signs of the sender's country, each with its weight and its words.

No sign decides alone but a statement; what points elsewhere than what is stated makes a person look.
"""
# ruff: noqa: E501, RUF001 - patterns in many languages

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from countersign.extraction.patterns import sentences as leave
from countersign.extraction.readers.words import sentences
from workflows.lead_intake.contract import LeadInput
from workflows.lead_intake.places import codes, country_code, mentioned

STATED, HINT, NAMED = 3, 2, 1
"""Stated as the sender's own; hinted at by a phone, a domain or a place that is dealt with; only
named, as in a footer."""
_MANY = 3
"""So many countries in a sentence are a list, and nobody's address."""
_SHORT = 6
"""Words of a signature's line that is an address and no sentence."""
_OWN = re.compile(
    r"(?:\b(?:we(?:'re| are| sit| live| work)|i(?:'m| am| live| work)|our (?:\w+ )?(?:office|company|warehouse|team|firm|headquarters|business|plant|factory|shop)"
    r"(?: is| are| stands?)?|company|based|located|headquartered|greetings|wir (?:sind|sitzen|arbeiten|kommen)|ich (?:bin|lebe|arbeite|komme)|unser\w* (?:\w+ )?\w+ "
    r"(?:ist|sind|steht|liegt|sitzt)|sitz|firma|standort|grüße|nous sommes|je (?:suis|vis)|notre (?:\w+ )?\w+ est|basés?|situés?|implantés?|société|estamos|somos|"
    r"vivo|nuestr[ao] \w+ (?:está|es)|empresa|sede|siamo|sono|la nostra \w+ (?:è|si trova)|il nostro \w+ (?:è|si trova)|azienda|wij zijn|we zijn|ik ben|on[sz]e? "
    r"\w+ (?:staat|is|ligt)|gevestigd|bedrijf|sou|[oa] noss[oa] \w+ (?:fica|é|está))|当社|弊社|私)(?:\W+[\w.'-]+){0,4}\W*$",
    re.IGNORECASE,
)
"""Words of where the sender is, right before the place."""
_OTHERS = re.compile(
    r"(?:customer|client|colleague|branch|partner|kund|kolleg|filial|niederlassung|collègue|succursale|cliente|colega|sucursal|compañer|collega|filiale|"
    r"klant|filiaal|sócio|顧客|支店|取引)",
    re.IGNORECASE,
)
_PLACED = re.compile(
    r"(?:\b(?:in|from|of|near|at|to|aus|nach|en|de|depuis|du|au|aux|à|desde|a|dal|dalla|dall'|di|uit|naar|em|do|da|no|na|para|i|till|från)\W+"
    r"(?:the |der |den |le |la |les |los |el |het |o |il )?(?:[\w.'-]+,? ){0,3}|:\s|"
    r"(?:liefer(?:ort|adresse)|zielort|standort|livraison|destino|entrega|destinazione|consegna|bestemming|leveradres|dostawa|teslimat)\W{1,3})$",
    re.IGNORECASE,
)
_MADE = re.compile(
    r"(?:made|manufactur\w*|produced|imported|sourced|competitor\w*|supplier\w*|hergestellt|produziert|importiert|wettbewerb\w*|fabriqué\w*|produit\w*|"
    r"concurren\w*|fabricad\w*|importad\w*|competidor\w*|prodott\w*|concorrent\w*|gemaakt|geproduceerd|concurrent\w*)",
    re.IGNORECASE,
)
_FAIR = (
    r"(?:fair|show|expo\w*|exhibition|conference|congress|convention|summit|\w*messe|ausstellung|konferenz|kongress|salon|foire|congrès|feria|"
    r"exposición|congreso|fiera|salone|congresso|beurs|vakbeurs|feira|exposição)"
)
_MET_BEFORE = re.compile(
    rf"(?<!\w){_FAIR}\W+(?:(?:in|at|of|von|zu|à|de|du|en|di|a|van|em|do|da)\W+)?(?:(?:the|der|la|le|el|il)\W+)?$",
    re.IGNORECASE,
)
_MET_AFTER = re.compile(rf"\W{{0,2}}(?:[^\W\d_]+\s){{0,2}}{_FAIR}(?!\w)", re.IGNORECASE)
"""A fair, where people meet who are from elsewhere."""
_FOOTER = re.compile(
    r"(?:\bno (?:offer|delivery|export|sale)|not (?:an offer|deliver\w*|export\w*|ship\w*|sold)|sanction\w*|embargo\w*|disclaimer|export control|"
    r"keine (?:lieferung|ausfuhr)|nicht (?:geliefert|ausgeführt)|exportkontrolle|aucune livraison|pas livr\w*|sin entrega|no se (?:entrega|exporta)\w*|"
    r"nessuna consegna|geen levering|não (?:se )?(?:entrega|exporta)\w*)",
    re.IGNORECASE,
)
"""Words of where nobody delivers: a country named with them is not the sender's."""
_DENSE = re.compile("[にのへでか在]")
"""What places a name in scripts that put it behind."""
_FIRM_OF = re.compile(r"の\w{0,6}(?:会社|企業|店|法人)(?:です|でござ)")
_ADDRESS = re.compile(r"^\s*(?:[^\W_][\w.'’-]*[ ,/–-]+){0,5}[^\W\d_]+\s*$")
"""A line of a few words without a sentence's end, as an address has them."""
_TLD = re.compile(r"\.([a-z]{2})$")
_ANYBODYS = frozenset({"IO", "AI", "CO", "ME", "TV", "EU", "CC", "WS", "FM"})
"""Domains of countries that anybody registers."""


@dataclass(frozen=True)
class CountrySign:
    """Something that points to a country."""

    code: str
    weight: int
    words: str


@lru_cache(maxsize=64)
def signs(message: LeadInput) -> tuple[CountrySign, ...]:
    """Every sign of the message, the form's word first."""
    form = country_code(message.stated.country)
    stated = [CountrySign(form, STATED, message.stated.country)] if form else []
    below = message.signature or leave.farewell(message.text)
    body = message.text.removesuffix(below) if below else message.text
    return (
        *stated,
        *in_text(f"{message.subject}\n\n{body}"),
        *_below(below),
        *_technical(message),
    )


def in_text(text: str) -> Iterator[CountrySign]:
    """Every sign that stands in the sentences of `text`."""
    for sentence in sentences(text):
        for code, words in mentioned(sentence):
            yield CountrySign(code, _weight(sentence, words), words)
    yield from _below("\n".join(line for line in text.splitlines() if _ADDRESS.search(line)))


def _weight(sentence: str, words: str) -> int:
    before, _, after = sentence.partition(words)
    if _DENSE.match(after):
        return STATED if _is_own(before) or _FIRM_OF.match(after) else HINT
    is_list = len(mentioned(sentence)) >= _MANY
    if _MET_BEFORE.search(before) or _MET_AFTER.match(after):
        return NAMED
    if is_list or _FOOTER.search(sentence) or _MADE.search(before) or not _PLACED.search(before):
        return NAMED
    return STATED if _is_own(before) else HINT


def _is_own(before: str) -> bool:
    own = _OWN.search(before)
    return bool(own) and not _OTHERS.search(before[own.start() :] if own else "")


def lines(signature: str) -> Iterator[tuple[str, bool]]:
    """The lines below a text, and whether each belongs to a footer about where nobody delivers: it
    goes on to the next empty line."""
    for paragraph in signature.split("\n\n"):
        footer = _FOOTER.search(paragraph.replace("\n", " "))
        begins = footer.start() if footer else len(paragraph) + 1
        at = 0
        for line in paragraph.split("\n"):
            at += len(line) + 1
            if line:
                yield line, at > begins


def _below(signature: str) -> Iterator[CountrySign]:
    for line, is_footer in lines(signature):
        is_address = len(line.split()) <= _SHORT and not is_footer
        for code, words in mentioned(line):
            yield CountrySign(code, STATED if is_address else NAMED, words)


def _technical(message: LeadInput) -> Iterator[CountrySign]:
    # Loaded here: the tables of numbering plans take 50 ms, and only a rule that runs needs them.
    from workflows.lead_intake import phones  # noqa: PLC0415 - as said above

    everything = f"{message.stated.phone}\n{message.text}\n{message.signature}"
    if "+" in everything or "00" in everything:
        for number, words in phones.numbers(everything):
            code = phones.region_of(number)
            if code:
                yield CountrySign(code, HINT, words)
    domain = _TLD.search(message.sender.lower())
    code = {"uk": "GB"}.get(domain[1], domain[1].upper()) if domain else ""
    if code in codes() - _ANYBODYS:
        yield CountrySign(code, HINT, message.sender)
