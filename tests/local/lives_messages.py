"""Lives of queues, topics, rules and logs."""

import json

from tests.local.life import Life
from tests.local.world import policy

LIVES = [
    Life(
        "aws:cloudwatch/logGroup:LogGroup",
        inputs=lambda _: {"name": "/aws/lambda/first", "retentionInDays": 7, "deletionProtectionEnabled": True},
        look=lambda world, it: [
            (group["arn"], group.get("retentionInDays"))
            for group in world.call("logs", "describe_log_groups", logGroupNamePrefix=it["name"])["logGroups"]
        ],
        made=[("arn:aws:logs:eu-central-1:111122223333:log-group:/aws/lambda/first:*", 7)],
        changed=lambda _: {"retentionInDays": 0, "deletionProtectionEnabled": False},
        changes=[("arn:aws:logs:eu-central-1:111122223333:log-group:/aws/lambda/first:*", None)],
        replaced={"name": "/aws/lambda/second"},
    ),
    Life(
        "aws:sqs/queue:Queue",
        inputs=lambda _: {"name": "jobs", "visibilityTimeoutSeconds": 300, "tags": {"for": "jobs"}},
        look=lambda world, it: (
            (
                live := world.call("sqs", "get_queue_attributes", QueueUrl=it["url"], AttributeNames=["All"])[
                    "Attributes"
                ]
            )["VisibilityTimeout"],
            live["DelaySeconds"],
            world.call("sqs", "list_queue_tags", QueueUrl=it["url"])["Tags"],
        ),
        made=("300", "0", {"service": "blog", "environment": "test", "for": "jobs"}),
        changed=lambda _: {"visibilityTimeoutSeconds": 60, "delaySeconds": 5, "tags": None},
        changes=("60", "5", {"service": "blog", "environment": "test"}),
        replaced={"fifoQueue": True, "name": "other"},
    ),
    Life(
        "aws:sqs/queuePolicy:QueuePolicy",
        inputs=lambda world: {
            "queueUrl": world.queue["url"],
            "policy": policy("sqs:SendMessage", world.queue["arn"], Principal={"Service": "s3.amazonaws.com"}),
        },
        look=lambda world, it: json.loads(
            world.call("sqs", "get_queue_attributes", QueueUrl=it["queueUrl"], AttributeNames=["Policy"])["Attributes"][
                "Policy"
            ]
        )["Statement"][0]["Principal"],
        made={"Service": "s3.amazonaws.com"},
        changed=lambda world: {
            "policy": policy("sqs:SendMessage", world.queue["arn"], Principal={"Service": "sns.amazonaws.com"})
        },
        changes={"Service": "sns.amazonaws.com"},
        replaced={"queueUrl": "https://other"},
    ),
    Life(
        "aws:sns/topic:Topic",
        inputs=lambda world: {"name": "alarms", "kmsMasterKeyId": world.key["arn"]},
        look=lambda world, it: (
            (live := world.call("sns", "get_topic_attributes", TopicArn=it["arn"])["Attributes"])["TopicArn"],
            live.get("DisplayName", ""),
        ),
        made=("arn:aws:sns:eu-central-1:111122223333:alarms", ""),
        changed=lambda _: {"displayName": "Alarms"},
        changes=("arn:aws:sns:eu-central-1:111122223333:alarms", "Alarms"),
        replaced={"fifoTopic": True, "name": "other"},
    ),
    Life(
        "aws:sns/topicPolicy:TopicPolicy",
        inputs=lambda world: {
            "arn": world.topic["arn"],
            "policy": policy("sns:Publish", world.topic["arn"], Principal={"Service": "cloudwatch.amazonaws.com"}),
        },
        look=lambda world, it: json.loads(
            world.call("sns", "get_topic_attributes", TopicArn=it["arn"])["Attributes"]["Policy"]
        )["Statement"][0]["Principal"],
        made={"Service": "cloudwatch.amazonaws.com"},
        changed=lambda world: {
            "policy": policy("sns:Publish", world.topic["arn"], Principal={"Service": "events.amazonaws.com"})
        },
        changes={"Service": "events.amazonaws.com"},
        replaced={"arn": "arn:aws:sns:eu-central-1:111122223333:other"},
    ),
    Life(
        "aws:sns/topicSubscription:TopicSubscription",
        inputs=lambda world: {"topic": world.topic["arn"], "protocol": "sqs", "endpoint": world.queue["arn"]},
        look=lambda world, it: world.call("sns", "get_subscription_attributes", SubscriptionArn=it["arn"])[
            "Attributes"
        ]["RawMessageDelivery"],
        made="false",
        changed=lambda _: {"rawMessageDelivery": True},
        changes="true",
        replaced={"protocol": "email"},
    ),
    Life(
        "aws:cloudwatch/eventRule:EventRule",
        inputs=lambda _: {"name": "daily-report", "scheduleExpression": "cron(0 8 * * ? *)"},
        look=lambda world, it: (
            (live := world.call("events", "describe_rule", Name=it["name"]))["ScheduleExpression"],
            live["State"],
        ),
        made=("cron(0 8 * * ? *)", "ENABLED"),
        changed=lambda _: {"scheduleExpression": "cron(0 9 * * ? *)", "state": "DISABLED", "tags": {"for": "reports"}},
        changes=("cron(0 9 * * ? *)", "DISABLED"),
        replaced={"name": "other"},
    ),
    Life(
        "aws:cloudwatch/eventTarget:EventTarget",
        inputs=lambda world: {"rule": world.rule["name"], "arn": world.function["arn"], "targetId": "report"},
        look=lambda world, it: [
            (target["Id"], target.get("RetryPolicy", {}).get("MaximumRetryAttempts"))
            for target in world.call("events", "list_targets_by_rule", Rule=it["rule"])["Targets"]
        ],
        made=[("report", None)],
        changed=lambda world: {
            "retryPolicy": {"maximumRetryAttempts": 2, "maximumEventAgeInSeconds": 3600},
            "deadLetterConfig": {"arn": world.queue["arn"]},
        },
        changes=[("report", 2)],
        replaced={"rule": "other", "targetId": "other"},
    ),
]
