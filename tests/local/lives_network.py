"""Lives of networks: what reaches what, and by which way."""

import json
from typing import Any, cast

from local.provider.wire import Props
from tests.local.life import Life
from tests.local.world import REGION, TAGS, World, policy


def _tags(world: World, it: Props) -> Props:
    filters = [{"Name": "resource-id", "Values": [it["id"]]}]
    return {tag["Key"]: tag["Value"] for tag in world.call("ec2", "describe_tags", Filters=filters)["Tags"]}


def _look(world: World, operation: str, by: str, it: Props) -> dict[str, Any]:
    """What EC2 describes of one resource."""
    listed = world.call("ec2", operation, **{by: [it["id"]]})
    return next(value[0] for name, value in listed.items() if name != "ResponseMetadata")


def _attribute(world: World, it: Props, name: str) -> bool:
    answer = world.call("ec2", "describe_vpc_attribute", VpcId=it["id"], Attribute=name)
    return answer[name[0].upper() + name[1:]]["Value"]


def _route(world: World, it: Props) -> list[tuple[str | None, str | None]]:
    tables = world.call("ec2", "describe_route_tables", RouteTableIds=[it["routeTableId"]])["RouteTables"]
    return [
        ("gateway" if route.get("GatewayId") == world.internet_gateway["id"] else None, route.get("NatGatewayId"))
        for route in tables[0]["Routes"]
        if route["DestinationCidrBlock"] == "198.51.100.0/24"
    ]


def _permissions(world: World, it: Props) -> list[tuple[str, int | None, str, bool]]:
    """What comes in and goes out: the protocol, the port, the addresses, and whether from the group itself."""
    group = _look(world, "describe_security_groups", "GroupIds", it)
    return [
        (
            permission["IpProtocol"],
            permission.get("FromPort"),
            " ".join(peer["CidrIp"] for peer in permission["IpRanges"]),
            [peer["GroupId"] for peer in permission["UserIdGroupPairs"]] == [it["id"]],
        )
        for permission in [*group["IpPermissions"], *group["IpPermissionsEgress"]]
    ]


def _rule(world: World, it: Props) -> tuple[Any, ...]:
    rule = _look(world, "describe_security_group_rules", "SecurityGroupRuleIds", it)
    peer = cast("Props", rule.get("ReferencedGroupInfo") or {})
    mine = peer.get("GroupId") == world.security_group["id"]
    return rule["IsEgress"], rule["FromPort"], rule.get("Description"), mine, rule.get("CidrIpv4"), _tags(world, it)


def _endpoint_policy(action: str) -> str:
    return policy(action, Principal="*", Condition={"StringEquals": {"aws:PrincipalAccount": "123456789012"}})


NO_RULES: list[object] = []

