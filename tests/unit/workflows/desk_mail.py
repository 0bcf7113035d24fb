"""Messages as people send them to one common address, and who must get each: written before any of
them was read by anything. `said` is what a good model answers: matters, each with its quote."""

# ruff: noqa: E501 - one message a line

from __future__ import annotations

import json
from dataclasses import dataclass, field

LEAD, REFUND = "lead_intake", "refund_request"
SUPPORT, FINANCE, PEOPLE = "team:support", "team:finance", "team:people"
PRESS, PRIVACY, HEADS, ANY = "team:press", "team:privacy", "team:refunds-lead", "team:operations"


@dataclass(frozen=True)
class Sent:
    """One message. `wanted`: each destination that must get it; nothing: nobody has to."""

    kind: str
    sender: str
    subject: str
    text: str
    wanted: frozenset[str]
    said: tuple[tuple[str, str], ...]
    headers: tuple[str, ...] = ()
    to: str = "hello@example.com"
    attached: str = ""
    dismissed: bool = False
    form: dict[str, object] = field(default_factory=dict)

    def bytes(self) -> bytes:
        """A mail whose sender is vouched for, or a form's object."""
        if self.form:
            return json.dumps(self.form, ensure_ascii=False).encode()
        domain = self.sender.rpartition("@")[2].rstrip(">")
        head = (
            f"Authentication-Results: mx.example.com; dmarc=pass header.from={domain}",
            f"From: {self.sender}",
            f"To: {self.to}",
            f"Subject: {self.subject}",
            "Message-ID: <one@mail.example>",
            "MIME-Version: 1.0",
            *self.headers,
        )
        plain = "Content-Type: text/plain; charset=utf-8"
        if not self.attached:
            return "\r\n".join((*head, plain, "", self.text)).encode()
        parts = ("--b", plain, "", self.text, "--b", "Content-Type: application/pdf")
        named = f'Content-Disposition: attachment; filename="{self.attached}"'
        mixed = 'Content-Type: multipart/mixed; boundary="b"'
        return "\r\n".join((*head, mixed, "", *parts, named, "", "JVBERi0=", "--b--", "")).encode()


def sent(kind: str, sender: str, subject: str, text: str, wanted: str, **more: object) -> Sent:
    """One message; `wanted` are destinations, `said` pairs of matter and quote."""
    said = more.pop("said", ())
    return Sent(kind, sender, subject, text, frozenset(wanted.split()), tuple(said), **more)  # type: ignore[arg-type] # fields of Sent


