"""Functions and tables that keep working."""

from collections.abc import Iterator

from serverless_guard.program import Program
from serverless_guard.record import Resource
from serverless_guard.rules.conditions import unless
from serverless_guard.rules.rule import Example, Option, resource_rule, stack_rule

RETIRED = {
    "nodejs": "2016-10-31", "nodejs4.3": "2020-03-05", "nodejs4.3-edge": "2020-03-05", "nodejs6.10": "2019-08-12",
    "nodejs8.10": "2020-03-06", "nodejs10.x": "2021-07-30", "nodejs12.x": "2023-03-31", "nodejs14.x": "2023-12-04",
    "nodejs16.x": "2024-06-12", "nodejs18.x": "2025-09-01", "nodejs20.x": "2026-04-30", "python2.7": "2021-07-15",
    "python3.6": "2022-07-18", "python3.7": "2023-12-04", "python3.8": "2024-10-14", "python3.9": "2025-12-15",
    "python3.10": "2026-10-31", "ruby2.5": "2021-07-30", "ruby2.7": "2023-12-07", "ruby3.2": "2026-03-31",
    "java8": "2024-01-08", "go1.x": "2024-01-08", "dotnetcore1.0": "2019-06-27", "dotnetcore2.0": "2019-05-30",
    "dotnetcore2.1": "2022-01-05", "dotnetcore3.1": "2023-04-03", "dotnet5.0": "2022-05-10", "dotnet6": "2024-12-20",
    "dotnet7": "2024-05-14", "dotnet8": "2026-11-10", "provided": "2024-01-08", "provided.al2": "2026-07-31",
}  # fmt: skip
"""Runtimes that get no more security patches, with the day of their deprecation.

Lambda Developer Guide, "Lambda runtimes": the tables of supported and deprecated runtimes.
"""


NEWEST = {
    "python": "python3.14", "nodejs": "nodejs24.x", "java": "java25", "dotnet": "dotnet10", "ruby": "ruby3.4",
    "provided": "provided.al2023", "go": "provided.al2023",
}  # fmt: skip
"""The newest runtime of each family; Go runs on an OS-only one. Lambda Developer Guide, "Lambda runtimes"."""


def newest_runtime(resource: Resource) -> str:
    """Name the newest runtime of a function's language."""
    runtime = resource.props.known_text("runtime") or ""
    newest = next((name for family, name in NEWEST.items() if runtime.startswith(family)), "")
    return f"Set runtime to {newest}." if newest else ""


@resource_rule(
    "lambda-runtime-supported",
    title="Lambda functions use supported runtimes",
    types=("aws:lambda/function:Function",),
    category="resilience",
    severity="high",
    env="same",
    sources=(
        "cdk-nag:AwsSolutions-L1",
        "checkov:CKV_AWS_363",
        "fsbp:Lambda.2",
        "serverless-rules:E2531",
        "serverless-rules:aws_lambda_function_eol_runtime",
    ),
    fix="Use a runtime that AWS still patches, for example python3.13.",
    fix_for=newest_runtime,
    good=(
        Example({"runtime": "python3.13"}),
        Example({"packageType": "Image"}),
        Example({"packageType": "Image", "runtime": "python3.8"}),
        Example({}),
    ),
    bad=(
        Example({"runtime": "nodejs20.x"}, finds=("the runtime nodejs20.x was deprecated on 2026-04-30",)),
        Example({"runtime": "python3.8"}, finds=("the runtime python3.8 was deprecated on 2024-10-14",)),
    ),
)
def lambda_runtime_supported(resource: Resource) -> Iterator[str]:
    """A function runs on a runtime that gets security patches."""
    yield from unless(lambda one: one.props.text("packageType") == "Image", _runtime_retired)(resource)


def _runtime_retired(function: Resource) -> Iterator[str]:
    runtime = function.props.text("runtime")
    if runtime in RETIRED:
        yield f"the runtime {runtime} was deprecated on {RETIRED[runtime]}"


@resource_rule(
    "lambda-timeout-sized",
    title="Lambda functions set a timeout other than the default of 3 seconds, up to the maximum",
    types=("aws:lambda/function:Function",),
    category="resilience",
    severity="low",
    env="same",
    sources=(
        "cdk-nag:Serverless-LambdaDefaultTimeout",
        "serverless-rules:ES1006",
        "serverless-rules:aws_lambda_function_default_timeout",
    ),
    fix="Set timeout to what the function needs in the worst case, in seconds.",
    options={"maximumSeconds": Option(900, "The longest timeout of a function, in seconds.")},
    good=(
        Example({"timeout": 30}),
        Example({"timeout": 900}),
    ),
    bad=(
        Example({"timeout": 3}, finds=("timeout is the default of 3 seconds",)),
        Example({}, finds=("timeout is the default of 3 seconds",)),
        Example(
            {"timeout": 60}, finds=("timeout is 60, above the maximum of 30 seconds",), settings={"maximumSeconds": 30}
        ),
        Example({"timeout": 901}, finds=("timeout is 901, above the maximum of 900 seconds",)),
    ),
)
def lambda_timeout_sized(resource: Resource) -> Iterator[str]:
    """A function's timeout was thought about: it is neither the 3 seconds of the default nor endless."""
    timeout = resource.props.number("timeout")
    most = resource.settings["maximumSeconds"]
    if timeout is None or timeout == 3:  # noqa: PLR2004  the default of Lambda
        yield "timeout is the default of 3 seconds"
    elif timeout > most:
        yield f"timeout is {timeout:g}, above the maximum of {most} seconds"


