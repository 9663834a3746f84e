"""A budget for the stack."""

from collections.abc import Iterator

from serverless_guard.program import Program
from serverless_guard.record import Resource
from serverless_guard.rules.rule import Example, Option, stack_rule

BUDGET = "aws:budgets/budget:Budget"
AWS = ("aws:", "aws-native:", "awscc:")
"""Packages whose resources AWS charges for."""


@stack_rule(
    "budget-present",
    title="Pulumi stacks include an AWS Budgets cost budget",
    types=("aws:budgets/budget:Budget",),
    category="cost",
    severity="medium",
    env="threshold-per-stack",
    house=True,
    fix="Add an aws.budgets.Budget of type COST.",
    options={"required": Option(True, "Whether the stack itself must have the budget, rather than another one.")},
    good=(
        Example({"budgetType": "COST"}),
        Example({}, type="aws:dynamodb/table:Table", settings={"required": False}),
        Example({}, type="random:index/randomId:RandomId"),
    ),
    bad=(
        Example({}, finds=(("the stack", "the stack has no budget of type COST"),), type="aws:dynamodb/table:Table"),
        Example(
            {},
            type="random:index/randomId:RandomId",
            others=(Example({}, type="aws-native:dynamodb:Table", name="table"),),
            finds=(("the stack", "the stack has no budget of type COST"),),
        ),
        Example({"budgetType": "USAGE"}, finds=(("the stack", "the stack has no budget of type COST"),)),
        Example({}, finds=(("the stack", "the stack has no budget of type COST"),), type="awscc:s3:Bucket"),
    ),
)
def budget_present(stack: Program) -> Iterator[tuple[Resource | None, str]]:
    """What the stack costs has a budget, where it has AWS resources."""
    required = stack.settings["required"] and any(one.type.startswith(AWS) for one in stack.resources)
    if required and not any(one.props.text("budgetType") == "COST" for one in stack.of(BUDGET)):
        yield None, "the stack has no budget of type COST"
