"""EC2's endpoints, by which a VPC reaches AWS without the internet.

Sources: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html and
https://www.pulumi.com/registry/packages/aws/api-docs/ec2/vpcendpoint/.
"""

from typing import cast

from local.provider.aws import Aws
from local.provider.ec2 import TAGS, filtered, one, tagged, twin
from local.provider.resource import Live, ResourceType
from local.provider.wire import Props, items

_PLACES = {"routeTableIds": "RouteTableId", "subnetIds": "SubnetId", "securityGroupIds": "SecurityGroupId"}
"""The inputs that are changed by what is added and what is removed, and their members without the s."""


def _endpoint_state(aws: Aws, props: Props, live: Live) -> Props:
    """A gateway's addresses are a list that security groups can name."""
    arn = {"arn": aws.arn("ec2", f"vpc-endpoint/{props['id']}")}
    if live["VpcEndpointType"] != "Gateway":
        return arn
    lists = aws.call("ec2", "DescribePrefixLists", Filters=filtered(prefix_list_name=live["ServiceName"]))
    listed = lists["PrefixLists"][0]
    return {**arn, "prefixListId": listed["PrefixListId"], "cidrBlocks": listed["Cidrs"]}


def _update_endpoint(aws: Aws, props: Props) -> None:
    live = aws.call("ec2", "DescribeVpcEndpoints", VpcEndpointIds=[props["id"]])["VpcEndpoints"][0]
    members: Live = {}
    for name, member in _PLACES.items():
        wanted = set(cast("list[str]", items(props, name)))
        now = set(cast("list[str]", live.get(member + "s") or []))
        members[f"Add{member}s"] = sorted(wanted - now)
        members[f"Remove{member}s"] = sorted(now - wanted)
    members["PolicyDocument"] = props.get("policy")
    members["PrivateDnsEnabled"] = props.get("privateDnsEnabled")
    given = {name: value for name, value in members.items() if value not in (None, [])}
    aws.call("ec2", "ModifyVpcEndpoint", VpcEndpointId=props["id"], **given)


VPC_ENDPOINT = ResourceType(
    "aws:ec2/vpcEndpoint:VpcEndpoint",
    service="ec2",
    create="CreateVpcEndpoint",
    read=one("DescribeVpcEndpoints", "VpcEndpointIds", "VpcEndpoints"),
    update=_update_endpoint,
    delete=lambda aws, props: aws.call("ec2", "DeleteVpcEndpoints", VpcEndpointIds=[props["id"]]),
    keys={"VpcEndpointId": "id"},
    id=("{VpcEndpointId}",),
    import_id=("{id}",),
    names={"policy": "PolicyDocument"},
    request=tagged("vpc-endpoint"),
    state=_endpoint_state,
    replaces=frozenset({"serviceName", "serviceRegion", "vpcEndpointType", "vpcId"}),
    defaults={"vpcEndpointType": "Gateway"},
    computed=frozenset(
        {"dnsOptions", "ipAddressType", "policy", "privateDnsEnabled", "routeTableIds", "securityGroupIds",
         "subnetConfigurations", "subnetIds"}
    ),
    unordered=frozenset({"routeTableIds", "securityGroupIds", "subnetIds"}),
    # The local AWS keeps these to itself.
    unread=frozenset({"dnsOptions", "ipAddressType", "policy", "privateDnsEnabled", "securityGroupIds"}),
    named="",
    tags=TAGS,
    twin=twin("vpce"),
)  # fmt: skip