HARD: tuple[Sent, ...] = (
    sent("outage", "Tom Reyes <tom@portlogix.example>", "URGENT", "Hi, since 8 this morning nobody can log in, all our 40 people see a white page. We need help today, the trucks are waiting.", SUPPORT,
         said=(("outage", "nobody can log in"),)),
    sent("outage", "Jutta Kern <kern@druckhaus.example>", "Anlage steht still", "Guten Morgen, Ihr Etikettensystem ist seit gestern Abend ausgefallen, die Linie 2 steht still. Bitte rufen Sie sofort zurück: 0341 5550 17.", SUPPORT,
         said=(("outage", "die Linie 2 steht still"),)),
    sent("complaint", "P. Oduya <p.oduya@brightfield.example>", "third time", "This is the third time I write. Nobody called, nobody answers. It is unacceptable and I am telling everybody about it.", HEADS,
         said=(("complaint", "It is unacceptable"),)),
    sent("complaint", "Claire Besson <claire@atelierb.example>", "Très déçue", "Bonjour, je suis très déçue de votre technicien, il a été impoli avec mon équipe. J'attends des excuses.", HEADS,
         said=(("complaint", "je suis très déçue de votre technicien"),)),
    sent("parcel", "Liam Roe <liam.roe@mailbox.example>", "order #20881", "Hello, where is my order? The tracking has said 'in transit' for nine days now.", SUPPORT,
         said=(("delivery", "where is my order?"),)),
    sent("parcel", "Marta Ruiz <marta.ruiz@correo.example>", "Pedido 7714", "Buenas tardes, mi paquete no ha llegado y me marcho el viernes. ¿Pueden mirar dónde está?", SUPPORT,
         said=(("delivery", "mi paquete no ha llegado"),)),
    sent("invoice", "Accounts <ap@northmill.example>", "Invoice 2026-114", "Dear team, your invoice 2026-114 has no VAT number of ours on it. Please send a corrected one, we cannot pay it like this.", FINANCE,
         said=(("invoice", "your invoice 2026-114 has no VAT number of ours on it"),)),
    sent("invoice", "Buchhaltung <buchhaltung@seewald.example>", "Ihre Mahnung", "Guten Tag, wir haben heute eine Mahnung erhalten, die Rechnung ist aber seit dem 3. bezahlt. Beleg gerne auf Wunsch.", FINANCE,
         said=(("invoice", "wir haben heute eine Mahnung erhalten"),)),
    sent("application", "Nina Falk <nina.falk@mail.example>", "Werkstudentin", "Liebes Team, anbei meine Bewerbung als Werkstudentin in der Logistik samt Lebenslauf. Ich könnte ab April anfangen.", PEOPLE, attached="lebenslauf.pdf",
         said=(("application", "anbei meine Bewerbung als Werkstudentin in der Logistik samt Lebenslauf"),)),
    sent("application", "Sam Ito <sam.ito@mail.example>", "Open roles?", "Hi! I would like to apply for the backend position on your site. My CV is attached, happy to talk any day.", PEOPLE, attached="cv.pdf",
         said=(("application", "I would like to apply for the backend position on your site"),)),
    sent("partner", "Goran Ilic <goran@adriasoft.example>", "Reseller", "Hello, we are a software house in Zagreb and would like to become a reseller of yours for the Adriatic region. Whom do I talk to?", LEAD,
         said=(("partnership", "would like to become a reseller of yours for the Adriatic region"),)),
    sent("partner", "Anouk Vos <anouk@vosconsult.example>", "Samenwerking", "Beste, wij zoeken een samenwerking met een leverancier van scanners, voor onze klanten in Gent en Brugge.", LEAD,
         said=(("partnership", "wij zoeken een samenwerking met een leverancier van scanners"),)),
    sent("press", "Ruth Adeyemi <ruth@portsweekly.example>", "Question for an article", "I am a journalist at Ports Weekly and write about delays at the docks. Could I get a statement for Thursday's issue?", PRESS,
         said=(("press", "I am a journalist at Ports Weekly"),)),
    sent("press", "Lena Hoff <hoff@tagblatt.example>", "Presseanfrage", "Sehr geehrte Damen und Herren, für einen Artikel über Lagerroboter bitte ich um eine Stellungnahme bis Mittwoch.", PRESS,
         said=(("press", "bitte ich um eine Stellungnahme bis Mittwoch"),)),
    sent("opt-out", "H. Lang <h.lang@mail.example>", "Newsletter", "Bitte schicken Sie mir keine E-Mails mehr. Ich habe das jetzt schon zweimal geschrieben.", PRIVACY,
         said=(("opt_out", "Bitte schicken Sie mir keine E-Mails mehr."),)),
    sent("opt-out", "Joan Pike <joan@pike.example>", "please", "Please stop sending me these offers and take me off your list. Thanks, Joan", PRIVACY,
         said=(("opt_out", "take me off your list"),)),
    sent("erasure", "Ari Cohen <ari@cohen.example>", "GDPR", "I want you to delete my account and erase my data, all of it, and confirm it in writing.", PRIVACY,
         said=(("erasure", "delete my account and erase my data"),)),
    sent("erasure", "Luc Morel <luc.morel@courriel.example>", "RGPD", "Bonjour, conformément au RGPD, veuillez supprimer mes données personnelles de vos fichiers.", PRIVACY,
         said=(("erasure", "veuillez supprimer mes données personnelles de vos fichiers"),)),
    sent("follow-up in the thread", "Ida Storm <ida@stormfoto.example>", "Re: Quote for 12 scanners", "Hello again, could the quote include three spare batteries as well?\r\n\r\nOn 12 Nov 2026 Robin Doyle <robin@example.com> wrote:\r\n> Thank you, we will send it on Monday.", LEAD, headers=("In-Reply-To: <q1@example.com>",),
         said=(("sales", "could the quote include three spare batteries as well?"),)),
    sent("follow-up in the thread", "Ben Ash <ben@ashdental.example>", "Re: my order 3310", "It arrived now, but the second box is missing. Where is the rest of the shipment?\r\n\r\nOn 12 Nov 2026 Support <help@example.com> wrote:\r\n> It is on its way.", SUPPORT, headers=("In-Reply-To: <q2@example.com>",),
         said=(("delivery", "Where is the rest of the shipment?"),)),
    sent("follow-up outside of it", "Eva Lind <eva@lindhotels.example>", "still interested", "I asked for a price list two weeks ago and nobody called. We still need 30 terminals, or we go elsewhere.", LEAD,
         said=(("sales", "We still need 30 terminals"),)),
    sent("follow-up outside of it", "Omar Said <omar@saidtextil.example>", "Nachfrage", "Ich hatte Ihnen am Montag wegen der Rechnung 5512 geschrieben und noch keine Antwort. Wann kommt die Gutschrift?", FINANCE,
         said=(("invoice", "Wann kommt die Gutschrift?"),)),
    sent("forward by a colleague", "Mira Sommer <mira@example.com>", "Fwd: Angebot", "Kann das jemand übernehmen?\r\n\r\nMira\r\n\r\n---------- Weitergeleitete Nachricht ---------\r\nVon: Tilo Brand <tilo@brandholz.example>\r\nDatum: Do, 26. Nov 2026\r\nBetreff: Angebot\r\nAn: <mira@example.com>\r\n\r\nGuten Tag, wir benötigen ein Angebot über 25 Handscanner für unser Werk in Kiel.", LEAD,
         said=(("sales", "wir benötigen ein Angebot über 25 Handscanner für unser Werk in Kiel."),)),
    sent("forward by a colleague", "Robin Doyle <robin@example.com>", "Fwd: refund?", "Not mine, please take it.\r\n\r\n---------- Forwarded message ---------\r\nFrom: Ada Holt <ada@holt.example>\r\nDate: Thu, 26 Nov 2026\r\nSubject: refund?\r\nTo: <robin@example.com>\r\n\r\nHello, my kettle from order 4471 leaks. I would like a refund please.", REFUND,
         said=(("refund", "I would like a refund please."),)),
    sent("form relay", "Website <forms@example.com>", "New enquiry", "Name: Ida Holm\r\nEmail: ida@holmdesk.example\r\nPhone: +45 32 55 12 34\r\n\r\nMessage:\r\nWe need a quotation for 10 standing desks.", LEAD, headers=("Reply-To: Ida Holm <ida@holmdesk.example>", "Auto-Submitted: no"),
         said=(("sales", "We need a quotation for 10 standing desks."),)),
    sent("form relay", "", "", "", SUPPORT, form={"Your name": "Pau Serra", "E-mail": "pau@serravins.example", "Comments": "Hola, ¿dónde está mi pedido 8812? El envío va con retraso.", "Newsletter": False},
         said=(("delivery", "¿dónde está mi pedido 8812?"),)),
    sent("two matters", "Gia Conti <gia@contibar.example>", "due cose", "Buongiorno, vorrei il rimborso della tazza rotta dell'ordine 5120. Inoltre cerchiamo un preventivo per 20 macchine nuove.", f"{REFUND} {LEAD}",
         said=(("refund", "vorrei il rimborso della tazza rotta dell'ordine 5120."), ("sales", "cerchiamo un preventivo per 20 macchine nuove."))),
    sent("two matters", "Kai Berg <kai@bergsport.example>", "Invoice and login", "The invoice for March has the wrong address, please correct it. And Jana cannot reset her password, the link gives an error message.", f"{FINANCE} {SUPPORT}",
         said=(("invoice", "The invoice for March has the wrong address, please correct it."), ("support", "Jana cannot reset her password"))),
    sent("order without number", "Mo Aziz <mo@azizmail.example>", "broken", "the lamp I bought from you came broken, i want my money back", REFUND,
         said=(("refund", "i want my money back"),)),
    sent("order without number", "Rosa Gil <rosa@gil.example>", "devolución", "Hola, quiero devolver los zapatos que compré la semana pasada y que me hagan el reembolso.", REFUND,
         said=(("refund", "que me hagan el reembolso."),)),
    sent("wrong recipient", "Dr. Weiss <praxis@weiss.example>", "Ihr Termin", "Sehr geehrte Frau Maurer, Ihr Termin zur Zahnreinigung ist am 4. Dezember um 9:30 Uhr.", ANY,
         said=(("other", "Ihr Termin zur Zahnreinigung ist am 4. Dezember um 9:30 Uhr."),)),
    sent("wrong recipient", "Coach Dan <dan@fcwestend.example>", "Saturday", "Hi all, kick-off is at 10 on pitch two, please bring the orange shirts and enough water.", ANY,
         said=(("other", "kick-off is at 10 on pitch two"),)),
    sent("another language", "Sven Lund <sven@lundbygg.example>", "Offert", "Hej, vi behöver en offert på 15 handdatorer till vårt lager i Malmö före jul.", LEAD,
         said=(("sales", "vi behöver en offert på 15 handdatorer till vårt lager i Malmö före jul."),)),
    sent("another language", "田中 <tanaka@sakura-print.example>", "見積のお願い", "お世話になっております。ラベルプリンター10台の見積をお願いいたします。", LEAD,
         said=(("sales", "ラベルプリンター10台の見積をお願いいたします。"),)),
    sent("attachment only", "Scan <scan@kanzlei-roth.example>", "Scan_0091", "", ANY, attached="Scan_0091.pdf", said=()),
    sent("attachment only", "Jo Hart <jo@hartfarm.example>", "invoice 8841", "see attached", FINANCE, attached="invoice-8841.pdf",
         said=(("invoice", "invoice 8841"),)),
    sent("auto-reply", "Petra Nowak <petra@nowak.example>", "Automatische Antwort: Angebot", "Ich bin bis 7. Dezember nicht im Büro.", "", headers=("Auto-Submitted: auto-replied",), dismissed=True),
    sent("auto-reply", "Mail Delivery System <mailer-daemon@mx.example>", "Undelivered Mail Returned to Sender", "Your message could not be delivered.", "", headers=("Return-Path: <>", "Auto-Submitted: auto-replied"), dismissed=True),
    sent("answer to our question", "Ada Holt <ada@holt.example>", "Re: Which order is it?", "It was order 4471, the kettle. Please refund it to my card.", REFUND, headers=("In-Reply-To: <q3@example.com>",),
         said=(("refund", "Please refund it to my card."),)),
    sent("answer to our question", "Uwe Kranz <uwe@kranzbau.example>", "Re: Rückfrage zu Ihrer Anfrage", "Es sind 14 Lizenzen, und wir brauchen das Angebot bis Freitag.", LEAD, headers=("In-Reply-To: <q4@example.com>",),
         said=(("sales", "wir brauchen das Angebot bis Freitag."),)),
)  # fmt: skip

