"""The kinds of what readers hear, each in the languages of the fixed texts: one table.

A word is a piece of a regular expression; it stands as a whole word, and `*` ends an open stem.
"""
# ruff: noqa: E501, RUF001 - tables of words in many languages and scripts

from __future__ import annotations

from collections.abc import Mapping

Words = Mapping[str, str]
"""Alternatives by language."""

WISH: Words = {
    "en": r"refund*|money back|my money|reimburs*|repay*|pa(?:y|id) (?:it |me |us |this |that |the \w+ )?back|g(?:i|a)ve (?:it |me |us |the money )?back|get (?:it |my \w+ |the \w+ |[\d.,]+ \w+ )?back|credit (?:me|my|it|the)|return (?:the|my) (?:money|payment)|back to (?:me|my)|(?:my|the) [€£$a-z]{0,3} ?\d[\d.,]* ?\w* back|[\d€£$] back|(?:eur|euros?|gbp|pounds?|usd|dollars?|chf) back|back, please",
    "de": r"erstatt*|rückerstatt*|zurückerstatt*|zurück(?!ges|sen|sch)\w*|rückzahl*|rückgezahlt|gutschr*|gutgeschrieben|gutzuschreiben|mein geld|das geld",
    "fr": r"rembours*|rendre|rendez*|restitu*|recrédit*|mon argent|l'argent|me devez",
    "es": r"reemb[oó]ls*|devol*|devu[eé]lv*|reint[eé]gr*|abon*|mi dinero|el dinero",
    "it": r"rimb[oò]rs*|restitu*|indietro|ridare|riavere|riaccredit*|i miei soldi|i soldi|il denaro",
    "nl": r"terug(?!gest|st|gez)\w*|restitutie|vergoed*|mijn geld|het geld",
    "pt": r"reemb[oó]ls*|devol*|estorn*|restitu*|de volta|o meu dinheiro|o dinheiro",
    "ja": r"返金|払い戻|払戻|返して|返却して|お金を",
}
"""Money back."""

BREAK: Words = {
    "en": r"[,:–—()](?!\d)|(?<=\s)-(?=\s)|and|but|so|because|since|as|please|kindly|(?<!not )(?:i would like|i'd like|i want|i request|i ask)",
    "de": r"[,:–—()](?!\d)|(?<=\s)-(?=\s)|und|aber|weil|da|denn|bitte|ich möchte|ich bitte|ich will|ich hätte|ich fordere",
    "fr": r"[,:–—()](?!\d)|(?<=\s)-(?=\s)|et|mais|car|parce|puisque|je (?:souhaite|demande|voudrais|veux)|merci de|veuillez",
    "es": r"[,:–—()](?!\d)|(?<=\s)-(?=\s)|y|e|pero|porque|(?<!no )(?:quiero|solicito|quisiera|pido)|por favor",
    "it": r"[,:–—()](?!\d)|(?<=\s)-(?=\s)|e|perché|poiché|(?<!non )(?:vorrei|chiedo|voglio)|per favore|prego",
    "nl": r"[,:–—()](?!\d)|(?<=\s)-(?=\s)|en|maar|want|omdat|graag|ik wil|ik verzoek",
    "pt": r"[,:–—()](?!\d)|(?<=\s)-(?=\s)|e|mas|porque|pois|(?<!não )(?:quero|gostaria|peço|solicito)|por favor",
    "ja": r"、|，|が、|ので",
}
"""What ends a clause: a sign, a word that joins, or the beginning of a wish."""

NOT: Words = {
    "en": r"not|\w+n't|dont|never|no(?!\.| valor| meu| seu| cart| prazo| montante| dia| total| âmbito)|without|nor|neither|cannot|nobody|stop|cancel*|withdr*|ignore|disregard|forget|refuse|instead of|rather than|retract*|drop|void|unnecessary|moot|obsolete|scrap|drop|call off",
    "de": r"nicht*|kein*|nie|niemals|ohne|storn*|zurückzieh*|zurückgezogen|statt|anstatt|anstelle|weder|verzicht*|erledigt|überflüssig|hinfällig|gegenstandslos|vergessen|lassen sie es|bleiben lassen|vergiss",
    "fr": r"pas|jamais|aucun*|sans|ne|n'*|annul*|retir*|au lieu|plutôt que|ignor*|oubli*|inutile|laiss\w+ tomber",
    "es": r"no|nunca|jamás|ningun*|ningún|sin|anul*|cancel*|retir*|en lugar|en vez|tampoco|ignor*|olvid*|innecesari*|déjen?lo",
    "it": r"non|nessun*|senza|annull*|ritir*|invece|anziché|ignor*|dimentic*|inutile|lasci\w+ (?:perdere|stare)",
    "nl": r"niet*|geen|nooit|zonder|annul*|intrek*|ingetrokken|trek|in plaats|negeer|vergeet|overbodig|vervallen|laat maar|maar zitten",
    "pt": r"não|nunca|nenhum*|sem|cancel*|anul*|retir*|em vez|nem|ignor*|esqueç*|desnecessári*|deixem? (?:estar|lá)",
    "ja": r"不要|いりません|要りません|取り消|取消|しないで|ではなく|必要ありません|必要ない|キャンセル|撤回|結構です",
}
"""What turns a wish into its opposite, within its own clause."""

WITHDRAWN: Words = {
    "en": r"(?:not|\w+n't) (?:want|need|require) (?:\w+ ){1,3}any ?(?:longer|more)|take back my|stop the refund|leave the money|i waive|scrap (?:my|the)|never ?mind|(?:has|have|is|was|been) (?:\w+ )?(?:resolved|solved|sorted|settled|turned up)|found (?:it|the|them|my)|(?<!nothing )has (?:now |since |finally )?(?:arrived|come)(?! (?:broken|damaged|late|in|with|without|cracked|incomplete|faulty))|changed my mind about (?:the|my) (?:refund|return|request)|works (?:fine |well |perfectly )?(?:now|again|after all)|all (?:is )?(?:good|fine|well) now|no longer (?:want|need|wish|require) (?:a |the |my |any |to )*(?:refund|money|be refunded|reimburs*)|keep the money|withdr*|my (?:earlier|previous|last) (?:request|mail|e-?mail|message)",
    "de": r"stoppen|erübrigt|geld behalten|nehme (?:ich )?(?:\w+ ){0,2}zurück|hat sich (?:\w+ )?(?:erledigt|geklärt|gelöst|gefunden)|doch noch (?:an)?gekommen|ist (?:jetzt |nun |inzwischen |mittlerweile |doch )+(?:noch )?(?:an)?gekommen|wieder aufgetaucht|gefunden|funktioniert (?:jetzt|wieder|nun|doch)|nicht mehr nötig|zurückzieh*|zieh* \w+ \w+ zurück|(?:frühere|vorherige|letzte|meine erste)\w* (?:anfrage|nachricht|mail|e-mail)|behalten sie das geld",
    "fr": r"renonc*|plus besoin|(?:est|c'est) (?:\w+ )?(?:résolu\w*|réglé\w*|arrangé\w*)|(?:est|a) (?:finalement|enfin|bien) (?:été )?(?:arrivé\w*|reçu\w*)|retrouvé*|marche (?:à nouveau|maintenant|finalement)|fonctionne (?:à nouveau|maintenant|finalement)|ne tenez pas compte|(?:précédent\w*|dernière) (?:demande|message|mail)|gardez l'argent",
    "es": r"renunci*|desist*|(?:está|quedó|ha quedado|se ha) (?:ya )?(?:resuelto|solucionado|arreglado)|(?:ha llegado|llegó) (?:por fin|finalmente|ya)|(?:ya|finalmente|por fin) (?:ha llegado|llegó|apareció|lo encontré|funciona)|he encontrado|ya funciona|(?:anterior|última) (?:solicitud|mensaje|correo|petición)|quédense con el dinero",
    "it": r"rinunci*|desist*|(?:è|si è) (?:stato )?(?:risolt\w*|sistemat\w*|chiarit\w*)|(?:è|sono) (?:finalmente|poi|infine) arrivat*|ho (?:ri)?trovato|ora funziona|funziona (?:di nuovo|ora|adesso)|(?:precedente|ultima|mia prima) (?:richiesta|mail|e-mail)|tenete(?:vi)? i soldi",
    "nl": r"zie (?:ik )?(?:\w+ )?af van|laat (?:\S+ ){0,4}(?:maar )?zitten|(?:is|heeft zich) (?:\w+ )?(?:opgelost|geregeld|opgehelderd)|(?:is|zijn) (?:inmiddels|toch|nu|alsnog|eindelijk) (?:nog )?(?:aan|binnen)gekomen|teruggevonden|gevonden|werkt (?:weer|nu|inmiddels|toch)|(?:eerdere|vorige|laatste) (?:verzoek|aanvraag|bericht|mail)|houd het geld",
    "pt": r"desist*|prescind*|renunci*|(?:está|ficou|já foi) (?:já )?(?:resolvid\w*|tratad\w*|solucionad\w*)|(?:já|finalmente|afinal) (?:chegou|apareceu|funciona|encontrei)|chegou (?:finalmente|afinal)|encontrei|(?:anterior|último|última) (?:pedido|mensagem|e-mail)|fiquem com o dinheiro",
    "ja": r"もう(?:結構|大丈夫)|解決し|解決済|(?<!で)(?<!て)届きました(?!が|けど)|見つかり|直りました|取り下げ|前回の(?:依頼|連絡|メール)|先日の(?:依頼|連絡)",
}
"""The reason is gone, or the request is taken back."""

