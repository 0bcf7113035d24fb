"""What comes out of a mail: sender, text, history, files, and who wrote it."""
# ruff: noqa: E501 - other alphabets are meant, and a case per line reads as a table

import base64
from datetime import UTC, datetime

import pytest

from countersign.domain.errors import Quarantined
from countersign.parsing.mail import mime
from countersign.parsing.mail.message import Mail, read_mail
from tests.unit.parsing.mails import BROKEN, RECEIVER, html, mail, multipart, nested


def read(raw: bytes) -> Mail:
    """Read with the receiver of the tests."""
    return read_mail(raw, authserv_id=RECEIVER)


def test_a_plain_mail_is_read_whole() -> None:
    """Every field of a tidy mail comes out, decoded and in UTC."""
    found = read(
        mail(
            "Guten Tag,\nbitte ein Angebot.",
            "Cc: Bob <bob@example.com>, broken@",
            "Reply-To: office@example.com",
            "Date: Mon, 3 Nov 2025 10:00:00 +0100",
            "Message-ID: <1@example.com>",
            "In-Reply-To: <0@example.org> (your mail)",
            sender="=?utf-8?q?J=C3=B6rg_M=C3=BC?= =?utf-8?q?ller?= <joerg@Example.COM>",
        )
    )
    assert (found.sender, found.sender_name) == ("joerg@example.com", "Jörg Müller")
    assert (found.reply_to, found.to) == (
        "office@example.com",
        ("sales@example.org", "bob@example.com"),
    )
    assert found.date == datetime(2025, 11, 3, 9, tzinfo=UTC)
    assert (found.message_id, found.in_reply_to) == ("<1@example.com>", "<0@example.org>")
    assert found.text == "Guten Tag,\nbitte ein Angebot."
    assert (found.automatic, found.authenticated, found.defects) == (None, False, ())


def test_an_encoded_character_may_be_split_between_two_words() -> None:
    """Neighbouring encoded words of one charset are joined before they are decoded."""
    pieces = [base64.b64encode(half).decode() for half in (b"\xe4\xbd", b"\xa0")]
    subject = " ".join(f"=?UTF-8?B?{piece}?=" for piece in pieces)
    raw = b"From: a@example.com\nSubject: " + subject.encode() + b"\n\nx"
    assert read(raw).subject == "你"


@pytest.mark.parametrize(
    ("charset", "codec", "text"),
    [
        ("koi8-r", "koi8-r", "Привет, цена?"),
        ("windows-1251", "cp1251", "Привет"),
        ("gb2312", "gb18030", "你好镕"),
        ("iso-2022-jp", "iso2022_jp", "見積もり"),
        ("shift_jis", "cp932", "①見積"),
        ("euc-kr", "cp949", "견적"),
        ("big5", "big5", "報價"),
        ("iso-8859-1", "cp1252", "50 € – “now”"),
        ("utf-16", "utf-16", "Grüße"),
        ("us-ascii", "utf-8", "Grüße"),
        ("iso-8859-1", "utf-8", "Grüße"),
        ("x-none", "cp1252", "Grüße"),
        ("utf-8", "cp1252", "Grüße"),
        ("iso-2022-jp", "shift_jis", "見積もりをお願いします"),
        ("iso-2022-jp", "euc_jp", "見積もりをお願いします"),
        ("cp-1250", "cp1250", "ščřžýáíé"),
        ("win-1251", "cp1251", "Привет"),
        ("windows_1256", "cp1256", "مرحبا"),
        ("iso-8859-9", "cp1254", "Merhaba şğı"),
    ],
)
def test_text_is_read_in_its_declared_or_its_real_charset(
    charset: str, codec: str, text: str
) -> None:
    """Declared charsets count first; text that they do not fit is read as what it is."""
    found = read(mail(text.encode(codec), f"Content-Type: text/plain; charset={charset}"))
    assert found.text == text


