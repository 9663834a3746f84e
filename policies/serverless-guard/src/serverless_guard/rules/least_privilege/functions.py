"""Who may invoke a Lambda function, and with which rights it runs."""

import re
from collections import defaultdict
from collections.abc import Iterator

from serverless_guard.iam.conditions import limits_source
from serverless_guard.iam.document import Condition
from serverless_guard.program import Program
from serverless_guard.record import UNKNOWN, Resource
from serverless_guard.rules.rule import Example, resource_rule, stack_rule

FUNCTION = "aws:lambda/function:Function"
API_ARN = "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3"
FROM_API = {"principal": "apigateway.amazonaws.com", "sourceArn": f"{API_ARN}/*/GET/users/{{userId}}"}
INVOKE = {"action": "lambda:InvokeFunction"}


@resource_rule(
    "lambda-permission-source-scoped",
    title="Lambda permissions for AWS services are restricted to a specific source",
    types=("aws:lambda/permission:Permission",),
    category="least-privilege",
    severity="critical",
    env="same",
    sources=(
        "compliance:aws-lambda-permission-configure-source-arn",
        "checkov:CKV_AWS_364",
        "trivy:AWS-0067",
        "fsbp:Lambda.1",
    ),
    fix="Set sourceArn to the caller's ARN, for an API its execution ARN with stage, method and path; for S3 also "
    "sourceAccount.",
    good=(
        Example(INVOKE | FROM_API),
        Example(INVOKE | {"principal": "123456789012"}),
        Example(
            INVOKE | {"principal": "s3.amazonaws.com", "sourceArn": "arn:aws:s3:::b", "sourceAccount": "123456789012"}
        ),
        Example(INVOKE | {"principal": "123456789012"}),
        Example(INVOKE),
        Example(INVOKE | {"principal": "apigateway.amazonaws.com", "sourceAccount": "123456789012"}),
        Example(INVOKE | {"principal": "s3.amazonaws.com", "sourceArn": UNKNOWN, "sourceAccount": "123456789012"}),
        Example(
            INVOKE
            | {"principal": "sns.amazonaws.com", "sourceArn": "arn:aws:sns:*:*:t", "sourceAccount": "123456789012"}
        ),
        Example(INVOKE | {"principal": "sns.amazonaws.com", "sourceArn": UNKNOWN}),
    ),
    bad=(
        Example(
            INVOKE | {"principal": "apigateway.amazonaws.com"},
            finds=(
                (
                    "apigateway.amazonaws.com may invoke the function for anybody: neither "
                    "sourceArn nor sourceAccount is set"
                ),
            ),
        ),
        Example(
            INVOKE | FROM_API | {"sourceArn": "*"},
            finds=("sourceArn stands for every caller, or for every route of an API",),
        ),
        Example(
            INVOKE | FROM_API | {"sourceArn": f"{API_ARN}/*"},
            finds=("sourceArn stands for every caller, or for every route of an API",),
        ),
        Example(
            INVOKE | {"principal": "s3.amazonaws.com", "sourceArn": "arn:aws:s3:::b"},
            finds=(
                (
                    "the source's ARN has no account in it and sourceAccount is not set: a "
                    "bucket's name can change hands"
                ),
            ),
        ),
        Example(
            INVOKE | {"principal": "s3.amazonaws.com", "sourceArn": UNKNOWN},
            finds=(
                (
                    "the source's ARN has no account in it and sourceAccount is not set: a "
                    "bucket's name can change hands"
                ),
            ),
        ),
        Example(
            INVOKE | {"principal": "apigateway.amazonaws.com.cn"},
            finds=(
                (
                    "apigateway.amazonaws.com.cn may invoke the function for anybody: neither "
                    "sourceArn nor sourceAccount is set"
                ),
            ),
        ),
        Example(
            INVOKE | {"principal": "s3.amazonaws.com"},
            finds=(
                ("s3.amazonaws.com may invoke the function for anybody: neither sourceArn nor sourceAccount is set"),
            ),
        ),
        Example(
            INVOKE | {"principal": "sns.amazonaws.com", "sourceArn": "arn:aws:sns:eu-west-1::topic"},
            finds=(
                (
                    "the source's ARN has no account in it and sourceAccount is not set: a "
                    "bucket's name can change hands"
                ),
            ),
        ),
        Example(
            INVOKE | {"principal": "sns.amazonaws.com", "sourceArn": "arn:aws:sns:*:*:t"},
            finds=("sns.amazonaws.com may invoke the function for any account: sourceArn is arn:aws:sns:*:*:t",),
        ),
        Example(
            INVOKE | {"principal": "s3.amazonaws.com", "sourceArn": "arn:aws:s3:::*"},
            finds=(
                (
                    "the source's ARN has no account in it and sourceAccount is not set: a "
                    "bucket's name can change hands"
                ),
            ),
        ),
    ),
    unknown_passes_because="The execution ARN of an API that does not exist yet is unknown, and it is an ARN. "
    "Whether it "
    "has a wildcard is decided when it is known, which on `up` is before the permission is created.",
)
def lambda_permission_source_scoped(resource: Resource) -> Iterator[str]:
    """A service may invoke a function only for one source.

    An unknown sourceArn counts as present: it is the output of a resource, such as the execution ARN of an API that
    does not exist yet. Its wildcards are looked at once it is known, which on `up` is before the permission is created.
    """
    principal = resource.props.text("principal") or ""
    if not principal.endswith(".amazonaws.com") and not principal.endswith(".amazonaws.com.cn"):
        return
    if not resource.props.has("sourceArn") and not resource.props.has("sourceAccount"):
        yield f"{principal} may invoke the function for anybody: neither sourceArn nor sourceAccount is set"
        return
    arn = resource.props.values.get("sourceArn")
    text = arn if isinstance(arn, str) else ""
    without_account = principal.startswith("s3.") or re.match(r"arn:[^:]*:[^:]*:[^:]*::", text)
    if without_account and not resource.props.has("sourceAccount"):
        yield "the source's ARN has no account in it and sourceAccount is not set: a bucket's name can change hands"
    if text and (not text.strip("*") or re.fullmatch(r"arn:[^:]*:execute-api:[^:]*:[^:]*:[^/]*(/\*)?", text)):
        yield "sourceArn stands for every caller, or for every route of an API"
    elif text and not resource.props.has("sourceAccount") and not without_account and not _names_account(text):
        yield f"{principal} may invoke the function for any account: sourceArn is {text}"