DONE: Words = {
    "en": r"refund is (?:in|on) my|refund (?:\S+ ){0,4}(?:landed|came|hit|showed up)|(?:is|are) back (?:on|in) my|money (?:\S+ ){0,4}(?:has|have) (?:arrived|come)|(?:received|got|thank you for|thanks for|saw|seen) (?:\w+ ){0,3}(?:refund|money|reimbursement|credit)|refund (?:\S+ ){0,8}(?:arrived|came through|is here|has reached|was received|went through|is on my)",
    "de": r"geld ist (?:wieder |schon |bereits )?(?:auf|da|angekommen)|dank* .{0,40}erstattet|(?:dank\w*|danke) für (?:\w+ ){0,3}(?:erstatt|rückerstatt|rückzahl|gutschrift)\w*|(?:erstattung|rückerstattung|rückzahlung|gutschrift|geld) (?:\S+ ){0,8}(?:angekommen|eingegangen|erhalten|gutgeschrieben|da)",
    "fr": r"(?<!pas )été remboursée?,? merci|argent est (?:bien |de nouveau )?(?:sur|arrivé)|merci pour (?:\w+ ){0,2}remboursement|(?:reçu|eu) (?:\w+ ){0,2}remboursement|remboursement (?:\S+ ){0,8}(?:arrivé|reçu|effectué|crédité)",
    "es": r"dinero (?:ya )?(?:está|llegó|ha llegado)|gracias por (?:\w+ ){0,2}(?:reembolso|devolución)|(?:recibido|recibí) (?:\w+ ){0,2}(?:reembolso|devolución)|(?:reembolso|devolución) (?:\S+ ){0,8}(?:llegado|llegó|recibid\w*)",
    "it": r"soldi (?:sono |già )?(?:arrivati|sul)|grazie per (?:\w+ ){0,2}rimborso|ricevuto (?:\w+ ){0,2}rimborso|rimborso (?:\S+ ){0,8}(?:arrivato|ricevuto|accreditato)",
    "nl": r"geld staat (?:weer |al |inmiddels )?op|(?:bedankt|dank|dank u|dank je) voor (?:\w+ ){0,2}(?:terugbetaling|restitutie)|(?:terugbetaling|restitutie|geld) (?:\S+ ){0,8}(?:ontvangen|binnen|aangekomen|binnengekomen)",
    "pt": r"dinheiro (?:já )?(?:está|chegou|entrou)|obrigad\w (?:pelo|pela) (?:\w+ ){0,2}(?:reembolso|devolução|estorno)|(?:recebi|recebido) (?:\w+ ){0,2}(?:reembolso|devolução|estorno)|(?:reembolso|devolução|estorno) (?:\S+ ){0,8}(?:chegou|recebid\w*|entrou)",
    "ja": r"入金(?:を|が)?(?:確認|され)|返金(?:は|が|を)?.{0,12}(?:届|受け取|受取|確認|ありがとう|されました|いただきました)",
}
"""The money is back already."""

THIRD: Words = {
    "en": r"neighbou?r*|friend*|colleague*|sister*|brother*|mother*|father*|husband*|wife*|someone|somebody|other customers?|another customer|people",
    "de": r"nachbar*|freund*|kolleg*|schwester|bruder|mutter|vater|mein mann|meine frau|jemand*|andere* kund*",
    "fr": r"voisin*|amie?s?|collègue*|sœur|soeur|frère|mère|père|mari|ma femme|quelqu'un|autres? clients?",
    "es": r"vecin*|amig*|compañer*|herman*|madre|padre|marido|mi mujer|alguien|otros? clientes?",
    "it": r"vicin[oa]|vicini|amic[oa]|amici|collega|colleghi|sorella|fratello|madre|padre|marito|mia moglie|qualcuno|altri clienti|altro cliente",
    "nl": r"buur*|buren|vriend|vriendin|vrienden|collega*|zus|broer|moeder|vader|mijn man|mijn vrouw|iemand|andere klant*",
    "pt": r"vizinh*|amig*|colega*|irmã*|irmão|mãe|pai|marido|minha mulher|alguém|outros? clientes?",
    "ja": r"隣の|隣人|友人|友達|知人|同僚|姉|妹|兄|弟|他の客|ほかの客",
}
"""Somebody else's money, in the clause of the wish."""

CONDITION: Words = {
    "en": r"in the event|hold off|wait|later|was told|were told|decided|undecided|charity|next (?:week|month|year)|if(?! possible| you (?:could|would|can|need|have)| that'?s? | necessary| needed| any)|unless|in case|provided|once(?! more)|after|until|whether|otherwise|should (?:it|the|you|i|this|that|they)|would you (?:still|also|then)|could i|can i|may i|am i|how (?:do|can|long|much|would|soon)|what (?:if|happens|would)|when (?:will|would|can|do|the|it|i|my)|why|who|where|what's|is it possible|would it be|do you|possible to|maybe|perhaps|might|thinking|consider*|not sure|depending|as long as|or else",
    "de": r"überlegung|hat zeit|später|warten|abwarten|überleg*|noch nicht|wenn(?! möglich| sie (?:so|könnten|möchten))|falls|sofern|sobald(?! (?:wie )?möglich)|ob|bevor|nachdem|solange|es sei denn|andernfalls|sonst|kann ich|könnte ich|bekäme ich|bekomme ich|würden sie (?:dann|noch|auch|trotzdem)|wäre es|ist es möglich|wie (?:lange|viel|kann|läuft)|was passiert|warum|wieso|weshalb|wann|vielleicht|eventuell|unter der bedingung|vorausgesetzt|überlege",
    "fr": r"réfléch*|attend*|plus tard|pas encore|hésit*|si(?! possible)|s'il(?!s? (?:vous|te) pla)|s'ils|lorsque|dès que(?! possible)|quand|à condition|sauf si|à moins|avant (?:de|que)|après|sinon|peut-être|puis-je|pourrais-je|est-ce que je|serait-il|est-il possible|combien|comment|pourquoi|seriez-vous|serais-je|aurais-je|ai-je droit|au cas où|pourvu que",
    "es": r"valorando|pensando|esper*|más tarde|todavía no|no estoy segur\w|si(?! es posible)|cuando|en caso|siempre que|a menos|antes de|después de|una vez|salvo|quizá*|tal vez|puedo|podría (?:yo|recibir|obtener)|es posible|sería posible|cómo|cuánto|por qué|cuándo|me devolverían|a condición",
    "it": r"sto (?:valutando|pensando)|valut*|aspett*|più tardi|non ancora|non sono sicur\w|se(?! possibile)|qualora|quando|nel caso|a condizione|prima di|dopo|una volta|a meno|altrimenti|forse|posso|potrei|è possibile|sarebbe possibile|quanto|perché mai|come mai|mi rimborsereste|avrei diritto|purché|sempre che",
    "nl": r"denk (?:\w+ ){0,3}na|bedenktijd|wacht*|later|nog niet|twijfel*|als(?! (?:het )?mogelijk| u (?:dat|kunt))|indien(?! mogelijk)|wanneer|zodra|mits|tenzij|voordat|nadat|anders|misschien|kan ik|zou ik|krijg ik|is het mogelijk|hoe|waarom|heb ik recht|op voorwaarde|of ik",
    "pt": r"a pensar|ponder*|esper*|mais tarde|ainda não|se(?! (?:for )?possível)|caso|quando|desde que|assim que(?! possível)|a menos|antes de|depois de|senão|talvez|posso|poderia (?:eu|receber)|é possível|seria possível|quanto|por que|porquê|tenho direito|devolviam-me|na condição",
    "ja": r"迷って|保留|待って|検討|もし|場合|たら|れば|でしょうか|ですか|ますか|可能|かどうか|次第|後で",
}
"""A condition or a question around a wish."""

