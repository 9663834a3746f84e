"""A deployment may do what the program's resources need, to the stack's own resources, and never destroys data."""

import ast
import json
import pkgutil
from importlib import import_module
from pathlib import Path

import botocore.session
import pytest

from bootstrap import rights
from components.iam import Arns, document
from local.provider import services
from local.provider.resource import ResourceType
from serverless_guard.program import Program
from serverless_guard.record import Block, Resource
from tests.components.recording import record
from tests.components.test_contract import COMPONENTS
from tests.policies.project import read

ARNS = Arns(partition="aws", region="eu-central-1", account="111122223333")
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
DOCUMENTS = rights.deployment("blog-dev", "dev", ARNS, functions=["get-user", "daily-report"])
GRANTED = {action for statements in DOCUMENTS.values() for one in statements for action in one.actions}

READS = ("Describe", "Get", "List", "BatchGet", "Head")
OTHER_NAMES = {
    "budgets:CreateBudget": "budgets:ModifyBudget",
    "budgets:UpdateBudget": "budgets:ModifyBudget",
    "budgets:DeleteBudget": "budgets:ModifyBudget",
    "budgets:CreateNotification": "budgets:ModifyBudget",
    "budgets:DeleteNotification": "budgets:ModifyBudget",
    "cloudfront:CreateDistributionWithTags": "cloudfront:CreateDistribution",
    "lambda:Invoke": "lambda:InvokeFunction",
    "s3:DeleteBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3:DeleteBucketLifecycle": "s3:PutLifecycleConfiguration",
    "s3:DeleteBucketOwnershipControls": "s3:PutBucketOwnershipControls",
    "s3:DeleteBucketTagging": "s3:PutBucketTagging",
    "s3:DeleteObjects": "s3:DeleteObject",
    "s3:DeletePublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "s3:PutBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3:PutBucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
    "s3:PutBucketNotificationConfiguration": "s3:PutBucketNotification",
    "s3:PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
}
"""Operations whose action in IAM is called otherwise, as the Service Authorization Reference has it."""

API_VERBS = {"Create": "POST", "Tag": "PUT", "Put": "PUT", "Update": "PATCH", "Delete": "DELETE", "Untag": "DELETE"}

PEOPLE_DO = {
    *("athena:DeleteDataCatalog", "backup:DeleteBackupVault", "cloudfront:DeleteDistribution", "ec2:DeleteVpc"),
    *("cognito-idp:DeleteUserPool", "cognito-idp:DeleteUserPoolClient", "dynamodb:DeleteTable", "glue:DeleteDatabase"),
    *(f"elasticache:Delete{kind}" for kind in ("CacheSubnetGroup", "ReplicationGroup", "ServerlessCache")),
    *("elasticache:DeleteUser", "elasticache:DeleteUserGroup"),
    *("kms:DeleteAlias", "kms:DisableKey", "kms:DisableKeyRotation", "kms:ScheduleKeyDeletion", "logs:DeleteLogGroup"),
    *("rds:DeleteDBCluster", "rds:DeleteDBInstance", "rds:DeleteDBSubnetGroup", "s3:DeleteBucket"),
    *("secretsmanager:DeleteSecret", "sns:DeleteTopic", "sqs:DeleteQueue", "wafv2:DeleteWebACL"),
}
"""What ends data, what guards it or what is reached by it: docs/runbooks/unlock.md."""

NOT_OF_THE_PROGRAM = {
    *("iam:AttachRolePolicy", "iam:DetachRolePolicy"),
    *("iam:PutRolePermissionsBoundary", "iam:DeleteRolePermissionsBoundary"),
}
"""What the stand-in can do for a role, and no role of the components asks for."""


def action_of(service: str, operation: str) -> str:
    if service in ("apigateway", "apigatewayv2"):
        verb = next(verb for word, verb in API_VERBS.items() if operation.startswith(word))
        return f"apigateway:{verb}"
    prefix = {"stepfunctions": "states"}.get(service, service)
    return OTHER_NAMES.get(f"{prefix}:{operation}", f"{prefix}:{operation}")


