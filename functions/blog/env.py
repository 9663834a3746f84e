"""The environment variables of the functions, read once, when a function starts, and nowhere else."""

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class EnvError(RuntimeError):
    """A variable that a function needs is missing or has a value that cannot be right."""


@dataclass(frozen=True, slots=True)
class Env:
    """What the infrastructure tells a function.

    Attributes:
        table_name: Name of the DynamoDB table (TABLE_NAME).
        service: The name that logs and metrics carry (POWERTOOLS_SERVICE_NAME).
        namespace: CloudWatch namespace of the metrics (POWERTOOLS_METRICS_NAMESPACE).
        log_level: Least severe level that is logged (POWERTOOLS_LOG_LEVEL).
    """

    table_name: str
    service: str
    namespace: str
    log_level: str


def read(variables: "Mapping[str, str]") -> Env:
    """Read and check the variables.

    Args:
        variables: Environment variables by name, as in ``os.environ``.

    Raises:
        EnvError: Naming the variable, its value and what it has to be.
    """
    env = Env(
        table_name=_required(variables, "TABLE_NAME", "the name of the DynamoDB table"),
        service=_required(variables, "POWERTOOLS_SERVICE_NAME", "the name that logs and metrics carry"),
        namespace=_required(variables, "POWERTOOLS_METRICS_NAMESPACE", "the CloudWatch namespace of the metrics"),
        log_level=_required(variables, "POWERTOOLS_LOG_LEVEL", f"one of {', '.join(_LEVELS)}"),
    )
    if env.log_level not in _LEVELS:
        raise EnvError(f"POWERTOOLS_LOG_LEVEL is {env.log_level!r}: set it to one of {', '.join(_LEVELS)}")
    return env


def required(name: str, meaning: str) -> str:
    """A variable that one function needs; its module asks for it when it is imported.

    Args:
        name: The variable.
        meaning: What it has to be, such as "the address of the jobs queue"; it completes the error.

    Raises:
        EnvError: It is not set, or empty.
    """
    return _required(os.environ, name, meaning)


def number(name: str, meaning: str) -> int:
    """A variable that is a whole number of 0 or more, as ``required``.

    Raises:
        EnvError: It is not set, or is something else.
    """
    text = required(name, meaning)
    if not text.isdecimal():
        raise EnvError(f"{name} is {text!r}: set it to {meaning}, a whole number, in the function's environment")
    return int(text)


def optional(name: str) -> str | None:
    """A variable that a function has only where its stack has what it names; None where it is not set or empty."""
    return os.environ.get(name, "").strip() or None


def _required(variables: "Mapping[str, str]", name: str, meaning: str) -> str:
    value = variables.get(name, "").strip()
    if not value:
        raise EnvError(f"{name} is not set: set it to {meaning} in the function's environment")
    return value


ENV = read(os.environ)
