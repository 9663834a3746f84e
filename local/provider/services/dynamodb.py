"""DynamoDB.

Sources: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/ and
https://www.pulumi.com/registry/packages/aws/api-docs/dynamodb/table/.
"""

from collections.abc import Iterator
from typing import cast

from local.provider.aws import Aws
from local.provider.comparison import same
from local.provider.resource import Facet, Live, ResourceType, Tags
from local.provider.wire import Props, items, nested

_PROVISIONED = "PROVISIONED"
_STANDARD = "STANDARD"


def _throughput(props: Props) -> Live:
    return {"ReadCapacityUnits": props.get("readCapacity") or 1, "WriteCapacityUnits": props.get("writeCapacity") or 1}


def _key_schema(hash_key: str | None, range_key: str | None) -> list[Live]:
    keys = ((hash_key, "HASH"), (range_key, "RANGE"))
    return [{"AttributeName": name, "KeyType": type_} for name, type_ in keys if name]


def _index(index: Props, *, billed: str | None, hash_key: str | None = None) -> Live:
    keys = items(index, "keySchemas")
    declared = [{"AttributeName": key["attributeName"], "KeyType": key["keyType"]} for key in keys]
    projection = {"ProjectionType": index["projectionType"], "NonKeyAttributes": index.get("nonKeyAttributes")}
    request: Live = {
        "IndexName": index["name"],
        "KeySchema": declared or _key_schema(hash_key or index.get("hashKey"), index.get("rangeKey")),
        "Projection": {name: value for name, value in projection.items() if value},
    }
    if billed == _PROVISIONED:
        request["ProvisionedThroughput"] = _throughput(index)
    return request


def _attributes(props: Props) -> list[Live]:
    return [{"AttributeName": a["name"], "AttributeType": a["type"]} for a in cast("list[Props]", props["attributes"])]


def _stream(props: Props) -> Live:
    if not props.get("streamEnabled"):
        return {"StreamEnabled": False}
    return {"StreamEnabled": True, "StreamViewType": props["streamViewType"]}


def _encryption(props: Props) -> Live:
    encryption = cast("Props", props.get("serverSideEncryption") or {"enabled": False})
    if not encryption["enabled"]:
        return {"Enabled": False}
    key = encryption.get("kmsKeyArn")
    return {"Enabled": True, "SSEType": "KMS", **({"KMSMasterKeyId": key} if key else {})}


def _create_request(props: Props) -> Live:
    billed = props["billingMode"]
    request: Live = {
        "AttributeDefinitions": _attributes(props),
        "KeySchema": _key_schema(props.get("hashKey"), props.get("rangeKey")),
        "ProvisionedThroughput": _throughput(props) if billed == _PROVISIONED else None,
        "GlobalSecondaryIndexes": [_index(i, billed=billed) for i in items(props, "globalSecondaryIndexes")] or None,
        "LocalSecondaryIndexes": [
            _index(i, billed=None, hash_key=props["hashKey"]) for i in items(props, "localSecondaryIndexes")
        ]
        or None,
        "StreamSpecification": _stream(props) if props.get("streamEnabled") else None,
        "SSESpecification": _encryption(props) if props.get("serverSideEncryption") else None,
    }
    return request


def _update(aws: Aws, props: Props) -> None:
    """Bring a table in line step by step: AWS takes one change of the indexes, the stream or the capacity at a time."""
    name = props["name"]
    live: Live = aws.call("dynamodb", "DescribeTable", TableName=name)["Table"]
    for change in [*_changes(props, live), *_stream_changes(props, live), *_index_changes(props, live)]:
        aws.call("dynamodb", "UpdateTable", TableName=name, **change)


def _changes(props: Props, live: Live) -> Iterator[Live]:
    billed, throughput = props["billingMode"], _throughput(props)
    resized = _resized_indexes(props, live) if billed == _PROVISIONED else []
    updates = {"GlobalSecondaryIndexUpdates": [{"Update": index} for index in resized]} if resized else {}
    if billed != _billing_mode(live):
        yield {"BillingMode": billed} | (
            {"ProvisionedThroughput": throughput} | updates if billed == _PROVISIONED else {}
        )
    elif billed == _PROVISIONED and throughput != {m: live["ProvisionedThroughput"][m] for m in throughput}:
        yield {"ProvisionedThroughput": throughput} | updates
    elif updates:
        yield updates
    protected = bool(props.get("deletionProtectionEnabled"))
    if protected != bool(live.get("DeletionProtectionEnabled")):
        yield {"DeletionProtectionEnabled": protected}
    table_class = props.get("tableClass", _STANDARD)
    if table_class != nested(live, "TableClassSummary").get("TableClass", _STANDARD):
        yield {"TableClass": table_class}
    if not same(nested(props, "serverSideEncryption"), _encryption_state(live), computed={".kmsKeyArn"}):
        yield {"SSESpecification": _encryption(props)}


