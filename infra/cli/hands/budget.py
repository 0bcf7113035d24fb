"""`countersign budget`: how the model's budgets stand, and raising one."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from countersign.domain.errors import ContractBroken
from countersign.domain.limits.budgets import ALL, PARTS, Amount, Part, day_end, name_of, share
from countersign.jobs.budgets import Standing, raise_day, raise_job, standing
from countersign.web.text import second
from infra.cli.jobs import load
from infra.cli.options import AsJson, Place, Stage, Where, show
from infra.cli.show import safe, table

app = typer.Typer(help=__doc__, no_args_is_help=True)


@app.command("show")
def show_budgets(
    context: typer.Context,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """How today's budgets stand: what calls have cost, what calls under way hold at the most, what
    was added by whom. They begin anew at midnight UTC.

    Example: countersign budget show --target aws --stage prod
    """
    deps = context.obj(target, stage).deps()
    found = standing(deps)
    counter = found[0].counter
    ends = second(day_end(deps.clock.now()))
    data = {
        "day": counter.day,
        "budgets": [line for one in found for line in _lines(one)],
        "raised": [_raise(one.scope, one.amount, one.by, one.reason) for one in counter.raises],
    }
    show(_shown(data, ends), data, as_json=as_json)


@app.command("raise")
def raise_budget(  # noqa: PLR0917 - Typer turns each parameter into an option
    context: typer.Context,
    name: Annotated[str, typer.Argument(help=f"a workflow, `{ALL}` of them, or a job's id")],
    by: Annotated[str, typer.Option(help="your id in the directory of people")],
    reason: Annotated[str, typer.Option(help="why, for whoever asks later")],
    usd: Annotated[str, typer.Option(help="so many US$ more")] = "0",
    tokens: Annotated[int, typer.Option(help="so many tokens more")] = 0,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Let the model cost more today, or for one job. Jobs that wait for it are woken within a
    minute; the case of a job whose own budget was used up is resumed as any other.

    Example: countersign budget raise transcript_summary --usd 5 --by kim --reason "quarter's end"
    """
    deps = context.obj(target, stage).deps()
    more = Amount.of(_number(usd), tokens)
    if name == ALL or name in deps.workflows:
        row = raise_day(deps, name, more, by=by, reason=reason)
        data = _raise(name, row.added("" if name == ALL else name), by, reason)
        show(f"today's budget of {name} is raised, in all by {data['more']}", data, as_json=as_json)
        return
    job_id = load(deps.store, name, deps.clock.now()).job.job_id
    raise_job(deps, job_id, more, by=by, reason=reason)
    data = _raise(job_id, more, by, reason)
    show(f"the budget of {job_id} is raised by {data['more']}", data, as_json=as_json)


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ContractBroken(f"{text} is no sum in US$") from None
    if not number.is_finite():
        raise ContractBroken(f"{text} is no sum in US$")
    return number


def _lines(of: Standing) -> Iterator[dict[str, Any]]:
    """One for each bounded part; one without a bound where none is."""
    row, scope = of.counter, of.scope
    used = {"budget": name_of(scope), "calls": row.calls.get(scope, 0)}
    for part in of.most.bounds or (PARTS if row.calls.get(scope) else ()):
        yield used | {
            "counts": "usd" if part == "nano_usd" else "tokens",
            "most": _most(of, part),
            "spent": _of(row.spent(scope), part),
            "held": _of(row.holds(scope), part),
            "raised": _of(row.added(scope), part),
            "share": str(share(row, scope, of.most).quantize(Decimal("0.01"))),
        }


def _most(of: Standing, part: Part) -> str | None:
    bound = of.most.bounds.get(part)
    return None if bound is None else _of(Amount(**{part: bound}), part)


def _of(amount: Amount, part: Part) -> str:
    return f"{amount.usd:f}" if part == "nano_usd" else str(amount.tokens)


def _raise(scope: str, amount: Amount, by: str, reason: str) -> dict[str, str]:
    usd = [f"{amount.usd.normalize():f} USD"] if amount.nano_usd else []
    more = " and ".join(usd + ([f"{amount.tokens} tokens"] if amount.tokens else []))
    return {"budget": name_of(scope), "more": more, "by": by, "reason": reason}


def _short(exact: str) -> str:
    """As far as 80 columns have room for it; the JSON has all digits."""
    text = f"{Decimal(exact):.4f}"
    return text.rstrip("0").rstrip(".")


def _shown(data: dict[str, Any], ends: str) -> RenderableType:
    if not data["budgets"]:
        return Text("No budget of a day is set: [budget.day] in the stage files.")
    made = table("budget", "calls", "of", "spent", "held", "added", "at most")
    for one in data["budgets"]:
        most = _short(one["most"]) if one["most"] else "no bound"
        numbers = (*(_short(one[name]) for name in ("spent", "held", "raised")), most)
        made.add_row(safe(one["budget"]), str(one["calls"]), one["counts"], *numbers)
    added = [
        safe(f"{one['by']} added {one['more']} to {one['budget']}: {one['reason']}")
        for one in data["raised"]
    ]
    return Group(Text(f"{data['day']}, until {ends}"), made, *added)
