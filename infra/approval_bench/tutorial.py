"""AWS's tutorial of a human approval, as a small model: a state machine waits for a task token, a
mail has a link to approve and one to reject, and a GET of either answers the token.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from urllib.parse import parse_qs, urlencode, urlsplit

from infra.approval_bench.system import Mail, Meanwhile, Reply, Request, Says, State

APPROVER = "approver@bench.example"
_NO_PEOPLE = "whoever has a link decides; the tutorial has one address and no people"


class TaskTimedOutError(RuntimeError):
    """What Step Functions says of a token whose task is over."""


class Tutorial:
    """An execution is named by the request's key. A task is added behind the approval that pays
    what the execution's input says; the tutorial ends there with a Pass."""

    name = "AWS tutorial"
    what = (
        "A model of AWS's tutorial of a human approval with Step Functions, made by reading its "
        "template and not run on AWS: API Gateway's GET calls SendTaskSuccess. A task that pays "
        "stands where the tutorial ends, and executions are named by the key."
    )
    unpromised = MappingProxyType(
        {
            "requester approves": _NO_PEOPLE,
            "forwarded link": _NO_PEOPLE,
            "approved and nothing happens": "the tutorial has no task that could be read back",
        }
    )

    def __init__(self) -> None:
        self._requests: dict[str, Request] = {}
        self._states: dict[str, State] = {}
        self._paid: list[tuple[str, int]] = []

    def ask(self, request: Request) -> Sequence[Mail]:
        """StartExecution: a name that is taken starts nothing. After an hour an execution times
        out."""
        key = request.key
        if key not in self._requests:
            late = request.meanwhile is Meanwhile.TOO_LATE
            self._requests[key] = request
            self._states[key] = State.CLOSED if late else State.WAITING
        return [Mail(APPROVER, key, (_link("approve", key), _link("reject", key)))]

    def opens(self, link: str, method: str) -> None:
        """API Gateway has a GET there, and nothing else."""
        if method == "GET":
            self._get(link)

    def decides(self, mail: Mail, says: Says, by: str, cents: int = 0) -> Reply:  # noqa: ARG002 - a link knows neither who comes nor an edit
        """A press on a link of the mail; what is no answer is a link with another word."""
        if says is Says.EDIT:
            return Reply.NOT_OFFERED
        approve, reject = mail.links
        other = approve.replace("approve", "maybe")
        link = {Says.APPROVE: approve, Says.REJECT: reject}.get(says, other)
        return Reply.TAKEN if self._get(link) else Reply.REFUSED

    def state(self, key: str) -> State:
        """The execution's."""
        return self._states[key]

    def effects(self, key: str) -> Sequence[int]:
        """What was paid."""
        return [cents for named, cents in self._paid if named == key]

    def _get(self, link: str) -> bool:
        """The approval function: whether its page is the console and not an error. An action that
        it does not know is an error to whoever asked, and an empty answer to the token."""
        asked = parse_qs(urlsplit(link).query)
        action = asked["action"][0]
        try:
            self._send_task_success(asked["taskToken"][0], action)
        except TaskTimedOutError:
            return False
        return action in ("approve", "reject")

    def _send_task_success(self, token: str, action: str) -> None:
        """The machine's choice has a branch for either word; without one the execution fails."""
        if self._states[token] is not State.WAITING:
            raise TaskTimedOutError("Provided task does not exist anymore")
        ends = {"approve": State.DONE, "reject": State.REJECTED}
        self._states[token] = ends.get(action, State.CLOSED)
        request = self._requests[token]
        if action == "approve" and request.meanwhile is not Meanwhile.LOST:
            self._paid.append((token, request.cents))


def _link(action: str, token: str) -> str:
    query = urlencode({"action": action, "ex": token, "taskToken": token})
    return f"https://api.bench.example/execution?{query}"
