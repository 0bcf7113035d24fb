"""The words of a plain request for money back, in the languages of the fixed texts: one table.

A word is a piece of a regular expression; it stands as a whole word, and `*` ends an open stem.
"""
# ruff: noqa: E501 - tables of words in many languages and scripts

from __future__ import annotations

from countersign.extraction.readers.kinds import Words

MONEY: Words = {
    "en": r"western union|zelle|cash ?app|wise|moneygram|skrill|twint|bizum|satispay|tikkie|mb ?way|pix|postepay|apple pay|google pay|n26|money|cash|funds|bucks?|quid|tenner|fiver|paid|pay*|repa(?:y|id)\w*|bank*|card|cards|klarna|visa|mastercard|amex|american express|revolut|venmo|cheques?|transfer*|wire*|credited|credit|debit*|charge|charges|charged|billed|voucher*|coupon*",
    "de": r"western union|zelle|cash ?app|wise|moneygram|skrill|twint|bizum|satispay|tikkie|mb ?way|pix|postepay|apple pay|google pay|n26|payoneer|geld|kohle|bezahl*|zahl*|überw[ei]\w*|überwies\w*|bank|hausbank|konto|girokonto|karte|kreditkarte|paypal|klarna|visa|mastercard|lastschrift*|abgebucht|abbuch*|gebucht|belast*|gutschein*|scheck|betrag",
    "fr": r"western union|zelle|cash ?app|wise|moneygram|skrill|twint|bizum|satispay|tikkie|mb ?way|pix|postepay|apple pay|google pay|n26|payoneer|argent|fric|pay(?:é|er|e|ez)\w*|paiement*|virement*|virer|banque|compte bancaire|carte|paypal|klarna|visa|mastercard|prélev*|débit*|crédit*|factur(?:é|er)\w*|bon d'achat|chèque|montant|somme",
    "es": r"western union|zelle|cash ?app|wise|moneygram|skrill|twint|bizum|satispay|tikkie|mb ?way|pix|postepay|apple pay|google pay|n26|payoneer|dinero|pasta|pag(?:o|ué|ar|ado|aron)\w*|transferencia*|banco|cuenta bancaria|tarjeta|paypal|klarna|visa|mastercard|cobr*|cargo|cargos|adeud*|vale|cheque|importe",
    "it": r"western union|zelle|cash ?app|wise|moneygram|skrill|twint|bizum|satispay|tikkie|mb ?way|pix|postepay|apple pay|google pay|n26|payoneer|soldi|denaro|pag(?:ato|are|amento|ai)\w*|bonifico|banca|conto corrente|carta|paypal|klarna|visa|mastercard|addebit*|accredit*|buono|assegno|importo|somma",
    "nl": r"western union|zelle|cash ?app|wise|moneygram|skrill|twint|bizum|satispay|tikkie|mb ?way|pix|postepay|apple pay|google pay|n26|payoneer|geld|poen|betaal*|betal*|overgemaakt|overmak*|overboek*|bank|rekening|kaart|creditcard|paypal|klarna|visa|mastercard|afgeschreven|afschrijving*|gestort|storten|incasso|tegoedbon|bedrag",
    "pt": r"western union|zelle|cash ?app|wise|moneygram|skrill|twint|bizum|satispay|tikkie|mb ?way|pix|postepay|apple pay|google pay|n26|payoneer|dinheiro|grana|pag(?:uei|ar|amento|o|aram)\w*|transfer*|banco|conta bancária|cartão|paypal|klarna|visa|mastercard|cobr*|débito|debit*|credit*|vale|cheque|montante|valor",
    "ja": r"お金|返金|支払|入金|振込|振り込|口座|銀行|カード|請求|引き落とし|代金|金額|料金|ギフト券|商品券",
}
"""What bears on money, beside the wish for it."""

