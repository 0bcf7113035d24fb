"""What customers write, by kind and language: the words of T52's grammar.

Written as people write, without a look at any reader's patterns. `{sum}` is a sum in some spelling,
`{order}` an order's number, `{place}` a country's name.
"""
# ruff: noqa: E501 - sentences in many languages and scripts

from __future__ import annotations

from collections.abc import Mapping, Sequence

Said = Mapping[str, Sequence[str]]
"""Sentences by language."""

HELLO: Mapping[str, str] = {
    "en": "Hello,", "de": "Guten Tag,", "fr": "Bonjour,", "es": "Hola:", "it": "Buongiorno,", "nl": "Goedendag,", "pt": "Bom dia,", "ja": "お世話になっております。",
}  # fmt: skip
BYE: Mapping[str, str] = {
    "en": "Kind regards", "de": "Mit freundlichen Grüßen", "fr": "Cordialement", "es": "Un saludo", "it": "Cordiali saluti", "nl": "Met vriendelijke groet", "pt": "Com os melhores cumprimentos", "ja": "よろしくお願いいたします。",
}  # fmt: skip
ABOUT: Mapping[str, str] = {
    "en": "This is about order {order}.", "de": "Es geht um die Bestellung {order}.", "fr": "Il s'agit de la commande {order}.", "es": "Se trata del pedido {order}.", "it": "Si tratta dell'ordine {order}.", "nl": "Het gaat om bestelling {order}.", "pt": "Trata-se da encomenda {order}.", "ja": "注文番号 {order} の件です。",
}  # fmt: skip
NOISE: Said = {
    "en": ["The lamp arrived broken last Tuesday.", "I ordered it for my office.", "I have been a customer for years."],
    "de": ["Die Lampe kam letzten Dienstag kaputt an.", "Ich hatte sie für mein Büro bestellt.", "Ich kaufe seit Jahren bei Ihnen."],
    "fr": ["La lampe est arrivée cassée mardi dernier.", "Je l'avais commandée pour mon bureau.", "Je suis client depuis des années."],
    "es": ["La lámpara llegó rota el martes pasado.", "La pedí para mi oficina.", "Soy cliente desde hace años."],
    "it": ["La lampada è arrivata rotta martedì scorso.", "L'avevo ordinata per il mio ufficio.", "Sono vostro cliente da anni."],
    "nl": ["De lamp kwam vorige dinsdag kapot aan.", "Ik had hem voor mijn kantoor besteld.", "Ik ben al jaren klant bij u."],
    "pt": ["O candeeiro chegou danificado na terça-feira.", "Comprei-o para o meu escritório.", "Sou cliente há muitos anos."],
    "ja": ["先週の火曜日に届いたランプが壊れていました。", "事務所用に注文したものです。"],
}  # fmt: skip

# What may run: all of what was paid, in plain words.
WHOLE: Said = {
    "en": ["Please refund me the {sum}.", "I would like my {sum} back.", "Could you please refund {sum}?"],
    "de": ["Bitte erstatten Sie mir die {sum}.", "Ich möchte meine {sum} zurück.", "Könnten Sie mir bitte {sum} erstatten?"],
    "fr": ["Merci de me rembourser {sum}.", "Je souhaite être remboursé de {sum}.", "Pourriez-vous me rembourser {sum} ?"],
    "es": ["Por favor, reembólsenme {sum}.", "Solicito el reembolso de {sum}.", "¿Podrían devolverme {sum}?"],
    "it": ["Vi prego di rimborsarmi {sum}.", "Chiedo il rimborso di {sum}.", "Potreste rimborsarmi {sum}?"],
    "nl": ["Graag ontvang ik {sum} terug.", "Ik verzoek u {sum} terug te betalen.", "Kunt u mij {sum} terugbetalen?"],
    "pt": ["Peço o reembolso de {sum}.", "Por favor, devolvam-me {sum}.", "Gostaria de ser reembolsado em {sum}."],
    "ja": ["{sum}の返金をお願いします。", "{sum}を返金してください。"],
}  # fmt: skip

