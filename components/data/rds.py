"""PostgreSQL by RDS: an instance of a fixed size."""

from dataclasses import dataclass

import pulumi
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
from components.secrets.secret import Secret

GIGABYTES, MOST_GIGABYTES = 20, 100
"""What RDS begins with and what it grows to by itself."""

BUSY_PERCENT, LEAST_BYTES = 90, 2 * 2**30
"""When the processor is busy and the disk full. RDS makes it larger when a tenth is left, until it is at its most,
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html."""


@dataclass(frozen=True, kw_only=True)
class Rds:
    """An instance, with a standby in another zone where it is protected, and read replicas.

    RDS keeps and rotates the master's password itself, unless there are replicas: it makes none of an instance whose
    password it manages. Then the password is a secret of ours, given once and without a trace in what RDS reports.

    Sources: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.MultiAZSingleStandby.html,
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html (limitations)

    Attributes:
        instance_class: The size of each instance.
        replicas: Instances that only read.
    """

    instance_class: str
    replicas: int

    def make(self, site: Site) -> Database:
        """Make the instance and its replicas."""
        deployment = site.deployment
        parameters = aws.rds.ParameterGroup(
            site.name,
            name=site.name,
            family=f"postgres{VERSION}",
            description="Refuses connections without TLS",
            parameters=[aws.rds.ParameterGroupParameterArgs(name="rds.force_ssl", value="1")],
            opts=site.child,
        )
        secret = (
            Secret(site.name, deployment=deployment, description="The password of the ledger's master", opts=site.child)
            if self.replicas
            else None
        )
        main = aws.rds.Instance(
            site.name,
            identifier=site.name,
            engine="postgres",
            engine_version=VERSION,
            db_name=site.database,
            username=site.master,
            manage_master_user_password=None if secret else True,
            master_user_secret_kms_key_id=None if secret else deployment.key_arn,
            password_wo=secret and secret.value,
            # Another number would set the password back to the first one.
            password_wo_version=1 if secret else None,
            db_subnet_group_name=site.subnet_group,
            allocated_storage=GIGABYTES,
            max_allocated_storage=MOST_GIGABYTES,
            multi_az=deployment.protection,
            backup_retention_period=BACKUP_DAYS if deployment.protection else UNPROTECTED_BACKUP_DAYS,
            delete_automated_backups=not deployment.protection,
            skip_final_snapshot=not deployment.protection,
            final_snapshot_identifier=f"{site.name}-final" if deployment.protection else None,
            instance_class=self.instance_class,
            engine_lifecycle_support=WITHOUT_EXTENDED_SUPPORT,
            iam_database_authentication_enabled=True,
            storage_encrypted=True,
            kms_key_id=deployment.key_arn,
            storage_type="gp3",
            parameter_group_name=parameters.name,
            vpc_security_group_ids=site.security_group_ids,
            ca_cert_identifier=AUTHORITY,
            auto_minor_version_upgrade=True,
            copy_tags_to_snapshot=True,
            performance_insights_enabled=True,
            performance_insights_kms_key_id=deployment.key_arn,
            performance_insights_retention_period=INSIGHTS_DAYS,
            enabled_cloudwatch_logs_exports=["postgresql"],
            deletion_protection=deployment.protection,
            opts=site.after(site.log_group("instance")),
        )
        for number in range(1, self.replicas + 1):
            self._replica(site, f"{site.name}-{number}", main, parameters.name)
        known_arn = deployment.arns.of("rds", f"db:{site.name}")
        return Database(
            arn=main.arn,
            known_arn=known_arn,
            host=main.address,
            port=main.port,
            secret=secret.name
            if secret
            else main.master_user_secrets.apply(lambda managed: str(managed[0].secret_arn)),
            read_secret=secret.grant_read()
            if secret
            else managed_secret(
                deployment.arns, prefix="rds!db-", tag="aws:rds:primaryDBInstanceArn", database=known_arn
            ),
            rotated=secret,
            backup=(
                "rds:CreateDBSnapshot",
                "rds:DescribeDBInstances",
                "rds:DescribeDBSnapshots",
                "rds:ListTagsForResource",
            ),
            backups=deployment.arns.of("rds", "snapshot:awsbackup:*"),
            signals=_signals(site.name),
            servers=[main],
        )

    def _replica(self, site: Site, name: str, main: aws.rds.Instance, parameters: pulumi.Output[str]) -> None:
        """A replica holds nothing of its own: without a snapshot of its own, nothing is lost."""
        aws.rds.Instance(
            name,
            identifier=name,
            replicate_source_db=main.identifier,
            instance_class=self.instance_class,
            engine_lifecycle_support=WITHOUT_EXTENDED_SUPPORT,
            iam_database_authentication_enabled=True,
            storage_encrypted=True,
            storage_type="gp3",
            max_allocated_storage=MOST_GIGABYTES,
            parameter_group_name=parameters,
            vpc_security_group_ids=site.security_group_ids,
            ca_cert_identifier=AUTHORITY,
            auto_minor_version_upgrade=True,
            copy_tags_to_snapshot=True,
            performance_insights_enabled=True,
            performance_insights_kms_key_id=site.deployment.key_arn,
            performance_insights_retention_period=INSIGHTS_DAYS,
            enabled_cloudwatch_logs_exports=["postgresql"],
            deletion_protection=site.deployment.protection,
            skip_final_snapshot=True,
            opts=site.stateful,
        )


def _signals(instance: str) -> list[Signal]:
    """Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html."""

    def metric(name: str) -> Metric:
        dimensions = {"DBInstanceIdentifier": instance}
        return Metric(namespace="AWS/RDS", name=name, dimensions=dimensions, statistic="Average")

    return [
        metric("DatabaseConnections"),
        Alarm(
            name="ledger-processor",
            metric=metric("CPUUtilization"),
            threshold=BUSY_PERCENT,
            meaning="The ledger's instance is busy.",
            first_step="Look for long queries in Performance Insights before you choose a larger class.",
            runbook="database",
            minutes=3,
        ),
        Alarm(
            name="ledger-disk",
            metric=metric("FreeStorageSpace"),
            threshold=LEAST_BYTES,
            meaning=f"The ledger's disk is nearly full; it grows by itself up to {MOST_GIGABYTES} GB only.",
            first_step="Compare AllocatedStorage with the limit, and find out which table grows.",
            runbook="database",
            below=True,
        ),
    ]
