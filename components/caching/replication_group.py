"""Valkey on nodes of a fixed size: a primary and its replicas."""

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

BUSY_PERCENT = 90
"""Of the one processor that the engine uses,
https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.WhichShouldIMonitor.html."""


@dataclass(frozen=True, kw_only=True)
class ReplicationGroup:
    """A replication group of ElastiCache, without shards.

    Sources: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/AutoFailover.html,
    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Log_Delivery.html

    Attributes:
        node_type: The size of a node.
        replicas: Nodes beside the primary, in other zones, one of which takes over when that fails.
    """

    node_type: str
    replicas: int

    def make(self, site: Site) -> CacheServer:
        """Make the nodes, and the log of commands that were slow."""
        deployment = site.deployment
        subnets = aws.elasticache.SubnetGroup(
            site.name,
            name=site.name,
            description="The private subnets of the cache",
            subnet_ids=site.subnet_ids,
            opts=site.child,
        )
        logs = aws.cloudwatch.LogGroup(
            site.name,
            name=f"/aws/elasticache/{site.name}",
            retention_in_days=deployment.log_retention_days,
            kms_key_id=deployment.key_arn,
            deletion_protection_enabled=deployment.protection,
            opts=site.stateful,
        )
        group = aws.elasticache.ReplicationGroup(
            site.name,
            replication_group_id=site.name,
            description="Copies of what is read most",
            engine=ENGINE,
            engine_version=f"{VERSION}.0",
            node_type=self.node_type,
            num_cache_clusters=1 + self.replicas,
            multi_az_enabled=self.replicas > 0,
            automatic_failover_enabled=self.replicas > 0,
            subnet_group_name=subnets.name,
            security_group_ids=site.security_group_ids,
            user_group_ids=[site.user_group_id],
            at_rest_encryption_enabled=True,
            kms_key_id=deployment.key_arn,
            transit_encryption_enabled=True,
            snapshot_retention_limit=SNAPSHOT_DAYS,
            final_snapshot_identifier=f"{site.name}-final" if deployment.protection else None,
            apply_immediately=True,
            log_delivery_configurations=[
                aws.elasticache.ReplicationGroupLogDeliveryConfigurationArgs(
                    destination=logs.name,
                    destination_type="cloudwatch-logs",
                    log_format="json",
                    log_type="slow-log",
                )
            ],
            opts=site.stateful,
        )
        return CacheServer(
            host=group.primary_endpoint_address,
            port=group.port.apply(lambda port: port or PORT),
            signals=self._signals(site.name),
        )

    def _signals(self, group: str) -> list[Signal]:
        """Source: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.Redis.html."""
        signals: list[Signal] = []
        for number in range(1, 2 + self.replicas):
            node = f"{group}-{number:03}"

            def metric(name: str, statistic: str, node: str = node) -> Metric:
                return Metric(namespace=NAMESPACE, name=name, dimensions={"CacheClusterId": node}, statistic=statistic)

            signals += [
                metric("CacheHits", "Sum"),
                metric("CacheMisses", "Sum"),
                Alarm(
                    name=f"cache-memory-{number}",
                    metric=metric("DatabaseMemoryUsagePercentage", "Maximum"),
                    threshold=FULL_PERCENT,
                    meaning=f"{node} is nearly full.",
                    first_step="Look whether evictions have begun; then take a larger node type.",
                    runbook="cache",
                    minutes=3,
                ),
                Alarm(
                    name=f"cache-evictions-{number}",
                    metric=metric("Evictions", "Sum"),
                    threshold=0,
                    meaning=f"{node} drives out what has not ended yet, because it is full.",
                    first_step="Compare the hit rate with yesterday's; where it fell, take a larger node type.",
                    runbook="cache",
                    minutes=3,
                ),
                Alarm(
                    name=f"cache-processor-{number}",
                    metric=metric("EngineCPUUtilization", "Average"),
                    threshold=BUSY_PERCENT,
                    meaning=f"{node} has as much to do as it can: its answers come late, and reads go to the table.",
                    first_step="Look at the requests of the API: more of them, or one hot key.",
                    runbook="cache",
                    minutes=3,
                ),
            ]
        return signals
