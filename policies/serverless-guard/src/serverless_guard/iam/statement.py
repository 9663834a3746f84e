"""Statements of IAM policy documents: principals, actions, resources and conditions.

Action names and wildcards ignore case; `*` and `?` match inside of a name. What is unknown of a statement reads as
`serverless_guard.iam.unknown` says.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from serverless_guard.iam.pattern import is_literal, matches, matches_everything
from serverless_guard.iam.unknown import UnknownName, is_partial, known_items

Effect = Literal["Allow", "Deny"]


@dataclass(frozen=True, slots=True)
class Condition:
    """One test of a condition block.

    Attributes:
        operator: The operator as written, for example `ForAnyValue:StringLike`.
        key: The condition key as written, for example `aws:SourceArn`.
        values: What it is compared with.
    """

    operator: str
    key: str
    values: tuple[str, ...]

    @property
    def comparison(self) -> str:
        """The operator without set qualifier and `IfExists`, in lower case: `stringlike`."""
        return self.operator.rpartition(":")[2].lower().removesuffix("ifexists")

    @property
    def negated(self) -> bool:
        """Whether the test lets through what it does not name."""
        return "not" in self.comparison or self.comparison == "null"

    @property
    def lets_absent_pass(self) -> bool:
        """Whether the test holds when the request carries no such key."""
        name = self.operator.lower()
        return name.endswith("ifexists") or name.startswith("forallvalues:")


@dataclass(frozen=True, slots=True)
class Principal:
    """Who a statement of a resource or trust policy speaks of.

    Attributes:
        kind: `AWS`, `Service`, `Federated` or `CanonicalUser`; `*` for the bare wildcard.
        value: The account, ARN, service or provider.
    """

    kind: str
    value: str

    @property
    def anyone(self) -> bool:
        """Whether it stands for everybody, or for some identity of whatever account."""
        return self.kind in {"*", "AWS"} and "*" in self.value

    @property
    def web_identity(self) -> bool:
        """Whether it stands for the users of a public identity provider; one that the program creates has an ARN."""
        created = self.value.startswith("arn:") or isinstance(self.value, UnknownName)
        return self.kind == "Federated" and not created

    @property
    def account(self) -> str:
        """The account number of an account or of an ARN in it, empty otherwise."""
        if self.kind != "AWS":
            return ""
        match = re.fullmatch(r"(?:arn:[^:]+:(?:iam|sts)::)?(\d{12})(?::.*)?", self.value)
        return match[1] if match else ""

    @property
    def whole_account(self) -> bool:
        """Whether it stands for everybody whom the account's own policies allow."""
        return self.kind == "AWS" and bool(re.fullmatch(r"\d{12}|arn:[^:]+:iam::\d{12}:root", self.value))


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a document.

    Attributes:
        where: Where it stands, for findings: `policy.Statement[0]`, with its Sid if it has one.
        sid: Its Sid, empty without.
        effect: Allow or Deny.
        actions: Action patterns as written; empty when the statement uses NotAction.
        not_actions: What NotAction excludes.
        resources: Resource patterns; empty when the statement uses NotResource or, in a trust policy, none.
        not_resources: What NotResource excludes.
        principals: Whom it speaks of, in resource and trust policies.
        not_principals: Whom NotPrincipal excludes.
        conditions: Its conditions; all of them must hold.
    """

    where: str
    sid: str
    effect: Effect
    actions: tuple[str, ...]
    not_actions: tuple[str, ...]
    resources: tuple[str, ...]
    not_resources: tuple[str, ...]
    principals: tuple[Principal, ...]
    not_principals: tuple[Principal, ...]
    conditions: tuple[Condition, ...]

    @property
    def partial(self) -> bool:
        """Whether a part is unknown that is no name: reading it to its end raises UndecidedError."""
        return is_partial(*self._parts())

    def require_known(self) -> None:
        """Raise UndecidedError where a part is unknown that is no name."""
        for part in self._parts():
            tuple(part)

    def _parts(self) -> Iterator[tuple[object, ...]]:
        yield from (self.actions, self.not_actions, self.principals, self.not_principals, self.conditions)
        yield from (one.values for one in known_items(self.conditions))

    @property
    def allows(self) -> bool:
        """Whether it grants rather than denies."""
        return self.effect == "Allow"

    @property
    def everywhere(self) -> bool:
        """Whether its resources are all resources, or nearly all through NotResource."""
        return bool(self.not_resources) or any(matches_everything(resource) for resource in self.resources)

    @property
    def names_each_resource(self) -> bool:
        """Whether it names all of its resources in full, without a wildcard."""
        return not self.not_resources and all(is_literal(resource) for resource in self.resources)

    def repeats(self, other: "Statement") -> bool:
        """Tell whether it says nothing that another statement does not say as well.

        Statements that negate, or speak of principals, are compared word for word.
        """
        same = ("effect", "not_actions", "not_resources", "principals", "not_principals", "conditions")
        if any(getattr(self, name) != getattr(other, name) for name in same):
            return False
        return _within(self.actions, other.actions) and _within(self.resources, other.resources)

    def grants(self, action: str) -> bool:
        """Tell whether it allows an action on at least some resource, before its conditions."""
        return self.allows and self._speaks_of(action)

    def denies(self, action: str) -> bool:
        """Tell whether it denies an action on at least some resource, before its conditions."""
        return not self.allows and self._speaks_of(action)

    def _speaks_of(self, action: str) -> bool:
        if self.not_actions:
            return not any(matches(pattern, action) for pattern in self.not_actions)
        return any(matches(pattern, action) for pattern in self.actions)

    def condition(self, *keys: str) -> Iterator[Condition]:
        """Yield its tests of the given keys, which ignore case."""
        wanted = {key.lower() for key in keys}
        return (condition for condition in self.conditions if condition.key.lower() in wanted)


def _within(patterns: tuple[str, ...], others: tuple[str, ...]) -> bool:
    return all(any(matches(other, pattern) for other in others) for pattern in patterns)
