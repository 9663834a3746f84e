"""Security groups, subnets and endpoints that let in and out what must pass."""

from collections.abc import Iterator

from serverless_guard.addresses import anybody
from serverless_guard.iam.document import read
from serverless_guard.iam.examples import allow, policy
from serverless_guard.iam.pattern import matches_everything
from serverless_guard.program import Program
from serverless_guard.record import Block, Resource
from serverless_guard.rules.conditions import forbidden
from serverless_guard.rules.remedies import sets
from serverless_guard.rules.rule import Example, Rule, resource_rule, stack_rule

GROUP = "aws:ec2/securityGroup:SecurityGroup"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
CIDRS = ("cidrIpv4", "cidrIpv6", "cidrBlocks", "ipv6CidrBlocks")


def open_to_anybody(block: Block) -> bool:
    """Tell whether a rule of a group is for all addresses, or for so many that they are nobody's."""
    return any(anybody(cidr) for path in CIDRS for cidr in block.texts(path))


def _rules(resource: Resource, direction: str) -> Iterator[Block]:
    if resource.type == GROUP:
        yield from resource.props.blocks(direction)
    elif resource.type == RULE:
        if resource.props.text("type") == direction:
            yield resource.props
    elif resource.type == (INGRESS if direction == "ingress" else EGRESS):
        yield resource.props


@resource_rule(
    "sg-no-public-ingress",
    title="Security groups do not allow ingress from 0.0.0.0/0 or ::/0",
    types=(
        "aws:ec2/securityGroup:SecurityGroup",
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        "aws:ec2/securityGroupRule:SecurityGroupRule",
    ),
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
        Example({"ingress": [{"fromPort": 443, "toPort": 443, "protocol": "tcp", "cidrBlocks": ["10.0.0.0/16"]}]}),
        Example({"type": "egress", "cidrBlocks": ["0.0.0.0/0"]}, type=RULE),
    ),
    bad=(
        Example({"ingress": [{"fromPort": 22, "toPort": 22, "protocol": "tcp", "cidrBlocks": ["0.0.0.0/0"]}]}),
        Example({"cidrIpv6": "::/0", "fromPort": 443, "ipProtocol": "tcp"}, type=INGRESS),
        Example({"type": "ingress", "protocol": "-1", "cidrBlocks": ["0.0.0.0/0"]}, type=RULE),
        Example({"cidrIpv4": "128.0.0.0/1", "fromPort": 22, "ipProtocol": "tcp"}, type=INGRESS),
    ),
)
def sg_no_public_ingress(resource: Resource) -> Iterator[str]:
    """Nothing is open to the whole internet."""
    for rule in _rules(resource, "ingress"):
        if open_to_anybody(rule):
            yield f"{rule.path.rstrip('.') or 'the rule'} lets in every address"


