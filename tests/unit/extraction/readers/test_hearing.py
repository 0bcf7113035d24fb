"""What readers hear, kind by kind, in the languages of the fixed texts; and what they leave alone."""
# ruff: noqa: E501 - sentences in many languages and scripts

from __future__ import annotations

import pytest

from countersign.extraction.readers.hearing import heard, is_understood
from countersign.extraction.readers.words import sentences

SPOKEN = {
    "part": [
        "Refund order 1042, twenty of the 49.90 EUR.",
        "Zwanzig von den 49,90 EUR bitte erstatten.",
        "The lamp is usable, knock something off the price and refund that please.",
        "Please refund three quarters of it.",
        "Erstatten Sie mir bitte den Mehrbetrag.",
        "Ich wäre mit zwei Dritteln des Preises zufrieden, bitte überweisen Sie das zurück.",
        "Vous m'avez facturé 10 € de plus que prévu, remboursez-moi cela.",
        "Un petit geste sur le prix me suffirait, remboursez-moi quelque chose.",
        "Me cobraron 10 euros por encima del precio anunciado, devuélvanmelos.",
        "Devuélvanme dos tercios del importe.",
        "Rimborsatemi i 10 euro in eccesso.",
        "Ik hou de lamp als ik een tientje terugkrijg.",
        "Geef me minstens een stukje van het bedrag terug.",
        "払いすぎた分を返金してください。",
        "Could I get a bit of a refund for the scratches?",
        "Remboursez-moi ce que j'ai payé en plus.",
        "Please give me back what I overpaid on order 1042.",
        "You can deduct the delivery fee and refund me.",
        "I only want the shipping refunded.",
        "I would settle for 15% off, please refund that.",
        "A quarter of the price back would do.",
        "Es wurden 10 Euro zu viel abgebucht, bitte erstatten Sie das.",
        "Mir reicht eine Teilerstattung.",
        "Bitte ziehen Sie das Porto ab und erstatten Sie mir das Geld, also abzüglich Versand.",
        "Bitte nur die Versandkosten erstatten.",
        "Je demande le remboursement du trop-perçu, soit un remboursement partiel.",
        "Remboursez-moi uniquement les frais de port.",
        "Devuélvanme lo que me cobraron de más.",
        "Quiero solo la devolución de los gastos de envío.",
        "Rimborsatemi solo le spese di spedizione.",
        "Mi avete addebitato troppo, rimborsate la differenza.",
        "Ik wil alleen de verzendkosten terug.",
        "Er is te veel afgeschreven, graag het teveel terugbetalen.",
        "Quero de volta apenas os portes.",
        "Cobraram-me a mais, devolvam a diferença.",
        "送料だけ返金してください。",
        "2割だけ返金をお願いします。",
    ],
    "items": [
        "Refund 49.90 EUR for orders 1042 and 1043.",
        "Bitte 49,90 EUR für die Bestellungen 1042 und 1043 erstatten.",
        "注文1042と1043の代金を返金してください。",
        "Only the red one is faulty, please refund it.",
        "One plate out of six is missing, please give me the money back for it.",
        "I ordered three and received two; refund the missing one.",
        "Keep the mugs, I just want my money back for the jug.",
        "Von den sechs Tassen sind zwei kaputt, bitte erstatten Sie diese beiden.",
        "Ich habe drei bestellt und zwei bekommen, bitte das fehlende Teil erstatten.",
        "Deux verres sur six sont cassés, remboursez-moi ces deux-là.",
        "Il manque un article dans le colis, remboursez-le.",
        "Pedí tres y llegaron dos, reembolsen el que falta.",
        "Dos tazas de las seis estaban rotas, quiero la devolución de esas dos.",
        "Ne ho ordinati tre e ne sono arrivati due, rimborsate quello mancante.",
        "Ik bestelde er drie en kreeg er twee, graag de ontbrekende terugbetalen.",
        "Encomendei três e chegaram dois, devolvam o valor do que falta.",
        "3個注文して2個しか届きません。足りない分を返金してください。",
        "The plate is fine but the bowl is cracked, refund the bowl please.",
        "Eins fehlte im Paket, bitte erstatten.",
        "Two mugs of the set are chipped, refund for those please.",
        "One of the three plates came chipped; refund it, please.",
        "3 out of 5 glasses are broken, refund these.",
        "Please refund the second lamp, the first is fine.",
        "Drei von fünf Gläsern sind zerbrochen, bitte erstatten Sie diese.",
        "Bitte erstatten Sie die zweite Lampe.",
        "Trois verres sur cinq sont cassés, un des verres manque ; remboursez.",
        "Tres de los cinco vasos están rotos, reembolsen esos.",
        "Tre dei cinque bicchieri sono rotti, rimborsate quelli.",
        "Drie van de vijf glazen zijn stuk, betaal die terug.",
        "Três dos cinco copos vieram partidos, reembolsem esses.",
        "5個のうち3個が割れていました。返金してください。",
    ],
    "withdrawn": [
        "You can leave the money where it is, I'll keep the lamp.",
        "Die Rückzahlung hat sich erübrigt, das Paket lag beim Nachbarn.",
        "Sie können das Geld behalten, ich behalte die Lampe.",
        "Meine Bitte um Rückerstattung nehme ich hiermit zurück.",
        "Je renonce au remboursement.",
        "Plus besoin du remboursement, tout fonctionne.",
        "Renuncio a la devolución, me quedo la lámpara.",
        "Rinuncio al rimborso.",
        "Laat de terugbetaling maar zitten, het pakket is er.",
        "Ik zie af van de terugbetaling.",
        "Desisto do reembolso, fico com o candeeiro.",
        "I take back my refund request.",
        "Bitte die Rückerstattung stoppen, ich behalte die Ware.",
        "I don't want a refund any longer.",
        "No refund please, I will keep the lamp after all.",
        "Please disregard my request for a refund.",
        "I'm writing to withdraw the refund request.",
        "You don't have to refund me.",
        "Eine Erstattung ist nicht nötig.",
        "Ich ziehe meinen Erstattungsantrag zurück.",
        "Sie brauchen mir nichts zu erstatten, nein, keine Rückzahlung.",
        "Je retire ma demande de remboursement.",
        "Pas besoin de me rembourser.",
        "Retiro mi solicitud de reembolso.",
        "No hace falta que me devuelvan el dinero.",
        "Ritiro la mia richiesta di rimborso.",
        "Non serve alcun rimborso.",
        "Ik trek mijn verzoek om terugbetaling in.",
        "U hoeft mij niets terug te betalen, geen terugbetaling dus.",
        "Retiro o meu pedido de reembolso.",
        "Não é preciso devolver o dinheiro.",
        "返金は必要ありません。",
        "返金の申請を取り下げます。",
    ],
    "condition": [
        "Refund me in the event that you can't deliver by Friday.",
        "Je réfléchis encore à un remboursement.",
        "Ik denk nog na over een terugbetaling.",
        "Would I get a refund if I returned it used?",
        "Refund me unless you can repair it.",
        "What happens if I want my money back?",
        "How do refunds work?",
        "Please hold off on the refund for now.",
        "Is a refund of 49.90 EUR allowed under your policy?",
        "Die Erstattung hat Zeit.",
        "No estoy seguro de querer el reembolso.",
        "Bekäme ich eine Erstattung, wenn ich sie zurückschicke?",
        "Erstatten Sie mir den Betrag, sofern keine Reparatur möglich ist.",
        "Puis-je être remboursé si je la renvoie ?",
        "Si no pueden repararla, quiero la devolución.",
        "Posso avere un rimborso se la restituisco?",
        "Kan ik mijn geld terugkrijgen als ik hem terugstuur?",
        "Posso ser reembolsado se a devolver?",
        "修理できない場合は返金してください。",
    ],
    "remedy": [
        "Could you send out a fresh one instead of refunding?",
        "I'd prefer you mend it.",
        "Put the amount on my shop account as credit.",
        "Just send the missing screw and we're good.",
        "Bitte tauschen Sie sie gegen eine blaue.",
        "Schicken Sie mir einfach eine zweite.",
        "Ein Einkaufsgutschein wäre mir lieber.",
        "Envoyez-m'en une neuve plutôt que de rembourser.",
        "Un bon pour un prochain achat me conviendrait.",
        "Prefiero que me manden otra.",
        "Cámbienla por la azul, por favor.",
        "¿Pueden arreglarla?",
        "Cambiatela con quella blu, per favore.",
        "Ruil hem om voor de blauwe.",
        "Prefiro que me enviem outro.",
        "返金よりも新しい商品を送ってほしいです。",
        "I'd prefer a gift card.",
        "Just send me a new one.",
        "Could you repair it?",
        "Bitte tauschen Sie die Lampe um, ich möchte einen Umtausch.",
        "Eine Gutscheinkarte wäre mir lieber, also ein Gutschein.",
        "Pouvez-vous la réparer ?",
        "Je voudrais un échange.",
        "Prefiero que me envíen una nueva.",
        "Vorrei la sostituzione.",
        "Kunt u hem omruilen?",
        "Ik heb liever een cadeaubon.",
        "Prefiro uma troca.",
        "新しいものと交換してください。",
    ],
    "way": [
        "Zahlen Sie mir die Erstattung bar aus.",
        "Send it to my other bank account.",
        "My card has expired, so use another card.",
        "Here is my IBAN for the refund.",
        "Das Konto ist aufgelöst, nehmen Sie bitte mein neues Konto.",
        "Bitte nicht auf die alte Kreditkarte.",
        "Ma carte a expiré, utilisez un autre compte.",
        "Mi tarjeta antigua ya no existe, usen otra cuenta.",
        "La mia vecchia carta è scaduta, usate un altro conto.",
        "Mijn oude rekening is opgeheven, gebruik de nieuwe rekening.",
        "O cartão antigo expirou, usem outra conta.",
        "別の口座に振り込んでください。",
    ],
    "dispute": [
        "The charge is being contested with my bank.",
        "I have had the direct debit returned.",
        "Ich habe die Lastschrift bei meiner Bank zurückgehen lassen.",
        "Meine Bank holt den Betrag bereits zurück.",
        "Ya devolví el recibo en el banco.",
        "We opened a buyer protection case.",
        "Ma banque a rejeté le prélèvement.",
        "I have raised a dispute with my card issuer.",
        "A chargeback is already running.",
        "Our bank has reversed the payment.",
        "Ich habe der Abbuchung bei meiner Bank widersprochen.",
        "Der Käuferschutz von PayPal ist schon eingeschaltet.",
        "J'ai fait opposition au paiement.",
        "He presentado una reclamación ante mi banco.",
        "Ho disconosciuto l'addebito con la banca.",
        "Ik heb het bedrag laten storneren, het is al gestorneerd.",
        "Já abri uma contestação no banco.",
        "カード会社にチャージバックを申請しました。",
    ],
    "threat": [
        "My lawyer says that you owe me a refund.",
        "Sonst gehe ich zum Anwalt.",
        "Refund me or I file a chargeback.",
    ],
    "fraud": [
        "This order was not made by me.",
        "We have no idea who placed this order.",
        "Jemand hat meine Karte benutzt.",
        "Mein Konto wurde geknackt.",
        "Ich habe bei Ihnen nie etwas gekauft.",
        "Die Abbuchung kann ich nicht zuordnen.",
        "Quelqu'un a utilisé ma carte.",
        "Je n'ai rien commandé chez vous.",
        "Alguien usó mi tarjeta.",
        "No compré nada en su tienda.",
        "Qualcuno ha usato la mia carta.",
        "Non ho comprato nulla da voi.",
        "Iemand heeft mijn kaart gebruikt.",
        "Ik heb nooit iets bij jullie gekocht.",
        "Alguém usou o meu cartão.",
        "誰かが私のカードを使ったようです。",
        "この注文はした覚えがありません。",
        "Who ordered this? It wasn't us.",
        "Ik heb dit niet besteld.",
        "These purchases aren't mine.",
        "Das war ich nicht, jemand hat mein Konto benutzt.",
        "Someone used my card for this.",
        "I don't recognise this purchase.",
        "My account was hacked.",
        "Jemand hat meine Kreditkartendaten missbraucht.",
        "Diese Bestellung habe ich nicht getätigt.",
        "On a piraté mon compte.",
        "No reconozco este cargo.",
        "Mi hanno clonato la carta.",
        "Deze bestelling is niet door mij gedaan.",
        "Clonaram o meu cartão, foi clonado.",
        "カードを不正に使われました。",
    ],
    "opt_out": [
        "I'd rather not hear from you again.",
        "Kindly take this address out of your mailing list.",
        "I unsubscribe.",
        "Lose my e-mail address please.",
        "Ich möchte von Ihnen nichts mehr hören.",
        "Bitte keine weitere Werbung an diese Adresse.",
        "Melden Sie mich vom Newsletter ab.",
        "Ik wil niets meer van jullie ontvangen.",
        "Dadme de baja.",
        "Cancellatemi dalla newsletter.",
        "No más correos, por favor.",
        "Take me off your list, please.",
        "Kindly unsubscribe me.",
        "No more emails, thank you.",
        "We'd rather not hear from you again: do not write to us any more.",
        "Bitte streichen Sie uns von Ihrer Liste.",
        "Ich widerspreche der Nutzung meiner Adresse für Werbung.",
        "Bitte keine weiteren Nachrichten.",
        "Retirez-moi de votre fichier.",
        "Nous ne souhaitons plus recevoir de messages.",
        "Quítenme de su lista.",
        "Dejen de escribirme.",
        "Toglietemi dalla vostra mailing list.",
        "Smettete di scrivermi.",
        "Schrijf mij uit.",
        "Wij willen geen e-mails meer.",
        "Removam-me da lista.",
        "Parem de me enviar mensagens.",
        "メールを送らないでください。",
    ],
    "erasure": [
        "Kindly wipe my record.",
        "Please get rid of all the data you have about me.",
        "Ich verlange die Löschung meines Kontos.",
        "Wis alles wat jullie van mij hebben.",
        "I want to be forgotten.",
        "Please erase everything: delete my account.",
        "I want my personal information removed.",
        "Under Article 17 I ask you to forget me.",
        "Bitte löschen Sie mein Kundenkonto.",
        "Ich bitte um Löschung meiner gespeicherten Daten.",
        "Effacez mes données.",
        "Eliminen mi cuenta y mis datos.",
        "Eliminate i miei dati.",
        "Wis mijn gegevens.",
        "Eliminem a minha conta.",
        "データを消去してください。",
    ],
    "done": [
        "The refund landed in my account this morning, thank you.",
        "Your refund came in today.",
        "Thanks, the 49.90 are back on my card.",
        "The money you sent back has arrived.",
        "Das Geld ist wieder auf meinem Konto.",
        "L'argent est sur mon compte, merci.",
        "El dinero ya está en mi cuenta.",
        "I soldi sono arrivati, grazie.",
        "Het geld staat weer op mijn rekening.",
        "O dinheiro já está na conta.",
        "The refund is in my account now.",
        "J'ai été remboursé, merci.",
    ],
}
"""Sentences by what they say."""
HARMLESS = [
    "Nothing has arrived although tracking says delivered. Please refund 49.90 EUR.",
    "I was billed two times; please refund the second 49.90 EUR charge.",
    "花瓶が粉々で届きました。返金をお願いします。",
    "Ich habe gleich nach dem Kauf angerufen. Bitte überweisen Sie mir 49,90 EUR zurück.",
    "Hace tres semanas que espero. Quiero que me devuelvan 49,90 EUR.",
    "The kettle does not work, please refund me 48.00 EUR.",
    "It never arrived. I would like my money back.",
    "Could you please refund the full amount of 45 EUR?",
    "I ordered the wrong size and ask for a refund of 30 EUR.",
    "Please cancel order 1042 and refund me.",
    "Since the box was empty, please return my money as soon as possible.",
    "Die Lampe funktioniert nicht, bitte erstatten Sie mir 49,90 EUR.",
    "Das Paket ist nie angekommen. Ich bitte um Erstattung.",
    "Le colis n'est jamais arrivé, merci de me rembourser 30 EUR.",
    "La lampe ne fonctionne pas, je demande un remboursement.",
    "No ha llegado. Solicito el reembolso de 30 EUR.",
    "Il pacco non è mai arrivato, chiedo il rimborso.",
    "De lamp doet het niet, graag terugbetalen.",
    "A encomenda não chegou. Peço o reembolso no valor de 30 EUR.",
    "壊れていました。返金をお願いします。",
    "Nunca llegó el paquete, reembolsen 49,90 EUR por favor.",
    "Remboursez-moi 49,90 EUR, le colis n'est jamais arrivé.",
    "No ha llegado el pedido 1042, quiero que me devuelvan los 49,90 EUR.",
    "Não chegou a encomenda 1042, reembolsem-me os 49,90 EUR por favor.",
    "I still haven't received the refund of 49.90 EUR.",
    "The switch is loose, so I'm not keeping it. Please refund 49.90 EUR.",
    "I am withdrawing from the contract and request repayment of 49.90 EUR.",
    "Desisto de la compra 1042 y pido el reembolso de 49,90 EUR.",
    "Could I get the 49.90 EUR refunded please?",
    "Ik wacht al drie weken op de terugbetaling van 49,90 EUR.",
    "The delivery came a week after the party. Please refund 49.90 EUR.",
    "Merci pour la livraison rapide. Remboursez-moi 49,90 EUR.",
    "Pourrais-je être remboursé de 49,90 EUR, s'il vous plaît ?",
    "As the item is sold out, please send back my 49.90 EUR.",
    "La lámpara no se parece a la foto, quiero el reembolso de 49,90 EUR.",
    "O candeeiro não se parece com a foto, quero o reembolso de 49,90 EUR.",
]
_ALSO = {
    "part": ["Please refund the shipping.", "Remboursez la livraison."],
    "condition": ["Can I get a refund", "Puis-je être remboursé si elle ne va pas ?"],
    "fraud": ["これは私の注文ではありません。返金してください。"],
}


