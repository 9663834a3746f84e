"""Statements that grant more than they need to by a wildcard or a negation."""

from collections.abc import Iterator

from serverless_guard.iam import policy_locations
from serverless_guard.iam.actions import MUTATING, expand
from serverless_guard.iam.effective import EffectiveDocuments
from serverless_guard.iam.examples import allow, policy
from serverless_guard.iam.pattern import matches_everything
from serverless_guard.iam.wildcards import is_every_action, whole_services
from serverless_guard.program import Program
from serverless_guard.record import UNKNOWN, Resource
from serverless_guard.rules.rule import Example, StackFindings, resource_rule, stack_rule
from serverless_guard.rules.summary import reach, summarize

ITEMS = policy(allow(["dynamodb:GetItem", "dynamodb:PutItem"]))


@resource_rule(
    "iam-no-admin-statement",
    title="IAM policies do not allow full administrative privileges",
    types=policy_locations.IDENTITY,
    category="least-privilege",
    severity="critical",
    env="same",
    sources=(
        "cdk-nag:Nag-IAMPolicyNoStatementsWithAdminAccess",
        "cdk-nag:Serverless-LambdaStarPermissions",
        "checkov:CKV_AWS_1",
        "checkov:CKV_AWS_62",
        "trivy:AWS-0057",
        "fsbp:IAM.1",
    ),
    fix="Grant the actions that the identity performs, on the resources that it performs them on.",
    good=(
        Example(ITEMS),
        Example(policy(allow("*", "arn:aws:s3:::blog"))),
        Example(policy(allow("s3:ListAllMyBuckets", "*"))),
    ),
    bad=(
        Example(policy(allow("*", "*")), finds=("policy.Statement[0] allows every action on every resource",)),
        Example(policy(allow("*:*", ["*"])), finds=("policy.Statement[0] allows every action on every resource",)),
        Example(
            policy({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}),
            finds=("policy.Statement[0] allows every action on every resource",),
        ),
        Example(
            policy({"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::secret/*"}),
            finds=("policy.Statement[0] allows every action on every resource",),
        ),
        Example(
            policy(allow(["s3:GetObject", "*"], ["*", "arn:aws:s3:::blog"])),
            finds=("policy.Statement[0] allows every action on every resource",),
        ),
    ),
)
def iam_no_admin_statement(resource: Resource) -> Iterator[str]:
    """No policy allows everything on everything."""
    for document in policy_locations.identity(resource):
        for statement in document.allows():
            whole = any(matches_everything(one) for one in statement.resources) or statement.not_resources
            if whole and (statement.not_actions or any(is_every_action(pattern) for pattern in statement.actions)):
                yield f"{statement.where} allows every action on every resource"


@resource_rule(
    "iam-no-action-star",
    title="IAM policies do not allow the * action",
    types=policy_locations.IDENTITY,
    category="least-privilege",
    severity="critical",
    env="same",
    sources=(
        "cdk-nag:AwsSolutions-IAM5",
        "checkov:CKV_AWS_49",
        "checkov:CKV_AWS_63",
    ),
    fix="List the actions that the identity performs.",
    good=(Example(ITEMS),),
    bad=(
        Example(policy(allow("*")), finds=("policy.Statement[0] allows every action",)),
        Example(policy(allow(["dynamodb:GetItem", "*:*"])), finds=("policy.Statement[0] allows every action",)),
        Example(policy(allow("?*:?*")), finds=("policy.Statement[0] allows every action",)),
    ),
)
def iam_no_action_star(resource: Resource) -> Iterator[str]:
    """No policy allows every action, on whatever resource."""
    for document in policy_locations.identity(resource):
        for statement in document.allows():
            if any(is_every_action(pattern) for pattern in statement.actions):
                yield f"{statement.where} allows every action"


@stack_rule(
    "iam-no-service-wildcard-action",
    title="IAM policies do not allow wildcard actions for entire services",
    types=policy_locations.IDENTITY,
    category="least-privilege",
    severity="high",
    env="same",
    sources=(
        "cdk-nag:AwsSolutions-IAM5",
        "cdk-nag:Nag-IAMPolicyNoStatementsWithFullAccess",
        "cdk-nag:Serverless-LambdaStarPermissions",
        "trivy:AWS-0057",
        "trivy:AWS-0114",
        "trivy:AWS-0345",
        "fsbp:IAM.21",
        "serverless-rules:WS1003",
        "serverless-rules:aws_iam_role_lambda_no_star",
        "cloudsplaining:ServiceWildcard",
    ),
    fix="List the actions that the identity performs.",
    good=(Example(ITEMS),),
    bad=(
        Example({"policy": UNKNOWN}, finds=("cannot decide: policy is not known at preview",)),
        Example(
            policy(allow("dynamodb:*")), finds=("policy.Statement[0] allows every action of dynamodb (dynamodb:*)",)
        ),
        Example(
            policy(allow(["s3:GetObject", "DynamoDB:**"], "*")),
            finds=("policy.Statement[0] allows every action of dynamodb (DynamoDB:**)",),
        ),
        Example(policy(allow("sqs:?*")), finds=("policy.Statement[0] allows every action of sqs (sqs:?*)",)),
        Example(
            policy(allow("s?s:*")),
            finds=(
                "policy.Statement[0] allows every action of ses (s?s:*)",
                "policy.Statement[0] allows every action of sms (s?s:*)",
                "policy.Statement[0] allows every action of sns (s?s:*)",
                "policy.Statement[0] allows every action of sqs (s?s:*)",
                "policy.Statement[0] allows every action of sts (s?s:*)",
            ),
        ),
        Example(
            {"inlinePolicies": [policy(allow("sqs:*"))]},
            finds=("inlinePolicies[0].policy.Statement[0] allows every action of sqs (sqs:*)",),
            type=policy_locations.ROLE,
        ),
    ),
)
def iam_no_service_wildcard_action(stack: Program) -> StackFindings:
    """No policy allows every action of a service."""
    documents = stack.derived(EffectiveDocuments)
    for one in documents:
        for statement in one.document.allows():
            for pattern in statement.actions:
                for service in whole_services(pattern):
                    yield one.owner, f"{statement.where} allows every action of {service} ({pattern})"
    yield from documents.unread()


