"""Sixty files that were made to do harm, and a process that takes them in as the stage would: with
the memory of a function, and with a watch on everything that it writes.

    python -m tests.guarantees.uploads [NUMBER …]    prints how each ended, as JSON

Files come out of a few lines each, so that none of them has to lie in the repository.
"""

from __future__ import annotations

import io
import json
import os
import resource
import signal
import struct
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.job import Status
from tests.guarantees.pipeline import SES, Pipeline

MEMORY, SECONDS = 512 * 1024 * 1024, 5
"""Bytes that the process may have beside what it is made of, and seconds of CPU for each file."""
MB = 1024 * 1024


@dataclass(frozen=True)
class Hostile:
    """One file: under which key it is put, and how its bytes are made. `claims` is the size that
    S3 tells, where it is another one."""

    why: str
    key: str
    make: Callable[[], bytes]
    claims: int = 0


@dataclass(frozen=True)
class Ended:
    """What became of it."""

    why: str
    status: str
    reason: str
    effects: int
    seconds: float
    wrote: list[str]


def _docx(text: bytes, name: str = "word/document.xml", parts: int = 0) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(name, text)
        for number in range(parts):
            packed.writestr(f"word/{number}.xml", b"")
    return held.getvalue()


def _xml(inside: bytes, head: bytes = b"") -> bytes:
    word = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    return b'<?xml version="1.0"?>' + head + b'<w:d xmlns:w="' + word + b'">' + inside + b"</w:d>"


def _bomb() -> bytes:
    """640 megabytes of zeros, packed to less than one."""
    held = io.BytesIO()
    with (
        zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed,
        packed.open("word/document.xml", "w", force_zip64=True) as part,
    ):
        for _ in range(160):
            part.write(bytes(4 * MB))
    return held.getvalue()


def _small_bomb() -> bytes:
    """Sixty-four megabytes, which a reader without bounds would still survive."""
    return _docx(_xml(b" " * (64 * MB)))


def _flagged(body: bytes, at: int, value: int) -> bytes:
    """A zip whose headers say something else in a field of two bytes: local and central."""
    central = body.rindex(b"PK\x01\x02")
    changed = bytearray(body)
    struct.pack_into("<H", changed, at, value)
    struct.pack_into("<H", changed, central + at + 2, value)
    return bytes(changed)


def _laughs() -> bytes:
    rows = [b'<!ENTITY a0 "ha">']
    rows += [b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 10)]
    return _docx(
        _xml(b"<w:p><w:r><w:t>&a9;</w:t></w:r></w:p>", b"<!DOCTYPE d [%s]>" % b"".join(rows))
    )


def _outside() -> bytes:
    declared = b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    return _docx(_xml(b"<w:p><w:r><w:t>&x;</w:t></w:r></w:p>", declared))


def _deep_xml() -> bytes:
    return _docx(_xml(b"<w:p>" * 50_000 + b"</w:p>" * 50_000))


def _mail(*head: str, body: bytes = b"") -> bytes:
    first = ("From: Eve <eve@elsewhere.example>", "To: hello@example.com", "Subject: Hello")
    return "\r\n".join((*first, *head, "", "")).encode() + body


def _parts(count: int) -> bytes:
    one = b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n"
    return _mail('Content-Type: multipart/mixed; boundary="b"', body=one * count + b"--b--\r\n")


def _nested(depth: int) -> bytes:
    head = b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n'
    return _mail(body=b"")[:-2] + b"".join(head % (n, n) for n in range(depth))


def _forwarded(depth: int) -> bytes:
    return b"Content-Type: message/rfc822\r\nSubject: x\r\n\r\n" * depth + _mail(body=b"x")


def _attached(name: str) -> bytes:
    return _mail(
        f'Content-Type: application/octet-stream; name="{name}"',
        f'Content-Disposition: attachment; filename="{name}"',
        "Content-Transfer-Encoding: base64",
        body=b"AAAA" * 200,
    )


def _big(start: bytes = b"", size: int = 6 * MB) -> Callable[[], bytes]:
    return lambda: start + os.urandom(64) * (size // 64)


def _is(text: bytes) -> Callable[[], bytes]:
    return lambda: text


def _starts() -> Iterator[Hostile]:
    """Files of other kinds under every prefix."""
    magic = {
        "a PDF": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
        "a PNG": b"\x89PNG\r\n\x1a\n" + bytes(64),
        "a program": b"\x7fELF\x02\x01\x01" + bytes(64),
        "an old Office file": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512),
        "RTF with an object": b"{\\rtf1{\\object\\objocx " + b"00" * 400 + b"}}",
        "gzip": b"\x1f\x8b\x08\x00" + bytes(64),
        "7-zip": b"7z\xbc\xaf\x27\x1c" + bytes(64),
        "RAR": b"Rar!\x1a\x07\x01\x00" + bytes(64),
        "a database": b"SQLite format 3\x00" + bytes(100),
        "winmail.dat": b"\x78\x9f\x3e\x22" + bytes(64),
    }
    prefixes = ("lead_intake", "refund_request", "inbox", "transcript_summary", "launch_plan")
    for at, (name, body) in enumerate(magic.items()):
        yield Hostile(f"{name} as a mail", f"{prefixes[at % 5]}/letter{at}.eml", _is(body))


