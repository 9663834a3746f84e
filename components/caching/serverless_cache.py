"""Valkey without nodes: paid for by what is kept and what is asked."""

from dataclasses import dataclass

import pulumi_aws as aws

from components.alarms import Alarm, Metric, Signal
from components.caching.cache_server import (
    ENGINE,
    FULL_PERCENT,
    NAMESPACE,
    PORT,
    SNAPSHOT_DAYS,
    VERSION,
    CacheServer,
    Site,
)


@dataclass(frozen=True, kw_only=True)
class ServerlessCache:
    """A serverless cache of ElastiCache, with a ceiling on its price.

    Sources: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Scaling.html,
    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/serverless-metrics-events-redis.html

    Attributes:
        gigabytes: The most that it keeps; what comes beyond it drives out the oldest.
        units: The most processing units (ECPU) a second, 1000 or more: a read or write of up to 1 KB is one.
    """

    gigabytes: int = 1
    units: int = 1000

    def make(self, site: Site) -> CacheServer:
        """Make the cache."""
        cache = aws.elasticache.ServerlessCache(
            site.name,
            name=site.name,
            description="Copies of what is read most",
            engine=ENGINE,
            major_engine_version=VERSION,
            subnet_ids=site.subnet_ids,
            security_group_ids=site.security_group_ids,
            user_group_id=site.user_group_id,
            kms_key_id=site.deployment.key_arn,
            snapshot_retention_limit=SNAPSHOT_DAYS,
            cache_usage_limits=aws.elasticache.ServerlessCacheCacheUsageLimitsArgs(
                data_storage=aws.elasticache.ServerlessCacheCacheUsageLimitsDataStorageArgs(
                    maximum=self.gigabytes, unit="GB"
                ),
                ecpu_per_seconds=[aws.elasticache.ServerlessCacheCacheUsageLimitsEcpuPerSecondArgs(maximum=self.units)],
            ),
            opts=site.stateful,
        )
        return CacheServer(
            host=cache.endpoints.apply(lambda endpoints: str(endpoints[0].address)),
            port=cache.endpoints.apply(lambda endpoints: endpoints[0].port or PORT),
            signals=self._signals(site.name),
        )

    def _signals(self, cache: str) -> list[Signal]:
        def metric(name: str, statistic: str = "Sum") -> Metric:
            return Metric(namespace=NAMESPACE, name=name, dimensions={"clusterId": cache}, statistic=statistic)

        return [
            metric("CacheHits"),
            metric("CacheMisses"),
            Alarm(
                name="cache-memory",
                metric=metric("BytesUsedForCache", "Maximum"),
                threshold=self.gigabytes * 1024**3 * FULL_PERCENT / 100,
                meaning=f"The cache has nearly reached its limit of {self.gigabytes} GB.",
                first_step="Look whether evictions have begun; then raise the limit.",
                runbook="cache",
                minutes=3,
            ),
            Alarm(
                name="cache-evictions",
                metric=metric("Evictions"),
                threshold=0,
                meaning="The cache drives out what has not ended yet, because it is full.",
                first_step="Compare the hit rate with yesterday's; where it fell, raise the limit.",
                runbook="cache",
                minutes=3,
            ),
            Alarm(
                name="cache-throttles",
                metric=metric("ThrottledCmds"),
                threshold=0,
                meaning=f"The cache is asked more than its limit of {self.units} units a second admits.",
                first_step="Look at the requests of the API: more of them, or one hot key.",
                runbook="cache",
                minutes=3,
            ),
        ]
