"""Relational databases, and the vaults and plans that back data up.

Sources: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html (RDS keeps the master's
password in a secret that it makes on behalf of the caller),
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html,
https://docs.aws.amazon.com/aws-backup/latest/devguide/access-control.html
"""

from collections.abc import Mapping

from bootstrap.access import (
    NOT_ANOTHERS,
    TAGGED,
    TAGGING,
    Access,
    ConditionTemplate,
    allow,
    regional,
    service_role,
    worldwide,
)


def _arn(kind: str) -> str:
    return regional("rds", f"{kind}:{{prefix}}-*")


CLUSTER, INSTANCE, SUBNETS, PARAMETERS, CLUSTER_PARAMETERS = map(_arn, ("cluster", "db", "subgrp", "pg", "cluster-pg"))
OPTIONS, DEFAULTS, CLUSTER_DEFAULTS = (
    regional("rds", name) for name in ("og:default:*", "pg:default.*", "cluster-pg:default.*")
)
"""Groups of options and parameters of AWS, which a database without its own has."""

SNAPSHOT, CLUSTER_SNAPSHOT = _arn("snapshot"), _arn("cluster-snapshot")
RETAG = "AddTagsToResource RemoveTagsFromResource"
MASTER = allow("secretsmanager", "CreateSecret TagResource", regional("secretsmanager", "secret:rds!*"))
NETWORK = allow("ec2", "DescribeSecurityGroups DescribeSubnets DescribeVpcs", "*")

VAULT = regional("backup", "backup-vault:{prefix}-*")
KEY = regional("kms", "key/*")
PLAN = regional("backup", "backup-plan:*")

PASSED_TO_BACKUP: ConditionTemplate = {"StringEquals": {"iam:PassedToService": "backup.amazonaws.com"}}
THROUGH_BACKUP: ConditionTemplate = {
    "StringEquals": {"aws:ResourceTag/stack": "{prefix}", "kms:ViaService": "backup.{region}.amazonaws.com"}
}


def _parameters(kind: str, parameters: str, arn: str) -> Access:
    """A group of parameters, of a cluster or an instance."""
    return Access(
        create=[allow("rds", f"Create{kind} Modify{kind} AddTagsToResource", arn)],
        read=[allow("rds", f"Describe{kind}s Describe{parameters} ListTagsForResource", arn)],
        update=[allow("rds", f"Modify{kind} Reset{kind} {RETAG}", arn)],
        delete=[allow("rds", f"Delete{kind}", arn)],
    )


def _instance(*within: str) -> Access:
    """An instance, of a cluster or on its own."""
    return Access(
        create=[
            allow("rds", "CreateDBInstance", INSTANCE, *within, SUBNETS, PARAMETERS, OPTIONS, DEFAULTS),
            allow("rds", "CreateDBInstanceReadReplica", INSTANCE, SUBNETS, PARAMETERS, OPTIONS, DEFAULTS),
            allow("rds", "AddTagsToResource", INSTANCE),
            MASTER,
            NETWORK,
            service_role("rds.amazonaws.com"),
        ],
        read=[
            allow("rds", "DescribeDBInstances ListTagsForResource", INSTANCE),
            # Whether an instance is its cluster's writer.
            *(allow("rds", "DescribeDBClusters", cluster) for cluster in within),
        ],
        update=[
            allow("rds", "ModifyDBInstance", INSTANCE, SUBNETS, PARAMETERS, OPTIONS, DEFAULTS),
            allow("rds", f"RebootDBInstance {RETAG}", INSTANCE),
        ],
        # The last snapshot is made, with its tags, on behalf of who deletes.
        delete_data=[
            allow("rds", "DeleteDBInstance", INSTANCE),
            allow("rds", "CreateDBSnapshot AddTagsToResource", INSTANCE, SNAPSHOT),
        ],
    )


