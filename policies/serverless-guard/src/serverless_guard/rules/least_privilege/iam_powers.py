"""Powers that reach beyond an application: credentials, keys, roles handed on and other people's data."""

from collections.abc import Iterator
from dataclasses import replace

from serverless_guard.iam import policy_locations
from serverless_guard.iam.actions import covers_all, of_service
from serverless_guard.iam.document import Condition, Statement
from serverless_guard.iam.examples import allow, policy
from serverless_guard.iam.grants import summarize
from serverless_guard.iam.pattern import is_literal
from serverless_guard.iam.powerful_actions import CREDENTIALS, DATA, DESTRUCTIVE
from serverless_guard.iam.rights import Right, Rights
from serverless_guard.iam.wildcards import cover_all_together, stands_for_all_of
from serverless_guard.record import Resource
from serverless_guard.rules.least_privilege.iam_wildcards import DEPLOYERS
from serverless_guard.rules.rule import Example, resource_rule

ROLE_ARN = "arn:aws:iam::123456789012:role/blog-scheduler"
KEY_ARN = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
PASSED_TO = {"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}}
READ_ITEM = Example(policy(allow("dynamodb:GetItem")))
SECRETS = "arn:aws:secretsmanager:eu-west-1:123456789012:secret"
DENY_ALL = {"Effect": "Deny", "Action": "*", "Resource": "*"}


def _statements(resource: Resource) -> Iterator[tuple[Statement, Rights]]:
    """Yield each statement that allows, with what it allows whatever its conditions, less what is denied."""
    documents = policy_locations.known_identity(resource)
    for document in documents:
        for statement in document.allows():
            alone = replace(document, statements=(replace(statement, conditions=()),))
            yield statement, Rights.of([alone], denying=documents)
    policy_locations.require_identity(resource)


def _on_all(action: str, rights: tuple[Right, ...]) -> bool:
    service, _, name = action.lower().partition(":")
    known = of_service(service).get(name)
    if known is None:
        return any(not one.pattern.strip("*") for one in rights)
    patterns = [one.pattern for one in rights]
    return bool(known.resource_types) and (
        any(covers_all(known, one) for one in patterns) or cover_all_together(known, patterns)
    )


def _wide(resource: Resource, actions: tuple[str, ...], words: str) -> Iterator[str]:
    documents = policy_locations.known_identity(resource)
    for document in documents:
        if all(one.names_each_resource for one in document.allows()):
            continue
        rights = Rights.of([document], denying=documents)
        found = [action for action in actions if _on_all(action, rights.on(action))]
        if found:
            yield f"{document.where} allows {summarize(found)} {words}"
    policy_locations.require_identity(resource)


@resource_rule(
    "iam-no-credentials-exposure",
    title="IAM policies do not allow actions that return credentials on all resources",
    types=policy_locations.IDENTITY,
    category="least-privilege",
    severity="high",
    env="same",
    sources=(
        "checkov:CKV_AWS_287",
        "checkov:CKV_AWS_107",
        "cloudsplaining:CredentialsExposure",
        "parliament:CREDENTIALS_EXPOSURE",
    ),
    fix="Name the role, repository or database that credentials are needed for.",
    good=(READ_ITEM, Example(policy(allow("sts:AssumeRole", ROLE_ARN)))),
    bad=(
        Example(
            policy(allow("sts:AssumeRole", "*")),
            finds=("policy allows sts:AssumeRole on all resources: the answer is a credential",),
        ),
        Example(
            policy(allow("sts:GetFederationToken", "*")),
            finds=("policy allows sts:GetFederationToken on all resources: the answer is a credential",),
        ),
    ),
)
def iam_no_credentials_exposure(resource: Resource) -> Iterator[str]:
    """No identity can fetch credentials of whatever it likes."""
    return _wide(resource, CREDENTIALS, "on all resources: the answer is a credential")


@resource_rule(
    "iam-no-data-exfiltration",
    title="IAM policies do not allow actions that read or export data in bulk on all resources",
    types=policy_locations.IDENTITY,
    category="least-privilege",
    severity="high",
    env="same",
    sources=(
        "checkov:CKV_AWS_288",
        "checkov:CKV_AWS_108",
        "cloudsplaining:DataExfiltration",
        "parliament:SENSITIVE_ACCESS",
    ),
    fix="Name the bucket, parameter, secret or table that is read.",
    good=(READ_ITEM, Example(policy(allow("s3:GetObject", "arn:aws:s3:::blog-uploads/*")))),
    bad=(
        Example(
            policy(allow("s3:GetObject", "*")),
            finds=("policy allows s3:GetObject on all resources: it can carry all data out",),
        ),
        Example(
            policy(allow("secretsmanager:Get*", "arn:aws:secretsmanager:*:*:secret:*")),
            finds=("policy allows secretsmanager:GetSecretValue on all resources: it can carry all data out",),
        ),
        Example(
            policy(
                allow(
                    "secretsmanager:GetSecretValue", [f"{SECRETS}:{letter}*" for letter in "abcdefghijklmnopqrstuvwxyz"]
                )
            ),
            finds=("policy allows secretsmanager:GetSecretValue on all resources: it can carry all data out",),
        ),
    ),
)
def iam_no_data_exfiltration(resource: Resource) -> Iterator[str]:
    """No identity can read the data of all stores."""
    return _wide(resource, DATA, "on all resources: it can carry all data out")


@resource_rule(
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
        Example(policy(allow("iam:*", "*"), {"Effect": "Deny", "Action": "iam:Get*", "Resource": "*"})),
    ),
    bad=(
        Example(policy(allow("iam:*", ROLE_ARN)), finds=("policy.Statement[0] allows every action of IAM (iam:*)",)),
        Example(policy(allow("iam:?*", ROLE_ARN)), finds=("policy.Statement[0] allows every action of IAM (iam:?*)",)),
        Example(policy(allow("i?m:**", ROLE_ARN)), finds=("policy.Statement[0] allows every action of IAM (i?m:**)",)),
        Example(policy(allow("*", "*")), finds=("policy.Statement[0] allows every action of IAM (*)",)),
    ),
)
def iam_no_full_iam_access(resource: Resource) -> Iterator[str]:
    """No identity administers IAM."""
    for statement, rights in _statements(resource):
        patterns = (one for one in statement.actions if stands_for_all_of(one, "iam") and rights.on("iam:GetRole"))
        yield from (f"{statement.where} allows every action of IAM ({pattern})" for pattern in patterns)


