"""VPCs and what is in them, known by their tags.

A creation is checked for what it makes, which has the tags of the request, and for what it is made in, which has its
own. Tags of a creation need `ec2:CreateTags`, limited by the call that gives them. Descriptions know no resources.

Sources: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html,
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/supported-iam-actions-tagging.html
"""

from collections.abc import Mapping

from bootstrap.access import NOT_ANOTHERS, TAGGED, TAGGING, Access, ConditionTemplate, Grant, allow, regional, worldwide

PASSED_TO_FLOW_LOGS: ConditionTemplate = {"StringEquals": {"iam:PassedToService": "vpc-flow-logs.amazonaws.com"}}


def _arn(kind: str) -> str:
    return regional("ec2", f"{kind}/*")


VPC, SUBNET, ROUTE_TABLE, SECURITY_GROUP = map(_arn, ("vpc", "subnet", "route-table", "security-group"))
RULE, GATEWAY, NAT_GATEWAY, ADDRESS = map(_arn, ("security-group-rule", "internet-gateway", "natgateway", "elastic-ip"))
ENDPOINT, FLOW_LOG = map(_arn, ("vpc-endpoint", "vpc-flow-log"))


ANY = regional("ec2", "*/*")
CREATIONS = (
    *("CreateVpc", "CreateSubnet", "CreateRouteTable", "CreateSecurityGroup", "AuthorizeSecurityGroupIngress"),
    *("AuthorizeSecurityGroupEgress", "CreateInternetGateway", "CreateNatGateway", "AllocateAddress"),
    *("CreateVpcEndpoint", "CreateFlowLogs"),
)
TAGS_OF_CREATIONS = allow(
    "ec2",
    "CreateTags",
    ANY,
    when={"StringEquals": {"aws:RequestTag/stack": "{prefix}", "ec2:CreateAction": CREATIONS}},
)
RETAGGED = allow("ec2", "CreateTags DeleteTags", ANY, when=TAGGED)


def _made(action: str, arn: str, *within: str) -> list[Grant]:
    """A creation with tags of one resource, within others."""
    made = [
        allow("ec2", action, arn, when={"StringEquals": {"aws:RequestTag/stack": "{prefix}"}}),
        TAGS_OF_CREATIONS,
    ]
    return [*made, allow("ec2", action, *within, when=TAGGED)] if within else made


LINGERING = [
    allow("ec2", "DescribeNetworkInterfaces", "*"),
    allow(
        "ec2",
        "DetachNetworkInterface DeleteNetworkInterface",
        regional("ec2", "network-interface/*"),
        when=NOT_ANOTHERS,
    ),
]
"""What Lambda leaves in a network, without tags, and the provider takes away before a subnet or a group."""


def _described(actions: str) -> list[Grant]:
    return [allow("ec2", actions, "*")]


def _rule(way: str) -> Access:
    return Access(
        create=[
            allow("ec2", f"AuthorizeSecurityGroup{way}", SECURITY_GROUP, when=TAGGED),
            *_made(f"AuthorizeSecurityGroup{way}", RULE),
        ],
        read=_described("DescribeSecurityGroupRules"),
        update=[allow("ec2", "ModifySecurityGroupRules", SECURITY_GROUP, RULE, when=TAGGED), RETAGGED],
        delete=[allow("ec2", f"RevokeSecurityGroup{way}", SECURITY_GROUP, when=TAGGED)],
    )


