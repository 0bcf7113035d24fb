"""The rounds of asking: one repair that shows the model its own faults, then the next size of model
once; it is asked too where we are not sure enough, and it was surer of the workflow's cases. What
was asked so far decides what is asked next, so a retry goes on where it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from countersign.domain.canonical import canonical, digest
from countersign.domain.errors import Ungrounded
from countersign.domain.policy.calls import ModelCall
from countersign.domain.policy.proposal import IN_VAIN, Ended
from countersign.domain.policy.release import Release, Size
from countersign.domain.ports import ModelAnswer, ModelRequest
from countersign.domain.workflow import Draft, Workflow
from countersign.model.proposals import proposal_of, read_answer
from countersign.model.schemas import subset_of
from countersign.model.sizing import choose, features

_SHOWN = 20
Messages = tuple[tuple[str, str], ...]
_REPAIR = "Your answer breaks these rules; answer again, whole and corrected:\n- "


@dataclass(frozen=True)
class Question:
    """What is asked next, of which size of model, and why."""

    size: Size
    why: str
    request: ModelRequest
    repairs: bool = False
    number: int = 0
    """Which of the plan's calls it is."""

    @property
    def asked(self) -> Messages:
        """All but the system's prompt, which is the release's."""
        return self.request.messages[1:]


