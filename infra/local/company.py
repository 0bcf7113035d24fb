"""The company of this machine: its file of the stage `local`. The demo's systems hold what it says,
so that another company's file needs no change of theirs."""

from countersign.domain.errors import DefinitionBroken
from countersign.stages.company import Company
from countersign.stages.stage_files import company


def ours() -> Company:
    """What the file says. Raises DefinitionBroken without one."""
    held = company("workflows", "local")
    if held is None:
        raise DefinitionBroken("workflows/stages has no local.toml: the demo is nobody's")
    return held
