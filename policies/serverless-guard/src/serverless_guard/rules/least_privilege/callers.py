"""Code and tables that only those reach who are named."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import cast

from serverless_guard.program import Program
from serverless_guard.record import UNKNOWN, Resource
from serverless_guard.rules.rule import Example, Option, resource_rule, stack_rule

FUNCTION, PERMISSION = "aws:lambda/function:Function", "aws:lambda/permission:Permission"


@resource_rule(
    "lambda-layers-trusted-accounts",
    title="Lambda functions use layers only from their own account or trusted accounts",
    types=(FUNCTION,),
    category="least-privilege",
    severity="medium",
    env="same",
    tier="extended",
    fix="Use a layer of your own, or add its account to the rule's option accounts.",
    options={
        "accounts": Option(
            ["017000801446", "580247275435", "901920570463", "336392948345"],
            "Accounts whose layers run: by default those of Powertools, Lambda Insights, AWS's OpenTelemetry and the "
            "AWS SDK for pandas.",
        )
    },
    good=(
        Example({"layers": ["arn:aws:lambda:eu-west-1:017000801446:layer:AWSLambdaPowertoolsPythonV3:1"]}),
        Example(
            {
                "layers": ["arn:aws:lambda:eu-west-1:123456789012:layer:own:1"],
                "role": "arn:aws:iam::123456789012:role/r",
            }
        ),
        Example({}),
        Example(
            {
                "layers": [
                    "arn:aws:lambda:eu-west-1:580247275435:layer:LambdaInsightsExtension:1",
                    "arn:aws:lambda:eu-west-1:901920570463:layer:aws-otel-python:1",
                    "arn:aws:lambda:eu-west-1:336392948345:layer:AWSSDKPandas-Python313:1",
                ]
            }
        ),
        Example({"layers": ["own"], "role": "arn:aws:iam::123456789012:role/r"}),
    ),
    bad=(
        Example(
            {"layers": ["arn:aws:lambda:eu-west-1:999999999999:layer:helper:1"]},
            finds=("layers has one of the account 999999999999",),
        ),
    ),
    unknown_passes_because="A layer that is unknown is one that the stack creates.",
)
def lambda_layers_trusted_accounts(resource: Resource) -> Iterator[str]:
    """A function runs its own code, and that of accounts which are named; its role tells its own account."""
    layers, role = resource.props.values.get("layers"), resource.props.values.get("role")
    every = cast("Sequence[object]", layers) if isinstance(layers, (list, tuple)) else ()
    own = role.split(":")[4:5] if isinstance(role, str) else []
    for layer in every:
        account = layer.split(":")[4:5] if isinstance(layer, str) else []
        if account and account[0] not in (*resource.settings["accounts"], *own):
            yield f"layers has one of the account {account[0]}"


@stack_rule(
    "lambda-permission-single-principal-kind",
    title="Lambda function policies name at most one AWS service principal",
    types=(PERMISSION,),
    category="least-privilege",
    severity="low",
    env="same",
    tier="extended",
    sources=("serverless-rules:WS1002", "serverless-rules:aws_lambda_permission_multiple_principals"),
    fix="Write a function for each kind of caller.",
    good=(
        Example(
            {"principal": "s3.amazonaws.com", "function": "f"},
            others=(
                Example({"principal": "s3.amazonaws.com", "function": "f"}, name="second"),
                Example({"principal": "sns.amazonaws.com", "function": "g"}, name="third"),
            ),
        ),
        Example(
            {"principal": "s3.amazonaws.com", "function": "f"},
            others=(
                Example({"principal": "123456789012", "function": "f"}, name="second"),
                Example({"principal": UNKNOWN, "function": "f"}, name="third"),
            ),
        ),
        Example(
            {"principal": "s3.amazonaws.com"}, others=(Example({"principal": "sns.amazonaws.com"}, name="second"),)
        ),
    ),
    bad=(
        Example(
            {"principal": "s3.amazonaws.com", "function": "f"},
            finds=(("second", "sns.amazonaws.com may invoke a function that s3.amazonaws.com may invoke as well"),),
            others=(Example({"principal": "sns.amazonaws.com", "function": "f"}, name="second"),),
        ),
        Example(
            {"principal": "s3.amazonaws.com"},
            finds=(
                (
                    "second",
                    (
                        "sns.amazonaws.com may invoke a function that s3.amazonaws.com, "
                        "events.amazonaws.com may invoke as well"
                    ),
                ),
                (
                    "third",
                    (
                        "events.amazonaws.com may invoke a function that s3.amazonaws.com, "
                        "sns.amazonaws.com may invoke as well"
                    ),
                ),
            ),
            depends={"function": ("f",)},
            others=(
                Example({"principal": "sns.amazonaws.com"}, name="second", depends={"function": ("f",)}),
                Example({"principal": "events.amazonaws.com"}, name="third", depends={"function": ("f",)}),
            ),
        ),
    ),
    unknown_passes_because="A function that is unknown is told by the dependency.",
)
def lambda_permission_single_principal_kind(stack: Program) -> Iterator[tuple[Resource, str]]:
    """A function has one kind of caller, so that its events have one shape and its role one purpose."""
    callers: defaultdict[object, dict[str, Resource]] = defaultdict(dict)
    for permission in stack.of(PERMISSION):
        principal, named = permission.props.values.get("principal"), permission.props.values.get("function")
        function = named if isinstance(named, str) else permission.depends.get("function")
        if function and isinstance(principal, str) and principal.endswith(".amazonaws.com"):
            callers[function].setdefault(principal, permission)
    for services in callers.values():
        for principal, permission in list(services.items())[1:]:
            others = ", ".join(one for one in services if one != principal)
            yield permission, f"{principal} may invoke a function that {others} may invoke as well"


@resource_rule(
    "glue-database-no-open-default-permissions",
    title="AWS Glue databases do not grant ALL on new tables to IAM_ALLOWED_PRINCIPALS",
    types=("aws:glue/catalogDatabase:CatalogDatabase",),
    category="least-privilege",
    severity="medium",
    env="same",
    tier="extended",
    fix="Leave createTableDefaultPermissions out, or give them to a role.",
    good=(
        Example({}),
        Example(
            {
                "createTableDefaultPermissions": [
                    {"permissions": ["SELECT"], "principal": {"dataLakePrincipalIdentifier": "IAM_ALLOWED_PRINCIPALS"}}
                ]
            }
        ),
        Example(
            {
                "createTableDefaultPermissions": [
                    {
                        "permissions": ["ALL"],
                        "principal": {"dataLakePrincipalIdentifier": "arn:aws:iam::123456789012:role/blog"},
                    }
                ]
            }
        ),
    ),
    bad=(
        Example(
            {
                "createTableDefaultPermissions": [
                    {"permissions": ["ALL"], "principal": {"dataLakePrincipalIdentifier": "IAM_ALLOWED_PRINCIPALS"}}
                ]
            },
            finds=("createTableDefaultPermissions[0] gives ALL to IAM_ALLOWED_PRINCIPALS",),
        ),
    ),
)
def glue_database_no_open_default_permissions(resource: Resource) -> Iterator[str]:
    """A new table is not everybody's. IAM_ALLOWED_PRINCIPALS stands for whoever IAM lets in."""
    for grant in resource.props.blocks("createTableDefaultPermissions"):
        everybody = grant.text("principal.dataLakePrincipalIdentifier") == "IAM_ALLOWED_PRINCIPALS"
        if everybody and "ALL" in grant.texts("permissions"):
            yield f"{grant.path.rstrip('.')} gives ALL to IAM_ALLOWED_PRINCIPALS"
