"""ElastiCache.

Sources: https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/ and
https://www.pulumi.com/registry/packages/aws/api-docs/elasticache/.
"""

from local.provider.aws import Aws
from local.provider.resource import Live, ResourceType, Tags
from local.provider.wire import Props, items, nested

_TAGS = Tags(
    on={"ResourceName": "arn"}, write="AddTagsToResource", remove="RemoveTagsFromResource", read="ListTagsForResource"
)


def _find_subnet_group(aws: Aws, props: Props) -> Live:
    answer = aws.call("elasticache", "DescribeCacheSubnetGroups", CacheSubnetGroupName=props["name"])
    return answer["CacheSubnetGroups"][0]


SUBNET_GROUP = ResourceType(
    "aws:elasticache/subnetGroup:SubnetGroup",
    service="elasticache",
    create="CreateCacheSubnetGroup",
    read=_find_subnet_group,
    update="ModifyCacheSubnetGroup",
    delete="DeleteCacheSubnetGroup",
    keys={"CacheSubnetGroupName": "name"},
    names={"name": "CacheSubnetGroupName", "description": "CacheSubnetGroupDescription"},
    state=lambda _aws, _props, live: {"subnetIds": [subnet["SubnetIdentifier"] for subnet in live["Subnets"]]},
    replaces=frozenset({"name"}),
    defaults={"description": "Managed by Pulumi"},
    unordered=frozenset({"subnetIds"}),
    tags=_TAGS,
)


def _find_user(aws: Aws, props: Props) -> Live:
    return aws.call("elasticache", "DescribeUsers", UserId=props["userId"])["Users"][0]


USER = ResourceType(
    "aws:elasticache/user:User",
    service="elasticache",
    create="CreateUser",
    read=_find_user,
    update="ModifyUser",
    delete="DeleteUser",
    keys={"UserId": "userId"},
    id=("{userId}",),
    replaces=frozenset({"userId", "userName"}),
    defaults={"noPasswordRequired": False},
    computed=frozenset({"authenticationMode"}),
    unread=frozenset({"noPasswordRequired", "passwords", "authenticationMode"}),
    named="",
    tags=_TAGS,
)


def _find_user_group(aws: Aws, props: Props) -> Live:
    return aws.call("elasticache", "DescribeUserGroups", UserGroupId=props["userGroupId"])["UserGroups"][0]


def _changed_members(live: list[str], wanted: list[str], kind: str) -> Live:
    """The members of a request that turns one list into another; AWS takes no list that is empty."""
    changes = {"Add": sorted({*wanted} - {*live}), "Remove": sorted({*live} - {*wanted})}
    return {f"{kind}To{change}": ids for change, ids in changes.items() if ids}


def _update_user_group(aws: Aws, props: Props) -> None:
    changes = _changed_members(_find_user_group(aws, props)["UserIds"], items(props, "userIds"), "UserIds")
    if changes:
        aws.call("elasticache", "ModifyUserGroup", UserGroupId=props["userGroupId"], **changes)


USER_GROUP = ResourceType(
    "aws:elasticache/userGroup:UserGroup",
    service="elasticache",
    create="CreateUserGroup",
    read=_find_user_group,
    update=_update_user_group,
    delete="DeleteUserGroup",
    keys={"UserGroupId": "userGroupId"},
    id=("{userGroupId}",),
    replaces=frozenset({"userGroupId"}),
    unordered=frozenset({"userIds"}),
    named="",
    tags=_TAGS,
)


def _find_replication_group(aws: Aws, props: Props) -> Live:
    id_ = props["replicationGroupId"]
    return aws.call("elasticache", "DescribeReplicationGroups", ReplicationGroupId=id_)["ReplicationGroups"][0]


def _replication_group_request(props: Props) -> Live:
    deliveries = [
        {
            "LogType": delivery["logType"],
            "LogFormat": delivery["logFormat"],
            "DestinationType": delivery["destinationType"],
            "DestinationDetails": {"CloudWatchLogsDetails": {"LogGroup": delivery["destination"]}},
        }
        for delivery in items(props, "logDeliveryConfigurations")
    ]
    return {"ApplyImmediately": True, **({"LogDeliveryConfigurations": deliveries} if deliveries else {})}


