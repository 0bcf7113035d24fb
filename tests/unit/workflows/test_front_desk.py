"""The front desk: who gets each message, with a good model and without any."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from countersign.domain.policy.records import EARLIER
from tests.unit.workflows.bench import Bench
from tests.unit.workflows.desk_mail import HARD, LEAD, PLAIN, REFUND, Sent, sent
from tests.unit.workflows.desk_mail_anew import ANEW
from tests.unit.workflows.desk_mail_strange import ONCE_MORE, STRANGE, STRANGE_PLAIN
from workflows import WORKFLOWS
from workflows.front_desk.contract import MATTERS, DeskInput

BENCH: Bench[DeskInput] = Bench(WORKFLOWS["front_desk"])
Figure = Any


def scripted(message: Sent) -> dict[str, Any]:
    """A good model's answer: what the message's author meant."""
    parts: dict[str, Any] = dict.fromkeys(MATTERS)
    for part, (matter, quote) in zip(MATTERS, message.said, strict=False):
        parts[part] = {"value": matter, "quotes": [quote]}
    sure = 95 if message.said else 20
    return {**parts, "concerns": None, "order": None, "language": None, "confidence": sure}


def routed(message: Sent, *, model: bool) -> tuple[frozenset[str], str]:
    """Who would get it, and `run`, `ask` or `dismissed`."""
    door = "webhook" if message.form else "upload"
    given = BENCH.read(message.bytes(), door)
    if BENCH.workflow.dismiss(given):
        return frozenset(), "dismissed"
    outcome = BENCH.judge(given, answer=scripted(message) if model else None)
    destinations = {held.content()["params"]["destination"] for held in outcome.ledger}
    asked = any(held.verdict.answer == "ask" for held in outcome.ledger)
    return frozenset(destinations), "ask" if asked else "run"


def wrong(message: Sent, *, model: bool) -> bool:
    """Whether it would go by itself to somebody who should not have it, or to too few. What a
    person is asked about is not wrong: they choose."""
    destinations, how = routed(message, model=model)
    if how == "dismissed":
        return not message.dismissed
    return how == "run" and destinations != message.wanted


def table(messages: Sequence[Sent], *, model: bool) -> str:
    """One line for each that did not simply run as it should."""
    lines = []
    for one in messages:
        destinations, how = routed(one, model=model)
        if how == "ask" or wrong(one, model=model):
            lines.append(f"{one.kind}: {how} {sorted(destinations)}, wanted {sorted(one.wanted)}")
    return "\n".join(lines)


@pytest.mark.parametrize("model", [True, False], ids=["model", "offline"])
@pytest.mark.parametrize(
    "messages", [HARD, ANEW, STRANGE, ONCE_MORE], ids=["first", "anew", "strange", "once_more"]
)
def test_a_message_reaches_whoever_takes_it(
    messages: Sequence[Sent], *, model: bool, figure: Figure
) -> None:
    """Of 40 messages as people send them at most two go wrong, with a good model and without any;
    with the model at most ten are asked about. Of 20 half as many."""
    bad = [one for one in messages if wrong(one, model=model)]
    asked = [one for one in messages if routed(one, model=model)[1] == "ask"]
    assert len(bad) <= len(messages) // 20, table(messages, model=model)
    assert not model or len(asked) <= len(messages) // 4, table(messages, model=model)
    name = "a good model" if model else "no model"
    figure(f"front desk, {name}: {len(bad)} of {len(messages)} wrong, {len(asked)} asked", len(bad))


@pytest.mark.parametrize("model", [True, False], ids=["model", "offline"])
def test_a_plain_message_asks_nobody(*, model: bool) -> None:
    """Twice fifteen of them run by themselves, each to the right one."""
    for messages in (PLAIN, STRANGE_PLAIN):
        found = {one.subject: routed(one, model=model) for one in messages}
        assert found == {one.subject: (one.wanted, "run") for one in messages}


@pytest.mark.control
def test_control_a_desk_that_sends_everything_to_one_process_is_wrong() -> None:
    """Everything to lead_intake: of the 40 more than 20 are with the wrong people."""
    naive: Callable[[Sent], frozenset[str]] = lambda _: frozenset({LEAD})  # noqa: E731 - the naive desk
    assert sum(naive(one) != one.wanted for one in HARD) > 20


def test_a_sign_asks_no_model() -> None:
    """A form's id, an address of ours, an order with a wish for money back: no answer is read."""
    for one in (PLAIN[3], PLAIN[13], PLAIN[14]):
        given = BENCH.read(one.bytes(), "webhook" if one.form else "upload")
        signs = BENCH.workflow.signs(given, BENCH.workflow.release.limits)
        assert signs, one.subject
        assert {signs.facts["sign"].value} == one.wanted