@resource_rule(
    "sg-no-unrestricted-egress",
    title="Security groups do not allow all egress",
    types=(
        "aws:ec2/securityGroup:SecurityGroup",
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
        "aws:ec2/securityGroupRule:SecurityGroupRule",
    ),
    category="network-exposure",
    severity="medium",
    env="prod-mandatory-dev-advisory",
    sources=(
        "checkov:CKV_AWS_382",
        "trivy:AWS-0104",
    ),
    fix="Name the ports and the addresses, security groups or prefix lists that are called.",
    good=(Example({"egress": [{"protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["0.0.0.0/0"]}]}),),
    bad=(
        Example({"egress": [{"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": ["0.0.0.0/0"]}]}),
        Example({"ipProtocol": "-1", "cidrIpv4": "0.0.0.0/0"}, type=EGRESS),
    ),
)
def sg_no_unrestricted_egress(resource: Resource) -> Iterator[str]:
    """What is taken over cannot call everywhere on every port."""
    for rule in _rules(resource, "egress"):
        protocol = rule.value("protocol" if resource.type != EGRESS else "ipProtocol")
        if open_to_anybody(rule) and str(protocol) in {"-1", "-1.0", "all"}:
            yield f"{rule.path.rstrip('.') or 'the rule'} lets everything out to every address"


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
    good=(Example({}, others=(Example({}, type=INGRESS, name="i", depends={"securityGroupId": ("subject",)}),)),),
    bad=(
        Example(
            {"ingress": [{"protocol": "tcp"}]},
            others=(Example({}, type=INGRESS, name="i", depends={"securityGroupId": ("subject",)}),),
        ),
    ),
    unknown_passes_because="ingress that is unknown is there all the same.",
)
def sg_no_rule_management_conflict(stack: Program) -> Iterator[tuple[Resource, str]]:
    """One place manages the rules of a group, so that no deployment takes away what another gave."""
    for group in stack.of(GROUP):
        inline = group.props.has("ingress") or group.props.has("egress")
        if inline and stack.referring(group, "securityGroupId", INGRESS, EGRESS, RULE):
            yield group, "the group has rules of its own and others beside it"


DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"


@stack_rule(
    "default-sg-closed",
    title="VPC default security groups do not allow inbound or outbound traffic",
    types=(
        "aws:ec2/vpc:Vpc",
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
    ),
    category="network-exposure",
    severity="medium",
    env="same",
    sources=(
        "cdk-nag:Nag-VPCDefaultSecurityGroupClosed",
        "checkov:CKV2_AWS_12",
        "trivy:AWS-0173",
        "fsbp:EC2.2",
    ),
    fix="Add an aws.ec2.DefaultSecurityGroup for the VPC without ingress and egress.",
    good=(Example({}, others=(Example({}, type=DEFAULT_GROUP, name="d", depends={"vpcId": ("subject",)}),)),),
    bad=(
        Example({}),
        Example(
            {},
            others=(
                Example({"ingress": [{"self": True}]}, type=DEFAULT_GROUP, name="d", depends={"vpcId": ("subject",)}),
            ),
        ),
    ),
)
def default_sg_closed(stack: Program) -> Iterator[tuple[Resource, str]]:
    """What forgets to name a security group can talk to nobody."""
    for vpc in stack.of("aws:ec2/vpc:Vpc"):
        groups = stack.referring(vpc, "vpcId", DEFAULT_GROUP)
        if not any(_closed(stack, one) for one in groups):
            yield vpc, "the VPC's default security group is not closed"


def _closed(stack: Program, group: Resource) -> bool:
    own = group.props.has("ingress") or group.props.has("egress")
    return not own and not stack.referring(group, "securityGroupId", INGRESS, EGRESS, RULE)


@resource_rule(
    "subnet-no-public-ip",
    title="VPC subnets do not automatically assign public IPv4 or IPv6 addresses",
    types=("aws:ec2/subnet:Subnet",),
    category="network-exposure",
    severity="medium",
    env="same",
    sources=(
        "cdk-nag:Nag-VPCSubnetAutoAssignPublicIpDisabled",
        "checkov:CKV_AWS_130",
        "trivy:AWS-0164",
        "fsbp:EC2.15",
    ),
    fix="Leave mapPublicIpOnLaunch and assignIpv6AddressOnCreation out.",
    remedy=sets("mapPublicIpOnLaunch?", "assignIpv6AddressOnCreation?", to=False),
    good=(Example({}), Example({"mapPublicIpOnLaunch": False})),
    bad=(Example({"mapPublicIpOnLaunch": True}), Example({"assignIpv6AddressOnCreation": True})),
)
def subnet_no_public_ip(resource: Resource) -> Iterator[str]:
    """Nothing gets a public address by itself."""
    for path in ("mapPublicIpOnLaunch", "assignIpv6AddressOnCreation"):
        if resource.props.flag(path):
            yield f"{path} is true"


vpc_no_default_vpc = Rule(
    id="vpc-no-default-vpc",
    types=("aws:ec2/defaultVpc:DefaultVpc",),
    category="network-exposure",
    severity="medium",
    env="same",
    sources=(
        "checkov:CKV_AWS_148",
        "trivy:AWS-0101",
    ),
    title="Default VPCs are not used",
    rationale="Nothing stands in the default VPC, whose subnets are public.",
    fix="Create a VPC with aws.ec2.Vpc.",
    check=forbidden("the default VPC is used"),
    good=(Example({}, type="aws:ec2/vpc:Vpc"),),
    bad=(Example({}),),
)


@resource_rule(
    "vpc-endpoint-policy-scoped",
    title="VPC endpoints have a policy that does not allow all actions on all resources",
    types=("aws:ec2/vpcEndpoint:VpcEndpoint",),
    category="least-privilege",
    severity="medium",
    env="same",
    fix="Give the endpoint a policy that names the resources reached through it.",
    good=(Example(policy(allow("dynamodb:GetItem", Principal="*"))),),
    bad=(Example({}), Example(policy(allow("*", "*", Principal="*")))),
)
def vpc_endpoint_policy_scoped(resource: Resource) -> Iterator[str]:
    """An endpoint leads to the application's resources, not to everybody's."""
    document = read(resource.props, "policy")
    if document is None:
        yield "policy is not set: the endpoint lets everything through"
        return
    for statement in document.allows():
        whole = any(matches_everything(one) for one in statement.resources)
        if whole and any(not pattern.strip("*:") for pattern in statement.actions):
            yield f"{statement.where} lets everything through"
