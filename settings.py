"""The only reader of stack config: one frozen, validated record.

Pulumi.yaml declares every key with its type, its default and what it is for; the engine fills in the defaults. Here the
values are turned into Python and judged together, before anything is created.
"""

import json
from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAliasType, cast, get_args, get_type_hints
from urllib.parse import urlsplit

import pulumi

type Mfa = Literal["OFF", "OPTIONAL", "ON"]
type ApiType = Literal["http", "rest"]
type ApiCacheSize = Literal["0.5", "1.6", "6.1", "13.5", "28.4", "58.2", "118", "237"]
type TableCapacity = Literal["on-demand", "provisioned"]
type Relational = Literal["none", "aurora", "rds"]
type RelationalLogin = Literal["iam", "secret"]
type Cache = Literal["none", "serverless", "replication-group"]
type Architecture = Literal["arm64", "x86_64"]

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
    function_architecture: Architecture
    reserved_concurrency: int
    provisioned_concurrency: int
    snap_start: bool
    api_type: ApiType
    api_cache_seconds: int
    api_cache_size: ApiCacheSize
    domain_name: str | None
    certificate_arn: str | None
    table_capacity: TableCapacity
    table_capacity_minimum: int
    table_capacity_maximum: int
    archive_after_days: int
    athena_scan_limit_megabytes: int
    relational: Relational
    relational_login: RelationalLogin
    relational_minimum_capacity: float
    relational_maximum_capacity: float
    relational_instance_class: str
    relational_replicas: int
    cache: Cache
    cache_node_type: str
    cache_replicas: int
    dax_nodes: int
    dax_node_type: str
    zones: int
    nat_gateways: int
    cdn: bool
    site_domain_name: str | None
    site_certificate_arn: str | None
    waf: bool
    backup_retention_days: int
    alarms: bool
    monthly_budget: int
    billing_alarm: int
    alert_emails: tuple[str, ...]

    @property
    def prefix(self) -> str:
        """What every physical name begins with, so that no stack touches another's resources."""
        return f"{self.project}-{self.stack}"

    @property
    def networked(self) -> bool:
        """Whether there is a store or cache that stands in a network of ours."""
        return self.relational != "none" or self.cache != "none" or self.dax_nodes > 0

    @property
    def tags(self) -> dict[str, str]:
        """The tags of every resource, which also divide the bill."""
        return {
            "service": self.project,
            "environment": self.stack,
            "stack": self.prefix,
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
            values[name] = _parser(types[name])(config[key])
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


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError("a number") from None


def _optional_text(text: str) -> str | None:
    return text.strip() or None


_PARSERS: dict[object, Callable[[str], object]] = {
    str: _text, str | None: _optional_text, bool: _boolean, int: _integer, float: _number, tuple[str, ...]: _texts,
}  # fmt: skip
"""How the text of a value becomes a field's type; the error of a parser completes the sentence "must be ..."."""


def _parser(hint: object) -> Callable[[str], object]:
    return _choice(get_args(hint.__value__)) if isinstance(hint, TypeAliasType) else _PARSERS[hint]


def _choice(choices: tuple[str, ...]) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in choices:
            *others, last = (f'"{choice}"' for choice in choices)
            raise ValueError(f"{', '.join(others)} or {last}")
        return text

    return parse


_CAPACITIES = [half / 2 for half in range(513)]
_ALLOWED: dict[str, tuple[Container[float], str]] = {
    "point_in_time_recovery_days": (range(36), "0 (off) or 1 to 35 days"),
    "log_retention_days": (LOG_RETENTION_DAYS, f"one of {', '.join(map(str, LOG_RETENTION_DAYS))} days"),
    "throttle_rate": (range(1, 10_001), "1 to 10000 requests a second"),
    "throttle_burst": (range(1, 5_001), "1 to 5000 requests"),
    "function_memory": (range(128, 10_241), "128 to 10240 MB"),
    "function_timeout": (range(1, HTTP_API_SECONDS), f"1 to {HTTP_API_SECONDS - 1} seconds"),
    "reserved_concurrency": (range(1_001), "0 (no limit) to 1000 instances"),
    "provisioned_concurrency": (range(1_001), "0 (none) to 1000 instances"),
    "api_cache_seconds": (range(3_601), "0 (none) to 3600 seconds"),
    "table_capacity_minimum": (range(1, 40_001), "1 to 40000 units"),
    "table_capacity_maximum": (range(1, 40_001), "1 to 40000 units"),
    "archive_after_days": (range(36_501), "0 (never) to 36500 days"),
    "athena_scan_limit_megabytes": (range(10, 7_000_001), "10 to 7000000 MB"),
    "relational_minimum_capacity": (_CAPACITIES, "0 (pauses when idle) to 256 ACU in steps of 0.5"),
    "relational_maximum_capacity": (_CAPACITIES[2:], "1 to 256 ACU in steps of 0.5"),
    "relational_replicas": (range(16), "0 to 15 instances"),
    "cache_replicas": (range(6), "0 to 5 replicas"),
    "dax_nodes": (range(12), "0 (none) to 11 nodes"),
    "zones": (range(2, 7), "2 to 6 zones"),
    "nat_gateways": (range(7), "0 (none) to 6, at most one a zone"),
    "backup_retention_days": (range(3_651), "0 (no backups) to 3650 days"),
    "monthly_budget": (range(1, 1_000_001), "1 to 1000000 US dollars"),
    "billing_alarm": (range(1_000_001), "0 (none) to 1000000 US dollars"),
}
"""Limits of AWS: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html (memory, concurrency),
https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html (requests, the stage cache),
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.how-it-works.html (capacity units),
https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Replication.html (replicas)."""


def _contradictions(settings: Settings) -> Iterator[str]:
    """Name what each value, or two values together, cannot be."""
    if not settings.region:
        yield "aws:region is missing; set it with: pulumi config set aws:region REGION"
    for name, (allowed, expected) in _ALLOWED.items():
        number: float = getattr(settings, name)
        if number not in allowed:
            yield f"{settings.project}:{_camel(name)} is {number}, but must be {expected}"
    for origin in settings.cors_origins:
        url = urlsplit(origin)
        if url.scheme not in ("http", "https") or not url.netloc or url.path or url.query or url.fragment:
            yield f"{settings.project}:corsOrigins has {origin!r}, but each must be like https://blog.example.com"
    yield from _pairs(settings)
    if settings.production:
        off = {
            "protection": (not settings.protection, "false", "true"),
            "pointInTimeRecoveryDays": (settings.point_in_time_recovery_days == 0, "0", "35"),
            "backupRetentionDays": (settings.backup_retention_days == 0, "0", "35"),
            "alarms": (not settings.alarms, "false", "true"),
        }
        for key, (is_off, value, safe) in off.items():
            if is_off:
                yield (
                    f"{settings.project}:{key} is {value} although {settings.project}:production is true; "
                    f"set {key} to {safe}, or production to false if nobody depends on the stack"
                )


def _pairs(settings: Settings) -> Iterator[str]:
    """Name the values that only another one spoils."""
    project = settings.project
    for least, most in (
        ("table_capacity_minimum", "table_capacity_maximum"),
        ("relational_minimum_capacity", "relational_maximum_capacity"),
    ):
        low: float = getattr(settings, least)
        high: float = getattr(settings, most)
        if low > high:
            yield f"{project}:{_camel(least)} is {low}, but must not exceed {project}:{_camel(most)}, which is {high}"
    if settings.nat_gateways > settings.zones:
        yield (
            f"{project}:natGateways is {settings.nat_gateways}, but must not exceed {project}:zones, "
            f"which is {settings.zones}"
        )
    if settings.snap_start and settings.provisioned_concurrency:
        yield (
            f"{project}:snapStart is true although {project}:provisionedConcurrency is "
            f"{settings.provisioned_concurrency}; Lambda takes one of them: set provisionedConcurrency to 0, "
            "or snapStart to false"
        )
    if settings.backup_retention_days and not settings.customer_managed_key:
        yield (
            f"{project}:backupRetentionDays is {settings.backup_retention_days} although {project}:customerManagedKey "
            "is false; backups are encrypted with that key: set customerManagedKey to true, or backupRetentionDays to 0"
        )
    if settings.cdn and not (settings.site_domain_name and settings.site_certificate_arn):
        yield (
            f"{project}:cdn is true, but {project}:siteDomainName or :siteCertificateArn is not set; set both, "
            "for CloudFront's own certificate would let viewers use TLS 1.0"
        )
    if (settings.domain_name is None) != (settings.certificate_arn is None):
        given, missing = ("domainName", "certificateArn") if settings.domain_name else ("certificateArn", "domainName")
        yield f"{project}:{given} is set although {project}:{missing} is not; set both or none"
