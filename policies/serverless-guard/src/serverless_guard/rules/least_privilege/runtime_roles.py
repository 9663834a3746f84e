"""What the roles of functions and DAX clusters may do."""

import re
from collections.abc import Iterator

from serverless_guard.iam import policy_locations
from serverless_guard.iam.actions import expand
from serverless_guard.iam.effective import EffectiveDocuments
from serverless_guard.iam.examples import allow, policy, trust
from serverless_guard.iam.identities import documents_of
from serverless_guard.program import Program
from serverless_guard.record import UNKNOWN, Resource
from serverless_guard.rules.rule import Example, Option, StackFindings, stack_rule
from serverless_guard.rules.summary import reach, summarize

FUNCTION, CLUSTER, INLINE = "aws:lambda/function:Function", "aws:dax/cluster:Cluster", policy_locations.IDENTITY[0]
TABLE = "aws:dynamodb/table:Table"
LAMBDA = trust({"Service": "lambda.amazonaws.com"})
TABLES = "arn:aws:dynamodb:eu-west-1:123456789012:table"
CONTROL = re.compile(r"(Create|Update|Modify|Register)[A-Z]|(Put|Attach|Detach)\w*Policy$|(Put|Set)\w*Configuration$")
DATA_PLANE = [
    "cloudfront:CreateInvalidation", "cognito-idp:UpdateUserAttributes", "dynamodb:UpdateItem",
    "ec2:CreateNetworkInterface", "elasticache:ModifyUser", "glue:BatchCreatePartition", "glue:BatchUpdatePartition",
    "glue:CreatePartition", "glue:UpdatePartition", "kms:CreateGrant", "logs:CreateLogStream",
    "s3express:CreateSession", "scheduler:CreateSchedule", "scheduler:UpdateSchedule",
    "secretsmanager:UpdateSecretVersionStage",
]  # fmt: skip
"""Actions with such a name that deal with data, or that a running application is made for."""


def with_role(**documents: object) -> tuple[Example, ...]:
    """Write the role of a function or cluster named `subject`, with its document."""
    return (
        Example(LAMBDA, type=policy_locations.ROLE, name="r"),
        Example(documents, type=INLINE, name="p", depends={"role": ("r",)}),
    )


def _assumed_by_lambda(role: Resource) -> bool:
    document = policy_locations.trust(role)
    statements = document.allows() if document else ()
    return any(who.value == "lambda.amazonaws.com" for statement in statements for who in statement.principals)


def _of_tables(actions: tuple[str, ...]) -> bool:
    return any(action.lower().startswith(("dynamodb:", "*")) for action in actions)


@stack_rule(
    "iam-runtime-role-no-control-plane",
    title="Lambda execution roles do not allow control plane actions unless listed",
    types=(INLINE, "aws:iam/policy:Policy", policy_locations.ROLE),
    category="least-privilege",
    severity="medium",
    env="same",
    tier="extended",
    fix="Leave the action to those who deploy, or add it to the rule's option allowed.",
    options={"allowed": Option(DATA_PLANE, "Actions that a function may have although they create or update.")},
    good=(
        Example(
            LAMBDA
            | {
                "inlinePolicies": [
                    policy(allow("s3:PutBucketPolicy")),
                    policy(allow("s3:Put*") | {"Effect": "Deny"}),
                ]
            },
            type=policy_locations.ROLE,
        ),
        Example({}, type=FUNCTION, others=with_role(**policy(allow("dynamodb:UpdateItem")))),
        Example(LAMBDA | {"inlinePolicies": [policy(allow("dynamodb:PutItem"))]}, type=policy_locations.ROLE),
        Example(
            trust({"Service": "states.amazonaws.com"}) | {"inlinePolicies": [policy(allow("s3:PutBucketPolicy"))]},
            type=policy_locations.ROLE,
        ),
    ),
    bad=(
        Example(
            {},
            finds=(("p", "cannot decide: policy is not known at preview"),),
            type=FUNCTION,
            others=with_role(policy=UNKNOWN),
        ),
        Example(
            LAMBDA | {"inlinePolicies": [policy(allow("dynamodb:UpdateTable")), policy(allow("sqs:CreateQueue", "*"))]},
            finds=(f"a function may dynamodb:UpdateTable on {TABLES}/blog; sqs:CreateQueue on *",),
            type=policy_locations.ROLE,
        ),
        Example(
            {},
            finds=(("r", "a function may dynamodb:UpdateTable on arn:aws:dynamodb:eu-west-1:123456789012:table/blog"),),
            type=FUNCTION,
            others=with_role(**policy(allow("dynamodb:UpdateTable"))),
        ),
        Example(
            LAMBDA | {"inlinePolicies": [policy(allow("s3:PutBucketPolicy"))]},
            finds=("a function may s3:PutBucketPolicy on arn:aws:dynamodb:eu-west-1:123456789012:table/blog",),
            type=policy_locations.ROLE,
        ),
        Example(
            LAMBDA | {"inlinePolicies": [policy(allow("sqs:*"))]},
            finds=("a function may sqs:CreateQueue on arn:aws:dynamodb:eu-west-1:123456789012:table/blog",),
            type=policy_locations.ROLE,
        ),
        Example(
            trust({"Service": ["lambda.amazonaws.com", "edgelambda.amazonaws.com"]})
            | {"inlinePolicies": [policy(allow("s3:PutBucketPolicy"))]},
            finds=("a function may s3:PutBucketPolicy on arn:aws:dynamodb:eu-west-1:123456789012:table/blog",),
            type=policy_locations.ROLE,
        ),
    ),
)
def iam_runtime_role_no_control_plane(stack: Program) -> StackFindings:
    """A function does not create or configure what it runs on."""
    allowed = {action.lower() for action in stack.settings["allowed"]}
    documents = stack.derived(EffectiveDocuments)
    for role in filter(_assumed_by_lambda, stack.of(policy_locations.ROLE)):
        found: list[str] = []
        for document in documents.of(role):
            for statement, rights in document.by_statement():
                named = (action for pattern in statement.actions for action in expand(pattern))
                control = (one.full_name for one in named if CONTROL.match(one.name))
                given = [one for one in control if one.lower() not in allowed and any(each.on(one) for each in rights)]
                found += [f"{summarize(given)} {reach(statement)}"] if given else []
        if found:
            yield role, f"a function may {'; '.join(dict.fromkeys(found))}"
    yield from documents.unread()


