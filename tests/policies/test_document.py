import json
import re

import pytest

from serverless_guard.iam import policy_locations
from serverless_guard.iam.actions import expand, of_service, works_on
from serverless_guard.iam.document import IDENTITIES, read
from serverless_guard.iam.evaluator import is_public
from serverless_guard.iam.examples import allow, policy
from serverless_guard.iam.pattern import matches, matches_everything, overlap
from serverless_guard.iam.unknown import known
from serverless_guard.record import UNKNOWN, Block, MalformedError, Resource, UndecidedError
from serverless_guard.wire import UNKNOWNS


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


STAR = {"Effect": "Allow", "Action": "*", "Resource": "*"}
READ = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::blog/*"}


def test_an_unknown_document_names_its_property():
    with pytest.raises(UndecidedError, match=r"^policy is not known at preview$"):
        read(Block({"policy": UNKNOWN}), "policy")


@pytest.mark.parametrize(
    ("statement", "place"),
    [
        (UNKNOWN, "Statement[0]"),
        (READ | {"Effect": UNKNOWN}, "Statement[0].Effect"),
        (READ | {"Action": UNKNOWN}, "Statement[0].Action"),
        (READ | {"Action": ["s3:GetObject", UNKNOWN]}, "Statement[0].Action"),
        (READ | {"Principal": UNKNOWN}, "Statement[0].Principal"),
        (READ | {"Principal": {"AWS": UNKNOWN}}, "Statement[0].Principal.AWS"),
        (READ | {"Condition": UNKNOWN}, "Statement[0].Condition"),
        (READ | {"Condition": {"StringEquals": UNKNOWN}}, "Statement[0].Condition.StringEquals"),
    ],
)
def test_an_unknown_part_is_named_when_it_is_read(statement: object, place: str):
    found = document(statement)
    assert found.unknown == (place,)
    with pytest.raises(UndecidedError, match=rf"^policy is not known at preview in {re.escape(place)}$") as raised:
        [part for one in found.statements for part in (*one.actions, *one.principals, *one.conditions)]
    assert raised.value.path == "policy"


def test_all_unknown_parts_of_a_document_are_named_together():
    found = document(READ | {"Action": UNKNOWN}, READ | {"Principal": UNKNOWN})
    with pytest.raises(UndecidedError, match=r"in Statement\[0\]\.Action, Statement\[1\]\.Principal$"):
        any(one.grants("s3:PutObject") for one in found.statements)


def test_what_is_known_is_read_before_what_is_not():
    found = document(READ | {"Action": UNKNOWN}, UNKNOWN, STAR)
    assert any(one.grants("iam:CreateUser") for one in found.statements)
    assert next(iter(found.allows())).where == "policy.Statement[2]"


def test_known_actions_decide_next_to_an_unknown_one():
    statement = document(READ | {"Action": ["s3:GetObject", UNKNOWN]}).statements[0]
    assert statement.grants("s3:GetObject")
    assert "s3:GetObject" in statement.actions
    with pytest.raises(UndecidedError):
        statement.grants("s3:PutObject")
    with pytest.raises(UndecidedError):
        list(statement.actions + statement.not_actions)


@pytest.mark.parametrize("resource", [UNKNOWN, [UNKNOWN], ["arn:aws:s3:::blog", UNKNOWN]])
def test_an_unknown_resource_is_one_that_the_program_names(resource: object):
    found = document(READ | {"Resource": resource})
    statement = found.statements[0]
    assert found.unknown == ("Statement[0].Resource",)
    assert statement.names_each_resource
    assert not statement.everywhere
    assert all(works_on(of_service("s3")["getobject"], one) for one in statement.resources if "blog" not in one)


def test_an_unknown_resource_next_to_a_star_is_everywhere():
    assert document(READ | {"Resource": ["*", UNKNOWN]}).statements[0].everywhere


def built_of(kind: str, *principals: object):
    found = read(Block(policy(READ | {"Principal": {kind: [*principals]}})), "policy", IDENTITIES)
    assert found
    return found


@pytest.mark.parametrize("kind", ["AWS", "Federated", "CanonicalUser"])
def test_an_unknown_identity_of_a_document_that_is_built_of_identities_is_one_of_them(kind: str):
    found = built_of(kind, UNKNOWN)
    (who,) = found.statements[0].principals
    assert found.unknown == (f"Statement[0].Principal.{kind}",)
    assert (who.kind, who.anyone, who.whole_account, who.account, who.web_identity) == (kind, False, False, "", False)
    assert not is_public(found)


def test_an_unknown_service_or_an_unknown_principal_as_a_whole_stays_undecided():
    with pytest.raises(UndecidedError, match=r"in Statement\[0\]\.Principal\.Service$"):
        list(built_of("Service", UNKNOWN).statements[0].principals)
    whole = read(Block(policy(READ | {"Principal": UNKNOWN})), "policy", IDENTITIES)
    assert whole
    with pytest.raises(UndecidedError, match=r"in Statement\[0\]\.Principal$"):
        list(whole.statements[0].principals)


def test_an_unknown_identity_next_to_a_star_is_everybody():
    assert is_public(built_of("AWS", UNKNOWN, "*"))


def test_who_needs_the_name_of_an_unknown_resource_cannot_decide():
    resources = document(READ | {"Resource": ["arn:aws:s3:::blog", UNKNOWN]}).statements[0].resources
    assert any(one.endswith("blog") for one in known(resources))
    with pytest.raises(UndecidedError, match=r"in Statement\[0\]\.Resource$"):
        any(one.endswith("/*") for one in known(resources))


def test_an_unknown_value_of_a_condition_is_a_name_where_its_operator_compares_names():
    source = document(READ | {"Condition": {"ArnEquals": {"aws:SourceArn": UNKNOWN}}}).statements[0]
    assert [len(one.values) for one in source.conditions] == [1]
    secure = document(READ | {"Condition": {"Bool": {"aws:SecureTransport": UNKNOWN}}}).statements[0]
    with pytest.raises(UndecidedError):
        list(secure.conditions[0].values)


def test_an_unknown_sid_or_version_takes_nothing_away():
    body = {"Version": UNKNOWN, "Statement": [READ | {"Sid": UNKNOWN}]}
    found = read(Block({"policy": body}), "policy")
    assert found
    assert [(one.sid, one.actions) for one in found.statements] == [("", ("s3:GetObject",))]


def test_the_mark_of_an_unknown_value_within_a_text_counts():
    text = json.dumps({"Version": "2012-10-17", "Statement": [READ | {"Action": next(iter(UNKNOWNS))}]})
    found = read(Block({"policy": text}), "policy")
    assert found
    assert found.unknown == ("Statement[0].Action",)


def test_of_several_documents_the_known_ones_are_read_first():
    body = policy(STAR)["policy"]
    role = Resource(policy_locations.ROLE, "r", Block({"inlinePolicies": [{"policy": UNKNOWN}, {"policy": body}]}))
    documents = policy_locations.identity(role)
    assert next(documents).where == "inlinePolicies[1].policy"
    with pytest.raises(UndecidedError, match=r"^inlinePolicies\[0\]\.policy is not known"):
        next(documents)


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
