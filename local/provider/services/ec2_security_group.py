"""EC2's security groups.

Sources: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html and
https://www.pulumi.com/registry/packages/aws/api-docs/ec2/securitygroup/.
"""

from local.provider.aws import Aws
from local.provider.ec2 import TAGS, filtered, one, tagged
from local.provider.resource import Facet, Live, ResourceType
from local.provider.wire import Props, items

_DIRECTIONS = {"ingress": ("IpPermissions", "Ingress"), "egress": ("IpPermissionsEgress", "Egress")}
"""By direction: the member that lists a group's rules, and the end of the operations that change them."""

_PEERS = {
    "cidrBlocks": ("IpRanges", "CidrIp"),
    "ipv6CidrBlocks": ("Ipv6Ranges", "CidrIpv6"),
    "prefixListIds": ("PrefixListIds", "PrefixListId"),
    "securityGroups": ("UserIdGroupPairs", "GroupId"),
}
"""By the property of a rule in a group: the member that lists the peers, and the peer's own."""


def _permission(group: str, rule: Props) -> Live:
    """A rule of a program as EC2 takes it."""
    described = {"Description": rule["description"]} if rule.get("description") else {}
    peers = {**rule, "securityGroups": [*items(rule, "securityGroups"), *([group] if rule.get("self") else [])]}
    listed = {
        member: [{inner: peer, **described} for peer in items(peers, name)]
        for name, (member, inner) in _PEERS.items()
        if items(peers, name)
    }
    ports = {} if rule["protocol"] == "-1" else {"FromPort": rule["fromPort"], "ToPort": rule["toPort"]}
    return {"IpProtocol": rule["protocol"], **ports, **listed}


def _rule(group: str, permission: Live) -> Props:
    """A rule that EC2 reports, as a program has it."""
    peers = {name: [peer[inner] for peer in items(permission, member)] for name, (member, inner) in _PEERS.items()}
    others = [peer for peer in peers["securityGroups"] if peer != group]
    described = [
        p["Description"] for member, _ in _PEERS.values() for p in items(permission, member) if "Description" in p
    ]
    return {
        **peers,
        "protocol": permission["IpProtocol"],
        "fromPort": permission.get("FromPort", 0),
        "toPort": permission.get("ToPort", 0),
        "securityGroups": others,
        "self": others != peers["securityGroups"],
        "description": described[0] if described else "",
    }


def _write_rules(aws: Aws, props: Props, direction: str) -> None:
    group, end = props["id"], _DIRECTIONS[direction][1]
    rules = aws.call("ec2", "DescribeSecurityGroupRules", Filters=filtered(group_id=group))["SecurityGroupRules"]
    if live := [rule["SecurityGroupRuleId"] for rule in rules if rule["IsEgress"] == (direction == "egress")]:
        aws.call("ec2", f"RevokeSecurityGroup{end}", GroupId=group, SecurityGroupRuleIds=live)
    if wanted := [_permission(group, rule) for rule in items(props, direction)]:
        aws.call("ec2", f"AuthorizeSecurityGroup{end}", GroupId=group, IpPermissions=wanted)


def _rules_state(aws: Aws, props: Props, live: Live) -> Props:
    """The rules that the group itself has been given; those of resources of their own are theirs.

    At an import nobody has said yet whose they are: an input that AWS does not report is missing then.
    """
    imported = "revokeRulesOnDelete" not in props
    own = {
        direction: [_rule(props["id"], permission) for permission in items(live, member)]
        for direction, (member, _) in _DIRECTIONS.items()
        if imported or items(props, direction)
    }
    return {"arn": aws.arn("ec2", f"security-group/{props['id']}"), **own}


_RULES = frozenset({"egress", "ingress"})
_FACETS = (
    Facet(inputs=frozenset({"ingress"}), write=lambda aws, props: _write_rules(aws, props, "ingress")),
    Facet(inputs=frozenset({"egress"}), write=lambda aws, props: _write_rules(aws, props, "egress")),
)
_UNORDERED = frozenset({*_RULES, *(f"{direction}.{name}" for direction in _RULES for name in _PEERS)})


def _create_group(aws: Aws, props: Props) -> Live:
    """AWS lets everything out of a new group; the provider takes that away, so that only the program's rules hold."""
    members = {"GroupName": props["name"], "Description": props["description"], "VpcId": props.get("vpcId")}
    given = {name: value for name, value in members.items() if value}
    made = aws.call("ec2", "CreateSecurityGroup", **given, **tagged("security-group")(props))
    _write_rules(aws, {"id": made["GroupId"]}, "egress")
    return made


def _namesake(aws: Aws, props: Props) -> str | None:
    filters = filtered(group_name=props["name"], **({"vpc_id": props["vpcId"]} if props.get("vpcId") else {}))
    found = aws.call("ec2", "DescribeSecurityGroups", Filters=filters)["SecurityGroups"]
    return found[0]["GroupId"] if found else None


SECURITY_GROUP = ResourceType(
    "aws:ec2/securityGroup:SecurityGroup",
    service="ec2",
    create=_create_group,
    read=one("DescribeSecurityGroups", "GroupIds", "SecurityGroups"),
    delete="DeleteSecurityGroup",
    keys={"GroupId": "id"},
    id=("{GroupId}",),
    import_id=("{id}",),
    names={"name": "GroupName", "ingress": "", "egress": ""},
    state=_rules_state,
    replaces=frozenset({"description", "name", "namePrefix", "vpcId"}),
    defaults={"description": "Managed by Pulumi", "revokeRulesOnDelete": False},
    computed=frozenset({*_RULES, "vpcId"}),
    unordered=_UNORDERED,
    unread=frozenset({"namePrefix", "revokeRulesOnDelete"}),
    facets=_FACETS,
    tags=TAGS,
    twin=_namesake,
)


def _adopt_default(aws: Aws, props: Props) -> Live:
    """The default group is there with its VPC. The provider empties it and then adds the program's rules."""
    filters = filtered(group_name="default", **({"vpc_id": props["vpcId"]} if props.get("vpcId") else {}))
    group = aws.call("ec2", "DescribeSecurityGroups", Filters=filters)["SecurityGroups"][0]
    for direction in _DIRECTIONS:
        _write_rules(aws, {"id": group["GroupId"]}, direction)
    return {"GroupId": group["GroupId"]}


DEFAULT_SECURITY_GROUP = ResourceType(
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
    service="ec2",
    create=_adopt_default,
    read=one("DescribeSecurityGroups", "GroupIds", "SecurityGroups"),
    keys={"GroupId": "id"},
    id=("{GroupId}",),
    import_id=("{id}",),
    names={"name": "GroupName", "ingress": "", "egress": ""},
    state=_rules_state,
    replaces=frozenset({"vpcId"}),
    defaults={"revokeRulesOnDelete": False},
    computed=frozenset({"vpcId"}),
    unordered=_UNORDERED,
    unread=frozenset({"revokeRulesOnDelete"}),
    named="",
    facets=_FACETS,
    tags=TAGS,
)
