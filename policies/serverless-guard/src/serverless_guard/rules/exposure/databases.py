"""Databases that only the application reaches, and only with a credential."""

from collections.abc import Iterator

from serverless_guard.program import Program
from serverless_guard.record import UNKNOWN, Resource
from serverless_guard.rules.conditions import is_not
from serverless_guard.rules.exposure.network import GROUP, INGRESS, RULE, open_ingress
from serverless_guard.rules.remedies import sets
from serverless_guard.rules.rule import Example, Rule, resource_rule, stack_rule

SUBNET = "aws:ec2/subnet:Subnet"
DATABASES = ("aws:rds/cluster:Cluster", "aws:rds/instance:Instance")

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