PLAIN: Words = {
    "en": r"made|someone|somebody|mail|e-?mail|lot|ve|ll|re|still|nevertheless|nonetheless|however|think|believe|guess|reckon|something|what i|same day|useless|sold|stock|undeliverable|switch|straight|right away|whatsoever|of course|obviously|clearly|therefore|thus|(?:haven|hasn|hadn|didn|don|doesn|isn|wasn|weren)'t|you've|you'd|you'll|you're|it's|it'll|that's|there's|not|nothing|never|though|although|within|hour|hours|half an hour|method|methods|means|form|way i paid|promised|promise|agreed|confirmed|assured|told|said|mentioned|discussed|spoken|phone|call|support|agent|representative|colleague|manager|just|simply|really|finally|already|eventually|once more|third|time|times|reminder|visa|mastercard|amex|debit|credit|bank|statement|expect|hoping|look|looking forward|because|due|period|policy|guarantee|warranty|rights?|statutory|consumer|law|regulations?|legal|cooling-off|exactly|namely|i\.e|equal|equals|amounting|value|worth|sum|item|items|product|goods|parcel|package|lamp|broken|damaged|defective|wrong|missing|undelivered|lost|late|unused|unopened|unwanted|returned|sent|shipped|cancelled|canceled|cancel|cancellation|deducted|taken|withdrawn from|took|off|out|up|any|all|both|had|did|does|do|has|prior|previous|earlier|first|week|weeks|days?|months?|yesterday|last|ago|november|october|december|january|monday|tuesday|wednesday|thursday|friday|saturday|sunday|accordingly|forthwith|swiftly|speedily|prompt|quick|speedy|immediate|rapid|help|cooperation|attention|patience|understanding|advance|anticipation|forward|hearing|glad|if|withdrawal|exercise|ordered|bought|you could|receiving|received|since|waiting|waited|wait|where|tell|requested|very|until|nice|courteous|honour|honor|owe|owed|yet|outstanding|overdue|process|processed|settle|without delay|delay|this matter|matter|again|such|possible|ever|own|here|there|hence|one payment|one|further|reading|i|i'd|i'm|i've|i'll|id|im|we|we'd|we're|we've|me|us|my|our|you|your|the|a|an|it|this|is|was|were|be|been|being|have|would|like|love|want*|wish|need|could|can|will|must|should|let|see|hope|ask|asks|asked|asking|request|requesting|please|plz|pls|pleas|plese|kindly|politely|urgently|hereby|to|of|for|from|on|in|by|at|with|via|through|per|as|and|so|am|are|refund*|reimburs*|repay|repayment|money|back|full|fully|total|whole|entire|complete|completely|order|orders|ordernumber|number|no|nr|ref|reference|amount|price|purchase|purchased|purchasing|cost|eur|euro|euros|gbp|usd|pounds?|dollars?|chf|now|soon|asap|promptly|immediately|today|quickly|convenience|earliest|thanks?|many|hi|hello|hey|dear|team|sir|madam|best|kind|regards|appreciate*|grateful|obliged|happy|demand|insist|claim|issue|arrange|initiate|make|start|send|give|gimme|get|getting|receive|returns?|pay|paid|payment|transfer|which|what|original|originally|same|used|card|credit card|bank card|account|paypal|charged|charge|charges|debited|billed|twice|double|two|second|duplicate|february|march|april|may|june|july|august|september|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|st|nd|rd|th|shop|store|webshop|online|website|accordance|also|too|then|just now|much|fault*|article|delivery|reply|looking|subject|regarding|about|concerning|invoice|receipt|invoiced",
    "de": r"betrachten|mail|e-mail|antrag|leiten|wege|kümmer\w*|auszahl\w*|jemand|euch|schreib\w*|send(?:e|en)|schicke|bringe|gebe|benutzte[nrms]?|verwendete[nrms]?|genutzte[nrms]?|nehmen|morgen|übermorgen|geht|gehen|trotzdem|dennoch|gleichwohl|allerdings|ging|gegangen|unzustellbar|ausverkauft|denke|glaube|könnte|dürfte|natürlich|selbstverständlich|entsprechend|umgehende?n?|zeitnahe?|nicht|nichts|noch|nie|einfach|endlich|leider|eigentlich|wirklich|lediglich|nun|schon|bereits|bislang|bisher|mal|doch bitte|trete|treten|rücktritt|kaufvertrag|vertrag|vertrages|zugesagt|versprochen|vereinbart|besprochen|bestätigt|angekündigt|versichert|gesagt|mitgeteilt|letzte[nrs]?|vorige[nrs]?|vergangene[nrs]?|woche\w*|monat\w*|tag\w*|zwei|drei|vier|fünf|sechs|visa|mastercard|amex|paypal|lastschrift|sofortüberweisung|klarna|angewiesen|anweisen|defekt\w*|kaputt\w*|beschädigt\w*|falsch\w*|fehlend\w*|verloren\w*|zerbrochen\w*|mangelhaft\w*|lampe|ware|produkt|paket|sendung|lieferung|rücksendung|zurückgesandt\w*|zurückgeschickt\w*|retourniert\w*|storniert\w*|stornierung|hat|sei|soll|sollte|dass|daher|deshalb|deswegen|somit|folglich|trotz|obwohl|jedoch|aber|sowie|welcher|welchen|welches|frist\w*|gesetzlich\w*|vierzehn|widerrufsrecht\w*|gewährleistung|garantie|ursprüngliche\w*|zahlungsmittel\w*|bearbeit\w*|anfrage|frau|herrn?|kolleg\w*|mitarbeiter\w*|team|hotline|telefon\w*|chat|heute|gestern|vorgestern|november|oktober|dezember|januar|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|mühe|hilfe|unterstützung|verständnis|voraus|bemühungen|genau|insgesamt|abzüglich nichts|inklusive|inkl|versand|versandkosten|euro|beantrag\w*|anfordern|wiederhaben|zurückerhalten|wenn|so|nett|wären|wäre|wart\w+|erledig\w+|seit|freundlich\w*|lieb|immer|weiterhin|aussteh\w*|fällig\w*|entgegen|sehe|erhalten|bekommen|erwarten|netterweise|darf|widerruf*|gebrauch|mache|recht|gemäß|laut|vorab|wieder|hiermit|unverzüglich|baldmöglichst|innerhalb|ich|wir|mir|mich|uns|mein*|unser*|sie|ihnen|ihr|ihre*|der|die|das|den|dem|des|ein|eine|einen|einer|es|ist|sind|war|waren|wurde*|werden|wird|habe|haben|hatte|hätte*|würde|würden|möchte*|will|wollen|wünsche*|brauche|könnten|können|kann|bitte*|um|zu|zur|zum|auf|an|in|im|von|vom|für|aus|mit|per|über|bei|nach|als|wie|am|freundlich*|höflich*|dringend|gern|gerne|erstatt*|rückerstatt*|zurückerstatt*|rückzahl*|zurück|zurückzu\w*|zurückzahl*|zurücküberw*|zurückbekommen|zurückhaben|gutschrift|gutschreib*|gutzuschreiben|gut|geld|voll*|ganz*|gesamt*|komplett*|vollständig*|bestellung*|bestell\w*|auftrag*|nummer|nr|betrag*|höhe|summe|preis|kaufpreis*|kauf|gekauft*|rechnungsbetrag*|eur|chf|usd|gbp|franken|jetzt|bald|schnell*|möglich*|sofort|rasch|dank*|vielen|hallo|guten|grüße*|beste|viele|freue*|erwarte|fordere|verlange|veranlass*|überweis\w*|zahl\w*|gezahlt*|bezahlt*|transferieren|schicken|geben|welche|dafür|ursprünglich*|selbe*|gleiche*|karte|kreditkarte|bankkarte|konto|abgebucht*|abbuchung|belastet*|berechnet*|doppelt*|zweimal|zweite*|woche*|monat*|tage*|vor|letzte*|februar|märz|april|mai|juni|juli|august|september|shop|abgesprochen|auch|sehr|artikel*|betreff|bezüglich|rechnung|beleg|auffordern|kam|kommt|dhl|dpd|hermes|gls|ups|retour*|und|lassen|sich|darum|also",
    "fr": r"considér\w+|courriel|mail|quelqu'un|message|utilisée?|employée?|quand même|néanmoins|épuisé\w*|pourrais|pourrais-je|puis-je|même jour|crois|pense|évidemment|bien sûr|on|avait|avaient|aviez|avions|m'avait|m'aviez|nous|promis\w*|convenu\w*|confirmé\w*|assuré\w*|annoncé\w*|dernière?|semaine\w*|mois|jours?|deux|trois|quatre|cinq|six|depuis|toujours|rien|pas|jamais|ne|n'ai|n'a|simplement|juste|enfin|vraiment|malheureusement|visa|mastercard|amex|cb|annulé\w*|annulation|débité\w*|défectueu\w*|cassée?s?|abîmée?s?|perdue?s?|manquante?s?|erroné\w*|endommagé\w*|lampe|colis|article|produit|marchandise|retour|renvoyé\w*|retourné\w*|rétract\w*|légal\w*|quatorze|garantie|moyen|mode|que|qui|dont|car|puisque|lequel|pourtant|cependant|donc|soit|à savoir|exactement|traiter|traité\w*|traitement|madame|monsieur|mme|m|mlle|collègue|service|conseill\w+|téléphone|chat|hier|novembre|octobre|décembre|janvier|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|aide|compréhension|diligence|retard|payés?|ai|serais|serions|reconnaissan\w+|auriez|gentillesse|amabilité|attente|dans|attends|attendons|obligeance|aurez|seriez|aimable|gré|recevoir|encore|délai\w*|si|possible|saurais|saurait|auriez-vous|seriez-vous|pourriez-vous|pouvez-vous|remboursez-moi|remboursez-nous|vous-même|dites-moi|où|dus?|compter|je|j'ai|j'avais|j'aimerais|j'attends|me|m'avez|m'a|m'ont|moi|mon|ma|mes|notre|nos|vous|votre|vos|le|la|les|l|un|une|des|de|d|c'est|ce|cette|cet|est|sont|était|a|avons|avez|ont|été|être|voudrais|voudrions|aimerais|souhait*|veux|voulons|besoin|pourriez|pouvez|pourrait|bien|vouloir|prie|prions|demand*|sollicit*|réclam*|exig*|merci|svp|stp|s'il|te|plaît|plait|veuillez|afin|par|pour|à|au|aux|en|sur|avec|via|et|ainsi|rembours*|rendre|rendez*|restitu*|recrédit*|récupér*|argent|l'argent|intégral*|l'intégralité|total*|complet*|entier*|entièrement|commande*|numéro|no|nr|n|montant|somme|prix|d'achat|achat|acheté*|euro|euros|eur|chf|usd|gbp|francs|maintenant|bientôt|vite|rapid\w*|plus|dès|immédiat\w*|aujourd'hui|remercie*|remercions|d'avance|avance|bonjour|cordial*|salutations|reconnaissant*|procéd*|effectu*|faire|faites|verser|virement|envoyer|donner|rendu|payé*|payer|paiement|réglé*|initial*|d'origine|même|carte|bancaire|compte|paypal|débité*|prélevé*|facturé*|facturation|fois|double|second*|deuxième|semaine*|il|y|février|mars|avril|mai|juin|juillet|août|septembre|site|boutique|comme|aussi|très|livraison|objet|concernant|facture|reçu|d'un",
    "es": r"cantidad|consider\w+|correo|mensaje|alguien|usad[ao]|utilizad[ao]|con la que|tarjeta con|sin embargo|agotad[ao]s?|podría|podr[íi]an|mismo día|creo|pienso|claro|rápidamente|igualmente|no|nada|nunca|aún|todavía|simplemente|solamente mi|por fin|realmente|prometieron|prometido|prometió|acordamos|acordado|acordó|confirmaron|confirmado|dijeron|dicho|pasad[ao]s?|últim[ao] (?:semana|mes)|tres|cuatro|cinco|llevo|llevamos|visa|mastercard|amex|bizum de ustedes|anular\w*|cancelaron|cancelado|cancelación|defectuos[ao]s?|rot[ao]s?|dañad[ao]s?|perdid[ao]s?|equivocad[ao]s?|lámpara|mercancía|devuelto|devuelta|desist\w*|plazo|legal|catorce|garantía|medio|método|forma de pago|pero|aunque|porque|ya que|puesto|tramit\w+|gestion\w+|servicio|atención|cliente|exactamente|decir|ayuda|comprensión|antelación|molestia no|pedir|pagué|adjunto|justificante|comprobante|ser[íi]an|tan|amables?|agradecer[íi]\w*|quedo|espera|esperamos|sigo|esperando|recibir|reembols\w+|amabilidad|debido|sería|bondad|tengan|corresponda|favor|yo|me|nos|mi|mis|nuestr*|usted*|su|sus|le|les|el|la|los|las|un|una|lo|es|son|era|fue|ha|he|hemos|han|haber|sido|ser|gustar[íi]a|quer*|quiero|quisiera|deseo|necesito|pueden|pod[ée]is|por|porfa*|ruego|rogamos|pido|pedimos|solicit*|exijo|reclamo|gracias|de|del|a|al|en|para|con|vía|y|así|que|se|reemb[oó]ls*|devol*|devu[eé]lv*|reint[eé]gr*|abon(?:en|o)\w*|recuper*|dinero|total*|íntegr*|complet*|enter*|pedido*|número|núm|nº|nr|importe|suma|precio|compra|comprado|compré|euro|euros|eur|usd|gbp|ahora|pronto|antes|posible|inmediat*|hoy|cuanto|hola|buen[oa]s|tardes|estimad*|señores|saludo*|cordial*|atentamente|agradec*|agradezco|esper(?:o|amos) el|proced*|realic*|hagan|hacer|efectú*|transfieran|ingres*|envíen|dar|denme|pagad*|pago|original|mism*|tarjeta|cuenta|paypal|cobr(?:aron|ado)|cargado|cargaron|dos|veces|doble|segundo|cargo|ayer|semana*|mes|meses|días?|hace|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|lunes|martes|miércoles|jueves|viernes|sábado|domingo|tienda|web|teléfono|compañer*|como|también|muy|artículo|producto|paquete|asunto|factura|recibo|correspondiente",
    "it": r"consider\w+|mail|messaggio|qualcuno|pratica|fatemi|avere|usat[oa]|utilizzat[oa]|tuttavia|comunque|esaurit[oa]|potrei|potere|posso|stesso giorno|giorno|credo|penso|ovviamente|rapidamente|non|niente|nulla|mai|ancora|semplicemente|finalmente|davvero|avevate|avevano|promess[oa]|concordat\w|confermat\w|assicurat\w|dett[oa]|scors[oa]|passat[oa]|tre|quattro|cinque|visa|mastercard|amex|annullat\w|annullamento|cancellat\w|difettos[oa]|rott[oa]|danneggiat[oa]|smarrit[oa]|pers[oa]|sbagliat[oa]|lampada|reso|resa|restituit\w|rispedit\w|recess\w*|recedo|termine|legale|quattordici|garanzia|mezzo|metodo|modalità|ma|però|anche se|perché|poiché|poi|quindi|evad\w+|gestir\w+|servizio|assistenza|cliente|esattamente|ovvero|cioè|aiuto|comprensione|disponibilità|attenzione|era|l'articolo|merce|ho|sareste|sarei|saremmo|così|grat[aoe]|se|rimbors\w+|resto|rimango|attesa|sto|aspettando|aspetto|ricevere|poter|ringrazi\w+|attendo|attendiamo|dovut\w+|entro|io|mi|ci|mio|mia|miei|mie|nostr*|voi|vi|vostr*|lei|il|la|lo|i|gli|le|l|un|una|uno|è|sono|stato|stata|abbiamo|avete|ha|hanno|essere|vorrei|vorremmo|voglio|vogliamo|desider*|potreste|potete|può|prego|preghiamo|chied*|richied*|richiesta|sollecito|esigo|pretendo|grazie|cortes*|gentil*|favore|piacere|per|di|del|dell|della|dello|dei|degli|delle|a|al|all|alla|in|nel|da|dal|con|tramite|su|sul|e|ed|che|si|rimb[oó]rs*|restitu*|ridare|riavere|riaccredit*|indietro|soldi|denaro|total*|inter*|complet*|integral*|ordin(?:e|i)|numero|n|nr|no|importo|somma|prezzo|acquisto|acquistato|euro|eur|chf|usd|gbp|ora|adesso|presto|possibile|prima|subito|oggi|immediat*|buongiorno|buonasera|salve|saluti|cordiali|distinti|anticip*|proced*|effettu*|fare|versare|accredit(?:are|ate)|inviare|dare|datemi|pagat*|pagamento|spesi|spes[oa]|originari*|originale|stess*|carta|conto|paypal|addebitat*|addebito|due|volte|doppi*|second*|ieri|settiman*|mes[ei]|giorni|fa|gennaio|febbraio|marzo|aprile|maggio|giugno|luglio|agosto|settembre|ottobre|novembre|dicembre|lunedì|martedì|mercoledì|giovedì|venerdì|sabato|domenica|negozio|sito|telefono|collega|come|anche|molto|articolo|prodotto|pacco|oggetto|fattura|pari|dell'ordine|l'ordine|dell'importo|l'importo|d'acquisto|dell'acquisto",
    "nl": r"storten|beschouw\w*|mail|bericht|iemand|maken|gebruikte?|toch|echter|desondanks|uitverkocht|dezelfde dag|dag|denk|geloof|natuurlijk|spoedige?|niet|niets|nooit|nog|gewoon|eindelijk|echt|helaas|toegezegd|beloofd|afgesproken|bevestigd|gezegd|vorige|afgelopen|drie|vier|vijf|visa|mastercard|amex|ideal|creditcard|geannuleerd|annulering|defecte?|kapotte?|beschadigde?|verloren|verkeerde?|lamp|retour|retournering|teruggestuurd\w*|herroep\w*|bedenktijd|wettelijke?|veertien|garantie|betaalmiddel|betaalmethode|betaalwijze|maar|wel|hoewel|omdat|want|daarom|verwerk\w*|afhandel\w*|klantenservice|medewerker|mevrouw|meneer|heer|precies|namelijk|te weten|hulp|begrip|moeite|medewerking|aanvragen|vragen|die|dat|aangevraagd|heb|zo|prijs|stellen|stel|als|tegemoet|zie|wacht\w*|steeds|al|sinds|alstublieft|betaal|zijn|zou|ontvang|willen|dankbaar|afwachting|termijn|kom|toe|uitkijk\w*|kijk|uit|ik|wij|we|mij|me|mijn|ons|onze|u|uw|je|jullie|de|het|een|dit|deze|is|was|waren|werd|wordt|worden|hebben|had|zouden|wil|wilt|wens|graag|kunt|kunnen|kun|kan|verzoek*|vraag|eis|bij|hierbij|aub|alsjeblieft|svp|vriendelijk*|dringend|te|tot|van|voor|om|op|aan|in|met|via|per|door|naar|en|dus|terug*|restitutie|restitueren|vergoed*|geld|volledig*|hele|gehele|totale|totaal|compleet|bestel\w*|order*|nummer|nr|bedrag|som|aankoop*|gekocht|euro|eur|usd|gbp|nu|snel*|mogelijk|direct|vandaag|meteen|bedankt|dank|vast|alvast|hallo|goedendag|beste|groet*|geachte|waarder*|verwacht|regelen|stort|overmaken|maak|over|sturen|geven|geef|krijgen|ontvangen|betaald*|betaling|betalen|oorspronkelijke|zelfde|dezelfde|kaart|rekening|paypal|afgeschreven|afschrijving|berekend|gefactureerd|twee|keer|dubbel*|tweede|gisteren|week|weken|maand*|dagen|geleden|januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag|winkel|webshop|telefonisch|collega|zoals|ook|erg|artikel|product|pakket|onderwerp|factuur|ad|t|n|v|er|ten|bedrage",
    "pt": r"quantia|consider\w+|email|e-mail|mensagem|alguém|avan[cç]\w+|tratar|usad[ao]|utilizad[ao]|contudo|no entanto|esgotad[ao]s?|podiam|podia|poderia|mesmo dia|creio|penso|claro|rapidamente|não|nada|nunca|ainda|simplesmente|finalmente|realmente|prometeram|prometido|prometeram-me|combinado|combinei|confirmaram|confirmado|disseram|passad[ao]s?|última semana|três|quatro|cinco|espero|esperamos|visa|mastercard|amex|multibanco de origem|cancelaram|cancelada|cancelado|cancelamento|anularam|defeituos[ao]s?|partid[ao]s?|danificad[ao]s?|perdid[ao]s?|errad[ao]s?|candeeiro|lâmpada|devolvid[ao]s?|desist\w*|livre resolução|resolução|prazo|legal|catorze|garantia|meio|método|forma|mas|embora|porque|já que|pois|processar|processem|tratem|tratar do reembolso|serviço|apoio|cliente|exatamente|ou seja|ajuda|compreensão|atenção|disponibilidade|pedir|queria|os|que|teriam|amabilidade|reembols\w+|fico|aguardar|aguardamos|espera|receber|gentileza|seria|se|pudessem|devido|favor|fineza|cordialmente|comprovativo|junto|segue|seguem|eu|me|nos|meu|minha|meus|nosso*|vos|vosso*|seu|sua|o|a|as|um|uma|é|são|era|foi|fui|tenho|tem|ser|sido|ter|quero|queremos|gostaria|gostava|desejo|preciso|podem|poderiam|pode|por|pfv|peço|pedimos|solicit*|exijo|reclamo|agradec*|agradeço|obrigad*|de|do|da|dos|das|em|no|na|ao|à|para|com|via|e|assim|reemb[oó]ls*|devol*|estorn*|restitu*|reaver|recuperar|volta|dinheiro|total*|integral*|completo|inteir*|encomenda*|pedido|compra|número|nº|n|nr|montante|valor|soma|preço|comprei|euro|euros|eur|usd|gbp|agora|breve|brevidade|possível|rápid*|imediat*|hoje|olá|bom|boa|tarde|cumprimentos|atenciosamente|aguardo|proced*|efetu*|fazer|façam|transfiram|enviar|dar|deem|paguei|pago|pagamento|original|mesm*|cartão|conta|paypal|cobrad*|cobraram|debitad*|debitaram|cobrança|duas|vezes|dupla*|segund*|ontem|semana*|mês|meses|dias?|há|janeiro|fevereiro|março|abril|maio|junho|julho|agosto|setembro|outubro|novembro|dezembro|terça|quarta|quinta|sexta|sábado|domingo|loja|site|telefone|colega|como|também|muito|artigo|produto|assunto|fatura|recibo|feira|referente|lhes|vou",
    "ja": r"先週|先月|約束|確認|次の|ずっと|週間|か月|ヶ月|待って|いまだ|未だ|届いて|届か|届き|なかった|なく|ない|ありません|いません|だけ(?=で)|以上|ところ|ため|ので|けど|でも(?=返)|不良|破損|壊れ|紛失|間違|サイズ|返送|発送|到着|クーリングオフ|契約|解除|法定|規定|期間|内|以内|ポリシー|当社|弊社|御社|貴社|サポート|担当|電話|様|助かる|助かり|待ち|恐れ入り|恐縮|ご返金|れると|ると|ござい|なに|とぞ|何卒|どうか|どうぞ|受け取|受取|まだ|もう一度|引き続き|について|につき|関|件|返金|払い戻し|払戻し|返して|代金|全額|金額|料金|注文|番号|購入|お金|返品|支払い?|クレジットカード|カード|請求|引き落とし|二重|二回|返却|手続き?|処理|対応|お願い|致します|いたします|します|したい|して|ください|下さい|いただけ|頂け|いただき|頂き|たい|たく|です|でした|ます|ました|ません(?=か|でしょう)|でしょう|ましょう|か|から|を|の|に|は|が|で|と|も|へ|分|円|ユーロ|希望|よろしく|至急|早急|全|キャンセル|商品|品物|本体|申し上げ|願え|存じ|思い|おり|れ|ば|幸い|昨日|先日|日|月|すぐ|早く|まで|お|ご|させて|もらえ|くれ|頼み|ある|なり|私|当方|すべて|同じ|元|なる|し|き|た|だ|っ|い|さ|宛|こと|届",
}
"""What such a request is made of, and the statement of what was paid."""