SCALING = "aws:appautoscaling/target:Target"


@stack_rule(
    "dynamodb-capacity-elastic",
    title="DynamoDB tables automatically scale capacity with demand",
    types=("aws:dynamodb/table:Table",),
    category="resilience",
    severity="medium",
    env="same",
    sources=(
        "cdk-nag:Nag-DynamoDBAutoScalingEnabled",
        "checkov:CKV2_AWS_16",
        "fsbp:DynamoDB.1",
    ),
    fix="Set billingMode to PAY_PER_REQUEST, or add an appautoscaling Target and Policy for the table.",
    good=(
        Example({"billingMode": "PAY_PER_REQUEST"}),
        Example({"name": "blog"}, others=(Example({"resourceId": "table/blog"}, type=SCALING, name="scaling"),)),
        Example({}, others=(Example({}, type=SCALING, name="scaling", depends={"resourceId": ("subject",)}),)),
    ),
    bad=(
        Example({}, finds=("billingMode is provisioned and nothing scales the capacity",)),
        Example(
            {"billingMode": "PROVISIONED", "name": "blog"},
            finds=("billingMode is provisioned and nothing scales the capacity",),
        ),
    ),
)
def dynamodb_capacity_elastic(stack: Program) -> Iterator[tuple[Resource, str]]:
    """A table grows with its load."""
    scaled = {target.props.known_text("resourceId") for target in stack.of(SCALING)}
    for table in stack.of("aws:dynamodb/table:Table"):
        named = f"table/{table.props.known_text('name')}" in scaled
        elastic = named or stack.referring(table, "resourceId", SCALING)
        if not elastic and table.props.text("billingMode") != "PAY_PER_REQUEST":
            yield table, "billingMode is provisioned and nothing scales the capacity"


EXCLUSIVE = (
    "aws:iam/rolePoliciesExclusive:RolePoliciesExclusive",
    "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive",
)
SEPARATE = (
    "aws:iam/rolePolicy:RolePolicy",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:iam/policyAttachment:PolicyAttachment",
)


@stack_rule(
    "iam-role-no-policy-management-conflict",
    title="IAM roles do not mix policy properties with separate policy resources",
    types=(
        "aws:iam/role:Role",
        "aws:iam/rolePolicy:RolePolicy",
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        "aws:iam/policyAttachment:PolicyAttachment",
        "aws:iam/rolePoliciesExclusive:RolePoliciesExclusive",
    ),
    category="resilience",
    severity="medium",
    env="same",
    sources=("awsguard:iam-role-no-policy-management-conflicts",),
    fix="Manage the role's policies in one way: RolePolicy and RolePolicyAttachment, or the role's own properties.",
    good=(
        Example({}, others=(Example({}, type=SEPARATE[0], name="p", depends={"role": ("subject",)}),)),
        Example({"managedPolicyArns": ["arn:aws:iam::123456789012:policy/p"]}),
        Example({}, others=(Example({}, type=EXCLUSIVE[0], name="e", depends={"roleName": ("subject",)}),)),
    ),
    bad=(
        Example(
            {"inlinePolicies": [{"name": "p", "policy": "{}"}]},
            finds=("the role has policies of its own and others attached separately",),
            others=(Example({}, type=SEPARATE[0], name="p", depends={"role": ("subject",)}),),
        ),
        Example(
            {"managedPolicyArns": ["arn:aws:iam::123456789012:policy/p"]},
            finds=("the role has policies of its own and others attached separately",),
            others=(Example({}, type=SEPARATE[1], name="a", depends={"role": ("subject",)}),),
        ),
        Example(
            {"inlinePolicies": [{"name": "p", "policy": "{}"}]},
            finds=("the role has policies of its own and others attached separately",),
            others=(Example({}, type=SEPARATE[2], name="a", depends={"roles": ("subject",)}),),
        ),
        Example(
            {"inlinePolicies": [{"name": "p", "policy": "{}"}]},
            finds=("the role has policies of its own and an exclusive list beside it",),
            others=(Example({}, type=EXCLUSIVE[0], name="e", depends={"roleName": ("subject",)}),),
        ),
        Example(
            {"managedPolicyArns": ["arn:aws:iam::123456789012:policy/p"]},
            finds=("the role has policies of its own and an exclusive list beside it",),
            others=(Example({}, type=EXCLUSIVE[1], name="e", depends={"roleName": ("subject",)}),),
        ),
    ),
    unknown_passes_because="inlinePolicies that are unknown are there all the same.",
)
def iam_role_no_policy_management_conflict(stack: Program) -> Iterator[tuple[Resource, str]]:
    """One place manages the policies of a role, so that no deployment takes away what another gave."""
    for role in stack.of("aws:iam/role:Role"):
        separate = any(stack.referring(role, path, *SEPARATE) for path in ("role", "roles"))
        exclusive = bool(stack.referring(role, "roleName", *EXCLUSIVE))
        own = role.props.has("inlinePolicies") or role.props.has("managedPolicyArns")
        if separate and own:
            yield role, "the role has policies of its own and others attached separately"
        elif exclusive and own:
            yield role, "the role has policies of its own and an exclusive list beside it"