ACCESS: Mapping[str, Access] = {
    "aws:ec2/vpc:Vpc": Access(
        create=[*_made("CreateVpc", VPC), allow("ec2", "ModifyVpcAttribute", VPC, when=TAGGED)],
        read=[
            *_described("DescribeVpcs DescribeNetworkAcls DescribeRouteTables DescribeSecurityGroups"),
            allow("ec2", "DescribeVpcAttribute", VPC, when=NOT_ANOTHERS),
        ],
        update=[RETAGGED],
        delete=[allow("ec2", "DeleteVpc", VPC, when=TAGGED)],
    ),
    "aws:ec2/subnet:Subnet": Access(
        create=_made("CreateSubnet", SUBNET, VPC),
        read=_described("DescribeSubnets"),
        update=[allow("ec2", "ModifySubnetAttribute", SUBNET, when=TAGGED), RETAGGED],
        delete=[allow("ec2", "DeleteSubnet", SUBNET, when=TAGGED), *LINGERING],
    ),
    "aws:ec2/routeTable:RouteTable": Access(
        create=_made("CreateRouteTable", ROUTE_TABLE, VPC),
        read=_described("DescribeRouteTables"),
        update=[
            # Routes within the table's declaration.
            allow("ec2", "CreateRoute ReplaceRoute DeleteRoute", ROUTE_TABLE, when=TAGGED),
            RETAGGED,
        ],
        delete=[
            allow("ec2", "DeleteRouteTable", ROUTE_TABLE, when=TAGGED),
            allow("ec2", "DisassociateRouteTable", ROUTE_TABLE, SUBNET, when=TAGGED),
        ],
    ),
    "aws:ec2/route:Route": Access(
        create=[allow("ec2", "CreateRoute", ROUTE_TABLE, when=TAGGED)],
        read=_described("DescribeRouteTables"),
        update=[allow("ec2", "ReplaceRoute", ROUTE_TABLE, when=TAGGED)],
        delete=[allow("ec2", "DeleteRoute", ROUTE_TABLE, when=TAGGED)],
    ),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": Access(
        create=[allow("ec2", "AssociateRouteTable", ROUTE_TABLE, SUBNET, when=TAGGED)],
        read=_described("DescribeRouteTables"),
        update=[allow("ec2", "ReplaceRouteTableAssociation", ROUTE_TABLE, SUBNET, when=TAGGED)],
        delete=[allow("ec2", "DisassociateRouteTable", ROUTE_TABLE, SUBNET, when=TAGGED)],
    ),
    "aws:ec2/securityGroup:SecurityGroup": Access(
        create=[
            *_made("CreateSecurityGroup", SECURITY_GROUP, VPC),
            # AWS gives a new group a way out, which the provider takes away.
            allow("ec2", "RevokeSecurityGroupEgress", SECURITY_GROUP, when=TAGGED),
        ],
        read=_described("DescribeSecurityGroups DescribeSecurityGroupRules DescribeSecurityGroupVpcAssociations"),
        update=[RETAGGED],
        delete=[allow("ec2", "DeleteSecurityGroup", SECURITY_GROUP, when=TAGGED), *LINGERING],
    ),
    # The provider finds the group that came with the VPC, without tags, gives it the stack's, and takes its rules away.
    # Source: internal/service/ec2/vpc_default_security_group.go of hashicorp/terraform-provider-aws.
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": Access(
        create=[
            allow("ec2", "CreateTags", SECURITY_GROUP, when=TAGGING),
            allow("ec2", "RevokeSecurityGroupIngress RevokeSecurityGroupEgress", SECURITY_GROUP, when=TAGGED),
        ],
        read=_described("DescribeSecurityGroups DescribeSecurityGroupRules"),
        update=[RETAGGED],
    ),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": _rule("Ingress"),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": _rule("Egress"),
    "aws:ec2/internetGateway:InternetGateway": Access(
        create=[
            *_made("CreateInternetGateway", GATEWAY),
            allow("ec2", "AttachInternetGateway", GATEWAY, VPC, when=TAGGED),
        ],
        read=_described("DescribeInternetGateways"),
        update=[RETAGGED],
        delete=[
            allow("ec2", "DetachInternetGateway", GATEWAY, VPC, when=TAGGED),
            allow("ec2", "DeleteInternetGateway", GATEWAY, when=TAGGED),
        ],
    ),
    "aws:ec2/natGateway:NatGateway": Access(
        create=_made("CreateNatGateway", NAT_GATEWAY, SUBNET, ADDRESS),
        read=_described("DescribeNatGateways"),
        update=[RETAGGED],
        delete=[allow("ec2", "DeleteNatGateway", NAT_GATEWAY, when=TAGGED)],
    ),
    "aws:ec2/eip:Eip": Access(
        create=_made("AllocateAddress", ADDRESS),
        read=_described("DescribeAddresses DescribeAddressesAttribute"),
        update=[RETAGGED],
        delete=[
            allow("ec2", "ReleaseAddress", ADDRESS, when=TAGGED),
            # An address that a gateway still has: the interface is the gateway's own, without tags.
            allow("ec2", "DisassociateAddress", ADDRESS, when=TAGGED),
        ],
    ),
    "aws:ec2/vpcEndpoint:VpcEndpoint": Access(
        create=_made("CreateVpcEndpoint", ENDPOINT, VPC, SUBNET, SECURITY_GROUP, ROUTE_TABLE),
        read=_described("DescribeVpcEndpoints DescribePrefixLists DescribeManagedPrefixLists"),
        update=[
            allow("ec2", "ModifyVpcEndpoint", ENDPOINT, SUBNET, SECURITY_GROUP, ROUTE_TABLE, when=TAGGED),
            RETAGGED,
        ],
        delete=[allow("ec2", "DeleteVpcEndpoints", ENDPOINT, when=TAGGED)],
    ),
    "aws:ec2/flowLog:FlowLog": Access(
        create=[
            *_made("CreateFlowLogs", FLOW_LOG, VPC),
            allow("iam", "PassRole", worldwide("iam", "role/{prefix}-flow-logs"), when=PASSED_TO_FLOW_LOGS),
        ],
        read=_described("DescribeFlowLogs"),
        update=[RETAGGED],
        delete=[allow("ec2", "DeleteFlowLogs", FLOW_LOG, when=TAGGED)],
    ),
}
