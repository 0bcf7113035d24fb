"""The words by which mail programs mark history, signatures and automatic answers, by language."""
# ruff: noqa: RUF001 - the letters of other alphabets are meant

ORIGINAL_MESSAGE = (
    "original message|original appointment|forwarded message|"
    "ursprüngliche nachricht|originalnachricht|weitergeleitete nachricht|"
    "message d'origine|message original|message transféré|mensaje original|mensaje reenviado|"
    "messaggio originale|messaggio inoltrato|mensagem original|mensagem encaminhada|"
    "oorspronkelijk bericht|doorgestuurd bericht|ursprungligt meddelande|original besked|"
    "opprinnelig melding|alkuperäinen viesti|wiadomość oryginalna|oryginalna wiadomość|"
    "původní zpráva|orijinal mesaj|исходное сообщение|пересылаемое сообщение|"
    "原始邮件|原始郵件|转发的邮件|元のメッセージ|転送されたメッセージ|원본 메시지"
)
WROTE = (
    "wrote|writes|schrieb|geschrieben|a écrit|escribió|ha scritto|scrisse|escreveu|schreef|skrev|"
    r"kirjoitti|napisał|napisała|napisał\(a\)|pisze|napsal|napsala|napsal\(a\)|yazdı|"
    r"написал|написала|написал\(а\)|пишет|έγραψε|写道|寫道|のメール|님이 작성"
)
FROM_FIELD = "from|von|de|da|van|från|fra|lähettäjä|od|kimden|от|发件人|寄件者|差出人|보낸 사람"
OTHER_FIELDS = (
    "sent|date|to|cc|subject|gesendet|datum|an|betreff|envoyé|à|objet|enviado|enviada em|fecha|"
    "para|asunto|inviato|data|a|oggetto|assunto|verzonden|aan|onderwerp|skickat|till|ämne|sendt|til|"
    "emne|wysłano|do|temat|odesláno|komu|předmět|gönderilme|kime|konu|отправлено|дата|кому|тема|"
    "发送时间|收件人|主题|日時|宛先|件名|보낸 날짜|받는 사람|제목"
)
SENT_FROM = (
    "sent from|sent via|get outlook for|von meinem|gesendet von|gesendet mit|envoyé de|"
    "envoyé depuis|enviado desde|enviado do|inviato da|verzonden vanaf|verzonden met|"
    "skickat från|отправлено с|отправлено из|发自我的"
)
OUT_OF_OFFICE = (
    "out of (?:the )?office(?: auto-?reply| reply)?|auto(?:matic)?[ -]?(?:reply|response)|"
    "autoreply|autoresponse|abwesenheits\\w*|abwesend|automatische antwort|"
    "réponse automatique|absence du bureau|absent du bureau|respuesta automática|"
    "fuera de la oficina|ausente|risposta automatica|fuori ufficio|resposta automática|"
    "fora do escritório|automatisch antwoord|afwezig(?:heid)?|automatiskt svar|automatisk svar|"
    "automaattinen vastaus|poissa toimistosta|autoodpowiedź|automatyczna odpowiedź|"
    "automatická odpověď|otomatik yanıt|αυτόματη απάντηση|автоматический ответ|автоответ|"
    "自动答复|自动回复|自動回覆|自動応答|不在通知|자동 회신|부재중"
)
UNDELIVERED = (
    "undeliver(?:able|ed)(?: mail returned to sender| message)?|"
    "delivery status notification(?: \\(\\w+\\))?|mail delivery (?:failed|failure|system)|"
    "mail system error|returned mail|failure notice|delivery failure|"
    "unzustellbar|nicht zustellbar|non remis|échec de la remise|no se puede entregar|"
    "no entregado|mancato recapito|non recapitabile|não entregue|onbestelbaar|niet bezorgd|"
    "kan inte levereras|nie dostarczono|недоставлено|не доставлено|无法投递|系统退信|配信不能|"
    "배달되지 않음"
)
