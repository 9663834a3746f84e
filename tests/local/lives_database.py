"""Lives of relational databases: what RDS keeps in its books, and whether the endpoint answers."""

from typing import Any, cast

from local import postgres
from local.provider import rds
from local.provider.wire import Props
from tests.local.life import Life
from tests.local.world import TAGS, World


def _tags(world: World, it: Props) -> Props:
    listed = world.call("rds", "list_tags_for_resource", ResourceName=it["arn"])["TagList"]
    return {tag["Key"]: tag["Value"] for tag in listed}


def _database(name: str) -> bool:
    """Whether the server has a database."""
    server = rds.server()
    return postgres.exists(server.trusted.parents[2]) and server.has(name)


def _parameters(world: World, operation: str, **group: str) -> list[tuple[str, str]]:
    found = world.call("rds", operation, **group, Source="user")["Parameters"]
    return sorted((one["ParameterName"], one["ParameterValue"]) for one in found)


def _cluster(world: World, it: Props) -> Props:
    return cast(
        "dict[str, Any]", world.call("rds", "describe_db_clusters", DBClusterIdentifier=it["id"])["DBClusters"][0]
    )


def _instance(world: World, it: Props) -> Props:
    return cast(
        "dict[str, Any]", world.call("rds", "describe_db_instances", DBInstanceIdentifier=it["id"])["DBInstances"][0]
    )


