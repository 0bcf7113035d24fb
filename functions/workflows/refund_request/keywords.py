"""The words by which plain heuristics tell what a customer wants, and why."""
# ruff: noqa: E501 - tables of words in many languages
# ruff: noqa: RUF001 - both apostrophes are in use

from __future__ import annotations

import re
from collections.abc import Mapping

from countersign.extraction.patterns.keywords import Lexicon


def _weighed(weight: int, words: str) -> dict[str, int]:
    return dict.fromkeys(words.split("|"), weight)


_WISH_WORDS: Mapping[str, Mapping[str, int]] = {
    "refund": {
        **_weighed(4, "refund|refunded|refunding|money back|reimburse|reimbursed|reimbursement|chargeback|credit my card|return the money|pay back|paid back|pay me back|give me back|get my money|my money"),
        **_weighed(4, "erstatten|erstattung|rückerstattung|rückerstatten|zurückerstatten|geld zurück|zurückzahlen|rückzahlung|gutschrift|zurückbekommen|zurücküberweisen|zurück überweisen|mein geld|eur zurück|euro zurück"),
        **_weighed(4, "rembourser|remboursement|remboursé|remboursée|remboursez|être remboursé"),
        **_weighed(4, "reembolso|reembolsar|reembolsen|reembólsenme|reembólseme|reembólsenlo|devuélvanme|devuélvame|devolución del dinero|devolver el dinero|devuelvan el dinero|reintegro"),
        **_weighed(4, "rimborso|rimborsare|rimborsato|rimborsarmi|indietro i soldi|restituzione del denaro"),
        **_weighed(4, "terugbetaling|terugbetalen|terugbetaald|geld terug|terugstorten|restitutie"),
        **_weighed(4, "reembolsado|reembolsem|dinheiro de volta|devolução do dinheiro|estorno"),
        **_weighed(4, "solicito la devolución|quiero la devolución|pido la devolución|me devuelvan|nos devuelvan|que devuelvan|devuélvanlo|reintegro|rendre l'argent|rendez-moi|ridatemi|restituitemi|devolvam|peço a devolução|quero a devolução|返金|払い戻し|払戻し|返してください"),
        **_weighed(1, "return|returned|cancel|cancelled|charged|storno|stornieren|zurückgeschickt|annuler|annulation|retour|cancelar|devolver|annullare|reso|annuleren|retourneren|devolvi"),
    },
    "replacement": {
        **_weighed(4, "replacement|replace it|exchange|send another|send a new one|a new one instead|swap it|ersatz|ersatzlieferung|umtausch|umtauschen|austauschen"),
        **_weighed(4, "échange|échanger|remplacement|remplacer|cambio|cambiarlo|reemplazo|sustituirlo|sostituzione|sostituire|omruilen|vervangen|vervanging|troca|trocar|substituição"),
    },
    "information": {
        **_weighed(4, "where is my order|when will|status of my order|wo bleibt|où est ma commande"),
        **_weighed(4, "dónde está mi pedido|dov'è il mio ordine|waar blijft|onde está a minha encomenda"),
        **_weighed(4, "where is my parcel|where is my package|track my order|be shipped|been shipped|wo ist mein paket|wo ist meine bestellung|où est mon colis"),
        **_weighed(4, "dónde está mi paquete|cuándo llega|dov'è il mio pacco|quando arriva|waar is mijn pakket|waar is mijn bestelling|onde está o meu pacote|quando chega|copy of the invoice|send me the invoice"),
        **_weighed(2, "tracking number|delivery date|sendungsnummer|lieferstatus|sendungsverfolgung|numéro de suivi|suivi de ma commande|número de seguimiento|numero di tracciamento|trackingnummer|código de rastreio"),
        **_weighed(2, "return policy|how do i return|opening hours|rückgaberecht|conditions de retour|política de devolución|politica di reso|retourbeleid|política de devoluções"),
    },
}  # fmt: skip

