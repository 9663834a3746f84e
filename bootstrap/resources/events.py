"""Queues, topics and rules, known by their names.

Sources: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html, …/list_amazonsns.html,
…/list_amazoneventbridge.html
"""

from collections.abc import Mapping

from bootstrap.access import Access, allow, in_both_regions, regional

QUEUE = in_both_regions("sqs", "{prefix}-*")
TOPIC = in_both_regions("sns", "{prefix}-*")
RULE = regional("events", "rule/{prefix}-*")

ACCESS: Mapping[str, Access] = {
    "aws:sqs/queue:Queue": Access(
        create=[allow("sqs", "CreateQueue TagQueue", QUEUE)],
        read=[allow("sqs", "GetQueueAttributes GetQueueUrl ListQueueTags", QUEUE)],
        update=[allow("sqs", "SetQueueAttributes TagQueue UntagQueue", QUEUE)],
        delete=[allow("sqs", "DeleteQueue", QUEUE)],
    ),
    "aws:sqs/queuePolicy:QueuePolicy": Access(
        create=[allow("sqs", "SetQueueAttributes", QUEUE)],
        read=[allow("sqs", "GetQueueAttributes", QUEUE)],
        update=[allow("sqs", "SetQueueAttributes", QUEUE)],
        delete=[allow("sqs", "SetQueueAttributes", QUEUE)],
    ),
    "aws:sns/topic:Topic": Access(
        create=[allow("sns", "CreateTopic SetTopicAttributes TagResource", TOPIC)],
        read=[allow("sns", "GetTopicAttributes ListTagsForResource", TOPIC)],
        update=[allow("sns", "SetTopicAttributes TagResource UntagResource", TOPIC)],
        delete=[allow("sns", "DeleteTopic", TOPIC)],
    ),
    "aws:sns/topicPolicy:TopicPolicy": Access(
        create=[allow("sns", "SetTopicAttributes", TOPIC)],
        read=[allow("sns", "GetTopicAttributes", TOPIC)],
        update=[allow("sns", "SetTopicAttributes", TOPIC)],
        delete=[allow("sns", "SetTopicAttributes", TOPIC)],
    ),
    # A subscription's ARN is that of its topic and an id.
    "aws:sns/topicSubscription:TopicSubscription": Access(
        create=[allow("sns", "Subscribe", TOPIC)],
        read=[allow("sns", "GetSubscriptionAttributes ListSubscriptionsByTopic", TOPIC)],
        update=[allow("sns", "SetSubscriptionAttributes", TOPIC)],
        delete=[allow("sns", "Unsubscribe", TOPIC)],
    ),
    "aws:cloudwatch/eventRule:EventRule": Access(
        create=[allow("events", "PutRule TagResource", RULE)],
        read=[allow("events", "DescribeRule ListTagsForResource", RULE)],
        update=[allow("events", "PutRule TagResource UntagResource", RULE)],
        delete=[allow("events", "DeleteRule", RULE)],
    ),
    "aws:cloudwatch/eventTarget:EventTarget": Access(
        create=[allow("events", "PutTargets", RULE)],
        read=[allow("events", "ListTargetsByRule", RULE)],
        update=[allow("events", "PutTargets", RULE)],
        delete=[allow("events", "RemoveTargets", RULE)],
    ),
}
