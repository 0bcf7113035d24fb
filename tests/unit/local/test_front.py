"""The front's pages: what they show, what they refuse, and that nothing on them runs."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from countersign.domain.mail import Email
from countersign.web.paths import HOME, LINK, MCP, PROPOSAL, PROPOSE, STATUS, UNSUBSCRIBE
from countersign.web.rendering import render
from infra.cli.submit import SubmitError
from infra.local import people
from infra.local.bad_model import NO_FAULT, OFFERED, Trouble
from infra.local.cloud import proxy
from infra.local.crm.app import crm_app
from infra.local.demo.page import mark
from infra.local.front.app import Front
from infra.local.front.mailbox import Mail, framed, links, parsed
from infra.local.front.samples import Sample, samples
from infra.local.payments.app import payments_app
from infra.local.slack import push_app
from tests.fakes.journey import Journey, accept, form
from tests.fakes.world import START, World
from workflows import WORKFLOWS

PUBLIC = "https://countersign.example"
PAGES = ("/", "/console", "/mailbox")


def mail(email: Email, number: int = 1) -> Mail:
    """A sent mail as the mailbox has it."""
    found = links((email.text,), PUBLIC)
    at = datetime(2026, 3, 2, 9, number, tzinfo=UTC)
    to = (email.to,)
    return Mail(f"m-{number}", "a@b.example", to, email.subject, email.text, email.html, at, found)


class Visit:
    """A browser on the front of a world with one waiting job."""

    def __init__(
        self, message: str = "", *, offline: bool = True, moved: timedelta = timedelta()
    ) -> None:
        self.world = World(WORKFLOWS["lead_intake"].offline)
        body = form(message=message) if message else form()
        self.journey = Journey(self.world, accept(self.world, body))
        self.journey.goes()
        self.sent: list[Sample] = []
        self.trouble = Trouble()
        self.answer: tuple[str, str] | Exception = (self.journey.job_id, "")
        front = Front(
            store=self.world.store,
            mails=lambda: [mail(email, n) for n, email in enumerate(self.world.mail.sent, 1)],
            send=self.send,
            samples=samples(),
            offline=offline,
            now=lambda: START + moved,
            moved=lambda: moved,
            trouble=self.trouble if offline else None,
        )
        self.client = TestClient(front.app(), base_url="http://127.0.0.1", follow_redirects=False)

    def send(self, sample: Sample) -> tuple[str, str]:
        self.sent.append(sample)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def page(self, path: str) -> str:
        """The text of a page that must be there."""
        answer = self.client.get(path)
        assert answer.status_code == 200, path
        return answer.text


def test_the_first_page_names_every_sample() -> None:
    """Each event can be sent by a button of its own."""
    text = Visit().page("/")
    assert all(f'action="/send/{one.name}"' in text for one in samples())


@pytest.mark.parametrize("path", PAGES)
def test_a_moved_clock_shows_on_every_page(path: str) -> None:
    """By how much, what time it is now, and the way back."""
    text = Visit(moved=timedelta(days=2)).page(path)
    assert "The clock is moved by +2 d." in text
    assert "Wed 4 Mar 2026, 09:00 UTC" in text
    assert "countersign clock reset" in text


@pytest.mark.parametrize("path", PAGES)
def test_real_time_is_not_worth_a_word(path: str) -> None:
    """No notice without an offset."""
    assert "The clock is moved" not in Visit().page(path)


def test_an_error_page_does_not_ask_the_table_for_the_time() -> None:
    """What failed may be the very table that knows."""
    visit = Visit(moved=timedelta(days=2))
    answer = visit.client.get("/jobs/j-none")
    assert (answer.status_code, "The clock is moved" in answer.text) == (404, False)


def test_sending_leads_to_the_job() -> None:
    """The button sends that sample and shows the job that came of it."""
    visit = Visit()
    answer = visit.client.post("/send/01-web-form-complete")
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        f"/jobs/{visit.journey.job_id}",
    )
    assert [one.name for one in visit.sent] == ["01-web-form-complete"]


def test_a_refusal_is_shown_with_its_reason() -> None:
    """What a door refuses is a page that says what it answered."""
    visit = Visit()
    visit.answer = ("", "413: at most 1,000,000 bytes")
    answer = visit.client.post("/send/15-too-large")
    assert "413: at most 1,000,000 bytes" in answer.text


def test_a_silent_door_is_a_page_with_what_to_do() -> None:
    """A door that does not answer gives a sentence, not a stack trace."""
    visit = Visit()
    visit.answer = SubmitError("Nothing answers.")
    answer = visit.client.post("/send/01-web-form-complete")
    assert answer.status_code == 502
    assert "run.log" in answer.text


@pytest.mark.parametrize(
    "headers", [{"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}]
)
def test_another_site_cannot_send(headers: dict[str, str]) -> None:
    """A form on somebody else's page is refused and nothing is sent."""
    visit = Visit()
    assert visit.client.post("/send/10-spam", headers=headers).status_code == 403
    assert visit.sent == []


