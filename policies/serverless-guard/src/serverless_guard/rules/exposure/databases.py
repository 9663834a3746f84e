"""Databases and caches that only the application reaches, and only with a credential."""

from collections.abc import Iterator

from serverless_guard.program import Program
from serverless_guard.record import UNKNOWN, Resource
from serverless_guard.rules.conditions import any_set, every, is_not, is_set
from serverless_guard.rules.exposure.network import GROUP, INGRESS, RULE, open_ingress
from serverless_guard.rules.remedies import sets
from serverless_guard.rules.rule import Example, Rule, resource_rule, stack_rule

CACHE, SUBNET = "aws:elasticache/cluster:Cluster", "aws:ec2/subnet:Subnet"
DATABASES = ("aws:rds/cluster:Cluster", "aws:rds/instance:Instance")
PLACED = "A subnet or security group that is unknown is one that does not exist yet."

rds_not_public = Rule(
    id="rds-not-public",
    types=(
        "aws:rds/instance:Instance",
        "aws:rds/clusterInstance:ClusterInstance",
        "aws:rds/cluster:Cluster",
    ),
    category="network-exposure",
    severity="critical",
    env="same",
    sources=(
        "awsguard:rds-instance-public-access",
        "compliance:aws-rds-instance-disallow-public-access",
        "compliance:aws-rds-clusterinstance-disallow-public-access",
        "cdk-nag:Nag-RDSInstancePublicAccess",
        "checkov:CKV_AWS_17",
        "trivy:AWS-0180",
        "fsbp:RDS.2",
    ),
    title="RDS DB instances and clusters are not publicly accessible",
    rationale="A database has no public address.",
    fix="Leave publiclyAccessible out.",
    remedy=sets("publiclyAccessible", to=False),
    check=is_not("publiclyAccessible", unwanted=True),
    good=(Example({}),),
    bad=(
        Example({"publiclyAccessible": True}, finds=("publiclyAccessible is true",)),
        Example(
            {"publiclyAccessible": True},
            finds=("publiclyAccessible is true",),
            type="aws:rds/clusterInstance:ClusterInstance",
        ),
        Example({"publiclyAccessible": True}, finds=("publiclyAccessible is true",), type="aws:rds/cluster:Cluster"),
    ),
)


@stack_rule(
    "rds-private-subnets",
    title="RDS DB subnet groups contain only private subnets",
    types=(
        "aws:rds/subnetGroup:SubnetGroup",
        "aws:ec2/subnet:Subnet",
    ),
    category="network-exposure",
    severity="high",
    env="same",
    sources=("fsbp:RDS.46",),
    fix="Put the database into subnets without mapPublicIpOnLaunch and without a route to an internet gateway.",
    good=(
        Example({}, depends={"subnetIds": ("s",)}, others=(Example({}, type=SUBNET, name="s"),)),
        Example(
            {},
            depends={"subnetIds": ("s",)},
            others=(
                Example({}, type=SUBNET, name="s"),
                Example(
                    {"gatewayId": "igw-1"}, type="aws:ec2/route:Route", name="r", depends={"routeTableId": ("public",)}
                ),
                Example(
                    {"natGatewayId": "nat-1"}, type="aws:ec2/route:Route", name="n", depends={"routeTableId": ("t",)}
                ),
                Example(
                    {},
                    type="aws:ec2/routeTableAssociation:RouteTableAssociation",
                    name="a",
                    depends={"routeTableId": ("t",), "subnetId": ("s",)},
                ),
            ),
        ),
    ),
    bad=(
        Example(
            {},
            finds=("the subnet s is public",),
            depends={"subnetIds": ("s",)},
            others=(Example({"mapPublicIpOnLaunch": True}, type=SUBNET, name="s"),),
        ),
        Example(
            {},
            finds=("the subnet s is public",),
            depends={"subnetIds": ("s",)},
            others=(
                Example({}, type=SUBNET, name="s"),
                Example({"gatewayId": "igw-1"}, type="aws:ec2/route:Route", name="r", depends={"routeTableId": ("t",)}),
                Example(
                    {},
                    type="aws:ec2/routeTableAssociation:RouteTableAssociation",
                    name="a",
                    depends={"routeTableId": ("t",), "subnetId": ("s",)},
                ),
            ),
        ),
    ),
)
def rds_private_subnets(stack: Program) -> Iterator[tuple[Resource, str]]:
    """A database stands in private subnets."""
    routed = _routed(stack)
    for group in stack.of("aws:rds/subnetGroup:SubnetGroup"):
        for subnet in stack.referred(group, "subnetIds", SUBNET):
            if subnet.props.flag("mapPublicIpOnLaunch") or subnet.urn in routed:
                yield group, f"the subnet {subnet.name} is public"


def _routed(stack: Program) -> frozenset[str]:
    """Give the URNs of the subnets whose route table leads to an internet gateway."""
    tables = {
        table
        for route in stack.of("aws:ec2/route:Route")
        if route.props.has("gatewayId")
        for table in route.depends.get("routeTableId", frozenset())
    }
    return frozenset(
        subnet
        for one in stack.of("aws:ec2/routeTableAssociation:RouteTableAssociation")
        if one.depends.get("routeTableId", frozenset()) & tables
        for subnet in one.depends.get("subnetId", frozenset())
    )


