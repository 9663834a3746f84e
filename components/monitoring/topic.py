"""A topic to which services of AWS publish, and the people who are told."""

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_aws as aws

from components.access.resource_policy import ServiceAccess
from components.deployment import Deployment
from components.eventing.dead_letters import DeadLetters
from components.iam import Statement, document
from components.protection import stateful

CLOUDWATCH, BUDGETS = "cloudwatch.amazonaws.com", "budgets.amazonaws.com"
"""The services that publish alarms and the alerts of budgets."""


class Topic(pulumi.ComponentResource):
    """An encrypted topic that takes messages over TLS only, from the services of this account that it names.

    It has a key of its own: the key that AWS manages for topics admits no service, so that alarms would be lost.
    Sources: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html,
    https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html

    Args:
        name: The physical name of the topic.
        deployment: What it shares with the other parts.
        publishers: The services that publish.
        emails: Addresses that get each message, once they have confirmed; what cannot be delivered rests in a queue.
        opts: Options of the component.
    """

    arn: pulumi.Output[str]
    undelivered: DeadLetters | None

    def __init__(
        self,
        name: str,
        *,
        deployment: Deployment,
        publishers: Sequence[str],
        emails: Sequence[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("blog:topic:Topic", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        arn = deployment.arns.of("sns", name)
        by_services: Mapping[str, Mapping[str, str]] = {"StringEquals": {"aws:SourceAccount": deployment.arns.account}}
        key = aws.kms.Key(
            name,
            description=f"Encrypts the messages of {name}",
            enable_key_rotation=True,
            deletion_window_in_days=30,
            policy=document(
                [
                    Statement(
                        sid="AdministeredByIamPolicies",
                        principals={"AWS": deployment.arns.root},
                        actions=["kms:*"],
                        resources=["*"],
                    ),
                    Statement(
                        sid="UsedByPublishers",
                        principals={"Service": publishers},
                        actions=["kms:Decrypt", "kms:GenerateDataKey*"],
                        resources=["*"],
                        conditions=by_services,
                    ),
                ]
            ),
            opts=stateful(self, protection=deployment.protection),
        )
        aws.kms.Alias(name, name=f"alias/{name}", target_key_id=key.key_id, opts=child)
        topic = aws.sns.Topic(name, name=name, kms_master_key_id=key.arn, opts=child)
        policy = aws.sns.TopicPolicy(
            name,
            arn=topic.arn,
            policy=document(
                [
                    Statement(
                        sid="PublishedByServices",
                        principals={"Service": publishers},
                        actions=["sns:Publish"],
                        resources=[arn],
                        conditions=by_services,
                    ),
                    Statement(
                        sid="RefusedWithoutTls",
                        effect="Deny",
                        principals={"AWS": "*"},
                        actions=["sns:Publish"],
                        resources=[arn],
                        conditions={"Bool": {"aws:SecureTransport": "false"}},
                    ),
                ]
            ),
            opts=child,
        )
        self.undelivered = (
            DeadLetters(
                name.removeprefix(f"{deployment.prefix}-"),
                deployment=deployment,
                services=[
                    ServiceAccess(
                        service="sns.amazonaws.com", actions=["sqs:SendMessage"], source=arn, says_account=False
                    )
                ],
                opts=child,
            )
            if emails
            else None
        )
        redrive = self.undelivered and pulumi.Output.json_dumps({"deadLetterTargetArn": self.undelivered.arn})
        for email in emails:
            aws.sns.TopicSubscription(
                f"{name} {email}", topic=topic.arn, protocol="email", endpoint=email, redrive_policy=redrive, opts=child
            )
        # Whoever takes the ARN may publish: it waits for the policy.
        self.arn = pulumi.Output.all(topic.arn, policy.id).apply(lambda both: both[0])
        self.register_outputs({"arn": self.arn})
