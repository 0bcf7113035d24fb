"""The words by which mail programs mark history, signatures and automatic answers, by language."""
# ruff: noqa: E501, RUF001 - patterns in many languages and scripts

ORIGINAL_MESSAGE = (
    "original message|original appointment|ursprüngliche nachricht|originalnachricht|"
    "message d['’]origine|message original|mensaje original|messaggio originale|mensagem original|"
    "mail original|e-?mail d['’]origine|courriel d['’]origine|oorspronkelijk bericht|ursprungligt meddelande|original besked|oprindelig besked|"
    "opprinnelig melding|alkuperäinen viesti|wiadomość oryginalna|oryginalna wiadomość|"
    "původní zpráva|orijinal mesaj|исходное сообщение|原始邮件|原始郵件|元のメッセージ|원본 메시지"
)
ANSWER_ABOVE = (
    "please (?:reply|respond|(?:type|write|enter) (?:your|a) (?:reply|answer|response|comment)).{0,30} above th(?:is|e) line|reply above (?:this|the) line.{0,40}|"
    "bitte (?=.{0,80}antwort).{0,40}(?:oberhalb|über) dieser (?:zeile|linie).{0,20}|"
    "(?:merci de |veuillez )(?:répondre|saisir|écrire).{0,40} au-dessus de cette ligne|"
    "(?:por favor,? )?(?:responda|escriba|escribe).{0,40} (?:por )?encima de esta línea|"
    "(?:si prega di |per favore )?(?:rispondere|rispondi|scrivere|scrivi).{0,40} sopra questa (?:riga|linea)|"
    "(?:graag |gelieve )?(?:antwoord\\w*|reageer|reageren|typ).{0,40} boven deze (?:regel|lijn).{0,20}|"
    "(?:por favor,? )?(?:responda|escreva|digite).{0,40} acima desta linha"
)
"""What a help desk asks for in a line of its own: all below is its own mail."""
FORWARDED_MESSAGE = (
    "forwarded message|forwarded by .{1,80}|weitergeleitete nachricht|message transféré|"
    "mensaje reenviado|messaggio inoltrato|mensagem encaminhada|mensagem reencaminhada|"
    "doorgestuurd bericht|vidarebefordrat meddelande|vidarebefordrat mail|videresendt besked|"
    "videresendt meddelelse|videresendt melding|välitetty viesti|wiadomość przekazana|"
    "przekazana wiadomość|přeposlaná zpráva|iletilen (?:mesaj|ileti)|iletilmiş ileti|"
    "пересылаемое сообщение|пересланное сообщение|转发的邮件|轉寄郵件|已转发的邮件|"
    "転送されたメッセージ|전달된 메시지"
)
BEGIN_FORWARDED = (
    "begin forwarded message|anfang der weitergeleiteten nachricht|début du message transféré|"
    "début du message réexpédié|inicio del mensaje reenviado|inizio messaggio inoltrato|"
    "início da mensagem reencaminhada|início da mensagem encaminhada|begin doorgestuurd bericht"
)
REPLY_PREFIX = (
    "re|r|aw|vs|antw|antwort|sv|réf|rif|res|resp|odp|vá|ynt|ответ|отв|回复|回覆|답장|返信"
)
FORWARD_PREFIX = "fw|fwd|forward(?:ed)?|weitergeleitet|wg|tr|rv|rm|i|enc|doorst|vb|vl|pd|ilt|пересл(?:ать|ано)?|転送|转发|轉寄|전달"
WROTE = (
    "wrote|writes|schrieb|schreibt|geschrieben|a écrit|écrit|escribió|ha scritto|scrisse|"
    r"escreveu|schreef|skrev|kirjoitti|napisał|napisała|napisał\(a\)|pisze|napsal|napsala|"
    r"napsal\(a\)|yazdı|написал|написала|написал\(а\)|пишет|έγραψε|írta|a scris|napísala?|pisał|napisao"
)
WROTE_UNSPACED = "写道|寫道|のメール|님이 작성"
FROM_FIELD = "from|von|de|da|van|från|fra|lähettäjä|od|kimden|gönderen|от|发件人|寄件者|差出人|送信元|보낸 사람"
SUBJECT_FIELD = (
    "subject|betreff|betr|objet|asunto|oggetto|assunto|onderwerp|ämne|emne|aihe|temat|předmět|konu|"
    "тема|主题|主旨|件名|제목"
)
OTHER_FIELDS = (
    "sent|date|to|cc|gesendet|datum|an|envoyé|à|enviado|enviada em|fecha|para|inviato|data|a|"
    "verzonden|aan|skickat|till|sendt|til|lähetetty|vastaanottaja|wysłano|wysłane|do|odesláno|komu|"
    "gönderilme|gönderildi|kime|tarih|alıcı|отправлено|дата|кому|"
    "发送时间|日期|收件人|日時|送信日時|宛先|보낸 날짜|날짜|받는 사람"
)
DEVICE = (
    r"iphones?|ipads?|ipods?|blackberry|android\w*|samsung|galaxy|huawei|xiaomi|redmi|pixel|oneplus|"
    r"nokia|smartphone|handy|mobiltelefon|téléphone|teléfono|móvil|cellulare|telefon|telefoon|"
    r"mobile|outlook|yahoo|gmail|mail|e-?mail|app|windows|thunderbird|proton\w*|gmx|web\.de|"
    r"телефона|устройства|手机|스마트폰"
)
SENT_FROM = (
    "sent from|sent via|sent with|get outlook for|von meinem|gesendet von|gesendet mit|"
    "envoyé de|envoyé depuis|envoyé avec|envoyé à partir|télécharger outlook|enviado desde|"
    "enviado do|enviado de|enviado com|obtener outlook|inviato da|inviato con|"
    "verzonden vanaf|verzonden met|verstuurd vanaf|skickat från|sendt fra|lähetetty|wysłane z|"
    "odesláno z|отправлено с|отправлено из|发自我的|iphoneから送信|나의"
)
GREETING = (
    r"hello|hi|hey|dear|good (?:morning|day|afternoon|evening)|hallo|guten (?:tag|morgen|abend)|moin|servus|"
    r"sehr geehrte\w*|liebe[rs]?|bonjour|bonsoir|madame|monsieur|hola|buen[ao]s? (?:d[ií]as?|tardes|noches)|"
    r"estimad\w+|buongiorno|buonasera|salve|gentil\w+|egregi\w+|beste|geachte|goede(?:n|morgen|middag)\w*|"
    r"ol[áa]|bo[am] (?:dia|tarde|noite)|hej|hei|moi|dzień dobry|dobrý den|jó napot|добрый день|здравствуйте|"
    r"お世話になって\w*|こんにちは|您好|你好|안녕하세요"
)
OUT_OF_OFFICE = (
    "(?:out of|not in) (?:the )?office(?: auto-?reply| reply)?|ooo|auto(?:matic)?[ -]?(?:reply|response)|"
    "autoreply|autoresponse|abwesenheits\\w*|abwesend|automatische antwort|"
    "réponse automatique|absence du bureau|absent du bureau|respuesta automática|"
    "fuera de la oficina|ausente|risposta automatica|fuori ufficio|resposta automática|"
    "fora do escritório|automatisch antwoord|afwezig(?:heid)?|automatiskt svar|automatisk svar|autosvar|"
    "automaattinen vastaus|poissa toimistosta|autoodpowiedź|automatyczna odpowiedź|"
    "automatická odpověď|otomatik yanıt|αυτόματη απάντηση|автоматический ответ|автоответ|"
    "自动答复|自动回复|自動回覆|自動応答|不在通知|자동 회신|부재중|(?:תשובה|תגובה|מענה) אוטומטית?|(?:ال)?رد (?:ال)?تلقائي"
)
ABSENCE = (
    r"(?:(?:i am|i'm|ich bin|wir haben|je suis|estoy|sono|estou|ik ben|jag är|jeg er|jestem|jsem|я|"
    r"currently|derzeit|aktuell|momentan|in|im|en|de|em|på|na|auf|met|în|в|у|на|في)\s+){0,3}(?:(?:"
    r"urlaub\w*|abwesen\w*|nicht im (?:büro|haus)|not in (?:the )?office|elternzeit|mutterschutz|betriebs(?:ferien|urlaub)|"
    r"dienstreise|krank(?:heit|meldung)?|out of (?:the )?office|ooo|on (?:annual )?leave|on (?:vacation|"
    r"holiday)|holiday until|vacation until|(?:annual|parental|maternity|sick) leave|leave until|away (?:from|"
    r"until|till|on)|auto(?:matic)?[ -]?(?:reply|response)|absen(?:ce|t)\w*|congés?|vacances|vacaciones|"
    r"ausen(?:cia|te)|fuera de la oficina|ferie|assen(?:za|te)|fuori (?:sede|ufficio)|férias|ausência|fora do "
    r"escritório|vakantie|afwezig\w*|semester|frånvar\w*|sairaslomalla|lomalla|poissa|urlop(?:ie)?|"
    r"nieobecn\w*|dovolen[áé]|nepřítomn\w*|szabadság\w*|od(?:sut|sot)(?:an|na|en)|godišnj\w+|dopust\w*|dovolenke|neprítomn\w*|atostog\w*|atvaļinājum\w*|puhkus\w*|i\u0307?zinde\w*|concediu|απουσί\w*|άδεια|отпуск\w*|"
    r"отсутств\w*|відпуст\w*|відсутн\w*|إجازة|اجازة)\b|休暇|休假|不在|外出|부재|휴가)"
)
AWAY = (
    r"(?:i am|i'm|i will be|we are) (?:currently |now )?(?:out of (?:the )?office|away|on (?:annual |"
    r"parental |maternity |sick )?leave|on (?:vacation|holiday))|thank you for your (?:e-?mail|message)"
    r"[.,!]? i am (?:currently )?(?:out|away|on)|has left (?:the|our) (?:company|organi[sz]ation|firm|business)|(?:with|have) limited access to (?:my )?e-?mail|"
    r"this is an? auto(?:matic|mated|generated)?[ -]?(?:reply|response|message|e-?mail)|ich bin "
    r"(?:derzeit |zurzeit |momentan |aktuell |wieder |ab |vom |bis ).{0,60}(?:nicht (?:im (?:büro|haus)|"
    r"erreichbar|am platz)|abwesend|urlaub|zurück|erreichbar|im haus)|befinde mich .{0,40}urlaub|"
    r"(?:diese|dies ist eine) automatisch\w* (?:antwort|nachricht|generierte)|je suis (?:actuellement )?"
    r"(?:absente?|en congés?|en vacances|en déplacement)|de retour (?:au bureau )?le \d|ceci est une "
    r"réponse automatique|(?:estoy|estaré) (?:actualmente )?(?:fuera de la oficina|de vacaciones|ausente)|"
    r"respuesta automática|sono (?:attualmente )?(?:fuori ufficio|in ferie|assente)|sarò (?:fuori|in "
    r"ferie|assente)|risposta automatica|(?:estou|estarei) (?:de férias|ausente|fora do escritório)|"
    r"resposta automática|ik ben (?:momenteel |vandaag |deze week |tot |van ).{0,40}(?:afwezig|niet (?:aanwezig|op kantoor)|met "
    r"vakantie|vakantie)|jag är (?:på semester|inte på kontoret|ledig|frånvarande)|jeg er (?:på ferie|"
    r"ikke på kontoret|bortrejst)|olen (?:lomalla|poissa)|jestem (?:na urlopie|nieobecn\w*|poza biurem)|"
    r"przebywam na urlopie|jsem (?:na dovolené|mimo kancelář)|я (?:в отпуске|отсутствую|нахожусь в отпуске)|"
    r"ich bin .{0,30}wieder (?:für (?:sie|dich|euch) )?(?:da|erreichbar|im haus|im büro)|(?:ihre|diese) e-?mail wird nicht (?:automatisch )?(?:weitergeleitet|bearbeitet)|"
    r"(?:our|the) offices? (?:is|are|will be) closed|unser\w* (?:büro|betrieb|geschäft|firma) (?:ist|bleibt) .{0,40}geschlossen|nos (?:bureaux|locaux) (?:sont|seront) fermés|nuestras oficinas (?:están|estarán|permanecerán) cerradas|"
    r"i nostri uffici (?:sono|saranno|resteranno|rimarranno) chiusi|ons kantoor is .{0,30}gesloten|(?:os nossos )?escritórios? (?:está|estão|estarão|encontram-se) (?:encerrad|fechad)os?|"
    r"(?:odsut|odsot)(?:an|na|en) sam|sam (?:odsut|odsot)(?:an|na|en)|na (?:godišnjem odmoru|dopustu|dovolenke)|som na dovolenke|"
    r"(?:ich|wir) (?:bin|befinde mich|sind|haben) .{0,30}(?:elternzeit|mutterschutz|dienstreise|betriebsferien|"
    r"betriebsurlaub)|ich bin .{0,20}krank|jeg holder ferie|szabadságon vagyok|\w{0,20} ?izindeyim|απουσιάζω|"
    r"(?:no longer|not .{0,20}any ?more) (?:work(?:s|ing)?|employed|be reached) (?:at|for|with|in|here|by|under)\b|"
    r"(?:this|the) (?:mail ?box|(?:e-?mail )?address|account|inbox) is (?:not |no longer |un)(?:being )?(?:monitored|attended|read|used|in use|active)|"
    r"(?:this|diese[sr]?) (?:postfach|e-?mail-?adresse|adresse) wird nicht (?:mehr )?(?:gelesen|überwacht|betreut|verwendet|genutzt)|"
    r"(?:bin|ist) nicht (?:mehr|länger) .{0,60}(?:tätig|beschäftigt|angestellt|im unternehmen)|(?:arbeite|arbeitet) nicht (?:mehr|länger)|"
    r"ne (?:travaille|fais|fait) plus (?:partie|chez|pour|dans|ici|au)|n['’]est plus (?:consultée|utilisée|active|relevée)|ai quitté (?:la société|l['’]entreprise|mes fonctions)|"
    r"ya no (?:trabajo|trabaja|formo|forma) (?:parte|en|para|con|aquí)|(?:este|esta) (?:buzón|dirección|correo) ya no|de baja (?:médica|maternal|por)|baja por (?:maternidad|paternidad|enfermedad)|"
    r"non (?:lavoro|lavora|faccio) più (?:in|per|presso|con|qui|parte)|(?:sono|sarò|al momento|attualmente) .{0,20}(?:in malattia|in maternità|in congedo|in aspettativa)|casella .{0,20}non è (?:più )?(?:presidiata|monitorata|attiva|letta)|"
    r"(?:werk|werkt) niet (?:meer|langer) (?:bij|voor|hier)|niet (?:meer|langer) werkzaam|met (?:zwangerschaps|ouderschaps|ziekte|bevallings)?verlof|"
    r"já não (?:trabalho|trabalha|faço) (?:na|no|para|com|parte|aqui)|de (?:baixa|licença) (?:médica|de maternidade|parental)|"
    r"nie (?:pracuję|pracuje) już|już nie (?:pracuję|pracuje)|na (?:zwolnieniu|urlopie)|(?:artık|ile) .{0,40}çalışm(?:ıyor\w*|amakta\w*)|ofis dışında\w*|doğum iznin\w*|"
    r"arbetar inte längre|slutat (?:på|hos)|(?:föräldra|barsel|mammaled)\w*(?:ledig|orlov)\w*|больше не работа\w+|είμαι σε άδεια|sunt (?:în concediu|plecat)|я (?:у відпустці|відсутн\w*)|أنا في (?:إجازة|اجازة)"
)
AWAY_UNSPACED = "(?:休暇|不在)(?:中|に|の)|(?:休暇|お?休み)を(?:いただ|頂|取)|אני ב?(?:חופשה|חופש)|(?:אינני|לא) (?:נמצאת? )?במשרד|正在休假|休假(?:中|至)|外出(?:中|しております)|부재중|휴가 ?중"
WISH = (
    r"(?:we|i)(?:['’]d| would| do)? (?:need|want|accept|order|confirm|like (?!to (?:inform|thank|let|tell|wish|point)))|"
    r"we(?:['’]ll| will)? take|go ahead|please (?:refund|quote|resend|send (?:me|us|the (?:contract|offer|quote|invoice)))|"
    r"(?:a|my) refund|refund me|rivoglio|(?:wir|ich) (?:brauchen?|nehmen?|bestellen?|wollen|möchten?(?! (?:sie|ihnen|darauf)))|"
    r"bitte .{0,30}(?:bestellen|anbieten|liefern)|erstatt\w+|(?:nous|je) (?:voulons|acceptons|confirmons|commandons|demande|"
    r"demandons|voudrais|souhait\w+(?! vous))|(?:nous avons|j['’]ai) besoin|rembours\w+|merci de nous (?:rappeler|livrer)|"
    r"queremos|quiero|(?:necesit|acept|confirm|precis|aceit)(?:o|amos)|reembols\w+|vogliamo|vorre(?:i|mmo)|"
    r"(?:accett|conferm|ordin)iamo|chied(?:o|iamo)|rimbors\w+|quero|(?:wij|we|ik) (?:willen|wil|nemen|neem|bestellen)|"
    r"akkoord|terugbetal\w+|vi (?:vill|vil|ønsker|behöver|trenger)|återbetal\w+|zamawia\w+|chc(?:emy|ę)|potrzebuj\w+|"
    r"(?:schicken|senden) sie (?:mir|uns) (?:\S+ ){0,4}(?:rechnung|angebot|vertrag)|envoyez-(?:moi|nous) (?:\S+ )?(?:facture|devis|contrat)|"
    r"(?:envíen|manden)(?:me|nos) (?:\S+ )?(?:factura|oferta|contrato)|(?:invia|manda)te(?:mi|ci) (?:\S+ )?(?:fattura|offerta|contratto)|"
    r"stuur (?:mij|me|ons) (?:\S+ )?(?:factuur|offerte|contract)|"
    r"zwrot\w*|chceme|potřebujeme|мы хотим|нам нуж\w+|прошу (?:вернуть|прислать|выслать)|верните"
)
BUSINESS = (
    r"\d ?(?:eur|euros?|usd|gbp|chf|pln|zł|sek|dkk|nok|czk|kč|tl|円|[€$£¥])(?!\w)|(?:(?<!\w)(?:eur|usd|gbp|chf)|[€$£¥]) ?\d|"
    r"(?<!\w)(?:order|invoice|bestellung|rechnung|auftrag|commande|facture|pedido|factura|ordine|fattura|bestelling|factuur|"
    r"encomenda|fatura|zamówieni\w+|objednávk\w+|beställning|заказ\w*)(?:snummer|snr|nummer)?[ :.#]{1,3}(?:(?:no|nr|num(?:mer|ber)|n[°º]|№)[ :.#]{1,3})?[a-z]{0,3}-?\d{3,}|(?<!\w)#\d{3,}|(?:注文|订单|주문)\D{0,4}\d{3,}"
)
"""A sum, or the number of an order: what somebody writes of who means a matter of theirs."""
WISH_UNSPACED = "注文し|返金|我们(?:要|需要)|退款|주문(?:하|합)|환불"
"""What a person wants, and no absence note says."""
QUESTION = r"(?:\w+[^\w.!?\n]+){2,30}?\w+ ?[?？؟]"
"""A whole question: a note has `Urgent?` at most."""
READ_BEFORE = (
    "read|gelesen|lu|leído|letto|gelezen|lida|lido|läst|læst|lest|luettu|przeczytano|přečteno|okundu|開封済み|"
    "recall|rückruf|rappel|recuperar|richiamo|intrekken|recolher"
)
READ = (
    r"(?:was|has been) (?:read|displayed|opened) (?:on|at)|wurde .{0,60}(?:gelesen|angezeigt|geöffnet)|a été (?:lue?|affichée?)|"
    r"(?:fue|ha sido) (?:leíd|mostrad)[oa]|è stato (?:letto|visualizzato)|(?:is|werd) .{0,60}(?:gelezen|weergegeven)|foi (?:lid|exibid)[oa]|lästes|blev læst|開封されました|"
    r"would like to recall the message|möchte die nachricht .{0,200}zurückrufen|souhaite rappeler le message|desea recuperar el mensaje|desidera richiamare il messaggio|wil het bericht .{0,200}intrekken"
)
"""The subject and the text of a receipt that a mail was read, or of a wish to have it unread."""
MEETING_ANSWER = (
    "accepted|declined|tentative(?:ly accepted)?|zugesagt|abgelehnt|mit vorbehalt|accepté|refusé|provisoire|aceptad[oa]|rechazad[oa]|provisional|"
    "accettat[oa]|rifiutat[oa]|provvisori[oa]|geaccepteerd|geweigerd|afgewezen|voorlopig|aceite|aceito|recusad[oa]|provisóri[oa]|承諾|辞退|仮承諾"
)
"""The label by which calendar programs answer an invitation."""
RECEIVED = (
    r"(?:ticket|case|request|enquiry|inquiry)\s?(?:number|no\.?|id)?\s?[\[#(:]{0,2}\s?[\w-]*\d[\w-]*[\])]?,? (?:has been|was) (?:\w+ )?(?:created|opened|registered|logged|received)|"
    r"(?:your|this) (?:support )?(?:ticket|request|enquiry|inquiry|message|e-?mail|case) (?:has been|was) (?:\w+ )?(?:received|registered|logged|created|opened)|"
    r"(?:your|this) (?:mail|message|e-?mail) .{0,80}is being held until|awaits moderator approval|"
    r"we(?: have|['’]ve)? (?:\w+ )?received your (?:request|enquiry|inquiry|message|e-?mail|ticket)|"
    r"(?:ihre?|deine?) (?:anfrage|nachricht|e-?mail|anliegen|ticket) (?:ist|wurde) (?:\S+ ){0,3}(?:eingegangen|registriert|erfasst|erhalten|angelegt)|ticket .{0,30}(?:wurde|ist) (?:\w+ )?(?:erstellt|eröffnet|angelegt)|"
    r"votre (?:demande|message|ticket) a (?:bien )?été (?:bien )?(?:reçue?|enregistrée?|prise? en compte|créée?)|ticket .{0,30}a été (?:créé|ouvert)|nous avons bien reçu votre (?:demande|message)|"
    r"(?:hemos recibido|se ha (?:recibido|registrado)) su (?:solicitud|mensaje|consulta|correo)|su (?:solicitud|mensaje|consulta) ha sido (?:recibid|registrad)[oa]|(?:ticket|caso) .{0,30}ha sido (?:creado|abierto)|"
    r"abbiamo ricevuto la (?:sua|tua|vostra) (?:richiesta|segnalazione|mail)|la (?:sua|tua|vostra) richiesta è stata (?:\w+ )?(?:ricevuta|registrata|presa in carico)|ticket .{0,30}è stato (?:creato|aperto)|"
    r"(?:uw|je) (?:aanvraag|bericht|verzoek|melding) is (?:\S+ ){0,3}(?:ontvangen|geregistreerd)|(?:wij|we) hebben (?:uw|je) (?:aanvraag|bericht|verzoek|melding) (?:\S+ )?ontvangen|ticket .{0,30}is aangemaakt|"
    r"recebemos (?:o seu|a sua) (?:pedido|mensagem|solicitação)|(?:o seu pedido|a sua (?:mensagem|solicitação)) foi (?:\w+ )?(?:recebid|registad)[oa]|ticket .{0,30}foi (?:criado|aberto)"
)
"""What a desk's machine says of a message that came in."""
REFERENCE = (
    r"(?:ticket|case|reference|ref|vorgang\w*|fall\w*|dossier|caso|pratica|zaak\w*|processo|nummer|number|numéro|número|numero)\W{0,4}(?:\w{1,8}\W{1,3})?[\w-]*\d{3}|[\[#]\w*-?\d{3}|"
    r"automat|do not reply|nicht antworten|nicht auf diese|ne pas répondre|no responda|non rispond|niet beantwoorden|não responda"
)
"""A number that the desk gave it, or that nobody reads an answer."""
MACHINES = (
    r"no[-._]?reply|do[-._]?not[-._]?(?:reply|respond)|auto-?confirm|statements?|receipts?|builds?|backups?|security-alerts?|noreply\w*|no[-._]?responder?|nao[-._]?respond(?:er|a)|ne[-._]?pas[-._]?repondre|"
    r"(?:bitte-?)?nicht-?antworten|keine?-?antwort|non[-._]?rispondere|niet[-._]?(?:be)?antwoorden|nie[-._]?odpowiadaj\w*|"
    r"cevapla\w*|yanitlama\w*|(?:svar-?(?:ej|inte|ikke))|(?:ej|ikke|inte)-?svar|ala-?vastaa|neodpovidat|"
    r"updates?|news|reminders?|invitations?|tracker|www-data|apache|prometheus|sentry|grafana|"
    r"alerts?|alarms?|notifications?|notify|notifier|"
    r"mailer|bounces?|automated|automailer|robot|bot|newsletters?|cron|root|daemon|monitoring|nagios|"
    r"zabbix|jenkins|pagerduty|jira|github|gitlab|buildbot|bugzilla|unsubscribe"
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
