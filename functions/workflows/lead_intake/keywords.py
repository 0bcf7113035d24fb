"""The words by which plain heuristics tell intents and urgency apart."""
# ruff: noqa: E501, RUF001 - patterns in many languages

from __future__ import annotations

import re
from collections.abc import Mapping

from countersign.extraction.patterns.keywords import Lexicon

_INTENT_WORDS: Mapping[str, Mapping[str, int]] = {
    "sales": {
        # en
        "quote": 3, "quotation": 3, "pricing": 3, "price list": 3, "buy": 2, "purchase": 2, "demo": 2, "budget": 2,
        "offer": 2, "proposal": 2, "order": 1, "licence": 2, "license": 2, "licences": 2, "licenses": 2, "rfp": 3,
        "looking for": 2, "interested in": 2, "we need": 2, "i need": 1, "we want": 1, "i want": 1, "trial": 2, "how much": 2, "cost": 1, "seats": 2,
        "call me": 1, "call back": 1, "callback": 1, "supplier": 2, "vendor": 1, "delivery": 1, "upgrade": 1, "subscription": 1,
        "talk to sales": 3, "pilot": 2, "rollout": 2, "evaluate": 2, "evaluating": 2, "replace": 1,
        # de
        "angebot": 3, "preis": 2, "preise": 3, "preisliste": 3, "kaufen": 2, "bestellen": 2, "kosten": 1, "interesse": 2,
        "interessieren": 2, "wir suchen": 2, "wir benötigen": 2, "wir brauchen": 2, "anschaffen": 2, "lizenzen": 2,
        "kostenvoranschlag": 3, "rückruf": 1, "vorführung": 2, "einführen": 2, "anfrage": 1,
        # fr
        "devis": 3, "tarif": 2, "tarifs": 3, "acheter": 2, "offre": 2, "intéressés": 2, "intéressé": 2, "nous cherchons": 2,
        "nous recherchons": 2, "prix": 2, "démonstration": 2, "commander": 2, "besoin": 1,
        # es
        "presupuesto": 3, "cotización": 3, "precio": 2, "precios": 3, "comprar": 2, "oferta": 2, "interesados": 2,
        "buscamos": 2, "necesitamos": 2, "licencias": 2, "demostración": 2,
        # it, nl, pt
        "preventivo": 3, "prezzo": 2, "prezzi": 3, "acquistare": 2, "cerchiamo": 2, "licenze": 2, "interessati": 2,
        "offerte": 3, "prijs": 2, "prijzen": 3, "kopen": 2, "bestelling": 1, "wij zoeken": 2, "we zoeken": 2,
        "orçamento": 3, "preço": 2, "preços": 3, "cotação": 3, "gostaríamos de comprar": 3, "licenças": 2,
        # other
        "見積": 3, "価格": 3, "購入": 3, "导入": 2, "報價": 3, "报价": 3, "价格": 3, "采购": 3, "견적": 3, "가격": 3,
        "offert": 3, "tilbud": 3, "tarjous": 3, "tarjouksen": 3, "oferta cenowa": 3, "wycenę": 3, "cenu": 2, "teklif": 3,
        "расценки": 3, "стоимость": 3, "коммерческое предложение": 3, "عرض سعر": 3,
    },
    "support": {
        "not working": 3, "does not work": 3, "doesn't work": 3, "broken": 2, "error": 2, "bug": 2, "crash": 2, "crashes": 2,
        "ticket": 2, "reset my password": 3, "password": 2, "can't log in": 3, "cannot log in": 3, "refund": 2, "my order": 2,
        "invoice": 1, "help with": 1, "support": 1, "outage": 3, "warranty": 2, "complaint": 2, "my account": 2, "existing customer": 1,
        "funktioniert nicht": 3, "fehler": 2, "defekt": 3, "passwort": 2, "reklamation": 3, "störung": 3, "kundennummer": 2,
        "ne fonctionne pas": 3, "erreur": 2, "panne": 3, "mot de passe": 2, "no funciona": 3, "contraseña": 2, "avería": 3,
        "non funziona": 3, "guasto": 3, "werkt niet": 3, "storing": 3, "wachtwoord": 2, "não funciona": 3, "erro": 2, "senha": 2,
    },
    "partnership": {
        "partnership": 3, "partner": 2, "partners": 2, "reseller": 3, "resell": 3, "integrate your": 2, "integration partner": 3,
        "distributor": 3, "distribution": 1, "joint": 1, "collaborate": 2, "collaboration": 2, "co-marketing": 3, "alliance": 2,
        "partnerschaft": 3, "kooperation": 3, "vertriebspartner": 3, "wiederverkäufer": 3, "partenariat": 3, "revendeur": 3,
        "colaboración": 2, "alianza": 2, "distribuidor": 3, "socio": 1, "rivenditore": 3, "collaborazione": 2,
        "samenwerking": 3, "wederverkoper": 3, "parceria": 3, "revendedor": 3, "提携": 3, "合作": 3, "제휴": 3,
    },
    "job": {
        "my cv": 3, "résumé": 2, "my resume": 3, "apply for": 2, "application for": 2, "vacancy": 3, "job opening": 3,
        "internship": 3, "position as": 2, "career": 2, "hiring": 2, "bewerbung": 3, "lebenslauf": 3, "praktikum": 3,
        "stelle als": 3, "stellenanzeige": 3, "bewerbe": 3, "candidature": 3, "mon cv": 3, "stage": 1, "emploi": 2,
        "candidatura": 3, "currículum": 3, "empleo": 2, "curriculum vitae": 3, "sollicitatie": 3, "vacature": 3, "emprego": 2,
    },
    "spam": {
        "seo": 3, "backlinks": 4, "guest post": 4, "first page of google": 4, "page one of google": 4, "rank higher": 3,
        "casino": 4, "viagra": 5, "crypto investment": 4, "double your": 3, "winner": 2, "lottery": 4, "inheritance": 4,
        "loan offer": 4, "click here": 2, "unsubscribe": 2, "web traffic": 3, "bitcoin": 2, "guaranteed results": 3,
        "explainer video": 3, "email list": 3, "leads database": 4, "limited time": 2, "act now": 2, "100% free": 3,
        "make money": 3, "risk free": 2, "risk-free": 2, "backlink": 4, "domain authority": 4, "website traffic": 4,
        "gewinnspiel": 3, "kredit ohne": 4, "référencement": 3, "posicionamiento web": 4, "casino en ligne": 4,
    },
}  # fmt: skip