def test_another_host_name_is_refused() -> None:
    """A name that was made to point at this machine does not reach the pages."""
    assert Visit().client.get("/", headers={"host": "rebound.example"}).status_code == 400


def test_the_console_says_who_is_waited_for() -> None:
    """A waiting job names the people who may sign."""
    text = Visit().page("/console?status=WAITING_FOR_REVIEW")
    assert "Waits for Ana Costa or Ben Okafor." in text


def test_the_console_says_whom_a_job_is_about_and_which_workflow_it_is() -> None:
    """A row and the job's own page have the name of who wrote; the row the workflow's title."""
    visit = Visit()
    row = visit.page("/console")
    for told in ("Anna Lindner, Hafenwerk Logistik GmbH", "12,500.00 EUR", "Lead intake"):
        assert told in row
    assert "Anna Lindner" in visit.page(f"/jobs/{visit.journey.job_id}")


def test_no_class_of_the_fronts_own_is_drawn_as_a_text_field() -> None:
    """The shared style gives `.line` the border of an input; a card's first line must not be it."""
    visit = Visit()
    for path in ("/console", "/mailbox", f"/jobs/{visit.journey.job_id}"):
        assert 'class="line"' not in visit.page(path)
        assert 'class="over"' in visit.page(path)


def test_the_inbox_can_be_found() -> None:
    """Every page leads to it, and the first names the people who can sign in."""
    visit = Visit()
    assert all('<a href="/approvals">Inbox</a>' in visit.page(path) for path in PAGES)
    first = visit.page("/")
    assert all(member.person.address in first for member in people.demo(START))


def test_the_console_filters() -> None:
    """Another status shows another list; one that does not exist is not found."""
    visit = Visit()
    assert visit.client.get("/jobs.json?status=COMPLETED").json() == {"jobs": []}
    assert visit.client.get("/console?status=NONSENSE").status_code == 404


def test_a_job_tells_its_story_and_leads_to_the_decision() -> None:
    """The job's page has its story, and the link by which its decision can be made."""
    visit = Visit()
    text = visit.page(f"/jobs/{visit.journey.job_id}")
    assert "A signature was asked for" in text
    assert f'href="{PUBLIC}/approvals/' in text
    assert "entries is intact" in text


def test_hostile_text_is_shown_and_never_runs() -> None:
    """Markup in a message is text on the job's page."""
    visit = Visit("I need a quote for 5 <script>alert(1)</script> licences, budget 900 EUR.")
    text = visit.page(f"/jobs/{visit.journey.job_id}")
    assert "<script>" not in text
    assert "&lt;script&gt;" in text


def test_mails_are_listed_newest_first_with_their_links() -> None:
    """mailbox.json has every mail with its approval links, under fixed names."""
    messages = json.loads(Visit().page("/mailbox.json"))["messages"]
    assert {"id", "to", "subject", "text", "html", "at", "links"} <= messages[0].keys()
    assert messages[0]["links"][0].startswith(f"{PUBLIC}/approvals/")


def test_a_mail_is_framed_without_scripts() -> None:
    """A mail's HTML comes from an address of its own, sandboxed twice."""
    visit = Visit()
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in visit.page("/mailbox/m-1")
    answer = visit.client.get("/mailbox/m-1.html")
    policy = answer.headers["content-security-policy"]
    assert "sandbox allow-popups" in policy
    assert "allow-scripts" not in policy
    assert '<base target="_blank">' in answer.text


@pytest.mark.parametrize("path", PAGES)
def test_pages_load_nothing_from_elsewhere(path: str) -> None:
    """No page has a script, and its policy allows only its own style sheet."""
    visit = Visit()
    answer = visit.client.get(path)
    assert "<script" not in answer.text
    assert "default-src 'none'; style-src 'self'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("path", PAGES)
