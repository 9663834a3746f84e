"""The only reader of stack config: one frozen, validated record.

Pulumi.yaml declares every key with its type, its default and what it is for; the engine fills in the defaults. Here the
values are turned into Python and judged together, before anything is created.
"""

import json
from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast, get_type_hints
from urllib.parse import urlsplit

import pulumi

type Mfa = Literal["OFF", "OPTIONAL", "ON"]

LOG_RETENTION_DAYS = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
)  # fmt: skip
"""What CloudWatch Logs takes, https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html."""

HTTP_API_SECONDS = 30
"""An HTTP API stops waiting then, https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html."""


class SettingsError(pulumi.RunError):
    """Config that cannot be used. Its text has a line for each mistake: the key, the value and the fix."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What one stack chose. Pulumi.yaml says what each field is for, under the same name in camel case."""

    project: str
    stack: str
    region: str
    production: bool
    owner: str
    cost_centre: str
    protection: bool
    point_in_time_recovery_days: int
    customer_managed_key: bool
    log_retention_days: int
    mfa: Mfa
    cors_origins: tuple[str, ...]
    throttle_rate: int
    throttle_burst: int
    function_memory: int
    function_timeout: int
    provisioned_concurrency: int

    @property
    def prefix(self) -> str:
        """What every physical name begins with, so that no stack touches another's resources."""
        return f"{self.project}-{self.stack}"

    @property
    def tags(self) -> dict[str, str]:
        """The tags of every resource, which also divide the bill."""
        return {
            "service": self.project,
            "environment": self.stack,
            "owner": self.owner,
            "cost-centre": self.cost_centre,
            "managed-by": "pulumi",
        }


def read() -> Settings:
    """Read the settings of the stack that is being deployed.

    Raises:
        SettingsError: A key is unknown or missing; a value has a wrong type, is out of range or contradicts another.
    """
    return parse(pulumi.runtime.get_config_env(), project=pulumi.get_project(), stack=pulumi.get_stack())


def parse(config: Mapping[str, str], *, project: str, stack: str) -> Settings:
    """Turn config, as the engine hands it over (`blog:owner` -> text or JSON text), into settings.

    Raises:
        SettingsError: As for `read`; it lists all mistakes at once.
    """
    types = {
        name: hint for name, hint in get_type_hints(Settings).items() if name not in ("project", "stack", "region")
    }
    keys = {f"{project}:{_camel(name)}": name for name in types}
    mistakes = [
        f"{key} is not a setting; remove it, or correct it to one of {', '.join(sorted(keys))}"
        for key in sorted(config)
        if key.startswith(f"{project}:") and key not in keys
    ]
    values: dict[str, Any] = {"project": project, "stack": stack, "region": config.get("aws:region", "")}
    for key, name in keys.items():
        if key not in config:
            mistakes.append(f"{key} is missing; set it with: pulumi config set {key} VALUE")
            continue
        try:
            values[name] = _PARSERS[types[name]](config[key])
        except ValueError as error:
            shown = "a secret" if pulumi.runtime.is_config_secret(key) else repr(config[key])
            mistakes.append(f"{key} is {shown}, but must be {error}")
    if not mistakes:
        settings = Settings(**values)
        mistakes = list(_contradictions(settings))
        if not mistakes:
            return settings
    raise SettingsError("The stack's config cannot be used:\n" + "\n".join(f"  - {mistake}" for mistake in mistakes))


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def _text(text: str) -> str:
    if not text.strip():
        raise ValueError("a text that is not empty")
    return text


def _boolean(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError("true or false")
    return text == "true"


def _integer(text: str) -> int:
    if not text.removeprefix("-").isdecimal():
        raise ValueError("a whole number")
    return int(text)


def _texts(text: str) -> tuple[str, ...]:
    try:
        items = cast("object", json.loads(text))
    except json.JSONDecodeError:
        items = None
    if not isinstance(items, list) or not all(isinstance(item, str) for item in cast("list[object]", items)):
        raise ValueError("a list of texts")
    return tuple(cast("list[str]", items))


def _mfa(text: str) -> Mfa:
    if text not in ("OFF", "OPTIONAL", "ON"):
        raise ValueError('"OFF", "OPTIONAL" or "ON"')
    return text


_PARSERS: dict[object, Callable[[str], object]] = {
    str: _text, bool: _boolean, int: _integer, tuple[str, ...]: _texts, Mfa: _mfa,
}  # fmt: skip
"""How the text of a value becomes a field's type; the error of a parser completes the sentence "must be ..."."""

_ALLOWED: dict[str, tuple[Container[int], str]] = {
    "point_in_time_recovery_days": (range(36), "0 (off) or 1 to 35 days"),
    "log_retention_days": (LOG_RETENTION_DAYS, f"one of {', '.join(map(str, LOG_RETENTION_DAYS))} days"),
    "throttle_rate": (range(1, 10_001), "1 to 10000 requests a second"),
    "throttle_burst": (range(1, 5_001), "1 to 5000 requests"),
    "function_memory": (range(128, 10_241), "128 to 10240 MB"),
    "function_timeout": (range(1, HTTP_API_SECONDS), f"1 to {HTTP_API_SECONDS - 1} seconds"),
    "provisioned_concurrency": (range(1_001), "0 (none) to 1000 instances"),
}
"""Limits of AWS: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html (memory, concurrency),
https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html (requests)."""


def _contradictions(settings: Settings) -> Iterator[str]:
    """Name what each value, or two values together, cannot be."""
    if not settings.region:
        yield "aws:region is missing; set it with: pulumi config set aws:region REGION"
    for name, (allowed, expected) in _ALLOWED.items():
        number: int = getattr(settings, name)
        if number not in allowed:
            yield f"{settings.project}:{_camel(name)} is {number}, but must be {expected}"
    for origin in settings.cors_origins:
        url = urlsplit(origin)
        if url.scheme not in ("http", "https") or not url.netloc or url.path or url.query or url.fragment:
            yield f"{settings.project}:corsOrigins has {origin!r}, but each must be like https://blog.example.com"
    if settings.production:
        off = {
            "protection": (not settings.protection, "false", "true"),
            "pointInTimeRecoveryDays": (settings.point_in_time_recovery_days == 0, "0", "35"),
        }
        for key, (is_off, value, safe) in off.items():
            if is_off:
                yield (
                    f"{settings.project}:{key} is {value} although {settings.project}:production is true; "
                    f"set {key} to {safe}, or production to false if nobody depends on the stack"
                )
