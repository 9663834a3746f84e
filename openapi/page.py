"""The page of the API in the docs, written from its description."""

from collections.abc import Iterator, Mapping
from json import dumps
from typing import Any

type Document = Mapping[str, Any]

NOTHING: Document = {}

_HEAD = """# API

This page is made from `openapi.json` by `make contract`; do not edit it.

The address is the output `apiUrl`. Bodies are JSON in UTF-8 with `content-type: application/json`.

- **Authorization.** Operations that need a token take `authorization: Bearer TOKEN`, an access token of the stack's
  user pool. What somebody creates is theirs: nobody else changes or deletes it.
- **Errors.** Refusals are problem details (RFC 9457, `application/problem+json`); programs decide by `code`. `errors`
  names each field, parameter or header that is wrong. An HTTP API answers 401, 403, 404, 413, 429, 500 and 503 with
  `{"message": ...}` where the gateway answers by itself; AWS lets nobody change that. A REST API sends problem details.
- **Versions.** An `ETag` names the version of what was read. Send it as `If-Match`: if somebody has changed it since,
  the answer is 412 and nothing is lost.
- **Repetition.** `Idempotency-Key` makes creating safe to repeat: for a day, the same key with the same body creates
  once and repeats the first answer.
- **Paging.** A page holds `nextCursor`; send it as `cursor` for the next page. It is valid for a day and for one list.
- **Limits.** After 429 and 503, wait as long as `Retry-After` says, or a second, and repeat the request.
"""


def page(document: Document) -> str:
    """Write the page in Markdown."""
    operations = [
        (f"{method.upper()} {path}", operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
    ]
    parts = [_HEAD, "## Operations\n", "| operation | token | |", "|---|---|---|"]
    parts += [f"| `{key}` | {_token(one)} | {one['summary']} |" for key, one in operations]
    for key, operation in operations:
        parts += ["", f"### {key}", "", f"{operation['summary']}. {operation['description']}", ""]
        parts += _request(document, operation)
        parts += ["", *_answers(document, operation)]
    parts += ["", "## Codes of problem details", "", "| status | codes |", "|---|---|"]
    for status, response in document["components"]["responses"].items():
        problem: Any = response["content"]["application/problem+json"]
        codes: list[str] = problem["schema"]["allOf"][1]["properties"]["code"]["enum"]
        parts.append(f"| {status} {response['description']} | {', '.join(f'`{code}`' for code in codes)} |")
    return "\n".join(parts) + "\n"


def _token(operation: Document) -> str:
    return "yes" if operation["security"] else "no"


def _request(document: Document, operation: Document) -> Iterator[str]:
    schema: Document = _schema(document, operation["requestBody"]) if "requestBody" in operation else NOTHING
    rows = [(one["name"], one["in"], one["required"], one["schema"]) for one in operation["parameters"]]
    rows += [
        (name, "body", name in schema.get("required", []), one) for name, one in schema.get("properties", {}).items()
    ]
    yield "| request | in | required | |"
    yield "|---|---|---|---|"
    for name, place, required, one in rows:
        yield f"| `{name}` | {place} | {'yes' if required else 'no'} | {one['description']} |"
    for example in schema.get("examples", []):
        yield from ("", "```json", dumps(example), "```")


def _answers(document: Document, operation: Document) -> Iterator[str]:
    statuses = operation["responses"]
    [success] = [status for status in statuses if status < "300"]
    answer = statuses[success]
    headers = ", ".join(f"`{name}`" for name in answer["headers"])
    schema: Document = _schema(document, answer) if "content" in answer else NOTHING
    body = ", ".join(f"`{name}`" for name in schema.get("properties", {})) or "none"
    refusals = ", ".join(status for status in statuses if status != success)
    yield f"Answers **{success}** with the body {body} and the headers {headers}; refuses with {refusals}."


def _schema(document: Document, part: Document) -> Document:
    name = part["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    return document["components"]["schemas"][name]