PART: Words = {
    "en": r"a bit of a refund|in addition|(?:a bit|some) of (?:the|my|it)|knock \w+ off|something off|three quarters?|(?:not|n't) (?:\w+ ){0,2}(?:full|whole|entire) (?:amount|sum|price)|more than (?:agreed|advertised)|tenner|fiver|\d+ (?:out )?of the|difference|half|\d+(?:[.,]\d+)? ?%|per ?cent|partial*|part of|a part|portion|remaining|remainder|the rest|balance|surplus|excess|overcharg*|overpaid|too much|(?:a|one|two) (?:third|quarter)s?|two thirds|deduct*|minus|less the|except|excluding|apart from|but (?:not|keep)|(?:will|'ll|to|can|may|but|you|could) keep|not (?:the |it |all |my )*(?:whole|full|entire|everything|all)|gap|shortfall|outstanding|left over|what(?:'s| is) left|what remains|extra|(?:the|my|for) (?:postage|shipping|delivery|handling|deposit|freight|p&p|vat|tax)|(?:shipping|delivery|postage|handling) (?:cost|fee|charge)*|only|just the|proportion*|pro rata|reduction|price (?:drop|match|cut)|goodwill|compensation|some of|restocking|instead of \W?\d+|rather than \W?\d+",
    "de": r"mehrbetrag*|mehrpreis*|dritteln|(?:euro|eur|€) von d(?:en|em) \d|\w+ von den|differenz|unterschied*|hälfte|halbe*|halben|\d+(?:[.,]\d+)? ?%|prozent|teilweise|teil|teils|anteil*|teilbetrag|teilerstattung|rest|restliche*|restbetrag|überschuss|überzahl*|zu viel|zuviel|zu viel*|drittel|viertel|abzüglich|abzug|außer|ausgenommen|bis auf|behalt*|nicht (?:\w+ )?(?:alles|ganz*|voll*|komplett*|gesamt*|sämtliche*)|verbleib*|übrig*|ausstehend*|abweichung|zweidrittel|versand*|porto|lieferkosten|bearbeitungsgebühr|anzahlung|pfand|mehrwertsteuer|nur|lediglich|rabatt|nachlass|preisnachlass|minderung|kulanz|entschädigung|statt \W?\d+",
    "fr": r"payé en plus|facturé en plus|de plus que|(?:petit )?geste (?:sur|pour)|rendez-moi juste|sur les|différence|moitié|demi*|\d+(?:[.,]\d+)? ?%|pour ?cent|partiel*|partie|solde|le reste|restant*|surplus|excédent|trop (?:perçu|payé|facturé|élevé)|en trop|tiers|quart|moins (?:les|le|la)|déduction|déduire|sauf|excepté|hors (?:frais|port)|gard*|pas (?:la totalité|le tout|tou[st]\w*|l'intégralité|l'ensemble|en entier|le montant total|entièrement)|écart|seule?s?|ce qui reste|dû|frais de (?:port|livraison|dossier)|livraison|acompte|caution|tva|seulement|uniquement|que les|que la|que le|remise|rabais|réduction|geste commercial|dédommagement|au lieu de \W?\d+",
    "es": r"por encima del|tercios|una parte|diferencia|mitad|medi[oa]|\d+(?:[.,]\d+)? ?%|por ciento|parcial*|parte|resto|restante*|saldo|exceso|de más|demasiado|tercio|cuarto|cuarta parte|menos (?:los|el|la)|descont*|descuento|deduc*|salvo|excepto|menos los|qued\w+(?:me|se)? con|quedo|no (?:\S+ ){0,4}(?:tod[oa]s?|totalidad|total|enter[oa]s?|complet[oa]s?|íntegr*)|lo que queda|pendiente|sobrante|gastos de (?:envío|gestión)|envío|portes|fianza|depósito|iva|solo|sólo|solamente|únicamente|rebaja|compensación|en (?:vez|lugar) de \W?\d+",
    "it": r"in eccesso|una parte|il di più|differenza|metà|mezz[oa]|\d+(?:[.,]\d+)? ?%|per ?cento|parzial*|parte|resto|restante|rimanente|saldo|eccedenza|in più|di troppo|troppo|terzo|quarto|meno (?:le|il|la|i)|detra*|dedu*|tranne|eccetto|salvo|escluse?|ten\w+ (?:pure |voi )?(?:le|il|la|i)|tengo|non (?:\S+ ){0,3}(?:tutt[oaie]|inter[oa]|totalità|totale|complet*)|quanto resta|scarto|residu*|spese di (?:spedizione|trasporto)|spedizione|caparra|cauzione|iva|solo|soltanto|solamente|sconto|riduzione|indennizzo|invece di \W?\d+",
    "nl": r"hou (?:de|het|ik)|tientje|stukje|gedeelte|verschil|helft|halve|\d+(?:[.,]\d+)? ?%|procent|gedeelte*|deel|deels|gedeeltelijk*|resterend*|restant|de rest|overschot|te veel|teveel|derde|kwart|minus|min de|aftrek|behalve|exclusief|houd* (?:de|het|ik|u)|behoud*|niet (?:\S+ ){0,3}(?:alles|hele|volledig*|gehele|totale)|wat over is|overige|openstaand*|meerprijs|verzend*|bezorg\w*kosten|portokosten|porto|borg|aanbetaling|btw|alleen|slechts|enkel|korting|compensatie|tegemoetkoming|in plaats van \W?\d+",
    "pt": r"uma parte|um bocado|diferença|metade|mei[oa]|\d+(?:[.,]\d+)? ?%|por cento|parcial*|parte|resto|restante*|saldo|excesso|a mais|demasiado|terço|quarto|um quarto|menos (?:os|o|a|as)|descont*|deduz*|dedução|exceto|excepto|salvo|fi(?:co|que|quem) com|não (?:\S+ ){0,4}(?:tudo|total|totalidade|tod[oa]s?|inteir[oa]s?|complet*)|por inteiro|o que falta|o que sobra|em falta|portes|envio|custos? de envio|depósito|caução|iva|só|apenas|somente|desconto|redução|compensação|em vez de \W?\d+",
    "ja": r"払いすぎ|払い過ぎ|過払い|多く払|余分に|のうち|差額|半額|半分|一部|残り|残額|[\d０-９]+ ?[%％]|パーセント|[\d一二三四五六七八九]割|送料|だけ|のみ|以外|除いて|過剰|多く請求|値引|割引|全額では",
}
"""Words of a part of a sum."""

