"""Aurora: clusters and their instances.

Sources: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html and
https://www.pulumi.com/registry/packages/aws/api-docs/rds/cluster/.
"""

from local.provider import rds
from local.provider.aws import Aws
from local.provider.resource import Facet, Live, ResourceType
from local.provider.wire import Props, nested

_UNREAD = frozenset(
    {"allowMajorVersionUpgrade", "applyImmediately", "clusterIdentifierPrefix", "databaseInsightsMode",
     "deleteAutomatedBackups", "enabledCloudwatchLogsExports", "engineLifecycleSupport", "finalSnapshotIdentifier",
     "manageMasterUserPassword", "masterPassword", "masterUserSecretKmsKeyId", "monitoringInterval",
     "monitoringRoleArn", "performanceInsightsEnabled", "performanceInsightsKmsKeyId",
     "performanceInsightsRetentionPeriod", "skipFinalSnapshot", "snapshotIdentifier"}
)  # fmt: skip
"""What AWS does not report, or the local one keeps to itself."""


def _find_cluster(aws: Aws, props: Props) -> Live | None:
    found = aws.call("rds", "DescribeDBClusters", DBClusterIdentifier=props["clusterIdentifier"])["DBClusters"]
    return found[0] if found else None


def _cluster_state(aws: Aws, props: Props, live: Live) -> Props:
    """The endpoints lead to the PostgreSQL on this machine; readers are the same server."""
    secret = nested(live, "MasterUserSecret")
    password = rds.password(aws, secret["SecretArn"]) if secret else props.get("masterPassword")
    if password and live["Status"] == "available":
        rds.serve(live.get("DatabaseName"), live["MasterUsername"], password)
    return {
        "endpoint": rds.HOST,
        "readerEndpoint": rds.HOST,
        "port": rds.port(),
        "dbSubnetGroupName": live["DBSubnetGroup"],
        "dbClusterParameterGroupName": live["DBClusterParameterGroup"],
        "clusterResourceId": live["DbClusterResourceId"],
        "engineVersionActual": live["EngineVersion"],
        "masterUserSecrets": [_secret(secret)] if secret else None,
        "vpcSecurityGroupIds": [group["VpcSecurityGroupId"] for group in live["VpcSecurityGroups"]],
    }


def _secret(live: Live) -> Props:
    return {"secretArn": live["SecretArn"], "secretStatus": live["SecretStatus"], "kmsKeyId": live.get("KmsKeyId", "")}


def _tag_secret(aws: Aws, props: Props) -> None:
    """Say whose the master's secret is, as RDS does; rights on it hang on that."""
    secret = nested(_find_cluster(aws, props) or {}, "MasterUserSecret")
    if secret:
        owner = [{"Key": "aws:rds:primaryDBClusterArn", "Value": props["arn"]}]
        aws.call("secretsmanager", "TagResource", SecretId=secret["SecretArn"], Tags=owner)


def _delete_cluster(aws: Aws, props: Props) -> None:
    aws.call("rds", "DeleteDBCluster", DBClusterIdentifier=props["clusterIdentifier"], **rds.final(props))
    rds.drop(props.get("databaseName"))


CLUSTER = ResourceType(
    "aws:rds/cluster:Cluster",
    service="rds",
    create="CreateDBCluster",
    read=_find_cluster,
    update="ModifyDBCluster",
    delete=_delete_cluster,
    keys={"DBClusterIdentifier": "clusterIdentifier"},
    id=("{clusterIdentifier}",),
    names={
        "arn": "DBClusterArn",
        "clusterIdentifier": "DBClusterIdentifier",
        "clusterMembers": "",
        "enabledCloudwatchLogsExports": "EnableCloudwatchLogsExports",
        "masterPassword": "MasterUserPassword",
        "performanceInsightsEnabled": "EnablePerformanceInsights",
        "performanceInsightsKmsKeyId": "PerformanceInsightsKMSKeyId",
    },
    request=lambda props: {
        "EnableIAMDatabaseAuthentication": bool(props.get("iamDatabaseAuthenticationEnabled")),
        "ApplyImmediately": True,
    },
    state=_cluster_state,
    replaces=frozenset(
        {"availabilityZones", "clusterIdentifier", "clusterIdentifierPrefix", "databaseName", "dbSubnetGroupName",
         "engine", "engineMode", "kmsKeyId", "masterUsername", "snapshotIdentifier", "storageEncrypted"}
    ),
    defaults={"backupRetentionPeriod": 1, "engineMode": "provisioned", "skipFinalSnapshot": False},
    absent={"copyTagsToSnapshot": False, "deletionProtection": False, "enableHttpEndpoint": False},
    computed=frozenset(
        {"allocatedStorage", "availabilityZones", "clusterMembers", "databaseName", "dbClusterParameterGroupName",
         "dbSubnetGroupName", "engineLifecycleSupport", "engineVersion", "kmsKeyId", "masterUsername", "networkType",
         "port", "preferredBackupWindow", "preferredMaintenanceWindow", "storageType", "vpcSecurityGroupIds",
         "clusterScalabilityType", "iamRoles", "serverlessv2ScalingConfiguration.secondsUntilAutoPause"}
    ),
    unordered=frozenset({"availabilityZones", "vpcSecurityGroupIds", "enabledCloudwatchLogsExports"}),
    unread=_UNREAD,
    named="clusterIdentifier",
    facets=(Facet(inputs=frozenset({"manageMasterUserPassword"}), write=_tag_secret),),
    ready=lambda live: live.get("Status") == "available",
    tags=rds.TAGS,
)  # fmt: skip