def needed() -> set[str]:
    """The actions of all operations that the declarations of the program's resource types name."""
    deployed = {
        entry.type for component in COMPONENTS.values() for entry in record(component) if entry.type.startswith("aws:")
    }
    actions: set[str] = set()
    for module in pkgutil.iter_modules(services.__path__):
        declared = import_module(f"local.provider.services.{module.name}")
        types = [one for one in vars(declared).values() if isinstance(one, ResourceType) and one.token in deployed]
        if not types:
            continue
        source = ast.parse(Path(str(declared.__file__)).read_text())
        texts = {node.value for node in ast.walk(source) if isinstance(node, ast.Constant)}
        for service in {one.service for one in types}:
            operations = botocore.session.get_session().get_service_model(service).operation_names
            writes = [name for name in operations if name in texts and not name.startswith(READS)]
            actions |= {action_of(service, name) for name in writes}
    return actions


def test_a_deployment_may_do_all_that_the_programs_resources_need_but_end_what_holds_data() -> None:
    actions = needed()
    assert len(actions) > 150
    assert actions - GRANTED - NOT_OF_THE_PROGRAM == PEOPLE_DO & actions
    assert sorted(GRANTED & PEOPLE_DO) == []


def test_a_resource_is_told_by_the_prefix_or_by_the_tag_of_the_environment() -> None:
    free = [
        statement.sid
        for statements in DOCUMENTS.values()
        for statement in statements
        if not statement.conditions and any("blog-dev" not in one.replace("_", "-") for one in statement.resources)
    ]
    # What AWS lets nobody narrow down, and what has neither a name nor a tag before it exists.
    assert sorted(free) == [
        "AcceleratorGroups", "Catalogue", "EdgePolicies", "LogDeliveries", "NewEdgePolicies", "NewKeys",
        "NewPoolsAndKeys", "VaultStorage",
    ]  # fmt: skip


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_keeps_the_rules_of_least_privilege(name: str) -> None:
    props = Block({"policy": document(DOCUMENTS[name])})
    policy = Resource("aws:iam/policy:Policy", f"blog-bootstrap-deploy-dev-{name}", props)
    found = read(production=True).evaluate(policy)
    assert [finding.message for finding in found if finding.rule.category == "least-privilege"] == []


def test_a_deployments_documents_keep_the_rules_together() -> None:
    role = Resource("aws:iam/role:Role", "blog-bootstrap-deploy-dev", Block({"name": "blog-bootstrap-deploy-dev"}))
    resources = [role]
    for name, statements in DOCUMENTS.items():
        policy = {"name": f"blog-bootstrap-deploy-dev-{name}", "policy": document(statements)}
        attached = {"role": "blog-bootstrap-deploy-dev", "policyArn": ARNS.of("iam", f"policy/{policy['name']}")}
        resources.append(Resource("aws:iam/policy:Policy", policy["name"], Block(policy), urn=name))
        resources.append(Resource(ATTACHMENT, policy["name"], Block(attached), urn=f"{name}-attached"))
    found = read(production=True).evaluate_program(Program(tuple(resources)))
    assert [finding.message for finding in found if finding.rule.category == "least-privilege"] == []


def test_a_new_distribution_is_made_with_the_tag_by_which_it_is_changed() -> None:
    statements = {one.sid: one for one in DOCUMENTS["edge"]}
    new, known = statements["NewDistributions"], statements["Distributions"]
    assert new.conditions == {"StringEquals": {"aws:RequestTag/environment": "dev"}}
    assert known.conditions == {"StringEquals": {"aws:ResourceTag/environment": "dev"}}
    assert "cloudfront:CreateDistribution" in new.actions
    assert "cloudfront:CreateDistribution" not in known.actions


def test_only_the_functions_roles_are_handed_on_and_each_to_its_service_alone() -> None:
    handed = [one for one in DOCUMENTS["compute"] if "iam:PassRole" in one.actions]
    assert {resource.rpartition("/")[2] for one in handed for resource in one.resources} == {
        *("blog-dev-get-user", "blog-dev-daily-report", "blog-dev-backup", "blog-dev-flow-logs"),
        "blog-dev-accelerator",
    }
    assert [len(one.conditions["StringEquals"]) for one in handed] == [1, 1, 1, 1]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_is_no_longer_than_a_policy_can_be(name: str) -> None:
    functions = sorted(file.stem for file in Path("functions").glob("*.py"))
    longest = rights.deployment("blog-production", "production", ARNS, functions=functions)[name]
    assert len(json.dumps(json.loads(document(longest)), separators=(",", ":"))) <= 6_144
