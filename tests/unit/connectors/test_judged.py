"""Whom a connection goes to: judged addresses only, under the host's own name and certificate."""

from __future__ import annotations

import itertools
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from ipaddress import ip_address

import httpcore
import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from countersign.connectors import http
from countersign.connectors.judged import JudgedTransport, NotPublic, is_public, judged
from tests.fakes.serving import served
from tests.fakes.tls import Authority, Dialled

PUBLIC, HOST = "93.184.215.14", "shop.example"
SECONDS = 5.0
INSIDE = (
    *("127.0.0.1", "127.8.8.8", "0.0.0.0", "0.0.0.1", "10.1.2.3", "172.20.0.1", "192.168.1.1"),  # noqa: S104 - judged
    *("169.254.169.254", "100.64.0.1", "100.127.255.255", "224.0.0.1", "255.255.255.255"),
    *("198.18.0.1", "192.0.2.1", "203.0.113.9", "240.0.0.1", "192.0.0.8", "192.88.99.1"),
    *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1"),
    *("2001:db8::1", "3fff::1", "100::1", "5f00::1", "4000::1"),
    # Others inside: mapped, compatible, translated, NAT64 of both kinds, 6to4, Teredo, ISATAP.
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::7f00:1", "::a9fe:a9fe"),
    *("::ffff:0:7f00:1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::7f00:1"),
    *("2002:7f00:1::", "2002:a00:1::1", "2002:a9fe:a9fe::1"),
    *("2001:0:4136:e378:8000:63bf:f5ff:fffe", "fe80::5efe:7f00:1"),
)
OUTSIDE = (PUBLIC, "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808")


@pytest.mark.parametrize("address", INSIDE)
def test_no_address_inside_is_connected_to(address: str) -> None:
    """Neither as the only address of a host nor as one beside a public one: no socket is opened."""
    assert not is_public(ip_address(address))
    for found in ((address,), (PUBLIC, address), (address, PUBLIC)):
        sockets = Dialled({})
        client = http.Client(JudgedTransport(resolve=lambda *_, f=found: f, sockets=sockets))
        with pytest.raises(NotPublic, match=f"{HOST} has an address that is not public"):
            _status(client, f"https://{HOST}/")
        assert sockets.asked == []


@pytest.mark.parametrize("address", OUTSIDE)
def test_what_is_on_the_internet_is_reached(address: str) -> None:
    """Control: such addresses are let through."""
    assert is_public(ip_address(address))
    assert [ip_address(one) for one in judged(HOST, [address])] == [ip_address(address)]


def test_a_host_without_an_address_is_nobody() -> None:
    """Nothing is judged well because there is nothing to judge."""
    with pytest.raises(NotPublic):
        judged(HOST, [])


SPELLINGS = (
    *("https://127.1/", "https://0x7f.0.0.1/", "https://0177.0.0.1/", "https://2130706433/"),
    *("https://0/", "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://localhost/"),
    *(f"https://{HOST}@127.0.0.1/", f"https://user:{HOST}@127.0.0.1/", "https://127.0.0.1./"),
    "https://\u2460\u2461\u2466.\u24ea.\u24ea.\u2460/",
)


@pytest.mark.enable_socket
@pytest.mark.parametrize("url", SPELLINGS)
def test_no_spelling_of_this_machine_is_reached(url: str) -> None:
    """Short, octal, hexadecimal, decimal, in brackets, behind a user, in other digits: what counts
    is the address that the resolver makes of it, and no socket is opened."""
    sockets = Dialled({})
    client = http.Client(JudgedTransport(sockets=sockets))
    with pytest.raises((NotPublic, OSError, httpx.HTTPError, httpx.InvalidURL)):
        _status(client, url)
    assert sockets.asked == []


@pytest.mark.parametrize("address", [PUBLIC, "10.0.0.1", "169.254.169.254", "::ffff:8.8.8.8"])
def test_what_is_for_this_machine_reaches_nothing_else(address: str) -> None:
    """The setting that opens loopback opens no network."""
    sockets = Dialled({})
    transport = JudgedTransport(loopback=True, resolve=lambda *_: [address], sockets=sockets)
    with pytest.raises(NotPublic, match="not of this machine"):
        _status(http.Client(transport), "http://127.0.0.1:8400/")
    assert sockets.asked == []


