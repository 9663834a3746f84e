"""Daily copies of what is stored, in a vault that the application cannot reach."""

from collections.abc import Sequence
from typing import Protocol

import pulumi
import pulumi_aws as aws

from components.deployment import Deployment
from components.iam import Role, Statement
from components.protection import stateful

DAILY = "cron(0 3 * * ? *)"
"""Three at night, UTC, when there is least to do."""


class Store(Protocol):
    """Something that AWS Backup can copy."""

    @property
    def arn(self) -> pulumi.Input[str]:
        """Its ARN."""
        ...

    def grant_backup(self) -> Statement:
        """The statement that allows to copy it."""
        ...


class Backup(pulumi.ComponentResource):
    """A vault with daily copies of some stores, which are deleted when they have been kept long enough.

    AWS's managed policy for backups reaches every store of the account; the role here has the stores' own statements.

    Args:
        deployment: What it shares with the other parts; its key encrypts the vault.
        stores: What is copied.
        retention_days: How long a copy is kept.
        opts: Options of the component.
    """

    vault_name: pulumi.Output[str]

    def __init__(
        self,
        *,
        deployment: Deployment,
        stores: Sequence[Store],
        retention_days: int,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        name = f"{deployment.prefix}-backup"
        super().__init__("blog:backup:Backup", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        vault = aws.backup.Vault(
            name,
            name=name,
            kms_key_arn=deployment.key_arn,
            # A vault with copies cannot be deleted: where nothing is worth keeping, they go with it.
            force_destroy=not deployment.protection,
            opts=stateful(self, protection=deployment.protection),
        )
        role = Role(
            name,
            service="backup.amazonaws.com",
            grants=[store.grant_backup() for store in stores],
            account=deployment.arns.account,
            opts=child,
        )
        plan = aws.backup.Plan(
            name,
            name=name,
            rules=[
                aws.backup.PlanRuleArgs(
                    rule_name="daily",
                    target_vault_name=vault.name,
                    schedule=DAILY,
                    start_window=60,
                    completion_window=6 * 60,
                    lifecycle=aws.backup.PlanRuleLifecycleArgs(delete_after=retention_days),
                )
            ],
            opts=child,
        )
        aws.backup.Selection(
            name,
            name=name,
            plan_id=plan.id,
            iam_role_arn=role.arn,
            resources=[store.arn for store in stores],
            opts=child,
        )
        self.vault_name = vault.name
        self.register_outputs({"vault": self.vault_name})
