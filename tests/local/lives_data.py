"""Lives of what keeps data and secrets."""

import json

from tests.local.life import Life
from tests.local.world import policy

READS = {
    "serviceNamespace": "dynamodb",
    "resourceId": "table/blog/index/GSI1",
    "scalableDimension": "dynamodb:index:ReadCapacityUnits",
}

LIVES = [
    Life(
        "aws:dynamodb/table:Table",
        inputs=lambda _: {
            "billingMode": "PAY_PER_REQUEST",
            "hashKey": "PK",
            "rangeKey": "SK",
            "attributes": [{"name": name, "type": "S"} for name in ("PK", "SK", "GSI1PK", "GSI1SK")],
            "globalSecondaryIndexes": [
                {
                    "name": "GSI1",
                    "keySchemas": [
                        {"attributeName": "GSI1PK", "keyType": "HASH"},
                        {"attributeName": "GSI1SK", "keyType": "RANGE"},
                    ],
                    "projectionType": "ALL",
                }
            ],
            "streamEnabled": True,
            "streamViewType": "NEW_AND_OLD_IMAGES",
            "ttl": {"attributeName": "expiresAt", "enabled": True},
            "pointInTimeRecovery": {"enabled": True},
            "deletionProtectionEnabled": True,
            "tags": {"data": "posts"},
        },
        look=lambda world, it: (
            (table := world.call("dynamodb", "describe_table", TableName=it["name"])["Table"])["KeySchema"][1],
            [
                (index["IndexName"], index["KeySchema"][1]["AttributeName"])
                for index in table.get("GlobalSecondaryIndexes", [])
            ],
            table.get("StreamSpecification", {}).get("StreamViewType"),
            table["DeletionProtectionEnabled"],
            world.call("dynamodb", "describe_time_to_live", TableName=it["name"])["TimeToLiveDescription"][
                "TimeToLiveStatus"
            ],
            world.call("dynamodb", "describe_continuous_backups", TableName=it["name"])["ContinuousBackupsDescription"][
                "PointInTimeRecoveryDescription"
            ]["PointInTimeRecoveryStatus"],
            {
                t["Key"]: t["Value"]
                for t in world.call("dynamodb", "list_tags_of_resource", ResourceArn=it["arn"])["Tags"]
            },
        ),
        made=(
            {"AttributeName": "SK", "KeyType": "RANGE"},
            [("GSI1", "GSI1SK")],
            "NEW_AND_OLD_IMAGES",
            True,
            "ENABLED",
            "ENABLED",
            {"service": "blog", "environment": "test", "data": "posts"},
        ),
        changed=lambda _: {
            "attributes": [{"name": name, "type": "S"} for name in ("PK", "SK", "GSI2PK")],
            "globalSecondaryIndexes": [
                {"name": "GSI2", "hashKey": "GSI2PK", "rangeKey": "SK", "projectionType": "KEYS_ONLY"}
            ],
            "streamEnabled": False,
            "streamViewType": None,
            "ttl": None,
            "pointInTimeRecovery": {"enabled": False},
            "deletionProtectionEnabled": False,
            "tags": {"data": "users"},
        },
        changes=(
            {"AttributeName": "SK", "KeyType": "RANGE"},
            [("GSI2", "SK")],
            None,
            False,
            "DISABLED",
            "DISABLED",
            {"service": "blog", "environment": "test", "data": "users"},
        ),
        replaced={"hashKey": "OTHER", "name": "another"},
    ),
    Life(
        "aws:kms/key:Key",
        inputs=lambda _: {"description": "first", "enableKeyRotation": True, "deletionWindowInDays": 7},
        look=lambda world, it: (
            world.call("kms", "describe_key", KeyId=it["id"])["KeyMetadata"]["Description"],
            world.call("kms", "get_key_rotation_status", KeyId=it["id"])["KeyRotationEnabled"],
        ),
        made=("first", True),
        changed=lambda world: {
            "description": "second",
            "enableKeyRotation": False,
            "policy": policy("kms:*", Principal={"AWS": f"arn:aws:iam::{world.account()}:root"}),
        },
        changes=("second", False),
        replaced={"keyUsage": "SIGN_VERIFY"},
    ),
    Life(
        "aws:kms/alias:Alias",
        inputs=lambda world: {"name": "alias/first", "targetKeyId": world.key["keyId"]},
        look=lambda world, it: [
            alias["AliasName"] for alias in world.call("kms", "list_aliases", KeyId=it["targetKeyId"])["Aliases"]
        ],
        made=["alias/first"],
        replaced={"name": "alias/second"},
    ),
    Life(
        "aws:secretsmanager/secret:Secret",
        inputs=lambda _: {"name": "cursor-key", "recoveryWindowInDays": 0},
        look=lambda world, it: world.call("secretsmanager", "describe_secret", SecretId=it["arn"]).get(
            "Description", ""
        ),
        made="",
        changed=lambda _: {"description": "Signs the cursors", "tags": {"for": "cursors"}},
        changes="Signs the cursors",
        replaced={"name": "other"},
    ),
    Life(
        "aws:secretsmanager/secretVersion:SecretVersion",
        inputs=lambda world: {"secretId": world.secret["id"], "secretString": "first"},
        look=lambda world, it: world.call("secretsmanager", "get_secret_value", SecretId=it["secretId"])[
            "SecretString"
        ],
        made="first",
        replaced={"secretString": "second"},
        stays=True,
    ),
    Life(
        "aws:ssm/parameter:Parameter",
        inputs=lambda _: {"name": "/blog/limit", "type": "String", "value": "10"},
        look=lambda world, it: world.call("ssm", "get_parameter", Name=it["name"])["Parameter"]["Value"],
        made="10",
        changed=lambda _: {"value": "20", "tags": {"for": "limits"}},
        changes="20",
        replaced={"name": "/blog/other"},
    ),
    Life(
        "aws:s3/bucket:Bucket",
        inputs=lambda _: {"bucket": "uploads-of-tests", "forceDestroy": True},
        look=lambda world, it: {
            tag["Key"]: tag["Value"] for tag in world.call("s3", "get_bucket_tagging", Bucket=it["bucket"])["TagSet"]
        },
        made={"service": "blog", "environment": "test"},
        changed=lambda _: {"tags": {"for": "uploads"}},
        changes={"service": "blog", "environment": "test", "for": "uploads"},
        replaced={"bucket": "other"},
    ),
    Life(
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        inputs=lambda world: {"bucket": world.bucket["bucket"], "blockPublicAcls": True, "blockPublicPolicy": True},
        look=lambda world, it: sorted(
            name
            for name, on in world.call("s3", "get_public_access_block", Bucket=it["bucket"])[
                "PublicAccessBlockConfiguration"
            ].items()
            if on
        ),
        made=["BlockPublicAcls", "BlockPublicPolicy"],
        changed=lambda _: {"ignorePublicAcls": True, "restrictPublicBuckets": True},
        changes=["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"],
        replaced={"bucket": "other"},
    ),
    Life(
        "aws:s3/bucketVersioning:BucketVersioning",
        inputs=lambda world: {"bucket": world.bucket["bucket"], "versioningConfiguration": {"status": "Enabled"}},
        look=lambda world, it: world.call("s3", "get_bucket_versioning", Bucket=it["bucket"])["Status"],
        made="Enabled",
        replaced={"bucket": "other"},
    ),
    Life(
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        inputs=lambda world: {
            "bucket": world.bucket["bucket"],
            "rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}],
        },
        look=lambda world, it: world.call("s3", "get_bucket_encryption", Bucket=it["bucket"])[
            "ServerSideEncryptionConfiguration"
        ]["Rules"][0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"],
        made="AES256",
        changed=lambda world: {
            "rules": [
                {
                    "applyServerSideEncryptionByDefault": {
                        "sseAlgorithm": "aws:kms",
                        "kmsMasterKeyId": world.key["arn"],
                    },
                    "bucketKeyEnabled": True,
                }
            ]
        },
        changes="aws:kms",
        replaced={"bucket": "other"},
        stays=True,
    ),
    Life(
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        inputs=lambda world: {"bucket": world.bucket["bucket"], "rule": {"objectOwnership": "BucketOwnerEnforced"}},
        look=lambda world, it: world.call("s3", "get_bucket_ownership_controls", Bucket=it["bucket"])[
            "OwnershipControls"
        ]["Rules"],
        made=[{"ObjectOwnership": "BucketOwnerEnforced"}],
        changed=lambda _: {"rule": {"objectOwnership": "BucketOwnerPreferred"}},
        changes=[{"ObjectOwnership": "BucketOwnerPreferred"}],
        replaced={"bucket": "other"},
    ),
    Life(
        "aws:s3/bucketPolicy:BucketPolicy",
        inputs=lambda world: {
            "bucket": world.bucket["bucket"],
            "policy": policy(
                "s3:GetObject", world.bucket["arn"] + "/*", Principal={"Service": "cloudfront.amazonaws.com"}
            ),
        },
        look=lambda world, it: json.loads(world.call("s3", "get_bucket_policy", Bucket=it["bucket"])["Policy"])[
            "Statement"
        ][0]["Principal"],
        made={"Service": "cloudfront.amazonaws.com"},
        replaced={"bucket": "other"},
    ),
    Life(
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        inputs=lambda world: {
            "bucket": world.bucket["bucket"],
            "rules": [
                {
                    "id": "archive",
                    "status": "Enabled",
                    "filter": {"prefix": "logs/"},
                    "transitions": [
                        {"days": 30, "storageClass": "STANDARD_IA"},
                        {"days": 90, "storageClass": "GLACIER"},
                    ],
                }
            ],
        },
        look=lambda world, it: [
            (rule["ID"], [transition["Days"] for transition in rule["Transitions"]])
            for rule in world.call("s3", "get_bucket_lifecycle_configuration", Bucket=it["bucket"])["Rules"]
        ],
        made=[("archive", [30, 90])],
        changed=lambda _: {
            "rules": [
                {
                    "id": "archive",
                    "status": "Enabled",
                    "filter": {"prefix": "logs/"},
                    "transitions": [{"days": 60, "storageClass": "GLACIER"}],
                }
            ]
        },
        changes=[("archive", [60])],
        replaced={"bucket": "other"},
    ),
    Life(
        "aws:s3/bucketLogging:BucketLogging",
        inputs=lambda world: {
            "bucket": world.bucket["bucket"],
            "targetBucket": world.bucket["bucket"],
            "targetPrefix": "first/",
        },
        look=lambda world, it: (
            (live := world.call("s3", "get_bucket_logging", Bucket=it["bucket"])["LoggingEnabled"])["TargetPrefix"],
            live.get("TargetObjectKeyFormat"),
        ),
        made=("first/", None),
        changed=lambda _: {
            "targetPrefix": "second/",
            "targetObjectKeyFormat": {"partitionedPrefix": {"partitionDateSource": "EventTime"}},
        },
        changes=("second/", {"PartitionedPrefix": {"PartitionDateSource": "EventTime"}}),
        replaced={"bucket": "other"},
    ),
    Life(
        "aws:s3/bucketObjectv2:BucketObjectv2",
        inputs=lambda world: {
            "bucket": world.bucket["bucket"],
            "key": "pages/index.html",
            "content": "<p>first</p>",
            "contentType": "text/html",
            "cacheControl": "max-age=60",
        },
        look=lambda world, it: (
            (live := world.call("s3", "get_object", Bucket=it["bucket"], Key=it["key"]))["Body"].read(),
            live["ContentType"],
            live["CacheControl"],
        ),
        made=(b"<p>first</p>", "text/html", "max-age=60"),
        changed=lambda _: {"content": "<p>second</p>", "cacheControl": "no-cache"},
        changes=(b"<p>second</p>", "text/html", "no-cache"),
        replaced={"key": "pages/other.html"},
    ),
    Life(
        "aws:s3/bucketNotification:BucketNotification",
        inputs=lambda world: {
            "bucket": world.bucket["bucket"],
            "queues": [{"queueArn": world.open_queue["arn"], "events": ["s3:ObjectCreated:*"], "filterSuffix": ".csv"}],
        },
        look=lambda world, it: [
            (queue["Events"], queue["Filter"]["Key"]["FilterRules"][0]["Value"])
            for queue in world.call("s3", "get_bucket_notification_configuration", Bucket=it["bucket"])[
                "QueueConfigurations"
            ]
        ],
        made=[(["s3:ObjectCreated:*"], ".csv")],
        changed=lambda world: {
            "queues": [{"queueArn": world.open_queue["arn"], "events": ["s3:ObjectRemoved:*"], "filterSuffix": ".txt"}]
        },
        changes=[(["s3:ObjectRemoved:*"], ".txt")],
        replaced={"bucket": "other"},
    ),
    Life(
        "aws:appautoscaling/target:Target",
        inputs=lambda _: {**READS, "minCapacity": 1, "maxCapacity": 10, "tags": {"of": "table"}},
        look=lambda _, it: (it["minCapacity"], it["maxCapacity"]),
        made=(1, 10),
        changed=lambda _: {"maxCapacity": 20, "tags": None},
        changes=(1, 20),
        replaced={"resourceId": "table/other", "scalableDimension": "dynamodb:table:WriteCapacityUnits"},
    ),
    Life(
        "aws:appautoscaling/policy:Policy",
        inputs=lambda _: {
            **READS,
            "name": "reads",
            "policyType": "TargetTrackingScaling",
            "targetTrackingScalingPolicyConfiguration": {
                "predefinedMetricSpecification": {"predefinedMetricType": "DynamoDBReadCapacityUtilization"},
                "targetValue": 70,
            },
        },
        look=lambda _, it: it["targetTrackingScalingPolicyConfiguration"]["targetValue"],
        made=70,
        changed=lambda _: {
            "targetTrackingScalingPolicyConfiguration": {
                "predefinedMetricSpecification": {"predefinedMetricType": "DynamoDBReadCapacityUtilization"},
                "targetValue": 50,
            }
        },
        changes=50,
        replaced={"resourceId": "table/other", "name": "other"},
    ),
]
