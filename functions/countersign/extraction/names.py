"""The person whom a display name means: none for a company, a role or a machine.

Our own, because nameparser reads "Stone Works, Inc." as the person Inc. Stone Works and a name of
two Han words from the wrong end.
"""
# ruff: noqa: E501, RUF001 - patterns in many languages and scripts

from __future__ import annotations

import html
import re

from countersign.parsing.text import one_line

_LONGEST = 200
_FEWEST_CAPITALS = 3
_MOST_WORDS = 6
_LONGEST_DEGREE = 5
_VOWEL = re.compile(r"[AEIOUYÄÖÜÀÁÈÉÌÍÒÓÙÚ]")
_ADDED = re.compile(
    r"\([^()]*\)|\[[^\[\]]*\]|<[^<>]*>|\s(?:she|he|they|sie|er|elle|il|ella|él)/\w.*|\s[|/·–—@•].*|\s-\s.*|\s(?:via|c/o|at|from|bei|chez)\s.*|,\s*(?:head of|chief|director|manager|c[efot]o|vp|owner|"
    r"founder|president|einkauf|vertrieb|leit\w+|geschäftsführ\w+|responsable|directeur|directrice|gerente|directora?|titolare|responsabile|kierownik|prezes|müdürü?)\b.*",
    re.IGNORECASE,
)
_TITLE = re.compile(
    r"^(?:(?:mr|mrs|ms|miss|mx|sir|dame|dr|mult|med|rer|nat|phil|jur|iur|habil|h\.c|prof(?:\.?ssa)?|professor|rev|fr|herrn?|frau|hr|dipl\.?-\w+|dipl|ing|mag|m|mme|mlle|me|monsieur|"
    r"madame|mademoiselle|sr|sra|srta|señora?|don|doña|sig\.?(?:ra|na)|sig|signora?|mgr|inż|inz|sayın|av|mevrouw|lic|lcdo|engr|eng|capt|maj|lt|sgt|col|dott(?:\.?ssa)?|prof\.?ssa|avv|geom|drs|ir|bc|judr|mudr|rndr|phdr|dra|adv|hon|doç|uzm|arq|arch|rag|dña|dhr|mevr|"
    r"mw|pan|pani|bay|bayan|г-н|г-жа|&|and|und|et)(?:\.|(?=\s))[\s-]*)+",
    re.IGNORECASE,
)
_DEGREE = re.compile(
    r"(?:ph\.?\s?d|m\.?d|m\.?b\.?a|m\.?sc|b\.?sc|m\.?a|b\.?a|ll\.?m|cpa|esq|jr|sr|ii|iii|iv|dipl\.?-?ing|"
    r"mag|prof|dr|rn|dds|pe|pmp|f?ac[ca]a?|fca|cfa|cima|meng|beng|edd|psyd|csc|dr\.?sc|mphil|c[efot]o)\.?",
    re.IGNORECASE,
)
_HONORIFIC = re.compile(r"\s*(?:様|さん|氏|先生|先生様|님|女士)$")
_LEGAL = re.compile(
    r"(?<!\w)(?:(?i:gmbh|ohg|e\.k|e\.v|ltd|limited|inc|incorporated|llc|llp|corp|corporation|plc|s\.a\.s|sarl|"
    r"s\.a\.r\.l|s\.a\.u?|s\.l\.u?|s\.?r\.?l\.?s?|s\.?p\.?a|b\.v|n\.v|a/s|aps|oyj?|k\.k|pty|pte|pvt|lda|ltda|"
    r"sp\. z o\.?\s?o|s\.?r\.?o|d\.?o\.?o|kft|zrt|a\.ş|ооо|зао)|AG|KG|UG|AB|SA|SAS|SAU|SL|SLU|BV|NV|KK|SE|Co)"
    r"\.?(?!\w)|株式会社|有限会社|合同会社|有限公司|公司|주식회사"
)
_NO_PERSON = re.compile(
    r"(?<!\w)(?:team|sales|support|service|services|customer|kundenservice|kundendienst|vertrieb|einkauf|buchhaltung|"
    r"info|office|admin|administrator|webmaster|postmaster|wordpress|website|webshop|shop|store|contact|kontakt|"
    r"enquir(?:y|ies)|orders?|bestellung(?:en)?|noreply|no-reply|do-not-reply|newsletter|news|newsroom|newsdesk|editorial|redaktion|rédaction|redacción|redazione|redactie|redação|notifications?|alerts?|"
    r"mailer|daemon|system|bot|helpdesk|help|desk|group|gruppe|groupe|grupo|gruppo|solutions|systems|technolog(?:y|ies)|"
    r"consulting|agency|agentur|agence|studio|works|industries|logisti[ck]s?|holding|partners|company|firma|department|"
    r"abteilung|dept|accounts?|accounting|billing|marketing|purchasing|procurement|reception|rezeption|sekretariat|"
    r"secretariat|hr(?!\.\s)|jobs|careers|press|presse|hotel|restaurant|university|universität|verein|foundation|stiftung|"
    r"comercial|ventas|compras|atención|servizio|ufficio|vendite|clienti|verkoop|inkoop|klantenservice|atendimento|"
    r"vendas|obchod|biuro|отдел|продаж|магазин|shopify|typeform|jotform|formspree|wix|squarespace|hubspot|mailchimp|"
    r"salesforce|zendesk|google|microsoft|facebook|linkedin|(?:kontakt)?formular|formulaire|formulario|formulário|"
    r"contactformulier|forms?|\w+(?:erei|formular)|praxis|kanzlei|apotheke|autohaus|klinik(?:um)?|krankenhaus|schule|"
    r"gymnasium|hochschule|stadt|landeshauptstadt|gemeinde|landkreis|ministerium|sparkasse|versicherung|architekten|"
    r"institut[eo]?|museum|museo|musée|clinic|clinique|clínica|clinica|hospital|hôpital|school|college|council|ministry|"
    r"municipality|bakery|pharmacy|pharmacie|farmacia|farmácia|caf[eé]|bistro|garage|motors|builders|plumbing|"
    r"insurance|association|society|library|boulangerie|cabinet|ets|mairie|université|universidade?|lycée|école|"
    r"ayuntamiento|colegio|ferretería|panadería|talleres|comune|università|scuola|officina|ferramenta|câmara|escola|"
    r"\w*abteilung(?:en)?|\w{4,}service|büro|compt[aá]bilit\w+|contabilidad\w*|amministrazion\w+|administrati\w+|\w*avdelning\w*|účtárna|insan kaynak\w+|бухгалтер\w+|ups|fedex|zakład\w*|dział\w*|zakup\w*|nákup\w*|prodej\w*|inköp\w*|försäljning\w*|satın alma|muhasebe|secretar[íi]a|segreteria|sekretariát|paket|parcel|exchange|handlow\w+|usługow\w+|sklep|\w*(?:werke|technik|finanzamt)|elektro|express|(?:metall|holz|tief|hoch|garten)bau|spedition|deutsche|österreichische|internetow\w+|biuro|kancelaria|apteka|obsług\w+|müşteri|hizmet\w+|satış|ekibi|eczane\w*|mağaza\w*|otel|"
    r"pizzeria|trattoria|ristorante|\w+winkel|\w+bedrijf|\w+eingang|empfang|recepción|recepção|accueil|online-?shop|\w+praxis|steuerberat\w+|rechtsanwält\w+|"
    r"gemeente|stichting|bakkerij|(?:&|and|und|et|y|e|en) (?:sons?|söhne|sohn|co|fils|hijos|figli|filhos|zonen|zoon|"
    r"brothers|partners?))(?!\w)|(?<!\w)([^\W\d_]{3,}) & \1(?!\w)|(?:購買|営業|総務|経理|人事|企画|広報|開発|采购|銷售|销售|市场|财务)(?:部門?|部门|課|室)?$|サポート|お客様|客服|办公室|고객센터",
    re.IGNORECASE,
)
_SYMBOLS = re.compile(r"^[^\w(\[<]+|[^\w)\]>.]+$")
_ACCOUNT = re.compile(r"[a-z]+(?:[._][a-z]+)+")
"""What somebody logs in with."""
_BRAND = re.compile(
    r"(?!(?:Mc|Mac|De|Di|Du|Da|La|Le|Van|Von|Fitz|O)[A-Z])[A-Za-z]*[a-z][A-Z][A-Za-z]*"
)
"""One word with a capital within: a name of goods or of a program."""
_DEVICE = re.compile(r"['’]s (?:i?phone|i?pad|galaxy|android|macbook|pc|laptop)\b", re.IGNORECASE)
_FOREIGN = re.compile(r"[@\d/\\<>{}=]|www\.|https?:|\.(?:com|net|org|de|io|co|eu)\b", re.IGNORECASE)


