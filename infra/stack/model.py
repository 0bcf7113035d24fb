"""The models of Bedrock that a stage asks, as what its one function may invoke."""

from collections.abc import Iterator

from countersign.domain.policy.prices import Price
from countersign.stages.prices import prices
from countersign.stages.stage_files import company
from infra.settings import Settings, SettingsError
from workflows import registered

SERVED = frozenset({"bedrock", "offline"})
"""Whose rows a stage without a key may name: the heuristics answer in the local cloud's Bedrock."""


def invoked(settings: Settings, region: str, account: str) -> tuple[str, ...]:
    """The ARNs, each once; none for a stage that asks by a key. Of an inference profile: its own,
    and the model's in each of the regions that it may answer from. Raises SettingsError for a model
    that Bedrock does not serve, and for a profile whose regions are not named."""
    if settings.model_base_url:
        return ()
    found = (arn for row in _models(settings) for arn in _arns(row, settings, region, account))
    return tuple(dict.fromkeys(found))


def _models(settings: Settings) -> Iterator[Price]:
    if settings.model_name:
        held = company("workflows", settings.stage)
        own = held.prices if held else ()
        yield prices().of(settings.model_name, "standard", where="model_name", own=own)
        return
    for workflow in registered(settings.stage).values():
        yield from (size.price for size in workflow.release.sizes)


def _arns(row: Price, settings: Settings, region: str, account: str) -> Iterator[str]:
    if row.provider not in SERVED:
        raise SettingsError(
            f"Stage {settings.stage!r} has no model_base_url, so Bedrock answers, which does not"
            f" serve {row.model} of {row.provider}: name another in [models]."
        )
    if row.endpoint not in {"geo", "global"}:
        yield _foundation(region, row.model)
        return
    yield f"arn:aws:bedrock:{region}:{account}:inference-profile/{row.model}"
    if row.endpoint == "geo" and not settings.model_regions:
        raise SettingsError(
            f"Stage {settings.stage!r} asks {row.model}, which answers from several regions: name"
            " them in model_regions (`aws bedrock get-inference-profile`)."
        )
    regions = (region, "") if row.endpoint == "global" else settings.model_regions
    yield from (_foundation(one, row.model.partition(".")[2]) for one in regions)


def _foundation(region: str, model: str) -> str:
    """Amazon's models are nobody's account; those of a global profile are in no region either."""
    return f"arn:aws:bedrock:{region}::foundation-model/{model}"
