"""Somebody else's offer: a price that is asked or advertised, and a sender who sells to us."""
# ruff: noqa: E501 - patterns in many languages

from __future__ import annotations

import re
from functools import lru_cache

from workflows.lead_intake.keywords import BUDGET

_SEVERAL = 2
_PRICED = (
    r"(?:your|the|their|an?) (?:web ?site|web ?page|page|web ?shop|shop|ad|advert\w*|catalog\w*|flyer|leaflet|price ?list)\b|(?:list|retail|sale|shelf|street) price|advertis\w+|"
    r"(?:prices?|pricing|rates?|plans?) (?:starts?|begins?|from)|starting (?:at|from)|competitor\w*|rival\w*|offer(?:s|ed)? (?:us|me|it|them|this|these)\b|offer of|on sale|discounted|"
    r"instead of|for only|charges?\b|we (?:paid|pay|spent)\b|costs?\b|sells?\b|"
    r"(?:ihr\w*|eure\w*|der|die|einer) (?:web\w*|seite|shop|online-?shop|anzeige|katalog|prospekt|flyer|werbung)|listenpreis|aktionspreis\w*|angebotspreis|sonderangebot|beworben|kostet|"
    r"kosten (?:sie|ab|die|diese)|verlang\w+|bietet|bieten (?:uns|mir)|angeboten|wettbewerb\w*|konkurren\w+|mitbewerb\w*|preise? (?:ab|beginn\w*)|statt\b|zahlten|bezahlt haben|gezahlt|ausgegeben|"
    r"(?:votre|le|leur|une) (?:site|boutique|catalogue|annonce|pub\w*)|prix (?:catalogue|affichés?|public)|affich\w+|concurren\w+|(?:nous|m'|me) ?(?:propose|offre)|à partir de|au lieu de|"
    r"coût\w+|payions|avons (?:payé|dépensé)|tarifs? commenc\w*|"
    r"(?:su|vuestr[ao]|la|un) (?:web|página|tienda|anuncio|catálogo)|precio de (?:lista|catálogo|venta)|anunci\w+|competencia|competidor\w*|(?:nos|me) ofrec\w+|cuestan?|en lugar de|pagamos|pagábamos|gast(?:amos|ábamos)|"
    r"(?:vostr[oa]|suo|il|un) (?:sito|negozio|catalogo|annuncio)|prezzo di listino|costano?|(?:ci|mi) offr\w+|a partire da|invece di|abbiamo pagato|pagavamo|(?:abbiamo )?speso|"
    r"(?:uw|jullie|de|een) (?:site|website|webshop|advertentie|catalogus)|adviesprijs|actieprijs|kosten ze|biedt|bieden|vanaf|in plaats van|betaalden|uitgegeven|"
    r"(?:vosso|seu|o|um) (?:site|loja|catálogo|anúncio)|preço de (?:tabela|catálogo)|custam?|concorr\w+|(?:nos|me) ofere\w+|em vez de|pagámos|"
    r"御社(?:の)?サイト|貴社(?:の)?サイト|定価|他社|広告|カタログ|"
    r"newsletter|amazon|ebay|elsewhere|quoted|promotion\w*|promo\b|promoción|promozione|promoção|aktion\b|rebaja\w*|saldi|solden|angebot (?:von|über) \d|la oferta de|normally|regular(?:ly)?|"
    r"(?:another|other|an ?other|different) (?:supplier|vendor|shop|store|company|provider)|(?:friend|colleague|neighbou?r)s? (?:paid|pays|got)|ander\w+ (?:anbieter|lieferant|händler|firma)\w*|"
    r"(?:un )?autre (?:fournisseur|prestataire|magasin)|otr[oa] (?:proveedor|tienda|empresa)|(?:un )?altr[oa] (?:fornitore|negozio|ditta)|ander\w* (?:leverancier|winkel)|outr[oa] (?:fornecedor|loja)|"
    r"woanders|ailleurs|en otro (?:sitio|lugar)|altrove|elders|noutro (?:sítio|lugar)|(?:steht|stehen) \d"
)
"""Words of a price that somebody asks, paid or advertised: no sum that the sender would spend."""