@stack_rule(
    "rds-security-group-restricted",
    title="RDS DB instances and clusters do not allow ingress from 0.0.0.0/0 or ::/0",
    types=(
        "aws:rds/cluster:Cluster",
        "aws:rds/instance:Instance",
        "aws:ec2/securityGroup:SecurityGroup",
        INGRESS,
        RULE,
    ),
    category="network-exposure",
    severity="critical",
    env="same",
    sources=("cdk-nag:AwsSolutions-RDS8",),
    fix="Let in the security group of the functions instead of addresses.",
    good=(
        Example({}, depends={"vpcSecurityGroupIds": ("g",)}, others=(Example({}, type=GROUP, name="g"),)),
        Example(
            {},
            depends={"vpcSecurityGroupIds": ("g",)},
            others=(
                Example({}, type=GROUP, name="g"),
                Example(
                    {"type": "egress", "protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["0.0.0.0/0"]},
                    type=RULE,
                    name="e",
                    depends={"securityGroupId": ("g",)},
                ),
            ),
        ),
    ),
    bad=(
        Example(
            {},
            depends={"vpcSecurityGroupIds": ("g",)},
            others=(Example({"ingress": [{"protocol": "-1", "cidrBlocks": ["0.0.0.0/0"]}]}, type=GROUP, name="g"),),
            finds=("the security group g allows ingress from 0.0.0.0/0 on all protocols",),
        ),
        Example(
            {},
            depends={"vpcSecurityGroupIds": ("g",)},
            others=(
                Example({}, type=GROUP, name="g"),
                Example(
                    {"cidrIpv4": "0.0.0.0/0", "ipProtocol": "tcp", "fromPort": 5432, "toPort": 5432},
                    type=INGRESS,
                    name="i",
                    depends={"securityGroupId": ("g",)},
                ),
            ),
            finds=("the security group g allows ingress from 0.0.0.0/0 on tcp 5432",),
        ),
    ),
)
def rds_security_group_restricted(stack: Program) -> Iterator[tuple[Resource, str]]:
    """A database lets in security groups, not the world."""
    for database in stack.of(*DATABASES):
        for group in stack.referred(database, "vpcSecurityGroupIds", GROUP):
            for opened in open_ingress(stack, group):
                yield database, f"the security group {group.name} allows {opened}"


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


rds_iam_authentication = Rule(
    id="rds-iam-authentication",
    types=(
        "aws:rds/cluster:Cluster",
        "aws:rds/instance:Instance",
    ),
    category="least-privilege",
    severity="medium",
    env="same",
    sources=(
        "cdk-nag:AwsSolutions-RDS6",
        "checkov:CKV_AWS_161",
        "checkov:CKV_AWS_162",
        "trivy:AWS-0176",
        "fsbp:RDS.10",
        "fsbp:RDS.12",
    ),
    title="RDS DB instances and clusters have IAM database authentication enabled",
    rationale="A database takes IAM's short-lived tokens.",
    fix="Set iamDatabaseAuthenticationEnabled to true.",
    remedy=sets("iamDatabaseAuthenticationEnabled", to=True),
    check=lambda resource: (
        ["iamDatabaseAuthenticationEnabled is not true"]
        if resource.props.flag("iamDatabaseAuthenticationEnabled") is not True
        else []
    ),
    good=(Example({"iamDatabaseAuthenticationEnabled": True}),),
    bad=(
        Example({}, finds=("iamDatabaseAuthenticationEnabled is not true",)),
        Example(
            {"iamDatabaseAuthenticationEnabled": False},
            finds=("iamDatabaseAuthenticationEnabled is not true",),
            type=DATABASES[1],
        ),
    ),
)


@resource_rule(
    "rds-managed-master-password",
    title="RDS DB instances and clusters manage the master user password in Secrets Manager",
    types=(
        "aws:rds/cluster:Cluster",
        "aws:rds/instance:Instance",
    ),
    category="least-privilege",
    severity="high",
    env="same",
    fix="Set manageMasterUserPassword to true and leave the password out.",
    good=(
        Example({"manageMasterUserPassword": True}),
        Example({"snapshotIdentifier": "s"}),
        Example({"manageMasterUserPassword": True, "password": UNKNOWN}, type=DATABASES[1]),
    ),
    bad=(
        Example(
            {"masterPassword": "correct horse"}, finds=("a password is given instead of manageMasterUserPassword",)
        ),
        Example(
            {"password": "correct horse"},
            finds=("a password is given instead of manageMasterUserPassword",),
            type=DATABASES[1],
        ),
    ),
)
def rds_managed_master_password(resource: Resource) -> Iterator[str]:
    """The master password is made, kept and rotated by Secrets Manager, and stands in no program and no state."""
    given = resource.props.has("masterPassword") or resource.props.has("password")
    if given and resource.props.flag("manageMasterUserPassword") is not True:
        yield "a password is given instead of manageMasterUserPassword"
