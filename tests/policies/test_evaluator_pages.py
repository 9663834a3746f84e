"""Cases whose outcome a page of AWS states, with the page."""

import json
from typing import Any

import pytest

from serverless_guard.iam.decision import Caller, Decision, Policies, Request, decide
from serverless_guard.iam.document import Document, read
from serverless_guard.iam.evaluator import is_public
from serverless_guard.record import Block

OPERATORS = "IAM User Guide, IAM JSON policy elements: Condition operators"
VALUES = "IAM User Guide, Multivalued context keys"
KEYS = "IAM User Guide, AWS global condition context keys"
VARIABLES = "IAM User Guide, IAM policy elements: Variables and tags"
LOGIC = "IAM User Guide, Policy evaluation logic"
CROSS = "IAM User Guide, Cross-account policy evaluation logic"
NOT_PRINCIPAL = "IAM User Guide, AWS JSON policy elements: NotPrincipal"
RESOURCE = "IAM User Guide, IAM JSON policy elements: Resource"
ROLES = "IAM User Guide, How IAM roles differ from resource-based policies; AWS KMS Developer Guide, Key policies"
S3, EFS = "Amazon S3 User Guide, The meaning of public", "Amazon EFS User Guide, Blocking public access"

DORA = "arn:aws:iam::111122223333:user/dora"
SESSION = "arn:aws:sts::111122223333:assumed-role/examplerole/one"
ROLE = "arn:aws:iam::111122223333:role/examplerole"
OBJECT = "arn:aws:s3:::blog/a"


def document(*statements: dict[str, Any], version: str = "2012-10-17") -> Document:
    found = read(Block({"policy": json.dumps({"Version": version, "Statement": statements})}), "policy")
    assert found
    return found


