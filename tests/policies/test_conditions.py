"""What a condition limits, by the definitions of AWS."""

import pytest

from serverless_guard.iam.condition_keys import KEYS, find
from serverless_guard.iam.conditions import complement, limits_caller, limits_identity, limits_source, limits_token
from serverless_guard.iam.document import Condition

OWN = "123456789012"


def condition(operator: str, key: str, *values: str) -> Condition:
    return Condition(operator, key, values)


@pytest.mark.parametrize(
    ("operator", "key", "value"),
    [
        ("StringEquals", "aws:RequestedRegion", "eu-west-1"),
        ("StringEquals", "aws:PrincipalOrgID", "o-abc1234567"),
        ("StringEquals", "aws:PrincipalAccount", OWN),
        ("ArnLike", "aws:PrincipalArn", f"arn:aws:iam::{OWN}:role/*"),
        ("StringEquals", "aws:PrincipalType", "AssumedRole"),
        ("StringEquals", "aws:PrincipalTag/team", "blog"),
        ("Bool", "aws:PrincipalIsAWSService", "false"),
        ("StringEquals", "aws:ResourceAccount", OWN),
        ("StringEquals", "aws:ResourceAccount", "${aws:PrincipalAccount}"),
        ("StringEquals", "s3:ResourceAccount", OWN),
        ("StringEquals", "aws:ResourceOrgID", "o-abc1234567"),
        ("Bool", "aws:ViaAWSService", "false"),
        ("BoolIfExists", "aws:ViaAWSService", "false"),
        ("Bool", "aws:SecureTransport", "true"),
        ("DateGreaterThan", "aws:CurrentTime", "2020-01-01T00:00:00Z"),
        ("Bool", "aws:MultiFactorAuthPresent", "true"),
        ("StringEquals", "kms:CallerAccount", OWN),
        ("ArnEquals", "lambda:SourceFunctionArn", f"arn:aws:lambda:eu-west-1:{OWN}:function:f"),
        ("StringNotEquals", "aws:ResourceTag/app", "other"),
        ("StringEqualsIfExists", "aws:ResourceTag/app", "blog"),
        ("Null", "aws:ResourceTag/app", "false"),
        ("ForAllValues:StringEquals", "aws:TagKeys", "app"),
        ("StringLike", "aws:ResourceTag/app", "*"),
        ("ArnLike", "iam:PolicyARN", "arn:aws:*:*:*:*"),
        ("IpAddress", "aws:SourceIp", "0.0.0.0/1"),
        ("StringEquals", "secretsmanager:VersionStage", "AWSCURRENT"),
        ("StringEquals", "sts:ExternalId", "partner"),
    ],
)
def test_a_condition_on_the_identity_or_the_way_of_calling_does_not_limit_it(
    operator: str, key: str, value: str
) -> None:
    assert limits_identity(condition(operator, key, value)) is False


@pytest.mark.parametrize(
    ("operator", "key", "value"),
    [
        ("StringEquals", "aws:ResourceTag/app", "blog"),
        ("StringEquals", "aws:ResourceTag/owner", "${aws:username}"),
        ("StringEquals", "aws:RequestTag/app", "blog"),
        ("ForAnyValue:StringEquals", "aws:TagKeys", "app"),
        ("ForAnyValue:StringEquals", "aws:CalledVia", "cloudformation.amazonaws.com"),
        ("Bool", "aws:ViaAWSService", "true"),
        ("Bool", "aws:PrincipalIsAWSService", "true"),
        ("StringEquals", "kms:ViaService", "s3.eu-west-1.amazonaws.com"),
        ("StringEquals", "iam:PassedToService", "lambda.amazonaws.com"),
        ("ArnEquals", "iam:PermissionsBoundary", f"arn:aws:iam::{OWN}:policy/boundary"),
        ("IpAddress", "aws:SourceIp", "203.0.113.0/24"),
        ("StringEquals", "aws:SourceVpce", "vpce-1a2b3c4d"),
        ("ArnEquals", "aws:SourceArn", f"arn:aws:sns:eu-west-1:{OWN}:topic"),
        ("StringLike", "s3:prefix", "home/*"),
    ],
)
def test_a_condition_on_resources_requests_services_or_networks_limits_an_identity(
    operator: str, key: str, value: str
) -> None:
    assert limits_identity(condition(operator, key, value)) is True


def test_the_owner_of_the_resource_limits_an_identity_only_where_it_is_another_account() -> None:
    foreign = condition("StringEquals", "aws:ResourceAccount", "210987654321")
    assert limits_identity(foreign) is False
    assert limits_identity(foreign, own_account=OWN) is True
    assert limits_identity(condition("StringEquals", "aws:ResourceAccount", OWN), own_account=OWN) is False


