"""The fixed replies about a refund: that it was made, and what is true whether or not it is."""

from __future__ import annotations

from collections.abc import Mapping

from countersign.domain.money import Money
from countersign.extraction import formats

CONFIRMATIONS: Mapping[str, tuple[str, str]] = {
    "en": (
        "Your refund for order {order}",
        (
            "Hello,\n\n"
            "we have refunded {amount} for your order {order} to the means of payment that you "
            "used. It usually shows on your statement within 5 to 10 days.\n\n"
            "This confirmation was sent automatically.\n"
        ),
    ),
    "de": (
        "Ihre Erstattung zur Bestellung {order}",
        (
            "Guten Tag,\n\n"
            "wir haben Ihnen {amount} zu Ihrer Bestellung {order} auf Ihr Zahlungsmittel "
            "erstattet. Der Betrag ist meist innerhalb von 5 bis 10 Tagen sichtbar.\n\n"
            "Diese Bestätigung wurde automatisch verschickt.\n"
        ),
    ),
    "fr": (
        "Votre remboursement pour la commande {order}",
        (
            "Bonjour,\n\n"
            "nous avons remboursé {amount} pour votre commande {order} sur votre moyen de "
            "paiement. Le montant apparaît en général sous 5 à 10 jours.\n\n"
            "Cette confirmation a été envoyée automatiquement.\n"
        ),
    ),
    "es": (
        "Su reembolso del pedido {order}",
        (
            "Hola:\n\n"
            "Hemos reembolsado {amount} de su pedido {order} a su medio de pago. El importe suele "
            "aparecer en un plazo de 5 a 10 días.\n\n"
            "Esta confirmación se ha enviado automáticamente.\n"
        ),
    ),
    "it": (
        "Il suo rimborso per l'ordine {order}",
        (
            "Buongiorno,\n\n"
            "abbiamo rimborsato {amount} per il suo ordine {order} sul suo mezzo di pagamento. "
            "L'importo è di solito visibile entro 5-10 giorni.\n\n"
            "Questa conferma è stata inviata automaticamente.\n"
        ),
    ),
    "nl": (
        "Uw terugbetaling voor bestelling {order}",
        (
            "Goedendag,\n\n"
            "wij hebben {amount} voor uw bestelling {order} teruggestort via uw betaalmiddel. Het "
            "bedrag is meestal binnen 5 tot 10 dagen zichtbaar.\n\n"
            "Deze bevestiging is automatisch verzonden.\n"
        ),
    ),
    "pt": (
        "O seu reembolso da encomenda {order}",
        (
            "Olá,\n\n"
            "reembolsámos {amount} da sua encomenda {order} para o meio de pagamento que usou. O "
            "valor fica normalmente visível em 5 a 10 dias.\n\n"
            "Esta confirmação foi enviada automaticamente.\n"
        ),
    ),
    "ja": (
        "ご注文{order}の返金について",
        (
            "ご注文{order}について、{amount}をお支払い方法に返金いたしました。"
            "通常5日から10日ほどでご利用明細に反映されます。\n\n"
            "このメールは自動で送信されています。\n"
        ),
    ),
}
"""Subject and text, with `{order}` and `{amount}`."""

CONSIDERED: Mapping[str, tuple[str, str]] = {
    "en": (
        "Your request about order {order}",
        (
            "Hello,\n\n"
            "we have looked at your request about order {order}. Where a refund is due, it goes "
            "back to the means of payment that you used and usually shows within 5 to 10 days. "
            "If anything is open, please answer this mail.\n"
        ),
    ),
    "de": (
        "Ihre Anfrage zur Bestellung {order}",
        (
            "Guten Tag,\n\n"
            "wir haben Ihre Anfrage zur Bestellung {order} geprüft. Eine Erstattung geht, wo sie "
            "Ihnen zusteht, auf Ihr Zahlungsmittel zurück und ist meist innerhalb von 5 bis 10 "
            "Tagen sichtbar. Ist noch etwas offen, antworten Sie bitte auf diese Mail.\n"
        ),
    ),
    "fr": (
        "Votre demande sur la commande {order}",
        (
            "Bonjour,\n\n"
            "nous avons examiné votre demande sur la commande {order}. Si un remboursement est dû, "
            "il revient sur votre moyen de paiement et apparaît en général sous 5 à 10 jours. S'il "
            "reste une question, merci de répondre à ce message.\n"
        ),
    ),
    "es": (
        "Su solicitud sobre el pedido {order}",
        (
            "Hola:\n\n"
            "Hemos revisado su solicitud sobre el pedido {order}. Si corresponde un reembolso, "
            "vuelve a su medio de pago y suele aparecer en un plazo de 5 a 10 días. Si queda algo "
            "pendiente, responda a este correo.\n"
        ),
    ),
    "it": (
        "La sua richiesta sull'ordine {order}",
        (
            "Buongiorno,\n\n"
            "abbiamo esaminato la sua richiesta sull'ordine {order}. Se un rimborso è dovuto, "
            "torna sul suo mezzo di pagamento ed è di solito visibile entro 5-10 giorni. Se resta "
            "una domanda, risponda a questa mail.\n"
        ),
    ),
    "nl": (
        "Uw verzoek over bestelling {order}",
        (
            "Goedendag,\n\n"
            "wij hebben uw verzoek over bestelling {order} bekeken. Als u recht hebt op "
            "terugbetaling, gaat het bedrag terug naar uw betaalmiddel en is het meestal binnen 5 "
            "tot 10 dagen zichtbaar. Is er nog iets open, beantwoord dan deze mail.\n"
        ),
    ),
    "pt": (
        "O seu pedido sobre a encomenda {order}",
        (
            "Olá,\n\n"
            "analisámos o seu pedido sobre a encomenda {order}. Se houver lugar a reembolso, ele "
            "volta ao meio de pagamento que usou e fica normalmente visível em 5 a 10 dias. Se "
            "ficar alguma dúvida, responda a este e-mail.\n"
        ),
    ),
    "ja": (
        "ご注文{order}のお問い合わせについて",
        (
            "ご注文{order}についてのお問い合わせを確認いたしました。返金の対象となる場合は、"
            "お支払い方法に返金され、通常5日から10日ほどで反映されます。"
            "ご不明な点がございましたら、このメールにご返信ください。\n"
        ),
    ),
}
"""Subject and text, with `{order}`: signed beside a refund, and true if that is rejected."""


def considered(language: str, number: str) -> tuple[str, str]:
    """Subject and text of the reply that a person signs beside a refund; English for a language
    without one. It says neither that money goes back nor that somebody has yet to look."""
    subject, text = CONSIDERED.get(language, CONSIDERED["en"])
    return subject.format(order=number), text.format(order=number)


def confirmation(language: str, number: str, amount: Money) -> tuple[str, str]:
    """Subject and text of the fixed confirmation; English for a language without one. Number and
    amount are the order's and the refund's, never the text's."""
    spoken = language if language in CONFIRMATIONS else "en"
    subject, text = CONFIRMATIONS[spoken]
    told = formats.money(amount, spoken)
    return subject.format(order=number), text.format(order=number, amount=told)