LIVES = [
    Life(
        "aws:ec2/vpc:Vpc",
        inputs=lambda _: {"cidrBlock": "10.1.0.0/16", "enableDnsHostnames": True, "tags": {"Name": "blog"}},
        look=lambda world, it: (
            _look(world, "describe_vpcs", "VpcIds", it)["CidrBlock"],
            _attribute(world, it, "enableDnsHostnames"),
            _attribute(world, it, "enableDnsSupport"),
            it["arn"] == f"arn:aws:ec2:{REGION}:{world.account()}:vpc/{it['id']}",
            _tags(world, it),
        ),
        made=("10.1.0.0/16", True, True, True, {**TAGS, "Name": "blog"}),
        changed=lambda _: {"enableDnsHostnames": False, "tags": {"Name": "other"}},
        changes=("10.1.0.0/16", False, True, True, {**TAGS, "Name": "other"}),
        replaced={"cidrBlock": "10.2.0.0/16"},
    ),
    Life(
        "aws:ec2/subnet:Subnet",
        inputs=lambda world: {
            "vpcId": world.vpc["id"],
            "cidrBlock": "10.9.9.0/24",
            "availabilityZone": f"{REGION}a",
            "tags": {"Name": "blog"},
        },
        look=lambda world, it: (
            (subnet := _look(world, "describe_subnets", "SubnetIds", it))["AvailabilityZone"],
            subnet["MapPublicIpOnLaunch"],
            _tags(world, it),
        ),
        made=(f"{REGION}a", False, {**TAGS, "Name": "blog"}),
        changed=lambda _: {"mapPublicIpOnLaunch": True, "tags": {"Name": "open"}},
        changes=(f"{REGION}a", True, {**TAGS, "Name": "open"}),
        replaced={"cidrBlock": "10.9.10.0/24", "availabilityZone": f"{REGION}b"},
    ),
    Life(
        "aws:ec2/routeTable:RouteTable",
        inputs=lambda world: {"vpcId": world.vpc["id"], "tags": {"Name": "blog"}},
        look=lambda world, it: (
            _look(world, "describe_route_tables", "RouteTableIds", it)["VpcId"] == world.vpc["id"],
            _tags(world, it),
        ),
        made=(True, {**TAGS, "Name": "blog"}),
        changed=lambda _: {"tags": {"Name": "other"}},
        changes=(True, {**TAGS, "Name": "other"}),
        replaced={"vpcId": "vpc-other"},
    ),
    Life(
        "aws:ec2/route:Route",
        inputs=lambda world: {
            "routeTableId": world.route_table["id"],
            "destinationCidrBlock": "198.51.100.0/24",
            "gatewayId": world.internet_gateway["id"],
        },
        look=lambda world, it: [(gateway, bool(nat)) for gateway, nat in _route(world, it)],
        made=[("gateway", False)],
        changed=lambda world: {"gatewayId": None, "natGatewayId": world.nat_gateway["id"]},
        changes=[(None, True)],
        replaced={"destinationCidrBlock": "203.0.113.0/24"},
    ),
    Life(
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        inputs=lambda world: {"routeTableId": world.route_table["id"], "subnetId": world.subnets[0]},
        look=lambda world, _: [
            association["SubnetId"] == world.subnets[0]
            for association in _look(world, "describe_route_tables", "RouteTableIds", world.route_table)["Associations"]
        ],
        made=[True],
        replaced={"subnetId": "subnet-other", "routeTableId": "rtb-other"},
    ),
    Life(
        "aws:ec2/internetGateway:InternetGateway",
        inputs=lambda world: {"vpcId": world.vpc["id"], "tags": {"Name": "blog"}},
        look=lambda world, it: (
            [
                attachment["VpcId"] == world.vpc["id"]
                for attachment in _look(world, "describe_internet_gateways", "InternetGatewayIds", it)["Attachments"]
            ],
            _tags(world, it),
        ),
        made=([True], {**TAGS, "Name": "blog"}),
        changed=lambda _: {"tags": {"Name": "other"}},
        changes=([True], {**TAGS, "Name": "other"}),
    ),
    Life(
        "aws:ec2/eip:Eip",
        inputs=lambda _: {"domain": "vpc", "tags": {"Name": "blog"}},
        look=lambda world, it: (
            _look(world, "describe_addresses", "AllocationIds", it)["PublicIp"] == it["publicIp"],
            _tags(world, it),
        ),
        made=(True, {**TAGS, "Name": "blog"}),
        changed=lambda _: {"tags": {"Name": "other"}},
        changes=(True, {**TAGS, "Name": "other"}),
        replaced={"publicIpv4Pool": "other"},
    ),
    Life(
        "aws:ec2/natGateway:NatGateway",
        inputs=lambda world: {
            "subnetId": world.subnets[0],
            "allocationId": world.elastic_ip["id"],
            "tags": {"Name": "blog"},
        },
        look=lambda world, it: (
            (gateway := _look(world, "describe_nat_gateways", "NatGatewayIds", it))["SubnetId"] == world.subnets[0],
            gateway["State"],
            gateway["ConnectivityType"],
            _tags(world, it),
        ),
        made=(True, "available", "public", {**TAGS, "Name": "blog"}),
        changed=lambda _: {"tags": {"Name": "other"}},
        changes=(True, "available", "public", {**TAGS, "Name": "other"}),
        replaced={"subnetId": "subnet-other", "allocationId": "eipalloc-other"},
    ),
    Life(
        "aws:ec2/securityGroup:SecurityGroup",
        inputs=lambda world: {
            "vpcId": world.vpc["id"],
            "description": "Members talk to each other",
            "ingress": [{"protocol": "tcp", "fromPort": 5432, "toPort": 5432, "self": True}],
            "tags": {"Name": "blog"},
        },
        look=lambda world, it: (
            _look(world, "describe_security_groups", "GroupIds", it)["Description"],
            _permissions(world, it),
            _tags(world, it),
        ),
        made=("Members talk to each other", [("tcp", 5432, "", True)], {**TAGS, "Name": "blog"}),
        changed=lambda _: {
            "ingress": [{"protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["10.0.0.0/8"]}],
            "egress": [{"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": ["10.9.0.0/16"]}],
            "tags": {"Name": "other"},
        },
        changes=(
            "Members talk to each other",
            [("tcp", 443, "10.0.0.0/8", False), ("-1", None, "10.9.0.0/16", False)],
            {**TAGS, "Name": "other"},
        ),
        replaced={"description": "Another", "vpcId": "vpc-other"},
    ),
    Life(
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        inputs=lambda world: {"vpcId": world.vpc["id"], "tags": {"Name": "closed"}},
        look=lambda world, it: (
            _look(world, "describe_security_groups", "GroupIds", it)["GroupName"],
            _permissions(world, it),
            _tags(world, it),
        ),
        made=("default", NO_RULES, {**TAGS, "Name": "closed"}),
        changed=lambda _: {
            "egress": [{"protocol": "tcp", "fromPort": 443, "toPort": 443, "self": True}],
            "tags": {"Name": "open"},
        },
        changes=("default", [("tcp", 443, "", True)], {**TAGS, "Name": "open"}),
        replaced={"vpcId": "vpc-other"},
        stays=True,
    ),
    Life(
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        inputs=lambda world: {
            "securityGroupId": world.security_group["id"],
            "ipProtocol": "tcp",
            "fromPort": 5432,
            "toPort": 5432,
            "referencedSecurityGroupId": world.security_group["id"],
            "description": "PostgreSQL",
            "tags": {"Name": "blog"},
        },
        look=_rule,
        made=(False, 5432, "PostgreSQL", True, None, {**TAGS, "Name": "blog"}),
        changed=lambda _: {"fromPort": 5433, "toPort": 5433, "description": "Moved", "tags": {"Name": "other"}},
        changes=(False, 5433, "Moved", True, None, {**TAGS, "Name": "other"}),
        replaced={"securityGroupId": "sg-other"},
    ),
    Life(
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
        inputs=lambda world: {
            "securityGroupId": world.security_group["id"],
            "ipProtocol": "tcp",
            "fromPort": 443,
            "toPort": 443,
            "prefixListId": world.endpoint["prefixListId"],
            "description": "DynamoDB",
            "tags": {"Name": "blog"},
        },
        look=_rule,
        made=(True, 443, "DynamoDB", False, None, {**TAGS, "Name": "blog"}),
        changed=lambda _: {
            "prefixListId": None,
            "cidrIpv4": "203.0.113.0/24",
            "description": "A partner",
            "tags": {"Name": "other"},
        },
        changes=(True, 443, "A partner", False, "203.0.113.0/24", {**TAGS, "Name": "other"}),
        replaced={"securityGroupId": "sg-other"},
    ),
    Life(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        inputs=lambda world: {
            "vpcId": world.vpc["id"],
            "serviceName": f"com.amazonaws.{REGION}.dynamodb",
            "routeTableIds": [world.route_table["id"]],
            "policy": _endpoint_policy("dynamodb:GetItem"),
            "tags": {"Name": "blog"},
        },
        look=lambda world, it: (
            (endpoint := _look(world, "describe_vpc_endpoints", "VpcEndpointIds", it))["ServiceName"],
            endpoint["VpcEndpointType"],
            world.route_table["id"] in endpoint["RouteTableIds"],
            it["prefixListId"].startswith("pl-"),
            json.loads(it["policy"])["Statement"][0]["Action"],
            _tags(world, it),
        ),
        made=(
            f"com.amazonaws.{REGION}.dynamodb",
            "Gateway",
            True,
            True,
            ["dynamodb:GetItem"],
            {**TAGS, "Name": "blog"},
        ),
        changed=lambda _: {
            "routeTableIds": [],
            "policy": _endpoint_policy("dynamodb:Query"),
            "tags": {"Name": "other"},
        },
        changes=(
            f"com.amazonaws.{REGION}.dynamodb",
            "Gateway",
            False,
            True,
            ["dynamodb:Query"],
            {**TAGS, "Name": "other"},
        ),
        replaced={"serviceName": f"com.amazonaws.{REGION}.s3", "vpcEndpointType": "Interface"},
    ),
    Life(
        "aws:ec2/flowLog:FlowLog",
        inputs=lambda world: {
            "vpcId": world.vpc["id"],
            "trafficType": "ALL",
            "logDestination": world.log_group["arn"],
            "iamRoleArn": world.role["arn"],
            "tags": {"Name": "blog"},
        },
        look=lambda world, it: (
            (log := _look(world, "describe_flow_logs", "FlowLogIds", it))["ResourceId"] == world.vpc["id"],
            log["TrafficType"],
            log["LogDestination"] == world.log_group["arn"],
            _tags(world, it),
        ),
        made=(True, "ALL", True, {**TAGS, "Name": "blog"}),
        changed=lambda _: {"tags": {"Name": "other"}},
        changes=(True, "ALL", True, {**TAGS, "Name": "other"}),
        replaced={"trafficType": "REJECT", "maxAggregationInterval": 60},
    ),
]