@pytest.mark.parametrize(
    ("more", "signed", "asked"),
    [
        (" Also, who does the garden at your place?", False, True),
        (" Who does the garden at your place, I wonder?", False, False),
        (" Also, I would like the refund on my card.", True, False),
        (" What now?", True, False),
    ],
)
def test_an_order_is_a_sign_of_a_message_that_says_nothing_else(
    more: str, *, signed: bool, asked: bool
) -> None:
    """What else it asks is the model's to read; what it adds and no matter of the answer holds, a
    person's."""
    text, said = f"Please refund order 7790.{more}", (("refund", "Please refund order 7790."),)
    one = sent("two", "Pam <pam@hollis.example>", "Order", text, REFUND, said=said)
    given = BENCH.read(one.bytes(), "upload")
    assert (BENCH.workflow.signs(given, BENCH.workflow.release.limits) is not None) == signed
    assert routed(one, model=True) == (frozenset({REFUND}), "ask" if asked else "run")


def test_every_process_and_team_is_told_to_the_model() -> None:
    """The release's prompt says what each process takes and does not, and who gets each matter."""
    prompt = BENCH.workflow.release.prompt
    for words in (
        "`lead_intake` takes people and companies",
        "does not take",
        "as in",
        "team:press",
    ):
        assert words in prompt
    assert "Who takes what" not in WORKFLOWS["lead_intake"].release.prompt


def test_every_matter_has_somebody() -> None:
    """A matter that nobody is named for goes to whoever takes the others."""
    limits = BENCH.workflow.release.limits
    schema = json.dumps(BENCH.workflow.schema("openai"))
    for matter in ("sales", "outage", "erasure", "other"):
        assert matter in schema
        assert limits.list(f"route.{matter}")


@pytest.mark.parametrize(
    ("before", "first"),
    [
        ((), "team:operations"),
        (("team:finance", "team:finance"), "team:finance"),
        (("team:finance", "team:support"), "team:operations"),
        (("nobody:knows",), "team:operations"),
    ],
)
def test_a_known_correspondent_is_asked_about_where_they_wrote_before(
    before: tuple[str, ...], first: str
) -> None:
    """Nobody understood the message: a person is asked, and what is offered first is where all of
    the correspondent's earlier messages went; the sign alone lets nothing run."""
    scan = next(one for one in HARD if one.kind == "attachment only")
    given = BENCH.read(scan.bytes(), "upload")
    rows = {EARLIER: [{"to": one} for one in before]} if before else {}
    outcome = BENCH.judge(given, rows, answer=scripted(scan))
    (held,) = outcome.ledger
    assert held.content()["params"]["destination"] == first
    assert held.verdict.answer == "ask"


def signed(message: Sent) -> str:
    """Where a sign sends it without a model; empty where none does."""
    given = BENCH.read(message.bytes(), "upload")
    draft = BENCH.workflow.signs(given, BENCH.workflow.release.limits)
    return draft.facts["sign"].value if draft else ""


PARCELS = "Depot 7 <depot7@parcels.example>"


@pytest.mark.parametrize(
    ("sender", "text", "where"),
    [
        (PARCELS, "Sendung 4711 liegt im Depot.", "team:support"),
        ("Lease <dunning@landlord.example>", "Rent for December is due.", "team:finance"),
        ("Lease <office@landlord.example>", "Rent for December is due.", ""),
        ("Depot <depot7@parcels.example.evil.example>", "Sendung 4711.", ""),
        (PARCELS, "Please delete all data that you hold about me.", ""),
    ],
)
def test_mail_of_a_known_correspondent_is_one_matters(sender: str, text: str, where: str) -> None:
    """By an address or a domain that the stage file names, to the letter; never where the text asks
    us to stop or to erase."""
    assert signed(sent("known", sender, "News", text, "")) == where


@pytest.mark.control
def test_control_a_correspondent_whom_nobody_vouches_for_is_read_by_the_model() -> None:
    """Anybody can write that address into a header."""
    known = sent("known", PARCELS, "News", "Sendung 4711 liegt im Depot.", "")
    forged = known.bytes().replace(b"dmarc=pass", b"dmarc=fail")
    given = BENCH.read(forged, "upload")
    assert BENCH.workflow.signs(given, BENCH.workflow.release.limits) is None