ITEMS: Words = {
    "en": r"(?:one|two|three|four|five|\d+) \w+ of the|refund for (?:those|these)|(?:is|are) (?:fine|ok|okay|intact),? but|(?:one|two|three|four|five|six|seven|eight|nine|ten|\d+) (?:\w+ )?out of (?:the )?(?:one|two|three|four|five|six|seven|eight|nine|ten|\d+)|(?:those|these) (?:two|three|four|five|\d+)|the missing (?:one|item|part|piece|ones|items|pieces)|(?:ordered|bought) (?:one|two|three|four|five|six|seven|eight|nine|ten|\d+) .{0,20}(?:received|got|arrived|came) (?:only )?(?:one|two|three|four|five|six|seven|eight|nine|ten|\d+)|keep(?:ing)? the \w+,? (?:and|but|i|just)|the (?:red|blue|green|black|white|yellow|left|right|small|large|big) (?:one|ones)|(?:one|two|three|four|five|six|seven|eight|nine|ten|\d+|some|half|most|none|any|neither|either|both) (?:out )?of (?:the|my|these|those|them|our|your|all|two|three|four|five|six|seven|eight|nine|ten|twelve|\d+)|not all|the others?|the remaining|a (?:pair|set) of|the rest of|per (?:piece|item)|apiece|each|\d+ x|x ?\d+|only one|that one|this one",
    "de": r"(?:eins|eines|einer) fehlt*|von den (?:eine?r?|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|\d+) .{0,24}(?:sind|ist|war|waren|fehlt|fehlen) (?:eine?r?|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|\d+)|(?:eine?r?|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|\d+) bestellt .{0,20}(?:eine?r?|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|\d+) (?:bekommen|erhalten)|fehlend*|diese beiden|es fehl(?:t|en) (?:eine?r?|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|\d+)|(?:ein|eine|einer|einen|eines|eins|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|\d+|einige|mehrere|manche|keine\w?|beide) (?:von|der|meiner|dieser|unserer|aus)|nicht alle|die anderen|die übrigen|pro stück|stückpreis|je \W?\d+|jeweils|\d+ x|\d+x|nur (?:ein\w*|zwei|drei)|(?:dieses|diese|diesen|das) (?:eine|einen)",
    "fr": r"(?:une?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|\d+) \w+ sur (?:une?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|\d+)|ces (?:deux|trois|quatre)|manquant*|il manque (?:une?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|\d+)|commandé (?:une?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|\d+) .{0,20}reçu (?:une?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|\d+)|(?:l'une?|une?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|\d+|certain\w*|quelques|aucun\w*) (?:des|de (?:mes|ces|nos|vos|mon)|sur|d'entre|parmi)|pas tou[st]\w*|les autres|pièce|l'unité|chacun*|\d+ x|(?:un|une) seule?|celui-(?:là|ci)|celle-(?:là|ci)",
    "es": r"(?:un[oa]?|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|\d+) \w+ de l[ao]s (?:un[oa]?|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|\d+)|(?:es[oa]s|est[oa]s) (?:dos|tres|cuatro)|(?:el|la|los|las) que faltan?|(?:pedí|compré|encargué) (?:un[oa]?|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|\d+) .{0,20}(?:llegaron|llegó|recibí) (?:un[oa]?|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|\d+)|(?:un[oa]?|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|\d+|algun\w*|varios|ningun\w) de (?:las|los|mis|estas|estos|nuestr\w+|mi|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|\d+)|no tod[oa]s|cada un[oa]|por unidad|\d+ x|solo (?:un[oa]|dos|tres)|sólo un[oa]",
    "it": r"(?:un[oa]?|due|tre|quattro|cinque|sei|sette|otto|nove|dieci|\d+) \w+ su (?:un[oa]?|due|tre|quattro|cinque|sei|sette|otto|nove|dieci|\d+)|quest[ei] (?:due|tre|quattro)|mancant*|ordinat\w (?:un[oa]?|due|tre|quattro|cinque|sei|sette|otto|nove|dieci|\d+) .{0,24}(?:arrivat\w|ricevut\w) (?:un[oa]?|due|tre|quattro|cinque|sei|sette|otto|nove|dieci|\d+)|(?:un[oa]?|due|tre|quattro|cinque|sei|sette|otto|nove|dieci|\d+|alcun\w|nessun\w) (?:delle|dei|degli|della|del|dell'\w*|su|di (?:quest\w|quell\w|due|tre|quattro|cinque|sei|\d+))|non tutt[ie]|l'altr\w|ciascun*|cadaun*|al pezzo|\d+ x|un[oa]? sol[oa]|solo (?:un[oa]|due|tre)|sol[oa] un[oa]",
    "nl": r"(?:één|een|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|\d+) \w+ van de (?:één|een|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|\d+)|(?:die|deze) (?:twee|drie|vier)|ontbrekend*|bestelde (?:er )?(?:één|een|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|\d+) .{0,20}(?:kreeg|ontving) (?:er )?(?:één|een|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|\d+)|(?:één|een|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|\d+|sommige|enkele|geen|beide) (?:van|uit) (?:de|mijn|deze|die|onze|het|twee|drie|vier|vijf|zes|\d+)|niet alle|per stuk|stuksprijs|elk|\d+ x|maar (?:één|een|twee|drie)|(?:dat|die|deze) ene|alleen (?:die|dat|deze)",
    "pt": r"(?:uma?|dois|duas|três|quatro|cinco|seis|sete|oito|nove|dez|\d+) \w+ d[ao]s (?:uma?|dois|duas|três|quatro|cinco|seis|sete|oito|nove|dez|\d+)|(?:ess[ae]s|est[ae]s) (?:dois|duas|três)|(?:o|do|a|da) que falta|encomendei (?:uma?|dois|duas|três|quatro|cinco|seis|sete|oito|nove|dez|\d+) .{0,20}(?:chegaram|recebi|chegou) (?:uma?|dois|duas|três|quatro|cinco|seis|sete|oito|nove|dez|\d+)|(?:um|uma|dois|duas|três|quatro|cinco|seis|sete|oito|nove|dez|\d+|algun\w|alguma\w?|nenhum\w?) (?:dos|das|destes|destas|desses|dessas|de (?:meus|minhas|duas|dois|três|quatro|cinco|seis|sete|oito|\d+))|nem tod[oa]s|cada um\w?|por unidade|\d+ x|(?:só|apenas) (?:um|uma|dois|duas)|um[a]? só",
    "ja": r"足りない|不足して|[\d一二三四五六七八九](?:個|点|枚|本|つ|台)(?:しか|だけ)|のうち|うちの|[\d一二三四五六七八九](?:個|点|枚|本|つ|脚|台)(?:だけ|分|のみ)|片方|ほかの|他の|1個あたり|単価|ひとつ(?:だけ|が)|一つ(?:だけ|が)|一部の",
}
"""Some of several things."""

WHICH: Words = {
    "en": r"(?:the|just|only) (?:first|second|third|other|last|larger|smaller) (?:one|two|three|(?!charge|payment|debit|order|\d)\w+)",
    "de": r"(?:der|die|das|den|dem) (?:ersten?|zweiten?|dritten?|anderen?|letzten?|größeren?|kleineren?)",
    "fr": r"(?:le|la|les) (?:premi\w+|deuxième|second\w*|troisième|autres?|dernier\w*)",
    "es": r"(?:el|la|los|las) (?:primer\w*|segund\w*|tercer\w*|otr\w+|últim\w+)",
    "it": r"(?:il|lo|la|i|le|gli) (?:prim\w|second\w|terz\w|altr\w|ultim\w)",
    "nl": r"(?:de|het) (?:eerste|tweede|derde|andere|laatste)",
    "pt": r"(?:o|a|os|as) (?:primeir\w+|segund\w+|terceir\w+|outr\w+|últim\w+)",
    "ja": r"(?:最初|二番目|二つ目|もう一つ|もう一方|最後)の",
}
"""Which of several things: in the sentence of the wish, else it is a story."""