def test_the_offline_model_is_named_on_every_page(path: str) -> None:
    """Whoever looks learns that no language model answered, and only when that is so."""
    assert "Offline model." in Visit().page(path)
    assert "Offline model." not in Visit(offline=False).page(path)


@pytest.mark.parametrize(
    "path", ["/jobs/j-nothing", "/jobs/j-nothing.json", "/mailbox/x", "/nowhere"]
)
def test_what_is_not_there_says_what_to_do(path: str) -> None:
    """A wrong address is 404 with a sentence, as JSON where JSON was asked for."""
    answer = Visit().client.get(path)
    assert answer.status_code == 404
    assert "The address may be cut off" in answer.text


def test_the_emulators_mails_are_read() -> None:
    """Mails of all accounts come as one list, newest first, without the provider's domain."""
    row = {
        "MessageId": "1@email.amazonses.com",
        "Source": "a@b.example",
        "To": ["c@d.example"],
        "Subject": "s",
        "BodyText": f"{PUBLIC}/approvals/one/two and {PUBLIC}/approvals/one/two",
        "BodyHtml": None,
        "Timestamp": 1.0,
    }
    found = parsed({"messages": {"1": [row, {**row, "MessageId": "2", "Timestamp": 2}]}}, PUBLIC)
    assert [one.id for one in found] == ["2", "1"]
    assert found[1].links == (f"{PUBLIC}/approvals/one/two",)


def test_a_mail_without_a_head_is_framed_too() -> None:
    """Links of any mail open outside the frame."""
    assert framed("<p>hi") == '<base target="_blank"><p>hi'


API = "emulator.test/_aws/execute-api/a1/$default"


class Api:
    """An HTTP API that remembers what it was asked and answers one thing."""

    def __init__(self) -> None:
        self.asked: list[httpx.Request] = []
        self.content = b"<p>no"
        transport = httpx.MockTransport(self.answer)
        client = httpx.AsyncClient(transport=transport)
        front = Front(
            store=World(WORKFLOWS["lead_intake"].offline).store,
            mails=list,
            send=lambda _: ("", ""),
            samples=(),
            offline=True,
            now=lambda: START,
            doors=proxy.routes(f"http://{API}", client, mark(offline=True)),
        )
        self.client = TestClient(front.app(), base_url="http://127.0.0.1", follow_redirects=False)

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        cookies = [("set-cookie", "a=1; Path=/"), ("set-cookie", "b=2; Path=/")]
        headers = [*cookies, ("content-type", "text/html"), ("x-own", "yes")]
        return httpx.Response(409, headers=headers, content=self.content)


def test_a_request_reaches_the_api_as_it_came() -> None:
    """Method, path, query, raw body, headers and cookies arrive unchanged."""
    api = Api()
    body = b'{"caf\xc3\xa9": "\xff"}'
    headers = {"webhook-id": "m1", "cookie": "nonce=1.2", "content-type": "application/json"}
    api.client.post("/webhooks/lead%5Fintake?a=1&a=2", content=body, headers=headers)
    asked = api.asked[0]
    assert asked.url.raw_path == b"/_aws/execute-api/a1/$default/webhooks/lead%5Fintake?a=1&a=2"
    assert (asked.method, asked.content) == ("POST", body)
    assert (asked.headers["webhook-id"], asked.headers["cookie"]) == ("m1", "nonce=1.2")
    assert asked.headers["host"] == "emulator.test"


@pytest.mark.parametrize(
    "pattern", [LINK, HOME, STATUS, PROPOSE, PROPOSAL, MCP, UNSUBSCRIBE, "/webhooks/{sender}"]
)
def test_every_public_page_and_door_answers_on_the_fronts_address(pattern: str) -> None:
    """What stands in a mail, and what a program is told to call, leads to the API."""
    api = Api()
    path = re.sub(r"{\w+}", "x1", pattern)
    assert api.client.get(path).status_code == 409
    assert api.asked[0].url.raw_path.endswith(path.encode())


def test_the_answer_comes_back_as_it_is() -> None:
    """Status, body, own headers and each of several cookies come back."""
    answer = Api().client.get("/approvals/l/s")
    assert (answer.status_code, answer.content) == (409, b"<p>no")
    assert answer.headers.get_list("set-cookie") == ["a=1; Path=/", "b=2; Path=/"]
    assert answer.headers["x-own"] == "yes"