def _resized_indexes(props: Props, live: Live) -> list[Live]:
    """The indexes whose capacity differs from what is asked for; they change together with the table's."""
    existing = {
        index["IndexName"]: nested(index, "ProvisionedThroughput") for index in items(live, "GlobalSecondaryIndexes")
    }
    wanted = {index["name"]: _throughput(index) for index in items(props, "globalSecondaryIndexes")}
    return [
        {"IndexName": name, "ProvisionedThroughput": throughput}
        for name, throughput in wanted.items()
        if name in existing and any(existing[name].get(member) != units for member, units in throughput.items())
    ]


def _stream_changes(props: Props, live: Live) -> Iterator[Live]:
    stream = nested(live, "StreamSpecification") or {"StreamEnabled": False}
    if _stream(props) != stream:
        if stream["StreamEnabled"]:  # Another view needs another stream.
            yield {"StreamSpecification": {"StreamEnabled": False}}
        if props.get("streamEnabled"):
            yield {"StreamSpecification": _stream(props)}


def _index_changes(props: Props, live: Live) -> Iterator[Live]:
    indexes = (_index(index, billed=props["billingMode"]) for index in items(props, "globalSecondaryIndexes"))
    wanted = {index["IndexName"]: index for index in indexes}
    existing = {index["IndexName"]: index for index in items(live, "GlobalSecondaryIndexes")}
    kept = {name for name in wanted.keys() & existing.keys() if same(_shape(wanted[name]), _shape(existing[name]))}
    for name in sorted(existing.keys() - kept):
        yield {"GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": name}}]}
    for name in sorted(wanted.keys() - kept):
        yield {
            "AttributeDefinitions": _attributes(props),
            "GlobalSecondaryIndexUpdates": [{"Create": wanted[name]}],
        }


def _shape(index: Live) -> Live:
    """What of an index cannot be changed."""
    return {member: index.get(member) for member in ("KeySchema", "Projection")}


def _billing_mode(live: Live) -> str:
    return nested(live, "BillingModeSummary").get("BillingMode", _PROVISIONED)


def _encryption_state(live: Live) -> Props | None:
    encryption = nested(live, "SSEDescription")
    enabled = encryption.get("Status") == "ENABLED"
    return {"enabled": True, "kmsKeyArn": encryption.get("KMSMasterKeyArn", "")} if enabled else None


def _table_state(_aws: Aws, _props: Props, live: Live) -> Props:
    stream = nested(live, "StreamSpecification")
    throughput = nested(live, "ProvisionedThroughput")
    return {
        **_keys(live),
        "attributes": [
            {"name": a["AttributeName"], "type": a["AttributeType"]} for a in live.get("AttributeDefinitions", [])
        ],
        "billingMode": _billing_mode(live),
        "deletionProtectionEnabled": bool(live.get("DeletionProtectionEnabled")),
        "globalSecondaryIndexes": [_index_state(index) for index in items(live, "GlobalSecondaryIndexes")],
        "localSecondaryIndexes": [
            {
                name: value
                for name, value in _index_state(index).items()
                if name not in ("hashKey", "keySchemas", "readCapacity", "writeCapacity")
            }
            for index in items(live, "LocalSecondaryIndexes")
        ],
        "readCapacity": throughput.get("ReadCapacityUnits", 0),
        "writeCapacity": throughput.get("WriteCapacityUnits", 0),
        "serverSideEncryption": _encryption_state(live),
        "streamArn": live.get("LatestStreamArn", ""),
        "streamEnabled": bool(stream.get("StreamEnabled")),
        "streamLabel": live.get("LatestStreamLabel", ""),
        "streamViewType": stream.get("StreamViewType", ""),
        "tableClass": live.get("TableClassSummary", {}).get("TableClass", _STANDARD),
    }


def _keys(live: Live) -> Props:
    by_type = {key["KeyType"]: key["AttributeName"] for key in live.get("KeySchema", [])}
    return {name: by_type[type_] for name, type_ in (("hashKey", "HASH"), ("rangeKey", "RANGE")) if type_ in by_type}


def _index_state(index: Live) -> Props:
    throughput = nested(index, "ProvisionedThroughput")
    state = {
        "name": index["IndexName"],
        **_keys(index),
        "keySchemas": [{"attributeName": k["AttributeName"], "keyType": k["KeyType"]} for k in index["KeySchema"]],
        "projectionType": index["Projection"]["ProjectionType"],
        "nonKeyAttributes": index["Projection"].get("NonKeyAttributes"),
        "readCapacity": throughput.get("ReadCapacityUnits"),
        "writeCapacity": throughput.get("WriteCapacityUnits"),
    }
    return {name: value for name, value in state.items() if value}


