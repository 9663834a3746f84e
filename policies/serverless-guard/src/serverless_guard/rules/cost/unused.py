"""What is paid for, or has to be looked after, and serves nobody."""

from collections.abc import Iterator

from serverless_guard.iam import policy_locations
from serverless_guard.iam.identities import documents_of
from serverless_guard.program import Program
from serverless_guard.record import Resource
from serverless_guard.rules.conditions import any_holds
from serverless_guard.rules.exposure.network import EGRESS, GROUP, INGRESS, RULE
from serverless_guard.rules.rule import Example, stack_rule

TABLE, FUNCTION = "aws:dynamodb/table:Table", "aws:lambda/function:Function"
REPLICA, GLOBAL_TABLE = "aws:dynamodb/tableReplica:TableReplica", "aws:dynamodb/globalTable:GlobalTable"
MAPPING, PIPE = "aws:lambda/eventSourceMapping:EventSourceMapping", "aws:pipes/pipe:Pipe"
VPC, ENDPOINT = "aws:ec2/vpc:Vpc", "aws:ec2/vpcEndpoint:VpcEndpoint"
READS = {"policy": '{"Statement": {"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "*"}}'}


def _needs_no_reader(table: Resource) -> bool:
    """Tell whether a table has no stream, or one by which it replicates."""
    return any_holds(lambda: table.props.flag("streamEnabled") is not True, lambda: bool(table.props.value("replicas")))


@stack_rule(
    "dynamodb-stream-view-minimal",
    title="DynamoDB streams have a consumer in the stack",
    types=(TABLE,),
    category="cost",
    severity="low",
    env="same",
    tier="extended",
    fix="Set streamEnabled to false, or add what reads the stream.",
    good=(
        Example({}),
        Example(
            {"streamEnabled": True},
            others=(Example({}, type=MAPPING, name="m", depends={"eventSourceArn": ("subject",)}),),
        ),
        Example(
            {"name": "orders", "streamEnabled": True},
            others=(
                Example(
                    {"eventSourceArn": "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/1"},
                    type=MAPPING,
                    name="m",
                ),
            ),
        ),
        Example({"streamEnabled": True}, others=(Example({}, type=PIPE, name="p", depends={"source": ("subject",)}),)),
        Example({"streamEnabled": True, "replicas": [{"regionName": "eu-west-1"}]}),
        Example(
            {"streamEnabled": True},
            others=(Example({}, type=REPLICA, name="r", depends={"globalTableArn": ("subject",)}),),
        ),
        Example(
            {"name": "orders", "streamEnabled": True},
            others=(Example({"name": "orders"}, type=GLOBAL_TABLE, name="g"),),
        ),
    ),
    bad=(
        Example({"streamEnabled": True}, finds=("streamEnabled is true, and nothing of the stack reads the stream",)),
        Example(
            {"name": "orders", "streamEnabled": True},
            finds=("streamEnabled is true, and nothing of the stack reads the stream",),
            others=(
                Example(
                    {"eventSourceArn": "arn:aws:dynamodb:eu-west-1:123456789012:table/orders"}, type=MAPPING, name="m"
                ),
                Example({}, type=MAPPING, name="other"),
                Example({}, type=REPLICA, name="r"),
                Example({"name": "shop"}, type=GLOBAL_TABLE, name="g"),
            ),
        ),
    ),
)
def dynamodb_stream_view_minimal(stack: Program) -> Iterator[tuple[Resource, str]]:
    """A table's stream has somebody who reads it; a global table replicates by it.

    Source: Amazon DynamoDB Developer Guide, "Global tables: how it works" (both versions).
    """
    arns = (one.props.known_text("eventSourceArn") or "" for one in stack.of(MAPPING))
    named = {arn.partition(":table/")[2].partition("/stream/")[0] for arn in arns if "/stream/" in arn}
    replicated = {one.props.known_text("name") for one in stack.of(GLOBAL_TABLE)} - {None}
    for table in stack.of(TABLE):
        readers = (
            stack.referring(table, "globalTableArn", REPLICA),
            table.props.known_text("name") in replicated,
            stack.referring(table, "eventSourceArn", MAPPING),
            stack.referring(table, "source", PIPE),
            table.props.known_text("name") in named,
        )
        if not any(readers) and not _needs_no_reader(table):
            yield table, "streamEnabled is true, and nothing of the stack reads the stream"