def person(stated: str) -> str:
    """The person's name in the order in which it is spoken, without titles; empty for none."""
    text = one_line(html.unescape(html.unescape(stated)), _LONGEST).strip(" \t\"'«»“”„’,;:")
    text = _SYMBOLS.sub("", text)
    text = _HONORIFIC.sub("", _ADDED.sub("", text)).strip()
    if (
        not text
        or _ACCOUNT.fullmatch(text)
        or _BRAND.fullmatch(text)
        or _DEVICE.search(text)
        or _FOREIGN.search(text)
        or _LEGAL.search(text)
        or _NO_PERSON.search(text)
    ):
        return ""
    text = _TITLE.sub("", _in_order(text)).strip(" ,")
    words = text.split()
    return text if words and len(words) <= _MOST_WORDS and any(map(str.isalpha, text)) else ""


def _in_order(text: str) -> str:
    """`Family, Given` turned round; a degree behind a comma is none of both."""
    last, *more = [part.strip() for part in text.split(",")]
    given = [part for part in more if part and not _is_degree(part, last)]
    if not given:
        return _family_in_capitals(last)
    return f"{given[0]} {last}" if len(given) == 1 else last


def _is_degree(part: str, name: str) -> bool:
    """Whether it stands behind a name for what somebody is: in a list, or in capitals, which behind
    one word alone may be the given name where it can be spoken."""
    in_capitals = part.isupper() and " " not in part and len(part) <= _LONGEST_DEGREE
    is_given = " " not in name and bool(_VOWEL.search(part))
    return bool(_DEGREE.fullmatch(part)) or (in_capitals and not name.isupper() and not is_given)


def _family_in_capitals(text: str) -> str:
    """`DUPONT Marie`, as forms and French and East European senders write, turned round."""
    words = text.split()
    loud = [len(word) >= _FEWEST_CAPITALS and word.isupper() for word in words]
    first = loud.index(False) if False in loud else 0
    if not first or any(loud[first:]):
        return text
    return " ".join((*words[first:], *words[:first]))
