"""The twelve checks: what is done to a system, and when it held."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import product

from infra.approval_bench.system import Mail, Meanwhile, Reply, Request, Says, State, System

KEY, SUM, OTHER = "ticket-7", 12_000, 8_000
STRANGER = "mallory@elsewhere.example"


class Verdict(StrEnum):
    """What a check found."""

    HOLDS = "holds"
    FAILS = "fails"
    NOT_OFFERED = "not offered"


@dataclass(frozen=True)
class Found:
    """What a system did, in words, and whether that is right."""

    verdict: Verdict
    did: str


Play = Callable[[System], Found]


@dataclass(frozen=True)
class Check:
    """One check; `sentence` is what holds of a system that passes."""

    name: str
    sentence: str
    play: Play


def _found(system: System, *, holds: bool, saw: str = "") -> Found:
    done = system.effects(KEY)
    paid = " and ".join(f"{cents / 100:.2f}" for cents in done)
    parts = (saw, system.state(KEY), f"paid {paid}" if done else "nothing paid")
    return Found(Verdict.HOLDS if holds else Verdict.FAILS, ", ".join(filter(None, parts)))


def _ends(system: System, *effects: int) -> bool:
    """Whether it says what its target's books say, and they say this."""
    state = system.state(KEY)
    return tuple(system.effects(KEY)) == effects and (state is State.DONE) == bool(effects)


def _asked(system: System, meanwhile: Meanwhile = Meanwhile.NOTHING) -> Sequence[Mail]:
    return system.ask(Request(KEY, SUM, meanwhile=meanwhile))


def _approves(system: System, mail: Mail) -> Reply:
    return system.decides(mail, Says.APPROVE, mail.to)


def _scanner(system: System) -> Found:
    links = [link for mail in _asked(system) for link in mail.links]
    if not links:
        return Found(Verdict.NOT_OFFERED, "there is no link to open")
    for link, method in product(links, ("HEAD", "GET")):
        system.opens(link, method)
    holds = system.state(KEY) is State.WAITING and _ends(system)
    return _found(system, holds=holds)


def _two_answers(system: System) -> Found:
    mails = _asked(system)
    replies = [_approves(system, one) for one in (mails[0], mails[-1], mails[0])]
    return _found(system, holds=_ends(system, SUM), saw=f"answers {_told(replies)}")


def _contradiction(system: System) -> Found:
    mails = _asked(system)
    _approves(system, mails[0])
    second = system.decides(mails[-1], Says.REJECT, mails[-1].to)
    holds = second is Reply.REFUSED and _ends(system, SUM)
    return _found(system, holds=holds, saw=f"the second {second}")


def _edit(system: System) -> Found:
    mails = _asked(system)
    reply = system.decides(mails[0], Says.EDIT, mails[0].to, OTHER)
    if reply is Reply.NOT_OFFERED:
        return Found(Verdict.NOT_OFFERED, "people approve or reject what is there")
    return _found(system, holds=_ends(system, OTHER), saw=f"edited to {OTHER / 100:.2f}")


def _unreadable(system: System) -> Found:
    mails = _asked(system)
    reply = system.decides(mails[0], Says.UNREADABLE, mails[0].to)
    holds = reply is Reply.REFUSED and system.state(KEY) is State.WAITING and _ends(system)
    return _found(system, holds=holds, saw=reply)


def _late(system: System) -> Found:
    mails = _asked(system, Meanwhile.TOO_LATE)
    reply = _approves(system, mails[0])
    closed = system.state(KEY) in (State.CLOSED, State.TROUBLE)
    holds = reply is Reply.REFUSED and closed and _ends(system)
    return _found(system, holds=holds, saw=reply)


def _twice(system: System) -> Found:
    first = len(_asked(system))
    mails = _asked(system)
    _approves(system, mails[0])
    system.state(KEY)
    after = len(_asked(system))
    holds = after == first and _ends(system, SUM)
    return _found(system, holds=holds, saw=f"mails: {first}, after the replays {after}")


def _changed(system: System) -> Found:
    mails = _asked(system)
    _approves(system, mails[0])
    system.ask(Request(KEY, OTHER))
    system.state(KEY)
    paid = system.effects(KEY)
    return _found(system, holds=tuple(paid) == (SUM,), saw=f"{OTHER / 100:.2f} handed in")


def _own_request(system: System) -> Found:
    approver = _asked(system)[0].to
    mails = system.ask(Request("ticket-8", SUM, requester=approver))
    own = next((one for one in mails if one.to == approver), None)
    if own is None:
        return Found(Verdict.HOLDS, "who requests it is not asked")
    reply = _approves(system, own)
    paid = system.effects("ticket-8")
    holds = reply is Reply.REFUSED and not paid
    return Found(
        Verdict.HOLDS if holds else Verdict.FAILS,
        f"the requester is asked, {reply}, {system.state('ticket-8')}",
    )


def _released(system: System) -> Found:
    mails = _asked(system, Meanwhile.RELEASE)
    reply = _approves(system, mails[0])
    holds = _ends(system, SUM) or _ends(system)
    return _found(system, holds=holds, saw=reply)


def _nothing_happens(system: System) -> Found:
    mails = _asked(system, Meanwhile.LOST)
    _approves(system, mails[0])
    holds = system.state(KEY) is State.TROUBLE and not system.effects(KEY)
    return _found(system, holds=holds)


def _forwarded(system: System) -> Found:
    reply = system.decides(_asked(system)[0], Says.APPROVE, STRANGER)
    return _found(system, holds=_ends(system), saw=reply)


def _told(replies: Sequence[Reply]) -> str:
    return ", then ".join(replies)


CHECKS = (
    Check("scanner GET", "A program that fetches every link of a mail decides nothing.", _scanner),
    Check("two answers", "Two people approve, one of them twice: it is done once.", _two_answers),
    Check(
        "contradictory second",
        "Who rejects what another approved is told that it is too late.",
        _contradiction,
    ),
    Check("edit, then execute", "What a person edited is what is done.", _edit),
    Check("unreadable answer", "An answer that is none is refused, and it waits on.", _unreadable),
    Check("late answer", "After the time to answer nothing is done by an answer.", _late),
    Check(
        "notified twice on replay",
        "Handed in again, before and after: nobody is asked anew, and it is done once.",
        _twice,
    ),
    Check(
        "arguments changed after approval",
        "Other arguments under the approved key: only what was approved is done.",
        _changed,
    ),
    Check("requester approves", "Who requests it does not approve it.", _own_request),
    Check(
        "approval after releases",
        "The code changed since people were asked: what they saw is done, or nothing.",
        _released,
    ),
    Check(
        "approved and nothing happens",
        "The target says yes and does nothing: it does not count as done, and somebody is told.",
        _nothing_happens,
    ),
    Check("forwarded link", "Another person with the mail decides nothing.", _forwarded),
)
