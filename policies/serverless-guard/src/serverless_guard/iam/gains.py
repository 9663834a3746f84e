"""What one identity may do that another may not."""

from collections.abc import Iterator
from typing import Final

from serverless_guard.iam.actions import covers_all, expand
from serverless_guard.iam.escalation_paths import OVER_RIGHTS, PATHS
from serverless_guard.iam.identities import Identity
from serverless_guard.iam.pattern import is_literal, matches
from serverless_guard.iam.powerful_actions import CREDENTIALS, DATA, DESTRUCTIVE
from serverless_guard.iam.rights import Right, Rights

TELEMETRY: Final = (
    "logs:CreateLog*", "logs:PutLogEvents", "logs:DescribeLog*", "xray:Put*", "xray:Get*Sampling*",
    "cloudwatch:PutMetricData", "ec2:*NetworkInterface*", "ec2:*PrivateIpAddresses", "ec2:Describe*",
    "sts:GetCallerIdentity", "kms:ListAliases",
)  # fmt: skip
"""Actions that every function may do: logs, traces, metrics, network interfaces, its own name."""

POWERS: Final = tuple(
    dict.fromkeys((*(action for path in PATHS for action in path.actions), *CREDENTIALS, *DATA, *DESTRUCTIVE))
)
"""Actions by which rights to everything are told from rights to nothing."""

OVER_IDENTITIES: Final = frozenset(step.action for path in OVER_RIGHTS for step in path.steps) - {"sts:AssumeRole"}
"""Actions on rights, trust and credentials."""


def gain(other: Identity, theirs: Rights, mine: Rights, *, privileged: bool) -> str:
    """Give something that an identity may do and another may not, empty for nothing.

    Args:
        other: The identity.
        theirs: Its rights.
        mine: The rights of the one that would act as it.
        privileged: Whether only rights over all resources of some kind, or over rights, count.
    """
    if other.broad:
        return f"do what the AWS managed policy {other.broad[0]} allows"
    for action, right in _rights(theirs):
        if any(matches(one, action) for one in TELEMETRY) or any(
            one.includes(right.pattern) for one in mine.on(action)
        ):
            continue
        if not privileged or action in OVER_IDENTITIES or _on_all(action, right):
            return f"{action} on {right.pattern}"
    return ""


def _rights(rights: Rights) -> Iterator[tuple[str, Right]]:
    statements = [one for document in rights.access.documents for one in document.allows()]
    for action in dict.fromkeys(action for one in statements for action in _actions(one.actions)):
        yield from ((action, right) for right in rights.on(action))
    if any(one.not_actions for one in statements):
        for action in POWERS:
            yield from ((action, right) for right in rights.on(action))


def _actions(patterns: tuple[str, ...]) -> Iterator[str]:
    """Yield the actions that patterns stand for: those with power for a pattern over services."""
    for pattern in patterns:
        if is_literal(pattern):
            yield pattern
        elif is_literal(pattern.partition(":")[0]):
            yield from (action.full_name for action in expand(pattern))
        else:
            yield from (action for action in POWERS if matches(pattern, action))


def _on_all(action: str, right: Right) -> bool:
    found = expand(action)
    return bool(found) and bool(found[0].resource_types) and covers_all(found[0], right.pattern)
