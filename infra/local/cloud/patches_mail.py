"""Where the emulator's mail differs from SES: who may send, and what becomes of a mail."""

from infra.local.cloud.patching import Patch

MAIL = (
    Patch(
        name="mail-identity",
        reason="the resource of SendEmail is the identity of the sender",
        module="ministack.core.iam_actions",
        target="_ses_v2_resource_arn",
        old='    parts = [p for p in path.split("/") if p]\n',
        new="""\
    parts = [p for p in path.split("/") if p]
    sender = _safe_json_field(body, "FromEmailAddress")
    if sender and parts[2:3] == ["outbound-emails"]:
        from email.utils import parseaddr
        from ministack.services.ses import _identities
        address = parseaddr(sender)[1]
        name = address if address in _identities else address.rpartition("@")[2]
        return f"arn:aws:ses:{region}:{account_id}:identity/{name}"
""",
    ),
    Patch(
        name="mail-sender",
        reason="SendEmail can be granted by the condition key ses:FromAddress",
        module="ministack.app",
        target="_enforce_ses_v2",
        old="    return _enforce_data_plane(",
        new="""\
    from email.utils import parseaddr
    from functools import partial
    from ministack.core.iam_actions import _safe_json_field
    sender = parseaddr(_safe_json_field(body, "FromEmailAddress"))[1]
    enforce = partial(_enforce_data_plane, service_context={"ses:FromAddress": sender})
    return enforce(""",
    ),
    Patch(
        name="mail-outcomes",
        reason="a configuration set publishes what becomes of a mail to EventBridge",
        module="ministack.services.ses_v2",
        target="handle_request",
        old='        logger.info("SESv2 SendEmail: MessageId=%s',
        new="""\
        import contextvars, threading
        from infra.local.cloud import mail_outcomes
        from ministack.services import eventbridge
        types = mail_outcomes.published(_config_sets.get(data.get("ConfigurationSetName", "")))
        for seconds, told in mail_outcomes.outcomes(msg_id, data, types):
            entry = {**told, "Detail": json.dumps(told["Detail"])}
            run = contextvars.copy_context().run
            put = (eventbridge._put_events, {"Entries": [entry]}, True)
            threading.Timer(seconds, run, put).start()
        logger.info("SESv2 SendEmail: MessageId=%s""",
    ),
    Patch(
        name="mail-rate",
        reason="the account here sends as fast as one that AWS knows well",
        module="ministack.services.ses_v2",
        target="handle_request",
        old='"MaxSendRate": 14.0',
        new='"MaxSendRate": 200.0',
    ),
    Patch(
        name="mail-reply-to",
        reason="a mail's headers, where it is answered to, and what is enclosed, are kept with it",
        module="ministack.services.ses_v2",
        target="handle_request",
        old='            "Type": "v2.SendEmail",\n',
        new="""\
            "Type": "v2.SendEmail",
            "ReplyTo": data.get("ReplyToAddresses", []),
            "Headers": simple.get("Headers", []),
            "Files": [one["FileName"] for one in simple.get("Attachments", [])],
""",
    ),
    Patch(
        name="mail-reply-to-shown",
        reason="the list of sent mails says their headers, where to answer, and what is enclosed",
        module="ministack.app",
        target="_handle_ses_messages_request",
        old='                        "Type": rec["Type"],\n',
        new="""\
                        "Type": rec["Type"],
                        "ReplyTo": rec.get("ReplyTo", []),
                        "Headers": rec.get("Headers", []),
                        "Files": rec.get("Files", []),
""",
    ),
    Patch(
        name="topic-mail",
        reason="who subscribed to a topic by mail is mailed what is published there",
        module="ministack.services.sns",
        target="_fanout",
        old="""\
            logger.info("SNS fanout → email %s (stub)", endpoint)
""",
        new="""\
            from ministack.services import ses
            ses._sent_emails_list().append({
                "MessageId": new_uuid(), "Source": "no-reply@sns.amazonaws.com", "To": [endpoint],
                "CC": [], "BCC": [], "Subject": subject or "AWS Notification Message",
                "BodyText": effective_message, "BodyHtml": "", "Timestamp": time.time(),
                "Type": "sns.Notification",
            })
""",
    ),
)