def allow(action: str = "*", resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: str = "*", resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


def given(condition: dict[str, Any], effect: str = "Allow") -> dict[str, Any]:
    return {"Effect": effect, "Action": "*", "Resource": "*", "Condition": condition}


FINANCE = "arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt"
PATTERN = "arn:aws:someservice:*:111122223333:finance/*"
PATHS = "o-a1b2c3d4e5/r-f6g7h8i9j0example/ou-ghi0-awsccccc/ou-jkl0-awsddddd/"
CHAIN = ("cloudformation.amazonaws.com", "dynamodb.amazonaws.com")
ATTRIBUTES = ["PostDateTime", "Message", "Tags"]
MFA = "aws:MultiFactorAuthPresent"


@pytest.mark.parametrize(
    ("page", "condition", "context", "holds"),
    [
        (OPERATORS, {"StringLike": {"x:arn": PATTERN}}, {"x:arn": (FINANCE,)}, True),
        (OPERATORS, {"ArnLike": {"x:arn": PATTERN}}, {"x:arn": (FINANCE,)}, False),
        (OPERATORS, {"ArnEquals": {"x:arn": "arn:aws:sns:*:1:t"}}, {"x:arn": ("arn:aws:sns:eu-west-1:1:t",)}, True),
        (OPERATORS, {"StringEquals": {"aws:PrincipalTag/job": "admin"}}, {}, False),
        (OPERATORS, {"StringNotLike": {"aws:PrincipalTag/job": "admin"}}, {}, True),
        (OPERATORS, {"StringEquals": {"x:k": "Admin"}}, {"x:k": ("admin",)}, False),
        (OPERATORS, {"StringEqualsIgnoreCase": {"x:k": "Admin"}}, {"x:k": ("admin",)}, True),
        (OPERATORS, {"NumericLessThanEquals": {"s3:max-keys": "10"}}, {"s3:max-keys": ("10",)}, True),
        (OPERATORS, {"NumericLessThanEquals": {"s3:max-keys": "10"}}, {"s3:max-keys": ("11",)}, False),
        (
            OPERATORS,
            {"DateGreaterThan": {"aws:TokenIssueTime": "2020-01-01T00:00:01Z"}},
            {"aws:tokenissuetime": ("2020-06-01T00:00:00Z",)},
            True,
        ),
        (OPERATORS, {"DateGreaterThan": {"aws:TokenIssueTime": "2020-01-01T00:00:01Z"}}, {}, False),
        (OPERATORS, {"Bool": {"aws:SecureTransport": "false"}}, {"aws:securetransport": ("true",)}, False),
        (OPERATORS, {"BinaryEquals": {"x:k": "QmluYXJ5VmFsdWVJbkJhc2U2NA=="}}, {}, False),
        (OPERATORS, {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, {"aws:sourceip": ("203.0.113.255",)}, True),
        (OPERATORS, {"IpAddress": {"aws:SourceIp": "203.0.113.1"}}, {"aws:sourceip": ("203.0.113.2",)}, False),
        (
            OPERATORS,
            {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "2001:DB8:1234:5678::/64"]}},
            {"aws:sourceip": ("2001:db8:1234:5678::1",)},
            True,
        ),
        (OPERATORS, {"StringLikeIfExists": {"ec2:InstanceType": ["t1.*", "t2.*"]}}, {}, True),
        (OPERATORS, {"StringLike": {"ec2:InstanceType": ["t1.*", "t2.*"]}}, {}, False),
        (OPERATORS, {"StringLikeIfExists": {"ec2:InstanceType": ["t1.*"]}}, {"ec2:instancetype": ("m5.large",)}, False),
        (OPERATORS, {"Null": {"aws:TokenIssueTime": "true"}}, {}, True),
        (OPERATORS, {"Null": {"aws:TokenIssueTime": "true"}}, {"aws:tokenissuetime": ("2020-01-01",)}, False),
        (VALUES, {"ForAllValues:StringLike": {"x:a": ATTRIBUTES}}, {"x:a": ("PostDateTime", "Message")}, True),
        (VALUES, {"ForAllValues:StringLike": {"x:a": ATTRIBUTES}}, {"x:a": ("PostDateTime", "ID")}, False),
        (VALUES, {"ForAllValues:StringLike": {"x:a": ATTRIBUTES}}, {}, True),
        (VALUES, {"ForAllValues:StringLike": {"x:a": ATTRIBUTES}}, {"x:a": ("",)}, True),
        (VALUES, {"ForAnyValue:StringLike": {"x:a": ["ID", "PostDateTime"]}}, {"x:a": ("UserName",)}, False),
        (VALUES, {"ForAnyValue:StringLike": {"x:a": ["ID", "PostDateTime"]}}, {"x:a": ("ID", "Message")}, True),
        (VALUES, {"ForAnyValue:StringLike": {"x:a": ["ID"]}}, {"x:a": ("",)}, False),
        (KEYS, {"ForAnyValue:StringEquals": {"aws:CalledVia": CHAIN[1:]}}, {"aws:calledvia": CHAIN}, True),
        (KEYS, {"ForAnyValue:StringEquals": {"aws:CalledVia": CHAIN[1:]}}, {}, False),
        (
            KEYS,
            {"ForAnyValue:StringEquals": {"aws:PrincipalOrgPaths": [PATHS]}},
            {"aws:principalorgpaths": (f"{PATHS}ou-child/",)},
            False,
        ),
        (
            KEYS,
            {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": [f"{PATHS.rstrip('/')}*"]}},
            {"aws:principalorgpaths": (f"{PATHS}ou-child/",)},
            True,
        ),
        (KEYS, {"Bool": {MFA: "true"}}, {}, False),
        (KEYS, {"BoolIfExists": {MFA: "true"}}, {}, True),
        (KEYS, {"BoolIfExists": {MFA: "false"}}, {}, True),
        (KEYS, {"Bool": {MFA: "false"}}, {}, False),
        (VARIABLES, {"StringEquals": {"AWS:currenttime": "x"}}, {"aws:currenttime": ("x",)}, True),
        (VARIABLES, {"StringLike": {"s3:prefix": ["${aws:username}/*"]}}, {"s3:prefix": ("dora/a",)}, True),
        (VARIABLES, {"StringLike": {"s3:prefix": ["${aws:username}/*"]}}, {"s3:prefix": ("eve/a",)}, False),
        (VARIABLES, {"StringLike": {"x:k": "a${*}"}}, {"x:k": ("a*",)}, True),
        (VARIABLES, {"StringLike": {"x:k": "a${*}"}}, {"x:k": ("ab",)}, False),
        (VARIABLES, {"StringEquals": {"x:k": "${aws:userid, 'anonymous'}"}}, {"x:k": ("anonymous",)}, True),
        (VARIABLES, {"StringEquals": {"x:k": "${aws:TokenIssueTime}"}}, {"x:k": ("x",)}, False),
    ],
)
def test_conditions(page: str, condition: dict[str, Any], context: dict[str, tuple[str, ...]], holds: bool):
    request = Request(Caller(DORA), "s3:GetObject", OBJECT, {"aws:username": ("dora",), **context})
    expected = Decision.ALLOW if holds else Decision.IMPLICIT_DENY
    listed = json.loads(json.dumps(condition))
    assert decide(Policies([document(given(listed))]), request) is expected, page
    expected = Decision.DENY if holds else Decision.ALLOW
    assert decide(Policies([document(allow(), given(listed, "Deny"))]), request) is expected, page


def test_variables_are_plain_text_before_the_version_that_knows_them():
    page, own = VARIABLES, allow(resource="arn:aws:s3:::blog/${aws:username}")
    request = Request(Caller(DORA), "s3:GetObject", "arn:aws:s3:::blog/dora", {"aws:username": ("dora",)})
    assert decide(Policies([document(own)]), request) is Decision.ALLOW, page
    assert decide(Policies([document(own, version="2008-10-17")]), request) is Decision.IMPLICIT_DENY, page


@pytest.mark.parametrize(
    ("resource", "target", "matched"),
    [
        ("arn:aws:iam::111122223333:user/Bob", "arn:aws:iam::111122223333:user/bob", False),
        ("arn:aws:iam::111122223333:user/accounting/*", "arn:aws:iam::111122223333:user/accounting/x/Bob", True),
        ("arn:aws:s3:::b/*/test/*", "arn:aws:s3:::b/1/2/test/3/object.jpg", True),
        ("arn:aws:s3:::b/*/test/*", "arn:aws:s3:::b/1-test/object.jpg", False),
        ("arn:aws:s3:::b/test??.txt", "arn:aws:s3:::b/test01.txt", True),
        ("arn:aws:dynamodb:us-east-2:1:table/t", "arn:aws:dynamodb:us-east-2:1:table/t", True),
    ],
)
def test_resources(resource: str, target: str, matched: bool):
    decision = decide(Policies([document(allow(resource=resource))]), Request(Caller(DORA), "iam:GetUser", target))
    assert decision is (Decision.ALLOW if matched else Decision.IMPLICIT_DENY), RESOURCE


NOTHING, EVERYTHING = document(), document(allow())
READS = document(allow("s3:Get*"))


def to(principal: Any) -> Document:
    return document(allow("s3:*", OBJECT, Principal=principal))


@pytest.mark.parametrize(
    ("page", "caller", "policies", "expected"),
    [
        (LOGIC, DORA, Policies(), Decision.IMPLICIT_DENY),
        (LOGIC, DORA, Policies([READS]), Decision.ALLOW),
        (LOGIC, DORA, Policies([READS, document(deny("s3:GetObject"))]), Decision.DENY),
        (LOGIC, DORA, Policies([READS], document(deny("s3:*", OBJECT, Principal="*"))), Decision.DENY),
        (LOGIC, DORA, Policies(resource=to({"AWS": DORA})), Decision.ALLOW),
        (LOGIC, DORA, Policies(resource=to({"AWS": "111122223333"})), Decision.IMPLICIT_DENY),
        (LOGIC, DORA, Policies([READS], to({"AWS": "111122223333"})), Decision.ALLOW),
        (LOGIC, DORA, Policies([EVERYTHING], limits=[[READS]]), Decision.ALLOW),
        (LOGIC, DORA, Policies([EVERYTHING], limits=[[document(allow("sqs:*"))]]), Decision.IMPLICIT_DENY),
        (LOGIC, DORA, Policies([NOTHING], limits=[[EVERYTHING]]), Decision.IMPLICIT_DENY),
        (LOGIC, DORA, Policies([EVERYTHING], limits=[[document(deny("s3:GetObject"))]]), Decision.DENY),
        (LOGIC, DORA, Policies([], to({"AWS": DORA}), [[NOTHING]]), Decision.ALLOW),
        (LOGIC, SESSION, Policies([], to({"AWS": ROLE}), [[NOTHING]]), Decision.IMPLICIT_DENY),
        (LOGIC, SESSION, Policies([], to({"AWS": ROLE})), Decision.ALLOW),
        (LOGIC, SESSION, Policies([], to({"AWS": SESSION}), [[NOTHING]]), Decision.ALLOW),
        (CROSS, DORA, Policies([], to({"AWS": DORA}), owner="222233334444"), Decision.IMPLICIT_DENY),
        (CROSS, DORA, Policies([READS], owner="222233334444"), Decision.IMPLICIT_DENY),
        (CROSS, DORA, Policies([READS], to({"AWS": "111122223333"}), owner="222233334444"), Decision.ALLOW),
        (ROLES, DORA, Policies([EVERYTHING], required=True), Decision.IMPLICIT_DENY),
        (ROLES, DORA, Policies([EVERYTHING], to({"AWS": "111122223333"}), required=True), Decision.ALLOW),
        (ROLES, DORA, Policies([], to({"AWS": DORA}), required=True), Decision.ALLOW),
    ],
)
def test_policies_together(page: str, caller: str, policies: Policies, expected: Decision):
    assert decide(policies, Request(Caller(caller), "s3:GetObject", OBJECT)) is expected, page


BOB = "arn:aws:iam::444455556666:user/Bob"
AUDIT = "arn:aws:sts::444455556666:assumed-role/cross-account-read-only-role/cross-account-audit-app"


@pytest.mark.parametrize(
    ("caller", "expected"),
    [
        (BOB, Decision.ALLOW),
        ("arn:aws:iam::444455556666:user/Eve", Decision.DENY),
        (DORA, Decision.DENY),
        (AUDIT, Decision.ALLOW),
        (AUDIT.replace("audit-app", "other-app"), Decision.DENY),
    ],
)
def test_a_denial_with_not_principal_spares_whom_it_names(caller: str, expected: Decision):
    spared = [BOB, AUDIT, "arn:aws:iam::444455556666:role/cross-account-read-only-role"]
    named = {"AWS": [*spared, "arn:aws:iam::444455556666:root"]}
    bucket = document(
        allow("s3:*", "arn:aws:s3:::b", Principal="*"), {**deny("s3:*", "arn:aws:s3:::b"), "NotPrincipal": named}
    )
    policies = Policies([EVERYTHING], bucket, owner="777788889999")
    assert decide(policies, Request(Caller(caller), "s3:ListBucket", "arn:aws:s3:::b")) is expected, NOT_PRINCIPAL


def test_a_service_is_named_by_its_principal_alone():
    trail = document(allow("s3:PutObject", OBJECT, Principal={"Service": "cloudtrail.amazonaws.com"}))
    caller = Caller("cloudtrail.amazonaws.com", kind="Service")
    assert decide(Policies(resource=trail), Request(caller, "s3:PutObject", OBJECT)) is Decision.ALLOW
    other = Caller("sns.amazonaws.com", kind="Service")
    assert decide(Policies(resource=trail), Request(other, "s3:PutObject", OBJECT)) is Decision.IMPLICIT_DENY
    assert decide(Policies(resource=to("*")), Request(Caller(""), "s3:GetObject", OBJECT)) is Decision.ALLOW


@pytest.mark.parametrize(
    ("page", "more", "public"),
    [
        (S3, {"Principal": {"Federated": "graph.facebook.com"}}, True),
        (S3, {"Principal": "*"}, True),
        (S3, {"Principal": "*", "Condition": {"StringLike": {"aws:SourceVpc": "vpc-*"}}}, True),
        (S3, {"Principal": "*", "Condition": {"StringEquals": {"aws:SourceVpc": "vpc-91237329"}}}, False),
        (S3, {"Principal": "*", "Condition": {"IpAddress": {"aws:SourceIp": "0.0.0.0/1"}}}, True),
        (S3, {"Principal": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-xxxxxxxxxxx"}}}, False),
        (
            S3,
            {
                "Principal": "*",
                "Condition": {
                    "StringLike": {"s3:DataAccessPointArn": "arn:aws:s3:us-west-2:123456789012:accesspoint/*"}
                },
            },
            False,
        ),
        (S3, {"Principal": {"Service": "cloudtrail.amazonaws.com"}}, False),
        (S3, {"Principal": {"AWS": "222233334444"}}, False),
        (EFS, {"Principal": {"AWS": "*"}}, True),
        (
            EFS,
            {"Principal": {"AWS": "*"}, "Condition": {"Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}}},
            False,
        ),
    ],
)
def test_what_aws_calls_public(page: str, more: dict[str, Any], public: bool):
    assert is_public(document(allow("s3:PutObject", **more))) is public, page


def test_an_access_point_that_names_access_points_is_public():
    named = {"StringLike": {"s3:DataAccessPointArn": "arn:aws:s3:us-west-2:123456789012:accesspoint/*"}}
    policy = document(allow("s3:GetObject", Principal="*", Condition=named))
    assert is_public(policy, access_point=True) is True, S3
