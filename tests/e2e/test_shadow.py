"""A candidate in shadow on a stage that runs: shown live jobs by its queue, it acts on nothing."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import pytest
from starlette.applications import Starlette

from countersign.domain.canonical import canonical
from countersign.domain.jobs.job import Status
from countersign.domain.policy.release import Release, release_key
from countersign.domain.releases.candidate_shadow import beside
from countersign.domain.releases.comparing import Judged
from countersign.domain.releases.rollout import State
from countersign.runtime.intake import shipped
from infra.build.synth import default_out
from infra.cli.submit import post_webhook
from infra.local import offline_model
from infra.local.cloud.serving import HOST, listening, serving
from infra.local.stand import Plan, RealModel, Stand, stand
from tests.e2e.waiting import reaches
from tests.infra.template import Template
from tests.rollouts import rollout

pytestmark = [
    pytest.mark.cloud,
    pytest.mark.soak,
    pytest.mark.guarantee("T47"),
    pytest.mark.timeout(400),
]
WORKFLOW, BOLD, KEY = "refund_request", "Be bold.", "sk-model"
SHOWN_WITHIN = 240.0
LAMP = (
    "The lamp of order 1042 arrived broken. I paid 49.90 EUR for it, and 9.00 EUR for sending it."
    " Please refund the 49.90 EUR."
)
SENDING = {"amount": "9.00", "currency": "EUR", "quotes": ["9.00 EUR for sending it"]}


def bold(asked: Mapping[str, Any]) -> tuple[int, Mapping[str, Any]]:
    """The offline model, which a prompt of that kind makes read the wrong sum."""
    status, body = offline_model.answer(asked)
    if BOLD not in asked["messages"][0]["content"]:
        return status, body
    message = body["choices"][0]["message"]
    message["content"] = json.dumps({**json.loads(message["content"]), "amount": SENDING})
    return status, body


@pytest.fixture(scope="module")
def showing() -> Iterator[Stand]:
    """A stage that shows jobs to candidates, and a model that heeds its prompt."""
    with listening(0) as listener:
        app = Starlette(routes=[*offline_model.routes(KEY, bold)])
        url = f"http://{HOST}:{listener.getsockname()[1]}/v1"
        with (
            serving(app, listener),
            stand(Plan(port=0, model=RealModel(url, KEY), shows=True), lambda _: None) as running,
        ):
            yield running


def candidate(stand: Stand) -> Release:
    """A bold release, in shadow beside every job."""
    ground = shipped(stand.deps, WORKFLOW)
    made = ground.model_copy(update={"prompt": f"{ground.prompt}\n{BOLD}"})
    stand.deps.payloads.put(release_key(made.digest), canonical(made))
    row = rollout(made.digest, ground=ground.digest, over=ground.digest, state=State.SHADOW)
    row = row.model_copy(update={"share": Decimal(1)})
    stand.deps.rollouts.change([(None, row)])
    return made


def until(found: Callable[[], Mapping[str, Judged]]) -> Mapping[str, Judged]:
    """What is found, once something is."""
    deadline = time.monotonic() + SHOWN_WITHIN
    while not (held := found()):
        assert time.monotonic() < deadline, "nothing was shown"
        time.sleep(1)
    return held


def test_the_wrong_amount_is_seen_before_any_customer_meets_it(showing: Stand) -> None:
    """The real job refunds what was asked; the candidate's sum stands beside it, and its dead
    letters have an alarm."""
    made = candidate(showing)
    body = json.dumps({"order": "1042", "email": "ada.quill@example.com", "message": LAMP})
    answer = post_webhook(showing.url, WORKFLOW, showing.webhook_secret, "bold", body.encode())
    record = reaches(showing, answer.job_id, *Status)
    kept = until(lambda: showing.deps.shadows.kept(made.digest))
    record = showing.deps.store.load(answer.job_id)
    parts = beside(showing.deps.workflows[WORKFLOW], record, kept[answer.job_id]).parts
    differs = {one.what: (one.before, one.after) for one in parts if not one.same}
    assert differs["payments.refund amount"] == ("49.90 EUR", "9.00 EUR")
    template = Template(default_out(showing.assembly))
    rung = [one["AlarmName"] for one in template.of("CloudWatch::Alarm").values()]
    assert "countersign-local-ShadowLetters" in rung
