"""The program that `benchmarks.preview` previews: as many resources as RESOURCES says, of the types that a service has.

With GUARDED=1 it has the guard of the policies. It keeps every mandatory rule, so that no preview ends early.
"""

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pulumi
import pulumi_aws as aws

from serverless_guard import guard

ACCOUNT = "arn:aws:{}:eu-central-1:000000000000:{}"
TAGS = {"service": "bench", "environment": "bench", "owner": "nobody", "cost-centre": "none"}

QUEUES: dict[str, aws.sqs.Queue] = {}


def queue(index: int) -> None:
    """Make a queue, or else the policy that has the queue before it refuse requests without TLS."""
    name = f"queue-{index - index % 2}"
    if name not in QUEUES:
        dead = json.dumps({"deadLetterTargetArn": ACCOUNT.format("sqs", "dead"), "maxReceiveCount": 5})
        QUEUES[name] = aws.sqs.Queue(name, name=name, sqs_managed_sse_enabled=True, redrive_policy=dead, tags=TAGS)
        return
    denied = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sqs:*",
        "Resource": ACCOUNT.format("sqs", name),
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    aws.sqs.QueuePolicy(name, queue_url=QUEUES[name].url, policy=_document(denied))


def table(index: int) -> None:
    """Make a table with point-in-time recovery."""
    aws.dynamodb.Table(
        f"table-{index}",
        billing_mode="PAY_PER_REQUEST",
        hash_key="id",
        deletion_protection_enabled=True,
        attributes=[{"name": "id", "type": "S"}],
        point_in_time_recovery={"enabled": True, "recovery_period_in_days": 35},
        on_demand_throughput={"max_read_request_units": 100, "max_write_request_units": 100},
        tags=TAGS,
    )


def logs(index: int) -> None:
    """Make a log group whose events expire."""
    aws.cloudwatch.LogGroup(f"logs-{index}", retention_in_days=14, tags=TAGS)


def role(index: int) -> None:
    """Make a role that a function may assume."""
    allowed = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
    aws.iam.Role(f"role-{index}", name=f"role-{index}", assume_role_policy=_document(allowed), tags=TAGS)


def grants(index: int) -> None:
    """Make a policy with two statements for a role."""
    items = {
        "Sid": "Items",
        "Effect": "Allow",
        "Action": ["dynamodb:GetItem", "dynamodb:PutItem"],
        "Resource": ACCOUNT.format("dynamodb", f"table/table-{index}"),
    }
    messages = {
        "Sid": "Messages",
        "Effect": "Allow",
        "Action": "sqs:SendMessage",
        "Resource": ACCOUNT.format("sqs", f"queue-{index}"),
    }
    aws.iam.RolePolicy(f"grants-{index}", role=f"role-{index}", policy=_document(items, messages))


def _document(*statements: Mapping[str, object]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


KINDS: tuple[Callable[[int], None], ...] = (queue, table, logs, role, grants)


def main() -> None:
    """Register the resources."""
    if os.environ["GUARDED"] == "1":
        guard.install(production=False, settings=Path("policies"))
    aws.budgets.Budget(
        "budget",
        budget_type="COST",
        time_unit="MONTHLY",
        limit_amount="10",
        limit_unit="USD",
        notifications=[
            {
                "notification_type": kind,
                "comparison_operator": "GREATER_THAN",
                "threshold": 80,
                "threshold_type": "PERCENTAGE",
                "subscriber_email_addresses": ["nobody@example.com"],
            }
            for kind in ("ACTUAL", "FORECASTED")
        ],
        tags=TAGS,
    )
    for index in range(int(os.environ["RESOURCES"]) - 1):
        KINDS[index % len(KINDS)](index // len(KINDS))
    pulumi.export("resources", os.environ["RESOURCES"])


main()