@pytest.mark.parametrize("path", ["/approvals", "/approvals/no/link"])
def test_pages_of_the_product_say_that_this_is_the_demo(path: str) -> None:
    """Once, in the heading that its templates have; the length fits, the rest is as it was."""
    api = Api()
    api.content = render("base.html.j2").encode()
    answer = api.client.get(path)
    said = b" <span>\xc2\xb7 demo, offline model: plain heuristics read the messages</span>"
    assert answer.content.count(said) == 1
    assert answer.content.replace(said, b"") == api.content
    assert answer.headers["content-length"] == str(len(answer.content))
    assert answer.headers.get_list("set-cookie") == ["a=1; Path=/", "b=2; Path=/"]


@pytest.mark.parametrize("path", ["/webhooks/lead_intake", "/approvals/l/s"])
def test_what_is_no_page_is_not_marked(path: str) -> None:
    """A door's answer to a program, and HTML without a heading, come back byte for byte."""
    api = Api()
    api.content = proxy.HEADING if path.startswith("/webhooks") else b"<p>no"
    assert api.client.get(path).content == api.content


def demo_systems(folder: Path, said: str) -> dict[str, Starlette]:
    """The three of them, as a run has them."""
    return {
        "/crm": crm_app(folder / "crm.db", token_write="w", token_read="r", mark=said),
        "/payments": payments_app(folder / "pay.db", key_write="w", key_read="r", mark=said),
        "/push": push_app({"finance": "token"}, key="key", mark=said),
    }


@pytest.mark.parametrize("path", ["/crm", "/payments", "/push"])
def test_the_demo_systems_pages_are_marked(tmp_path: Path, path: str) -> None:
    """They read what a model, or the heuristics, made."""
    for offline, said in ((True, "· demo, offline model"), (False, "· demo</span>")):
        with TestClient(demo_systems(tmp_path, mark(offline=offline))[path]) as client:
            page = client.get(path).text
        assert page.count(said) == 1
        assert "<h1>Demo" in page


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS"])
def test_looking_methods_pass_through(method: str) -> None:
    """HEAD and OPTIONS are the API's to answer."""
    api = Api()
    api.client.request(method, "/approvals/l/s")
    assert [one.method for one in api.asked] == [method]


@pytest.mark.parametrize("path", ["/approvals/%2e%2e/x", "/webhooks/a/%2E%2E/%2e%2e/_ministack"])
def test_no_path_climbs_out_of_its_door(path: str) -> None:
    """Nobody reaches the emulator's own addresses through the doors."""
    api = Api()
    assert api.client.get(path).status_code == 404
    assert api.asked == []


def test_every_page_leads_to_the_demo_systems() -> None:
    """CRM, payments and channels stand side by side in the bar of pages."""
    text = Visit().page("/console")
    assert '<a href="/crm">CRM</a>' in text
    assert '<a href="/payments">Payments</a>' in text
    assert '<a href="/push">Channels</a>' in text


def test_what_the_model_does_can_be_chosen_on_the_first_page() -> None:
    """Each choice in words; the chosen one is told, and gone again by choosing that it answers
    well. What is not offered, and what another site asks for, changes nothing."""
    visit = Visit()
    assert "Now:" not in visit.page("/")
    assert all(words in visit.page("/").replace("&#39;", "'") for words in OFFERED.values())
    assert visit.client.post("/what-if", data={"model": "refusal"}).status_code == 303
    assert visit.trouble.kind == "refusal"
    assert "Now: it refuses to answer." in visit.page("/")
    other = {"origin": "https://elsewhere.example"}
    assert visit.client.post("/what-if", data={"model": "HTML"}, headers=other).status_code == 403
    assert visit.client.post("/what-if", data={"model": "explodes"}).status_code == 404
    assert visit.trouble.kind == "refusal"
    visit.client.post("/what-if", data={"model": ""})
    assert visit.trouble.kind == NO_FAULT


def test_somebody_elses_model_is_left_alone() -> None:
    """Where prompts go to a real server, nothing is offered and nothing can be chosen."""
    visit = Visit(offline=False)
    assert "What if the model" not in visit.page("/")
    assert visit.client.post("/what-if", data={"model": "refusal"}).status_code == 404
