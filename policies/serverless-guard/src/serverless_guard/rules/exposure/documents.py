"""Resource policies: who may use a key, a table and what else has a policy of its own."""

from collections.abc import Iterator

from serverless_guard.iam import policy_locations
from serverless_guard.iam.document import Statement
from serverless_guard.iam.examples import allow, policy
from serverless_guard.iam.grants import names_caller, narrows
from serverless_guard.record import Resource
from serverless_guard.rules.rule import Example, resource_rule

ROOT = {"AWS": "arn:aws:iam::123456789012:root"}
CALLER = {"StringEquals": {"kms:CallerAccount": "123456789012"}}
SOURCE = {"StringEquals": {"aws:SourceAccount": "123456789012"}}


def public(resource: Resource) -> Iterator[Statement]:
    """Yield the statements of a resource's policy that allow something to anybody, and name nobody by a condition."""
    document = policy_locations.access(resource)
    for statement in document.allows() if document else ():
        everybody = any(one.anyone for one in statement.principals) or statement.not_principals
        if everybody and not names_caller(statement):
            yield statement


@resource_rule(
    "kms-policy-no-wildcard-principal",
    title="KMS key policies do not allow public access",
    types=(
        "aws:kms/key:Key",
        "aws:kms/keyPolicy:KeyPolicy",
    ),
    category="network-exposure",
    severity="critical",
    env="same",
    sources=(
        "checkov:CKV_AWS_33",
        "fsbp:KMS.5",
    ),
    fix="Name the account's root, or add a condition on kms:CallerAccount, kms:ViaService or aws:PrincipalOrgID.",
    good=(
        Example({}),
        Example(policy(allow("kms:*", "*", Principal=ROOT))),
        Example(policy(allow("kms:Decrypt", "*", Principal="*", Condition=CALLER))),
    ),
    bad=(
        Example(policy(allow("kms:*", "*", Principal="*"))),
        Example(
            policy(
                allow("kms:Decrypt", "*", Principal={"AWS": ["*"]}, Condition={"Bool": {"aws:SecureTransport": True}})
            )
        ),
    ),
)
def kms_policy_no_wildcard_principal(resource: Resource) -> Iterator[str]:
    """Not everybody may use a key."""
    return (f"{statement.where} allows the key's use to everybody" for statement in public(resource))


@resource_rule(
    "kms-policy-no-kms-star-to-roles",
    title="KMS key policies allow all KMS actions only to account root principals",
    types=(
        "aws:kms/key:Key",
        "aws:kms/keyPolicy:KeyPolicy",
    ),
    category="least-privilege",
    severity="high",
    env="same",
    fix="List the actions that the role performs, for example kms:Decrypt; leave kms:* to the account's root.",
    good=(
        Example(policy(allow("kms:*", "*", Principal=ROOT))),
        Example(policy(allow("kms:Decrypt", "*", Principal={"AWS": "arn:aws:iam::123456789012:role/blog"}))),
    ),
    bad=(
        Example(policy(allow("kms:*", "*", Principal={"AWS": "arn:aws:iam::123456789012:role/blog"}))),
        Example(policy(allow("*", "*", Principal={"Service": "logs.eu-west-1.amazonaws.com"}))),
    ),
)
def kms_policy_no_kms_star_to_roles(resource: Resource) -> Iterator[str]:
    """Only the account's administrators may do everything with a key."""
    document = policy_locations.access(resource)
    for statement in document.allows() if document else ():
        everything = any(not pattern.lower().removeprefix("kms").strip(":*") for pattern in statement.actions)
        if everything and not all(one.whole_account for one in statement.principals):
            yield f"{statement.where} allows kms:* to more than the account's root"


@resource_rule(
    "dynamodb-resource-policy-not-public",
    title="DynamoDB resource policies do not allow public access",
    types=("aws:dynamodb/resourcePolicy:ResourcePolicy",),
    category="network-exposure",
    severity="critical",
    env="same",
    fix="Name the account or role, or add a condition that does.",
    good=(Example(policy(allow("dynamodb:GetItem", Principal=ROOT))),),
    bad=(Example(policy(allow("dynamodb:GetItem", Principal="*"))),),
)
def dynamodb_resource_policy_not_public(resource: Resource) -> Iterator[str]:
    """Not everybody may use a table."""
    return (f"{statement.where} allows the table's use to everybody" for statement in public(resource))


@resource_rule(
    "resource-policy-confused-deputy",
    title="Resource policies restrict the source of requests from AWS service principals",
    types=(
        "aws:sqs/queuePolicy:QueuePolicy",
        "aws:sns/topicPolicy:TopicPolicy",
        "aws:kms/key:Key",
        "aws:s3/bucketPolicy:BucketPolicy",
        "aws:secretsmanager/secretPolicy:SecretPolicy",
        "aws:ecr/repositoryPolicy:RepositoryPolicy",
        "aws:lambda/permission:Permission",
    ),
    category="least-privilege",
    severity="high",
    env="same",
    fix='Add {"StringEquals": {"aws:SourceAccount": "<account>"}}, or aws:SourceArn, to the statement.',
    good=(
        Example(policy(allow("sqs:SendMessage", "*", Principal={"Service": "sns.amazonaws.com"}, Condition=SOURCE))),
        Example(policy(allow("kms:*", "*", Principal=ROOT)), type="aws:kms/key:Key"),
    ),
    bad=(
        Example(policy(allow("sqs:SendMessage", "*", Principal={"Service": "sns.amazonaws.com"}))),
        Example(policy(allow("kms:Decrypt", "*", Principal={"Service": "sns.amazonaws.com"})), type="aws:kms/key:Key"),
        Example(
            policy(allow("ecr:BatchGetImage", "*", Principal={"Service": "codebuild.amazonaws.com"})),
            type="aws:ecr/repositoryPolicy:RepositoryPolicy",
        ),
    ),
)
def resource_policy_confused_deputy(resource: Resource) -> Iterator[str]:
    """A service that acts for others may use a resource only for this account.

    A statement of a key that is bound to an encryption context names the source too. Permissions of functions are left
    to the rule lambda-permission-source-scoped, which knows their properties.
    """
    document = policy_locations.access(resource) if resource.type in policy_locations.RESOURCE else None
    for statement in document.allows() if document else ():
        services = sorted(one.value for one in statement.principals if one.kind == "Service")
        if services and not any(
            _names_source(condition.key.lower()) and narrows(condition) for condition in statement.conditions
        ):
            yield f"{statement.where} allows {', '.join(services)} on whosever behalf"


def _names_source(key: str) -> bool:
    return key.startswith(("aws:source", "kms:encryptioncontext:")) or key in {"kms:calleraccount", "kms:viaservice"}
