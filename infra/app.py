"""The CDK application: `cdk synth -c stage=dev`; without its CLI, `python -m infra.build.synth`."""

import sys

from aws_cdk import App

from infra.build import lint
from infra.settings import SettingsError, chosen_stage, context, load
from infra.stack import nag
from infra.stack.stack import CountersignStack


def main(stage: str = "", folder: str = "") -> None:
    """Synthesize a stage, else the chosen one, into a folder, else CDK's; a cdk-nag finding that
    nobody accepted raises, and so does a fault in its workflows."""
    # CDK's own check of the template is half of a synthesis and only warns; cfn-lint, in the tests,
    # says more.
    into = folder or None
    app = App(context=context(), outdir=into, builtin_cloud_formation_validation=False)
    try:
        settings = load(stage or chosen_stage(app.node.try_get_context("stage")))
        lint.check(settings.stage, context()["stages"], settings.campaign_from)
    except (SettingsError, lint.LintError) as error:
        sys.exit(str(error))
    nag.check(app, CountersignStack(app, settings))
    app.synth()


if __name__ == "__main__":
    # The start of Python and Node is two thirds of a synthesis: several stages have one.
    for each in sys.argv[1:] or [""]:
        name, _, into = each.partition("=")
        main(name, into)
