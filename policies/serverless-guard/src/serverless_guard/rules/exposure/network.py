"""Security groups that let in and out what must pass."""

from collections.abc import Iterator

from serverless_guard.program import Program
from serverless_guard.record import UNKNOWN, Block, Resource
from serverless_guard.rules.exposure.traffic import every_port, open_rules, open_sources, without_own
from serverless_guard.rules.rule import Example, resource_rule, stack_rule

GROUP = "aws:ec2/securityGroup:SecurityGroup"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"


def _rules(resource: Resource, direction: str) -> list[Block]:
    return [without_own(resource, one) for one in _blocks(resource, direction)]


def _blocks(resource: Resource, direction: str) -> list[Block]:
    if resource.type in {GROUP, DEFAULT_GROUP}:
        return list(resource.props.blocks(direction))
    if resource.type == RULE:
        return [resource.props] if resource.props.text("type") == direction else []
    return [resource.props] if resource.type == (INGRESS if direction == "ingress" else EGRESS) else []


def open_ingress(stack: Program, group: Resource) -> Iterator[str]:
    """Word what a security group lets in from anybody, by its own rules and by those that name it."""
    separate = [
        rule for one in stack.referring(group, "securityGroupId", INGRESS, RULE) for rule in _rules(one, "ingress")
    ]
    return open_rules("ingress", [*_rules(group, "ingress"), *separate])