REMEDY: Words = {
    "en": r"fresh one|mend*|as credit|missing (?:screw|part|piece)|voucher*|store credit|shop credit|gift ?card*|credit note|coupon*|replac*|exchang*|repair*|(?:send|want|like|get|need|have) (?:me |us )?(?:a new|another|a different)|new one|another one|spare part*|discount code|swap*|fix it|fixed",
    "de": r"tausch*|(?:schicken|senden) sie (?:mir|uns) (?:\w+ )?(?:eine zweite|einen zweiten|noch)|\w*gutschein*|gutschein*|guthaben|umtausch*|umgetauscht|ersatz*|ersetz*|austausch*|ausgetauscht|reparatur*|reparier*|nachbesser*|nachliefer*|neue* exemplar|(?:ein|eine|einen) neue*|(?:ein|eine|einen) ander*|rabattcode",
    "fr": r"neuve|neufs?|bon pour (?:un|mon) prochain|bons? d'achat|un avoir|d'avoir|échang*|remplac*|répar*|carte cadeau|cartes cadeaux|bon de réduction|code promo|une? nouve\w+|une? autre|renvoyer une",
    "es": r"manden otr\w|envíen otr\w|c[aá]mbi(?:en|e)l\w|arregl*|vale*|cupón|cupones|un cambio|cambio por|cambiarl*|cambiármel*|cambien|reemplaz*|sustitu*|reparaci*|reparar*|reparen|tarjeta regalo|(?:un[oa]?) nuev*|otr[oa] (?:lámpara|nuev\w)|crédito en la tienda|saldo en (?:la|su) tienda",
    "it": r"un'altr\w|un altro|cambiatel\w|buon[oi] (?:acquisto|sconto|regalo|spesa)|un buono|nota di credito|sostitu*|un cambio|cambiarl*|cambiarmi|ripar*|carta regalo|(?:un|una|uno) nuov*|credito nel negozio",
    "nl": r"ruil*|waardebon*|tegoedbon*|tegoed|cadeaubon*|waardebon*|omruil*|omgeruild|ruilen|vervang*|reparat*|repar*|herstel*|nieuw exemplaar|(?:een) nieuwe*|kortingscode|winkeltegoed",
    "pt": r"enviem outr\w|mandem outr\w|vale*|voucher*|cupão|cupões|cupom|troca|trocar*|trocá*|troquem|substitui*|repara*|conserto|consert*|cartão presente|(?:um|uma) nov*|crédito na loja",
    "ja": r"新しい(?:商品|もの|の)|交換|クーポン|商品券|ギフト|修理|ポイント|代替|代わりの|新しいもの|取り替え|ストアクレジット",
}
"""Something else than money."""

WAY: Words = {
    "en": r"bitcoin|crypto|to (?:her|him|them|the charity)|charity|donat*|refund (?:her|him|them)|(?:other|another|different|new|old|previous|closed|expired|second|wife's|husband's|partner's|mother's|friend's|company) (?:\w+ )?(?:card|account|bank|iban)|(?:card|account) (?:is|was|has been|has|no longer|got) (?:\w+ )?(?:closed|expired|lost|stolen|cancelled|canceled|blocked|changed|valid|exists?|work)|not (?:to|on|onto|back to) (?:the|my|that|this) (?:\w+ )?(?:card|account)|bank transfer|wire|by (?:cheque|check|transfer|cash)|in cash|iban|\[iban\]|paypal|account number|sort code|changed (?:my )?banks?",
    "de": r"bar (?:aus|zurück)|in bar|ausbezahl*|bitcoin|krypto|spende*|ihm|meiner (?:frau|schwester|mutter)|(?:ander|neu|alt|bisherig|gekündigt|zweit|gesperrt)\w* (?:\w+ )?(?:konto|karte|kreditkarte|bank|bankkonto|bankverbindung)|(?:karte|konto|kreditkarte) (?:\w+ ){0,3}(?:gesperrt|abgelaufen|gekündigt|geschlossen|aufgelöst|gestohlen|verloren|nicht mehr)|nicht auf (?:die|das|meine?)|per überweisung|iban|\[iban\]|kontonummer|bankverbindung|paypal|in bar|scheck|konto (?:meiner|meines)",
    "fr": r"bitcoin|lui|don à|(?:autre|nouveau|nouvelle|ancien|ancienne) (?:compte|carte|banque)|(?:compte|carte) (?:bancaire )?(?:\w+ ){0,3}(?:clôturé\w*|fermé\w*|expiré\w*|volé\w*|perdu\w*|bloqué\w*)|(?:compte|carte) de (?:ma|mon)|pas sur|virement|rib|iban|\[iban\]|chèque|espèces|paypal|changé de banque",
    "es": r"bitcoin|donar|donación|(?:otr|nuev|antigu|anterior|vieja)\w* (?:cuenta|tarjeta|banco)|(?:cuenta|tarjeta) (?:nueva|antigua|anterior|vieja|de mi|está|ha|ya no)|no (?:a|en) la (?:tarjeta|cuenta)|transferencia|iban|\[iban\]|cheque|en efectivo|paypal|número de cuenta|cambiado de banco",
    "it": r"bitcoin|beneficenza|don\w+ a|(?:altr|nuov|vecchi|precedente)\w* (?:conto|carta|banca)|(?:conto|carta) (?:nuov\w|vecchi\w|di mi\w|è|non)|non (?:sulla|sul)|bonifico|iban|\[iban\]|assegno|contanti|paypal|cambiato banca",
    "nl": r"bitcoin|goede doel|doneer*|(?:andere|nieuwe|oude|vorige) (?:rekening|bankrekening|kaart|creditcard|pas|bankpas|bank)|(?:rekening|kaart|pas|creditcard) (?:\w+ ){0,3}(?:opgeheven|verlopen|geblokkeerd|gesloten|gestolen|kwijt)|niet op (?:de|mijn)|rekening van mijn|iban|\[iban\]|rekeningnummer|contant|cheque|paypal",
    "pt": r"bitcoin|doar|doação|(?:outr|nov|antig|anterior)\w* (?:conta|cartão|banco)|(?:conta|cartão) (?:nov\w|antig\w|d[oa] (?:meu|minha)|foi|já não|está|expirou)|não para (?:o|a)|transferência|iban|\[iban\]|cheque|em dinheiro vivo|paypal|mudei de banco",
    "ja": r"ビットコイン|寄付|(?:別|他|ほか|新しい|以前|古い|違う)の?(?:カード|口座|銀行)|振込|振り込|現金|口座番号|口座を変|解約",
}
"""Another way for the money than the one it came by."""

