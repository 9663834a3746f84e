"""The form of a document: JSON, elements, their types and combinations, Version, Id, Sid and size.

Source: IAM User Guide, "Grammar of the IAM JSON policy language" and `PAGE`.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from serverless_guard.iam.validation.problem import Kind, Problem
from serverless_guard.iam.validation.texts import items, mapping, suggestion
from serverless_guard.record import UNKNOWN

TOP: Final = ("Version", "Id", "Statement")
ELEMENTS: Final = (
    "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition",
)  # fmt: skip
PAIRS: Final = (("Action", "NotAction"), ("Resource", "NotResource"), ("Principal", "NotPrincipal"))
VERSIONS: Final = ("2012-10-17", "2008-10-17")
LATIN: Final = re.compile(r"[\t\n\r\x20-\xff]*")
"""IAM User Guide, "IAM and AWS STS quotas": the characters that a document of IAM may have."""


class DuplicateKeyError(ValueError):
    """An object of a document has a key twice."""


def parse(text: str) -> object:
    """Parse the JSON of a document as AWS does.

    Raises:
        DuplicateKeyError: An object has a key twice.
        ValueError: It is no JSON.
    """
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_constant)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        name = next(name for name, count in Counter(key for key, _ in pairs).items() if count > 1)
        raise DuplicateKeyError(name)
    return found


def _constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def of_text(text: str, where: str) -> Iterator[Problem]:
    """Check the JSON of a document."""
    if text[:1].isspace():
        yield Problem("JSON_SYNTAX_ERROR", where, "starts with whitespace, which IAM refuses")
    try:
        parse(text)
    except DuplicateKeyError as error:
        yield Problem("JSON_SYNTAX_ERROR", where, f"an object has the key {error} more than once")
    except json.JSONDecodeError as error:
        place = f"line {error.lineno} column {error.colno}"
        yield Problem("JSON_SYNTAX_ERROR", where, f"is no JSON at {place}: {error.msg}")
    except ValueError as error:
        yield Problem("JSON_SYNTAX_ERROR", where, f"is no JSON: {error}")


def of_document(value: object, where: str, kind: Kind) -> Iterator[Problem]:
    """Check the elements around the statements."""
    if not isinstance(value, Mapping):
        yield Problem("DATA_TYPE_MISMATCH", where, "is not a JSON object")
        return
    body = cast("Mapping[str, Any]", value)
    for name in body:
        if name not in TOP or (name == "Id" and kind.family != "resource"):
            yield Problem(
                "INVALID_POLICY_ELEMENT", where, f"a {kind.family} policy has no element {name}{suggestion(name, TOP)}"
            )
    yield from _version(body, where, kind)
    if body.get("Id") is not None and body["Id"] is not UNKNOWN and not isinstance(body["Id"], str):
        yield Problem("DATA_TYPE_MISMATCH", f"{where}.Id", "is not a string")
    statements = body.get("Statement")
    if statements is None or statements in ([], {}):
        yield Problem("MISSING_STATEMENT", where, "has no Statement")
    yield from _sids(statements, where, kind)
    if kind.family in {"identity", "trust"} and not LATIN.fullmatch(json.dumps(body, ensure_ascii=False, default=str)):
        yield Problem("iam-quotas", where, "has a character beyond U+00FF, which IAM refuses")


def _version(body: Mapping[str, Any], where: str, kind: Kind) -> Iterator[Problem]:
    version = body.get("Version")
    if version is UNKNOWN or (version is None and kind.family == "resource"):
        return  # the older language does for a resource policy without variables: AWS's own default policies are in it
    if version is None:
        message = 'has no Version "2012-10-17": an older language ignores policy variables'
        yield Problem("MISSING_VERSION", where, message)
    elif not isinstance(version, str):
        yield Problem("DATA_TYPE_MISMATCH", f"{where}.Version", "is not a string")
    elif version not in VERSIONS:
        yield Problem("INVALID_VERSION", f"{where}.Version", f'{version} is no version; write "2012-10-17"')


def _sids(statements: object, where: str, kind: Kind) -> Iterator[Problem]:
    """Check statement ids: IAM's must be unique and plain; other services have rules of their own."""
    if kind.family == "resource":
        return
    sids = Counter(sid for item in items(statements) if isinstance(sid := mapping(item).get("Sid"), str) and sid)
    for sid, count in sids.items():
        if count > 1:
            yield Problem("UNIQUE_SIDS_REQUIRED", where, f"has the Sid {sid} more than once")


