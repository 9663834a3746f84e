"""Resource policies: who may use a key, a table and what else has a policy of its own."""

from collections.abc import Iterator

from serverless_guard.iam import resource_policies
from serverless_guard.iam.conditions import limits_source
from serverless_guard.iam.evaluator import Access, Grant, public_grants
from serverless_guard.iam.examples import allow, policy
from serverless_guard.iam.resource_policies import ENDPOINTS, KEYS, LOCATIONS, REPOSITORY, TABLES
from serverless_guard.record import Resource
from serverless_guard.rules.exposure.public_access import EVERYBODY, public_access, words
from serverless_guard.rules.rule import Example, resource_rule

ROOT = {"AWS": "arn:aws:iam::123456789012:root"}
ANY_PROJECT = {"ArnLike": {"aws:SourceArn": "arn:aws:codebuild:*:*:project/blog"}}
VIA_S3 = {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}
CALLER = {"StringEquals": {"kms:CallerAccount": "123456789012"}}
SOURCE = {"StringEquals": {"aws:SourceAccount": "123456789012"}}


@resource_rule(
    "kms-policy-no-wildcard-principal",
    title="KMS key policies do not allow public access",
    types=KEYS,
    category="network-exposure",
    severity="critical",
    env="same",
    sources=(
        "checkov:CKV_AWS_33",
        "fsbp:KMS.5",
    ),
    fix="Name the account's root, or add a condition on kms:CallerAccount or aws:PrincipalOrgID.",
    good=(
        Example({}),
        Example(policy(allow("kms:*", "*", Principal=ROOT))),
        Example(policy(allow("kms:Decrypt", "*", Principal="*", Condition=CALLER))),
    ),
    bad=(
        Example(policy(allow("kms:*", "*", Principal="*")), finds=("policy.Statement[0] allows everybody kms:* on *",)),
        Example(
            policy(
                allow("kms:Decrypt", "*", Principal={"AWS": ["*"]}, Condition={"Bool": {"aws:SecureTransport": True}})
            ),
            finds=("policy.Statement[0] allows everybody kms:Decrypt on * if aws:SecureTransport Bool true",),
        ),
        Example(
            policy(allow("kms:Decrypt", "*", Principal="*", Condition=VIA_S3)),
            type=KEYS[2],
            finds=(
                (
                    "policy.Statement[0] allows everybody kms:Decrypt on * if kms:ViaService StringEquals "
                    "s3.eu-west-1.amazonaws.com"
                ),
            ),
        ),
    ),
)
def kms_policy_no_wildcard_principal(resource: Resource) -> Iterator[str]:
    """Not everybody may use a key."""
    return public_access(resource)


@resource_rule(
    "kms-policy-no-kms-star-to-roles",
    title="KMS key policies allow all KMS actions only to account root principals",
    types=KEYS,
    category="least-privilege",
    severity="high",
    env="same",
    fix="List the actions that the role performs, for example kms:Decrypt; leave kms:* to the account's root.",
    good=(
        Example(policy(allow("kms:*", "*", Principal=ROOT))),
        Example(policy(allow("kms:Decrypt", "*", Principal={"AWS": "arn:aws:iam::123456789012:role/blog"}))),
    ),
    bad=(
        Example(
            policy(allow("kms:*", "*", Principal={"AWS": "arn:aws:iam::123456789012:role/blog"})),
            finds=("policy.Statement[0] allows arn:aws:iam::123456789012:role/blog kms:* on *",),
        ),
        Example(
            policy(allow("*", "*", Principal={"Service": "logs.eu-west-1.amazonaws.com"})),
            finds=("policy.Statement[0] allows logs.eu-west-1.amazonaws.com * on *",),
        ),
        Example(
            policy(allow("kms:?*", "*", Principal={"AWS": ["123456789012", "arn:aws:iam::123456789012:role/r"]})),
            type=KEYS[2],
            finds=("policy.Statement[0] allows arn:aws:iam::123456789012:role/r kms:?* on *",),
        ),
        Example(
            policy(
                allow(
                    "kms:*",
                    "*",
                    Principal={"AWS": ["arn:aws:iam::123456789012:role/blog", "arn:aws:iam::123456789012:role/shop"]},
                )
            ),
            finds=(
                (
                    "policy.Statement[0] allows arn:aws:iam::123456789012:role/blog, "
                    "arn:aws:iam::123456789012:role/shop kms:* on *"
                ),
            ),
        ),
    ),
)
def kms_policy_no_kms_star_to_roles(resource: Resource) -> Iterator[str]:
    """Only the account's administrators may do everything with a key."""
    for document in resource_policies.documents(resource):
        everything = (
            grant
            for grant in Access.of_resource(document).all_grants()
            if not grant.action.lower().removeprefix("kms").strip(":*?")
        )
        yield from words((grant, name) for grant in everything if (name := _others(grant)))


