"""T28: tokens, secrets, keys and people's data are nowhere but where they belong."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

import pytest

from countersign import observability
from countersign.approvals.handlers import answer
from countersign.connectors.clock import SystemIds
from countersign.connectors.dynamodb.rows import link as row_of
from countersign.domain.errors import Refused, Unavailable
from countersign.entrypoints.pages import answer as any_page
from countersign.entrypoints.start import start
from countersign.entrypoints.tick import tick
from countersign.web.http import Request, Response
from tests.fakes.deliveries import Delivery
from tests.fakes.journey import form
from tests.fakes.world import ANA, World
from tests.guarantees.canaries import (
    FORM,
    MODEL_KEY,
    PAGE_KEY,
    PERSON,
    SECRETS,
    TOKEN,
    Heard,
    Told,
    found,
    listening,
    unguarded,
)
from tests.guarantees.signing import Figure, Waiting, a_world
from tests.seeds import dice
from tests.unit.web.member import MemberBrowser

pytestmark = pytest.mark.guarantee("T28")


class Run:
    """One whole job, and every place where something of it could have leaked to."""

    def __init__(self) -> None:
        self.heard = Heard()
        self.world: World = a_world()
        self.world.ids = SystemIds()  # type: ignore[assignment]
        self.world.secrets.held |= {"page-key": PAGE_KEY, "model": MODEL_KEY}
        self.world.deps = self.world.deps_again()
        self.own: list[Response] = []
        """Pages that somebody saw who may see the job."""
        self.others: list[Response] = []
        """Answers to everybody else, and pages that say what went wrong."""
        self.jobs: list[Told] = []

    def plays(self) -> None:
        """Webhook to effects, with refusals and failures on the way."""
        with listening() as self.heard:
            self._happens(1)
            self._fails(2)
            self._expires(3)
            self._strangers()
            self._members()

    def _arrives(self, number: int) -> Told:
        mail = FORM["email"].replace("q@", f"q{number}@") if number > 1 else FORM["email"]
        said = Delivery(form(**{**FORM, "email": mail}), id=f"evt-{number}").arrives(self.world)
        self.others.append(said)
        start(self.world.deps, json.dumps({"job_id": self.world.queue.sent[-1]}))
        job = Told(self.world, self.world.queue.sent[-1])
        self.jobs.append(job)
        return job

    def _happens(self, number: int) -> None:
        self.world.model.answers(*[Unavailable("the model is down")] * 2)
        job = self._arrives(number)
        assert job.goes() == "Ask"
        held = Waiting(self.world, job)
        ana, ben = held.browser("ana"), held.browser("ben")
        self.own += [ana.opens(), ben.opens(), ana.goes_to(edit="4"), ana.goes_to(question="new")]
        ana.query = {}
        self.own.append(ana.opens())
        odd = [b"\xff", b"x" * 70_000, b"a=1&a=2", b"shown=x"]
        self.others += [ana.send(ana.post(body)) for body in odd]
        self.own.append(ana.opens())
        self.own += [ana.posts(ana.filled(code="WRONG")), ana.posts(ana.filled())]
        self.own += [ana.opens(), ben.posts(ben.filled())]
        assert job.answered() == "Close"
        assert held.effects() == {"contacts": 1, "deals": 1, "tasks": 1}
        assert len(self.world.mail.to(FORM["email"])) == 1

    def _fails(self, number: int) -> None:
        """A defect whose message quotes everything that it can."""
        everything = " ".join([*PERSON.values(), *SECRETS.values(), TOKEN])
        self.world.model.answers(RuntimeError(everything))
        self._arrives(number).goes()

    def _expires(self, number: int) -> None:
        self.world.model.answers(*[Unavailable("the model is down")] * 2)
        job = self._arrives(number)
        assert job.goes() == "Ask"
        self.world.executions.broken = RuntimeError(TOKEN)
        for _ in range(3):
            self.world.clock.passes(hours=12)
            tick(self.world.deps)
        self.world.executions.broken = None
        late = Waiting(self.world, job).browser("ana", -1)
        self.own.append(late.opens())
        assert job.answered() == "Escalate"

    def _strangers(self) -> None:
        """Every refusal and every notice that a stranger can get."""
        (first, *_) = self.links()
        deps = self.world.deps
        for method in ("GET", "HEAD", "OPTIONS", "POST", "DELETE"):
            for params in ({**first, "secret": "guess"}, {"link": "x", "secret": "y"}):
                self.others.append(answer(deps, Request(method, params)))
            for path in ("", "/sign-in", "/sign-in/x/y", "/sign-out", "/requests/x/y", "/cases/x"):
                request = Request(method, {"link": "x", "secret": "y"})
                self.others.append(any_page(deps, f"/approvals{path}", request))
        self.others.append(Delivery(b"{", id="evt-x").arrives(self.world))
        self.others.append(Delivery(form(**FORM), id="evt-1").arrives(self.world))
        self.others.append(Delivery(form(**FORM), headers={"webhook-id": "x"}).arrives(self.world))

    def _members(self) -> None:
        """Somebody signs in and looks around."""
        self.world.mail.fails_with(Refused(ANA.address))
        lost = MemberBrowser(self.world)
        self.others.append(lost.asks(ANA.address))
        self.others.append(lost.asks("nobody@example.com"))
        member = MemberBrowser(self.world).signs_in(ANA.address)
        self.own += [member.opens(), member.opens("/approvals/jobs/" + self.jobs[0].job_id)]
        self.own.append(member.opens("/approvals/cases/" + self.jobs[-1].job_id))

    def links(self) -> list[dict[str, str]]:
        """Every link that was mailed, of requests and of signing in."""
        texts = "\n".join(mail.text for mail in self.world.mail.sent)
        pairs = re.findall(r"/approvals/(?:sign-in/)?([\w-]{20,})/([\w-]{20,})", texts)
        return [{"link": link, "secret": secret} for link, secret in pairs]

    def secrets(self) -> dict[str, str]:
        """Everything that nobody may read anywhere but in their own mail."""
        mailed = {f"link {n}": one["secret"] for n, one in enumerate(self.links())}
        return {**SECRETS, **mailed, "task token": TOKEN}

    def places(self) -> dict[str, str]:
        """Where neither secrets nor people's data may be."""
        return {
            "logs": self.heard.log.getvalue(),
            "metrics and output": self.heard.printed.getvalue(),
            "execution history": json.dumps([job.history for job in self.jobs]),
            "executions": repr(self.world.executions.started),
            "queue": repr(self.world.queue.sent),
            "pages of refusal": "".join(map(_whole, self.others)),
        }

    def stored(self) -> str:
        """The table, the tokens' own rows apart."""
        rows = [row_of(self.world.store.link(one["link"])) for one in self._of_requests()]
        kept = [replace(record, tokens={}) for record in self.world.store.records()]
        signing_in = repr(vars(self.world.sign_ins))
        return json.dumps(rows) + "".join(map(repr, kept)) + signing_in

    def _of_requests(self) -> list[dict[str, str]]:
        known = self.world.store._links
        return [one for one in self.links() if one["link"] in known]