@dataclass(frozen=True)
class Rounds:
    """One plan's question to the model. `shown` is what it reads; `seen` what was observed of
    earlier plans, in words, `failed` how many of them there are."""

    workflow: Workflow[Any]
    release: Release
    given: Any
    shown: str
    seen: str = ""
    failed: int = 0
    _drafts: dict[tuple[str, Ended], tuple[Draft | None, list[str]]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    """Each answer is read once, though it is asked about twice: is it valid, and what is next."""

    def next(self, calls: Sequence[ModelCall]) -> Question | Draft:
        """What to ask after these calls, or the draft that they led to. Raises Ungrounded when
        neither the repair nor the next size gave an answer."""
        if not calls:
            text = self.workflow.source_text(self.given)
            return self._question(*choose(self.release, features(self.given, text, self.failed)))
        draft, faults = self.read(self.counts(calls))
        if draft is not None and not faults:
            return self._unsure(calls, draft) or draft
        return self._after(calls, draft, faults)

    def counts(self, calls: Sequence[ModelCall]) -> ModelCall:
        """The call whose answer counts: the last with nothing wrong about it, else the last."""
        return next((one for one in reversed(calls) if not self.read(one)[1]), calls[-1])

    def read(self, call: ModelCall) -> tuple[Draft | None, list[str]]:
        """The draft in an answer and what is wrong with it; what was found wrong stays wrong."""
        answer = (call.content, call.ended)
        if answer not in self._drafts:
            self._drafts[answer] = read_answer(self.workflow, self.given, *answer)
        draft, faults = self._drafts[answer]
        return draft, list(call.faults) or faults

    def digest(self, question: Question, pinned: str) -> str:
        """Of all that makes the question: the release, whose digest is `pinned`, has prompt and
        model."""
        return digest(canonical([pinned, question.size.name, question.asked]))

    def called(
        self,
        turn: Question,
        request: str,
        answer: ModelAnswer,
        times: tuple[datetime, datetime],
    ) -> ModelCall:
        """The call that was answered so, with what it cost and what is wrong with its answer;
        `request` is the digest of its question, `times` are when it began and ended."""
        made = as_call(turn, request, answer, times).model_copy(update={"plan": self.failed})
        return made.model_copy(update={"faults": tuple(self.read(made)[1])})

    def shared_key(self, question: Question, request: str) -> str:
        """Where the workflow's jobs share the answer to it, in a place of its own; empty: they do
        not. `request` is its digest; the schema is the code's, and no release pins it."""
        if not self.workflow.shares_answers:
            return ""
        shape = digest(canonical(question.request.schema))
        whole = digest(f"{request} {shape}".encode())
        return f"answers/{self.workflow.id}/{whole}.json"

    def _unsure(self, calls: Sequence[ModelCall], draft: Draft) -> Question | None:
        """The next size, once, where it was surer of this workflow's cases than the small one; what
        is wrong with its answer leaves the first one as it is."""
        surer, last, larger = self.release.surer, calls[-1], self.release.sizes[-1]
        if surer is None or last.size == larger.name or len({one.size for one in calls}) > 1:
            return None
        least = self.release.limits.number("confidence.min")
        made = proposal_of(self.workflow, self.given, draft, model=last.model, offline=last.offline)
        sure = made.confidence
        if sure >= least:
            return None
        return self._question(
            larger,
            f"confidence {sure:.2f}, less than {least:.2f}: asked of the {larger.name} model, which"
            f" was surer of {surer.cases} cases ({surer.large:.2f}, not {surer.small:.2f})",
        )

    def _after(
        self, calls: Sequence[ModelCall], draft: Draft | None, faults: Sequence[str]
    ) -> Question | Draft:
        last = calls[-1]
        size = next(one for one in self.release.sizes if one.name == last.size)
        if last.ended not in IN_VAIN and not any(one.repairs for one in calls):
            return self._repair(size, last, faults)
        if draft is not None:
            return draft
        larger = self.release.sizes[self.release.sizes.index(size) + 1 :]
        if larger:
            why = f"the {size.name} model gave no valid answer: asked of the {larger[0].name} one"
            return self._question(larger[0], why)
        raise Ungrounded(f"the answer stayed wrong after its repair: {'; '.join(faults[:5])}")

    def _repair(self, size: Size, last: ModelCall, faults: Sequence[str]) -> Question:
        why = f"its answer breaks its contract: the {size.name} model is shown its faults"
        return self._question(size, why, repaired(last.asked, last.content, faults), repairs=True)

    def _question(
        self, size: Size, why: str, asked: Messages = (), *, repairs: bool = False
    ) -> Question:
        seen = (("user", self.seen),) if self.seen else ()
        whole = request_of(self.release, size, asked or (("user", self.shown), *seen))
        schema = self.workflow.schema(subset_of(size.price))
        named = replace(whole, schema_name=self.workflow.id, schema=schema)
        return Question(size, why, named, repairs=repairs)


class Asked(Protocol):
    """A question as its call remembers it."""

    @property
    def size(self) -> Size:
        """Of which size of model it is asked."""

    @property
    def why(self) -> str:
        """Why of that one."""

    @property
    def repairs(self) -> bool:
        """Whether it shows the model its own faults."""

    @property
    def asked(self) -> Messages:
        """All but the system's prompt."""

    @property
    def number(self) -> int:
        """Which of its kind it is."""


def as_call(
    turn: Asked,
    request: str,
    answer: ModelAnswer,
    times: tuple[datetime, datetime],
    segment: str = "",
) -> ModelCall:
    """The call of a first plan that was answered so; `times` are when it began and ended."""
    began, ended = times
    return ModelCall(
        plan=0,
        number=turn.number,
        size=turn.size.name,
        why=turn.why,
        repairs=turn.repairs,
        asked=turn.asked,
        request=request,
        model=answer.model,
        offline=answer.offline,
        ended=answer.ended,
        content=answer.content,
        usage=turn.size.price.priced(answer.usage, offline=answer.offline),
        milliseconds=(ended - began) // timedelta(milliseconds=1),
        at=began,
        segment=segment,
    )


def request_of(release: Release, size: Size, asked: Messages) -> ModelRequest:
    """A request to a model of this size, without the schema of its answer."""
    return ModelRequest(
        model=size.model,
        messages=(("system", release.prompt), *asked),
        schema_name="",
        schema={},
        temperature=size.temperature,
        max_output_tokens=size.max_output_tokens,
        effort=size.price.effort,
    )


def repaired(asked: Messages, content: str, faults: Sequence[str]) -> Messages:
    """The messages that show a model its answer, and what is wrong with it."""
    wrong = _REPAIR + "\n- ".join(faults[:_SHOWN])
    return (*asked, ("assistant", content), ("user", wrong))