DISPUTE: Words = {
    "en": r"buyer(?:'s)? protection|contest(?:ed|ing)? (?:with|by|at)|(?:debit|payment|charge) (?:returned|recalled|pulled)|charge-?backs?|charged? back|disput*|(?:open|opened|filed|raised|started|lodged|made) (?:\w+ ){0,3}(?:case|claim|complaint) (?:with|at|through|via)|paypal (?:case|claim|dispute)|(?:claim|case) with (?:my|the|our) (?:\w+ )?(?:bank|card|credit|paypal)|(?:bank|card company|card issuer|paypal) (?:\S+ ){0,6}(?:revers*|recall*|claw*|reclaim*|claim*|pull*|contest*|investigat*)|revers\w+ (?:the|this|that|my) (?:payment|charge|transaction|debit)|contest\w* (?:the|this) (?:payment|charge|debit)|section 75|(?:bank|card company|card issuer|card provider|paypal) (?:(?:has|have|had|already|now|just) )*(?:taken|took|returned|refunded|credited|given|gave|got|paid)",
    "de": r"lastschrift (?:\S+ ){0,6}(?:zurückgehen|zurückgeb*|zurückgegeben)|bank holt|charge-?backs?|rückbuch*|rückgebucht|rücklastschrift*|zurückgebucht|zurückbuchen|zurückgeholt|zahlungsstreit*|käuferschutz*|(?:zahlung|abbuchung|betrag|buchung|lastschrift|kreditkarten\w*|umsatz) (?:\S+ ){0,8}(?:reklamier*|widersproch*|widerspr*|beanstand*|angefochten|bestritt*|zurückgegeben|zurückgeben)|(?:bank|sparkasse|kartenfirma|kreditkarten\w*|paypal) (?:\S+ ){0,8}(?:reklam*|widerspr*|beanstand*|bestritt*|einspruch|konflikt|fall|storniert)|disput*|konflikt gemeldet|(?:bank|sparkasse|paypal|kartenfirma) (?:hat|haben) (?:\S+ ){0,6}(?:erstattet|gutgeschrieben|zurückgegeben|zurückgezahlt|zurückgeholt)",
    "fr": r"prélèvement (?:\S+ ){0,4}(?:rejeté|annulé)|charge-?backs?|rétrofacturation*|opposition|contest*|litige*|rejet\w* (?:\S+ ){0,3}(?:prélèvement|paiement)|rappel de (?:paiement|fonds)|(?:banque|paypal) (?:\S+ ){0,6}(?:réclam*|annul*|rembours*|rejet*)|réclamation (?:\S+ ){0,4}(?:banque|paypal)|(?:banque|paypal) (?:m'|me |nous )?(?:a|ont) (?:\S+ ){0,4}(?:recrédité|rendu|repris|restitué)",
    "es": r"devolv\w+ el (?:recibo|cargo)|charge-?backs?|contracargo*|disput*|(?:reclam\w*|denunci\w*|queja) (?:\S+ ){0,6}(?:banco|tarjeta|paypal)|retroced*|retrocesi*|impugn*|(?:devuelto|devolver) (?:el|un) (?:recibo|cargo)|(?:banco|paypal) (?:\S+ ){0,6}(?:reclam*|anul*|revert*)|controversia|(?:banco|paypal) (?:ya |me )*(?:ha|han) (?:\S+ ){0,4}(?:devuelto|reembolsado|abonado|retirado)",
    "it": r"charge-?backs?|contestazion*|contestat*|contesto|disput*|disconosc*|riaddebit*|controversia|(?:reclam\w*|segnalat\w*) (?:\S+ ){0,6}(?:banca|carta|paypal)|(?:banca|paypal) (?:\S+ ){0,6}(?:storn*|annull*|revoc*|reclam*)|storno (?:\S+ ){0,4}banca|(?:banca|paypal) (?:mi |ha |già )+(?:\S+ ){0,3}(?:rimborsato|restituito|riaccreditato|ripreso)",
    "nl": r"charge-?backs?|terugboek*|teruggeboekt|gestorneerd|storner*|betwist*|dispuut|geschil*|(?:klacht|claim|zaak) (?:\S+ ){0,4}(?:bank|paypal|creditcard\w*)|(?:bank|paypal|creditcardmaatschappij) (?:\S+ ){0,6}(?:terugge*|terughal*|klacht|claim)|terug laten boeken|(?:bank|paypal|creditcardmaatschappij) (?:heeft|heb) (?:\S+ ){0,6}(?:teruggehaald|vergoed|teruggestort|teruggegeven)",
    "pt": r"charge-?backs?|contest*|disput*|impugn*|(?:reclam\w*|queixa) (?:\S+ ){0,6}(?:banco|cartão|paypal)|(?:banco|paypal) (?:\S+ ){0,6}(?:estorn*|anul*|revert*|reclam*)|estornar (?:\S+ ){0,4}banco|litígio|(?:banco|paypal) (?:já |me )*(?:devolveu|reembolsou|creditou|retirou)",
    "ja": r"チャージバック|異議|(?:カード会社|銀行).{0,16}(?:申し立|申立|取り消|取消|請求|調査|連絡し|相談し)|支払い?を?(?:取り消|停止|拒否)",
}
"""The payment is contested at the bank."""

BEGUN: Words = {
    "en": r"being|have|has|had|i've|we've|opened|filed|raised|started|began|begun|lodged|was|is|already|reversed|disputed|contested|taken|took|returned|refunded|credited",
    "de": r"holt|habe*|hat|wurde|ist|läuft|bereits|schon|war|hatte|haben",
    "fr": r"a rejeté|ai|a été|avons|est|déjà|en cours|j'ai|ont|m'a|a (?:déjà|bien|annulé|recrédité|rendu|repris|restitué|remboursé)",
    "es": r"devolví|he|hemos|ha|está|ya|fue|abrí|inici*|presenté|han",
    "it": r"ho|abbiamo|è|già|ha|aperto|avviato",
    "nl": r"heb|hebben|heeft|is|al|reeds|loopt|heeft",
    "pt": r"abri|iniciei|fiz|está|já|foi|apresentei|contestei|tenho|devolveu|reembolsou|creditou|retirou",
    "ja": r"ました|済|しています|中",
}
"""It is begun, and no threat."""

LAW: Words = {
    "en": r"lawyer*|solicitor*|attorney*|legal action|court|sue",
    "de": r"anwalt|anwältin|rechtsanw*|klage|gericht*|mahnbescheid|verbraucherzentrale",
    "fr": r"avocat*|tribunal|justice|mise en demeure",
    "es": r"abogad*|tribunal*|juzgado|demanda judicial|consumo",
    "it": r"avvocat*|tribunale|causa legale|denuncia",
    "nl": r"advocaat|rechtbank|rechter|juridisch*",
    "pt": r"advogad*|tribunal|processo judicial|deco",
    "ja": r"弁護士|裁判|訴訟|消費者センター",
}
"""Law, which is a threat."""

POLITE: Words = {
    "en": r"(?:could|would|can|will|may i ask) you|may i ask|would you mind",
    "de": r"(?:könnten|könnt|können|würden|würdet) (?:sie|ihr)|kannst du",
    "fr": r"(?:pourriez|pouvez)[- ]vous|vous serait-il",
    "es": r"podrían|podría usted|pueden|puede|serían tan amables",
    "it": r"potreste|potete|può|potrebbe|sareste",
    "nl": r"(?:kunt|kun|zou|wilt|wil) (?:u|je)",
    "pt": r"poderiam|podem|pode|poderia",
    "ja": r"いただけ|もらえ|くださ",
}
"""A question that is a request."""

