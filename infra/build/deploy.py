"""`make deploy`, `make diff`, `make destroy`, `make bootstrap`: one command of the CDK CLI each.

Account, region and profile are found first and printed. Exit codes: that of the CDK CLI; 1 for a
CRM that lacks a field which the workflows use; 2 for what has to be mended before, in a sentence.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from countersign.domain.approvals.directory import Directory
from countersign.domain.errors import CountersignError
from countersign.domain.workflow import Workflow
from countersign.runtime.deps import Deps
from infra.build import demo, leaving, mail, readiness, starts, waiting
from infra.build.account import Account, AccountError, check_bootstrap, resolve
from infra.build.cdk_cli import CliError, cdk, install
from infra.build.lint import of_directory
from infra.build.synth import SynthesisError, default_out, synthesize, without_bytecode
from infra.cli import fields
from infra.cli.doctor.line import wrapped
from infra.cli.releases.standing import before_the_first, refusals, standings
from infra.cli.releases.weekly import keep_cases
from infra.cli.target import TargetError, chosen
from infra.settings import ROOT, Settings, SettingsError, load, save_protected
from workflows import registered

TO_MEND = (SettingsError, SynthesisError, CliError, AccountError, TargetError, CountersignError)
PROTECTED = (
    'The stage {stage} is protected from deletion. If it shall go: write `"protected": false` into'
    " its stage in cdk.json, `make deploy STAGE={stage}`, and destroy it then."
)
UNASKED = (
    "Nobody can be asked here, since this is no terminal: `make {verb} STAGE={stage} YES=1` goes"
    " on without asking."
)


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("verb", choices=("deploy", "diff", "destroy", "bootstrap"))
    parser.add_argument("--stage", default="dev", help="a stage of cdk.json")
    parser.add_argument("--yes", action="store_true", help="ask nothing: for a pipeline")
    options = parser.parse_args(arguments)
    try:
        return _VERBS[options.verb](options.stage, options.yes)
    except TO_MEND as error:
        return _mend(str(error))
    except (BotoCoreError, ClientError) as error:
        return _mend(f"AWS refuses: {error}. Check the credentials and the region.")


def deploy(stage: str, yes: bool) -> int:
    """Deploy the stage, protect what it keeps, and compare the CRM with what the workflows use."""
    settings = load(stage)
    demo.check(settings)
    account = _begins(settings)
    _may_ask("deploy", stage, yes=yes)
    check_bootstrap(account)
    _check_states(settings)
    _check_waiting(settings)
    _check_starts(settings)
    if settings.mail_in:
        mail.check(settings, settings.mail_in, account.region)
    outputs = ROOT / ".local" / f"outputs-{stage}.json"
    asks = ("--require-approval", "never") if yes else ("--require-approval", "broadening")
    code = cdk("deploy", *_assembly(settings), *asks, "--outputs-file", str(outputs))
    if code:
        return code
    if settings.keep_data and settings.protected is None:
        protect(settings)
    if settings.mail_in:
        _say(mail.activate(settings, settings.mail_in))
    deps = chosen("aws", stage).deps()
    if settings.shows_candidates:
        keep_cases(deps)
    return _look_at(deps, stage)


def diff(stage: str, yes: bool) -> int:  # noqa: ARG001 - as deploy
    """Say what a deployment would change."""
    settings = load(stage)
    check_bootstrap(_begins(settings))
    return cdk("diff", *_assembly(settings))


def destroy(stage: str, yes: bool) -> int:
    """Delete the stack: what it holds is emptied unless the stage keeps its data, and what is left
    is named, also where the deletion failed."""
    settings = load(stage)
    _begins(settings)
    if settings.protected:
        raise SettingsError(PROTECTED.format(stage=stage))
    _may_ask("destroy", stage, yes=yes)
    if not yes and input(f"Type {stage} to delete this stage: ") != stage:
        return _mend("Nothing was deleted.")
    install()
    held = leaving.held_by(settings.stack_name)
    code = _deleted(settings, held)
    if code and not settings.keep_data:
        # A step that was still running has written something meanwhile.
        code = _deleted(settings, held)
    _say(leaving.told(leaving.still_there(held)))
    return code


def bootstrap(stage: str, yes: bool) -> int:  # noqa: ARG001 - as deploy
    """Set CDK up in the account and the region, once for all stages: no stage is synthesized, none
    has to be right for it."""
    account = _begins(load(stage))
    install()
    return cdk("bootstrap", "--app", "", f"aws://{account.id}/{account.region}")


_VERBS = {"deploy": deploy, "diff": diff, "destroy": destroy, "bootstrap": bootstrap}


def protect(settings: Settings) -> None:
    """Tables and stack resist deletion from now on: not before the first deployment is whole, so
    that one which fails leaves nothing behind that cannot be deleted. The stage says so afterwards,
    and with it the template."""
    for one in leaving.held_by(settings.stack_name):
        if one.kind == "AWS::DynamoDB::Table":
            boto3.client("dynamodb").update_table(
                TableName=one.name, DeletionProtectionEnabled=True
            )
    boto3.client("cloudformation").update_termination_protection(
        StackName=settings.stack_name, EnableTerminationProtection=True
    )
    save_protected(settings.stage)
    _say(
        f"Tables and stack are protected from deletion; cdk.json says so for {settings.stage}:"
        " commit it."
    )


def _begins(settings: Settings) -> Account:
    account = resolve()
    _say(f"{account.sentence}: stage {settings.stage}, stack {settings.stack_name}.")
    return account


def _check_starts(settings: Settings) -> None:
    """Raises SettingsError where a burst of jobs would leave no function to webhooks and pages."""
    try:
        there = starts.concurrency()
    except ClientError as error:  # a pipeline's role may do no more than it must
        _say(f"How many functions may run at once is not known here ({error}).")
        return
    _say(
        f"{there} functions may run at once; a job takes about {starts.JOB_SECONDS:.0f} s of them."
    )
    starts.check(settings, there)


def _may_ask(verb: str, stage: str, *, yes: bool) -> None:
    if not yes and not sys.stdin.isatty():
        raise AccountError(UNASKED.format(verb=verb, stage=stage))


def _assembly(settings: Settings) -> tuple[str, ...]:
    if slower := without_bytecode(settings.stage):
        sys.stderr.write(f"{slower}\n")
    folder = synthesize(settings.stage, default_out(settings.stage))
    install()
    return "--app", str(folder), settings.stack_name


def _deleted(settings: Settings, held: tuple[leaving.Held, ...]) -> int:
    if not settings.keep_data:
        leaving.empty(held, _say)
    return cdk("destroy", *_assembly(settings), "--force")


def _look_at(deps: Deps, stage: str) -> int:
    """0, or 1 when the CRM of the deployed stage lacks a field. A role that nobody has is a
    warning: people are added once the stage is there."""
    for fault in of_directory(deps.workflows, deps.people.directory().members):
        _say(f"Warning: {fault}. `countersign people add` gives it to somebody.")
    fits, said = fields.after_deploy(deps, stage)
    _say(said)
    return 0 if fits else 1


def _check_states(settings: Settings) -> None:
    """Raises SettingsError for a workflow whose hands would reach further than it has shown, or
    that would go live without what it needs there."""
    stage, flows = settings.stage, registered(settings.stage)
    try:
        deps = chosen("aws", stage).deps()
        found, people = standings(deps), deps.people.directory()
    except TargetError:  # nothing whole is there: the gate is at its strictest
        found, people = before_the_first(flows), None
    going = [flows[one] for one in sorted(readiness.goes_live(found))]
    refused = (*refusals(found, stage), *_lacking(settings, going, people))
    if refused:
        raise SettingsError("\n".join(refused))


def _lacking(
    settings: Settings, going: Sequence[Workflow[Any]], people: Directory | None
) -> tuple[str, ...]:
    """Why those that go live may not, by what the stage has for them."""
    if not going:
        return ()
    assembly = synthesize(settings.stage, default_out(settings.stage))
    topics = readiness.topics_of(settings.stack_name) if people else ()
    return tuple(readiness.refusals(going, assembly, people, topics))


def _check_waiting(settings: Settings) -> None:
    """Raises SettingsError for a version of an action that jobs wait under and this code lost."""
    refused = waiting.in_stage(settings.stage)
    if refused:
        raise SettingsError("\n".join(refused))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _mend(why: str) -> int:
    for line in why.splitlines():
        text = line.lstrip(" -")
        sys.stderr.write(f"{wrapped(text, line.removesuffix(text))}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main())
