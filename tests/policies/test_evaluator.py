"""What documents allow together: denials, boundaries and constraints of conditions."""

import json
from typing import Any

import pytest

from serverless_guard.iam.document import Document, read
from serverless_guard.iam.evaluator import Access, foreign_accounts, is_public, public_grants
from serverless_guard.iam.pattern import covers
from serverless_guard.record import Block

ROLE = "arn:aws:iam::123456789012:role/"
ORGANIZATION = {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}
OBJECTS = "arn:aws:s3:::blog/*"


def document(*statements: dict[str, Any]) -> Document:
    text = json.dumps({"Version": "2012-10-17", "Statement": statements})
    found = read(Block({"policy": text}), "policy")
    assert found
    return found


def allow(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


def remaining(action: str, *statements: dict[str, Any]) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.resource, one.excepted) for one in Access.of([document(*statements)]).grants(action)]


@pytest.mark.parametrize(
    ("others", "one", "covered"),
    [
        (("*",), "a*b", True),
        (("a*",), "a?b*", True),
        (("a?*",), "a*", False),
        (("?*",), "*a", True),
        (("*?",), "?*", True),
        (("a*", "b*"), "*", False),
        (("a", "a?*"), "a*", True),
        (("a*", "?*"), "ab", True),
        (("arn:aws:s3:::b", "arn:aws:s3:::b/public/*"), "arn:aws:s3:::b/*", False),
        (("arn:aws:s3:::b*",), "arn:aws:s3:::b/*", True),
        (("A",), "a", False),
    ],
)
def test_patterns_cover_a_pattern_when_all_that_it_stands_for_matches(
    others: tuple[str, ...], one: str, covered: bool
) -> None:
    assert covers(others, one) is covered


