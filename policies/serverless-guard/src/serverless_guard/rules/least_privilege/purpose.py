"""Roles that reach the stores of their function, and no others."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import chain, combinations

from serverless_guard.iam import policy_locations
from serverless_guard.iam.document import Document
from serverless_guard.iam.examples import allow, policy
from serverless_guard.iam.identities import documents_of
from serverless_guard.program import Program
from serverless_guard.record import Resource
from serverless_guard.rules.least_privilege.runtime_roles import with_role
from serverless_guard.rules.rule import Example, stack_rule
from serverless_guard.rules.summary import summarize

FUNCTION, INLINE = "aws:lambda/function:Function", policy_locations.IDENTITY[0]
TABLE = "aws:dynamodb/table:Table"
TABLES = "arn:aws:dynamodb:eu-west-1:123456789012:table"
CALLED_BY = ("functionName", "function", "rotationLambdaArn")
"""Properties by which mappings, permissions and rotations name the function that they call."""


STORES = {
    TABLE: ":table/{}",
    "aws:s3/bucket:Bucket": ":::{}",
    "aws:sqs/queue:Queue": ":{}",
    "aws:sns/topic:Topic": ":{}",
    "aws:secretsmanager/secret:Secret": ":secret:{}",
}
"""Types of stores, with the end of their ARNs before what stands for items, objects or versions."""

ENDING = r"([/\-]?[*?]+|/.*)?$"
"""What may follow there."""


def _by_name(stack: Program) -> dict[str, list[Resource]]:
    found: defaultdict[str, list[Resource]] = defaultdict(list)
    for one in stack.of(*STORES):
        if name := one.props.known_text("bucket") or one.props.known_text("name"):
            found[name].append(one)
    return found


def _granted(documents: list[Document], stores: Mapping[str, list[Resource]]) -> list[Resource]:
    """Give the stores on which documents allow something by their names."""
    statements = (statement for document in documents for statement in document.allows())
    found: dict[str, Resource] = {}
    for resource in (one for statement in statements for one in statement.resources):
        for name in _names(resource):
            found |= {one.urn: one for one in stores.get(name, ()) if _is_named(one, name, resource)}
    return list(found.values())


def _names(resource: str) -> set[str]:
    """Give what may be the name of a store in an ARN: all that stands between two of its separators."""
    separators = [found.start() for found in re.finditer("[:/]", resource)]
    parts = (resource[start + 1 : end] for start, end in combinations([*separators, len(resource)], 2))
    stems = {part.rstrip("*?") for part in parts}
    return stems | {stem.removesuffix("-") for stem in stems}


def _is_named(store: Resource, name: str, resource: str) -> bool:
    return re.search(re.escape(STORES[store.type].format(name)) + ENDING, resource) is not None


def _mentions(stack: Program, one: Resource, store: Resource) -> bool:
    """Tell whether a property of a resource holds a store's name, or depends on the store."""
    name = str(store.props.values.get("bucket") or store.props.values.get("name"))
    depends = any(stack.refers(one, key, store) for key, urns in one.depends.items() if urns and key != "role")
    return depends or name in json.dumps(dict(one.props.values), default=str)