@pytest.mark.parametrize(
    ("declared", "codec", "text"),
    [
        *((declared, codec, "お見積りをおねがいします。40台です。")
          for declared, codec in [
              ("us-ascii", "iso2022_jp"), ("utf-8", "iso2022_jp"), ("iso-8859-1", "iso2022_jp"),
              ("shift_jis", "iso2022_jp"), ("shift_jis", "euc_jp"), ("euc-jp", "cp932"),
              ("x-unknown", "cp932"), ("x-unknown", "euc_jp"), ("shift_jis", "utf-8"),
              ("utf-8", "cp932"), ("utf-8", "euc_jp"),
          ]),
        ("iso-8859-1", "cp1252", "Grüße aus Köln, für 40 Stühle"),
        ("x-unknown", "cp1252", "Grüße aus Köln, für 40 Stühle"),
    ],
)  # fmt: skip
def test_wrongly_declared_japanese_is_read_as_what_it_shows(
    declared: str, codec: str, text: str
) -> None:
    """Escapes and kana tell the charset that the header does not; nothing else becomes Japanese."""
    assert (
        read(mail(text.encode(codec), f"Content-Type: text/plain; charset={declared}")).text == text
    )


@pytest.mark.parametrize("declared", ["utf-8", "us-ascii", "iso-8859-1", "x-unknown"])
@pytest.mark.parametrize(
    ("codec", "text"),
    [
        ("cp1251", "Добрый день, пришлите, пожалуйста, цену на сканеры."),
        ("koi8-r", "Добрый день, пришлите, пожалуйста, цену на сканеры."),
        ("cp1251", "ЗАПРОС ЦЕНЫ"),
        ("koi8-r", "ЗАПРОС ЦЕНЫ"),
        ("cp1251", "Доброго дня, надішліть ціну на сканери"),
        ("gb18030", "您好，我们公司需要12台扫描仪，请问价格是多少？"),
        ("gb18030", "请报价"),
        ("big5", "您好，我們公司需要掃描器，請問價格是多少？"),
        ("cp949", "안녕하세요, 견적 부탁드립니다."),
        ("cp949", "견적 요청"),
    ],
)
def test_another_script_is_read_in_the_charset_that_shows_it(
    declared: str, codec: str, text: str
) -> None:
    """Of what the header does not say, the frequent letters of a script tell the charset."""
    found = read(mail(text.encode(codec), f"Content-Type: text/plain; charset={declared}"))
    assert found.text == text
    assert "it was read as" in found.defects[0]


@pytest.mark.control
@pytest.mark.parametrize("declared", ["utf-8", "us-ascii", "iso-8859-1", "x-unknown"])
@pytest.mark.parametrize(
    "text",
    [
        "Größe für Müller & Söhne, Preis 90 €",
        "Äöüß",
        "ÄÖÜ ÄÖÜ ÄÖÜ",
        "Ça coûte très cher, à bientôt, été, élève",
        "mañana español ¿cuánto cuesta?",
        "È già più perché",
        "São João não é ação",
        "Þórður Æðelþryð",
    ],
)
def test_control_western_text_stays_western(declared: str, text: str) -> None:
    """Control: accents, capitals and signs are no other script's."""
    body = text.encode("cp1252")
    assert read(mail(body, f"Content-Type: text/plain; charset={declared}")).text == text


