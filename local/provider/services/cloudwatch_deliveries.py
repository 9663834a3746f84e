"""CloudWatch's delivery of the logs of other services: from a source by a delivery to a destination.

Sources: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/ and
https://www.pulumi.com/registry/packages/aws/api-docs/cloudwatch/.
"""

from local.provider.resource import ResourceType, Tags

_TAGS = Tags(on={"resourceArn": "arn"}, write="TagResource", remove="UntagResource", read="ListTagsForResource")

LOG_DELIVERY_SOURCE = ResourceType(
    "aws:cloudwatch/logDeliverySource:LogDeliverySource",
    service="logs",
    create="PutDeliverySource",
    read="GetDeliverySource",
    delete="DeleteDeliverySource",
    keys={"name": "name"},
    at="deliverySource",
    state=lambda _aws, _props, live: {"resourceArn": live["resourceArns"][0]},
    replaces=frozenset({"logType", "name", "resourceArn"}),
    tags=_TAGS,
)

LOG_DELIVERY_DESTINATION = ResourceType(
    "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination",
    service="logs",
    create="PutDeliveryDestination",
    read="GetDeliveryDestination",
    update="PutDeliveryDestination",
    delete="DeleteDeliveryDestination",
    keys={"name": "name"},
    at="deliveryDestination",
    replaces=frozenset({"deliveryDestinationType", "name"}),
    computed=frozenset({"deliveryDestinationType", "outputFormat"}),
    tags=_TAGS,
)

LOG_DELIVERY = ResourceType(
    "aws:cloudwatch/logDelivery:LogDelivery",
    service="logs",
    create="CreateDelivery",
    read="GetDelivery",
    update="UpdateDeliveryConfiguration",
    delete="DeleteDelivery",
    keys={"id": "id"},
    id=("{id}",),
    at="delivery",
    names={"s3DeliveryConfigurations": "s3DeliveryConfiguration"},
    replaces=frozenset({"deliveryDestinationArn", "deliverySourceName"}),
    computed=frozenset({"fieldDelimiter", "recordFields", "s3DeliveryConfigurations"}),
    named="",
    tags=_TAGS,
)
