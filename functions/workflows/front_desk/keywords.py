"""The words by which matters are told apart without a model, and a model's word is doubted."""
# ruff: noqa: E501 - tables of words in many languages

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from countersign.extraction.patterns.keywords import Lexicon

_WORDS: Mapping[str, Mapping[str, int]] = {
    "sales": {
        "quote": 3, "quotation": 3, "pricing": 3, "price list": 3, "buy": 2, "purchase": 1, "demo": 2, "budget": 2, "proposal": 2,
        "licences": 2, "licenses": 2, "rfp": 3, "looking for": 2, "interested in": 3, "we need": 2, "trial": 2, "how much": 2,
        "seats": 2, "talk to sales": 3, "pilot": 2, "rollout": 2, "evaluate": 2, "evaluating": 2, "offer for": 3, "what would it cost": 3, "what does it cost": 3, "best price": 3, "could you price": 3, "set us back": 3,
        "angebot": 3, "preise": 3, "preisliste": 3, "kaufen": 2, "interessieren": 2, "interesse an": 3, "interessiere mich für": 3, "was kosten": 3, "was kostet": 3, "wir suchen": 2, "wir benötigen": 3,
        "wir brauchen": 2, "lizenzen": 2, "kostenvoranschlag": 3, "vorführung": 2,
        "devis": 3, "tarifs": 3, "acheter": 2, "intéressés": 3, "intéressé": 3, "nous cherchons": 2, "nous recherchons": 2,
        "presupuesto": 3, "cotización": 3, "precios": 3, "comprar": 2, "interesados": 3, "buscamos": 2, "necesitamos": 3, "licencias": 2,
        "preventivo": 3, "prezzi": 3, "cerchiamo": 2, "interessati": 3, "offerte": 3, "prijzen": 3, "kopen": 2, "wij zoeken": 2, "we zoeken": 2,
        "orçamento": 3, "preços": 3, "cotação": 3, "licenças": 2, "quanto custa": 3, "quanto custam": 3, "quanto costa": 3, "quanto costano": 3, "wat kost": 3, "wat kosten": 3, "combien coûte": 3, "combien coûtent": 3, "cuánto cuesta": 3, "cuánto cuestan": 3, "見積": 3, "報價": 3, "报价": 3, "견적": 3, "offert": 3, "tilbud": 3, "wycenę": 3, "fiyat teklifi": 3, "árajánlat": 3, "árajánlatot": 3, "cenovou nabídku": 3, "tarjous": 3, "ціну": 3, "vad kostar": 3, "hvad koster": 3, "hva koster": 3,
    },
    "partnership": {
        "partnership": 4, "become a partner": 4, "reseller": 4, "resell": 4, "distributor": 4, "integration partner": 4, "co-marketing": 4, "become a dealer": 4, "become an agent": 4, "as your agent": 4, "represent you": 4, "represent your": 4, "händler werden": 4, "vertretung für": 3, "concessionnaire": 4, "distributeur": 4,
        "partnerschaft": 4, "kooperation": 4, "vertriebspartner": 4, "wiederverkäufer": 4, "partenariat": 4, "revendeur": 4, "revendeurs": 4,
        "distribuidor": 4, "distribuidores": 4, "alianza": 3, "rivenditore": 4, "rivenditori": 4, "collaborazione": 3, "samenwerking": 4,
        "wederverkoper": 4, "parceria": 4, "revendedor": 4, "revendedores": 4, "提携": 4, "dystrybutor": 4, "återförsäljare": 4, "forhandler": 4, "代理店": 4,
    },
    "refund": {
        "refund": 4, "money back": 4, "get my money": 3, "refunded": 3, "reimburse": 4, "reimbursement": 3, "charged twice": 4, "return the": 2, "send it back": 2,
        "erstattung": 4, "rückerstattung": 4, "erstatten": 4, "geld zurück": 4, "doppelt abgebucht": 4, "zurückschicken": 2,
        "remboursement": 4, "rembourser": 4, "remboursez": 4, "reembolso": 4, "devolución": 4, "devolver el dinero": 4, "devuelvan el dinero": 4, "devuelvan mi dinero": 4, "rimborso": 4, "rimborsare": 4,
        "terugbetaling": 4, "geld terug": 4, "terugbetalen": 4, "dinheiro de volta": 4, "返金": 4, "återbetalning": 4, "zwrot pieniędzy": 4,
    },
    "delivery": {
        "parcel": 3, "package": 2, "tracking": 3, "where is my order": 4, "not arrived": 3, "hasn't arrived": 3, "has not arrived": 3, "turned up": 2, "hasn't turned up": 3, "devia ter chegado": 3, "still waiting for my": 3,
        "delivery date": 3, "shipment": 3, "shipped": 2, "courier": 2, "delivery address": 3, "when will": 1,
        "paket": 3, "sendung": 3, "sendungsnummer": 4, "lieferung": 3, "nicht angekommen": 3, "wo bleibt": 4, "lieferadresse": 3, "liefertermin": 3,
        "colis": 4, "livraison": 3, "où est ma commande": 4, "pas arrivé": 3, "suivi": 2, "paquete": 4, "envío": 3, "dónde está mi pedido": 4, "no ha llegado": 3,
        "pacco": 4, "spedizione": 3, "dov'è il mio ordine": 4, "consegna": 3, "pakket": 4, "bezorging": 3, "waar blijft": 4, "levering": 3,
        "encomenda": 2, "entrega": 3, "não chegou": 3, "荷物": 4, "paczka": 4, "överföring": 1, "paketet": 3,
    },
    "invoice": {
        "invoice": 3, "invoices": 3, "vat number": 3, "dunning": 3, "payment reminder": 4, "overdue": 2, "billing": 3, "bank details": 2, "receipt for": 2, "credit note": 4,
        "rechnung": 3, "rechnungen": 3, "mahnung": 4, "umsatzsteuer": 3, "ust-id": 4, "zahlungserinnerung": 4, "gutschrift": 3,
        "facture": 3, "factures": 3, "tva": 2, "avoir": 1, "factura": 3, "facturas": 3, "iva": 2, "fattura": 3, "fatture": 3, "partita iva": 4,
        "factuur": 3, "facturen": 3, "btw-nummer": 4, "fatura": 3, "faturas": 3, "請求書": 4, "faktura": 3, "fakturę": 3,
    },
    "outage": {
        "outage": 5, "nobody can log in": 5, "cannot log in": 3, "can't log in": 3, "is down": 5, "system down": 5, "stands still": 4, "production is stopped": 5, "500 error": 4,
        "nothing works": 4, "went off": 3, "stays dark": 4, "stopped mid": 4, "reagiert nicht mehr": 4, "everything is down": 5, "not reachable": 4, "unreachable": 3, "ausfall": 5, "störung": 4, "ausgefallen": 4, "steht still": 5, "geht gar nichts mehr": 5, "geht nichts mehr": 5, "nichts geht mehr": 5, "niemand kann sich anmelden": 5, "nicht erreichbar": 4,
        "en panne": 5, "panne": 4, "hors service": 5, "plus personne ne peut": 4, "avería": 4, "caído": 3, "caída": 4, "no podemos entrar": 4,
        "fermo": 3, "non funziona più": 4, "bloccati": 3, "storing": 4, "ligt plat": 5, "fora do ar": 5, "障害": 5, "driftstopp": 5, "awaria": 5,
    },
    "support": {
        "not working": 3, "does not work": 3, "doesn't work": 3, "error message": 3, "bug": 2, "crash": 2, "crashes": 2, "reset my password": 4, "password": 2,
        "how do i": 2, "how can i": 2, "help with": 2, "warranty": 3, "manual": 2, "set up": 2, "broken": 2, "existing customer": 2,
        "funktioniert nicht": 3, "fehlermeldung": 3, "passwort": 3, "defekt": 3, "garantie": 3, "anleitung": 3, "wie kann ich": 3,
        "ne fonctionne pas": 3, "message d'erreur": 3, "mot de passe": 3, "no funciona": 3, "contraseña": 3, "garantía": 3,
        "non funziona": 3, "password dimenticata": 4, "garanzia": 3, "werkt niet": 3, "wachtwoord": 3, "não funciona": 3, "senha": 3, "garantia": 3,
        "動かない": 3, "fungerar inte": 3, "nie działa": 3,
    },
    "complaint": {
        "complaint": 4, "complain": 4, "unacceptable": 4, "disgusted": 4, "disgusting": 4, "not good enough": 4, "disappointed": 4, "outrageous": 4, "my lawyer": 4, "never again": 3, "rude": 3, "terrible": 3, "ignored": 3,
        "nobody called": 2, "an apology": 3, "complaining": 4, "third time": 3, "bad review": 4, "cancel everything": 3,
        "beschwerde": 4, "beschweren": 4, "beschwere mich": 4, "erwarte eine entschuldigung": 4, "reklamation": 3, "unverschämt": 4, "enttäuscht": 4, "inakzeptabel": 4, "anwalt": 3, "nie wieder": 3,
        "réclamation": 4, "inadmissible": 4, "inacceptable": 4, "déçu": 4, "déçue": 4, "mécontent": 4, "queja": 4, "reclamación": 4, "inaceptable": 4, "decepcionado": 4, "decepcionada": 4,
        "reclamo": 4, "inaccettabile": 4, "deluso": 4, "delusa": 4, "klacht": 4, "teleurgesteld": 4, "onacceptabel": 4, "reclamação": 4, "inaceitável": 4, "苦情": 4, "skarga": 4, "klagomål": 4,
    },
    "application": {
        "my cv": 4, "the job as": 3, "söker jobbet": 4, "søger stillingen": 4, "ausbildung zum": 4, "ausbildung zur": 4, "résumé": 3, "my resume": 4, "apply for": 3, "application for the": 4, "vacancy": 4, "job opening": 4, "internship": 4, "position as": 3, "cover letter": 4,
        "bewerbung": 4, "lebenslauf": 4, "praktikum": 4, "stelle als": 4, "stellenanzeige": 4, "bewerbe": 4, "ausbildungsplatz": 4,
        "candidature": 4, "mon cv": 4, "stage de": 3, "lettre de motivation": 4, "candidatura": 4, "currículum": 4, "prácticas": 3, "curriculum": 4, "curriculum vitae": 4, "tirocinio": 4,
        "sollicitatie": 4, "solliciteren": 4, "vacature": 4, "estágio": 4, "応募": 4, "ansökan": 3, "aplikuję": 4,
    },
    "press": {
        "journalist": 4, "writing a piece": 4, "writing an article": 4, "a comment by": 3, "your ceo": 1, "interview": 3, "newspaper": 4, "magazine": 3, "press": 3, "editorial": 3, "reporter": 4, "statement for": 3, "our readers": 4, "podcast": 3, "on air": 4, "breakfast show": 4, "radio": 2, "deadline for the article": 4,
        "journalistin": 4, "interviewanfrage": 5, "eine sendung über": 3, "redaktion": 4, "zeitung": 4, "stellungnahme": 4, "presseanfrage": 5, "artikel über": 4, "leser": 3,
        "presse": 3, "journaliste": 4, "rédaction": 4, "nos lecteurs": 4, "prensa": 4, "periodista": 4, "entrevista": 3, "giornalista": 4, "stampa": 3, "intervista": 3,
        "journaliste de": 4, "redactie": 4, "krant": 4, "persvraag": 5, "imprensa": 4, "jornalista": 4, "取材": 4, "dziennikarz": 4,
    },
    "opt_out": {
        "unsubscribe me": 5, "no more mail": 5, "no more emails": 5, "stop mailing": 5, "stop sending": 4, "stop writing": 4, "take me off": 4, "remove me from": 4, "no more of these": 4, "off your list": 4, "do not contact": 4, "email me again": 4, "write to me again": 4, "don't email me": 5,
        "keine mails mehr": 5, "keine e-mails mehr": 5, "keine werbung": 5, "abmelden": 3, "aus ihrem verteiler": 5, "newsletter abbestellen": 5, "abbestellen": 4,
        "désabonner": 4, "désinscrire": 5, "plus recevoir": 4, "ne plus m'envoyer": 5, "retirer de votre liste": 5, "plus de courriels": 5, "darme de baja": 5, "no recibir más": 5, "no me envíen": 5, "cancellarmi": 4, "non inviatemi": 5, "disiscrivermi": 5,
        "afmelden": 4, "geen mails meer": 5, "uitschrijven": 4, "não quero receber": 5, "cancelar a subscrição": 5, "配信停止": 5, "avregistrera": 4, "wypisać": 4,
    },
    "erasure": {
        "delete my data": 5, "erase my data": 5, "delete my account": 5, "close my account": 4, "data you have about me": 4, "data you hold about me": 4, "right to be forgotten": 5, "gdpr": 4, "remove my data": 5, "delete my personal data": 5, "delete all my data": 5, "erase my personal data": 5, "everything you hold on me": 5, "you hold on me": 4, "what data": 3, "article 17": 5, "article 15": 5, "personal data": 2,
        "daten löschen": 5, "löschen sie meine": 5, "löschung meiner": 5, "dsgvo": 5, "auskunft über meine": 5, "konto löschen": 5, "rgpd": 5, "supprimer mes données": 5, "effacer mes données": 5, "supprimez mes": 5,
        "borrar mis datos": 5, "eliminar mis datos": 5, "supresión de mis": 5, "cancellare i miei dati": 5, "cancellazione dei miei": 5, "mijn gegevens verwijderen": 5, "verwijder mijn gegevens": 5, "avg-verzoek": 5,
        "apagar os meus dados": 5, "eliminar os meus dados": 5, "個人情報の削除": 5, "radera mina": 5, "usunąć moje dane": 5, "usunięcia moich danych": 5, "rodo": 5,
    },
    "spam": {
        "seo": 3, "backlinks": 4, "guest post": 4, "first page of google": 4, "rank higher": 3, "casino": 4, "crypto investment": 4, "lottery": 4, "inheritance": 4, "loan offer": 4,
        "web traffic": 3, "guaranteed results": 3, "email list": 3, "leads database": 4, "act now": 2, "100% free": 3, "make money": 3, "backlink": 4, "domain authority": 4, "gewinnspiel": 3,
        "référencement": 3, "posicionamiento web": 4,
    },
}  # fmt: skip

