"""Asking whoever wrote for what is missing: when that is done, and the fixed texts of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from countersign.actions.mail import ASK_SENDER, Inquiry
from countersign.domain.ledger.action import ProposedAction
from countersign.domain.policy.records import EARLIER
from countersign.domain.policy.rules import Situation
from countersign.extraction import checks
from countersign.extraction.checks import Hit, instant
from countersign.extraction.messages import MessageT, SourceT
from countersign.extraction.replies import language_of, threaded

Purpose = Literal["offer", "refund", "request"]
"""What the facts are needed for."""
AGAIN_AFTER = timedelta(days=2)
"""Nobody is asked by two jobs within that time: two machines could ask each other for ever."""
_NO_REPLY = re.compile(
    r"(?:no-?_?\.?reply|do-?_?not-?_?reply|mailer-daemon|postmaster|bounces?|notifications?)"
    r"(?:[+._-].*)?@",
    re.IGNORECASE,
)

SUBJECTS: Mapping[str, str] = {
    "en": "A question about your message",
    "de": "Eine Frage zu Ihrer Nachricht",
    "fr": "Une question sur votre message",
    "es": "Una pregunta sobre su mensaje",
    "it": "Una domanda sul suo messaggio",
    "nl": "Een vraag over uw bericht",
    "pt": "Uma pergunta sobre a sua mensagem",
    "ja": "お問い合わせについてのご確認",
}
TEXTS: Mapping[str, str] = {
    "en": (
        "Hello,\n\nthank you for your message. {purpose} we still need:\n\n{missing}\n\n"
        "Please answer this e-mail; we go on as soon as your answer is here.\n\n"
        "This question was sent automatically.\n"
    ),
    "de": (
        "Guten Tag,\n\nvielen Dank für Ihre Nachricht. {purpose} fehlt uns noch:\n\n{missing}\n\n"
        "Bitte antworten Sie auf diese E-Mail; sobald Ihre Antwort da ist, geht es weiter.\n\n"
        "Diese Rückfrage wurde automatisch verschickt.\n"
    ),
    "fr": (
        "Bonjour,\n\nmerci pour votre message. {purpose}, il nous manque encore :\n\n{missing}\n\n"
        "Merci de répondre à cet e-mail ; nous poursuivons dès que votre réponse est arrivée.\n\n"
        "Cette question a été envoyée automatiquement.\n"
    ),
    "es": (
        "Hola:\n\nGracias por su mensaje. {purpose} aún necesitamos:\n\n{missing}\n\n"
        "Responda a este correo, por favor; seguimos en cuanto llegue su respuesta.\n\n"
        "Esta pregunta se ha enviado automáticamente.\n"
    ),
    "it": (
        "Buongiorno,\n\ngrazie per il suo messaggio. {purpose} ci serve ancora:\n\n{missing}\n\n"
        "Risponda a questa e-mail, per favore; proseguiamo appena arriva la sua risposta.\n\n"
        "Questa domanda è stata inviata automaticamente.\n"
    ),
    "nl": (
        "Goedendag,\n\nhartelijk dank voor uw bericht. {purpose} hebben wij nog nodig:\n\n"
        "{missing}\n\nWilt u deze e-mail beantwoorden? Zodra uw antwoord er is, gaan wij verder."
        "\n\nDeze vraag is automatisch verzonden.\n"
    ),
    "pt": (
        "Olá,\n\nobrigado pela sua mensagem. {purpose} ainda precisamos de:\n\n{missing}\n\n"
        "Responda a este e-mail, por favor; continuamos assim que a sua resposta chegar.\n\n"
        "Esta pergunta foi enviada automaticamente.\n"
    ),
    "ja": (
        "お問い合わせいただきありがとうございます。\n{purpose}、次の内容をお知らせください。\n\n"
        "{missing}\n\nこのメールにご返信ください。お返事が届き次第、手続きを進めます。\n\n"
        "このメールは自動で送信されています。\n"
    ),
}
"""With `{purpose}` and `{missing}`, a line for each fact."""
PURPOSES: Mapping[str, Mapping[Purpose, str]] = {
    "en": {
        "offer": "For our offer",
        "refund": "For your refund",
        "request": "To go on",
    },
    "de": {
        "offer": "Für unser Angebot",
        "refund": "Für Ihre Erstattung",
        "request": "Für die Bearbeitung",
    },
    "fr": {
        "offer": "Pour notre offre",
        "refund": "Pour votre remboursement",
        "request": "Pour poursuivre",
    },
    "es": {
        "offer": "Para nuestra oferta",
        "refund": "Para su reembolso",
        "request": "Para continuar",
    },
    "it": {
        "offer": "Per la nostra offerta",
        "refund": "Per il suo rimborso",
        "request": "Per proseguire",
    },
    "nl": {
        "offer": "Voor ons aanbod",
        "refund": "Voor uw terugbetaling",
        "request": "Om verder te gaan",
    },
    "pt": {
        "offer": "Para a nossa proposta",
        "refund": "Para o seu reembolso",
        "request": "Para continuar",
    },
    "ja": {
        "offer": "ご提案のため",
        "refund": "返金の手続きのため",
        "request": "手続きを進めるため",
    },
}
FACTS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "order": "the number of your order, as it stands in its confirmation",
        "need": "what you need: which product or service, and how much of it",
        "phone": "a telephone number at which we reach you",
    },
    "de": {
        "order": "die Bestellnummer, wie sie in der Bestätigung steht",
        "need": "was Sie brauchen: welches Produkt oder welche Leistung, und wie viel davon",
        "phone": "eine Telefonnummer, unter der wir Sie erreichen",
    },
    "fr": {
        "order": "le numéro de votre commande, tel qu'il figure dans la confirmation",
        "need": "ce dont vous avez besoin : quel produit ou service, et en quelle quantité",
        "phone": "un numéro de téléphone où vous joindre",
    },
    "es": {
        "order": "el número de su pedido, tal como figura en la confirmación",
        "need": "qué necesita: qué producto o servicio, y cuánto",
        "phone": "un número de teléfono en el que podamos localizarle",
    },
    "it": {
        "order": "il numero del suo ordine, come riportato nella conferma",
        "need": "di che cosa ha bisogno: quale prodotto o servizio, e quanto",
        "phone": "un numero di telefono al quale possiamo raggiungerla",
    },
    "nl": {
        "order": "het nummer van uw bestelling, zoals het in de bevestiging staat",
        "need": "wat u nodig hebt: welk product of welke dienst, en hoeveel",
        "phone": "een telefoonnummer waarop wij u kunnen bereiken",
    },
    "pt": {
        "order": "o número da sua encomenda, tal como consta da confirmação",
        "need": "o que precisa: que produto ou serviço, e em que quantidade",
        "phone": "um número de telefone para o qual lhe possamos ligar",
    },
    "ja": {
        "order": "確認メールに記載の注文番号",
        "need": "ご希望の製品またはサービスと、その数量",
        "phone": "ご連絡先の電話番号",
    },
}
"""What may be asked for, by the fact's name."""
REMINDERS: Mapping[str, str] = {
    "en": "We have not heard from you yet. If our question is settled, please ignore this e-mail.",
    "de": "Wir haben noch nichts von Ihnen gehört. Hat sich unsere Frage erledigt, lassen Sie "
    "diese E-Mail bitte unbeachtet.",
    "fr": "Nous n'avons pas encore reçu votre réponse. Si notre question n'a plus lieu d'être, ne "
    "tenez pas compte de cet e-mail.",
    "es": "Aún no hemos recibido su respuesta. Si la pregunta ya no procede, no tenga en cuenta "
    "este correo.",
    "it": "Non abbiamo ancora ricevuto la sua risposta. Se la domanda è superata, ignori questa "
    "e-mail.",
    "nl": "Wij hebben nog niets van u gehoord. Is onze vraag achterhaald, dan kunt u deze e-mail "
    "negeren.",
    "pt": "Ainda não recebemos a sua resposta. Se a pergunta já não se aplica, ignore este e-mail.",
    "ja": "まだお返事をいただいておりません。解決済みの場合は、このメールを破棄してください。",
}


