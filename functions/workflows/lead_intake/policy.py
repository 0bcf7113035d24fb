"""The policy of lead_intake: from findings to run, ask or forbid. The strictest line wins."""

from __future__ import annotations

from countersign.domain.policy.policy import Answer, Policy, PolicyLine

_ALL = ("crm.*", "email.*")
_CRM = ("crm.*",)
_REPLY = ("email.send_reply",)
_LEAD = ("crm.create_lead", "crm.request_callback")
_LEAD_AND_REPLY = (*_LEAD, *_REPLY)
_RUN, _ASK, _FORBID = Answer.RUN, Answer.ASK, Answer.FORBID

POLICY = Policy(
    version="lead_intake/2026-11-20",
    author="sales-ops",
    after_failure="replan",
    lines=(
        PolicyLine("crm", _CRM, _RUN, sentence="CRM records are kept when no rule objects"),
        PolicyLine(
            "acknowledgement", _REPLY, _RUN, sentence="the fixed acknowledgement may go out"
        ),
        PolicyLine("draft", _REPLY, _ASK, "reply.drafted"),
        PolicyLine("unauthenticated", _REPLY, _ASK, "sender.unauthenticated"),
        PolicyLine("opted-out", _REPLY, _FORBID, "consent.opted_out"),
        PolicyLine("already-answered", _REPLY, _FORBID, "reply.already_answered"),
        PolicyLine("foreign-target", _REPLY, _FORBID, "reply.foreign_target"),
        PolicyLine("sanctioned", _ALL, _FORBID, "jurisdiction.sanctioned"),
        PolicyLine("sanctioned-named", _ALL, _ASK, "jurisdiction.sanctioned_named"),
        PolicyLine("not-served", _ALL, _FORBID, "jurisdiction.not_served"),
        PolicyLine("no-rule", _ALL, _FORBID, "jurisdiction.unknown", escalate=True),
        PolicyLine("other-owner", _LEAD, _ASK, "conflict.other_owner"),
        PolicyLine("lost", _LEAD, _FORBID, "lifecycle.lost_recently"),
        PolicyLine("lost-reply", _REPLY, _ASK, "lifecycle.lost_recently"),
        PolicyLine("duplicate", _LEAD_AND_REPLY, _FORBID, "duplicate.joins_earlier"),
        PolicyLine("budget", _LEAD, _ASK, "budget.over_limit"),
        PolicyLine("currency", _LEAD, _ASK, "budget.unknown_currency"),
        PolicyLine("unsure", _ALL, _ASK, "confidence.low"),
        PolicyLine("orders", _ALL, _ASK, "injection.suspected"),
        PolicyLine("spam", _ALL, _FORBID, "intent.spam"),
        PolicyLine("size", _ALL, _ASK, "size.over_limit"),
    ),
)