@stack_rule(
    "iam-role-grants-used-in-stack",
    title="Lambda execution roles grant access only to data stores that the function references",
    types=(policy_locations.ROLE, INLINE, FUNCTION),
    category="least-privilege",
    severity="low",
    env="same",
    tier="extended",
    fix="Take the statement out, or tell the function the store's name in its environment.",
    good=(
        Example(
            {"environment": {"variables": {"TABLE": "blog"}}},
            type=FUNCTION,
            depends={"role": ("r",)},
            others=(
                *with_role(**policy(allow("dynamodb:GetItem", f"{TABLES}/blog"))),
                Example({"name": "blog"}, TABLE, "t"),
            ),
        ),
        Example(
            {},
            type=FUNCTION,
            depends={"role": ("r",), "environment": ("t",)},
            others=(
                *with_role(**policy(allow("dynamodb:GetItem", f"{TABLES}/blog"))),
                Example({"name": "blog"}, TABLE, "t"),
            ),
        ),
        Example(
            {},
            type=FUNCTION,
            depends={"role": ("r",)},
            others=(*with_role(**policy(allow("dynamodb:GetItem", f"{TABLES}/*"))), Example({}, TABLE, "t")),
        ),
        Example(
            {},
            type=FUNCTION,
            depends={"role": ("r",)},
            others=(
                *with_role(**policy(allow("dynamodb:GetItem", f"{TABLES}/blog"))),
                Example({"name": "blog"}, TABLE, "t"),
                Example(
                    {"function": "f", "sourceArn": f"{TABLES}/blog"},
                    "aws:lambda/permission:Permission",
                    "call",
                    depends={"function": ("subject",)},
                ),
            ),
        ),
        Example(
            {},
            type=FUNCTION,
            depends={"role": ("r",)},
            others=(
                *with_role(**policy(allow("dynamodb:GetItem", f"{TABLES}/blog"))),
                Example({"name": "blog"}, TABLE, "t"),
                Example(
                    {"functionName": "f", "eventSourceArn": f"{TABLES}/blog/stream/1"},
                    "aws:lambda/eventSourceMapping:EventSourceMapping",
                    "m",
                    depends={"functionName": ("subject",)},
                ),
            ),
        ),
        Example(
            {},
            type=FUNCTION,
            depends={"role": ("r",)},
            others=(
                *with_role(
                    **policy(
                        allow(
                            "secretsmanager:GetSecretValue",
                            "arn:aws:secretsmanager:eu-west-1:123456789012:secret:blog-??????",
                        )
                    )
                ),
                Example({"name": "blog"}, "aws:secretsmanager/secret:Secret", "s"),
                Example(
                    {"rotationLambdaArn": "f", "secretId": "blog"},
                    "aws:secretsmanager/secretRotation:SecretRotation",
                    "rotation",
                    depends={"rotationLambdaArn": ("subject",)},
                ),
            ),
        ),
        Example(
            {"environment": {"variables": {"BUCKET": "photos"}}},
            type=FUNCTION,
            depends={"role": ("r",)},
            others=(
                *with_role(**policy(allow("s3:GetObject", "arn:aws:s3:::photos/*"))),
                Example({"bucket": "photos"}, "aws:s3/bucket:Bucket", "b"),
            ),
        ),
    ),
    bad=(
        Example(
            {},
            finds=(("r", "the role reaches s, which the function subject does not mention"),),
            type=FUNCTION,
            depends={"role": ("r",)},
            others=(
                *with_role(
                    **policy(
                        allow(
                            "secretsmanager:GetSecretValue",
                            "arn:aws:secretsmanager:eu-west-1:123456789012:secret:blog/cursors-??????",
                        )
                    )
                ),
                Example({"name": "blog/cursors"}, "aws:secretsmanager/secret:Secret", "s"),
            ),
        ),
        Example(
            {},
            finds=(("r", "the role reaches t, which the function subject does not mention"),),
            type=FUNCTION,
            depends={"role": ("r",)},
            others=(
                *with_role(**policy(allow("dynamodb:GetItem", f"{TABLES}/blog"))),
                Example({"name": "blog"}, TABLE, "t"),
            ),
        ),
        Example(
            {},
            finds=(("r", "the role reaches t, b, q, n, which the function subject does not mention"),),
            type=FUNCTION,
            depends={"role": ("r", "t"), "environment": ()},
            others=(
                *with_role(
                    **policy(
                        allow("dynamodb:GetItem", f"{TABLES}/blog"),
                        allow("s3:GetObject", "arn:aws:s3:::photos/*"),
                        allow("sqs:SendMessage", "arn:aws:sqs:eu-west-1:123456789012:jobs"),
                        allow("sns:Publish", "arn:aws:sns:eu-west-1:123456789012:news"),
                    )
                ),
                Example({"name": "blog"}, TABLE, "t"),
                Example({"bucket": "photos"}, "aws:s3/bucket:Bucket", "b"),
                Example({"name": "jobs"}, "aws:sqs/queue:Queue", "q"),
                Example({"name": "news"}, "aws:sns/topic:Topic", "n"),
                Example({"name": "photos"}, TABLE, "other"),
            ),
        ),
    ),
    unknown_passes_because="A store without a name that is known is not looked for.",
)
def iam_role_grants_used_in_stack(stack: Program) -> Iterator[tuple[Resource, str]]:
    """A function may reach the stores that it knows of, no others: by its properties, or by what calls it."""
    stores = _by_name(stack)
    callers = {by: tuple({one.type: one for one in stack.resources if by in one.props.values}) for by in CALLED_BY}
    for function in stack.of(FUNCTION):
        for role in stack.referred(function, "role", policy_locations.ROLE):
            granted_to = _granted(documents_of(stack, role), stores)
            called = (stack.referring(function, by, *types) for by, types in callers.items() if types and granted_to)
            near = [function, *chain.from_iterable(called)]
            unused = [one.name for one in granted_to if not any(_mentions(stack, other, one) for other in near)]
            if unused:
                yield role, f"the role reaches {summarize(unused)}, which the function {function.name} does not mention"
