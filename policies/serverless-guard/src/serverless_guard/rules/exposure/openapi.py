"""Operations of an API that is given as an OpenAPI document, and whether they ask who calls.

Sources: OpenAPI Specification 3.0, Security Requirement Object; API Gateway Developer Guide, "OpenAPI extensions":
`x-amazon-apigateway-any-method` stands for every method, `x-amazon-apigateway-auth` holds a REST method's type.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, cast

import yaml

from serverless_guard import json_text
from serverless_guard.record import Block, MalformedError

METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
ANY_METHOD: Final = "x-amazon-apigateway-any-method"
AUTHORIZATION: Final = "x-amazon-apigateway-auth"
QUICK_CREATE: Final = "$default"


def open_operations(props: Block) -> Iterator[tuple[str, str]]:
    """Yield the operations of the property `body` that answer anybody: the route and the operation's id.

    Raises:
        UndecidedError: The document is not known.
        MalformedError: It is no OpenAPI document.
    """
    document = _document(props)
    default = document.get("security")
    for path, item in _mapping(document.get("paths")).items():
        for name, operation in _mapping(item).items():
            fields = _mapping(operation)
            if name in (*METHODS, ANY_METHOD) and not _secured(fields, fields.get("security", default)):
                method = "ANY" if name == ANY_METHOD else name.upper()
                route = QUICK_CREATE if path == f"/{QUICK_CREATE}" else f"{method} {path}"
                yield route, str(fields.get("operationId", ""))


def _document(props: Block) -> Mapping[str, Any]:
    body: object = props.value("body")
    if isinstance(body, str):
        try:
            body = cast("object", json_text.parse(body) if body.lstrip().startswith("{") else yaml.safe_load(body))
        except (RecursionError, ValueError, yaml.YAMLError):
            body = None
    if not isinstance(body, Mapping):
        raise MalformedError("body", "an OpenAPI document", props.owner)
    return cast("Mapping[str, Any]", body)


def _secured(operation: Mapping[str, Any], security: object) -> bool:
    """Tell whether every way of calling an operation has a scheme; an empty requirement among them is optional."""
    kind = _mapping(operation.get(AUTHORIZATION)).get("type")
    if isinstance(kind, str) and kind.upper() != "NONE":
        return True
    required = cast("Sequence[object]", security) if isinstance(security, list) else ()
    return bool(required) and all(_mapping(one) for one in required)


def _mapping(value: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}