@stack_rule(
    "dax-role-scoped",
    title="DAX cluster roles grant access only to DynamoDB tables in the stack",
    types=(CLUSTER, policy_locations.ROLE),
    category="least-privilege",
    severity="medium",
    env="same",
    tier="extended",
    fix="Grant the cluster's role the actions of items on the tables that it caches.",
    good=(
        Example(
            {},
            type=CLUSTER,
            depends={"iamRoleArn": ("r",)},
            others=(
                *with_role(**policy(allow("dynamodb:GetItem", [f"{TABLES}/blog", f"{TABLES}/blog/index/*"]))),
                Example({"name": "blog"}, TABLE, "t"),
            ),
        ),
        Example(
            {}, type=CLUSTER, depends={"iamRoleArn": ("r",)}, others=with_role(**policy(allow("kms:Decrypt", "*")))
        ),
    ),
    bad=(
        Example(
            {},
            finds=(("r", "policy.Statement[0] lets the cache reach tables outside of the stack"),),
            type=CLUSTER,
            depends={"iamRoleArn": ("r",)},
            others=with_role(**policy(allow("dynamodb:GetItem", f"{TABLES}/*"))),
        ),
        Example(
            {},
            finds=(("r", "policy.Statement[0] lets the cache reach tables outside of the stack"),),
            type=CLUSTER,
            depends={"iamRoleArn": ("r",)},
            others=with_role(**policy(allow("dynamodb:GetItem", f"{TABLES}/other"))),
        ),
        Example(
            {},
            finds=(("r", "policy.Statement[0] lets the cache reach tables outside of the stack"),),
            type=CLUSTER,
            depends={"iamRoleArn": ("r",)},
            others=with_role(**policy(allow(["kms:Decrypt", "*"], "*"))),
        ),
        Example(
            {},
            finds=(("r", "policy.Statement[0] lets the cache reach tables outside of the stack"),),
            type=CLUSTER,
            depends={"iamRoleArn": ("r",)},
            others=with_role(
                **policy({"Effect": "Allow", "Action": "dynamodb:GetItem", "NotResource": f"{TABLES}/users"})
            ),
        ),
        Example(
            {},
            finds=(("r", "policy.Statement[0] lets the cache reach tables outside of the stack"),),
            type=CLUSTER,
            depends={"iamRoleArn": ("r",)},
            others=(*with_role(**policy(allow("dynamodb:GetItem", "*"))), Example({"name": ""}, TABLE, "t")),
        ),
    ),
)
def dax_role_scoped(stack: Program) -> Iterator[tuple[Resource, str]]:
    """A cache reads and writes the tables of its stack.

    Whether the application writes through the cache is not in the stack, so that writing actions are not judged.
    """
    tables = {str(one.props.values.get("name")) for one in stack.of(TABLE)}
    for cluster in stack.of(CLUSTER):
        for role in stack.referred(cluster, "iamRoleArn", policy_locations.ROLE):
            for statement in (one for each in documents_of(stack, role) for one in each.allows()):
                named = {resource.partition(":table/")[2].partition("/")[0] or "*" for resource in statement.resources}
                if _of_tables(statement.actions) and (statement.not_resources or not named <= tables):
                    yield role, f"{statement.where} lets the cache reach tables outside of the stack"
