import json

import pytest

from serverless_guard.iam.actions import expand, of_service, works_on
from serverless_guard.iam.document import read
from serverless_guard.iam.examples import allow, policy
from serverless_guard.iam.grants import names_caller, narrowed
from serverless_guard.iam.pattern import matches, matches_everything, overlap
from serverless_guard.record import UNKNOWN, Block, MalformedError, UndecidedError


def document(*statements: object):
    found = read(Block(policy(*statements)), "policy")
    assert found
    return found


def test_single_values_and_lists_read_alike():
    single = document({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Principal": {"AWS": "1"}})
    lists = document({"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["*"], "Principal": {"AWS": ["1"]}})
    assert single.statements == lists.statements


def test_a_statement_outside_of_a_list_is_read():
    body = {"Version": "2012-10-17", "Statement": allow("s3:GetObject")}
    found = read(Block({"policy": json.dumps(body)}), "policy")
    assert found
    assert [statement.actions for statement in found.statements] == [("s3:GetObject",)]


def test_names_of_actions_ignore_case_and_take_wildcards_inside():
    assert matches("DynamoDB:Get*", "dynamodb:GetItem")
    assert matches("s3:*Object", "s3:PutObject")
    assert matches("s3:Get?bject", "s3:GetObject")
    assert not matches("s3:Get", "s3:GetObject")
    assert not matches("s3.GetObject", "s3:GetObject")


def test_not_action_grants_all_that_it_does_not_name():
    statement = document({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}).statements[0]
    assert statement.grants("s3:GetObject")
    assert not statement.grants("iam:CreateUser")


def test_a_deny_grants_nothing():
    assert not document({"Effect": "Deny", "Action": "*", "Resource": "*"}).statements[0].grants("s3:GetObject")


@pytest.mark.parametrize("resource", ["*", "**", "arn:aws:s3:::*", "arn:aws-cn:dynamodb:*:*:*"])
def test_some_arns_are_as_wide_as_a_star(resource: str):
    assert matches_everything(resource)


@pytest.mark.parametrize("resource", ["arn:aws:s3:::bucket/*", "arn:aws:dynamodb:eu-west-1:1:table/t", "bucket*"])
def test_an_arn_that_names_something_is_no_star(resource: str):
    assert not matches_everything(resource)


def test_everybody_is_a_star_with_or_without_aws():
    everybody, service = document(
        allow("s3:GetObject", Principal="*"), allow("s3:GetObject", Principal={"Service": "*"})
    ).statements
    assert everybody.principals[0].anyone
    assert not service.principals[0].anyone


def test_an_account_is_read_from_its_number_and_its_arn():
    principals = {"AWS": ["123456789012", "arn:aws:iam::123456789012:root", "arn:aws:iam::123456789012:role/r"]}
    statement = document(allow("s3:GetObject", Principal=principals)).statements[0]
    assert [one.account for one in statement.principals] == ["123456789012"] * 3
    assert [one.whole_account for one in statement.principals] == [True, True, False]


@pytest.mark.parametrize(
    ("condition", "narrows"),
    [
        ({"StringEquals": {"aws:SourceAccount": "123456789012"}}, True),
        ({"stringlike": {"AWS:PrincipalOrgID": ["o-a1b2c3d4e5"]}}, True),
        ({"StringLike": {"aws:PrincipalOrgID": "o-*"}}, False),
        ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/*"}}, True),
        ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*"}}, False),
        ({"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}, True),
        ({"IpAddress": {"aws:SourceIp": ["192.0.2.0/24", "0.0.0.0/0"]}}, False),
        ({"StringLike": {"aws:SourceArn": "*"}}, False),
        ({"StringNotEquals": {"aws:SourceAccount": "123456789012"}}, False),
        ({"StringEqualsIfExists": {"aws:SourceAccount": "123456789012"}}, False),
        ({"ForAllValues:StringEquals": {"aws:PrincipalOrgID": "o-1"}}, False),
        ({"Bool": {"aws:SecureTransport": "true"}}, False),
        ({}, False),
    ],
)
def test_a_condition_narrows_when_it_names_who_and_holds_for_nobody_else(condition: object, narrows: bool):
    assert narrowed(document(allow("s3:GetObject", Condition=condition)).statements[0]) is narrows


@pytest.mark.parametrize(
    ("condition", "names"),
    [
        ({"StringEquals": {"aws:SourceVpce": "vpce-1"}}, True),
        ({"StringEquals": {"aws:PrincipalTag/team": "blog"}}, True),
        ({"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}, False),
        ({"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}, False),
        ({"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}, False),
    ],
)
def test_what_is_asked_for_does_not_say_who_asks(condition: object, names: bool):
    assert names_caller(document(allow("s3:PutObject", Principal="*", Condition=condition)).statements[0]) is names


@pytest.mark.parametrize("path", ["Effect", "Action", "Resource", "Principal", "Condition", "Sid"])
def test_an_unknown_part_is_named(path: str):
    with pytest.raises(UndecidedError, match=rf"policy\.Statement\[0\]\.{path} is not known"):
        document({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"} | {path: UNKNOWN})


@pytest.mark.parametrize("text", ["{", "[]", '"x"', "null", "[" * 100_000])
def test_what_is_no_document_is_refused_without_repeating_it(text: str):
    with pytest.raises(MalformedError, match=r"^policy is not"):
        read(Block({"policy": text}), "policy")


def test_an_action_knows_its_level_and_its_resources():
    action = of_service("iam")["putrolepolicy"]
    assert (action.level, action.resource_types) == ("Permissions management", ("role",))


def test_a_pattern_stands_for_the_actions_that_it_matches():
    assert {action.name for action in expand("dynamodb:*Item")} >= {"GetItem", "PutItem", "DeleteItem"}
    assert expand("dynamodb:Nothing*") == ()
    assert expand("nothing:*") == ()


def test_an_action_works_on_the_resources_of_its_types_only():
    get = of_service("s3")["getobject"]
    assert works_on(get, "arn:aws:s3:::bucket/key*")
    assert works_on(get, "arn:aws:s3:::*")
    assert not works_on(get, "arn:aws:s3:::bucket")
    assert works_on(of_service("logs")["putlogevents"], "arn:aws:logs:eu-west-1:1:log-group:/aws/lambda/f:*")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("ab", "ab", True), ("a*", "*b", True), ("a*", "b*", False), ("log:x:*", "log:*:stream:*", True),
        ("abc", "a*d", False), ("*", "", True), ("a", "", False), ("a?c", "abc", True), ("xy*z", "*y", False),
    ],
)  # fmt: skip
def test_two_patterns_overlap_when_some_text_matches_both(one: str, other: str, expected: bool):
    assert overlap(one, other) is overlap(other, one) is expected
