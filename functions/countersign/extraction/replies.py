"""What a reply may say: the fixed acknowledgement, and what a draft must not point at."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from countersign.actions.mail import SEND_REPLY, Reply
from countersign.domain.contract import Contract
from countersign.domain.ledger.action import ProposedAction
from countersign.domain.policy.proposal import Proposal
from countersign.domain.policy.rules import Situation
from countersign.extraction.messages import MessageT, SourceT
from countersign.extraction.patterns import amounts
from countersign.parsing.text import one_line

RECEIVED: Mapping[str, tuple[str, str]] = {
    "en": (
        "We have received your message",
        (
            "Hello,\n\nthank you for your message. It has reached us.\n\n"
            "This confirmation was sent automatically.\n"
        ),
    ),
    "de": (
        "Ihre Nachricht ist angekommen",
        (
            "Guten Tag,\n\nvielen Dank für Ihre Nachricht. Sie ist bei uns angekommen.\n\n"
            "Diese Bestätigung wurde automatisch verschickt.\n"
        ),
    ),
    "fr": (
        "Nous avons bien reçu votre message",
        (
            "Bonjour,\n\nmerci pour votre message. Nous l'avons bien reçu.\n\n"
            "Cette confirmation a été envoyée automatiquement.\n"
        ),
    ),
    "es": (
        "Hemos recibido su mensaje",
        (
            "Hola:\n\nGracias por su mensaje. Lo hemos recibido.\n\n"
            "Esta confirmación se ha enviado automáticamente.\n"
        ),
    ),
    "it": (
        "Abbiamo ricevuto il suo messaggio",
        (
            "Buongiorno,\n\ngrazie per il suo messaggio. Lo abbiamo ricevuto.\n\n"
            "Questa conferma è stata inviata automaticamente.\n"
        ),
    ),
    "nl": (
        "Wij hebben uw bericht ontvangen",
        (
            "Goedendag,\n\nhartelijk dank voor uw bericht. Wij hebben het ontvangen.\n\n"
            "Deze bevestiging is automatisch verzonden.\n"
        ),
    ),
    "ja": (
        "お問い合わせを受け付けました",
        (
            "お問い合わせいただきありがとうございます。\nお問い合わせを受け付けました。\n\n"
            "このメールは自動で送信されています。\n"
        ),
    ),
    "pt": (
        "Recebemos a sua mensagem",
        (
            "Olá,\n\nobrigado pela sua mensagem. Já a recebemos.\n\n"
            "Esta confirmação foi enviada automaticamente.\n"
        ),
    ),
}
"""Subject and text of what promises nothing: true whatever becomes of the message."""

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
"""Subject and text. A colleague is promised: an action before it in the plan hands the message to
one."""

DECLINED: Mapping[str, tuple[str, str]] = {
    "en": (
        "Your message",
        (
            "Hello,\n\nthank you for your message. We have looked at it, and we cannot do what you "
            "asked for.\n\nIf something is missing or wrong, please answer this mail.\n"
        ),
    ),
    "de": (
        "Ihre Nachricht",
        (
            "Guten Tag,\n\nvielen Dank für Ihre Nachricht. Wir haben sie geprüft und können Ihrem "
            "Wunsch nicht entsprechen.\n\nWenn etwas fehlt oder nicht stimmt, antworten Sie bitte "
            "auf diese Mail.\n"
        ),
    ),
    "fr": (
        "Votre message",
        (
            "Bonjour,\n\nmerci pour votre message. Nous l'avons examiné et nous ne pouvons pas "
            "donner suite à votre demande.\n\nS'il manque quelque chose ou en cas d'erreur, "
            "répondez à ce message.\n"
        ),
    ),
    "es": (
        "Su mensaje",
        (
            "Hola:\n\nGracias por su mensaje. Lo hemos revisado y no podemos hacer lo que nos "
            "pide.\n\nSi falta algo o hay un error, responda a este correo.\n"
        ),
    ),
    "it": (
        "Il suo messaggio",
        (
            "Buongiorno,\n\ngrazie per il suo messaggio. Lo abbiamo esaminato e non possiamo "
            "accogliere la sua richiesta.\n\nSe manca qualcosa o c'è un errore, risponda a questa "
            "mail.\n"
        ),
    ),
    "nl": (
        "Uw bericht",
        (
            "Goedendag,\n\nhartelijk dank voor uw bericht. Wij hebben het bekeken en kunnen niet "
            "doen wat u vraagt.\n\nOntbreekt er iets of klopt er iets niet, beantwoord dan deze "
            "mail.\n"
        ),
    ),
    "ja": (
        "お問い合わせについて",
        (
            "お問い合わせいただきありがとうございます。\n内容を確認いたしましたが、ご希望には沿えません。\n\n"
            "不足や誤りがございましたら、このメールにご返信ください。\n"
        ),
    ),
    "pt": (
        "A sua mensagem",
        (
            "Olá,\n\nobrigado pela sua mensagem. Analisámo-la e não podemos fazer o que nos "
            "pede.\n\nSe faltar algo ou houver um erro, responda a este e-mail.\n"
        ),
    ),
}
"""Subject and text of a no, which a person chooses and signs. It promises nothing: an answer to it
is a message like any other."""


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_SCHEME = re.compile(r"(?:\b[a-z][a-z0-9+.-]{1,20}://|\bmailto:|\btel:|\bwww\.)\S+", re.IGNORECASE)
_MAILBOX = re.compile(r"(?<![\w.+-])[\w.+-]+@([\w-]+(?:\.[\w-]+)+)")
_HOST = re.compile(r"(?<![@\w.-])(?:[\w-]+\.)+([^\W\d_]{2,24})\b(/?)")
_TLDS = _set(
    "com net org info biz io ai co app dev xyz top site online shop link click me ly gl tk ru cn "
    "de fr es it nl eu uk ch at be pl us ca au jp in br mx se no dk fi example test"
)
_RUN = re.compile(r"\+?\(?\d[\d ()./\u00a0-]{5,}\d")
_DATE = re.compile(r"\d{4}-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./]\d{4}")
_DIGITS = re.compile(r"\D")
_MIN_PHONE = 7
_SUBJECT = 150


def acknowledgement(language: str, keeper: str) -> tuple[str, str]:
    """Subject and text of the fixed acknowledgement; English for a language without one. It
    promises a colleague where `keeper`, the id of the action that hands the message to one, is
    planned before it; else it says only what is true."""
    texts = ACKNOWLEDGEMENTS if keeper else RECEIVED
    return texts.get(language, texts["en"])


def declined(situation: Situation[MessageT]) -> Mapping[str, str]:
    """`subject` and `text` of the fixed no to a message, in its language or in English."""
    own, text = DECLINED.get(language_of(situation), DECLINED["en"])
    return {"subject": threaded(situation.input.subject, own), "text": text}


def threaded(theirs: str, own: str) -> str:
    """`Re:` and the sender's own subject, so that threads hold; `own` where there is none."""
    theirs = one_line(theirs, _SUBJECT)
    if not theirs:
        return one_line(own, _SUBJECT)
    return theirs if theirs.lower().startswith("re:") else f"Re: {theirs}"


