"""Declares what a resource type's provider calls: the form of bootstrap/resources."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

type ConditionTemplate = Mapping[str, Mapping[str, str | tuple[str, ...]]]


@dataclass(frozen=True, kw_only=True)
class Grant:
    """Actions on resources under conditions, as templates.

    Filled in for a stack: `{partition}`, `{account}`, `{region}`, `{regions}` (one text for the stack's region and one
    for us-east-1), `{prefix}` (`blog-dev`), `{database}` (`blog_dev`) and `{function}` (one text for each function).

    Attributes:
        actions: The actions, with their service.
        resources: ARNs, or `*` where the Service Authorization Reference names no resource type for the action.
        conditions: Conditions that hold at the moment of the call.
    """

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: ConditionTemplate = field(default_factory=dict[str, Mapping[str, str | tuple[str, ...]]])


@dataclass(frozen=True, kw_only=True)
class Access:
    """What the provider calls for one resource type.

    Attributes:
        create: Calls of a creation, without those of `read`.
        read: Calls of a preview with refresh, which follow each creation and update too. None demands a tag.
        update: Calls of an update.
        delete: Calls of a deletion that ends no data.
        delete_data: Calls of a deletion that ends data: granted where the stack's settings have no `protection`.
    """

    create: Sequence[Grant] = ()
    read: Sequence[Grant] = ()
    update: Sequence[Grant] = ()
    delete: Sequence[Grant] = ()
    delete_data: Sequence[Grant] = ()


def allow(service: str, actions: str, *resources: str, when: ConditionTemplate | None = None) -> Grant:
    """Grant actions of one service, given by their names: `allow("sqs", "CreateQueue TagQueue", QUEUE)`."""
    return Grant(
        actions=tuple(f"{service}:{action}" for action in actions.split()), resources=resources, conditions=when or {}
    )


def regional(service: str, resource: str) -> str:
    """The template of an ARN of a region: `regional("sqs", "{prefix}-*")`."""
    return f"arn:{{partition}}:{service}:{{region}}:{{account}}:{resource}"


def in_both_regions(service: str, resource: str) -> str:
    """The template of the ARNs of what is in the stack's region and, for CloudFront or the charges, in us-east-1."""
    return f"arn:{{partition}}:{service}:{{regions}}:{{account}}:{resource}"


def worldwide(service: str, resource: str) -> str:
    """The template of an ARN without a region: `worldwide("iam", "role/{prefix}-*")`."""
    return f"arn:{{partition}}:{service}::{{account}}:{resource}"


def service_role(service: str) -> Grant:
    """Let AWS make the role of a service for itself, which it does in the name of who first needs it in an account.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html
    """
    return allow("iam", "CreateServiceLinkedRole", worldwide("iam", f"role/aws-service-role/{service}/*"))


TAGGED: ConditionTemplate = {"StringEquals": {"aws:ResourceTag/stack": "{prefix}"}}
"""The resource has the stack's tag: for what AWS names by numbers, once it exists."""

NOT_ANOTHERS: ConditionTemplate = {"StringEqualsIfExists": {"aws:ResourceTag/stack": "{prefix}"}}
"""The resource has the stack's tag or none: for what has no tags, and for reads by an id, which have to be answered
NotFound, not AccessDenied, once the resource is gone and its tags with it."""

TAGGING: ConditionTemplate = {
    "StringEquals": {"aws:RequestTag/stack": "{prefix}"},
    "StringEqualsIfExists": {"aws:ResourceTag/stack": "{prefix}"},
}
"""The call gives the resource the stack's tag, and takes none from another stack: for creations, and for the tagging
that AWS checks as a part of them, when the resource has no tags yet."""