def of_statement(value: object, where: str, kind: Kind) -> Iterator[Problem]:
    """Check the elements of a statement."""
    if not isinstance(value, Mapping):
        yield Problem("DATA_TYPE_MISMATCH", where, "is not a JSON object")
        return
    body = cast("Mapping[str, Any]", value)
    for name in body:
        if name not in ELEMENTS:
            yield Problem(
                "INVALID_POLICY_ELEMENT", where, f"a statement has no element {name}{suggestion(name, ELEMENTS)}"
            )
    yield from _effect(body, where)
    yield from _sid(body.get("Sid"), f"{where}.Sid", kind)
    for one, other in PAIRS:
        if one in body and other in body:
            yield Problem("UNSUPPORTED_ELEMENT_COMBINATION", where, f"{one} and {other} exclude each other")
    yield from _missing(body, where, kind)
    for name in ("Action", "NotAction", "Resource", "NotResource"):
        for item in items(body.get(name)):
            if not isinstance(item, str):
                yield Problem("DATA_TYPE_MISMATCH", f"{where}.{name}", "is not a string or a list of strings")


def _effect(body: Mapping[str, Any], where: str) -> Iterator[Problem]:
    effect = body.get("Effect")
    if effect is None:
        yield Problem("MISSING_EFFECT", where, "has no Effect; write Allow or Deny")
    elif effect is not UNKNOWN and effect not in ("Allow", "Deny"):
        shown = effect if isinstance(effect, str) else "a value that is not a string"
        yield Problem("INVALID_EFFECT", f"{where}.Effect", f"{shown} is neither Allow nor Deny")


def _sid(sid: object, where: str, kind: Kind) -> Iterator[Problem]:
    if sid is None or sid is UNKNOWN:
        return
    if not isinstance(sid, str):
        yield Problem("DATA_TYPE_MISMATCH", where, "is not a string")
    elif kind.family != "resource" and not re.fullmatch(r"[A-Za-z0-9]*", sid):
        yield Problem("UNSUPPORTED_SID", where, "a Sid takes letters and digits only")


def _missing(body: Mapping[str, Any], where: str, kind: Kind) -> Iterator[Problem]:
    def lacks(*names: str) -> bool:
        given = [body[name] for name in names if name in body]
        return not any(value is UNKNOWN or (value is not None and value not in ("", [], {})) for value in given)

    if lacks("Action", "NotAction"):
        yield Problem("MISSING_ACTION", where, "has no Action")
    if kind.family != "trust" and kind.needs_resource and lacks("Resource", "NotResource"):
        yield Problem("MISSING_RESOURCE", where, "has no Resource")
    if kind.family in {"trust", "resource"} and lacks("Principal", "NotPrincipal"):
        yield Problem("MISSING_PRINCIPAL", where, "has no Principal")


def of_size(value: object, where: str, kind: Kind) -> Iterator[Problem]:
    """Check the size of a document against the quota of its kind; those of an identity count together elsewhere."""
    if not kind.limit:
        return
    if kind.whitespace and isinstance(value, str):
        size = len(value.encode())
    else:
        size = len(json.dumps(parse(value) if isinstance(value, str) else value, separators=(",", ":"), default=str))
    if size > kind.limit:
        codes = {"scp": "POLICY_SIZE_EXCEEDS_SCP_QUOTA", "rcp": "POLICY_SIZE_EXCEEDS_RCP_QUOTA"}
        code = codes.get(kind.family, "POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA")
        yield Problem(code, where, f"has {size} characters, more than the {kind.limit} that AWS takes")