def test_a_denial_takes_away_what_it_covers_and_is_excepted_from_what_is_wider() -> None:
    assert remaining("lambda:GetFunction", allow("lambda:*"), deny("lambda:Get*")) == []
    assert remaining("lambda:GetFunction", allow("lambda:*"), deny("lambda:Update*")) == [("*", ())]
    assert remaining("s3:GetObject", allow("s3:*", [OBJECTS, "*"]), deny("s3:*", OBJECTS)) == [("*", (OBJECTS,))]
    assert remaining("s3:GetObject", allow("s3:*"), {"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}) == [
        ("*", ())
    ]
    assert remaining("iam:GetRole", allow("*"), {"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}) == []
    assert remaining("s3:GetObject", allow("s3:*"), {"Effect": "Deny", "Action": "*", "NotResource": OBJECTS}) == [
        (OBJECTS, ())
    ]


def test_a_denial_under_conditions_leaves_their_complement_as_a_constraint() -> None:
    boundary = f"{ROLE}boundary"
    without = deny("iam:CreateRole", Condition={"StringNotEquals": {"iam:PermissionsBoundary": boundary}})
    (grant,) = Access.of([document(allow("iam:*"), without)]).grants("iam:CreateRole")
    assert [(one.operator, one.values) for one in grant.conditions] == [("StringEquals", (boundary,))]
    assert grant.limited_for_identity() is True

    insecure = deny("iam:*", Condition={"Bool": {"aws:SecureTransport": "false"}})
    (grant,) = Access.of([document(allow("iam:*"), insecure)]).grants("iam:CreateRole")
    assert grant.limited_for_identity() is False

    either = {"StringNotEquals": {"aws:ResourceTag/app": "blog"}, "Bool": {"aws:MultiFactorAuthPresent": "false"}}
    (grant,) = Access.of([document(allow("iam:*"), deny("iam:*", Condition=either))]).grants("iam:CreateRole")
    assert grant.limited_for_identity() is False


@pytest.mark.parametrize(
    "condition",
    [
        {"Bool": {"aws:PrincipalIsAWSService": "false"}},
        {"Null": {"aws:PrincipalArn": "false"}},
        {"StringNotEquals": {"aws:SourceAccount": "123456789012"}},
        {"ArnLike": {"aws:PrincipalArn": "*"}},
    ],
)
def test_a_denial_under_a_condition_that_always_holds_for_an_identity_denies(condition: dict[str, Any]) -> None:
    assert remaining("iam:CreateRole", allow("iam:*"), deny("*", Condition=condition)) == []


def test_a_boundary_cuts_grants_down_to_what_it_allows() -> None:
    documents = [document(allow("*"))]
    bounded = Access.of(documents, [document(allow("s3:*", OBJECTS), allow("iam:Get*"), deny("iam:GetRole"))])
    assert [one.resource for one in bounded.grants("s3:GetObject")] == [OBJECTS]
    assert [one.resource for one in bounded.grants("iam:GetUser")] == ["*"]
    assert list(bounded.grants("iam:GetRole")) == []
    assert list(bounded.grants("iam:PutRolePolicy")) == []
    assert list(Access.of(documents, []).grants("s3:GetObject")) == []


def test_an_identity_may_what_no_condition_limits() -> None:
    tagged = allow("ec2:StopInstances", Condition={"StringEquals": {"aws:ResourceTag/app": "blog"}})
    regional = allow("iam:PutRolePolicy", f"{ROLE}blog-*", Condition={"StringEquals": {"aws:RequestedRegion": "eu"}})
    access = Access.of([document(tagged, regional)])
    assert access.may("ec2:StopInstances") is False
    assert access.may("iam:PutRolePolicy", f"{ROLE}blog-worker") is True
    assert access.may("iam:PutRolePolicy", f"{ROLE}other") is False


def everybody(**more: Any) -> dict[str, Any]:
    return allow("s3:GetObject", OBJECTS, Principal="*", **more)


@pytest.mark.parametrize(
    "statements",
    [
        [everybody()],
        [allow("s3:GetObject", OBJECTS, Principal={"AWS": ["*"]})],
        [allow("s3:GetObject", OBJECTS, NotPrincipal={"AWS": "123456789012"})],
        [allow("s3:PutObject", Principal={"Federated": "graph.facebook.com"})],
        [allow("s3:PutObject", Principal={"Federated": "cognito-identity.amazonaws.com"})],
        [everybody(Condition={"StringEqualsIfExists": ORGANIZATION})],
        [everybody(), deny("s3:PutObject", OBJECTS, Principal="*")],
        [everybody(), deny("s3:*", OBJECTS, Principal="*", Condition={"Bool": {"aws:SecureTransport": "false"}})],
        [everybody(), deny("s3:*", "arn:aws:s3:::blog/private/*", Principal="*")],
        [everybody(), deny("s3:*", OBJECTS, Principal={"AWS": f"{ROLE}r"})],
    ],
)
def test_a_policy_that_lets_everybody_in_is_public(statements: list[dict[str, Any]]) -> None:
    assert is_public(document(*statements)) is True


@pytest.mark.parametrize(
    "statements",
    [
        [everybody(Condition={"StringEquals": ORGANIZATION})],
        [everybody(), deny("s3:*", OBJECTS, Principal="*", Condition={"StringNotEquals": ORGANIZATION})],
        [everybody(), deny("s3:Get*", "*", Principal="*")],
        [everybody(), deny("s3:*", OBJECTS, NotPrincipal={"AWS": f"{ROLE}r"})],
        [deny("s3:*", OBJECTS, Principal="*")],
        [allow("s3:GetObject", OBJECTS, Principal={"Service": "cloudfront.amazonaws.com"})],
        [
            allow(
                "s3:PutObject",
                Principal={"Federated": "cognito-identity.amazonaws.com"},
                Condition={"StringEquals": {"cognito-identity.amazonaws.com:aud": "eu-west-1:pool"}},
            )
        ],
    ],
)
def test_a_policy_that_names_or_fixes_who_may_is_not_public(statements: list[dict[str, Any]]) -> None:
    assert is_public(document(*statements)) is False


def test_a_public_grant_says_what_is_allowed_on_what() -> None:
    (grant,) = public_grants(document(allow(["s3:Get*"], OBJECTS, Principal="*")))
    assert (grant.where, grant.action, grant.resource) == ("policy.Statement[0]", "s3:Get*", OBJECTS)


def test_accounts_are_foreign_when_they_are_not_known() -> None:
    named = allow("kms:*", Principal={"AWS": ["arn:aws:iam::111111111111:root", "222222222222", f"{ROLE}r"]})
    caller = everybody(Condition={"StringEquals": {"aws:PrincipalAccount": ["333333333333"]}})
    service = allow(
        "sqs:SendMessage",
        Principal={"Service": "sns.amazonaws.com"},
        Condition={"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:444444444444:t"}},
    )
    assert foreign_accounts(document(named, caller, service), own=["123456789012"]) == {
        "111111111111",
        "222222222222",
        "333333333333",
        "444444444444",
    }
