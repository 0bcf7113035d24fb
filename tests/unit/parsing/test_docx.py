"""Word documents: the text a reader sees, and nothing that a hostile file brings along."""

from __future__ import annotations

import io
import zipfile

import pytest

from countersign.parsing.docx import MOST_XML, NotDocxError, read

SPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)
PART = "word/document.xml"


def docx(body: str, head: str = "", *, name: str = PART) -> bytes:
    """A document with this body."""
    xml = f"<?xml version='1.0'?>{head}<w:document {SPACES}><w:body>{body}</w:body></w:document>"
    return packed((name, xml.encode()))


def packed(*parts: tuple[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts:
            archive.writestr(name, content)
    return held.getvalue()


def run(text: str, about: str = "") -> str:
    return f"<w:r><w:rPr>{about}</w:rPr><w:t>{text}</w:t></w:r>"


def paragraph(text: str, about: str = "") -> str:
    return f"<w:p><w:pPr>{about}</w:pPr>{run(text)}</w:p>"


def cell(text: str) -> str:
    return f"<w:tc>{paragraph(text)}</w:tc>"


def refused(body: bytes) -> str:
    with pytest.raises(NotDocxError) as wrong:
        read(body)
    return str(wrong.value)


def test_a_document_is_read_as_its_reader_sees_it() -> None:
    """Headings, lists and tables in their order; what is deleted, hidden, an instruction of a
    field or there twice is not read."""
    body = (
        paragraph("Aurora 2", '<w:pStyle w:val="Title"/>')
        + paragraph("Meilensteine", '<w:pStyle w:val="berschrift1"/>')
        + paragraph("Press kit: 1 March 2027", '<w:numPr><w:ilvl w:val="0"/></w:numPr>')
        + f"<w:p>{run('seen')}<w:del>{run('deleted')}</w:del>{run('hidden', '<w:vanish/>')}"
        + f"<w:r><w:instrText>FIELD</w:instrText></w:r>{run(' and more')}<w:r><w:br/></w:r>"
        + f"<mc:AlternateContent><mc:Choice>{run('once')}</mc:Choice>"
        + f"<mc:Fallback>{run('once')}</mc:Fallback></mc:AlternateContent></w:p>"
        + f"<w:tbl><w:tr>{cell('Ads')}{cell('EUR 5')}</w:tr></w:tbl>"
    )
    assert read(docx(body)).split("\n") == [
        "# Aurora 2",
        "## Meilensteine",
        "- Press kit: 1 March 2027",
        "seen and more once",
        "| Ads | EUR 5 |",
    ]


@pytest.mark.control
def test_a_hostile_file_is_refused_before_it_is_large() -> None:
    """A table of files: each is refused with its reason, and none is unpacked beyond the bound."""
    entity = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    outside = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
    deep = "<w:sdt>" * 400 + "</w:sdt>" * 400
    told = {
        "bomb": (packed((PART, b" " * (MOST_XML + 1))), "more than 10000000 bytes"),
        "entities": (docx(paragraph("&b;"), entity), "declares entities"),
        "outside": (docx(paragraph("&a;"), outside), "declares entities"),
        "deep": (docx(deep), "nested too deeply"),
        "twice": (twice(), "no Word document"),
        "another": (docx(paragraph("x"), name="xl/workbook.xml"), "no Word document"),
        "cut": (docx(paragraph("x"))[:-30], "no whole document"),
        "no zip": (b"PK\x03\x04 and nothing", "no whole document"),
        "broken": (packed((PART, b"<w:document>")), "is broken"),
        "large": (b"PK\x03\x04" + bytes(5_000_000), "more than 5000000 bytes"),
        "locked": (locked(), "password"),
    }
    assert {name: why in refused(body) for name, (body, why) in told.items()} == dict.fromkeys(
        told, True
    )


def locked() -> bytes:
    """The flag of an encrypted part, in both places where a zip keeps it."""
    body = bytearray(docx(paragraph("x")))
    for sign, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        body[body.index(sign) + at] |= 1
    return bytes(body)


def twice() -> bytes:
    """Two parts of one name: one program reads the first, another the last."""
    other = PART.replace("document", "otherone")
    return packed((PART, b"<a/>"), (other, b"<b/>")).replace(other.encode(), PART.encode())
