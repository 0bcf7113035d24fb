"""What proves a record from outside: the root of its hour, and the key that signed it."""

from __future__ import annotations

import base64

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from countersign.domain.reporting.seals import Seal, SealedHead


def outside(sealed: SealedHead | None, root: str, key: bytes) -> list[str]:
    """What is wrong with the seal, by an hour's root and a public key as PEM; empty ones are not
    asked."""
    if sealed is None:
        return ["the file has no seal: it was exported before its hour was sealed"]
    faults = []
    if root and sealed.seal.root != root:
        faults.append("the seal has another root than the one that was given")
    if key and not _signed(sealed.seal, key):
        faults.append("the seal is not signed by the key that was given")
    return faults


def pem(der: bytes) -> bytes:
    """A public key as KMS gives it, in the form that people hand on."""
    made: bytes = serialization.load_der_public_key(der).public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return made


def _signed(seal: Seal, key: bytes) -> bool:
    try:
        public = serialization.load_pem_public_key(key)
    except (ValueError, UnsupportedAlgorithm):
        return False
    if not isinstance(public, ec.EllipticCurvePublicKey):
        return False
    try:
        public.verify(base64.b64decode(seal.signature), seal.signed, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True
