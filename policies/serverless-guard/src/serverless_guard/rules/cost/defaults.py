"""Choices that cost less for the same."""

from collections.abc import Iterator

from serverless_guard.record import UNKNOWN, Block, Resource
from serverless_guard.rules.conditions import forbidden, is_none_of, is_one_of
from serverless_guard.rules.rule import Example, Rule

lambda_reserved_concurrency = Rule(
    id="lambda-reserved-concurrency",
    types=("aws:lambda/function:Function",),
    category="cost",
    severity="medium",
    env="prod-only",
    tier="extended",
    sources=("cdk-nag:Nag-LambdaConcurrency", "checkov:CKV_AWS_115"),
    title="Lambda functions have reserved concurrency",
    rationale="A function cannot take all of the account's concurrency, nor run up any bill.",
    fix="Set reservedConcurrentExecutions.",
    check=lambda resource: (
        ["reservedConcurrentExecutions is not set"]
        if resource.props.number("reservedConcurrentExecutions") in {None, -1}
        else []
    ),
    good=(Example({"reservedConcurrentExecutions": 10}),),
    bad=(
        Example({}, finds=("reservedConcurrentExecutions is not set",)),
        Example({"reservedConcurrentExecutions": -1}, finds=("reservedConcurrentExecutions is not set",)),
    ),
)

lambda_recursive_loop_terminate = Rule(
    id="lambda-recursive-loop-terminate",
    types=("aws:lambda/functionRecursionConfig:FunctionRecursionConfig",),
    category="cost",
    severity="medium",
    env="same",
    tier="extended",
    title="Lambda functions do not disable recursive loop detection",
    rationale="A function that calls itself by accident is stopped.",
    fix="Set recursiveLoop to Terminate.",
    check=is_none_of("recursiveLoop", "Allow"),
    good=(Example({"recursiveLoop": "Terminate"}),),
    bad=(Example({"recursiveLoop": "Allow"}, finds=("recursiveLoop has Allow",)),),
)

lambda_architecture_arm64 = Rule(
    id="lambda-architecture-arm64",
    types=("aws:lambda/function:Function",),
    category="cost",
    severity="low",
    env="same",
    tier="extended",
    title="Lambda functions run on the arm64 architecture",
    rationale="A function runs on arm64, which costs a fifth less.",
    fix="Set architectures to [arm64].",
    check=lambda resource: (
        ["architectures is not [arm64]"] if resource.props.texts("architectures") != ("arm64",) else []
    ),
    good=(Example({"architectures": ["arm64"]}),),
    bad=(
        Example({}, finds=("architectures is not [arm64]",)),
        Example({"architectures": ["x86_64"]}, finds=("architectures is not [arm64]",)),
    ),
)

rds_no_extended_support = Rule(
    id="rds-no-extended-support",
    types=("aws:rds/cluster:Cluster", "aws:rds/instance:Instance"),
    category="cost",
    severity="low",
    env="same",
    tier="extended",
    title="RDS DB instances and clusters opt out of RDS Extended Support",
    rationale="A database is not charged for extended support.",
    fix="Set engineLifecycleSupport to open-source-rds-extended-support-disabled.",
    check=is_one_of("engineLifecycleSupport", "open-source-rds-extended-support-disabled"),
    good=(Example({"engineLifecycleSupport": "open-source-rds-extended-support-disabled"}),),
    bad=(
        Example({}, finds=("engineLifecycleSupport is not open-source-rds-extended-support-disabled",)),
        Example(
            {},
            finds=("engineLifecycleSupport is not open-source-rds-extended-support-disabled",),
            type="aws:rds/instance:Instance",
        ),
    ),
)

vpc_no_nat_in_dev = Rule(
    id="vpc-no-nat-in-dev",
    types=("aws:ec2/natGateway:NatGateway",),
    category="cost",
    severity="low",
    env="dev-only",
    tier="extended",
    title="NAT gateways are not created in development stacks",
    rationale="Nobody pays for a NAT gateway where nobody depends on it.",
    fix="Use gateway and interface endpoints.",
    check=forbidden("a NAT gateway stands in a development stack"),
    good=(Example({}, type="aws:ec2/vpc:Vpc"),),
    bad=(Example({}, finds=("a NAT gateway stands in a development stack",)),),
)

CAPPED = {"maxReadRequestUnits": 100, "maxWriteRequestUnits": 100}


def _uncapped(resource: Resource) -> Iterator[str]:
    """Name the limits that a table on demand lacks; -1 takes a limit away."""
    if resource.props.values.get("onDemandThroughput") is UNKNOWN:
        return
    given = resource.props.blocks("onDemandThroughput")
    missing = [name for name in CAPPED if not any(_is_limit(block, name) for block in given)]
    if missing and resource.props.text("billingMode") == "PAY_PER_REQUEST":
        yield f"onDemandThroughput has no {', '.join(missing)}"


def _is_limit(block: Block, name: str) -> bool:
    return block.values.get(name) is UNKNOWN or (block.number(name) or 0) > 0


dynamodb_on_demand_cap = Rule(
    id="dynamodb-on-demand-cap",
    types=("aws:dynamodb/table:Table",),
    category="cost",
    severity="low",
    env="threshold-per-stack",
    tier="extended",
    title="DynamoDB on-demand tables set a maximum throughput",
    rationale="A table on demand has a ceiling.",
    fix="Set onDemandThroughput to {maxReadRequestUnits, maxWriteRequestUnits}.",
    check=_uncapped,
    good=(
        Example({"billingMode": "PROVISIONED"}),
        Example({"billingMode": "PAY_PER_REQUEST", "onDemandThroughput": CAPPED}),
        Example({"billingMode": "PAY_PER_REQUEST", "onDemandThroughput": UNKNOWN}),
        Example(
            {
                "billingMode": "PAY_PER_REQUEST",
                "onDemandThroughput": {"maxReadRequestUnits": UNKNOWN, "maxWriteRequestUnits": 1},
            }
        ),
        Example(
            {
                "billingMode": "PAY_PER_REQUEST",
                "onDemandThroughput": {"maxReadRequestUnits": 1, "maxWriteRequestUnits": 1},
            }
        ),
    ),
    bad=(
        Example(
            {"billingMode": "PAY_PER_REQUEST"},
            finds=("onDemandThroughput has no maxReadRequestUnits, maxWriteRequestUnits",),
        ),
        Example(
            {"billingMode": "PAY_PER_REQUEST", "onDemandThroughput": CAPPED | {"maxWriteRequestUnits": -1}},
            finds=("onDemandThroughput has no maxWriteRequestUnits",),
        ),
        Example(
            {"billingMode": "PAY_PER_REQUEST", "onDemandThroughput": {"maxWriteRequestUnits": 100}},
            finds=("onDemandThroughput has no maxReadRequestUnits",),
        ),
        Example(
            {
                "billingMode": "PAY_PER_REQUEST",
                "onDemandThroughput": {"maxReadRequestUnits": 0, "maxWriteRequestUnits": 1},
            },
            finds=("onDemandThroughput has no maxReadRequestUnits",),
        ),
    ),
    unknown_passes_because="A value that is unknown is there all the same.",
)