THING: Words = {
    "en": r"that (?:you|i|we)|(?:for|of) (?:the|my|our|this|these|your|a|an) (?:[\w'-]+ ){0,2}[\w'-]+",
    "de": r"(?:für|von|vom|zum|zur|des|der) (?:den|die|das|dem|der|meinen?|meine[mrs]?|unsere?n?|diese[nrms]?|einen?|eine[rm]?)? ?(?:[\w'-]+ ){0,2}[\w'-]+",
    "fr": r"(?:pour|du|des|de la|de l'|de mon|de ma|de mes|de cette?) ?(?:le |la |les |mon |ma |mes |cette |ce |cet )?(?:[\w'-]+ )?[\w'-]+",
    "es": r"(?:por|del|de la|de los|de las|de mi|de este|de esta) (?:el |la |los |las |mi |este |esta )?(?:[\w'-]+ )?[\w'-]+",
    "it": r"(?:per|del|della|dei|delle|degli|dell'|dello) ?(?:il |la |lo |i |le |gli |questo |questa )?(?:[\w'-]+ )?[\w'-]+",
    "nl": r"(?:voor|van) (?:de|het|een|mijn|deze|dit) (?:[\w'-]+ )?[\w'-]+",
    "pt": r"(?:pelo|pela|pelos|pelas|do|da|dos|das|deste|desta) (?:meu |minha )?(?:[\w'-]+ )?[\w'-]+",
    "ja": r"[^、。]{1,16}の(?=代金|返金)",
}
"""The thing for which it is asked: any words."""