@pytest.mark.parametrize(
    ("charset", "codec", "words"),
    [
        ("iso-8859-2", "iso8859_2", "Zażółć gęślą"),
        ("windows-1251", "cp1251", "Привет Цена"),
        ("koi8-r", "koi8-r", "Привет Цена"),
        ("big5", "big5", "報價單"),
        ("gb2312", "gb18030", "报价单"),
        ("euc-kr", "cp949", "견적서"),
        ("shift_jis", "cp932", "見積もり"),
        ("iso-8859-1", "cp1252", "Grüße"),
        ("iso-8859-1", "utf-8", "Grüße"),
        ("us-ascii", "utf-8", "報價單"),
    ],
)
@pytest.mark.parametrize("part", ["{}", "Content-Type: multipart/mixed; boundary=b"])
def test_raw_headers_are_in_the_charset_of_the_body(
    charset: str, codec: str, words: str, part: str
) -> None:
    """Bytes that are no UTF-8 and no encoded word are read as the text below declares."""
    kind = f"Content-Type: text/plain; charset={charset}"
    head, body = (kind, "x") if part == "{}" else (part, f"--b\n{kind}\n\nx\n--b--\n")
    raw = f"From: {words} <ann@example.com>\nSubject: {words}\n".encode(codec)
    found = read(raw + f"{head}\n\n{body}".encode())
    assert (found.subject, found.sender_name) == (words, words)


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        *((name, "Gr=C3=BC=C3=9Fe, 20 desks") for name in ("quotedprintable", "Quoted_Printable", "QP", "Q")),
        *((name, "R3LDvMOfZSwgMjAgZGVza3M=") for name in ("base-64", "B64", "BASE 64")),
        *((name, "Grüße, 20 desks") for name in ("8bits", "7-bit", "utf-8", "plain", '"8bit"')),
    ],
)  # fmt: skip
def test_an_encoding_by_another_name_is_undone(encoding: str, body: str) -> None:
    """Senders misspell the encodings that there are; those names are known."""
    kind = "Content-Type: text/plain; charset=utf-8"
    found = read(mail(body, kind, f"Content-Transfer-Encoding: {encoding}"))
    assert (found.text, found.defects) == ("Grüße, 20 desks", ())


def test_words_in_an_encoding_that_nobody_knows_are_read_as_they_stand() -> None:
    """What looks like words is text, with a note."""
    found = read(mail("Please send us 20 desks.", "Content-Transfer-Encoding: x-mystery"))
    assert found.text == "Please send us 20 desks."
    assert found.defects == ("A part has an unknown transfer encoding; it was read as it stands.",)


def test_words_that_are_no_base64_are_read_as_they_stand() -> None:
    """Spaces and commas on a line are no encoding, whatever the header says."""
    said = "Hello, please send us 20 desks, thank you."
    found = read(mail(said, "Content-Transfer-Encoding: base64"))
    assert found.text == said
    assert "says that it is base64" in found.defects[0]


def test_a_files_name_keeps_its_backslashes() -> None:
    """A path of Windows in quotes is no escape."""
    head = r'Content-Disposition: attachment; filename="C:\TEMP\new.png"'.replace("\\\\", "\\")
    raw = multipart("\nHello", f"Content-Type: image/png\n{head}\n\nx")
    assert [file.name for file in read(raw).attachments] == ["C:\\TEMP\\new.png"]


def test_a_few_lost_bytes_do_not_change_the_charset() -> None:
    """One bad byte in a text of its declared charset is replaced and noted."""
    raw = "Цена и срок".encode("cp1251") + b"\x98" + "поставки".encode("cp1251")
    found = read(mail(raw, "Content-Type: text/plain; charset=windows-1251"))
    assert found.text == "Цена и срок\ufffdпоставки"
    assert found.defects == ("Some bytes do not fit the declared charset; they were replaced.",)


_FULL = "We need 12 scanners, our budget is EUR 9,000."
_BOTH = "The versions of the mail differ; both are shown, the shorter one behind marks."


