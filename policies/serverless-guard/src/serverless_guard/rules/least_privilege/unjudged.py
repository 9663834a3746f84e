"""Resources whose type no rule covers."""

from collections.abc import Iterable, Iterator
from functools import cache

from serverless_guard.iam.pattern import matches
from serverless_guard.record import Resource
from serverless_guard.rules import every_rule
from serverless_guard.rules.rule import ANY_TYPE, Example, Option, resource_rule

PULUMI = "pulumi:"
"""Where the types of the engine itself begin: stacks, references to them, and providers."""


def is_unjudged(resource: Resource, accepted: Iterable[str]) -> bool:
    """Tell whether no rule covers a resource, and its type is none of those that may go unjudged.

    A rule about tags alone does not count: what is tagged may be open to everybody.
    """
    kind = resource.type
    if not resource.custom or kind.startswith(PULUMI) or kind in _judged_types():
        return False
    return not any(matches(pattern, kind) for pattern in accepted)


@cache
def _judged_types() -> frozenset[str]:
    return frozenset(kind for rule in every_rule() if rule.category != "tagging" for kind in rule.types)


@resource_rule(
    "resource-type-judged",
    title="Resources have a type that at least one rule covers",
    types=(ANY_TYPE,),
    category="least-privilege",
    severity="medium",
    env="opt-in",
    fix="Create it by the type of pulumi-aws that the rules know, or name its type in the option `accepted`.",
    options={
        "accepted": Option(
            ["random:*", "tls:*", "time:*"],
            "Types that may go unjudged, with * and ?. The defaults keep values in the state and create nothing.",
        ),
    },
    good=(
        Example({}, type="aws:iam/role:Role"),
        Example({}, type="random:index/randomPassword:RandomPassword"),
        Example({}, type="pulumi:pulumi:StackReference"),
        Example({}, type="command:local:Command", settings={"accepted": ["command:*"]}),
        Example({}, type="tls:index/privateKey:PrivateKey"),
        Example({}, type="time:index/sleep:Sleep"),
    ),
    bad=(
        Example(
            {"managedPolicyArns": ["arn:aws:iam::aws:policy/AdministratorAccess"]},
            type="aws-native:iam:Role",
            finds=("no rule covers aws-native:iam:Role: nothing in it is checked",),
        ),
        Example(
            {},
            type="aws:cloudformation/stack:Stack",
            finds=("no rule covers aws:cloudformation/stack:Stack: nothing in it is checked",),
        ),
        Example(
            {},
            type="random:index/randomId:RandomId",
            settings={"accepted": ["tls:*"]},
            finds=("no rule covers random:index/randomId:RandomId: nothing in it is checked",),
        ),
    ),
)
def resource_type_judged(resource: Resource) -> Iterator[str]:
    """What no rule knows passes whatever it is: resources of aws-native, awscc, CloudFormation, commands, new types."""
    if is_unjudged(resource, resource.settings["accepted"]):
        yield f"no rule covers {resource.type}: nothing in it is checked"
