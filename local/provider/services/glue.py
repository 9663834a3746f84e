"""Glue's catalogue: databases and tables, by which queries find the files in S3.

Sources: https://docs.aws.amazon.com/glue/latest/webapi/ and https://www.pulumi.com/registry/packages/aws/api-docs/glue/.
"""

from local.provider.aws import Aws
from local.provider.resource import ResourceType, Tags
from local.provider.wire import Props, nested


def _write_tags(aws: Aws, props: Props) -> None:
    arn, wanted = props["arn"], nested(props, "tagsAll")
    if gone := sorted(aws.call("glue", "GetTags", ResourceArn=arn)["Tags"].keys() - wanted.keys()):
        aws.call("glue", "UntagResource", ResourceArn=arn, TagsToRemove=gone)
    aws.call("glue", "TagResource", ResourceArn=arn, TagsToAdd=wanted)


CATALOG_DATABASE = ResourceType(
    "aws:glue/catalogDatabase:CatalogDatabase",
    service="glue",
    create="CreateDatabase",
    read="GetDatabase",
    update="UpdateDatabase",
    delete="DeleteDatabase",
    keys={"CatalogId": "catalogId", "Name": "name"},
    id=("{CatalogId}:{name}", "{name}"),
    import_id=("{catalogId}:{name}",),
    at="Database",
    within="DatabaseInput",
    request=lambda props: {"Tags": props.get("tags")},
    state=lambda aws, props, _live: {"arn": aws.arn("glue", f"database/{props['name']}")},
    replaces=frozenset({"catalogId", "name"}),
    absent={"description": "", "parameters": {}},
    computed=frozenset({"catalogId", "createTableDefaultPermissions", "locationUri"}),
    tags=Tags(on={"ResourceArn": "arn"}, write=_write_tags, read="GetTags"),
)

CATALOG_TABLE = ResourceType(
    "aws:glue/catalogTable:CatalogTable",
    service="glue",
    create="CreateTable",
    read="GetTable",
    update="UpdateTable",
    delete="DeleteTable",
    keys={"CatalogId": "catalogId", "DatabaseName": "databaseName", "Name": "name"},
    id=("{CatalogId}:{databaseName}:{name}", "{databaseName}:{name}"),
    import_id=("{catalogId}:{databaseName}:{name}",),
    at="Table",
    within="TableInput",
    state=lambda aws, props, _live: {"arn": aws.arn("glue", f"table/{props['databaseName']}/{props['name']}")},
    replaces=frozenset({"catalogId", "databaseName", "name", "openTableFormatInput", "partitionIndices"}),
    absent={"description": "", "owner": "", "parameters": {}, "partitionKeys": []},
    computed=frozenset({"catalogId", "partitionIndices", "tableType"}),
)
