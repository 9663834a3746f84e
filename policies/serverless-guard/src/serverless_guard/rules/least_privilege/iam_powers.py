"""Powers that reach beyond an application: rights over rights, credentials, keys and other people's data."""

from collections.abc import Callable, Iterator

from serverless_guard.iam import policy_locations
from serverless_guard.iam.actions import covers_all, of_service
from serverless_guard.iam.conditions import limits_identity
from serverless_guard.iam.document import Document, Statement
from serverless_guard.iam.escalation import ways
from serverless_guard.iam.examples import allow, policy
from serverless_guard.iam.grants import denied, narrowed, summarize
from serverless_guard.record import Resource
from serverless_guard.rules.least_privilege.iam_wildcards import DEPLOYERS
from serverless_guard.rules.rule import Example, resource_rule

ROLE_ARN = "arn:aws:iam::123456789012:role/blog-scheduler"
KEY_ARN = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
PASSED_TO = {"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}}
READ_ITEM = Example(policy(allow("dynamodb:GetItem")))

CREDENTIALS = (
    "chime:CreateApiKey", "codepipeline:PollForJobs", "cognito-identity:GetCredentialsForIdentity",
    "cognito-identity:GetOpenIdToken", "cognito-identity:GetOpenIdTokenForDeveloperIdentity",
    "connect:GetFederationToken", "ec2:GetPasswordData", "ecr:GetAuthorizationToken",
    "gamelift:RequestUploadCredentials", "iam:CreateAccessKey", "iam:CreateLoginProfile",
    "iam:CreateServiceSpecificCredential", "iam:ResetServiceSpecificCredential", "iam:UpdateAccessKey",
    "lightsail:GetInstanceAccessDetails", "lightsail:GetRelationalDatabaseMasterUserPassword",
    "mediapackage:RotateChannelCredentials", "rds-db:connect", "redshift:CreateClusterUser",
    "redshift:GetClusterCredentials", "rds:GenerateDBAuthToken", "sts:AssumeRole", "sts:AssumeRoleWithSAML",
    "sts:AssumeRoleWithWebIdentity", "sts:GetFederationToken", "sts:GetSessionToken", "sso:GetRoleCredentials",
    "codeartifact:GetAuthorizationToken", "apigateway:GET", "lightsail:DownloadDefaultKeyPair",
)  # fmt: skip
"""Actions whose answer is a credential."""

DATA = (
    "s3:GetObject", "s3:GetObjectVersion", "ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath",
    "secretsmanager:GetSecretValue", "secretsmanager:BatchGetSecretValue", "dynamodb:Scan",
    "dynamodb:ExportTableToPointInTime", "dynamodb:PartiQLSelect", "rds:CopyDBSnapshot", "rds:CreateDBSnapshot",
    "rds:ModifyDBSnapshotAttribute", "rds:StartExportTask", "rds-data:ExecuteStatement", "athena:GetQueryResults",
)  # fmt: skip
"""Actions that read data in bulk or carry it out of the account."""

DESTRUCTIVE = (
    "dynamodb:DeleteTable", "dynamodb:DeleteBackup", "dynamodb:UpdateContinuousBackups", "s3:DeleteBucket",
    "s3:DeleteBucketPolicy", "kms:ScheduleKeyDeletion", "kms:DisableKey", "rds:DeleteDBCluster",
    "rds:DeleteDBInstance", "rds:DeleteDBSnapshot", "rds:DeleteDBClusterSnapshot", "sqs:DeleteQueue",
    "logs:DeleteLogGroup", "backup:DeleteRecoveryPoint", "backup:DeleteBackupVault", "secretsmanager:DeleteSecret",
    "cognito-idp:DeleteUserPool",
)  # fmt: skip
"""Actions that destroy data, or what protects it."""


def _may(document: Document) -> Callable[[str], bool]:
    """Give the test whether a document allows an action on resources that nobody chose, whatever the request."""
    wide = [one for one in document.allows() if not one.names_each_resource and not narrowed(one)]

    def may(action: str) -> bool:
        granting = [one for one in wide if one.grants(action)]
        return any(_on_all(one, action) for one in granting) and not denied((document,), action)

    return may


def _on_all(statement: Statement, action: str) -> bool:
    service, _, name = action.lower().partition(":")
    known = of_service(service).get(name)
    return statement.everywhere or any(known and covers_all(known, one) for one in statement.resources)


def _scopable(action: str) -> bool:
    service, _, name = action.lower().partition(":")
    known = of_service(service).get(name)
    return known is None or bool(known.resource_types)


def _wide(resource: Resource, actions: tuple[str, ...], words: str) -> Iterator[str]:
    for document in policy_locations.identity(resource):
        found = [action for action in filter(_may(document), actions) if _scopable(action)]
        if found:
            yield f"{document.where} allows {summarize(found)} {words}"


@resource_rule(
    "iam-no-privilege-escalation",
    title="IAM policies do not allow privilege escalation",
    types=policy_locations.IDENTITY,
    category="least-privilege",
    severity="critical",
    env="same",
    sources=(
        "checkov:CKV_AWS_286",
        "checkov:CKV_AWS_110",
        "cloudsplaining:PrivilegeEscalation",
        "parliament:PRIVILEGE_ESCALATION",
        "parliament:RESOURCE_POLICY_PRIVILEGE_ESCALATION",
    ),
    fix="Take one action of each combination out, or limit it to the resource that is meant.",
    good=(
        READ_ITEM,
        Example(policy(allow("lambda:UpdateFunctionCode", "arn:aws:lambda:eu-west-1:123456789012:function:f"))),
        Example(policy(allow("lambda:*", "*"), {"Effect": "Deny", "Action": "lambda:Update*", "Resource": "*"})),
    ),
    bad=(
        Example(policy(allow("iam:CreatePolicyVersion", "*"))),
        Example(policy(allow("IAM:*PolicyVersion", "arn:aws-cn:iam::123456789012:*"))),
        Example(policy({"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"})),
        Example(policy(allow(["cloudformation:CreateChangeSet", "cloudformation:ExecuteChangeSet"], "*"))),
        Example(
            policy(
                allow("lambda:*", "*"),
                {
                    "Effect": "Deny",
                    "Action": "lambda:*",
                    "Resource": "*",
                    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                },
            )
        ),
        Example(policy(allow("iam:PassRole", "*"), allow(["lambda:Create*", "lambda:InvokeFunction"], "*"))),
    ),
)
def iam_no_privilege_escalation(resource: Resource) -> Iterator[str]:
    """No identity can give itself more rights."""
    for document in policy_locations.identity(resource):
        found = list(ways(_may(document)))
        if found:
            yield f"{document.where} lets its identity widen its own rights by {summarize(found, 3)}"


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
    bad=(Example(policy(allow("sts:AssumeRole", "*"))), Example(policy(allow("sts:GetFederationToken", "*")))),
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
        Example(policy(allow("s3:GetObject", "*"))),
        Example(policy(allow("secretsmanager:Get*", "arn:aws:secretsmanager:*:*:secret:*"))),
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
    good=(READ_ITEM, Example(policy(allow("iam:GetRole", ROLE_ARN)))),
    bad=(Example(policy(allow("iam:*", ROLE_ARN))), Example(policy(allow("*", "*")))),
)
def iam_no_full_iam_access(resource: Resource) -> Iterator[str]:
    """No identity administers IAM."""
    for document in policy_locations.identity(resource):
        for statement in document.allows():
            patterns = (one for one in statement.actions if one.lower().rstrip("*") in {"iam:", "", "*:"})
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
    good=(READ_ITEM, Example(policy(allow("iam:PassRole", ROLE_ARN, Condition=PASSED_TO)))),
    bad=(
        Example(policy(allow("iam:PassRole", "arn:aws:iam::123456789012:role/blog-*", Condition=PASSED_TO))),
        Example(policy(allow("iam:Pass*", ROLE_ARN))),
        Example(policy(allow("iam:PassRole", ROLE_ARN, Condition={"StringLike": {"iam:PassedToService": "*"}}))),
    ),
)
def iam_passrole_scoped(resource: Resource) -> Iterator[str]:
    """A role is passed by name and to one service."""
    for document in policy_locations.identity(resource):
        for statement in document.allows():
            if not statement.grants("iam:PassRole"):
                continue
            if statement.not_resources or any({"*", "?"} & set(one) for one in statement.resources):
                yield f"{statement.where} allows iam:PassRole for roles by a wildcard"
            if not any(limits_identity(one) for one in statement.condition("iam:PassedToService")):
                yield f"{statement.where} allows iam:PassRole to every service: iam:PassedToService is missing"


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
    good=(READ_ITEM, Example(policy(allow("kms:Decrypt", KEY_ARN)))),
    bad=(
        Example(policy(allow("kms:Decrypt", "*"))),
        Example(policy(allow("kms:*", "arn:aws:kms:eu-west-1:123456789012:key/*"))),
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
    good=(READ_ITEM, Example(policy(allow("dynamodb:DeleteItem")))),
    bad=(Example(policy(allow("dynamodb:DeleteTable"))), Example(policy(allow("dynamodb:*")))),
)
def iam_runtime_role_no_destructive_actions(resource: Resource) -> Iterator[str]:
    """What runs cannot destroy a store, a key, a backup or a log.

    Every role of the program counts, not only those that Lambda assumes: the policy of a role does not say who assumes
    it, and roles of people or pipelines have no place in an application's stack. Where they have one, they are named.
    """
    if resource.name.startswith(tuple(resource.settings["deployers"])):
        return
    for document in policy_locations.identity(resource):
        for statement in document.allows():
            found = [action for action in DESTRUCTIVE if statement.grants(action)]
            if found:
                yield f"{statement.where} allows {summarize(found)}"