@stack_rule(
    "iam-no-partial-wildcard-mutating-action",
    title="IAM policies do not allow mutating actions through partial wildcards",
    types=policy_locations.IDENTITY,
    category="least-privilege",
    severity="medium",
    env="same",
    sources=(
        "cdk-nag:AwsSolutions-IAM5",
        "trivy:AWS-0346",
    ),
    fix="List the actions that the pattern is meant for.",
    good=(
        Example(ITEMS),
        Example(policy(allow("dynamodb:BatchGet*"))),
        Example(policy(allow("*", "*"))),
        Example(policy(allow("dynamodb:*"))),
    ),
    bad=(
        Example({"policy": UNKNOWN}, finds=("cannot decide: policy is not known at preview",)),
        Example(
            policy(allow("dynamodb:Put*")),
            finds=(
                ("policy.Statement[0]: dynamodb:Put* stands for PutItem, PutResourcePolicy, which change something"),
            ),
        ),
        Example(
            policy(allow("s3:*Object*", "arn:aws:s3:::bucket/*")),
            finds=(
                (
                    "policy.Statement[0]: s3:*Object* stands for "
                    "CreateAccessPointForObjectLambda, DeleteAccessPointForObjectLambda, "
                    "DeleteAccessPointPolicyForObjectLambda, DeleteObject and 22 more, which "
                    "change something"
                ),
            ),
        ),
        Example(
            policy(allow("dynamodb:PutIte?")),
            finds=("policy.Statement[0]: dynamodb:PutIte? stands for PutItem, which change something",),
        ),
    ),
)
def iam_no_partial_wildcard_mutating_action(stack: Program) -> StackFindings:
    """Actions that change something are granted by name, not by a pattern that grows with AWS."""
    documents = stack.derived(EffectiveDocuments)
    for one in documents:
        for statement in one.document.allows():
            for pattern in statement.actions:
                if not {"*", "?"} & set(pattern.partition(":")[2]):
                    continue
                if whole_services(pattern):
                    continue
                changing = [action.name for action in expand(pattern) if action.level in MUTATING]
                if changing:
                    words = f"{pattern} stands for {summarize(changing)}, which change something"
                    yield one.owner, f"{statement.where}: {words}"
    yield from documents.unread()


@stack_rule(
    "iam-no-not-action-not-resource-allow",
    title="IAM policies do not use NotAction, NotResource or NotPrincipal in Allow statements",
    types=policy_locations.IDENTITY,
    category="least-privilege",
    severity="high",
    env="same",
    sources=(
        "parliament:NOTRESOURCE_WITH_ALLOW",
        "parliament:NOTPRINCIPAL_WITH_ALLOW",
    ),
    fix="List what is allowed; leave what is not to the default, which denies.",
    good=(Example(ITEMS), Example(policy({"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}))),
    bad=(
        Example({"policy": UNKNOWN}, finds=("cannot decide: policy is not known at preview",)),
        Example(
            policy({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}),
            finds=("policy.Statement[0] allows by NotAction all but iam:* on *",),
        ),
        Example(
            policy({"Effect": "Allow", "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::secret/*"}),
            finds=("policy.Statement[0] allows by NotResource s3:GetObject on all but arn:aws:s3:::secret/*",),
        ),
        Example(
            policy({"Effect": "Allow", "Action": "s3:GetObject", "NotPrincipal": "*", "Resource": "*"}),
            finds=("policy.Statement[0] allows by NotPrincipal s3:GetObject on *",),
        ),
    ),
)
def iam_no_not_action_not_resource_allow(stack: Program) -> StackFindings:
    """No policy allows all but something."""
    documents = stack.derived(EffectiveDocuments)
    for one in documents:
        for statement in one.document.allows():
            negated = {"NotAction": statement.not_actions, "NotResource": statement.not_resources}
            names = [name for name, has in {**negated, "NotPrincipal": statement.not_principals}.items() if has]
            what = summarize(statement.actions or statement.not_actions)
            words = f"{'all but ' if statement.not_actions else ''}{what} {reach(statement)}"
            yield from ((one.owner, f"{statement.where} allows by {name} {words}") for name in names)
    yield from documents.unread()
