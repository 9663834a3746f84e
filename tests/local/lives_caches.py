"""Lives of caches."""

from tests.local.life import Life

LIVES = [
    Life(
        "aws:elasticache/subnetGroup:SubnetGroup",
        inputs=lambda world: {"name": "caches", "subnetIds": world.subnets[:1]},
        look=lambda world, it: [
            len(group["Subnets"])
            for group in world.call("elasticache", "describe_cache_subnet_groups", CacheSubnetGroupName=it["name"])[
                "CacheSubnetGroups"
            ]
        ],
        made=[1],
        changed=lambda world: {"subnetIds": world.subnets, "tags": {"for": "caches"}},
        changes=[2],
        replaced={"name": "other"},
    ),
    Life(
        "aws:elasticache/user:User",
        inputs=lambda _: {
            "userId": "reader",
            "userName": "reader",
            "engine": "redis",
            "accessString": "on ~blog:* resetchannels -@all +get",
            "passwords": ["correct-horse-battery"],
        },
        look=lambda world, it: [
            (user["UserName"], user["AccessString"], user["Authentication"]["Type"])
            for user in world.call("elasticache", "describe_users", UserId=it["userId"])["Users"]
        ],
        made=[("reader", "on ~blog:* resetchannels -@all +get", "password")],
        changed=lambda _: {"accessString": "on ~blog:* resetchannels -@all +get +set", "tags": {"for": "caches"}},
        changes=[("reader", "on ~blog:* resetchannels -@all +get +set", "password")],
        replaced={"userName": "other"},
    ),
    Life(
        "aws:elasticache/userGroup:UserGroup",
        inputs=lambda world: {"userGroupId": "readers", "engine": "redis", "userIds": [world.cache_user["userId"]]},
        look=lambda world, it: [
            len(group["UserIds"])
            for group in world.call("elasticache", "describe_user_groups", UserGroupId=it["userGroupId"])["UserGroups"]
        ],
        made=[1],
        changed=lambda world: {"userIds": [world.cache_user["userId"], world.other_cache_user["userId"]]},
        changes=[2],
        replaced={"userGroupId": "other"},
    ),
    Life(
        "aws:elasticache/replicationGroup:ReplicationGroup",
        inputs=lambda world: {
            "replicationGroupId": "posts",
            "description": "Posts",
            "engine": "valkey",
            "nodeType": "cache.t4g.micro",
            "numCacheClusters": 2,
            "automaticFailoverEnabled": True,
            "multiAzEnabled": True,
            "atRestEncryptionEnabled": True,
            "transitEncryptionEnabled": True,
            "securityGroupIds": [world.security_group["id"]],
            "logDeliveryConfigurations": [
                {
                    "destination": world.log_group["name"],
                    "destinationType": "cloudwatch-logs",
                    "logFormat": "json",
                    "logType": "slow-log",
                }
            ],
        },
        look=lambda world, it: [
            (group["Description"], group["MultiAZ"], len(group["MemberClusters"]), group["SnapshotRetentionLimit"])
            for group in world.call("elasticache", "describe_replication_groups", ReplicationGroupId=it["id"])[
                "ReplicationGroups"
            ]
        ],
        made=[("Posts", "enabled", 2, 0)],
        changed=lambda _: {"description": "All posts", "snapshotRetentionLimit": 7, "tags": {"for": "posts"}},
        changes=[("All posts", "enabled", 2, 7)],
        replaced={"replicationGroupId": "other", "port": 6380},
    ),
    Life(
        "aws:elasticache/serverlessCache:ServerlessCache",
        inputs=lambda world: {
            "name": "posts",
            "engine": "valkey",
            "majorEngineVersion": "8",
            "subnetIds": world.subnets,
            "securityGroupIds": [world.security_group["id"]],
            "cacheUsageLimits": {
                "dataStorage": {"maximum": 1, "unit": "GB"},
                "ecpuPerSeconds": [{"maximum": 1000}],
            },
        },
        look=lambda world, it: [
            (cache["CacheUsageLimits"]["ECPUPerSecond"]["Maximum"], cache["SnapshotRetentionLimit"])
            for cache in world.call("elasticache", "describe_serverless_caches", ServerlessCacheName=it["name"])[
                "ServerlessCaches"
            ]
        ],
        made=[(1000, 0)],
        changed=lambda _: {"snapshotRetentionLimit": 3, "tags": {"for": "posts"}},
        changes=[(1000, 3)],
        replaced={"name": "other"},
    ),
    Life(
        "aws:dax/cluster:Cluster",
        inputs=lambda world: {
            "clusterName": "posts",
            "iamRoleArn": world.role["arn"],
            "nodeType": "dax.t3.small",
            "replicationFactor": 1,
            "clusterEndpointEncryptionType": "TLS",
            "serverSideEncryption": {"enabled": True},
        },
        look=lambda _, it: (it["replicationFactor"], it["port"], it["tagsAll"].get("for")),
        made=(1, 9111, None),
        changed=lambda _: {"replicationFactor": 3, "tags": {"for": "posts"}},
        changes=(3, 9111, "posts"),
        replaced={"nodeType": "dax.r5.large"},
    ),
    Life(
        "aws:dax/subnetGroup:SubnetGroup",
        inputs=lambda world: {"name": "posts", "subnetIds": world.subnets[:1]},
        look=lambda _, it: len(it["subnetIds"]),
        made=1,
        changed=lambda world: {"subnetIds": world.subnets},
        changes=2,
        replaced={"name": "other"},
    ),
    Life(
        "aws:dax/parameterGroup:ParameterGroup",
        inputs=lambda _: {"name": "posts", "parameters": [{"name": "record-ttl-millis", "value": "300000"}]},
        look=lambda _, it: it["parameters"][0]["value"],
        made="300000",
        changed=lambda _: {"parameters": [{"name": "record-ttl-millis", "value": "60000"}]},
        changes="60000",
        replaced={"name": "other"},
    ),
]