REFUSED: Mapping[str, Said] = {
    "another sum": {
        "en": ["I paid 49.90 EUR. Please refund {other}.", "The price was 49.90 EUR, and I would like {other} back."],
        "de": ["Ich habe 49,90 EUR bezahlt. Bitte erstatten Sie {other}.", "Der Preis war 49,90 EUR, ich hätte gern {other} zurück."],
        "fr": ["J'ai payé 49,90 EUR. Merci de rembourser {other}.", "Le prix était de 49,90 EUR et je demande {other} en retour, à rembourser."],
        "es": ["Pagué 49,90 EUR. Por favor, reembolsen {other}.", "El precio era 49,90 EUR y pido la devolución de {other}."],
        "it": ["Ho pagato 49,90 EUR. Vi prego di rimborsare {other}.", "Il prezzo era 49,90 EUR e chiedo il rimborso di {other}."],
        "nl": ["Ik heb 49,90 EUR betaald. Graag {other} terugbetalen.", "De prijs was 49,90 EUR en ik wil {other} terug."],
        "pt": ["Paguei 49,90 EUR. Peço o reembolso de {other}.", "O preço era 49,90 EUR e gostaria que me devolvessem {other}."],
        "ja": ["49.90 EUR支払いました。{other}の返金をお願いします。"],
    },
    "difference": {
        "en": ["You charged 49.90 EUR instead of 39.90 EUR. Please refund the difference.", "I paid 49.90 EUR, now it costs 39.90 EUR. I want the gap refunded."],
        "de": ["Sie haben 49,90 EUR statt 39,90 EUR berechnet. Bitte erstatten Sie die Differenz.", "Ich zahlte 49,90 EUR, heute kostet sie 39,90 EUR. Bitte erstatten Sie den Unterschied."],
        "fr": ["Vous avez facturé 49,90 EUR au lieu de 39,90 EUR. Merci de rembourser la différence.", "J'ai payé 49,90 EUR, elle coûte maintenant 39,90 EUR : remboursez-moi l'écart."],
        "es": ["Me cobraron 49,90 EUR en lugar de 39,90 EUR. Por favor, reembolsen la diferencia."],
        "it": ["Mi avete addebitato 49,90 EUR invece di 39,90 EUR. Vi prego di rimborsare la differenza."],
        "nl": ["U heeft 49,90 EUR in plaats van 39,90 EUR berekend. Graag het verschil terugbetalen."],
        "pt": ["Cobraram 49,90 EUR em vez de 39,90 EUR. Peço o reembolso da diferença."],
        "ja": ["39.90 EURのはずが49.90 EUR請求されました。差額を返金してください。"],
    },
    "half": {
        "en": ["Please refund half of the 49.90 EUR.", "Fifty percent of the 49.90 EUR back would be fair."],
        "de": ["Bitte erstatten Sie die Hälfte der 49,90 EUR.", "Die halben 49,90 EUR zurück wären fair."],
        "fr": ["Merci de rembourser la moitié des 49,90 EUR."],
        "es": ["Por favor, reembolsen la mitad de los 49,90 EUR."],
        "it": ["Vi prego di rimborsare la metà dei 49,90 EUR."],
        "nl": ["Graag de helft van de 49,90 EUR terugbetalen."],
        "pt": ["Peço o reembolso de metade dos 49,90 EUR."],
        "ja": ["49.90 EURの半額を返金してください。"],
    },
    "share": {
        "en": ["Please refund 20 % of the 49.90 EUR, I keep the lamp.", "A partial refund of the 49.90 EUR is enough.", "Please refund a third of the 49.90 EUR."],
        "de": ["Bitte erstatten Sie 20 % der 49,90 EUR, ich behalte die Lampe.", "Eine teilweise Erstattung der 49,90 EUR reicht mir.", "Bitte erstatten Sie ein Drittel der 49,90 EUR."],
        "fr": ["Merci de rembourser 20 % des 49,90 EUR, je garde la lampe.", "Un remboursement partiel des 49,90 EUR me suffit."],
        "es": ["Reembolsen el 20 % de los 49,90 EUR, me quedo con la lámpara.", "Me basta un reembolso parcial de los 49,90 EUR."],
        "it": ["Rimborsate il 20 % dei 49,90 EUR, tengo la lampada.", "Mi basta un rimborso parziale dei 49,90 EUR."],
        "nl": ["Betaal 20 % van de 49,90 EUR terug, ik houd de lamp.", "Een gedeeltelijke terugbetaling van de 49,90 EUR is genoeg."],
        "pt": ["Reembolsem 20 % dos 49,90 EUR, fico com o candeeiro.", "Basta-me um reembolso parcial dos 49,90 EUR."],
        "ja": ["49.90 EURの20%を返金してください。", "49.90 EURの一部を返金してください。"],
    },
    "remaining": {
        "en": ["Half came back already; please refund what remains of the 49.90 EUR.", "Please refund the remaining amount of the 49.90 EUR."],
        "de": ["Bitte erstatten Sie den Rest der 49,90 EUR.", "Bitte erstatten Sie den verbleibenden Betrag der 49,90 EUR."],
        "fr": ["Merci de rembourser le reste des 49,90 EUR.", "Merci de rembourser le solde des 49,90 EUR."],
        "es": ["Reembolsen el resto de los 49,90 EUR.", "Reembolsen la cantidad restante de los 49,90 EUR."],
        "it": ["Rimborsate il resto dei 49,90 EUR.", "Rimborsate la somma rimanente dei 49,90 EUR."],
        "nl": ["Betaal de rest van de 49,90 EUR terug.", "Graag het resterende bedrag van de 49,90 EUR terugbetalen."],
        "pt": ["Reembolsem o resto dos 49,90 EUR.", "Reembolsem o valor restante dos 49,90 EUR."],
        "ja": ["49.90 EURの残りを返金してください。", "残額を返金してください。49.90 EURの注文です。"],
    },
    "less the postage": {
        "en": ["Please refund the 49.90 EUR but keep the postage.", "Refund the 49.90 EUR minus shipping, please.", "Do not refund the whole 49.90 EUR, the shade is fine."],
        "de": ["Bitte erstatten Sie die 49,90 EUR, aber behalten Sie das Porto.", "Bitte erstatten Sie die 49,90 EUR abzüglich Versand.", "Erstatten Sie bitte nicht die ganzen 49,90 EUR, der Schirm ist in Ordnung."],
        "fr": ["Remboursez les 49,90 EUR mais gardez les frais de port.", "Merci de rembourser les 49,90 EUR moins la livraison.", "Ne remboursez pas la totalité des 49,90 EUR."],
        "es": ["Reembolsen los 49,90 EUR, pero quédense con los gastos de envío.", "Reembolsen los 49,90 EUR menos el envío.", "No reembolsen los 49,90 EUR enteros."],
        "it": ["Rimborsate i 49,90 EUR ma tenete le spese di spedizione.", "Rimborsate i 49,90 EUR meno la spedizione.", "Non rimborsate tutti i 49,90 EUR."],
        "nl": ["Betaal de 49,90 EUR terug, maar houd de verzendkosten.", "Graag de 49,90 EUR min de verzending terug.", "Betaal niet de volledige 49,90 EUR terug."],
        "pt": ["Reembolsem os 49,90 EUR, mas fiquem com os portes.", "Reembolsem os 49,90 EUR menos o envio.", "Não reembolsem os 49,90 EUR por inteiro."],
        "ja": ["送料を除いて49.90 EURを返金してください。", "49.90 EUR全額ではなく返金してください。"],
    },
    "some of the items": {
        "en": ["Two of the six mugs were broken; please refund those. I paid 49.90 EUR.", "Only the blue cup is chipped, please refund that one. The parcel was 49.90 EUR.", "Please refund 1 of 3 bowls, 49.90 EUR in all."],
        "de": ["Zwei der sechs Tassen waren kaputt, bitte erstatten Sie diese. Bezahlt habe ich 49,90 EUR.", "Nur die blaue Tasse hat einen Sprung, bitte erstatten Sie diese. Das Paket kostete 49,90 EUR."],
        "fr": ["Deux des six tasses étaient cassées, merci de les rembourser. J'ai payé 49,90 EUR.", "Seule la tasse bleue est ébréchée, merci de la rembourser. Le colis coûtait 49,90 EUR."],
        "es": ["Dos de las seis tazas estaban rotas, reembólsenlas. Pagué 49,90 EUR.", "Solo la taza azul está rota, reembolsen esa. El paquete costó 49,90 EUR."],
        "it": ["Due delle sei tazze erano rotte, rimborsate quelle. Ho pagato 49,90 EUR.", "Solo la tazza blu è scheggiata, rimborsatela. Il pacco costava 49,90 EUR."],
        "nl": ["Twee van de zes kopjes waren kapot, betaal die terug. Ik betaalde 49,90 EUR.", "Alleen het blauwe kopje is beschadigd, graag dat terugbetalen. Het pakket kostte 49,90 EUR."],
        "pt": ["Duas das seis chávenas estavam partidas, reembolsem essas. Paguei 49,90 EUR.", "Só a chávena azul está rachada, reembolsem essa. A encomenda custou 49,90 EUR."],
        "ja": ["6個のうち2個が割れていました。その分を返金してください。49.90 EUR支払いました。"],
    },
    "withdrawn": {
        "en": ["Please cancel my refund request over 49.90 EUR.", "I do not want the 49.90 EUR refunded any more.", "The parcel has turned up, so no refund of the 49.90 EUR is needed.", "Forget the refund of 49.90 EUR, it is all sorted."],
        "de": ["Bitte stornieren Sie meinen Antrag auf Erstattung von 49,90 EUR.", "Ich möchte die 49,90 EUR nicht mehr erstattet haben.", "Das Paket ist doch noch gekommen, die Erstattung von 49,90 EUR ist nicht mehr nötig.", "Die Erstattung der 49,90 EUR hat sich erledigt."],
        "fr": ["Veuillez annuler ma demande de remboursement de 49,90 EUR.", "Je ne veux plus être remboursé des 49,90 EUR.", "Le colis est finalement arrivé, le remboursement de 49,90 EUR n'est plus nécessaire."],
        "es": ["Cancelen mi solicitud de reembolso de 49,90 EUR.", "Ya no quiero el reembolso de 49,90 EUR.", "El paquete ya ha llegado, no hace falta el reembolso de 49,90 EUR."],
        "it": ["Annullate la mia richiesta di rimborso di 49,90 EUR.", "Non voglio più il rimborso di 49,90 EUR.", "Il pacco è poi arrivato, il rimborso di 49,90 EUR non serve più."],
        "nl": ["Annuleer mijn verzoek om terugbetaling van 49,90 EUR.", "Ik wil de 49,90 EUR niet meer terug.", "Het pakket is toch nog aangekomen, terugbetaling van 49,90 EUR is niet meer nodig."],
        "pt": ["Cancelem o meu pedido de reembolso de 49,90 EUR.", "Já não quero o reembolso de 49,90 EUR.", "A encomenda afinal chegou, o reembolso de 49,90 EUR já não é necessário."],
        "ja": ["49.90 EURの返金依頼を取り消してください。", "49.90 EURの返金はもう不要です。"],
    },
    "conditional": {
        "en": ["If the new lamp also breaks, I would want 49.90 EUR refunded.", "Refund the 49.90 EUR only if a repair is impossible.", "Would you refund 49.90 EUR once I have sent it back?", "How long does a refund of 49.90 EUR take?"],
        "de": ["Falls die neue Lampe auch bricht, möchte ich 49,90 EUR erstattet haben.", "Erstatten Sie die 49,90 EUR nur, wenn keine Reparatur möglich ist.", "Bekomme ich 49,90 EUR zurück, sobald ich sie zurückgeschickt habe?"],
        "fr": ["Si la nouvelle lampe casse aussi, je voudrais être remboursé de 49,90 EUR.", "Serais-je remboursé de 49,90 EUR si je la renvoie ?"],
        "es": ["Si la nueva lámpara también se rompe, quiero el reembolso de 49,90 EUR.", "¿Me devolverían 49,90 EUR si la envío de vuelta?"],
        "it": ["Se anche la nuova lampada si rompe, vorrei il rimborso di 49,90 EUR.", "Mi rimborsereste 49,90 EUR se la rimando indietro?"],
        "nl": ["Als de nieuwe lamp ook breekt, wil ik 49,90 EUR terug.", "Krijg ik 49,90 EUR terug zodra ik hem heb teruggestuurd?"],
        "pt": ["Se o novo candeeiro também se partir, quero o reembolso de 49,90 EUR.", "Devolviam-me 49,90 EUR se eu o enviasse de volta?"],
        "ja": ["新しいランプも壊れた場合は49.90 EURの返金をお願いします。", "返送したら49.90 EURは返金されますか。"],
    },
    "another remedy": {
        "en": ["I would rather have a voucher than a refund of the 49.90 EUR.", "Please send a replacement, I do not need the 49.90 EUR.", "Store credit over 49.90 EUR would be fine, no refund to the card."],
        "de": ["Lieber hätte ich einen Gutschein als eine Erstattung der 49,90 EUR.", "Bitte schicken Sie Ersatz statt die 49,90 EUR zu erstatten.", "Können Sie die Lampe für 49,90 EUR umtauschen, anstatt zu erstatten?"],
        "fr": ["Je préfère un bon d'achat à un remboursement des 49,90 EUR.", "Envoyez-moi une lampe de remplacement plutôt qu'un remboursement de 49,90 EUR."],
        "es": ["Prefiero un vale en lugar del reembolso de 49,90 EUR.", "Envíenme otra lámpara de sustitución, no el reembolso de 49,90 EUR."],
        "it": ["Preferisco un buono invece del rimborso di 49,90 EUR.", "Mandatemi una lampada in sostituzione, non il rimborso di 49,90 EUR."],
        "nl": ["Ik heb liever een tegoedbon dan een terugbetaling van 49,90 EUR.", "Stuur mij een vervangende lamp in plaats van 49,90 EUR terug te betalen."],
        "pt": ["Prefiro um vale em vez do reembolso de 49,90 EUR.", "Enviem-me um candeeiro de substituição, não o reembolso de 49,90 EUR."],
        "ja": ["49.90 EURの返金ではなく商品券を希望します。", "返金49.90 EURより交換を希望します。"],
    },
    "another way": {
        "en": ["Please refund the 49.90 EUR, but not to the old card, it is closed.", "Refund the 49.90 EUR to my husband's account instead.", "Please refund 49.90 EUR by bank transfer to my new account."],
        "de": ["Bitte erstatten Sie die 49,90 EUR nicht auf die alte Karte, sie ist gekündigt.", "Bitte erstatten Sie die 49,90 EUR auf ein anderes Konto.", "Bitte erstatten Sie die 49,90 EUR auf mein neues Konto."],
        "fr": ["Remboursez les 49,90 EUR sur un autre compte.", "Ne remboursez pas les 49,90 EUR sur mon ancienne carte.", "Merci de rembourser les 49,90 EUR par virement."],
        "es": ["Reembolsen los 49,90 EUR en otra cuenta.", "No reembolsen los 49,90 EUR a la tarjeta antigua.", "Reembolsen los 49,90 EUR por transferencia."],
        "it": ["Rimborsate i 49,90 EUR su un altro conto.", "Non rimborsate i 49,90 EUR sulla vecchia carta.", "Rimborsate i 49,90 EUR con bonifico."],
        "nl": ["Betaal de 49,90 EUR terug op een andere rekening.", "Betaal de 49,90 EUR niet terug op mijn oude kaart."],
        "pt": ["Reembolsem os 49,90 EUR para outra conta.", "Não reembolsem os 49,90 EUR para o cartão antigo.", "Reembolsem os 49,90 EUR por transferência."],
        "ja": ["49.90 EURは別の口座に返金してください。", "古いカードではなく新しいカードに49.90 EURを返金してください。"],
    },
    "contested": {
        "en": ["I have opened a chargeback with my bank for the 49.90 EUR, please refund.", "My bank is already disputing the 49.90 EUR; refund it.", "I filed a PayPal claim over the 49.90 EUR refund."],
        "de": ["Ich habe die Zahlung bei meiner Bank reklamiert, bitte erstatten Sie 49,90 EUR.", "Ich habe die Lastschrift über 49,90 EUR zurückbuchen lassen, bitte erstatten Sie.", "Das Chargeback über 49,90 EUR läuft, bitte erstatten Sie."],
        "fr": ["J'ai contesté le paiement auprès de ma banque, remboursez les 49,90 EUR.", "Une procédure de chargeback est en cours, remboursez 49,90 EUR."],
        "es": ["He abierto una disputa con mi banco, reembolsen los 49,90 EUR.", "Ya he impugnado el cargo de 49,90 EUR; reembolsen."],
        "it": ["Ho aperto una contestazione con la banca, rimborsate i 49,90 EUR.", "Ho già avviato un chargeback, rimborsate 49,90 EUR."],
        "nl": ["Ik heb het bedrag via mijn bank laten terugboeken, betaal 49,90 EUR terug.", "Ik heb de betaling bij de bank betwist, betaal 49,90 EUR terug."],
        "pt": ["Abri uma disputa no meu banco, reembolsem os 49,90 EUR.", "Já contestei o pagamento de 49,90 EUR, reembolsem."],
        "ja": ["カード会社に異議を申し立てました。49.90 EURを返金してください。"],
    },
    "threatened": {
        "en": ["Refund the 49.90 EUR or I will file a chargeback.", "Please refund 49.90 EUR, otherwise my bank will reverse the payment."],
        "de": ["Erstatten Sie 49,90 EUR, sonst buche ich die Zahlung über die Bank zurück: Rückbuchung.", "Bitte erstatten Sie 49,90 EUR, andernfalls widerspreche ich der Abbuchung."],
        "fr": ["Remboursez 49,90 EUR, sinon je contesterai le paiement."],
        "es": ["Reembolsen 49,90 EUR o abriré una disputa."],
        "it": ["Rimborsate 49,90 EUR, altrimenti aprirò una contestazione."],
        "nl": ["Betaal 49,90 EUR terug, anders laat ik het terugboeken."],
        "pt": ["Reembolsem 49,90 EUR, senão contesto o pagamento."],
        "ja": ["49.90 EURを返金しなければ異議を申し立てます。"],
    },
    "fraud": {
        "en": ["I never placed this order, please refund 49.90 EUR.", "My card was stolen and somebody used it; refund 49.90 EUR.", "This is fraud, I want 49.90 EUR back."],
        "de": ["Ich habe das nie bestellt, bitte erstatten Sie 49,90 EUR.", "Meine Karte wurde gestohlen, bitte erstatten Sie 49,90 EUR.", "Das ist Betrug, ich will 49,90 EUR zurück."],
        "fr": ["Je n'ai jamais passé cette commande, remboursez 49,90 EUR.", "Ma carte a été volée, remboursez 49,90 EUR."],
        "es": ["Nunca hice este pedido, reembolsen 49,90 EUR.", "Me han robado la tarjeta, que fue robada ayer; reembolsen 49,90 EUR."],
        "it": ["Non ho mai fatto questo ordine, rimborsate 49,90 EUR.", "La mia carta è stata rubata, rimborsate 49,90 EUR."],
        "nl": ["Ik heb dit nooit besteld, betaal 49,90 EUR terug.", "Mijn kaart is gestolen, betaal 49,90 EUR terug."],
        "pt": ["Nunca fiz esta encomenda, reembolsem 49,90 EUR.", "O meu cartão foi roubado, reembolsem 49,90 EUR."],
        "ja": ["この注文は身に覚えがありません。49.90 EURを返金してください。", "カードが盗まれました。49.90 EURを返金してください。"],
    },
    "somebody else's, or done": {
        "en": ["My neighbour got a refund of 49.90 EUR for the same lamp.", "Thank you, the refund of 49.90 EUR has arrived on my account.", "Why did you write that I asked for a refund of 49.90 EUR? I never did."],
        "de": ["Mein Nachbar bekam 49,90 EUR für dieselbe Lampe erstattet.", "Danke, die Erstattung von 49,90 EUR ist auf meinem Konto angekommen."],
        "fr": ["Mon voisin a eu un remboursement de 49,90 EUR pour la même lampe.", "Merci, le remboursement de 49,90 EUR est arrivé sur mon compte."],
        "es": ["Mi vecino recibió un reembolso de 49,90 EUR por la misma lámpara.", "Gracias, el reembolso de 49,90 EUR ha llegado a mi cuenta."],
        "it": ["Il mio vicino ha avuto un rimborso di 49,90 EUR per la stessa lampada.", "Grazie, il rimborso di 49,90 EUR è arrivato sul conto."],
        "nl": ["Mijn buurman kreeg 49,90 EUR terug voor dezelfde lamp.", "Bedankt, de terugbetaling van 49,90 EUR is binnen."],
        "pt": ["O meu vizinho teve um reembolso de 49,90 EUR pelo mesmo candeeiro.", "Obrigado, o reembolso de 49,90 EUR chegou à minha conta."],
        "ja": ["友人は同じランプで49.90 EURの返金を受けました。", "49.90 EURの返金を受け取りました。ありがとうございます。"],
    },
    "a language that nobody reads": {
        "sv": ["Hej, lampan kom trasig och jag vill inte ha pengar, bara en ny lampa för 49.90 EUR."],
        "pl": ["Dzień dobry, proszę nie zwracać pieniędzy, chcę nową lampę za 49.90 EUR."],
        "cs": ["Dobrý den, prosím nevracejte peníze, chci novou lampu za 49.90 EUR."],
        "ru": ["Здравствуйте, деньги возвращать не нужно, пришлите новую лампу за 49.90 EUR."],
    },
}  # fmt: skip
"""Refund requests of which none may be paid by itself: 49.90 EUR were paid."""

