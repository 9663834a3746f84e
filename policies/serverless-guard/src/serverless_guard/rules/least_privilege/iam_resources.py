"""Statements that grant on all resources, or without a condition."""

from collections import defaultdict

from serverless_guard.iam import policy_locations
from serverless_guard.iam.actions import Action, before_its_resource, shapes
from serverless_guard.iam.effective import EffectiveDocuments
from serverless_guard.iam.examples import allow, policy
from serverless_guard.iam.statement import Statement
from serverless_guard.program import Program
from serverless_guard.record import UNKNOWN
from serverless_guard.rules.least_privilege.deployers import DEPLOYERS
from serverless_guard.rules.rule import Example, StackFindings, stack_rule
from serverless_guard.rules.summary import summarize

ITEMS = policy(allow(["dynamodb:GetItem", "dynamodb:PutItem"]))
NOT_ANOTHERS = {"StringEqualsIfExists": {"aws:ResourceTag/stack": "blog-dev"}}
PLANS = "arn:aws:backup:eu-west-1:123456789012:backup-plan:*"
OWN_PLANS = policy(allow(["backup:GetBackupPlan", "backup:DeleteBackupPlan"], PLANS, Condition=NOT_ANOTHERS))
CACHE_POLICIES = policy(allow("cloudfront:UpdateCachePolicy", "arn:aws:cloudfront::123456789012:cache-policy/*"))


def _unscoped(stack: Program, level: str | None, words: str) -> StackFindings:
    """Word what is granted on all resources.

    Who deploys makes what AWS then gives an id; where that takes no tags, its kind is the narrowest name there is. What
    takes tags has none when it is made and when it is gone: there, all but the resources of others is narrow enough.
    """
    deployers = tuple(stack.settings.get("deployers", ()))
    for document in stack.derived(EffectiveDocuments):
        deploys = document.belongs_to(deployers)
        by_statement: defaultdict[str, list[Action]] = defaultdict(list)
        for statement, action in document.unscoped():
            if (
                deploys
                and not statement.everywhere
                and (before_its_resource(action) or _leaves_others_alone(statement))
            ):
                continue
            if level in {None, action.level}:
                by_statement[statement.where].append(action)
        for where, found in by_statement.items():
            names = summarize(action.full_name for action in found)
            yield document.owner, f"{where} allows {names} {words}; narrower: {_narrower(found[0])}"
        for statement in document.unlimited():
            yield document.owner, f"{statement.where} allows every action {words}"
    yield from stack.derived(EffectiveDocuments).unread()


def _leaves_others_alone(statement: Statement) -> bool:
    """Tell whether a statement leaves out what has another tag, for what has none: not yet, no more, or never."""
    return any(
        one.operator.lower() == "stringequalsifexists" and one.key.lower().startswith("aws:resourcetag/")
        for one in statement.conditions
    )


def _narrower(action: Action) -> str:
    """Write the part of a statement that grants an action on one resource."""
    return f'"Action": "{action.full_name}", "Resource": "{next(shapes(action), "<its ARN>")}"'


