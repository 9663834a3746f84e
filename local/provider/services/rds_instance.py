"""RDS's instances and their read replicas.

Sources: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html and
https://www.pulumi.com/registry/packages/aws/api-docs/rds/instance/.
"""

import json
import secrets
from typing import Any

from local.provider import rds
from local.provider.aws import Aws, AwsError
from local.provider.resource import Live, ResourceType
from local.provider.shapes import request
from local.provider.wire import Props, items

_NAMES = {
    "arn": "DBInstanceArn",
    "backupWindow": "PreferredBackupWindow",
    "caCertIdentifier": "CACertificateIdentifier",
    "dbName": "DBName",
    "enabledCloudwatchLogsExports": "EnableCloudwatchLogsExports",
    "iamDatabaseAuthenticationEnabled": "EnableIAMDatabaseAuthentication",
    "identifier": "DBInstanceIdentifier",
    "instanceClass": "DBInstanceClass",
    "maintenanceWindow": "PreferredMaintenanceWindow",
    "parameterGroupName": "DBParameterGroupName",
    "password": "MasterUserPassword",
    "passwordWo": "",
    "passwordWoVersion": "",
    "performanceInsightsEnabled": "EnablePerformanceInsights",
    "performanceInsightsKmsKeyId": "PerformanceInsightsKMSKeyId",
    "replicateSourceDb": "SourceDBInstanceIdentifier",
    "resourceId": "DbiResourceId",
    "status": "DBInstanceStatus",
    "username": "MasterUsername",
    "replicas": "ReadReplicaDBInstanceIdentifiers",
    "endpoint": "",
}


def _find(aws: Aws, props: Props) -> Live | None:
    found = aws.call("rds", "DescribeDBInstances", DBInstanceIdentifier=props["identifier"])["DBInstances"]
    return found[0] if found else None


def _create(aws: Aws, props: Props) -> Live:
    """Make an instance, or a replica of one. The local AWS manages no password of an instance: that is done here."""
    operation = "CreateDBInstanceReadReplica" if props.get("replicateSourceDb") else "CreateDBInstance"
    shape = aws.operation("rds", operation).input_shape
    members: Live = request(shape, props, _NAMES) if shape else {}
    managed = bool(props.get("manageMasterUserPassword")) and operation == "CreateDBInstance"
    if managed:
        members |= {"MasterUserPassword": _keep_password(aws, props), "ManageMasterUserPassword": False}
    elif props.get("passwordWo"):
        members |= {"MasterUserPassword": props["passwordWo"]}
    return aws.call("rds", operation, **members)


def _secret_name(props: Props) -> str:
    return f"rds!db-{props['identifier']}"


def _keep_password(aws: Aws, props: Props) -> str:
    """Make up a password and put it where RDS would, with the tag that tells whose it is."""
    password = secrets.token_urlsafe(24)
    aws.call(
        "secretsmanager",
        "CreateSecret",
        Name=_secret_name(props),
        SecretString=json.dumps({"username": props["username"], "password": password}),
        Tags=[{"Key": "aws:rds:primaryDBInstanceArn", "Value": aws.arn("rds", f"db:{props['identifier']}")}],
    )
    return password


def _secrets(aws: Aws, props: Props) -> list[Props]:
    try:
        found = aws.call("secretsmanager", "DescribeSecret", SecretId=_secret_name(props))
    except AwsError as error:
        if error.gone:
            return []
        raise
    return [{"secretArn": found["ARN"], "secretStatus": "active", "kmsKeyId": found.get("KmsKeyId", "")}]


def _state(aws: Aws, props: Props, live: Live) -> Props:
    """The endpoint leads to the PostgreSQL on this machine; replicas are the same server."""
    source = live.get("ReadReplicaSourceDBInstanceIdentifier")
    managed = [] if source else _secrets(aws, {"identifier": live["DBInstanceIdentifier"]})
    password = rds.password(aws, managed[0]["secretArn"]) if managed else props.get("password")
    if password and not source:
        rds.serve(live.get("DBName"), live["MasterUsername"], password)
    elif props.get("passwordWo") and not source:
        rds.serve(live.get("DBName"), live["MasterUsername"], props["passwordWo"], once=True)
    port = rds.port()
    state: dict[str, Any] = {
        "address": rds.HOST,
        "endpoint": f"{rds.HOST}:{port}",
        "port": port,
        "dbSubnetGroupName": live["DBSubnetGroup"]["DBSubnetGroupName"],
        "parameterGroupName": live["DBParameterGroups"][0]["DBParameterGroupName"],
        "engineVersionActual": live["EngineVersion"],
        "iamDatabaseAuthenticationEnabled": live.get("IAMDatabaseAuthenticationEnabled", False),
        "masterUserSecrets": managed,
        "replicateSourceDb": source or "",
        "vpcSecurityGroupIds": [group["VpcSecurityGroupId"] for group in live["VpcSecurityGroups"]],
    }
    return state