SALE: Said = {
    "en": ["We would like a quotation for 40 tablets.", "Please send us an offer with prices for 12 scanners."],
    "de": ["Wir hätten gern ein Angebot für 40 Tablets.", "Bitte senden Sie uns eine Preisliste für 12 Scanner, wir möchten kaufen."],
    "fr": ["Nous souhaitons un devis pour 40 tablettes.", "Merci de nous envoyer une offre avec les prix pour 12 scanners."],
    "es": ["Queremos un presupuesto para 40 tabletas, con precios.", "Necesitamos una cotización para 12 escáneres."],
    "it": ["Vorremmo un preventivo per 40 tablet, con i prezzi.", "Cerchiamo un'offerta con prezzi per 12 scanner."],
    "nl": ["Wij willen graag een offerte voor 40 tablets.", "Stuur ons de prijzen en een offerte voor 12 scanners."],
    "pt": ["Gostaríamos de um orçamento para 40 tablets.", "Precisamos de uma cotação com preços para 12 scanners."],
    "ja": ["タブレット40台の見積をお願いします。", "スキャナー12台の価格を教えてください。購入を検討しています。"],
}  # fmt: skip
BUDGET: Said = {
    "en": ["Our budget is {sum}.", "We can spend up to {sum} on it.", "We have set aside {sum} for this."],
    "de": ["Unser Budget beträgt {sum}.", "Wir können bis zu {sum} ausgeben.", "Dafür haben wir {sum} eingeplant."],
    "fr": ["Notre budget est de {sum}.", "Nous pouvons dépenser jusqu'à {sum}."],
    "es": ["Nuestro presupuesto es de {sum}.", "Podemos gastar hasta {sum}."],
    "it": ["Il nostro budget è di {sum}.", "Possiamo spendere fino a {sum}."],
    "nl": ["Ons budget is {sum}.", "Wij kunnen tot {sum} besteden."],
    "pt": ["O nosso orçamento é de {sum}.", "Podemos gastar até {sum}."],
    "ja": ["予算は{sum}です。"],
}  # fmt: skip
PLACE: Said = {
    "en": ["We are based in {place}.", "Our office is in {place}.", "The goods go to {place}."],
    "de": ["Wir sitzen in {place}.", "Unser Büro ist in {place}.", "Die Ware geht nach {place}."],
    "fr": ["Notre société est en {place}.", "Nous sommes basés en {place}."],
    "es": ["Estamos en {place}.", "Nuestra oficina está en {place}."],
    "it": ["Siamo in {place}.", "La nostra sede è in {place}."],
    "nl": ["Wij zijn gevestigd in {place}.", "Ons kantoor staat in {place}."],
    "pt": ["Estamos em {place}.", "A nossa sede fica em {place}."],
    "ja": ["当社は{place}にあります。"],
}  # fmt: skip
OPT_OUT: Said = {
    "en": ["Please remove me from your mailing list.", "Stop sending me e-mails.", "I do not wish to receive any more mail from you.", "Please do not contact us again."],
    "de": ["Bitte nehmen Sie mich aus dem Verteiler.", "Schreiben Sie mir bitte nicht mehr.", "Ich möchte keine weiteren E-Mails von Ihnen.", "Bitte kontaktieren Sie uns nicht mehr."],
    "fr": ["Merci de me désinscrire de votre liste.", "Ne m'envoyez plus de messages.", "Veuillez ne plus nous contacter."],
    "es": ["Por favor, denme de baja de su lista.", "No me envíen más correos.", "No queremos recibir más mensajes."],
    "it": ["Vi prego di cancellarmi dalla vostra lista.", "Non scrivetemi più.", "Non desideriamo ricevere altre mail.", "Non mi inviate altre e-mail."],
    "nl": ["Haal mij van uw mailinglijst.", "Stuur mij geen e-mails meer.", "Wij willen niet meer benaderd worden."],
    "pt": ["Por favor, retirem-me da vossa lista.", "Não me enviem mais e-mails.", "Não queremos receber mais mensagens."],
    "ja": ["メールの配信を停止してください。", "今後の連絡は不要です。"],
}  # fmt: skip
ERASE: Said = {
    "en": ["Please delete all my personal data.", "I ask you to erase my account and all information about me."],
    "de": ["Bitte löschen Sie alle meine Daten.", "Ich verlange die Löschung meiner personenbezogenen Daten."],
    "fr": ["Merci de supprimer toutes mes données personnelles.", "Je demande l'effacement de mes données."],
    "es": ["Por favor, borren todos mis datos personales.", "Solicito la supresión de mis datos."],
    "it": ["Vi prego di cancellare tutti i miei dati personali.", "Chiedo la rimozione dei miei dati."],
    "nl": ["Verwijder alstublieft al mijn gegevens.", "Ik verzoek u mijn persoonsgegevens te wissen."],
    "pt": ["Por favor, apaguem todos os meus dados pessoais.", "Peço a eliminação dos meus dados."],
    "ja": ["私の個人情報をすべて削除してください。"],
}  # fmt: skip
NOT_SERVED: Mapping[str, Mapping[str, str]] = {
    "BY": {"en": "Belarus", "de": "Belarus", "fr": "Biélorussie", "es": "Bielorrusia", "it": "Bielorussia", "nl": "Belarus", "pt": "Bielorrússia", "ja": "ベラルーシ"},
    "RU": {"en": "Russia", "de": "Russland", "fr": "Russie", "es": "Rusia", "it": "Russia", "nl": "Rusland", "pt": "Rússia", "ja": "ロシア"},
    "IR": {"en": "Iran", "de": "Iran", "fr": "Iran", "es": "Irán", "it": "Iran", "nl": "Iran", "pt": "Irão", "ja": "イラン"},
    "KP": {"en": "North Korea", "de": "Nordkorea", "fr": "Corée du Nord", "es": "Corea del Norte", "it": "Corea del Nord", "nl": "Noord-Korea", "pt": "Coreia do Norte", "ja": "北朝鮮"},
}  # fmt: skip
