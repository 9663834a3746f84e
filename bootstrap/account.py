"""The account's state, keys and roles, and the outputs that the workflows and the stacks are told."""

from pathlib import Path

import pulumi
import pulumi_aws as aws

from bootstrap import rights, stacks
from bootstrap.api_logs import ApiLogs
from bootstrap.github import Workflows
from bootstrap.state import State
from components.access.key import Key
from components.deployment import Deployment
from components.iam import Arns
from serverless_guard import guard

LOG_RETENTION_DAYS = 365


def declare() -> None:
    """Declare everything."""
    config = pulumi.Config()
    guard.install(production=config.get_bool("production") is not False, settings=Path("../policies"))
    name, region, protection = (
        pulumi.get_project(),
        pulumi.Config("aws").require("region"),
        config.require_bool("protection"),
    )
    tags = {
        "service": name,
        "environment": pulumi.get_stack(),
        "owner": config.require("owner"),
        "cost-centre": config.require("costCentre"),
        "managed-by": "pulumi",
    }
    provider = aws.Provider("aws", region=region, default_tags=aws.ProviderDefaultTagsArgs(tags=tags))
    options = pulumi.ResourceOptions(providers={"aws": provider})
    ask = pulumi.InvokeOptions(provider=provider)
    arns = Arns(
        partition=aws.get_partition(opts=ask).partition,
        region=region,
        account=aws.get_caller_identity(opts=ask).account_id,
    )
    aws.budgets.Budget(
        f"{name}-monthly",
        name=f"{name}-monthly",
        budget_type="COST",
        time_unit="MONTHLY",
        limit_amount="10",
        limit_unit="USD",
        cost_filters=[aws.budgets.BudgetCostFilterArgs(name="TagKeyValue", values=[f"user:service${name}"])],
        notifications=[
            aws.budgets.BudgetNotificationArgs(
                comparison_operator="GREATER_THAN",
                notification_type=kind,
                threshold=80,
                threshold_type="PERCENTAGE",
                subscriber_email_addresses=[config.require("alertEmail")],
            )
            for kind in ("ACTUAL", "FORECASTED")
        ],
        opts=options,
    )
    key = Key(f"{name}-state", prefix=name, arns=arns, protection=protection, opts=options)
    state = State(
        name,
        deployment=Deployment(
            prefix=name,
            arns=arns,
            key_arn=key.arn,
            log_retention_days=LOG_RETENTION_DAYS,
            protection=protection,
        ),
        opts=options,
    )
    api_logs = ApiLogs(name, arns=arns, opts=options)
    workflows = Workflows(name, repository=config.require("repository"), arns=arns, opts=options)
    delivered = {
        stack: stacks.read(stack, partition=arns.partition, account=arns.account)
        for stack in config.require_object("environments")
    }
    preview = workflows.role(
        "preview",
        subjects=["pull_request", "ref:refs/heads/main"],
        documents={"state": state.grant_read(), **rights.preview([*delivered.values()])},
    )
    deploy = {
        name: workflows.role(
            f"deploy-{name}",
            subjects=[f"environment:{name}"],
            documents={"state": state.grant_write(name), **rights.deployment(stack)},
        )
        for name, stack in delivered.items()
    }
    pulumi.export("backendUrl", state.url)
    pulumi.export("secretsProvider", state.secrets_provider)
    pulumi.export("apiLogsRoleArn", api_logs.role_arn)
    pulumi.export("previewRoleArn", preview)
    pulumi.export("deployRoleArns", deploy)
