"""What AWS's actions do and on what, from the Service Authorization Reference (`service_data`)."""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from serverless_guard.iam import condition_keys, service_data
from serverless_guard.iam.pattern import compiled, is_literal, matches, overlap
from serverless_guard.iam.service_data import Action, ResourceType
from serverless_guard.iam.unknown import UnknownName

__all__ = [
    "MUTATING",
    "UNSCOPABLE",
    "Action",
    "before_its_resource",
    "condition_key_known",
    "covers_all",
    "expand",
    "of_service",
    "service_exists",
    "shapes",
    "single_valued",
    "works_on",
]

MUTATING: frozenset[str] = frozenset({"Write", "Permissions management", "Tagging"})
"""Access levels that change something."""


UNSCOPABLE: frozenset[str] = frozenset(
    {
        "cloudwatch:putmetricdata",
        "ec2:createnetworkinterface",
        "ec2:deletenetworkinterface",
        "ec2:assignprivateipaddresses",
        "ec2:unassignprivateipaddresses",
        "xray:puttracesegments",
        "xray:puttelemetryrecords",
    }
)
"""Actions that a Lambda function needs on `*`, in lower case: AWS's own managed policies
AWSLambdaVPCAccessExecutionRole and AWSXRayDaemonWriteAccess grant them so, as the resource is not known before."""


def service_exists(prefix: str) -> bool:
    """Tell whether AWS has a service with this prefix."""
    return service_data.exists(prefix)


def of_service(prefix: str) -> Mapping[str, Action]:
    """Give a service's actions by lower-case name, empty for a prefix that does not exist."""
    return service_data.service(prefix).actions


@cache
def expand(pattern: str) -> tuple[Action, ...]:
    """Give the actions that a pattern such as `dynamodb:Put*` stands for.

    `*` alone is not expanded: it stands for more than anybody wants to read. A wildcard in the service is.
    """
    prefix, colon, name = pattern.partition(":")
    if not colon:
        return ()
    if is_literal(pattern):
        found = of_service(prefix).get(name.lower())
        return (found,) if found else ()
    named = compiled(name)
    return tuple(
        action for service in _services(prefix) for key, action in of_service(service).items() if named.fullmatch(key)
    )


def _services(prefix: str) -> Iterator[str]:
    if "*" not in prefix and "?" not in prefix:
        yield prefix.lower()
        return
    yield from (service for service in service_data.prefixes() if matches(prefix, service))


def works_on(action: Action, resource: str) -> bool:
    """Tell whether an action works on some resource that a resource pattern of a document stands for."""
    if not resource.strip("*") or isinstance(resource, UnknownName):
        return True
    return any(
        overlap(resource, _pattern(kind.arn))
        for name, kind in _kinds(action)
        # A bucket's name has no slash in it: what has one is an object.
        if not (action.service == "s3" and name == "bucket" and "/" in resource)
    )


def _kinds(action: Action) -> Iterator[tuple[str, ResourceType]]:
    """Yield the kinds of resource that an action works on."""
    known = service_data.service(action.service).resource_types
    yield from ((name, kind) for name in action.resource_types if (kind := known.get(name.lower())))


@cache
def _pattern(arn: str) -> str:
    """Turn `arn:${Partition}:sqs:...` into a pattern that all such ARNs match."""
    return re.sub(r"\$\{[^}]+\}", "*", arn)


def shapes(action: Action) -> Iterator[str]:
    """Yield how the ARNs of the resources look that an action works on, with `${...}` for what varies."""
    return (kind.arn for _, kind in _kinds(action))


def before_its_resource(action: Action) -> bool:
    """Tell whether nobody can name an action's resource before it exists: AWS gives it an id, and it takes no tags."""
    every = list(shapes(action))
    tags = any(key.lower().startswith("aws:resourcetag/") for key in action.condition_keys)
    return bool(every) and not tags and all(arn.endswith("/${Id}") for arn in every)


def condition_key_known(key: str) -> bool:
    """Tell whether AWS evaluates a condition key. Global keys (`aws:`) and those of an OIDC provider count as known."""
    service = key.partition(":")[0].lower()
    return service == "aws" or not service_exists(service) or _type(key) is not None


def single_valued(key: str) -> bool:
    """Tell whether a request carries at most one value of a condition key; a key not known counts as several."""
    if key.lower().startswith("aws:"):
        return not condition_keys.find(key).multivalued
    kind = _type(key)
    return kind is not None and not kind.startswith("ArrayOf")


@cache
def _type(key: str) -> str | None:
    return service_data.service(key.partition(":")[0]).condition_key(key)


def covers_all(action: Action, resource: str) -> bool:
    """Tell whether a resource pattern stands for every resource of some type that an action works on.

    `arn:aws:dynamodb:eu-west-1:123456789012:table/*` does for `dynamodb:GetItem`; `arn:aws:s3:::my-bucket/*` does not
    for `s3:GetObject`, as it names the bucket. Nor does the ARN of what an account has only one of, such as Glue's
    catalogue.
    """
    parts = resource.split(":", 5)
    if not resource.strip("*"):
        return True
    if len(parts) < 6:  # noqa: PLR2004  the parts of an ARN
        return False
    own: dict[str, str] = dict(zip(("partition", "region", "account"), (parts[1], parts[3], parts[4]), strict=True))
    return any(
        matches(resource, re.sub(r"\$\{([^}]+)\}", lambda found: own.get(found[1].lower()) or "\0", arn))
        for arn in shapes(action)
        if "${" in arn.split(":", 5)[-1]
    )