@pytest.mark.parametrize(("kind", "said"), [(k, said) for k in _ALSO for said in _ALSO[k]])
def test_what_is_a_story_elsewhere_bears_on_a_wish_beside_it(kind: str, said: str) -> None:
    """What the way of the goods costs, a question without its sign or one with a condition."""
    assert kind in heard(said)


_TURNED = [
    "No hace falta que, por ahora, reembolsen los 49,90 EUR.",
    "Please do not, under any circumstances, refund 49.90 EUR.",
    "Please don't refund it, it arrived.",
    "I withdraw my request for a refund.",
    "Non dovete, per ora, rimborsare 49,90 EUR.",
    "Ne pas, pour l'instant, rembourser 49,90 EUR.",
]


@pytest.mark.parametrize("said", _TURNED)
def test_a_wish_is_turned_by_what_stands_before_an_insertion(said: str) -> None:
    """Commas, and things that did arrive, make no plain wish of what is denied."""
    assert "withdrawn" in heard(said)


@pytest.mark.parametrize(("kind", "said"), [(k, said) for k in SPOKEN for said in SPOKEN[k]])
def test_a_kind_is_heard_with_its_sentence(kind: str, said: str) -> None:
    """What bears on money or mail is heard in every language, and its sentence is the quote."""
    text = f"Order 1042.\n\n{said}"
    assert heard(text).get(kind, "") in sentences(text)
    assert kind in heard(text)