_REASON_WORDS: Mapping[str, Mapping[str, int]] = {
    "damaged": {
        **_weighed(3, "damaged|broken|cracked|defective|faulty|does not work|doesn't work|not working|stopped working|scratched|leaking|torn|smashed"),
        **_weighed(3, "beschädigt|kaputt|defekt|zerbrochen|zerkratzt|funktioniert nicht|gerissen|endommagé|endommagée|cassé|cassée|abîmé|abîmée|défectueux|défectueuse|ne fonctionne pas"),
        **_weighed(3, "dañado|dañada|roto|rota|defectuoso|defectuosa|no funciona|danneggiato|danneggiata|rotto|rotta|difettoso|difettosa|non funziona"),
        **_weighed(3, "beschadigd|stuk|kapot|gebarsten|werkt niet|danificado|danificada|partido|partida|avariado|avariada|com defeito|não funciona"),
    },
    "wrong_item": {
        **_weighed(4, "wrong item|wrong size|wrong colour|wrong color|wrong product|not what i ordered|different from what|falscher artikel|falschen artikel|falsche größe|falsche farbe|falsch geliefert|nicht das bestellte"),
        **_weighed(4, "mauvais article|mauvaise taille|mauvaise couleur|pas ce que j'ai commandé|artículo equivocado|talla equivocada|producto equivocado|no es lo que pedí|articolo sbagliato|taglia sbagliata|prodotto sbagliato"),
        **_weighed(4, "verkeerd artikel|verkeerde artikel|verkeerde maat|niet wat ik besteld|artigo errado|tamanho errado|produto errado|não é o que encomendei|não foi o que encomendei"),
    },
    "not_arrived": {
        **_weighed(4, "not arrived|never arrived|hasn't arrived|has not arrived|did not arrive|didn't arrive|not received|never received|haven't received|lost in the post|lost in transit"),
        **_weighed(4, "nicht angekommen|nie angekommen|nicht erhalten|nie erhalten|pas arrivé|pas arrivée|jamais arrivé|jamais arrivée|jamais reçu|pas reçu|pas encore reçu"),
        **_weighed(4, "no ha llegado|nunca llegó|no he recibido|no llegó|non è arrivato|non è mai arrivato|mai arrivato|mai ricevuto|non ho ricevuto"),
        **_weighed(4, "niet aangekomen|nooit aangekomen|niet ontvangen|nooit ontvangen|não chegou|nunca chegou|não recebi|nunca recebi"),
    },
    "changed_mind": {
        **_weighed(3, "changed my mind|no longer need|no longer want|don't need it|do not need it|don't like|do not like|does not fit|doesn't fit|too small|too big|ordered by mistake"),
        **_weighed(3, "anders überlegt|brauche ich nicht mehr|brauche es nicht mehr|gefällt mir nicht|passt nicht|zu klein|zu groß|widerruf|widerrufe|changé d'avis|n'en ai plus besoin|ne me plaît pas|trop petit|trop petite|trop grand|trop grande|rétractation"),
        **_weighed(3, "he cambiado de opinión|cambié de opinión|ya no lo necesito|no me gusta|demasiado pequeño|demasiado grande|desistimiento|ho cambiato idea|non mi serve più|non mi piace|troppo piccolo|troppo grande|recesso"),
        **_weighed(3, "van gedachten veranderd|heb het niet meer nodig|past niet|te klein|te groot|bevalt me niet|herroeping|mudei de ideias|já não preciso|não gosto|não me serve|demasiado pequena|muito pequeno|muito grande|arrependimento"),
    },
    "duplicate_charge": {
        **_weighed(5, "charged twice|charged me twice|billed twice|double charge|double charged|duplicate charge|duplicate payment|paid twice|doppelt abgebucht|zweimal abgebucht|doppelt bezahlt|doppelt belastet|doppelte abbuchung"),
        **_weighed(5, "débité deux fois|débitée deux fois|facturé deux fois|payé deux fois|double prélèvement|cobrado dos veces|cobraron dos veces|doble cargo|cargo duplicado|addebitato due volte|doppio addebito|pagato due volte"),
        **_weighed(5, "twee keer afgeschreven|dubbel afgeschreven|twee keer betaald|dubbele afschrijving|cobrado duas vezes|cobraram duas vezes|cobrança duplicada|paguei duas vezes"),
    },
    "fraud": {
        **_weighed(5, "fraud|fraudulent|unauthorised|unauthorized|stolen card|my card was stolen|did not place this order|didn't place this order|never ordered|did not make this purchase|didn't make this purchase"),
        **_weighed(5, "betrug|betrügerisch|nicht autorisiert|karte gestohlen|nie bestellt|nicht von mir bestellt|fraude|fraudulenta|fraudolento|frauduleux|frauduleuse|carte volée|jamais commandé|tarjeta robada|nunca pedí|no autorizado|no autorizada"),
        **_weighed(5, "frode|carta rubata|mai ordinato|non autorizzato|kaart gestolen|nooit besteld|niet door mij besteld|cartão roubado|nunca encomendei|não autorizada|não autorizado"),
    },
}  # fmt: skip


_BETWEEN = (
    "want|need|ask|asking|for|a|an|any|the|to|be|is|was|will|möchte|will|brauche|ist|eine|einen|"
    "le|la|de|du|veux|souhaite|demande|un|une|quiero|pido|una|el|voglio|chiedo|il|wil|vraag|om|een|"
    "het|quero|peço|um|uma|o"
)
_DENIED = re.compile(
    r"(?:\b(?:not?|never|nicht|keine?n?|pas|sans|sin|non|senza|niet|geen|sem|não)|n['’]t)"
    rf"[ \t]+(?:(?:{_BETWEEN})[ \t]+){{0,4}}$",
    re.IGNORECASE,
)

WISHES = Lexicon(
    _WISH_WORDS, order=("replacement", "information", "refund"), denied=_DENIED, sure=4
)
"""Of a tie something else than money comes out: then nothing leaves by itself."""
REASONS = Lexicon(
    _REASON_WORDS,
    order=(
        *("fraud", "duplicate_charge", "not_arrived"),
        *("wrong_item", "damaged", "changed_mind"),
    ),
    denied=_DENIED,
)
"""Fraud wins a tie: a person looks at it."""
