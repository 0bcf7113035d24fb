"""The CDK application: `cdk synth -c stage=dev`; without its CLI, `python -m infra.build.synth`."""

import sys

from aws_cdk import App

from infra.build import lint
from infra.settings import SettingsError, chosen_stage, context, load
from infra.stack import nag
from infra.stack.stack import CountersignStack


def main() -> None:
    """Synthesize the chosen stage; a cdk-nag finding that nobody accepted raises, and so does a
    fault in its workflows."""
    # CDK's own check of the template is half of a synthesis and only warns; cfn-lint, in the tests,
    # says more.
    app = App(context=context(), builtin_cloud_formation_validation=False)
    try:
        settings = load(chosen_stage(app.node.try_get_context("stage")))
        lint.check(settings.stage, context()["stages"])
    except (SettingsError, lint.LintError) as error:
        sys.exit(str(error))
    nag.check(app, CountersignStack(app, settings))
    app.synth()


if __name__ == "__main__":
    main()