@pytest.mark.parametrize(
    ("plain", "rich", "text"),
    [
        ("  ", f"<p>{_FULL}</p>", _FULL),
        (_FULL, "<p>We need <b>12</b> scanners, our budget is EUR&nbsp;9,000.</p>", _FULL),
        (f"{_FULL}\nhttps://x.example/?id=4711", f"<p>{_FULL}</p><a>Shop</a>", f"{_FULL}\nhttps://x.example/?id=4711"),
        (f"{_FULL} [image: logo 300]", f"<p>{_FULL}</p>", f"{_FULL} [image: logo 300]"),
        (_FULL, "<p>View in browser</p>", _FULL),
        ("This message is in HTML format.", f"<p>{_FULL}</p>", _FULL),
        ("Your mail program does not show HTML.", f"<p>{_FULL}</p>", _FULL),
        ("Ihre Nachricht braucht ein anderes Programm.", f"<p>{_FULL}</p>", _FULL),
        ("View this mail online", f"<p>{_FULL}</p>", _FULL),
        ("We need 12 scanners", f"<p>{_FULL}</p>", _FULL),
        ("お見積りをお願いします", "<p>お見積りをお願いします。</p>", "お見積りをお願いします"),
        ("お見積りを", "<p>お見積りを12台お願いします</p>", "お見積りを12台お願いします"),
        ("Ver este correo en el navegador", f"<p>{_FULL}</p>", _FULL),
        ("Se non leggi questa mail clicca qui", f"<p>{_FULL}</p>", _FULL),
        ("<only tags?>", "<p><br></p>", "<only tags?>"),
        ("Please refund me, order 1042", "<p>Please do not refund me, order 1042</p>",
         "Please do not refund me, order 1042"),
        ("Bitte erstatten Sie mir alles", "<p>Bitte erstatten Sie mir nicht alles</p>",
         "Bitte erstatten Sie mir nicht alles"),
    ],
)  # fmt: skip
def test_of_two_versions_the_richer_is_read(plain: str, rich: str, text: str) -> None:
    """The plain version is the text unless it is blank, a stub, or a part of what the HTML says."""
    raw = multipart(
        f"Content-Type: text/plain; charset=utf-8\n\n{plain}",
        f"Content-Type: text/html; charset=utf-8\n\n{rich}",
        kind="alternative",
    )
    found = read(raw)
    assert (found.text, found.defects) == (text, ())


@pytest.mark.parametrize(
    ("plain", "rich", "text"),
    [
        ("Please refund 900 EUR.", "<p>Please do not refund us, all is well now, thank you.</p>",
         "Please do not refund us, all is well now, thank you.\n\n> Please refund 900 EUR."),
        ("Budget 90,000 EUR, 12 scanners", "<p>Budget 11,000 EUR, 12 scanners</p>",
         "Budget 11,000 EUR, 12 scanners\n\n> Budget 90,000 EUR, 12 scanners"),
        ("Budget 9,000 EUR, 12 scanners", "<p>Budget 900,000 EUR, 12 scanners</p>",
         "Budget 900,000 EUR, 12 scanners\n\n> Budget 9,000 EUR, 12 scanners"),
        ("We need 40 chairs. Ship to Leeds.", "<p>We need 40 chairs. Ship to Lagos.</p>",
         "We need 40 chairs. Ship to Lagos.\n\n> We need 40 chairs. Ship to Leeds."),
        ("This HTML costs 70 EUR", f"<p>{_FULL}</p>", f"{_FULL}\n\n> This HTML costs 70 EUR"),
    ],
)  # fmt: skip
def test_versions_that_differ_are_both_shown(plain: str, rich: str, text: str) -> None:
    """What a mail tells one reader and not the other is marked, and the mail says so."""
    found = read(multipart(f"\n{plain}", f"Content-Type: text/html\n\n{rich}", kind="alternative"))
    assert (found.text, found.defects) == (text, (_BOTH,))


