"""PostgreSQL by Aurora Serverless v2, which grows and shrinks with its load."""

from dataclasses import dataclass

import pulumi_aws as aws

from components.alarms import Alarm, Metric, Signal
from components.data.database import (
    AUTHORITY,
    BACKUP_DAYS,
    INSIGHTS_DAYS,
    UNPROTECTED_BACKUP_DAYS,
    VERSION,
    WITHOUT_EXTENDED_SUPPORT,
    Database,
    Site,
    managed_secret,
)

BUSY_PERCENT = 90
"""Of the largest capacity,
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html."""


@dataclass(frozen=True, kw_only=True)
class Aurora:
    """A cluster of one instance that writes and others that read.

    Source: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.html

    Attributes:
        minimum_capacity: The least capacity units; with 0 it pauses when nobody has used it for a while.
        maximum_capacity: The most capacity units.
        replicas: Instances that only read, in other zones, one of which takes over when the writer fails.
    """

    minimum_capacity: float
    maximum_capacity: float
    replicas: int

    def make(self, site: Site) -> Database:
        """Make the cluster and its instances."""
        cluster = self._cluster(site)
        servers = [self._instance(site, number, cluster) for number in range(1 + self.replicas)]
        arns = site.deployment.arns
        known_arn = arns.of("rds", f"cluster:{site.name}")
        return Database(
            arn=cluster.arn,
            known_arn=known_arn,
            host=cluster.endpoint,
            port=cluster.port,
            secret=cluster.master_user_secrets.apply(lambda managed: str(managed[0].secret_arn)),
            read_secret=managed_secret(
                arns, prefix="rds!cluster-", tag="aws:rds:primaryDBClusterArn", database=known_arn
            ),
            rotated=None,
            backup=(
                "rds:CreateDBClusterSnapshot",
                "rds:DescribeDBClusterSnapshots",
                "rds:DescribeDBClusters",
                "rds:ListTagsForResource",
            ),
            backups=arns.of("rds", "cluster-snapshot:awsbackup:*"),
            signals=self._signals(site.name),
            servers=servers,
        )

    def _instance(self, site: Site, number: int, cluster: aws.rds.Cluster) -> aws.rds.ClusterInstance:
        name = f"{site.name}-{number}"
        return aws.rds.ClusterInstance(
            name,
            identifier=name,
            cluster_identifier=cluster.id,
            engine=aws.rds.EngineType.AURORA_POSTGRESQL,
            instance_class="db.serverless",
            ca_cert_identifier=AUTHORITY,
            auto_minor_version_upgrade=True,
            copy_tags_to_snapshot=True,
            performance_insights_enabled=True,
            performance_insights_kms_key_id=site.deployment.key_arn,
            performance_insights_retention_period=INSIGHTS_DAYS,
            # The first reader takes over first.
            promotion_tier=min(number, 15),
            opts=site.stateful,
        )

    def _signals(self, cluster: str) -> list[Signal]:
        """Source: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.AuroraMonitoring.Metrics.html."""

        def metric(name: str) -> Metric:
            dimensions = {"DBClusterIdentifier": cluster, "Role": "WRITER"}
            return Metric(namespace="AWS/RDS", name=name, dimensions=dimensions, statistic="Average")

        return [
            metric("ServerlessDatabaseCapacity"),
            metric("DatabaseConnections"),
            Alarm(
                name="ledger-capacity",
                metric=metric("ACUUtilization"),
                threshold=BUSY_PERCENT,
                meaning=f"The ledger uses most of its {self.maximum_capacity:g} capacity units.",
                first_step="Look for long queries in Performance Insights before you raise the maximum.",
                runbook="database",
                minutes=3,
            ),
        ]

    def _cluster(self, site: Site) -> aws.rds.Cluster:
        deployment = site.deployment
        parameters = aws.rds.ClusterParameterGroup(
            site.name,
            name=site.name,
            family=f"aurora-postgresql{VERSION}",
            description="Refuses connections without TLS",
            parameters=[aws.rds.ClusterParameterGroupParameterArgs(name="rds.force_ssl", value="1")],
            opts=site.child,
        )
        return aws.rds.Cluster(
            site.name,
            cluster_identifier=site.name,
            engine="aurora-postgresql",
            engine_version=VERSION,
            engine_lifecycle_support=WITHOUT_EXTENDED_SUPPORT,
            database_name=site.database,
            master_username=site.master,
            manage_master_user_password=True,
            master_user_secret_kms_key_id=deployment.key_arn,
            iam_database_authentication_enabled=True,
            storage_encrypted=True,
            kms_key_id=deployment.key_arn,
            db_subnet_group_name=site.subnet_group,
            db_cluster_parameter_group_name=parameters.name,
            vpc_security_group_ids=site.security_group_ids,
            serverlessv2_scaling_configuration=aws.rds.ClusterServerlessv2ScalingConfigurationArgs(
                min_capacity=self.minimum_capacity, max_capacity=self.maximum_capacity
            ),
            backup_retention_period=BACKUP_DAYS if deployment.protection else UNPROTECTED_BACKUP_DAYS,
            delete_automated_backups=not deployment.protection,
            copy_tags_to_snapshot=True,
            deletion_protection=deployment.protection,
            skip_final_snapshot=not deployment.protection,
            final_snapshot_identifier=f"{site.name}-final" if deployment.protection else None,
            enabled_cloudwatch_logs_exports=["postgresql"],
            opts=site.after(site.log_group("cluster")),
        )
