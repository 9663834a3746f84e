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
]