@resource_rule(
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
        Example(
            policy(allow("iam:PassRole", "arn:aws:iam::123456789012:role/blog-*", Condition=PASSED_TO)),
            finds=("policy.Statement[0] allows iam:PassRole for roles by a wildcard",),
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
    ),
)
def iam_passrole_scoped(resource: Resource) -> Iterator[str]:
    """A role is passed by name and to one service."""
    for statement, rights in _statements(resource):
        passed = rights.on("iam:PassRole")
        if any(not is_literal(one.pattern) for one in passed):
            yield f"{statement.where} allows iam:PassRole for roles by a wildcard"
        named = list(statement.condition("iam:PassedToService", "iam:AssociatedResourceArn"))
        if passed and not any(_names_services(one) for one in named):
            words = ", ".join(value for one in named for value in one.values) or "iam:PassedToService is missing"
            yield f"{statement.where} allows iam:PassRole to every service: {words}"


def _names_services(condition: Condition) -> bool:
    """Tell whether a condition names the services that a role may be passed to, itself or by the ARNs of resources."""
    if condition.negated or condition.lets_absent_pass or not condition.values:
        return False
    if condition.key.lower() == "iam:passedtoservice":
        return all(is_literal(value.partition(".")[0]) for value in condition.values)
    parts = (value.split(":") for value in condition.values)
    return all(len(one) > 2 and one[2] and is_literal(one[2]) for one in parts)  # noqa: PLR2004  where ARNs have it


@resource_rule(
    "iam-kms-decrypt-scoped",
    title="IAM policies do not allow decryption actions on all KMS keys",
    types=policy_locations.IDENTITY,
    category="least-privilege",
    severity="high",
    env="same",
    sources=(
        "fsbp:KMS.1",
        "fsbp:KMS.2",
    ),
    fix="Name the key's ARN.",
    good=(
        READ_ITEM,
        Example(policy(allow("kms:Decrypt", KEY_ARN))),
        Example(policy(allow(["kms:Decrypt", "s3:ListAllMyBuckets"], KEY_ARN), allow("s3:ListAllMyBuckets", "*"))),
    ),
    bad=(
        Example(policy(allow("kms:Decrypt", "*")), finds=("policy allows kms:Decrypt with every key",)),
        Example(
            policy(allow("kms:*", "arn:aws:kms:eu-west-1:123456789012:key/*")),
            finds=("policy allows kms:Decrypt, kms:ReEncryptFrom with every key",),
        ),
    ),
)
def iam_kms_decrypt_scoped(resource: Resource) -> Iterator[str]:
    """No identity can decrypt with every key."""
    return _wide(resource, ("kms:Decrypt", "kms:ReEncryptFrom"), "with every key")


@resource_rule(
    "iam-runtime-role-no-destructive-actions",
    title="IAM policies of runtime roles do not allow destroying data stores, keys, backups or logs",
    types=(
        "aws:iam/rolePolicy:RolePolicy",
        "aws:iam/policy:Policy",
        "aws:iam/role:Role",
    ),
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
        Example(policy(allow("dynamodb:DeleteTable")), finds=("policy.Statement[0] allows dynamodb:DeleteTable",)),
        Example(
            policy(allow("dynamodb:*")),
            finds=(
                (
                    "policy.Statement[0] allows dynamodb:DeleteBackup, "
                    "dynamodb:DeleteResourcePolicy, dynamodb:DeleteTable, "
                    "dynamodb:DeleteTableReplica and 2 more"
                ),
            ),
        ),
        Example(
            policy(allow(["s3:DeleteObjectVersion", "s3:BypassGovernanceRetention"], "arn:aws:s3:::blog-uploads/*")),
            finds=("policy.Statement[0] allows s3:BypassGovernanceRetention, s3:DeleteObjectVersion",),
        ),
        Example(
            policy(allow("sqs:Purge*", "arn:aws:sqs:eu-west-1:123456789012:blog-jobs")),
            finds=("policy.Statement[0] allows sqs:PurgeQueue",),
        ),
        Example(
            policy(allow("dynamodb:DeleteTable")),
            finds=("policy.Statement[0] allows dynamodb:DeleteTable",),
            type="aws:iam/policy:Policy",
        ),
        Example(
            {"inlinePolicies": [policy(allow("dynamodb:DeleteTable"))]},
            finds=("inlinePolicies[0].policy.Statement[0] allows dynamodb:DeleteTable",),
            type="aws:iam/role:Role",
        ),
    ),
)
def iam_runtime_role_no_destructive_actions(resource: Resource) -> Iterator[str]:
    """What runs cannot destroy a store, a key, a backup or a log.

    Every role of the program counts, not only those that Lambda assumes: the policy of a role does not say who assumes
    it, and roles of people or pipelines have no place in an application's stack. Where they have one, they are named.
    """
    if resource.name.startswith(tuple(resource.settings["deployers"])):
        return
    for statement, rights in _statements(resource):
        found = [action for action in DESTRUCTIVE if rights.on(action)]
        if found:
            yield f"{statement.where} allows {summarize(found)}"