def spoken(language: str) -> str:
    """The language of the fixed texts; English for one without them."""
    return language if language in TEXTS else "en"


def asked(language: str, missing: Sequence[str], purpose: Purpose) -> tuple[str, str]:
    """Subject and text of the fixed question."""
    return worded(language, [FACTS[spoken(language)][name] for name in missing], purpose)


def worded(language: str, lines: Sequence[str], purpose: Purpose) -> tuple[str, str]:
    """The same for what a workflow asks in its own words, in that language, a line each."""
    code = spoken(language)
    listed = "\n".join(f"- {line}" for line in lines)
    text = TEXTS[code].format(purpose=PURPOSES[code][purpose], missing=listed)
    return SUBJECTS[code], text


def reminded(language: str, question: str) -> str:
    """The question again, under a line that says that it is."""
    return f"{REMINDERS[spoken(language)]}\n\n{question}"


def may_ask(situation: Situation[SourceT]) -> bool:
    """Whether a plan may ask whoever wrote: once, somebody who is vouched for, and no machine. A
    message that nobody vouches for is planned as it is: a person sees it anyway."""
    return not (situation.asked or checks.unauthenticated(situation) or unanswerable(situation))


def inquiry(
    situation: Situation[MessageT], missing: Sequence[str], purpose: Purpose
) -> ProposedAction:
    """The one question of a job, to whoever wrote: for these facts, by their names in `FACTS`."""
    message = situation.input
    language = spoken(language_of(situation))
    subject, text = asked(language, missing, purpose)
    params = Inquiry(
        to=message.sender,
        subject=threaded(message.subject, subject),
        text=text,
        language=language,
        missing=tuple(missing),
        purpose=purpose,
        in_reply_to=message.message_id,
    )
    return ProposedAction(action=ASK_SENDER.id, params=params, target=params.to)


def unanswerable(situation: Situation[Any]) -> Hit:
    """Why a question would find nobody, or not for the first time."""
    given = situation.input
    if not given.sender or given.automatic or _NO_REPLY.match(given.sender):
        return "nobody reads answers there", "a person's address"
    late = [at for at in _asked_before(situation) if situation.now - at < AGAIN_AFTER]
    return (f"asked on {max(late):%Y-%m-%d %H:%M} UTC", "no question lately") if late else None


def _asked_before(situation: Situation[Any]) -> Iterator[datetime]:
    for earlier in situation.records.all(EARLIER):
        at = instant(earlier.fields.get("asked", "").removesuffix(" UTC"))
        if at:
            yield at