@resource_rule(
    "sg-no-public-ingress",
    title="Security groups do not allow ingress from 0.0.0.0/0 or ::/0",
    types=(GROUP, INGRESS, RULE, DEFAULT_GROUP),
    category="network-exposure",
    severity="critical",
    env="same",
    sources=(
        "compliance:aws-ec2-securitygroup-disallow-public-internet-ingress",
        "compliance:aws-ec2-securitygroup-disallow-inbound-http-traffic",
        "cdk-nag:AwsSolutions-EC23",
        "checkov:CKV_AWS_24",
        "checkov:CKV_AWS_25",
        "checkov:CKV_AWS_260",
        "checkov:CKV_AWS_277",
        "trivy:AWS-0107",
        "fsbp:EC2.13",
        "fsbp:EC2.14",
        "fsbp:EC2.18",
        "fsbp:EC2.19",
    ),
    fix="Name a security group, or the addresses that connect.",
    good=(
        Example(
            {"ingress": [{"protocol": "tcp", "fromPort": 443, "toPort": 443, "ipv6CidrBlocks": [UNKNOWN]}]},
            depends={"ingress": ("urn:pulumi:prod::blog::aws:ec2/vpc:Vpc::main",)},
        ),
        Example(
            {"cidrIpv4": UNKNOWN, "ipProtocol": "tcp", "fromPort": 443, "toPort": 443},
            type=INGRESS,
            depends={"cidrIpv4": ("urn:pulumi:prod::blog::aws:ec2/eip:Eip::office",)},
        ),
        Example({"ingress": [{"fromPort": 443, "toPort": 443, "protocol": "tcp", "cidrBlocks": ["10.0.0.0/16"]}]}),
        Example({"type": "egress", "cidrBlocks": ["0.0.0.0/0"]}, type=RULE),
    ),
    bad=(
        Example(
            {"cidrIpv4": UNKNOWN, "ipProtocol": "tcp", "fromPort": 443, "toPort": 443},
            finds=("cannot decide: cidrIpv4 is not known at preview",),
            type=INGRESS,
            depends={"cidrIpv4": ("urn:pulumi:prod::blog::aws:ssm/parameter:Parameter::office",)},
        ),
        Example(
            {"ingress": [{"fromPort": 22, "toPort": 22, "protocol": "tcp", "cidrBlocks": ["0.0.0.0/0"]}]},
            finds=("ingress from 0.0.0.0/0 on tcp 22",),
        ),
        Example(
            {"cidrIpv6": "::/0", "fromPort": 443, "ipProtocol": "tcp"},
            type=INGRESS,
            finds=("ingress from ::/0 on tcp 443",),
        ),
        Example(
            {"type": "ingress", "protocol": "-1", "cidrBlocks": ["0.0.0.0/0"]},
            type=RULE,
            finds=("ingress from 0.0.0.0/0 on all protocols",),
        ),
        Example(
            {"cidrIpv4": "128.0.0.0/1", "fromPort": 20, "toPort": 25.0, "ipProtocol": "6"},
            type=INGRESS,
            finds=("ingress from 128.0.0.0/1 on tcp 20-25",),
        ),
        Example(
            {
                "ingress": [
                    {"protocol": "udp", "fromPort": 0, "toPort": 65535, "cidrBlocks": [UNKNOWN, "0.0.0.0/0"]},
                    {"protocol": "icmp", "fromPort": -1, "toPort": -1, "ipv6CidrBlocks": ["::/0"]},
                ]
            },
            type=DEFAULT_GROUP,
            finds=("ingress from 0.0.0.0/0 on udp, all ports", "ingress from ::/0 on icmp"),
        ),
        Example(
            {
                "ingress": [
                    {"protocol": "1", "fromPort": 8, "toPort": 0, "cidrBlocks": ["0.0.0.0/0", "128.0.0.0/1"]},
                    {"protocol": "58", "cidrBlocks": UNKNOWN, "ipv6CidrBlocks": ["::/0"]},
                    {"fromPort": 22, "toPort": 22, "cidrBlocks": ["0.0.0.0/0"]},
                    {"protocol": UNKNOWN, "fromPort": 22, "toPort": 22, "ipv6CidrBlocks": ["::/0"]},
                    {"protocol": "tcp", "cidrBlocks": ["0.0.0.0/0"]},
                    {"protocol": "udp", "fromPort": -1, "toPort": -1, "cidrBlocks": ["0.0.0.0/0"]},
                    {"protocol": "tcp", "fromPort": 22, "toPort": -1, "cidrBlocks": ["0.0.0.0/0"]},
                    {"protocol": "tcp", "fromPort": 0, "toPort": 22, "cidrBlocks": ["0.0.0.0/0"]},
                    {"protocol": "tcp", "fromPort": 2, "toPort": 65535, "cidrBlocks": ["0.0.0.0/0"]},
                    {"protocol": "tcp", "fromPort": UNKNOWN, "toPort": 22, "cidrBlocks": ["0.0.0.0/0"]},
                    {"protocol": "udp", "fromPort": 22, "toPort": UNKNOWN, "cidrBlocks": ["0.0.0.0/0"]},
                ]
            },
            finds=(
                "ingress from 0.0.0.0/0, 128.0.0.0/1 on icmp",
                "ingress from ::/0 on icmpv6",
                "ingress from 0.0.0.0/0 on all protocols",
                "ingress from ::/0 on all protocols",
                "ingress from 0.0.0.0/0 on tcp, all ports",
                "ingress from 0.0.0.0/0 on udp, all ports",
                "ingress from 0.0.0.0/0 on tcp 22",
                "ingress from 0.0.0.0/0 on tcp 0-22",
                "ingress from 0.0.0.0/0 on tcp 2-65535",
                "ingress from 0.0.0.0/0 on tcp, ports not known at preview",
                "ingress from 0.0.0.0/0 on udp, ports not known at preview",
            ),
        ),
        Example(
            {"ingress": [{"protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": UNKNOWN}]},
            finds=("cannot decide: ingress[0].cidrBlocks is not known at preview",),
        ),
        Example(
            {"ingress": [{"protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["10.0.0.0/8", UNKNOWN]}]},
            finds=("cannot decide: ingress[0].cidrBlocks is not known at preview",),
        ),
    ),
)
def sg_no_public_ingress(resource: Resource) -> Iterator[str]:
    """Nothing is open to the whole internet. Other sources, protocols or ports are another finding."""
    return open_rules("ingress", _rules(resource, "ingress"))


@resource_rule(
    "sg-no-unrestricted-egress",
    title="Security groups do not allow all egress",
    types=(GROUP, EGRESS, RULE, DEFAULT_GROUP),
    category="network-exposure",
    severity="medium",
    env="prod-mandatory-dev-advisory",
    sources=(
        "checkov:CKV_AWS_382",
        "trivy:AWS-0104",
    ),
    fix="Name the ports and the addresses, security groups or prefix lists that are called.",
    good=(
        Example({"egress": [{"protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["0.0.0.0/0"]}]}),
        Example({"egress": [{"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": ["10.0.0.0/16"]}]}),
        Example({"ipProtocol": "tcp", "fromPort": 1024, "toPort": 65535, "cidrIpv4": "0.0.0.0/0"}, type=EGRESS),
        Example({"type": "ingress", "protocol": "-1", "cidrBlocks": ["0.0.0.0/0"]}, type=RULE),
        Example(
            {
                "egress": [
                    {"protocol": "-1", "cidrBlocks": ["10.0.0.0/16"]},
                    {"protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["0.0.0.0/0"]},
                ]
            }
        ),
        Example(
            {
                "egress": [
                    {"protocol": "tcp", "fromPort": 0, "toPort": 1023, "cidrBlocks": ["0.0.0.0/0"]},
                    {"protocol": "udp", "fromPort": 1024, "toPort": 65535, "cidrBlocks": ["0.0.0.0/0"]},
                ]
            }
        ),
        Example({"egress": [{"protocol": "tcp", "fromPort": 2, "toPort": 65535, "cidrBlocks": ["0.0.0.0/0"]}]}),
        Example(
            {
                "egress": [
                    {"protocol": "tcp", "fromPort": 0, "toPort": 24, "cidrBlocks": ["0.0.0.0/0"]},
                    {"protocol": "tcp", "fromPort": 26, "toPort": 65535, "cidrBlocks": ["0.0.0.0/0"]},
                ]
            }
        ),
    ),
    bad=(
        Example(
            {"egress": [{"protocol": "ALL", "fromPort": 0, "toPort": 0, "cidrBlocks": ["0.0.0.0/0"]}]},
            finds=("egress to 0.0.0.0/0 on all protocols",),
        ),
        Example(
            {"ipProtocol": "-1", "cidrIpv4": "0.0.0.0/0"},
            type=EGRESS,
            finds=("egress to 0.0.0.0/0 on all protocols",),
        ),
        Example(
            {"type": "egress", "protocol": "6", "fromPort": 1, "toPort": 65535, "ipv6CidrBlocks": ["::/0"]},
            type=RULE,
            finds=("egress to ::/0 on tcp, all ports",),
        ),
        Example(
            {
                "egress": [
                    {"protocol": "udp", "fromPort": 0, "toPort": 1023, "cidrBlocks": ["0.0.0.0/0"]},
                    {"protocol": "17", "fromPort": 1024, "toPort": 65535, "cidrBlocks": ["0.0.0.0/0"]},
                ]
            },
            finds=("egress to 0.0.0.0/0 on udp 0-1023", "egress to 0.0.0.0/0 on udp 1024-65535"),
        ),
        Example(
            {"egress": [{"protocol": "-1", "cidrBlocks": ["0.0.0.0/0"]}]},
            finds=("egress to 0.0.0.0/0 on all protocols",),
            type=DEFAULT_GROUP,
        ),
    ),
)
def sg_no_unrestricted_egress(resource: Resource) -> Iterator[str]:
    """Compromised code cannot reach every address on every port of TCP, of UDP or of all protocols."""
    rules = list(_rules(resource, "egress"))
    opened = [rule for rule in rules if open_sources(rule)] if every_port(rules) else []
    return open_rules("egress", opened if every_port(opened) else ())


@stack_rule(
    "sg-no-rule-management-conflict",
    title="Security groups do not mix inline rules with separate rule resources",
    types=(
        "aws:ec2/securityGroup:SecurityGroup",
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
        "aws:ec2/securityGroupRule:SecurityGroupRule",
    ),
    category="resilience",
    severity="medium",
    env="same",
    sources=("awsguard:security-group-no-rule-management-conflicts",),
    fix="Use rule resources only, and leave ingress and egress of the group out.",
    good=(
        Example({}, others=(Example({}, type=INGRESS, name="i", depends={"securityGroupId": ("subject",)}),)),
        Example({"ingress": [{"protocol": "tcp"}]}),
    ),
    bad=(
        Example(
            {"ingress": [{"protocol": "tcp"}]},
            finds=("the group has inline rules and separate rule resources",),
            others=(Example({}, type=INGRESS, name="i", depends={"securityGroupId": ("subject",)}),),
        ),
        Example(
            {"egress": [{"protocol": "tcp"}]},
            finds=("the group has inline rules and separate rule resources",),
            others=(Example({}, type=EGRESS, name="e", depends={"securityGroupId": ("subject",)}),),
        ),
    ),
    unknown_passes_because="ingress that is unknown is there all the same.",
)
def sg_no_rule_management_conflict(stack: Program) -> Iterator[tuple[Resource, str]]:
    """One place manages the rules of a group, so that no deployment takes away what another gave."""
    for group in stack.of(GROUP):
        inline = group.props.has("ingress") or group.props.has("egress")
        if inline and stack.referring(group, "securityGroupId", INGRESS, EGRESS, RULE):
            yield group, "the group has inline rules and separate rule resources"
