"""Calls a function at its times."""

from datetime import timedelta

import pulumi
from pulumi_aws import cloudwatch, lambda_

from components.access.resource_policy import ServiceAccess
from components.compute.function import Function
from components.deployment import Deployment
from components.eventing.dead_letters import DeadLetters

RETRIES = 8
RETRIED_FOR = timedelta(hours=6)
"""A day's call is worth little once the next one is near; EventBridge's own 185 attempts in 24 hours end after that."""


class Schedule(pulumi.ComponentResource):
    """A rule of EventBridge that calls a function, again where that fails, and keeps what could not be delivered.

    Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html

    Args:
        purpose: What happens then, such as `daily-report`; with the prefix, the physical name.
        deployment: What it shares with the other parts.
        expression: When, in UTC, such as `cron(0 8 * * ? *)`.
        function: What is called.
        description: What people read about the rule.
        opts: Options of the component.
    """

    undelivered: DeadLetters

    def __init__(
        self,
        purpose: str,
        *,
        deployment: Deployment,
        expression: str,
        function: Function,
        description: str,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        name = f"{deployment.prefix}-{purpose}"
        super().__init__("blog:schedule:Schedule", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        arn = deployment.arns.of("events", f"rule/{name}")
        self.undelivered = DeadLetters(
            f"{purpose}-schedule",
            deployment=deployment,
            services=[
                ServiceAccess(
                    service="events.amazonaws.com", actions=["sqs:SendMessage"], source=arn, says_account=False
                )
            ],
            opts=child,
        )
        rule = cloudwatch.EventRule(
            name, name=name, description=description, schedule_expression=expression, opts=child
        )
        permission = lambda_.Permission(
            name,
            statement_id=purpose,
            action="lambda:InvokeFunction",
            principal="events.amazonaws.com",
            function=function.alias.function_name,
            qualifier=function.alias.name,
            source_arn=arn,
            opts=child,
        )
        cloudwatch.EventTarget(
            name,
            rule=rule.name,
            target_id=purpose,
            arn=function.alias.arn,
            retry_policy=cloudwatch.EventTargetRetryPolicyArgs(
                maximum_retry_attempts=RETRIES, maximum_event_age_in_seconds=int(RETRIED_FOR.total_seconds())
            ),
            dead_letter_config=cloudwatch.EventTargetDeadLetterConfigArgs(arn=self.undelivered.arn),
            # A rule that fires before it may call would only fill the queue.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[permission]),
        )
        self.register_outputs({"rule": rule.arn})
