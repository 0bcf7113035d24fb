"""What a plain request for money back is made of, and what says more and is read by a person."""
# ruff: noqa: E501 - sentences in many languages and scripts

from __future__ import annotations

from countersign.extraction.readers.hearing import heard
from countersign.extraction.readers.plain import unclear
from countersign.extraction.readers.words import clauses, foreign

PLAIN = [
    "I'd like my 49.90 EUR back please. Thanks, Moira",
    "I'd appreciate it if you could refund 49.90 EUR for order 1042.",
    "Please find attached the return receipt for order 1042. I look forward to receiving my refund of 49.90 EUR.",
    "I was charged 49.90 EUR for order 1042 on 3 November but you cancelled it. Please refund.",
    "I kindly request that you reimburse the purchase price of 49.90 EUR (order 1042).",
    "Könnte ich bitte meine 49,90 EUR zurückhaben? Viele Grüße",
    "Hiermit fordere ich Sie auf, den Kaufpreis in Höhe von 49,90 EUR zu erstatten.",
    "Seit dem 3. November warte ich auf die Erstattung von 49,90 EUR für Bestellung 1042.",
    "Je vous serais reconnaissant de me rembourser 49,90 EUR.",
    "J'ai été débité de 49,90 EUR mais l'article était épuisé. Remboursez-moi s'il vous plaît.",
    "¿Serían tan amables de reembolsarme los 49,90 EUR?",
    "Ruego que procedan al reembolso de 49,90 EUR del pedido 1042.",
    "Vi prego di procedere al rimborso di 49,90 EUR per l'ordine 1042.",
    "Ik verzoek u het volledige bedrag van 49,90 EUR terug te betalen.",
    "Gostaria de reaver os meus 49,90 EUR. Obrigado",
    "カーテンが写真と全く違いました。49.90 EURを返金していただけると助かります。",
    "注文1042の代金49.90 EURを返金してください。",
    "You charged me 49.90 EUR for order 1042 though I cancelled it within an hour. Please refund.",
    "Kindly refund 49.90 EUR to the original payment method.",
    "I was promised a refund of 49.90 EUR last week but nothing has shown up on my statement.",
    "Bitte nehmen Sie sie zurück und erstatten Sie 49,90 EUR.",
    "Ich trete vom Kauf zurück und bitte um Erstattung von 49,90 EUR.",
    "Ich habe am 10.11. mit Visa 49,90 EUR bezahlt, die Ware kam nie. Bitte erstatten.",
    "On m'avait promis le remboursement de 49,90 EUR la semaine dernière, toujours rien.",
    "Llevo tres semanas esperando el reembolso de 49,90 EUR. Gracias por gestionarlo.",
    "Mi avevate promesso il rimborso di 49,90 EUR la settimana scorsa, ma non ho ancora ricevuto nulla.",
    "U heeft mijn bestelling geannuleerd maar wel 49,90 EUR afgeschreven. Graag terugbetalen.",
]

MORE = [
    "just giv me 40 bucks of it back and were good",
    "a mate of mine wants his cash back for this",
    "The transfer from you was booked on Friday.",
    "Cash would be handier, I'll pick it up.",
    "Please issue a cheque made out to Harrow Ltd.",
    "I've raised this with Mastercard and they pulled the money.",
    "can u zelle me instead",
    "Bitte zahlen Sie das Geld an meinen Mann aus.",
    "Inzwischen haben Sie mir das Geld überwiesen.",
    "Diese Abbuchung ist mir ein Rätsel, ich habe nie bei Ihnen eingekauft.",
    "Würden Sie alles löschen, was unter meinem Namen gespeichert ist?",
    "Ristornez-moi simplement le supplément.",
    "Pourriez-vous effacer tout ce qui est enregistré à mon nom ?",
    "La señora de al lado lo pidió y quiere su dinero.",
    "Me bastaría con recuperar lo que pagué por el transporte.",
    "La pentola va bene, il coperchio no: rimborsatemi il coperchio.",
    "De pan is prima, het deksel niet, graag het deksel terugbetalen.",
    "Ik zit niet meer bij die bank, gebruik deze gegevens: NL00.",
    "O dinheiro deve ir para a minha empresa.",
    "お金は会社の方へ送ってください。",
    "その後、御社から返金がありました。",
    "同じジャケットのMサイズが欲しいです。",
]


def test_a_plain_wish_in_any_of_the_languages_is_plain() -> None:
    """Politeness, a date, a sum, an order and how it was paid ask nobody."""
    assert [text for text in PLAIN if unclear(text)] == []


def test_what_says_more_about_money_or_wants_something_else_is_read_by_a_person() -> None:
    """Words that no table of kinds knows ask, where they bear on money or want something of us."""
    assert [text for text in MORE if not unclear(text)] == []


def test_control_the_kinds_alone_leave_most_of_that_to_run() -> None:
    """Control: what the readers of kinds hear in those texts is nothing, or the wish alone."""
    assert sum(set(heard(text)) <= {"wish"} for text in MORE) > len(MORE) / 2


def test_the_clause_that_says_more_is_shown() -> None:
    """The quote is the clause, or the sentence that wants something else; no other part of it."""
    assert unclear("The jug broke, refund me in gold, thanks.") == "refund me in gold"
    assert unclear("Refund 5 EUR. Please paint the door.") == "please paint the door."


def test_a_thing_and_what_carries_a_digit_are_no_strange_words() -> None:
    """What is paid back for may be called anything; sums and references have readers of their own."""
    assert not unclear("Please refund order XZ-1042 for the quibbling gizmo.")
    assert (
        unclear("Please refund order XZ with a quibbling gizmo.")
        == "refund order xz with a quibbling gizmo."
    )


def test_a_sentence_in_another_language_than_its_text_is_read_in_all() -> None:
    """Few common words of the text's language make a sentence foreign, and Japanese has no words
    to count."""
    english = frozenset({"en"})
    assert foreign("please send it to me", english) == english
    assert english < foreign("iemand heeft mijn kaart gebruikt", english)
    assert english < foreign("返金", frozenset({"ja"}))
    assert "fraud" in heard(
        "Please refund the order to us.\n\nIemand heeft mijn kaartgegevens misbruikt."
    )


def test_clauses_end_at_signs_and_words_that_join() -> None:
    """A comma in a number is none; clauses that overlap are cut once."""
    cut = clauses("refund 49,90 eur, it broke and leaks", frozenset({"en"}))
    assert [one.strip() for one in cut] == ["refund 49,90 eur", "it broke", "leaks"]
