"""A contact's traces: an address in its spellings, and what its owner wrote, out of any text."""

from __future__ import annotations

import json

import pytest

from countersign.domain.errors import ContractBroken
from countersign.domain.jobs.traces import GONE, Traces, spellings, without_tag

MARIA = "maria@müller.example"
TRACES = Traces(spellings(MARIA), ("Dear all,\nmy number is 030 123456, ask for Maria",))


def test_an_address_is_one_however_it_is_written() -> None:
    """Case, width, a name around it and the spelling of the domain do not matter; a tag does."""
    known = ("maria@müller.example", "maria@xn--mller-kva.example")
    for said in (MARIA, " Maria <MARIA@MÜLLER.example> ", "ｍaria@xn--mller-kva.example"):
        assert set(spellings(said)) == {*known}
    assert spellings("b@b.example") == ("b@b.example",)
    assert spellings(f"a@{'x' * 70}.example") == (f"a@{'x' * 70}.example",)
    assert without_tag("maria+shop@b.example") == "maria@b.example"
    assert (without_tag("maria@b.example"), without_tag("+x@b.example")) == ("", "")


@pytest.mark.parametrize("said", ["", "maria", "@b.example", "maria@b", "ma ria@b.example"])
def test_what_is_no_address_is_refused(said: str) -> None:
    """Nothing is looked for by it."""
    with pytest.raises(ContractBroken):
        spellings(said)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("nothing of hers", "nothing of hers"),
        ("one\nwrite to MARIA@müller.example now\r\ntwo", f"one\n{GONE}\r\ntwo"),
        ("> my number is 030 123456, ask for Maria", GONE),
        ("030 123456, ask for", GONE),
        ("ask for", "ask for"),
        ("{no json", "{no json"),
        ('{"a": [1, null, "maria@xn--mller-kva.example"]}', f'{{"a":[1,null,"{GONE}"]}}'),
        ('{"a": "b"}', '{"a": "b"}'),
        (
            json.dumps({"body": json.dumps({"to": MARIA})}),
            f'{{"body":"{{\\"to\\":\\"{GONE}\\"}}"}}',
        ),
    ],
)
def test_their_words_are_cut_and_no_others(text: str, left: str) -> None:
    """Line by line, value by value, and in JSON within JSON."""
    assert TRACES.cut(text) == left


def test_what_is_quoted_of_them_goes_out_of_a_longer_text() -> None:
    """Word for word, over several lines; what stands beside it stays."""
    quoted = Traces((), quoted=("— 2 · row 7\nDear Maria",))
    text = "— 1 · row 5\nDear Bo\n\n— 2 · row 7\nDear Maria\n\n— 3 · row 9\nDear Maria"
    left = f"— 1 · row 5\nDear Bo\n\n{GONE}\n\n— 3 · row 9\nDear Maria"
    assert json.loads(quoted.cut(json.dumps({"samples": text}))) == {"samples": left}


@pytest.mark.parametrize(
    ("body", "left"),
    [
        (b"a,b\n1,maria@m\xc3\xbcller.example\n2,c\n", b"a,b\n2,c\n"),
        (b'a,b\n"x\nmaria@m\xc3\xbcller.example",1\n2,c\n', b"a,b\n2,c\n"),
        (b'[{"mail":"maria@m\xc3\xbcller.example"}]', b'[{"mail":"[erased]"}]'),
        (
            b'{"a":"6\\" pipe"}\n{"a":"maria@m\xc3\xbcller.example"}\n{"a":"5\\""}\n',
            b'{"a":"6\\" pipe"}\n{"a":"5\\""}\n',
        ),
        ("a\tmaria@müller.example\r\nü\n".encode("utf-16"), "ü\n".encode("utf-16")[2:]),
        (b"1,maria@m\xfcller.example\n2,\xfc\n", b"2,\xfc\n"),
        (b"\xff\xfea", None),
        (b"a\0b", None),
    ],
)
def test_a_file_loses_their_rows(body: bytes, left: bytes | None) -> None:
    """A row of several lines as one; what is no text a person must look at."""
    assert TRACES.cut_file(body) == left


def test_an_open_quote_swallows_no_file() -> None:
    """After so many lines it is none; where the text ends before, its lines stand alone too."""
    for more in (5, 50):
        body = f'"\n{MARIA}\n' + "kept\n" * more
        assert TRACES.cut_file(body.encode()) == ('"\n' + "kept\n" * more).encode()
