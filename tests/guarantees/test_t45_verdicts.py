"""T45: a verdict allows exactly its bytes, to exactly its caller, for five minutes; who does not
report it has a case."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from countersign.client import NotVerified, verify
from countersign.domain.approvals.approval import Choice
from countersign.domain.jobs.verdicts import LIVES, REPORT_WITHIN
from countersign.entrypoints.tick import tick
from countersign.web.http import Response
from infra.settings import load
from infra.steps import VERDICTS, Grant, rows
from tests.fakes.agents import Agent, refund, with_an_order
from tests.fakes.journey import Journey
from tests.fakes.world import SHOP_SECRET, World
from tests.seeds import dealt_by, drawn_seed

Figure = Callable[[str, int], None]
pytestmark = pytest.mark.guarantee("T45")
SHORT, LONG = 24, 1_000


class Advised:
    """A caller that does what it is allowed to, and its one refund."""

    def __init__(self, euros: float = 100) -> None:
        self.world, self.charge = with_an_order()
        self.agent = Agent(self.world, "advised")
        self.answer: Response = self.agent.proposes(refund(self.charge, euros))
        self.journey: Journey = self.agent.goes(self.answer)

    def signed(self) -> Advised:
        """A person signs it."""
        self.journey.is_decided(Choice.APPROVE)
        self.journey.answered()
        return self

    @property
    def told(self) -> Any:
        """How it stands."""
        return self.agent.reads(self.answer)

    @property
    def token(self) -> str:
        """The verdict on its one action; empty while there is none."""
        return str(self.told["actions"][0].get("verdict", ""))

    @property
    def keys(self) -> Any:
        """Those at their fixed address."""
        return json.loads(self.agent.at("keys").body)["keys"]

    def verified(self, token: str, audience: str = "advised", later: float = 0) -> Any:
        """What the token says, so many seconds later."""
        now = self.world.clock.now().timestamp() + later
        return verify(token, self.keys, audience, now)


def test_a_verdict_is_there_once_a_person_has_signed_and_carries_the_exact_bytes() -> None:
    """Nothing is done here; the caller gets the parameters as they were signed, again for as long
    as its report is awaited, each time as the same `jti`."""
    it = Advised()
    assert (it.token, it.told["state"]) == ("", "waiting")
    it.signed()
    first, again = it.verified(it.token), it.verified(it.token)
    (held,) = it.journey.record.ledger
    assert json.loads(first["params"]) == held.content()["params"]
    assert (first["aud"], first["action"]) == ("advised", "payments.refund")
    assert first["jti"] == again["jti"]
    assert first["exp"] - first["iat"] <= LIVES.total_seconds()
    assert (it.told["state"], it.world.payments.journal) == ("approved", [])


def bent(token: str, dice: Any) -> Iterator[str]:
    """The token with one character, claim or part of another kind."""
    at = dice.randrange(len(token))
    yield token[:at] + dice.choice([c for c in "Ab3_-.=" if c != token[at]]) + token[at + 1 :]
    head, said, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(said + "=="))
    changed = claims | dice.choice(
        [{"params": claims["params"].replace("10000", "10001")}, {"aud": "x"}, {"exp": 2**40}]
    )
    coded = base64.urlsafe_b64encode(json.dumps(changed).encode()).rstrip(b"=").decode()
    yield f"{head}.{coded}.{signature}"
    for algorithm in ("none", "HS256"):
        named = json.dumps(json.loads(base64.urlsafe_b64decode(head + "==")) | {"alg": algorithm})
        other = base64.urlsafe_b64encode(named.encode()).rstrip(b"=").decode()
        yield f"{other}.{said}.{signature if algorithm != 'none' else ''}"


@pytest.mark.parametrize("tries", [SHORT, pytest.param(LONG, marks=pytest.mark.soak)])
def test_no_other_bytes_time_or_caller_verifies(tries: int, figure: Figure) -> None:
    """Mutated tokens, an expired one, another caller's and another key's: none allows anything;
    control: the one that was given does."""
    it, other, dice = Advised().signed(), Advised().signed(), dealt_by(drawn_seed())
    token, passed = it.token, []
    made = (one for _ in range(tries) for one in bent(token, dice))
    for one in (next(made) for _ in range(tries)):
        try:
            passed.append(it.verified(one))
        except NotVerified:
            continue
    assert passed == []
    late = LIVES.total_seconds()
    for wrong in ({"audience": "agent"}, {"later": late}, {"later": -120}, {"token": other.token}):
        with pytest.raises(NotVerified):
            it.verified(**{"token": token} | wrong)
    assert it.verified(token, later=late - 1)["jti"]
    figure(f"{tries:,} mutated verdicts: 0 pass", tries)


def test_what_is_reported_is_done_and_nothing_else_can_be_said_afterwards() -> None:
    """The report is signed by its caller, and about exactly what was allowed."""
    it = Advised(15)
    done = {"number": 0, "done": True, "receipt": "re_9"}
    assert it.agent.reports(it.answer, done, by=SHOP_SECRET).status == 401
    assert it.agent.reports(it.answer).status == 422
    assert it.agent.reports(it.answer, done, done).status == 422
    assert [it.agent.reports(it.answer, done).status for _ in range(2)] == [200, 200]
    assert it.agent.reports(it.answer, {"number": 0, "done": False}).status == 409
    tick(it.world.deps)
    (action,) = it.told["actions"]
    assert (it.told["state"], action["receipt"], it.token) == ("done", "re_9", "")
    it.world.clock.passes(hours=2)
    tick(it.world.deps)
    assert it.journey.record.job.status == "COMPLETED"


@pytest.mark.parametrize("reports", [True, False])
def test_who_is_silent_or_failed_has_a_case(reports: bool) -> None:
    """A person gets it; a silent caller may have done it, and has no verdict any more."""
    it = Advised().signed()
    if reports:
        it.agent.reports(it.answer, {"number": 0, "done": False, "words": "declined"})
    it.world.clock.pauses((REPORT_WITHIN + timedelta(minutes=1)).total_seconds())
    assert it.token == ""
    tick(it.world.deps)
    record = it.journey.record
    assert (record.job.status, record.case is not None) == ("ESCALATED", True)
    assert it.told["state"] == ("failed" if reports else "unknown")


def test_without_a_key_nobody_takes_verdicts() -> None:
    """A stage none of whose callers does anything by itself has no keys to show."""
    world = World(lambda _: {})
    world.settings = world.settings.model_copy(update={"verdict_key": ""})
    world.deps = world.deps_again()
    assert Agent(world).at("keys").status == 404


def test_only_the_doors_sign_verdicts_and_only_where_somebody_takes_them() -> None:
    """Rights: one key, for signing and showing its public half, in the rows of the two
    doors; none without."""
    without = {row.name: row for row in rows((), callers=True)}
    with_ = {row.name: row for row in rows((), callers=True, verdicts=True)}
    changed = {name for name, row in with_.items() if row != without[name]}
    assert changed == {"Webhook", "Mcp"}
    for name in changed:
        more = set(with_[name].may) - set(without[name].may)
        assert more == {Grant(VERDICTS, "kms", "Sign GetPublicKey")}
    assert [load(stage).takes_verdicts for stage in ("dev", "prod", "local")] == [
        False,
        False,
        True,
    ]