ROLE: Words = {
    "en": r"to|in|into|on|onto|upon|at|via|through|by|with|within|without|as|towards?|against|under|over|behind|beyond|between|among|plus|minus|less|but|except|besides|instead|rather|than|only|till|until|before|after|during|while|near|per|versus|either|or|nor|and|like|every|each|other|another|else",
    "de": r"an|ans|am|auf|aufs|in|ins|im|per|mit|mittels|über|unter|gegen|statt|anstatt|anstelle|außer|ohne|samt|minus|plus|bis|nach|vor|bei|beim|durch|via|ab|als|zu|zum|zur|hinter|neben|zwischen|oder|und|sowie|jede[nrms]?|andere[nrms]?|sonst",
    "fr": r"à|au|aux|en|dans|sur|sous|par|avec|sans|contre|vers|chez|via|comme|moins|plus|sauf|hors|hormis|outre|plutôt|avant|après|jusqu(?:e|'\w+|'à)?|pendant|entre|ou|ni|et|chaque|autres?",
    "es": r"a|al|en|con|sin|sobre|bajo|contra|hacia|hasta|mediante|vía|como|menos|más|salvo|excepto|además|tras|antes|después|durante|entre|según|ni|o|u|y|e|cada|otr[oa]s?",
    "it": r"a|ad|al|allo|all|alla|ai|agli|alle|in|nel|nello|nella|nei|negli|nelle|su|sul|sullo|sulla|sui|sugli|sulle|con|senza|contro|verso|presso|tramite|mediante|come|meno|più|tranne|salvo|eccetto|oltre|prima|dopo|fino|entro|durante|tra|fra|o|né|e|ed|ogni|altr[oaie]",
    "nl": r"aan|ten|ter|in|op|per|met|via|door|over|onder|tegen|naar|bij|zonder|behalve|min|plus|tot|na|als|dan|tussen|achter|naast|of|noch|en|elke?|andere?",
    "pt": r"a|à|ao|às|aos|em|no|na|nos|nas|num|numa|com|sem|sobre|sob|contra|para|pra|até|via|através|como|menos|mais|salvo|exceto|além|após|antes|depois|durante|entre|ou|nem|e|cada|outr[oa]s?",
}
"""The words that give what follows a part in the wish: whom it goes to, by which way, less what,
when, or something else; all of them, since no language makes new ones."""