def _find_instance(aws: Aws, props: Props) -> Live | None:
    found = aws.call("rds", "DescribeDBInstances", DBInstanceIdentifier=props["identifier"])["DBInstances"]
    return found[0] if found else None


def _instance_state(aws: Aws, _props: Props, live: Live) -> Props:
    cluster = _find_cluster(aws, {"clusterIdentifier": live["DBClusterIdentifier"]}) or {}
    members = {one["DBInstanceIdentifier"]: one["IsClusterWriter"] for one in cluster.get("DBClusterMembers", [])}
    return {
        "endpoint": rds.HOST,
        "port": rds.port(),
        "engineVersionActual": live["EngineVersion"],
        "engine": live["Engine"],  # an enumeration in the SDK, which says nothing of its values
        "writer": bool(members.get(live["DBInstanceIdentifier"])),
        "dbSubnetGroupName": cluster.get("DBSubnetGroup"),
        "dbParameterGroupName": live["DBParameterGroups"][0]["DBParameterGroupName"],
    }


CLUSTER_INSTANCE = ResourceType(
    "aws:rds/clusterInstance:ClusterInstance",
    service="rds",
    create="CreateDBInstance",
    read=_find_instance,
    update="ModifyDBInstance",
    delete=lambda aws, props: aws.call(
        "rds", "DeleteDBInstance", DBInstanceIdentifier=props["identifier"], SkipFinalSnapshot=True
    ),
    keys={"DBInstanceIdentifier": "identifier"},
    id=("{identifier}",),
    names={
        "arn": "DBInstanceArn",
        "caCertIdentifier": "CACertificateIdentifier",
        "clusterIdentifier": "DBClusterIdentifier",
        "identifier": "DBInstanceIdentifier",
        "instanceClass": "DBInstanceClass",
        "performanceInsightsEnabled": "EnablePerformanceInsights",
        "performanceInsightsKmsKeyId": "PerformanceInsightsKMSKeyId",
    },
    request=lambda props: {"ApplyImmediately": True} if "id" in props else {},
    state=_instance_state,
    replaces=frozenset(
        {"availabilityZone", "clusterIdentifier", "dbSubnetGroupName", "engine", "identifier", "identifierPrefix",
         "publiclyAccessible"}
    ),
    defaults={"forceDestroy": False},
    absent={"autoMinorVersionUpgrade": True, "promotionTier": 0, "publiclyAccessible": False, "monitoringInterval": 0},
    computed=frozenset(
        {"availabilityZone", "caCertIdentifier", "dbParameterGroupName", "dbSubnetGroupName", "engineVersion",
         "monitoringRoleArn", "performanceInsightsEnabled", "performanceInsightsKmsKeyId",
         "performanceInsightsRetentionPeriod", "preferredBackupWindow", "preferredMaintenanceWindow", "promotionTier",
         "copyTagsToSnapshot"}
    ),
    unread=frozenset(
        {"applyImmediately", "autoMinorVersionUpgrade", "caCertIdentifier", "engineVersion", "forceDestroy",
         "identifierPrefix", "performanceInsightsEnabled", "performanceInsightsKmsKeyId",
         "performanceInsightsRetentionPeriod", "promotionTier"}
    ),
    named="identifier",
    ready=lambda live: live.get("DBInstanceStatus") == "available",
    tags=rds.TAGS,
)  # fmt: skip
