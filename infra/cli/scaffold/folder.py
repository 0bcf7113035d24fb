"""A workflow's folder as texts by their paths: the page, prompt, stages, a case, two events."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from infra.build.demo import DEMO
from infra.cli.scaffold.facts import Part
from infra.settings import context

ADDRESS = ("address", "zip", "city", "country")
"""The parameters of `crm.set_address`."""
KNOWN = "petra.lindqvist@fjordworks.example"
"""A contact that the demo CRM holds."""
_HOW: Mapping[str, str] = {
    "Quoted": "The value stands in its quote, word for word.",
    "Derived": "The value rests on its quote; write numbers in digits and dates as YYYY-MM-DD.",
    "Chosen": "One of the allowed values; quote what decides it.",
    "Sum": "`amount` in digits with a decimal point, `currency` as an ISO 4217 code or null.",
    "Summary": "Up to three sentences; quote those that it rests on.",
    "Language": "An ISO 639-1 code; quote any sentence.",
}
_LIKE = """# The stage {}: what differs from the demo's.
like = "local"
# In shadow it does nothing, and people mark what it would have done; then "probation", where people
# sign everything; then "live". `countersign release status` says what the next step needs.
state = "shadow"
"""
_SUM = "It is about EUR 120.50."
_NOTHING = "Hello, could somebody get in touch with me, please? Thank you."


class Folder:
    """What is written for one workflow. `parts` as `facts.parts` gives them; `prompt` is the
    author's own, or empty."""

    def __init__(self, name: str, parts: Sequence[Part], prompt: str) -> None:
        self._name = name
        self._parts = parts
        self._prompt = prompt.strip()
        self._by_name = {part.name: part for part in parts}
        self._address = "address" in self._by_name
        self._action = "crm.set_address" if self._address else "email.send_reply"

    @property
    def sender(self) -> str:
        """Who writes the first event."""
        return KNOWN if self._address else self._invented("kim")

    @property
    def title(self) -> str:
        """The name in words."""
        return self._name.replace("_", " ").capitalize()

    def files(self) -> dict[str, str]:
        """What belongs below `functions/workflows/<name>/`."""
        given = {"prompt": self._prompt or _prompt(self.title), "how": _HOW}
        return {
            "__init__.py": self._rendered("page.py.j2", self._page()),
            "prompt.md": self._rendered("prompt.md.j2", given),
            "stages/local.toml": self._rendered("local.toml.j2", {}),
            **{
                f"stages/{one}.toml": _LIKE.format(one)
                for one in context()["stages"]
                if one != DEMO
            },
            "cases/all-that-is-needed.json": _json(self._case()),
        }

    def _stages(self) -> dict[str, str]:
        """A file for each stage of `cdk.json` but the demo's own."""
        stages = (one for one in context()["stages"] if one != DEMO)
        return {f"stages/{one}.toml": _LIKE.format(one) for one in stages}

    def events(self, first: int, after: Sequence[str]) -> dict[str, str]:
        """What belongs below `events/`: two from the number `first` on. `after` are the events that
        write about the same contact: they come before."""
        slug = self._name.replace("_", "-")
        one, two = f"{first:02}-{slug}", f"{first + 1:02}-{slug}-incomplete"
        before = list(after) if self._address else []
        return {
            f"{one}/event.json": _json(self._form()),
            f"{one}/expect.json": _json(self._signed(before)),
            f"{two}/event.json": _json({"email": self._invented("sam"), "message": _NOTHING}),
            f"{two}/expect.json": _json(self._forbidden()),
        }

    def _page(self) -> dict[str, Any]:
        used = {part.kind for part in self._parts}
        return {
            "address": tuple(name for name in ADDRESS if name in self._by_name),
            "action": "crm.SET_ADDRESS" if self._address else "mail.SEND_REPLY",
            "needed": tuple(fact for part in self._parts if part.needed for fact in part.facts),
            "literal": "Chosen" in used,
            "optional": any(part.is_field and not part.choices for part in self._parts),
            "imported": [
                *sorted({"Answer", "Form", *used}),
                *("ask", "forbid", "said", "workflow"),
            ],
        }

    def _form(self) -> dict[str, str]:
        stated = {part.name: part.example for part in self._parts if part.is_field}
        named = "; ".join(f"{name.replace('_', ' ')}: {said}" for name, said in stated.items())
        about = " ".join(filter(None, (f"I write about this. {named}.", self._sum())))
        return {
            "email": self.sender,
            "name": "Petra Lindqvist" if self._address else "Kim Reyes",
            "message": f"Hello, {about} Thank you.",
            **stated,
        }

    def _sum(self) -> str:
        return _SUM if any(part.kind == "Sum" for part in self._parts) else ""

    def _invented(self, who: str) -> str:
        return f"{who}@{self._name.replace('_', '-')}.example"

    def _case(self) -> dict[str, Any]:
        records = {"contact": [{"email": KNOWN}]} if self._address else {}
        said = {part.name: part.example for part in self._parts if part.is_field}
        sums = [part.facts for part in self._parts if part.kind == "Sum"]
        facts = (
            said
            | {amount: "120.50" for amount, _ in sums}
            | dict.fromkeys((currency for _, currency in sums), "EUR")
        )
        return {
            "reason": "The form says all that is needed, and a person signs what follows from it.",
            "form": self._form(),
            "records": records,
            "expect": {
                "facts": facts,
                "no_findings": ["incomplete"],
                "verdicts": {self._action: "ask"},
                "move": "Ask",
            },
        }

    def _signed(self, after: Sequence[str]) -> dict[str, Any]:
        return self._expected(
            after=list(after),
            decision="approve",
            status="COMPLETED",
            actions={self._action: "verified"},
            mails_to_sender=0 if self._address else 1,
            crm_writes=1 if self._address else 0,
            reason="The form says all that is needed; a person signs, and exactly that is done.",
        )

    def _forbidden(self) -> dict[str, Any]:
        return self._expected(
            after=[],
            decision=None,
            status="REJECTED",
            actions={self._action: "forbidden"},
            mails_to_sender=0,
            crm_writes=0,
            reason="The message does not say what is needed: policy forbids, nobody is asked.",
        )

    def _expected(self, **ends: Any) -> dict[str, Any]:
        door = {"door": "webhook", "workflow": self._name, "deliveries": 1, "answer": 202}
        return door | ends

    def _rendered(self, template: str, more: Mapping[str, Any]) -> str:
        shared = {"name": self._name, "title": self.title, "parts": self._parts}
        return _templates().get_template(template).render(**shared, **more)


def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=False,  # noqa: S701 - Python, TOML and Markdown; no page comes of it
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _prompt(title: str) -> str:
    return (
        "You read one inbound message and report what it says. You decide nothing and carry out "
        f"nothing.\nThe messages of this process are about: {title.lower()}."
    )


def _json(held: Mapping[str, Any]) -> str:
    return json.dumps(held, ensure_ascii=False, indent=2) + "\n"