CAUSE: Words = {
    "en": r"for|of|from|about|regarding|concerning|since|because|due",
    "de": r"für|von|vom|aus|wegen|zwecks|seit|laut|gemäß",
    "fr": r"pour|de|d|des|du|depuis|selon",
    "es": r"por|de|del|desde|según",
    "it": r"per|di|d|del|dello|dell|della|dei|degli|delle|da|dal|dalla|dallo",
    "nl": r"voor|van|uit|vanwege|wegens|sinds",
    "pt": r"por|pel[oa]s?|de|do|da|dos|das|dum|duma|desde",
}
"""The words that give it a cause: what follows is a thing, which may be called anything."""

NOUN: Words = {
    "en": r"the|an?|this|that|these|those|my|our|your|his|her|their|its|some|any|\w+'s",
    "de": r"de[rmns]|das|die|eine?[rmns]?|diese?[rmns]?|jene[rmns]?|meine?[rmns]?|unsere?[rmns]?|ihre?[rmns]?|eu(?:er|re[rmns]?)|seine?[rmns]?|k?einige[rmns]?",
    "fr": r"l[ea]s?|l|une?|ce|cet|cette|ces|mon|ma|mes|notre|nos|votre|vos|son|sa|ses|leurs?",
    "es": r"el|l[oa]s?|un|una|unos|unas|este|est[ao]s?|es[ae]s?|esos|mis?|nuestr[oa]s?|vuestr[oa]s?|sus?",
    "it": r"il|l[oa]|l|i|gli|le|un|uno|una|quest[oaie]|quel\w*|mi[oae]|miei|nostr[oaie]|vostr[oaie]|su[oae]|suoi|loro",
    "nl": r"de|het|een|deze|dit|dat|die|mijn|onze?|uw|jullie|zijn|haar|hun",
    "pt": r"[oa]s?|uma?|este|est[ao]s?|ess[ae]s?|meus?|minhas?|noss[oa]s?|voss[oa]s?|seus?|suas?",
}
"""The words that begin a noun: who or what it is, beside the money."""

