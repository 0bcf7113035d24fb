"""libcurl, as all who use it here do: a handle for each thread, which keeps its connections;
HTTP/1.1 to who is named, without proxy or redirect, and nothing in a request but what its caller
put there."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import botocore
import pycurl

CONNECTIONS = 8
"""Kept by one handle: more than a function has services."""
Options = Mapping[int, object]
_ALWAYS: Options = {
    pycurl.NOSIGNAL: 1,
    pycurl.HTTP_VERSION: pycurl.CURL_HTTP_VERSION_1_1,
    pycurl.PATH_AS_IS: 1,
    pycurl.PROXY: "",
    pycurl.MAXCONNECTS: CONNECTIONS,
}
_NOT_ADDED = (b"accept:", b"expect:", b"content-type:", b"user-agent:")
"""Of what curl would send of its own accord."""
_SAFE = frozenset({"GET", "HEAD"})


@cache
def authorities() -> str:
    """The file of whom boto3 trusts: every function has it."""
    return str(Path(botocore.__file__).with_name("cacert.pem"))


class Curls:
    """A handle for each thread."""

    def __init__(self) -> None:
        self._of_thread = threading.local()

    def mine(self) -> pycurl.Curl:
        """This thread's, as if new; its connections stay."""
        curl: pycurl.Curl | None = getattr(self._of_thread, "curl", None)
        if curl is None:
            curl = self._of_thread.curl = pycurl.Curl()
        curl.reset()
        return curl

    def close(self) -> None:
        """Close this thread's connections."""
        curl: pycurl.Curl | None = getattr(self._of_thread, "curl", None)
        if curl is not None:
            del self._of_thread.curl
            curl.close()


class Answer:
    """What comes of a request while it is carried out."""

    def __init__(self, most: int | None) -> None:
        self._most = most
        self._size = 0
        self._body: list[bytes] = []
        self.headers: list[tuple[bytes, bytes]] = []
        """Of the last head: others come before it where whoever answers is still at it."""

    @property
    def body(self) -> bytes:
        """All of it."""
        return b"".join(self._body)

    def heads(self, line: bytes) -> None:
        """A line of a head."""
        if line.startswith(b"HTTP/"):
            self.headers = []
            return
        name, colon, value = line.partition(b":")
        if colon:
            self.headers.append((name, value.strip()))

    def grows(self, part: bytes) -> int | None:
        """More of the body; a number that says no where it is too long."""
        self._size += len(part)
        if self._most is not None and self._size > self._most:
            return -1
        self._body.append(part)
        return None


def perform(
    curl: pycurl.Curl,
    method: str,
    url: str,
    *,
    headers: Iterable[tuple[bytes, bytes]],
    body: bytes,
    options: Options,
    again: bool,
    most: int | None = None,
) -> Answer:
    """The whole answer; its status is `curl`'s RESPONSE_CODE. Raises pycurl.error.

    A kept connection may end while it is used. `again`: curl may then send the same on a new one.
    Else it never does: a body is handed over once, and what has none and changes something goes
    over a connection of its own. An answer of more than `most` bytes is E_WRITE_ERROR.
    """
    answer = Answer(most)
    for option, value in {**_ALWAYS, **options}.items():
        curl.setopt(option, value)
    curl.setopt(pycurl.URL, url)
    curl.setopt(pycurl.HTTPHEADER, [*_NOT_ADDED, *map(_line, headers)])
    curl.setopt(pycurl.HEADERFUNCTION, answer.heads)
    curl.setopt(pycurl.WRITEFUNCTION, answer.grows)
    _hands_over(curl, method, body, again=again)
    curl.perform()
    return answer


def _hands_over(curl: pycurl.Curl, method: str, body: bytes, *, again: bool) -> None:
    if method == "HEAD":
        curl.setopt(pycurl.NOBODY, 1)
    elif body or method == "POST":
        curl.setopt(pycurl.POST, 1)
        curl.setopt(pycurl.POSTFIELDSIZE, len(body))
        if again:
            curl.setopt(pycurl.POSTFIELDS, body)
        else:
            curl.setopt(pycurl.READFUNCTION, io.BytesIO(body).read)
    if not (again or body or method in _SAFE):
        curl.setopt(pycurl.FRESH_CONNECT, 1)
    curl.setopt(pycurl.CUSTOMREQUEST, method)


def _line(header: tuple[bytes, bytes]) -> bytes:
    """To curl a name with nothing behind its colon is one that is not sent."""
    name, value = header
    return b"%b: %b" % header if value else name + b";"
