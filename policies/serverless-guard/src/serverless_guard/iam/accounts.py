"""Which accounts are a program's own, as far as its inputs tell."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, cast

from serverless_guard.iam import policy_locations, resource_policies
from serverless_guard.iam.resource_policies import LOCATIONS
from serverless_guard.program import Program
from serverless_guard.record import MalformedError, Resource, UndecidedError

NUMBER: Final = re.compile(r"(\d{12})|arn:[^:]*:[^:]*:[^:]*:(\d{12}):.*|https://sqs\.[^/]*/(\d{12})/.*", re.DOTALL)
ROLE: Final = re.compile(r"(^r|R)ole(Arn)?$")

AWS_OWNED: Final = frozenset(
    {
        "127311923021", "033677994240", "027434742980", "797873946194", "098369216593", "754344448648",
        "589379963580", "718504428378", "383597477331", "600734575887", "114774131450", "783225319266",
        "582318560864", "985666609251", "054676820928", "156460612806", "652711504416", "635631232127",
        "009996457667", "897822967062", "076674570225", "507241528517", "048591011584", "190560391635",
        "638102146993", "037604701340",
    }
)  # fmt: skip
"""Accounts of AWS that deliver the access logs of load balancers. Elastic Load Balancing User Guide, "Enable access
logs for your Application Load Balancer"."""


def account_of(text: str) -> str:
    """Give the account of an account's number, an ARN or a queue's URL, empty without one."""
    found = NUMBER.fullmatch(text)
    return next((one for one in found.groups() if one), "") if found else ""


def own_accounts(program: Program) -> frozenset[str]:
    """Give the accounts that a program's resources belong to, empty where nothing tells.

    They are those that its providers are pinned to, those of the roles that its resources use, and those of the
    resources whose policies it declares. Without them, it is the account that the policies of its identities name most.
    """
    found = {account for resource in program.resources for account in _certain(resource)} - {""}
    if found:
        return frozenset(found)
    named = Counter(account for resource in program.resources for account in _of_identity(resource) if account)
    return frozenset(account for account, _ in named.most_common(1))


def _certain(resource: Resource) -> Iterator[str]:
    pins = resource.provider.known_texts("allowedAccountIds")
    yield from (*pins, *resource.props.known_texts("allowedAccountIds")) if _is_provider(resource) else pins
    yield from (account_of(value) for value in _roles(resource.props.values))
    if resource.type not in LOCATIONS:
        return
    documents = {path.split(".", 1)[0] for path in LOCATIONS[resource.type]}
    for name, value in resource.props.values.items():
        if name not in documents and isinstance(value, str):
            yield account_of(value) if not value.isdigit() else ""
    yield from (account_of(one) for one in _resources(resource))


def _is_provider(resource: Resource) -> bool:
    return resource.type.startswith("pulumi:providers:aws")


def _roles(value: object) -> Iterator[str]:
    """Yield the ARNs of roles that properties name, at any depth."""
    if isinstance(value, Mapping):
        for key, item in cast("Mapping[str, Any]", value).items():
            if isinstance(item, str):
                if ROLE.search(key) and ":role/" in item:
                    yield item
            else:
                yield from _roles(item)
    elif isinstance(value, (list, tuple)):
        for item in cast("Sequence[object]", value):
            yield from _roles(item)


def _resources(resource: Resource) -> Iterator[str]:
    """Yield what the policies of a resource speak of, which is the resource itself."""
    try:
        for document in resource_policies.documents(resource):
            yield from (one for statement in document.statements for one in statement.resources)
    except (MalformedError, UndecidedError):
        return


def _of_identity(resource: Resource) -> Iterator[str]:
    if resource.type not in policy_locations.IDENTITY:
        return
    try:
        for document in policy_locations.identity(resource):
            yield from (account_of(one) for statement in document.allows() for one in statement.resources)
    except (MalformedError, UndecidedError):
        return