def test_files_are_listed_and_not_opened() -> None:
    """Files have name, type and decoded size; only an attached mail is text as well."""
    found = read(
        multipart(
            "Content-Type: text/plain\n\nSee the file.",
            'Content-Type: application/pdf; name="a.pdf"\nContent-Transfer-Encoding: base64\n\nQUJDREU=',
            'Content-Disposition: attachment; filename="../../etc/passwd"\n\nx',
            "Content-Disposition: attachment; filename*0*=utf-8''%C3%A4; filename*1=b.txt\n\nx",
            "Content-Type: message/rfc822\n\nFrom: eve@example.net\n\nInner text",
        )
    )
    assert found.text.startswith("See the file.\n\n---------- Forwarded message")
    assert found.text.endswith("From: eve@example.net\n\nInner text")
    assert [(file.name, file.content_type, file.size) for file in found.attachments] == [
        ("a.pdf", "application/pdf", 5),
        ("../../etc/passwd", "text/plain", 1),
        ("äb.txt", "text/plain", 1),
        (None, "message/rfc822", 33),
    ]


def test_uuencoded_files_leave_the_text() -> None:
    """A file uuencoded inside the text is listed; a text that only mentions one is not."""
    found = read(mail("Hi\nbegin 644 a.gif\nM123\n`\nend\nbegin 644 alone"))
    assert [file.name for file in found.attachments] == ["a.gif"]
    assert found.text == "Hi\nbegin 644 alone"


def test_history_and_signature_are_split_off() -> None:
    """New text, quoted history and signature come out apart, and nothing is lost."""
    found = read(
        mail("Yes, 20.\n\n-- \nAnn, ACME\n\nOn 3 Nov 2025 at 10:00, Bob wrote:\n> How many?")
    )
    assert (found.text, found.signature) == ("Yes, 20.", "--\nAnn, ACME")
    assert found.quoted == "On 3 Nov 2025 at 10:00, Bob wrote:\n> How many?"


def test_history_in_html_is_split_off() -> None:
    """A quote block of a web mail program counts as history."""
    found = read(
        html(
            "<div>20 please</div><div class='gmail_quote'>On 3 Nov 2025 at 10:00, Bob "
            "wrote:<blockquote>How many?</blockquote></div>"
        )
    )
    assert (found.text, "How many?" in found.quoted) == ("20 please", True)


def test_invisible_characters_are_removed() -> None:
    """NUL, controls, bidi controls, tag characters and zero-width spaces leave the text."""
    found = read(mail("a\x00b\x1bc\u202ed\u2066e\U000e0041f\u200bg\ufeffh e\u0301"))
    assert found.text == "abcdefgh é"


def test_long_text_is_cut_with_a_note() -> None:
    """More than 200,000 characters are cut, and the mail says so."""
    found = read(mail("word " * 60_000))
    assert len(found.text) <= 200_000
    assert found.defects == ("The text was cut at 200000 characters.",)


def test_a_cut_falls_between_characters() -> None:
    """Text beyond what is read is cut at a line end, so that its charset still fits."""
    found = read(mail("日本語のテキスト。\n" * 60_000))
    assert found.text.startswith("日本語のテキスト。\n日本語")
    assert not any("charset" in defect for defect in found.defects)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("nothing", "empty"),
        ("a picture", "a picture"),
        ("an Outlook file", "Outlook"),
        ("JSON", "JSON"),
        ("no headers", "headers"),
        ("only headers", "no text"),
        ("too many levels", "parts"),
        ("two thousand parts", "parts"),
        ("huge headers", "headers are longer"),
    ],
)
def test_what_cannot_be_read_is_quarantined_with_its_reason(name: str, reason: str) -> None:
    """Bytes that are no mail, show nothing, or exceed a bound are quarantined and say why."""
    with pytest.raises(Quarantined, match=reason):
        read(BROKEN[name])


def test_a_mail_beyond_the_size_bound_is_not_even_parsed() -> None:
    """One byte above the limit is quarantined."""
    head = b"From: ann@example.com\n\n"
    with pytest.raises(Quarantined, match="larger"):
        read(head + b"x" * (mime.MAX_BYTES - len(head) + 1))


def test_the_deepest_allowed_nesting_is_read() -> None:
    """Fifty levels are read to the text inside."""
    assert read(nested(50)).text == "deep inside"


