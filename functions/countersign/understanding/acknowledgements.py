"""The fixed acknowledgement by language. It carries nothing of the message that it answers."""

from __future__ import annotations

from collections.abc import Mapping

ACKNOWLEDGEMENTS: Mapping[str, tuple[str, str]] = {
    "en": (
        "We have received your message",
        (
            "Hello,\n\n"
            "thank you for your message. It has reached us, and a colleague will read it and "
            "come back to you.\n\n"
            "This confirmation was sent automatically.\n"
        ),
    ),
    "de": (
        "Ihre Nachricht ist angekommen",
        (
            "Guten Tag,\n\n"
            "vielen Dank für Ihre Nachricht. Sie ist bei uns angekommen; jemand aus dem "
            "Team liest sie und meldet sich bei Ihnen.\n\n"
            "Diese Bestätigung wurde automatisch "
            "verschickt.\n"
        ),
    ),
    "fr": (
        "Nous avons bien reçu votre message",
        (
            "Bonjour,\n\n"
            "merci pour votre message. Nous l'avons bien reçu ; un collègue va le lire et "
            "reviendra vers vous.\n\n"
            "Cette confirmation a été envoyée automatiquement.\n"
        ),
    ),
    "es": (
        "Hemos recibido su mensaje",
        (
            "Hola:\n\n"
            "Gracias por su mensaje. Lo hemos recibido; un compañero lo leerá y se pondrá en "
            "contacto con usted.\n\n"
            "Esta confirmación se ha enviado automáticamente.\n"
        ),
    ),
    "it": (
        "Abbiamo ricevuto il suo messaggio",
        (
            "Buongiorno,\n\n"
            "grazie per il suo messaggio. Lo abbiamo ricevuto; un collega lo leggerà e "
            "la ricontatterà.\n\n"
            "Questa conferma è stata inviata automaticamente.\n"
        ),
    ),
    "nl": (
        "Wij hebben uw bericht ontvangen",
        (
            "Goedendag,\n\n"
            "hartelijk dank voor uw bericht. Wij hebben het ontvangen; een collega leest "
            "het en neemt contact met u op.\n\n"
            "Deze bevestiging is automatisch verzonden.\n"
        ),
    ),
    "ja": (
        "お問い合わせを受け付けました",
        (
            "お問い合わせいただきありがとうございます。\n内容を確認のうえ、担当者よりご連絡いたします。\n\n"
            "このメールは自動で送信されています。\n"
        ),
    ),
    "pt": (
        "Recebemos a sua mensagem",
        (
            "Olá,\n\n"
            "obrigado pela sua mensagem. Já a recebemos; um colega vai lê-la e entrará em "
            "contacto consigo.\n\n"
            "Esta confirmação foi enviada automaticamente.\n"
        ),
    ),
}
"""Subject and text."""
