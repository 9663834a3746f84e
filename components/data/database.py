"""What a relational database is handed when it is made, and what it is known by afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import pulumi
import pulumi_aws as aws

from components.alarms import Signal
from components.deployment import Deployment
from components.iam import Arns, Statement
from components.secrets.secret import Secret

VERSION = "17"
"""PostgreSQL's major version: RDS chooses the minor one, and replaces it with each that mends something."""

AUTHORITY = "rds-ca-rsa2048-g1"
"""Who signs the servers' certificates; rds_authorities.pem has its own for each region, from the bundle of
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html."""

BACKUP_DAYS, UNPROTECTED_BACKUP_DAYS = 35, 7
INSIGHTS_DAYS = 7
"""The days of Performance Insights that cost nothing."""

WITHOUT_EXTENDED_SUPPORT = "open-source-rds-extended-support-disabled"


@dataclass(frozen=True, kw_only=True)
class Site:
    """Where and how a database is made.

    Attributes:
        name: What its physical names begin with.
        database: The name of the database in it.
        deployment: What it shares with the other parts.
        subnet_group: The group of the private subnets.
        security_group_ids: Who reaches it.
        child: Options of its parts.
        stateful: Options of those that hold data.
    """

    name: str
    database: str
    deployment: Deployment
    subnet_group: pulumi.Output[str]
    security_group_ids: Sequence[pulumi.Input[str]]
    child: pulumi.ResourceOptions
    stateful: pulumi.ResourceOptions

    @property
    def master(self) -> str:
        """The user who owns the database; as everything else, no other stack's has the name."""
        return f"{self.database}_master"

    def log_group(self, kind: str) -> aws.cloudwatch.LogGroup:
        """Where RDS writes the server's log; made before it, so that it is encrypted and does not grow for ever."""
        return aws.cloudwatch.LogGroup(
            self.name,
            name=f"/aws/rds/{kind}/{self.name}/postgresql",
            retention_in_days=self.deployment.log_retention_days,
            kms_key_id=self.deployment.key_arn,
            deletion_protection_enabled=self.deployment.protection,
            opts=self.stateful,
        )

    def after(self, *resources: pulumi.Resource) -> pulumi.ResourceOptions:
        """Options of what holds data and is made after others."""
        return pulumi.ResourceOptions.merge(self.stateful, pulumi.ResourceOptions(depends_on=list(resources)))


@dataclass(frozen=True, kw_only=True)
class Database:
    """A database that was made.

    Attributes:
        arn: Its ARN.
        known_arn: The same, as it is known before it exists.
        host: Where it answers.
        port: On which port.
        secret: The name or ARN of the secret with its master's password.
        read_secret: The statement that allows to read it.
        rotated: The secret, where it is ours to rotate; RDS rotates its own.
        backup: The actions by which AWS Backup copies it.
        backups: The resources that those are about, beside the database.
        signals: What is watched of it.
        servers: The instances that answer at `host`; a cluster exists minutes before it has one.
    """

    arn: pulumi.Output[str]
    known_arn: str
    host: pulumi.Output[str]
    port: pulumi.Output[int]
    secret: pulumi.Input[str]
    read_secret: Statement
    rotated: Secret | None
    backup: Sequence[str]
    backups: str
    signals: Sequence[Signal]
    servers: Sequence[pulumi.Resource]


def managed_secret(arns: Arns, *, prefix: str, tag: str, database: str) -> Statement:
    """The statement that allows to read a master's password that RDS keeps.

    RDS chooses the name of the secret, and tags it with the database that it belongs to.
    Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html

    Args:
        arns: The account and region.
        prefix: What the secret's name begins with.
        tag: The tag that holds the database's ARN.
        database: That ARN.
    """
    return Statement(
        sid="ReadMasterPassword",
        actions=["secretsmanager:GetSecretValue"],
        resources=[arns.of("secretsmanager", f"secret:{prefix}*")],
        conditions={"StringEquals": {f"secretsmanager:ResourceTag/{tag}": database}},
    )


class Engine(Protocol):
    """A way to have PostgreSQL."""

    def make(self, site: Site) -> Database:
        """Make the database."""
        ...