@stack_rule(
    "iam-no-resource-star-on-scopable-action",
    title="IAM policies do not allow actions on all resources if AWS supports resource-level permissions",
    types=policy_locations.IDENTITY,
    category="least-privilege",
    severity="high",
    env="same",
    sources=(
        "cdk-nag:AwsSolutions-IAM5",
        "checkov:CKV_AWS_355",
        "checkov:CKV_AWS_356",
        "trivy:AWS-0057",
        "trivy:AWS-0346",
        "parliament:RESOURCE_STAR",
        "parliament:RESOURCE_EFFECTIVELY_STAR",
    ),
    fix="Name the resource, for example arn:aws:dynamodb:<region>:<account>:table/<name>.",
    options={"deployers": DEPLOYERS},
    good=(
        Example(ITEMS),
        Example(policy(allow("xray:PutTraceSegments", "*"))),
        Example(policy(allow("s3:GetObject", "arn:aws:s3:::bucket/*"))),
        Example(policy(allow("ec2:StartInstances", "*", Condition={"StringEquals": {"aws:ResourceTag/app": "blog"}}))),
        Example(policy(allow("glue:GetDatabase", "arn:aws:glue:eu-west-1:123456789012:catalog"))),
        Example(CACHE_POLICIES, settings={"deployers": ["subject"]}),
        Example(OWN_PLANS, settings={"deployers": ["subject"]}),
    ),
    bad=(
        Example(
            OWN_PLANS,
            finds=(
                (
                    "policy.Statement[0] allows backup:GetBackupPlan, backup:DeleteBackupPlan on all resources "
                    'although AWS can limit it to some; narrower: "Action": "backup:GetBackupPlan", "Resource": '
                    '"arn:${Partition}:backup:${Region}:${Account}:backup-plan:${BackupPlanId}"'
                ),
            ),
        ),
        Example(
            policy(allow("backup:GetBackupPlan", "*", Condition=NOT_ANOTHERS)),
            finds=(
                (
                    "policy.Statement[0] allows backup:GetBackupPlan on all resources although AWS can limit it to "
                    'some; narrower: "Action": "backup:GetBackupPlan", "Resource": '
                    '"arn:${Partition}:backup:${Region}:${Account}:backup-plan:${BackupPlanId}"'
                ),
            ),
            settings={"deployers": ["subject"]},
        ),
        Example({"policy": UNKNOWN}, finds=("cannot decide: policy is not known at preview",)),
        Example(
            policy(allow("dynamodb:GetItem", "*")),
            finds=(
                (
                    "policy.Statement[0] allows dynamodb:GetItem on all resources although AWS "
                    'can limit it to some; narrower: "Action": "dynamodb:GetItem", "Resource": '
                    '"arn:${Partition}:dynamodb:${Region}:${Account}:table/${TableName}"'
                ),
            ),
        ),
        Example(
            policy(allow("dynamodb:GetItem", "arn:aws:dynamodb:*:*:table/*")),
            finds=(
                (
                    "policy.Statement[0] allows dynamodb:GetItem on all resources although AWS "
                    'can limit it to some; narrower: "Action": "dynamodb:GetItem", "Resource": '
                    '"arn:${Partition}:dynamodb:${Region}:${Account}:table/${TableName}"'
                ),
            ),
        ),
        Example(
            policy(allow("s3:GetObject", "arn:aws:s3:::*")),
            finds=(
                (
                    "policy.Statement[0] allows s3:GetObject on all resources although AWS can "
                    'limit it to some; narrower: "Action": "s3:GetObject", "Resource": "arn:${Par'
                    "tition}:s3:${Region}:${Account}:accesspoint/${AccessPointName}/object/${Obje"
                    'ctName}"'
                ),
            ),
        ),
        Example(
            policy(allow("s3:GetObject", "*", Condition={"Bool": {"aws:SecureTransport": "true"}})),
            finds=(
                (
                    "policy.Statement[0] allows s3:GetObject on all resources although AWS can "
                    'limit it to some; narrower: "Action": "s3:GetObject", "Resource": "arn:${Par'
                    "tition}:s3:${Region}:${Account}:accesspoint/${AccessPointName}/object/${Obje"
                    'ctName}"'
                ),
            ),
        ),
        Example(
            CACHE_POLICIES,
            finds=(
                (
                    "policy.Statement[0] allows cloudfront:UpdateCachePolicy on all resources "
                    'although AWS can limit it to some; narrower: "Action": '
                    '"cloudfront:UpdateCachePolicy", "Resource": '
                    '"arn:${Partition}:cloudfront::${Account}:cache-policy/${Id}"'
                ),
            ),
        ),
        Example(
            policy(allow("cloudfront:UpdateCachePolicy", "*")),
            finds=(
                (
                    "policy.Statement[0] allows cloudfront:UpdateCachePolicy on all resources "
                    'although AWS can limit it to some; narrower: "Action": '
                    '"cloudfront:UpdateCachePolicy", "Resource": '
                    '"arn:${Partition}:cloudfront::${Account}:cache-policy/${Id}"'
                ),
            ),
            settings={"deployers": ["subject"]},
        ),
    ),
)
def iam_no_resource_star_on_scopable_action(stack: Program) -> StackFindings:
    """Actions that can be limited to resources are."""
    return _unscoped(stack, None, "on all resources although AWS can limit it to some")


