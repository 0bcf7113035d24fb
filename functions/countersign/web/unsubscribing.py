"""The words of the page that stops a campaign's mails, in each language whose mails say how.

The mail's own address names its language. Nothing is looked up for it, so that the page is the same
for an address that somebody was mailed and for one that nobody was.
"""
# ruff: noqa: E501 - texts in many languages and scripts

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from countersign.domain.campaigns.templates import RIGHT_TO_LEFT
from countersign.web.http import Request
from countersign.web.paths import LANGUAGE

USUAL = "en"
_ACCEPTED = re.compile(r"([a-z]{2})\b[^,;]*(?:;\s*q=(\d(?:\.\d{1,3})?))?", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True)
class Words:
    """One language's. `{word}` is what a person types."""

    title: str
    told: str
    typing: str
    wrong: str
    error: str
    """Before the title of a page that says what was wrong."""
    button: str
    why: str
    done: str
    last: str
    close: str


WORDS: Mapping[str, Words] = {
    "ar": Words(
        title="إيقاف هذه الرسائل",
        told="لن يتلقى العنوان الذي أُرسل إليه هذا الرابط أي رسائل أخرى منا.",
        typing="اكتب هذه الكلمة لتأكيد ذلك",
        wrong="اكتب {word} كما تظهر هنا. لم يتغير شيء بعد.",
        error="خطأ",
        button="لا ترسلوا لي المزيد",
        why="البرامج التي تفحص الرسائل تفتح الروابط وتضغط الأزرار، لكنها لا تكتب. لذلك لا يوقف هذه الرسائل أحد سواك.",
        done="تم إلغاء اشتراكك",
        last="لن تتلقى رسائل أخرى منا. قد تصل رسالة أُرسلت قبل هذه اللحظة.",
        close="يمكنك إغلاق هذه الصفحة.",
    ),
    "de": Words(
        title="Diese E\u2011Mails abbestellen",
        told="Die Adresse, an die dieser Link ging, bekommt dann keine E\u2011Mails mehr von uns.",
        typing="Geben Sie dazu dieses Wort ein",
        wrong="Geben Sie {word} ein, wie es hier steht. Noch ist nichts geändert.",
        error="Fehler",
        button="Keine E\u2011Mails mehr an mich",
        why="Programme, die E\u2011Mails prüfen, öffnen Links und drücken Knöpfe. Sie tippen nicht: So bestellt niemand außer Ihnen diese E\u2011Mails ab.",
        done="Sie sind abgemeldet",
        last="Sie bekommen keine E\u2011Mails mehr von uns. Eine, die vorher abging, kann noch ankommen.",
        close="Sie können diese Seite schließen.",
    ),
    "en": Words(
        title="Stop these mails",
        told="The address that this link was mailed to then gets no more mails from us.",
        typing="Type this word to say so",
        wrong="Type {word}, as it stands here. Nothing was changed yet.",
        error="Error",
        button="Send me no more",
        why="Programs that check mails open links and press buttons. They do not type, so nobody but you stops these mails.",
        done="You are unsubscribed",
        last="You get no more mails from us. One that was sent before this moment may still arrive.",
        close="You can close this page.",
    ),
    "es": Words(
        title="No recibir más estos correos",
        told="La dirección a la que se envió este enlace no recibirá más correos nuestros.",
        typing="Escriba esta palabra para confirmarlo",
        wrong="Escriba {word}, tal como aparece aquí. Todavía no ha cambiado nada.",
        error="Error",
        button="No me envíen más",
        why="Los programas que revisan correos abren enlaces y pulsan botones. No escriben: así nadie más que usted detiene estos correos.",
        done="Ha dejado de estar suscrito",
        last="No recibirá más correos nuestros. Aún puede llegar alguno enviado antes de este momento.",
        close="Puede cerrar esta página.",
    ),
    "fr": Words(
        title="Ne plus recevoir ces messages",
        told="L'adresse à laquelle ce lien a été envoyé ne recevra plus de messages de notre part.",
        typing="Saisissez ce mot pour le confirmer",
        wrong="Saisissez {word}, tel qu'il figure ici. Rien n'a encore changé.",
        error="Erreur",
        button="Ne plus m'écrire",
        why="Les programmes qui vérifient les messages ouvrent les liens et pressent les boutons. Ils ne saisissent rien : personne d'autre que vous n'arrête ces messages.",
        done="Vous êtes désinscrit",
        last="Vous ne recevrez plus de messages de notre part. L'un d'eux, envoyé avant cet instant, peut encore arriver.",
        close="Vous pouvez fermer cette page.",
    ),
    "he": Words(
        title="הפסקת ההודעות האלה",
        told="הכתובת שאליה נשלח הקישור הזה לא תקבל מאיתנו הודעות נוספות.",
        typing="יש להקליד את המילה הזאת כדי לאשר",
        wrong="יש להקליד {word} כפי שמופיע כאן. דבר עוד לא השתנה.",
        error="שגיאה",
        button="לא לשלוח לי יותר",
        why="תוכנות שבודקות הודעות פותחות קישורים ולוחצות על כפתורים. הן אינן מקלידות, ולכן איש מלבדך אינו מפסיק את ההודעות האלה.",
        done="ההרשמה בוטלה",
        last="לא יישלחו אליך הודעות נוספות מאיתנו. הודעה שנשלחה לפני הרגע הזה עשויה עוד להגיע.",
        close="אפשר לסגור את הדף.",
    ),
    "it": Words(
        title="Non ricevere più questi messaggi",
        told="L'indirizzo a cui è stato inviato questo link non riceverà più nostri messaggi.",
        typing="Scriva questa parola per confermare",
        wrong="Scriva {word}, come appare qui. Non è ancora cambiato nulla.",
        error="Errore",
        button="Non scrivetemi più",
        why="I programmi che controllano i messaggi aprono i link e premono i pulsanti. Non scrivono: così nessuno tranne lei ferma questi messaggi.",
        done="La sua iscrizione è annullata",
        last="Non riceverà più nostri messaggi. Uno inviato prima di questo momento può ancora arrivare.",
        close="Può chiudere questa pagina.",
    ),
    "nl": Words(
        title="Deze berichten stoppen",
        told="Het adres waarnaar deze link is gestuurd, krijgt dan geen berichten meer van ons.",
        typing="Typ dit woord om dat te bevestigen",
        wrong="Typ {word}, zoals het hier staat. Er is nog niets veranderd.",
        error="Fout",
        button="Stuur mij niets meer",
        why="Programma's die berichten controleren, openen links en drukken op knoppen. Ze typen niet: zo stopt niemand behalve u deze berichten.",
        done="U bent afgemeld",
        last="U krijgt geen berichten meer van ons. Een bericht van vóór dit moment kan nog aankomen.",
        close="U kunt deze pagina sluiten.",
    ),
    "pt": Words(
        title="Não receber mais estas mensagens",
        told="O endereço para o qual esta ligação foi enviada não receberá mais mensagens nossas.",
        typing="Escreva esta palavra para confirmar",
        wrong="Escreva {word}, tal como aparece aqui. Ainda nada mudou.",
        error="Erro",
        button="Não me enviem mais",
        why="Os programas que verificam mensagens abrem ligações e premem botões. Não escrevem: assim, ninguém além de si para estas mensagens.",
        done="A sua subscrição foi cancelada",
        last="Não receberá mais mensagens nossas. Uma que foi enviada antes deste momento ainda pode chegar.",
        close="Pode fechar esta página.",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Tongue:
    """The language of one answer, by its ISO 639-1 code."""

    language: str

    @property
    def words(self) -> Words:
        """The page's."""
        return WORDS[self.language]

    @property
    def direction(self) -> str:
        """`rtl` or `ltr`."""
        return "rtl" if self.language in RIGHT_TO_LEFT else "ltr"


def spoken(request: Request) -> Tongue:
    """The mail's language, where the address names one that is known here; else what the browser
    likes best; else English."""
    said = request.query.get(LANGUAGE, "").lower()
    accepted = _ACCEPTED.findall(request.headers.get("accept-language", "")[:200])
    liked = sorted(accepted, key=lambda one: -float(one[1] or 1))
    wanted = (said, *(name.lower() for name, _ in liked))
    return Tongue(next((one for one in wanted if one in WORDS), USUAL))
