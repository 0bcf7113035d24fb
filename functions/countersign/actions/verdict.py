"""Verdicts on actions that their caller does itself: the same parameters, words and bounds; what is
done here is that they are allowed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from countersign.domain.jobs.verdicts import VERDICT
from countersign.domain.ledger.action import Action, ParamsT, PortT, Receipt


def verdict_on(action: Action[ParamsT, PortT]) -> Action[ParamsT, PortT]:
    """The action whose effect is a verdict: it is there once it is written down, so that a try that
    was cut off is done again by finding it."""

    def words(params: ParamsT) -> str:
        return f"{action.words(params)} The caller does it, by our verdict."

    def do(_port: PortT, _params: ParamsT, key: str) -> Receipt:
        return Receipt(id=key)

    return replace(
        action,
        id=f"{action.id}{VERDICT}",
        connector="desk",
        words=words,
        do=do,
        find=do,
        read_back=None,
        expected=lambda _params: {},
        undo=None,
        settle=timedelta(0),
    )
