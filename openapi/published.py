"""The bodies of requests as the published description has them, for the program: it imports no function."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FILE = Path(__file__).parents[1] / "openapi.json"


def request_bodies() -> dict[str, tuple[str, Mapping[str, Any]]]:
    """Name and JSON Schema of the body of each route that takes one, by its key, such as `POST /users`."""
    document = json.loads(FILE.read_text(encoding="utf-8"))
    bodies: dict[str, tuple[str, Mapping[str, Any]]] = {}
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if "requestBody" in operation:
                reference = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
                name = reference.rpartition("/")[2]
                bodies[f"{method.upper()} {path}"] = (name, document["components"]["schemas"][name])
    return bodies