COURTESY: Words = {
    "en": r"sorry (?:for|about) (?:the|any) (?:bother|trouble|inconvenience)(?=,? but)|sorry to (?:bother|trouble) you(?=,? but)|(?:further to|following(?: on from)?|as per) (?:my|our|the|your|a|today's|yesterday's) (?:\w+ )?(?:conversation|call|chat|e-?mail|talk|discussion)(?: (?:with|from) (?:(?:(?:your|a) )?(?:colleague|agent)|(?:mr|mrs|ms) \w+))?(?: (?:this morning|this afternoon|yesterday|today|earlier))?|as (?:discussed|agreed|arranged)(?: (?:on the phone|by phone|this morning|today|yesterday|earlier))? with (?:(?:(?:your|a) )?(?:colleague|agent)|(?:mr|mrs|ms) \w+)|(?:it |that )?would be (?:great|fantastic|wonderful|brilliant|awesome|super|perfect) (?:if|to)|go ahead with|proceed with|would be (?:most |very |much )?(?:welcome|great|lovely|nice|appreciated)|(?:grateful|obliged|appreciate\w*|thankful|happy|glad|pleased|kind|great|lovely|nice|good) (?:it )?if|(?:would you )?(?:have|with|in|at|without|under|by|to) (?:(?:the|your|all|my|any|no|its|due) )?(?:kindness|courtesy|decency|goodness|further ado|ado|respect of|regard to|relation to|reference to|connection with|accordance with|line with|full|haste|due course|(?:consumer|the) (?:law|rights?)|(?:earliest|soonest)(?: \w+)?|once|least|best|(?:your )?convenience|(?:end|close) of the (?:week|month)|this (?:week|month)|email|e-mail|return)|i'm after|i am after|we're after|am in|look(?:ing)? forward to|relat(?:ing|ed) to|pertaining to|with thanks",
    "de": r"tut mir leid(?:,? dass ich (?:\w+ )?(?:umstände|mühe|arbeit)|,? wegen der (?:umstände|störung)| für die (?:umstände|störung))(?: mache)?(?=,? aber)|(?<=[,.] )(?:die |den |das |ihn |sie |es )?behalte (?:ich|wir) nicht(?=[.,;!]|$)|behalten? (?:ihn|sie|es|das|diese[ns]?) nicht(?=[.,;!]|$)|wie (?:\w+ ){0,3}mit (?:(?:(?:ihrer|ihrem|einer?m?|dem) )?(?:kolleg\w+|mitarbeiter\w*)|(?:frau|herrn) \w+) (?:besprochen|vereinbart|abgesprochen)|(?:es |das )?wäre (?:toll|klasse|super|prima|großartig|wunderbar|fantastisch|spitze),? wenn|in die wege|in gang|als (?:\w+ )?(?:antrag|bitte|aufforderung) auf|wäre (?:mir |sehr |höchst )?(?:willkommen|schön|nett|prima|gedient)|(?:dankbar|verbunden|nett|schön|freundlich|lieb|froh|freuen|freut),? wenn|mit bezug auf|in bezug auf|im hinblick auf|in voller höhe|in höhe(?: von)?|so (?:gut|nett|freundlich|lieb|bald|schnell)|auf diesem weg\w*|anspruch auf|in den nächsten \w+|im voraus|bis (?:ende der woche|spätestens)|zu bestellung|zur bestellung|zum auftrag|zu(?:r)? bestellnummer|per mail|per e-mail",
    "fr": r"(?:je|nous) ne l(?:e|a|es) gard\w+ pas(?=[.,;!]|$)|vous (?:m'|nous )avez envoyé(?= (?:une?|la|le) (?:\w+ )?(?:taille|pointure|couleur|modèle|version)(?: \S+){0,2} (?:au lieu|à la place) d\S+(?: [^ ,;(]+){0,3}(?: \([^)]*\))?[.!]?$)|(?:va|tient|rentre|marche|fonctionne|s'adapte|se fixe) pas(?= sur (?:mon|ma|mes|notre|nos) (?!compte|carte|livret|cb|paypal|iban|rib))|(?:comme|ainsi que) (?:convenu|discuté|vu)(?: (?:hier|ce matin|au téléphone|par téléphone))? avec (?:(?:(?:votre|vos|une?) )?(?:collègue|conseill\w+)|(?:mme|m|madame|monsieur) \w+)|(?:suite|faisant suite) à (?:mon|notre|ma) (?:\w+ )?(?:appel|conversation|échange|entretien)(?: téléphonique)?(?: avec (?:(?:(?:votre|une?) )?(?:collègue|conseill\w+)|(?:mme|m|madame|monsieur) \w+))?|(?:ce |cela )?serait (?:formidable|génial|super|parfait|merveilleux|chouette) (?:si|de)|comme (?:ma|une) (?:demande|requête|réclamation)|serait (?:le |la |très )?(?:bienvenue?|appréciée?)|(?:reconnaissant\w*|gré|obligée?|ravie?|heureu\w+|gentil|aimable) (?:de bien vouloir )?si|(?:la|l') ?(?:gentillesse|amabilité|bonté|obligeance|courtoisie)|en rapport avec|par la présente|de votre part|à hauteur d(?:e|')|au plus (?:tôt|vite)|dans les (?:plus brefs|meilleurs) délais|en lien avec|relati(?:f|ve|fs|ves) (?:à|au)|correspondant(?:e|s|es)? (?:à|au)|afférent\w* (?:à|au)|par (?:mail|e-mail|courriel|écrit)|en conséquence|à (?:être|recevoir|ce que)|à bientôt|dans l'attente",
    "es": r"de una vez|(?:ya )?va de vuelta|(?:perdon\w+|disculp\w+|siento|lamento) (?:por )?las? molestias?(?=,? pero)|(?:me|nos) (?:mandaron|enviaron|han (?:mandado|enviado))(?= (?:el|la|una?|otr[oa]) (?:talla|color|modelo|número|versión)(?: \S+){0,3} en (?:vez|lugar) de(?: [^ ,;(]+){0,3}(?: \([^)]*\))?[.!]?$)|(?:según|como) (?:lo )?(?:hablé|hablamos|acordé|acordamos|acordado|hablado|quedamos|quedé)(?: (?:ayer|hoy|esta mañana|por teléfono))? con (?:(?:(?:su|el|la|una?) )?(?:compañer[oa]|agente)|(?:la )?señora? \w+)|sería (?:genial|fantástico|perfecto|maravilloso|ideal|estupendo) (?:que|si)|con el(?= reembolso)|como (?:mi|una) solicitud|de antemano|ser[íi]a (?:muy )?(?:bienvenid[oa]|de agradecer)|tengan a bien|(?:agradec\w*|agradecid[oa]|amables?|estupendo|bien|contento|contenta) si|(?:la|el) (?:bondad|amabilidad|gentileza|favor)|(?:a|con) la (?:mayor )?brevedad(?: posible)?|por la presente|por este medio|lo antes posible|cuanto antes|en relación (?:a|al|con)|con relación a|(?:relativ[oa]s?|correspondientes?|referentes?|respectiv[oa]s?) a(?:l)?|por correo|así que|en breve|al?(?= (?:la )?(?:devol|reembols))",
    "it": r"(?:scus\w+|perdon\w+) (?:per )?il disturbo(?=,? ma)|non l[oaie] (?:tengo|teniamo|terrò)(?=[.,;!]|$)|(?:mi|ci) avete (?:mandato|inviato|spedito)(?= (?:il|la|una?) (?:taglia|misura|colore|modello|numero|versione)(?: \S+){0,3} (?:invece (?:che|di)|al posto) (?:d\S+)?(?: [^ ,;(]+){0,3}(?: \([^)]*\))?[.!]?$)|come (?:d'accordo|concordato|da accordi|parlato|detto)(?: (?:ieri|oggi|stamattina|al telefono))? con (?:(?:(?:il|la|vostr[oa]|su[oa]|una?) ){0,2}(?:collega|operator\w+)|(?:la )?signora? \w+)|sarebbe (?:fantastico|bello|ottimo|perfetto|magnifico|splendido) (?:se|che)|con il(?= rimborso)|come (?:la mia )?richiesta|sarebbe (?:molto )?(?:gradit[oa]|benvenut[oa])|(?:grat[oaie]|felic[ei]|liet[oaie]|gentil[ei]|bello|ringrazi\w+) se|(?:la|l') ?(?:cortesia|gentilezza|bontà|amabilità)|con la presente|quanto prima|al più presto|prima possibile|per quanto riguarda|in relazione a(?:ll'|l)?|in riferimento a(?:ll'|l)?|(?:relativ[oa]|inerente|riferit[oa]) a(?:ll'|l)?|via (?:mail|e-mail)|si prega di|al?(?= (?:chied|rimbors|restitu|vol))|ho diritto a(?:l)?|in attesa",
    "nl": r"(?:tweede|derde|vierde) (?:mail|e-mail|mailtje|bericht)|(?<=[,.] )(?:die |dat |hem |ze |deze )?houd (?:ik|we|wij) niet(?=[.,;!]|$)|houd(?:en)? (?:hem|haar|het|ze|deze|dit) niet(?=[.,;!]|$)|zoals (?:\w+ ){0,2}met (?:(?:(?:uw|jullie|een|de) )?(?:collega|medewerk\w+)|(?:mevrouw|meneer) \w+) (?:besproken|afgesproken|overlegd)|(?:het |dat )?zou (?:geweldig|fantastisch|super|top|mooi|fijn|prettig) zijn (?:als|om)|als (?:mijn|een) (?:verzoek|aanvraag) tot|zou (?:erg )?(?:fijn|welkom|prettig) zijn|(?:op prijs stellen|dankbaar|fijn|blij|fijner|mooi|vriendelijk|waarderen) (?:als|indien|wanneer)|met betrekking tot|op prijs stellen|in verband met|op korte termijn|zo (?:snel|spoedig|vriendelijk|goed|vlug)(?: mogelijk)?|ten aanzien van|per (?:mail|e-mail)|(?<!heb ik )recht op|aanspraak op|reken\w* op|aan mij|in orde|bij voorbaat|te(?= (?:betalen|storten|geven|ontvangen|restitueren|vergoeden))",
    "pt": r"(?:desculp\w+|perdo\w+) (?:o|pelo|a|pela) (?:inc[óô]modo|transtorno|maçada)(?=,? mas)|(?:me|nos) (?:mandaram|enviaram)(?= (?:o|a|uma?) (?:tamanho|cor|modelo|versão)(?: \S+){0,3} em vez d\S+(?: [^ ,;(]+){0,3}(?: \([^)]*\))?[.!]?$)|(?:conforme|como) (?:falei|falámos|combinei|combinado|acordado|conversado)(?: (?:ontem|hoje|por telefone))? com (?:(?:o|a|voss[oa]|seu|sua|uma?) ){0,2}(?:colega|assistente)|seria (?:ótimo|óptimo|fantástico|perfeito|maravilhoso|excelente) (?:que|se)|com o(?= reembolso)|como (?:o meu|um) pedido|desde já|de antemão|seria (?:muito )?(?:bem-vind[oa]|bom)|(?:grat[oa]s?|agradec\w*|agradecid[oa]s?|feliz|contente|gentil|ótimo|bom) se|(?:a|o) (?:gentileza|bondade|amabilidade|favor|fineza)|por este meio|por meio deste|o (?:mais|quanto) (?:antes|breve|rápido|depressa)(?: possível)?|com a (?:maior )?brevidade|em relação (?:a|à|ao)|(?:relativ[oa]s?|referentes?|respeitantes?|correspondentes?|inerentes?) (?:a|à|ao)|por (?:email|e-mail|escrito|gentileza|favor)|a(?= (?:aguardar|devol))|direito (?:a|à|ao)|à(?= devol)|ao(?= reembols)",
}
"""Phrases of such a word that ask for nothing: of courtesy and what is thanked for, of haste, and of
what it is about."""

