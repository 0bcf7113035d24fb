"""The evaluator of rights: IAM's decision on the language that our policies use."""

from __future__ import annotations

import json

import pytest

from infra.local.rights.wire import Need
from tests.rights.policy import (
    NotUnderstoodError,
    Statement,
    allowed,
    allowed_in_session,
    matches,
    read,
)

TABLE = "arn:aws:dynamodb:us-east-1:000000000000:table/jobs"
INDEX = f"{TABLE}/index/due"
RAW = "arn:aws:s3:::payloads/raw/"


def rights(*rows: dict[str, object]) -> tuple[Statement, ...]:
    """Statements as a role has them."""
    return read({"Statement": [{"Effect": "Allow", **row} for row in rows]}, "Role")


def may(granted: tuple[Statement, ...], action: str, resource: str, *leading: str) -> bool:
    """Whether one call is allowed."""
    return allowed(granted, Need(action, resource, leading))


def test_nothing_is_allowed_without_an_allow() -> None:
    """Neither another verb nor another resource, nor no statement at all."""
    query = rights({"Action": "dynamodb:Query", "Resource": TABLE})
    assert may(query, "dynamodb:Query", TABLE)
    assert not may(query, "dynamodb:PutItem", TABLE)
    assert not may(query, "dynamodb:Query", INDEX)
    assert not may((), "dynamodb:Query", TABLE)


def test_an_explicit_deny_wins_over_any_allow() -> None:
    """In whichever order they stand."""
    allow: dict[str, object] = {"Action": "dynamodb:*", "Resource": "*"}
    deny: dict[str, object] = {"Effect": "Deny", "Action": "dynamodb:PutItem", "Resource": TABLE}
    for granted in (rights(allow, deny), rights(deny, allow)):
        assert may(granted, "dynamodb:Query", TABLE)
        assert not may(granted, "dynamodb:PutItem", TABLE)


@pytest.mark.parametrize(
    ("pattern", "text", "hit"),
    [
        (f"{RAW}*", f"{RAW}lead_intake/j-1", True),
        (f"{RAW}*", "arn:aws:s3:::payloads/releases/1", False),
        ("arn:aws:s3:::payloads/*", "arn:aws:s3:::payloads", False),
        ("a?c", "abc", True),
        ("a?c", "ac", False),
        ("a[bc]", "ab", False),
        ("a.c", "abc", False),
        ("a*", "a\nb", True),
    ],
)
def test_only_star_and_question_mark_are_wildcards(pattern: str, text: str, hit: bool) -> None:
    """A star is any text, a question mark one character; brackets and dots are themselves."""
    assert matches(pattern, text) is hit


def test_verbs_are_compared_without_case_and_resources_with() -> None:
    """As IAM does."""
    query = rights({"Action": "dynamodb:query", "Resource": TABLE})
    assert may(query, "dynamodb:Query", TABLE)
    assert not may(query, "dynamodb:Query", TABLE.upper())


def test_leading_keys_must_all_be_of_the_job() -> None:
    """With ForAllValues each partition key that a call names has to match, by wildcard or whole."""
    own = rights(
        {
            "Action": "dynamodb:Query",
            "Resource": TABLE,
            "Condition": {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["JOB#1", "CAP#*"]}},
        }
    )
    assert may(own, "dynamodb:Query", TABLE, "JOB#1")
    assert may(own, "dynamodb:Query", TABLE, "JOB#1", "CAP#day")
    assert not may(own, "dynamodb:Query", TABLE, "JOB#2")
    assert not may(own, "dynamodb:Query", TABLE, "JOB#1", "JOB#2")


def test_a_condition_without_for_all_values_needs_a_value() -> None:
    """ForAllValues holds for a call that names no key, as on AWS; plain StringEquals does not."""
    keys = {"dynamodb:LeadingKeys": "JOB#1"}
    row: dict[str, object] = {"Action": "dynamodb:Query", "Resource": TABLE}
    every = rights({**row, "Condition": {"ForAllValues:StringEquals": keys}})
    plain = rights({**row, "Condition": {"StringEquals": keys}})
    assert may(every, "dynamodb:Query", TABLE)
    assert not may(plain, "dynamodb:Query", TABLE)


def test_null_tells_whether_a_key_is_there() -> None:
    """`Null: false` refuses what ForAllValues lets pass: a call without any key."""
    given = {"dynamodb:LeadingKeys": "JOB#1"}
    conditions = {"ForAllValues:StringEquals": given, "Null": {"dynamodb:LeadingKeys": "false"}}
    own = rights({"Action": "dynamodb:Query", "Resource": TABLE, "Condition": conditions})
    assert may(own, "dynamodb:Query", TABLE, "JOB#1")
    assert not may(own, "dynamodb:Query", TABLE)


def test_what_does_not_come_over_tls_is_denied_nowhere_else() -> None:
    """A bucket's TLS-only statement does not touch calls, which come over TLS on AWS."""
    row: dict[str, object] = {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}
    plain = rights({**row, "Condition": {"Bool": {"aws:SecureTransport": "false"}}})
    assert allowed((*plain, *rights({"Action": "s3:GetObject", "Resource": "*"})), OBJECT)


OBJECT = Need("s3:GetObject", f"{RAW}1")


def test_a_session_policy_narrows_and_gives_nothing() -> None:
    """Allowed is what the role and the session's own policy both allow."""
    query = rights({"Action": "dynamodb:Query", "Resource": TABLE})
    wide = json.dumps({"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
    none = json.dumps({"Statement": []})
    assert allowed_in_session(query, None, Need("dynamodb:Query", TABLE))
    assert allowed_in_session(query, wide, Need("dynamodb:Query", TABLE))
    assert not allowed_in_session(query, none, Need("dynamodb:Query", TABLE))
    assert not allowed_in_session(query, wide, Need("dynamodb:PutItem", TABLE))


@pytest.mark.parametrize(
    "row",
    [
        {"NotAction": "dynamodb:Query", "Resource": TABLE},
        {"Action": "dynamodb:Query", "NotResource": TABLE},
        {"Action": "dynamodb:Query", "Resource": {"Fn::GetAtt": ["Jobs", "Arn"]}},
        {"Action": "s3:*", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "::/0"}}},
    ],
)
def test_what_is_not_understood_is_an_error_and_no_guess(row: dict[str, object]) -> None:
    """NotAction, NotResource, an unresolved value, an unknown condition."""
    with pytest.raises(NotUnderstoodError):
        rights(row)


def test_a_statement_is_taken_apart_into_single_grants() -> None:
    """Each verb on each resource stands alone, under the same conditions."""
    (wide,) = rights(
        {"Action": ["s3:GetObject", "s3:PutObject"], "Resource": [f"{RAW}*", f"{RAW}1"]}
    )
    singles = wide.singles()
    assert len(singles) == 4
    assert all((len(one.actions), len(one.resources)) == (1, 1) for one in singles)