FRAUD: Words = {
    "en": r"(?:aren't|isn't|are not|is not) (?:mine|ours)|(?:wasn't|was not|isn't) (?:us|me)|who ordered|not (?:made|placed|ordered|bought) by (?:me|us)|been using my (?:card|account)|used my (?:card|account)|no idea who|never (?:bought|purchased|ordered) (?:anything|something)(?! (?:so|this|as|like))|broken into|(?:don't|do not) recogni[sz]e|fraud*|unauthori[sz]ed|stolen|(?:did not|didn't|never|have not|haven't) (?:placed?|make|made|order(?:ed)?|authori[sz]ed?|buy|bought)(?! .{0,24}(?:wrong|different))|hacked|hijacked|scam*|someone (?:else )?(?:used|ordered|has)|somebody (?:else )?(?:used|ordered|has)|misus*|identity|wasn't me|was not me|(?:don't|do not) recogni[sz]e|phish*|without my (?:consent|knowledge|permission)|cloned|(?:not|isn't|wasn't|is not|was not) (?:mine|ours|my order)|no idea what (?:this|that)|(?:don't|do not) know (?:this|what this|anything about)",
    "de": r"(?:meine? (?:karte|konto|kreditkarte)) (?:\w+ )?(?:benutzt|verwendet|geknackt)|wurde geknackt|nie (?:etwas |was )?(?:bei \w+ )?(?:etwas )?gekauft|nicht zuordnen|stammt nicht von (?:mir|uns)|bei ihnen nie|betrug*|betrüg*|missbrauch*|missbräuchlich*|gestohlen*|nicht autorisiert*|unberechtigt*|unbefugt*|nie (?:\w+ )?bestellt|niemals bestellt|nicht (?:selbst |von mir )?(?:bestellt|getätigt|aufgegeben|veranlasst)|gehackt|kenne ich nicht|fremde*|ohne mein wissen|ohne meine zustimmung|phishing|gekapert|nicht von (?:mir|uns)|nicht (?:meine|unsere) bestellung|weiß nichts von",
    "fr": r"utilisé ma carte|n'ai (?:jamais )?rien (?:commandé|acheté)|ne vient pas de (?:moi|nous)|fraud*|non autorisé*|volée?s?|usurp*|pirat*|escroqu*|arnaque*|jamais (?:passé|commandé|autorisé|effectué)|pas (?:passé|autorisé|effectué) (?:cette|ce)|n'est pas moi|à mon insu|reconnais pas|sans mon (?:accord|consentement)|phishing|hameçonnage|pas (?:de|à) moi|pas la mienne|pas ma commande|(?:ignore|sais) (?:pas )?(?:tout|ce qu'est) (?:de )?cette",
    "es": r"(?:us[óo]|usado|utiliz\w+) mi (?:tarjeta|cuenta)|no (?:compré|he comprado) nada|hackead*|fraud*|robad*|no autoriz*|sin (?:mi )?(?:autoriz\w*|permiso|consentimiento)|nunca (?:pedí|hice|compré|autoric*|he (?:pedido|hecho|comprado))|no (?:reconozco|hice|realicé|he (?:hecho|realizado|autorizado))|estafa*|hacke*|suplant*|clonad*|no fui yo|phishing|no es m[ií][oa]|no lo he (?:hecho|pedido)|no sé (?:nada|qué es)",
    "it": r"(?:usato|utilizzato) la mia carta|non ho (?:mai )?(?:comprato|acquistato)|frod*|truff*|rubat*|mai (?:ordinato|autorizzato|fatto|effettuato)|non (?:autorizzat\w*|riconosco|ho (?:mai )?(?:fatto|ordinato|autorizzato|effettuato))|hackerat*|clonat*|non sono stat\w io|senza il mio consenso|phishing|a mia insaputa|non è (?:mi[oa]|nostr[oa])|non l'ho (?:fatto|ordinato)|non so (?:nulla|niente|cosa sia)",
    "nl": r"(?:dit|deze|die) (?:\w+ )?niet besteld|mijn (?:kaart|pas|rekening|creditcard) gebruikt|nooit (?:iets )?(?:bij \w+ )?gekocht|fraud*|gestolen|nooit (?:besteld|geplaatst|gedaan)|niet (?:door mij|zelf|geautoriseerd)|gehackt|misbruik*|oplicht*|herken (?:\w+ ){0,3}niet|zonder mijn (?:toestemming|medeweten)|phishing|onbevoegd|niet (?:van|de) (?:mij|mijne|ons)|weet (?:ik )?niets van",
    "pt": r"us(?:ou|aram) o meu cartão|invadi*|fraud*|roubad*|nunca (?:encomendei|fiz|comprei|autorizei)|não (?:autoriz\w*|reconheço|fiz|fui eu)|burla*|golpe|clonad*|pirate*|hacke*|sem (?:a )?minha (?:autoriz\w*|permissão)|sem o meu consentimento|phishing|não é (?:meu|minha)|não a? ?fui eu|não sei (?:nada|o que é)",
    "ja": r"カードを(?:使|利用)|覚えがありま|覚えのない|不正|身に覚え|覚えがな|盗ま|盗難|詐欺|勝手に|乗っ取|無断|注文していません|頼んでいません|私のものではありません|心当たりがあり",
}
"""Somebody else made the purchase."""

INVITED: Words = {
    "en": r"click|reply (?:with )?stop|if you (?:no longer|do not|don't|would|wish|want|prefer)|to unsubscribe",
    "de": r"klick*|antworten sie mit|wenn sie (?:\w+ ){0,4}(?:nicht|keine)|um sich abzumelden|zum abmelden",
    "fr": r"cliqu*|répondez stop|si vous (?:ne|souhaitez)|pour vous (?:désabonner|désinscrire)",
    "es": r"haga clic|clic|pulse|si (?:no )?desea|si ya no|para darse de baja",
    "it": r"clicca*|rispond\w+ stop|se (?:non )?(?:desidera|vuoi|vuole)|per (?:cancellarsi|disiscriver\w+)",
    "nl": r"klik*|antwoord stop|als u (?:\w+ ){0,4}(?:niet|geen)|om (?:u|je) (?:uit|af) te",
    "pt": r"cliqu*|clique|responda|se (?:não )?(?:deseja|quiser)|para cancelar",
    "ja": r"クリック|ご希望(?:の|で)ない場合|解除は|停止をご希望",
}
"""A newsletter's own words, which invite its readers to leave it."""

OPT_OUT: Words = {
    "en": r"(?:not|n't) (?:to )?hear from you|rather not hear|(?:take|get|strike|remove) (?:this|my|our|the) (?:e-?mail )?address (?:out|off|from)|(?:i|we) unsubscribe|lose my (?:e-?mail|number|address|details)|(?:stop|cease|quit) (?:\w+ ){0,2}(?:e-?mail|mail|writ|contact|call|send|messag|spam|bother)\w*|(?:don't|do not|never|not to|no need to) (?:ever )?(?:e-?mail|mail|write to|write|contact|call|send|message) (?:me|us)(?! by (?:phone|mail|post))(?: \w+)? ?(?:again|any|anymore|more|further|$)*|unsubscribe (?:me|us)|(?:remove|delete|drop|strike) (?:me|us|my|our) (?:\S+ ){0,5}(?:list*|mailing*|database|distribution|newsletter|records)|(?:take|get) (?:me|us|my \w+|our \w+) off|opt(?:ing|ed)?[ -]?(?:me |us )?out|no (?:more|further) (?:\w+ )?(?:mails?|e-?mails?|messages?|contact|newsletters?|calls|offers)|leave (?:me|us) alone|(?:not|n't|no longer|never) (?:wish|want|care|like|agree|consent) to (?:receive|get|hear|be (?:contacted|mailed|e-?mailed|called|on))|(?:any|no) more (?:of (?:your|these) )?(?:mail|e-?mail|message|newsletter|offer)s?|no longer (?:wish|want|be contacted|contact|to receive|to be)|withdraw (?:my|our) consent",
    "de": r"nichts mehr (?:\w+ ){0,3}(?:hören|lesen|bekommen|erhalten)|keine weitere*|(?:melden|meldet) sie (?:mich|uns) (?:\S+ ){0,4}ab|(?:nehmen|streichen|entfernen|löschen|tragen|austragen|nehmt|streicht) (?:sie )?(?:\w+ )?(?:mich|uns|meine|unsere) (?:\S+ ){0,6}(?:liste*|verteiler*|mailingliste|adresse*|newsletter*|aus)|aus (?:\w+ )?(?:verteiler|liste|mailingliste|newsletter) (?:\S+ ){0,2}(?:nehmen|streichen|entfernen|löschen|austragen)|keine (?:weiteren |mehr )?(?:mails?|e-mails?|nachrichten|werbung|newsletter|anrufe|post|angebote|werbemails)|(?:schreiben|kontaktieren|mailen|rufen|schicken|senden) sie (?:mir|mich|uns) (?:\S+ ){0,3}(?:nicht|keine)|hören sie (?:bitte )?auf|abmelden|abbestell*|(?:widerspreche|widerruf\w*) (?:\S+ ){0,4}(?:werbung|nutzung|kontakt*|einwilligung|zusendung)|(?:nicht|keinesfalls) (?:mehr|weiter) (?:\S+ ){0,2}(?:kontaktier*|anschreib*|angeschrieben|anruf*|angerufen|mail*)|lassen sie (?:mich|uns) in ruhe",
    "fr": r"plus rien recevoir|désabonn*|désinscri*|(?:retir|supprim|enlev|ray|ôt)\w*(?:[- ](?:moi|nous|mon|mes|notre|nos)) (?:\S+ ){0,5}(?:liste*|adresse*|fichier*|base*)|(?:retirer|supprimer|enlever) (?:mon|mes|notre|nos) (?:\S+ ){0,4}(?:liste*|fichier*|base*)|ne (?:m'|nous |me |nous )\S*\s?(?:\w+ ){0,2}plus|ne plus (?:m'|me |nous )?(?:\w+ )?(?:envoyer|écrire|contacter|appeler|recevoir|solliciter|être)|plus (?:recevoir|de mails?|de messages|de courriels|d'e-mails)|(?:cessez|arrêtez) de|laissez-(?:moi|nous)",
    "es": r"no más (?:correos|mensajes|publicidad|e-?mails)|d[ae]d?me de baja|no quiero (?:saber|recibir) nada|(?:dar|dé|den|darme|denme|deme) (?:\w+ )?(?:de )?baja|(?:no|nunca) (?:me |nos |\w+ )?(?:env\w+|escrib\w+|contact\w+|llam\w+|mand\w+)(?= más| nunca| me|me|nos| a | correos|\.|$| nuevamente| de nuevo| mensajes)|no (?:quiero|deseo|queremos|deseamos) (?:\w+ )?(?:recib\w+|más|que me)|(?:qu[ií]t|elim[ií]n|b[oó]rr|s[aá]qu|s[aá]c)\w*(?:me|nos|en|an)? (?:\S+ ){0,5}(?:lista*|base*)|dejen? de|cancel\w+ (?:mi|la) suscripción|basta de",
    "it": r"cancell(?:atemi|ami|armi) dall\w|non voglio (?:più )?(?:sentire|ricevere)|(?:toglie|cancella|rimuov|elimina)\w* (?:\S+ ){0,5}(?:lista|elenco|liste|mailing*|indirizz*)|non (?:mi |ci |\w+ )?(?:scriv\w+|contatt\w+|invi\w+|chiam\w+|mand\w+)|non (?:desider\w+|vogli\w+|intend\w+) (?:più )?(?:ricevere|mail|essere|altre)|disiscri*|(?:smett|cess)\w* di|basta (?:mail|e-mail|messaggi)|revoco il (?:mio )?consenso|lasciatemi in pace",
    "nl": r"niets meer (?:\w+ ){0,4}(?:ontvangen|horen)|(?:haal|verwijder|schrijf|schrap) (?:\w+ )?(?:mij|me|ons|mijn|onze) (?:\S+ ){0,5}(?:lijst*|bestand*|adressen*|mailing*|uit)|uitschrij*|uit te schrijven|afmelden|afgemeld|geen (?:\w+ )?(?:e-?mails?|mails|berichten|reclame|nieuwsbrieven|contact) meer|niet (?:meer|langer) (?:\S+ ){0,3}(?:mail*|schrij*|bel*|benader*|contact*|ontvang*)|(?:mail|bel|schrijf|stuur) (?:mij|me|ons) (?:\w+ )?(?:niet|geen)|stop(?:pen)? met|laat (?:mij|me|ons) met rust",
    "pt": r"não quero (?:saber|receber) (?:mais )?nada|(?:retir|remov|elimin|apag|tir|risc)\w*(?:-me|-nos| me| nos| o meu| os meus| o nosso)? (?:\S+ ){0,5}lista*|não (?:me|nos|voltem a) (?:\w+ )?(?:envi\w+|escrev\w+|contact\w+|lig\w+|mand\w+)|não (?:quero|desejo|queremos|pretendo|pretendemos|desejamos) (?:\w+ )?(?:receber|mais|ser)|cancel\w+ (?:a )?(?:minha )?(?:subscrição|inscrição|assinatura)|(?:parem|deixem|pare|deixe) de|retiro o (?:meu )?consentimento|deixem-me em paz",
    "ja": r"配信(?:を|の)?(?:停止|解除|中止)|メール.{0,10}(?:不要|送らない|送付しない|やめ|止め|停止)|連絡.{0,8}(?:不要|しないで|やめ|控え)|登録.{0,6}(?:解除|抹消)|リスト.{0,8}(?:外して|削除|除外)|退会",
}
"""No more mail from us."""