def _sizes() -> Iterator[Hostile]:
    yield Hostile("nothing in it", "lead_intake/empty.eml", _is(b""))
    yield Hostile("blanks only", "lead_intake/blank.eml", _is(b" \r\n" * 90_000), 1)
    yield Hostile("too large", "lead_intake/large.eml", _is(b"x"), 25_000_001)
    yield Hostile("a folder", "lead_intake/folder/", _is(b"x"))
    yield Hostile("six megabytes of noise", "inbox/noise.eml", _big())
    yield Hostile("six megabytes as a call", "transcript_summary/noise.vtt", _big())
    yield Hostile("six megabytes as Word", "launch_plan/noise.docx", _big(b"PK\x03\x04"))
    yield Hostile("one line of NUL", "refund_request/nul.eml", lambda: bytes(3 * MB))


def _packed() -> Iterator[Hostile]:
    word = "launch_plan/{}.docx".format
    plain = _docx(_xml(b"<w:p/>"))
    yield Hostile("a bomb larger than memory", word("bomb"), _bomb)
    yield Hostile("a bomb of 64 megabytes", word("small"), _small_bomb)
    yield Hostile("a billion laughs", word("laughs"), _laughs)
    yield Hostile("an entity of the machine's files", word("outside"), _outside)
    yield Hostile("50,000 elements deep", word("deep"), _deep_xml)
    yield Hostile("3,000 parts", word("parts"), lambda: _docx(_xml(b""), parts=3_000))
    yield Hostile("a password", word("secret"), lambda: _flagged(plain, 6, 1))
    yield Hostile("an unknown packing", word("method"), lambda: _flagged(plain, 8, 99))
    yield Hostile("cut in half", word("half"), lambda: plain[: len(plain) // 2])
    yield Hostile("a zip in a zip", word("nested"), lambda: _docx(_docx(bytes(MB)), "a.zip"))
    yield Hostile("parts that climb", word("climb"), lambda: _docx(b"x", "../../../tmp/climbed"))
    yield Hostile("a bomb as a mail", "inbox/bomb.eml", _small_bomb)
    yield Hostile("a bomb as a call", "transcript_summary/bomb.vtt", _small_bomb)


def _mails() -> Iterator[Hostile]:
    mail = "inbox/{}.eml".format
    yield Hostile("10,000 parts", mail("parts"), lambda: _parts(10_000))
    yield Hostile("500 parts deep", mail("deep"), lambda: _nested(500))
    yield Hostile("2,000 forwards deep", mail("forwards"), lambda: _forwarded(2_000))
    yield Hostile("a megabyte of header", mail("head"), lambda: _mail("X-A: " + "a" * MB))
    yield Hostile("100,000 headers", mail("heads"), lambda: _mail(*["X-A: b"] * 100_000))
    yield Hostile("PGP", mail("pgp"), lambda: _encrypted("multipart/encrypted; boundary=b"))
    yield Hostile("S/MIME", mail("smime"), lambda: _encrypted("application/pkcs7-mime"))
    for at, name in enumerate(_NAMES):
        yield Hostile(f"attached as {name[:24]}", mail(f"named{at}"), partial(_attached, name))


_NAMES = (
    *("../../../../climbed", "/etc/cron.d/x", "C:\\\\windows\\\\x.dll", "a" * 5_000, "%2e%2e/x"),
)


def _encrypted(kind: str) -> bytes:
    return _mail(f"Content-Type: {kind}", "Content-Transfer-Encoding: base64", body=b"MIIB" * 300)


def _keys() -> Iterator[Hostile]:
    tricks = (
        *("lead_intake/../../../tmp/climbed", "../lead_intake/x.eml", "/lead_intake/x.eml"),
        *("lead_intake/%2e%2e/%2e%2e/x", "lead_intake/a\nINFO forged.eml", "nowhere/x.eml"),
        *("x.eml", "release_change/x.eml"),
    )
    for key in tricks:
        yield Hostile(f"under the key {key!r}", key, _is(b"GIF89a" + bytes(40)))


def _texts() -> Iterator[Hostile]:
    deep, cues = b"[" * 100_000, b"WEBVTT\n\n" + b"-->\n" * MB
    rows, both = b'id,label\n1,"' + b"x" * MB, b"%PDF-1.4\n" + _docx(b"x")
    number, script = b"[" + b"9" * MB + b"]", b"GIF89a/**/=1;alert(1)//"
    yield Hostile("JSON without an end", "lead_intake/deep.json", _is(deep))
    yield Hostile("JSON 100,000 deep", "annotation_qa/deep.json", _is(deep + b"]" * 100_000))
    yield Hostile("a number of a megabyte", "annotation_qa/n.json", _is(number))
    yield Hostile("a quote without an end", "annotation_qa/q.csv", _is(rows))
    yield Hostile("a picture that is a script", "inbox/gifar.eml", _is(script))
    yield Hostile("a PDF that is a zip", "launch_plan/both.docx", _is(both))
    yield Hostile("a zip behind a mail", "refund_request/both.eml", _is(b"PK\x03\x04" + _mail()))
    yield Hostile("a call of cues only", "transcript_summary/c.vtt", _is(cues))
    half = b"\xff\xfe" + b"\x00\xd8" * 50_000
    yield Hostile("UTF-16 cut in half", "inbox/half.eml", _is(half))


FILES: tuple[Hostile, ...] = (
    *_starts(),
    *_sizes(),
    *_packed(),
    *_mails(),
    *_keys(),
    *_texts(),
)
"""All of them, in the order of their numbers."""


class TooLongError(Exception):
    """The file took more CPU than it may."""


@contextmanager
def limited(seconds: float = SECONDS) -> Iterator[None]:
    """Within, so much CPU may be used and no more."""

    def over(*_: object) -> None:
        raise TooLongError

    before = signal.signal(signal.SIGVTALRM, over)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


class Watch:
    """What this process opens for writing, makes, moves or removes outside its own scratch folder,
    which a function has too."""

    def __init__(self) -> None:
        self.wrote: list[str] = []
        sys.addaudithook(self._hear)

    def _hear(self, event: str, args: tuple[Any, ...]) -> None:
        writes = event in _CHANGES or (event == "open" and _writes(args))
        if writes and not _place(event, args).startswith(tempfile.gettempdir()):
            self.wrote.append(_place(event, args))


def _place(event: str, args: tuple[Any, ...]) -> str:
    """The path, also of a name within a folder that is open."""
    folder = args[-1] if event in {"os.remove", "os.rmdir", "os.mkdir"} else -1
    return (
        f"{Path(f'/proc/self/fd/{folder}').readlink()}/{args[0]}" if folder >= 0 else str(args[0])
    )


_CHANGES = ("os.mkdir", "os.rename", "os.remove", "os.symlink", "os.link", "os.chmod", "os.rmdir")


def _writes(args: tuple[Any, ...]) -> bool:
    mode, flags = args[1], args[2] or 0
    by_flag = bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
    return args[0] != os.devnull and (by_flag or bool(set(mode or "") & set("wax+")))


def taken_in(file: Hostile, watch: Watch) -> Ended:
    """As the queue brings it: a stage of its own, until everything ends or waits."""
    body = file.make()
    pipeline = Pipeline()
    pipeline.world.payloads.holds(SES, file.key, body)
    size = file.claims or len(body)
    thing = {"key": file.key, "size": size, "etag": "e", "sequencer": "1"}
    detail = {"bucket": {"name": SES}, "object": thing}
    pipeline.messages.append(json.dumps({"detail": detail}))
    del body, watch.wrote[:]
    begun = time.process_time()
    try:
        with limited():
            pipeline.runs()
    except (TooLongError, MemoryError) as error:
        return Ended(file.why, type(error).__name__, "", 0, float(SECONDS), list(watch.wrote))
    took = time.process_time() - begun
    (record,) = pipeline.records() or (None,)
    world = pipeline.world
    effects = len(world.crm.journal) + len(world.payments.journal) + len(list(pipeline.customers()))
    return Ended(
        file.why,
        record.job.status.value if record else "NONE",
        _why(record) if record else "",
        effects,
        round(took, 2),
        list(watch.wrote),
    )


def _why(record: JobRecord) -> str:
    """What its person reads: why it ended, or that they are asked."""
    asked = ", ".join(one.name for one in record.pending.approvers) if record.pending else ""
    return f"{asked} are asked first" if asked else record.job.reason


_HELD = {Status.REJECTED.value, Status.ESCALATED.value, Status.WAITING_FOR_REVIEW.value}


def harmless(one: Mapping[str, Any]) -> bool:
    """Whether nothing was done with it, and who has it can read why: it was turned away with a
    reason, or a person is asked first."""
    told = bool(one["reason"]) and "the log has it" not in one["reason"]
    return one["status"] in _HELD and told and not one["effects"] and not one["wrote"]


def held_at_most() -> int:
    """The most bytes that this program was resident with. `ru_maxrss` outlives the exec that began
    it: it would count whoever started it too, such as a large worker of pytest."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    (kilobytes,) = (one.split()[1] for one in lines if one.startswith("VmHWM:"))
    return int(kilobytes) * 1024


def main() -> None:
    """Take in the files of these numbers, or all of them."""
    chosen = [FILES[int(one)] for one in sys.argv[1:]] or list(FILES)
    tempfile.tempdir = scratch = mkdtemp()
    taken_in(FILES[0], watch := Watch())  # what is imported late is
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    ended = [taken_in(one, watch) for one in chosen]
    left = [one.name for one in Path(scratch).iterdir()]
    Path(scratch).rmdir()
    peak = held_at_most()
    found = {"ended": [asdict(one) for one in ended], "peak": peak, "left": left}
    print("\n" + json.dumps(found))  # noqa: T201 - for who started it


if __name__ == "__main__":
    main()