def _names_account(arn: str) -> bool:
    return limits_source(Condition("ArnLike", "aws:SourceArn", (arn,)))


@resource_rule(
    "lambda-permission-minimal-action",
    title="Lambda permissions allow only function and function URL invocation",
    types=("aws:lambda/permission:Permission",),
    category="least-privilege",
    severity="high",
    env="same",
    fix="Set action to lambda:InvokeFunction, or lambda:InvokeFunctionUrl for a function URL.",
    good=(
        Example(INVOKE | FROM_API),
        Example(FROM_API | {"action": "lambda:invokeFunction"}),
        Example(FROM_API | {"action": "lambda:InvokeFunctionUrl"}),
    ),
    bad=(
        Example(FROM_API | {"action": "lambda:*"}, finds=("action is more than an invocation",)),
        Example(FROM_API | {"action": "lambda:UpdateFunctionCode"}, finds=("action is more than an invocation",)),
        Example(FROM_API, finds=("action is more than an invocation",)),
    ),
)
def lambda_permission_minimal_action(resource: Resource) -> Iterator[str]:
    """A function's permission allows its invocation, nothing else."""
    if (resource.props.text("action") or "").lower() not in {"lambda:invokefunction", "lambda:invokefunctionurl"}:
        yield "action is more than an invocation"


@stack_rule(
    "lambda-role-per-function",
    title="Lambda functions do not share an execution role",
    types=(
        "aws:lambda/function:Function",
        "aws:iam/role:Role",
    ),
    category="least-privilege",
    severity="high",
    env="same",
    fix="Create a role for each function, with the grants that it needs.",
    good=(
        Example(
            {},
            depends={"role": ("reader",)},
            others=(
                Example({}, name="second", depends={"role": ("writer",)}),
                Example({}, type="aws:iam/role:Role", name="reader"),
                Example({}, type="aws:iam/role:Role", name="writer"),
            ),
        ),
    ),
    bad=(
        Example(
            {},
            finds=(
                "the function shares its role with second",
                ("second", "the function shares its role with subject"),
            ),
            depends={"role": ("reader",)},
            others=(
                Example({}, name="second", depends={"role": ("reader",)}),
                Example({}, type="aws:iam/role:Role", name="reader"),
            ),
        ),
        Example(
            {"role": "arn:aws:iam::123456789012:role/r"},
            finds=(
                "the function shares its role with subject",
                "the function shares its role with subject",
            ),
            others=(Example({"role": "arn:aws:iam::123456789012:role/r"}),),
        ),
        Example(
            {"role": "arn:aws:iam::123456789012:role/r"},
            finds=(
                "the function shares its role with second and 1 more",
                ("second", "the function shares its role with subject and 1 more"),
                ("third", "the function shares its role with subject and 1 more"),
            ),
            others=(
                Example({"role": "arn:aws:iam::123456789012:role/r"}, name="second"),
                Example({"role": "arn:aws:iam::123456789012:role/r"}, name="third"),
            ),
        ),
    ),
    unknown_passes_because="Roles are told apart by the resource that they come from when their ARN is not known yet.",
)
def lambda_role_per_function(stack: Program) -> Iterator[tuple[Resource, str]]:
    """Each function has a role of its own, so that one function's rights are not another's."""
    users: defaultdict[frozenset[str], list[Resource]] = defaultdict(list)
    for function in stack.of(FUNCTION):
        role = function.props.values.get("role")
        sources = frozenset({role} if isinstance(role, str) else function.depends.get("role", ()))
        if sources:
            users[sources].append(function)
    for functions in users.values():
        more = f" and {len(functions) - 2} more" if len(functions) > 2 else ""  # noqa: PLR2004  itself and one other
        for function in functions if len(functions) > 1 else ():
            other = functions[1] if function is functions[0] else functions[0]
            yield function, f"the function shares its role with {other.name}{more}"