ERASURE: Words = {
    "en": r"be forgotten|wipe my \w+|get rid of (?:\w+ ){0,3}(?:data|information|details)|(?<!we )(?<!it )(?<!can )(?:delet*|eras*|remov*|wip*|destroy*|purg*) (?:\w+ ){0,3}(?:my|our|me|us|personal|everything|all)(?: \w+){0,3} (?:data|information|details|account|records|profile)|(?:delet*|eras*) (?:my|our) (?:data|information|details|account|records|profile)|(?:my|our|personal) (?:\w+ )?(?:data|information|details|account|records) (?:\w+ ){0,4}(?:deleted|erased|removed|destroyed)|right to (?:be forgotten|erasure)|article 17|art\.? 17|forget (?:me|us)|subject access|(?:copy of|what) (?:\w+ ){0,3}data (?:\w+ ){0,3}(?:hold|have|store|keep)*|(?:delet*|eras*|wip*|destroy*|purg*|remov*) (?:everything|all|anything|whatever) (?:\S+ ){0,5}(?:about|on|of) (?:me|us)",
    "de": r"löschung (?:meine[rs]?|unsere[rs]?) \w+|(?:lösch*|entfern*|vernicht*|tilg*) (?:\w+ ){0,5}(?:\w*daten|konto|kundenkonto|angaben|profil|informationen)|(?:\w*daten|konto|kundenkonto|angaben|profil) (?:\w+ ){0,6}(?:löschen|gelöscht|löschung|zu löschen|entfernen|vernichten)|datenlöschung|art\.? 17|artikel 17|recht auf (?:vergessen*|löschung)|auskunft (?:\w+ ){0,4}daten|löschung (?:\w+ ){0,4}\w*daten|(?:lösch*|vernicht*|entfern*) (?:\S+ ){0,3}alles|alles (?:\S+ ){0,6}(?:über mich|über uns|zu meiner person|von mir) (?:\S+ ){0,4}(?:lösch*|vernicht*|entfern*)",
    "fr": r"(?:supprim*|effac*|suppression|effacement|détrui*) (?:\S+ ){0,4}(?:données|compte|informations|profil)|droit à l'(?:oubli|effacement)|article 17|art\.? 17|(?:supprim*|effac*|détrui*) (?:\S+ ){0,2}tout (?:\S+ ){0,6}(?:sur|de) (?:moi|nous)",
    "es": r"(?:borr*|elimin*|suprim*|supresión|cancel*) (?:\S+ ){0,4}(?:datos|cuenta|información|perfil)|derecho al olvido|derecho de supresión|artículo 17|art\.? 17|(?:borr*|elimin*|suprim*) (?:\S+ ){0,2}todo (?:\S+ ){0,6}(?:sobre|de) (?:mí|nosotros)",
    "it": r"(?:cancell*|elimin*|rimuov*|rimozione|distrugg*) (?:\S+ ){0,4}(?:dati|account|informazioni|profilo)|diritto all'oblio|diritto alla cancellazione|articolo 17|art\.? 17|(?:cancell*|elimin*|distrugg*) (?:\S+ ){0,2}(?:tutto|tutto quello|quanto) (?:\S+ ){0,6}(?:su|di) (?:di )?(?:me|noi)",
    "nl": r"(?:wis|verwijder|vernietig) alles|alles wat (?:jullie|u) (?:van|over) mij|(?:verwijder*|wis|wissen|vernietig*) (?:\S+ ){0,4}(?:\w*gegevens|account|data|profiel)|(?:\w*gegevens|account|data) (?:\S+ ){0,5}(?:verwijder*|wissen|gewist|te wissen)|recht op vergetelheid|artikel 17|art\.? 17|(?:verwijder*|wis|wissen|vernietig*) (?:\S+ ){0,2}alles (?:\S+ ){0,6}over (?:mij|ons)|alles (?:\S+ ){0,6}over (?:mij|ons) (?:\S+ ){0,4}(?:verwijder*|wissen)",
    "pt": r"(?:apag*|elimin*|remo[vç]*|exclu*) (?:\S+ ){0,4}(?:dados|conta|informações|perfil)|direito ao (?:esquecimento|apagamento)|artigo 17|art\.? 17|(?:apag*|elimin*|destru*) (?:\S+ ){0,2}tudo (?:\S+ ){0,6}(?:sobre|de) (?:mim|nós)",
    "ja": r"(?:個人情報|データ|アカウント|情報|登録).{0,10}(?:削除|消去|抹消|消して)|忘れられる権利",
}
"""What is known of them shall go."""
