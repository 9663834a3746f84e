"""EC2's networks: VPCs, subnets, routes, gateways and flow logs.

Sources: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/ and
https://www.pulumi.com/registry/packages/aws/api-docs/ec2/.
"""

from local.provider.aws import Aws
from local.provider.ec2 import TAGS, filtered, one, tagged, twin
from local.provider.interface import ProviderError
from local.provider.resource import Facet, Live, ResourceType
from local.provider.wire import Props


def _vpc_state(aws: Aws, props: Props, _live: Live) -> Props:
    """What a VPC has from its birth, and the attributes that are asked for one by one."""
    vpc = props["id"]
    mine = filtered(vpc_id=vpc)
    groups = aws.call("ec2", "DescribeSecurityGroups", Filters=[*mine, *filtered(group_name="default")])
    acls = aws.call("ec2", "DescribeNetworkAcls", Filters=[*mine, *filtered(default="true")])
    main = [*mine, {"Name": "association.main", "Values": ["true"]}]
    table = aws.call("ec2", "DescribeRouteTables", Filters=main)["RouteTables"][0]["RouteTableId"]
    return {
        "arn": aws.arn("ec2", f"vpc/{vpc}"),
        "defaultSecurityGroupId": groups["SecurityGroups"][0]["GroupId"],
        "defaultNetworkAclId": acls["NetworkAcls"][0]["NetworkAclId"],
        "mainRouteTableId": table,
        "defaultRouteTableId": table,
        **{name: _attribute(aws, vpc, name) for name in _ATTRIBUTES},
    }


_ATTRIBUTES = ("enableDnsSupport", "enableDnsHostnames")


def _attribute(aws: Aws, vpc: str, name: str) -> bool:
    member = name[0].upper() + name[1:]
    return aws.call("ec2", "DescribeVpcAttribute", VpcId=vpc, Attribute=name)[member]["Value"]


def _write_attributes(aws: Aws, props: Props) -> None:
    for name in _ATTRIBUTES:
        value = {"Value": bool(props.get(name))}
        aws.call("ec2", "ModifyVpcAttribute", VpcId=props["id"], **{name[0].upper() + name[1:]: value})


VPC = ResourceType(
    "aws:ec2/vpc:Vpc",
    service="ec2",
    create="CreateVpc",
    read=one("DescribeVpcs", "VpcIds", "Vpcs"),
    delete="DeleteVpc",
    keys={"VpcId": "id"},
    id=("{VpcId}",),
    import_id=("{id}",),
    request=tagged("vpc"),
    state=_vpc_state,
    replaces=frozenset({"cidrBlock", "ipv4IpamPoolId", "ipv4NetmaskLength"}),
    defaults={"enableDnsSupport": True, "instanceTenancy": "default"},
    absent={"enableDnsHostnames": False},
    computed=frozenset({"enableDnsHostnames", "enableNetworkAddressUsageMetrics"}),
    unread=frozenset({"enableNetworkAddressUsageMetrics"}),
    named="",
    facets=(Facet(inputs=frozenset(_ATTRIBUTES), write=_write_attributes),),
    tags=TAGS,
    twin=twin("vpc"),
)


def _write_launch(aws: Aws, props: Props) -> None:
    """One attribute a call, as EC2 demands."""
    for name in ("mapPublicIpOnLaunch", "assignIpv6AddressOnCreation"):
        if name in props:
            value = {"Value": bool(props[name])}
            aws.call("ec2", "ModifySubnetAttribute", SubnetId=props["id"], **{name[0].upper() + name[1:]: value})


SUBNET = ResourceType(
    "aws:ec2/subnet:Subnet",
    service="ec2",
    create="CreateSubnet",
    read=one("DescribeSubnets", "SubnetIds", "Subnets"),
    delete="DeleteSubnet",
    keys={"SubnetId": "id"},
    id=("{SubnetId}",),
    import_id=("{id}",),
    names={"arn": "SubnetArn"},
    request=tagged("subnet"),
    replaces=frozenset({"availabilityZone", "availabilityZoneId", "cidrBlock", "outpostArn", "vpcId"}),
    defaults={"assignIpv6AddressOnCreation": False, "mapPublicIpOnLaunch": False},
    computed=frozenset({"availabilityZone", "availabilityZoneId", "privateDnsHostnameTypeOnLaunch"}),
    named="",
    facets=(Facet(inputs=frozenset({"mapPublicIpOnLaunch", "assignIpv6AddressOnCreation"}), write=_write_launch),),
    tags=TAGS,
    twin=twin("subnet"),
)


def _refuse_routes(_aws: Aws, _props: Props) -> None:
    raise ProviderError("aws:ec2/routeTable:RouteTable: the local AWS takes no routes in the table; use aws.ec2.Route")