def _others(grant: Grant) -> str:
    """Name the principals of a grant that are no whole account."""
    return ", ".join(one.value for one in grant.principals if not one.whole_account)


@resource_rule(
    "dynamodb-resource-policy-not-public",
    title="DynamoDB resource policies do not allow public access",
    types=TABLES,
    category="network-exposure",
    severity="critical",
    env="same",
    fix="Name the account or role, or add a condition that does.",
    good=(Example(policy(allow("dynamodb:GetItem", Principal=ROOT))),),
    bad=(
        Example(
            policy(allow("dynamodb:GetItem", Principal="*")),
            finds=(
                (
                    "policy.Statement[0] allows everybody dynamodb:GetItem on "
                    "arn:aws:dynamodb:eu-west-1:123456789012:table/blog"
                ),
            ),
        ),
    ),
)
def dynamodb_resource_policy_not_public(resource: Resource) -> Iterator[str]:
    """Not everybody may use a table."""
    return public_access(resource)


@resource_rule(
    "resource-policy-confused-deputy",
    title="Resource policies restrict the source of requests from AWS service principals",
    types=tuple(kind for kind in LOCATIONS if kind not in ENDPOINTS),
    category="least-privilege",
    severity="high",
    env="same",
    fix='Add {"StringEquals": {"aws:SourceAccount": "<account>"}}, or aws:SourceArn, to the statement.',
    good=(
        Example(policy(allow("sqs:SendMessage", "*", Principal={"Service": "sns.amazonaws.com"}, Condition=SOURCE))),
        Example(policy(allow("kms:*", "*", Principal=ROOT)), type="aws:kms/key:Key"),
        Example(
            policy(allow("sqs:SendMessage", "*", Principal={"Service": "sns.amazonaws.com"})),
            type="aws:ec2/vpcEndpoint:VpcEndpoint",
        ),
    ),
    bad=(
        Example(
            policy(allow("sqs:SendMessage", "*", Principal={"Service": "sns.amazonaws.com"})),
            finds=("policy.Statement[0] allows sns.amazonaws.com on behalf of any account sqs:SendMessage on *",),
        ),
        Example(
            policy(allow("kms:Decrypt", "*", Principal={"Service": "sns.amazonaws.com"}, Condition=VIA_S3)),
            type=KEYS[0],
            finds=(
                (
                    "policy.Statement[0] allows sns.amazonaws.com on behalf of any account kms:Decrypt on * if "
                    "kms:ViaService StringEquals s3.eu-west-1.amazonaws.com"
                ),
            ),
        ),
        Example(
            policy(allow("ecr:*", "*", Principal={"Service": "codebuild.amazonaws.com"}, Condition=ANY_PROJECT)),
            type=REPOSITORY,
            finds=(
                (
                    "policy.Statement[0] allows codebuild.amazonaws.com on behalf of any account ecr:* on * if "
                    "aws:SourceArn ArnLike arn:aws:codebuild:*:*:project/blog"
                ),
            ),
        ),
        Example(
            policy(allow("ecr:*", "*", Principal="*")),
            type=REPOSITORY,
            finds=("policy.Statement[0] allows everybody ecr:* on *",),
        ),
        Example(
            policy(allow("sqs:SendMessage", "*", Principal={"Service": ["sns.amazonaws.com", "events.amazonaws.com"]})),
            finds=(
                (
                    "policy.Statement[0] allows sns.amazonaws.com, events.amazonaws.com on behalf"
                    " of any account sqs:SendMessage on *"
                ),
            ),
        ),
    ),
)
def resource_policy_confused_deputy(resource: Resource) -> Iterator[str]:
    """A service that acts for others may use a resource only for this account: IAM User Guide, "The confused deputy".

    A statement of a key that is bound to an encryption context names the source too. A repository that lets everybody
    in is open to the services that pull images as well. Permissions of functions are left to the rule
    lambda-permission-source-scoped, which knows their properties.
    """
    for document in resource_policies.documents(resource):
        grants = [one for one in Access.of_resource(document).all_grants() if not one.limited(limits_source)]
        yield from words((grant, f"{name} on behalf of any account") for grant in grants if (name := _services(grant)))
        if resource.type == REPOSITORY:
            yield from words((grant, EVERYBODY) for grant in public_grants(document))


def _services(grant: Grant) -> str:
    return ", ".join(one.value for one in grant.principals if one.kind == "Service")