@pytest.mark.parametrize(
    ("sender", "address", "defect"),
    [
        ('"boss@corp.example" <eve@example.net>', "eve@example.net", "shows another address"),
        ("=?utf-8?q?boss=40corp.example?= <eve@example.net>", "eve@example.net", "shows another"),
        ('"a\\"<boss@corp.example>" <eve@example.net>', "eve@example.net", "shows another"),
        ("<boss@corp.example> <eve@example.net>", None, "no usable"),
        ("ann@example.com, eve@example.net", "ann@example.com", "several authors"),
        ("Ann (the <boss@corp.example> one) <ann@example.com>", "ann@example.com", None),
        ("ann@localhost", None, "no usable"),
        ('"ann smith"@example.com', None, "no usable"),
        ("ann@exa mple", None, "no usable"),
        ("ann@müller.example", "ann@xn--mller-kva.example", None),
        ("undisclosed:;", None, "no usable"),
    ],
)
def test_the_sender_is_the_address_and_not_what_the_name_shows(
    sender: str, address: str | None, defect: str | None
) -> None:
    """Tricks with names, comments and brackets do not change whose address it is."""
    found = read(mail("x", sender=sender))
    assert found.sender == address
    assert bool(found.defects) == bool(defect)
    assert not defect or defect in found.defects[0]


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("Whitlock, Dana <dana@harrow.example>", "Whitlock, Dana"),
        ("Whitlock Tools, Sales, Leeds <dana@harrow.example>", "Whitlock Tools, Sales, Leeds"),
        ("Harrow, Inc. <dana@harrow.example>", "Harrow, Inc."),
        ("Müller, Jörg <dana@harrow.example>", "Müller, Jörg"),
        ("=?utf-8?q?M=C3=BCller?=, =?utf-8?q?J=C3=B6rg?= <dana@harrow.example>", "Müller, Jörg"),
        ("=?utf-8?q?Dana_=3Cdana=40harrow.example=3E?=", "Dana"),
        ("Dana, <dana@harrow.example.>", "Dana"),
        ("Dana dana@harrow.example", "Dana"),
        ("Dana [dana@harrow.example]", "Dana"),
        ("Dana <mailto:dana@harrow.example>", "Dana"),
        ("Dana <dana@harrow.example<mailto:dana@harrow.example>>", "Dana"),
        ("Dana <dana @harrow.example>", "Dana"),
        ("Dana <dana@harrow .example>", "Dana"),
        ("Dana <dana@harrow. example>", "Dana"),
        ("<Dana dana@harrow.example>", "Dana"),
        ("Dana; Sales <dana@harrow.example>", "Dana; Sales"),
        ("Sales @ Harrow, Leeds <dana@harrow.example>", "Sales @ Harrow, Leeds"),
        ("dana@harrow.example <>", ""),
        ("'dana@harrow.example'", ""),
        ("<Dana Whitlock> <dana@harrow.example>", "Dana Whitlock"),
        ("&quot;Dana&quot; &lt;dana@harrow.example&gt;", "Dana"),
        ("Dana <smtp:dana@harrow.example>", "Dana"),
        ("Dana <dana\uff20harrow.example>", "Dana"),
    ],
)
def test_a_broken_from_with_one_address_is_repaired(value: str, name: str) -> None:
    """Where one address and no other can be read it is the sender's, with a finding, and nobody
    vouches for it."""
    verdict = f"Authentication-Results: {RECEIVER}; dmarc=pass header.from=harrow.example"
    found = read(mail("x", verdict, sender=value))
    assert (found.sender, found.sender_name) == ("dana@harrow.example", name)
    assert "repaired" in found.defects[0]
    assert not found.authenticated


def test_quotes_that_nothing_needs_are_no_part_of_the_address() -> None:
    """They mean the same without them; a name that only quotes make an address is none."""
    assert read(mail("x", sender='Dana <"dana"@harrow.example>')).sender == "dana@harrow.example"
    assert read(mail("x", sender='Dana <"dana whitlock"@harrow.example>')).sender is None


