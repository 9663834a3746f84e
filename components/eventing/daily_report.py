"""The report of each day: when it is made, by what, and where it is kept."""

from collections.abc import Sequence
from dataclasses import replace

import pulumi

from components.compute.function import Function, FunctionDefaults
from components.data.relational import Relational
from components.deployment import Deployment
from components.eventing.dead_letters import DeadLetters
from components.eventing.schedule import Schedule
from components.iam import Statement
from components.storage.bucket import Bucket

REPORT_SECONDS = 300
"""Time to read the whole table: about 1 GB a minute, a page of 1 MB after the other."""


class DailyReport(pulumi.ComponentResource):
    """A function that writes the report of the day at 08:00 UTC into a bucket of reports.

    Args:
        deployment: What it shares with the other parts.
        defaults: What it shares with the other functions.
        grants: What it may read.
        logs: The bucket that takes access logs.
        ledger: The relational store that takes a row a day; None for none.
        opts: Options of the component.
    """

    bucket: Bucket
    parts: list[object]
    """What is to be watched of it."""

    def __init__(
        self,
        *,
        deployment: Deployment,
        defaults: FunctionDefaults,
        grants: Sequence[Statement],
        logs: Bucket,
        ledger: Relational | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("blog:daily_report:DailyReport", f"{deployment.prefix}-daily-report", None, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.bucket = Bucket("reports", deployment=deployment, logs=logs, opts=child)
        failed = DeadLetters("daily-report", deployment=deployment, opts=child)
        function = Function(
            "daily_report",
            # Nobody waits for it, so none is kept warm.
            defaults=replace(defaults, provisioned_concurrency=0),
            grants=[
                *grants,
                self.bucket.grant_read("reports/*"),
                self.bucket.grant_write("reports/*"),
                *([ledger.grant_connect()] if ledger else []),
            ],
            environment={"REPORTS_BUCKET": self.bucket.name, **(ledger.environment if ledger else {})},
            layers=ledger.layers if ledger else (),
            placement=ledger.placement if ledger else None,
            timeout=REPORT_SECONDS,
            on_failure=failed,
            opts=child,
        )
        schedule = Schedule(
            "daily-report",
            deployment=deployment,
            expression="cron(0 8 * * ? *)",
            function=function,
            description="The report of the day, at 08:00 UTC",
            opts=child,
        )
        self.parts = [function, failed, schedule.undelivered]
        self.register_outputs({"bucket": self.bucket.name})