def _whole(response: Response) -> str:
    return f"{response.status} {dict(response.headers)} {response.cookies} {response.body}"


def _without_own_way_back(response: Response) -> str:
    """A redirect back to the very link that was posted to holds what its sender sent."""
    kept = {name: value for name, value in response.headers.items() if name != "location"}
    return _whole(replace(response, headers=kept))


def hunted(run: Run) -> list[str]:
    """Every leak of a run that was played."""
    places, secrets = run.places(), run.secrets()
    everywhere = {**places, "tables": run.stored()}
    everywhere["people's own pages"] = "".join(map(_without_own_way_back, run.own))
    return found(everywhere, secrets) + found(places, PERSON)


def test_a_whole_run_leaks_nothing(figure: Figure) -> None:
    """A job from webhook to effects, one that breaks, one that expires: 0 canaries outside."""
    run = Run()
    run.plays()
    secrets = run.secrets()
    assert len(secrets) >= 10
    mails = "".join(mail.text + mail.html for mail in run.world.mail.sent)
    assert all(mail in mails for name, mail in secrets.items() if name.startswith("link "))
    assert all(canary in "".join(r.body for r in run.own) for canary in ("Quillfeather",))
    assert run.heard.lines > 15
    assert '"class":"RuntimeError"' in run.heard.log.getvalue().replace(" ", "")
    assert '"_aws"' in run.heard.printed.getvalue()
    assert hunted(run) == []
    answers, canaries = len(run.own) + len(run.others), len(secrets) + len(PERSON)
    figure(f"0 of {canaries} canaries outside, {answers} answers read", answers)


def test_every_page_is_guarded(figure: Figure) -> None:
    """`no-referrer`, `no-store`, a policy that allows nothing, and nothing from anybody else."""
    run = Run()
    run.plays()
    answers = (*run.own, *run.others)
    pages = [one for one in answers if "json" not in one.headers.get("content-type", "")]
    assert len({one.status for one in pages}) >= 6
    assert [wrong for one in pages for wrong in unguarded(one)] == []
    figure(f"{len(pages)} pages guarded", len(pages))


def test_a_job_logs_nothing_of_whoever_wrote(figure: Figure) -> None:
    """Names, addresses and texts drawn anew each time: none of them in logs or metrics."""
    dealt, n = dice(), 20
    words: dict[str, str] = {}
    with listening() as heard:
        for number in range(n):
            said = _somebody(dealt)
            words |= {f"{number} {name}": value for name, value in said.items()}
            world = a_world()
            mail = f"{said['mailbox']}@canary.example"
            body = form(
                name=said["name"], email=mail, message=f"A quote for {said['name']}, please."
            )
            Delivery(body, id=said["mailbox"] + "-event").arrives(world)
            Told(world, world.queue.sent[-1]).goes()
    assert heard.lines >= 3 * n
    places = {"logs": heard.log.getvalue(), "output": heard.printed.getvalue()}
    assert found(places, words) == []
    figure(f"{n} made-up people: 0 of their words in the logs", n)


def _somebody(dealt: random.Random) -> Mapping[str, str]:
    syllables = ["zor", "bli", "quav", "mux", "fent", "krop", "yzel"]
    name = "".join(dealt.choices(syllables, k=5)).capitalize()
    return {"name": name, "mailbox": "".join(dealt.choices(syllables, k=5))}


@pytest.mark.control
def test_control_a_logger_that_logs_the_event_is_heard() -> None:
    """The usual `log_event=True`: the path with the secret and the body are in the log."""
    run = Run()
    with listening() as run.heard:
        run._happens(1)
        link = run.links()[0]
        path = f"/approvals/{link['link']}/{link['secret']}"
        event = {"rawPath": path, "body": urlencode(FORM)}
        observability.logger().info("event", extra={"event": event})
    leaks = hunted(run)
    assert "link 0 in logs" in leaks
    assert "name in logs" in leaks


@pytest.mark.control
def test_control_a_page_that_fetches_a_font_is_caught() -> None:
    """A third party's style sheet on the page would be told the link by the referrer."""
    body = '<link rel="stylesheet" href="https://fonts.example/x.css"><p onclick="x()">'
    assert len(unguarded(Response(200, body))) >= 5
