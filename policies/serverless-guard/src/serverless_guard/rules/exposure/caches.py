"""Caches that only the application reaches."""

from collections.abc import Iterator

from serverless_guard.record import Resource
from serverless_guard.rules.conditions import any_set, every, is_set
from serverless_guard.rules.rule import Example, Rule, resource_rule

CACHE = "aws:elasticache/cluster:Cluster"
PLACED = "A subnet or security group that is unknown is one that does not exist yet."


dax_custom_subnet_group = Rule(
    id="dax-custom-subnet-group",
    types=("aws:dax/cluster:Cluster",),
    category="network-exposure",
    severity="medium",
    env="same",
    title="DAX clusters specify a subnet group and security groups",
    rationale="A DAX cluster stands in subnets and security groups that were chosen.",
    fix="Set subnetGroupName and securityGroupIds.",
    check=every(is_set("subnetGroupName"), is_set("securityGroupIds")),
    good=(Example({"subnetGroupName": "dax", "securityGroupIds": ["sg-1"]}),),
    bad=(
        Example(
            {},
            finds=(
                "subnetGroupName is not set",
                "securityGroupIds is not set",
            ),
        ),
        Example({"subnetGroupName": "dax"}, finds=("securityGroupIds is not set",)),
    ),
    unknown_passes_because=PLACED,
)


@resource_rule(
    "elasticache-custom-subnet-group",
    title="ElastiCache clusters do not use the default subnet group",
    types=(
        "aws:elasticache/cluster:Cluster",
        "aws:elasticache/replicationGroup:ReplicationGroup",
    ),
    category="network-exposure",
    severity="high",
    env="same",
    sources=(
        "cdk-nag:AwsSolutions-AEC1",
        "checkov:CKV_AWS_323",
        "fsbp:ElastiCache.7",
    ),
    fix="Set subnetGroupName to a group of private subnets.",
    good=(
        Example({"subnetGroupName": "cache"}),
        Example({"replicationGroupId": "main"}),
    ),
    bad=(
        Example({}, finds=("subnetGroupName is not set, or is the default",)),
        Example({"subnetGroupName": "default"}, finds=("subnetGroupName is not set, or is the default",)),
        Example(
            {"replicationGroupId": "main"},
            finds=("subnetGroupName is not set, or is the default",),
            type="aws:elasticache/replicationGroup:ReplicationGroup",
        ),
    ),
    unknown_passes_because=PLACED,
)
def elasticache_custom_subnet_group(resource: Resource) -> Iterator[str]:
    """A cache stands in subnets that were chosen. A member of a replication group stands where the group does."""
    if resource.type == CACHE and resource.props.has("replicationGroupId"):
        return
    if not resource.props.has("subnetGroupName") or resource.props.values.get("subnetGroupName") == "default":
        yield "subnetGroupName is not set, or is the default"


elasticache_serverless_private = Rule(
    id="elasticache-serverless-private",
    types=("aws:elasticache/serverlessCache:ServerlessCache",),
    category="network-exposure",
    severity="medium",
    env="same",
    title="ElastiCache serverless caches specify subnets and security groups",
    rationale="A serverless cache stands in subnets and security groups that were chosen.",
    fix="Set subnetIds and securityGroupIds.",
    check=every(is_set("subnetIds"), is_set("securityGroupIds")),
    good=(Example({"subnetIds": ["subnet-1"], "securityGroupIds": ["sg-1"]}),),
    bad=(
        Example(
            {},
            finds=(
                "subnetIds is not set",
                "securityGroupIds is not set",
            ),
        ),
    ),
    unknown_passes_because=PLACED,
)

elasticache_serverless_rbac = Rule(
    id="elasticache-serverless-rbac",
    types=("aws:elasticache/serverlessCache:ServerlessCache",),
    category="least-privilege",
    severity="high",
    env="same",
    title="ElastiCache serverless caches have a user group for RBAC",
    rationale="A serverless cache asks who connects.",
    fix="Set userGroupId.",
    check=any_set("userGroupId"),
    good=(Example({"userGroupId": "blog"}),),
    bad=(Example({}, finds=("userGroupId is not set",)),),
    unknown_passes_because="A userGroupId that is unknown is that of a group that does not exist yet.",
)


@resource_rule(
    "elasticache-auth",
    title="ElastiCache requires authentication (RBAC or AUTH) over TLS",
    types=("aws:elasticache/replicationGroup:ReplicationGroup",),
    category="least-privilege",
    severity="high",
    env="same",
    sources=(
        "cdk-nag:AwsSolutions-AEC6",
        "checkov:CKV_AWS_31",
        "fsbp:ElastiCache.6",
    ),
    fix="Set authToken or userGroupIds, and transitEncryptionEnabled to true.",
    good=(
        Example({"authToken": "secret", "transitEncryptionEnabled": True}),
        Example({"userGroupIds": ["blog"], "transitEncryptionEnabled": True}),
    ),
    bad=(
        Example({}, finds=("neither authToken nor userGroupIds is set",)),
        Example(
            {"authToken": "secret"},
            finds=("transitEncryptionEnabled is not true: the token goes over the network in the clear",),
        ),
        Example({"transitEncryptionEnabled": True}, finds=("neither authToken nor userGroupIds is set",)),
        Example(
            {"authTokenWo": "correct horse"},
            finds=("transitEncryptionEnabled is not true: the token goes over the network in the clear",),
        ),
    ),
    unknown_passes_because="A token or group that is unknown is there all the same.",
)
def elasticache_auth(resource: Resource) -> Iterator[str]:
    """A cache asks who connects, and hears the answer over TLS. An unknown token or group is there all the same."""
    if not any(resource.props.has(name) for name in ("authToken", "authTokenWo", "userGroupIds")):
        yield "neither authToken nor userGroupIds is set"
    elif resource.props.flag("transitEncryptionEnabled") is not True:
        yield "transitEncryptionEnabled is not true: the token goes over the network in the clear"