URGENT = (
    "urgent", "urgently", "asap", "as soon as possible", "immediately", "by today", "right away", "by tomorrow", "emergency",
    "dringend", "so schnell wie möglich", "schnellstmöglich", "umgehend", "sofort", "eilt", "heute noch",
    "urgence", "dès que possible", "au plus vite", "rapidement", "urgente", "lo antes posible", "cuanto antes",
    "il prima possibile", "al più presto", "spoedig", "zo snel mogelijk", "dringende", "com urgência", "o mais rápido possível",
    "至急", "緊急", "紧急", "尽快", "긴급", "срочно", "عاجل", "pilne", "acil", "brådskande",
)  # fmt: skip
RELAXED = (
    "no rush", "no hurry", "whenever you", "not urgent", "next year", "some time", "just exploring", "just curious",
    "keine eile", "nicht eilig", "irgendwann", "pas urgent", "pas pressé", "sin prisa", "no es urgente", "senza fretta",
    "geen haast", "sem pressa", "nächstes jahr", "l'année prochaine",
)  # fmt: skip


CALL = re.compile(
    r"\b(?:(?:call|phone|ring) (?:me|us)\b|(?:give|drop) (?:me|us) a (?:call|ring)|call ?(?:me |us )?back|(?:schedule|arrange|book|have|set up|request) a (?:quick |short )?call|by (?:phone|telephone)|"
    r"ruf\w* (?:sie )?(?:mich|uns)\b|(?:mich|uns) (?:bitte )?(?:an|zurück)(?:zu)?rufen|rückruf|zurückrufen|telefonisch|"
    r"(?:appele[zr]|rappele[zr])(?:-moi|-nous)?|(?:m'|me |nous )(?:r?appeler)|par téléphone|"
    r"llám[ae](?:n?me|nos)|llamar(?:me|nos)|que me llamen|por teléfono|"
    r"chiam(?:ar|i|at|ate)(?:mi|ci|temi)|mi chiami|richiam(?:ar|at)\w*|al telefono|"
    r"bel(?:t|len)? (?:u )?(?:mij|me|ons)\b|(?:mij|me|ons) (?:terug)?bellen|telefonisch|"
    r"ligu?e(?:m)?(?:-me|-nos)|me ligu\w+|ligar(?:-me|-nos)?\b|por telefone|"
    r"(?:mij|me|ons) \w+ (?:terug)?bellen|zadzwo\w+|oddzwo\w+|zavol(?:ejte|at)|ring (?:mig|oss|upp)|ara(?:yın|r mısınız|manızı)|(?:по|пере)звоните)|電話(?:を|で|して|ください|下さい)|お電話",
    re.IGNORECASE,
)
"""A wish to be called, in the languages of the fixed texts."""

BUDGET = re.compile(
    r"budget|spend|up to|afford|price range|invest|kostenrahmen|preisrahmen|bis zu|maximal|höchstens|investieren|"
    r"ausgeben|enveloppe|jusqu'à|maximum|presupuesto|hasta|fino a|spendere|tot maximaal|besteden|orçamento|até|verba|"
    r"budżet|rozpočet|bütçe|buget|予算|预算|예산|бюджет|ميزانية|rahmen|limite|set aside|at our disposal|stay (?:under|below|within)|not (?:\w+ ){0,2}(?:more than|exceed)|"
    r"zur verfügung|nicht mehr als|eingeplant|disposons|pas plus de|no más de|a disposizione|non più di|beschikbaar|"
    r"niet meer dan|não mais de|disponíve(?:l|is)|(?:contamos con|disponemos de|disponiamo di)(?=\s[\d.,]+(?:\smil\w*)?\s?(?:€|eur))",
    re.IGNORECASE,
)  # fmt: skip
OTHER_MONEY = re.compile(
    r"revenue|turnover|raised|invoice|umsatz|rechnung|chiffre d'affaires|facturación|fatturato|omzet|faturamento|"
    r"currently pay|worth|funding|valuation",
    re.IGNORECASE,
)
"""Beside these a sum is a budget; beside those it is something else."""

INTENTS = Lexicon(_INTENT_WORDS, order=("spam", "job", "support", "partnership", "sales"))
"""Spam wins a tie, and sales loses it: who asks for help or work also speaks of orders and offers.
"""