def test_a_from_without_an_address_keeps_its_name() -> None:
    """Whoever reads the case knows whom the mail names."""
    found = read(mail("x", sender="Dana Whitlock"))
    assert (found.sender, found.sender_name) == (None, "Dana Whitlock")


@pytest.mark.control
@pytest.mark.parametrize(
    "value", ["a@x.example b@y.example", "<a@x.example> <b@y.example>", "Ann, Bob", ""]
)
def test_control_two_addresses_or_none_are_not_repaired(value: str) -> None:
    """Control: nothing is guessed where the value names two, or nobody."""
    assert read(mail("x", sender=value)).sender is None


def test_reply_to_stands_in_for_a_from_without_an_address() -> None:
    """A From that names a host alone is no address to answer to; the one of Reply-To is."""
    found = read(mail("x", "Reply-To: ann@example.com", sender="root@localhost"))
    assert (found.sender, found.authenticated) == ("ann@example.com", False)
    assert found.defects == ("From has no usable address; the one of Reply-To was read.",)
    assert read(mail("x", "Reply-To: ann@example.com", sender="MAILER-DAEMON (x)")).automatic


OURS = f"Authentication-Results: {RECEIVER};"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ([f"{OURS} dmarc=pass header.from=example.com"], True),
        ([f"{OURS} spf=fail; dkim=pass (2048 bit) header.i=@example.com header.s=a"], True),
        ([f"{OURS} dkim=pass header.d=example.com; dmarc=none"], True),
        ([f"Authentication-Results: {RECEIVER} 1; dmarc=pass"], True),
        ([OURS + " none"], False),
        ([f"{OURS} dmarc=fail", f"{OURS} dmarc=pass"], False),
        (["Authentication-Results: other.example; none", f"{OURS} dmarc=pass"], False),
        (["Authentication-Results: x.mx.example.com; dmarc=pass"], False),
        (["Authentication-Results: MX.EXAMPLE.COM; dmarc=pass"], False),
        ([f"Authentication-Results: {RECEIVER} evil; dmarc=pass"], False),
        ([f"{OURS} dmarc=pass header.from=example.net"], False),
        ([f"{OURS} dmarc=fail; dkim=pass header.d=example.com"], False),
        ([f"{OURS} dkim=pass header.d=example.net"], False),
        ([f"{OURS} dkim=pass header.d=com"], False),
        ([f"{OURS} dkim=pass header.d=ample.com"], False),
        ([f"{OURS} dkim=pass header.d=mail.example.com"], False),
        ([f"{OURS} dkim=pass header.d=example.net header.i=@example.com"], False),
        ([f"{OURS} dkim=pass header.d=example.net header.d=example.com"], False),
        ([f"{OURS} spf=pass (dmarc=pass)"], False),
        ([f"{OURS} spf=pass (; dmarc=pass ;)"], False),
        ([f"{OURS} spf=fail (a \\) ; dmarc=pass (b)"], False),
        ([f'{OURS} spf=pass reason="; dmarc=pass"'], False),
        ([f'{OURS} spf=pass reason="open; dmarc=pass'], False),
        ([f'{OURS} dkim=pass reason="x header.d=example.com"'], False),
        ([f"{OURS} xdmarc=pass"], False),
        ([f"{OURS} dmarc=passed"], False),
        ([f"{OURS} dmarc=pass", "From: eve@example.net"], False),
    ],
)
def test_only_our_receivers_topmost_verdict_authenticates(
    fields: list[str], expected: bool
) -> None:
    """Forged, foreign, commented, quoted or unaligned verdicts never count."""
    assert read(mail("x", *fields)).authenticated is expected


def test_a_parent_domain_signs_for_its_children() -> None:
    """DKIM of example.com proves a sender at news.example.com, not at badexample.com."""
    verdict = f"{OURS} dkim=pass header.d=example.com"
    assert read(mail("x", verdict, sender="a@news.example.com")).authenticated
    assert not read(mail("x", verdict, sender="a@badexample.com")).authenticated


