"""The fixed confirmation of a refund."""

from __future__ import annotations

from collections.abc import Mapping

from countersign.domain.money import Money

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
}
"""Subject and text, with `{order}` and `{amount}`."""


def confirmation(language: str, number: str, amount: Money) -> tuple[str, str]:
    """Subject and text of the fixed confirmation; English for a language without one. Number and
    amount are the order's and the refund's, never the text's."""
    subject, text = CONFIRMATIONS.get(language, CONFIRMATIONS["en"])
    return subject.format(order=number), text.format(order=number, amount=amount)
