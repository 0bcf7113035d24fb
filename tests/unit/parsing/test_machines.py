"""Who wrote a mail by its weaker signs: one is shown, two end it unread, none is a person's."""
# ruff: noqa: E501 - mails as they are written, in their scripts

from email.header import Header

import pytest

from countersign.parsing.mail.message import Mail, read_mail
from tests.unit.parsing.mails import RECEIVER, mail, multipart

_AWAY = "Thank you for your message. I am out of the office until 7 December."
_REQUEST = "Hello, please send us a quotation for 40 tablets, budget 9,000 EUR."


def read(subject: str, body: str, *fields: str, sender: str = "Ann <ann@example.com>") -> Mail:
    """A mail under that subject."""
    raw = mail(body, "Content-Type: text/plain; charset=utf-8", *fields, sender=sender)
    named = f"Subject: {Header(subject, 'utf-8').encode()}".encode()
    return read_mail(raw.replace(b"Subject: Offer", named, 1), authserv_id=RECEIVER)


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("[Auto-Reply] Re: Your enquiry", _AWAY),
        ("Urlaub bis 7.12. Re: Angebot", _AWAY),
        ("Abwesend bis 7.12. AW: Angebot", "Ich bin bis 7. Dezember nicht im Büro."),
        ("Absence Re: Devis", "Je suis actuellement en congés, de retour le 7 décembre."),
        ("Vacaciones RE: Oferta", "Estoy fuera de la oficina hasta el 7."),
        ("Ferie Re: Offerta", "Sono in ferie fino al 7."),
        ("Férias Re: Oferta", "Estou de férias até dia 7."),
        ("Vakantie Re: Offerte", "Ik ben tot 7 december met vakantie."),
        ("Semester Sv: Offert", "Jag är på semester till den 7."),
        ("Urlop Odp: Oferta", "Jestem na urlopie do 7 grudnia."),
        ("Отпуск Re: Цена", "Я в отпуске до 7 декабря."),
        ("On leave - Re: Offer", "I am on annual leave until Monday."),
        (
            "De vacaciones hasta el 7/12 Re: Oferta",
            "Hola, estoy de vacaciones hasta el 7 de diciembre. Para temas urgentes escriba a ventas.",
        ),
        ("Fuera de la oficina Re: Oferta", "Estaré fuera de la oficina hasta el lunes."),
        ("In ferie fino al 7/12 Re: Offerta", "Buongiorno, sono in ferie fino al 7 dicembre."),
        ("Assente Re: Offerta", "Sarò assente fino al 7 dicembre."),
        ("De férias até 7/12 Re: Proposta", "Olá, estou de férias até 7 de dezembro."),
        ("Vakantie tot 7/12 Re: Offerte", "Beste, ik ben tot 7 december met vakantie."),
        ("Afwezig Re: Offerte", "Ik ben momenteel afwezig."),
        ("Semester SV: Offert", "Hej! Jag är på semester till den 7 december."),
        ("Ferie SV: Tilbud", "Jeg er på ferie til 7. desember."),
        ("Ferie Re: Tilbud", "Jeg holder ferie til den 7. december og læser ikke mails."),
        ("Lomalla VS: Tarjous", "Olen lomalla 7.12. asti."),
        ("Urlop Odp: Oferta", "Dzień dobry, jestem na urlopie do 7 grudnia."),
        ("Nieobecność Re: Oferta", "Przebywam na urlopie do 7.12."),
        ("Dovolená Re: Nabídka", "Dobrý den, jsem na dovolené do 7. 12."),
        ("Szabadság Re: Ajánlat", "Szabadságon vagyok december 7-ig."),
        ("İzindeyim Ynt: Teklif", "7 Aralık'a kadar izindeyim."),
        ("Отпуск до 7.12 Re: Предложение", "Здравствуйте, я в отпуске до 7 декабря."),
        ("В отпуске Ответ: Предложение", "Я нахожусь в отпуске до 7 декабря."),
        ("休暇中 Re: 見積もり", "休暇中のため、12月7日以降にご連絡いたします。"),
        ("不在のお知らせ Re: 見積もり", "外出しております。"),
        ("休假中 回复: 报价", "您好，我正在休假，12月7日返回。"),
        ("부재중 RE: 견적", "부재중입니다. 12월 7일에 돌아옵니다."),
        ("[Abwesenheit] Re: Angebot", "Ich bin vom 1.12. bis 7.12. abwesend."),
        ("Ich bin im Urlaub (Re: Angebot)", "Ich bin bis 7. Dezember im Urlaub."),
        ("Holiday until 7 Dec - Re: Offer", "I am on holiday until 7 December."),
        (
            "Away until 7 December Re: Offer",
            "I am away until 7 December and will reply on my return.",
        ),
        ("Currently on leave - RE: offer", "I am currently on leave."),
        ("Parental leave Re: Offer", "I am on parental leave until June. Please contact Bob."),
        (
            "Elternzeit Re: Angebot",
            "Ich befinde mich bis Juni in Elternzeit. Bitte wenden Sie sich an Bob.",
        ),
        ("Mutterschutz Re: Angebot", "Ich bin bis August im Mutterschutz."),
        (
            "Betriebsferien Re: Angebot",
            "Wir haben Betriebsferien bis 7.1. und sind danach wieder für Sie da.",
        ),
        ("Krank Re: Angebot", "Ich bin derzeit krank und nicht erreichbar."),
        (
            "Dienstreise Re: Angebot",
            "Ich bin bis 7.12. auf Dienstreise und lese Mails nur unregelmäßig.",
        ),
        ("Απουσία Re: Προσφορά", "Απουσιάζω από το γραφείο μέχρι 7/12."),
        ("În concediu Re: Oferta", "Sunt în concediu până la 7 decembrie."),
        ("Відпустка Re: Пропозиція", "Я у відпустці до 7 грудня."),
        ("في إجازة Re: عرض", "أنا في إجازة حتى 7 ديسمبر."),
        ("Automatic reply: Offer", _AWAY),
        ("Automatische Antwort: Angebot", _AWAY),
        ("Autosvar: Offert", _AWAY),
        ("Abwesenheitsnotiz: Angebot", _AWAY),
        ("Réponse automatique : Devis", _AWAY),
        ("Respuesta automática: Oferta", _AWAY),
        ("Risposta automatica: Offerta", _AWAY),
        ("Out of Office: Offer", _AWAY),
    ],
)
def test_an_absence_note_is_told_without_headers(subject: str, body: str) -> None:
    """An answer whose subject and text speak of an absence is a machine's, in brackets too."""
    found = read(subject, body)
    assert (found.automatic, found.signs) == ("out-of-office", 2)


