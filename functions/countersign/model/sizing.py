"""Which size of model an input needs, from what can be measured of it, and why in a sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from countersign.domain.policy.release import ATTACHMENTS, FINDINGS, LETTERS, Limits, Release, Size
from countersign.extraction.patterns import language
from countersign.extraction.patterns.injection import order_in


@dataclass(frozen=True)
class Features:
    """What is measured of an input."""

    letters: int
    """Of the text that the model reads."""
    language: str
    """ISO 639-1; empty: the text is too short to tell."""
    attachments: int
    findings: int
    """What its parser had to repair, signs of a machine, an order to a model."""
    failed: int
    """Plans of this job that failed."""


def features(given: object, text: str, failed: int) -> Features:
    """The features of an input with this text."""
    repaired = len(getattr(given, "defects", ())) + int(getattr(given, "machine_signs", 0))
    return Features(
        letters=len(text),
        language=language.detect(text),
        attachments=len(getattr(given, "attachments", ())),
        findings=repaired + bool(order_in(text)),
        failed=failed,
    )


def choose(release: Release, seen: Features) -> tuple[Size, str]:
    """The size to begin with, and why."""
    if len(release.sizes) == 1:
        return release.sizes[0], "the release has one size of model"
    why = next((said for needs in _NEEDS if (said := needs(seen, release.limits))), "")
    if why:
        return release.sizes[-1], f"{why}: asked of the {release.sizes[-1].name} model"
    return release.sizes[0], f"nothing unusual: asked of the {release.sizes[0].name} model"


def _failed(seen: Features, _: Limits) -> str:
    return "an earlier plan of this job failed" if seen.failed else ""


def _long(seen: Features, limits: Limits) -> str:
    most = limits.number(LETTERS)
    return f"the text has {seen.letters} letters, more than {most}" if seen.letters > most else ""


def _foreign(seen: Features, limits: Limits) -> str:
    known = limits.lists.get("company.languages", ())
    foreign = seen.language and known and seen.language not in known
    return f"the text is in {seen.language}, which nobody here reads" if foreign else ""


def _attached(seen: Features, limits: Limits) -> str:
    most = limits.number(ATTACHMENTS)
    return f"it has {seen.attachments} files, more than {most}" if seen.attachments > most else ""


def _odd(seen: Features, limits: Limits) -> str:
    most = limits.number(FINDINGS)
    odd = seen.findings > most
    return f"{seen.findings} things are odd about the message, more than {most}" if odd else ""


_NEEDS: tuple[Callable[[Features, Limits], str], ...] = (_failed, _long, _foreign, _attached, _odd)