ROUTE_TABLE = ResourceType(
    "aws:ec2/routeTable:RouteTable",
    service="ec2",
    create="CreateRouteTable",
    read=one("DescribeRouteTables", "RouteTableIds", "RouteTables"),
    delete="DeleteRouteTable",
    keys={"RouteTableId": "id"},
    id=("{RouteTableId}",),
    import_id=("{id}",),
    names={"routes": "", "propagatingVgws": ""},
    request=tagged("route-table"),
    state=lambda aws, props, _live: {"arn": aws.arn("ec2", f"route-table/{props['id']}")},
    replaces=frozenset({"vpcId"}),
    computed=frozenset({"propagatingVgws", "routes"}),
    named="",
    facets=(Facet(inputs=frozenset({"routes"}), write=_refuse_routes),),
    tags=TAGS,
    twin=twin("rtb"),
)


def _route(aws: Aws, props: Props) -> Live | None:
    tables = aws.call("ec2", "DescribeRouteTables", RouteTableIds=[props["routeTableId"]])["RouteTables"]
    destination = props.get("destinationCidrBlock")
    return next((route for route in tables[0]["Routes"] if route.get("DestinationCidrBlock") == destination), None)


def _create_route(aws: Aws, props: Props) -> Live:
    """The local AWS tells routes apart by their IPv4 destination only."""
    if not props.get("destinationCidrBlock"):
        raise ProviderError("aws:ec2/route:Route: the local AWS knows IPv4 routes only; set destinationCidrBlock")
    aws.call("ec2", "CreateRoute", **_target(props))
    return {}


def _target(props: Props) -> Live:
    targets = ("gatewayId", "natGatewayId", "transitGatewayId", "vpcPeeringConnectionId")
    members = {name[0].upper() + name[1:]: props[name] for name in targets if props.get(name)}
    return {"RouteTableId": props["routeTableId"], "DestinationCidrBlock": props["destinationCidrBlock"], **members}


ROUTE = ResourceType(
    "aws:ec2/route:Route",
    service="ec2",
    create=_create_route,
    read=_route,
    update=lambda aws, props: aws.call("ec2", "ReplaceRoute", **_target(props)),
    delete="DeleteRoute",
    keys={"RouteTableId": "routeTableId", "DestinationCidrBlock": "destinationCidrBlock"},
    id=("{routeTableId}_{destinationCidrBlock}",),
    state=lambda _aws, props, _live: {"routeTableId": props["routeTableId"]},
    replaces=frozenset({"destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId", "routeTableId"}),
    named="",
    # EC2 would refuse a second route to the same place; the local AWS makes it.
    twin=lambda aws, props: f"{props['routeTableId']}_{props['destinationCidrBlock']}" if _route(aws, props) else None,
)


def _associations(aws: Aws, by: str, value: str) -> list[Live]:
    """The associations of route tables whose member has a value."""
    tables = aws.call("ec2", "DescribeRouteTables")["RouteTables"]
    return [one for table in tables for one in table["Associations"] if one.get(by) == value]


def _association(aws: Aws, props: Props) -> Live | None:
    return next(iter(_associations(aws, "RouteTableAssociationId", props["id"])), None)


def _association_of_subnet(aws: Aws, props: Props) -> str | None:
    found = _associations(aws, "SubnetId", props["subnetId"]) if props.get("subnetId") else []
    return found[0]["RouteTableAssociationId"] if found else None


ROUTE_TABLE_ASSOCIATION = ResourceType(
    "aws:ec2/routeTableAssociation:RouteTableAssociation",
    service="ec2",
    create="AssociateRouteTable",
    read=_association,
    delete="DisassociateRouteTable",
    keys={"AssociationId": "id"},
    id=("{AssociationId}", "{id}"),
    import_id=("{id}",),
    replaces=frozenset({"gatewayId", "routeTableId", "subnetId"}),
    named="",
    twin=_association_of_subnet,
)


def _write_attachment(aws: Aws, props: Props) -> None:
    gateway = aws.call("ec2", "DescribeInternetGateways", InternetGatewayIds=[props["id"]])["InternetGateways"][0]
    wanted = props.get("vpcId")
    attached = [attachment["VpcId"] for attachment in gateway["Attachments"]]
    for vpc in attached:
        if vpc != wanted:
            aws.call("ec2", "DetachInternetGateway", InternetGatewayId=props["id"], VpcId=vpc)
    if wanted and wanted not in attached:
        aws.call("ec2", "AttachInternetGateway", InternetGatewayId=props["id"], VpcId=wanted)


def _delete_internet_gateway(aws: Aws, props: Props) -> None:
    _write_attachment(aws, {**props, "vpcId": None})
    aws.call("ec2", "DeleteInternetGateway", InternetGatewayId=props["id"])


INTERNET_GATEWAY = ResourceType(
    "aws:ec2/internetGateway:InternetGateway",
    service="ec2",
    create="CreateInternetGateway",
    read=one("DescribeInternetGateways", "InternetGatewayIds", "InternetGateways"),
    delete=_delete_internet_gateway,
    keys={"InternetGatewayId": "id"},
    id=("{InternetGatewayId}",),
    import_id=("{id}",),
    request=tagged("internet-gateway"),
    state=lambda aws, props, live: {
        "arn": aws.arn("ec2", f"internet-gateway/{props['id']}"),
        "vpcId": next((attachment["VpcId"] for attachment in live["Attachments"]), None),
    },
    computed=frozenset({"vpcId"}),
    named="",
    facets=(Facet(inputs=frozenset({"vpcId"}), write=_write_attachment),),
    tags=TAGS,
    twin=twin("igw"),
)