def _write_ttl(aws: Aws, props: Props) -> None:
    live = _read_ttl(aws, props)["ttl"]
    ttl = props.get("ttl") or {"enabled": False}
    if not ttl.get("enabled") and not live["enabled"]:
        return
    aws.call(
        "dynamodb",
        "UpdateTimeToLive",
        TableName=props["name"],
        TimeToLiveSpecification={
            "Enabled": bool(ttl.get("enabled")),
            "AttributeName": ttl.get("attributeName") or live["attributeName"],
        },
    )


def _read_ttl(aws: Aws, props: Props) -> Props:
    ttl = aws.call("dynamodb", "DescribeTimeToLive", TableName=props["name"])["TimeToLiveDescription"]
    enabled = ttl.get("TimeToLiveStatus") in ("ENABLED", "ENABLING")
    if not enabled:
        return {"ttl": {**(props.get("ttl") or {"attributeName": ""}), "enabled": False}}
    return {"ttl": {"attributeName": ttl["AttributeName"], "enabled": True}}


def _write_recovery(aws: Aws, props: Props) -> None:
    recovery = props.get("pointInTimeRecovery") or {"enabled": False}
    days = recovery.get("recoveryPeriodInDays")
    aws.call(
        "dynamodb",
        "UpdateContinuousBackups",
        TableName=props["name"],
        PointInTimeRecoverySpecification={
            "PointInTimeRecoveryEnabled": recovery["enabled"],
            **({"RecoveryPeriodInDays": days} if days and recovery["enabled"] else {}),
        },
    )


def _read_recovery(aws: Aws, props: Props) -> Props:
    backups = aws.call("dynamodb", "DescribeContinuousBackups", TableName=props["name"])["ContinuousBackupsDescription"]
    recovery = nested(backups, "PointInTimeRecoveryDescription")
    enabled = recovery.get("PointInTimeRecoveryStatus") == "ENABLED"
    # The local AWS does not keep the period: it is what was asked for, else what AWS takes by itself.
    asked = nested(props, "pointInTimeRecovery").get("recoveryPeriodInDays") or 35
    days = {"recoveryPeriodInDays": recovery.get("RecoveryPeriodInDays", asked)} if enabled else {}
    return {"pointInTimeRecovery": {"enabled": enabled, **days}}


TABLE = ResourceType(
    "aws:dynamodb/table:Table",
    service="dynamodb",
    create="CreateTable",
    read="DescribeTable",
    update=_update,
    delete="DeleteTable",
    keys={"TableName": "name"},
    at="Table",
    names={"name": "TableName", "arn": "TableArn"},
    request=_create_request,
    state=_table_state,
    replaces=frozenset({"name", "hashKey", "rangeKey", "localSecondaryIndexes", "importTable", "restoreBackupArn"}),
    defaults={"billingMode": "PROVISIONED"},
    absent={"tableClass": "STANDARD"},
    computed=frozenset(
        {
            "readCapacity",
            "writeCapacity",
            "streamViewType",
            "pointInTimeRecovery",
            "pointInTimeRecovery.recoveryPeriodInDays",
            "serverSideEncryption.kmsKeyArn",
            "globalSecondaryIndexes.readCapacity",
            "globalSecondaryIndexes.writeCapacity",
            "onDemandThroughput",
            "warmThroughput",
            "globalSecondaryIndexes.warmThroughput",
            "globalSecondaryIndexes.keySchemas",
            "globalSecondaryIndexes.hashKey",
            "globalSecondaryIndexes.rangeKey",
        }
    ),
    unordered=frozenset(
        {"attributes", "globalSecondaryIndexes", "localSecondaryIndexes", "globalSecondaryIndexes.nonKeyAttributes"}
    ),
    changing=frozenset({"streamArn", "streamLabel"}),
    changing_with=frozenset({"streamEnabled", "streamViewType"}),
    facets=(
        Facet(inputs=frozenset({"ttl"}), write=_write_ttl, read=_read_ttl),
        Facet(inputs=frozenset({"pointInTimeRecovery"}), write=_write_recovery, read=_read_recovery),
    ),
    tags=Tags(on={"ResourceArn": "arn"}, write="TagResource", remove="UntagResource", read="ListTagsOfResource"),
    ready=lambda live: (
        live.get("TableStatus") == "ACTIVE"
        and all(index.get("IndexStatus", "ACTIVE") == "ACTIVE" for index in items(live, "GlobalSecondaryIndexes"))
    ),
    lingers=True,
)
