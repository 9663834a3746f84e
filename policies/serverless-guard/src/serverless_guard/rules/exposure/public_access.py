"""Public access by the policy of a resource, as AWS defines it."""

from collections.abc import Iterable, Iterator

from serverless_guard.iam import resource_policies
from serverless_guard.iam.conditions import conditional
from serverless_guard.iam.evaluator import Grant, public_grants
from serverless_guard.iam.examples import allow, policy
from serverless_guard.iam.resource_policies import ACCESS_POINTS, OTHERS, REST_API
from serverless_guard.record import UNKNOWN, Resource
from serverless_guard.rules.rule import Example, resource_rule

ROOT = {"AWS": "arn:aws:iam::123456789012:root"}
EVERYBODY = "everybody"
GLUE = "aws:glue/resourcePolicy:ResourcePolicy"
EFS = "aws:efs/fileSystemPolicy:FileSystemPolicy"
ACCESS_POINT_ARN = "arn:aws:s3:eu-west-1:123456789012:accesspoint/blog"
MOUNTED = {"Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}}
THROUGH_ACCESS_POINT = {"StringEquals": {"s3:DataAccessPointArn": ACCESS_POINT_ARN}}


def words(grants: Iterable[tuple[Grant, str]]) -> Iterator[str]:
    """Word what statements allow, a finding for each statement and receiver.

    The words hold all actions, resources and conditions, so that a waiver of one does not cover a wider one.

    Args:
        grants: What is allowed, with who receives it.
    """
    found: dict[tuple[str, str, str], tuple[dict[str, None], dict[str, None]]] = {}
    for grant, receiver in grants:
        condition = conditional(grant.statement.conditions)
        actions, resources = found.setdefault((grant.where, receiver, condition), ({}, {}))
        actions[_action(grant)] = None
        resources[_resource(grant)] = None
    for (where, receiver, condition), (actions, resources) in found.items():
        yield f"{where} allows {receiver} {', '.join(actions)} on {', '.join(resources)}{condition}"


def _action(grant: Grant) -> str:
    excluded = grant.statement.not_actions
    return f"every action but {', '.join(excluded)}" if excluded else grant.action


def _resource(grant: Grant) -> str:
    excluded = grant.statement.not_resources
    return f"every resource but {', '.join(excluded)}" if excluded else grant.resource


def public_access(resource: Resource) -> Iterator[str]:
    """Word what the policies of a resource allow to everybody."""
    for document in resource_policies.documents(resource):
        grants = public_grants(document, access_point=resource.type in ACCESS_POINTS)
        yield from words((grant, _receiver(grant)) for grant in grants)


def _receiver(grant: Grant) -> str:
    if grant.statement.not_principals:
        return f"everybody but {', '.join(one.value for one in grant.statement.not_principals)}"
    tokens = [one.value for one in grant.principals if one.kind == "Federated"]
    return f"every user of {', '.join(tokens)}" if tokens else EVERYBODY


@resource_rule(
    "resource-policy-not-public",
    title="Resource policies do not allow public access",
    types=(*ACCESS_POINTS, *OTHERS),
    category="network-exposure",
    severity="critical",
    env="same",
    sources=("checkov:CKV_AWS_32",),
    fix="Name the account, role or service, or add a condition with a fixed value of aws:PrincipalOrgID, aws:SourceArn "
    "or aws:SourceVpce.",
    good=(
        Example({}, type=GLUE),
        Example(policy(allow("glue:GetTable", "*", Principal=ROOT)), type=GLUE),
        Example(policy(allow("elasticfilesystem:ClientMount", "*", Principal="*", Condition=MOUNTED)), type=EFS),
        Example(
            policy(allow("s3:GetObject", "*", Principal="*")) | {"vpcConfiguration": {"vpcId": "vpc-1"}},
            type=ACCESS_POINTS[0],
        ),
        Example(
            {"endpointConfiguration": {"types": "PRIVATE"}} | policy(allow("execute-api:Invoke", "*", Principal="*")),
            type=REST_API,
        ),
        Example({"vpcConfiguration": UNKNOWN}, type=ACCESS_POINTS[0]),
    ),
    bad=(
        Example(
            policy(allow("glue:*", "*", Principal="*")),
            type=GLUE,
            finds=("policy.Statement[0] allows everybody glue:* on *",),
        ),
        Example(
            policy(allow(["logs:PutLogEvents", "logs:CreateLogStream"], "*", Principal="*"), name="policyDocument"),
            type="aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
            finds=("policyDocument.Statement[0] allows everybody logs:PutLogEvents, logs:CreateLogStream on *",),
        ),
        Example(
            policy(
                {"Effect": "Allow", "NotPrincipal": ROOT, "NotAction": "es:Delete*", "NotResource": "arn:x"},
                name="accessPolicies",
            ),
            type="aws:opensearch/domain:Domain",
            finds=(
                (
                    "accessPolicies.Statement[0] allows everybody but arn:aws:iam::123456789012:root every action but "
                    "es:Delete* on every resource but arn:x"
                ),
            ),
        ),
        Example(
            policy(allow("s3:GetObject", "*", Principal="*", Condition=THROUGH_ACCESS_POINT)),
            type=ACCESS_POINTS[0],
            finds=(
                (
                    "policy.Statement[0] allows everybody s3:GetObject on * if s3:DataAccessPointArn StringEquals "
                    f"{ACCESS_POINT_ARN}"
                ),
            ),
        ),
        Example(
            policy(allow("s3:GetObject", "*", Principal={"Federated": "cognito-identity.amazonaws.com"})),
            type=ACCESS_POINTS[1],
            finds=("policy.Statement[0] allows every user of cognito-identity.amazonaws.com s3:GetObject on *",),
        ),
        Example(
            policy(allow("execute-api:Invoke", "*", Principal="*")),
            type=REST_API,
            finds=("policy.Statement[0] allows everybody execute-api:Invoke on *",),
        ),
        Example(
            policy(
                allow(
                    ["glue:GetTable", "glue:GetTables"],
                    [
                        "arn:aws:glue:eu-west-1:123456789012:catalog",
                        "arn:aws:glue:eu-west-1:123456789012:database/blog",
                    ],
                    Principal={"Federated": ["cognito-identity.amazonaws.com", "accounts.google.com"]},
                )
            ),
            finds=(
                (
                    "policy.Statement[0] allows every user of cognito-identity.amazonaws.com, "
                    "accounts.google.com glue:GetTable, glue:GetTables on "
                    "arn:aws:glue:eu-west-1:123456789012:catalog, "
                    "arn:aws:glue:eu-west-1:123456789012:database/blog"
                ),
            ),
            type=GLUE,
        ),
        Example(
            policy(
                {
                    "Effect": "Allow",
                    "NotPrincipal": {"AWS": ["123456789012", "210987654321"]},
                    "NotAction": ["es:Delete*", "es:Update*"],
                    "NotResource": ["arn:x", "arn:y"],
                },
                name="accessPolicies",
            ),
            finds=(
                (
                    "accessPolicies.Statement[0] allows everybody but 123456789012, 210987654321 "
                    "every action but es:Delete*, es:Update* on every resource but arn:x, arn:y"
                ),
            ),
            type="aws:opensearch/domain:Domain",
        ),
    ),
)
def resource_policy_not_public(resource: Resource) -> Iterator[str]:
    """No policy of a resource lets everybody in: Amazon S3 and Amazon EFS User Guides, "The meaning of 'public'".

    A private REST API is the subject of apigateway-rest-resource-policy, and one with an access point in a VPC is never
    public. Queues, topics, buckets, keys, secrets, tables and event buses have rules of their own.
    """
    if "PRIVATE" in resource.props.texts("endpointConfiguration.types"):
        return
    found = list(public_access(resource))
    if found and not resource.props.text("vpcConfiguration.vpcId"):
        yield from found