def _delete(aws: Aws, props: Props) -> None:
    replica = bool(props.get("replicateSourceDb"))
    last = {"SkipFinalSnapshot": True} if replica else rds.final(props)
    aws.call("rds", "DeleteDBInstance", DBInstanceIdentifier=props["identifier"], **last)
    for secret in items(props, "masterUserSecrets"):
        aws.call("secretsmanager", "DeleteSecret", SecretId=secret["secretArn"], ForceDeleteWithoutRecovery=True)
    if not replica:
        rds.drop(props.get("dbName"))


INSTANCE = ResourceType(
    "aws:rds/instance:Instance",
    service="rds",
    create=_create,
    read=_find,
    update="ModifyDBInstance",
    delete=_delete,
    keys={"DBInstanceIdentifier": "identifier"},
    id=("{identifier}",),
    names=_NAMES,
    request=lambda props: {
        "ApplyImmediately": True,
        # Said again, RDS would take it for a change.
        "MasterUserPassword": None if props.get("manageMasterUserPassword") else props.get("password"),
        "ManageMasterUserPassword": None,
    },
    state=_state,
    replaces=frozenset(
        {"availabilityZone", "characterSetName", "dbName", "engine", "identifier", "identifierPrefix", "kmsKeyId",
         "storageEncrypted", "username"}
    ),
    defaults={
        "allowMajorVersionUpgrade": False,
        "applyImmediately": False,
        "autoMinorVersionUpgrade": True,
        "copyTagsToSnapshot": False,
        "deleteAutomatedBackups": True,
        "monitoringInterval": 0,
        "publiclyAccessible": False,
        "skipFinalSnapshot": False,
    },
    absent={"deletionProtection": False, "iamDatabaseAuthenticationEnabled": False, "multiAz": False},
    computed=frozenset(
        {"allocatedStorage", "availabilityZone", "backupRetentionPeriod", "backupTarget", "backupWindow",
         "caCertIdentifier", "characterSetName", "databaseInsightsMode", "dbName", "dbSubnetGroupName", "engine",
         "engineLifecycleSupport", "engineVersion", "identifierPrefix", "kmsKeyId", "licenseModel", "maintenanceWindow",
         "masterUserSecretKmsKeyId", "monitoringRoleArn", "multiAz", "networkType", "optionGroupName",
         "parameterGroupName", "performanceInsightsEnabled", "performanceInsightsKmsKeyId",
         "performanceInsightsRetentionPeriod", "port", "replicaMode", "snapshotIdentifier", "storageEncrypted",
         "storageThroughput", "storageType", "iops", "username", "vpcSecurityGroupIds", "deletionProtection",
         "iamDatabaseAuthenticationEnabled", "copyTagsToSnapshot"}
    ),
    unordered=frozenset({"enabledCloudwatchLogsExports", "vpcSecurityGroupIds"}),
    # What AWS does not report, or the local one keeps to itself.
    unread=frozenset(
        {"allowMajorVersionUpgrade", "applyImmediately", "autoMinorVersionUpgrade", "backupTarget",
         "databaseInsightsMode", "deleteAutomatedBackups", "enabledCloudwatchLogsExports", "engineLifecycleSupport",
         "engineVersion", "finalSnapshotIdentifier", "identifierPrefix", "kmsKeyId", "manageMasterUserPassword",
         "masterUserSecretKmsKeyId", "maxAllocatedStorage", "password", "passwordWo", "passwordWoVersion",
         "performanceInsightsEnabled",
         "performanceInsightsKmsKeyId", "performanceInsightsRetentionPeriod", "skipFinalSnapshot", "caCertIdentifier"}
    ),
    named="identifier",
    ready=lambda live: live.get("DBInstanceStatus") == "available",
    tags=rds.TAGS,
)  # fmt: skip