PLAIN: tuple[Sent, ...] = (
    sent("plain", "Ana Silva <ana@silvaprint.example>", "Quote", "Hello, please send us a quote for 40 licences of your dispatch software.", LEAD, said=(("sales", "please send us a quote for 40 licences"),)),
    sent("plain", "Max Orth <max@orthgmbh.example>", "Preisliste", "Guten Tag, bitte senden Sie uns Ihre Preisliste für 2027.", LEAD, said=(("sales", "bitte senden Sie uns Ihre Preisliste für 2027."),)),
    sent("plain", "Zoe Petit <zoe@petitfils.example>", "Devis", "Bonjour, nous aimerions un devis pour douze imprimantes.", LEAD, said=(("sales", "nous aimerions un devis pour douze imprimantes."),)),
    sent("plain", "Ed Moss <ed@moss.example>", "Refund", "Please refund order 1042, the jug arrived broken.", REFUND, said=(("refund", "Please refund order 1042"),)),
    sent("plain", "Ria Bos <ria@bos.example>", "Terugbetaling", "Graag terugbetaling van bestelling 1077, het pakket was beschadigd.", REFUND, said=(("refund", "Graag terugbetaling van bestelling 1077"),)),
    sent("plain", "Lou Kent <lou@kent.example>", "Tracking", "My parcel has not arrived, can you check the tracking?", SUPPORT, said=(("delivery", "My parcel has not arrived"),)),
    sent("plain", "Ole Friis <ole@friis.example>", "Invoice", "Could you send me a copy of the invoice from October?", FINANCE, said=(("invoice", "a copy of the invoice from October"),)),
    sent("plain", "Pia Roth <pia@roth.example>", "Passwort", "Ich habe mein Passwort vergessen und komme nicht mehr hinein.", SUPPORT, said=(("support", "Ich habe mein Passwort vergessen"),)),
    sent("plain", "Ian Bell <ian@bell.example>", "CV", "Please find my CV attached for the vacancy in Leeds.", PEOPLE, attached="cv.pdf", said=(("application", "my CV attached for the vacancy in Leeds"),)),
    sent("plain", "Kim Oh <kim@ohmedia.example>", "Interview", "We would like an interview with your founder for our magazine.", PRESS, said=(("press", "an interview with your founder for our magazine"),)),
    sent("plain", "Gus Hale <gus@hale.example>", "Partnership", "We would like to become a partner and resell your product in Ireland.", LEAD, said=(("partnership", "become a partner and resell your product in Ireland"),)),
    sent("plain", "Tea Lau <tea@lau.example>", "Unsubscribe", "Please unsubscribe me from all mailings.", PRIVACY, said=(("opt_out", "Please unsubscribe me from all mailings."),)),
    sent("plain", "Sol Vega <sol@vega.example>", "Demo", "We are interested in a demo next week.", LEAD, said=(("sales", "We are interested in a demo next week."),)),
    sent("plain", "Job Seeker <jo@seek.example>", "Hello", "Hello, here is something for your team.", PEOPLE, to="jobs@example.com", said=()),
    sent("plain", "", "", "", LEAD, form={"form": "lead_intake.form", "name": "Ana Silva", "email": "ana@silvaprint.example", "message": "We would like to buy."}),
)  # fmt: skip
