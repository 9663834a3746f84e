"""The record of what one stack chose."""

from dataclasses import dataclass
from typing import Literal

type Mfa = Literal["OFF", "OPTIONAL", "ON"]
type ApiType = Literal["http", "rest"]
type ApiCacheSize = Literal["0.5", "1.6", "6.1", "13.5", "28.4", "58.2", "118", "237"]
type TableCapacity = Literal["on-demand", "provisioned"]
type Relational = Literal["none", "aurora", "rds"]
type RelationalLogin = Literal["iam", "secret"]
type Cache = Literal["none", "serverless", "replication-group"]
type Architecture = Literal["arm64", "x86_64"]


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
    hosted_zone: str | None
    domain_name: str | None
    certificate_arn: str | None
    table_name: str
    table_capacity: TableCapacity
    table_capacity_minimum: int
    table_capacity_maximum: int
    posts_page_size: int
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
    runbooks_url: str

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


def key_of(name: str) -> str:
    """A field's key in the stack's config: `log_retention_days` is `logRetentionDays` there."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
