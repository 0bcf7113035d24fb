"""LangGraph's interrupt as its documentation shows it for a node that asks: the real library, in
memory. Needs `langgraph`, which nothing here installs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypedDict

from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, StateGraph
from langgraph.types import Command, interrupt

from infra.approval_bench.system import Mail, Meanwhile, Reply, Request, Says, State

APPROVER = "approver@bench.example"
_OURS = "the library has no people, mails or deadlines; who builds on it adds them"
_ANSWERS: Mapping[Says, Any] = {
    Says.APPROVE: True,
    Says.REJECT: False,
    Says.UNREADABLE: "maybe?",
}


class _Held(TypedDict, total=False):
    key: str
    cents: int
    answer: str


class Interrupt:
    """One node: it works the sum out, tells somebody, interrupts, and pays if the answer is true
    or an edited sum. A thread is a key."""

    name = "LangGraph interrupt"
    what = (
        "LangGraph itself, in memory: one node that works the sum out, tells somebody, calls "
        "`interrupt` and acts on its value by `if`, as the documentation's approve-or-reject does. "
        "A thread is a key, an answer is `Command(resume=…)`; the release adds a fee in the node."
    )
    unpromised = MappingProxyType(
        {
            "contradictory second": "a value for a thread that waits for nothing is dropped unsaid",
            "unreadable answer": "any value resumes; the documentation shows how a node may ask on",
            "late answer": _OURS,
            "notified twice on replay": "its documentation says that a node runs again from its "
            "start, so that what stands before `interrupt` must be safe to repeat",
            "requester approves": _OURS,
            "approval after releases": "a node that runs again runs the code of that moment",
            "approved and nothing happens": "it keeps what a node returns and reads nothing back",
            "forwarded link": _OURS,
        }
    )

    def __init__(self) -> None:
        self._paid: list[tuple[str, int]] = []
        self._mails: list[Mail] = []
        self._lost = False
        self._fee = 0
        built = StateGraph(_Held)
        built.add_node("refund", self._node)
        built.add_edge(START, "refund")
        built.add_edge("refund", END)
        self._graph = built.compile(checkpointer=InMemorySaver())

    def _node(self, held: _Held) -> _Held:
        cents = held["cents"] + self._fee
        self._mails.append(Mail(APPROVER, held["key"]))
        said = interrupt({"refund": cents})
        if not said:
            return {"answer": State.REJECTED.value}
        edited = said["edited"] if isinstance(said, dict) else cents
        if not self._lost:
            self._paid.append((held["key"], edited))
        return {"answer": State.DONE.value}

    def ask(self, request: Request) -> Sequence[Mail]:
        """The graph is invoked on the key's thread; a release makes the node add a fee."""
        given = {"key": request.key, "cents": request.cents}
        self._graph.invoke(given, _thread(request.key))
        self._lost = request.meanwhile is Meanwhile.LOST
        self._fee = 100 if request.meanwhile is Meanwhile.RELEASE else 0
        return [one for one in self._mails if one.about == request.key]

    def opens(self, link: str, method: str) -> None:
        """There is nothing to open."""

    def decides(self, mail: Mail, says: Says, by: str, cents: int = 0) -> Reply:  # noqa: ARG002 - nobody is known to it
        """Resume the thread; one that waits for nothing takes the value too, and drops it."""
        answer = _ANSWERS.get(says, {"edited": cents})
        self._graph.invoke(Command(resume=answer), _thread(mail.about))
        return Reply.TAKEN

    def state(self, key: str) -> State:
        """Where the thread stands."""
        now = self._graph.get_state(_thread(key))
        return State.WAITING if now.next else State(now.values["answer"])

    def effects(self, key: str) -> Sequence[int]:
        """What was paid."""
        return [cents for named, cents in self._paid if named == key]


def _thread(key: str) -> Any:
    return {"configurable": {"thread_id": key}}