@pytest.mark.parametrize(
    ("subject", "body", "fields", "sender"),
    [
        ("Offer", _REQUEST, ("List-Unsubscribe: <https://x.example/u>",), "ann@example.com"),
        ("Offer", _REQUEST, ("Feedback-ID: 1:crm",), "ann@example.com"),
        (
            "Enquiry",
            _REQUEST,
            ("Auto-Submitted: auto-generated", "Reply-To: ilse@b.example"),
            "forms@site.example",
        ),
        *(
            ("Re: Offer", _REQUEST, (), f"{local}@example.com")
            for local in (
                "noreply",
                "no-reply",
                "do-not-reply",
                "alerts",
                "jira",
                "disk-alerts",
                "do.not.reply",
                "receipts",
                "auto-confirm",
                "svc-backup",
                "no_reply",
                "do-not-reply-123",
                "bitte-nicht-antworten",
                "keine-antwort",
                "naoresponda",
                "nie-odpowiadaj",
                "cevaplamayin",
                "svar-ej",
                "updates",
                "news",
                "reminders",
                "www-data",
                "prometheus",
            )
        ),
        ("Re: Offer", _AWAY, (), "ann@example.com"),
        *(
            (subject, body, (), "ann@example.com")
            for subject, body in (
                ("Auto: Offer", "I am currently out of the office."),
                ("Re: Offer", "I no longer work at Harrow. Please contact sales@harrow.example."),
                ("Re: Ticket received", "This mailbox is not monitored."),
                ("AW: Angebot", "Ich bin nicht mehr bei der Hafenwerk GmbH tätig."),
                ("AW: Angebot", "Dieses Postfach wird nicht mehr gelesen."),
                ("Re: Devis", "Je ne travaille plus chez Harrow. Merci de contacter Mme Petit."),
                ("Re: Devis", "Cette adresse n'est plus consultée."),
                ("RE: Oferta", "Ya no trabajo en Harrow. Escriba a ventas."),
                ("RE: Oferta", "Actualmente me encuentro de baja médica."),
                ("R: Offerta", "Al momento sono in malattia, rispondo al rientro."),
                ("R: Offerta", "Non lavoro più per Harrow."),
                ("Re: Offerte", "Ik ben met zwangerschapsverlof tot maart."),
                ("Re: Offerte", "Ik werk niet meer bij Harrow."),
                ("RE: Proposta", "Já não trabalho na Harrow."),
                ("Odp: Oferta", "Nie pracuję już w firmie Harrow."),
                ("Ynt: Teklif", "Ofis dışındayım."),
            )
        ),
    ],
)
def test_one_sign_is_shown_and_closes_nothing(
    subject: str, body: str, fields: tuple[str, ...], sender: str
) -> None:
    """A form's relay, a sales tool's personal mail, a holiday mentioned: read, with the sign."""
    found = read(subject, body, *fields, sender=sender)
    assert found.signs == 1