@stack_rule(
    "iam-no-unconstrained-write",
    title="IAM policies do not allow write actions on all resources without a condition",
    types=policy_locations.IDENTITY,
    category="least-privilege",
    severity="high",
    env="same",
    sources=(
        "checkov:CKV_AWS_290",
        "checkov:CKV_AWS_111",
        "cloudsplaining:InfrastructureModification",
    ),
    fix="Name the resource, or add a condition that says which resources are meant.",
    options={"deployers": DEPLOYERS},
    good=(
        Example(ITEMS),
        Example(policy(allow("dynamodb:GetItem", "*"))),
        Example(CACHE_POLICIES, settings={"deployers": ["subject"]}),
        Example(OWN_PLANS, settings={"deployers": ["subject"]}),
        Example(CACHE_POLICIES, name="subject-2", settings={"deployers": ["subject"]}),
    ),
    bad=(
        Example(
            policy(allow("dynamodb:PutItem", "*")),
            finds=(
                (
                    "policy.Statement[0] allows dynamodb:PutItem (access level Write) on all "
                    'resources without a condition; narrower: "Action": "dynamodb:PutItem", '
                    '"Resource": '
                    '"arn:${Partition}:dynamodb:${Region}:${Account}:table/${TableName}"'
                ),
            ),
        ),
        Example(
            policy(allow("sqs:*", "arn:aws:sqs:*:*:*")),
            finds=(
                (
                    "policy.Statement[0] allows sqs:CancelMessageMoveTask, "
                    "sqs:ChangeMessageVisibility, sqs:CreateQueue, sqs:DeleteMessage and 4 more "
                    "(access level Write) on all resources without a condition; narrower: "
                    '"Action": "sqs:CancelMessageMoveTask", "Resource": '
                    '"arn:${Partition}:sqs:${Region}:${Account}:${QueueName}"'
                ),
            ),
        ),
        Example(
            policy(allow("dynamodb:PutItem", "*")),
            finds=(
                (
                    "policy.Statement[0] allows dynamodb:PutItem (access level Write) on all "
                    'resources without a condition; narrower: "Action": "dynamodb:PutItem", '
                    '"Resource": '
                    '"arn:${Partition}:dynamodb:${Region}:${Account}:table/${TableName}"'
                ),
            ),
            settings={"deployers": ["subject"]},
        ),
        Example(
            policy(allow(["s3:GetObject", "*"], "*")),
            finds=(
                ("policy.Statement[0] allows every action (access level Write) on all resources without a condition"),
            ),
        ),
        Example(
            policy({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}),
            finds=(
                ("policy.Statement[0] allows every action (access level Write) on all resources without a condition"),
            ),
        ),
        Example(
            policy(allow("cloudfront:UpdateCachePolicy", "*")),
            finds=(
                (
                    "policy.Statement[0] allows cloudfront:UpdateCachePolicy (access level Write)"
                    ' on all resources without a condition; narrower: "Action": '
                    '"cloudfront:UpdateCachePolicy", "Resource": '
                    '"arn:${Partition}:cloudfront::${Account}:cache-policy/${Id}"'
                ),
            ),
            settings={"deployers": ["subject"]},
        ),
        Example(
            policy(allow("dynamodb:PutItem", "arn:aws:dynamodb:*:*:table/*")),
            finds=(
                (
                    "policy.Statement[0] allows dynamodb:PutItem (access level Write) on all "
                    'resources without a condition; narrower: "Action": "dynamodb:PutItem", '
                    '"Resource": '
                    '"arn:${Partition}:dynamodb:${Region}:${Account}:table/${TableName}"'
                ),
            ),
            settings={"deployers": ["subject"]},
        ),
    ),
)
def iam_no_unconstrained_write(stack: Program) -> StackFindings:
    """Nothing may be changed on all resources without a condition."""
    return _unscoped(stack, "Write", "(access level Write) on all resources without a condition")


@stack_rule(
    "iam-no-unconstrained-permissions-management",
    title="IAM policies do not allow permissions management on all resources without a condition",
    types=policy_locations.IDENTITY,
    category="least-privilege",
    severity="critical",
    env="same",
    sources=(
        "checkov:CKV_AWS_289",
        "checkov:CKV_AWS_109",
        "cloudsplaining:ResourceExposure",
        "parliament:PERMISSIONS_MANAGEMENT_ACTIONS",
    ),
    fix="Name the resource whose permissions are managed, or take the action out.",
    good=(Example(ITEMS), Example(policy(allow("iam:PutRolePolicy", "arn:aws:iam::123456789012:role/blog-reader")))),
    bad=(
        Example(
            policy(allow("iam:PutRolePolicy", "*")),
            finds=(
                (
                    "policy.Statement[0] allows iam:PutRolePolicy (access level Permissions "
                    'management) on all resources without a condition; narrower: "Action": '
                    '"iam:PutRolePolicy", "Resource": '
                    '"arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}"'
                ),
            ),
        ),
        Example(
            policy(allow("s3:PutBucketPolicy", "*")),
            finds=(
                (
                    "policy.Statement[0] allows s3:PutBucketPolicy (access level Permissions "
                    'management) on all resources without a condition; narrower: "Action": '
                    '"s3:PutBucketPolicy", "Resource": "arn:${Partition}:s3:::${BucketName}"'
                ),
            ),
        ),
    ),
)
def iam_no_unconstrained_permissions_management(stack: Program) -> StackFindings:
    """Nobody may manage the permissions of all resources."""
    level = "Permissions management"
    return _unscoped(stack, level, f"(access level {level}) on all resources without a condition")
