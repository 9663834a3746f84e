"""Code, queues, buses and tables that only those reach who are named."""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import cast

from serverless_guard.program import Program
from serverless_guard.record import UNKNOWN, MalformedError, Resource
from serverless_guard.rules.resilience.queues import QUEUE, dead_letters
from serverless_guard.rules.rule import Example, Option, resource_rule, stack_rule

FUNCTION, PERMISSION = "aws:lambda/function:Function", "aws:lambda/permission:Permission"
ALLOW = "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy"
BUS = "aws:cloudwatch/eventBus:EventBus"
BUS_POLICIES = ("aws:cloudwatch/eventBusPolicy:EventBusPolicy", "aws:cloudwatch/eventPermission:EventPermission")
REDRIVE = '{"deadLetterTargetArn": "arn:aws:sqs:eu-west-1:123456789012:dead", "maxReceiveCount": 5}'
ALLOWED = {"redriveAllowPolicy": '{"redrivePermission": "byQueue", "sourceQueueArns": ["arn"]}'}
BY_QUEUE = {"name": "dead", **ALLOWED}


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


def _limited(stack: Program, queue: Resource) -> bool:
    """Tell whether a dead-letter queue says which queues may use it; an unknown policy names such a queue."""
    separate = [one.props for one in stack.referring(queue, "queueUrl", ALLOW)]
    for props in (queue.props, *separate):
        policy = props.values.get("redriveAllowPolicy")
        if not isinstance(policy, str):
            if props.has("redriveAllowPolicy"):
                return True
            continue
        try:
            if json.loads(policy)["redrivePermission"] in {"byQueue", "denyAll"}:
                return True
        except (ValueError, KeyError, TypeError):
            raise MalformedError("redriveAllowPolicy", "JSON with a redrivePermission", queue.urn) from None
    return False


@stack_rule(
    "sqs-dlq-redrive-allow",
    title="SQS dead-letter queues restrict which source queues can use them",
    types=(QUEUE,),
    category="least-privilege",
    severity="low",
    env="same",
    tier="extended",
    fix='Set redriveAllowPolicy to {"redrivePermission": "byQueue", "sourceQueueArns": [...]}.',
    good=(
        Example({"redrivePolicy": REDRIVE}, others=(Example(BY_QUEUE, name="dead"),)),
        Example(
            {"redrivePolicy": REDRIVE},
            others=(
                Example({"name": "dead"}, name="dead"),
                Example(ALLOWED, type=ALLOW, name="a", depends={"queueUrl": ("dead",)}),
            ),
        ),
        Example(
            {"redrivePolicy": REDRIVE}, others=(Example({"name": "dead", "redriveAllowPolicy": UNKNOWN}, name="dead"),)
        ),
        Example(
            {"redrivePolicy": REDRIVE},
            others=(Example({"name": "dead", "redriveAllowPolicy": '{"redrivePermission": "denyAll"}'}, name="dead"),),
        ),
    ),
    bad=(
        Example(
            {"redrivePolicy": REDRIVE},
            finds=(
                ("dead", "redriveAllowPolicy is not byQueue: every queue of the account may put its dead letters here"),
            ),
            others=(Example({"name": "dead"}, name="dead"),),
        ),
        Example(
            {"redrivePolicy": REDRIVE},
            finds=(
                ("dead", "redriveAllowPolicy is not byQueue: every queue of the account may put its dead letters here"),
            ),
            others=(Example({"name": "dead", "redriveAllowPolicy": '{"redrivePermission": "allowAll"}'}, name="dead"),),
        ),
        Example(
            {"redrivePolicy": REDRIVE},
            finds=(("dead", "redriveAllowPolicy is not JSON with a redrivePermission"),),
            others=(Example({"name": "dead", "redriveAllowPolicy": "{}"}, name="dead"),),
        ),
    ),
    unknown_passes_because="Which queue takes the dead letters is told by the dependency when the ARN is unknown.",
)
def sqs_dlq_redrive_allow(stack: Program) -> Iterator[tuple[Resource, str]]:
    """Only the queues that are meant put their dead letters into a queue.

    Queues for what functions, topics and rules could not deliver are left alone: the policy is about queues only.
    """
    dead = dead_letters(stack)
    for queue in stack.of(QUEUE):
        if any(source.type == QUEUE for source in dead.get(queue.urn, ())) and not _limited(stack, queue):
            yield queue, "redriveAllowPolicy is not byQueue: every queue of the account may put its dead letters here"


@stack_rule(
    "eventbridge-custom-bus-policy",
    title="EventBridge custom event buses have a resource-based policy",
    types=(BUS, *BUS_POLICIES),
    category="least-privilege",
    severity="low",
    env="opt-in",
    tier="opt-in",
    sources=("fsbp:EventBridge.3",),
    fix="Add an aws.cloudwatch.EventBusPolicy that names who may send events.",
    good=(
        Example({}, others=(Example({}, type=BUS_POLICIES[0], name="p", depends={"eventBusName": ("subject",)}),)),
        Example({}, others=(Example({}, type=BUS_POLICIES[1], name="p", depends={"eventBusName": ("subject",)}),)),
    ),
    bad=(
        Example({}, finds=("the bus has no EventBusPolicy",)),
        Example({}, finds=("the bus has no EventBusPolicy",), others=(Example({}, type=BUS_POLICIES[0], name="p"),)),
    ),
)
def eventbridge_custom_bus_policy(stack: Program) -> Iterator[tuple[Resource, str]]:
    """A bus says who may send events to it."""
    for bus in stack.of(BUS):
        if not stack.referring(bus, "eventBusName", *BUS_POLICIES):
            yield bus, "the bus has no EventBusPolicy"


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