async def _hello(request: Request) -> Response:
    return PlainTextResponse(f"{request.url.hostname} {request.headers['host']}")


async def _elsewhere(_: Request) -> Response:
    return RedirectResponse("https://169.254.169.254/latest/meta-data/")


APP = Starlette(routes=[Route("/", _hello), Route("/away", _elsewhere)])


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def port(authority: Authority) -> Iterator[int]:
    """Of a server that is HOST, by its certificate."""
    with served(APP, certified=authority.certifies(HOST)) as address:
        yield httpx.URL(address).port or 0


Closed = Callable[[http.Client], http.Client]


@pytest.fixture
def closed() -> Iterator[Closed]:
    """A client whose connections end with the test: the server waits for them."""
    with ExitStack() as stack:

        def until_the_end(client: http.Client) -> http.Client:
            stack.callback(client.close)
            return client

        yield until_the_end


@pytest.mark.enable_socket
def test_the_certificate_is_the_host_s_not_the_address_s(
    authority: Authority, port: int, closed: Closed
) -> None:
    """The socket goes to the judged address; SNI, the certificate's check and the Host header are
    the name's. Another host's certificate at that address is refused."""
    sockets = Dialled({PUBLIC: port})
    client = closed(http.Client(_judging(authority, sockets, PUBLIC)))
    assert _text(client, f"https://{HOST}/") == f"{HOST} {HOST}"
    assert sockets.asked == [PUBLIC]
    with pytest.raises(httpx.ConnectError, match=r"(?i)certificate|hostname"):
        _text(client, "https://other.example/")
    untrusting = JudgedTransport(resolve=lambda *_: [PUBLIC], sockets=sockets)
    with pytest.raises(httpx.ConnectError, match=r"(?i)certificate|self-signed|issuer"):
        _text(http.Client(untrusting), f"https://{HOST}/")


@pytest.mark.enable_socket
def test_two_hosts_at_one_address_share_no_connection(
    authority: Authority, port: int, closed: Closed
) -> None:
    """A kept connection proved the first host's name: the second one proves its own, or is not
    talked to."""
    sockets = Dialled({PUBLIC: port})
    client = closed(http.Client(_judging(authority, sockets, PUBLIC)))
    _text(client, f"https://{HOST}/")
    _text(client, f"https://{HOST}/")
    assert sockets.asked == [PUBLIC]  # kept
    with pytest.raises(httpx.ConnectError):
        _text(client, "https://neighbour.example/")
    assert sockets.asked == [PUBLIC, PUBLIC]


@pytest.mark.enable_socket
def test_control_connecting_by_address_shares_it(
    authority: Authority, port: int, closed: Closed
) -> None:
    """Control: with the address in the URL and the name beside it, as many do, the second host
    gets the connection that the first one's certificate opened."""
    naive = httpx.HTTPTransport(verify=authority.trust())
    closed(http.Client(naive))
    for name in (HOST, "neighbour.example"):
        request = httpx.Request(
            "GET",
            f"https://127.0.0.1:{port}/",
            headers={"host": name},
            extensions={"sni_hostname": name},
        )
        answer = naive.handle_request(request)
        assert answer.read().decode().endswith(name)


@pytest.mark.enable_socket
def test_a_redirect_is_not_followed(authority: Authority, port: int, closed: Closed) -> None:
    """Where it leads, nobody has judged."""
    sockets = Dialled({PUBLIC: port})
    client = closed(http.Client(_judging(authority, sockets, PUBLIC)))
    assert _status(client, f"https://{HOST}/away") == 307
    assert sockets.asked == [PUBLIC]


def _turning(*answers: str) -> tuple[list[str], object]:
    """A resolver that says another address each time, and what it said."""
    said: list[str] = []
    turns = itertools.chain(answers, itertools.repeat(answers[-1]))

    def resolve(_host: str, _port: int) -> Iterable[str]:
        said.append(next(turns))
        return [said[-1]]

    return said, resolve


