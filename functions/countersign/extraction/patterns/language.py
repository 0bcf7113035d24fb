"""Which language a text is in, by its script and its most common words."""
# ruff: noqa: E501, RUF001 - tables of words in many languages and scripts

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


LANGUAGES = _set(
    "af ar az be bg bn ca cs da de el en es et eu fa fi fr gl he hi hr hu hy id is it ja ka kk ko lt "
    "lv mk ms mt nl no pl pt ro ru sk sl sq sr sv sw th tl tr uk ur vi zh"
)
"""ISO 639-1 codes that the CRM takes as a contact's language."""
STOP_WORDS: Mapping[str, frozenset[str]] = {
    "en": _set(
        "the and for with you we are our would like have is this that your can please from of to in "
        "i a be will on need it as an not but"
    ),
    "de": _set(
        "und der die das wir sie für mit ist ein eine einen nicht ich bitte unser unsere wie auf zu "
        "den dem haben können möchten möchte von bei werden uns ihre ihr sind im aus"
    ),
    "fr": _set(
        "le la les et des nous vous pour avec est une un dans votre notre je bonjour merci sur du de "
        "qui que cherchons souhaitons avons au aux ce cette pouvez sommes"
    ),
    "es": _set(
        "el la los las y para con que una un nos por favor somos necesitamos de en es su nuestra "
        "nuestro gracias hola del estamos quisiera al más como tenemos me"
    ),
    "it": _set(
        "il la gli e per con che una un di in siamo vorremmo vorrei grazie della dei del nostra "
        "nostro sono è alla nella le lo abbiamo ci buongiorno"
    ),
    "nl": _set(
        "de het een en wij voor met van is ik u uw onze graag bedankt zijn niet in op dat naar wij "
        "we zoeken willen kunnen hebben aan bij ons"
    ),
    "pt": _set(
        "o a os as e para com que uma um de em é nós obrigado obrigada gostaríamos não do da no na "
        "nossa nosso somos por precisamos temos olá bom"
    ),
    "sv": _set("och att det som en på är vi för med av till inte ni jag har vår om"),
    "da": _set("og at det som en på er vi for med af til ikke jeg har vores om"),
    "fi": _set("ja on että ei me olemme meille tai kanssa hyvä päivää kiitos sekä"),
    "pl": _set(
        "i w na z do się jest nie że dla proszę prosimy jesteśmy oraz o nas nasz od jak dzień dobry"
    ),
    "cs": _set("a v na je se že pro s do prosím jsme o z pokud děkuji dobrý den"),
    "tr": _set("ve bir bu için ile da de biz lütfen merhaba istiyoruz olarak"),
}

_TELLING: Mapping[str, frozenset[str]] = {
    "en": _set(
        "hello dear please where what how when which who my your their they she there been were got did didn doesn hasn haven isn wasn never still any some need needs it"
    ),
    "de": _set(
        "danke wo wann warum welche kein keine keinen mein meine meinen mir mich euch noch nur schon sehr auch aber wenn dass weil über bis durch gegen ohne nach zum zur vom beim seit wieder zurück moin grüße gruß grüßen"
    ),
    "fr": _set(
        "jamais svp été être suis veux voudrais où mon mes ça avez avoir fait toujours déjà encore très quand pourquoi combien chez sans bonsoir cordialement j qu c"
    ),
    "es": _set(
        "muy pero donde dónde cuándo cómo qué cuánto están hay fue todavía aún quiero necesito tengo soy estoy ustedes usted buenas buenos ha"
    ),
    "it": _set(
        "mai dove dov mio miei questo questa quello anche ancora più perché però prego hanno sono salve buonasera serve saluti"
    ),
    "nl": _set(
        "aub alstublieft waar wanneer waarom hoe welke mijn jullie heb heeft geen maar nog ook deze terug zonder wil hoi groeten nooit"
    ),
    "pt": _set(
        "onde minha minhas meu meus você vocês tenho também ainda já até pelo pela muito mas quero gostaria preciso boa bom não"
    ),
    "ca": _set("amb els dels voldria gràcies plau vull però som tenim necessitem aquest aquesta"),
    "ro": _set("bună ziua vă rog pentru din este sunt și mulțumesc vreau mai cu"),
    "sv": _set(
        "jag är från behöver nu också gärna hälsningar tack skulle vilja vara när varför mig"
    ),
    "da": _set("jeg nu også gerne hilsen tak hvornår hvordan hvor skal kunne fra vil mig"),
    "no": _set("jeg ikke takk gjerne trenger hei hvordan når på vi"),
    "fi": _set("hei minä olen tarvitsemme mutta vain missä terveisin"),
    "pl": _set("gdzie kiedy mam potrzebuję potrzebujemy pozdrawiam mój moje ofertę"),
    "cs": _set("kde kdy jak mám potřebuji potřebujeme děkuji"),
    "tr": _set("teşekkürler nerede nasıl istiyorum değil merhaba lütfen"),
    "hu": _set("és egy nem kérem kérjük köszönöm hogy vagyok van szeretnék"),
}
"""More words of closed classes: of a short message one of them is enough to tell its language."""
_LETTERS = (("de", "ß"), ("es", "ñ¿¡"), ("pt", "ãõ"), ("pl", "ąęłśćż"), ("ro", "ăț"), ("hu", "őű"))
"""Letters and signs that one of these languages has."""