_BAIT = (
    r"spend\b.{0,30}(?:get|save|receive|off\b|free\b)|\W?\d[\d.,]* ?(?:€|eur|%)? off\b|minimum (?:order|spend)|mindestbestellwert|ab (?:einem )?\W?\d[\d.,]* ?(?:eur|€)? ?(?:einkaufs|bestell|waren)?wert|"
    r"(?:dès|pour) \d[\d.,]* ?(?:eur|€) d'achats?|por compras (?:superiores|de|desde)|con una spesa (?:di|minima)|bij besteding van|em compras (?:acima|de|superiores)|お買い上げで"
)
"""Words of a sum that a shop wants to have spent."""
_SPENDS = (
    r"we (?:have|plan|could|can|would|will) |i (?:have|can|would) |at most|no more than|not (?:more|exceed)|under \d|below \d|available|ready to|nicht mehr als|wir haben|zur verfügung|ausgeben|"
    r"disposons|pas plus de|plafond|disponemos|no más de|como máximo|a disposizione|non più di|al massimo|abbiamo|beschikbaar|niet meer dan|hooguit|wij hebben|we hebben|temos|não mais de|no máximo|以内|以下"
)
"""Words of a sum that the sender would spend."""
_SELLS = (
    r"(?:would like|want|love|happy|glad|pleased) to (?:offer|present|introduce|send|show) you (?:our|a|the)|(?:we|i) (?:can )?offer (?:you|discounts?|competitive|a free|free)|"
    r"our (?:prices|rates|pricing|plans) (?:starts?|begins?)|pricing starts|(?:our|the) (?:catalog\w*|price list|brochure) (?:is|are|and)\b.{0,30}attached|(?:may|can|could) i (?:call|show|offer) you|"
    r"(?:help|helps) (?:your|companies like) |we (?:build|export|supply|provide|develop|deliver|specialise in|specialize in) |affordable prices|become your|our offer:|look forward to your order|find attached our|off the first order|companies like yours|would you like a (?:free|quick|short|demo)|best price|"
    r"möchten (?:wir )?(?:ihnen|euch) .{0,40}(?:vorstellen|anbieten|präsentieren)|bieten (?:wir )?(?:ihnen|euch)|unsere preise (?:beginnen|starten)|helfen (?:wir )?(?:unternehmen|firmen|ihnen)|zeige ich ihnen|unternehmen wie ihr\w*|stellen (?:wir )?ihnen .{0,30} vor\b|"
    r"(?:souhait\w+|aimer\w+|voudr\w+) vous (?:présenter|proposer|offrir)|nous (?:vous )?proposons|je vous propose|devis gratuit|nos (?:tarifs|prix) commencent|"
    r"(?:gustaría|queremos|deseamos) (?:presentar|ofrecer)(?:le|les|os)|(?:(?:le|les) )?ofrecemos|presentar(?:le|les) nuestr\w*|precios muy competitivos|nuestros precios (?:empiezan|comienzan)|"
    r"(?:vorremmo|desideriamo|vorrei) (?:presentar|offrir|propor)\w*|(?:vi|le) (?:offriamo|proponiamo)|preventivo gratuito|i nostri prezzi partono|"
    r"(?:sturen|bieden|presenteren) (?:wij |we )?u (?:graag )?|onze prijzen beginnen|aan u voor(?:stellen| te stellen)|wij leveren|mogen (?:wij|we) u|"
    r"gostaríamos de (?:lhe |vos )?(?:apresentar|oferecer)|oferecemos(?:-lhe)?|os nossos preços começam|"
    r"弊社(?:の)?(?:製品|サービス|商品)の?ご紹介|ご提案させて"
)
"""Words of somebody who sells to us."""
_MAKER = (
    r"supplier|manufacturer|producer|provider|distributor|agency|factory|lieferant\w*|hersteller\w*|anbieter\w*|dienstleister\w*|agentur|fournisseurs?|fabricants?|prestataires?|agence|"
    r"proveedor\w*|fabricantes?|distribuidor\w*|agencia|fornitor\w+|produttor\w+|agenzia|leverancier|fabrikant|producent|bureau|fornecedor\w*|produtor\w*|agência|メーカー|業者"
)
_SELLER = (
    rf"(?:we are|we're|i represent|as|wir sind|als|nous sommes|en tant que|somos|como|siamo|wij zijn|we zijn|als)\s(?:\S+\s){{0,3}}?(?:{_MAKER})(?!\w)|looking for an? (?:\w+ )?(?:{_MAKER})\?|"
    r"purchasing manager|our (?:software|platform|services?|solutions?|products?) (?:can|helps?|will)|unsere (?:software|lösung\w*|leistungen|produkte)|nos (?:produits|services|solutions)|nuestr[oa]s (?:productos|servicios|soluciones)|"
    r"(?:nostra offerta|nostri (?:prodotti|servizi))|onze (?:prijslijst|producten|diensten)|nossos (?:produtos|serviços)|弊社は.{0,12}メーカー"
)
"""What somebody says who has something to sell; customers say it as well."""
_ASKS = (
    r"\bwe need\b|\bi need\b|we(?:'re| are) looking for|please (?:quote|offer)|send us (?:your|a)|quote (?:us|for)|would like to (?:buy|order|purchase)|"
    r"(?:suchen|brauchen|benötigen|bräuchten)\b|senden sie uns|was kost\w+|(?:cherchons|recherchons|avons besoin)|envoyez-nous|(?:necesitamos|buscamos|querríamos comprar)|"
    r"(?:cerchiamo|abbiamo bisogno|preventivo per)|(?:zoeken|hebben .{0,30}nodig|uw prijslijst)|(?:precisamos|procuramos|orçamento (?:para|de))|見積(?:もり)?を?お願い|購入したい"
)
"""What somebody says who wants something of us."""


def is_priced(clause: str) -> bool:
    """Whether a clause tells a price that somebody asks, paid or advertised, and not what its
    writer would spend."""
    if _pattern(_BAIT).search(clause):
        return True
    own = BUDGET.search(clause) or _pattern(_SPENDS).search(clause)
    return not own and bool(_pattern(_PRICED).search(clause))


def offers(text: str) -> tuple[str, ...]:
    """The words by which a text offers something to us: two of a seller's, one of them of an
    offer, and none of somebody who wants something; else none."""
    found = tuple(dict.fromkeys(one[0] for one in _pattern(_SELLS).finditer(text)))
    signs = len(found) + bool(found and _pattern(_SELLER).search(text))
    return found if signs >= _SEVERAL and not _pattern(_ASKS).search(text) else ()


# Compiled when a text first needs them: together they take 20 ms.
@lru_cache(maxsize=8)
def _pattern(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-zß-öø-ÿ0-9])(?:{words})", re.IGNORECASE)
