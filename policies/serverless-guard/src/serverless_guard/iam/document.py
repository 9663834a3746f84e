"""IAM policy documents, read as IAM reads them.

A statement, an action, a resource, a principal may be one value or a list; action names and wildcards ignore case;
`*` and `?` match inside of a name. Grammar: IAM User Guide, "Grammar of the IAM JSON policy language".
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, cast

from serverless_guard.iam.pattern import is_literal, matches, matches_everything
from serverless_guard.record import UNKNOWN, Block, MalformedError, UndecidedError

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


@dataclass(frozen=True, slots=True)
class Document:
    """A policy document.

    Attributes:
        where: The property that holds it.
        version: Its Version, empty without.
        statements: Its statements.
        size: Its characters without whitespace, as IAM counts them against its limits.
    """

    where: str
    version: str
    statements: tuple[Statement, ...]
    size: int

    def allows(self) -> Iterator[Statement]:
        """Yield the statements that grant something."""
        return (statement for statement in self.statements if statement.allows)


def read(block: Block, path: str) -> Document | None:
    """Read the document that a property holds, as JSON text or as an object.

    Args:
        block: Where the property stands.
        path: The property.

    Returns:
        The document, or None when the property is absent or empty.

    Raises:
        UndecidedError: The document, or a part of it that was looked at, is unknown.
        MalformedError: It is no policy document.
    """
    value = block.value(path)
    if value is None or value == "":
        return None
    try:
        where = block.path + path
        return _of_text(value, where) if isinstance(value, str) else _document(value, where)
    except (UndecidedError, MalformedError) as error:
        error.owner = block.owner
        raise


@lru_cache(maxsize=1024)
def _of_text(text: str, where: str) -> Document:
    """Read once a document that all document rules, and those of the stack, read one after the other."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise MalformedError(where, "valid JSON") from None
    return _document(value, where)


def _document(value: object, where: str) -> Document:
    if not isinstance(value, Mapping):
        raise MalformedError(where, "a policy document (a JSON object)")
    body = cast("Mapping[str, Any]", value)
    if body.get("Version") is UNKNOWN:
        raise UndecidedError(f"{where}.Version")
    statements = _list(body.get("Statement"), f"{where}.Statement")
    return Document(
        where=where,
        version=str(body.get("Version") or ""),
        statements=tuple(_statement(item, f"{where}.Statement[{i}]") for i, item in enumerate(statements)),
        size=len(json.dumps(body, separators=(",", ":"), default=str)),
    )


def _statement(item: object, where: str) -> Statement:
    if item is UNKNOWN:
        raise UndecidedError(where)
    if not isinstance(item, Mapping):
        raise MalformedError(where, "a statement (a JSON object)")
    body = cast("Mapping[str, Any]", item)
    for key in ("Effect", "Sid"):
        if body.get(key) is UNKNOWN:
            raise UndecidedError(f"{where}.{key}")
    effect = body.get("Effect")
    if effect not in ("Allow", "Deny"):
        raise MalformedError(f"{where}.Effect", "Allow or Deny")
    sid = body.get("Sid")
    name = sid if isinstance(sid, str) else ""
    return Statement(
        where=f"{where} ({name})" if name else where,
        sid=name,
        effect=effect,
        actions=_texts(body, "Action", where),
        not_actions=_texts(body, "NotAction", where),
        resources=_texts(body, "Resource", where),
        not_resources=_texts(body, "NotResource", where),
        principals=tuple(_principals(body.get("Principal"), f"{where}.Principal")),
        not_principals=tuple(_principals(body.get("NotPrincipal"), f"{where}.NotPrincipal")),
        conditions=tuple(_conditions(body.get("Condition"), f"{where}.Condition")),
    )


def _principals(value: object, where: str) -> Iterator[Principal]:
    if value is UNKNOWN:
        raise UndecidedError(where)
    if value is None:
        return
    if isinstance(value, str):
        yield Principal("*", value)
        return
    if not isinstance(value, Mapping):
        raise MalformedError(where, '"*" or an object such as {"Service": ...}')
    body = cast("Mapping[str, Any]", value)
    for kind in body:
        yield from (Principal(kind, text) for text in _texts(body, kind, where))


def _conditions(value: object, where: str) -> Iterator[Condition]:
    if value is UNKNOWN:
        raise UndecidedError(where)
    if value is None:
        return
    if not isinstance(value, Mapping):
        raise MalformedError(where, "an object of operators")
    for operator, tests in cast("Mapping[str, Any]", value).items():
        if tests is UNKNOWN:
            raise UndecidedError(f"{where}.{operator}")
        if not isinstance(tests, Mapping):
            raise MalformedError(f"{where}.{operator}", "an object of condition keys")
        body = cast("Mapping[str, Any]", tests)
        for key in body:
            yield Condition(operator, key, _texts(body, key, f"{where}.{operator}"))


def _list(value: object, where: str) -> Sequence[object]:
    if value is UNKNOWN:
        raise UndecidedError(where)
    if value is None:
        return ()
    return cast("Sequence[object]", value) if isinstance(value, (list, tuple)) else (value,)


def _texts(body: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
    found: list[str] = []
    for item in _list(body.get(key), f"{where}.{key}"):
        if item is UNKNOWN:
            raise UndecidedError(f"{where}.{key}")
        if isinstance(item, bool):
            found.append(str(item).lower())
        elif isinstance(item, (str, int, float)):
            found.append(str(item))
        else:
            raise MalformedError(f"{where}.{key}", "a string or a list of strings")
    return tuple(found)