@pytest.mark.parametrize(
    ("subject", "fields", "expected"),
    [
        ("Offer", [], None),
        ("Offer", ["Auto-Submitted: no", "X-Autoreply: no"], None),
        ("Re: Automatic reply: Offer", [], None),
        ("Out of office chairs: 20 pieces", [], None),
        ("Delivery failed for order 7", [], None),
        ("Offer", ["Auto-Submitted: auto-replied"], "auto-reply"),
        ("Offer", ["Auto-Submitted: auto-replied (vacation)"], "out-of-office"),
        ("Offer", ["Precedence: auto_reply"], "auto-reply"),
        ("Offer", ["X-Autorespond: Offer"], "auto-reply"),
        ("Automatic reply: Offer", ["Return-Path: <>"], "out-of-office"),
        ("Abwesenheitsnotiz: Angebot", [], "out-of-office"),
        ("Réponse automatique : Offre", [], "out-of-office"),
        ("Respuesta automática: Oferta", [], "out-of-office"),
        ("自动回复：报价", [], "out-of-office"),
        ("Offer", ["Return-Path: <>"], "bounce"),
        ("Undeliverable: Offer", ["Auto-Submitted: auto-replied"], "bounce"),
        ("Unzustellbar: Angebot", [], "bounce"),
        ("Offer", ["Content-Type: multipart/report; report-type=delivery-status"], "bounce"),
        ("Read", ["Content-Type: multipart/report; report-type=disposition-notification"], "auto-reply"),
        ("Offer", ["List-Id: <news.example.com>"], "mailing-list"),
        ("Offer", ["List-Unsubscribe: <https://example.com/u>"], "mailing-list"),
        ("Offer", ["List-Unsubscribe: <https://example.com/u>", "List-Id: <n.example.com>"], "mailing-list"),
        ("Offer", ["Auto-Submitted: auto-generated"], "auto-reply"),
        ("Offer", ["Precedence: bulk"], "mailing-list"),
    ],
)  # fmt: skip
def test_mail_written_by_machines_is_told(
    subject: str, fields: list[str], expected: str | None
) -> None:
    """Headers tell a machine's mail, subjects do where there are none, and people's mail stays."""
    raw = mail("text", *fields).replace(b"Subject: Offer", b"Subject: " + subject.encode())
    assert read(raw).automatic == expected


@pytest.mark.parametrize(
    ("subject", "fields", "signs"),
    [
        ("Offer", [], 0),
        ("Out of office chairs", [], 0),
        ("Out of office: Offer", [], 1),
        ("Offer", ["List-Id: <a.example>", "List-Unsubscribe: <https://a.example>"], 1),
        ("Offer", ["List-Id: <a.example>", "Precedence: list"], 1),
        ("Out of office: Offer", ["Auto-Submitted: auto-replied"], 2),
        ("Offer", ["Auto-Submitted: auto-generated", "X-Autoreply: yes"], 1),
        ("Undeliverable: Offer", ["Return-Path: <>", "Auto-Submitted: auto-replied"], 3),
        ("Offer", ["Content-Type: multipart/report; report-type=delivery-status"], 1),
    ],
)
def test_signs_of_a_machine_count_once_each(subject: str, fields: list[str], signs: int) -> None:
    """Two fields of one kind are one sign: neither follows from the other kinds."""
    raw = mail("text", *fields).replace(b"Subject: Offer", b"Subject: " + subject.encode())
    assert read(raw).signs == signs


def test_a_mailer_daemon_bounces() -> None:
    """What a mailer-daemon sends is a bounce even without its address being usable."""
    assert read(mail("x", sender="MAILER-DAEMON (Mail system)")).automatic == "bounce"
    assert read(mail("x", sender="postmaster@example.com")).automatic == "bounce"
