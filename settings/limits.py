"""What the values may be: each by itself, two together, and all of a stack that people depend on."""

import re
from collections.abc import Container, Iterator

from pulumi_aws import Region

from settings.instance_types import unknown_types
from settings.stack import Settings, key_of
from settings.texts import refused_by_aws

LOG_RETENTION_DAYS = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
)  # fmt: skip
"""What CloudWatch Logs takes, https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html."""

HTTP_API_SECONDS = 30
"""An HTTP API stops waiting then, https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html."""

_REGIONS = frozenset(region.value for region in Region)
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
    "posts_page_size": (range(1, 101), "1 to 100 posts"),
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


def contradictions(settings: Settings) -> Iterator[str]:
    """Name what each value, or two values together, cannot be."""
    if not settings.region:
        yield "aws:region is missing; set it with: pulumi config set aws:region REGION"
    elif settings.region not in _REGIONS:
        yield f"aws:region is {settings.region!r}, but must be a region of AWS such as eu-central-1"
    for name, (allowed, expected) in _ALLOWED.items():
        number: float = getattr(settings, name)
        if number not in allowed:
            yield f"{settings.project}:{key_of(name)} is {number}, but must be {expected}"
    if not re.fullmatch(r"[\w.-]{1,100}", settings.table_name):
        yield f"{settings.project}:tableName is {settings.table_name!r}, but takes letters, digits, _, . and - only"
    yield from refused_by_aws(settings)
    yield from unknown_types(settings)
    yield from _pairs(settings)
    yield from _edge(settings)
    if settings.production:
        off = {
            "protection": (not settings.protection, "false", "true"),
            "pointInTimeRecoveryDays": (settings.point_in_time_recovery_days == 0, "0", "35"),
            "backupRetentionDays": (settings.backup_retention_days == 0, "0", "35"),
            "alarms": (not settings.alarms, "false", "true"),
            "alertEmails": (settings.alarms and not settings.alert_emails, "empty", '["blog-team@example.com"]'),
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
            yield f"{project}:{key_of(least)} is {low}, but must not exceed {project}:{key_of(most)}, which is {high}"
    if settings.nat_gateways > settings.zones:
        yield (
            f"{project}:natGateways is {settings.nat_gateways}, but must not exceed {project}:zones, "
            f"which is {settings.zones}"
        )
    if 0 < settings.reserved_concurrency < settings.provisioned_concurrency:
        yield (
            f"{project}:provisionedConcurrency is {settings.provisioned_concurrency}, but must not exceed "
            f"{project}:reservedConcurrency, which is {settings.reserved_concurrency}; raise that, or set it to 0"
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


def _edge(settings: Settings) -> Iterator[str]:
    """Name the values of the API and the site that only another one spoils."""
    project = settings.project
    if settings.cdn and not (settings.site_domain_name and (settings.site_certificate_arn or settings.hosted_zone)):
        yield (
            f"{project}:cdn is true, but {project}:siteDomainName is not set, or neither {project}:hostedZone nor "
            f"{project}:siteCertificateArn; set the name and one of these, for CloudFront's own certificate would let "
            "viewers use TLS 1.0"
        )
    if settings.domain_name and settings.domain_name == settings.site_domain_name:
        yield (
            f"{project}:domainName is {settings.domain_name}, which {project}:siteDomainName is too; "
            "give each its own, for the site asks the API by its name"
        )
    if not settings.hosted_zone and (settings.domain_name is None) != (settings.certificate_arn is None):
        given, missing = ("domainName", "certificateArn") if settings.domain_name else ("certificateArn", "domainName")
        yield f"{project}:{given} is set although {project}:{missing} is not; set both or none"
    if settings.api_type == "rest" and len(settings.cors_origins) > 1:
        yield (
            f"{project}:corsOrigins has {len(settings.cors_origins)} origins although {project}:apiType is rest, whose "
            "own answers name one and the same; leave one, or set apiType to http"
        )
