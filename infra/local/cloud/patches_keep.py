"""What the emulator does not keep over a restart and `KEEP=1` needs."""

from infra.local.cloud.patching import Patch

MAILS = "ministack.services.ses"

KEEP = (
    Patch(
        name="mails-kept",
        reason="the accepted mails are part of the state, with the links in them",
        module=MAILS,
        target="get_state",
        old='        "_identities": _identities,\n',
        new="""\
        "_identities": _identities,
        "_sent_emails": _sent_emails,
""",
    ),
    Patch(
        name="mails-restored",
        reason="as above",
        module=MAILS,
        target="_restore_state",
        old='    _restore_regional_store(_identities, data.get("_identities", {}))\n',
        new="""\
    _restore_regional_store(_identities, data.get("_identities", {}))
    _sent_emails.update(data.get("_sent_emails", {}))
""",
    ),
)
