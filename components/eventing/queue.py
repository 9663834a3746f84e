"""Queues that lose nothing: what cannot be processed rests in a dead-letter queue."""

import json

import pulumi
from pulumi_aws import lambda_, sqs

from components.access.resource_policy import tls_only
from components.compute.function import Function
from components.deployment import Deployment
from components.eventing.dead_letters import FORTNIGHT_SECONDS, LARGEST_MESSAGE_BYTES, DeadLetters
from components.iam import Statement, document
from components.protection import stateful

RECEIVES = 3
"""How often a message is handed out before it rests in the dead-letter queue."""

VISIBILITY_SECONDS = 300
"""How long a message that was handed out is hidden from others; at least six times its consumer's timeout.

Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
"""


class Queue(pulumi.ComponentResource):
    """A queue with its dead-letter queue, both encrypted, over TLS only; messages wait for two weeks.

    Sources: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html,
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-security-best-practices.html

    Args:
        purpose: What its messages are, such as `jobs`; with the prefix, the physical name.
        deployment: What it shares with the other parts.
        opts: Options of the component.
    """

    purpose: str
    name: pulumi.Output[str]
    arn: pulumi.Output[str]
    url: pulumi.Output[str]
    dead_letters: DeadLetters

    def __init__(self, purpose: str, *, deployment: Deployment, opts: pulumi.ResourceOptions | None = None) -> None:
        name = f"{deployment.prefix}-{purpose}"
        super().__init__("blog:queue:Queue", name, None, opts)
        self.purpose = purpose
        self._sid = "".join(word.capitalize() for word in purpose.split("-"))
        self._arn = deployment.arns.of("sqs", name)
        self._child = pulumi.ResourceOptions(parent=self)
        self.dead_letters = DeadLetters(purpose, deployment=deployment, source=self._arn, opts=self._child)
        queue = sqs.Queue(
            name,
            name=name,
            visibility_timeout_seconds=VISIBILITY_SECONDS,
            message_retention_seconds=FORTNIGHT_SECONDS,
            max_message_size=LARGEST_MESSAGE_BYTES,
            redrive_policy=json.dumps(
                {"deadLetterTargetArn": self.dead_letters.known_arn, "maxReceiveCount": RECEIVES}
            ),
            policy=document([tls_only("sqs", self._arn)]),
            kms_master_key_id=deployment.key_arn,
            sqs_managed_sse_enabled=None if deployment.key_arn else True,
            opts=pulumi.ResourceOptions.merge(
                stateful(self, protection=deployment.protection),
                pulumi.ResourceOptions(depends_on=[self.dead_letters]),
            ),
        )
        self.name, self.arn, self.url = queue.name, queue.arn, queue.url
        self.register_outputs({"name": self.name, "arn": self.arn})

    def grant_send(self) -> Statement:
        """The statement that allows to send messages."""
        return Statement(sid=f"Send{self._sid}", actions=["sqs:SendMessage"], resources=[self._arn])

    def grant_consume(self) -> Statement:
        """The statement that allows a function to be handed messages, to delete them and to ask for them again soon.

        Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
        """
        actions = ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes", "ChangeMessageVisibility"]
        return Statement(
            sid=f"Consume{self._sid}",
            actions=[f"sqs:{action}" for action in actions],
            resources=[self._arn],
        )

    def consumed_by(self, function: Function, *, batch_size: int = 10, maximum_concurrency: int = 10) -> None:
        """Have a function handed the messages. It reports those of a batch that it could not process.

        Args:
            function: It needs `grant_consume`.
            batch_size: How many messages at most it gets at a time.
            maximum_concurrency: How many batches at most it gets at once, 2 to 1000.
        """
        lambda_.EventSourceMapping(
            f"{function.name}-{self.purpose}",
            event_source_arn=self.arn,
            function_name=function.alias.arn,
            batch_size=batch_size,
            function_response_types=["ReportBatchItemFailures"],
            scaling_config=lambda_.EventSourceMappingScalingConfigArgs(maximum_concurrency=maximum_concurrency),
            opts=self._child,
        )
