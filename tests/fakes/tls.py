"""TLS on this machine: an authority that tests trust, and sockets that lead where a test says."""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpcore
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Authority:
    """Certifies hosts; only who is given `trust()` believes it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _named("Authority of the tests")
        self._own = (
            self._made(self._name, self._key)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(self._key, hashes.SHA256())
        )

    def trust(self) -> ssl.SSLContext:
        """A client's context that believes this authority and no other."""
        pem = self._own.public_bytes(serialization.Encoding.PEM).decode()
        return ssl.create_default_context(cadata=pem)

    def saved(self) -> Path:
        """The file of its own certificate."""
        path = self._folder / "authority.pem"
        path.write_bytes(self._own.public_bytes(serialization.Encoding.PEM))
        return path

    def certifies(self, host: str) -> tuple[Path, Path]:
        """The files of a certificate for `host`, and of its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.SubjectAlternativeName([x509.DNSName(host)])
        made = self._made(_named(host), key).add_extension(name, critical=False)
        cert, secret = self._folder / f"{host}.pem", self._folder / f"{host}.key"
        cert.write_bytes(
            made.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        )
        secret.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return cert, secret

    def _made(self, name: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(days=1))
        )


def _named(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


class Dialled(httpcore.NetworkBackend):
    """Connects each address to a port of this machine, as `at` says; `asked` is what was dialled.
    An address that is not there answers nobody."""

    def __init__(self, at: Mapping[str, int]) -> None:
        self._at = at
        self.asked: list[str] = []

    @contextmanager
    def cut(self) -> Iterator[None]:
        """Nobody answers anywhere."""
        held, self._at = self._at, {}
        try:
            yield
        finally:
            self._at = held

    def connect_tcp(
        self,
        host: str,
        port: int,  # noqa: ARG002 - the backend's signature
        timeout: float | None = None,
        local_address: str | None = None,  # noqa: ARG002 - as above
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        self.asked.append(host)
        if host not in self._at:
            raise httpcore.ConnectError("nobody answers")
        there = httpcore.SyncBackend()
        return there.connect_tcp("127.0.0.1", self._at[host], timeout, None, socket_options)
