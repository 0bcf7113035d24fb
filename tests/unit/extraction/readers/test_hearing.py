"""What readers hear, kind by kind, in the languages of the fixed texts; and what they leave alone."""
# ruff: noqa: E501 - sentences in many languages and scripts

from __future__ import annotations

import pytest

from countersign.extraction.readers.hearing import heard, is_understood, sentences

SPOKEN = {
    "part": [
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
}
"""Sentences by what they say."""
HARMLESS = [
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
]


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
