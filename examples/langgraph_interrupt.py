"""A LangGraph node that waits for our signature, and goes on with what people signed. Run again, it
proposes the same under the same key: one proposal."""

from __future__ import annotations

from typing import Any, TypedDict

from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, StateGraph
from langgraph.types import Command, interrupt

from countersign.client import Client


class Refund(TypedDict, total=False):
    """What the graph carries."""

    key: str
    action: dict[str, Any]
    said: dict[str, Any]


def graph(there: Client) -> Any:
    """One node; a checkpointer of yours keeps what waits."""

    def sign(state: Refund) -> Refund:
        asked = there.propose([state["action"]], "a refund is asked for", key=state["key"])
        return {"said": interrupt(asked["status_url"])}

    drawn = StateGraph(Refund).add_node("sign", sign).add_edge(START, "sign").add_edge("sign", END)
    return drawn.compile(checkpointer=InMemorySaver())


def handle(there: Client, key: str, action: dict[str, Any]) -> dict[str, Any]:
    """The proposal's end, or how it stands after a minute."""
    flow, thread = graph(there), {"configurable": {"thread_id": key}}
    (waits,) = flow.invoke({"key": key, "action": action}, thread)["__interrupt__"]
    ended = there.wait(waits.value, seconds=60)
    return dict(flow.invoke(Command(resume=ended), thread)["said"])
