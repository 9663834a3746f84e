"""Powers that reach beyond an application: IAM, roles that are passed on, and destruction."""

from serverless_guard.iam import policy_locations
from serverless_guard.iam.actions import of_service
from serverless_guard.iam.document import Condition
from serverless_guard.iam.effective import EffectiveDocuments
from serverless_guard.iam.examples import allow, policy
from serverless_guard.iam.pattern import is_literal
from serverless_guard.iam.powerful_actions import DESTRUCTIVE
from serverless_guard.iam.wildcards import stands_for_all_of
from serverless_guard.program import Program
from serverless_guard.record import UNKNOWN
from serverless_guard.rules.least_privilege.deployers import DEPLOYERS, documents_of_others
from serverless_guard.rules.rule import Example, StackFindings, stack_rule
from serverless_guard.rules.summary import reach, summarize

ROLE_ARN = "arn:aws:iam::123456789012:role/blog-scheduler"
PASSED_TO = {"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}}
READ_ITEM = Example(policy(allow("dynamodb:GetItem")))
TABLE = "arn:aws:dynamodb:eu-west-1:123456789012:table/blog"
RUNTIME = ("aws:iam/rolePolicy:RolePolicy", "aws:iam/policy:Policy", "aws:iam/role:Role")
DENY_ALL = {"Effect": "Deny", "Action": "*", "Resource": "*"}


@stack_rule(
    "iam-no-full-iam-access",
    title="IAM policies do not allow all IAM actions",
    types=policy_locations.IDENTITY,
    category="least-privilege",
    severity="critical",
    env="same",
    sources=("checkov:CKV2_AWS_40",),
    fix="Grant the IAM actions that are needed, on the roles that are meant.",
    good=(
        READ_ITEM,
        Example(policy(allow("iam:GetRole", ROLE_ARN))),
        Example(policy(allow("iam:Get*", ROLE_ARN))),
        Example(policy(allow("iam:*", "*"), DENY_ALL)),
        Example(policy(allow("*", "*"), {"Effect": "Deny", "Action": "iam:*", "Resource": "*"})),
    ),
    bad=(
        Example({"policy": UNKNOWN}, finds=("cannot decide: policy is not known at preview",)),
        Example(
            policy(allow("iam:*", "*"), {"Effect": "Deny", "Action": "iam:Get*", "Resource": "*"}),
            finds=("policy.Statement[0] allows every action of IAM (iam:*)",),
        ),
        Example(policy(allow("iam:*", ROLE_ARN)), finds=("policy.Statement[0] allows every action of IAM (iam:*)",)),
        Example(policy(allow("iam:?*", ROLE_ARN)), finds=("policy.Statement[0] allows every action of IAM (iam:?*)",)),
        Example(policy(allow("i?m:**", ROLE_ARN)), finds=("policy.Statement[0] allows every action of IAM (i?m:**)",)),
        Example(policy(allow("*", "*")), finds=("policy.Statement[0] allows every action of IAM (*)",)),
    ),
)
def iam_no_full_iam_access(stack: Program) -> StackFindings:
    """No identity administers IAM."""
    documents = stack.derived(EffectiveDocuments)
    for one in documents:
        for statement, rights in one.by_statement():
            patterns = [pattern for pattern in statement.actions if stands_for_all_of(pattern, "iam")]
            if patterns and any(each.on(action.full_name) for each in rights for action in of_service("iam").values()):
                yield from ((one.owner, f"{statement.where} allows every action of IAM ({it})") for it in patterns)
    yield from documents.unread()


@stack_rule(
    "iam-passrole-scoped",
    title="IAM policies restrict iam:PassRole to named roles and specific services",
    types=policy_locations.IDENTITY,
    category="least-privilege",
    severity="critical",
    env="same",
    sources=(
        "trivy:AWS-0342",
        "access-analyzer:PASS_ROLE_WITH_STAR_IN_RESOURCE",
    ),
    fix='Name the role and add {"StringEquals": {"iam:PassedToService": "<service>.amazonaws.com"}}.',
    good=(
        READ_ITEM,
        Example(policy(allow("iam:PassRole", ROLE_ARN, Condition=PASSED_TO))),
        Example(policy(allow("iam:PassRole", "*"), DENY_ALL)),
        Example(
            policy(
                allow(
                    "iam:PassRole",
                    ROLE_ARN,
                    Condition={
                        "ArnLike": {"iam:AssociatedResourceArn": "arn:aws:lambda:*:123456789012:function:blog-*"}
                    },
                )
            )
        ),
        Example(
            policy(allow("iam:PassRole", ROLE_ARN, Condition={"StringLike": {"iam:PassedToService": "ecs-tasks.*"}}))
        ),
        Example(
            policy(
                allow(
                    "iam:PassRole",
                    ROLE_ARN,
                    Condition={"StringLike": {"iam:PassedToService": ["ecs.amazonaws.com", "ecs-tasks.*"]}},
                )
            )
        ),
    ),
    bad=(
        Example({"policy": UNKNOWN}, finds=("cannot decide: policy is not known at preview",)),
        Example(
            policy(allow("iam:PassRole", "arn:aws:iam::123456789012:role/blog-*", Condition=PASSED_TO)),
            finds=(
                (
                    "policy.Statement[0] allows iam:PassRole for roles by a wildcard: "
                    "arn:aws:iam::123456789012:role/blog-*"
                ),
            ),
        ),
        Example(
            policy(allow("iam:Pass*", ROLE_ARN)),
            finds=("policy.Statement[0] allows iam:PassRole to every service: iam:PassedToService is missing",),
        ),
        Example(
            policy(allow("iam:PassRole", ROLE_ARN, Condition={"StringLike": {"iam:PassedToService": "*"}})),
            finds=("policy.Statement[0] allows iam:PassRole to every service: *",),
        ),
        Example(
            policy(
                allow("iam:PassRole", ROLE_ARN, Condition={"StringLike": {"iam:PassedToService": "*.amazonaws.com"}})
            ),
            finds=("policy.Statement[0] allows iam:PassRole to every service: *.amazonaws.com",),
        ),
        Example(
            policy(
                allow("iam:PassRole", ROLE_ARN, Condition={"ArnLike": {"iam:AssociatedResourceArn": "arn:aws:*:*:*:*"}})
            ),
            finds=("policy.Statement[0] allows iam:PassRole to every service: arn:aws:*:*:*:*",),
        ),
        Example(
            policy(
                allow(
                    "iam:PassRole",
                    ROLE_ARN,
                    Condition={"StringLike": {"iam:PassedToService": ["ecs.amazonaws.com", "*"]}},
                )
            ),
            finds=("policy.Statement[0] allows iam:PassRole to every service: ecs.amazonaws.com, *",),
        ),
        Example(
            policy(
                allow(
                    "iam:PassRole",
                    ROLE_ARN,
                    Condition={"StringNotEquals": {"iam:PassedToService": "ec2.amazonaws.com"}},
                )
            ),
            finds=("policy.Statement[0] allows iam:PassRole to every service: ec2.amazonaws.com",),
        ),
        Example(
            policy(
                allow(
                    "iam:PassRole",
                    ROLE_ARN,
                    Condition={"StringEqualsIfExists": {"iam:PassedToService": "ec2.amazonaws.com"}},
                )
            ),
            finds=("policy.Statement[0] allows iam:PassRole to every service: ec2.amazonaws.com",),
        ),
        Example(
            policy(allow("iam:PassRole", ROLE_ARN, Condition={"StringEquals": {"iam:PassedToService": []}})),
            finds=("policy.Statement[0] allows iam:PassRole to every service: iam:PassedToService is missing",),
        ),
        Example(
            policy(
                allow(
                    "iam:PassRole",
                    ROLE_ARN,
                    Condition={
                        "ArnLike": {
                            "iam:AssociatedResourceArn": [
                                "arn:aws:lambda:*:123456789012:function:blog-*",
                                "arn:aws:*:*:*:*",
                            ]
                        }
                    },
                )
            ),
            finds=(
                (
                    "policy.Statement[0] allows iam:PassRole to every service: "
                    "arn:aws:lambda:*:123456789012:function:blog-*, arn:aws:*:*:*:*"
                ),
            ),
        ),
        Example(
            policy(allow("iam:PassRole", ROLE_ARN, Condition={"ArnLike": {"iam:AssociatedResourceArn": "*"}})),
            finds=("policy.Statement[0] allows iam:PassRole to every service: *",),
        ),
        Example(
            policy(allow("iam:PassRole", ROLE_ARN, Condition={"ArnLike": {"iam:AssociatedResourceArn": "arn:aws:"}})),
            finds=("policy.Statement[0] allows iam:PassRole to every service: arn:aws:",),
        ),
        Example(
            policy(allow("iam:PassRole", ROLE_ARN, Condition={"ArnLike": {"iam:AssociatedResourceArn": "arn:aws"}})),
            finds=("policy.Statement[0] allows iam:PassRole to every service: arn:aws",),
        ),
    ),
)
def iam_passrole_scoped(stack: Program) -> StackFindings:
    """A role is passed by name and to one service."""
    documents = stack.derived(EffectiveDocuments)
    for one in documents:
        for statement, rights in one.by_statement():
            passed = [right for each in rights for right in each.on("iam:PassRole")]
            if patterns := [right.pattern for right in passed if not is_literal(right.pattern)]:
                yield one.owner, f"{statement.where} allows iam:PassRole for roles by a wildcard: {summarize(patterns)}"
            named = list(statement.condition("iam:PassedToService", "iam:AssociatedResourceArn"))
            if passed and not any(map(_names_services, named)):
                words = ", ".join(value for test in named for value in test.values) or "iam:PassedToService is missing"
                yield one.owner, f"{statement.where} allows iam:PassRole to every service: {words}"
    yield from documents.unread()


def _names_services(condition: Condition) -> bool:
    """Tell whether a condition names the services that a role may be passed to, itself or by the ARNs of resources."""
    if condition.negated or condition.lets_absent_pass or not condition.values:
        return False
    if condition.key.lower() == "iam:passedtoservice":
        return all(is_literal(value.partition(".")[0]) for value in condition.values)
    services = ("".join(value.split(":")[2:3]) for value in condition.values)
    return all(service and is_literal(service) for service in services)


@stack_rule(
    "iam-runtime-role-no-destructive-actions",
    title="IAM policies of runtime roles do not allow destroying data stores, keys, backups or logs",
    types=RUNTIME,
    category="deletion-protection",
    severity="critical",
    env="same",
    fix="Leave the destruction of stores and keys to those who deploy; a running function needs none of it.",
    options={"deployers": DEPLOYERS},
    good=(
        READ_ITEM,
        Example(policy(allow("dynamodb:DeleteItem"))),
        Example(policy(allow("dynamodb:DeleteTable")), name="subject-deploy", settings={"deployers": ["subject"]}),
    ),
    bad=(
        Example({"policy": UNKNOWN}, finds=("cannot decide: policy is not known at preview",)),
        Example(
            policy(allow("dynamodb:DeleteTable")),
            finds=(f"policy.Statement[0] allows dynamodb:DeleteTable on {TABLE}",),
        ),
        Example(
            policy(allow("dynamodb:*")),
            finds=(
                (
                    "policy.Statement[0] allows dynamodb:DeleteBackup, "
                    "dynamodb:DeleteResourcePolicy, dynamodb:DeleteTable, "
                    f"dynamodb:DeleteTableReplica and 2 more on {TABLE}"
                ),
            ),
        ),
        Example(
            policy(allow(["s3:DeleteObjectVersion", "s3:BypassGovernanceRetention"], "arn:aws:s3:::blog-uploads/*")),
            finds=(
                (
                    "policy.Statement[0] allows s3:BypassGovernanceRetention, s3:DeleteObjectVersion "
                    "on arn:aws:s3:::blog-uploads/*"
                ),
            ),
        ),
        Example(
            policy(allow("sqs:Purge*", "arn:aws:sqs:eu-west-1:123456789012:blog-jobs")),
            finds=("policy.Statement[0] allows sqs:PurgeQueue on arn:aws:sqs:eu-west-1:123456789012:blog-jobs",),
        ),
        Example(
            policy(allow("dynamodb:DeleteTable")),
            finds=(f"policy.Statement[0] allows dynamodb:DeleteTable on {TABLE}",),
            type="aws:iam/policy:Policy",
        ),
        Example(
            {"inlinePolicies": [policy(allow("dynamodb:DeleteTable"))]},
            finds=(f"inlinePolicies[0].policy.Statement[0] allows dynamodb:DeleteTable on {TABLE}",),
            type="aws:iam/role:Role",
        ),
    ),
)
def iam_runtime_role_no_destructive_actions(stack: Program) -> StackFindings:
    """What runs cannot destroy a store, a key, a backup or a log.

    Every role of the program counts, not only those that Lambda assumes: the policy of a role does not say who assumes
    it, and roles of people or pipelines have no place in an application's stack. Where they have one, they are named.
    """
    for one in documents_of_others(stack):
        for statement, rights in one.by_statement() if one.owner.type in RUNTIME else ():
            named = filter(statement.grants, DESTRUCTIVE)
            found = [action for action in named if any(each.on(action) for each in rights)]
            if found:
                yield one.owner, f"{statement.where} allows {summarize(found)} {reach(statement)}"
    yield from stack.derived(EffectiveDocuments).unread()
