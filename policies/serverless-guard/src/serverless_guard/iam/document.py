"""IAM policy documents, read as IAM reads them.

A statement, an action, a resource, a principal may be one value or a list. Grammar: IAM User Guide, "Grammar of the IAM
JSON policy language". What is known of a document that is not known in full is read too: `serverless_guard.iam.unknown`
says how.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, cast

from serverless_guard.iam.statement import Condition, Effect, Principal, Statement
from serverless_guard.iam.unknown import Gaps, Partial, UnknownName, collect, is_partial, known_items
from serverless_guard.record import UNKNOWN, Block, MalformedError
from serverless_guard.wire import UNKNOWNS

__all__ = ["Condition", "Document", "Effect", "Principal", "Statement", "read"]

IDENTITIES = frozenset(
    {
        "aws:iam/role:Role",
        "aws:iam/user:User",
        "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
        "aws:iam/samlProvider:SamlProvider",
        "aws:cloudfront/originAccessIdentity:OriginAccessIdentity",
    }
)
"""Types whose ARNs and ids stand in Principal. IAM User Guide, "IAM JSON policy elements: Principal"."""


@dataclass(frozen=True, slots=True)
class Document:
    """A policy document.

    Attributes:
        where: The property that holds it.
        version: Its Version, empty without, and where it is unknown.
        statements: Its statements, those that are known in full first; reading to their end raises UndecidedError
            where others are unknown.
        size: Its characters without whitespace, as IAM counts them against its limits.
        unknown: The places that are not known at preview, for example `Statement[0].Resource`.
    """

    where: str
    version: str
    statements: tuple[Statement, ...]
    size: int
    unknown: tuple[str, ...] = ()

    def allows(self) -> Iterator[Statement]:
        """Yield the statements that grant something."""
        return (statement for statement in self.statements if statement.allows)

    def require_known(self) -> None:
        """Raise UndecidedError where a part is unknown that is no name."""
        for statement in self.statements:
            statement.require_known()


def known_part(document: Document) -> Document:
    """Give what is known of a document, without statements of which a condition or an exception is not."""
    if not document.unknown:
        return document
    statements = (
        replace(one, actions=known_items(one.actions), principals=known_items(one.principals))
        for one in known_items(document.statements)
        if not is_partial(
            one.not_actions, one.not_principals, one.conditions, *(test.values for test in one.conditions)
        )
    )
    return replace(document, statements=tuple(statements))


def read(block: Block, path: str, sources: Iterable[str] = ()) -> Document | None:
    """Read the document that a property holds, as JSON text or as an object.

    Args:
        block: Where the property stands.
        path: The property.
        sources: Types of the resources that the property takes its value from.

    Returns:
        The document, or None when the property is absent or empty.

    Raises:
        UndecidedError: The document is unknown as a whole.
        MalformedError: It is no policy document.
    """
    value = block.value(path)
    if value is None or value == "":
        return None
    where, identities = block.path + path, not IDENTITIES.isdisjoint(sources)
    try:
        if isinstance(value, str):
            return _of_text(value, where, block.owner, identities=identities)
        return _document(value, where, block.owner, identities=identities)
    except MalformedError as error:
        error.owner = block.owner
        raise


@lru_cache(maxsize=1024)
def _of_text(text: str, where: str, owner: str, *, identities: bool) -> Document:
    """Read once a document that all document rules, and those of the stack, read one after the other."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise MalformedError(where, "valid JSON") from None
    known = _marked(value) if any(one in text for one in UNKNOWNS) else value
    return _document(known, where, owner, identities=identities)


def _marked(value: Any) -> Any:
    """Put UNKNOWN where the engine's mark of an unknown value stands in a text."""
    if isinstance(value, Mapping):
        return {key: _marked(item) for key, item in cast("Mapping[str, Any]", value).items()}
    if isinstance(value, list):
        return [_marked(item) for item in cast("list[Any]", value)]
    return UNKNOWN if isinstance(value, str) and value in UNKNOWNS else value


def _document(value: object, where: str, owner: str, *, identities: bool) -> Document:
    if not isinstance(value, Mapping):
        raise MalformedError(where, "a policy document (a JSON object)")
    body, gaps = cast("Mapping[str, Any]", value), Gaps(where, owner, identities=identities)
    version = body.get("Version")
    return Document(
        where=where,
        version=version if isinstance(version, str) else "",
        statements=_known_first(_statements(body.get("Statement"), f"{where}.Statement", gaps), gaps),
        size=len(json.dumps(body, separators=(",", ":"), default=str)),
        unknown=tuple(gaps.places),
    )