@pytest.mark.parametrize(
    ("operator", "key", "value"),
    [
        ("StringEquals", "aws:PrincipalOrgID", "o-a1b2c3d4e5"),
        ("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*"),
        ("StringEquals", "aws:PrincipalAccount", OWN),
        ("ArnLike", "aws:PrincipalArn", f"arn:aws:iam::{OWN}:role/*"),
        ("ArnEquals", "aws:SourceArn", "arn:aws:s3:::blog-uploads"),
        ("ArnLike", "aws:SourceArn", f"arn:aws:events:*:{OWN}:rule/*"),
        ("StringEquals", "aws:SourceAccount", OWN),
        ("StringEquals", "aws:SourceOwner", OWN),
        ("StringEquals", "aws:SourceVpc", "vpc-91237329"),
        ("StringEquals", "aws:SourceVpce", "vpce-1a2b3c4d"),
        ("IpAddress", "aws:SourceIp", "203.0.113.0/24"),
        ("StringEquals", "aws:userid", "AIDAEXAMPLEID"),
        ("StringEquals", "s3:x-amz-server-side-encryption-aws-kms-key-id", f"arn:aws:kms:eu-west-1:{OWN}:key/k"),
        ("StringLike", "s3:DataAccessPointArn", f"arn:aws:s3:us-west-2:{OWN}:accesspoint/*"),
        ("StringEquals", "s3:DataAccessPointAccount", OWN),
        ("StringEquals", "kms:CallerAccount", OWN),
        ("Bool", "elasticfilesystem:AccessedViaMountTarget", "true"),
    ],
)
def test_a_fixed_value_of_the_keys_that_aws_names_fixes_the_caller(operator: str, key: str, value: str) -> None:
    assert limits_caller(condition(operator, key, value)) is True


