"""Databases, caches and functions that outlive an availability zone."""

from collections.abc import Iterator, Mapping
from typing import cast

from serverless_guard.program import Program
from serverless_guard.record import UNKNOWN, Resource
from serverless_guard.rules.rule import Example, Option, resource_rule, stack_rule

CLUSTER, INSTANCE, MEMBER = (
    "aws:rds/cluster:Cluster",
    "aws:rds/instance:Instance",
    "aws:rds/clusterInstance:ClusterInstance",
)
BOTH = {"automaticFailoverEnabled": True, "multiAzEnabled": True, "numCacheClusters": 2}
SUBNET = "aws:ec2/subnet:Subnet"


def _subnets(function: Resource) -> int:
    """Count the subnets that a function lists, known or not; 0 where the list itself is unknown."""
    given = function.props.values.get("vpcConfig")
    listed = cast("Mapping[str, object]", given).get("subnetIds") if isinstance(given, Mapping) else None
    return len(cast("list[object]", listed)) if isinstance(listed, list) else 0


def _has_no_instances(cluster: Resource) -> bool:
    """Tell whether a cluster has no instances that the program makes: a Multi-AZ DB cluster, or Serverless v1."""
    return cluster.props.has("dbClusterInstanceClass") or cluster.props.text("engineMode") == "serverless"


@stack_rule(
    "rds-multi-az",
    title="RDS instances are deployed in multiple Availability Zones",
    types=(
        "aws:rds/instance:Instance",
        "aws:rds/cluster:Cluster",
        "aws:rds/clusterInstance:ClusterInstance",
    ),
    category="resilience",
    severity="medium",
    env="prod-only",
    sources=(
        "awsguard:rds-instance-multi-az-enabled",
        "compliance:aws-rds-cluster-disallow-single-availability-zone",
        "cdk-nag:AwsSolutions-RDS3",
        "checkov:CKV_AWS_157",
        "fsbp:RDS.5",
        "fsbp:RDS.15",
    ),
    fix="Set multiAz to true; for a cluster, add a second aws.rds.ClusterInstance.",
    good=(
        Example({"multiAz": True}),
        Example({"replicateSourceDb": "main"}),
        Example(
            {},
            type=CLUSTER,
            others=tuple(
                Example({}, type=MEMBER, name=name, depends={"clusterIdentifier": ("subject",)}) for name in "ab"
            ),
        ),
        Example({"dbClusterInstanceClass": "db.m6gd.large"}, type=CLUSTER),
        Example({"engineMode": "serverless"}, type=CLUSTER),
    ),
    bad=(
        Example({}, finds=("multiAz is not true",)),
        Example({}, finds=("the cluster has fewer than two instances",), type=CLUSTER),
        Example({"engineMode": "provisioned"}, finds=("the cluster has fewer than two instances",), type=CLUSTER),
        Example(
            {},
            finds=("the cluster has fewer than two instances",),
            type=CLUSTER,
            others=(Example({}, type=MEMBER, name="a", depends={"clusterIdentifier": ("subject",)}),),
        ),
    ),
    unknown_passes_because="A replica, known or not, is itself the second copy.",
)
def rds_multi_az(stack: Program) -> Iterator[tuple[Resource, str]]:
    """A database outlives its availability zone."""
    for instance in stack.of(INSTANCE):
        if not instance.props.has("replicateSourceDb") and instance.props.flag("multiAz") is not True:
            yield instance, "multiAz is not true"
    for cluster in stack.of(CLUSTER):
        members = stack.referring(cluster, "clusterIdentifier", MEMBER)
        if len(members) < 2 and not _has_no_instances(cluster):  # noqa: PLR2004  one can fail
            yield cluster, "the cluster has fewer than two instances"


@resource_rule(
    "elasticache-multi-az",
    title="ElastiCache replication groups have Multi-AZ and automatic failover enabled",
    types=("aws:elasticache/replicationGroup:ReplicationGroup",),
    category="resilience",
    severity="medium",
    env="prod-only",
    sources=(
        "cdk-nag:AwsSolutions-AEC4",
        "checkov:CKV2_AWS_50",
        "fsbp:ElastiCache.3",
    ),
    fix="Set automaticFailoverEnabled and multiAzEnabled to true and numCacheClusters to 2.",
    good=(Example(BOTH), Example(BOTH | {"numCacheClusters": None, "replicasPerNodeGroup": 1, "numNodeGroups": 1})),
    bad=(
        Example(
            {},
            finds=(
                "automaticFailoverEnabled is not true",
                "multiAzEnabled is not true",
                "numCacheClusters is 1, below the minimum of 2",
            ),
        ),
        Example(BOTH | {"numCacheClusters": 1}, finds=("numCacheClusters is 1, below the minimum of 2",)),
        Example(BOTH | {"multiAzEnabled": False}, finds=("multiAzEnabled is not true",)),
    ),
)
def elasticache_multi_az(resource: Resource) -> Iterator[str]:
    """A cache outlives its availability zone."""
    for name in ("automaticFailoverEnabled", "multiAzEnabled"):
        if resource.props.flag(name) is not True:
            yield f"{name} is not true"
    nodes = resource.props.number("numCacheClusters") or 1 + (resource.props.number("replicasPerNodeGroup") or 0)
    if nodes < 2:  # noqa: PLR2004  one can fail
        yield f"numCacheClusters is {nodes:g}, below the minimum of 2"