@stack_rule(
    "sg-attached",
    title="Security groups are used by a resource in the stack",
    types=(GROUP,),
    category="cost",
    severity="low",
    env="same",
    tier="extended",
    sources=("checkov:CKV2_AWS_5",),
    fix="Attach the group to what it is for, or take it out.",
    good=(Example({}, others=(Example({}, type=FUNCTION, name="f", depends={"vpcConfig": ("subject",)}),)),),
    bad=(
        Example({}, finds=("nothing of the stack uses the group",)),
        Example(
            {},
            finds=("nothing of the stack uses the group",),
            others=(Example({}, type=INGRESS, name="i", depends={"securityGroupId": ("subject",)}),),
        ),
        Example(
            {},
            finds=("nothing of the stack uses the group",),
            others=(
                Example(
                    {"sourceSecurityGroupId": "sg-1"}, type=RULE, name="r", depends={"securityGroupId": ("subject",)}
                ),
                Example({}, type=EGRESS, name="e", depends={"securityGroupId": ("subject",)}),
            ),
        ),
        Example(
            {},
            finds=(
                "nothing of the stack uses the group",
                ("g", "nothing of the stack uses the group"),
            ),
            others=(Example({"ingress": []}, type=GROUP, name="g", depends={"ingress": ("subject",)}),),
        ),
    ),
    unknown_passes_because="What uses a group is told by the dependency.",
)
def sg_attached(stack: Program) -> Iterator[tuple[Resource, str]]:
    """A security group protects something. Its own rules, and those of others that name it, do not count."""
    users = [one for one in stack.resources if one.type not in {GROUP, INGRESS, EGRESS, RULE}]
    used = frozenset(urn for one in users for urns in one.depends.values() for urn in urns)
    for group in stack.of(GROUP):
        if group.urn not in used:
            yield group, "nothing of the stack uses the group"


@stack_rule(
    "vpc-gateway-endpoints",
    title="VPCs have endpoints for DynamoDB and S3 if Lambda functions in a VPC use them",
    types=(VPC, ENDPOINT, FUNCTION),
    category="cost",
    severity="low",
    env="same",
    tier="extended",
    sources=("fsbp:EC2.10",),
    fix="Add an aws.ec2.VpcEndpoint of type Gateway for the service to the VPC; it costs nothing.",
    good=(
        Example({}, type=VPC),
        Example(
            {},
            type=VPC,
            others=(
                Example({}, type=FUNCTION, name="f", depends={"vpcConfig": ("subnet",), "role": ("r",)}),
                Example({}, type=policy_locations.ROLE, name="r"),
                Example(READS, type=policy_locations.IDENTITY[0], name="p", depends={"role": ("r",)}),
                Example(
                    {"serviceName": "com.amazonaws.eu-west-1.dynamodb"},
                    type=ENDPOINT,
                    name="e",
                    depends={"vpcId": ("subject",)},
                ),
            ),
        ),
        Example(
            {},
            type=VPC,
            others=(
                Example({}, type=FUNCTION, name="f", depends={"role": ("r",)}),
                Example({}, type=policy_locations.ROLE, name="r"),
                Example(READS, type=policy_locations.IDENTITY[0], name="p", depends={"role": ("r",)}),
            ),
        ),
    ),
    bad=(
        Example(
            {},
            finds=("functions of the VPC use dynamodb, and the VPC has no endpoint for it",),
            type=VPC,
            others=(
                Example({}, type=FUNCTION, name="f", depends={"vpcConfig": ("subnet",), "role": ("r",)}),
                Example({}, type=policy_locations.ROLE, name="r"),
                Example(READS, type=policy_locations.IDENTITY[0], name="p", depends={"role": ("r",)}),
            ),
        ),
        Example(
            {},
            finds=("functions of the VPC use s3, and the VPC has no endpoint for it",),
            type=VPC,
            others=(
                Example({"vpcConfig": {"subnetIds": ["subnet-1"]}}, type=FUNCTION, name="f", depends={"role": ("r",)}),
                Example({}, type=policy_locations.ROLE, name="r"),
                Example(
                    {"policy": '{"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}}'},
                    type=policy_locations.IDENTITY[0],
                    name="p",
                    depends={"role": ("r",)},
                ),
                Example({}, type=ENDPOINT, name="e", depends={"vpcId": ("subject",)}),
            ),
        ),
    ),
)
def vpc_gateway_endpoints(stack: Program) -> Iterator[tuple[Resource, str]]:
    """Functions of a VPC reach DynamoDB and S3 inside of AWS's network, without a NAT gateway."""
    inside = [one for one in stack.of(FUNCTION) if one.props.has("vpcConfig") or "vpcConfig" in one.depends]
    roles = {id(role): role for one in inside for role in stack.referred(one, "role", policy_locations.ROLE)}.values()
    statements = [one for role in roles for document in documents_of(stack, role) for one in document.allows()]
    for service in ("dynamodb", "s3"):
        called = any(action.lower().startswith(f"{service}:") for one in statements for action in one.actions)
        for vpc in stack.of(VPC) if called else ():
            ends = (one.props.text("serviceName") or "" for one in stack.referring(vpc, "vpcId", ENDPOINT))
            if not any(end.endswith(f".{service}") for end in ends):
                yield vpc, f"functions of the VPC use {service}, and the VPC has no endpoint for it"
