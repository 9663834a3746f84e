"""What a deployment may change of what holds data or hands it on, known by its name."""

from collections.abc import Iterator

from bootstrap.allow import TAG, allow
from components.iam import Arns, Statement


def stores(prefix: str, arns: Arns) -> Iterator[Statement]:
    """Tables, buckets, secrets, databases, caches, queries."""
    yield allow(
        "Tables",
        "dynamodb",
        ("CreateTable", "UpdateTable", "UpdateTimeToLive", "UpdateContinuousBackups", *TAG),
        arns.of("dynamodb", f"table/{prefix}-*"),
    )
    configurations = ("Encryption", "Lifecycle")
    bucket = f"arn:{arns.partition}:s3:::{prefix}-*"
    yield allow(
        "Buckets",
        "s3",
        (
            *(
                "CreateBucket",
                "PutBucketPolicy",
                "DeleteBucketPolicy",
                "PutBucketVersioning",
                "PutBucketPublicAccessBlock",
            ),
            *("PutBucketOwnershipControls", "PutBucketLogging", "PutBucketNotification", "PutBucketTagging"),
            *("PutBucketCORS", *(f"Put{configuration}Configuration" for configuration in configurations)),
        ),
        bucket,
    )
    yield allow("Assets", "s3", ("GetObject", "PutObject", "PutObjectTagging", "DeleteObject"), f"{bucket}-assets-*/*")
    yield allow(
        "Secrets",
        "secretsmanager",
        (
            *("CreateSecret", "UpdateSecret", "PutSecretValue", "UpdateSecretVersionStage", "PutResourcePolicy"),
            *("RotateSecret", "CancelRotateSecret", *TAG),
        ),
        arns.of("secretsmanager", f"secret:{prefix}-*"),
    )
    yield allow(
        "Parameters",
        "ssm",
        ("GetParameter", "PutParameter", "DeleteParameter", "AddTagsToResource", "RemoveTagsFromResource"),
        arns.of("ssm", f"parameter/{prefix}/*"),
    )
    yield allow(
        "Databases",
        "rds",
        (
            *("CreateDBCluster", "ModifyDBCluster", "CreateDBInstance", "ModifyDBInstance", "CreateDBSubnetGroup"),
            *("ModifyDBSubnetGroup", "CreateDBParameterGroup", "ModifyDBParameterGroup", "AddTagsToResource"),
            *("CreateDBClusterParameterGroup", "ModifyDBClusterParameterGroup", "RemoveTagsFromResource"),
        ),
        *(arns.of("rds", f"{kind}:{prefix}-*") for kind in ("cluster", "db", "subgrp", "pg", "cluster-pg")),
    )
    caches = ("serverlesscache", "replicationgroup", "subnetgroup", "parametergroup", "user", "usergroup")
    yield allow(
        "Caches",
        "elasticache",
        (
            *("CreateServerlessCache", "ModifyServerlessCache", "CreateReplicationGroup", "ModifyReplicationGroup"),
            *("CreateCacheSubnetGroup", "ModifyCacheSubnetGroup", "CreateCacheParameterGroup", "CreateUser"),
            *("ModifyCacheParameterGroup", "ModifyUser", "CreateUserGroup", "ModifyUserGroup"),
            *("AddTagsToResource", "RemoveTagsFromResource"),
        ),
        *(arns.of("elasticache", f"{kind}:{prefix}-*") for kind in caches),
    )
    yield allow(
        "Accelerators",
        "dax",
        ("CreateCluster", "UpdateCluster", "IncreaseReplicationFactor", "DecreaseReplicationFactor", *TAG),
        arns.of("dax", f"cache/{prefix}-*"),
    )
    yield allow(
        "AcceleratorGroups",
        "dax",
        ("CreateSubnetGroup", "UpdateSubnetGroup", "CreateParameterGroup", "UpdateParameterGroup"),
        "*",
    )
    yield allow(
        "Queries",
        "athena",
        (
            "CreateWorkGroup",
            "UpdateWorkGroup",
            "DeleteWorkGroup",
            "CreateNamedQuery",
            "UpdateNamedQuery",
            "DeleteNamedQuery",
            *TAG,
        ),
        arns.of("athena", f"workgroup/{prefix}-*"),
    )
    yield allow(
        "Catalogue",
        "glue",
        ("CreateDatabase", "UpdateDatabase", "CreateTable", "UpdateTable", "DeleteTable", *TAG),
        arns.of("glue", "catalog"),
        arns.of("glue", f"database/{prefix.replace('-', '_')}*"),
        arns.of("glue", f"table/{prefix.replace('-', '_')}*/*"),
    )
    targets = arns.of("application-autoscaling", "scalable-target/*")
    yield Statement(
        sid="Scaling",
        actions=[
            f"application-autoscaling:{action}"
            for action in (
                "RegisterScalableTarget",
                "DeregisterScalableTarget",
                "PutScalingPolicy",
                "DeleteScalingPolicy",
            )
        ],
        resources=[targets],
        conditions={"StringEquals": {"application-autoscaling:service-namespace": "dynamodb"}},
    )
    # These know no such key (Service Authorization Reference, "Application Auto Scaling"), and the ARN of a target has
    # no name in it: the stack's tag tells them.
    yield Statement(
        sid="NewScalingTags",
        actions=["application-autoscaling:TagResource"],
        resources=[targets],
        conditions={"StringEquals": {"aws:RequestTag/stack": prefix}},
    )
    yield Statement(
        sid="ScalingTags",
        actions=["application-autoscaling:ListTagsForResource"],
        resources=[targets],
        conditions={"StringEquals": {"aws:ResourceTag/stack": prefix}},
    )


def messages(prefix: str, arns: Arns) -> Iterator[Statement]:
    """Queues, topics, rules, budgets, backups."""
    yield allow(
        "Queues",
        "sqs",
        ("CreateQueue", "SetQueueAttributes", "TagQueue", "UntagQueue"),
        arns.of("sqs", f"{prefix}-*"),
    )
    yield allow(
        "Topics",
        "sns",
        ("CreateTopic", "SetTopicAttributes", "Subscribe", "Unsubscribe", "SetSubscriptionAttributes", *TAG),
        arns.of("sns", f"{prefix}-*"),
    )
    yield allow(
        "Rules",
        "events",
        ("PutRule", "DeleteRule", "PutTargets", "RemoveTargets", *TAG),
        arns.of("events", f"rule/{prefix}-*"),
    )
    yield allow(
        "Budgets", "budgets", ("ModifyBudget", *TAG), f"arn:{arns.partition}:budgets::{arns.account}:budget/{prefix}-*"
    )
    yield allow(
        "Vaults",
        "backup",
        ("CreateBackupVault", "PutBackupVaultAccessPolicy", *TAG),
        arns.of("backup", f"backup-vault:{prefix}-*"),
    )
    yield allow("VaultStorage", "backup-storage", ("MountCapsule",), "*")