def test_two_signs_are_enough() -> None:
    """What nobody can answer and anybody can unsubscribe from is no person's."""
    field = "List-Unsubscribe: <https://x.example/u>"
    found = read("Offer", _REQUEST, field, sender="noreply@example.com")
    assert (found.automatic, found.signs) == ("mailing-list", 2)


@pytest.mark.control
@pytest.mark.parametrize(
    ("subject", "body", "sender"),
    [
        ("Urlaub in Spanien", "Wir suchen 12 Zimmer. Ich bin ab Montag wieder erreichbar.", "ann"),
        ("Offer", "I am on vacation until Monday, please send a quote for 12 desks.", "ann"),
        ("Vacation rental software", _REQUEST, "ann"),
        ("Offer", _REQUEST, "robert"),
        ("Offer", _REQUEST, "abbot"),
        ("Offer", _REQUEST, "sales"),
        ("Offer", _REQUEST, "nora.reply"),
        ("Auto", "Wir suchen ein Auto für 12 Fahrer.", "ann"),
        ("I no longer work alone", "We are two now and need a quote for 2 desks.", "ann"),
        ("Re: Offer", "Our office is closed on Fridays. Can you deliver on Monday instead?", "ann"),
        ("Re: Offer", "Bob no longer works for us, so please send me the quote.", "ann"),
        ("Re: Angebot", "Ich arbeite nicht länger an Projekt A und wir brauchen 12 Tische.", "ann"),
        ("Offer", _REQUEST, "updike"),
        ("Offer", _REQUEST, "newsom"),
    ],
)
def test_control_a_persons_mail_has_no_sign(subject: str, body: str, sender: str) -> None:
    """Control: holidays that are asked for, and names that look like a machine's, are people's."""
    found = read(subject, body, sender=f"{sender}@example.com")
    assert (found.automatic, found.signs) == (None, 0)


@pytest.mark.parametrize(("text", "signs"), [("", 2), ("See you there!", 1)])
@pytest.mark.parametrize("field", ["; method=REPLY", ""])
def test_an_answer_to_a_meeting_is_a_calendars(field: str, text: str, signs: int) -> None:
    """METHOD:REPLY without a word is a program's; with a note a person wrote, with the sign."""
    event = "BEGIN:VCALENDAR\nMETHOD:REPLY\nEND:VCALENDAR"
    raw = multipart(f"\n{text}", f"Content-Type: text/calendar{field}\n\n{event}")
    found = read_mail(raw, authserv_id=RECEIVER)
    assert (found.automatic, found.signs) == ("meeting-answer", signs)


