"""Small mails for the tests: the words to build one, and a collection of broken ones."""
# ruff: noqa: E501 - one broken mail per line reads as the table it is

import base64

RECEIVER = "mx.example.com"


def mail(body: str | bytes = "Hello", *fields: str, sender: str = "Ann <ann@example.com>") -> bytes:
    """Bytes of a mail from `sender` with more header fields; a text body is sent as UTF-8."""
    head = "\r\n".join([f"From: {sender}", "To: sales@example.org", "Subject: Offer", *fields])
    raw = body if isinstance(body, bytes) else body.replace("\n", "\r\n").encode()
    return head.encode("utf-8", "surrogateescape") + b"\r\n\r\n" + raw


def html(markup: str, *fields: str) -> bytes:
    """Bytes of a mail whose only part is HTML."""
    return mail(markup, "Content-Type: text/html; charset=utf-8", *fields)


def multipart(*parts: str, kind: str = "mixed", end: str = "--b--\n") -> bytes:
    """Bytes of a multipart mail with boundary b; each part is its headers and its body."""
    inside = "".join(f"--b\n{part}\n" for part in parts)
    return mail(inside + end, f"Content-Type: multipart/{kind}; boundary=b")


def nested(depth: int) -> bytes:
    """Bytes of a mail with multiparts nested that deep around one text."""
    head = "".join(
        f"Content-Type: multipart/mixed; boundary=b{at}\n\n--b{at}\n" for at in range(depth)
    )
    return b"From: ann@example.com\n" + head.encode() + b"\ndeep inside"


BROKEN: dict[str, bytes] = {
    "no blank line after the headers": b"From: ann@example.com\nSubject: x\nThe body starts here",
    "a foreign line among the headers": b"From: a@example.com\ngarbage\nSubject: x\n\nbody",
    "an unknown charset": mail(b"Gr\xfc\xdfe", "Content-Type: text/plain; charset=x-none"),
    "a wrong charset": mail("Grüße", "Content-Type: text/plain; charset=us-ascii"),
    "a charset that runs escapes": mail("a\\x41", "Content-Type: text/plain; charset=unicode_escape"),
    "a charset that is no text": mail("aa", "Content-Type: text/plain; charset=hex"),
    "a charset with NUL": mail(b"x", "Content-Type: text/plain; charset=\x00\xff"),
    "cut base64": mail("SGVsbG8gd29ybGQ", "Content-Transfer-Encoding: base64"),
    "dirty base64": mail("SGV*sbG8\ngd2!9ybGQ=x", "Content-Transfer-Encoding: base64"),
    "padding in the middle": mail("SGk=\nSGk=\nSA", "Content-Transfer-Encoding: base64"),
    "broken quoted-printable": mail("a=ZZ=3=", "Content-Transfer-Encoding: quoted-printable"),
    "an unknown transfer encoding": mail("xx", "Content-Transfer-Encoding: x-gzip64"),
    "a multipart without a boundary": mail("--q\nContent-Type: text/plain\n\nhi\n--q--", "Content-Type: multipart/mixed"),
    "a multipart with a wrong boundary": mail("--q\nContent-Type: text/plain\n\nhi\n", "Content-Type: multipart/mixed; boundary=z"),
    "a multipart that never ends": multipart("\nhi", end=""),
    "a multipart without parts": mail("text only", "Content-Type: multipart/mixed; boundary=b"),
    "parts of one boundary inside each other": multipart("Content-Type: multipart/mixed; boundary=b\n\n--b\n\nhi"),
    "fifty levels": nested(50),
    "too many levels": nested(51),
    "two thousand parts": multipart(*["\nx"] * 2000),
    "a hundred thousand attached mails": b"From: a@example.com\n" + b"Content-Type: message/rfc822\n\n" * 100_000,
    "huge headers": mail("x", "X-Big: " + "x" * 300_000),
    "two From fields": mail("x", "From: bob@example.org"),
    "a broken From": mail("x", sender='"Ann <ann@example.com'),
    "an encoded word that is cut": mail("x", sender="=?utf-8?b?w6?= <ann@example.com>"),
    "an encoded word of an unknown charset": mail("x", "Comments: x", sender="=?none?q?=FF?= <ann@example.com>"),
    "raw bytes in the subject": b"From: a@example.com\nSubject: Gr\xfc\xdfe\n\nx",
    "an impossible date": mail("x", "Date: Mon, 99 Foo 99999 99:99:99 +9999"),
    "a date with a huge zone": mail("x", "Date: Mon, 3 Nov 2025 10:00:00 +999999999999"),
    "a numbered file name": multipart("Content-Disposition: attachment; filename*1*=b; filename*0*=utf-8''%C3%A4\n\nx", "\nhi"),
    "a file name of another charset": multipart("Content-Disposition: attachment; filename*=none'x'%FF%00\n\nx", "\nhi"),
    "a path as a file name": multipart('Content-Disposition: attachment; filename="../../etc/passwd"\n\nx', "\nhi"),
    "an endless parameter list": mail("x", "Content-Type: text/plain" + "; a*99999=b" * 1000),
    "NUL and controls": mail(b"a\x00b\x07c\x1b[31m\x7f"),
    "bidi controls": mail("a\u202eb\u2066c\U000e0041"),
    "half surrogates": mail("+2AA-ok", "Content-Type: text/plain; charset=utf-7"),
    "bare carriage returns": b"From: a@example.com\rSubject: x\r\rone\rtwo",
    "doubled carriage returns": b"From: a@example.com\r\r\nSubject: x\r\r\n\r\r\none\r\r\ntwo",
    "a byte order mark": b"\xef\xbb\xbf" + mail("x"),
    "a line of an mbox": b"From ann@example.com Mon Nov  3 10:00:00 2025\n" + mail("x"),
    "unclosed HTML": html("<p>hi <b <i style='display:none"),
    "HTML conditional comments": html("<!--[if mso]>no<![endif]--><!--[if !mso]><!-->yes<!--<![endif]-->"),
    "marks without end": mail("a" + "\u0301\u0316" * 50_000),
    "no headers": b"Just a text.\n\nNo mail at all.",
    "only a subject": mail(""),
    "only headers": b"From: Ann <ann@example.com>\r\nTo: sales@example.org\r\n\r\n",
    "nothing": b"",
    "a picture": b"GIF89a" + bytes(range(256)),
    "an Outlook file": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512),
    "JSON": b'{"from": "ann@example.com"}',
    "random bytes": base64.b85decode(b"c$|G%" * 40),
}  # fmt: skip