EIP = ResourceType(
    "aws:ec2/eip:Eip",
    service="ec2",
    create="AllocateAddress",
    read=one("DescribeAddresses", "AllocationIds", "Addresses"),
    delete="ReleaseAddress",
    keys={"AllocationId": "id"},
    id=("{AllocationId}",),
    import_id=("{id}",),
    request=tagged("elastic-ip"),
    state=lambda aws, props, _live: {"arn": aws.arn("ec2", f"elastic-ip/{props['id']}")},
    replaces=frozenset({"address", "domain", "ipamPoolId", "networkBorderGroup", "publicIpv4Pool"}),
    computed=frozenset({"domain", "instance", "networkBorderGroup", "networkInterface", "publicIpv4Pool"}),
    named="",
    tags=TAGS,
    twin=twin("eipalloc"),
)


def _nat_gateway(aws: Aws, props: Props) -> Live | None:
    """A NAT gateway is reported for an hour after its deletion."""
    found = aws.call("ec2", "DescribeNatGateways", NatGatewayIds=[props["id"]])["NatGateways"]
    return next((gateway for gateway in found if gateway["State"] not in ("deleting", "deleted")), None)


NAT_GATEWAY = ResourceType(
    "aws:ec2/natGateway:NatGateway",
    service="ec2",
    create="CreateNatGateway",
    read=_nat_gateway,
    delete="DeleteNatGateway",
    keys={"NatGatewayId": "id"},
    id=("{NatGatewayId}",),
    import_id=("{id}",),
    request=tagged("natgateway"),
    replaces=frozenset({"allocationId", "connectivityType", "privateIp", "subnetId", "vpcId"}),
    defaults={"connectivityType": "public"},
    computed=frozenset(
        {"availabilityMode", "privateIp", "secondaryAllocationIds", "secondaryPrivateIpAddressCount",
         "secondaryPrivateIpAddresses", "vpcId"}
    ),
    unread=frozenset({"allocationId"}),
    named="",
    ready=lambda live: live.get("State") == "available",
    tags=TAGS,
    twin=twin("nat"),
)  # fmt: skip


def _create_flow_log(aws: Aws, props: Props) -> Live:
    """AWS makes one for each resource that is named, and answers a list."""
    source = next((name for name in _SOURCES if props.get(name)), "vpcId")
    members = {
        "ResourceType": _SOURCES[source],
        "ResourceIds": [props[source]],
        "TrafficType": props.get("trafficType"),
        "LogDestinationType": props.get("logDestinationType"),
        "LogDestination": props.get("logDestination"),
        "LogFormat": props.get("logFormat"),
        "DeliverLogsPermissionArn": props.get("iamRoleArn"),
        "MaxAggregationInterval": props.get("maxAggregationInterval"),
        **tagged("vpc-flow-log")(props),
    }
    made = aws.call("ec2", "CreateFlowLogs", **{name: value for name, value in members.items() if value is not None})
    for refused in made.get("Unsuccessful", []):
        raise ProviderError(f"ec2 CreateFlowLogs: {refused['Error']['Code']}: {refused['Error']['Message']}")
    return {"FlowLogId": made["FlowLogIds"][0]}


_SOURCES = {"vpcId": "VPC", "subnetId": "Subnet", "eniId": "NetworkInterface"}
_OF = {"vpc": "vpcId", "subnet": "subnetId", "eni": "eniId"}
"""The input that names a resource, by what its id begins with."""

FLOW_LOG = ResourceType(
    "aws:ec2/flowLog:FlowLog",
    service="ec2",
    create=_create_flow_log,
    read=one("DescribeFlowLogs", "FlowLogIds", "FlowLogs"),
    delete=lambda aws, props: aws.call("ec2", "DeleteFlowLogs", FlowLogIds=[props["id"]]),
    keys={"FlowLogId": "id"},
    id=("{FlowLogId}",),
    import_id=("{id}",),
    state=lambda aws, props, live: {
        "arn": aws.arn("ec2", f"vpc-flow-log/{props['id']}"),
        _OF[live["ResourceId"].split("-")[0]]: live["ResourceId"],
    },
    replaces=frozenset(
        {"deliverCrossAccountRole", "destinationOptions", "eniId", "iamRoleArn", "logDestination",
         "logDestinationType", "logFormat", "maxAggregationInterval", "subnetId", "trafficType", "vpcId"}
    ),
    defaults={"logDestinationType": "cloud-watch-logs", "maxAggregationInterval": 600},
    computed=frozenset({"logFormat"}),
    # The local AWS keeps these to itself.
    unread=frozenset({"deliverCrossAccountRole", "iamRoleArn", "logFormat", "maxAggregationInterval"}),
    named="",
    tags=TAGS,
    twin=twin("fl"),
)  # fmt: skip
