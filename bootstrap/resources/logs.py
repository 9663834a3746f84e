"""Log groups, and the deliveries by which CloudFront's logs reach a bucket.

Sources: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html (deliveries and
their permissions), https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html
"""

from collections.abc import Mapping

from bootstrap.access import (
    NOT_ANOTHERS,
    TAGGED,
    TAGGING,
    Access,
    ConditionTemplate,
    Grant,
    allow,
    in_both_regions,
    regional,
    service_role,
    worldwide,
)

_REGIONAL = (
    "/aws/lambda/{prefix}-*",
    "/aws/vendedlogs/*{prefix}-*",
    "/aws/vpc/{prefix}",
    "/aws/vpc/{prefix}:*",
    "/aws/rds/*/{prefix}-*",
    "/aws/elasticache/{prefix}-*",
)
NAMED = (
    *(regional("logs", f"log-group:{name}") for name in _REGIONAL),
    in_both_regions("logs", "log-group:aws-waf-logs-{prefix}-*"),
)
EXECUTION = regional("logs", "log-group:API-Gateway-Execution-Logs_*")
"""API Gateway chooses this name: it is known by its tag."""

SOURCE, DESTINATION = (in_both_regions("logs", f"delivery-{end}:{{prefix}}-*") for end in ("source", "destination"))
DISTRIBUTION = worldwide("cloudfront", "distribution/*")
DELIVERY = in_both_regions("logs", "delivery:*")
MADE: ConditionTemplate = {"StringEquals": {"aws:RequestTag/stack": "{prefix}"}}


def _groups(actions: str) -> list[Grant]:
    return [allow("logs", actions, *NAMED), allow("logs", actions, EXECUTION, when=TAGGED)]


ACCESS: Mapping[str, Access] = {
    "aws:cloudwatch/logGroup:LogGroup": Access(
        create=[
            allow("logs", "CreateLogGroup TagResource", *NAMED),
            allow("logs", "CreateLogGroup", EXECUTION, when=MADE),
            allow("logs", "TagResource", EXECUTION, when=TAGGING),
            *_groups("PutRetentionPolicy AssociateKmsKey PutLogGroupDeletionProtection"),
        ],
        read=[
            allow("logs", "DescribeLogGroups", "*"),
            allow("logs", "ListTagsForResource", *NAMED),
            allow("logs", "ListTagsForResource", EXECUTION, when=NOT_ANOTHERS),
        ],
        update=_groups("PutRetentionPolicy DeleteRetentionPolicy AssociateKmsKey DisassociateKmsKey UntagResource"),
        delete=_groups("DeleteLogGroup"),
    ),
    "aws:cloudwatch/logDeliverySource:LogDeliverySource": Access(
        create=[
            allow("logs", "PutDeliverySource TagResource", SOURCE),
            allow("cloudfront", "AllowVendedLogDeliveryForResource", DISTRIBUTION, when=TAGGED),
        ],
        read=[allow("logs", "GetDeliverySource ListTagsForResource", SOURCE)],
        update=[allow("logs", "UntagResource", SOURCE)],
        delete=[allow("logs", "DeleteDeliverySource", SOURCE)],
    ),
    "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": Access(
        create=[allow("logs", "PutDeliveryDestination TagResource", DESTINATION)],
        read=[allow("logs", "GetDeliveryDestination ListTagsForResource", DESTINATION)],
        update=[allow("logs", "UntagResource", DESTINATION)],
        delete=[allow("logs", "DeleteDeliveryDestination", DESTINATION)],
    ),
    "aws:cloudwatch/logDelivery:LogDelivery": Access(
        create=[
            allow("logs", "CreateDelivery", SOURCE, DESTINATION),
            allow("logs", "CreateDelivery", DELIVERY, when=MADE),
            allow("logs", "TagResource", DELIVERY, when=TAGGING),
            service_role("delivery.logs.amazonaws.com"),
        ],
        read=[
            allow("logs", "GetDelivery ListTagsForResource", DELIVERY, when=NOT_ANOTHERS),
            allow("logs", "DescribeDeliveries", "*"),
        ],
        update=[
            allow("logs", "UpdateDeliveryConfiguration", SOURCE, DESTINATION),
            allow("logs", "UpdateDeliveryConfiguration UntagResource", DELIVERY, when=TAGGED),
        ],
        delete=[allow("logs", "DeleteDelivery", DELIVERY, when=TAGGED)],
    ),
}
