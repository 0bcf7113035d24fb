"""The stored releases of this stage, as the action that changes their state works with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from countersign.actions.release import ChangeState, standing_as
from countersign.domain.errors import ContractBroken, NotFound, Refused, StoreConflict, Unavailable
from countersign.domain.releases.rollout import Moved, Rollout, State, changes, current, refusal
from countersign.runtime.intake import shipped

if TYPE_CHECKING:
    from countersign.runtime.deps import Deps


class StageReleases:
    """actions.release.Releases."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps

    def change_state(self, order: ChangeState, key: str) -> None:
        """What may be done is judged here once more: the request may have waited for days."""
        rows = self._deps.rollouts.of(order.workflow)
        held, said = self._held(order), self._said(order, State(order.to), key)
        why = refusal(rows, held, said, self._ground(order.workflow))
        if why:
            raise Refused(why)
        self._write(rows, held, said)

    def state_changed(self, order: ChangeState, key: str) -> bool:
        """By what the release's own history says."""
        return any(one.key == key for one in self._held(order).moves)

    def standing(self, order: ChangeState) -> Mapping[str, str]:
        """Read consistently."""
        held, rows = self._held(order), self._deps.rollouts.of(order.workflow)
        live = current(rows, order.workflow, held.ground)
        return {"state": standing_as(held.state, held.share), "live": live}

    def take_back(self, order: ChangeState, key: str) -> None:
        """What is live is retired; what is not live yet is stopped."""
        rows, held = self._deps.rollouts.of(order.workflow), self._held(order)
        to = State.RETIRED if held.state is State.LIVE else State.ABORTED
        self._write(rows, held, self._said(order, to, f"{key} undone"))

    def _ground(self, workflow: str) -> str:
        if workflow not in self._deps.workflows:
            raise Refused(f"this code has no workflow {workflow}")
        return shipped(self._deps, workflow).digest

    def _held(self, order: ChangeState) -> Rollout:
        try:
            return self._deps.rollouts.rollout(order.workflow, order.release)
        except NotFound as gone:
            raise Refused(str(gone)) from None

    def _said(self, order: ChangeState, to: State, key: str) -> Moved:
        shared = to in {State.SHADOW, State.CANARY}
        return Moved(
            at=self._deps.clock.now(),
            to=to,
            share=order.share if shared else Decimal(0),
            by=order.by,
            why=order.why,
            key=key,
        )

    def _write(self, rows: Sequence[Rollout], held: Rollout, said: Moved) -> None:
        try:
            self._deps.rollouts.change(changes(rows, held, said))
        except ContractBroken as illegal:
            raise Refused(str(illegal)) from None
        except StoreConflict as busy:
            raise Unavailable(str(busy)) from None
