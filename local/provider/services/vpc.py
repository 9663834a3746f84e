"""The rules of security groups as resources of their own.

Sources: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupRule.html and
https://www.pulumi.com/registry/packages/aws/api-docs/vpc/.
"""

from local.provider.aws import Aws
from local.provider.ec2 import TAGS, one, tagged
from local.provider.resource import Live, ResourceType
from local.provider.wire import Props, nested

_PEERS = {
    "cidrIpv4": ("IpRanges", "CidrIp"),
    "cidrIpv6": ("Ipv6Ranges", "CidrIpv6"),
    "prefixListId": ("PrefixListIds", "PrefixListId"),
    "referencedSecurityGroupId": ("UserIdGroupPairs", "GroupId"),
}
"""By input: the member of a permission that lists the peers, and the peer's own."""


def _ports(props: Props) -> Live:
    return {name: props[key] for key, name in (("fromPort", "FromPort"), ("toPort", "ToPort")) if key in props}


def _authorize(aws: Aws, props: Props, end: str) -> Live:
    """The local AWS takes a prefix list in a change only: the rule is made for the list's first addresses."""
    described = {"Description": props["description"]} if props.get("description") else {}
    first = {**props, "prefixListId": None, "cidrIpv4": _addresses(aws, props)} if props.get("prefixListId") else props
    peers = {member: [{inner: first[name], **described}] for name, (member, inner) in _PEERS.items() if first.get(name)}
    permission = {"IpProtocol": props["ipProtocol"], **_ports(props), **peers}
    made = aws.call(
        "ec2", f"AuthorizeSecurityGroup{end}", GroupId=props["securityGroupId"], IpPermissions=[permission],
        **tagged("security-group-rule")(props),
    )  # fmt: skip
    rule = made["SecurityGroupRules"][0]["SecurityGroupRuleId"]
    if props.get("prefixListId"):
        _modify(aws, {**props, "id": rule})
    return {"SecurityGroupRuleId": rule}


def _addresses(aws: Aws, props: Props) -> str:
    return aws.call("ec2", "DescribePrefixLists", PrefixListIds=[props["prefixListId"]])["PrefixLists"][0]["Cidrs"][0]


def _modify(aws: Aws, props: Props) -> None:
    rule = {
        "IpProtocol": props["ipProtocol"],
        **_ports(props),
        "CidrIpv4": props.get("cidrIpv4"),
        "CidrIpv6": props.get("cidrIpv6"),
        "PrefixListId": props.get("prefixListId"),
        "ReferencedGroupId": props.get("referencedSecurityGroupId"),
        "Description": props.get("description", ""),
    }
    given = {name: value for name, value in rule.items() if value is not None}
    update = {"SecurityGroupRuleId": props["id"], "SecurityGroupRule": given}
    aws.call("ec2", "ModifySecurityGroupRules", GroupId=props["securityGroupId"], SecurityGroupRules=[update])


def _rule_state(aws: Aws, props: Props, live: Live) -> Props:
    """A rule for all protocols has no ports."""
    ports = {key: None for key in ("fromPort", "toPort") if live["IpProtocol"] == "-1"}
    return {
        "arn": aws.arn("ec2", f"security-group-rule/{props['id']}"),
        "referencedSecurityGroupId": nested(live, "ReferencedGroupInfo").get("GroupId"),
        **ports,
    }


def _type(direction: str) -> ResourceType:
    return ResourceType(
        f"aws:vpc/securityGroup{direction}Rule:SecurityGroup{direction}Rule",
        service="ec2",
        create=lambda aws, props: _authorize(aws, props, direction),
        read=one("DescribeSecurityGroupRules", "SecurityGroupRuleIds", "SecurityGroupRules"),
        update=_modify,
        delete=lambda aws, props: aws.call(
            "ec2",
            f"RevokeSecurityGroup{direction}",
            GroupId=props["securityGroupId"],
            SecurityGroupRuleIds=[props["id"]],
        ),
        keys={"SecurityGroupRuleId": "id"},
        id=("{SecurityGroupRuleId}",),
        import_id=("{id}",),
        names={"securityGroupId": "GroupId"},
        state=_rule_state,
        replaces=frozenset({"securityGroupId"}),
        absent={"description": ""},
        # The local AWS does not report it.
        unread=frozenset({"prefixListId"}),
        named="",
        tags=TAGS,
    )


INGRESS_RULE = _type("Ingress")
EGRESS_RULE = _type("Egress")