COMMON = frozenset(word for words in STOP_WORDS.values() for word in words)
"""The stop words of all languages."""
_NAMES = {
    "english": "en",
    "german": "de",
    "deutsch": "de",
    "french": "fr",
    "français": "fr",
    "spanish": "es",
    "español": "es",
    "italian": "it",
    "italiano": "it",
    "dutch": "nl",
    "nederlands": "nl",
    "portuguese": "pt",
    "português": "pt",
    "japanese": "ja",
    "chinese": "zh",
}
_SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
    ("hi", re.compile("[\u0900-\u097f]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("fa", re.compile("[\u067e\u0686\u0698\u06af]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("uk", re.compile("[\u0404\u0406\u0407\u0454\u0456\u0457\u0490\u0491]")),
    ("ru", re.compile("[\u0400-\u04ff]")),
)
_FIRST_OTHER = "\u0370"
"""The first letter of a script other than Latin."""
_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[^\W\d_]+")
_SHARE = 0.15
_FEWEST = 2


def code(stated: str) -> str:
    """The ISO 639-1 code in `en`, `en-GB` or `English`; empty when it is none that we know."""
    plain = stated.strip().lower()
    short = re.split("[-_]", plain)[0]
    return short if short in LANGUAGES else _NAMES.get(plain, "")


@lru_cache(maxsize=256)
def detect(text: str) -> str:
    """The ISO 639-1 code of the language of `text`; empty when it is too short to tell, or tells as
    much of two."""
    if by_script := _by_script(text):
        return by_script
    counted = Counter(one for word in _WORD.findall(text.lower()) for one in _told(word))
    counted.update(code for code, signs in _LETTERS if any(sign in text for sign in signs))
    (best, most), (_, next_most) = (counted.most_common(2) + [("", 0)] * 2)[:2]
    return best if most >= _FEWEST and most > next_most else ""


def _by_script(text: str) -> str:
    if max(text, default="") < _FIRST_OTHER:
        return ""
    letters = len(_LETTER.findall(text)) or 1
    rare = {"ja", "fa", "uk"}  # a few of these letters tell the language from its neighbours
    for code, script in _SCRIPTS:
        if len(script.findall(text)) / letters > (0.02 if code in rare else _SHARE):
            return code
    return ""


@lru_cache(maxsize=4096)
def _told(word: str) -> tuple[str, ...]:
    """The languages that a word tells, each as often as it counts: twice where no other has it."""
    common = [code for code, words in STOP_WORDS.items() if word in words]
    telling = [code for code, words in _TELLING.items() if word in words]
    found = tuple(dict.fromkeys((*common, *telling)))
    return found * 2 if telling and len(found) == 1 else found
