"""Network ACLs that keep administration away from the internet."""

from collections.abc import Iterator

from serverless_guard.record import Block, Resource
from serverless_guard.rules.conditions import unless
from serverless_guard.rules.exposure.traffic import ALL, open_sources, ports, protocol, words
from serverless_guard.rules.rule import Example, resource_rule

ACL, RULE = "aws:ec2/networkAcl:NetworkAcl", "aws:ec2/networkAclRule:NetworkAclRule"
DEFAULT_ACL = "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl"
ADMINISTRATION = (20, 21, 22, 3389)
"""Ports of FTP, SSH and RDP."""
OPEN = {"cidrBlock": "0.0.0.0/0", "protocol": "tcp", "fromPort": 22, "toPort": 22}


def _covers(entry: Block, port: int) -> bool:
    """Tell whether an entry is for every address and for a port of TCP."""
    first, last = ports(entry)
    return first <= port <= last and protocol(entry) in {ALL, "tcp"} and bool(open_sources(entry))


@resource_rule(
    "nacl-no-public-admin-ports",
    title="Network ACLs do not allow ingress from 0.0.0.0/0 or ::/0 to ports 20, 21, 22 or 3389",
    types=(ACL, RULE, DEFAULT_ACL),
    category="network-exposure",
    severity="medium",
    env="same",
    tier="extended",
    sources=(
        "cdk-nag:AwsSolutions-VPC3",
        "checkov:CKV_AWS_229",
        "checkov:CKV_AWS_230",
        "checkov:CKV_AWS_231",
        "checkov:CKV_AWS_232",
        "checkov:CKV_AWS_352",
        "trivy:AWS-0102",
        "trivy:AWS-0105",
        "fsbp:EC2.21",
    ),
    fix="Allow the ports and addresses that are needed, or deny ports 20, 21, 22 and 3389 before the rest is allowed.",
    good=(
        Example({"ingress": [{"action": "deny", "ruleNo": 1, **OPEN}, {"action": "allow", "ruleNo": 2, **OPEN}]}),
        Example({"ruleAction": "allow", **OPEN, "cidrBlock": "10.0.0.0/16"}, type=RULE),
        Example({"ruleAction": "allow", "egress": True, **OPEN}, type=RULE),
        Example({"ruleAction": "allow", **OPEN, "protocol": "17"}, type=RULE),
        Example({"ingress": [{"ruleNo": 1, **OPEN}]}),
    ),
    bad=(
        Example(
            {"ingress": [{"action": "allow", "ruleNo": 1, **OPEN}]},
            finds=("ingress from 0.0.0.0/0 on tcp 22 reaches port 22",),
        ),
        Example(
            {"ruleAction": "ALLOW", "protocol": "-1", "cidrBlock": "0.0.0.0/0"},
            type=RULE,
            finds=("ingress from 0.0.0.0/0 on all protocols reaches ports 20, 21, 22, 3389",),
        ),
        Example(
            {"ruleAction": "allow", "protocol": "6", "ipv6CidrBlock": "::/0", "fromPort": 0, "toPort": 65535},
            type=RULE,
            finds=("ingress from ::/0 on tcp, all ports reaches ports 20, 21, 22, 3389",),
        ),
        Example(
            {"ingress": [{"action": "allow", "ruleNo": 2, **OPEN}, {"action": "deny", "ruleNo": 3, **OPEN}]},
            type=DEFAULT_ACL,
            finds=("ingress from 0.0.0.0/0 on tcp 22 reaches port 22",),
        ),
        Example(
            {"ingress": [{"action": "deny", "ruleNo": 2, **OPEN}, {"action": "allow", "ruleNo": 1, **OPEN}]},
            finds=("ingress from 0.0.0.0/0 on tcp 22 reaches port 22",),
        ),
        Example(
            {"ingress": [{"action": "deny", "ruleNo": 1, **OPEN}, {"action": "allow", **OPEN}]},
            finds=("ingress from 0.0.0.0/0 on tcp 22 reaches port 22",),
        ),
        Example(
            {"ruleAction": "allow", "protocol": "all", "cidrBlock": "0.0.0.0/0"},
            finds=("ingress from 0.0.0.0/0 on all protocols reaches ports 20, 21, 22, 3389",),
            type=RULE,
        ),
        Example(
            {"ruleAction": "allow", "protocol": -1.0, "cidrBlock": "0.0.0.0/0"},
            finds=("ingress from 0.0.0.0/0 on all protocols reaches ports 20, 21, 22, 3389",),
            type=RULE,
        ),
        Example(
            {"ruleAction": "allow", **OPEN, "ipv6CidrBlock": "::/0", "fromPort": 20, "toPort": 21},
            finds=("ingress from 0.0.0.0/0, ::/0 on tcp 20-21 reaches ports 20, 21",),
            type=RULE,
        ),
    ),
)
def nacl_no_public_admin_ports(resource: Resource) -> Iterator[str]:
    """No network ACL lets the internet reach a port of administration. The entry with the lowest number decides."""
    yield from unless(_is_egress, _open_ports)(resource)


def _is_egress(resource: Resource) -> bool:
    return resource.type == RULE and resource.props.flag("egress") is True


def _open_ports(acl: Resource) -> Iterator[str]:
    single = acl.type == RULE
    listed = () if single else acl.props.blocks("ingress")
    entries = [acl.props] if single else sorted(listed, key=lambda entry: entry.number("ruleNo") or 0)
    reached: dict[str, list[str]] = {}
    for port in ADMINISTRATION:
        first = next((entry for entry in entries if _covers(entry, port)), None)
        if first is not None and (first.text("ruleAction" if single else "action") or "").lower() == "allow":
            reached.setdefault(f"{', '.join(open_sources(first))} on {words(first)}", []).append(str(port))
    for opened, found in reached.items():
        yield f"ingress from {opened} reaches port{'s' * (len(found) > 1)} {', '.join(found)}"
