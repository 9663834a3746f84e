"""What the source of a handler says about its operation: texts, headers, bodies and statuses.

Handlers are parsed, not imported: an import connects to AWS.
"""

import ast
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

FUNCTIONS = Path(__file__).parents[1] / "functions"


class HandlerError(Exception):
    """A handler cannot be described; the message names the file and the fix."""


@dataclass(frozen=True, kw_only=True)
class Handler:
    """What a handler reads of a request, and what it answers.

    Attributes:
        route: The route that the module's docstring names.
        summary: The rest of its first sentence.
        description: The docstring of the handler.
        needs_token: Whether it reads who the caller is.
        takes_key: Whether it reads the Idempotency-Key.
        version: Whether If-Match is "required", "optional", or "" where it is not read.
        reads: The function of a model that validates the body; None without a body.
        status: The status of success.
        answers: The method of a model that makes the body of success; "page" for a list, None without a body.
        headers: The headers of success by lower-case name.
    """

    route: str
    summary: str
    description: str
    needs_token: bool
    takes_key: bool
    version: str
    reads: str | None
    status: int
    answers: str | None
    headers: tuple[str, ...]


def read(module: str) -> Handler:
    """Read the handler of a module in `functions/`.

    Raises:
        HandlerError: The module does not have the form of the others.
    """
    path = FUNCTIONS / f"{module}.py"
    tree = ast.parse(path.read_text(encoding="utf-8"))
    route, colon, rest = (ast.get_docstring(tree) or "").partition(": ")
    handlers = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "handler"]
    if not colon or len(handlers) != 1:
        raise HandlerError(f"functions/{module}.py: start its docstring with the route, and define one `handler`")
    calls = [node for node in ast.walk(handlers[0]) if isinstance(node, ast.Call)]
    answers = [call for call in calls if _name(call) == "Answer"]
    if len(answers) != 1 or not isinstance(answers[0].args[0], ast.Constant):
        raise HandlerError(f"functions/{module}.py: return one `Answer` with a literal status")
    named = {_name(call): call for call in calls}
    return Handler(
        route=route,
        summary=" ".join(rest.split()).rstrip("."),
        description=" ".join((ast.get_docstring(handlers[0]) or "").split()),
        needs_token="caller" in named,
        takes_key="idempotency_key" in named,
        version=_version(named.get("version")),
        reads=_reader(handlers[0], calls),
        status=int(str(answers[0].args[0].value)),
        answers=_body(answers[0]),
        headers=_headers(answers[0]),
    )


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _version(call: ast.Call | None) -> str:
    if call is None:
        return ""
    required = next(word.value for word in call.keywords if word.arg == "required")
    return "required" if isinstance(required, ast.Constant) and required.value else "optional"


def _reader(handler: ast.FunctionDef, calls: list[ast.Call]) -> str | None:
    """The function that is called with the JSON of the request, which a variable holds."""
    assigned = [node for node in handler.body if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)]
    names = {ast.unparse(node.targets[0]) for node in assigned if _name(cast("ast.Call", node.value)) == "json"}
    readers = [call for call in calls if {ast.unparse(given) for given in call.args} & names]
    return _name(readers[0]) if readers else None


def _body(answer: ast.Call) -> str | None:
    if len(answer.args) == 1:
        return None
    body = answer.args[1]
    if isinstance(body, ast.Call) and isinstance(body.func, ast.Attribute):
        return f"{getattr(body.func.value, 'id', '')}.{body.func.attr}"
    return "page"


def _headers(answer: ast.Call) -> tuple[str, ...]:
    sent: list[Any] = list(ast.walk(answer.args[2])) if len(answer.args) > len(("status", "body")) else []
    keys = [
        key.value for node in sent if isinstance(node, ast.Dict) for key in node.keys if isinstance(key, ast.Constant)
    ]
    tagged = any(isinstance(node, ast.Call) and _name(node) == "etag" for node in sent)
    return tuple(sorted({*map(str, keys), *(["etag"] if tagged else [])}))
