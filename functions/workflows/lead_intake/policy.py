"""The policy of lead_intake: from findings to run, ask or forbid. The strictest line wins."""

from __future__ import annotations

from countersign.domain.policy.policy import Answer, Line, Policy

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
        Line("crm", _CRM, _RUN, sentence="CRM records are kept when no rule objects"),
        Line("acknowledgement", _REPLY, _RUN, sentence="the fixed acknowledgement may go out"),
        Line("draft", _REPLY, _ASK, "reply.drafted"),
        Line("unauthenticated", _REPLY, _ASK, "sender.unauthenticated"),
        Line("opted-out", _REPLY, _FORBID, "consent.opted_out"),
        Line("already-answered", _REPLY, _FORBID, "reply.already_answered"),
        Line("foreign-target", _REPLY, _FORBID, "reply.foreign_target"),
        Line("sanctioned", _ALL, _FORBID, "jurisdiction.sanctioned"),
        Line("sanctioned-named", _ALL, _ASK, "jurisdiction.sanctioned_named"),
        Line("not-served", _ALL, _FORBID, "jurisdiction.not_served"),
        Line("no-rule", _ALL, _FORBID, "jurisdiction.unknown", escalate=True),
        Line("other-owner", _LEAD, _ASK, "conflict.other_owner"),
        Line("lost", _LEAD, _FORBID, "lifecycle.lost_recently"),
        Line("lost-reply", _REPLY, _ASK, "lifecycle.lost_recently"),
        Line("duplicate", _LEAD_AND_REPLY, _FORBID, "duplicate.joins_earlier"),
        Line("budget", _LEAD, _ASK, "budget.over_limit"),
        Line("currency", _LEAD, _ASK, "budget.unknown_currency"),
        Line("unsure", _ALL, _ASK, "confidence.low"),
        Line("orders", _ALL, _ASK, "injection.suspected"),
        Line("spam", _ALL, _FORBID, "intent.spam"),
        Line("size", _ALL, _ASK, "size.over_limit"),
    ),
)