@pytest.mark.enable_socket
def test_a_name_that_turns_inside_between_judging_and_connecting_is_not_followed(
    authority: Authority, port: int, closed: Closed
) -> None:
    """It is resolved once for each connection: what was judged is what is dialled."""
    said, resolve = _turning(PUBLIC, "127.0.0.1")
    sockets = Dialled({PUBLIC: port, "127.0.0.1": port})
    transport = JudgedTransport(resolve=resolve, sockets=sockets, trust=authority.trust())  # type: ignore[arg-type] # a resolver
    client = closed(http.Client(transport))
    assert _status(client, f"https://{HOST}/") == 200
    assert (said, sockets.asked) == ([PUBLIC], [PUBLIC])


@pytest.mark.enable_socket
@pytest.mark.control
def test_control_resolving_and_then_connecting_by_name_goes_inside(
    authority: Authority, port: int
) -> None:
    """Control: who judges what a name resolves to and then connects to the name has resolved it
    twice, and the second answer is this machine."""

    class ByName(httpcore.NetworkBackend):
        """Resolves the name again, as a client that is handed one does."""

        def connect_tcp(self, host: str, *_args: object, **_more: object) -> httpcore.NetworkStream:
            (address,) = resolve(host, 443)  # type: ignore[operator] # a resolver
            return sockets.connect_tcp(address, 443)

    _, resolve = _turning(PUBLIC, "127.0.0.1")
    sockets = Dialled({"127.0.0.1": port})
    assert judged(HOST, resolve(HOST, 443)) == [PUBLIC]  # type: ignore[operator] # a resolver
    with httpcore.ConnectionPool(ssl_context=authority.trust(), network_backend=ByName()) as pool:
        assert pool.request("GET", f"https://{HOST}/").status == 200
    assert sockets.asked == ["127.0.0.1"]


@pytest.mark.enable_socket
def test_an_address_that_does_not_answer_gives_way_to_the_next(
    authority: Authority, port: int, closed: Closed
) -> None:
    """All of them were judged: the next one is tried, and one that nobody answers at ends it."""
    sockets = Dialled({PUBLIC: port})
    transport = _judging(authority, sockets, "2606:4700::1111", PUBLIC)
    assert _status(closed(http.Client(transport)), f"https://{HOST}/") == 200
    assert sockets.asked == ["2606:4700::1111", PUBLIC]
    with pytest.raises(httpx.ConnectError):
        _status(http.Client(_judging(authority, sockets, "8.8.8.8")), f"https://{HOST}/")


@pytest.mark.enable_socket
def test_a_server_that_sends_a_byte_now_and_then_is_ended() -> None:
    """Each byte is in time for its own read; the whole answer has one end."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drips() -> None:
            held, _ = server.accept()
            with held:
                for byte in itertools.chain(b"HTTP/1.1 200 OK\r\nX-Slow: ", itertools.repeat(97)):
                    if over.wait(0.02):
                        return
                    try:
                        held.send(bytes([byte]))
                    except OSError:
                        return

        dripping = threading.Thread(target=drips)
        dripping.start()
        client = http.Client(JudgedTransport(loopback=True))
        began = time.monotonic()
        with pytest.raises(httpx.ReadTimeout):
            _status(client, f"http://127.0.0.1:{server.getsockname()[1]}/", seconds=0.4)
        took = time.monotonic() - began
        over.set()
        dripping.join()
    assert took < SECONDS, "it has an end at all"


def _judging(authority: Authority, sockets: Dialled, *found: str) -> JudgedTransport:
    return JudgedTransport(resolve=lambda *_: found, sockets=sockets, trust=authority.trust())


def _status(client: http.Client, url: str, seconds: float = SECONDS) -> int:
    with client.asked("GET", url, seconds) as answer:
        http.body(answer, time.monotonic() + seconds)
        return answer.status_code


def _text(client: http.Client, url: str) -> str:
    with client.asked("GET", url, SECONDS) as answer:
        return http.body(answer, time.monotonic() + SECONDS).decode()
