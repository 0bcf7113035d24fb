"""Where the emulator's Bedrock differs: whose answer it is, and which right a question needs."""

from infra.local.cloud.patching import Patch

MODEL = (
    Patch(
        name="model-double",
        reason="what a model answers comes from our double, with its trouble, and not made up",
        module="ministack.services.bedrock_runtime",
        target="_converse",
        old='    messages = body_obj.get("messages", [])\n',
        new="""\
    from infra.local.cloud import model_double
    return model_double.converse(model_id, body)
""",
    ),
    Patch(
        name="model-action",
        reason="Converse needs the right bedrock:InvokeModel; there is none of its own",
        module="ministack.core.iam_actions",
        target="extract_iam_action",
        old='    if service == "s3":\n',
        new="""\
    if service == "bedrock-runtime" and path.endswith("/converse"):
        return "bedrock:InvokeModel"
    if service == "s3":
""",
    ),
    Patch(
        name="model-rights",
        reason="what is invoked through an inference profile is the profile",
        module="ministack.core.iam_actions",
        target="extract_resource_arn",
        old="""\
                model_id = parts[mi + 1]
                return f"arn:aws:bedrock:{region}::foundation-model/{model_id}"
""",
        new="""\
                from infra.local.rights.wire import model_arn
                return model_arn(unquote(parts[mi + 1]), region, account_id)
""",
    ),
)
