"""Where events rest that nobody could process."""

import json
from collections.abc import Sequence

import pulumi
from pulumi_aws import sqs

from components.access.resource_policy import ServiceAccess, tls_only
from components.deployment import Deployment
from components.iam import Statement, document
from components.protection import stateful

FORTNIGHT_SECONDS = 14 * 24 * 60 * 60
"""The longest time that SQS keeps a message,
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html."""


LARGEST_MESSAGE_BYTES = 1024 * 1024
"""The most that SQS takes, and its own default; the provider's is a quarter of it,
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html."""


class DeadLetters(pulumi.ComponentResource):
    """A queue that keeps for two weeks what failed for the last time, so that somebody may look and send it again.

    A key of SQS encrypts it, not ours: EventBridge could only write there if our key let a service in that anybody's
    rules are made of.
    Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html

    Args:
        purpose: Whose dead letters they are, such as `daily-report`; the middle of the physical name.
        deployment: What it shares with the other parts.
        source: The ARN of the queue whose messages it takes, and no other's; None where functions or services send.
        services: The services of AWS that send there in their own name.
        opts: Options of the component.
    """

    purpose: str
    name: str
    arn: pulumi.Output[str]

    known_arn: str
    """The same, as it is known before the queue exists."""

    def __init__(
        self,
        purpose: str,
        *,
        deployment: Deployment,
        source: str | None = None,
        services: Sequence[ServiceAccess] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        self.purpose = purpose
        self.name = f"{deployment.prefix}-{purpose}-dead-letters"
        super().__init__("blog:dead_letters:DeadLetters", self.name, None, opts)
        self.known_arn = deployment.arns.of("sqs", self.name)
        queue = sqs.Queue(
            self.name,
            name=self.name,
            message_retention_seconds=FORTNIGHT_SECONDS,
            max_message_size=LARGEST_MESSAGE_BYTES,
            sqs_managed_sse_enabled=True,
            redrive_allow_policy=json.dumps({"redrivePermission": "byQueue", "sourceQueueArns": [source]})
            if source
            else None,
            opts=stateful(self, protection=deployment.protection),
        )
        used = [service.statement(self.known_arn, deployment.arns.account) for service in services]
        policy = sqs.QueuePolicy(
            self.name,
            queue_url=queue.url,
            policy=document([tls_only("sqs", self.known_arn), *used]),
            opts=pulumi.ResourceOptions(parent=self),
        )
        # A queue takes letters once its policy lets them in: whoever takes the ARN waits for both.
        self.arn = pulumi.Output.all(queue.arn, policy.id).apply(lambda both: both[0])
        self.register_outputs({"name": self.name, "arn": self.arn})

    def grant_send(self) -> Statement:
        """The statement that allows to send letters there."""
        return Statement(sid="SendDeadLetters", actions=["sqs:SendMessage"], resources=[self.known_arn])