def _statements(value: object, where: str, gaps: Gaps) -> tuple[Statement, ...]:
    if value is UNKNOWN:
        return Partial((), gaps.add(where))
    items = _items(value)
    return collect((_statement(item, f"{where}[{i}]", gaps) for i, item in enumerate(items)), gaps)


def _known_first(statements: tuple[Statement, ...], gaps: Gaps) -> tuple[Statement, ...]:
    """Put what is known in full first, so that it is decided before a rule comes to what is not."""
    if not gaps.places:
        return statements
    ordered = sorted(known_items(statements), key=lambda one: one.partial)
    return Partial(ordered, gaps) if isinstance(statements, Partial) else tuple(ordered)


def _statement(item: object, where: str, gaps: Gaps) -> Statement | None:
    """Read a statement; None where it, or its Effect, is unknown."""
    if item is UNKNOWN:
        gaps.add(where)
        return None
    if not isinstance(item, Mapping):
        raise MalformedError(where, "a statement (a JSON object)")
    body = cast("Mapping[str, Any]", item)
    effect, sid = body.get("Effect"), body.get("Sid")
    if effect is UNKNOWN:
        gaps.add(f"{where}.Effect")
        return None
    if effect not in ("Allow", "Deny"):
        raise MalformedError(f"{where}.Effect", "Allow or Deny")
    name = sid if isinstance(sid, str) else ""
    return Statement(
        where=f"{where} ({name})" if name else where,
        sid=name,
        effect=effect,
        actions=_texts(body, "Action", where, gaps),
        not_actions=_texts(body, "NotAction", where, gaps),
        resources=_texts(body, "Resource", where, gaps, names=True),
        not_resources=_texts(body, "NotResource", where, gaps, names=True),
        principals=_principals(body.get("Principal"), f"{where}.Principal", gaps),
        not_principals=_principals(body.get("NotPrincipal"), f"{where}.NotPrincipal", gaps),
        conditions=_conditions(body.get("Condition"), f"{where}.Condition", gaps),
    )


def _principals(value: object, where: str, gaps: Gaps) -> tuple[Principal, ...]:
    if value is UNKNOWN:
        return Partial((), gaps.add(where))
    if value is None:
        return ()
    if isinstance(value, str):
        return (Principal("*", value),)
    if not isinstance(value, Mapping):
        raise MalformedError(where, '"*" or an object such as {"Service": ...}')
    body = cast("Mapping[str, Any]", value)
    parts = [(kind, _texts(body, kind, where, gaps, names=gaps.identities and kind != "Service")) for kind in body]
    found = [Principal(kind, text) for kind, texts in parts for text in known_items(texts)]
    return Partial(found, gaps) if is_partial(*(texts for _, texts in parts)) else tuple(found)


def _conditions(value: object, where: str, gaps: Gaps) -> tuple[Condition, ...]:
    if value is UNKNOWN:
        return Partial((), gaps.add(where))
    if value is None:
        return ()
    if not isinstance(value, Mapping):
        raise MalformedError(where, "an object of operators")
    return collect(_tests(cast("Mapping[str, Any]", value), where, gaps), gaps)


def _tests(body: Mapping[str, Any], where: str, gaps: Gaps) -> Iterator[Condition | None]:
    for operator, tests in body.items():
        if tests is UNKNOWN:
            gaps.add(f"{where}.{operator}")
            yield None
            continue
        if not isinstance(tests, Mapping):
            raise MalformedError(f"{where}.{operator}", "an object of condition keys")
        keys = cast("Mapping[str, Any]", tests)
        names = operator.rpartition(":")[2].lower().startswith(("string", "arn"))
        for key in keys:
            yield Condition(operator, key, _texts(keys, key, f"{where}.{operator}", gaps, names=names))


def _items(value: object) -> Sequence[object]:
    if value is None:
        return ()
    return cast("Sequence[object]", value) if isinstance(value, (list, tuple)) else (value,)


def _texts(body: Mapping[str, Any], key: str, where: str, gaps: Gaps, *, names: bool = False) -> tuple[str, ...]:
    """Read one text or a list of texts.

    Args:
        body: The object that holds them.
        key: Their key.
        where: Where the object stands.
        gaps: Takes the places that are unknown.
        names: Whether an unknown text is a resource's name or ARN; otherwise it could be anything.
    """
    where = f"{where}.{key}"
    return collect((_text(item, where, gaps, names=names) for item in _items(body.get(key))), gaps)


def _text(item: object, where: str, gaps: Gaps, *, names: bool) -> str | None:
    if item is UNKNOWN:
        gaps.add(where)
        return UnknownName(gaps) if names else None
    if isinstance(item, bool):
        return str(item).lower()
    if isinstance(item, (str, int, float)):
        return str(item)
    raise MalformedError(where, "a string or a list of strings")
