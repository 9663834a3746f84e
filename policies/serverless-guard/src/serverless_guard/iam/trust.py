"""Who may assume a role, by its trust policy. A trust policy that is not known admits everybody."""

from collections.abc import Callable

from serverless_guard.iam.document import Principal, Statement
from serverless_guard.iam.identities import Identity
from serverless_guard.iam.pattern import matches, overlap
from serverless_guard.iam.unknown import UnknownName


def admits_service(role: Identity, service: str) -> bool:
    """Tell whether a service may assume a role, so that passing the role to it has an effect."""
    return _admits(role, lambda who: who.kind == "Service" and matches(who.value, service))


def admits_identity(role: Identity, identity: Identity) -> bool:
    """Tell whether an identity may assume a role: named itself, or by its account, or with everybody."""

    def is_meant(who: Principal) -> bool:
        if who.anyone or who.whole_account:
            return True
        if isinstance(who.value, UnknownName):
            who.value.gaps.fail()
        return who.kind == "AWS" and (not identity.arn or overlap(identity.arn, who.value))

    return _admits(role, is_meant)


def _admits(role: Identity, test: Callable[[Principal], bool]) -> bool:
    if role.trust is None:
        return True
    statements: list[Statement] = [one for one in role.trust.allows() if not one.not_principals]
    negated = any(one.not_principals for one in role.trust.allows())
    return negated or any(test(who) for one in statements for who in one.principals)