@pytest.mark.parametrize(
    ("operator", "key", "value"),
    [
        ("StringEquals", "aws:PrincipalTag/team", "blog"),
        ("StringEquals", "aws:username", "deploy"),
        ("StringLike", "aws:userid", "AROAEXAMPLEID:*"),
        ("StringEquals", "aws:userid", "anonymous"),
        ("StringLike", "aws:userid", "*:deploy"),
        ("IpAddress", "aws:VpcSourceIp", "10.0.0.0/8"),
        ("IpAddress", "aws:SourceIp", "0.0.0.0/1"),
        ("NotIpAddress", "aws:SourceIp", "203.0.113.0/24"),
        ("StringLike", "aws:SourceVpc", "vpc-*"),
        ("StringLike", "aws:PrincipalAccount", "1*"),
        ("StringLike", "aws:PrincipalOrgID", "o-*"),
        ("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "*/ou-ab12-11111111/*"),
        ("ForAllValues:StringLike", "aws:PrincipalOrgPaths", "o-a1b2c3d4e5/*"),
        ("ArnLike", "aws:SourceArn", "arn:aws:sns:*:*:alerts"),
        ("ArnLike", "aws:SourceArn", "arn:aws:s3:::blog-*"),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/deploy"),
        ("StringEquals", "aws:PrincipalServiceName", "s3.amazonaws.com"),
        ("Bool", "aws:PrincipalIsAWSService", "true"),
        ("StringEquals", "aws:FederatedProvider", "accounts.google.com"),
        ("StringEquals", "kms:ViaService", "s3.eu-west-1.amazonaws.com"),
        ("StringEquals", "aws:ResourceAccount", OWN),
        ("StringEqualsIfExists", "aws:PrincipalOrgID", "o-a1b2c3d4e5"),
        ("StringNotEquals", "aws:PrincipalAccount", OWN),
        ("Null", "aws:PrincipalOrgID", "false"),
        ("StringEquals", "aws:PrincipalAccount", "${aws:ResourceAccount}"),
        ("Bool", "elasticfilesystem:AccessedViaMountTarget", "false"),
        ("StringLike", "aws:Referer", "https://blog.example.com/*"),
        ("StringEquals", "s3:x-amz-acl", "private"),
    ],
)
def test_what_anybody_can_meet_does_not_fix_the_caller(operator: str, key: str, value: str) -> None:
    assert limits_caller(condition(operator, key, value)) is False


def test_one_open_value_among_fixed_ones_opens_the_condition() -> None:
    assert limits_caller(condition("StringLike", "aws:SourceVpc", "vpc-91237329", "vpc-*")) is False


def test_an_access_point_is_public_when_it_only_names_access_points() -> None:
    named = condition("StringLike", "s3:DataAccessPointArn", f"arn:aws:s3:us-west-2:{OWN}:accesspoint/*")
    assert limits_caller(named, access_point=True) is False


@pytest.mark.parametrize(
    ("operator", "key", "value", "limits"),
    [
        ("StringEquals", "aws:SourceAccount", OWN, True),
        ("ArnLike", "aws:SourceArn", f"arn:aws:sns:*:{OWN}:t", True),
        ("ArnLike", "AWS:SOURCEARN", f"arn:aws:sns:*:{OWN}:t", True),
        ("ArnEquals", "aws:SourceArn", "arn:aws:s3:::blog-uploads", True),
        ("StringEquals", "aws:SourceOrgID", "o-a1b2c3d4e5", True),
        ("StringEquals", "kms:EncryptionContext:aws:logs:arn", f"arn:aws:logs:eu-west-1:{OWN}:log-group:g", True),
        ("ArnLike", "kms:EncryptionContext:aws:logs:arn", f"arn:aws:logs:*:{OWN}:log-group:*", True),
        ("ArnLike", "kms:EncryptionContext:aws:logs:arn", "arn:aws:logs:eu-west-1:*:log-group:g", False),
        ("ArnLike", "aws:SourceArn", "arn:aws:sns:*:*:t", False),
        ("ArnLike", "aws:SourceArn", "arn:aws:sns:*", False),
        ("StringLike", "aws:SourceAccount", "*", False),
        ("StringEqualsIfExists", "aws:SourceAccount", OWN, False),
        ("IpAddress", "aws:SourceIp", "10.0.0.0/8", False),
        ("StringEquals", "aws:SourceVpce", "vpce-1a2b3c4d", False),
        ("StringEquals", "kms:ViaService", "s3.eu-west-1.amazonaws.com", False),
        ("StringEquals", "aws:PrincipalOrgID", "o-a1b2c3d4e5", False),
    ],
)
def test_the_source_of_a_service_is_fixed_by_its_account_or_organization(
    operator: str, key: str, value: str, limits: bool
) -> None:
    assert limits_source(condition(operator, key, value)) is limits


def test_the_audience_fixes_whose_token_it_is() -> None:
    pool = "eu-west-1:11111111-2222-3333-4444-555555555555"
    assert limits_token(condition("StringEquals", "cognito-identity.amazonaws.com:aud", pool)) is True
    assert limits_token(condition("StringLike", "cognito-identity.amazonaws.com:aud", "*")) is False
    assert limits_token(condition("StringEquals", "cognito-identity.amazonaws.com:amr", "authenticated")) is False
    assert limits_token(condition("StringEquals", "graph.facebook.com:app_id", "111222333444555")) is True


@pytest.mark.parametrize(
    ("operator", "value", "opposite"),
    [
        ("StringEquals", "a", ("StringNotEquals", "a")),
        ("StringNotEquals", "a", ("StringEquals", "a")),
        ("StringNotEqualsIfExists", "a", ("StringEquals", "a")),
        ("ArnNotLike", "a", ("ArnLike", "a")),
        ("NotIpAddress", "10.0.0.0/8", ("IpAddress", "10.0.0.0/8")),
        ("Bool", "true", ("BoolIfExists", "false")),
        ("BoolIfExists", "false", ("Bool", "true")),
        ("Null", "true", ("Null", "false")),
        ("NumericLessThan", "5", ("NumericGreaterThanEqualsIfExists", "5")),
        ("DateGreaterThanIfExists", "5", ("DateLessThanEquals", "5")),
        ("ForAllValues:StringNotLike", "a", ("ForAnyValue:StringLike", "a")),
        ("ForAnyValue:StringEquals", "a", ("ForAllValues:StringNotEquals", "a")),
        ("StringEqualsIfExists", "a", None),
    ],
)
def test_the_complement_holds_where_a_condition_does_not(
    operator: str, value: str, opposite: tuple[str, str] | None
) -> None:
    found = complement(condition(operator, "aws:PrincipalOrgID", value))
    assert (found and (found.operator, *found.values)) == opposite


def test_every_key_stands_once_in_the_table_and_names_its_page() -> None:
    assert len({key.name.lower() for key in KEYS}) == len(KEYS)
    assert find("AWS:principalorgid").page.endswith(
        "reference_policies_condition-keys.html#condition-keys-principalorgid"
    )
    assert find("aws:PrincipalTag/team").name == "aws:PrincipalTag/"
    assert find("cognito-identity.amazonaws.com:aud").about == "session"
    assert find("rds:db-tag/x").about == "request"