@resource_rule(
    "dax-multi-node",
    title="DAX clusters have at least the minimum number of nodes",
    types=("aws:dax/cluster:Cluster",),
    category="resilience",
    severity="medium",
    env="prod-only",
    fix="Set replicationFactor to 3.",
    options={"minimumNodes": Option(3, "Nodes of a DAX cluster, at least.")},
    good=(
        Example({"replicationFactor": 3}),
        Example({"replicationFactor": 1}, settings={"minimumNodes": 1}),
    ),
    bad=(
        Example({"replicationFactor": 1}, finds=("replicationFactor is 1, below the minimum of 3",)),
        Example({}, finds=("replicationFactor is 0, below the minimum of 3",)),
        Example({}, finds=("replicationFactor is 0, below the minimum of 1",), settings={"minimumNodes": 1}),
    ),
)
def dax_multi_node(resource: Resource) -> Iterator[str]:
    """A DAX cluster outlives its availability zone."""
    least = resource.settings["minimumNodes"]
    nodes = resource.props.number("replicationFactor") or 0
    if nodes < least:
        yield f"replicationFactor is {nodes:g}, below the minimum of {least}"


@stack_rule(
    "lambda-vpc-multi-az",
    title="Lambda functions in a VPC use subnets in multiple Availability Zones",
    types=(
        "aws:lambda/function:Function",
        "aws:ec2/subnet:Subnet",
    ),
    category="resilience",
    severity="medium",
    env="prod-only",
    sources=("fsbp:Lambda.5",),
    fix="Give vpcConfig.subnetIds subnets in two availability zones.",
    good=(
        Example({}),
        Example({"vpcConfig": {"subnetIds": ["a", "b"]}}),
        Example(
            {"vpcConfig": {"subnetIds": ["a", "b"]}},
            depends={"vpcConfig": ("a", "b")},
            others=tuple(Example({"availabilityZone": f"eu-west-1{name}"}, type=SUBNET, name=name) for name in "ab"),
        ),
        Example(
            {"vpcConfig": {"subnetIds": ["subnet-1", "b"]}},
            depends={"vpcConfig": ("b",)},
            others=(Example({"availabilityZone": "eu-west-1b"}, type=SUBNET, name="b"),),
        ),
        Example(
            {},
            depends={"vpcConfig": ("a",)},
            others=(Example({"availabilityZone": "eu-west-1a"}, type=SUBNET, name="a"),),
        ),
        Example(
            {"vpcConfig": {"subnetIds": UNKNOWN}},
            depends={"vpcConfig": ("a", "b")},
            others=(
                Example({"availabilityZone": "eu-west-1a"}, type=SUBNET, name="a"),
                Example({"availabilityZone": "eu-west-1b"}, type=SUBNET, name="b"),
            ),
        ),
        Example(
            {"vpcConfig": {"subnetIds": ["subnet-1", "subnet-2"]}},
            others=(
                Example({"availabilityZone": "eu-west-1a"}, type=SUBNET, name="a"),
                Example({"availabilityZone": "eu-west-1a"}, type=SUBNET, name="b"),
            ),
        ),
        Example(
            {"vpcConfig": {"subnetIds": ["a", "b"]}},
            depends={"vpcConfig": ("a", "b")},
            others=(Example({}, type=SUBNET, name="a"), Example({}, type=SUBNET, name="b")),
        ),
    ),
    bad=(
        Example(
            {"vpcConfig": {"subnetIds": ["a"]}}, finds=("all subnets of the function stand in one availability zone",)
        ),
        Example(
            {"vpcConfig": {"subnetIds": ["a", "b"]}},
            finds=("all subnets of the function stand in one availability zone",),
            depends={"vpcConfig": ("a", "b")},
            others=tuple(Example({"availabilityZone": "eu-west-1a"}, type=SUBNET, name=name) for name in "ab"),
        ),
        Example(
            {"vpcConfig": {"subnetIds": UNKNOWN}}, finds=("cannot decide: vpcConfig.subnetIds is not known at preview",)
        ),
    ),
    unknown_passes_because="Subnets that are unknown are counted by the resources that they come from.",
)
def lambda_vpc_multi_az(stack: Program) -> Iterator[tuple[Resource, str]]:
    """A function in a network outlives its availability zone."""
    for function in stack.of("aws:lambda/function:Function"):
        if not function.props.has("vpcConfig"):
            continue
        sources = function.depends.get("vpcConfig", frozenset())
        subnets = [one for one in stack.of(SUBNET) if one.urn in sources]
        count = _subnets(function) or len(subnets) or len(function.props.texts("vpcConfig.subnetIds"))
        zones = {str(one.props.values.get("availabilityZone")) for one in subnets}
        if count == 1 or (count == len(subnets) and len(zones) == 1 and "None" not in zones):
            yield function, "all subnets of the function stand in one availability zone"
