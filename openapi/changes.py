"""Finds changes of the description on which a client of the published one would break.

A request that was accepted has to be accepted still, and what an answer held has to be there still. Whether a pattern
or a limit has become wider cannot be decided in general, so that each change of one counts.
"""

from collections.abc import Iterator, Mapping
from typing import Any

type Document = Mapping[str, Any]

_METHODS = ("get", "put", "post", "patch", "delete")


def breaks(published: Document, proposed: Document) -> list[str]:
    """List what a client would break on; nothing if the first number of the version has grown."""
    old, new = (tuple(map(int, one["info"]["version"].split("."))) for one in (published, proposed))
    if new[0] > old[0]:
        return []
    if new < old:
        return [f"the version is {proposed['info']['version']}, but {published['info']['version']} has been published"]
    return list(_operations(published, proposed))


def _operations(published: Document, proposed: Document) -> Iterator[str]:
    for path, item in published["paths"].items():
        for method in (name for name in _METHODS if name in item):
            key = f"{method.upper()} {path}"
            after = proposed["paths"].get(path, {}).get(method)
            if after is None:
                yield f"{key} is gone"
                continue
            before = item[method]
            if not before["security"] and after["security"]:
                yield f"{key} needs a token now"
            yield from _parameters(key, before["parameters"], after["parameters"])
            yield from _bodies(key, _body(published, before), _body(proposed, after))
            yield from _answers(key, (published, before["responses"]), (proposed, after["responses"]))


def _parameters(key: str, before: list[Document], after: list[Document]) -> Iterator[str]:
    old, new = ({(one["in"], one["name"]): one for one in each} for each in (before, after))
    for (place, name), parameter in old.items():
        if (place, name) not in new:
            yield f"{key} no longer takes {name} in the {place}"
        elif _rules(parameter["schema"]) != _rules(new[place, name]["schema"]):
            yield f"{key} takes other values of {name} in the {place}"
    for (place, name), parameter in new.items():
        if parameter["required"] and not old.get((place, name), {}).get("required"):
            yield f"{key} requires {name} in the {place} now"


def _bodies(key: str, before: Document | None, after: Document | None) -> Iterator[str]:
    if after is None or before is None:
        if before != after:
            yield f"{key} {'no longer takes a body' if after is None else 'requires a body now'}"
        return
    for name, schema in before["properties"].items():
        if name not in after["properties"]:
            yield f"{key} no longer takes {name} in the body"
        elif _rules(schema) != _rules(after["properties"][name]):
            yield f"{key} takes other values of {name} in the body"
    for name in after.get("required", []):
        if name not in before.get("required", []):
            yield f"{key} requires {name} in the body now"
    if after.get("minProperties", 0) > before.get("minProperties", 0):
        yield f"{key} requires more fields in the body now"


def _answers(key: str, before: tuple[Document, Document], after: tuple[Document, Document]) -> Iterator[str]:
    for status, answer in before[1].items():
        old, new = _resolve(before[0], answer), after[1].get(status)
        if new is None:
            if status < "300":
                yield f"{key} no longer answers {status}"
            continue
        new = _resolve(after[0], new)
        for header in old.get("headers", {}):
            if header not in new.get("headers", {}):
                yield f"{key} no longer sends {header} with {status}"
        for media, content in old.get("content", {}).items():
            if media not in new.get("content", {}):
                yield f"{key} no longer answers {status} as {media}"
                continue
            published, proposed = content["schema"], new["content"][media]["schema"]
            for reason in _narrower((before[0], published), (after[0], proposed), ""):
                yield f"{key} answers {status} {reason}"


def _narrower(before: tuple[Document, Document], after: tuple[Document, Document], at: str) -> Iterator[str]:
    """Tell what a reader of an answer relied on and no longer finds."""
    old, new = _resolve(*before), _resolve(*after)
    for part, other in zip(old.get("allOf", []), new.get("allOf", []), strict=False):
        yield from _narrower((before[0], part), (after[0], other), at)
    if old.get("type") != new.get("type"):
        yield f"with another type of {at or 'body'}"
    for code in old.get("enum", []):
        if code not in new.get("enum", []):
            yield f"without the {at} {code}"
    for name, schema in old.get("properties", {}).items():
        place = f"{at}.{name}".lstrip(".")
        if name not in new.get("properties", {}):
            yield f"without {place}"
            continue
        if name in old.get("required", []) and name not in new.get("required", []):
            yield f"with an optional {place}"
        yield from _narrower((before[0], schema), (after[0], new["properties"][name]), place)
    if "items" in old and "items" in new:
        yield from _narrower((before[0], old["items"]), (after[0], new["items"]), f"{at}[]")


def _body(document: Document, operation: Document) -> Document | None:
    if "requestBody" not in operation:
        return None
    return _resolve(document, operation["requestBody"]["content"]["application/json"]["schema"])


def _resolve(document: Document, part: Document) -> Document:
    if "$ref" not in part:
        return part
    found: Any = document
    for name in part["$ref"].removeprefix("#/").split("/"):
        found = found[name]
    return found


def _rules(schema: Document) -> Document:
    """The schema without what only people read."""
    return {name: value for name, value in schema.items() if name not in ("description", "examples")}
