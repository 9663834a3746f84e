"""What has to exist before something else is created, with the page of AWS (or of its provider) that says why.

A relation that a reference already enforces is listed too: the reference may be replaced by a name one day.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from tests.components.recording import Registration

type Keys = Callable[[Registration], Iterable[str]]
"""What a resource is matched by; none where the relation does not concern it."""

DOCS = "https://docs.aws.amazon.com"
LAMBDA = f"{DOCS}/lambda/latest/dg"
S3 = f"{DOCS}/AmazonS3/latest/userguide"
RDS = f"{DOCS}/AmazonRDS/latest/UserGuide"
APIGATEWAY = f"{DOCS}/apigateway/latest/developerguide"


@dataclass(frozen=True)
class Wait:
    """Resources of one type that wait for resources of another.

    Attributes:
        waiting: The type that waits, such as `lambda/function:Function`.
        by: What a waiting resource is matched by.
        needed: The type that it waits for.
        of: What a needed resource is matched by; they belong together where a key is equal.
        source: The page that says why.
    """

    waiting: str
    by: Keys
    needed: str
    of: Keys
    source: str

    def __str__(self) -> str:
        """Name both types without their modules."""
        return f"{self.waiting.split(':')[1]} waits for {self.needed.split(':')[1]}"


def value(path: str) -> Keys:
    """The value, or the values of a list, below a path such as `loggingConfig.logGroup`; ARNs by their last part."""

    def keys(one: Registration) -> list[str]:
        value: Any = one.inputs
        for step in path.split("."):
            value = value.get(step) if isinstance(value, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        values: list[Any] = value if isinstance(value, list) else [value]  # pyright: ignore[reportUnknownVariableType]
        return [str(each).removesuffix("-id").split(":")[-1] for each in values if each]

    return keys


def everything(_one: Registration) -> list[str]:
    return ["any"]


def name_of(one: Registration) -> list[str]:
    return [one.name]


def only(condition: Callable[[Registration], object], keys: Keys = everything) -> Keys:
    return lambda one: keys(one) if condition(one) else []


def read_by_name(one: Registration) -> list[str]:
    """The secrets and parameters that a function's variables name."""
    variables = one.inputs.get("environment", {}).get("variables", {})
    return [str(value) for name, value in variables.items() if name.endswith(("_SECRET_NAME", "_PARAMETER"))]


def redriven_to(one: Registration) -> list[str]:
    return (
        [json.loads(one.inputs["redrivePolicy"])["deadLetterTargetArn"].split(":")[-1]]
        if "redrivePolicy" in one.inputs
        else []
    )


in_network = only(lambda one: one.inputs.get("vpcConfig"))
of_ledger = only(lambda one: "ledger" in one.name)
dead_letters = value("destinationConfig.onFailure.destination")
