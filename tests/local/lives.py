"""A life for each type."""

import json

from tests.local.life import Life
from tests.local.world import TRUST, archive, policy

ECHO = "def handler(event, context): return event"
OTHER = "def handler(event, context): return None"
MANAGED = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"

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
        "aws:iam/role:Role",
        inputs=lambda _: {"assumeRolePolicy": TRUST, "tags": {"for": "tests"}},
        look=lambda world, it: (
            (role := world.call("iam", "get_role", RoleName=it["name"])["Role"]).get("Description", ""),
            role["MaxSessionDuration"],
            role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"],
            {tag["Key"]: tag["Value"] for tag in role["Tags"]},
        ),
        made=(
            "",
            3600,
            {"Service": "lambda.amazonaws.com"},
            {"service": "blog", "environment": "test", "for": "tests"},
        ),
        changed=lambda _: {
            "description": "of tests",
            "maxSessionDuration": 7200,
            "assumeRolePolicy": TRUST.replace("lambda", "scheduler"),
            "tags": {"of": "tests"},
        },
        changes=(
            "of tests",
            7200,
            {"Service": "scheduler.amazonaws.com"},
            {"service": "blog", "environment": "test", "of": "tests"},
        ),
        replaced={"path": "/other/", "name": "another"},
    ),
    Life(
        "aws:iam/rolePolicy:RolePolicy",
        inputs=lambda world: {"role": world.role["name"], "policy": policy("s3:GetObject")},
        look=lambda world, it: world.call("iam", "get_role_policy", RoleName=it["role"], PolicyName=it["name"])[
            "PolicyDocument"
        ]["Statement"][0]["Action"],
        made=["s3:GetObject"],
        changed=lambda _: {"policy": policy("s3:PutObject")},
        changes=["s3:PutObject"],
        replaced={"role": "another"},
    ),
    Life(
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        inputs=lambda world: {"role": world.role["name"], "policyArn": MANAGED},
        look=lambda world, it: [
            attached["PolicyArn"]
            for attached in world.call("iam", "list_attached_role_policies", RoleName=it["role"])["AttachedPolicies"]
        ],
        made=[MANAGED],
        replaced={"policyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"},
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
        "aws:cloudwatch/logGroup:LogGroup",
        inputs=lambda _: {"name": "/aws/lambda/first", "retentionInDays": 7, "deletionProtectionEnabled": True},
        look=lambda world, it: [
            (group["arn"], group.get("retentionInDays"))
            for group in world.call("logs", "describe_log_groups", logGroupNamePrefix=it["name"])["logGroups"]
        ],
        made=[("arn:aws:logs:eu-central-1:111122223333:log-group:/aws/lambda/first:*", 7)],
        changed=lambda _: {"retentionInDays": 0, "deletionProtectionEnabled": False},
        changes=[("arn:aws:logs:eu-central-1:111122223333:log-group:/aws/lambda/first:*", None)],
        replaced={"name": "/aws/lambda/second"},
    ),
    Life(
        "aws:lambda/function:Function",
        inputs=lambda world: {
            "role": world.role["arn"],
            "runtime": "python3.13",
            "architectures": ["arm64"],
            "handler": "handler.handler",
            "code": archive(ECHO),
            "environment": {"variables": {"TABLE_NAME": "posts"}},
            "tracingConfig": {"mode": "Active"},
            "loggingConfig": {"logFormat": "JSON", "logGroup": world.log_group["name"]},
            "publish": True,
        },
        look=lambda world, it: (
            it["version"],
            (
                live := world.call(
                    "lambda", "get_function_configuration", FunctionName=it["name"], Qualifier=it["version"]
                )
            )["MemorySize"],
            live["Timeout"],
            live.get("Environment", {}).get("Variables", {}),
            live["TracingConfig"]["Mode"],
            world.call("lambda", "get_function_concurrency", FunctionName=it["name"]).get(
                "ReservedConcurrentExecutions"
            ),
            json.loads(world.call("lambda", "invoke", FunctionName=it["name"], Payload=b"1")["Payload"].read()),
        ),
        made=("1", 128, 3, {"TABLE_NAME": "posts"}, "Active", None, 1),
        changed=lambda _: {
            "memorySize": 256,
            "environment": None,
            "code": archive(OTHER),
            "reservedConcurrentExecutions": 5,
        },
        changes=("2", 256, 3, dict[str, str](), "Active", 5, None),
        replaced={"packageType": "Image", "name": "another"},
    ),
    Life(
        "aws:lambda/layerVersion:LayerVersion",
        inputs=lambda _: {"layerName": "powertools", "code": archive(ECHO), "compatibleRuntimes": ["python3.13"]},
        look=lambda world, it: (
            (live := world.call("lambda", "get_layer_version_by_arn", Arn=it["id"]))["Version"],
            live["CompatibleRuntimes"],
        ),
        made=(1, ["python3.13"]),
        replaced={"code": archive(OTHER), "layerName": "another"},
    ),
    Life(
        "aws:lambda/alias:Alias",
        inputs=lambda world: {"name": "live", "functionName": world.function["name"], "functionVersion": "1"},
        look=lambda world, it: (
            (live := world.call("lambda", "get_alias", FunctionName=it["functionName"], Name="live"))[
                "FunctionVersion"
            ],
            live.get("Description", ""),
        ),
        made=("1", ""),
        changed=lambda _: {"description": "what callers call"},
        changes=("1", "what callers call"),
        replaced={"functionName": "another"},
    ),
    Life(
        "aws:lambda/permission:Permission",
        inputs=lambda world: {
            "function": world.function["name"],
            "qualifier": world.alias["name"],
            "statementId": "GET-users",
            "action": "lambda:InvokeFunction",
            "principal": "apigateway.amazonaws.com",
            "sourceArn": f"{world.api['executionArn']}/*/GET/users",
        },
        look=lambda world, it: [
            (statement["Sid"], statement["Principal"], statement["Action"])
            for statement in json.loads(
                world.call("lambda", "get_policy", FunctionName=it["function"], Qualifier=it["qualifier"])["Policy"]
            )["Statement"]
        ],
        made=[("GET-users", {"Service": "apigateway.amazonaws.com"}, "lambda:InvokeFunction")],
        replaced={"principal": "s3.amazonaws.com", "sourceArn": "arn:aws:s3:::bucket"},
    ),
    Life(
        "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
        inputs=lambda world: {"functionName": world.function["name"], "maximumRetryAttempts": 0},
        look=lambda world, it: world.call(
            "lambda", "get_function_event_invoke_config", FunctionName=it["functionName"]
        )["MaximumRetryAttempts"],
        made=0,
        changed=lambda _: {"maximumRetryAttempts": 1, "maximumEventAgeInSeconds": 600},
        changes=1,
        replaced={"functionName": "another"},
    ),
    Life(
        "aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig",
        inputs=lambda world: {
            "functionName": world.function["name"],
            "qualifier": world.alias["name"],
            "provisionedConcurrentExecutions": 1,
        },
        look=lambda world, it: world.call(
            "lambda", "get_provisioned_concurrency_config", FunctionName=it["functionName"], Qualifier=it["qualifier"]
        )["RequestedProvisionedConcurrentExecutions"],
        made=1,
        changed=lambda _: {"provisionedConcurrentExecutions": 2},
        changes=2,
        replaced={"qualifier": "another"},
    ),
    Life(
        "aws:apigatewayv2/api:Api",
        inputs=lambda _: {
            "protocolType": "HTTP",
            "corsConfiguration": {"allowOrigins": ["https://blog.example.com"], "maxAge": 600},
        },
        look=lambda world, it: (
            (live := world.call("apigatewayv2", "get_api", ApiId=it["id"]))["ProtocolType"],
            live.get("CorsConfiguration", {}).get("AllowOrigins"),
            live.get("Description", ""),
            world.call("apigatewayv2", "get_tags", ResourceArn=it["arn"])["Tags"],
        ),
        made=("HTTP", ["https://blog.example.com"], "", {"service": "blog", "environment": "test"}),
        changed=lambda _: {"corsConfiguration": None, "description": "The blog", "tags": {"public": "yes"}},
        changes=("HTTP", None, "The blog", {"service": "blog", "environment": "test", "public": "yes"}),
        replaced={"protocolType": "WEBSOCKET"},
    ),
    Life(
        "aws:apigatewayv2/stage:Stage",
        inputs=lambda world: {
            "name": "$default",
            "apiId": world.api["id"],
            "autoDeploy": True,
            "accessLogSettings": {"destinationArn": world.log_group["arn"], "format": '{"id":"$context.requestId"}'},
            "defaultRouteSettings": {"throttlingRateLimit": 50, "throttlingBurstLimit": 100},
        },
        look=lambda world, it: (
            (live := world.call("apigatewayv2", "get_stage", ApiId=it["apiId"], StageName=it["name"]))["AutoDeploy"],
            live["AccessLogSettings"]["Format"],
            live["DefaultRouteSettings"]["ThrottlingRateLimit"],
        ),
        made=(True, '{"id":"$context.requestId"}', 50),
        changed=lambda _: {"defaultRouteSettings": {"throttlingRateLimit": 20.5, "throttlingBurstLimit": 100}},
        changes=(True, '{"id":"$context.requestId"}', 20.5),
        replaced={"apiId": "another"},
    ),
    Life(
        "aws:apigatewayv2/integration:Integration",
        inputs=lambda world: {
            "apiId": world.api["id"],
            "integrationType": "AWS_PROXY",
            "integrationUri": world.alias["invokeArn"],
            "integrationMethod": "POST",
            "payloadFormatVersion": "2.0",
        },
        look=lambda world, it: (
            (live := world.call("apigatewayv2", "get_integration", ApiId=it["apiId"], IntegrationId=it["id"]))[
                "IntegrationType"
            ],
            live["PayloadFormatVersion"],
            live["TimeoutInMillis"],
        ),
        made=("AWS_PROXY", "2.0", 30000),
        changed=lambda _: {"timeoutMilliseconds": 5000},
        changes=("AWS_PROXY", "2.0", 5000),
        replaced={"integrationType": "HTTP_PROXY"},
    ),
    Life(
        "aws:apigatewayv2/authorizer:Authorizer",
        inputs=lambda world: {
            "apiId": world.api["id"],
            "authorizerType": "JWT",
            "identitySources": ["$request.header.Authorization"],
            "jwtConfiguration": {"issuer": f"https://{world.pool['endpoint']}", "audiences": ["client"]},
        },
        look=lambda world, it: (
            (live := world.call("apigatewayv2", "get_authorizer", ApiId=it["apiId"], AuthorizerId=it["id"]))[
                "AuthorizerType"
            ],
            live["JwtConfiguration"]["Audience"],
        ),
        made=("JWT", ["client"]),
        changed=lambda world: {
            "jwtConfiguration": {"issuer": f"https://{world.pool['endpoint']}", "audiences": ["other"]}
        },
        changes=("JWT", ["other"]),
        replaced={"apiId": "another"},
    ),
    Life(
        "aws:apigatewayv2/route:Route",
        inputs=lambda world: {
            "apiId": world.api["id"],
            "routeKey": "GET /users/{userId}",
            "target": f"integrations/{world.integration['id']}",
        },
        look=lambda world, it: (
            (live := world.call("apigatewayv2", "get_route", ApiId=it["apiId"], RouteId=it["id"]))["RouteKey"],
            live["AuthorizationType"],
        ),
        made=("GET /users/{userId}", "NONE"),
        changed=lambda _: {"authorizationType": "AWS_IAM"},
        changes=("GET /users/{userId}", "AWS_IAM"),
        replaced={"apiId": "another"},
    ),
    Life(
        "aws:cognito/userPool:UserPool",
        inputs=lambda _: {
            "passwordPolicy": {
                "minimumLength": 12,
                "requireLowercase": True,
                "requireUppercase": True,
                "requireNumbers": True,
                "requireSymbols": True,
                "temporaryPasswordValidityDays": 1,
            },
            "accountRecoverySetting": {"recoveryMechanisms": [{"name": "verified_email", "priority": 1}]},
            "autoVerifiedAttributes": ["email"],
            "deletionProtection": "ACTIVE",
        },
        look=lambda world, it: (
            (live := world.call("cognito-idp", "describe_user_pool", UserPoolId=it["id"])["UserPool"])["Policies"][
                "PasswordPolicy"
            ]["MinimumLength"],
            live["AutoVerifiedAttributes"],
            live["DeletionProtection"],
            live["MfaConfiguration"],
        ),
        made=(12, ["email"], "ACTIVE", "OFF"),
        changed=lambda _: {
            "deletionProtection": "INACTIVE",
            "mfaConfiguration": "OPTIONAL",
            "softwareTokenMfaConfiguration": {"enabled": True},
        },
        changes=(12, ["email"], "INACTIVE", "OPTIONAL"),
        replaced={"usernameAttributes": ["email"], "name": "another"},
    ),
    Life(
        "aws:cognito/userPoolClient:UserPoolClient",
        inputs=lambda world: {
            "userPoolId": world.pool["id"],
            "explicitAuthFlows": ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
            "preventUserExistenceErrors": "ENABLED",
            "accessTokenValidity": 1,
        },
        look=lambda world, it: (
            (
                live := world.call(
                    "cognito-idp", "describe_user_pool_client", UserPoolId=it["userPoolId"], ClientId=it["id"]
                )["UserPoolClient"]
            )["ExplicitAuthFlows"],
            live["AccessTokenValidity"],
        ),
        made=(["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"], 1),
        changed=lambda _: {"accessTokenValidity": 2},
        changes=(["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"], 2),
        replaced={"generateSecret": True},
    ),
    Life(
        "aws:sqs/queue:Queue",
        inputs=lambda _: {"name": "jobs", "visibilityTimeoutSeconds": 300, "tags": {"for": "jobs"}},
        look=lambda world, it: (
            (
                live := world.call("sqs", "get_queue_attributes", QueueUrl=it["url"], AttributeNames=["All"])[
                    "Attributes"
                ]
            )["VisibilityTimeout"],
            live["DelaySeconds"],
            world.call("sqs", "list_queue_tags", QueueUrl=it["url"])["Tags"],
        ),
        made=("300", "0", {"service": "blog", "environment": "test", "for": "jobs"}),
        changed=lambda _: {"visibilityTimeoutSeconds": 60, "delaySeconds": 5, "tags": None},
        changes=("60", "5", {"service": "blog", "environment": "test"}),
        replaced={"fifoQueue": True, "name": "other"},
    ),
    Life(
        "aws:sqs/queuePolicy:QueuePolicy",
        inputs=lambda world: {
            "queueUrl": world.queue["url"],
            "policy": policy("sqs:SendMessage", world.queue["arn"], Principal={"Service": "s3.amazonaws.com"}),
        },
        look=lambda world, it: json.loads(
            world.call("sqs", "get_queue_attributes", QueueUrl=it["queueUrl"], AttributeNames=["Policy"])["Attributes"][
                "Policy"
            ]
        )["Statement"][0]["Principal"],
        made={"Service": "s3.amazonaws.com"},
        changed=lambda world: {
            "policy": policy("sqs:SendMessage", world.queue["arn"], Principal={"Service": "sns.amazonaws.com"})
        },
        changes={"Service": "sns.amazonaws.com"},
        replaced={"queueUrl": "https://other"},
    ),
    Life(
        "aws:sns/topic:Topic",
        inputs=lambda world: {"name": "alarms", "kmsMasterKeyId": world.key["arn"]},
        look=lambda world, it: (
            (live := world.call("sns", "get_topic_attributes", TopicArn=it["arn"])["Attributes"])["TopicArn"],
            live.get("DisplayName", ""),
        ),
        made=("arn:aws:sns:eu-central-1:111122223333:alarms", ""),
        changed=lambda _: {"displayName": "Alarms"},
        changes=("arn:aws:sns:eu-central-1:111122223333:alarms", "Alarms"),
        replaced={"fifoTopic": True, "name": "other"},
    ),
    Life(
        "aws:sns/topicPolicy:TopicPolicy",
        inputs=lambda world: {
            "arn": world.topic["arn"],
            "policy": policy("sns:Publish", world.topic["arn"], Principal={"Service": "cloudwatch.amazonaws.com"}),
        },
        look=lambda world, it: json.loads(
            world.call("sns", "get_topic_attributes", TopicArn=it["arn"])["Attributes"]["Policy"]
        )["Statement"][0]["Principal"],
        made={"Service": "cloudwatch.amazonaws.com"},
        changed=lambda world: {
            "policy": policy("sns:Publish", world.topic["arn"], Principal={"Service": "events.amazonaws.com"})
        },
        changes={"Service": "events.amazonaws.com"},
        replaced={"arn": "arn:aws:sns:eu-central-1:111122223333:other"},
    ),
    Life(
        "aws:sns/topicSubscription:TopicSubscription",
        inputs=lambda world: {"topic": world.topic["arn"], "protocol": "sqs", "endpoint": world.queue["arn"]},
        look=lambda world, it: world.call("sns", "get_subscription_attributes", SubscriptionArn=it["arn"])[
            "Attributes"
        ]["RawMessageDelivery"],
        made="false",
        changed=lambda _: {"rawMessageDelivery": True},
        changes="true",
        replaced={"protocol": "email"},
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
        "aws:cloudwatch/eventRule:EventRule",
        inputs=lambda _: {"name": "daily-report", "scheduleExpression": "cron(0 8 * * ? *)"},
        look=lambda world, it: (
            (live := world.call("events", "describe_rule", Name=it["name"]))["ScheduleExpression"],
            live["State"],
        ),
        made=("cron(0 8 * * ? *)", "ENABLED"),
        changed=lambda _: {"scheduleExpression": "cron(0 9 * * ? *)", "state": "DISABLED", "tags": {"for": "reports"}},
        changes=("cron(0 9 * * ? *)", "DISABLED"),
        replaced={"name": "other"},
    ),
    Life(
        "aws:cloudwatch/eventTarget:EventTarget",
        inputs=lambda world: {"rule": world.rule["name"], "arn": world.function["arn"], "targetId": "report"},
        look=lambda world, it: [
            (target["Id"], target.get("RetryPolicy", {}).get("MaximumRetryAttempts"))
            for target in world.call("events", "list_targets_by_rule", Rule=it["rule"])["Targets"]
        ],
        made=[("report", None)],
        changed=lambda world: {
            "retryPolicy": {"maximumRetryAttempts": 2, "maximumEventAgeInSeconds": 3600},
            "deadLetterConfig": {"arn": world.queue["arn"]},
        },
        changes=[("report", 2)],
        replaced={"rule": "other", "targetId": "other"},
    ),
    Life(
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        inputs=lambda world: {
            "name": "errors",
            "comparisonOperator": "GreaterThanThreshold",
            "evaluationPeriods": 1,
            "metricName": "Errors",
            "namespace": "AWS/Lambda",
            "period": 60,
            "statistic": "Sum",
            "threshold": 0,
            "dimensions": {"FunctionName": world.function["name"]},
            "alarmActions": [world.topic["arn"]],
            "treatMissingData": "notBreaching",
        },
        look=lambda world, it: [
            (alarm["Threshold"], alarm["Dimensions"][0]["Name"], len(alarm["AlarmActions"]), alarm["TreatMissingData"])
            for alarm in world.call("cloudwatch", "describe_alarms", AlarmNames=[it["name"]])["MetricAlarms"]
        ],
        made=[(0.0, "FunctionName", 1, "notBreaching")],
        changed=lambda _: {"threshold": 2.5, "tags": {"for": "errors"}},
        changes=[(2.5, "FunctionName", 1, "notBreaching")],
        replaced={"name": "other"},
    ),
    Life(
        "aws:lambda/eventSourceMapping:EventSourceMapping",
        inputs=lambda world: {
            "eventSourceArn": world.queue["arn"],
            "functionName": world.function["name"],
            "batchSize": 10,
            "functionResponseTypes": ["ReportBatchItemFailures"],
            "enabled": False,
        },
        look=lambda world, it: (
            (live := world.call("lambda", "get_event_source_mapping", UUID=it["id"]))["BatchSize"],
            live["FunctionResponseTypes"],
        ),
        made=(10, ["ReportBatchItemFailures"]),
        changed=lambda _: {"batchSize": 5},
        changes=(5, ["ReportBatchItemFailures"]),
        replaced={"eventSourceArn": "arn:aws:sqs:eu-central-1:111122223333:other"},
    ),
]