AND: Words = {
    "en": r"and|plus",
    "de": r"und|sowie",
    "fr": r"et",
    "es": r"y|e",
    "it": r"e|ed",
    "nl": r"en",
    "pt": r"e",
}
BUT: Words = {
    "en": r"but|however|though|although|yet",
    "de": r"aber|allerdings|jedoch|obwohl|doch(?! bitte)",
    "fr": r"mais|toutefois|cependant|pourtant",
    "es": r"pero|aunque|sin embargo",
    "it": r"ma|però|tuttavia|anche se",
    "nl": r"maar|echter|hoewel",
    "pt": r"mas|porém|contudo|embora",
}
PERSON: Words = {
    "en": r"i|i'\w+|we|we'\w+|it|it's|he|she|they|you|there|nobody|nothing|everything",
    "de": r"ich|wir|es|er|sie|ihr|man|niemand|nichts|alles",
    "fr": r"j'\w+|je|nous|il|elle|ils|elles|on|vous|tu|c'\w+|rien|personne",
    "es": r"yo|nosotr[oa]s|él|ella|ellos|ellas|usted|ustedes|nada|nadie|me|nos|se|no",
    "it": r"io|noi|egli|lui|lei|loro|voi|nulla|niente|nessuno|mi|ci|si|non",
    "nl": r"ik|wij|we|het|hij|zij|ze|u|jullie|niemand|niets|er",
    "pt": r"eu|nós|ele|ela|eles|elas|você|vocês|nada|ninguém|me|nos|se|não",
}
"""The words that join or oppose two statements, and those that begin one of their own."""

ME: Words = {
    "en": r"i|me|my|us|our",
    "de": r"darf ich|dürfte ich|mir|mich|meine?[nrms]?|uns|unsere?[nrms]?",
    "fr": r"vous demander|me|m'\w+|\w+-moi|moi|mes|mon|nous|(?:puis|pourrais)-je",
    "es": r"pedir(?:les|os)|me|mis?|nos|nuestr[oa]s?|\w+(?:rme|nme)",
    "it": r"chieder(?:vi|le)|mi|mie[ni]?|mi[oa]|ci|nostr\w|\w+rmi",
    "nl": r"mij|me|mijn|ons|onze|ik",
    "pt": r"pedir-(?:vos|lhes)|me|meus?|minhas?|nos|\w+-me",
}
"""Whoever writes."""

WANTS: Words = {
    "en": r"wants|would|needs|asks|demands|requests|wishes",
    "de": r"möchte|hätte|will|braucht|verlangt|bittet|fordert|wünscht",
    "fr": r"veut|voudrait|souhaite|aimerait|demande|exige|réclame",
    "es": r"quiere|quisiera|desea|necesita|pide|exige",
    "it": r"vuole|vorrebbe|chiede|desidera|pretende",
    "nl": r"wil|wenst|vraagt|verzoekt|eist|zou",
    "pt": r"quer|queria|gostaria|pede|deseja|precisa|exige",
}
"""What somebody else wants, after who it is."""

IS: Words = {
    "en": r"is|was|be|are|were|seems?|feels?",
    "de": r"ist|war|wäre|sei|sind|wären|scheint|bleibt",
    "fr": r"est|était|serait|sera|sont|seraient|semble|paraît",
    "es": r"es|era|sería|será|son|serían|parece",
    "it": r"è|era|sarebbe|sarà|sono|sembra",
    "nl": r"is|was|zou|zijn|lijkt",
    "pt": r"é|era|seria|será|são|parece",
}
"""What is said of the wish follows."""

REASON: Words = {
    "en": r"(?:since|because|given that|seeing that) [^,;]{4,120},",
    "de": r"(?:da|weil|nachdem) [^,;]{4,120},",
    "fr": r"(?:puisque|comme|étant donné que|vu que) [^,;]{4,120},|\w+ (?:\S+ ){0,2}ne m'étant [^,;]{4,80},",
    "es": r"(?:como|puesto que|ya que|dado que) [^,;]{4,120},",
    "it": r"(?:poiché|siccome|dato che|visto che) [^,;]{4,120},",
    "nl": r"(?:aangezien|omdat|daar) [^,;]{4,120},",
    "pt": r"(?:como|visto que|já que|uma vez que|dado que) [^,;]{4,120},",
}
"""Why it is asked for: what did not happen there does not turn the wish."""

ORDERED: Words = {
    "en": r"\w+",
    "de": r"\w+",
    "fr": r"\w+ez",
    "es": r"\w+[ae](?:n|d)(?:me|nos|l[oae]s?)?",
    "it": r"\w+te(?:mi|ci|l[oaie])?",
    "nl": r"\w+",
    "pt": r"\w+[ae]m",
}
"""A verb that tells us to do something, by its end where the language has one for it."""

NAMED_WISH: Words = {
    "en": r"the (?:[\d.,]+ )?(?:\w+ )?(?:refund|reimbursement|repayment)|(?:my|that|this|any) refund",
    "de": r"(?:die|meine|diese|eine) \w*(?:erstattung|rückzahlung|gutschrift)",
    "fr": r"(?:le|mon|ce|tout) remboursement",
    "es": r"(?:el|la|mi|este|esta) (?:reembolso|devolución|reintegro|abono)",
    "it": r"(?:il|la|mio|questo) (?:rimborso|restituzione)",
    "nl": r"(?:de|mijn|deze) (?:terugbetaling|restitutie|vergoeding)",
    "pt": r"(?:o|a|meu|este|esta) (?:reembolso|devolução|estorno)",
}
"""The wish as a noun that is known already: the verb before it may be to stop or to put it off."""