def language_of(situation: Situation[SourceT]) -> str:
    """The language to answer in: the text's, else what header or form declare; empty if unknown."""
    hints = situation.input.language_hints
    return situation.proposal.value("language") or (hints[0] if hints else "")


def drafted(proposal: Proposal) -> bool:
    """Whether there is a draft that somebody could sign: wished, and written."""
    return SEND_REPLY.id in proposal.wishes and bool(proposal.drafts.get("reply_body"))


def reply(
    situation: Situation[MessageT],
    fixed: tuple[str, str],
    *,
    draft: bool,
    to: str = "",
    after: str = "",
) -> ProposedAction:
    """The answer to whoever wrote: the model's draft, or the `fixed` subject and text. `to` spells
    the sender's address as a record does; `after` names the action that the text presupposes."""
    message, drafts = situation.input, situation.proposal.drafts
    subject, text = fixed
    if draft:
        subject, text = drafts.get("reply_subject") or subject, drafts["reply_body"]
    params = Reply(
        to=to or message.sender,
        subject=threaded(message.subject, subject),
        text=text,
        template="draft" if draft else "acknowledgement",
        in_reply_to=message.message_id,
    )
    return ProposedAction(action=SEND_REPLY.id, params=params, target=params.to, after=after)


def foreign(
    situation: Situation[MessageT], drafts: Mapping[str, str], numbers: str
) -> tuple[str, ...]:
    """Kinds of targets in what model or person wrote that are neither ours nor the sender's."""
    message, ours = situation.input, situation.limits.list("company.domains")
    said = written(situation.edited, drafts, message.subject)
    return foreign_targets(said, ours, message.sender, numbers)


def written(
    edited: Iterable[Contract], drafts: Mapping[str, str], theirs: str
) -> Mapping[str, str]:
    """What somebody wrote, as `reply_subject` and `reply_body`: a person who edited the reply, or
    else the model in `drafts`. The sender's own subject (`theirs`) after "Re:" is nobody's."""
    reply = next((one for one in edited if isinstance(one, Reply)), None)
    if reply is None:
        return drafts
    own = reply.subject != threaded(theirs, "")
    return {"reply_subject": reply.subject if own else "", "reply_body": reply.text}


def foreign_targets(
    drafts: Mapping[str, str], ours: Collection[str], sender: str, numbers: str
) -> tuple[str, ...]:
    """Kinds of targets in the draft that are neither ours nor the sender's: `link`, `address`,
    `phone number`, each once. The draft itself is not quoted here: reasons are shown widely.

    `ours` are our domains; `numbers` holds every number that the sender may be told.
    """
    text = f"{drafts.get('reply_subject', '')}\n{drafts.get('reply_body', '')}"
    found = (*_hosts(text, ours, sender), *_numbers(text, _DIGITS.sub("", numbers)))
    return tuple(dict.fromkeys(found))


def _hosts(text: str, ours: Collection[str], sender: str) -> Iterator[str]:
    if _SCHEME.search(text):
        yield "link"
    for box in _MAILBOX.finditer(text):
        if box[0].lower() != sender.lower() and box[1].lower() not in ours:
            yield "address"
    for host in _HOST.finditer(text):
        known = host[0].lower().rstrip("/") in {*ours, sender.rpartition("@")[2]}
        is_host = host[2] or host[1].lower() in _TLDS or not host[1].isascii()
        if is_host and not known:
            yield "link"


def _numbers(text: str, own: str) -> Iterator[str]:
    for money in amounts.sums(text):
        text = text.replace(money.words, " ")
    for run in _RUN.finditer(_DATE.sub(" ", text)):
        digits = _DIGITS.sub("", run[0]).lstrip("0")
        if len(digits) >= _MIN_PHONE and digits not in own:
            yield "phone number"