@pytest.mark.parametrize("label", ["Accepted", "Zugesagt", "Refusé", "Provisional", "承諾"])
def test_a_label_above_nothing_is_a_calendars(label: str) -> None:
    """Without its file the answer to a meeting is told by its subject; who adds a word is read."""
    empty, written = read(f"{label}: Demo", ""), read(f"{label}: Demo", "We take 40 pieces.")
    assert (empty.automatic, empty.signs) == ("meeting-answer", 2)
    assert (written.automatic, written.signs) == (None, 0)


@pytest.mark.parametrize(
    "body",
    [
        "Thank you for your email. I am currently out of the office with limited access to email. If you need immediate assistance, please send a message to bob@moor.example or call +49 89 1.",
        "Hello, I'm on holiday until 7 December. Please send your request again after that date, or contact Bob for orders.",
        "We would like to inform you that our office is closed. I am on leave until Monday.",
        "Guten Tag, ich bin vom 1.12. bis 7.12. nicht im Büro. Bitte senden Sie Ihre Anfrage an bob@moor.example. Wenn Sie etwas bestellen möchten, hilft mein Kollege.",
        "Ich bin bis 7. Dezember in Elternzeit. Bitte wenden Sie sich in dringenden Fällen an Bob.",
        "Wir möchten Sie darauf hinweisen, dass wir Betriebsferien haben. Wir sind bis 7.1. nicht im Büro: wir haben Betriebsferien.",
        "Bonjour, je suis absent jusqu'au 7. En cas de besoin, merci d'envoyer votre message à bob@moor.example. Nous souhaitons vous informer que le bureau est fermé.",
        "Hola, estoy de vacaciones. Si necesita ayuda urgente o quiere un presupuesto, contacte con Bob.",
        "Olá, estou de férias. Se precisar de algo urgente, escreva a Bob.",
        "Buongiorno, sono in ferie fino al 7. Per urgenze o se vuole un preventivo scrivere a Bob.",
        "Здравствуйте, я в отпуске до 7 декабря. Прошу обращаться к Ивану.",
        "休暇中です。12月7日に戻ります。よろしくお願いします。",
        "Beste, ik ben tot 7 december afwezig. Voor bestellingen kunt u mailen naar Bob.",
        "Dzień dobry, jestem na urlopie. W pilnych sprawach proszę o kontakt z Bobem.",
        "Hej, jag är på semester. För order, kontakta Bob.",
        "Jeg er på ferie til 7. Vi tar ferie samtidig på kontoret.",
        "Dobrý den, jsem na dovolené do 7.12. V naléhavých případech volejte Bobovi.",
        "Poštovani, odsutna sam do 7. prosinca.",
        "Vielen Dank für Ihre Nachricht. Ich bin am 7.12. wieder für Sie da.",
        "Thank you for your email. Our office is closed for Thanksgiving and will reopen Monday.",
        "Nos bureaux sont fermés du 24 décembre au 2 janvier. Nous traiterons votre message.",
        "Ik ben vandaag niet aanwezig. Bij spoed belt u 020 123.",
        "I am on parental leave. My colleagues take care of your orders and refunds are handled by support.",
    ],
)
def test_a_note_that_speaks_of_orders_is_still_a_note(body: str) -> None:
    """Whom to ask meanwhile, and for what, is no wish of whoever is away."""
    found = read("Re: Offer", body, "In-Reply-To: <a@example.org>")
    assert (found.automatic, found.signs) == ("out-of-office", 1)


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        (
            "Re: Angebot",
            "Danke, wir nehmen das Angebot an. Ich bin ab Montag im Urlaub, mein Kollege Bob unterschreibt.",
        ),
        (
            "Re: Offer",
            "Thanks! We'd like to go ahead with 40 licences. I'll be on holiday next week, so please send the contract by Friday.",
        ),
        ("Re: Your quote", "Could you resend it? I was on vacation and missed the deadline."),
        (
            "Re: Devis",
            "Bonjour, d'accord pour les 12 licences. Je serai en congés la semaine prochaine, merci d'envoyer le contrat avant.",
        ),
        (
            "Re: Oferta",
            "Aceptamos la oferta. Estaré de vacaciones en agosto, así que envíen el contrato antes.",
        ),
        (
            "Re: Offerta",
            "Confermiamo l'ordine. Sarò in ferie dal 10, quindi mandateci il contratto prima.",
        ),
        (
            "Re: Offerte",
            "Akkoord met 12 licenties. Ik ben volgende week met vakantie, dus graag voor vrijdag.",
        ),
        ("Ferienwohnung Re: Angebot", "Vielen Dank, wir nehmen 12 Lizenzen."),
        (
            "Leave management Re: Offer",
            "We manage parental leave for 400 staff with your tool and want 50 more licences.",
        ),
        (
            "Re: Refund order 3009",
            "I'm on holiday and the parcel came broken. Please refund 24.95 EUR.",
        ),
        (
            "Re: Bestellung 3009",
            "Ich war im Urlaub, deshalb schreibe ich erst jetzt: Bitte erstatten Sie mir 24,95 EUR.",
        ),
        ("Semester SV: licences", "Vi behöver 40 licenser till semesterns slut."),
        (
            "Re: Offer",
            "When we are away in August, can somebody else install it? We need 12 scanners.",
        ),
        (
            "Re: Offer",
            "If I am away, please call Bob. We want to order 12 scanners at the quoted price.",
        ),
        (
            "Re: Angebot",
            "Sind Sie wieder im Haus? Ich bin wieder ab Montag erreichbar. Bitte 12 Stück bestellen.",
        ),
        (
            "Re: your automatic reply",
            "Your automatic reply came three times. Please quote 12 scanners.",
        ),
        (
            "Re: Automatische Antwort: Angebot",
            "Danke für die Rückmeldung, wir brauchen 12 Scanner bis Freitag.",
        ),
        (
            "AW: Automatische Antwort: Angebot",
            "Wir hatten Ihre Abwesenheitsnotiz bekommen. Bitte nun 12 Scanner anbieten.",
        ),
        (
            "RE: Out of office: Offer",
            "I got your out of office. Please call me when back: we need 12 scanners.",
        ),
        (
            "Absent au rendez-vous Re: devis",
            "Votre technicien était absent au rendez-vous. Merci de nous rappeler.",
        ),
        (
            "Absence de réponse Re: commande 3009",
            "Faute de réponse, je demande le remboursement de 24,95 EUR.",
        ),
        (
            "Ausencia de respuesta Re: pedido 3009",
            "Sigo esperando. Quiero el reembolso de 24,95 EUR.",
        ),
        ("Assenza di risposta Re: ordine 3009", "Chiedo il rimborso di 24,95 EUR."),
        ("Fehlende Abwesenheitsplanung Re: Angebot", "Wir nehmen 12 Lizenzen."),
        (
            "Away from home Re: order 3009",
            "The courier came while nobody was in. Please refund 24.95 EUR.",
        ),
        ("Urlaubsgeld Re: Angebot", "Wir brauchen 12 Lizenzen für die Urlaubsgeldabrechnung."),
        (
            "Vacances scolaires Re: réservation",
            "Nous voulons 40 licences avant les vacances scolaires.",
        ),
        (
            "Re: Offer",
            "I will be away on Friday, otherwise call any time. We take the 12 scanners.",
        ),
        ("Re: Tilbud", "Vi vil gerne bestille 12. Jeg er på ferie i uge 29, så ring inden."),
        (
            "Re: Oferta",
            "Zamawiamy 12 sztuk. Jestem na urlopie od poniedziałku, proszę o umowę wcześniej.",
        ),
        ("Wakacje Re: Oferta", "Zamawiamy 12 sztuk przed wakacjami."),
        (
            "Re: Offer",
            "Thanks. I'm away next week but please send the contract to my colleague Bob; we are happy with the price.",
        ),
        ("Re: Angebot", "Wir sind ab nächster Woche im Urlaub. Können Sie vorher noch liefern?"),
        (
            "Re: Rechnung 12",
            "Ich war vom 1. bis 7. im Urlaub und habe Ihre Mahnung erst jetzt gesehen. Die Rechnung ist bezahlt.",
        ),
        ("Re: ordine 3009", "Sono in ferie, il pacco è arrivato rotto, rivoglio i soldi."),
        ("Re: commande", "Je suis en vacances et je n'ai toujours pas reçu mon colis. Où est-il ?"),
        ("Re: bestelling", "Ik ben tot vrijdag met vakantie, kunt u het pakket later bezorgen?"),
        ("Re: order", "I am away from Monday. Can you deliver before?"),
        ("Re: Bestellung", "Ich bin morgen wieder da. 20 EUR für Bestellung 1042 fehlen noch."),
        ("Re: commande", "Nos bureaux sont fermés vendredi, il manque encore 20 €."),
        ("Re: pedido", "Nuestras oficinas están cerradas el viernes, falta el pedido 1042."),
        ("Re: ordine", "I nostri uffici sono chiusi venerdì; mancano 20 EUR."),
        ("Re: bestelling", "Ons kantoor is vrijdag gesloten; bestelling 1042 is niet binnen."),
        ("Re: order", "Our office is closed on Friday, order no. 1042 has not come."),
        ("Re: Angebot", "Ich bin morgen wieder da. Schicken Sie mir bis dahin die Rechnung."),
        ("Re: order", "I'm on holiday in Spain and lost my licence key. Could you send it again?"),
    ],
)
def test_who_answers_and_speaks_of_a_holiday_is_a_person(subject: str, body: str) -> None:
    """They want or ask something in the same breath, or name their order, which no program does."""
    found = read(subject, body, "In-Reply-To: <a@example.org>")
    assert (found.automatic, found.signs) == (None, 0)


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Read: Your quotation", "Your message to Ann Quill was read on Monday, 30 November."),
        ("Gelesen: Ihr Angebot", "Ihre Nachricht wurde am 30.11. um 10:15 Uhr gelesen."),
        ("Lu : Votre devis", "Votre message a été lu le lundi 30 novembre à 10:15."),
        ("Leído: Su oferta", "Su mensaje fue leído el lunes 30 de noviembre."),
        ("Letto: Vostra offerta", "Il messaggio è stato letto lunedì 30 novembre."),
        ("Gelezen: Uw offerte", "Uw bericht is op maandag 30 november gelezen."),
        ("[Desk #48211] Your request", "Your request has been received. An agent will look at it."),
        ("Re: Offer", "Hi, we have received your enquiry. Your ticket number is 48211."),
        ("Ticket 48211", "Ihre Anfrage ist bei uns eingegangen und wird bearbeitet."),
        ("[Case-4821] Votre demande", "Votre demande a bien été enregistrée."),
        ("Caso 48211", "Hemos recibido su solicitud y la revisaremos."),
        ("Pratica 48211", "Abbiamo ricevuto la sua richiesta."),
        ("Zaak 48211", "Uw aanvraag is in goede orde ontvangen."),
        ("Processo 48211", "Recebemos o seu pedido e vamos analisá-lo."),
        ("Thanks", "Your message was received. This is an automated mail."),
        ("Recall: Offer", "Ann Quill would like to recall the message, “Offer”."),
        (
            "Your message to Ann",
            "Your mail to 'list' is being held until the moderator reads it. Do not reply.",
        ),
    ],
)
def test_a_receipt_without_headers_is_a_machines(subject: str, body: str) -> None:
    """That a mail was read, or came in under a number, is told by desks that set no field."""
    assert read(subject, body).automatic == "auto-reply"


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Read: my book", "I read your brochure on Monday. Please send us a quotation."),
        ("Ticket 48211", "Your ticket 48211 has been created, you wrote. I want a refund."),
        ("Case 4821", "Your request was received on Monday, it says. When will I hear?"),
        ("Enquiry", "We have received your message and look forward to meeting you."),
        ("Lu", "J'ai lu votre message hier, merci de nous livrer 40 tables."),
    ],
)
def test_control_who_speaks_of_a_receipt_is_a_person(subject: str, body: str) -> None:
    """A wish, a question or no number at all: written by hand."""
    assert read(subject, body).automatic is None