WORDS = Lexicon(
    _WORDS,
    order=(
        *("erasure", "opt_out", "spam", "outage", "refund", "application", "press", "partnership"),
        *("complaint", "invoice", "delivery", "support", "sales"),
    ),
    sure=5,
)
"""What must not be missed wins a tie, and sales loses it: who asks for anything else also speaks of
orders and offers."""
_ADDS = re.compile(
    r"\W*(?:second(?:ly)?|besides|also|another thing|2[.)]|zweitens|außerdem|ausserdem|noch etwas|deuxièmement|par ailleurs|de plus|en outre|"
    r"además|por otro lado|inoltre|além disso|bovendien|daarnaast|ten tweede|dessutom|desuden|poza tym)(?!\w)",
    re.IGNORECASE,
)
_ASKS = re.compile(r"(?:\S+\s+){5,}\S+\?\W*")
"""A question long enough to be about something: “what now?” goes on with what was said."""


def adds(sentences: Iterable[str], known: Collection[str]) -> str:
    """The first sentence that begins as one more matter and has no word of the `known` ones: it may
    be of another that no word here tells. Empty where there is none."""
    return next((one for one in sentences if _ADDS.match(one) and not _has_word(known, one)), "")


def goes_on(sentences: Iterable[str], known: Collection[str]) -> bool:
    """Whether a sentence adds or asks anything beside the `known` matters."""
    held = list(sentences)
    asked = (one for one in held if _ASKS.fullmatch(one.strip()))
    return bool(adds(held, known)) or not all(_has_word(known, one) for one in asked)


def _has_word(known: Iterable[str], sentence: str) -> bool:
    return any(WORDS.weight(name, sentence) for name in known)
