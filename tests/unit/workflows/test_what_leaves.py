"""What leaves to whoever wrote is in their language, their format, and about what they asked."""
# ruff: noqa: E501 - messages in many languages

import pytest

from tests.unit.workflows import pipeline
from tests.unit.workflows.refunds import judge, mailed

MONEY = {
    "en": (
        "Order 1042 arrived broken. Please refund me 49.90 EUR, thank you.",
        "we have refunded 49.90 EUR",
    ),
    "de": (
        "Die Lampe der Bestellung 1042 kam zerbrochen an. Bitte erstatten Sie mir 49,90 EUR.",
        "wir haben Ihnen 49,90 EUR",
    ),
    "fr": (
        "La lampe de la commande 1042 est arrivée cassée. Merci de me rembourser 49,90 EUR.",
        "nous avons remboursé 49,90 EUR",
    ),
    "es": (
        "La lámpara del pedido 1042 llegó rota. Por favor, solicito el reembolso de 49,90 EUR.",
        "Hemos reembolsado 49,90 EUR",
    ),
    "it": (
        "La lampada dell'ordine 1042 è arrivata rotta. Vorrei il rimborso di 49,90 EUR, grazie.",
        "abbiamo rimborsato 49,90 EUR",
    ),
    "nl": (
        "De lamp van bestelling 1042 kwam kapot aan. Graag wil ik 49,90 EUR terug.",
        "wij hebben 49,90 EUR",
    ),
    "pt": (
        "O candeeiro da encomenda 1042 chegou partido. Peço o reembolso de 49,90 EUR, obrigado.",
        "reembolsámos 49,90 EUR",
    ),
    "ja": (
        "注文1042のランプが壊れていました。49.90 EURの返金をお願いします。",
        "49.90 EURをお支払い方法に返金いたしました",
    ),
}
"""A request that runs by itself, and what its confirmation says."""
NUMBERS = {
    "en": (
        "The lamp arrived broken. Please refund me 49.90 EUR, thank you for your help.",
        "the number of your order",
    ),
    "de": ("Die Lampe kam zerbrochen an. Bitte erstatten Sie mir 49,90 EUR.", "die Bestellnummer"),
    "fr": (
        "La lampe est arrivée cassée. Merci de me rembourser 49,90 EUR.",
        "le numéro de votre commande",
    ),
    "es": (
        "La lámpara llegó rota. Por favor, solicito el reembolso de 49,90 EUR.",
        "el número de su pedido",
    ),
    "it": (
        "La lampada è arrivata rotta. Vorrei il rimborso di 49,90 EUR, grazie.",
        "il numero del suo ordine",
    ),
    "nl": ("De lamp kwam kapot aan. Graag wil ik 49,90 EUR terug.", "het nummer van uw bestelling"),
    "pt": (
        "O candeeiro chegou partido. Peço o reembolso de 49,90 EUR, obrigado.",
        "o número da sua encomenda",
    ),
    "ja": ("ランプが壊れていました。49.90 EURの返金をお願いします。", "注文番号"),
}
"""A request that lacks its number, and what its sender is asked for."""
HELP = {
    "en": (
        "Hello, the software shows an error and I cannot log in since Monday. Please help me.",
        "a colleague will read it",
    ),
    "de": (
        "Guten Tag, die Software zeigt seit Montag einen Fehler und ich kann mich nicht anmelden. Bitte um Hilfe.",
        "jemand aus dem Team",
    ),
    "fr": (
        "Bonjour, le logiciel affiche une erreur et je ne peux pas me connecter. Merci de votre aide.",
        "un collègue va le lire",
    ),
    "es": (
        "Hola, el programa muestra un error y no puedo entrar. Por favor, ayuda.",
        "un compañero lo leerá",
    ),
    "it": (
        "Buongiorno, il programma mostra un errore e non riesco ad accedere. Grazie.",
        "un collega lo leggerà",
    ),
    "nl": (
        "Hallo, de software geeft een foutmelding en ik kan niet inloggen. Graag hulp van u.",
        "een collega leest het",
    ),
    "pt": ("Olá, o programa mostra um erro e não consigo entrar. Obrigado.", "um colega vai lê-la"),
    "ja": (
        "ソフトウェアにエラーが出てログインできません。サポートをお願いします。",
        "担当者よりご連絡いたします",
    ),
}
"""A question without money, and what its acknowledgement says."""


@pytest.mark.parametrize("code", MONEY)
def test_a_confirmation_is_in_the_writers_language_and_format(code: str) -> None:
    """Words, decimal sign and order's number, for each language of the fixed texts."""
    text, said = MONEY[code]
    told = judge(mailed(text)).params("email.send_reply")["text"]
    assert said in told
    assert "1042" in told


@pytest.mark.parametrize("code", NUMBERS)
def test_a_question_is_in_the_writers_language(code: str) -> None:
    """Whoever left the number out is asked for it in their words."""
    text, said = NUMBERS[code]
    assert said in judge(mailed(text), {}).params("email.ask_sender")["text"]


@pytest.mark.parametrize("code", HELP)
def test_an_acknowledgement_is_in_the_writers_language(code: str) -> None:
    """Whoever asks for help hears of a colleague, and of nothing else."""
    text, said = HELP[code]
    head = "From: Ada <ada@kornfeld.example>\r\nSubject: Hello\r\nContent-Type: text/plain; charset=utf-8"
    given = pipeline.read(f"{head}\r\n\r\n{text}".encode(), "upload")
    assert said in pipeline.judge(given).params("email.send_reply")["text"]


@pytest.mark.parametrize(
    "text",
    [
        "Zamówienie 1042 jest uszkodzone, proszę o zwrot 49,90 EUR i dziękuję.",
        "1042 numaralı sipariş kırık geldi, lütfen 49,90 EUR iade edin ve teşekkürler.",
    ],
)
def test_a_language_without_fixed_texts_is_answered_in_english_alone(text: str) -> None:
    """Then the amount stands in the English format too, and a person signs what leaves."""
    plan = judge(
        mailed(text),
        answer={
            "wish": {"value": "refund", "quotes": [text]},
            "order": {"value": "1042", "quotes": [text]},
        },
    )
    assert set(plan.verdicts.values()) == {"ask"}
    told = plan.params("email.send_reply")["text"]
    assert told.startswith("Hello Ada Quill,")
    assert told.replace(text, "").endswith("A colleague reads it and answers you.")


@pytest.mark.control
def test_control_one_text_for_everybody_is_seen() -> None:
    """Control: the English confirmation says none of what the others' readers are told."""
    english = judge(mailed(MONEY["en"][0])).params("email.send_reply")["text"]
    assert [code for code, (_, said) in MONEY.items() if said in english] == ["en"]
