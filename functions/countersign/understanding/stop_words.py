"""The most common words of languages, by which they are told apart."""
# ruff: noqa: E501 - tables of words in many languages

from __future__ import annotations

from collections.abc import Mapping


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
    "pl": _set("i w na z do się jest nie że dla proszę jesteśmy oraz o nas od jak"),
    "cs": _set("a v na je se že pro s do prosím jsme o z pokud děkuji dobrý den"),
    "tr": _set("ve bir bu için ile da de biz lütfen merhaba istiyoruz olarak"),
}