@pytest.mark.parametrize("said", HARMLESS)
def test_a_plain_wish_is_heard_and_nothing_else(said: str) -> None:
    """A polite wish, a reason with a "not" in it and a full refund speak against nothing."""
    assert set(heard(said)) == {"wish"}


@pytest.mark.parametrize(
    ("said", "understood"),
    [
        ("Refund, please.", True),
        ("Bitte um Rückruf wegen der Tablets, danke und viele Grüße aus Köln", True),
        ("Jag vill inte ha pengarna tillbaka och det är bra", False),
        ("Прошу вернуть деньги", False),
        ("4711", False),
    ],
)
def test_a_text_in_no_known_language_is_not_understood(said: str, understood: bool) -> None:
    """Where nothing can be heard, silence is no assent."""
    assert is_understood(said) is understood


@pytest.mark.control
def test_control_the_english_words_alone_hear_a_fraction() -> None:
    """Control: the same kinds by one language's words."""
    words = ("half", "difference", "voucher", "chargeback", "unsubscribe", "delete", "not", "if")
    every = [said.lower() for said in (one for kind in SPOKEN.values() for one in kind)]
    assert sum(any(word in said.split() for word in words) for said in every) < len(every) / 3


def test_a_newsletters_own_words_are_nobodys_wish() -> None:
    """What a mailing says of leaving it stands under every one of them, and asks for nothing."""
    told = [
        "You can update your preferences or unsubscribe from this list.",
        "To get off this list, send mail to us.",
        "Vous ne souhaitez plus recevoir de messages de notre part ?",
        "Se non desideri più ricevere questa newsletter, scrivi qui.",
    ]
    assert [one for one in told if "opt_out" in heard(one)] == []
    assert "opt_out" in heard("Please unsubscribe me from this list.")


@pytest.mark.parametrize(
    "said",
    [
        "A operadora do cartão já estornou a cobrança.",
        "Vou pedir ao meu cartão o estorno da compra.",
        "La emisora de la tarjeta está revisando el cargo.",
        "Ho chiesto alla carta di annullare l'addebito.",
        "L'émetteur de ma carte a annulé le débit.",
        "My card issuer will reverse the charge.",
        "I'm going to have the charge reversed.",
    ],
)
def test_a_card_s_issuer_quarrels_as_a_bank_does(said: str) -> None:
    """In every language: who goes to the card has gone behind the shop, or threatens to."""
    assert {"dispute", "threat"} & set(heard(said))


def test_whom_we_are_asked_to_pay_is_no_quarrel() -> None:
    """The shop may reverse a charge too, and a card is what was paid with."""
    assert set(heard("Please reverse the charge of 49.90 EUR for order 1042.")) == {"wish"}
    paid = "Paguei com cartão, a encomenda 1042 não chegou, reembolsem 49,90 EUR."
    assert set(heard(paid)) == {"wish"}