def _replication_group_state(_aws: Aws, props: Props, live: Live) -> Props:
    primary = nested(live["NodeGroups"][0], "PrimaryEndpoint")
    reader = nested(live["NodeGroups"][0], "ReaderEndpoint")
    return {
        "automaticFailoverEnabled": live["AutomaticFailover"] == "enabled",
        "multiAzEnabled": live["MultiAZ"] == "enabled",
        "engineVersionActual": props.get("engineVersion", ""),
        "logDeliveryConfigurations": [
            {
                "destination": delivery["DestinationDetails"]["CloudWatchLogsDetails"]["LogGroup"],
                "destinationType": delivery["DestinationType"],
                "logFormat": delivery["LogFormat"],
                "logType": delivery["LogType"],
            }
            for delivery in items(live, "LogDeliveryConfigurations")
        ],
        "numCacheClusters": len(live["MemberClusters"]),
        "numNodeGroups": len(live["NodeGroups"]),
        "replicasPerNodeGroup": len(live["NodeGroups"][0]["NodeGroupMembers"]) - 1,
        "port": primary["Port"],
        "primaryEndpointAddress": primary["Address"],
        "readerEndpointAddress": reader["Address"],
    }


REPLICATION_GROUP = ResourceType(
    "aws:elasticache/replicationGroup:ReplicationGroup",
    service="elasticache",
    create="CreateReplicationGroup",
    read=_find_replication_group,
    update="ModifyReplicationGroup",
    delete="DeleteReplicationGroup",
    keys={"ReplicationGroupId": "replicationGroupId"},
    id=("{replicationGroupId}",),
    names={
        "description": "ReplicationGroupDescription",
        "nodeType": "CacheNodeType",
        "parameterGroupName": "CacheParameterGroupName",
        "subnetGroupName": "CacheSubnetGroupName",
        "maintenanceWindow": "PreferredMaintenanceWindow",
        "preferredCacheClusterAzs": "PreferredCacheClusterAZs",
        "logDeliveryConfigurations": "",
    },
    request=_replication_group_request,
    state=lambda aws, props, live: {
        "description": live["Description"],
        **_replication_group_state(aws, props, live),
    },
    replaces=frozenset(
        {"atRestEncryptionEnabled", "dataTieringEnabled", "kmsKeyId", "port", "replicationGroupId", "subnetGroupName"}
    ),
    defaults={"automaticFailoverEnabled": False, "multiAzEnabled": False},
    computed=frozenset(
        {
            "applyImmediately",
            "autoMinorVersionUpgrade",
            "clusterMode",
            "durability",
            "engine",
            "engineVersion",
            "ipDiscovery",
            "maintenanceWindow",
            "networkType",
            "numCacheClusters",
            "numNodeGroups",
            "parameterGroupName",
            "port",
            "replicasPerNodeGroup",
            "snapshotWindow",
            "transitEncryptionMode",
        }
    ),
    # The local AWS keeps them, and does not tell.
    unread=frozenset(
        {"applyImmediately", "authTokenUpdateStrategy", "engineVersion", "finalSnapshotIdentifier", "kmsKeyId",
         "maintenanceWindow", "parameterGroupName", "securityGroupIds", "subnetGroupName"}
    ),
    unordered=frozenset({"logDeliveryConfigurations", "securityGroupIds", "userGroupIds"}),
    changing=frozenset({"memberClusters"}),
    named="replicationGroupId",
    tags=_TAGS,
    ready=lambda live: live.get("Status") == "available",
    lingers=True,
)  # fmt: skip


def _find_serverless_cache(aws: Aws, props: Props) -> Live:
    return aws.call("elasticache", "DescribeServerlessCaches", ServerlessCacheName=props["name"])["ServerlessCaches"][0]


SERVERLESS_CACHE = ResourceType(
    "aws:elasticache/serverlessCache:ServerlessCache",
    service="elasticache",
    create="CreateServerlessCache",
    read=_find_serverless_cache,
    update="ModifyServerlessCache",
    delete="DeleteServerlessCache",
    keys={"ServerlessCacheName": "name"},
    names={
        "name": "ServerlessCacheName",
        "cacheUsageLimits.ecpuPerSeconds": "ECPUPerSecond",
        "snapshotArnsToRestores": "SnapshotArnsToRestore",
    },
    state=lambda _aws, _props, live: {
        f"{kind}s": [{"address": live[member]["Address"], "port": live[member]["Port"]}]
        for kind, member in (("endpoint", "Endpoint"), ("readerEndpoint", "ReaderEndpoint"))
    },
    replaces=frozenset({"kmsKeyId", "name", "networkType", "snapshotArnsToRestores", "subnetIds"}),
    computed=frozenset({"dailySnapshotTime", "description", "majorEngineVersion", "networkType", "securityGroupIds",
                        "snapshotRetentionLimit", "subnetIds"}),
    absent={"kmsKeyId": ""},
    unordered=frozenset({"securityGroupIds", "subnetIds"}),
    unread=frozenset({"snapshotArnsToRestores", "timeouts"}),
    changing=frozenset({"fullEngineVersion", "status"}),
    tags=_TAGS,
    ready=lambda live: live.get("Status") == "available",
    lingers=True,
)  # fmt: skip