NOBODY: Words = {
    "en": r"nothing|nobody|no one|no-one|none",
    "de": r"nichts|niemand|keiner",
    "fr": r"rien|personne",
    "es": r"nada|nadie",
    "it": r"nulla|niente|nessuno",
    "nl": r"niets|niemand",
    "pt": r"nada|ninguém",
}
WHOLE: Words = {
    "en": r"(?:this|that) (?:amount|sum)|my money|(?:purchase|full|whole) (?:price|amount|sum)",
    "de": r"(?:diesen|den) betrag|diese summe|mein geld|kaufpreis\w*|(?:den |der )?(?:vollen? |gesamten? |ganzen? )betrag",
    "fr": r"ce(?:tte)? (?:montant|somme)|mon argent|(?:montant|prix) (?:total|intégral|d'achat)",
    "es": r"es[ae] (?:cantidad|importe|suma)|este importe|esta (?:suma|cantidad)|mi dinero|importe (?:total|íntegro)",
    "it": r"quest[ao] (?:somma|importo)|(?:i )?miei soldi|importo (?:totale|intero)",
    "nl": r"dit bedrag|mijn geld|aankoop(?:bedrag|prijs)|(?:hele|volledige) bedrag",
    "pt": r"ess[ae] (?:quantia|valor|montante)|est[ae] (?:quantia|valor|montante)|(?:o )?meu dinheiro|valor (?:total|integral)",
}
"""What names the whole without its sum."""

CLOSE: Words = {
    "en": r"thanks|thank you|many thanks|cheers|regards|kind regards|best|sincerely|yours|ta",
    "de": r"danke|vielen dank|besten dank|(?:\w+ )?grüße|gruß|lg|mfg|vg",
    "fr": r"merci(?! (?:de|d'))|cordialement|salutations|bien à vous|cdlt|bonne (?:journée|soirée)",
    "es": r"gracias|saludos?|un saludo|atentamente|cordialmente",
    "it": r"grazie|saluti|cordiali saluti|cordialmente|distinti saluti",
    "nl": r"bedankt|dank|groet\w*|mvg|met vriendelijke groet\w*|hoogachtend",
    "pt": r"obrigad[oa]|cumprimentos|atenciosamente|abraços?",
}
"""A letter's end, which names who wrote."""

WILL: Words = {
    "en": r"please|pls|plz|kindly|(?:i|we) (?:want|need|wish|would|prefer|request|demand|insist|ask)|(?:i|we)'d (?:rather|prefer|sooner|like|want|love|appreciate|be)|prefer*|(?:could|can|would|will) you|what (?:i|we) need|let me|let us|would it be|how do i",
    "de": r"bitte|möchte*|hätten? (?:ich|wir)|(?:ich|wir) hätten?|lieber|wünsche*|(?:könnten|können|würden) sie|(?:ich|wir) (?:will|wollen|verlange\w*|brauche\w*|benötige\w*)|\w+en sie (?:mir|uns|mich|es|das|die|den|meine\w*|bitte|alle\w*)",
    "fr": r"merci (?:de|d')|veuillez|prière|s'il (?:vous|te) pla[iî]t|svp|je (?:veux|voudrais|souhaite|préfère|préférerais|demande|désire)|j'aimerais|j'exige|il me faut|(?:pourriez|pouvez|auriez)[- ]vous|\w+ez[- ](?:moi|nous|le|la|les|plutôt|mon|ma|mes)",
    "es": r"por favor|quiero|quisiera|prefier*|preferir*|solicito|pido|exijo|necesito|(?:podrían|pueden)|me gustaría|ruego|rogamos|(?:manden|envíen|hagan|dejen|pongan|digan)\w*|den(?:me|nos)",
    "it": r"per favore|prego|vi prego|vorre*|voglio|preferi*|chied*|mi serve|potreste|desider*|gradire*|(?:manda|invia|lascia|mette|toglie)te\w*|(?:fa|da|di)te(?:mi|ci|lo|la)",
    "nl": r"graag|alstublieft|aub|a\.u\.b\.|(?:ik|wij|we) (?:wil|willen|verzoek\w*|wens\w*)|liever|(?:kunt|wilt|kun) (?:u|je)|gelieve|(?:stuur|zend|geef|doe|zet|neem|maak|zorg) (?:mij|me|ons|het|de|u)|laat (?:mij|me|ons)",
    "pt": r"por favor|quero|queria|queremos|gostaria|gostava|prefir*|prefer*|peço|solicito|preciso|exijo|(?:poderiam|podem)|agradeç*|agradecia|(?:mandem|enviem|façam|deixem|ponham|digam)\w*",
    "ja": r"ください|下さい|お願い|欲しい|ほしい|いただけ|頂け|もらえ|たいです|願います|希望",
}
"""Something is asked of us."""

FINE: Words = {
    "en": r"attach*|enclos*|confirm*|let (?:me|us) know|tell (?:me|us)|inform*|repl(?:y|ies)|respon*|answer*|get back to|look(?:ed)? (?:into|at)|check*|see|find|return*|back|cancel*|thank*|hear*|note|advise|help*|collect*|pick* (?:it )?up|label*|understand|process*|sort (?:this|it) out|deal with|resolve|act|treat this as urgent|update|receipt|invoice|when you have|bear with|excuse|forgive|accept my|money|refund*",
    "de": r"anbei|veranlass*|tätig werden|anhang|angehängt*|beigefügt*|bestätig*|mitteil*|mitzuteilen|teilen sie|sagen sie (?:mir|uns)|informier*|antwort*|melde*|prüf*|schauen|sehen|finde*|zurück*|retour*|rücksend*|rückgabe|stornier*|dank*|rückmeldung|bescheid|abhol*|etikett*|widerruf*|helf*|hilfe|erledig*|klär*|kümmern|bearbeit*|nachsehen|entnehmen|verständnis|entschuldig*|verzeih*|umgehend*|beleg*|rechnung|geld",
    "fr": r"agréer|ci-joint*|le nécessaire|joint*|confirm*|inform*|répon*|dites-(?:moi|nous)|dire|indiqu*|fai(?:re|tes) savoir|vérifi*|voir|trouver|trouverez|renvoy*|retour*|annul*|merci|remerci*|étiquette|aide*|traiter|excuser|facture|reçu|accuser|prendre en compte|argent|rembours*",
    "es": r"av[ií]s\w*|adjunt*|tram[ií]t*|gestion*|confirm*|inform*|respond*|respuesta|dígan\w*|decirme|indiqu*|avis*|revis*|comprob*|ver|devol*|devuelv*|cancel*|gracias|agradec*|etiqueta|ayud*|tramit*|disculp*|factura|recibo|contest(?:en|ar)|dinero|reembols*",
    "it": r"allegat*|conferm*|inform*|rispo*|ditemi|dirmi|indic*|fa(?:temi|rmi) sapere|verific*|controll*|vedere|trov*|restitu*|reso|rispedi*|annull*|grazie|ringrazi*|etichetta|aiut*|scus*|fattura|ricevuta|soldi|rimbors*",
    "nl": r"bijlage|regel*|afhandel*|bijgaand|bijgevoegd|bevestig*|laat (?:mij|me|ons|het) weten|laten weten|weten|informeer|antwoord*|reactie|reageer*|controleer|nakijken|kijken|zien|terug*|retour*|annule*|dank*|label|help*|hulp|excuus|factuur|bon|bericht|geld",
    "pt": r"anex*|junto|confirm*|inform*|respond*|resposta|digam-me|dizer|indiqu*|avis*|verific*|ver|devol*|cancel*|obrigad*|agradeç*|etiqueta|ajud*|desculp*|fatura|recibo|dinheiro|reembols*",
    "ja": r"添付|処理|確認|教えて|知らせ|連絡|返事|返信|ご覧|返送|返品|キャンセル|ありがとう|対応|返金|よろしく",
}
"""What may be asked of us beside the money."""