LIVES = [
    Life(
        "aws:rds/subnetGroup:SubnetGroup",
        inputs=lambda world: {"subnetIds": world.subnets, "description": "Private", "tags": {"data": "reports"}},
        look=lambda world, it: (
            (group := world.call("rds", "describe_db_subnet_groups", DBSubnetGroupName=it["id"])["DBSubnetGroups"][0])[
                "DBSubnetGroupDescription"
            ],
            len(group["Subnets"]),
            _tags(world, it),
        ),
        made=("Private", 2, {**TAGS, "data": "reports"}),
        changed=lambda world: {"subnetIds": world.subnets[:1], "description": "One", "tags": {"data": "other"}},
        changes=("One", 1, {**TAGS, "data": "other"}),
        replaced={"name": "other"},
    ),
    Life(
        "aws:rds/parameterGroup:ParameterGroup",
        inputs=lambda _: {
            "family": "postgres17",
            "parameters": [{"name": "rds.force_ssl", "value": "1"}],
            "tags": {"data": "reports"},
        },
        look=lambda world, it: (
            _parameters(world, "describe_db_parameters", DBParameterGroupName=it["id"]),
            _tags(world, it),
        ),
        made=([("rds.force_ssl", "1")], {**TAGS, "data": "reports"}),
        changed=lambda _: {
            "parameters": [{"name": "log_min_duration_statement", "value": "500"}],
            "tags": {"data": "other"},
        },
        changes=([("log_min_duration_statement", "500")], {**TAGS, "data": "other"}),
        replaced={"family": "postgres18"},
    ),
    Life(
        "aws:rds/clusterParameterGroup:ClusterParameterGroup",
        inputs=lambda _: {
            "family": "aurora-postgresql17",
            "parameters": [{"name": "rds.force_ssl", "value": "1"}],
            "tags": {"data": "reports"},
        },
        look=lambda world, it: (
            _parameters(world, "describe_db_cluster_parameters", DBClusterParameterGroupName=it["id"]),
            _tags(world, it),
        ),
        made=([("rds.force_ssl", "1")], {**TAGS, "data": "reports"}),
        changed=lambda _: {
            "parameters": [{"name": "log_min_duration_statement", "value": "500"}],
            "tags": {"data": "other"},
        },
        changes=([("log_min_duration_statement", "500")], {**TAGS, "data": "other"}),
        replaced={"family": "aurora-postgresql18"},
    ),
    Life(
        "aws:rds/cluster:Cluster",
        inputs=lambda _: {
            "engine": "aurora-postgresql",
            "engineVersion": "17",
            "databaseName": "lived",
            "masterUsername": "master",
            "manageMasterUserPassword": True,
            "serverlessv2ScalingConfiguration": {"minCapacity": 0, "maxCapacity": 1},
            "storageEncrypted": True,
            "iamDatabaseAuthenticationEnabled": True,
            "deletionProtection": False,
            "skipFinalSnapshot": True,
            "tags": {"data": "reports"},
        },
        look=lambda world, it: (
            (cluster := _cluster(world, it))["ServerlessV2ScalingConfiguration"]["MaxCapacity"],
            cluster["StorageEncrypted"],
            cluster["BackupRetentionPeriod"],
            it["masterUserSecrets"][0]["secretArn"] == cluster["MasterUserSecret"]["SecretArn"],
            it["endpoint"],
            it["port"] == rds.port(),
            _database("lived"),
            _tags(world, it),
        ),
        made=(1.0, True, 1, True, "127.0.0.1", True, True, {**TAGS, "data": "reports"}),
        changed=lambda _: {
            "serverlessv2ScalingConfiguration": {"minCapacity": 0.5, "maxCapacity": 2},
            "backupRetentionPeriod": 7,
            "tags": {"data": "other"},
        },
        changes=(2.0, True, 7, True, "127.0.0.1", True, True, {**TAGS, "data": "other"}),
        replaced={"databaseName": "other", "storageEncrypted": False},
    ),
    Life(
        "aws:rds/clusterInstance:ClusterInstance",
        inputs=lambda world: {
            "clusterIdentifier": world.cluster["id"],
            "engine": "aurora-postgresql",
            "instanceClass": "db.serverless",
            "tags": {"data": "reports"},
        },
        look=lambda world, it: (
            (instance := _instance(world, it))["DBInstanceClass"],
            instance["DBClusterIdentifier"] == world.cluster["id"],
            it["writer"],
            _tags(world, it),
        ),
        made=("db.serverless", True, True, {**TAGS, "data": "reports"}),
        changed=lambda _: {"instanceClass": "db.r8g.large", "tags": {"data": "other"}},
        changes=("db.r8g.large", True, True, {**TAGS, "data": "other"}),
        replaced={"engine": "aurora-mysql", "clusterIdentifier": "other"},
    ),
    Life(
        "aws:rds/instance:Instance",
        inputs=lambda _: {
            "engine": "postgres",
            "engineVersion": "17",
            "instanceClass": "db.t4g.medium",
            "allocatedStorage": 20,
            "dbName": "lived_too",
            "username": "master",
            "manageMasterUserPassword": True,
            "multiAz": True,
            "storageEncrypted": True,
            "skipFinalSnapshot": True,
            "tags": {"data": "reports"},
        },
        look=lambda world, it: (
            (instance := _instance(world, it))["DBInstanceClass"],
            instance["MultiAZ"],
            it["endpoint"] == f"127.0.0.1:{rds.port()}",
            len(it["masterUserSecrets"]),
            _database("lived_too"),
            _tags(world, it),
        ),
        made=("db.t4g.medium", True, True, 1, True, {**TAGS, "data": "reports"}),
        changed=lambda _: {"instanceClass": "db.t4g.large", "multiAz": False, "tags": {"data": "other"}},
        changes=("db.t4g.large", False, True, 1, True, {**TAGS, "data": "other"}),
        replaced={"dbName": "other", "storageEncrypted": False},
    ),
    Life(
        "aws:lambda/invocation:Invocation",
        inputs=lambda world: {"functionName": world.function["name"], "input": "{}", "triggers": {"user": "ledger"}},
        look=lambda _, it: it["triggers"],
        made={"user": "ledger"},
        replaced={"triggers": {"user": "other"}},
        stays=True,
    ),
    Life(
        "aws:secretsmanager/secretRotation:SecretRotation",
        inputs=lambda world: {
            "secretId": world.secret["id"],
            "rotationLambdaArn": world.function["arn"],
            "rotationRules": {"automaticallyAfterDays": 30},
        },
        look=lambda world, it: (
            (secret := world.call("secretsmanager", "describe_secret", SecretId=it["secretId"]))["RotationEnabled"],
            secret["RotationRules"],
        ),
        made=(True, {"AutomaticallyAfterDays": 30}),
        changed=lambda _: {"rotationRules": {"automaticallyAfterDays": 7}},
        changes=(True, {"AutomaticallyAfterDays": 7}),
        replaced={"secretId": "other"},
        stays=True,
    ),
]
