"""VPCs: default security groups, subnets, default VPCs and endpoints."""

from collections.abc import Iterator

from serverless_guard.iam import resource_policies
from serverless_guard.iam.conditions import limits_endpoint
from serverless_guard.iam.evaluator import Access
from serverless_guard.iam.examples import allow, policy
from serverless_guard.iam.pattern import matches_everything
from serverless_guard.iam.resource_policies import ENDPOINTS
from serverless_guard.program import Program
from serverless_guard.record import UNKNOWN, Resource
from serverless_guard.rules.conditions import forbidden
from serverless_guard.rules.remedies import sets
from serverless_guard.rules.rule import Example, Rule, resource_rule, stack_rule

INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
SERVICE = "aws:ec2/vpcEndpointService:VpcEndpointService"
DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"


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
    bad=(
        Example({"mapPublicIpOnLaunch": True}, finds=("mapPublicIpOnLaunch is true",)),
        Example({"assignIpv6AddressOnCreation": True}, finds=("assignIpv6AddressOnCreation is true",)),
    ),
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
    bad=(Example({}, finds=("the default VPC is used",)),),
)


def _takes_policy(endpoint: Resource) -> bool:
    """Tell whether an endpoint leads to a service of AWS, which a policy of the endpoint can limit."""
    service = endpoint.props.known_text("serviceName") or ""
    if ".vpce-svc-" in service or SERVICE in endpoint.source_types("serviceName"):
        return False
    return (endpoint.props.text("vpcEndpointType") or "Gateway") in {"Gateway", "Interface"}


@resource_rule(
    "vpc-endpoint-policy-scoped",
    title="VPC endpoints have a policy that does not allow all actions on all resources",
    types=ENDPOINTS,
    category="least-privilege",
    severity="medium",
    env="same",
    fix="Give the endpoint a policy that names the resources reached through it.",
    good=(
        Example({"vpcEndpointType": "GatewayLoadBalancer"}),
        Example({"vpcEndpointType": "Interface", "serviceName": "com.amazonaws.vpce.eu-west-1.vpce-svc-0a1b2c3d"}),
        Example(
            {"vpcEndpointType": "Interface", "serviceName": UNKNOWN},
            depends={"serviceName": (f"urn:pulumi:prod::blog::{SERVICE}::orders",)},
        ),
        Example(policy(allow("dynamodb:GetItem", Principal="*"))),
        Example(policy(allow("*", "*", Principal="*", Condition={"StringEquals": {"aws:ResourceOrgID": "o-1a2b3c"}}))),
        Example(policy(allow("dynamodb:*", "arn:aws:dynamodb:eu-west-1:123456789012:table/blog", Principal="*"))),
        Example(policy(allow("*", "arn:aws:dynamodb:eu-west-1:123456789012:table/blog", Principal="*"))),
        Example(policy(allow("dynamodb:GetItem", "*", Principal="*"))),
    ),
    bad=(
        Example(
            {"vpcEndpointType": "Interface", "serviceName": "com.amazonaws.eu-west-1.sqs"},
            finds=("policy is not set: the endpoint lets everything through",),
        ),
        Example(
            {"vpcEndpointType": "Gateway"},
            finds=("policy is not set: the endpoint lets everything through",),
        ),
        Example({}, finds=("policy is not set: the endpoint lets everything through",)),
        Example(
            policy(allow("*", "*", Principal="*")),
            type=ENDPOINTS[1],
            finds=("policy.Statement[0] lets everything through",),
        ),
    ),
)
def vpc_endpoint_policy_scoped(resource: Resource) -> Iterator[str]:
    """An endpoint leads to the application's resources, not to everybody's.

    Endpoints of load balancers, of resources and of services that are not AWS's have no policy. AWS PrivateLink Guide,
    "Control access to VPC endpoints using endpoint policies".
    """
    documents = list(resource_policies.documents(resource))
    if not documents and _takes_policy(resource):
        yield "policy is not set: the endpoint lets everything through"
    for document in documents:
        everything = (
            one
            for one in Access.of_resource(document).all_grants()
            if not one.action.strip("*?:") and matches_everything(one.resource) and not one.limited(limits_endpoint)
        )
        yield from (f"{where} lets everything through" for where in dict.fromkeys(one.where for one in everything))


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
        Example({}, finds=("the VPC's default security group is not closed",)),
        Example(
            {},
            finds=("the VPC's default security group is not closed",),
            others=(
                Example({"ingress": [{"self": True}]}, type=DEFAULT_GROUP, name="d", depends={"vpcId": ("subject",)}),
            ),
        ),
        Example(
            {},
            finds=("the VPC's default security group is not closed",),
            others=(
                Example(
                    {"egress": [{"protocol": "-1"}]}, type=DEFAULT_GROUP, name="d", depends={"vpcId": ("subject",)}
                ),
            ),
        ),
        Example(
            {},
            finds=("the VPC's default security group is not closed",),
            others=(
                Example({}, type=DEFAULT_GROUP, name="d", depends={"vpcId": ("subject",)}),
                Example({}, type=INGRESS, name="i", depends={"securityGroupId": ("d",)}),
            ),
        ),
        Example(
            {},
            finds=("the VPC's default security group is not closed",),
            others=(
                Example({}, type=DEFAULT_GROUP, name="d", depends={"vpcId": ("subject",)}),
                Example({}, type=EGRESS, name="e", depends={"securityGroupId": ("d",)}),
            ),
        ),
        Example(
            {},
            finds=("the VPC's default security group is not closed",),
            others=(
                Example({}, type=DEFAULT_GROUP, name="d", depends={"vpcId": ("subject",)}),
                Example({}, type=RULE, name="r", depends={"securityGroupId": ("d",)}),
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