ACCESS: Mapping[str, Access] = {
    "aws:rds/cluster:Cluster": Access(
        create=[
            allow("rds", "CreateDBCluster", CLUSTER, SUBNETS, CLUSTER_PARAMETERS, OPTIONS, CLUSTER_DEFAULTS),
            allow("rds", "AddTagsToResource", CLUSTER),
            MASTER,
            NETWORK,
            service_role("rds.amazonaws.com"),
        ],
        read=[
            allow("rds", "DescribeDBClusters ListTagsForResource", CLUSTER),
            allow("rds", "DescribeGlobalClusters", worldwide("rds", "global-cluster:*"), when=NOT_ANOTHERS),
        ],
        update=[
            allow("rds", "ModifyDBCluster", CLUSTER, CLUSTER_PARAMETERS, OPTIONS, CLUSTER_DEFAULTS),
            allow("rds", RETAG, CLUSTER),
        ],
        delete_data=[
            allow("rds", "DeleteDBCluster", CLUSTER, CLUSTER_SNAPSHOT),
            allow("rds", "CreateDBClusterSnapshot AddTagsToResource", CLUSTER, CLUSTER_SNAPSHOT),
        ],
    ),
    "aws:rds/clusterInstance:ClusterInstance": _instance(CLUSTER),
    "aws:rds/instance:Instance": _instance(),
    "aws:rds/clusterParameterGroup:ClusterParameterGroup": _parameters(
        "DBClusterParameterGroup", "DBClusterParameters", CLUSTER_PARAMETERS
    ),
    "aws:rds/parameterGroup:ParameterGroup": _parameters("DBParameterGroup", "DBParameters", PARAMETERS),
    "aws:rds/subnetGroup:SubnetGroup": Access(
        create=[allow("rds", "CreateDBSubnetGroup AddTagsToResource", SUBNETS), NETWORK],
        read=[allow("rds", "DescribeDBSubnetGroups ListTagsForResource", SUBNETS)],
        update=[allow("rds", f"ModifyDBSubnetGroup {RETAG}", SUBNETS)],
        delete=[allow("rds", "DeleteDBSubnetGroup", SUBNETS)],
    ),
    # AWS Backup deletes no vault that has a backup in it: without protection, the provider deletes those first.
    "aws:backup/vault:Vault": Access(
        create=[
            allow("backup", "CreateBackupVault TagResource", VAULT),
            allow("backup-storage", "MountCapsule", "*"),
            allow("kms", "CreateGrant RetireGrant GenerateDataKey Decrypt DescribeKey", KEY, when=THROUGH_BACKUP),
        ],
        read=[allow("backup", "DescribeBackupVault ListTags", VAULT)],
        update=[allow("backup", "TagResource UntagResource", VAULT)],
        delete=[allow("backup", "DeleteBackupVault", VAULT)],
        delete_data=[
            allow("backup", "ListRecoveryPointsByBackupVault", VAULT),
            # A recovery point has an ARN of the service that it is of.
            allow("backup", "DeleteRecoveryPoint DescribeRecoveryPoint", "*", when=TAGGED),
        ],
    ),
    "aws:backup/plan:Plan": Access(
        create=[
            allow("backup", "CreateBackupPlan", PLAN, when={"StringEquals": {"aws:RequestTag/stack": "{prefix}"}}),
            allow("backup", "TagResource", PLAN, when=TAGGING),
        ],
        read=[allow("backup", "GetBackupPlan ListTags", PLAN, when=NOT_ANOTHERS)],
        update=[allow("backup", "UpdateBackupPlan UntagResource", PLAN, when=TAGGED)],
        delete=[allow("backup", "DeleteBackupPlan", PLAN, when=TAGGED)],
    ),
    "aws:backup/selection:Selection": Access(
        create=[
            allow("backup", "CreateBackupSelection", PLAN, when=TAGGED),
            allow("iam", "PassRole", worldwide("iam", "role/{prefix}-backup"), when=PASSED_TO_BACKUP),
            allow("iam", "GetRole", worldwide("iam", "role/{prefix}-backup")),
            service_role("backup.amazonaws.com"),
        ],
        read=[allow("backup", "GetBackupSelection", PLAN, when=NOT_ANOTHERS)],
        delete=[allow("backup", "DeleteBackupSelection", PLAN, when=TAGGED)],
    ),
}
