"""Seals: the same rules hold for the fake and for DynamoDB; and KMS signs what is checked."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from countersign.connectors.aws.kms import KmsSigner
from countersign.connectors.dynamodb.seals import DynamoSeals
from countersign.connectors.dynamodb.store import DynamoStore
from countersign.domain.jobs.change import Change, created
from countersign.domain.ports import JobStore
from countersign.domain.reporting.seals import HOUR, Seal, Seals
from tests.builders import job
from tests.fakes.on_moto import jobs_table, on_moto
from tests.fakes.seals import FakeSeals
from tests.fakes.store import FakeStore
from tests.fakes.world import START, FakeIds


@pytest.fixture(params=["fake", "moto"])
def sides(request: pytest.FixtureRequest) -> Iterator[tuple[JobStore, Seals]]:
    """The adapter under the contract, with the jobs that it reads."""
    if request.param == "fake":
        store = FakeStore()
        yield store, FakeSeals(store)
        return
    with jobs_table() as db:
        yield DynamoStore("jobs", db), DynamoSeals("jobs", db)


def hour(number: int) -> Seal:
    return Seal(since=START + number * HOUR, to=START + (number + 1) * HOUR, count=number)


def test_the_latest_is_known_and_those_of_a_time_come_in_order(
    sides: tuple[JobStore, Seals],
) -> None:
    """Both ends of the time count; an hour that is kept twice is one."""
    _, seals = sides
    assert seals.last() is None
    for number in (0, 2, 1, 1):
        seals.keep(hour(number))
    assert seals.last() == hour(2)
    assert list(seals.between(START + HOUR, START + 2 * HOUR)) == [hour(0), hour(1)]
    assert list(seals.between(START + timedelta(days=1), START + timedelta(days=2))) == []


def test_jobs_are_read_without_what_is_under_them(sides: tuple[JobStore, Seals]) -> None:
    """More than are read at once; one that is gone is left out."""
    store, seals = sides
    change, ids = Change("came", "t"), [f"j-{number}" for number in range(101)]
    for one in ids:
        made, entry = created(job(job_id=one), change, FakeIds().salt)
        assert store.create(made, entry, change) is None
    found = list(seals.jobs([*ids, "j-gone"]))
    assert sorted(one.job_id for one in found) == sorted(ids)
    assert {one.audit_length for one in found} == {1}


class Wire:
    """KMS as its JSON goes over the wire: bytes are base64, which boto3 hides."""

    def __init__(self, kms: Any) -> None:
        self._kms = kms

    def sign(self, **params: Any) -> dict[str, str]:
        answer = self._kms.sign(**{**params, "Message": base64.b64decode(params["Message"])})
        return {"Signature": base64.b64encode(answer["Signature"]).decode()}


@pytest.mark.usefixtures("made_up_credentials")
def test_kms_signs_what_its_public_key_proves() -> None:
    """With a key like the stack's; another message is not signed by it."""
    with on_moto("kms") as kms:
        key = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]
        signature = KmsSigner(key["KeyId"], Wire(kms)).sign(b"a root")
        der = kms.get_public_key(KeyId=key["KeyId"])["PublicKey"]
    public: Any = serialization.load_der_public_key(der)
    public.verify(signature, b"a root", ec.ECDSA(hashes.SHA256()))
    with pytest.raises(InvalidSignature):
        public.verify(signature, b"another", ec.ECDSA(hashes.SHA256()))
