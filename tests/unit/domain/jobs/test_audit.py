"""The audit chain: any change is found, erasing personal data is none."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from countersign.domain.canonical import canonical
from countersign.domain.contract import Stored
from countersign.domain.jobs import audit
from tests.builders import AT, JOB_ID, salts

Chain = list[audit.Entry]
FIELDS = st.dictionaries(st.text(max_size=5), st.text(max_size=8), max_size=3)


def chain_of(told: Sequence[dict[str, str]]) -> Chain:
    """A chain with one entry per dictionary of fields."""
    salt, entries, head = salts(), list[audit.Entry](), audit.GENESIS
    for number, fields in enumerate(told, 1):
        made = audit.append(
            head,
            number,
            job_id=JOB_ID,
            at=AT + timedelta(seconds=number),
            actor="state:Decide",
            event=f"event {number}",
            fields={name: audit.ErasableField(value=v, salt=salt()) for name, v in fields.items()},
        )
        entries.append(made)
        head = made.hash
    return entries


def faults(entries: Chain, like: Chain) -> list[str]:
    """What is wrong with `entries`, given the end that the job's row knows from `like`."""
    return audit.verify(entries, length=len(like), head=like[-1].hash if like else audit.GENESIS)


chains = st.lists(FIELDS, min_size=1, max_size=5).map(chain_of)
CHANGES: dict[str, Any] = {
    "job_id": "j-another",
    "number": 99,
    "at": AT - timedelta(days=1),
    "actor": "person:eve",
    "event": "approved",
    "commitments": {"invented": "0" * 64},
    "previous": "1" * 64,
    "hash": "2" * 64,
    "fields": {"invented": audit.ErasableField(value="yes", salt="0" * 32)},
}


@given(st.lists(FIELDS, max_size=5).map(chain_of))
def test_an_untouched_chain_is_intact(entries: Chain) -> None:
    """What was appended verifies, also after it was stored and read again."""
    assert faults(entries, entries) == []
    stored = [Stored.of(entry).as_(audit.Entry) for entry in entries]
    assert faults(stored, entries) == []


def test_every_part_of_an_entry_is_tried() -> None:
    """The mutations below touch every field that an entry has."""
    assert set(CHANGES) == set(audit.Entry.model_fields)


@pytest.mark.parametrize("part", CHANGES)
@given(chains, st.data())
def test_any_changed_part_is_found(part: str, entries: Chain, data: st.DataObject) -> None:
    """One changed part of one entry, wherever it is, breaks the chain."""
    at = data.draw(st.integers(0, len(entries) - 1))
    changed = entries.copy()
    changed[at] = changed[at].model_copy(update={part: CHANGES[part]})
    assert faults(changed, entries)


@given(chains, st.data())
def test_any_changed_field_or_salt_is_found(entries: Chain, data: st.DataObject) -> None:
    """A told value, or its salt, cannot be replaced by any other, of any form."""
    at = data.draw(st.sampled_from([i for i, e in enumerate(entries) if e.fields] or [-1]))
    assume(at >= 0)
    name = data.draw(st.sampled_from(sorted(entries[at].fields)))
    field = entries[at].fields[name]
    other = audit.ErasableField(value=data.draw(st.text()), salt=data.draw(st.text()))
    assume(canonical(other) != canonical(field))
    changed = entries.copy()
    changed[at] = changed[at].model_copy(update={"fields": {**entries[at].fields, name: other}})
    assert faults(changed, entries) == [f"entry {at + 1}: field {name} is not the one committed to"]


@given(chains, st.randoms())
def test_any_other_order_is_found(entries: Chain, random: Random) -> None:
    """Entries cannot change places."""
    shuffled = entries.copy()
    random.shuffle(shuffled)
    assume(shuffled != entries)
    assert faults(shuffled, entries)


@given(chains, st.data())
def test_dropped_and_truncated_entries_are_found(entries: Chain, data: st.DataObject) -> None:
    """No entry can be taken out, neither in the middle nor at the end."""
    at = data.draw(st.integers(0, len(entries) - 1))
    assert faults(entries[:at] + entries[at + 1 :], entries)
    assert faults(entries[:at], entries)


@given(chains, st.data())
def test_inserted_entries_are_found(entries: Chain, data: st.DataObject) -> None:
    """No entry can be put in: neither a copy nor one made for the place, nor one at the end."""
    at = data.draw(st.integers(0, len(entries)))
    copy = data.draw(st.sampled_from(entries))
    assert faults([*entries[:at], copy, *entries[at:]], entries)
    head = entries[at - 1].hash if at else audit.GENESIS
    forged = audit.append(
        head, at + 1, job_id=JOB_ID, at=AT, actor="person:eve", event="approved", fields={}
    )
    assert faults([*entries[:at], forged, *entries[at:]], entries)


def test_a_chain_forged_whole_is_found_by_the_jobs_row() -> None:
    """Somebody who recomputes every hash still does not meet the head that the job holds."""
    real, forged = chain_of([{"said": "reject"}]), chain_of([{"said": "approve"}])
    assert faults(forged, forged) == []
    assert "its end differs" in faults(forged, real)[0]


@given(chains, st.data())
def test_erasing_keeps_the_chain_valid(entries: Chain, data: st.DataObject) -> None:
    """Personal data of any entries can go, and order, time, actor and event still stand."""
    gone = data.draw(st.sets(st.integers(0, len(entries) - 1)))
    left = [audit.erased(e) if i in gone else e for i, e in enumerate(entries)]
    assert faults(left, entries) == []
    assert not any(left[i].fields for i in gone)


def test_equal_values_have_different_commitments() -> None:
    """A commitment without its salt does not tell whether two short values are the same."""
    salt = salts()
    one, other = (audit.ErasableField(value="yes", salt=salt()) for _ in range(2))
    assert audit.commitment(one) != audit.commitment(other)


def test_a_decomposed_value_verifies_after_storage() -> None:
    """Text that is composed when it is stored still meets its commitment."""
    entries = chain_of([{"corrected name": "Zoe\u0308"}])
    stored = [Stored.of(entry).as_(audit.Entry) for entry in entries]
    assert faults(stored, entries) == []


WAS = audit.ErasableField(value="not approved", salt="ab" * 16)
SAYS = audit.ErasableField(value="approved", salt="ab" * 16 + b"not ".hex())


def test_letters_cannot_pass_for_salt() -> None:
    """Moving the first letters of a value into its salt is another field."""
    assert audit.commitment(WAS) != audit.commitment(SAYS)


@pytest.mark.control
def test_joined_salt_and_value_can_be_split_elsewhere() -> None:
    """Control: a hash over salt + value takes "approved" for "not approved"."""

    def naive(field: audit.ErasableField) -> str:
        return hashlib.sha256(bytes.fromhex(field.salt) + field.value.encode()).hexdigest()

    assert naive(WAS) == naive(SAYS)


@pytest.mark.control
def test_hashing_only_the_event_misses_a_changed_field() -> None:
    """Control: a chain over event names stays "valid" when actor and fields are replaced."""

    def naive(entries: Chain) -> str:
        head = ""
        for entry in entries:
            head = hashlib.sha256((head + entry.event).encode()).hexdigest()
        return head

    entries = chain_of([{"said": "reject"}, {}])
    changed = [entries[0].model_copy(update={k: CHANGES[k] for k in ("actor", "fields")})]
    changed += entries[1:]
    assert naive(changed) == naive(entries)
    assert faults(changed, entries)
